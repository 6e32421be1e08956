/* Which nodes depend on which score draws, and along which axes lane for lane: for up to 64 draws of one layout at once, a bit each,
   so that a loop of many draws does not cost draws times nodes. */
#ifndef ELBO_RUNTIME_TAPE_REACH_H
#define ELBO_RUNTIME_TAPE_REACH_H

#include "runtime/tape_score.h"

enum { REACH_DRAWS = 64, REACH_LAYOUTS = 64 };

typedef struct Reach {
    ScoreDraw *draws[REACH_DRAWS]; /* newest first; bit b of a word is draw b's */
    uint32_t n;
    const Layout *layout;          /* of all of them */
    uint32_t words;                /* for each node: who reaches it; then for each axis of the layout: who lost it on a way there */
    uint64_t *nodes;
    const Layout *seen[REACH_LAYOUTS]; /* reach_axes' memory */
    uint16_t axes[REACH_LAYOUTS];
} Reach;

/* Takes memory for nodes up to `last`; returns the largest number of words that any draw's layout will ask for. */
uint32_t reach_begin(State *S, Reach *r, uint32_t last);
/* Fills in layout, words and nodes for draws, of which there is at least one. */
void reach_compute(State *S, Reach *r, uint32_t last);
/* Joins what is known of a node into `words`: it is lane for lane along an axis only if all ways to it are. */
void reach_join(const State *S, const Reach *r, uint64_t *words, uint32_t node);
/* A bit for each axis of the draws' layout that `layout` has too. */
uint16_t reach_axes(Reach *r, const Layout *layout);

#endif
