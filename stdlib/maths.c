/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Mathematics that is more than one elementwise kernel. */
#include <math.h>
#include <stdlib.h>

#include "runtime/elementwise.h"
#include "runtime/error.h"
#include "runtime/lanes_on.h"
#include "runtime/state.h"
#include "runtime/tape_score.h"
#include "stdlib/order.h"
#include "stdlib/rows.h"
#include "stdlib/stdlib.h"

static Value internal(State *S, ElementwiseInternal which, Value a, Value b) {
    return operation_elementwise(S, &elementwise_internal[which], (Value[]){a, b});
}

static Value numeric(State *S, const char *function, const char *argument, Value v) {
    if (!value_is_numeric(v) && v.tag != VALUE_MISSING) native_type_error(S, function, argument, "a number, vector or matrix", v);
    return v;
}

/* ---- the smaller and the larger ---- */

static Value extreme(State *S, const char *function, const Value *a, unsigned n, bool largest) {
    for (unsigned k = 0; k < n; k++) numeric(S, function, "x", a[k]);
    if (n == 1) return order_extreme(S, function, a[0], value_unassigned(), largest);
    Value best = a[0];
    for (unsigned k = 1; k < n; k++) best = internal(S, largest ? INTERNAL_MAXIMUM : INTERNAL_MINIMUM, best, a[k]);
    return best;
}

static Value native_min(State *S, const Value *a, unsigned n) {
    return extreme(S, "min", a, n, false);
}

static Value native_max(State *S, const Value *a, unsigned n) {
    return extreme(S, "max", a, n, true);
}

static Value native_argmin(State *S, const Value *a, unsigned n) {
    (void)n;
    return order_extreme_position(S, "argmin", a[0], a[1], false);
}

static Value native_argmax(State *S, const Value *a, unsigned n) {
    (void)n;
    return order_extreme_position(S, "argmax", a[0], a[1], true);
}

static Value native_cummin(State *S, const Value *a, unsigned n) {
    (void)n;
    return order_running(S, "cummin", a[0], false);
}

static Value native_cummax(State *S, const Value *a, unsigned n) {
    (void)n;
    return order_running(S, "cummax", a[0], true);
}

static Value native_clip(State *S, const Value *a, unsigned n) {
    (void)n;
    for (unsigned k = 0; k < 3; k++) numeric(S, "clip", k == 0 ? "x" : k == 1 ? "low" : "high", a[k]);
    return internal(S, INTERNAL_MINIMUM, internal(S, INTERNAL_MAXIMUM, a[0], a[1]), a[2]);
}

/* ---- order ---- */

static bool descending(State *S, Value v) {
    return argument_given(v) && value_to_truth(S, v, "'descending'");
}

static Value native_sort(State *S, const Value *a, unsigned n) {
    (void)n;
    return order_sorted(S, a[0], descending(S, a[1]));
}

static Value native_order(State *S, const Value *a, unsigned n) {
    (void)n;
    return order_positions(S, a[0], descending(S, a[1]));
}

static Value native_reverse(State *S, const Value *a, unsigned n) {
    (void)n;
    return order_reversed(S, a[0]);
}

static Value native_median(State *S, const Value *a, unsigned n) {
    (void)n;
    return order_quantiles(S, "median", a[0], a[1], (const double[]){0.5}, 1, true);
}

static Value native_quantile(State *S, const Value *a, unsigned n) {
    (void)n;
    if (!value_is_numeric(a[1]) || value_has_lanes(a[1])) native_type_error(S, "quantile", "p", "a number or vector without lanes", a[1]);
    const Layout *l = value_layout(S, a[1]);
    if (l->rank > 1) native_type_error(S, "quantile", "p", "a number or vector", a[1]);
    double scratch[LANE_BLOCK];
    const double *p = value_data(a[1], scratch);
    for (size_t j = 0; j < l->components; j++)
        if (!(p[j] >= 0 && p[j] <= 1))
            error_raise(S, "bad-argument", NULL, "'quantile' needs probabilities from 0 to 1, not %.15g", p[j]);
    return order_quantiles(S, "quantile", a[0], value_unassigned(), p, l->components, l->rank == 0);
}

static Value native_unique(State *S, const Value *a, unsigned n) {
    (void)n;
    if (a[0].tag == VALUE_LIST && !a[0].as.list->slots) {
        for (uint32_t k = 0; k < a[0].as.list->count; k++)
            if (a[0].as.list->items[k].tag != VALUE_STRING && a[0].as.list->items[k].tag != VALUE_MISSING)
                error_raise(S, "wrong-type", NULL, "'unique' takes numbers, or a list of strings, and this list has a %s in it",
                            value_type_name(a[0].as.list->items[k]));
        return order_unique_texts(S, a[0].as.list);
    }
    Value rows = rows_of(S, "unique", a[0], value_unassigned());
    if (value_has_lanes(rows))
        error_raise(S, "lanes-differ", "Take it outside of the plate.", "how many distinct elements there are may differ between lanes");
    if (tape_in_score_mode(&S->tape)) score_read(S, a[0]); /* how many there are */
    return order_unique(S, rows.as.array);
}

/* How often each of 0, 1, …, size - 1 occurs. */
static Value native_tabulate(State *S, const Value *a, unsigned n) {
    (void)n;
    size_t size = (size_t)value_to_integer(S, a[1], "the number of values to tabulate", 0, 1L << 30);
    Value rows = rows_of(S, "tabulate", a[0], value_unassigned());
    const Layout *in = rows.as.array->layout, *to = layout_with_event(S, in, 1, &size);
    Array *out = array_zero(S, to);
    const double *on = lanes_on(S, layout_with_event(S, in, 0, NULL));
    for (size_t i = 0; i < rows_length(in); i++)
        for (size_t lane = 0; lane < in->stride; lane++) {
            double x = rows.as.array->data[i * in->stride + lane];
            if (!lane_is_real(in, lane) || (on && on[lane] == 0)) continue;
            if (!(x >= 0 && x < (double)size) || x != floor(x))
                error_raise(S, "bad-argument", NULL, "'tabulate' counts the whole numbers 0 to %zd, and here is %.15g",
                            (ptrdiff_t)size - 1, x);
            out->data[(size_t)x * to->stride + lane]++;
        }
    return value_array(out, 0);
}

/* ---- rounding and choosing ---- */

static Value native_round(State *S, const Value *a, unsigned n) {
    (void)n;
    numeric(S, "round", "x", a[0]);
    if (!argument_given(a[1])) return operation_unary(S, &elementwise_internal[INTERNAL_ROUND], a[0]);
    long digits = value_to_integer(S, a[1], "'digits'", -300, 300);
    Value power = value_number(pow(10, (double)labs(digits))), x = value_detached(a[0]);
    const Elementwise *up = &elementwise_operators[digits < 0 ? OPERATOR_DIVIDE : OPERATOR_MULTIPLY];
    const Elementwise *down = &elementwise_operators[digits < 0 ? OPERATOR_MULTIPLY : OPERATOR_DIVIDE];
    Value rounded = operation_unary(S, &elementwise_internal[INTERNAL_ROUND], operation_binary(S, up, x, power));
    return operation_binary(S, down, rounded, power);
}

static Value native_where(State *S, const Value *a, unsigned n) {
    (void)n;
    bool truth = a[0].tag == VALUE_BOOLEAN || (a[0].tag == VALUE_ARRAY && a[0].as.array->boolean);
    if (!truth) native_type_error(S, "where", "condition", "true or false, or an array of these", a[0]);
    return operation_select(S, a[0], numeric(S, "where", "a", a[1]), numeric(S, "where", "b", a[2]));
}

static Value native_is_missing(State *S, const Value *a, unsigned n) {
    (void)n;
    if (a[0].tag == VALUE_MISSING) return value_boolean(true);
    if (!value_is_numeric(a[0])) return value_boolean(false);
    return operation_unary(S, &elementwise_internal[INTERNAL_IS_MISSING], a[0]);
}

const NativeRow native_maths[] = {
    {"min", "x, others...", native_min, "the smallest element of x, or, of several arguments, the smaller in each place", true, false},
    {"max", "x, others...", native_max, "the largest element of x, or, of several arguments, the larger in each place", true, false},
    {"argmin", "x, axis?", native_argmin, "position of the smallest element", true, false},
    {"argmax", "x, axis?", native_argmax, "position of the largest element", true, false},
    {"cummin", "x", native_cummin, "the smallest of the first 1, 2, … elements", true, false},
    {"cummax", "x", native_cummax, "the largest of the first 1, 2, … elements", true, false},
    {"clip", "x, low, high", native_clip, "x moved into the interval from low to high", false, false},
    {"sort", "x, descending?", native_sort, "the elements in ascending order", true, false},
    {"order", "x, descending?", native_order, "the positions that sort x: x[order(x)] is sort(x)", true, false},
    {"reverse", "x", native_reverse, "the elements from the last to the first", true, false},
    {"median", "x, axis?", native_median, "the middle element, or the mean of the two in the middle", true, false},
    {"quantile", "x, p", native_quantile, "the value below which a share p of the elements lies", true, false},
    {"unique", "x", native_unique, "the distinct elements in ascending order, of numbers or of a list of strings", true, false},
    {"tabulate", "x, n", native_tabulate, "how often each of 0, 1, …, n - 1 occurs in x", true, false},
    {"round", "x, digits?", native_round, "nearest whole number (the even one of two), or to so many decimal digits", false, false},
    {"where", "condition, a, b", native_where, "a where the condition holds, b elsewhere", false, false},
    {"is_missing", "x", native_is_missing, "whether x is missing", true, false},
    {0},
};
