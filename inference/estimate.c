/* What estimators share: running guide and model over particles, and the sweep back. */
#include "inference/estimator.h"
#include "runtime/operations.h"

void estimator_run(State *S, ElboCall *call) {
    size_t base = S->top;
    Trace *q = trace_run(S, call->guide, call->arguments, call->n);
    stack_push(S, value_object(q));
    call->model_trace = trace_run_replayed(S, call->model, q, call->arguments, call->n);
    call->guide_trace = q;
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

void estimator_sweep(State *S, ElboCall *call, Value estimate) {
    (void)call;
    tape_reverse(S, estimate);
}
