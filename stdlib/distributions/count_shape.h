/* log(k!) - (k log(k) - k), the part of log(k!) that deviances leave (countkernels.h); 0 for k = 0. Small counts by a table, others by
   Stirling's series; a lane's number does not depend on its neighbours. Numbers that are no counts get some number. */
#ifndef ELBO_STDLIB_DISTRIBUTIONS_COUNT_SHAPE_H
#define ELBO_STDLIB_DISTRIBUTIONS_COUNT_SHAPE_H

#include <stddef.h>

/* Of x. n is a multiple of 8 here and below. */
void count_shapes(size_t n, double *restrict out, const double *x);
/* Of x and of n - x together. */
void count_shapes_of_both(size_t size, double *restrict out, const double *x, const double *n);
/* The same less that of n: of n! / (x! (n - x)!), with the sign turned. */
void count_shapes_of_choice(size_t size, double *restrict out, const double *x, const double *n);

#endif
