/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Crossing: a plate's axis becomes an event axis, and back. */
#include "runtime/error.h"
#include "runtime/linear_map.h"
#include "runtime/operations.h"
#include "runtime/shape.h"
#include "runtime/state.h"
#include "runtime/tape_score.h"

/* The map applied to v, as a value of the layout. When it leaves every number where it is in memory, data are shared. */
static Value apply(State *S, Value v, const Layout *layout, const StridedMap *map, bool in_place) {
    double scratch[LANE_BLOCK];
    const double *in = value_data(v, scratch);
    Array *out;
    if (in_place) {
        out = array_view(S, v.as.array, layout);
    } else {
        out = array_new(S, layout);
        strided_copy(map, in, out->data);
        out->boolean = v.tag == VALUE_ARRAY ? v.as.array->boolean : v.tag == VALUE_BOOLEAN;
        out->missing = v.tag == VALUE_ARRAY && v.as.array->missing != MISSING_NO ? MISSING_UNKNOWN : MISSING_NO;
    }
    uint64_t node = 0;
    if (tape_has(S, v)) {
        const LinearMap *edge = strided_on_tape(S, map);
        node = tape_node(S, layout);
        tape_edge_map(S, v, edge);
    }
    return value_array(out, node);
}

/* Components further in than dimension `position`. */
static size_t inner_components(const Layout *l, uint32_t position) {
    size_t n = 1;
    for (uint32_t d = position; d < l->rank; d++) n *= l->dims[d];
    return n;
}

/* In score mode: a value that leaves the plate is a term, with all lanes around if it may have lost some. */
static Value leaving_term(State *S, Value v, Axis *axis) {
    const Layout *lanes = axis ? layout_join(S, layout_intern(S, 1, &axis, 0, NULL), S->lanes) : S->lanes;
    return lanes ? score_term(S, v, lanes) : v;
}

/* And what has left it depends on all that was read. */
static Value left(State *S, Value v, bool linear, bool mixes, bool leading) {
    if (tape_has(S, v)) score_mark(S, v, (linear ? NODE_LINEAR : 0) | (leading ? NODE_CROSSED : 0));
    return mixes ? score_mixed(S, v) : v;
}

/* What went into the plate row by row, and comes out as it was; NULL: it is something else. */
static Array *whole_of(const State *S, Value v, const Axis *axis) {
    if (v.tag != VALUE_ARRAY || tape_has(S, v) || !axis) return NULL;
    const ArrayCache *cache = v.as.array->cache;
    if (!cache || !cache->whole || v.as.array->layout->n_axes != 1 || cache->whole->layout->dims[0] != axis->size) return NULL;
    const ArrayCache *of = cache->whole->cache;
    return of && of->view_axis == axis && of->lane_view == v.as.array ? cache->whole : NULL;
}

Value operation_cross_out(State *S, Value v, Axis *axis, size_t size, uint32_t position) {
    if (v.tag == VALUE_MISSING) v = value_number(missing_number());
    if (tape_in_score_mode(&S->tape)) v = leaving_term(S, v, axis);
    Array *whole = position == 0 && !tape_in_score_mode(&S->tape) ? whole_of(S, v, axis) : NULL;
    if (whole) return value_array(whole, 0);
    const Layout *from = value_layout(S, v);
    if (position > from->rank) position = from->rank;
    if (from->rank == LAYOUT_RANK)
        error_raise(S, "shape-mismatch", NULL, "a value that leaves the plate would have more than %d dimensions", LAYOUT_RANK);
    Axis *axes[LAYOUT_AXES];
    uint32_t n_axes = 0;
    for (uint32_t k = 0; k < from->n_axes; k++)
        if (from->axes[k] != axis) axes[n_axes++] = from->axes[k];
    size_t dims[LAYOUT_RANK];
    for (uint32_t d = 0; d < position; d++) dims[d] = from->dims[d];
    dims[position] = size;
    for (uint32_t d = position; d < from->rank; d++) dims[d + 1] = from->dims[d];
    const Layout *to = layout_intern(S, n_axes, axes, from->rank + 1u, dims);

    int lane = axis ? layout_axis_position(from, axis) : -1;
    size_t inner = inner_components(from, position), outer = from->components / (inner ? inner : 1);
    StridedMap map;
    strided_begin(&map);
    strided_loop(&map, outer, size * inner * to->stride, inner * from->stride);
    strided_loop(&map, size, inner * to->stride, lane < 0 ? 0 : from->axis_stride[lane]);
    strided_loop(&map, inner, to->stride, from->stride);
    strided_lanes(&map, to, from);
    bool in_place = v.tag == VALUE_ARRAY && lane >= 0 && from->n_axes == 1 && from->components == 1;
    Value crossed = apply(S, v, to, &map, in_place);
    if (!tape_in_score_mode(&S->tape)) return crossed;
    return left(S, crossed, score_is_whole(S, from), axis != NULL, lane >= 0 && position == 0);
}

Value operation_cross_in(State *S, Value v, Axis *axis, size_t size, uint32_t position) {
    if (v.tag == VALUE_MISSING) return v;
    const Layout *from = value_layout(S, v);
    if (from->rank == 0 || (axis && layout_has_axis(from, axis))) return v;
    char text[SHAPE_TEXT];
    if (position >= from->rank || from->dims[position] != size)
        error_raise(S, "shape-mismatch", NULL, "a plate of %zu elements needs a value for each of them, not a %s", size,
                    shape_text(from, text));
    size_t dims[LAYOUT_RANK];
    for (uint32_t d = 0, k = 0; d < from->rank; d++)
        if (d != position) dims[k++] = from->dims[d];
    const Layout *event = layout_intern(S, from->n_axes, from->axes, from->rank - 1u, dims);
    const Layout *to = event;
    if (axis) {
        const Layout *lane = layout_intern(S, 1, &axis, 0, NULL);
        to = layout_join_lanes(S, event, lane);
        if (!to) error_raise(S, "shape-mismatch", NULL, "the value already has lanes of another plate at this depth");
    }
    int lane = axis ? layout_axis_position(to, axis) : -1;
    size_t inner = inner_components(from, position + 1), outer = inner ? from->components / (inner * size) : 0;
    StridedMap map;
    strided_begin(&map);
    strided_loop(&map, outer, inner * to->stride, size * inner * from->stride);
    strided_loop(&map, size, lane < 0 ? 0 : to->axis_stride[lane], inner * from->stride);
    strided_loop(&map, inner, to->stride, from->stride);
    for (uint32_t k = 0; k < from->n_axes; k++)
        strided_loop(&map, from->axes[k]->size, to->axis_stride[layout_axis_position(to, from->axes[k])],
                     from->axis_stride[k]);
    Value crossed = apply(S, v, to, &map, axis && from->rank == 1 && from->n_axes == 0);
    if (tape_in_score_mode(&S->tape) && position == 0) score_returned(S, crossed, v, &axis, 1);
    return layout_is_scalar(to) ? value_unboxed(crossed.as.array, crossed.node) : crossed;
}
