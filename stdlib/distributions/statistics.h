/* Sums over data, in one order whatever their number: for sufficient statistics. Computed once for each data set. */
#ifndef ELBO_STDLIB_DISTRIBUTIONS_STATISTICS_H
#define ELBO_STDLIB_DISTRIBUTIONS_STATISTICS_H

#include <stddef.h>

/* out[i] = f(x[i]); n is a multiple of 8. */
typedef void StatisticsMap(size_t n, double *restrict out, const double *restrict x);

/* The sum of f(x[i]). */
double statistics_sum(const double *x, size_t n, StatisticsMap *f);

/* Of y = f(x), or of x itself if f is NULL: moments[0] = a centre m near the mean, moments[1] = sum(y - m) (not 0, because m
   is rounded), moments[2] = sum((y - m)^2). So sum((y - a)^2) = moments[2] + 2 (m - a) moments[1] + n (m - a)^2 loses
   nothing when the mean is large and the spread small. */
void statistics_moments(const double *x, size_t n, StatisticsMap *f, double moments[3]);

#endif
