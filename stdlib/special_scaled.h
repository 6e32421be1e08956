/* What the incomplete gamma and beta functions share: powers by their deviances, and products that may be too small for numbers. */
#ifndef ELBO_STDLIB_SPECIAL_SCALED_H
#define ELBO_STDLIB_SPECIAL_SCALED_H

#include <float.h>
#include <math.h>
#include <stdbool.h>

#include "stdlib/distributions/countkernels.h"
#include "stdlib/special_incomplete.h"

/* gamma(z + 1) e^z z^-z, for z > 0: sqrt(2 pi z) but for the rest of Stirling's series. */
static inline double gamma_core(double z) {
    return z < 10 ? tgamma(z + 1) * exp(z) * pow(z, -z) : 2.50662827463100050242 * sqrt(z) * exp(stirling_series(z));
}

/* exp(v) - 1 - v without cancellation. */
static inline double expm1_gap(double v) {
    if (fabs(v) > 1) return expm1(v) - v;
    double sum = 0;
    for (int k = 18; k >= 2; k--) sum = (sum + 1) * (v / k);
    return v * sum;
}

/* log(1 + u) - u likewise. */
static inline double log1p_gap(double u) { return fabs(u) <= 0.5 ? -count_gap(u) : log1p(u) - u; }

static inline Scaled scaled_times(Scaled s, double factor) {
    return (Scaled){s.value * factor, s.log + log(factor), 0};
}

/* A tail that is `factor` times a measure. */
static inline Scaled tail_of(Scaled measure, double factor) {
    return (Scaled){measure.value * factor, measure.log + log(factor), 1 / factor};
}

/* (1 + distance / a)^a = ratio^a: what of its logarithm is beyond `distance`, as a power (of `log_power`, or 1) and an exponent. */
typedef struct Power {
    double power, log_power, exponent;
    bool near;
} Power;

static inline Power power_of(double ratio, double log_ratio, double a, double distance) {
    double t = distance / a;
    if (fabs(t) <= 0.5) return (Power){1, 0, -a * count_gap(t), true};
    return (Power){ratio < INFINITY ? pow(ratio, a) : exp(a * log_ratio), a * log_ratio, 0, false};
}

/* power * exp(exponent), by its logarithm where a factor by itself is out of range. */
static inline Scaled scaled_of(double power, double log_power, double exponent, double factor) {
    double logarithm = log_power + exponent;
    bool sound = fabs(log_power) < 700 && fabs(exponent) < 700;
    return (Scaled){(sound ? power * exp(exponent) : exp(logarithm)) * factor, logarithm + log(factor), 0};
}

#endif
