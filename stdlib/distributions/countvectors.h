/* Vectors of counts with a given sum: what Multinomial and DirichletMultinomial share. */
#ifndef ELBO_STDLIB_DISTRIBUTIONS_COUNTVECTORS_H
#define ELBO_STDLIB_DISTRIBUTIONS_COUNTVECTORS_H

#include "runtime/distribution.h"
#include "runtime/operations.h"

/* Parameter k must be a count, which may differ between lanes. */
void countvectors_check_n(State *S, const Distribution *d, unsigned k);
/* Vectors over the event of v and the lanes of v and n. */
const Layout *countvectors_layout(State *S, const Distribution *d, Value v, Value n);
/* n balls into boxes with these probabilities (whose sum is 1), over the plates around: a chain of conditional binomial draws. */
Array *countvectors_draw(State *S, Value probabilities, Value n, RandomKey key, const Layout *event);
/* v where all elements of x are counts with the sum n and v is finite; else -inf. */
Value countvectors_inside(State *S, Value x, Value n, Value v);

#endif
