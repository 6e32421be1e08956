/* Running sums and products. */
#ifndef ELBO_STDLIB_CUMULATE_H
#define ELBO_STDLIB_CUMULATE_H

#include "runtime/operations.h"

/* Along the last dimension: each element becomes the sum, or product, of those up to it. */
Value rows_cumulate(State *S, Value v, bool product);

#endif
