/* SPDX-License-Identifier: GPL-3.0-or-later
   Score edges, recording: draws, terms, and what depends on what without a derivative. */
#include "runtime/tape_score.h"

#include "runtime/elementwise.h"
#include "runtime/operations.h"

static TapeNode *node_of(State *S, Value v) { return &S->tape.nodes[v.node - S->tape.base]; }

/* ---- Draws ---- */

/* The mask of the lanes that are on, over `layout`, in the tape's memory. */
static const double *lanes_drawn(State *S, const Layout *layout) {
    if (!S->mask) return NULL;
    double *on = tape_allocate(S, layout->size * sizeof *on);
    elementwise_spread(S, value_array(S->mask, 0), layout, on);
    return on;
}

/* A draw hangs on what its distribution hangs on. */
static void depend_on_parameters(Distribution *d, void *state) {
    State *S = state;
    for (unsigned k = 0; k < d->row->n_parameters; k++)
        if (score_is_stochastic(S, d->parameters[k])) tape_edge_depends(S, d->parameters[k]);
    distribution_each_inner(d, depend_on_parameters, S);
}

/* The first draw of that layout, NULL if there is none. */
static const ScoreDraw *first_of_layout(const Tape *tape, const Layout *layout) {
    for (uint32_t k = tape->n_draws ? tape->draws[tape->n_draws - 1].layouts : 0; k; k = tape->draws[k - 1].earlier)
        if (tape->draws[k - 1].layout == layout) return &tape->draws[k - 1];
    return NULL;
}

Value score_draw(State *S, String *name, Distribution *d, Value v) {
    Tape *tape = &S->tape;
    v.node = tape_node(S, value_layout(S, v));
    depend_on_parameters(d, S);
    node_of(S, v)->flags |= NODE_STOCHASTIC;
    Value log_q = distribution_score(S, d, value_detached(v), S->mask, 0, NULL);
    if (!tape_has(S, log_q)) return v;
    const Layout *layout = value_layout(S, log_q);
    const double *on = lanes_drawn(S, layout);
    tape_keep(S, name);
    uint32_t layouts = tape->n_draws ? tape->draws[tape->n_draws - 1].layouts : 0, earlier = layouts;
    MEMORY_GROW(S, tape->draws, tape->n_draws, tape->draw_capacity);
    if (!first_of_layout(tape, layout)) layouts = tape->n_draws + 1;
    tape->draws[tape->n_draws++] = (ScoreDraw){.name = name, .value = (uint32_t)(v.node - tape->base), .log_q = (uint32_t)(log_q.node - tape->base),
                                               .layout = layout, .on = on, .layouts = layouts, .earlier = earlier};
    return v;
}

bool score_has_axes(const State *S, uint32_t n_axes, Axis *const axes[]) {
    const ScoreDraw *draws = S->tape.draws;
    for (uint32_t k = draws[S->tape.n_draws - 1].layouts; k; k = draws[k - 1].earlier)
        for (uint32_t j = 0; j < n_axes; j++)
            if (layout_has_axis(draws[k - 1].layout, axes[j])) return true;
    return false;
}

/* ---- Terms ---- */

static void note_term(State *S, Value v) {
    Tape *tape = &S->tape;
    if (node_of(S, v)->flags & (NODE_NOTED | NODE_LINEAR)) return;
    node_of(S, v)->flags |= NODE_NOTED;
    ScoreTerm term = {.node = (uint32_t)(v.node - tape->base), .read = tape->read};
    if (v.tag == VALUE_ARRAY) {
        v.as.array->header.shared = true;
        tape_keep(S, v.as.array);
        term.data = v.as.array->data;
    } else {
        term.number = v.tag == VALUE_BOOLEAN ? v.as.boolean : v.as.number;
    }
    MEMORY_GROW(S, tape->terms, tape->n_terms, tape->term_capacity);
    tape->terms[tape->n_terms++] = term;
}

/* The same number for each of the lanes. */
static Value spread_over(State *S, Value v, const Layout *wide) {
    Array *out = array_new(S, wide);
    elementwise_spread(S, v, wide, out->data);
    out->missing = MISSING_UNKNOWN;
    out->boolean = v.tag == VALUE_BOOLEAN || (v.tag == VALUE_ARRAY && v.as.array->boolean);
    uint64_t node = 0;
    if (tape_has(S, v)) {
        node = tape_node(S, wide);
        tape_edge_scale(S, v, 1);
    }
    return value_array(out, node);
}

static Value make_term(State *S, Value v, const Layout *lanes) {
    if (S->tape.read && !layout_lanes_within(lanes, value_layout(S, v))) {
        const Layout *wide = layout_join_lanes(S, value_layout(S, v), lanes);
        if (wide) v = spread_over(S, v, wide);
    }
    if (!tape_has(S, v)) v.node = tape_leaf(S, value_layout(S, v));
    note_term(S, v);
    return v;
}

Value score_term(State *S, Value v, const Layout *lanes) {
    return S->tape.read || tape_has(S, v) ? make_term(S, v, lanes) : v;
}

Value score_term_always(State *S, Value v, const Layout *lanes) { return make_term(S, v, lanes); }

bool score_is_whole(const State *S, const Layout *layout) { return !S->tape.read || layout_lanes_within(S->lanes, layout); }

static Value read_so_far(const State *S) { return value_dual(0, S->tape.read); }

void score_mark(State *S, Value v, unsigned flags) {
    if (!tape_has(S, v)) return;
    node_of(S, v)->flags |= (uint8_t)flags;
    if (flags & NODE_WEIGHTED && S->tape.read) tape_edge_depends(S, read_so_far(S));
}

void score_fixed_weight(State *S, Value v) {
    if (tape_has(S, v)) node_of(S, v)->flags &= (uint8_t)~NODE_WEIGHTED;
}

Value score_with_derivative(State *S, Value result, Value derivative) {
    result.node = derivative.node;
    if (tape_has(S, result)) node_of(S, result)->flags &= (uint8_t)~(NODE_LINEAR | NODE_WEIGHTED);
    return result;
}

/* ---- Dependency ---- */

Value score_depends(State *S, Value result, const Value *values, unsigned n) {
    Tape *tape = &S->tape;
    bool any = false;
    for (unsigned k = 0; k < n; k++) any |= score_is_stochastic(S, values[k]);
    if (!any) return result;
    if (!value_is_numeric(result)) {
        for (unsigned k = 0; k < n; k++) score_read(S, values[k]);
        return result;
    }
    if (!tape_has(S, result) || result.node != tape->base + tape->n_nodes - 1) {
        uint64_t node = tape_node(S, value_layout(S, result));
        tape_edge_scale(S, result, 1);
        result.node = node;
    }
    for (unsigned k = 0; k < n; k++)
        if (score_is_stochastic(S, values[k])) tape_edge_depends(S, values[k]);
    return result;
}

Value score_mixed(State *S, Value result) {
    Value read = read_so_far(S);
    return S->tape.read ? score_depends(S, result, &read, 1) : result;
}

/* The input of a node that lacks just this axis of it; 0: it is no such node. */
static uint64_t crossed_from(State *S, uint64_t id, const Axis *axis) {
    const TapeNode *node = &S->tape.nodes[id - S->tape.base];
    if (!(node->flags & NODE_CROSSED)) return 0;
    uint32_t source = S->tape.edges[node->first_edge].source;
    return layout_has_axis(S->tape.nodes[source].layout, axis) && !layout_has_axis(node->layout, axis) ? S->tape.base + source : 0;
}

void score_returned(State *S, Value result, Value crossed, Axis *const axes[], uint32_t n) {
    if (!score_is_stochastic(S, crossed) || !tape_has(S, result) || node_of(S, result)->n_edges != 1) return;
    uint64_t from = crossed.node;
    for (uint32_t k = 0; k < n && from; k++) from = axes[k] ? crossed_from(S, from, axes[k]) : 0;
    if (!n || !from) return;
    tape_edge_depends(S, value_dual(0, from));
    node_of(S, result)->flags |= NODE_RETURNED;
}

/* ---- What the program itself reads ---- */

void score_read_lanes(State *S, Value v) {
    Tape *tape = &S->tape;
    if (!score_is_stochastic(S, v)) return;
    uint64_t node = tape_node(S, S->scalar);
    tape_edge_depends(S, v);
    tape_edge_depends(S, read_so_far(S));
    tape->nodes[node - tape->base].flags |= NODE_READ;
    tape->read = node;
}

/* Read as one thing, a value has no lane that is matched any more. */
static void read_number(State *S, Value v) {
    if (!score_is_stochastic(S, v)) return;
    uint64_t node = tape_node(S, S->scalar);
    tape_edge_depends(S, v);
    score_read_lanes(S, value_dual(0, node));
}

void score_read(State *S, Value v) {
    if (v.tag == VALUE_LIST)
        for (uint32_t k = 0; k < v.as.list->count; k++) score_read(S, v.as.list->items[k]);
    else if (v.tag == VALUE_RECORD)
        for (uint32_t k = 0; k < v.as.record->count; k++) score_read(S, v.as.record->values[k]);
    else if (v.tag == VALUE_PARTIAL)
        score_read(S, ((Partial *)v.as.object)->value);
    else
        read_number(S, v);
}
