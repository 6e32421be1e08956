/* The logarithm of the beta function, as an expression for loops. */
#ifndef ELBO_STDLIB_DISTRIBUTIONS_LOG_BETA_H
#define ELBO_STDLIB_DISTRIBUTIONS_LOG_BETA_H

#include <float.h>

#include "runtime/kernels/special.h"

/* log gamma(x) without the leading terms of Stirling's series, (x - 1/2) log(x) - x + log(2 pi) / 2. */
static inline double stirling_rest(double x) {
    double psi, z = x < 10 ? 10 : x, r = 1 / z, w = r * r;
    double series = r * (1 / 12.0 - w * (1 / 360.0 - w * (1 / 1260.0 - w * (1 / 1680.0 - w * (1 / 1188.0 -
                    w * (691 / 360360.0 - w * (1 / 156.0)))))));
    double direct = gamma_log(x, &psi) - ((x - 0.5) * log(x) - x + 0.91893853320467274178);
    return x < 10 ? direct : series;
}

/* log(gamma(a) gamma(b) / gamma(a + b)) for a, b > 0. The leading terms of the three Stirling series are joined, so that
   nothing is lost when a or b is large. */
static inline double log_beta(double a, double b) {
    double rest = stirling_rest(a) + stirling_rest(b) - stirling_rest(a + b);
    double b_to_a = fmin(b / a, DBL_MAX), a_to_b = fmin(a / b, DBL_MAX);
    double half = 0.5 * (log(a + b) - log(a) - log(b)) + 0.91893853320467274178;
    return rest + half - a * log1p(b_to_a) - b * log1p(a_to_b);
}

#endif
