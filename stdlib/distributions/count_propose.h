/* Counts for all lanes of a block at once, from two uniforms u and v each; NaN: they are refused, and other ones must be tried.
   A lane's count depends on nothing but its own numbers. n is a multiple of 8. */
#ifndef ELBO_STDLIB_DISTRIBUTIONS_COUNT_PROPOSE_H
#define ELBO_STDLIB_DISTRIBUTIONS_COUNT_PROPOSE_H

#include <stddef.h>

/* Poisson, for rates from 0 to 1e300: below 10 by inversion (never refused), from there on by Hörmann's PTRS. */
void count_propose_poisson(size_t n, double *restrict out, const double *rate, const double *u, const double *v);
/* Binomial, for counts of trials and 0 <= p <= 1: below an expected 10 of the rarer outcome by inversion, else by BTRS. */
void count_propose_binomial(size_t n, double *restrict out, const double *trials, const double *p, const double *u, const double *v);

#endif
