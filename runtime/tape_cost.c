/* SPDX-License-Identifier: GPL-3.0-or-later
   Score edges, sweeping: the cost of each draw (runtime/tape_score.h). */
#include <string.h>

#include "runtime/broadcast.h"
#include "runtime/tape_arena.h"
#include "runtime/tape_parts.h"
#include "runtime/tape_reach.h"
#include "runtime/tape_score.h"

/* How a term counts for a draw: a bit for each axis of the draw's layout that is matched, and one that says that it counts. */
enum { COUNTS = 1 << LAYOUT_AXES };

/* A term of the root: its node, and each element times its weight. */
typedef struct CostTerm {
    const Layout *layout;
    const double *product;
    uint32_t node;
    uint32_t read[2]; /* nodes of what was read that it depends on besides; 0: none (node 0 is never one) */
} CostTerm;

/* The terms that count for a draw. */
typedef struct Matches {
    uint16_t *how;  /* by term: axes to match, with COUNTS; 0: it does not count */
    uint32_t *list; /* those that count */
    uint32_t n;
} Matches;

typedef struct Costs {
    CostTerm *terms;
    uint32_t n_terms;
    uint32_t last;      /* the root's node */
    Reach reach;        /* of the draws at hand; for these: */
    uint64_t *met;      /* by term: what reach has of its node and of what was read, joined */
    uint16_t *common;   /* by term: the axes that it shares with the draws */
    uint32_t *possible; /* the terms that count for any of them */
    uint32_t n_possible;
    uint64_t any;       /* a bit for each draw that a term depends on */
    bool alike;         /* the same terms count in the same way for all */
    Matches match, before; /* of this draw, and of the one before */
    bool *done;            /* by draw */
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

/* ---- Which terms count for a draw ---- */

/* What the draws at hand have to do with each term. */
static void meet_terms(const State *S, Costs *c) {
    bool all = !S->tape.by_dependency;
    uint32_t n = c->reach.words;
    c->n_possible = 0;
    c->any = 0;
    c->alike = all;
    for (uint32_t j = 0; j < c->n_terms; j++) {
        const CostTerm *term = &c->terms[j];
        uint64_t *met = c->met + (size_t)j * n;
        memset(met, 0, n * sizeof *met);
        reach_join(S, &c->reach, met, term->node);
        for (int k = 0; k < 2; k++)
            if (term->read[k]) reach_join(S, &c->reach, met, term->read[k]);
        if (!all && !met[0]) continue;
        c->possible[c->n_possible++] = j;
        c->common[j] = reach_axes(&c->reach, term->layout);
        c->any |= met[0];
        for (uint32_t k = 1; k < n; k++) c->alike &= met[k] == 0 || !(c->common[j] >> (k - 1) & 1);
    }
}

/* The terms that count for draw `bit` of those at hand. */
static void match_terms(const State *S, Costs *c, unsigned bit) {
    Matches *m = &c->match;
    uint32_t n = c->reach.words;
    for (uint32_t k = 0; k < m->n; k++) m->how[m->list[k]] = 0;
    m->n = 0;
    for (uint32_t i = 0; i < c->n_possible; i++) {
        uint32_t j = c->possible[i];
        const uint64_t *met = c->met + (size_t)j * n;
        if (S->tape.by_dependency && !(met[0] >> bit & 1)) continue;
        uint16_t how = COUNTS | c->common[j];
        for (uint32_t k = 1; k < n; k++) how &= (uint16_t) ~((met[k] >> bit & 1) << (k - 1));
        m->how[j] = how;
        m->list[m->n++] = j;
    }
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

/* Whether all that counted for the draw before counts in the same way for this one. */
static bool extends_before(const Costs *c) {
    for (uint32_t k = 0; k < c->before.n; k++) {
        uint32_t j = c->before.list[k];
        if (c->before.how[j] != c->match.how[j]) return false;
    }
    return true;
}

/* Draws come newest first: in a chain each has the cost of the one before, and a little more. */
static void draw_cost(State *S, Costs *c, ScoreDraw *draw, const ScoreDraw *before) {
    size_t n = draw->layout->size;
    bool extends = before && before->layout == draw->layout && extends_before(c);
    if (extends) memcpy(draw->cost, before->cost, n * sizeof *draw->cost);
    else memset(draw->cost, 0, n * sizeof *draw->cost);
    for (uint32_t k = 0; k < c->match.n; k++) {
        uint32_t j = c->match.list[k];
        if (extends && c->before.how[j]) continue;
        add_term(S, &c->terms[j], matched_layout(S, draw->layout, c->match.how[j]), draw, draw->cost);
    }
    Matches swap = c->match;
    c->match = c->before;
    c->before = swap;
}

/* The next draws of one layout that are not done, newest first. */
static void next_batch(State *S, Costs *c, uint32_t newest) {
    c->reach.n = 0;
    for (uint32_t k = newest + 1; k-- > 0 && c->reach.n < REACH_DRAWS;) {
        ScoreDraw *draw = &S->tape.draws[k];
        if (c->done[k] || draw->layout != S->tape.draws[newest].layout) continue;
        c->done[k] = true;
        draw->cost = NULL;
        if (draw->log_q <= c->last) c->reach.draws[c->reach.n++] = draw;
    }
}

/* Costs of the draws at hand; `before` is the last draw that has one, NULL at first. Returns the last then. */
static const ScoreDraw *batch_costs(State *S, Costs *c, const ScoreDraw *before) {
    const ScoreDraw *like = NULL;
    reach_compute(S, &c->reach, c->last);
    meet_terms(S, c);
    for (unsigned b = 0; b < c->reach.n; b++) {
        if (!(c->any >> b & 1)) continue; /* no term depends on it */
        ScoreDraw *draw = c->reach.draws[b];
        draw->cost = tape_allocate(S, draw->layout->size * sizeof *draw->cost);
        if (like) {
            memcpy(draw->cost, like->cost, draw->layout->size * sizeof *draw->cost);
            continue;
        }
        match_terms(S, c, b);
        draw_cost(S, c, draw, before);
        before = draw;
        if (c->alike) like = draw;
    }
    return before;
}

static void all_costs(State *S, Costs *c) {
    const ScoreDraw *before = NULL;
    for (uint32_t k = S->tape.n_draws; k-- > 0;) {
        while (!c->done[k]) {
            next_batch(S, c, k);
            if (c->reach.n) before = batch_costs(S, c, before);
        }
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

static Matches new_matches(State *S, uint32_t n_terms) {
    return (Matches){zeros(S, n_terms + 1, sizeof(uint16_t)), zeros(S, n_terms + 1, sizeof(uint32_t)), 0};
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
    uint32_t words = reach_begin(S, &c->reach, last);
    c->met = zeros(S, (size_t)c->n_terms * words + 1, sizeof *c->met);
    c->common = zeros(S, c->n_terms + 1, sizeof *c->common);
    c->possible = zeros(S, c->n_terms + 1, sizeof *c->possible);
    c->match = new_matches(S, c->n_terms);
    c->before = new_matches(S, c->n_terms);
    c->done = zeros(S, tape->n_draws, sizeof *c->done);
    all_costs(S, c);
    finish_costs(S);
    return root;
}
