/* Log densities of gamma variables and of what is made of them, without loss of digits when the shape is large.

   With s = max(shape, 1) and t = y rate / s, the density of log(y) is exp(k + shape log(t) - s (t - 1)). Near t = 1 and for a
   shape of at least 1 the last two terms are -shape (t - 1 - log(t)), whose cancellation a series takes out (C. Loader, Fast and
   accurate computation of binomial probabilities, 2000); k then has what Stirling's series leaves. */
#ifndef ELBO_STDLIB_DISTRIBUTIONS_GAMMA_SCORE_H
#define ELBO_STDLIB_DISTRIBUTIONS_GAMMA_SCORE_H

#include <stdbool.h>

#include "stdlib/distributions/log_beta.h"

static inline double gamma_centre(double shape) { return shape < 1 ? 1.0 : shape; }

/* k. */
static inline double gamma_constant(double shape) {
    double psi, small = -1 - gamma_log(shape, &psi), large = 0.5 * log(shape) - 0.91893853320467274178 - stirling_rest(shape);
    return shape < 1 ? small : large;
}

/* The derivative of -(k - shape log(s) + s): digamma(shape) - log(s). */
static inline double gamma_psi(double shape) {
    double rest = digamma_rest(shape);
    return shape < 1 ? rest + log(shape) : rest;
}

/* log(a b) for positive numbers, of which only the product of powers of 2 may be too small. */
static inline double log_product(double a, double b) {
    bool tiny = a * b < 1e-280;
    double y = log(tiny ? (a * 0x1p600) * (b * 0x1p600) : a * b);
    return tiny ? y - 831.77661667193437 : y;
}

static inline int is_near_1(double t) { return fabs(t - 1) < 0.1 * (t + 1); }

/* t - 1 - log(t) where is_near_1(t). */
static inline double excess_near_1(double t) {
    double d = t - 1, v = d / (t + 1), w = v * v;
    double series = 1 / 3.0 + w * (1 / 5.0 + w * (1 / 7.0 + w * (1 / 9.0 + w * (1 / 11.0 + w * (1 / 13.0 + w * (1 / 15.0 + w * (1 / 17.0)))))));
    return v * (d - 2 * w * series);
}

static inline double excess(double t, double log_t) { return is_near_1(t) ? excess_near_1(t) : t - 1 - log_t; }

/* (shape + more) log(t) - s (t - 1), which has k and logarithms of x and the rate as company: more is -1 for y itself and 1 for
   1 / y. Finite or -inf for t > 0. */
static inline double gamma_power(double t, double log_t, double shape, double more) {
    double power = shape + more, direct = (power == 0 ? 0 : power * log_t) - gamma_centre(shape) * (t - 1);
    double near = more * log_t - shape * excess_near_1(t);
    return t > 1e300 ? -INFINITY : (is_near_1(t) & (shape >= 1)) ? near : direct;
}

enum { GAMMA_STATISTICS = 6 };

/* Sums over positive data y about their mean m, which give those over t = y r for any r without loss of digits: how many, m, the
   sum of y / m - 1 (0 but for rounding), that of y / m - 1 - log(y / m); and how many data are 0 (not counted before), and how
   many lie outside of [0, inf). With `inverse` the y are 1 / x, and 0 is outside. */
void gamma_statistics(const double *x, size_t n, bool inverse, double statistic[GAMMA_STATISTICS]);

/* The sum of log(t), for tau = m r. */
static inline double gamma_sum_log(const double statistic[], double log_tau) {
    return statistic[0] * log_tau + statistic[2] - statistic[3];
}

/* The sum of gamma_power. */
static inline double gamma_sum_power(const double statistic[], double tau, double log_tau, double shape, double more) {
    double n = statistic[0], rest = statistic[2], logs = gamma_sum_log(statistic, log_tau);
    double direct = (shape + more) * logs - gamma_centre(shape) * (n * (tau - 1) + tau * rest);
    double large = more * logs - shape * (statistic[3] + n * excess(tau, log_tau) + (tau - 1) * rest);
    return shape < 1 ? direct : large;
}

#endif
