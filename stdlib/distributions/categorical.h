/* What families of categories share: probabilities or logits as parameters, and draws of categories. */
#ifndef ELBO_STDLIB_DISTRIBUTIONS_CATEGORICAL_H
#define ELBO_STDLIB_DISTRIBUTIONS_CATEGORICAL_H

#include "runtime/distribution.h"
#include "runtime/operations.h"

/* Parameter k holds probabilities or parameter k + 1 their logarithms up to a common summand, along the last dimension: checks what
   is given, and fills in both, normalised. */
void categorical_parameters(State *S, Distribution *d, unsigned k);

/* One category for each element of `to`, which is over the plates around; `own` is the layout of the probabilities without their
   last dimension. */
Array *categorical_draw(State *S, Value probabilities, const Layout *own, RandomKey key, const Layout *to);

/* For the elements of `value` over `to`: where along the last dimension of `in` (`own` is the rest) the element value + shift stands,
   as rows_gather wants it; 0 and false in `known` where it is no whole number or outside. */
size_t *categorical_places(State *S, Value value, const Layout *in, const Layout *own, const Layout *to, double shift, double *known);

/* known[k] at the elements of `value` over `to` that are a whole number k from 0 to n - 1, else -inf. */
Array *categorical_look_up(State *S, Value value, const Layout *to, const double *known, size_t n);

/* The sum of values[c] times counts[c], where a count of 0 gives 0 whatever the value. */
Value categorical_weighted(State *S, Value values, Value counts);

#endif
