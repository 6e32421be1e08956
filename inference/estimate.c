/* What estimators share: running guide and model over particles, and the sweep back. */
#include <math.h>

#include "inference/diagnose.h"
#include "inference/estimator.h"
#include "runtime/broadcast.h"
#include "runtime/operations.h"

/* A site that only some runs have was perhaps not there when guide and model were compared. */
static void check_pairs(State *S, const ElboCall *call) {
    const Trace *q = call->guide_trace;
    if (q->unpaired || q->replayed_partly || q->replayed < q->latents) diagnose_pairing(S, call->model_trace, q);
}

void estimator_run(State *S, ElboCall *call) {
    size_t base = S->top;
    Trace *q = trace_run(S, call->guide, call->arguments, call->n);
    stack_push(S, value_object(q));
    call->model_trace = trace_run_replayed(S, call->model, q, call->arguments, call->n);
    call->guide_trace = q;
    check_pairs(S, call);
    S->top = base;
}

Value estimator_log_ratio(State *S, ElboCall *call) {
    estimator_run(S, call);
    size_t base = S->top;
    stack_push(S, value_object(call->guide_trace));
    stack_push(S, value_object(call->model_trace));
    Value log_p = trace_log_prob_passing(S, call->model_trace);
    Value log_q = trace_log_prob_passing(S, call->guide_trace);
    S->top = base;
    return operation_binary(S, &elementwise_operators[OPERATOR_SUBTRACT], log_p, log_q);
}

Value estimator_particles(State *S, ElboCall *call, Value (*body)(State *S, ElboCall *call)) {
    plate_enter(S, call->plate, call->particles);
    Axis *axis = S->plates[S->n_plates - 1].axis;
    Value v = body(S, call);
    if (axis) v = operation_cross_out(S, v, axis, call->particles, 0);
    plate_leave(S);
    return v;
}

Value estimator_mean(State *S, ElboCall *call, Value (*body)(State *S, ElboCall *call)) {
    Value v = estimator_particles(S, call, body);
    return v.tag == VALUE_ARRAY ? call_value(S, call->mean, &v, 1) : v;
}

/* ---- The sweep ---- */

typedef struct BaselineUse {
    ElboCall *call;
    double weight; /* how much of the average a step keeps */
} BaselineUse;

/* The lanes of the plates inside the particles. */
static const Layout *lanes_inside(State *S, const ElboCall *call, const Layout *layout) {
    Axis *axes[LAYOUT_AXES];
    uint32_t n = 0;
    for (uint32_t k = 0; k < layout->n_axes; k++)
        if (layout->axes[k]->depth > 0 || layout->axes[k]->name != call->plate) axes[n++] = layout->axes[k];
    return layout_intern(S, n, axes, layout->rank, layout->dims);
}

/* Takes the average over the steps before off the cost, which is mixed in for the steps to come. */
static void take_baseline(State *S, void *what, String *name, const Layout *layout, double *cost) {
    const BaselineUse *use = what;
    const Layout *inside = lanes_inside(S, use->call, layout);
    Baseline *b = baseline_at(S, use->call->baselines, name, inside);
    double share = 1 - use->weight, lanes = (double)(layout->lanes / inside->lanes);
    for (size_t i = 0; i < inside->size && !b->pending; i++) b->next[i] = use->weight * b->mean[i];
    b->pending = true;
    broadcast_sum(inside, b->next, layout, cost, (Weight){EDGE_SCALE, share / lanes, NULL});
    broadcast_add(layout, cost, inside, b->mean, (Weight){EDGE_SCALE, -1, NULL});
}

static double baseline_weight(const Estimator *estimator) {
    for (int k = 0; estimator->row->settings[k].name; k++)
        if (estimator->row->settings[k].kind == HYPER_OPTIONAL) return estimator->settings[k];
    return NAN;
}

void estimator_sweep(State *S, ElboCall *call, Value estimate) {
    BaselineUse use = {call, baseline_weight(call->estimator)};
    bool has_baseline = !isnan(use.weight) && call->baselines;
    S->tape.by_dependency = call->estimator->row->by_dependency;
    S->tape.baseline = has_baseline ? take_baseline : NULL;
    S->tape.baseline_what = has_baseline ? &use : NULL;
    tape_reverse(S, estimate);
    S->tape.baseline = NULL;
    S->tape.baseline_what = NULL;
}
