/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sweeps over the tape: linear algebra that knows no operation by name. */
#include <string.h>

#include "runtime/tape_arena.h"
#include "runtime/broadcast.h"
#include "runtime/error.h"
#include "runtime/kernel.h"
#include "runtime/state.h"
#include "runtime/tape_parts.h"
#include "runtime/tape_score.h"
#include "runtime/threads.h"

void tape_forget_adjoints(Tape *tape) {
    for (uint32_t k = 0; k < tape->n_nodes; k++) tape->nodes[k].adjoint = NULL;
    tape_arena_clear(&tape->adjoints);
}

static double *lanes_place(State *S, TapeNode *node) {
    size_t bytes = node->layout->size * sizeof(double);
    node->adjoint = tape_arena_allocate(S, &S->tape.adjoints, bytes);
    return memset(node->adjoint, 0, bytes);
}

static inline double *adjoint_place(State *S, TapeNode *node) {
    if (node->adjoint) return node->adjoint;
    if (node->layout != S->scalar) return lanes_place(S, node);
    node->single = 0;
    return node->adjoint = &node->single;
}

double *tape_adjoint_place(State *S, TapeNode *node) { return adjoint_place(S, node); }

/* Units are blocks of lanes. */
typedef struct SetRun {
    double *to;
    const double *from;
    const Edge *edge;
} SetRun;

static void set_range(void *context, size_t first, size_t last) {
    const SetRun *run = context;
    size_t at = first * LANE_BLOCK, n = (last - first) * LANE_BLOCK;
    if (run->edge->kind == EDGE_SCALE) kernel_set_scaled(n, run->to + at, run->from + at, run->edge->as.factor);
    else kernel_set_product(n, run->to + at, run->from + at, run->edge->as.partial + at);
}

/* The first contribution to an adjoint of the same layout is written, not added to zeros. */
static bool first_adjoint(State *S, TapeNode *source, const TapeNode *node, const Edge *edge) {
    if (source->adjoint || source->layout != node->layout || edge->kind > EDGE_PARTIAL) return false;
    size_t n = source->layout->size;
    source->adjoint = tape_arena_allocate(S, &S->tape.adjoints, n * sizeof(double));
    SetRun run = {source->adjoint, node->adjoint, edge};
    if (threads_pay(S, n)) threads_run(S, n / LANE_BLOCK, threads_grain(LANE_BLOCK), set_range, &run);
    else set_range(&run, 0, n / LANE_BLOCK);
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
        if (RARELY(edge->kind == EDGE_DEPENDS)) continue;
        double *to = adjoint_place(S, &nodes[edge->source]);
        switch (edge->kind) {
            case EDGE_SCALE: *to += edge->as.factor * adjoint; break;
            case EDGE_PARTIAL: *to += edge->as.partial[0] * adjoint; break;
            case EDGE_SELECT: *to += edge->as.partial[0] == 0 ? 0 : adjoint; break;
            case EDGE_MAP: edge->as.map->backward(edge->as.map, &adjoint, to); break;
            case EDGE_DEPENDS: break;
        }
    }
}

static void reverse_lanes(State *S, const TapeNode *node, const Edge *edge) {
    for (const Edge *end = edge + node->n_edges; edge < end; edge++) {
        if (RARELY(edge->kind == EDGE_DEPENDS)) continue;
        TapeNode *source = &S->tape.nodes[edge->source];
        if (first_adjoint(S, source, node, edge)) continue;
        double *to = adjoint_place(S, source);
        if (edge->kind == EDGE_MAP)
            edge->as.map->backward(edge->as.map, node->adjoint, to);
        else
            broadcast_sum_shared(S, source->layout, to, node->layout, node->adjoint, weight_of(edge));
    }
}

static inline void reverse_node(State *S, const TapeNode *node) {
    const Edge *edge = &S->tape.edges[node->first_edge];
    if (node->layout == S->scalar) reverse_number(S, node, edge);
    else reverse_lanes(S, node, edge);
}

void tape_reverse_node(State *S, const TapeNode *node) { reverse_node(S, node); }

/* Each draw's log density begins with its cost. */
static void seed_draws(State *S, uint32_t last) {
    for (uint32_t k = 0; k < S->tape.n_draws; k++) {
        const ScoreDraw *draw = &S->tape.draws[k];
        if (!draw->cost || draw->log_q > last) continue;
        double *to = tape_adjoint_place(S, &S->tape.nodes[draw->log_q]);
        size_t n = draw->layout == S->scalar ? 1 : draw->layout->size;
        for (size_t i = 0; i < n; i++) to[i] += draw->cost[i];
    }
}

void tape_reverse(State *S, Value root) {
    Tape *tape = &S->tape;
    if (tape_in_score_mode(tape)) root = score_costs(S, root);
    tape_forget_adjoints(tape);
    if (!tape_has(S, root)) return;
    uint32_t last = (uint32_t)(root.node - tape->base);
    TapeNode *start = &tape->nodes[last];
    double *seed = tape_adjoint_place(S, start);
    for (size_t i = 0; i < (start->layout == S->scalar ? 1 : start->layout->size); i++) seed[i] = 1;
    if (tape_in_score_mode(tape)) seed_draws(S, last);
    for (uint32_t k = last + 1; k-- > 0;) {
        TapeNode *node = &tape->nodes[k];
        if (!node->adjoint) continue;
        bool number = node->layout == S->scalar;
        if (node->barrier && (number ? node->single != 0 : any_nonzero(node->layout, node->adjoint)))
            raise_barrier(S, node);
        reverse_node(S, node);
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
        if (!source->adjoint || edge->kind == EDGE_DEPENDS) continue;
        double *to = tape_adjoint_place(S, node);
        if (edge->kind == EDGE_MAP)
            edge->as.map->forward(edge->as.map, source->adjoint, to);
        else
            broadcast_add_shared(S, node->layout, to, source->layout, source->adjoint, weight_of(edge));
    }
}

/* The share of the score edges: each draw's cost times the tangent of its log density. */
static double forward_draws(State *S, uint32_t last) {
    double total = 0;
    for (uint32_t k = 0; k < S->tape.n_draws; k++) {
        const ScoreDraw *draw = &S->tape.draws[k];
        if (!draw->cost || draw->log_q > last) continue;
        const double *tangent = tape_adjoint(S, S->tape.base + draw->log_q);
        if (tangent) broadcast_sum(S->scalar, &total, draw->layout, tangent, (Weight){EDGE_PARTIAL, 1, draw->cost});
    }
    return total;
}

double tape_forward(State *S, uint64_t leaf, const double *direction, Value root) {
    Tape *tape = &S->tape;
    if (tape_in_score_mode(tape)) root = score_costs(S, root);
    tape_forget_adjoints(tape);
    if (!tape_has(S, root) || leaf < tape->base || leaf > root.node) return 0;
    uint32_t first = (uint32_t)(leaf - tape->base), last = (uint32_t)(root.node - tape->base);
    TapeNode *start = &tape->nodes[first];
    double *tangent = tape_adjoint_place(S, start);
    memcpy(tangent, direction, (start->layout == S->scalar ? 1 : start->layout->size) * sizeof(double));
    for (uint32_t k = first + 1; k <= last; k++) {
        TapeNode *node = &tape->nodes[k];
        forward_node(S, node, &tape->edges[node->first_edge]);
        if (node->barrier && node->adjoint && any_nonzero(node->layout, node->adjoint)) raise_barrier(S, node);
    }
    const double *result = tape_adjoint(S, root.node);
    double tangent_of_root = result ? result[0] : 0;
    return tape_in_score_mode(tape) ? tangent_of_root + forward_draws(S, last) : tangent_of_root;
}
