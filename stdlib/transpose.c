/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stdlib/transpose.h"

#include "runtime/linear_map.h"
#include "runtime/state.h"

static Value mapped(State *S, Value v, const Layout *to, const StridedMap *map) {
    Array *in = v.as.array, *out = array_zero(S, to);
    strided_copy(map, in->data, out->data);
    out->boolean = in->boolean;
    out->missing = in->missing == MISSING_NO ? MISSING_NO : MISSING_UNKNOWN;
    uint64_t node = 0;
    if (tape_has(S, v)) {
        const LinearMap *edge = strided_on_tape(S, map);
        node = tape_node(S, to);
        tape_edge_map(S, v, edge);
    }
    return value_array(out, node);
}

Value operation_transpose(State *S, Value v) {
    const Layout *from = v.as.array->layout;
    size_t rows = from->dims[0], columns = from->dims[1];
    const Layout *to = layout_with_event(S, from, 2, (size_t[]){columns, rows});
    StridedMap map;
    strided_begin(&map);
    strided_loop(&map, columns, rows * to->stride, from->stride);
    strided_loop(&map, rows, to->stride, columns * from->stride);
    strided_lanes(&map, to, from);
    return mapped(S, v, to, &map);
}

Value operation_diagonal(State *S, Value v) {
    const Layout *from = v.as.array->layout, *to;
    StridedMap map;
    strided_begin(&map);
    if (from->rank == 1) {
        size_t n = from->dims[0];
        to = layout_with_event(S, from, 2, (size_t[]){n, n});
        strided_loop(&map, n, (n + 1) * to->stride, from->stride);
    } else {
        size_t n = from->dims[0] < from->dims[1] ? from->dims[0] : from->dims[1];
        to = layout_with_event(S, from, 1, &n);
        strided_loop(&map, n, to->stride, (from->dims[1] + 1) * from->stride);
    }
    strided_lanes(&map, to, from);
    return mapped(S, v, to, &map);
}
