/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sweeps over the tape: linear algebra that knows no operation by name. */
#include <string.h>

#include "runtime/tape_arena.h"
#include "runtime/broadcast.h"
#include "runtime/error.h"
#include "runtime/kernel.h"
#include "runtime/state.h"
#include "runtime/tape.h"

static void forget_adjoints(Tape *tape) {
    for (uint32_t k = 0; k < tape->n_nodes; k++) tape->nodes[k].adjoint = NULL;
    tape_arena_clear(&tape->adjoints);
}

/* The place of a node's adjoint, zero at first. */
static double *adjoint_of(State *S, TapeNode *node) {
    if (node->adjoint) return node->adjoint;
    if (node->layout == S->scalar) {
        node->adjoint = &node->single;
        node->single = 0;
    } else {
        size_t bytes = node->layout->size * sizeof(double);
        node->adjoint = tape_arena_allocate(S, &S->tape.adjoints, bytes);
        memset(node->adjoint, 0, bytes);
    }
    return node->adjoint;
}

/* The first contribution to an adjoint of the same layout is written, not added to zeros. */
static bool first_adjoint(State *S, TapeNode *source, const TapeNode *node, const Edge *edge) {
    if (source->adjoint || source->layout != node->layout || edge->kind > EDGE_PARTIAL) return false;
    size_t n = source->layout->size;
    source->adjoint = tape_arena_allocate(S, &S->tape.adjoints, n * sizeof(double));
    if (edge->kind == EDGE_SCALE) kernel_set_scaled(n, source->adjoint, node->adjoint, edge->as.factor);
    else kernel_set_product(n, source->adjoint, node->adjoint, edge->as.partial);
    return true;
}

static Weight weight_of(const Edge *edge) {
    if (edge->kind == EDGE_SCALE) return (Weight){EDGE_SCALE, edge->as.factor, NULL};
    return (Weight){edge->kind, 1, edge->as.partial};
}

static bool any_nonzero(const Layout *l, const double *x) {
    size_t n = l->n_axes ? l->axes[l->n_axes - 1]->size : l->components;
    for (size_t start = 0; start < l->size; start += l->row)
        for (size_t i = 0; i < n; i++)
            if (x[start + i] != 0) return true;
    return false;
}

static void raise_barrier(State *S, const TapeNode *node) {
    const char *advice = "Take the gradient with respect to something that does not come before this place.";
    if (node->place) S->node = node->place;
    error_raise(S, "no-gradient", advice, "%s", node->barrier);
}

/* Everything a number's node hands on to numbers; the rest as any other node does. */
static void reverse_number(State *S, const TapeNode *node, const Edge *edge) {
    TapeNode *nodes = S->tape.nodes;
    double adjoint = node->single;
    if (adjoint == 0) return;
    for (const Edge *end = edge + node->n_edges; edge < end; edge++) {
        TapeNode *source = &nodes[edge->source];
        double *to = adjoint_of(S, source);
        switch (edge->kind) {
            case EDGE_SCALE: *to += edge->as.factor * adjoint; break;
            case EDGE_PARTIAL: *to += edge->as.partial[0] * adjoint; break;
            case EDGE_SELECT: *to += edge->as.partial[0] == 0 ? 0 : adjoint; break;
            case EDGE_MAP: edge->as.map->backward(edge->as.map, &adjoint, to); break;
        }
    }
}

static void reverse_node(State *S, const TapeNode *node, const Edge *edge) {
    for (const Edge *end = edge + node->n_edges; edge < end; edge++) {
        TapeNode *source = &S->tape.nodes[edge->source];
        if (first_adjoint(S, source, node, edge)) continue;
        double *to = adjoint_of(S, source);
        if (edge->kind == EDGE_MAP)
            edge->as.map->backward(edge->as.map, node->adjoint, to);
        else
            broadcast_sum(source->layout, to, node->layout, node->adjoint, weight_of(edge));
    }
}

void tape_reverse(State *S, Value root) {
    Tape *tape = &S->tape;
    forget_adjoints(tape);
    if (!tape_has(S, root)) return;
    uint32_t last = (uint32_t)(root.node - tape->base);
    TapeNode *start = &tape->nodes[last];
    double *seed = adjoint_of(S, start);
    for (size_t i = 0; i < (start->layout == S->scalar ? 1 : start->layout->size); i++) seed[i] = 1;
    for (uint32_t k = last + 1; k-- > 0;) {
        TapeNode *node = &tape->nodes[k];
        if (!node->adjoint) continue;
        bool number = node->layout == S->scalar;
        if (node->barrier && (number ? node->single != 0 : any_nonzero(node->layout, node->adjoint)))
            raise_barrier(S, node);
        if (number)
            reverse_number(S, node, &tape->edges[node->first_edge]);
        else
            reverse_node(S, node, &tape->edges[node->first_edge]);
    }
}

const double *tape_adjoint(const State *S, uint64_t node) {
    const Tape *tape = &S->tape;
    if (node < tape->base || node - tape->base >= tape->n_nodes) return NULL;
    const TapeNode *n = &tape->nodes[node - tape->base];
    if (!n->adjoint) return NULL;
    return n->layout == S->scalar ? &n->single : n->adjoint;
}

/* The tangent of a node from those of its inputs. */
static void forward_node(State *S, TapeNode *node, const Edge *edge) {
    for (const Edge *end = edge + node->n_edges; edge < end; edge++) {
        const TapeNode *source = &S->tape.nodes[edge->source];
        if (!source->adjoint) continue;
        double *to = adjoint_of(S, node);
        if (edge->kind == EDGE_MAP)
            edge->as.map->forward(edge->as.map, source->adjoint, to);
        else
            broadcast_add(node->layout, to, source->layout, source->adjoint, weight_of(edge));
    }
}

double tape_forward(State *S, uint64_t leaf, const double *direction, Value root) {
    Tape *tape = &S->tape;
    forget_adjoints(tape);
    if (!tape_has(S, root) || leaf < tape->base || leaf > root.node) return 0;
    uint32_t first = (uint32_t)(leaf - tape->base), last = (uint32_t)(root.node - tape->base);
    TapeNode *start = &tape->nodes[first];
    double *tangent = adjoint_of(S, start);
    memcpy(tangent, direction, (start->layout == S->scalar ? 1 : start->layout->size) * sizeof(double));
    for (uint32_t k = first + 1; k <= last; k++) {
        TapeNode *node = &tape->nodes[k];
        forward_node(S, node, &tape->edges[node->first_edge]);
        if (node->barrier && node->adjoint && any_nonzero(node->layout, node->adjoint)) raise_barrier(S, node);
    }
    const double *result = tape_adjoint(S, root.node);
    return result ? result[0] : 0;
}
