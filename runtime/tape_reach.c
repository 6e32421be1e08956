/* SPDX-License-Identifier: GPL-3.0-or-later
   Score edges, dependency: bits for many draws, pushed forwards over the tape. */
#include "runtime/tape_reach.h"

#include <string.h>

uint16_t reach_axes(Reach *r, const Layout *layout) {
    size_t slot = ((uintptr_t)layout >> 6) % REACH_LAYOUTS;
    if (r->seen[slot] == layout) return r->axes[slot];
    uint16_t bits = 0;
    for (unsigned k = 0; k < r->layout->n_axes; k++)
        if (layout_has_axis(layout, r->layout->axes[k])) bits |= (uint16_t)(1u << k);
    r->seen[slot] = layout;
    r->axes[slot] = bits;
    return bits;
}

uint32_t reach_begin(State *S, Reach *r, uint32_t last) {
    uint32_t words = 1;
    for (uint32_t k = 0; k < S->tape.n_draws; k++) {
        uint32_t n = 1u + S->tape.draws[k].layout->n_axes;
        if (n > words) words = n;
    }
    r->nodes = tape_allocate(S, ((size_t)last + 1) * words * sizeof *r->nodes);
    return words;
}

static uint64_t *words_of(const Reach *r, uint32_t node) { return r->nodes + (size_t)node * r->words; }

void reach_join(const State *S, const Reach *r, uint64_t *words, uint32_t node) {
    if (!(S->tape.nodes[node].flags & NODE_STOCHASTIC)) return;
    const uint64_t *from = words_of(r, node);
    for (uint32_t k = 0; k < r->words; k++) words[k] |= from[k];
}

/* A node without one of the axes has lost it. */
static void lose_axes(Reach *r, uint64_t *words, const TapeNode *node) {
    uint16_t has = reach_axes(r, node->layout);
    for (uint32_t k = 1; k < r->words; k++)
        if (!(has >> (k - 1) & 1)) words[k] |= words[0];
}

static void compute_node(State *S, Reach *r, uint32_t k, uint32_t first) {
    const TapeNode *node = &S->tape.nodes[k];
    const Edge *edges = &S->tape.edges[node->first_edge];
    uint64_t *words = words_of(r, k);
    memset(words, 0, r->words * sizeof *words);
    for (uint32_t e = node->flags & NODE_RETURNED ? 1 : 0; e < node->n_edges; e++)
        if (edges[e].source >= first) reach_join(S, r, words, edges[e].source);
    if (words[0] && !(node->flags & NODE_READ)) lose_axes(r, words, node);
}

void reach_compute(State *S, Reach *r, uint32_t last) {
    r->layout = r->draws[0]->layout;
    r->words = 1u + r->layout->n_axes;
    memset(r->seen, 0, sizeof r->seen);
    uint32_t oldest = r->n - 1, first = r->draws[oldest]->value;
    memset(r->nodes, 0, (size_t)first * r->words * sizeof *r->nodes);
    for (uint32_t k = first, next = oldest; k <= last; k++) {
        if (!(S->tape.nodes[k].flags & NODE_STOCHASTIC)) continue;
        compute_node(S, r, k, first);
        if (next <= oldest && k == r->draws[next]->value) words_of(r, k)[0] |= (uint64_t)1 << next--;
    }
}
