/* The registry of estimators, and what they share. */
#include "inference/estimator.h"

#include <string.h>

#include "inference/inference.h"
#include "runtime/gc.h"
#include "runtime/operations.h"
#include "runtime/text.h"

static const EstimatorRow *const rows[] = {&estimator_trace, NULL};

Estimator *estimator_new(State *S, const EstimatorRow *row, const Value *arguments) {
    double settings[ESTIMATOR_SETTINGS] = {0};
    if (row->read) row->read(S, arguments, settings);
    Estimator *estimator = gc_new(S, VALUE_ESTIMATOR, sizeof *estimator);
    estimator->row = row;
    for (int k = 0; k < ESTIMATOR_SETTINGS; k++) estimator->settings[k] = settings[k];
    return estimator;
}

static Value native_trace_elbo(State *S, const Value *a, unsigned n) {
    (void)n;
    return value_object(estimator_new(S, &estimator_trace, a));
}

const NativeRow native_estimators[] = {
    {"Trace_ELBO", "", native_trace_elbo, "the ELBO: pathwise gradients, and score edges for the rest", false, false},
    {0},
};

static const EstimatorRow *row_named(const char *name) {
    for (const EstimatorRow *const *row = rows; *row; row++)
        if (strcmp((*row)->name, name) == 0) return *row;
    return NULL;
}

Estimator *estimator_argument(State *S, Value v) {
    static const Value none[ESTIMATOR_SETTINGS] = {{0}};
    if (v.tag == VALUE_UNASSIGNED) return estimator_new(S, &estimator_trace, none);
    if (v.tag == VALUE_NATIVE) {
        const EstimatorRow *row = row_named(v.as.native->name);
        if (row) return estimator_new(S, row, none);
    }
    if (v.tag != VALUE_ESTIMATOR) native_type_error(S, "svi", "elbo", "an estimator like Trace_ELBO()", v);
    return (Estimator *)v.as.object;
}

void estimator_print(State *S, Object *object) {
    const Estimator *estimator = (Estimator *)object;
    text_print(S, "%s(", estimator->row->name);
    for (int k = 0; estimator->row->setting_names && estimator->row->setting_names[k]; k++) {
        text_print(S, k ? ", %s = " : "%s = ", estimator->row->setting_names[k]);
        text_number(S, estimator->settings[k], 6);
    }
    text_print(S, ")");
}

/* ---- What they share ---- */

void estimator_run(State *S, ElboCall *call) {
    size_t base = S->top;
    Trace *q = trace_run(S, call->guide, call->arguments, call->n);
    stack_push(S, value_object(q));
    call->model_trace = trace_run_replayed(S, call->model, q, call->arguments, call->n);
    call->guide_trace = q;
    S->top = base;
}

Value estimator_mean(State *S, ElboCall *call, Value (*body)(State *S, ElboCall *call)) {
    plate_enter(S, call->plate, call->particles);
    Axis *axis = S->plates[S->n_plates - 1].axis;
    Value v = body(S, call);
    if (axis) v = operation_cross_out(S, v, axis, call->particles, 0);
    plate_leave(S);
    return axis ? call_value(S, call->mean, &v, 1) : v;
}
