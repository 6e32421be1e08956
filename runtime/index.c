/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "runtime/error.h"
#include "runtime/message.h"
#include "runtime/operations.h"
#include "runtime/selection.h"
#include "runtime/state.h"
#include "runtime/tape_score.h"

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

/* What a plate over a subset has left outside has the subset's elements only: there its index counts these. */
static const Subscript *within_subset(State *S, Value v, const Subscript *s, uint32_t n, Subscript own[]) {
    for (uint32_t k = 0; k < n; k++) {
        const Array *index = s[k].kind == SUBSCRIPT_INDEX && s[k].index.tag == VALUE_ARRAY ? s[k].index.as.array : NULL;
        if (!index || !index->cache || !index->cache->subset_of || v.tag != VALUE_ARRAY || k >= v.as.array->layout->rank) continue;
        Axis *axis = index->layout->axes[0];
        if (v.as.array->layout->dims[k] != axis->size) continue;
        if (s != own) memcpy(own, s, n * sizeof *own);
        own[k].index = axis_index(S, axis);
        s = own;
    }
    return s;
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
        if (!view->base) array_cache(S, view)->whole = array;
        cache->lane_view = view;
        cache->view_axis = axis;
    }
    return on_tape(S, v, cache->lane_view, &selection);
}

static Value index_result(State *S, Value v, const Subscript *subscripts, uint32_t n);

/* In score mode: which elements were chosen may hang on a draw, and a plate that takes its own elements back takes their
   lanes back. */
static Value scored_index(State *S, Value v, const Subscript *subscripts, uint32_t n) {
    Value chosen[LAYOUT_RANK];
    Axis *axes[LAYOUT_RANK];
    uint32_t n_chosen = 0, n_axes = 0;
    for (uint32_t k = 0; k < n && k < LAYOUT_RANK; k++) {
        const Subscript *s = &subscripts[k];
        if (s->kind != SUBSCRIPT_INDEX) continue;
        chosen[n_chosen++] = s->index;
        if (s->index.tag == VALUE_ARRAY && s->index.as.array->boolean) score_read(S, s->index);
        Axis *axis = s->from_end ? NULL : index_axis(s->index);
        if (axis && n_axes == k && v.tag == VALUE_ARRAY && k < v.as.array->layout->rank && v.as.array->layout->dims[k] == axis->size)
            axes[n_axes++] = axis;
    }
    Value result = index_result(S, v, subscripts, n);
    score_returned(S, result, v, axes, n_axes);
    return score_depends(S, result, chosen, n_chosen);
}

Value operation_index(State *S, Value v, const Subscript *subscripts, uint32_t n) {
    return tape_in_score_mode(&S->tape) ? scored_index(S, v, subscripts, n) : index_result(S, v, subscripts, n);
}

static Value index_result(State *S, Value v, const Subscript *subscripts, uint32_t n) {
    Subscript own[LAYOUT_RANK];
    subscripts = within_subset(S, v, subscripts, n, own);
    if (is_plain_element(S, v, subscripts, n)) return plain_element(S, v.as.array, subscripts);
    Axis *axis = view_axis(v, subscripts, n);
    if (axis) return lane_view(S, v, subscripts, axis);
    const Layout *layout = value_layout(S, v);
    Selection selection;
    selection_make(S, &selection, layout, subscripts, n);
    return on_tape(S, v, chosen(S, v.as.array, &selection), &selection);
}
