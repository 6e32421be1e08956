/* Log probabilities of counts that lose no digits where counts are large and the probability is not small, as expressions for
   loops. As C. Loader, Fast and accurate computation of binomial probabilities (2000), they split a probability into the rests of
   Stirling's series and deviances; here the distance from the mean is an argument, so that it may be computed without
   cancellation from whatever parameters a family has. */
#ifndef ELBO_STDLIB_DISTRIBUTIONS_COUNTKERNELS_H
#define ELBO_STDLIB_DISTRIBUTIONS_COUNTKERNELS_H

#include "stdlib/distributions/counts.h"

/* t - log(1 + t) for |t| <= 1/2, by the series of log((1 + v) / (1 - v)), v = t / (2 + t). */
static inline double count_gap(double t) {
    double v = t / (2 + t), w = v * v;
    double series = 1 / 3.0 + w * (1 / 5.0 + w * (1 / 7.0 + w * (1 / 9.0 + w * (1 / 11.0 + w * (1 / 13.0 + w * (1 / 15.0 +
                    w * (1 / 17.0 + w * (1 / 19.0 + w * (1 / 21.0 + w * (1 / 23.0 + w * (1 / 25.0 + w * (1 / 27.0 +
                    w * (1 / 29.0)))))))))))));
    return t * v - 2 * v * w * series;
}

/* size * (t - log(1 + t)), where distance = size * t and log_t = log(1 + t). */
static inline double count_part(double size, double distance, double log_t) {
    double t = distance / size, near = fabs(t) <= 0.5 ? t : 0;
    return fabs(t) <= 0.5 ? size * count_gap(near) : distance - size * log_t;
}

/* log(gamma(x + n) / (gamma(n) x!) p^x q^n) for a count x >= 1, q = 1 - p; distance = n p - x q, rest_n = stirling_rest(n). */
static inline double negative_binomial_some(double x, double n, double distance, double log_p, double log_q, double rest_n) {
    double ratio = finite_ratio(x, n), log_ratio = log1p(ratio);
    double by_n = count_part(n, -distance, log_ratio + log_q), by_x = count_part(x, distance, log1p(n / x) + log_p);
    double rests = stirling_rest(x + n) - rest_n - stirling_rest(x);
    return rests - 0.5 * (LOG_2_PI + log(x) + log_ratio) - by_n - by_x;
}

/* The same for any count. */
static inline double negative_binomial_log(double x, double n, double distance, double log_p, double log_q, double rest_n) {
    double some = negative_binomial_some(x < 1 ? 1 : x, n, distance, log_p, log_q, rest_n);
    return x < 1 ? n * log_q : some;
}

/* log(n! / (x! y!) p^x q^y) for counts x + y = n; distance = n p - x. */
static inline double binomial_log_of(double x, double n, double distance, double log_p, double log_q) {
    double y = n - x, a = x < 1 ? 1 : x, b = y < 1 ? 1 : y, m = n < 1 ? 1 : n;
    double by_x = count_part(a, distance, log(m / a) + log_p), by_y = count_part(b, -distance, log(m / b) + log_q);
    double rests = stirling_rest(m) - stirling_rest(a) - stirling_rest(b);
    double some = rests - 0.5 * (LOG_2_PI + log(a) + log(b / m)) - by_x - by_y;
    double ends = x < 1 ? (y < 1 ? 0 : n * log_q) : n * log_p;
    return x < 1 || y < 1 ? ends : some;
}

/* (digamma(n + x) - log(n + x)) - (digamma(n) - log(n)) for x >= 0, without cancellation where n is large: Stirling's series as
   divided differences. */
static inline double digamma_rest_gap(double n, double x) {
    double m = n < 10 ? 10 : n, r0 = 1 / m, r1 = 1 / (m + x), e = finite_ratio(x, m) * r1; /* r0 - r1 */
    double w0 = r0 * r0, w1 = r1 * r1, slope = 0, value = 691 / 32760.0;
    slope = value;
    value = value * w0 - 1 / 132.0;
    slope = slope * w1 + value;
    value = value * w0 + 1 / 240.0;
    slope = slope * w1 + value;
    value = value * w0 - 1 / 252.0;
    slope = slope * w1 + value;
    value = value * w0 + 1 / 120.0;
    slope = slope * w1 + value;
    value = value * w0 - 1 / 12.0;
    slope = slope * w1 + value;
    double series = e * (0.5 - (r0 + r1) * slope);
    double direct = digamma_rest(n + x) - digamma_rest(n);
    return n < 10 ? direct : series;
}

#endif
