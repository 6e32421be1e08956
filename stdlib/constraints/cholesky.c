/* SPDX-License-Identifier: GPL-3.0-or-later
   Lower triangles with a positive diagonal, and the covariance matrices that are their squares (Stan reference manual, Cholesky
   factors of covariance matrices; covariance matrices): the triangle's rows one after the other, the diagonal by exp. Compiled
   as a file of kernels. */
#include "stdlib/constraints/matrices.h"

#include "stdlib/constraints/numbers.h"
#include "stdlib/dense.h"
#include "stdlib/transpose.h"
#include "stdlib/triangular.h"

/* exp, kept where squares are neither 0 nor infinite. */
ELBO_CLONES static void root_dual(size_t n, double *out, double *const partial[], const double *const in[]) {
    const double *u = in[0];
    VECTOR_LOOP(i, n) {
        double y = exp(u[i]);
        y = y < 1e-150 ? 1e-150 : y;
        out[i] = y > 1e150 ? 1e150 : y;
    }
    if (partial[0]) VECTOR_LOOP(i, n) partial[0][i] = out[i];
}
ELEMENTWISE(root, 1)

/* Where row i of the triangle begins in the vector of its rows, diagonal included. */
static size_t row_at(size_t i) { return wholes_full_triangle(i); }

/* The n with n (n + 1) / 2 == count. */
static size_t side_of(size_t count) {
    size_t n = 0;
    while (wholes_full_triangle(n) < count) n++;
    return n;
}

static Value diagonal_of(State *S, Value free, size_t n) {
    ptrdiff_t *place = wholes_places(S, n);
    for (size_t i = 0; i < n; i++) place[i] = (ptrdiff_t)(row_at(i) + i);
    return wholes_arrange(S, free, value_none(), 1, &n, place);
}

static Value triangle(State *S, Value free, bool squared) {
    size_t count = wholes_length(S, free), n = side_of(count), dims[2] = {n, n};
    Value diagonal = diagonal_of(S, free, n);
    diagonal = squared ? operation_unary(S, &root_row, diagonal) : wholes_exp(S, diagonal);
    ptrdiff_t *place = wholes_places(S, n * n);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) place[i * n + j] = j < i ? (ptrdiff_t)(row_at(i) + j) : j == i ? (ptrdiff_t)(count + i) : WHOLES_ZERO;
    return wholes_arrange(S, free, diagonal, 2, dims, place);
}

static Value lower_to_value(State *S, Value free, const Value bounds[]) {
    (void)bounds;
    return triangle(S, free, false);
}

static Value lower_to_free(State *S, Value value, const Value bounds[]) {
    (void)bounds;
    size_t n = wholes_length(S, value), count = wholes_full_triangle(n);
    ptrdiff_t *place = wholes_places(S, n);
    for (size_t i = 0; i < n; i++) place[i] = (ptrdiff_t)(i * n + i);
    Value diagonal = wholes_apply(S, "log", wholes_arrange(S, value, value_none(), 1, &n, place));
    place = wholes_places(S, count);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j <= i; j++) place[row_at(i) + j] = j < i ? (ptrdiff_t)(i * n + j) : (ptrdiff_t)(n * n + i);
    return wholes_arrange(S, value, diagonal, 1, &count, place);
}

static Value lower_slope(State *S, Value free, Value value, const Value bounds[]) {
    (void)value;
    (void)bounds;
    return operation_sum(S, diagonal_of(S, free, side_of(wholes_length(S, free))));
}

/* ---- Covariance matrices ---- */

static Value covariance_to_value(State *S, Value free, const Value bounds[]) {
    (void)bounds;
    Value lower = triangle(S, free, true);
    return operation_matmul(S, lower, operation_transpose(S, lower));
}

Value matrices_identity(State *S, size_t n) {
    Array *a = array_zero(S, layout_matrix(S, n, n));
    for (size_t i = 0; i < n; i++) a->data[i * n + i] = 1;
    return value_array(a, 0);
}

Value matrices_cholesky(State *S, const ConstraintRow *row, Value value) {
    size_t n = wholes_length(S, value);
    Value good = constraint_contains(S, row, NULL, value);
    if (good.tag == VALUE_BOOLEAN && good.as.boolean) return linear_cholesky(S, value, row->name);
    Value identity = matrices_identity(S, n), none = wholes_multiply(S, identity, value_number(NAN));
    return operation_select(S, good, linear_cholesky(S, operation_select(S, good, value, identity), row->name), none);
}

static Value covariance_to_free(State *S, Value value, const Value bounds[]) {
    return lower_to_free(S, matrices_cholesky(S, &constraint_cov_matrix, value), bounds);
}

/* Of the lower triangle: L L' changes volumes by 2^n times the product of L[i, i]^(n - i), and each L[i, i] is an exp. */
static Value covariance_slope(State *S, Value free, Value value, const Value bounds[]) {
    (void)value;
    (void)bounds;
    size_t n = side_of(wholes_length(S, free));
    Array *powers = array_new(S, layout_vector(S, n));
    for (size_t i = 0; i < n; i++) powers->data[i] = (double)(n - i + 1);
    Value sum = operation_sum(S, wholes_multiply(S, diagonal_of(S, free, n), value_array(powers, 0)));
    return wholes_add(S, sum, value_number((double)n * log(2)));
}

/* ---- Checks ---- */

bool matrices_is_lower(const double *x, size_t n, char why[CONSTRAINT_WHY]) {
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            double e = x[i * n + j];
            bool fits = j > i ? e == 0 : j == i ? e > 0 && e <= DBL_MAX : fabs(e) <= DBL_MAX;
            if (fits) continue;
            snprintf(why, CONSTRAINT_WHY, j > i ? "its element [%zu, %zu], above the diagonal, is %.10g" : "its element [%zu, %zu] is %.10g", i, j, e);
            return false;
        }
    return true;
}

bool matrices_is_positive_definite(double *x, size_t n, char why[CONSTRAINT_WHY]) {
    double size = 0;
    for (size_t k = 0; k < n * n; k++) {
        if (!(fabs(x[k]) <= DBL_MAX)) return snprintf(why, CONSTRAINT_WHY, "its element [%zu, %zu] is %.10g", k / n, k % n, x[k]), false;
        size = fabs(x[k]) > size ? fabs(x[k]) : size;
    }
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < i; j++) {
            if (fabs(x[i * n + j] - x[j * n + i]) <= MATRICES_SYMMETRY * size) continue;
            snprintf(why, CONSTRAINT_WHY, "its element [%zu, %zu] is %.10g, and [%zu, %zu] is %.10g", i, j, x[i * n + j], j, i, x[j * n + i]);
            return false;
        }
    if (dense_cholesky(x, n, x + n * n)) return true;
    snprintf(why, CONSTRAINT_WHY, "it is not positive definite");
    return false;
}

static bool is_lower(double *x, size_t n, const double bounds[], char why[CONSTRAINT_WHY]) {
    (void)bounds;
    return matrices_is_lower(x, n, why);
}

static bool is_covariance(double *x, size_t n, const double bounds[], char why[CONSTRAINT_WHY]) {
    (void)bounds;
    return matrices_is_positive_definite(x, n, why);
}

const ConstraintRow constraint_lower_cholesky = {.name = "lower_cholesky",
                                                 .low = -INFINITY,
                                                 .high = INFINITY,
                                                 .rank = 2,
                                                 .to_value = lower_to_value,
                                                 .to_free = lower_to_free,
                                                 .log_slope = lower_slope,
                                                 .n_free = wholes_full_triangle,
                                                 .member = is_lower,
                                                 .description = "a lower triangular matrix with a positive diagonal",
                                                 .volume = "its lower triangle",
                                                 .help = "a lower triangular matrix with a positive diagonal, which goes by exp"};

const ConstraintRow constraint_cov_matrix = {.name = "cov_matrix",
                                             .low = -INFINITY,
                                             .high = INFINITY,
                                             .rank = 2,
                                             .to_value = covariance_to_value,
                                             .to_free = covariance_to_free,
                                             .log_slope = covariance_slope,
                                             .n_free = wholes_full_triangle,
                                             .member = is_covariance,
                                             .description = "a covariance matrix (symmetric and positive definite)",
                                             .volume = "its lower triangle",
                                             .help = "a symmetric, positive definite matrix; as L @ transpose(L) of a lower_cholesky L"};
