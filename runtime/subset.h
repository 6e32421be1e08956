/* Plates that run over a random subset of their elements. Such a plate's index is the vector of the subset's positions, in
   ascending order, with the plate's lanes. What is one per element has, outside, either all elements, and is gathered and
   scattered, or those of the subset. */
#ifndef ELBO_RUNTIME_SUBSET_H
#define ELBO_RUNTIME_SUBSET_H

#include "runtime/state.h"

/* `size` of the numbers 0 … whole - 1 without replacement, each set with the same probability, sorted into `out`. A pure
   function of the seed, the step, the plate's name, whole and size: model and guide see the same one in a step. Floyd's
   algorithm (Bentley and Floyd: A sample of brilliance; CACM 30, 1987). */
void subset_choose(State *S, const String *plate, size_t whole, size_t size, double *out);
/* Makes the plate, which is entered with `plate->size` elements, run over a subset of `whole`. */
void subset_begin(State *S, Plate *plate, size_t whole);

/* Whether dimension `position` of v has all elements of a plate that runs over a subset. */
bool subset_is_whole(const Plate *plate, Value v, uint32_t position);
/* v with that dimension gathered into the plate's lanes. */
Value subset_gather(State *S, const Plate *plate, Value v, uint32_t position);
/* v with the subset's part of that dimension replaced by `part`, where it has the subset's elements. */
Value subset_scatter(State *S, const Plate *plate, Value v, Value part, uint32_t position);

#endif
