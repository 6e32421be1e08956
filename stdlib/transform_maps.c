/* SPDX-License-Identifier: GPL-3.0-or-later
   The table of transforms: each with its inverse and the logarithm of its slope, in taped operations. */
#include "stdlib/transforms.h"

#include <math.h>

#include "parser/tree.h"
#include "runtime/operations.h"
#include "stdlib/rows.h"

#define HALF_LOG_2_PI 0.91893853320467274178032973640562
#define LOG_2 0.69314718055994530941723212145818

static Value apply(State *S, const char *function, Value x) { return operation_unary(S, elementwise_find(function), x); }

static Value operate(State *S, Operator which, Value a, Value b) {
    return operation_binary(S, &elementwise_operators[which], a, b);
}

static Value negative(State *S, Value x) { return operation_unary(S, &elementwise_operators[OPERATOR_NEGATE], x); }
static Value plus(State *S, Value a, Value b) { return operate(S, OPERATOR_ADD, a, b); }
static Value minus(State *S, Value a, Value b) { return operate(S, OPERATOR_SUBTRACT, a, b); }
static Value times(State *S, Value a, Value b) { return operate(S, OPERATOR_MULTIPLY, a, b); }
static Value over(State *S, Value a, Value b) { return operate(S, OPERATOR_DIVIDE, a, b); }

/* ---- Maps by built-in functions ---- */

static Value by_name(State *S, const Transform *t, Value x) { return apply(S, t->row->name, x); }
static Value by_inverse_name(State *S, const Transform *t, Value y) { return apply(S, t->row->inverse_name, y); }

static Value same(State *S, const Transform *t, Value x) {
    (void)S;
    (void)t;
    return x;
}

static Value slope_zero(State *S, const Transform *t, Value x, Value y) {
    (void)S;
    (void)t;
    (void)x;
    (void)y;
    return value_number(0);
}

static Value slope_x(State *S, const Transform *t, Value x, Value y) {
    (void)S;
    (void)t;
    (void)y;
    return x;
}

/* log(s (1 - s)) for s = sigmoid(x). */
static Value slope_sigmoid(State *S, const Transform *t, Value x, Value y) {
    (void)t;
    (void)y;
    return negative(S, plus(S, apply(S, "softplus", x), apply(S, "softplus", negative(S, x))));
}

/* log(1 - tanh(x)^2) = 2 (log 2 - x - softplus(-2 x)). */
static Value slope_tanh(State *S, const Transform *t, Value x, Value y) {
    (void)t;
    (void)y;
    Value twice = times(S, value_number(2), x);
    return minus(S, minus(S, value_number(2 * LOG_2), twice), times(S, value_number(2), apply(S, "softplus", negative(S, twice))));
}

static Value inverse_tanh(State *S, const Transform *t, Value y) {
    (void)t;
    return times(S, value_number(0.5), minus(S, apply(S, "log1p", y), apply(S, "log1p", negative(S, y))));
}

static Value slope_softplus(State *S, const Transform *t, Value x, Value y) {
    (void)t;
    (void)y;
    return negative(S, apply(S, "softplus", negative(S, x)));
}

/* log(exp(y) - 1) = y + log(1 - exp(-y)). */
static Value inverse_softplus(State *S, const Transform *t, Value y) {
    (void)t;
    return plus(S, y, apply(S, "log", negative(S, apply(S, "expm1", negative(S, y)))));
}

static Value slope_normal(State *S, const Transform *t, Value x, Value y) {
    (void)t;
    (void)y;
    return minus(S, times(S, value_number(-0.5), times(S, x, x)), value_number(HALF_LOG_2_PI));
}

/* dy/dx = 1 / (2 y). */
static Value slope_sqrt(State *S, const Transform *t, Value x, Value y) {
    (void)t;
    (void)x;
    return negative(S, apply(S, "log", times(S, value_number(2), y)));
}

/* The root is never negative. */
static Value inverse_sqrt(State *S, const Transform *t, Value y) {
    (void)t;
    Value outside = operate(S, OPERATOR_LESS, y, value_number(0));
    return operation_select(S, outside, value_number(NAN), times(S, y, y));
}

/* ---- affine(loc, scale) ---- */

static Value affine_forward(State *S, const Transform *t, Value x) {
    return plus(S, t->arguments[0], times(S, t->arguments[1], x));
}

static Value affine_inverse(State *S, const Transform *t, Value y) {
    return over(S, minus(S, y, t->arguments[0]), t->arguments[1]);
}

static Value affine_slope(State *S, const Transform *t, Value x, Value y) {
    (void)x;
    (void)y;
    return apply(S, "log", apply(S, "abs", t->arguments[1]));
}

/* ---- Constraints ---- */

static Value constraint_forward(State *S, const Transform *t, Value x) {
    const Constraint *c = transform_constraint(t);
    return constraint_to_value(S, c->row, c->bounds, x);
}

static Value constraint_backward(State *S, const Transform *t, Value y) {
    const Constraint *c = transform_constraint(t);
    return constraint_inverse(S, c->row, c->bounds, y);
}

static Value constraint_slope(State *S, const Transform *t, Value x, Value y) {
    const Constraint *c = transform_constraint(t);
    return constraint_log_slope(S, c->row, c->bounds, x, y);
}

/* ---- Lists, applied in order ---- */

static Value list_forward(State *S, const Transform *t, Value x) {
    for (uint32_t k = 0; k < transform_parts(t)->count; k++) x = transform_forward(S, transform_part(t, k), x);
    return x;
}

static Value list_inverse(State *S, const Transform *t, Value y) {
    for (uint32_t k = transform_parts(t)->count; k-- > 0;) y = transform_inverse(S, transform_part(t, k), y);
    return y;
}

/* A part's slope, of x, summed over what the whole list takes at once: down to `rank` dimensions. A number stands for each
   element. */
static Value summed_slope(State *S, const Transform *part, Value x, Value slope, unsigned rank) {
    const Layout *l = value_layout(S, x), *of_slope = value_layout(S, slope);
    unsigned own = l->rank - transform_ranks(part).in;
    if (own <= rank) return slope;
    if (of_slope->rank == 0) {
        size_t n = 1;
        for (unsigned k = rank; k < own; k++) n *= l->dims[k];
        return times(S, slope, value_number((double)n));
    }
    if (rank == 0) return operation_sum(S, slope);
    size_t dims[LAYOUT_RANK], n = 1;
    for (unsigned k = 0; k < rank; k++) dims[k] = of_slope->dims[k];
    for (unsigned k = rank; k < of_slope->rank; k++) n *= of_slope->dims[k];
    dims[rank] = n;
    return rows_sum(S, operation_reshape(S, slope, rank + 1, dims));
}

static Value list_slope(State *S, const Transform *t, Value x, Value y) {
    Value sum = value_number(0);
    const TransformRanks ranks = transform_ranks(&(Transform){.row = t->row, .arguments = {t->arguments[0], t->arguments[1]}});
    unsigned rank = value_layout(S, x)->rank;
    rank = rank > ranks.in ? rank - ranks.in : 0;
    for (uint32_t k = 0, n = transform_parts(t)->count; k < n; k++) {
        const Transform *part = transform_part(t, k);
        Value next = k + 1 == n ? y : transform_forward(S, part, x);
        Value slope = transform_log_slope(S, part, x, next);
        if (ranks.in) slope = summed_slope(S, part, x, slope, rank);
        sum = k ? plus(S, sum, slope) : slope;
        x = next;
    }
    return sum;
}

/* ---- The rows ---- */

const TransformRow transform_rows[] = {
    {"exp", "log", by_name, by_inverse_name, slope_x, "real", "positive", 0, INFINITY},
    {"expm1", "log1p", by_name, by_inverse_name, slope_x, NULL, NULL, -1, INFINITY},
    {"normal_cdf", "normal_quantile", by_name, by_inverse_name, slope_normal, "real", "unit_interval", 0, 1},
    {"sigmoid", "logit", by_name, by_inverse_name, slope_sigmoid, "real", "unit_interval", 0, 1},
    {"softplus", NULL, by_name, inverse_softplus, slope_softplus, "real", "positive", 0, INFINITY},
    {"sqrt", NULL, by_name, inverse_sqrt, slope_sqrt, "nonnegative", "nonnegative", 0, INFINITY},
    {"tanh", NULL, by_name, inverse_tanh, slope_tanh, NULL, NULL, -1, 1},
    {.name = NULL},
};

const TransformRow transform_identity = {"real", NULL, same, same, slope_zero, "real", "real", -INFINITY, INFINITY};
const TransformRow transform_affine = {"affine", NULL, affine_forward, affine_inverse, affine_slope, NULL, NULL, -INFINITY, INFINITY};
const TransformRow transform_list = {"list", NULL, list_forward, list_inverse, list_slope, NULL, NULL, -INFINITY, INFINITY};

const TransformRow transform_of_constraint = {
    "constraint", NULL, constraint_forward, constraint_backward, constraint_slope, NULL, NULL, -INFINITY, INFINITY};
