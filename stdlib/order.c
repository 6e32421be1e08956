/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What depends on the order of elements: the derivative goes to the elements that were chosen. */
#include "stdlib/order.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/elementwise.h"
#include "runtime/error.h"
#include "runtime/state.h"
#include "stdlib/rows.h"

/* ---- choices along a row ---- */

/* NaN comes last; equal elements keep their order. */
static bool goes_after(const double *x, size_t a, size_t b) {
    if (x[a] != x[a] || x[b] != x[b]) {
        if (x[a] == x[a]) return false;
        return x[b] == x[b] || a > b;
    }
    return x[a] > x[b] || (x[a] == x[b] && a > b);
}

static void sift(const double *x, size_t *heap, size_t root, size_t n) {
    for (size_t child; (child = 2 * root + 1) < n; root = child) {
        if (child + 1 < n && goes_after(x, heap[child + 1], heap[child])) child++;
        if (!goes_after(x, heap[child], heap[root])) return;
        size_t swap = heap[root];
        heap[root] = heap[child];
        heap[child] = swap;
    }
}

/* Heapsort of positions: in place, and never quadratic. */
static void sort_positions(const double *x, size_t n, size_t *positions) {
    for (size_t i = 0; i < n; i++) positions[i] = i;
    for (size_t i = n / 2; i-- > 0;) sift(x, positions, i, n);
    for (size_t end = n; end-- > 1;) {
        size_t swap = positions[0];
        positions[0] = positions[end];
        positions[end] = swap;
        sift(x, positions, 0, end);
    }
}

static void choose_sorted(const double *row, size_t n, size_t *positions, size_t n_positions, void *context) {
    (void)n_positions;
    sort_positions(row, n, positions);
    if (*(const bool *)context)
        for (size_t i = 0; i < n / 2; i++) {
            size_t swap = positions[i];
            positions[i] = positions[n - 1 - i];
            positions[n - 1 - i] = swap;
        }
}

/* The smallest or largest, the first of equal ones; the first NaN if there is one. */
static void choose_extreme(const double *row, size_t n, size_t *positions, size_t n_positions, void *context) {
    bool largest = *(const bool *)context;
    size_t best = 0;
    (void)n_positions;
    for (size_t i = 1; i < n && row[best] == row[best]; i++)
        if ((largest ? row[i] > row[best] : row[i] < row[best]) || row[i] != row[i]) best = i;
    positions[0] = best;
}

static void choose_running(const double *row, size_t n, size_t *positions, size_t n_positions, void *context) {
    bool largest = *(const bool *)context;
    (void)n_positions;
    for (size_t i = 0, best = 0; i < n; i++) {
        if (row[best] == row[best] && ((largest ? row[i] > row[best] : row[i] < row[best]) || row[i] != row[i])) best = i;
        positions[i] = best;
    }
}

static void choose_reversed(const double *row, size_t n, size_t *positions, size_t n_positions, void *context) {
    (void)row;
    (void)n_positions;
    (void)context;
    for (size_t i = 0; i < n; i++) positions[i] = n - 1 - i;
}

/* ---- functions ---- */

static Value rows_with(State *S, const char *function, Value v, Value axis, size_t *n) {
    Value rows = rows_of(S, function, v, axis);
    *n = rows_length(rows.as.array->layout);
    if (*n == 0) error_raise(S, "bad-argument", NULL, "'%s' needs at least one element", function);
    return rows;
}

Value order_extreme(State *S, const char *function, Value v, Value axis, bool largest) {
    size_t n;
    return rows_choose(S, rows_with(S, function, v, axis, &n), 1, true, choose_extreme, &largest);
}

Value order_extreme_position(State *S, const char *function, Value v, Value axis, bool largest) {
    size_t n;
    return rows_positions(S, rows_with(S, function, v, axis, &n), 1, true, choose_extreme, &largest);
}

Value order_running(State *S, const char *function, Value v, bool largest) {
    size_t n;
    Value rows = rows_with(S, function, v, value_unassigned(), &n);
    return rows_choose(S, rows, n, false, choose_running, &largest);
}

Value order_sorted(State *S, Value v, bool descending) {
    Value rows = rows_of(S, "sort", v, value_unassigned());
    return rows_choose(S, rows, rows_length(rows.as.array->layout), false, choose_sorted, &descending);
}

Value order_positions(State *S, Value v, bool descending) {
    Value rows = rows_of(S, "order", v, value_unassigned());
    return rows_positions(S, rows, rows_length(rows.as.array->layout), false, choose_sorted, &descending);
}

Value order_reversed(State *S, Value v) {
    Value rows = rows_of(S, "reverse", v, value_unassigned());
    return rows_choose(S, rows, rows_length(rows.as.array->layout), false, choose_reversed, NULL);
}

/* ---- quantiles ---- */

/* The elements that stand at ranks[0 … n) when the row is sorted; NaN everywhere if the row has one. */
typedef struct Ranks {
    const size_t *ranks;
    size_t *sorted;
} Ranks;

static void choose_ranks(const double *row, size_t n, size_t *positions, size_t n_positions, void *context) {
    const Ranks *r = context;
    sort_positions(row, n, r->sorted);
    size_t last = r->sorted[n - 1];
    for (size_t j = 0; j < n_positions; j++) positions[j] = row[last] == row[last] ? r->sorted[r->ranks[j]] : last;
}

Value order_quantiles(State *S, const char *function, Value v, Value axis, const double *p, size_t n_p, bool drop) {
    size_t n;
    Value rows = rows_with(S, function, v, axis, &n);
    double *room = rows_scratch(S, n + 2 * n_p);
    size_t *low = (size_t *)(void *)room, *high = low + n_p;
    Ranks ranks = {low, high + n_p};
    Array *part = array_new(S, layout_vector(S, n_p));
    for (size_t j = 0; j < n_p; j++) {
        double h = p[j] * (double)(n - 1);
        low[j] = (size_t)floor(h);
        part->data[j] = h - floor(h);
        high[j] = part->data[j] > 0 ? low[j] + 1 : low[j]; /* so that infinite neighbours do not matter */
    }
    Value below = rows_choose(S, rows, n_p, drop, choose_ranks, &ranks);
    ranks.ranks = high;
    Value above = rows_choose(S, rows, n_p, drop, choose_ranks, &ranks);
    Value share = drop ? value_number(part->data[0]) : value_array(part, 0);
    const Elementwise *ops = elementwise_operators;
    if (below.tag == VALUE_MISSING || above.tag == VALUE_MISSING) return value_missing();
    Value step = operation_binary(S, &ops[OPERATOR_SUBTRACT], above, below);
    return operation_binary(S, &ops[OPERATOR_ADD], below, operation_binary(S, &ops[OPERATOR_MULTIPLY], step, share));
}

/* ---- without lanes ---- */

static bool same_element(double x, double y) { return x == y || (isnan(x) && isnan(y) && number_is_missing(x) == number_is_missing(y)); }

Value order_unique(State *S, const Array *array) {
    size_t n = array->layout->components;
    double *room = rows_scratch(S, n);
    size_t *positions = (size_t *)(void *)room;
    sort_positions(array->data, n, positions);
    size_t distinct = 0;
    for (size_t i = 0; i < n; i++)
        if (i == 0 || !same_element(array->data[positions[i]], array->data[positions[i - 1]])) positions[distinct++] = positions[i];
    Array *out = array_new(S, layout_vector(S, distinct));
    for (size_t i = 0; i < distinct; i++) out->data[i] = array->data[positions[i]];
    out->boolean = array->boolean;
    out->missing = array->missing;
    return value_array(out, 0);
}

/* By bytes, which for UTF-8 is by code points; missing ones last. */
static int compare_texts(const void *a, const void *b) {
    const Value *x = a, *y = b;
    if (x->tag != y->tag) return x->tag == VALUE_STRING ? -1 : 1;
    return x->tag == VALUE_STRING ? strcmp(x->as.string->text, y->as.string->text) : 0;
}

Value order_unique_texts(State *S, const List *texts) {
    List *out = list_new(S, texts->count);
    for (uint32_t k = 0; k < texts->count; k++) list_append(S, out, texts->items[k]);
    if (out->count) qsort(out->items, out->count, sizeof *out->items, compare_texts);
    uint32_t distinct = 0;
    for (uint32_t k = 0; k < out->count; k++)
        if (k == 0 || compare_texts(&out->items[k], &out->items[k - 1]) != 0) out->items[distinct++] = out->items[k];
    out->count = distinct;
    return value_object(out);
}
