/* The logarithm of the beta function, as an expression for loops. */
#ifndef ELBO_STDLIB_DISTRIBUTIONS_LOG_BETA_H
#define ELBO_STDLIB_DISTRIBUTIONS_LOG_BETA_H

#include <float.h>

#include "runtime/kernels/special.h"

/* log gamma(x) without the leading terms of Stirling's series, (x - 1/2) log(x) - x + log(2 pi) / 2. */
VECTOR_INLINE double stirling_rest(double x) {
    double psi, z = x < 10 ? 10 : x, r = 1 / z, w = r * r;
    double series = r * (1 / 12.0 - w * (1 / 360.0 - w * (1 / 1260.0 - w * (1 / 1680.0 - w * (1 / 1188.0 -
                    w * (691 / 360360.0 - w * (1 / 156.0)))))));
    double direct = gamma_log(x, &psi) - ((x - 0.5) * log(x) - x + 0.91893853320467274178);
    return x < 10 ? direct : series;
}

/* x / y, or the largest number where that is too large. */
VECTOR_INLINE double finite_ratio(double x, double y) {
    double ratio = x / y;
    return ratio > DBL_MAX ? DBL_MAX : ratio;
}

/* log(gamma(a) gamma(b) / gamma(a + b)) for a, b > 0. The leading terms of the three Stirling series are joined, so that
   nothing is lost when a or b is large. */
VECTOR_INLINE double log_beta(double a, double b) {
    double rest = stirling_rest(a) + stirling_rest(b) - stirling_rest(a + b);
    double b_to_a = finite_ratio(b, a), a_to_b = finite_ratio(a, b);
    double half = 0.5 * (log(a + b) - log(a) - log(b)) + 0.91893853320467274178;
    return rest + half - a * log1p(b_to_a) - b * log1p(a_to_b);
}

/* digamma(x) - log(x) for x > 0. */
VECTOR_INLINE double digamma_rest(double x) {
    double psi, z = x < 10 ? 10 : x, r = 1 / z, w = r * r;
    double series = -0.5 * r - w * (1 / 12.0 - w * (1 / 120.0 - w * (1 / 252.0 - w * (1 / 240.0 - w * (1 / 132.0 -
                    w * (691 / 32760.0 - w * (1 / 12.0 - w * (3617 / 8160.0))))))));
    gamma_log(x, &psi);
    double direct = psi - log(x);
    return x < 10 ? direct : series;
}

/* digamma(a + b) - digamma(a) for a, b > 0, the derivative of -log_beta with respect to a. */
VECTOR_INLINE double digamma_gap(double a, double b) {
    return log1p(finite_ratio(b, a)) + (digamma_rest(a + b) - digamma_rest(a));
}

#endif
