/* SPDX-License-Identifier: GPL-3.0-or-later
   What multivariate normals and their kin share. */
#include "stdlib/distributions/multivariate.h"

#include <math.h>
#include <stdio.h>

#include "runtime/error.h"
#include "runtime/lanes_on.h"
#include "runtime/native.h"
#include "runtime/state.h"
#include "stdlib/rows.h"
#include "stdlib/transpose.h"
#include "stdlib/triangular.h"

Value multivariate_function(State *S, const char *name, Value v) { return operation_unary(S, elementwise_find(name), v); }

/* ---- Checks ---- */

size_t multivariate_vector(State *S, Distribution *d, unsigned k, size_t n) {
    const DistributionParameter *p = &d->row->parameters[k];
    Value v = d->parameters[k];
    if (!value_is_numeric(v) || value_layout(S, v)->rank > 1 || (n == 0 && value_layout(S, v)->rank == 0))
        native_type_error(S, d->row->name, p->name, n ? "a number or a vector" : "a vector", v);
    distribution_check(S, d->row, p, v);
    if (value_layout(S, v)->rank == 0) {
        d->parameters[k] = rows_spread(S, v, n);
        return n;
    }
    size_t length = value_layout(S, v)->dims[0];
    if (length == 0) error_raise(S, "bad-argument", NULL, "%s of %s must have at least one element", p->name, d->row->name);
    if (n && length != n)
        error_raise(S, "shape-mismatch", NULL, "%s of %s has %zu elements where %zu are needed", p->name, d->row->name, length, n);
    return length;
}

void multivariate_number(State *S, Distribution *d, unsigned k) {
    const DistributionParameter *p = &d->row->parameters[k];
    if (!value_is_numeric(d->parameters[k]) || value_layout(S, d->parameters[k])->rank)
        native_type_error(S, d->row->name, p->name, "a number", d->parameters[k]);
    distribution_check(S, d->row, p, d->parameters[k]);
}

size_t multivariate_matrix(State *S, Distribution *d, unsigned k, size_t n, bool square) {
    const DistributionParameter *p = &d->row->parameters[k];
    Value v = d->parameters[k];
    if (v.tag != VALUE_ARRAY || v.as.array->layout->rank != 2) native_type_error(S, d->row->name, p->name, "a matrix", v);
    const Layout *l = v.as.array->layout;
    if (l->dims[0] != n || (square && l->dims[1] != n))
        error_raise(S, "shape-mismatch", NULL, "%s of %s is a %zu x %zu matrix, and mu has %zu elements", p->name, d->row->name, l->dims[0],
                    l->dims[1], n);
    distribution_check(S, d->row, p, v);
    return l->dims[1];
}

size_t multivariate_length(State *S, Distribution *d, unsigned k) {
    const DistributionParameter *p = &d->row->parameters[k];
    Value v = d->parameters[k];
    if (!value_is_numeric(v) || value_layout(S, v)->rank) native_type_error(S, d->row->name, p->name, "a whole number", v);
    distribution_check(S, d->row, p, v);
    char what[80];
    snprintf(what, sizeof what, "%s of %s", p->name, d->row->name);
    return (size_t)value_to_integer(S, v, what, 1, 1 << 30);
}

/* A factor is lower triangular, and its diagonal positive. */
static void check_triangle(State *S, const Distribution *d, unsigned k) {
    const Array *m = d->parameters[k].as.array;
    const Layout *l = m->layout;
    const char *name = d->row->parameters[k].name;
    const double *on = lanes_on(S, layout_with_event(S, l, 0, NULL));
    size_t n = l->dims[0];
    for (size_t i = 0; i < n; i++)
        for (size_t j = i; j < n; j++)
            for (size_t lane = 0; lane < l->stride; lane++) {
                double x = m->data[(i * n + j) * l->stride + lane];
                if (j == i ? x > 0 : x == 0) continue;
                if (!lane_is_real(l, lane) || (on && on[lane] == 0)) continue;
                if (j == i)
                    error_raise(S, "bad-argument", NULL, "%s of %s must be positive on its diagonal, but element [%zu, %zu] is %.10g", name,
                                d->row->name, i, j, x);
                error_raise(S, "bad-argument", "The matrix itself goes by another name, covariance = m; or take tril(m).",
                            "%s of %s must be lower triangular, but element [%zu, %zu] is %.10g", name, d->row->name, i, j, x);
            }
}

/* ---- Forms of a positive definite matrix ---- */

/* Rows and columns in reverse order. */
static Value flipped(State *S, Value m) {
    size_t n = m.as.array->layout->dims[0];
    Array *reverse = array_zero(S, layout_matrix(S, n, n));
    for (size_t i = 0; i < n; i++) reverse->data[i * n + n - 1 - i] = 1;
    Value r = value_array(reverse, 0);
    return operation_matmul(S, operation_matmul(S, r, m), r);
}

/* L with L L^T = P^-1: of the reversed P the factor M gives an upper U with U U^T = P, and L = U^-T. */
static Value factor_of_inverse(State *S, Value precision, const char *what) {
    Value m = linear_cholesky(S, flipped(S, precision), what);
    return triangular_lower(S, flipped(S, operation_transpose(S, triangular_inverse(S, m))));
}

Value multivariate_factor(State *S, Distribution *d, unsigned k, MultivariateForm form, size_t n) {
    char what[80];
    snprintf(what, sizeof what, "%s of %s", d->row->parameters[k].name, d->row->name);
    multivariate_matrix(S, d, k, n, true);
    Value m = d->parameters[k];
    if (form == FORM_COVARIANCE) return linear_cholesky(S, m, what);
    if (form == FORM_PRECISION) return factor_of_inverse(S, m, what);
    check_triangle(S, d, k);
    return tape_has(S, m) ? triangular_lower(S, m) : m;
}

Value multivariate_form(State *S, Value factor, MultivariateForm form) {
    if (form == FORM_CHOLESKY) return factor;
    if (form == FORM_COVARIANCE) return operation_matmul(S, factor, operation_transpose(S, factor));
    Value inverse = triangular_inverse(S, factor);
    return operation_matmul(S, operation_transpose(S, inverse), inverse);
}

/* ---- Layouts, noise, quadratic forms ---- */

void multivariate_layout(State *S, Distribution *d, size_t n) {
    const Layout *lanes = S->scalar;
    for (unsigned k = 0; k < d->row->n_parameters; k++) {
        if (!value_is_numeric(d->parameters[k])) continue;
        lanes = layout_join_lanes(S, lanes, value_layout(S, d->parameters[k]));
        if (!lanes) error_raise(S, "shape-mismatch", NULL, "the parameters of %s have lanes of different plates", d->row->name);
    }
    d->layout = layout_with_event(S, lanes, 1, &n);
}

Value multivariate_noise(State *S, RandomKey key, size_t n, uint32_t first) {
    const Layout *l = layout_with_event(S, S->lanes, 1, &n);
    Array *z = array_new(S, l);
    random_normal(S, key, l, first, z->data);
    z->missing = MISSING_NO;
    return value_array(z, 0);
}

Value multivariate_square(State *S, Value factor, Value v) {
    Value z = value_layout(S, factor)->rank == 2 ? triangular_solve(S, factor, v, false) : multivariate_operate(S, OPERATOR_DIVIDE, v, factor);
    return operation_sum(S, operation_unary(S, &elementwise_internal[INTERNAL_SQUARE], z));
}

Value multivariate_inside(State *S, Value form, Value density) {
    Value inside = multivariate_function(S, "is_finite", value_detached(form));
    if (inside.tag == VALUE_BOOLEAN) return inside.as.boolean ? density : value_number(-INFINITY);
    return operation_select(S, inside, density, value_number(-INFINITY));
}
