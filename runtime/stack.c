/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Putting values together into a longer array, and giving one another shape. */
#include <string.h>

#include "runtime/elementwise.h"
#include "runtime/error.h"
#include "runtime/linear_map.h"
#include "runtime/operations.h"
#include "runtime/shape.h"
#include "runtime/state.h"

static bool is_boolean(Value v) {
    return v.tag == VALUE_BOOLEAN || (v.tag == VALUE_ARRAY && v.as.array->boolean);
}

/* The lanes of all values, with the given event shape. */
static const Layout *joined_lanes(State *S, const Value *values, size_t n, uint32_t rank, const size_t dims[]) {
    const Layout *lanes = layout_scalar(S);
    for (size_t k = 0; k < n; k++) {
        if (values[k].tag != VALUE_ARRAY || values[k].as.array->layout->n_axes == 0) continue;
        lanes = layout_join_lanes(S, lanes, values[k].as.array->layout);
        if (!lanes) error_raise(S, "shape-mismatch", NULL, "values with lanes of different plates do not make one array");
    }
    return layout_with_event(S, lanes, rank, dims);
}

/* Puts v's components behind each other into `out`, from component `first` on. */
static void place_map(StridedMap *map, const Layout *to, size_t first, const Layout *from) {
    strided_begin(map);
    map->start[MAP_OUT] = first * to->stride;
    strided_loop(map, from->components, to->stride, from->stride);
    strided_lanes(map, to, from);
}

static Value join_parts(State *S, const Value *values, size_t n, const Layout *to) {
    Array *out = array_new(S, to);
    bool live = false, boolean = n > 0;
    MissingState missing = MISSING_NO;
    size_t first = 0;
    double scratch[LANE_BLOCK];
    StridedMap map;
    for (size_t k = 0; k < n; k++) {
        Value v = elementwise_plain(values[k]);
        const Layout *from = value_layout(S, v);
        place_map(&map, to, first, from);
        strided_copy(&map, value_data(v, scratch), out->data);
        first += from->components;
        live |= tape_has(S, v);
        boolean &= is_boolean(v);
        if (elementwise_missing(&v, 1) != MISSING_NO) missing = MISSING_UNKNOWN;
    }
    out->boolean = boolean;
    out->missing = (uint8_t)missing;
    if (!live) return value_array(out, 0);
    uint64_t node = tape_node(S, to);
    first = 0;
    for (size_t k = 0; k < n; k++) {
        const Layout *from = value_layout(S, elementwise_plain(values[k]));
        if (tape_has(S, values[k])) {
            place_map(&map, to, first, from);
            tape_edge_map(S, values[k], strided_on_tape(S, &map));
        }
        first += from->components;
    }
    return value_array(out, node);
}

Value operation_stack(State *S, const Value *values, size_t n) {
    size_t dims[LAYOUT_RANK] = {n};
    uint32_t rank = 1;
    for (size_t k = 0; k < n; k++) {
        const Layout *l = value_layout(S, elementwise_plain(values[k]));
        if (k == 0) {
            if (l->rank == LAYOUT_RANK)
                error_raise(S, "shape-mismatch", NULL, "an array has at most %d dimensions", LAYOUT_RANK);
            memcpy(dims + 1, l->dims, (LAYOUT_RANK - 1) * sizeof *dims);
            rank = l->rank + 1u;
        } else if (!layout_same_event(l, value_layout(S, elementwise_plain(values[0])))) {
            char a[SHAPE_TEXT], b[SHAPE_TEXT];
            error_raise(S, "shape-mismatch", NULL, "only values of one shape make an array, not a %s and a %s",
                        shape_text(value_layout(S, elementwise_plain(values[0])), a), shape_text(l, b));
        }
    }
    return join_parts(S, values, n, joined_lanes(S, values, n, rank, dims));
}

Value operation_concat(State *S, const Value *values, size_t n) {
    size_t dims[LAYOUT_RANK] = {0};
    uint32_t rank = 1;
    for (size_t k = 0; k < n; k++) {
        const Layout *l = value_layout(S, elementwise_plain(values[k]));
        uint32_t own = l->rank ? l->rank : 1;
        if (k == 0) {
            rank = own;
            memcpy(dims, l->dims, sizeof dims);
            dims[0] = 0;
        }
        bool fits = own == rank;
        for (uint32_t d = 1; d < rank && fits; d++) fits = l->dims[d] == dims[d];
        if (!fits) {
            char a[SHAPE_TEXT], b[SHAPE_TEXT];
            error_raise(S, "shape-mismatch", NULL, "a %s and a %s cannot be put behind each other",
                        shape_text(value_layout(S, elementwise_plain(values[0])), a), shape_text(l, b));
        }
        dims[0] += l->rank ? l->dims[0] : 1;
    }
    return join_parts(S, values, n, joined_lanes(S, values, n, rank, dims));
}

Value operation_reshape(State *S, Value v, uint32_t rank, const size_t dims[]) {
    const Layout *from = value_layout(S, v);
    if (layout_same_event(from, layout_intern(S, 0, NULL, rank, dims))) return v;
    const Layout *to = layout_with_event(S, from, rank, dims);
    if (to->components != from->components) {
        char a[SHAPE_TEXT], b[SHAPE_TEXT];
        error_raise(S, "shape-mismatch", NULL, "a %s cannot become a %s: it has %zu numbers, not %zu", shape_text(from, a),
                    shape_text(to, b), from->components, to->components);
    }
    Array *out;
    if (v.tag == VALUE_ARRAY) {
        out = array_view(S, v.as.array, to);
    } else {
        out = array_new(S, to);
        out->data[0] = v.tag == VALUE_BOOLEAN ? (double)v.as.boolean : v.as.number;
        out->boolean = v.tag == VALUE_BOOLEAN;
        out->missing = MISSING_NO;
    }
    uint64_t node = 0;
    if (tape_has(S, v)) {
        StridedMap map;
        place_map(&map, to, 0, from);
        const LinearMap *edge = strided_on_tape(S, &map);
        node = tape_node(S, to);
        tape_edge_map(S, v, edge);
    }
    return value_unboxed(out, node);
}
