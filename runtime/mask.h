/* Lane masks: which lanes are on. A mask is a boolean array of rank 0 with some of the lanes around; NULL: all are on. */
#ifndef ELBO_RUNTIME_MASK_H
#define ELBO_RUNTIME_MASK_H

#include "runtime/operations.h"
#include "runtime/state.h"

/* A mask with every lane on, where NULL will not do. */
Array *mask_full(State *S);
/* Lanes of `mask` where the condition (a boolean value of rank 0 with lanes) is true, or false. */
Array *mask_and(State *S, Array *mask, Value condition);
Array *mask_and_not(State *S, Array *mask, Value condition);
/* Union; NULL (all lanes) swallows. */
Array *mask_or(State *S, Array *a, Array *b);
/* Lanes of a that are not in b; b not NULL. */
Array *mask_minus(State *S, Array *a, Array *b);
/* Whether any lane is on. */
bool mask_any(const Array *mask);
/* Whether every lane is on. */
bool mask_all(const Array *mask);
/* Whether every lane of `inner` is in `outer`. */
bool mask_covers(State *S, Array *outer, Array *inner);
/* Least and largest element in the lanes that are on; NaN is left out. */
void value_extremes(State *S, Value v, double *least, double *largest);
/* Whether every element in the lanes that are on is a whole number. */
bool value_is_whole(State *S, Value v);
/* The lanes' rows: calls for whoever walks the lanes of a rank-0 array without its padding. */
static inline size_t mask_row_length(const Layout *l) { return l->n_axes ? l->axes[l->n_axes - 1]->size : 1; }

/* The value that is `on` in the lanes of mask and `off` elsewhere. Numbers, and arrays, records and lists of equal shape
   merge; what is equal stays; anything else raises "lanes-differ", naming `what`. */
Value value_merge(State *S, Array *mask, Value on, Value off, const char *what);

#endif
