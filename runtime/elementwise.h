/* Elementwise operations, for other operations that compute elements too. */
#ifndef ELBO_RUNTIME_ELEMENTWISE_H
#define ELBO_RUNTIME_ELEMENTWISE_H

#include "runtime/operations.h"

/* The layout in which n numeric values meet. Raises a type or shape error that names `function`. */
const Layout *elementwise_join(State *S, const char *function, const Value *values, unsigned n);
/* out = row(values) over out_layout, which all of them broadcast to; partial[k] (over out_layout too) for the partials that
   are wanted, or partial NULL for none. */
void elementwise_compute(State *S, const Elementwise *row, const Value *values, const Layout *out_layout, double *out,
                         double *const partial[]);
/* Spreads a value's elements over `layout`, which it broadcasts to. */
void elementwise_spread(State *S, Value v, const Layout *layout, double *out);
/* `missing` as a number in an array; every other value as it is. */
Value elementwise_plain(Value v);
/* What the elements of a result are known to be from those of the arguments. */
MissingState elementwise_missing(const Value *values, unsigned n);

#endif
