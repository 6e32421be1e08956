/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sums over the event and over lanes. */
#include "runtime/broadcast.h"
#include "runtime/error.h"
#include "runtime/operations.h"
#include "runtime/state.h"
#include "runtime/tape_score.h"

/* The transpose of broadcasting from out's layout to in's, times a factor. */
typedef struct SumMap {
    LinearMap map;
    State *state;
    const Layout *in, *out;
} SumMap;

static void sum_forward(const LinearMap *map, const double *in, double *out) {
    const SumMap *sum = (const SumMap *)map;
    broadcast_sum_shared(sum->state, sum->out, out, sum->in, in, (Weight){EDGE_SCALE, 1, NULL});
}

static void sum_backward(const LinearMap *map, const double *out, double *in) {
    const SumMap *sum = (const SumMap *)map;
    broadcast_add_shared(sum->state, sum->in, in, sum->out, out, (Weight){EDGE_SCALE, 1, NULL});
}

/* Sums v, an array, down to `layout`, which broadcasts to v's. */
static Value sum_to(State *S, Value v, const Layout *layout) {
    bool mixes = layout->n_axes < v.as.array->layout->n_axes;
    bool linear = tape_in_score_mode(&S->tape) && (mixes || tape_has(S, v)) && score_is_whole(S, v.as.array->layout);
    if (linear) v = score_term(S, v, S->scalar);
    Array *in = v.as.array, *out = NULL;
    double single[LANE_BLOCK] = {0};
    if (!layout_is_scalar(layout)) {
        out = array_zero(S, layout);
        out->missing = in->missing == MISSING_NO ? MISSING_NO : MISSING_UNKNOWN;
    }
    broadcast_sum_shared(S, layout, out ? out->data : single, in->layout, in->data, (Weight){EDGE_SCALE, 1, NULL});
    uint64_t node = 0;
    if (tape_has(S, v)) {
        SumMap *map = tape_allocate(S, sizeof *map);
        *map = (SumMap){{sum_forward, sum_backward}, S, in->layout, layout};
        node = tape_node(S, layout);
        tape_edge_map(S, v, &map->map);
    }
    Value sum = out ? value_array(out, node) : value_dual(single[0], node);
    if (linear) score_mark(S, sum, NODE_LINEAR);
    if (mixes && tape_in_score_mode(&S->tape)) sum = score_mixed(S, sum);
    return !out && number_is_missing(single[0]) ? value_missing() : sum;
}

/* The same numbers, no longer as truth values. */
static Value as_number(State *S, Value v) {
    if (v.tag == VALUE_BOOLEAN) return value_dual(v.as.boolean, v.node);
    if (v.tag != VALUE_ARRAY || !v.as.array->boolean) return v;
    Array *view = array_view(S, v.as.array, v.as.array->layout);
    view->boolean = false;
    return value_array(view, v.node);
}

Value operation_sum(State *S, Value v) {
    const Layout *layout = value_layout(S, v);
    if (layout->rank == 0) return as_number(S, v);
    return sum_to(S, v, layout_with_event(S, layout, 0, NULL));
}

Value operation_sum_lanes(State *S, Value v, uint32_t n_axes, Axis *const axes[]) {
    const Layout *layout = value_layout(S, v);
    Axis *kept[LAYOUT_AXES];
    uint32_t n_kept = 0;
    double factor = 1;
    for (uint32_t k = 0; k < layout->n_axes; k++) {
        bool summed = false;
        for (uint32_t j = 0; j < n_axes; j++) summed |= axes[j] == layout->axes[k];
        if (!summed) kept[n_kept++] = layout->axes[k];
    }
    for (uint32_t j = 0; j < n_axes; j++)
        if (!layout_has_axis(layout, axes[j])) factor *= (double)axes[j]->size;
    v = as_number(S, v);
    if (n_kept < layout->n_axes) v = sum_to(S, v, layout_intern(S, n_kept, kept, layout->rank, layout->dims));
    if (factor == 1) return v;
    v = operation_binary(S, &elementwise_operators[OPERATOR_MULTIPLY], v, value_number(factor));
    if (tape_in_score_mode(&S->tape)) score_fixed_weight(S, v);
    return v;
}
