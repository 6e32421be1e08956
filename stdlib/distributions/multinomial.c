/* SPDX-License-Identifier: GPL-3.0-or-later
   Multinomial: how many of n draws fall into each of several categories. */
#include <math.h>
#include <string.h>

#include "parser/tree.h"
#include "runtime/error.h"
#include "runtime/kernels/special.h"
#include "runtime/state.h"
#include "stdlib/distributions/categorical.h"
#include "stdlib/distributions/count_shape.h"
#include "stdlib/distributions/countkernels.h"
#include "stdlib/distributions/countvectors.h"
#include "stdlib/distributions/lane_events.h"

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

/* ---- Log density: the Poisson probabilities of the counts x[c] at the means n p[c] over that of n at the mean n, in which nothing
   nearly cancels ---- */

typedef struct Terms {
    double *restrict out, *restrict by_n;
    double *const *by_logits;
    const double *n, *const *x, *const *p, *const *logits;
} Terms;

ELBO_CLONES static void add_component(size_t size, double *restrict out, double *restrict total, double *restrict outside, const double *x,
                                      const double *n, const double *p, const double *log_p, const double *restrict shape) {
    VECTOR_LOOP(i, size) {
        double k = x[i] >= 1 ? x[i] : 1, mean = n[i] * p[i], part = count_part(k, mean - k, log((n[i] > 0 ? n[i] : 1) / k) + log_p[i]);
        out[i] -= x[i] >= 1 ? shape[i] + part : mean;
        total[i] += x[i];
        outside[i] = IS_COUNT(x[i]) ? outside[i] : 1;
    }
}

ELBO_CLONES static void finish_chunk(size_t size, double *restrict out, const double *restrict total, const double *restrict outside, const double *n) {
    VECTOR_LOOP(i, size) {
        bool inside = (outside[i] == 0) & (total[i] == n[i]) & (out[i] == out[i]);
        out[i] = inside ? out[i] : -INFINITY;
    }
}

ELBO_CLONES static void slopes(size_t size, size_t components, const Terms *a) {
    const double *out = a->out, *n = a->n;
    for (size_t c = 0; c < components && a->by_logits; c++) {
        const double *x = a->x[c];
        double *to = a->by_logits[c];
        VECTOR_LOOP(i, size) to[i] = fabs(out[i]) < INFINITY ? x[i] : 0;
    }
    if (a->by_n) VECTOR_LOOP(i, size) {
        double psi, k = n[i] >= 1 ? n[i] : 1, y = gamma_log(k + 1, &psi);
        (void)y;
        a->by_n[i] = fabs(out[i]) < INFINITY ? psi - log(k) : 0;
    }
}

static void score_chunk(size_t size, size_t components, const Terms *a) {
    double total[LANE_CHUNK] = {0}, outside[LANE_CHUNK] = {0}, shape[LANE_CHUNK];
    count_shapes(size, a->out, a->n);
    for (size_t c = 0; c < components; c++) {
        count_shapes(size, shape, a->x[c]);
        add_component(size, a->out, total, outside, a->x[c], a->n, a->p[c], a->logits[c], shape);
    }
    finish_chunk(size, a->out, total, outside, a->n);
    slopes(size, components, a);
}

static Value log_prob(State *S, Distribution *d, Value value) {
    const Layout *l = d->layout, *to = lanes_joined(S, d->row->name, value_layout(S, value), l), *wide = layout_with_lanes(S, l, to);
    double *by_n = tape_has(S, d->parameters[0]) ? tape_allocate(S, to->size * sizeof(double)) : NULL;
    double *by_logits = tape_has(S, d->parameters[2]) ? tape_allocate(S, wide->size * sizeof(double)) : NULL;
    LaneInput in[4];
    LaneOutput out, to_n, to_logits;
    lane_input_begin(S, &in[0], value, to);
    for (unsigned k = 0; k < 3; k++) lane_input_begin(S, &in[1 + k], d->parameters[k], to);
    lane_output_begin(S, &out, to, NULL);
    if (by_n) lane_output_begin(S, &to_n, to, by_n);
    if (by_logits) lane_output_begin(S, &to_logits, wide, by_logits);
    for (size_t offset = 0, n; offset < to->size; offset += n) {
        n = to->size - offset < LANE_CHUNK ? to->size - offset : LANE_CHUNK;
        for (unsigned k = 0; k < 4; k++) lane_input_at(&in[k], offset, n);
        lane_output_at(&out, offset, n);
        if (by_n) lane_output_at(&to_n, offset, n);
        if (by_logits) lane_output_at(&to_logits, offset, n);
        score_chunk(n, l->components, &(Terms){out.at[0], by_n ? to_n.at[0] : NULL, by_logits ? to_logits.at : NULL, in[1].at[0], in[0].at, in[2].at, in[3].at});
        lane_output_done(&out);
        if (by_n) lane_output_done(&to_n);
        if (by_logits) lane_output_done(&to_logits);
    }
    uint64_t node = 0;
    if (by_n || by_logits) {
        node = tape_node(S, to);
        if (by_n) lane_edge_to_number(S, d->parameters[0], to, by_n);
        if (by_logits) lane_edge_to_number(S, d->parameters[2], to, by_logits);
    }
    return value_unboxed(out.array, node);
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
    .support = "multinomial(n)",
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
