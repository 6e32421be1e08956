/* Stochastic variational inference (Hoffman, Blei, Wang, Paisley, JMLR 2013; Ranganath, Gerrish, Blei, AISTATS 2014). */
#include <string.h>

#include "inference/fit_saved.h"
#include "inference/inference.h"
#include "inference/schedule.h"
#include "inference/svi.h"
#include "inference/update.h"
#include "runtime/eval.h"
#include "runtime/gc.h"
#include "runtime/operations.h"

enum {
    SVI_MODEL, SVI_STEPS, SVI_PARTICLES, SVI_OPTIMIZER, SVI_GUIDE, SVI_ELBO, SVI_SEED, SVI_CALLBACK, SVI_SUBSAMPLE, SVI_RESTARTS,
    SVI_AVERAGE, SVI_NAMED
};

enum { STEPS = 10000, MOST_RESTARTS = 1 << 20 };

static bool given(const Value *a, unsigned which) { return a[which].tag != VALUE_UNASSIGNED; }

static long count_argument(State *S, const Value *a, unsigned which, const char *name, long otherwise, long least, long most) {
    return given(a, which) ? value_to_integer(S, a[which], name, least, most) : otherwise;
}

static Value callback_argument(State *S, Value callback) {
    if (callback.tag != VALUE_UNASSIGNED && !value_is_callable(callback))
        native_type_error(S, "svi", "callback", "a function like fn(step, fit) { … }", callback);
    return callback;
}

static Value subsample_argument(State *S, Value sizes) {
    if (sizes.tag == VALUE_NONE) return value_unassigned();
    if (sizes.tag != VALUE_RECORD) native_type_error(S, "svi", "subsample", "a record like {data: 256}", sizes);
    for (uint32_t k = 0; k < sizes.as.record->count; k++)
        value_to_integer(S, sizes.as.record->values[k], "the size of a subsample", 1, 1L << 40);
    return sizes;
}

static double average_argument(State *S, Value average) {
    double x = value_to_number(S, average, "average");
    if (!(x >= 0 && x <= 1))
        error_raise(S, "bad-argument", "For instance average = 0.5, for the last half of the steps.",
                    "`svi`'s average is %g; it is a share of the steps, from 0 to 1", x);
    return x;
}

/* ---- What a fit is asked for ---- */

/* The optimizer's state stays when only its settings change; another optimizer begins anew. */
static void set_optimizer(State *S, Fit *fit, Value v) {
    const OptimizerRow *before = fit->optimizer ? fit->optimizer->row : NULL;
    fit->optimizer = optimizer_argument(S, v);
    if (!before) return;
    update_check(S, fit);
    if (before == fit->optimizer->row) return;
    fit_reset_optimizer(S, fit);
    update_start(S, fit);
}

static void set_estimator(State *S, Fit *fit, Value v) {
    const EstimatorRow *before = fit->estimator ? fit->estimator->row : NULL;
    fit->estimator = estimator_argument(S, v);
    if (!before || before == fit->estimator->row) return;
    baselines_free(S, &fit->baselines);
    fit->baselines = (Baselines){0};
}

/* What a new fit and one that goes on have in common: what is not given stays. */
static void set_common(State *S, Fit *fit, const Value *a) {
    fit->particles = (uint64_t)count_argument(S, a, SVI_PARTICLES, "particles", (long)fit->particles, 1, 1L << 30);
    if (!fit->optimizer || given(a, SVI_OPTIMIZER)) set_optimizer(S, fit, a[SVI_OPTIMIZER]);
    if (!fit->estimator || given(a, SVI_ELBO)) set_estimator(S, fit, a[SVI_ELBO]);
    if (given(a, SVI_SUBSAMPLE)) fit->subsample = subsample_argument(S, a[SVI_SUBSAMPLE]);
    if (given(a, SVI_AVERAGE)) fit->average = average_argument(S, a[SVI_AVERAGE]);
    if (!given(a, SVI_SEED)) return;
    fit->seed = a[SVI_SEED];
    fit->random = S->random;
    fit->random.seed = (uint64_t)value_to_integer(S, fit->seed, "the seed", 0, (1L << 53) - 1);
    fit->random.step = fit->random.draws = 0;
}

/* What stands behind the model goes to both programs, which must be able to take it. */
static void check_takes(State *S, const char *role, Value f, const Value *arguments, unsigned n) {
    while (f.tag == VALUE_WRAPPED) f = ((Wrapped *)f.as.object)->function;
    if (f.tag != VALUE_CLOSURE || n <= f.as.closure->function->n_parameters) return;
    const Function *function = f.as.closure->function;
    const char *advice = "Model and guide take the same data: give both the same arguments.";
    for (unsigned k = 0; k < n; k++) {
        if (arguments[k].tag == VALUE_CLOSURE) advice = "A guide of another name is given by name: svi(model, data, guide = g).";
        else if (arguments[k].tag == VALUE_OPTIMIZER) advice = "Optimizers are given by name: svi(model, data, optimizer = Adam(lr = 0.01)).";
        else if (k == n - 1 && arguments[k].tag == VALUE_NUMBER) advice = "What is meant for `svi` itself is given by name: svi(model, data, steps = 1000).";
    }
    error_raise(S, "too-many-arguments", advice, "`svi` passes %u argument%s on to model and guide, and the %s '%s' takes %u", n, n == 1 ? "" : "s",
                role, function->name ? function->name->text : "fn", function->n_parameters);
}

static void set_program(State *S, Fit *fit, const Value *a, unsigned n) {
    if (!value_is_callable(a[SVI_MODEL])) native_type_error(S, "svi", "model", "a model, or a fit that is to go on,", a[SVI_MODEL]);
    fit->model = a[SVI_MODEL];
    fit->guide = given(a, SVI_GUIDE) ? a[SVI_GUIDE] : field_of(S, fit->model, string_of(S, "guide"));
    if (!value_is_callable(fit->guide)) native_type_error(S, "svi", "guide", "a guide (a function)", fit->guide);
    if (n == SVI_NAMED) return;
    check_takes(S, "model", fit->model, a + SVI_NAMED, n - SVI_NAMED);
    check_takes(S, "guide", fit->guide, a + SVI_NAMED, n - SVI_NAMED);
    fit->arguments = memory_new(S, (n - SVI_NAMED) * sizeof *fit->arguments);
    memcpy(fit->arguments, a + SVI_NAMED, (n - SVI_NAMED) * sizeof *fit->arguments);
    fit->n_arguments = n - SVI_NAMED;
}

/* ---- Running it ---- */

static Value svi_begin(State *S, const Value *a, unsigned n) {
    Fit *fit = fit_new(S);
    stack_push(S, value_object(fit));
    fit->particles = 1;
    set_program(S, fit, a, n);
    set_common(S, fit, a);
    Value callback = callback_argument(S, a[SVI_CALLBACK]);
    uint64_t steps = (uint64_t)count_argument(S, a, SVI_STEPS, "steps", STEPS, 0, 1L << 40);
    unsigned restarts = (unsigned)count_argument(S, a, SVI_RESTARTS, "restarts", 1, 1, MOST_RESTARTS);
    RandomState around = S->random;
    if (given(a, SVI_SEED)) S->random = fit->random;
    if (restarts == 1 || S->stepping) {
        svi_prepare(S, fit);
        svi_run(S, fit, steps, callback);
    } else {
        fit = svi_restarts(S, fit, restarts, steps, callback);
        stack_pop(S, 1);
        S->stack[S->top - 1] = value_object(fit);
    }
    if (given(a, SVI_SEED)) S->random = around;
    if (fit->interrupted) svi_report_stopped(S, fit, steps);
    stack_pop(S, 1);
    return value_object(fit);
}

static void check_resumed(State *S, const Value *a, unsigned n) {
    const char *advice = "Begin a new fit: svi(model, data…).";
    if (n > SVI_NAMED) error_raise(S, "bad-argument", advice, "a fit goes on with the data that it began with");
    if (given(a, SVI_GUIDE)) error_raise(S, "bad-argument", advice, "a fit goes on with the guide that it began with");
    if (given(a, SVI_RESTARTS)) error_raise(S, "bad-argument", advice, "a fit that goes on has no restarts");
}

/* Goes on in the fit's own stream, whatever was drawn in between. The caller's stream, if it is the same one, is moved behind
   the steps taken, so that nothing is drawn twice. */
static Value svi_resume(State *S, const Value *a, unsigned n) {
    check_resumed(S, a, n);
    Fit *fit = fit_copy(S, (Fit *)a[SVI_MODEL].as.object);
    stack_push(S, value_object(fit));
    fit_find_programs(S, fit);
    set_common(S, fit, a);
    Value callback = callback_argument(S, a[SVI_CALLBACK]);
    uint64_t until = fit->done + (uint64_t)count_argument(S, a, SVI_STEPS, "steps", STEPS, 0, 1L << 40);
    RandomState around = S->random;
    S->random.seed = fit->random.seed;
    S->random.step = fit->random.step;
    S->random.draws = fit->random.draws;
    svi_run(S, fit, until, callback);
    S->random = around;
    if (fit->seed.tag == VALUE_UNASSIGNED && around.seed == fit->random.seed && around.step < fit->random.step)
        S->random.step = fit->random.step;
    if (fit->interrupted) svi_report_stopped(S, fit, until);
    stack_pop(S, 1);
    return value_object(fit);
}

static Value svi_call(State *S, const Value *a, unsigned n) {
    if (S->random.entered) error_raise(S, "svi-inside", "Call it at the top level, or from a plain function.", "`svi` cannot run inside of a model, a trace or `grad`");
    return a[SVI_MODEL].tag == VALUE_FIT ? svi_resume(S, a, n) : svi_begin(S, a, n);
}

const NativeRow native_svi[] = {
    {"svi", "model, arguments..., steps?, particles?, optimizer?, guide?, elbo?, seed?, callback?, subsample?, restarts?, average?",
     svi_call, "fits the guide to the model's posterior by maximising the ELBO; svi(fit, steps = n) goes on", false, false},
    {0},
};

static const ObjectType fit_type = {.mark = fit_mark, .release = fit_release, .print = fit_print, .field = fit_field,
                                    .fields = fit_fields};
static const ObjectType optimizer_type = {.mark = optimizer_mark, .print = optimizer_print};
static const ObjectType schedule_type = {.print = schedule_print, .call = schedule_call};
static const ObjectType estimator_type = {.mark = estimator_mark, .print = estimator_print};

void inference_open(State *S) {
    S->foreign_types[VALUE_FIT] = &fit_type;
    S->foreign_types[VALUE_OPTIMIZER] = &optimizer_type;
    S->foreign_types[VALUE_SCHEDULE] = &schedule_type;
    S->foreign_types[VALUE_ESTIMATOR] = &estimator_type;
}
