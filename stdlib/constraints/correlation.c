/* SPDX-License-Identifier: GPL-3.0-or-later
   Correlation matrices and their Cholesky factors (Stan reference manual, Cholesky factors of correlation matrices; torch's
   CorrCholeskyTransform): n (n - 1) / 2 numbers, the lower triangle's rows one after the other, whose tanh are canonical partial
   correlations z. Row i is z[i, j] times the root of what z[i, 0], …, z[i, j - 1] leave of its unit length, and ends with what is
   left. The roots are kept as logarithms. Compiled as a file of kernels. */
#include "stdlib/constraints/matrices.h"

#include "stdlib/constraints/numbers.h"
#include "stdlib/transpose.h"

/* log(sqrt(1 - tanh(u)^2)). */
ELBO_CLONES static void log_sech_dual(size_t n, double *out, double *const partial[], const double *const in[]) {
    const double *u = in[0];
    VECTOR_LOOP(i, n) out[i] = 0.69314718055994530941723212145818 - fabs(u[i]) - log1p(exp(-2 * fabs(u[i])));
    if (partial[0]) VECTOR_LOOP(i, n) partial[0][i] = -tanh(u[i]);
}
ELEMENTWISE(log_sech, 1)

/* asinh(l / r), r > 0: the u with tanh(u) = l / sqrt(l^2 + r^2). */
ELBO_CLONES static void asinh_ratio_dual(size_t n, double *out, double *const partial[], const double *const in[]) {
    const double *l = in[0], *r = in[1];
    VECTOR_LOOP(i, n) {
        double x = fabs(l[i] / r[i]), y = log1p(x + x * (x / (1 + sqrt(1 + x * x))));
        y = x > 1e150 ? log(x) + 0.69314718055994530941723212145818 : y;
        out[i] = l[i] < 0 ? -y : y;
    }
    for (unsigned k = 0; k < 2; k++) {
        if (!partial[k]) continue;
        VECTOR_LOOP(i, n) {
            double x = l[i] / r[i], root = sqrt(1 + x * x) * r[i];
            partial[k][i] = k == 0 ? 1 / root : -x / root;
        }
    }
}
ELEMENTWISE(asinh_ratio, 2)

/* The side of the matrix whose triangle without diagonal has `count` elements. */
static size_t side_of(size_t count) {
    size_t n = 1;
    while (wholes_triangle(n) < count) n++;
    return n;
}

/* A matrix whose row i has, from column `shift` on, the i numbers of row i of the triangle; 0 elsewhere. */
static Value spread_rows(State *S, Value v, size_t n, size_t shift) {
    ptrdiff_t *place = wholes_places(S, n * n);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            place[i * n + j] = j >= shift && j - shift < i ? (ptrdiff_t)(wholes_triangle(i) + j - shift) : WHOLES_ZERO;
    return wholes_arrange(S, v, value_none(), 2, (size_t[]){n, n}, place);
}

/* The logarithm of what is left of each row's length before column j. */
static Value log_left(State *S, Value free, size_t n) {
    return wholes_running(S, spread_rows(S, operation_unary(S, &log_sech_row, free), n, 1), false);
}

static Value factor_to_value(State *S, Value free, const Value bounds[]) {
    (void)bounds;
    size_t n = side_of(wholes_length(S, free));
    Value parts = wholes_add(S, spread_rows(S, wholes_apply(S, "tanh", free), n, 0), matrices_identity(S, n));
    return wholes_multiply(S, parts, wholes_exp(S, log_left(S, free, n)));
}

/* u[i, j] = asinh(L[i, j] / the length of the row behind column j). */
static Value factor_to_free(State *S, Value value, const Value bounds[]) {
    (void)bounds;
    size_t n = wholes_length(S, value), count = wholes_triangle(n);
    ptrdiff_t *place = wholes_places(S, n * n);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < n; k++) place[i * n + k] = k <= i ? (ptrdiff_t)(i * n + i - k) : WHOLES_ZERO; /* from the diagonal leftwards */
    Value squares = operation_unary(S, &elementwise_internal[INTERNAL_SQUARE], value);
    Value tails = wholes_running(S, wholes_arrange(S, squares, value_none(), 2, (size_t[]){n, n}, place), false);
    ptrdiff_t *of_value = wholes_places(S, count), *of_tails = wholes_places(S, count);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < i; j++) {
            of_value[wholes_triangle(i) + j] = (ptrdiff_t)(i * n + j);
            of_tails[wholes_triangle(i) + j] = (ptrdiff_t)(i * n + i - j - 1);
        }
    Value part = wholes_arrange(S, value, value_none(), 1, &count, of_value);
    Value rest = wholes_apply(S, "sqrt", wholes_arrange(S, tails, value_none(), 1, &count, of_tails));
    return operation_elementwise(S, &asinh_ratio_row, (Value[]){part, rest});
}

/* The triangle of a matrix without its diagonal, by rows. */
static Value triangle_of(State *S, Value m, size_t n) {
    size_t count = wholes_triangle(n);
    ptrdiff_t *place = wholes_places(S, count);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < i; j++) place[wholes_triangle(i) + j] = (ptrdiff_t)(i * n + j);
    return wholes_arrange(S, m, value_none(), 1, &count, place);
}

/* The sum of 2 log sech(u) + log(what is left) below the diagonal. */
static Value factor_slope_of(State *S, Value free, Value left, size_t n) {
    Value twice = wholes_multiply(S, value_number(2), operation_unary(S, &log_sech_row, free));
    return operation_sum(S, wholes_add(S, twice, triangle_of(S, left, n)));
}

static Value factor_slope(State *S, Value free, Value value, const Value bounds[]) {
    (void)value;
    (void)bounds;
    size_t n = side_of(wholes_length(S, free));
    return factor_slope_of(S, free, log_left(S, free, n), n);
}

/* ---- Correlation matrices ---- */

static Value matrix_to_value(State *S, Value free, const Value bounds[]) {
    Value lower = factor_to_value(S, free, bounds), product = operation_matmul(S, lower, operation_transpose(S, lower));
    size_t n = wholes_length(S, product);
    ptrdiff_t *place = wholes_places(S, n * n);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) place[i * n + j] = j < i ? (ptrdiff_t)(i * n + j) : i < j ? (ptrdiff_t)(j * n + i) : WHOLES_ZERO;
    return wholes_add(S, wholes_arrange(S, product, value_none(), 2, (size_t[]){n, n}, place), matrices_identity(S, n));
}

static Value matrix_to_free(State *S, Value value, const Value bounds[]) {
    return factor_to_free(S, matrices_cholesky(S, &constraint_corr_matrix, value), bounds);
}

/* L L^T changes volumes by the product of L[i, i]^(n - 1 - i). */
static Value matrix_slope(State *S, Value free, Value value, const Value bounds[]) {
    (void)value;
    (void)bounds;
    size_t n = side_of(wholes_length(S, free));
    Value left = log_left(S, free, n);
    Array *powers = array_zero(S, layout_matrix(S, n, n));
    for (size_t i = 0; i < n; i++) powers->data[i * n + i] = (double)(n - 1 - i);
    Value squared = operation_sum(S, wholes_multiply(S, left, value_array(powers, 0)));
    return wholes_add(S, factor_slope_of(S, free, left, n), squared);
}

/* ---- Checks ---- */

static bool is_factor(double *x, size_t n, const double bounds[], char why[CONSTRAINT_WHY]) {
    (void)bounds;
    if (!matrices_is_lower(x, n, why)) return false;
    for (size_t i = 0; i < n; i++) {
        double sum = 0;
        for (size_t j = 0; j <= i; j++) sum += x[i * n + j] * x[i * n + j];
        if (fabs(sqrt(sum) - 1) <= WHOLES_TOLERANCE) continue;
        snprintf(why, CONSTRAINT_WHY, "its row %zu is of length %.10g", i, sqrt(sum));
        return false;
    }
    return true;
}

static bool is_correlation(double *x, size_t n, const double bounds[], char why[CONSTRAINT_WHY]) {
    (void)bounds;
    for (size_t i = 0; i < n; i++) {
        if (fabs(x[i * n + i] - 1) <= WHOLES_TOLERANCE) continue;
        snprintf(why, CONSTRAINT_WHY, "its element [%zu, %zu] is %.10g", i, i, x[i * n + i]);
        return false;
    }
    return matrices_is_positive_definite(x, n, why);
}

const ConstraintRow constraint_corr_cholesky = {.name = "corr_cholesky",
                                                .low = -1,
                                                .high = 1,
                                                .rank = 2,
                                                .within = &constraint_lower_cholesky,
                                                .to_value = factor_to_value,
                                                .to_free = factor_to_free,
                                                .log_slope = factor_slope,
                                                .n_free = wholes_triangle,
                                                .member = is_factor,
                                                .description = "a lower triangular matrix with a positive diagonal and rows of length 1",
                                                .volume = "its lower triangle without the diagonal",
                                                .help = "the Cholesky factor of a correlation matrix; by tanh and stick breaking"};

const ConstraintRow constraint_corr_matrix = {.name = "corr_matrix",
                                              .low = -1,
                                              .high = 1,
                                              .rank = 2,
                                              .within = &constraint_cov_matrix,
                                              .to_value = matrix_to_value,
                                              .to_free = matrix_to_free,
                                              .log_slope = matrix_slope,
                                              .n_free = wholes_triangle,
                                              .member = is_correlation,
                                              .description = "a correlation matrix (symmetric and positive definite, with ones on the diagonal)",
                                              .volume = "its lower triangle without the diagonal",
                                              .help = "a correlation matrix; as L @ transpose(L) of a corr_cholesky L"};
