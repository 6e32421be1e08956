/* What depends on the order of elements. All over the event or an axis; lanes stay. */
#ifndef ELBO_STDLIB_ORDER_H
#define ELBO_STDLIB_ORDER_H

#include "runtime/operations.h"

/* The largest or smallest element (the first, if several; NaN if there is one), and its position. */
Value order_extreme(State *S, const char *function, Value v, Value axis, bool largest);
Value order_extreme_position(State *S, const char *function, Value v, Value axis, bool largest);
/* The largest or smallest element so far. */
Value order_running(State *S, const char *function, Value v, bool largest);
/* Sorted, NaN last; and the positions that sort. */
Value order_sorted(State *S, Value v, bool descending);
Value order_positions(State *S, Value v, bool descending);
Value order_reversed(State *S, Value v);
/* Quantiles at p[0 … n_p), each in [0, 1]: linear between the order statistics (type 7 of Hyndman and Fan 1996, as R and NumPy
   have it). With `drop` (n_p is 1) the result loses the dimension. */
Value order_quantiles(State *S, const char *function, Value v, Value axis, const double *p, size_t n_p, bool drop);
/* The distinct elements in ascending order, missing ones last; the array must not have lanes. */
Value order_unique(State *S, const Array *array);
/* The same of a list of strings, in which some may be missing. */
Value order_unique_texts(State *S, const List *texts);

#endif
