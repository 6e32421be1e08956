/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Giving elements of an array new values. */
#include <string.h>

#include "runtime/elementwise.h"
#include "runtime/error.h"
#include "runtime/selection.h"
#include "runtime/shape.h"
#include "runtime/state.h"
#include "runtime/tape_score.h"

/* Whether the subscript is the length itself, which extends the array. */
static bool extends(const Layout *l, const Subscript *s) {
    return l->rank >= 1 && s->kind == SUBSCRIPT_INDEX && !s->from_end && s->index.tag == VALUE_NUMBER &&
           s->index.as.number == (double)l->dims[0];
}

/* The array with one more leading element, which is 0. */
static Value extended(State *S, Value v) {
    const Layout *from = v.as.array->layout;
    size_t dims[LAYOUT_RANK];
    memcpy(dims, from->dims, sizeof dims);
    dims[0]++;
    const Layout *to = layout_with_event(S, from, from->rank, dims);
    Array *out = array_new(S, to);
    size_t used = from->components * from->stride;
    memcpy(out->data, v.as.array->data, used * sizeof(double));
    for (size_t i = used; i < to->size; i++) out->data[i] = 0;
    out->boolean = v.as.array->boolean;
    out->missing = v.as.array->missing;
    uint64_t node = 0;
    if (tape_has(S, v)) {
        StridedMap map;
        strided_begin(&map);
        strided_loop(&map, from->components, from->stride, from->stride);
        strided_lanes(&map, from, from);
        const LinearMap *edge = strided_on_tape(S, &map);
        node = tape_node(S, to);
        tape_edge_map(S, v, edge);
    }
    return value_array(out, node);
}

/* v over `layout`: the same values repeated in lanes it did not have. A copy of its own. */
static Value spread_copy(State *S, Value v, const Layout *layout) {
    Array *out = array_new(S, layout);
    elementwise_spread(S, v, layout, out->data);
    out->boolean = v.tag == VALUE_ARRAY ? v.as.array->boolean : v.tag == VALUE_BOOLEAN;
    out->missing = (uint8_t)elementwise_missing(&v, 1);
    uint64_t node = 0;
    if (tape_has(S, v)) {
        node = tape_node(S, layout);
        tape_edge_scale(S, v, 1);
    }
    return value_array(out, node);
}

/* The element over the layout of what it replaces; in lanes that are off, what was there. */
static Value element_over(State *S, Value element, const Selection *selection, Value old) {
    const Layout *to = selection->to;
    element = elementwise_plain(element);
    if (S->mask) {
        Array *was = array_new(S, to);
        selection_copy(selection, old.as.array->data, was->data);
        uint64_t node = 0;
        if (tape_has(S, old)) {
            const LinearMap *edge = selection_on_tape(S, selection);
            node = tape_node(S, to);
            tape_edge_map(S, old, edge);
        }
        element = operation_select(S, value_array(S->mask, 0), element, value_array(was, node));
    }
    const Layout *joined = layout_join(S, to, value_layout(S, element));
    if (joined != to) {
        char a[SHAPE_TEXT], b[SHAPE_TEXT];
        error_raise(S, "shape-mismatch", NULL, "a %s cannot take the place of a %s",
                    shape_text(value_layout(S, element), a), shape_text(to, b));
    }
    return spread_copy(S, element, to);
}

/* 1 where the array keeps its elements, 0 where they are replaced. */
static const double *keep_mask(State *S, const Selection *selection) {
    double *keep = tape_allocate(S, selection->from->size * sizeof *keep);
    for (size_t i = 0; i < selection->from->size; i++) keep[i] = 1;
    Array *zeros = array_new(S, selection->to);
    for (size_t i = 0; i < selection->to->size; i++) zeros->data[i] = 0;
    selection_copy_back(selection, zeros->data, keep);
    return keep;
}

static bool is_boolean(Value v) {
    return v.tag == VALUE_BOOLEAN || (v.tag == VALUE_ARRAY && v.as.array->boolean);
}

/* Lanes that the result needs besides the array's own. */
static const Layout *result_layout(State *S, Value v, const Subscript *subscripts, uint32_t n, Value element) {
    const Layout *layout = v.as.array->layout;
    const Layout *others[LAYOUT_RANK + 2];
    uint32_t count = 0;
    for (uint32_t k = 0; k < n && k < LAYOUT_RANK; k++)
        if (subscripts[k].kind == SUBSCRIPT_INDEX && subscripts[k].index.tag == VALUE_ARRAY)
            others[count++] = subscripts[k].index.as.array->layout;
    if (element.tag == VALUE_ARRAY) others[count++] = element.as.array->layout;
    if (S->mask) others[count++] = S->mask->layout;
    for (uint32_t k = 0; k < count; k++) {
        layout = layout_join_lanes(S, layout, others[k]);
        if (!layout) error_raise(S, "shape-mismatch", NULL, "the element has lanes of another plate than the array");
    }
    return layout;
}

static Value replaced(State *S, Value v, const Subscript *subscripts, uint32_t n, Value element);

Value operation_replace(State *S, Value v, const Subscript *subscripts, uint32_t n, Value element) {
    Value result = replaced(S, v, subscripts, n, element);
    for (uint32_t k = 0; tape_in_score_mode(&S->tape) && k < n; k++)
        if (subscripts[k].kind == SUBSCRIPT_INDEX) result = score_depends(S, result, &subscripts[k].index, 1);
    return result;
}

static Value replaced(State *S, Value v, const Subscript *subscripts, uint32_t n, Value element) {
    if (v.tag != VALUE_ARRAY || v.as.array->layout->rank == 0)
        error_raise(S, "wrong-type", NULL, "a %s has no elements that could be replaced", value_type_name(v));
    if (n >= 1 && extends(v.as.array->layout, &subscripts[0])) {
        if (n > 1)
            error_raise(S, "index-out-of-range", "Give the whole row at once: M[k] = [...].",
                        "there is no row %zu yet, so it has no element to replace", v.as.array->layout->dims[0]);
        v = extended(S, v);
    }
    const Layout *layout = result_layout(S, v, subscripts, n, element);
    Array *array = v.as.array;
    bool live = tape_has(S, v) || tape_has(S, element);
    bool in_place = !live && layout == array->layout && !array->header.shared && !array->base && !array->cache && !array->log;
    Value old = in_place ? v : spread_copy(S, v, layout);
    Selection selection;
    selection_make(S, &selection, layout, subscripts, n);
    Value put = element_over(S, element, &selection, old);
    Array *out = old.as.array;
    selection_copy_back(&selection, put.as.array->data, out->data);
    out->boolean = out->boolean && is_boolean(put);
    if (put.as.array->missing != MISSING_NO || out->missing != MISSING_NO) out->missing = MISSING_UNKNOWN;
    if (!live) return value_array(out, 0);
    const double *keep = tape_has(S, old) ? keep_mask(S, &selection) : NULL;
    const LinearMap *edge = tape_has(S, put) ? map_transposed(S, selection_on_tape(S, &selection)) : NULL;
    uint64_t node = tape_node(S, layout);
    tape_edge_select(S, old, keep);
    tape_edge_map(S, put, edge);
    return value_array(out, node);
}
