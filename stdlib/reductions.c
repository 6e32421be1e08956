/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Many numbers to one: sums, means, products, and what is made of them. All over the event; lanes stay. */
#include <math.h>

#include "runtime/elementwise.h"
#include "runtime/error.h"
#include "runtime/state.h"
#include "runtime/tape_score.h"
#include "stdlib/cumulate.h"
#include "stdlib/rows.h"
#include "stdlib/stdlib.h"

static Value operate(State *S, Operator op, Value a, Value b) {
    return operation_binary(S, &elementwise_operators[op], a, b);
}

static Value apply(State *S, const char *name, Value v) {
    return operation_unary(S, elementwise_find(name), v);
}

static Value along(State *S, const char *function, Value v, Value axis, size_t least) {
    Value rows = rows_of(S, function, v, axis);
    size_t n = rows_length(rows.as.array->layout);
    if (n < least)
        error_raise(S, "bad-argument", NULL, "'%s' needs at least %zu element%s, and there %s %zu", function, least,
                    least == 1 ? "" : "s", n == 1 ? "is" : "are", n);
    return rows;
}

static double length_of(Value rows) {
    return (double)rows_length(rows.as.array->layout);
}

/* ---- sums and moments ---- */

static Value native_sum(State *S, const Value *a, unsigned n) {
    (void)n;
    return rows_sum(S, along(S, "sum", a[0], a[1], 0));
}

static Value mean_of(State *S, Value rows) {
    Value mean = operate(S, OPERATOR_DIVIDE, rows_sum(S, rows), value_number(length_of(rows)));
    if (tape_in_score_mode(&S->tape)) score_fixed_weight(S, mean);
    return mean;
}

static Value native_mean(State *S, const Value *a, unsigned n) {
    (void)n;
    return mean_of(S, along(S, "mean", a[0], a[1], 1));
}

static Value square(State *S, Value v) {
    return operation_unary(S, &elementwise_internal[INTERNAL_SQUARE], v);
}

static Value variance(State *S, const char *function, const Value *a) {
    Value rows = along(S, function, a[0], a[1], 2);
    Value mean = rows_spread(S, mean_of(S, rows), rows_length(rows.as.array->layout));
    Value squares = rows_sum(S, square(S, operate(S, OPERATOR_SUBTRACT, rows, mean)));
    return operate(S, OPERATOR_DIVIDE, squares, value_number(length_of(rows) - 1));
}

static Value native_var(State *S, const Value *a, unsigned n) {
    (void)n;
    return variance(S, "var", a);
}

static Value native_stddev(State *S, const Value *a, unsigned n) {
    (void)n;
    return apply(S, "sqrt", variance(S, "stddev", a));
}

/* ---- truth values ---- */

static Value truth_of(State *S, const char *function, Value v, Value axis) {
    Value rows = rows_of(S, function, v, axis);
    if (!rows.as.array->boolean)
        error_raise(S, "wrong-type", "Compare first: any(x > 0).", "'%s' takes truth values, not a %s", function,
                    value_type_name(v));
    return rows;
}

static Value native_count(State *S, const Value *a, unsigned n) {
    (void)n;
    return rows_sum(S, truth_of(S, "count", a[0], a[1]));
}

static Value native_any(State *S, const Value *a, unsigned n) {
    (void)n;
    return operate(S, OPERATOR_GREATER, rows_sum(S, truth_of(S, "any", a[0], a[1])), value_number(0));
}

static Value native_all(State *S, const Value *a, unsigned n) {
    (void)n;
    Value rows = truth_of(S, "all", a[0], a[1]);
    return operate(S, OPERATOR_EQUAL, rows_sum(S, rows), value_number(length_of(rows)));
}

/* ---- products ---- */

static Value native_cumsum(State *S, const Value *a, unsigned n) {
    (void)n;
    return rows_cumulate(S, along(S, "cumsum", a[0], value_unassigned(), 0), false);
}

static Value native_cumprod(State *S, const Value *a, unsigned n) {
    (void)n;
    return rows_cumulate(S, along(S, "cumprod", a[0], value_unassigned(), 0), true);
}

static void choose_last(const double *row, size_t n, size_t *positions, size_t n_positions, void *context) {
    (void)row;
    (void)context;
    for (size_t j = 0; j < n_positions; j++) positions[j] = n - 1;
}

static Value native_prod(State *S, const Value *a, unsigned n) {
    (void)n;
    Value rows = along(S, "prod", a[0], a[1], 0);
    if (length_of(rows) == 0) return operate(S, OPERATOR_ADD, rows_sum(S, rows), value_number(1));
    return rows_choose(S, rows_cumulate(S, rows, true), 1, true, choose_last, NULL);
}

static Value native_diff(State *S, const Value *a, unsigned n) {
    (void)n;
    Value rows = along(S, "diff", a[0], value_unassigned(), 1);
    size_t length = rows_length(rows.as.array->layout);
    Subscript late = {.kind = SUBSCRIPT_SLICE, .low = 1, .high = length};
    Subscript early = {.kind = SUBSCRIPT_SLICE, .low = 0, .high = length - 1};
    return operate(S, OPERATOR_SUBTRACT, operation_index(S, rows, &late, 1), operation_index(S, rows, &early, 1));
}

/* ---- exponentials ---- */

static void choose_largest(const double *row, size_t n, size_t *positions, size_t n_positions, void *context) {
    (void)n_positions;
    (void)context;
    size_t best = 0;
    for (size_t i = 1; i < n && row[best] == row[best]; i++)
        if (row[i] > row[best] || row[i] != row[i]) best = i;
    positions[0] = best;
}

/* log(sum(exp(rows))) as a value; its derivative is the vector of weights exp(rows - value), or 0 where all are -inf. */
static Value log_sum_exp(State *S, Value rows) {
    size_t n = rows_length(rows.as.array->layout);
    Value x = value_detached(rows);
    Value largest = rows_choose(S, x, 1, true, choose_largest, NULL);
    if (largest.tag == VALUE_MISSING) return largest;
    largest = operation_select(S, apply(S, "is_finite", largest), largest, value_number(0));
    Value shifted = operate(S, OPERATOR_SUBTRACT, x, rows_spread(S, largest, n));
    Value result = operate(S, OPERATOR_ADD, apply(S, "log", rows_sum(S, apply(S, "exp", shifted))), largest);
    if (!tape_has(S, rows)) return result;
    Value spread = rows_spread(S, result, n);
    Value weight = apply(S, "exp", operate(S, OPERATOR_SUBTRACT, x, spread));
    Value empty = operate(S, OPERATOR_EQUAL, spread, value_number(-INFINITY));
    weight = operation_select(S, empty, value_number(0), weight);
    return score_with_derivative(S, result, rows_sum(S, operate(S, OPERATOR_MULTIPLY, rows, weight)));
}

static Value native_log_sum_exp(State *S, const Value *a, unsigned n) {
    (void)n;
    return log_sum_exp(S, along(S, "log_sum_exp", a[0], a[1], 1));
}

/* For each row of a matrix, as for a vector. */
static Value log_softmax(State *S, const char *function, Value v) {
    Value rows = v.tag == VALUE_ARRAY && v.as.array->layout->rank > 1 ? v : along(S, function, v, value_unassigned(), 1);
    return operate(S, OPERATOR_SUBTRACT, rows, rows_spread(S, log_sum_exp(S, rows), rows_length(rows.as.array->layout)));
}

Value reductions_log_softmax(State *S, Value v) { return log_softmax(S, "log_softmax", v); }

static Value native_log_softmax(State *S, const Value *a, unsigned n) {
    (void)n;
    return log_softmax(S, "log_softmax", a[0]);
}

static Value native_softmax(State *S, const Value *a, unsigned n) {
    (void)n;
    return apply(S, "exp", log_softmax(S, "softmax", a[0]));
}

/* ---- products of vectors ---- */

static Value native_dot(State *S, const Value *a, unsigned n) {
    (void)n;
    for (unsigned k = 0; k < 2; k++)
        if (a[k].tag != VALUE_ARRAY || a[k].as.array->layout->rank != 1)
            native_type_error(S, "dot", k ? "b" : "a", "a vector", a[k]);
    return operation_matmul(S, a[0], a[1]);
}

/* The derivative is x / norm(x), and 0 at 0. */
static Value native_norm(State *S, const Value *a, unsigned n) {
    (void)n;
    Value rows = along(S, "norm", a[0], a[1], 0), x = value_detached(rows);
    Value norm = apply(S, "sqrt", rows_sum(S, square(S, x)));
    if (!tape_has(S, rows)) return norm;
    Value spread = rows_spread(S, norm, rows_length(rows.as.array->layout));
    Value is_zero = operate(S, OPERATOR_EQUAL, spread, value_number(0));
    Value direction = operation_select(S, is_zero, value_number(0), operate(S, OPERATOR_DIVIDE, x, spread));
    return score_with_derivative(S, norm, rows_sum(S, operate(S, OPERATOR_MULTIPLY, rows, direction)));
}

const NativeRow native_reductions[] = {
    {"sum", "x, axis?", native_sum, "sum of the elements; axis 0 of a matrix sums over rows, 1 over columns", true, false},
    {"mean", "x, axis?", native_mean, "mean of the elements", true, false},
    {"var", "x, axis?", native_var, "variance of the elements, with divisor n - 1", true, false},
    {"stddev", "x, axis?", native_stddev, "standard deviation of the elements, with divisor n - 1", true, false},
    {"prod", "x, axis?", native_prod, "product of the elements", true, false},
    {"any", "x, axis?", native_any, "whether any element is true", true, false},
    {"all", "x, axis?", native_all, "whether all elements are true", true, false},
    {"count", "x, axis?", native_count, "how many elements are true", true, false},
    {"cumsum", "x", native_cumsum, "sums of the first 1, 2, … elements", true, false},
    {"cumprod", "x", native_cumprod, "products of the first 1, 2, … elements", true, false},
    {"diff", "x", native_diff, "differences between neighbouring elements", true, false},
    {"log_sum_exp", "x, axis?", native_log_sum_exp, "log(sum(exp(x))), without overflow", true, false},
    {"softmax", "x", native_softmax, "exp(x) scaled to sum 1; of a matrix, each row", true, false},
    {"log_softmax", "x", native_log_softmax, "log(softmax(x)), without overflow", true, false},
    {"dot", "a, b", native_dot, "dot product of two vectors, as a @ b", true, false},
    {"norm", "x, axis?", native_norm, "square root of the sum of squares", true, false},
    {0},
};
