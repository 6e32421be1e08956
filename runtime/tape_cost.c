/* SPDX-License-Identifier: GPL-3.0-or-later
   Score edges, sweeping: the cost of each draw (runtime/tape_score.h). */
#include <string.h>

#include "runtime/broadcast.h"
#include "runtime/tape_arena.h"
#include "runtime/tape_parts.h"
#include "runtime/tape_score.h"

/* A bit for each axis of the draw's layout that is matched, and one that says that the node depends on the draw at all. */
enum { DEPENDS = 1 << LAYOUT_AXES, NO_DRAW = -1 };

/* A term of the root: its node, and each element times its weight. */
typedef struct CostTerm {
    const Layout *layout;
    const double *product;
    uint32_t node;
    uint32_t read[2]; /* nodes of what was read that it depends on besides; 0: none (node 0 is never one) */
} CostTerm;

typedef struct Costs {
    CostTerm *terms;
    uint32_t n_terms;
    uint32_t last;      /* the root's node */
    uint16_t *reached;  /* by node: for the draw at hand */
    uint16_t *match, *before; /* by term: axes to match, with DEPENDS if it counts; of this draw and of the one before */
    const Layout *seen[64];   /* axes_in's memory */
    uint16_t bits[64];
} Costs;

/* ---- Terms ---- */

/* Pushes weights from the root down through the linear nodes. extra[k]: what was read that the weights of node k may hang on. */
static uint32_t push_weights(State *S, uint32_t last, uint32_t *extra) {
    Tape *tape = &S->tape;
    uint32_t n = 0;
    TapeNode *root = &tape->nodes[last];
    double *seed = tape_adjoint_place(S, root);
    for (size_t i = 0; i < (root->layout == S->scalar ? 1 : root->layout->size); i++) seed[i] = 1;
    for (uint32_t k = last + 1; k-- > 0;) {
        TapeNode *node = &tape->nodes[k];
        if (!node->adjoint) continue;
        if (!(node->flags & NODE_LINEAR)) {
            n++;
            continue;
        }
        tape_reverse_node(S, node);
        const Edge *edges = &tape->edges[node->first_edge];
        uint32_t of_weights = extra[k];
        for (uint32_t e = 0; node->flags & NODE_WEIGHTED && e < node->n_edges; e++)
            if (edges[e].kind == EDGE_DEPENDS && edges[e].source > of_weights) of_weights = edges[e].source;
        for (uint32_t e = 0; e < node->n_edges; e++)
            if (edges[e].kind != EDGE_DEPENDS && extra[edges[e].source] < of_weights) extra[edges[e].source] = of_weights;
    }
    return n;
}

/* Each element times its weight; a weight that is exactly zero contributes exactly zero. */
static const double *weighted(State *S, const TapeNode *node, const ScoreTerm *term) {
    if (node->layout == S->scalar) {
        double *one = tape_allocate(S, sizeof *one), x = term->data ? term->data[0] : term->number;
        one[0] = node->single == 0 ? 0 : node->single * x;
        return one;
    }
    size_t n = node->layout->size;
    double *product = tape_allocate(S, n * sizeof *product);
    for (size_t i = 0; i < n; i++) product[i] = node->adjoint[i] == 0 ? 0 : node->adjoint[i] * term->data[i];
    return product;
}

/* What no draw can reach is no cost of any. */
static void collect_terms(State *S, Costs *c, const uint32_t *extra) {
    Tape *tape = &S->tape;
    for (uint32_t k = 0; k < tape->n_terms; k++) {
        const ScoreTerm *term = &tape->terms[k];
        if (term->node > c->last) continue;
        const TapeNode *node = &tape->nodes[term->node];
        if (!node->adjoint || node->flags & NODE_LINEAR) continue;
        uint32_t read = term->read ? (uint32_t)(term->read - tape->base) : 0;
        if (!read && !extra[term->node] && !(node->flags & NODE_STOCHASTIC)) continue;
        c->terms[c->n_terms++] = (CostTerm){node->layout, weighted(S, node, term), term->node, {read, extra[term->node]}};
    }
}

/* ---- Which draws a node depends on, and along which axes lane for lane ---- */

static uint16_t axes_in(Costs *c, const Layout *draw, const Layout *layout) {
    size_t slot = ((uintptr_t)layout >> 6) % 64;
    if (c->seen[slot] == layout) return c->bits[slot];
    uint16_t bits = DEPENDS;
    for (unsigned k = 0; k < draw->n_axes; k++)
        if (layout_has_axis(layout, draw->axes[k])) bits |= (uint16_t)(1u << k);
    c->seen[slot] = layout;
    c->bits[slot] = bits;
    return bits;
}

/* Several ways: what is matched along all of them. */
static uint16_t both(uint16_t a, uint16_t b) { return !a ? b : !b ? a : (uint16_t)(a & b); }

static void reach(State *S, Costs *c, const ScoreDraw *draw) {
    const Tape *tape = &S->tape;
    memset(c->reached, 0, (draw->value + 1) * sizeof *c->reached);
    c->reached[draw->value] = axes_in(c, draw->layout, draw->layout);
    for (uint32_t k = draw->value + 1; k <= c->last; k++) {
        const TapeNode *node = &tape->nodes[k];
        uint16_t reached = 0;
        if (node->flags & NODE_STOCHASTIC) {
            const Edge *edges = &tape->edges[node->first_edge];
            for (uint32_t e = node->flags & NODE_RETURNED ? 1 : 0; e < node->n_edges; e++) reached = both(reached, c->reached[edges[e].source]);
            if (reached && !(node->flags & NODE_READ)) reached &= axes_in(c, draw->layout, node->layout);
        }
        c->reached[k] = reached;
    }
}

/* Fills in c->match; false: no term depends on the draw. */
static bool match_terms(State *S, Costs *c, const ScoreDraw *draw) {
    bool any = false;
    for (uint32_t j = 0; j < c->n_terms; j++) {
        const CostTerm *term = &c->terms[j];
        uint16_t reached = c->reached[term->node];
        for (int k = 0; k < 2; k++)
            if (term->read[k]) reached = both(reached, c->reached[term->read[k]]);
        any |= reached != 0;
        uint16_t common = axes_in(c, draw->layout, term->layout);
        c->match[j] = reached ? reached & common : S->tape.by_dependency ? 0 : common;
    }
    return any;
}

/* ---- Costs ---- */

/* The draw's axes that are matched, as a layout of numbers. */
static const Layout *matched_layout(State *S, const Layout *draw, uint16_t match) {
    Axis *axes[LAYOUT_AXES];
    uint32_t n = 0;
    for (unsigned k = 0; k < draw->n_axes; k++)
        if (match >> k & 1) axes[n++] = draw->axes[k];
    return n == draw->n_axes && draw->rank == 0 ? draw : layout_intern(S, n, axes, 0, NULL);
}

static void add_term(State *S, const CostTerm *term, const Layout *matched, const ScoreDraw *draw, double *cost) {
    const Weight one = {EDGE_SCALE, 1, NULL};
    if (matched == draw->layout) {
        broadcast_sum(matched, cost, term->layout, term->product, one);
        return;
    }
    double *sum = tape_arena_allocate(S, &S->tape.adjoints, matched->size * sizeof *sum);
    memset(sum, 0, matched->size * sizeof *sum);
    broadcast_sum(matched, sum, term->layout, term->product, one);
    broadcast_add(draw->layout, cost, matched, sum, one);
}

static void draw_cost(State *S, Costs *c, ScoreDraw *draw, const ScoreDraw *before) {
    size_t n = draw->layout->size;
    draw->cost = tape_allocate(S, n * sizeof *draw->cost);
    if (before && before->layout == draw->layout && memcmp(c->match, c->before, c->n_terms * sizeof *c->match) == 0) {
        memcpy(draw->cost, before->cost, n * sizeof *draw->cost);
        return;
    }
    memset(draw->cost, 0, n * sizeof *draw->cost);
    for (uint32_t j = 0; j < c->n_terms; j++)
        if (c->match[j]) add_term(S, &c->terms[j], matched_layout(S, draw->layout, c->match[j]), draw, draw->cost);
}

static void all_costs(State *S, Costs *c) {
    Tape *tape = &S->tape;
    const ScoreDraw *before = NULL;
    for (uint32_t k = 0; k < tape->n_draws; k++) {
        ScoreDraw *draw = &tape->draws[k];
        draw->cost = NULL;
        if (draw->log_q > c->last) continue;
        memset(c->seen, 0, sizeof c->seen);
        reach(S, c, draw);
        if (!match_terms(S, c, draw)) continue;
        draw_cost(S, c, draw, before);
        before = draw;
        uint16_t *swap = c->match;
        c->match = c->before;
        c->before = swap;
    }
}

/* Lanes that have not drawn have no cost, and the baseline sees the costs of all others. */
static void finish_costs(State *S) {
    Tape *tape = &S->tape;
    for (uint32_t k = 0; k < tape->n_draws; k++) {
        ScoreDraw *draw = &tape->draws[k];
        if (!draw->cost) continue;
        if (tape->baseline) tape->baseline(S, tape->baseline_what, draw->name, draw->layout, draw->cost);
        for (size_t i = 0; draw->on && i < draw->layout->size; i++)
            if (draw->on[i] == 0) draw->cost[i] = 0;
    }
}

static void *zeros(State *S, size_t n, size_t size) {
    void *block = tape_allocate(S, n * size);
    memset(block, 0, n * size);
    return block;
}

Value score_costs(State *S, Value root) {
    Tape *tape = &S->tape;
    root = score_term(S, root, S->scalar);
    if (!tape_has(S, root) || root.node == tape->costed) return root;
    tape->costed = root.node;
    uint32_t last = (uint32_t)(root.node - tape->base);
    tape_forget_adjoints(tape);
    uint32_t *extra = zeros(S, last + 1, sizeof *extra);
    uint32_t most = push_weights(S, last, extra);
    Costs *c = zeros(S, 1, sizeof *c);
    c->last = last;
    c->terms = tape_allocate(S, (most + 1) * sizeof *c->terms);
    collect_terms(S, c, extra);
    c->reached = zeros(S, last + 1, sizeof *c->reached);
    c->match = zeros(S, c->n_terms + 1, sizeof *c->match);
    c->before = zeros(S, c->n_terms + 1, sizeof *c->before);
    all_costs(S, c);
    finish_costs(S);
    return root;
}
