/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "runtime/tape.h"

#include <string.h>

#include "runtime/tape_arena.h"
#include "runtime/tape_score.h"
#include "runtime/error.h"
#include "runtime/state.h"

void tape_clear(State *S) {
    Tape *tape = &S->tape;
    tape->base = tape->base ? tape->base + tape->n_nodes : 1;
    tape->n_nodes = tape->n_edges = tape->n_kept = tape->n_draws = tape->n_terms = 0;
    tape->read = tape->costed = 0;
    tape_arena_clear(&tape->arena);
    tape_arena_clear(&tape->adjoints);
}

void tape_begin(State *S) {
    if (S->tape.recording)
        error_raise(S, "nested-grad", "Differentiate once, and take differences of the gradient for a second derivative.",
                    "a gradient cannot be taken inside of another gradient");
    tape_clear(S);
    S->tape.by_dependency = false;
    S->tape.following = 0;
    S->tape.baseline = NULL;
    S->tape.recording = true;
}

void tape_end(State *S) {
    tape_clear(S);
    S->tape.recording = false;
    S->tape.following = 0;
}

void tape_free(State *S) {
    Tape *tape = &S->tape;
    memory_free(S, tape->nodes, tape->node_capacity * sizeof *tape->nodes);
    memory_free(S, tape->edges, tape->edge_capacity * sizeof *tape->edges);
    memory_free(S, tape->kept, tape->kept_capacity * sizeof *tape->kept);
    memory_free(S, tape->draws, tape->draw_capacity * sizeof *tape->draws);
    memory_free(S, tape->terms, tape->term_capacity * sizeof *tape->terms);
    tape_arena_free(S, &tape->arena);
    tape_arena_free(S, &tape->adjoints);
    memset(tape, 0, sizeof *tape);
}

void *tape_allocate(State *S, size_t bytes) {
    return tape_arena_allocate(S, &S->tape.arena, bytes);
}

void tape_keep(State *S, void *object) {
    Tape *tape = &S->tape;
    if (!object || (tape->n_kept && tape->kept[tape->n_kept - 1] == object)) return;
    MEMORY_GROW(S, tape->kept, tape->n_kept, tape->kept_capacity);
    tape->kept[tape->n_kept++] = object;
}

uint64_t tape_node(State *S, const Layout *layout) {
    Tape *tape = &S->tape;
    MEMORY_GROW(S, tape->nodes, tape->n_nodes, tape->node_capacity);
    TapeNode *node = &tape->nodes[tape->n_nodes];
    node->layout = layout;
    node->adjoint = NULL;
    node->first_edge = tape->n_edges;
    node->n_edges = 0;
    node->flags = 0;
    node->place = S->node;
    node->barrier = NULL;
    return tape->base + tape->n_nodes++;
}

uint64_t tape_leaf(State *S, const Layout *layout) {
    return tape_node(S, layout);
}

uint64_t tape_barrier(State *S, const Layout *layout, const char *why) {
    uint64_t id = tape_node(S, layout);
    S->tape.nodes[id - S->tape.base].barrier = why;
    return id;
}

Value tape_with_leaf(State *S, Value v) {
    v.node = tape_leaf(S, value_layout(S, v));
    return v;
}

bool tape_is_barrier(const State *S, Value v) {
    return tape_has(S, v) && S->tape.nodes[v.node - S->tape.base].barrier;
}

/* A new edge of the newest node, or NULL when source is a constant. */
static inline Edge *edge_new(State *S, Value source, EdgeKind kind) {
    Tape *tape = &S->tape;
    if (!tape_has(S, source)) return NULL;
    MEMORY_GROW(S, tape->edges, tape->n_edges, tape->edge_capacity);
    tape->nodes[tape->n_nodes - 1].n_edges++;
    Edge *edge = &tape->edges[tape->n_edges++];
    edge->source = (uint32_t)(source.node - tape->base);
    edge->kind = kind;
    tape->nodes[tape->n_nodes - 1].flags |= tape->nodes[edge->source].flags & NODE_STOCHASTIC;
    return edge;
}

void tape_edge_scale(State *S, Value source, double factor) {
    Edge *edge = edge_new(S, source, EDGE_SCALE);
    if (edge) edge->as.factor = factor;
}

void tape_edge_partial(State *S, Value source, const double *partial) {
    Edge *edge = edge_new(S, source, EDGE_PARTIAL);
    if (edge) edge->as.partial = partial;
}

void tape_edge_select(State *S, Value source, const double *mask) {
    Edge *edge = edge_new(S, source, EDGE_SELECT);
    if (edge) edge->as.partial = mask;
}

void tape_edge_map(State *S, Value source, const LinearMap *map) {
    Edge *edge = edge_new(S, source, EDGE_MAP);
    if (edge) edge->as.map = map;
}

void tape_edge_depends(State *S, Value source) {
    edge_new(S, source, EDGE_DEPENDS);
}

enum { COPIED_EDGES = 8 };

bool tape_copy_edges(State *S, Value source, const Layout *layout) {
    Tape *tape = &S->tape;
    const TapeNode *from = &tape->nodes[source.node - tape->base];
    uint32_t first = from->first_edge, n = from->n_edges;
    if (S->watching) return false; /* what is watched must stay on the way */
    if (n == 0 || n > COPIED_EDGES || from->layout != layout || from->barrier) return false;
    for (uint32_t k = 0; k < n; k++) {
        MEMORY_GROW(S, tape->edges, tape->n_edges, tape->edge_capacity);
        tape->edges[tape->n_edges++] = tape->edges[first + k];
    }
    tape->nodes[tape->n_nodes - 1].n_edges += n;
    return true;
}

/* Nodes come before those that they feed. */
const bool *tape_ancestors(State *S, Value root) {
    const Tape *tape = &S->tape;
    bool *reached = tape_allocate(S, tape->n_nodes + 1);
    memset(reached, 0, tape->n_nodes + 1);
    if (!tape_has(S, root)) return reached;
    uint32_t last = (uint32_t)(root.node - tape->base);
    reached[last] = true;
    for (uint32_t k = last + 1; k-- > 0;) {
        const TapeNode *node = &tape->nodes[k];
        for (uint32_t e = 0; reached[k] && e < node->n_edges; e++) reached[tape->edges[node->first_edge + e].source] = true;
    }
    return reached;
}
