/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Linear algebra, lane by lane.

   Values come from dense factorisations; derivatives need no maps of their own. The differential of each function is made of
   products with constants (Giles, Collected matrix derivative results, 2008), so a product of the operand with the constants
   is put on the tape, and the value takes its node: d(A^-1) = -A^-1 dA A^-1, and so on. */
#include <math.h>
#include <string.h>

#include "runtime/error.h"
#include "runtime/lanes_on.h"
#include "runtime/state.h"
#include "runtime/tape_score.h"
#include "stdlib/dense.h"
#include "stdlib/rows.h"
#include "stdlib/stdlib.h"
#include "stdlib/transpose.h"
#include "stdlib/triangular.h"

static Value operate(State *S, Operator op, Value a, Value b) {
    return operation_binary(S, &elementwise_operators[op], a, b);
}

/* A square matrix; n is its order. */
static const Layout *square_matrix(State *S, const char *function, Value v, size_t *n) {
    if (v.tag != VALUE_ARRAY || v.as.array->layout->rank != 2) native_type_error(S, function, "m", "a matrix", v);
    const Layout *l = v.as.array->layout;
    if (l->dims[0] != l->dims[1])
        error_raise(S, "shape-mismatch", NULL, "'%s' takes a square matrix, not one of %zu x %zu", function, l->dims[0], l->dims[1]);
    *n = l->dims[0];
    return l;
}

static void load(const Array *array, size_t lane, double *to) {
    for (size_t c = 0; c < array->layout->components; c++) to[c] = array->data[c * array->layout->stride + lane];
}

static void store(Array *array, size_t lane, const double *from) {
    for (size_t c = 0; c < array->layout->components; c++) array->data[c * array->layout->stride + lane] = from[c];
}

static const double no_number = NAN;

/* What to do with a matrix that will not do. */
typedef struct Check {
    const Layout *layout;
    bool asked;
    const double *on; /* lanes_on, once asked */
} Check;

/* Raises in a lane that is on; returns in one that is off. */
static void check_lane(State *S, Check *check, size_t lane, const char *kind, const char *advice, const char *message) {
    if (!check->asked) check->on = lanes_on(S, layout_with_event(S, check->layout, 0, NULL));
    check->asked = true;
    if (!check->on || check->on[lane] != 0) error_raise(S, kind, advice, "%s", message);
}

static void check_singular(State *S, Check *check, size_t lane) {
    check_lane(S, check, lane, "singular-matrix", "Its rows (or columns) depend on each other.", "the matrix is singular");
}

/* ---- by LU factors ---- */

/* What is wanted of the factors: the inverse, or the determinant (mode DET) or log |determinant|, with sign. */
typedef struct Factors {
    Array *inverse;     /* NULL: not wanted */
    Array *determinant; /* NULL: not wanted */
    bool logarithm;
} Factors;

/* The matrix of cofactors by minors: for singular matrices, which have no inverse to take it from. */
static void cofactors(const double *a, size_t n, double *room, size_t *order, double *scale, double *out) {
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            size_t k = 0;
            for (size_t r = 0; r < n; r++)
                for (size_t c = 0; c < n; c++)
                    if (r != i && c != j) room[k++] = a[r * n + c];
            double minor = dense_factor(room, n - 1, order, scale);
            for (size_t d = 0; d + 1 < n && minor != 0; d++) minor *= room[d * (n - 1) + d];
            out[i * n + j] = (i + j) % 2 ? -minor : minor;
        }
}

static void invert(const double *lu, size_t n, const size_t *order, double *unit, double *column, double *inverse) {
    for (size_t c = 0; c < n; c++) {
        for (size_t i = 0; i < n; i++) unit[i] = i == c;
        dense_solve(lu, n, order, unit, column);
        for (size_t i = 0; i < n; i++) inverse[i * n + c] = column[i];
    }
}

static void factor_lane(State *S, const Array *m, size_t n, size_t lane, double *room, Factors f, Check *check) {
    double *a = room, *inverse = a + n * n, *unit = inverse + n * n, *column = unit + n, *original = column + n;
    size_t *order = (size_t *)(void *)(original + n * n);
    load(m, lane, a);
    int sign = dense_factor(a, n, order, unit);
    if (!sign && (f.logarithm || !f.determinant)) {
        check_singular(S, check, lane);
        for (size_t i = 0; i < n * n; i++) inverse[i] = no_number;
    }
    if (sign) invert(a, n, order, unit, column, inverse);
    double determinant = f.logarithm ? 0 : sign;
    for (size_t i = 0; i < n && sign; i++) {
        if (f.logarithm)
            determinant += log(fabs(a[i * n + i]));
        else
            determinant *= a[i * n + i];
    }
    if (f.determinant) f.determinant->data[lane] = determinant;
    if (f.determinant && !f.logarithm && f.inverse) {
        /* The derivative by the matrix: the cofactors, transposed as the inverse is. */
        load(m, lane, original);
        if (sign) {
            for (size_t i = 0; i < n * n; i++) inverse[i] *= determinant;
        } else {
            double *minors = original + n * n + n;
            cofactors(original, n, minors, order, unit, a);
            for (size_t i = 0; i < n; i++)
                for (size_t j = 0; j < n; j++) inverse[i * n + j] = a[j * n + i];
        }
    }
    if (f.inverse) store(f.inverse, lane, inverse);
}

static void factor_all(State *S, Value m, size_t n, Factors f) {
    const Layout *l = m.as.array->layout;
    double *room = rows_scratch(S, 4 * n * n + 4 * n + 8);
    Check check = {l, false, NULL};
    for (size_t lane = 0; lane < l->stride; lane++)
        if (lane_is_real(l, lane)) factor_lane(S, m.as.array, n, lane, room, f, &check);
}

static Value native_inverse(State *S, const Value *a, unsigned n_arguments) {
    (void)n_arguments;
    size_t n;
    Array *inverse = array_new(S, square_matrix(S, "inverse", a[0], &n));
    factor_all(S, a[0], n, (Factors){.inverse = inverse});
    Value result = value_array(inverse, 0);
    if (!tape_has(S, a[0])) return result;
    Value change = operation_matmul(S, operation_matmul(S, result, a[0]), result);
    return score_with_derivative(S, result, operation_unary(S, &elementwise_operators[OPERATOR_NEGATE], change));
}

/* x with A x = b, for each lane of either. */
static void solve_all(State *S, Value a, Value b, Array *x, size_t n) {
    const Layout *lanes = layout_with_event(S, x->layout, 0, NULL);
    size_t columns = x->layout->components / n;
    const Layout *matrix = layout_with_event(S, lanes, 2, a.as.array->layout->dims);
    Value wide_a = operation_total(S, (Value[]){value_detached(a), value_array(array_zero(S, matrix), 0)}, NULL, 2);
    Value wide_b = operation_total(S, (Value[]){value_detached(b), value_array(array_zero(S, x->layout), 0)}, NULL, 2);
    double *lu = rows_scratch(S, n * n + 2 * n * columns + 3 * n + 8);
    double *right = lu + n * n, *left = right + n * columns, *side = left + n * columns, *solution = side + n;
    size_t *order = (size_t *)(void *)(solution + n);
    Check check = {lanes, false, NULL};
    for (size_t lane = 0; lane < lanes->stride; lane++) {
        if (!lane_is_real(lanes, lane)) continue;
        load(wide_a.as.array, lane, lu);
        load(wide_b.as.array, lane, right);
        bool regular = dense_factor(lu, n, order, side) != 0;
        if (!regular) check_singular(S, &check, lane);
        for (size_t c = 0; c < columns; c++) {
            for (size_t i = 0; i < n; i++) side[i] = right[i * columns + c];
            if (regular) dense_solve(lu, n, order, side, solution);
            for (size_t i = 0; i < n; i++) left[i * columns + c] = regular ? solution[i] : no_number;
        }
        store(x, lane, left);
    }
}

static Value native_solve(State *S, const Value *a, unsigned n_arguments) {
    (void)n_arguments;
    size_t n;
    const Layout *l = square_matrix(S, "solve", a[0], &n);
    if (a[1].tag != VALUE_ARRAY || a[1].as.array->layout->rank < 1 || a[1].as.array->layout->rank > 2)
        native_type_error(S, "solve", "b", "a vector or matrix", a[1]);
    const Layout *r = a[1].as.array->layout;
    if (r->dims[0] != n)
        error_raise(S, "shape-mismatch", NULL, "'solve' needs a right side of %zu rows, not of %zu", n, r->dims[0]);
    const Layout *to = layout_join_lanes(S, r, l);
    if (!to) error_raise(S, "shape-mismatch", NULL, "'solve' meets lanes of different plates");
    Value x = value_array(array_zero(S, to), 0);
    solve_all(S, a[0], a[1], x.as.array, n);
    if (!tape_has(S, a[0]) && !tape_has(S, a[1])) return x;
    Array *inverse = array_new(S, l);
    factor_all(S, a[0], n, (Factors){.inverse = inverse});
    Value residual = operate(S, OPERATOR_SUBTRACT, a[1], operation_matmul(S, a[0], x));
    return score_with_derivative(S, x, operation_matmul(S, value_array(inverse, 0), residual));
}

static Value determinant(State *S, const char *function, Value m, bool logarithm) {
    size_t n;
    const Layout *l = square_matrix(S, function, m, &n);
    Factors f = {.logarithm = logarithm, .determinant = array_new(S, layout_with_event(S, l, 0, NULL))};
    if (tape_has(S, m)) f.inverse = array_new(S, l);
    factor_all(S, m, n, f);
    if (!f.inverse) return value_unboxed(f.determinant, 0);
    Value weight = operation_transpose(S, value_array(f.inverse, 0));
    Value change = operation_sum(S, operate(S, OPERATOR_MULTIPLY, m, weight));
    return score_with_derivative(S, value_unboxed(f.determinant, 0), change);
}

static Value native_det(State *S, const Value *a, unsigned n) {
    (void)n;
    return determinant(S, "det", a[0], false);
}

static Value native_logdet(State *S, const Value *a, unsigned n) {
    (void)n;
    return determinant(S, "logdet", a[0], true);
}

/* ---- by Cholesky's factor ---- */

static bool is_lower(const double *a, size_t n) {
    for (size_t i = 0; i < n; i++)
        for (size_t j = i + 1; j < n; j++)
            if (a[i * n + j] != 0) return false;
    return true;
}

/* What is wrong with the matrix, in a lane that is on. */
static void check_definite(State *S, Check *check, size_t lane, const double *a, size_t n, bool symmetric, const char *what) {
    const char *advice = "A covariance matrix is symmetric, and every variance in it is positive.";
    if (!symmetric && is_lower(a, n)) advice = "A lower triangle is a Cholesky factor: give it by its name, cholesky = L.";
    if (symmetric) {
        check_lane(S, check, lane, "not-positive-definite", advice, error_text(S, "%s is not positive definite", what));
        return;
    }
    size_t at = 0; /* where it differs most from its transpose */
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < i; j++)
            if (fabs(a[i * n + j] - a[j * n + i]) > fabs(a[at] - a[at % n * n + at / n])) at = i * n + j;
    check_lane(S, check, lane, "not-positive-definite", advice,
               error_text(S, "%s is not symmetric: element [%zu, %zu] is %.10g, and element [%zu, %zu] is %.10g", what, at / n, at % n, a[at],
                          at % n, at / n, a[at % n * n + at / n]));
}

static bool is_symmetric(const double *a, size_t n) {
    double scale = 0;
    for (size_t i = 0; i < n * n; i++) scale = fabs(a[i]) > scale ? fabs(a[i]) : scale;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < i; j++)
            if (fabs(a[i * n + j] - a[j * n + i]) > 1e-8 * scale) return false;
    return true;
}

static void cholesky_all(State *S, const Array *m, size_t n, const char *what, Array *lower, Array *inverse) {
    const Layout *l = m->layout;
    Check check = {l, false, NULL};
    double *a = rows_scratch(S, 3 * n * n), *factor = a + n * n, *inverted = factor + n * n;
    for (size_t lane = 0; lane < l->stride; lane++) {
        if (!lane_is_real(l, lane)) continue;
        load(m, lane, a);
        bool symmetric = is_symmetric(a, n);
        if (!symmetric || !dense_cholesky(a, n, factor)) {
            check_definite(S, &check, lane, a, n, symmetric, what);
            for (size_t i = 0; i < n * n; i++) factor[i] = no_number;
        }
        store(lower, lane, factor);
        if (!inverse) continue;
        dense_invert_lower(factor, n, inverted);
        store(inverse, lane, inverted);
    }
}

/* 1 below the diagonal, 1/2 on it, 0 above. */
static Value half_lower(State *S, size_t n) {
    Array *half = array_new(S, layout_matrix(S, n, n));
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) half->data[i * n + j] = j < i ? 1 : j == i ? 0.5 : 0;
    return value_array(half, 0);
}

Value linear_cholesky(State *S, Value m, const char *what) {
    size_t n = m.as.array->layout->dims[0];
    const Layout *l = m.as.array->layout;
    Array *lower = array_new(S, l), *inverse = tape_has(S, m) ? array_new(S, l) : NULL;
    cholesky_all(S, m.as.array, n, what, lower, inverse);
    Value result = value_array(lower, 0);
    if (!inverse) return result;
    /* dL = L (half of the lower triangle of L^-1 dA L^-T), with dA made symmetric */
    Value both = operate(S, OPERATOR_ADD, m, operation_transpose(S, m));
    Value symmetric = operate(S, OPERATOR_MULTIPLY, both, value_number(0.5));
    Value inverted = value_array(inverse, 0);
    Value inner = operation_matmul(S, operation_matmul(S, inverted, symmetric), operation_transpose(S, inverted));
    return score_with_derivative(S, result, operation_matmul(S, result, operate(S, OPERATOR_MULTIPLY, inner, half_lower(S, n))));
}

static Value native_cholesky(State *S, const Value *a, unsigned n_arguments) {
    (void)n_arguments;
    size_t n;
    square_matrix(S, "cholesky", a[0], &n);
    return linear_cholesky(S, a[0], "the matrix");
}

const NativeRow native_linear[] = {
    {"inverse", "m", native_inverse, "the inverse of a square matrix", true, false},
    {"solve", "m, b", native_solve, "the x for which m @ x is b", true, false},
    {"det", "m", native_det, "the determinant of a square matrix", true, false},
    {"logdet", "m", native_logdet, "log(abs(det(m))), without overflow", true, false},
    {"cholesky", "m", native_cholesky, "the lower triangle L with L @ transpose(L) equal to m", true, false},
    {0},
};
