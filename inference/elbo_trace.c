/* Trace_ELBO: draw from the guide, replay the model, and differentiate through the draws (Kingma and Welling, Auto-Encoding
   Variational Bayes, 2014). */
#include "inference/estimator.h"
#include "runtime/operations.h"

static Value difference(State *S, ElboCall *call) {
    estimator_run(S, call);
    size_t base = S->top;
    stack_push(S, value_object(call->guide_trace));
    stack_push(S, value_object(call->model_trace));
    Value log_p = trace_log_prob_passing(S, call->model_trace);
    Value log_q = trace_log_prob_passing(S, call->guide_trace);
    S->top = base;
    return operation_binary(S, &elementwise_operators[OPERATOR_SUBTRACT], log_p, log_q);
}

static Value objective(State *S, ElboCall *call) { return estimator_mean(S, call, difference); }

const EstimatorRow estimator_trace = {
    .name = "Trace_ELBO",
    .signature = "",
    .objective = objective,
    .help = "Trace_ELBO(): the mean over particles of log p - log q, differentiated through the draws",
};
