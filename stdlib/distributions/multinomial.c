/* SPDX-License-Identifier: GPL-3.0-or-later
   Multinomial: how many of n draws fall into each of several categories. */
#include <math.h>
#include <string.h>

#include "parser/tree.h"
#include "runtime/error.h"
#include "runtime/kernels/special.h"
#include "runtime/state.h"
#include "stdlib/distributions/categorical.h"
#include "stdlib/distributions/counts.h"
#include "stdlib/distributions/countvector_kernels.h"
#include "stdlib/distributions/countvectors.h"

static Value operate(State *S, Operator which, Value a, Value b) { return operation_binary(S, &elementwise_operators[which], a, b); }

static void make(State *S, Distribution *d) {
    countvectors_check_n(S, d, 0);
    categorical_parameters(S, d, 1);
    if (d->parameters[1].as.array->layout->rank != 1)
        error_raise(S, "shape-mismatch", "One draw is a vector; for several of them write a plate.", "the probabilities of %s must be a vector", d->row->name);
    d->layout = countvectors_layout(S, d, d->parameters[1], d->parameters[0]);
}

static Value sample(State *S, Distribution *d, RandomKey key, const Layout *event) {
    Array *out = countvectors_draw(S, d->parameters[1], d->parameters[0], key, event);
    bool taped = tape_has(S, d->parameters[2]) || tape_has(S, d->parameters[0]);
    return value_array(out, taped ? tape_barrier(S, out->layout, "this draw has no reparameterised gradient") : 0);
}

static Value log_prob(State *S, Distribution *d, Value value) {
    Value n = d->parameters[0], x = value_detached(value);
    Value parts = operation_elementwise(S, &countvector_poisson, (Value[]){x, n, d->parameters[2]});
    Value v = operate(S, OPERATOR_SUBTRACT, operation_sum(S, parts), operation_unary(S, &countvector_poisson_whole, n));
    return countvectors_inside(S, x, n, v);
}

/* The sums of the counts; then the smallest and the largest n, and the sum of the logarithms of n! / (x[0]! x[1]! …); then how many are
   no vectors of counts. */
static Value statistics(State *S, const Layout *event, const double *x, size_t n) {
    size_t k = event->components;
    Array *sums = array_zero(S, layout_vector(S, k + 4));
    double least = INFINITY, most = -INFINITY, psi;
    for (size_t i = 0; i < n; i++, x += k) {
        double total = 0, ways = 0;
        bool sound = true;
        for (size_t c = 0; c < k; c++) {
            sound = sound && IS_COUNT(x[c]);
            total += x[c];
        }
        sums->data[k + 3] += !sound;
        if (!sound) continue;
        for (size_t c = 0; c < k; c++) {
            sums->data[c] += x[c];
            ways -= gamma_log(x[c] + 1, &psi);
        }
        sums->data[k + 2] += ways + gamma_log(total + 1, &psi);
        least = total < least ? total : least;
        most = total > most ? total : most;
    }
    sums->data[k] = least;
    sums->data[k + 1] = most;
    return value_array(sums, 0);
}

static bool log_prob_sum(State *S, Distribution *d, Value statistic, size_t n, Value *sum) {
    size_t k = d->layout->components;
    const double *known = statistic.as.array->data;
    Value trials = d->parameters[0];
    if (trials.tag != VALUE_NUMBER || tape_has(S, trials)) return false;
    *sum = value_number(n ? -INFINITY : 0);
    if (!n || known[k + 3] > 0 || known[k] != trials.as.number || known[k + 1] != trials.as.number) return true;
    Value v = categorical_weighted(S, d->parameters[2], value_array(array_vector(S, k, known), 0));
    *sum = operate(S, OPERATOR_ADD, v, value_number(known[k + 2]));
    return true;
}

static const DistributionComposed composed = {
    .make = make, .sample = sample, .log_prob = log_prob, .joint = true, .statistics = statistics, .log_prob_sum = log_prob_sum, .n_shown = 2,
    .either = 1u << 1 | 1u << 2};

const DistributionRow distribution_multinomial = {
    .name = "Multinomial",
    .help = "How many of n draws fall into each of several categories",
    .parameters = {{"n", CONSTRAINT_NONNEGATIVE_INTEGER, NULL, "number of draws"},
                   {"probs", CONSTRAINT_NONNEGATIVE, "none", "probabilities, or numbers in proportion to them"},
                   {"logits", CONSTRAINT_REAL, "none", "instead of probs: their logarithms, up to a common summand"}},
    .n_parameters = 3,
    .composed = &composed,
    .density = "n! / (x[0]! x[1]! …) probs[0]^x[0] probs[1]^x[1] …",
    .edges = "A vector that is not of counts with the sum n has a log probability of -inf. Probabilities need not sum up to 1; n may be 0.",
    .sampler = "a chain of binomial draws, each of what is left (Devroye, Non-Uniform Random Variate Generation, 1986, XI.1.4)",
    .discrete = true,
    .formulas = {{"mean", "n * probs"},
                 {"variance", "n * probs * (1 - probs)"},
                 {"covariance", "n * (diag(probs) - outer(probs, probs))"},
                 {"kl", "n * sum(where(probs > 0, probs * (logits - other_logits), 0))"}},
    .kl_equal = 1u << 0,
    .example = "obs votes ~ Multinomial(1000, [0.5, 0.3, 0.2])",
};
