/* RenyiELBO: the variational Rényi bound over K particles,

       1 / (1 - alpha) log (1/K sum of (p / q)^(1 - alpha)),

   in logarithms throughout (Li and Turner, Rényi Divergence Variational Inference, NeurIPS 2016, equation 16). alpha = 0 is the
   importance weighted bound, IWAE (Burda, Grosse and Salakhutdinov, Importance Weighted Autoencoders, ICLR 2016, equation 8);
   alpha = 1, its limit, is the ELBO. */
#include <math.h>

#include "inference/estimator.h"
#include "runtime/operations.h"
#include "runtime/state.h"

enum { ALPHA };

static Value scaled(State *S, Value v, double factor) {
    return operation_binary(S, &elementwise_operators[OPERATOR_MULTIPLY], v, value_number(factor));
}

static Value bound(State *S, ElboCall *call, double alpha) {
    if (alpha == 1) return estimator_mean(S, call, estimator_log_ratio);
    Value w = estimator_particles(S, call, estimator_log_ratio);
    if (w.tag == VALUE_NUMBER) return w;
    if (alpha != 0) w = scaled(S, w, 1 - alpha);
    Value log_sum = call_value(S, state_global(S, string_of(S, "log_sum_exp"))->builtin, &w, 1);
    Value log_mean = operation_binary(S, &elementwise_operators[OPERATOR_SUBTRACT], log_sum, value_number(log(call->particles)));
    return alpha != 0 ? scaled(S, log_mean, 1 / (1 - alpha)) : log_mean;
}

static Value renyi(State *S, ElboCall *call) { return bound(S, call, call->estimator->settings[ALPHA]); }
static Value iwae(State *S, ElboCall *call) { return bound(S, call, 0); }

static const Hyper renyi_settings[] = {{"alpha", HYPER_NUMBER, RANGE_REAL, 0, 0}, ESTIMATOR_BASELINE, {0}};
static const Hyper iwae_settings[] = {ESTIMATOR_BASELINE, {0}};

const EstimatorRow estimator_renyi = {
    .name = "RenyiELBO",
    .settings = renyi_settings,
    .objective = renyi,
    .bound = "Rényi bound",
    .help = "the bound of Rényi's divergence of order alpha; 0 is IWAE, 1 the ELBO",
};
const EstimatorRow estimator_iwae = {
    .name = "IWAE",
    .settings = iwae_settings,
    .objective = iwae,
    .bound = "Importance weighted bound",
    .help = "the importance weighted bound: log of the mean weight p / q of the particles",
};
