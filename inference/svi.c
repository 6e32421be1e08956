/* Stochastic variational inference (Hoffman, Blei, Wang, Paisley, JMLR 2013; Ranganath, Gerrish, Blei, AISTATS 2014). */
#include <time.h>

#include "inference/inference.h"
#include "inference/schedule.h"
#include "inference/svi.h"
#include "runtime/eval.h"
#include "runtime/gc.h"
#include "runtime/operations.h"

enum { SVI_MODEL, SVI_STEPS, SVI_PARTICLES, SVI_OPTIMIZER, SVI_GUIDE, SVI_ELBO, SVI_NAMED };

static double seconds_now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void svi_steps(State *S, SviRun *run, uint64_t steps) {
    double begun = seconds_now();
    bool silent = S->silent;
    tape_begin(S);
    for (uint64_t k = 0; k < steps; k++) {
        svi_step(S, run);
        S->silent = true;
    }
    tape_end(S);
    S->silent = silent;
    run->fit->seconds += seconds_now() - begun;
}

static Value theta_record(State *S, const Fit *fit) {
    Record *theta = record_new(S, fit->n_params);
    for (uint32_t k = 0; k < fit->n_params; k++) record_set(S, theta, fit->params[k].name, value_number(0));
    return value_object(theta);
}

static Value guide_argument(State *S, Value model, Value guide) {
    if (guide.tag == VALUE_UNASSIGNED) return field_of(S, model, string_of(S, "guide"));
    if (!value_is_callable(guide)) native_type_error(S, "svi", "guide", "a guide (a function)", guide);
    return guide;
}

static Value svi_call(State *S, const Value *a, unsigned n) {
    if (!value_is_callable(a[SVI_MODEL])) native_type_error(S, "svi", "model", "a model", a[SVI_MODEL]);
    if (S->random.entered) error_raise(S, "svi-inside", "Call it at the top level, or from a plain function.", "`svi` cannot run inside of a model or `grad`");
    Value guide = guide_argument(S, a[SVI_MODEL], a[SVI_GUIDE]);
    long steps = a[SVI_STEPS].tag == VALUE_UNASSIGNED ? 10000 : value_to_integer(S, a[SVI_STEPS], "steps", 0, 1L << 40);
    long particles = a[SVI_PARTICLES].tag == VALUE_UNASSIGNED ? 1 : value_to_integer(S, a[SVI_PARTICLES], "particles", 1, 1L << 30);
    Optimizer *optimizer = optimizer_argument(S, a[SVI_OPTIMIZER]);
    stack_push(S, value_object(optimizer));
    Estimator *estimator = estimator_argument(S, a[SVI_ELBO]);
    stack_push(S, value_object(estimator));
    Fit *fit = fit_new(S, a[SVI_MODEL], guide, optimizer, estimator, (uint64_t)steps, (uint64_t)particles);
    stack_push(S, value_object(fit));
    List *noted = S->noted;
    S->noted = fit->warnings;
    svi_prepare(S, fit, a + SVI_NAMED, n - SVI_NAMED);
    Value theta = theta_record(S, fit);
    stack_push(S, theta);
    ElboCall call = {.estimator = estimator, .model = fit->model, .guide = guide, .arguments = a + SVI_NAMED, .n = n - SVI_NAMED,
                     .particles = (uint32_t)particles, .baselines = &fit->baselines, .plate = string_of(S, "particles"),
                     .mean = state_global(S, string_of(S, "mean"))->builtin};
    SviRun run = {.fit = fit, .theta = theta.as.record, .call = &call};
    svi_steps(S, &run, (uint64_t)steps);
    S->noted = noted;
    stack_pop(S, 4);
    return value_object(fit);
}

const NativeRow native_svi[] = {
    {"svi", "model, arguments..., steps?, particles?, optimizer?, guide?, elbo?", svi_call,
     "fits the guide to the model's posterior by maximising the ELBO", false, false},
    {0},
};

static const ObjectType fit_type = {.mark = fit_mark, .release = fit_release, .print = fit_print, .field = fit_field};
static const ObjectType optimizer_type = {.mark = optimizer_mark, .print = optimizer_print};
static const ObjectType schedule_type = {.print = schedule_print, .call = schedule_call};
static const ObjectType estimator_type = {.mark = estimator_mark, .print = estimator_print};

void inference_open(State *S) {
    S->foreign_types[VALUE_FIT] = &fit_type;
    S->foreign_types[VALUE_OPTIMIZER] = &optimizer_type;
    S->foreign_types[VALUE_SCHEDULE] = &schedule_type;
    S->foreign_types[VALUE_ESTIMATOR] = &estimator_type;
}
