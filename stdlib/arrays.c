/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Making arrays, putting them together, and asking for their shape. */
#include <math.h>

#include "runtime/elementwise.h"
#include "runtime/error.h"
#include "runtime/shape.h"
#include "runtime/state.h"
#include "stdlib/rows.h"
#include "stdlib/stdlib.h"
#include "stdlib/transpose.h"

enum { LENGTH_LIMIT = 1 << 30 };

static size_t length_argument(State *S, Value v, const char *what) {
    return (size_t)value_to_integer(S, v, what, 0, LENGTH_LIMIT);
}

/* ---- making ---- */

/* A vector of n, or a matrix of n rows and m columns, all of them `value`. */
static Value filled(State *S, Value value, Value n, Value m) {
    size_t rows = length_argument(S, n, "the length");
    if (!argument_given(m)) return rows_spread(S, value, rows);
    return rows_spread(S, rows_spread(S, value, rows), length_argument(S, m, "the number of columns"));
}

static Value native_zeros(State *S, const Value *a, unsigned n) {
    (void)n;
    return filled(S, value_number(0), a[0], a[1]);
}

static Value native_ones(State *S, const Value *a, unsigned n) {
    (void)n;
    return filled(S, value_number(1), a[0], a[1]);
}

static Value native_full(State *S, const Value *a, unsigned n) {
    (void)n;
    Value value = elementwise_plain(a[0]);
    if (!value_is_numeric(value) || value_layout(S, value)->rank) native_type_error(S, "full", "value", "a number", a[0]);
    return filled(S, value, a[1], a[2]);
}

static Value native_eye(State *S, const Value *a, unsigned n) {
    (void)n;
    return operation_diagonal(S, filled(S, value_number(1), a[0], value_unassigned()));
}

static Value native_linspace(State *S, const Value *a, unsigned n) {
    (void)n;
    double from = value_to_number(S, a[0], "the start"), to = value_to_number(S, a[1], "the end");
    size_t size = length_argument(S, a[2], "the number of points");
    Array *out = array_new(S, layout_vector(S, size));
    for (size_t i = 0; i < size; i++) {
        double share = size > 1 ? (double)i / (double)(size - 1) : 0;
        out->data[i] = i + 1 == size && size > 1 ? to : from + share * (to - from);
    }
    return value_array(out, 0);
}

static Value native_arange(State *S, const Value *a, unsigned n) {
    (void)n;
    double from = 0, to = value_to_number(S, a[0], "the end"), step = 1;
    if (argument_given(a[1])) {
        from = to;
        to = value_to_number(S, a[1], "the end");
    }
    if (argument_given(a[2])) step = value_to_number(S, a[2], "the step");
    double count = ceil((to - from) / step);
    if (step == 0 || !(count < LENGTH_LIMIT)) error_raise(S, "bad-argument", NULL, "'arange' never arrives with a step of %.15g", step);
    size_t size = count > 0 ? (size_t)count : 0;
    Array *out = array_new(S, layout_vector(S, size));
    for (size_t i = 0; i < size; i++) out->data[i] = from + (double)i * step;
    return value_array(out, 0);
}

/* ---- putting together ---- */

/* The values of a rest parameter, or of the one list that is given instead. */
static const Value *parts(State *S, const char *function, const Value *a, unsigned n, size_t *count) {
    const Value *values = a;
    *count = n;
    if (n == 1 && a[0].tag == VALUE_LIST) {
        values = a[0].as.list->items;
        *count = a[0].as.list->count;
    }
    for (size_t k = 0; k < *count; k++)
        if (!value_is_numeric(values[k]) && values[k].tag != VALUE_MISSING)
            native_type_error(S, function, "values", "numbers, vectors and matrices", values[k]);
    return values;
}

static Value native_stack(State *S, const Value *a, unsigned n) {
    size_t count;
    const Value *values = parts(S, "stack", a, n, &count);
    return operation_stack(S, values, count);
}

static Value native_concat(State *S, const Value *a, unsigned n) {
    size_t count;
    const Value *values = parts(S, "concat", a, n, &count);
    return operation_concat(S, values, count);
}

static Value native_reshape(State *S, const Value *a, unsigned n) {
    size_t dims[LAYOUT_RANK];
    if (!value_is_numeric(a[0])) native_type_error(S, "reshape", "x", "a number, vector or matrix", a[0]);
    if (n - 1 > LAYOUT_RANK) error_raise(S, "bad-argument", NULL, "an array has at most %d dimensions", LAYOUT_RANK);
    for (unsigned k = 1; k < n; k++) dims[k - 1] = length_argument(S, a[k], "a length");
    return operation_reshape(S, a[0], n - 1, dims);
}

static Value vector_argument(State *S, const char *function, const char *argument, Value v) {
    if (v.tag != VALUE_ARRAY || v.as.array->layout->rank != 1) native_type_error(S, function, argument, "a vector", v);
    return v;
}

static Value native_outer(State *S, const Value *a, unsigned n) {
    (void)n;
    Value x = vector_argument(S, "outer", "a", a[0]), y = vector_argument(S, "outer", "b", a[1]);
    Value left = rows_spread(S, x, rows_length(y.as.array->layout));
    Value right = operation_cross_out(S, y, NULL, rows_length(x.as.array->layout), 0);
    return operation_binary(S, &elementwise_operators[OPERATOR_MULTIPLY], left, right);
}

static Value native_transpose(State *S, const Value *a, unsigned n) {
    (void)n;
    if (a[0].tag != VALUE_ARRAY || a[0].as.array->layout->rank != 2) native_type_error(S, "transpose", "m", "a matrix", a[0]);
    return operation_transpose(S, a[0]);
}

static Value native_diag(State *S, const Value *a, unsigned n) {
    (void)n;
    if (a[0].tag != VALUE_ARRAY || a[0].as.array->layout->rank < 1 || a[0].as.array->layout->rank > 2)
        native_type_error(S, "diag", "x", "a vector or matrix", a[0]);
    return operation_diagonal(S, a[0]);
}

/* ---- asking ---- */

static size_t code_points(const String *s) {
    size_t n = 0;
    for (size_t i = 0; i < s->length; i++) n += ((unsigned char)s->text[i] & 0xc0) != 0x80;
    return n;
}

static Value native_len(State *S, const Value *a, unsigned n) {
    (void)n;
    switch (a[0].tag) {
        case VALUE_LIST: return value_number(a[0].as.list->count);
        case VALUE_RECORD: return value_number(a[0].as.record->count);
        case VALUE_STRING: return value_number((double)code_points(a[0].as.string));
        case VALUE_MISSING: return a[0]; /* data that were left out: a plate over them has one element */
        case VALUE_ARRAY:
            if (a[0].as.array->layout->rank) return value_number((double)a[0].as.array->layout->dims[0]);
            break;
        default: break;
    }
    native_type_error(S, "len", "x", "something with elements", a[0]);
}

static Value native_shape(State *S, const Value *a, unsigned n) {
    (void)n;
    const Layout *l = value_layout(S, a[0]);
    Array *out = array_new(S, layout_vector(S, l->rank));
    for (uint32_t d = 0; d < l->rank; d++) out->data[d] = (double)l->dims[d];
    return value_array(out, 0);
}

static Value dimension(State *S, const char *function, Value v, unsigned d) {
    if (v.tag != VALUE_ARRAY || v.as.array->layout->rank != 2) native_type_error(S, function, "m", "a matrix", v);
    return value_number((double)v.as.array->layout->dims[d]);
}

static Value native_rows(State *S, const Value *a, unsigned n) {
    (void)n;
    return dimension(S, "rows", a[0], 0);
}

static Value native_cols(State *S, const Value *a, unsigned n) {
    (void)n;
    return dimension(S, "cols", a[0], 1);
}

const NativeRow native_arrays[] = {
    {"zeros", "n, m?", native_zeros, "a vector of n zeros, or a matrix of n rows and m columns", true, false},
    {"ones", "n, m?", native_ones, "a vector of n ones, or a matrix of n rows and m columns", true, false},
    {"full", "value, n, m?", native_full, "a vector of n times the value, or a matrix of n rows and m columns", true, false},
    {"eye", "n", native_eye, "the identity matrix of n rows", true, false},
    {"linspace", "start, end, n", native_linspace, "n numbers at equal distances from start to end, both included", true, false},
    {"arange", "start, end?, step?", native_arange, "start, start + step, … below end; with one argument from 0", true, false},
    {"stack", "values...", native_stack, "values of one shape as the elements (or rows) of one array", false, false},
    {"concat", "values...", native_concat, "vectors behind each other, matrices below each other", false, false},
    {"reshape", "x, dims...", native_reshape, "the same elements as an array of another shape", false, false},
    {"outer", "a, b", native_outer, "the matrix of all products a[i] * b[j]", true, false},
    {"transpose", "m", native_transpose, "the matrix with rows and columns exchanged", true, false},
    {"diag", "x", native_diag, "a vector as the diagonal of a matrix, or the diagonal of a matrix", true, false},
    {"len", "x", native_len, "how many elements (of a matrix, rows; of a record, fields; of a text, characters)", true, false},
    {"shape", "x", native_shape, "the lengths of an array's dimensions", true, false},
    {"rows", "m", native_rows, "how many rows a matrix has", true, false},
    {"cols", "m", native_cols, "how many columns a matrix has", true, false},
    {0},
};
