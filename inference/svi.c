/* Stochastic variational inference (Hoffman, Blei, Wang, Paisley, JMLR 2013; Ranganath, Gerrish, Blei, AISTATS 2014). */
#include <math.h>
#include <string.h>
#include <time.h>

#include "inference/fit.h"
#include "inference/pairing.h"
#include "runtime/eval.h"
#include "runtime/gc.h"
#include "runtime/mask.h"
#include "runtime/operations.h"

enum { SVI_MODEL, SVI_STEPS, SVI_PARTICLES, SVI_OPTIMIZER, SVI_GUIDE, SVI_NAMED };

/* What stays the same from step to step. */
typedef struct SviRun {
    Fit *fit;
    ElboCall *call;
    Record *theta;   /* the params' values, with this step's leaves */
    double loss;
} SviRun;

static void place_leaves(State *S, SviRun *run) {
    for (uint32_t k = 0; k < run->fit->n_params; k++) {
        FitParam *p = &run->fit->params[k];
        uint64_t leaf = tape_leaf(S, p->layout);
        Value *v = &run->theta->values[k];
        *v = layout_is_scalar(p->layout) ? value_dual(p->theta->data[0], leaf) : value_array(p->theta, leaf);
    }
}

static Value elbo_body(State *S, const void *what) { return elbo_pathwise(S, ((const SviRun *)what)->call); }

/* The first site whose log density is not finite in some lane; NULL: there is none. */
static const Site *site_not_finite(State *S, const Trace *trace) {
    for (uint32_t k = 0; k < trace->count; k++) {
        const Site *site = &trace->sites[k];
        if (site->alternative || (site->kind != MESSAGE_SAMPLE && site->kind != MESSAGE_FACTOR)) continue;
        Value finite = operation_unary(S, elementwise_find("is_finite"), value_detached(trace_site_score(S, trace, site)));
        double least, unused;
        value_extremes(S, finite, &least, &unused);
        if (least == 0) return site;
    }
    return NULL;
}

static _Noreturn void raise_not_finite(State *S, const SviRun *run, double loss) {
    const char *advice = "A scale that reaches 0, a logarithm of 0 or steps that are too long are the usual causes; try a smaller lr.";
    unsigned long long step = (unsigned long long)run->fit->done;
    const char *amount = isnan(loss) ? "not a number" : loss < 0 ? "inf" : "-inf";
    const Site *site = site_not_finite(S, run->call->model_trace);
    if (!site) site = site_not_finite(S, run->call->guide_trace);
    if (!site) error_raise(S, "not-a-number", advice, "the ELBO is %s at step %llu", amount, step);
    S->node = site->node;
    S->source = &site->chunk->source;
    const char *family = site->kind == MESSAGE_SAMPLE ? site->distribution->row->name : "factor";
    if (!site->is_observed && !isnan(loss) && site->kind == MESSAGE_SAMPLE)
        advice = error_text(S, "Some particles lie outside of the support of %s. Let the guide draw '%s' from a family with the same support.",
                            family, site->name->text);
    else if (site->is_observed && !isnan(loss))
        advice = error_text(S, "Some of the data lie outside of the support of %s.", family);
    error_raise(S, "not-a-number", advice, "the log density of '%s' makes the ELBO %s at step %llu", site->name->text, amount, step);
}

static void update_params(State *S, SviRun *run) {
    const Optimizer *optimizer = run->fit->optimizer;
    double shared[OPTIMIZER_SHARED];
    optimizer->row->begin(optimizer->settings, run->fit->done + 1, shared);
    for (uint32_t k = 0; k < run->fit->n_params; k++) {
        FitParam *p = &run->fit->params[k];
        const double *gradient = tape_adjoint(S, run->theta->values[k].node);
        if (!gradient) {
            double *zero = tape_allocate(S, p->layout->size * sizeof *zero);
            memset(zero, 0, p->layout->size * sizeof *zero);
            gradient = zero;
        }
        optimizer->row->update(optimizer->settings, shared, p->size, p->theta->data, gradient, p->state);
    }
}

static void svi_step(State *S, SviRun *run) {
    entry_begin(S);
    tape_clear(S);
    place_leaves(S, run);
    Value elbo = handler_run_row(S, &handler_params, value_object(run->theta), elbo_body, run);
    if (elbo.tag != VALUE_NUMBER) error_raise(S, "wrong-type", NULL, "the ELBO is a %s, not a number", value_type_name(elbo));
    if (!isfinite(elbo.as.number)) raise_not_finite(S, run, -elbo.as.number);
    tape_reverse(S, elbo);
    update_params(S, run);
    fit_record(run->fit, -elbo.as.number);
    entry_end(S);
}

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

/* Runs guide and model once, compares them, and gives the fit its params. */
static void svi_prepare(State *S, Fit *fit, const Value *arguments, unsigned n) {
    Record *values = record_new(S, 8), *constraints = record_new(S, 8);
    stack_push(S, value_object(values));
    stack_push(S, value_object(constraints));
    bool silent = S->silent;
    S->silent = S->probing = true;
    tape_begin(S);
    Trace *q = inference_probe(S, fit->guide, NULL, arguments, n);
    stack_push(S, value_object(q));
    inference_collect(S, q, values, constraints);
    Trace *p = inference_probe(S, fit->model, q, arguments, n);
    tape_end(S);
    S->silent = silent;
    S->probing = false;
    pairing_check(S, p, q);
    inference_collect(S, p, values, constraints);
    fit_set_params(S, fit, values, constraints);
    stack_pop(S, 3);
}

static Optimizer *optimizer_argument(State *S, Value v) {
    Value none[4] = {value_unassigned(), value_unassigned(), value_unassigned(), value_unassigned()};
    if (v.tag == VALUE_UNASSIGNED) return optimizer_new(S, &optimizer_adam, none);
    if (v.tag != VALUE_OPTIMIZER) native_type_error(S, "svi", "optimizer", "an optimizer like Adam(lr = 0.01)", v);
    return (Optimizer *)v.as.object;
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
    Fit *fit = fit_new(S, a[SVI_MODEL], guide, optimizer, (uint64_t)steps, (uint64_t)particles);
    stack_push(S, value_object(fit));
    svi_prepare(S, fit, a + SVI_NAMED, n - SVI_NAMED);
    Value theta = theta_record(S, fit);
    stack_push(S, theta);
    ElboCall call = {.model = fit->model, .guide = guide, .arguments = a + SVI_NAMED, .n = n - SVI_NAMED,
                     .particles = (uint32_t)particles, .plate = string_of(S, "particles"),
                     .mean = state_global(S, string_of(S, "mean"))->builtin};
    SviRun run = {.fit = fit, .theta = theta.as.record, .call = &call};
    svi_steps(S, &run, (uint64_t)steps);
    stack_pop(S, 3);
    return value_object(fit);
}

const NativeRow native_svi[] = {
    {"svi", "model, arguments..., steps?, particles?, optimizer?, guide?", svi_call,
     "fits the guide to the model's posterior by maximising the ELBO", false, false},
    {0},
};

static const ObjectType fit_type = {.mark = fit_mark, .release = fit_release, .print = fit_print, .field = fit_field};
static const ObjectType optimizer_type = {.print = optimizer_print};

void inference_open(State *S) {
    S->foreign_types[VALUE_FIT] = &fit_type;
    S->foreign_types[VALUE_OPTIMIZER] = &optimizer_type;
}
