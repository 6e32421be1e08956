/* The multivariate gamma function. */
#ifndef ELBO_STDLIB_DISTRIBUTIONS_MULTIGAMMA_H
#define ELBO_STDLIB_DISTRIBUTIONS_MULTIGAMMA_H

#include <stddef.h>

/* log gamma_d(a) = d (d - 1) / 4 log(pi) + the sum over j < d of log gamma(a - j / 2), for a > (d - 1) / 2, and its derivative by a
   (Muirhead, Aspects of Multivariate Statistical Theory, 1982, theorem 2.1.12). n is a multiple of 8. */
void multigamma_log(size_t n, size_t d, double *restrict out, double *restrict derivative, const double *restrict a);

#endif
