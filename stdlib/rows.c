/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stdlib/rows.h"

#include <string.h>

#include "runtime/broadcast.h"
#include "runtime/elementwise.h"
#include "runtime/error.h"
#include "runtime/linear_map.h"
#include "runtime/state.h"
#include "stdlib/transpose.h"

size_t rows_length(const Layout *layout) {
    return layout->dims[layout->rank - 1];
}

size_t rows_count(const Layout *layout) {
    size_t n = 1;
    for (uint32_t d = 0; d + 1 < layout->rank; d++) n *= layout->dims[d];
    return n;
}

const Layout *rows_layout(State *S, const Layout *layout) {
    return layout_with_event(S, layout, layout->rank - 1u, layout->dims);
}

double *rows_scratch(State *S, size_t n) {
    return array_new(S, layout_vector(S, n))->data;
}

Value rows_of(State *S, const char *function, Value v, Value axis) {
    v = elementwise_plain(v);
    if (!value_is_numeric(v)) native_type_error(S, function, "x", "a number, vector or matrix", v);
    const Layout *layout = value_layout(S, v);
    if (!argument_given(axis) || layout->rank < 2) {
        if (argument_given(axis) && layout->rank == 1) value_to_integer(S, axis, "the axis of a vector", 0, 0);
        return layout->rank == 1 ? v : operation_reshape(S, v, 1, &layout->components);
    }
    long a = value_to_integer(S, axis, "the axis", 0, layout->rank - 1);
    if (layout->rank == 2) return a == 1 ? v : operation_transpose(S, v);
    if (a != layout->rank - 1)
        error_raise(S, "bad-argument", NULL, "'%s' works on an array of %u dimensions along the last one only", function,
                    layout->rank);
    return v;
}

/* ---- sums ---- */

typedef struct RowSum {
    LinearMap map;
    size_t rows, in_step, out_step;
    const Layout *row, *one; /* of a row, and of its sum */
} RowSum;

static const Weight whole = {EDGE_SCALE, 1, NULL};

static void row_sum_forward(const LinearMap *map, const double *in, double *out) {
    const RowSum *m = (const RowSum *)map;
    for (size_t r = 0; r < m->rows; r++)
        broadcast_sum(m->one, out + r * m->out_step, m->row, in + r * m->in_step, whole);
}

static void row_sum_backward(const LinearMap *map, const double *out, double *in) {
    const RowSum *m = (const RowSum *)map;
    for (size_t r = 0; r < m->rows; r++) {
        double *to = in + r * m->in_step;
        const double *from = out + r * m->out_step;
        if (m->row->n_axes)
            broadcast_add(m->row, to, m->one, from, whole);
        else
            for (size_t i = 0; i < m->row->components; i++) to[i] += *from; /* rows have no padding between them */
    }
}

Value rows_sum(State *S, Value v) {
    const Layout *in = v.as.array->layout;
    if (in->rank == 1) return operation_sum(S, v);
    const Layout *to = rows_layout(S, in);
    size_t n = rows_length(in);
    RowSum sum = {.map = {row_sum_forward, row_sum_backward}, .rows = rows_count(in), .in_step = n * in->stride,
                  .out_step = to->stride, .row = layout_with_event(S, in, 1, &n), .one = layout_with_event(S, in, 0, NULL)};
    Array *out = array_zero(S, to);
    row_sum_forward(&sum.map, v.as.array->data, out->data);
    uint64_t node = 0;
    if (tape_has(S, v)) {
        RowSum *edge = tape_allocate(S, sizeof *edge);
        *edge = sum;
        node = tape_node(S, to);
        tape_edge_map(S, v, &edge->map);
    }
    return value_array(out, node);
}

Value rows_spread(State *S, Value v, size_t n) {
    const Layout *from = value_layout(S, v);
    size_t dims[LAYOUT_RANK + 1];
    memcpy(dims, from->dims, sizeof from->dims);
    dims[from->rank] = n;
    const Layout *to = layout_with_event(S, from, from->rank + 1u, dims);
    StridedMap map;
    strided_begin(&map);
    strided_loop(&map, from->components, n * to->stride, from->stride);
    strided_loop(&map, n, to->stride, 0);
    strided_lanes(&map, to, from);
    double scratch[LANE_BLOCK];
    Array *out = array_new(S, to);
    strided_copy(&map, value_data(v, scratch), out->data);
    uint64_t node = 0;
    if (tape_has(S, v)) {
        const LinearMap *edge = strided_on_tape(S, &map);
        node = tape_node(S, to);
        tape_edge_map(S, v, edge);
    }
    return value_array(out, node);
}

/* ---- choosing ---- */

Value rows_gather(State *S, Value v, const Layout *layout, const size_t *table) {
    GatherMap map;
    strided_begin(&map.strided);
    map.table_inside = true;
    map.table = table;
    map.n_positions = 0;
    map.positions[map.n_positions++] =
        (MapLoop){layout->components, {(ptrdiff_t)layout->stride, (ptrdiff_t)layout->stride}};
    for (uint32_t k = 0; k < layout->n_axes; k++) {
        ptrdiff_t stride = (ptrdiff_t)layout->axis_stride[k];
        map.positions[map.n_positions++] = (MapLoop){layout->axes[k]->size, {stride, stride}};
    }
    Array *in = v.as.array, *out = array_new(S, layout);
    gather_copy(&map, in->data, out->data);
    out->boolean = in->boolean;
    out->missing = in->missing == MISSING_NO ? MISSING_NO : MISSING_UNKNOWN;
    uint64_t node = 0;
    if (tape_has(S, v)) {
        const LinearMap *edge = gather_on_tape(S, &map, layout->size);
        node = tape_node(S, layout);
        tape_edge_map(S, v, edge);
    }
    return value_unboxed(out, node);
}

static const Layout *chosen_layout(State *S, const Layout *in, size_t n_chosen, bool drop) {
    size_t dims[LAYOUT_RANK];
    memcpy(dims, in->dims, sizeof dims);
    dims[in->rank - 1] = n_chosen;
    return layout_with_event(S, in, in->rank - (drop && n_chosen == 1 ? 1u : 0u), dims);
}

/* Calls `choice` for each row and lane and hands what it chooses to `put`: element k of the result, and the position. */
typedef void Put(void *where, size_t element, size_t position, size_t in_step, size_t row_start);

static void choose_all(State *S, Value v, const Layout *to, size_t n_chosen, RowChoice *choice, void *context, Put *put,
                       void *where) {
    const Array *array = v.as.array;
    const Layout *in = array->layout;
    size_t n = rows_length(in), rows = rows_count(in);
    double *row = rows_scratch(S, n + n_chosen + n);
    size_t *positions = (size_t *)(void *)(row + n);
    for (size_t r = 0; r < rows; r++)
        for (size_t lane = 0; lane < in->stride; lane++) {
            if (!lane_is_real(in, lane)) continue;
            size_t start = r * n * in->stride + lane;
            for (size_t i = 0; i < n; i++) row[i] = array->data[start + i * in->stride];
            choice(row, n, positions, n_chosen, context);
            for (size_t j = 0; j < n_chosen; j++)
                put(where, (r * n_chosen + j) * to->stride + lane, positions[j], in->stride, start);
        }
}

static void put_place(void *where, size_t element, size_t position, size_t in_step, size_t row_start) {
    ((size_t *)where)[element] = row_start + position * in_step;
}

static void put_position(void *where, size_t element, size_t position, size_t in_step, size_t row_start) {
    (void)in_step;
    (void)row_start;
    ((double *)where)[element] = (double)position;
}

Value rows_choose(State *S, Value v, size_t n_chosen, bool drop, RowChoice *choice, void *context) {
    const Layout *to = chosen_layout(S, v.as.array->layout, n_chosen, drop);
    size_t *table = (size_t *)(void *)rows_scratch(S, to->size);
    memset(table, 0, to->size * sizeof *table);
    choose_all(S, v, to, n_chosen, choice, context, put_place, table);
    return rows_gather(S, v, to, table);
}

Value rows_positions(State *S, Value v, size_t n_chosen, bool drop, RowChoice *choice, void *context) {
    const Layout *to = chosen_layout(S, v.as.array->layout, n_chosen, drop);
    Array *out = array_new(S, to);
    choose_all(S, v, to, n_chosen, choice, context, put_position, out->data);
    out->missing = MISSING_NO;
    return value_unboxed(out, 0);
}
