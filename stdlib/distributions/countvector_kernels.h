/* The terms of log probabilities of vectors of counts, elementwise. */
#ifndef ELBO_STDLIB_DISTRIBUTIONS_COUNTVECTOR_KERNELS_H
#define ELBO_STDLIB_DISTRIBUTIONS_COUNTVECTOR_KERNELS_H

#include "runtime/kernel.h"

/* The negative binomial log probability of x with size a and p = n / (n + s), where s is the sum of all a: the sum of these over all
   boxes, less that of n with size s, is the Dirichlet-multinomial one, in which nothing nearly cancels. In: x, a, n, s. */
extern const Elementwise countvector_negative;
/* The same of n with size s. In: n, s. */
extern const Elementwise countvector_negative_whole;
/* log(sigmoid(u - e) - sigmoid(l - e)) for l < u, either of which may be infinite. In: l, u, e. */
extern const Elementwise countvector_between;
/* The same for l and u of which log(1 - exp(l - u)) is known; NaN among these gives -inf, with partial 0. by_e may be NULL. */
void countvector_between_known(size_t size, double *restrict out, double *restrict by_e, const double *l, const double *u, const double *log_gap,
                               const double *e);
void countvector_log_gaps(size_t size, double *restrict out, const double *l, const double *u);

#endif
