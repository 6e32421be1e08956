/* SPDX-License-Identifier: GPL-3.0-or-later
   OneHotCategorical: vectors with a 1 at one place and 0 elsewhere. */
#include "runtime/error.h"
#include "runtime/kernels/vector.h"
#include "runtime/native.h"
#include "runtime/state.h"
#include "stdlib/distributions/categorical.h"
#include "stdlib/distributions/lane_events.h"
#include "stdlib/rows.h"

static void make(State *S, Distribution *d) {
    categorical_parameters(S, d, 0);
    if (d->parameters[0].as.array->layout->rank != 1)
        error_raise(S, "shape-mismatch", "One draw is a vector; for several of them write a plate.", "the probabilities of %s must be a vector", d->row->name);
    d->layout = d->parameters[0].as.array->layout;
}

ELBO_CLONES static void place_chunk(size_t n, double *restrict out, const double *category, double c) {
    VECTOR_LOOP(i, n) out[i] = category[i] == c ? 1 : 0;
}

static Value sample(State *S, Distribution *d, RandomKey key, const Layout *event) {
    const Layout *lanes = S->lanes, *to = layout_with_lanes(S, event, lanes);
    Array *category = categorical_draw(S, d->parameters[0], rows_layout(S, d->layout), key, lanes), *out = array_new(S, to);
    for (size_t c = 0; c < to->components; c++) {
        if (to->n_axes) place_chunk(to->stride, out->data + c * to->stride, category->data, (double)c);
        else out->data[c] = category->data[0] == (double)c;
    }
    for (size_t i = to->components * to->stride; i < to->size; i++) out->data[i] = 0;
    out->missing = MISSING_NO;
    return value_array(out, tape_has(S, d->parameters[1]) ? tape_barrier(S, to, "this draw has no reparameterised gradient") : 0);
}

/* ---- Log density ---- */

ELBO_CLONES static void score_chunk(size_t n, size_t components, double *restrict out, double *const by[], const double *const x[], const double *const logits[]) {
    double ones[LANE_CHUNK] = {0};
    VECTOR_LOOP(i, n) out[i] = 0;
    for (size_t c = 0; c < components; c++) {
        const double *at = x[c], *known = logits[c];
        VECTOR_LOOP(i, n) {
            ones[i] += at[i] == 1 ? 1 : at[i] == 0 ? 0 : 2;
            out[i] += at[i] == 1 ? known[i] : 0;
        }
    }
    VECTOR_LOOP(i, n) out[i] = ones[i] == 1 ? out[i] : -INFINITY;
    for (size_t c = 0; c < components && by; c++) {
        const double *at = x[c];
        double *to = by[c];
        VECTOR_LOOP(i, n) to[i] = (at[i] == 1) & (fabs(out[i]) < INFINITY) ? 1 : 0;
    }
}

static Value log_prob(State *S, Distribution *d, Value value) {
    const Layout *l = d->layout, *to = lanes_joined(S, d->row->name, value_layout(S, value), l), *wide = layout_with_lanes(S, l, to);
    double *by = tape_has(S, d->parameters[1]) ? tape_allocate(S, wide->size * sizeof(double)) : NULL;
    LaneInput x, logits;
    LaneOutput out, slopes;
    lane_input_begin(S, &x, value, to);
    lane_input_begin(S, &logits, d->parameters[1], to);
    lane_output_begin(S, &out, to, NULL);
    if (by) lane_output_begin(S, &slopes, wide, by);
    for (size_t offset = 0, n; offset < to->size; offset += n) {
        n = to->size - offset < LANE_CHUNK ? to->size - offset : LANE_CHUNK;
        lane_input_at(&x, offset, n);
        lane_input_at(&logits, offset, n);
        lane_output_at(&out, offset, n);
        if (by) lane_output_at(&slopes, offset, n);
        score_chunk(n, l->components, out.at[0], by ? slopes.at : NULL, x.at, logits.at);
        lane_output_done(&out);
        if (by) lane_output_done(&slopes);
    }
    uint64_t node = by ? tape_node(S, to) : 0;
    if (by) lane_edge_to_number(S, d->parameters[1], to, by);
    return value_unboxed(out.array, node);
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
    .support = "one_hot",
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
