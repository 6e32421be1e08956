/* Kernels of the families that are built from other distributions. */
#ifndef ELBO_STDLIB_DISTRIBUTIONS_BUILT_KERNELS_H
#define ELBO_STDLIB_DISTRIBUTIONS_BUILT_KERNELS_H

#include "runtime/kernel.h"

/* log(exp(a) - exp(b)) for a >= b; -inf, with gradient 0, where they are equal. */
extern const Elementwise built_log_difference;
/* log(p + (1 - p) exp(a)) for 0 <= p <= 1 and a <= 0. */
extern const Elementwise built_log_inflated;

/* out = log(exp(in[0]) + … + exp(in[count - 1])), and partial[k], the share of each (NULL: not wanted): 0 where the sum is
   infinite. n is a multiple of 8. */
void built_log_sum_kernel(size_t n, double *restrict out, double *const partial[], const double *const in[], unsigned count);

#endif
