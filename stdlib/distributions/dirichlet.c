/* SPDX-License-Identifier: GPL-3.0-or-later
   Dirichlet: vectors of positive numbers with sum 1. */
#include "runtime/distribution.h"

#include "runtime/error.h"
#include "runtime/kernels/special.h"
#include "runtime/state.h"
#include "stdlib/distributions/gamma_log_sample.h"
#include "stdlib/distributions/lane_events.h"
#include "stdlib/rows.h"

static const double tolerance = 1e-6; /* how far the sum of a value may be from 1 */

static void make(State *S, Distribution *d) {
    Value v = d->parameters[0];
    if (v.tag != VALUE_ARRAY || v.as.array->layout->rank != 1) native_type_error(S, "Dirichlet", "concentration", "a vector", v);
    if (v.as.array->layout->components == 0)
        error_raise(S, "bad-argument", NULL, "concentration of Dirichlet must have an element for each category, but it is empty");
    distribution_check(S, d->row, &d->row->parameters[0], v);
    d->layout = v.as.array->layout;
}

/* ---- Draws: gamma variables over their sum (Devroye, Non-Uniform Random Variate Generation, 1986, XI.4.1), as logarithms,
   since the variables of small concentrations are too small for numbers ---- */

static Value sample(State *S, Distribution *d, RandomKey key, const Layout *event) {
    (void)event;
    return lane_softmax(S, gamma_log_sample(S, d->parameters[0], key));
}

/* ---- What the density needs of the parameters alone ---- */

/* log gamma(sum) - the sum of log gamma, and the derivative of that by each concentration. */
ELBO_CLONES static void prepare_chunk(size_t n, size_t components, double *restrict norm, double *const by[], const double *const a[]) {
    double sum[LANE_CHUNK] = {0}, logs[LANE_CHUNK] = {0}, psi_sum[LANE_CHUNK];
    for (size_t c = 0; c < components; c++) {
        const double *x = a[c];
        double *slope = by[c];
        VECTOR_LOOP(i, n) {
            double psi;
            logs[i] += gamma_log(x[i], &psi);
            sum[i] += x[i];
            slope[i] = psi;
        }
    }
    VECTOR_LOOP(i, n) {
        double psi;
        norm[i] = gamma_log(sum[i], &psi) - logs[i];
        psi_sum[i] = psi;
    }
    for (size_t c = 0; c < components; c++) {
        double *slope = by[c];
        VECTOR_LOOP(i, n) slope[i] = psi_sum[i] - slope[i];
    }
}

enum { NORM, SLOPES };

static void prepare(State *S, Distribution *d) {
    if (d->prepared[NORM]) return;
    const Layout *l = d->layout, *lanes = lanes_only(S, l);
    LaneInput a;
    LaneOutput norm, slopes;
    lane_input_begin(S, &a, d->parameters[0], lanes);
    lane_output_begin(S, &norm, lanes, NULL);
    lane_output_begin(S, &slopes, l, NULL);
    for (size_t offset = 0, n; offset < lanes->size; offset += n) {
        n = lanes->size - offset < LANE_CHUNK ? lanes->size - offset : LANE_CHUNK;
        lane_input_at(&a, offset, n);
        lane_output_at(&norm, offset, n);
        lane_output_at(&slopes, offset, n);
        prepare_chunk(n, l->components, norm.at[0], slopes.at, a.at);
        lane_output_done(&norm);
        lane_output_done(&slopes);
    }
    d->prepared[NORM] = norm.array;
    d->prepared[SLOPES] = slopes.array;
}

/* ---- Log density ---- */

/* The density without its norm, and whether it is 0 for sure. by_x and by_a may be NULL; by_a then holds the logarithms of x. */
ELBO_CLONES static void score_chunk(size_t n, size_t components, double *restrict out, const double *restrict norm, const double *const x[],
                                    const double *const a[], const double *const slope[], double *const by_x[], double *const by_a[]) {
    double total[LANE_CHUNK] = {0}, outside[LANE_CHUNK] = {0};
    VECTOR_LOOP(i, n) out[i] = norm[i];
    for (size_t c = 0; c < components; c++) {
        const double *at = x[c], *power = a[c];
        VECTOR_LOOP(i, n) {
            double log_x = log(at[i]), term = (power[i] - 1) * log_x;
            out[i] += power[i] == 1 ? 0 : term;
            total[i] += at[i];
            outside[i] = at[i] >= 0 ? outside[i] : 1;
        }
    }
    VECTOR_LOOP(i, n) {
        bool inside = outside[i] == 0 && fabs(total[i] - 1) <= tolerance && out[i] == out[i];
        out[i] = inside ? out[i] : -INFINITY;
    }
    for (size_t c = 0; c < components && by_x; c++) {
        const double *at = x[c], *power = a[c];
        double *to = by_x[c];
        VECTOR_LOOP(i, n) {
            double y = (power[i] - 1) / at[i];
            to[i] = fabs(out[i]) < INFINITY && power[i] != 1 ? y : 0;
        }
    }
    for (size_t c = 0; c < components && by_a; c++) {
        const double *at = x[c], *psi = slope[c];
        double *to = by_a[c];
        VECTOR_LOOP(i, n) {
            double y = psi[i] + log(at[i]);
            to[i] = fabs(out[i]) < INFINITY && at[i] > 0 ? y : 0;
        }
    }
}

static Value finish(State *S, Distribution *d, Array *out, Value value, const double *by_x, const double *by_a) {
    uint64_t node = 0;
    if (by_x || by_a) {
        node = tape_node(S, out->layout);
        if (by_x) lane_edge_to_number(S, value, out->layout, by_x);
        if (by_a) lane_edge_to_number(S, d->parameters[0], out->layout, by_a);
    }
    return value_unboxed(out, node);
}

static double *partials(State *S, const Layout *lanes, const Layout *event) {
    return tape_allocate(S, layout_with_lanes(S, event, lanes)->size * sizeof(double));
}

static Value log_prob(State *S, Distribution *d, Value value) {
    prepare(S, d);
    const Layout *l = d->layout, *to = lanes_joined(S, "Dirichlet", value_layout(S, value), l);
    const Layout *wide = layout_with_lanes(S, l, to);
    double *by_x = tape_has(S, value) ? partials(S, to, l) : NULL, *by_a = tape_has(S, d->parameters[0]) ? partials(S, to, l) : NULL;
    LaneInput x, a, norm, slopes;
    LaneOutput out, to_x, to_a;
    lane_input_begin(S, &x, value, to);
    lane_input_begin(S, &a, d->parameters[0], to);
    lane_input_begin(S, &norm, value_array(d->prepared[NORM], 0), to);
    lane_input_begin(S, &slopes, value_array(d->prepared[SLOPES], 0), to);
    lane_output_begin(S, &out, to, NULL);
    if (by_x) lane_output_begin(S, &to_x, wide, by_x);
    if (by_a) lane_output_begin(S, &to_a, wide, by_a);
    for (size_t offset = 0, n; offset < to->size; offset += n) {
        n = to->size - offset < LANE_CHUNK ? to->size - offset : LANE_CHUNK;
        lane_input_at(&x, offset, n);
        lane_input_at(&a, offset, n);
        lane_input_at(&norm, offset, n);
        if (by_a) lane_input_at(&slopes, offset, n);
        lane_output_at(&out, offset, n);
        if (by_x) lane_output_at(&to_x, offset, n);
        if (by_a) lane_output_at(&to_a, offset, n);
        score_chunk(n, l->components, out.at[0], norm.at[0], x.at, a.at, slopes.at, by_x ? to_x.at : NULL, by_a ? to_a.at : NULL);
        lane_output_done(&out);
        if (by_x) lane_output_done(&to_x);
        if (by_a) lane_output_done(&to_a);
    }
    return finish(S, d, out.array, value, by_x, by_a);
}

/* ---- Sums: for each category the sum of the logarithms of what is not 0, how many are 0, and how many data are none ---- */

static Value statistics(State *S, const Layout *event, const double *x, size_t n) {
    size_t components = event->components;
    Array *array = array_zero(S, layout_vector(S, 2 * components + 1));
    double *room = rows_scratch(S, n), *logs = rows_scratch(S, n), *sum = array->data;
    for (size_t c = 0; c < components; c++) {
        for (size_t i = 0; i < n; i++) {
            double at = x[i * components + c];
            room[i] = at > 0 ? at : 1;
            sum[components + c] += at == 0;
        }
        kernel_log(lane_pad(n), logs, room);
        sum[c] = kernel_sum(logs, n);
    }
    for (size_t i = 0; i < n; i++) {
        double total = 0;
        bool inside = true;
        for (size_t c = 0; c < components; c++) {
            double at = x[i * components + c];
            inside = inside && at >= 0;
            total += at;
        }
        sum[2 * components] += !(inside && fabs(total - 1) <= tolerance);
    }
    return value_array(array, 0);
}

ELBO_CLONES static void sum_chunk(size_t n, size_t components, double count, const double *sum, double *restrict out, const double *restrict norm,
                                  const double *const a[], const double *const slope[], double *const by_a[]) {
    bool outside = sum[2 * components] > 0;
    VECTOR_LOOP(i, n) out[i] = count * norm[i];
    for (size_t c = 0; c < components; c++) {
        const double *power = a[c];
        double logs = sum[c];
        bool zeros = sum[components + c] > 0;
        VECTOR_LOOP(i, n) {
            double edge = !zeros || power[i] == 1 ? 0 : power[i] < 1 ? INFINITY : -INFINITY;
            out[i] += (power[i] - 1) * logs + edge;
        }
    }
    VECTOR_LOOP(i, n) out[i] = outside || !(out[i] == out[i]) ? -INFINITY : out[i];
    for (size_t c = 0; c < components && by_a; c++) {
        const double *psi = slope[c];
        double *to = by_a[c], logs = sum[c];
        VECTOR_LOOP(i, n) to[i] = fabs(out[i]) < INFINITY ? count * psi[i] + logs : 0;
    }
}

static bool log_prob_sum(State *S, Distribution *d, Value statistic, size_t count, Value *result) {
    prepare(S, d);
    const Layout *l = d->layout, *to = lanes_only(S, l);
    double *by_a = tape_has(S, d->parameters[0]) ? partials(S, to, l) : NULL;
    LaneInput a, norm, slopes;
    LaneOutput out, to_a;
    lane_input_begin(S, &a, d->parameters[0], to);
    lane_input_begin(S, &norm, value_array(d->prepared[NORM], 0), to);
    lane_input_begin(S, &slopes, value_array(d->prepared[SLOPES], 0), to);
    lane_output_begin(S, &out, to, NULL);
    if (by_a) lane_output_begin(S, &to_a, l, by_a);
    for (size_t offset = 0, n; offset < to->size; offset += n) {
        n = to->size - offset < LANE_CHUNK ? to->size - offset : LANE_CHUNK;
        lane_input_at(&a, offset, n);
        lane_input_at(&norm, offset, n);
        lane_input_at(&slopes, offset, n);
        lane_output_at(&out, offset, n);
        if (by_a) lane_output_at(&to_a, offset, n);
        sum_chunk(n, l->components, (double)count, statistic.as.array->data, out.at[0], norm.at[0], a.at, slopes.at, by_a ? to_a.at : NULL);
        lane_output_done(&out);
        if (by_a) lane_output_done(&to_a);
    }
    *result = finish(S, d, out.array, value_number(0), NULL, by_a);
    return true;
}

static const DistributionComposed composed = {
    .make = make, .sample = sample, .joint = true, .log_prob = log_prob, .statistics = statistics, .log_prob_sum = log_prob_sum, .n_shown = 1};

const DistributionRow distribution_dirichlet = {
    .name = "Dirichlet",
    .help = "Shares of a whole: positive numbers with sum 1",
    .parameters = {{"concentration", CONSTRAINT_POSITIVE, NULL, "a number for each share; the larger, the nearer to the mean"}},
    .n_parameters = 1,
    .composed = &composed,
    .support = "simplex",
    .density = "gamma(sum(concentration)) / prod(gamma(concentration)) * prod(x^(concentration - 1))",
    .edges = "A value's sum must be 1 to within 1e-6 and no share negative, else the log density is -inf. A share of 0 gives -inf where its"
             " concentration is above 1, inf where it is below (-inf if other shares give that), and is as any other where it is 1."
             " Draws keep every share above 0.",
    .sampler = "gamma variables over their sum (Devroye 1986, XI.4.1), in logarithms; implicit gradients (Figurnov, Mohamed, Mnih 2018)",
    .formulas = {{"mean", "concentration / sum(concentration)"},
                 {"variance", "m = concentration / sum(concentration); m * (1 - m) / (sum(concentration) + 1)"},
                 {"covariance", "m = concentration / sum(concentration); (diag(m) - outer(m, m)) / (sum(concentration) + 1)"},
                 {"mode", "m = max(concentration - 1, 0); s = sum(m); top = 0..len(concentration) == argmax(concentration);"
                          " where(s > 0, m / where(s > 0, s, 1), where(min(concentration) == 1, ones(len(concentration)) / len(concentration), where(top, 1, 0)))"},
                 {"entropy", "s = sum(concentration); sum(gamma_entropy(concentration)) - gamma_entropy(s) - (len(concentration) - 1) * digamma(s)"},
                 {"kl", "s = sum(concentration); lgamma(s) - lgamma(sum(other_concentration)) + sum(lgamma(other_concentration) - lgamma(concentration))"
                        " + sum((concentration - other_concentration) * (digamma(concentration) - digamma(s)))"}},
    .example = "shares ~ Dirichlet([1, 1, 1])",
};
