/* The terms of log probabilities of vectors of counts, elementwise. */
#ifndef ELBO_STDLIB_DISTRIBUTIONS_COUNTVECTOR_KERNELS_H
#define ELBO_STDLIB_DISTRIBUTIONS_COUNTVECTOR_KERNELS_H

#include "runtime/kernel.h"

/* The Poisson log probability of x at the mean n p, given n and log(p): the sum of these over all boxes, less that of n at the mean
   n, is the multinomial one, in which nothing nearly cancels. In: x, n, log(p). */
extern const Elementwise countvector_poisson;
/* The same of n at the mean n. In: n. */
extern const Elementwise countvector_poisson_whole;
/* The negative binomial log probability of x with size a and p = n / (n + s): likewise for Dirichlet-multinomial counts, where s is the
   sum of all a. In: x, a, n, s. */
extern const Elementwise countvector_negative;
/* The same of n with size s. In: n, s. */
extern const Elementwise countvector_negative_whole;
/* log(sigmoid(u - e) - sigmoid(l - e)) for l < u, either of which may be infinite. In: l, u, e. */
extern const Elementwise countvector_between;

#endif
