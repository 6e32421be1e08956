/* Counts whose parameters may themselves be variables, for all lanes of a block at once. A lane is refused (NaN) only if such a variable
   was, which is then NaN; all else it settles with its two uniforms and numbers that follow from these. n is a multiple of 8. */
#ifndef ELBO_STDLIB_DISTRIBUTIONS_COUNT_MIXED_H
#define ELBO_STDLIB_DISTRIBUTIONS_COUNT_MIXED_H

#include <stddef.h>

/* Binomial, where the weights of the two outcomes tell the probability, yes / (yes + no), exactly however rare one is. Two weights of 0
   count as a success that is impossible; a weight of NaN is refused. */
void count_propose_weighted(size_t n, double *restrict out, const double *trials, const double *yes, const double *no, const double *u, const double *v);
/* Such weights by the logit. */
void count_weights_of_logit(size_t n, double *restrict yes, double *restrict no, const double *logit);
/* Negative binomial of any size, odds yes / no: by inversion where few counts are likely, else Poisson with a rate from a gamma
   variable, of a standard normal z and three uniforms. */
void count_propose_negative(size_t n, double *restrict out, const double *size, const double *yes, const double *no, const double *z,
                            const double *const u[3]);

#endif
