/* An ELBO that a program writes itself: svi(…, elbo = fn(model, guide, x) { … }). */
#include "inference/estimator.h"
#include "runtime/error.h"
#include "runtime/operations.h"

enum { ARGUMENTS = 32 };

static Value body(State *S, ElboCall *call) {
    Value arguments[ARGUMENTS] = {call->model, call->guide};
    if (call->n + 2 > ARGUMENTS) error_raise(S, "bad-argument", "Put them into a record.", "an ELBO of your own takes at most %d arguments", ARGUMENTS);
    for (unsigned k = 0; k < call->n; k++) arguments[2 + k] = call->arguments[k];
    Value v = call_value(S, call->estimator->function, arguments, call->n + 2);
    if (v.tag == VALUE_NUMBER || (v.tag == VALUE_ARRAY && v.as.array->layout->rank == 0)) return v;
    error_raise(S, "wrong-type", "It returns log_prob(p) - log_prob(q), for instance.", "an ELBO of your own returns a number, not a %s",
                value_type_name(v));
}

static Value objective(State *S, ElboCall *call) {
    call->model_trace = call->guide_trace = NULL;
    return estimator_mean(S, call, body);
}

static const Hyper settings[] = {ESTIMATOR_BASELINE, {0}};

const EstimatorRow estimator_own = {
    .name = "a function",
    .settings = settings,
    .objective = objective,
    .by_dependency = true, /* it may draw a site twice, with the same noise */
    .help = "an ELBO that a program writes itself",
};
