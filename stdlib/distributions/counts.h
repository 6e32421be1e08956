/* Probabilities of counts without loss of digits: C. Loader, Fast and accurate computation of binomial probabilities (2000).

   They split a probability into Stirling's series and the deviance, each of which is small where the probability is large. */
#ifndef ELBO_STDLIB_DISTRIBUTIONS_COUNTS_H
#define ELBO_STDLIB_DISTRIBUTIONS_COUNTS_H

#include "stdlib/distributions/log_beta.h"

#define LOG_2_PI 1.8378770664093454835606594728112

/* Whether x is one of 0, 1, 2, …; numbers from 2^1000 on, whose probability is 0 in every family here, count as outside. */
#define IS_COUNT(x) ((x) >= 0 && (x) < 0x1p1000 && floor(x) == (x))

/* x log(x / mean) + mean - x, for x and mean > 0. */
static inline double count_deviance(double x, double mean) {
    double v = (x - mean) / (x + mean);
    if (!(fabs(v) < 0.1)) return x * log(x / mean) + mean - x;
    double sum = (x - mean) * v, term = 2 * x * v, w = v * v;
    for (int j = 3; j < 60; j += 2) {
        double next = sum + (term *= w) / j;
        if (next == sum) break;
        sum = next;
    }
    return sum;
}

static inline double poisson_log(double k, double rate) {
    return k == 0 ? -rate : -stirling_rest(k) - count_deviance(k, rate) - 0.5 * (LOG_2_PI + log(k));
}

/* For 0 < p < 1. */
static inline double binomial_log(double k, double n, double p) {
    if (k == 0) return n * log1p(-p);
    if (k == n) return n * log(p);
    double rest = stirling_rest(n) - stirling_rest(k) - stirling_rest(n - k);
    double deviance = count_deviance(k, n * p) + count_deviance(n - k, n * (1 - p));
    return rest - deviance + 0.5 * (log(n / k) - log(n - k) - LOG_2_PI);
}

#endif
