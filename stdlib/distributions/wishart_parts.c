/* SPDX-License-Identifier: GPL-3.0-or-later
   Making and drawing what Wishart and InverseWishart share. */
#include "stdlib/distributions/wishart_parts.h"

#include <math.h>
#include <stdio.h>

#include "parser/tree.h"
#include "runtime/error.h"
#include "runtime/kernels/vector.h"
#include "runtime/lanes_on.h"
#include "runtime/native.h"
#include "runtime/state.h"
#include "stdlib/distributions/gamma_log_sample.h"
#include "stdlib/distributions/lane_events.h"
#include "stdlib/distributions/lane_matrix.h"
#include "stdlib/distributions/wishart_scores.h"
#include "stdlib/rows.h"
#include "stdlib/transpose.h"
#include "stdlib/triangular.h"

/* ---- Parameters ---- */

static unsigned matrix_given(const Distribution *d) {
    for (unsigned k = d->row->n_parameters; --k > WISHART_SCALE;)
        if (value_is_numeric(d->parameters[k])) return k;
    return WISHART_SCALE;
}

static size_t check_square(State *S, const Distribution *d, unsigned which) {
    Value m = d->parameters[which];
    const char *family = d->row->name, *name = d->row->parameters[which].name;
    if (m.tag != VALUE_ARRAY || m.as.array->layout->rank != 2) native_type_error(S, family, name, "a matrix", m);
    const Layout *l = m.as.array->layout;
    if (l->dims[0] != l->dims[1] || l->dims[0] == 0)
        error_raise(S, "shape-mismatch", NULL, "%s of %s must be a square matrix, not one of %zu x %zu", name, family, l->dims[0], l->dims[1]);
    return l->dims[0];
}

/* The factor of the given matrix, or itself; errors in lanes that are on. */
static Array *checked_factor(State *S, const Distribution *d, unsigned which) {
    Value m = d->parameters[which];
    const Layout *l = m.as.array->layout, *lanes = lanes_only(S, l);
    size_t order = l->dims[0];
    double logdet[LANE_CHUNK], *broken = rows_scratch(S, lanes->size + LANE_CHUNK);
    LaneInput in;
    LaneOutput lower;
    lane_input_begin(S, &in, m, lanes);
    lane_output_begin(S, &lower, l, NULL);
    for (size_t offset = 0, n; offset < lanes->size; offset += n) {
        n = lanes->size - offset < LANE_CHUNK ? lanes->size - offset : LANE_CHUNK;
        lane_input_at(&in, offset, n);
        lane_output_at(&lower, offset, n);
        if (which == WISHART_CHOLESKY) lane_check_lower(n, order, broken + offset, in.at);
        else lane_cholesky(n, order, lower.at, logdet, broken + offset, in.at);
        lane_output_done(&lower);
    }
    const double *on = NULL;
    for (size_t lane = 0, asked = 0; lane < lanes->stride; lane++) {
        if (broken[lane] == 0 || !lane_is_real(lanes, lane)) continue;
        if (!asked++) on = lanes_on(S, lanes);
        if (on && on[lane] == 0) continue;
        if (which == WISHART_CHOLESKY)
            error_raise(S, "bad-argument", NULL, "cholesky of %s must be a lower triangle: finite, zeros above the diagonal, and the diagonal above 0",
                        d->row->name);
        char what[80];
        snprintf(what, sizeof what, "%s of %s", d->row->parameters[which].name, d->row->name);
        linear_cholesky(S, value_detached(m), what);
    }
    return which == WISHART_CHOLESKY ? m.as.array : lower.array;
}

static Value scale_from(State *S, Value m, unsigned which) {
    if (which == WISHART_SCALE) return m;
    if (which == WISHART_CHOLESKY) return operation_matmul(S, m, operation_transpose(S, m));
    Value inverted = triangular_inverse(S, linear_cholesky(S, m, "precision of Wishart"));
    return operation_matmul(S, operation_transpose(S, inverted), inverted);
}

static void check_df(State *S, const Distribution *d, size_t order) {
    distribution_check(S, d->row, &d->row->parameters[WISHART_DF], d->parameters[WISHART_DF]);
    Value df = d->parameters[WISHART_DF];
    const Layout *l = value_layout(S, df);
    if (l->rank) native_type_error(S, d->row->name, "df", "a number", df);
    double number[LANE_BLOCK];
    const double *data = value_data(df, number), *on = NULL;
    bool asked = false;
    for (size_t lane = 0; lane < l->stride; lane++) {
        if (data[lane] > (double)order - 1 || !lane_is_real(l, lane)) continue;
        if (!asked) on = lanes_on(S, l);
        asked = true;
        if (!on || on[lane] != 0)
            error_raise(S, "bad-argument", NULL, "df of %s must be greater than the matrix's order less 1, which is %zu, but it is %.10g here",
                        d->row->name, order - 1, data[lane]);
    }
}

void wishart_make(State *S, Distribution *d) {
    unsigned which = matrix_given(d);
    size_t order = check_square(S, d, which);
    check_df(S, d, order);
    for (unsigned k = WISHART_SCALE; k < d->row->n_parameters; k++)
        if (k != which) d->parameters[k] = value_unassigned();
    Array *factor = checked_factor(S, d, which);
    d->parameters[WISHART_SCALE] = scale_from(S, d->parameters[which], which);
    if (which == WISHART_PRECISION) factor = linear_cholesky(S, value_detached(d->parameters[WISHART_SCALE]), "scale of Wishart").as.array;
    d->prepared[WISHART_LOWER] = factor;
    const Layout *lanes = lanes_joined(S, d->row->name, value_layout(S, d->parameters[WISHART_DF]), value_layout(S, d->parameters[WISHART_SCALE]));
    d->layout = layout_with_event(S, lanes, 2, (size_t[]){order, order});
}

Value wishart_parameter(State *S, Distribution *d, unsigned k) {
    if (k == WISHART_CHOLESKY) return wishart_lower(S, d);
    if (k != WISHART_PRECISION || value_is_numeric(d->parameters[k])) return d->parameters[k];
    Value inverted = triangular_inverse(S, wishart_lower(S, d));
    return operation_matmul(S, operation_transpose(S, inverted), inverted);
}

Value wishart_lower(State *S, Distribution *d) {
    if (value_is_numeric(d->parameters[WISHART_CHOLESKY])) return d->parameters[WISHART_CHOLESKY];
    Value scale = d->parameters[WISHART_SCALE];
    return tape_has(S, scale) ? linear_cholesky(S, scale, "scale of Wishart") : value_array(d->prepared[WISHART_LOWER], 0);
}

/* ---- Draws ---- */

/* The diagonal element is the square root of 2 g; by_g is its derivative by log(g). */
ELBO_CLONES static void diagonal_chunk(size_t n, double *restrict out, double *restrict by_g, const double *restrict log_g) {
    const double least = 1e-150; /* its square and the inverse of that are still normal numbers */
    VECTOR_LOOP(i, n) {
        double y = 1.4142135623730951 * exp(0.5 * log_g[i]);
        out[i] = y < least ? least : y;
    }
    if (by_g) VECTOR_LOOP(i, n) by_g[i] = 0.5 * out[i];
}

static void bartlett_chunk(size_t n, size_t order, double *const out[], double *const by_g[], const double *const z[], const double *const log_g[]) {
    for (size_t r = 0, k = 0; r < order; r++) {
        for (size_t c = 0; c < r; c++, k++)
            for (size_t i = 0; i < n; i++) out[r * order + c][i] = z[k][i];
        for (size_t c = r + 1; c < order; c++)
            for (size_t i = 0; i < n; i++) out[r * order + c][i] = 0;
        diagonal_chunk(n, out[r * (order + 1)], by_g ? by_g[r] : NULL, log_g[r]);
    }
}

static Value normals_below(State *S, RandomKey key, const Layout *lanes, size_t order) {
    size_t below = order * (order - 1) / 2;
    if (!below) return value_number(0);
    const Layout *vector = layout_with_event(S, lanes, 1, &below);
    Array *z = array_new(S, vector);
    random_normal(S, lane_key(key, 1), vector, 0, z->data);
    return value_array(z, 0);
}

static Value shapes(State *S, Distribution *d, size_t order) {
    Array *down = array_new(S, layout_vector(S, order));
    for (size_t r = 0; r < order; r++) down->data[r] = (double)r;
    Value left = operation_binary(S, &elementwise_operators[OPERATOR_SUBTRACT], d->parameters[WISHART_DF], value_array(down, 0));
    return operation_binary(S, &elementwise_operators[OPERATOR_MULTIPLY], left, value_number(0.5));
}

Value wishart_bartlett(State *S, Distribution *d, RandomKey key) {
    size_t order = d->layout->dims[0];
    const Layout *to = layout_with_lanes(S, d->layout, S->lanes), *lanes = lanes_only(S, to);
    Value log_g = gamma_log_sample(S, shapes(S, d, order), key);
    const Layout *vector = value_layout(S, log_g);
    double *by_g = tape_has(S, log_g) ? tape_allocate(S, vector->size * sizeof *by_g) : NULL;
    LaneInput z, g;
    LaneOutput out, slopes;
    lane_input_begin(S, &z, normals_below(S, key, lanes, order), lanes);
    lane_input_begin(S, &g, log_g, lanes);
    lane_output_begin(S, &out, to, NULL);
    if (by_g) lane_output_begin(S, &slopes, vector, by_g);
    for (size_t offset = 0, n; offset < lanes->size; offset += n) {
        n = lanes->size - offset < LANE_CHUNK ? lanes->size - offset : LANE_CHUNK;
        lane_input_at(&z, offset, n);
        lane_input_at(&g, offset, n);
        lane_output_at(&out, offset, n);
        if (by_g) lane_output_at(&slopes, offset, n);
        bartlett_chunk(n, order, out.at, by_g ? slopes.at : NULL, z.at, g.at);
        lane_output_done(&out);
        if (by_g) lane_output_done(&slopes);
    }
    uint64_t node = 0;
    if (by_g) {
        LaneTerm *terms = (LaneTerm *)(void *)rows_scratch(S, order * sizeof *terms / sizeof(double) + 1);
        for (size_t r = 0; r < order; r++) terms[r] = (LaneTerm){r, r * (order + 1), by_g + r * vector->stride};
        node = tape_node(S, to);
        lane_edge(S, log_g, to, terms, order);
    }
    out.array->missing = MISSING_NO;
    return value_array(out.array, node);
}
