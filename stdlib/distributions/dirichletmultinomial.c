/* SPDX-License-Identifier: GPL-3.0-or-later
   DirichletMultinomial: multinomial counts whose probabilities are a draw from a Dirichlet distribution. The probability is the product of
   those of negative binomial counts with sizes concentration[c], over that of their sum: see betabinomial.c. */
#include "parser/tree.h"
#include "runtime/error.h"
#include "runtime/native.h"
#include "runtime/state.h"
#include "stdlib/distributions/countvector_kernels.h"
#include "stdlib/distributions/countvectors.h"
#include "stdlib/distributions/gamma_log_sample.h"
#include "stdlib/distributions/lane_events.h"

static Value operate(State *S, Operator which, Value a, Value b) { return operation_binary(S, &elementwise_operators[which], a, b); }

static void make(State *S, Distribution *d) {
    Value v = d->parameters[0];
    if (v.tag != VALUE_ARRAY || v.as.array->layout->rank != 1) native_type_error(S, d->row->name, "concentration", "a vector", v);
    if (v.as.array->layout->components == 0)
        error_raise(S, "bad-argument", NULL, "concentration of %s must have an element for each category, but it is empty", d->row->name);
    distribution_check(S, d->row, &d->row->parameters[0], v);
    countvectors_check_n(S, d, 1);
    d->layout = countvectors_layout(S, d, v, d->parameters[1]);
}

static Value sample(State *S, Distribution *d, RandomKey key, const Layout *event) {
    Value p = lane_softmax(S, gamma_log_sample(S, value_detached(d->parameters[0]), key));
    Array *out = countvectors_draw(S, p, d->parameters[1], lane_key(key, 1), event);
    bool taped = tape_has(S, d->parameters[0]) || tape_has(S, d->parameters[1]);
    return value_array(out, taped ? tape_barrier(S, out->layout, "this draw has no reparameterised gradient") : 0);
}

static Value log_prob(State *S, Distribution *d, Value value) {
    Value a = d->parameters[0], n = d->parameters[1], s = operation_sum(S, a), x = value_detached(value);
    Value parts = operation_elementwise(S, &countvector_negative, (Value[]){x, a, n, s});
    Value whole = operation_binary(S, &countvector_negative_whole, n, s);
    return countvectors_inside(S, x, n, operate(S, OPERATOR_SUBTRACT, operation_sum(S, parts), whole));
}

static const DistributionComposed composed = {.make = make, .sample = sample, .log_prob = log_prob, .joint = true, .n_shown = 2};

const DistributionRow distribution_dirichletmultinomial = {
    .name = "DirichletMultinomial",
    .help = "How many of n draws fall into each of several categories, whose probabilities are a draw from Dirichlet(concentration)",
    .parameters = {{"concentration", CONSTRAINT_POSITIVE, NULL, "of the Dirichlet distribution"},
                   {"n", CONSTRAINT_NONNEGATIVE_INTEGER, NULL, "number of draws"}},
    .n_parameters = 2,
    .composed = &composed,
    .support = "multinomial(n)",
    .density = "n! gamma(s) / gamma(n + s) times, for each c, gamma(x[c] + concentration[c]) / (gamma(concentration[c]) x[c]!), with s = sum(concentration)",
    .edges = "A vector that is not of counts with the sum n has a log probability of -inf. n may be 0.",
    .sampler = "Multinomial with probabilities from gamma variables over their sum",
    .discrete = true,
    .formulas = {{"mean", "n * (concentration / sum(concentration))"},
                 {"variance", "s = sum(concentration); p = concentration / s\n"
                              "n * ((n + s) / (1 + s)) * p * (1 - p)"},
                 {"covariance", "s = sum(concentration); p = concentration / s\n"
                                "n * ((n + s) / (1 + s)) * (diag(p) - outer(p, p))"}},
    .example = "obs votes[i] ~ DirichletMultinomial([2, 3, 1], 1000)",
};
