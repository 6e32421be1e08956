/* SPDX-License-Identifier: GPL-3.0-or-later
   OneHotCategorical: vectors with a 1 at one place and 0 elsewhere. */
#include <math.h>
#include <string.h>

#include "parser/tree.h"
#include "runtime/error.h"
#include "runtime/native.h"
#include "runtime/state.h"
#include "stdlib/distributions/categorical.h"
#include "stdlib/rows.h"

static Value operate(State *S, Operator which, Value a, Value b) { return operation_binary(S, &elementwise_operators[which], a, b); }

static void make(State *S, Distribution *d) {
    categorical_parameters(S, d, 0);
    if (d->parameters[0].as.array->layout->rank != 1)
        error_raise(S, "shape-mismatch", "One draw is a vector; for several of them write a plate.", "the probabilities of %s must be a vector", d->row->name);
    d->layout = d->parameters[0].as.array->layout;
}

static Value sample(State *S, Distribution *d, RandomKey key, const Layout *event) {
    const Layout *lanes = S->lanes, *to = layout_with_lanes(S, event, lanes);
    Array *category = categorical_draw(S, d->parameters[0], rows_layout(S, d->layout), key, lanes), *out = array_new(S, to);
    for (size_t c = 0; c < to->components; c++)
        for (size_t lane = 0; lane < to->stride; lane++)
            out->data[c * to->stride + lane] = category->data[lane] == (double)c;
    for (size_t i = to->components * to->stride; i < to->size; i++) out->data[i] = 0;
    out->missing = MISSING_NO;
    return value_array(out, tape_has(S, d->parameters[1]) ? tape_barrier(S, to, "this draw has no reparameterised gradient") : 0);
}

static Value log_prob(State *S, Distribution *d, Value value) {
    Value x = value_detached(value), one = operate(S, OPERATOR_EQUAL, x, value_number(1)), zero = operate(S, OPERATOR_EQUAL, x, value_number(0));
    Value sound = operation_sum(S, operation_select(S, one, value_number(1), operation_select(S, zero, value_number(0), value_number(2))));
    Value v = operation_sum(S, operation_select(S, one, d->parameters[1], value_number(0)));
    Value possible = operate(S, OPERATOR_GREATER, value_detached(v), value_number(-INFINITY));
    v = operation_select(S, possible, v, value_number(-INFINITY));
    return operation_select(S, operate(S, OPERATOR_EQUAL, sound, value_number(1)), v, value_number(-INFINITY));
}

/* How often each place has the 1; the last number counts what is no such vector. */
static Value statistics(State *S, const Layout *event, const double *x, size_t n) {
    size_t k = event->components;
    Array *counts = array_zero(S, layout_vector(S, k + 1));
    for (size_t i = 0; i < n; i++, x += k) {
        size_t ones = 0, zeros = 0, at = 0;
        for (size_t c = 0; c < k; c++) {
            ones += x[c] == 1;
            zeros += x[c] == 0;
            if (x[c] == 1) at = c;
        }
        counts->data[ones == 1 && zeros == k - 1 ? at : k]++;
    }
    return value_array(counts, 0);
}

static bool log_prob_sum(State *S, Distribution *d, Value statistic, size_t n, Value *sum) {
    size_t k = d->layout->components;
    const double *counts = statistic.as.array->data;
    (void)n;
    *sum = value_number(-INFINITY);
    if (counts[k] == 0) *sum = categorical_weighted(S, d->parameters[1], value_array(array_vector(S, k, counts), 0));
    return true;
}

static const DistributionComposed composed = {
    .make = make, .sample = sample, .log_prob = log_prob, .joint = true, .statistics = statistics, .log_prob_sum = log_prob_sum, .n_shown = 1,
    .either = 1u << 0 | 1u << 1};

const DistributionRow distribution_onehotcategorical = {
    .name = "OneHotCategorical",
    .help = "A vector with a 1 at one place, each place with a probability of its own, and 0 elsewhere",
    .parameters = {{"probs", CONSTRAINT_NONNEGATIVE, "none", "probabilities, or numbers in proportion to them"},
                   {"logits", CONSTRAINT_REAL, "none", "instead of probs: their logarithms, up to a common summand"}},
    .n_parameters = 2,
    .composed = &composed,
    .density = "probs[k], where x[k] is 1",
    .edges = "A vector that is not 0 but for a single 1 has a log probability of -inf. Probabilities need not sum up to 1.",
    .sampler = "inversion of the sums of the probabilities",
    .discrete = true,
    .formulas = {{"mean", "probs"},
                 {"variance", "probs * (1 - probs)"},
                 {"covariance", "diag(probs) - outer(probs, probs)"},
                 {"mode", "where((0..len(probs)) == argmax(probs), 1, 0)"},
                 {"entropy", "-sum(where(probs > 0, probs * logits, 0))"},
                 {"kl", "sum(where(probs > 0, probs * (logits - other_logits), 0))"}},
    .example = "kind ~ OneHotCategorical([0.5, 0.3, 0.2])",
};
