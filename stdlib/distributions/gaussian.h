/* What Normal and LogNormal share: the sum of n normal log densities from centred moments. */
#ifndef ELBO_STDLIB_DISTRIBUTIONS_GAUSSIAN_H
#define ELBO_STDLIB_DISTRIBUTIONS_GAUSSIAN_H

#include <stdbool.h>
#include <stddef.h>

#include "stdlib/distributions/lone.h"

#define HALF_LOG_2_PI 0.91893853320467274178032973640562

/* statistic: n, the three of statistics_moments. in: mu, sigma, 1 / sigma, log(sigma). `less` is taken off each sum. Unless all
   data lie `inside` the support the sum is -inf, and the partials 0. */
LONE_INLINE void gaussian_score(size_t n, double *restrict out, double *const partial[], const double *const in[],
                                const double statistic[], double less, bool inside) {
    const double *mu = in[0], *inverse = in[2], *log_sigma = in[3];
    double count = statistic[0], mean = statistic[1], sum = statistic[2], square = statistic[3];
    VECTOR_LOOP(i, n) {
        double d = mean - mu[i], s = square + 2 * d * sum + count * d * d;
        out[i] = inside ? -count * (log_sigma[i] + HALF_LOG_2_PI) - 0.5 * s * inverse[i] * inverse[i] - less : -INFINITY;
    }
    if (partial[0])
        VECTOR_LOOP(i, n)
            partial[0][i] = inside ? (sum + count * (mean - mu[i])) * inverse[i] * inverse[i] : 0;
    if (!partial[1]) return;
    VECTOR_LOOP(i, n) {
        double d = mean - mu[i], s = square + 2 * d * sum + count * d * d;
        partial[1][i] = inside ? (s * inverse[i] * inverse[i] - count) * inverse[i] : 0;
    }
}

#endif
