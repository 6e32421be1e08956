/* Counter-based random numbers: Philox4x32-10 (Salmon, Moraes, Dror, Shaw: Parallel random numbers: as easy as 1, 2, 3;
   SC 2011).

   A draw depends on (seed, step, site) and on the element's plate coordinates by axis name, and on nothing else: handlers,
   masks, tiles, the number of particles and of threads cannot move it. The key is a hash of (seed, step, site). The counter
   is (coordinate along the innermost plate / 2, number of the draw, 64 bits from the outer coordinates); the two halves of
   one output serve the coordinates 2k and 2k + 1 (Box-Muller's pair). A plate of one element counts as a plate with
   coordinate 0. In a subset each element has the coordinate that it has among all. */
#ifndef ELBO_RUNTIME_RANDOM_H
#define ELBO_RUNTIME_RANDOM_H

#include "runtime/layout.h"

typedef struct RandomKey {
    uint32_t key[2];
} RandomKey;

/* The key of a site in the current seed and step (S->random). `site` is the site's name. */
RandomKey random_key(const State *S, const String *site);

/* The same for the number-th of several draws that share a name. */
RandomKey random_key_numbered(const State *S, const String *site, uint64_t number);

/* Philox4x32-10, one block. */
void philox_block(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]);

/* Fills out (layout->size doubles: all components and lanes) with uniforms in the open interval (0, 1), or with standard
   normals. `layout` must have exactly the lanes of the plates around (S->context), in which draws are made; component c
   uses draw number first_draw + c. */
void random_uniform(State *S, RandomKey key, const Layout *layout, uint32_t first_draw, double *out);
void random_normal(State *S, RandomKey key, const Layout *layout, uint32_t first_draw, double *out);

/* The same for n elements only, whose offsets in the layout's memory are at[]. */
void random_uniform_some(State *S, RandomKey key, const Layout *layout, uint32_t first_draw, const size_t at[], size_t n, double *out);
void random_normal_some(State *S, RandomKey key, const Layout *layout, uint32_t first_draw, const size_t at[], size_t n, double *out);

/* For samplers that loop (rejection): the stream of one lane of one component. */
typedef struct LaneRandom {
    RandomKey key;
    uint32_t counter[4];
    uint32_t components; /* draw number = component + attempt * components */
    unsigned half;
} LaneRandom;
LaneRandom random_lane(State *S, RandomKey key, const Layout *layout, size_t component, size_t lane_offset);
double random_lane_uniform(LaneRandom *r);
double random_lane_normal(LaneRandom *r);

#endif
