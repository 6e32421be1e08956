/* SPDX-License-Identifier: GPL-3.0-or-later
   LKJCholesky: lower triangles L with rows of length 1, so that L L' is a correlation matrix, whose density is in proportion to
   det(L L')^(concentration - 1) (Lewandowski, Kurowicka, Joe: Generating random correlation matrices based on vines and extended
   onion method, Journal of Multivariate Analysis 100 (2009) 1989). Of L itself the density in its elements below the diagonal is in
   proportion to the product over the rows i = 1 … dim - 1 (from 0) of L_ii^(dim - 1 - i + 2 (concentration - 1)).

   Rows are independent: with b_i = concentration + (dim - 1 - i) / 2, L_ii^2 is from Beta(b_i, i / 2), and the rest of the row has
   any direction. */
#include "runtime/distribution.h"

#include <float.h>

#include "parser/tree.h"
#include "runtime/error.h"
#include "runtime/kernels/special.h"
#include "runtime/native.h"
#include "runtime/state.h"
#include "stdlib/distributions/gamma_log_sample.h"
#include "stdlib/distributions/lane_events.h"
#include "stdlib/distributions/multigamma.h"
#include "stdlib/rows.h"

enum { LARGEST = 1000 };
static const double tolerance = 1e-6; /* how far a row's length may be from 1 */

static size_t order_of(const Distribution *d) { return d->layout->dims[0]; }
static Value concentration_of(const Distribution *d) { return d->parameters[1]; }

static Value operate(State *S, Operator which, Value a, Value b) { return operation_binary(S, &elementwise_operators[which], a, b); }

static void make(State *S, Distribution *d) {
    size_t n = (size_t)value_to_integer(S, d->parameters[0], "dim of LKJCholesky", 1, LARGEST);
    d->parameters[0] = value_number((double)n);
    if (d->parameters[1].tag == VALUE_UNASSIGNED) d->parameters[1] = value_number(1);
    distribution_check(S, d->row, &d->row->parameters[1], d->parameters[1]);
    const Layout *l = value_layout(S, concentration_of(d));
    if (l->rank) native_type_error(S, "LKJCholesky", "concentration", "a number", concentration_of(d));
    d->layout = layout_with_event(S, l, 2, (size_t[]){n, n});
}

/* b_i of the rows 1 … dim - 1, as a vector. */
static Value betas(State *S, const Distribution *d) {
    size_t n = order_of(d);
    Array *rest = array_new(S, layout_vector(S, n - 1));
    for (size_t i = 1; i < n; i++) rest->data[i - 1] = 0.5 * (double)(n - 1 - i);
    return operate(S, OPERATOR_ADD, concentration_of(d), value_array(rest, 0));
}

/* ---- Draws: the onion (Lewandowski, Kurowicka, Joe 2009, section 3.2). Row i is (z, sqrt(2 g)) over its length, with i normals z and
   g from Gamma(b_i, 1): so no digits are lost near the diagonal, and the row moves with the concentration through g alone ---- */

/* One row; by_g is the derivative by log(g). */
ELBO_CLONES static void row_chunk(size_t n, size_t row, double *const out[], double *const by_g[], const double *const z[], const double *log_g) {
    double squares[LANE_CHUNK], length[LANE_CHUNK], root[LANE_CHUNK];
    VECTOR_LOOP(i, n) squares[i] = 0;
    for (size_t j = 0; j < row; j++) {
        const double *at = z[j];
        VECTOR_LOOP(i, n) squares[i] += at[i] * at[i];
    }
    VECTOR_LOOP(i, n) {
        root[i] = 1.4142135623730951 * exp(0.5 * log_g[i]);
        length[i] = 1 / sqrt(squares[i] + root[i] * root[i]);
        double diagonal = root[i] * length[i];
        out[row][i] = diagonal < DBL_MIN ? DBL_MIN : diagonal;
    }
    for (size_t j = 0; j < row; j++) {
        const double *at = z[j];
        double *to = out[j];
        VECTOR_LOOP(i, n) to[i] = at[i] * length[i];
    }
    if (!by_g) return;
    for (size_t j = 0; j < row; j++) {
        double *to = by_g[j];
        const double *own = out[j], *diagonal = out[row];
        VECTOR_LOOP(i, n) to[i] = -0.5 * own[i] * diagonal[i] * diagonal[i];
    }
    double *to = by_g[row];
    VECTOR_LOOP(i, n) to[i] = 0.5 * out[row][i] * (squares[i] * length[i] * length[i]);
}

static void rows_chunk(size_t n, size_t order, double *const out[], double *const by_g[], const double *const z[], const double *const log_g[]) {
    for (size_t r = 0; r < order; r++) {
        double *const *to = out + r * order;
        for (size_t j = r + 1; j < order; j++)
            for (size_t i = 0; i < n; i++) to[j][i] = 0;
        if (r == 0)
            for (size_t i = 0; i < n; i++) to[0][i] = 1;
        else row_chunk(n, r, to, by_g ? by_g + r * order : NULL, z + r * (r - 1) / 2, log_g[r - 1]);
    }
}

static Value drawn(State *S, Array *array, Value log_g, const double *by_g) {
    uint64_t node = 0;
    size_t order = array->layout->dims[0], k = 0;
    array->missing = MISSING_NO;
    if (by_g) {
        LaneTerm *terms = (LaneTerm *)(void *)rows_scratch(S, order * order * sizeof *terms / sizeof(double) + 1);
        for (size_t r = 1; r < order; r++)
            for (size_t j = 0; j <= r; j++, k++) {
                size_t c = r * order + j;
                terms[k] = (LaneTerm){r - 1, c, by_g + c * array->layout->stride};
            }
        node = tape_node(S, array->layout);
        lane_edge(S, log_g, array->layout, terms, k);
    }
    return value_array(array, node);
}

static Value sample(State *S, Distribution *d, RandomKey key, const Layout *event) {
    size_t order = order_of(d), below = order * (order - 1) / 2;
    const Layout *to = layout_with_lanes(S, event, S->lanes), *lanes = lanes_only(S, to);
    Value log_g = value_number(0), normals = value_number(0);
    if (order > 1) {
        const Layout *vector = layout_with_event(S, lanes, 1, &below);
        Array *z = array_new(S, vector);
        random_normal(S, lane_key(key, 1), vector, 0, z->data);
        normals = value_array(z, 0);
        log_g = gamma_log_sample(S, betas(S, d), key);
    }
    double *by_g = order > 1 && tape_has(S, log_g) ? tape_allocate(S, to->size * sizeof *by_g) : NULL;
    LaneInput z, g;
    LaneOutput out, slopes;
    lane_input_begin(S, &z, normals, lanes);
    lane_input_begin(S, &g, log_g, lanes);
    lane_output_begin(S, &out, to, NULL);
    if (by_g) lane_output_begin(S, &slopes, to, by_g);
    for (size_t offset = 0, n; offset < lanes->size; offset += n) {
        n = lanes->size - offset < LANE_CHUNK ? lanes->size - offset : LANE_CHUNK;
        lane_input_at(&z, offset, n);
        lane_input_at(&g, offset, n);
        lane_output_at(&out, offset, n);
        if (by_g) lane_output_at(&slopes, offset, n);
        rows_chunk(n, order, out.at, by_g ? slopes.at : NULL, z.at, g.at);
        lane_output_done(&out);
        if (by_g) lane_output_done(&slopes);
    }
    return drawn(S, out.array, log_g, by_g);
}

/* ---- Log density ---- */

/* The logarithm of the density's norm, and its derivative: over the rows i, log gamma(b_i + i / 2) - log gamma(b_i) - i / 2 log(pi). */
ELBO_CLONES static void norm_chunk(size_t n, size_t order, double *restrict norm, double *restrict slope, const double *restrict eta) {
    const double log_pi = 1.1447298858494001741;
    double rows = (double)(order - 1), first[LANE_CHUNK] = {0}, part[LANE_CHUNK], part_slope[LANE_CHUNK];
    VECTOR_LOOP(i, n) first[i] = eta[i] + 0.5 * (rows - 1);
    multigamma_log(n, order - 1, part, part_slope, first);
    VECTOR_LOOP(i, n) {
        double psi, whole = gamma_log(first[i] + 0.5, &psi);
        norm[i] = rows * whole - part[i] - 0.5 * rows * log_pi;
        slope[i] = rows * psi - part_slope[i];
    }
}

enum { NORM, SLOPE };

static void prepare(State *S, Distribution *d) {
    if (d->prepared[NORM]) return;
    const Layout *lanes = lanes_only(S, d->layout);
    LaneInput eta;
    LaneOutput norm, slope;
    lane_input_begin(S, &eta, concentration_of(d), lanes);
    lane_output_begin(S, &norm, lanes, NULL);
    lane_output_begin(S, &slope, lanes, NULL);
    for (size_t offset = 0, n; offset < lanes->size; offset += n) {
        n = lanes->size - offset < LANE_CHUNK ? lanes->size - offset : LANE_CHUNK;
        lane_input_at(&eta, offset, n);
        lane_output_at(&norm, offset, n);
        lane_output_at(&slope, offset, n);
        norm_chunk(n, order_of(d), norm.at[0], slope.at[0], eta.at[0]);
        lane_output_done(&norm);
        lane_output_done(&slope);
    }
    d->prepared[NORM] = norm.array;
    d->prepared[SLOPE] = slope.array;
}

/* outside[i] becomes 1 where the matrix is no factor of a correlation matrix. */
ELBO_CLONES static void check_chunk(size_t n, size_t order, double *restrict outside, const double *const x[]) {
    VECTOR_LOOP(i, n) outside[i] = 0;
    for (size_t r = 0; r < order; r++) {
        double length[LANE_CHUNK] = {0};
        for (size_t j = 0; j < order; j++) {
            const double *at = x[r * order + j];
            bool above = j > r, diagonal = j == r;
            VECTOR_LOOP(i, n) {
                length[i] += at[i] * at[i];
                bool wrong = (above && !(at[i] == 0)) || (diagonal && !(at[i] > 0));
                outside[i] = wrong ? 1 : outside[i];
            }
        }
        VECTOR_LOOP(i, n) outside[i] = fabs(length[i] - 1) <= 2 * tolerance ? outside[i] : 1;
    }
}

/* The terms of `count` matrices from the logarithms of their diagonals, log_diagonal[r - 1] (of row r), or the sums of these. */
ELBO_CLONES static void score_chunk(size_t n, size_t order, double count, double *restrict out, double *restrict by_eta, const double *restrict eta,
                                    const double *restrict norm, const double *restrict slope, const double *restrict outside,
                                    const double *const log_diagonal[]) {
    double logs[LANE_CHUNK] = {0};
    VECTOR_LOOP(i, n) out[i] = count * norm[i];
    for (size_t r = 1; r < order; r++) {
        const double *at = log_diagonal[r - 1];
        double rest = (double)(order - 1 - r);
        VECTOR_LOOP(i, n) {
            logs[i] += at[i];
            out[i] += (rest + 2 * (eta[i] - 1)) * at[i];
        }
    }
    VECTOR_LOOP(i, n) out[i] = outside[i] == 0 ? out[i] : -INFINITY;
    if (!by_eta) return;
    VECTOR_LOOP(i, n) by_eta[i] = fabs(out[i]) < INFINITY ? count * slope[i] + 2 * logs[i] : 0;
}

ELBO_CLONES static void diagonal_chunk(size_t n, size_t order, double *const logs[], const double *const x[]) {
    for (size_t r = 1; r < order; r++) {
        const double *at = x[r * (order + 1)];
        double *to = logs[r - 1];
        VECTOR_LOOP(i, n) to[i] = log(at[i]);
    }
}

/* Partials by the value: of the diagonal below the first row only. */
ELBO_CLONES static void value_chunk(size_t n, size_t order, double *const by_x[], const double *out, const double *eta, const double *const x[]) {
    for (size_t c = 0; c < order * order; c++) {
        double *to = by_x[c];
        const double *at = x[c];
        double rest = (double)order - 1 - (double)(c / order);
        bool counts = c && c % (order + 1) == 0;
        VECTOR_LOOP(i, n) {
            double y = (rest + 2 * (eta[i] - 1)) / at[i];
            to[i] = counts && fabs(out[i]) < INFINITY ? y : 0;
        }
    }
}

static Value finish(State *S, Distribution *d, Array *out, Value value, const double *by_x, const double *by_eta) {
    uint64_t node = 0;
    if (by_x || by_eta) {
        node = tape_node(S, out->layout);
        if (by_x) lane_edge_to_number(S, value, out->layout, by_x);
        if (by_eta) lane_edge_to_number(S, concentration_of(d), out->layout, by_eta);
    }
    return value_unboxed(out, node);
}

static Value log_prob(State *S, Distribution *d, Value value) {
    prepare(S, d);
    size_t order = order_of(d);
    const Layout *to = lanes_joined(S, "LKJCholesky", value_layout(S, value), d->layout), *wide = layout_with_lanes(S, d->layout, to);
    double *by_x = tape_has(S, value) ? tape_allocate(S, wide->size * sizeof *by_x) : NULL;
    double *by_eta = tape_has(S, concentration_of(d)) ? tape_allocate(S, to->size * sizeof *by_eta) : NULL;
    double outside[LANE_CHUNK], *logs = rows_scratch(S, order * LANE_CHUNK), **at = (double **)(void *)rows_scratch(S, order);
    for (size_t r = 1; r < order; r++) at[r - 1] = logs + r * LANE_CHUNK;
    LaneInput x, eta, norm, slope;
    LaneOutput out, to_x, to_eta;
    lane_input_begin(S, &x, value, to);
    lane_input_begin(S, &eta, concentration_of(d), to);
    lane_input_begin(S, &norm, value_array(d->prepared[NORM], 0), to);
    lane_input_begin(S, &slope, value_array(d->prepared[SLOPE], 0), to);
    lane_output_begin(S, &out, to, NULL);
    if (by_x) lane_output_begin(S, &to_x, wide, by_x);
    if (by_eta) lane_output_begin(S, &to_eta, to, by_eta);
    for (size_t offset = 0, n; offset < to->size; offset += n) {
        n = to->size - offset < LANE_CHUNK ? to->size - offset : LANE_CHUNK;
        lane_input_at(&x, offset, n);
        lane_input_at(&eta, offset, n);
        lane_input_at(&norm, offset, n);
        lane_input_at(&slope, offset, n);
        lane_output_at(&out, offset, n);
        if (by_x) lane_output_at(&to_x, offset, n);
        if (by_eta) lane_output_at(&to_eta, offset, n);
        check_chunk(n, order, outside, x.at);
        diagonal_chunk(n, order, at, x.at);
        score_chunk(n, order, 1, out.at[0], by_eta ? to_eta.at[0] : NULL, eta.at[0], norm.at[0], slope.at[0], outside, (const double *const *)at);
        if (by_x) value_chunk(n, order, to_x.at, out.at[0], eta.at[0], x.at);
        lane_output_done(&out);
        if (by_x) lane_output_done(&to_x);
        if (by_eta) lane_output_done(&to_eta);
    }
    return finish(S, d, out.array, value, by_x, by_eta);
}

/* ---- Sums: the logarithms of the diagonal, row by row, and how many data are no such factor ---- */

static Value statistics(State *S, const Layout *event, const double *x, size_t n) {
    size_t order = event->dims[0], components = event->components;
    Array *sums = array_zero(S, layout_vector(S, order));
    const double **at = (const double **)(void *)rows_scratch(S, components);
    double *room = rows_scratch(S, components * LANE_BLOCK), outside[LANE_BLOCK];
    for (size_t c = 0; c < components; c++) at[c] = room + c * LANE_BLOCK;
    for (size_t start = 0; start < n; start += LANE_BLOCK) {
        size_t block = n - start < LANE_BLOCK ? n - start : LANE_BLOCK;
        for (size_t c = 0; c < components; c++)
            for (size_t i = 0; i < LANE_BLOCK; i++) room[c * LANE_BLOCK + i] = x[(start + (i < block ? i : 0)) * components + c];
        check_chunk(LANE_BLOCK, order, outside, at);
        for (size_t i = 0; i < block; i++) sums->data[0] += outside[i];
    }
    double *diagonal = rows_scratch(S, n), *logs = rows_scratch(S, n);
    for (size_t r = 1; r < order; r++) {
        for (size_t i = 0; i < n; i++) diagonal[i] = x[i * components + r * (order + 1)];
        kernel_log(lane_pad(n), logs, diagonal);
        sums->data[r] = kernel_sum(logs, n);
    }
    return value_array(sums, 0);
}

static bool log_prob_sum(State *S, Distribution *d, Value statistic, size_t count, Value *result) {
    prepare(S, d);
    size_t order = order_of(d);
    const Layout *to = lanes_only(S, d->layout);
    double *by_eta = tape_has(S, concentration_of(d)) ? tape_allocate(S, to->size * sizeof *by_eta) : NULL;
    Array *sums = statistic.as.array;
    double outside[LANE_CHUNK];
    for (size_t i = 0; i < LANE_CHUNK; i++) outside[i] = sums->data[0];
    LaneInput eta, norm, slope, logs;
    LaneOutput out, to_eta;
    lane_input_begin(S, &eta, concentration_of(d), to);
    lane_input_begin(S, &norm, value_array(d->prepared[NORM], 0), to);
    lane_input_begin(S, &slope, value_array(d->prepared[SLOPE], 0), to);
    lane_input_begin(S, &logs, statistic, to);
    lane_output_begin(S, &out, to, NULL);
    if (by_eta) lane_output_begin(S, &to_eta, to, by_eta);
    for (size_t offset = 0, n; offset < to->size; offset += n) {
        n = to->size - offset < LANE_CHUNK ? to->size - offset : LANE_CHUNK;
        lane_input_at(&eta, offset, n);
        lane_input_at(&norm, offset, n);
        lane_input_at(&slope, offset, n);
        lane_output_at(&out, offset, n);
        if (by_eta) lane_output_at(&to_eta, offset, n);
        score_chunk(n, order, (double)count, out.at[0], by_eta ? to_eta.at[0] : NULL, eta.at[0], norm.at[0], slope.at[0], outside, logs.at + 1);
        lane_output_done(&out);
        if (by_eta) lane_output_done(&to_eta);
    }
    *result = finish(S, d, out.array, value_number(0), NULL, by_eta);
    return true;
}

static const DistributionComposed composed = {
    .make = make, .sample = sample, .joint = true, .log_prob = log_prob, .statistics = statistics, .log_prob_sum = log_prob_sum, .n_shown = 2};

/* i: the rows below the first, b: b_i; L_ii^2 is from Beta(b_i, i / 2). */
#define ROWS_OF_IT "i = 1..dim; b = concentration + (dim - 1 - i) / 2; "

const DistributionRow distribution_lkjcholesky = {
    .name = "LKJCholesky",
    .help = "Cholesky factors of correlation matrices",
    .parameters = {{"dim", CONSTRAINT_INTEGER, NULL, "how many rows and columns"},
                   {"concentration", CONSTRAINT_POSITIVE, "1", "1: all correlation matrices are as likely; above, weak correlations are likelier"}},
    .n_parameters = 2,
    .composed = &composed,
    .support = "corr_cholesky",
    .density = "in proportion to the product over the rows i = 1, …, dim - 1, counted from 0, of x[i, i]^(dim - 1 - i + 2 (concentration - 1))",
    .edges = "A value that is no lower triangle with a positive diagonal and rows of length 1 (to within 1e-6) has log density -inf. Of one"
             " dimension the only draw is [[1]]. With a concentration below 1 the density has no largest value, and the mode is nan.",
    .sampler = "the extended onion method, row by row (Lewandowski, Kurowicka, Joe 2009, section 3.2), from normals and a gamma variable;"
               " implicit gradients (Figurnov, Mohamed, Mnih 2018)",
    .formulas = {{"mean", ROWS_OF_IT "diag(concat(1, exp(lgamma(b + 0.5) - lgamma(b) + lgamma(b + i / 2) - lgamma(b + i / 2 + 0.5))))"},
                 {"variance", ROWS_OF_IT "m = exp(lgamma(b + 0.5) - lgamma(b) + lgamma(b + i / 2) - lgamma(b + i / 2 + 0.5));"
                              " k = 0..dim; below = outer(k, ones(dim)) > outer(ones(dim), k);"
                              " where(below, 1 / (2 * concentration + dim - 1), 0) + diag(concat(0, b / (b + i / 2) - m ^ 2))"},
                 {"mode", "where(concentration >= 1, 1, nan) * eye(dim)"},
                 {"entropy", ROWS_OF_IT "sum(lgamma(b) - lgamma(b + i / 2) + i / 2 * log(pi) - (b - 1) * (digamma(b) - digamma(b + i / 2)))"},
                 {"kl", ROWS_OF_IT "c = other_concentration + (other_dim - 1 - (1..other_dim)) / 2;"
                        " sum(lgamma(c) - lgamma(c + i / 2) - lgamma(b) + lgamma(b + i / 2) + (concentration - other_concentration)"
                        " * (digamma(b) - digamma(b + i / 2)))"}},
    .kl_equal = 1u << 0,
    .example = "L ~ LKJCholesky(3, 2)",
};
