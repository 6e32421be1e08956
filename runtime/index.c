/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "runtime/error.h"
#include "runtime/operations.h"
#include "runtime/selection.h"
#include "runtime/state.h"

/* One number of a constant vector without lanes. */
static bool is_plain_element(const State *S, Value v, const Subscript *s, uint32_t n) {
    return n == 1 && v.tag == VALUE_ARRAY && v.as.array->layout->rank == 1 && v.as.array->layout->n_axes == 0 &&
           s->kind == SUBSCRIPT_INDEX && s->index.tag == VALUE_NUMBER && !tape_has(S, v);
}

static Value plain_element(State *S, const Array *array, const Subscript *s) {
    double x = array->data[index_position(S, s->index.as.number, s->from_end, array->layout->dims[0])];
    if (number_is_missing(x)) return value_missing();
    return array->boolean ? value_boolean(x != 0) : value_number(x);
}

/* The axis when v, an array without lanes, is subscripted by that plate's index alone and has enough elements. */
static Axis *view_axis(Value v, const Subscript *s, uint32_t n) {
    if (n != 1 || v.tag != VALUE_ARRAY || s->kind != SUBSCRIPT_INDEX || s->from_end) return NULL;
    const Layout *l = v.as.array->layout;
    Axis *axis = index_axis(s->index);
    return axis && l->n_axes == 0 && l->rank >= 1 && l->dims[0] >= axis->size ? axis : NULL;
}

static Array *chosen(State *S, Array *array, const Selection *selection) {
    Array *out = array_new(S, selection->to);
    selection_copy(selection, array->data, out->data);
    out->boolean = array->boolean;
    out->missing = array->missing == MISSING_NO ? MISSING_NO : MISSING_UNKNOWN;
    return out;
}

static Value on_tape(State *S, Value v, Array *out, const Selection *selection) {
    uint64_t node = 0;
    if (tape_has(S, v)) {
        const LinearMap *edge = selection_on_tape(S, selection);
        node = tape_node(S, out->layout);
        tape_edge_map(S, v, edge);
    }
    return value_unboxed(out, node);
}

/* The leading dimension as lanes, made once for each array: a vector's data are shared. */
static Value lane_view(State *S, Value v, const Subscript *s, Axis *axis) {
    Array *array = v.as.array;
    ArrayCache *cache = array_cache(S, array);
    bool live = tape_has(S, v);
    if (cache->view_axis == axis && !live) return value_array(cache->lane_view, 0);
    Selection selection;
    selection_make(S, &selection, array->layout, s, 1);
    if (cache->view_axis != axis) {
        Array *view = array->layout->rank == 1 ? array_view(S, array, selection.to) : chosen(S, array, &selection);
        view->header.shared = array->header.shared = true;
        cache->lane_view = view;
        cache->view_axis = axis;
    }
    return on_tape(S, v, cache->lane_view, &selection);
}

Value operation_index(State *S, Value v, const Subscript *subscripts, uint32_t n) {
    if (is_plain_element(S, v, subscripts, n)) return plain_element(S, v.as.array, subscripts);
    Axis *axis = view_axis(v, subscripts, n);
    if (axis) return lane_view(S, v, subscripts, axis);
    const Layout *layout = value_layout(S, v);
    Selection selection;
    selection_make(S, &selection, layout, subscripts, n);
    return on_tape(S, v, chosen(S, v.as.array, &selection), &selection);
}
