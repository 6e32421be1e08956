/* What Wishart and InverseWishart share. Both have the parameters df and scale; the scale may also be given by its inverse or by its
   Cholesky factor. */
#ifndef ELBO_STDLIB_DISTRIBUTIONS_WISHART_PARTS_H
#define ELBO_STDLIB_DISTRIBUTIONS_WISHART_PARTS_H

#include "runtime/distribution.h"

enum { WISHART_DF, WISHART_SCALE, WISHART_CHOLESKY, WISHART_PRECISION }; /* the places of parameters */

/* Checks df and the matrix that is given, and fills in the scale and the layout. */
void wishart_make(State *S, Distribution *d);
/* The Cholesky factor of the scale, on the tape where the scale is. */
Value wishart_lower(State *S, Distribution *d);
/* DistributionComposed.parameter: the other ways to give the scale, from the one that was taken. */
Value wishart_parameter(State *S, Distribution *d, unsigned k);
/* Bartlett's factor: the lower triangle A for which A A' is from Wishart(df, 1): sqrt of chi-squared numbers with df, df - 1, …
   degrees of freedom on the diagonal, normals below (Bartlett: On the theory of statistical regression, 1933; Smith and Hocking,
   Algorithm AS 53, Applied Statistics 21 (1972) 341). It moves with df by implicit gradients. */
Value wishart_bartlett(State *S, Distribution *d, RandomKey key);

/* Functions of DistributionComposed: of a matrix from Wishart, or, in the second ones, of one whose inverse is. */
Value wishart_log_prob(State *S, Distribution *d, Value value);
Value wishart_statistics(State *S, const Layout *event, const double *x, size_t n);
bool wishart_log_prob_sum(State *S, Distribution *d, Value statistic, size_t n, Value *sum);
Value wishart_inverse_log_prob(State *S, Distribution *d, Value value);
Value wishart_inverse_statistics(State *S, const Layout *event, const double *x, size_t n);
bool wishart_inverse_log_prob_sum(State *S, Distribution *d, Value statistic, size_t n, Value *sum);

#endif
