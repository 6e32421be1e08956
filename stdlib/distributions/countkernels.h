/* Log probabilities of counts that lose no digits where counts are large and the probability is not small, as expressions for
   loops. As C. Loader, Fast and accurate computation of binomial probabilities (2000), they split a probability into the rests of
   Stirling's series and deviances; here the distance from the mean is an argument, so that it may be computed without
   cancellation from whatever parameters a family has. */
#ifndef ELBO_STDLIB_DISTRIBUTIONS_COUNTKERNELS_H
#define ELBO_STDLIB_DISTRIBUTIONS_COUNTKERNELS_H

#include <stdbool.h>

#include "stdlib/distributions/counts.h"

/* stirling_rest(x) for x >= 10. */
VECTOR_INLINE double stirling_series(double x) {
    double r = 1 / x, w = r * r;
    return r * (1 / 12.0 - w * (1 / 360.0 - w * (1 / 1260.0 - w * (1 / 1680.0 - w * (1 / 1188.0 - w * (691 / 360360.0 - w * (1 / 156.0)))))));
}

/* log(k!) of the counts below 16, by a table (made with mpmath); 0 for other numbers. Tables keep a loop from becoming vector
   code, so they stand in a loop of their own. */
static inline double count_log_factorial_small(double k) {
    static const double known[16] = {
        0.0, 0.0, 0.6931471805599453, 1.791759469228055,
        3.1780538303479458, 4.787491742782046, 6.579251212010101, 8.525161361065415,
        10.60460290274525, 12.801827480081469, 15.104412573075516, 17.502307845873887,
        19.987214495661885, 22.552163853123425, 25.19122118273868, 27.89927138384089};
    return k >= 0 && k < 16 ? known[(int)k] : 0;
}

/* log(k!) of counts from 1 to 15 without k log(k) - k + log(2 pi k) / 2. */
static inline double count_rest_small(double k) {
    static const double known[16] = {
        0.0, 0.08106146679532726, 0.0413406959554093, 0.02767792568499834,
        0.020790672103765093, 0.016644691189821193, 0.013876128823070748, 0.01189670994589177,
        0.010411265261972096, 0.009255462182712733, 0.00833056343336287, 0.007573675487951841,
        0.00694284010720953, 0.006408994188004207, 0.0059513701127588475, 0.005554733551962801};
    return k >= 0 && k < 16 ? known[(int)k] : 0;
}

/* (log((1 + v) / (1 - v)) / (2 v) - 1) / v^2, by w = v^2 <= 1/9. With v = t / (2 + t), t - log(1 + t) = v (t - 2 w series). */
VECTOR_INLINE double count_gap_series(double w) {
    return 1 / 3.0 + w * (1 / 5.0 + w * (1 / 7.0 + w * (1 / 9.0 + w * (1 / 11.0 + w * (1 / 13.0 + w * (1 / 15.0 +
           w * (1 / 17.0 + w * (1 / 19.0 + w * (1 / 21.0 + w * (1 / 23.0 + w * (1 / 25.0 + w * (1 / 27.0 +
           w * (1 / 29.0)))))))))))));
}

/* t - log(1 + t) for |t| <= 1/2. */
VECTOR_INLINE double count_gap(double t) {
    double v = t / (2 + t), w = v * v;
    return t * v - 2 * v * w * count_gap_series(w);
}

/* size * (t - log(1 + t)), where distance = size * t and log_t = log(1 + t). */
VECTOR_INLINE double count_part(double size, double distance, double log_t) {
    bool near = fabs(distance) <= 0.5 * size;
    double v = (near ? distance : 0) / (2 * size + (near ? distance : 0));
    return near ? v * (distance - 2 * size * (v * v) * count_gap_series(v * v)) : distance - size * log_t;
}

/* log(rate^k exp(-rate) / k!) for counts from 16 on. */
VECTOR_INLINE double poisson_log_large(double k, double rate, double log_rate) {
    double log_k = log(k);
    return -stirling_series(k) - count_part(k, rate - k, log_rate - log_k) - 0.5 * (LOG_2_PI + log_k);
}

/* log(gamma(x + n) / (gamma(n) x!) p^x q^n) and the shape of x (count_shape.h), which it is short of, for a count x >= 1; q = 1 - p,
   distance = n p - x q, rest_n = stirling_rest(n). */
VECTOR_INLINE double negative_binomial_part(double x, double n, double distance, double p, double log_p, double log_q, double rest_n) {
    double ratio = finite_ratio(x, n), log_ratio = log1p(ratio), t = distance / x, scale = t > -0.5 ? 1 + t : p * (n / x) + p; /* p (n + x) / x */
    double log_scale = log(scale > 1e-290 ? scale : 1), tiny = log1p(n / x) + log_p;
    double by_n = count_part(n, -distance, log_ratio + log_q), by_x = count_part(x, distance, scale > 1e-290 ? log_scale : tiny);
    return stirling_rest(x + n) - rest_n - 0.5 * log_ratio - by_n - by_x;
}

/* The same for any count. */
VECTOR_INLINE double negative_binomial_shapeless(double x, double n, double distance, double p, double log_p, double log_q, double rest_n) {
    double part = negative_binomial_part(x < 1 ? 1 : x, n, distance, p, log_p, log_q, rest_n);
    return x < 1 ? n * log_q : part;
}

/* Without count_shape.h's tables: for a count x >= 1, and for any. */
VECTOR_INLINE double negative_binomial_some(double x, double n, double distance, double p, double log_p, double log_q, double rest_n) {
    return negative_binomial_part(x, n, distance, p, log_p, log_q, rest_n) - (stirling_rest(x) + 0.5 * (LOG_2_PI + log(x)));
}

VECTOR_INLINE double negative_binomial_log(double x, double n, double distance, double p, double log_p, double log_q, double rest_n) {
    double some = negative_binomial_some(x < 1 ? 1 : x, n, distance, p, log_p, log_q, rest_n);
    return x < 1 ? n * log_q : some;
}

/* log(n! / (x! y!) p^x q^y) for counts x + y = n; distance = n p - x, shapes that of count_shapes_of_choice. */
VECTOR_INLINE double binomial_log_of(double x, double n, double distance, double log_p, double log_q, double shapes) {
    double y = n - x, a = x < 1 ? 1 : x, b = y < 1 ? 1 : y, m = n < 1 ? 1 : n;
    double by_x = count_part(a, distance, log(m / a) + log_p), by_y = count_part(b, -distance, log(m / b) + log_q);
    double ends = x < 1 ? (y < 1 ? 0 : n * log_q) : n * log_p;
    return x < 1 || y < 1 ? ends : -shapes - by_x - by_y;
}

/* (digamma(n + x) - log(n + x)) - (digamma(n) - log(n)) for x >= 0, without cancellation where n is large: Stirling's series as
   divided differences. */
VECTOR_INLINE double digamma_rest_gap(double n, double x) {
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
