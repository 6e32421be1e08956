/* The pathwise estimator of the ELBO (Kingma and Welling, Auto-Encoding Variational Bayes, 2014): draw from the guide,
   replay the model, and differentiate through the draws. */
#include "inference/inference.h"
#include "runtime/operations.h"

static Value difference(State *S, ElboCall *call) {
    size_t base = S->top;
    Trace *q = trace_run(S, call->guide, call->arguments, call->n);
    stack_push(S, value_object(q));
    Trace *p = trace_run_replayed(S, call->model, q, call->arguments, call->n);
    stack_push(S, value_object(p));
    call->guide_trace = q;
    call->model_trace = p;
    Value log_p = trace_log_prob_passing(S, p);
    Value log_q = trace_log_prob_passing(S, q);
    S->top = base;
    return operation_binary(S, &elementwise_operators[OPERATOR_SUBTRACT], log_p, log_q);
}

Value elbo_pathwise(State *S, ElboCall *call) {
    plate_enter(S, call->plate, call->particles);
    Axis *axis = S->plates[S->n_plates - 1].axis;
    Value elbos = difference(S, call);
    if (axis) elbos = operation_cross_out(S, elbos, axis, call->particles, 0);
    plate_leave(S);
    return axis ? call_value(S, call->mean, &elbos, 1) : elbos;
}
