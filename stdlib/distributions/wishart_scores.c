/* SPDX-License-Identifier: GPL-3.0-or-later
   Log densities of Wishart and InverseWishart, from one text. With sign 1 for Wishart and -1 for its inverse, order p, and V the scale,
   log p(X) = norm + (sign df - p - 1) / 2 log det X - <A, B> / 2,
   norm = -df / 2 (p log 2 + sign log det V) - log multigamma(df / 2, p),
   where A is V^-1 and B is X, or, of the inverse, A is V and B is X^-1. */
#include "stdlib/distributions/wishart_scores.h"

#include "runtime/kernels/vector.h"
#include "runtime/state.h"
#include "stdlib/distributions/lane_events.h"
#include "stdlib/distributions/lane_matrix.h"
#include "stdlib/distributions/multigamma.h"
#include "stdlib/distributions/wishart_parts.h"
#include "stdlib/rows.h"

#define LOG_2 0.69314718055994530942

/* ---- What depends on the parameters alone ---- */

/* The inverse of the scale from its factor, and log det of the scale. */
static Array *invert_scale(State *S, Distribution *d) {
    Array *factor = d->prepared[WISHART_LOWER];
    const Layout *l = factor->layout, *lanes = lanes_only(S, l);
    size_t order = l->dims[0];
    LaneInput lower;
    LaneOutput inverse, root, logdet;
    lane_input_begin(S, &lower, value_array(factor, 0), lanes);
    lane_output_begin(S, &inverse, l, NULL);
    lane_output_begin(S, &root, l, NULL);
    lane_output_begin(S, &logdet, lanes, NULL);
    for (size_t offset = 0, n; offset < lanes->size; offset += n) {
        n = lanes->size - offset < LANE_CHUNK ? lanes->size - offset : LANE_CHUNK;
        lane_input_at(&lower, offset, n);
        lane_output_at(&inverse, offset, n);
        lane_output_at(&root, offset, n);
        lane_output_at(&logdet, offset, n);
        lane_invert_lower(n, order, root.at, lower.at);
        lane_square_transposed(n, order, inverse.at, (const double *const *)root.at);
        lane_logdet_lower(n, order, logdet.at[0], lower.at);
        lane_output_done(&inverse);
        lane_output_done(&logdet);
    }
    d->prepared[WISHART_INVERSE] = inverse.array;
    return logdet.array;
}

ELBO_CLONES static void norm_chunk(size_t n, size_t order, double sign, double *restrict norm, double *restrict slope, const double *restrict df,
                                   const double *restrict logdet) {
    double half[LANE_CHUNK] = {0};
    VECTOR_LOOP(i, n) half[i] = 0.5 * df[i];
    multigamma_log(n, order, norm, slope, half);
    VECTOR_LOOP(i, n) {
        double level = (double)order * LOG_2 + sign * logdet[i];
        norm[i] = -half[i] * level - norm[i];
        slope[i] = -0.5 * (level + slope[i]);
    }
}

static void prepare(State *S, Distribution *d, double sign) {
    if (d->prepared[WISHART_NORM]) return;
    const Layout *lanes = lanes_only(S, d->layout);
    LaneInput logdet, df;
    LaneOutput norm, slope;
    lane_input_begin(S, &logdet, value_array(invert_scale(S, d), 0), lanes);
    lane_input_begin(S, &df, d->parameters[WISHART_DF], lanes);
    lane_output_begin(S, &norm, lanes, NULL);
    lane_output_begin(S, &slope, lanes, NULL);
    for (size_t offset = 0, n; offset < lanes->size; offset += n) {
        n = lanes->size - offset < LANE_CHUNK ? lanes->size - offset : LANE_CHUNK;
        lane_input_at(&logdet, offset, n);
        lane_input_at(&df, offset, n);
        lane_output_at(&norm, offset, n);
        lane_output_at(&slope, offset, n);
        norm_chunk(n, d->layout->dims[0], sign, norm.at[0], slope.at[0], df.at[0], logdet.at[0]);
        lane_output_done(&norm);
        lane_output_done(&slope);
    }
    d->prepared[WISHART_NORM] = norm.array;
    d->prepared[WISHART_SLOPE] = slope.array;
}

/* ---- Kernels ---- */

/* Of `count` matrices with the sums logdet and b. */
ELBO_CLONES static void score_chunk(size_t n, size_t order, double sign, double count, double *restrict out, double *restrict by_df,
                                    const double *restrict df, const double *restrict norm, const double *restrict slope,
                                    const double *restrict logdet, const double *restrict broken, const double *const a[], const double *const b[]) {
    double product[LANE_CHUNK] = {0};
    for (size_t c = 0; c < order * order; c++) {
        const double *p = a[c], *q = b[c];
        VECTOR_LOOP(i, n) product[i] += p[i] * q[i];
    }
    VECTOR_LOOP(i, n) {
        double y = count * norm[i] + 0.5 * ((sign * df[i] - (double)(order + 1)) * logdet[i] - product[i]);
        out[i] = broken[i] == 0 && y == y ? y : -INFINITY;
    }
    if (!by_df) return;
    VECTOR_LOOP(i, n) by_df[i] = fabs(out[i]) < INFINITY ? count * slope[i] + 0.5 * sign * logdet[i] : 0;
}

/* to = factor_a a + factor_b b where the density is finite. */
ELBO_CLONES static void combine(size_t n, size_t components, double *const to[], const double *restrict out, const double *restrict factor_a,
                                const double *const a[], double factor_b, const double *const b[]) {
    for (size_t c = 0; c < components; c++) {
        double *at = to[c];
        const double *p = a[c], *q = b[c];
        VECTOR_LOOP(i, n) {
            double y = factor_a[i] * p[i] + factor_b * q[i];
            at[i] = fabs(out[i]) < INFINITY && y == y ? y : 0;
        }
    }
}

/* ---- Scores ---- */

/* A density, or a sum of densities, that is being computed over the lanes of `to`. */
typedef struct WishartScore {
    Distribution *d;
    double sign, count;
    size_t order;
    const Layout *to;
    double *by_x, *by_scale, *by_df; /* NULL: not wanted */
    LaneInput df, norm, slope, inverse, scale;
    LaneOutput out, to_x, to_scale, to_df;
    double **room[4]; /* matrices over a chunk */
} WishartScore;

static double **matrix_room(State *S, size_t components) {
    double *room = rows_scratch(S, components * LANE_CHUNK), **at = (double **)(void *)rows_scratch(S, components);
    for (size_t c = 0; c < components; c++) at[c] = room + c * LANE_CHUNK;
    return at;
}

static void score_begin(State *S, WishartScore *s, Distribution *d, double sign, double count, const Layout *to, bool wants_x) {
    prepare(S, d, sign);
    const Layout *wide = layout_with_lanes(S, d->layout, to);
    size_t components = d->layout->components, bytes = wide->size * sizeof(double);
    s->d = d;
    s->sign = sign;
    s->count = count;
    s->order = d->layout->dims[0];
    s->to = to;
    s->by_x = wants_x ? tape_allocate(S, bytes) : NULL;
    s->by_scale = tape_has(S, d->parameters[WISHART_SCALE]) ? tape_allocate(S, bytes) : NULL;
    s->by_df = tape_has(S, d->parameters[WISHART_DF]) ? tape_allocate(S, to->size * sizeof(double)) : NULL;
    lane_input_begin(S, &s->df, d->parameters[WISHART_DF], to);
    lane_input_begin(S, &s->norm, value_array(d->prepared[WISHART_NORM], 0), to);
    lane_input_begin(S, &s->slope, value_array(d->prepared[WISHART_SLOPE], 0), to);
    lane_input_begin(S, &s->inverse, value_array(d->prepared[WISHART_INVERSE], 0), to);
    lane_input_begin(S, &s->scale, d->parameters[WISHART_SCALE], to);
    lane_output_begin(S, &s->out, to, NULL);
    if (s->by_x) lane_output_begin(S, &s->to_x, wide, s->by_x);
    if (s->by_scale) lane_output_begin(S, &s->to_scale, wide, s->by_scale);
    if (s->by_df) lane_output_begin(S, &s->to_df, to, s->by_df);
    for (unsigned k = 0; k < sizeof s->room / sizeof *s->room; k++) s->room[k] = matrix_room(S, components);
}

/* Partials by the scale: of Wishart (V^-1 B V^-1 - count df V^-1) / 2, of its inverse (count df V^-1 - B) / 2. */
static void scale_chunk(WishartScore *s, size_t n, const double *out, const double *const b[], double *const room[], double *const sandwich[]) {
    double factor[LANE_CHUNK];
    const double *const *other = b;
    for (size_t i = 0; i < n; i++) factor[i] = -0.5 * s->sign * s->count * s->df.at[0][i];
    if (s->sign > 0) {
        lane_sandwich(n, s->order, sandwich, s->inverse.at, b, room);
        other = (const double *const *)sandwich;
    }
    combine(n, s->order * s->order, s->to_scale.at, out, factor, s->inverse.at, 0.5 * s->sign, other);
}

/* Partials by the value, with q = X^-1: of Wishart ((df - p - 1) q - A) / 2, of its inverse (q A q - (df + p + 1) q) / 2. */
static void value_chunk(WishartScore *s, size_t n, const double *out, const double *const q[], double *const room[], double *const sandwich[]) {
    double factor[LANE_CHUNK];
    const double *const *other = s->inverse.at;
    for (size_t i = 0; i < n; i++) factor[i] = 0.5 * (s->sign * s->df.at[0][i] - (double)(s->order + 1));
    if (s->sign < 0) {
        lane_sandwich(n, s->order, sandwich, q, s->scale.at, room);
        other = (const double *const *)sandwich;
    }
    combine(n, s->order * s->order, s->to_x.at, out, factor, q, -0.5 * s->sign, other);
}

/* One chunk of lanes; b as at the top, q is X^-1 where that is wanted. */
static void score_lanes(WishartScore *s, size_t offset, size_t n, const double *logdet, const double *broken, const double *const b[],
                        const double *const q[]) {
    lane_input_at(&s->df, offset, n);
    lane_input_at(&s->norm, offset, n);
    lane_input_at(&s->slope, offset, n);
    lane_input_at(&s->inverse, offset, n);
    lane_input_at(&s->scale, offset, n);
    lane_output_at(&s->out, offset, n);
    if (s->by_df) lane_output_at(&s->to_df, offset, n);
    score_chunk(n, s->order, s->sign, s->count, s->out.at[0], s->by_df ? s->to_df.at[0] : NULL, s->df.at[0], s->norm.at[0], s->slope.at[0], logdet,
                broken, s->sign > 0 ? s->inverse.at : s->scale.at, b);
    const double *out = s->out.at[0];
    if (s->by_scale) {
        lane_output_at(&s->to_scale, offset, n);
        scale_chunk(s, n, out, b, s->room[2], s->room[3]);
        lane_output_done(&s->to_scale);
    }
    if (s->by_x) {
        lane_output_at(&s->to_x, offset, n);
        value_chunk(s, n, out, q, s->room[2], s->room[3]);
        lane_output_done(&s->to_x);
    }
    if (s->by_df) lane_output_done(&s->to_df);
    lane_output_done(&s->out);
}

static Value score_end(State *S, WishartScore *s, Value value) {
    uint64_t node = 0;
    if (s->by_x || s->by_scale || s->by_df) {
        node = tape_node(S, s->to);
        if (s->by_x) lane_edge_to_number(S, value, s->to, s->by_x);
        if (s->by_df) lane_edge_to_number(S, s->d->parameters[WISHART_DF], s->to, s->by_df);
        if (s->by_scale) lane_edge_to_number(S, s->d->parameters[WISHART_SCALE], s->to, s->by_scale);
    }
    return value_unboxed(s->out.array, node);
}

static Value log_prob(State *S, Distribution *d, Value value, double sign) {
    WishartScore s;
    const Layout *to = lanes_joined(S, d->row->name, value_layout(S, value), d->layout);
    score_begin(S, &s, d, sign, 1, to, tape_has(S, value));
    double logdet[LANE_CHUNK], broken[LANE_CHUNK];
    LaneInput x;
    lane_input_begin(S, &x, value, to);
    for (size_t offset = 0, n; offset < to->size; offset += n) {
        n = to->size - offset < LANE_CHUNK ? to->size - offset : LANE_CHUNK;
        double **lower = s.room[0], **root = s.room[1], **q = s.room[0];
        lane_input_at(&x, offset, n);
        lane_cholesky(n, s.order, lower, logdet, broken, x.at);
        if (sign < 0 || s.by_x) {
            lane_invert_lower(n, s.order, root, (const double *const *)lower);
            lane_square_transposed(n, s.order, q, (const double *const *)root);
        }
        const double *const *inverse = (const double *const *)q;
        score_lanes(&s, offset, n, logdet, broken, sign > 0 ? x.at : inverse, inverse);
    }
    return score_end(S, &s, value);
}

Value wishart_log_prob(State *S, Distribution *d, Value value) { return log_prob(S, d, value, 1); }
Value wishart_inverse_log_prob(State *S, Distribution *d, Value value) { return log_prob(S, d, value, -1); }

/* ---- Sums: of log det X, of how many data are no such matrix, of B ---- */

enum { LOGDET, BROKEN, MATRIX };

static Value statistics(State *S, const Layout *event, const double *x, size_t n, double sign) {
    size_t order = event->dims[0], components = event->components;
    Array *sums = array_zero(S, layout_vector(S, MATRIX + components));
    double *columns = rows_scratch(S, (components + 1) * lane_pad(n)), broken[LANE_CHUNK], logdet[LANE_CHUNK];
    double **in = matrix_room(S, components), **lower = matrix_room(S, components), **root = matrix_room(S, components);
    for (size_t start = 0; start < n; start += LANE_CHUNK) {
        size_t block = n - start < LANE_CHUNK ? n - start : LANE_CHUNK, padded = lane_pad(block);
        for (size_t c = 0; c < components; c++)
            for (size_t i = 0; i < padded; i++) in[c][i] = x[(start + (i < block ? i : 0)) * components + c];
        lane_cholesky(padded, order, lower, logdet, broken, (const double *const *)in);
        if (sign < 0) {
            lane_invert_lower(padded, order, root, (const double *const *)lower);
            lane_square_transposed(padded, order, in, (const double *const *)root);
        }
        for (size_t i = 0; i < block; i++) {
            sums->data[BROKEN] += broken[i];
            columns[start + i] = logdet[i];
            for (size_t c = 0; c < components; c++) columns[(c + 1) * lane_pad(n) + start + i] = in[c][i];
        }
    }
    sums->data[LOGDET] = kernel_sum(columns, n);
    for (size_t c = 0; c < components; c++) sums->data[MATRIX + c] = kernel_sum(columns + (c + 1) * lane_pad(n), n);
    return value_array(sums, 0);
}

Value wishart_statistics(State *S, const Layout *event, const double *x, size_t n) { return statistics(S, event, x, n, 1); }
Value wishart_inverse_statistics(State *S, const Layout *event, const double *x, size_t n) { return statistics(S, event, x, n, -1); }

static bool log_prob_sum(State *S, Distribution *d, Value statistic, size_t count, Value *sum, double sign) {
    WishartScore s;
    const Layout *to = lanes_only(S, d->layout);
    score_begin(S, &s, d, sign, (double)count, to, false);
    LaneInput sums;
    lane_input_begin(S, &sums, statistic, to);
    for (size_t offset = 0, n; offset < to->size; offset += n) {
        n = to->size - offset < LANE_CHUNK ? to->size - offset : LANE_CHUNK;
        score_lanes(&s, offset, n, sums.at[LOGDET], sums.at[BROKEN], sums.at + MATRIX, NULL);
    }
    *sum = score_end(S, &s, value_number(0));
    return true;
}

bool wishart_log_prob_sum(State *S, Distribution *d, Value statistic, size_t n, Value *sum) { return log_prob_sum(S, d, statistic, n, sum, 1); }

bool wishart_inverse_log_prob_sum(State *S, Distribution *d, Value statistic, size_t n, Value *sum) {
    return log_prob_sum(S, d, statistic, n, sum, -1);
}
