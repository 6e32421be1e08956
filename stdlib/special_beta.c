/* SPDX-License-Identifier: GPL-3.0-or-later
   Rows of the regularised incomplete beta function. */
#include <math.h>

#include "stdlib/special.h"
#include "stdlib/special_incomplete.h"
#include "stdlib/special_rows.h"

static bool is_inner(double x, double a, double b) { return x > 0 && x < 1 && a > 0 && a < INFINITY && b > 0 && b < INFINITY; }

/* An infinite shape has all probability at its own end. */
static double at_edge(double x, double a, double b, bool upper) {
    if (x != x || !(a > 0) || !(b > 0) || (a == INFINITY && b == INFINITY)) return NAN;
    return (x >= 1 || (x > 0 && b == INFINITY)) != upper;
}

double special_beta_cdf(double x, double a, double b, bool upper) {
    return is_inner(x, a, b) ? incomplete_beta(x, 1 - x, a, b, upper).value : at_edge(x, a, b, upper);
}

double special_log_beta_cdf(double x, double a, double b, bool upper) {
    return is_inner(x, a, b) ? incomplete_beta(x, 1 - x, a, b, upper).log : log(at_edge(x, a, b, upper));
}

static double density(double x, double a, double b) {
    return is_inner(x, a, b) ? incomplete_beta_measure(x, 1 - x, a, b).value / (x * (1 - x)) : 0;
}

/* The density by the tail. */
static double hazard(double x, double a, double b, bool upper) {
    return is_inner(x, a, b) ? incomplete_beta(x, 1 - x, a, b, upper).rate / (x * (1 - x)) : 0;
}

/* With respect to a (k = 1) or b, of the logarithm of a tail, and of the tail. */
static double log_slope(double x, double a, double b, bool upper, unsigned k) {
    if (!is_inner(x, a, b)) return 0;
    return k == 1 ? incomplete_beta_by_a(x, 1 - x, a, b, upper) : incomplete_beta_by_b(x, 1 - x, a, b, upper);
}

static double slope(double x, double a, double b, bool upper, unsigned k) {
    double tail = special_beta_cdf(x, a, b, upper);
    return tail > 0 ? tail * log_slope(x, a, b, upper, k) : 0;
}

/* How a quantile moves with a shape, by the logarithm of the tail, which may be too small. */
static double path(double y, double a, double b, bool upper, unsigned k) {
    double rate = hazard(y, a, b, upper);
    return rate > 0 ? -log_slope(y, a, b, upper, k) / (upper ? -rate : rate) : 0;
}

#define SLOPE(upper, k) slope(x, a, b, upper, k)
#define LOG_SLOPE(upper, k) log_slope(x, a, b, upper, k)
SPECIAL_3(beta_cdf, special_beta_cdf(x, a, b, false), density(x, a, b), SLOPE(false, 1), SLOPE(false, 2))
SPECIAL_3(beta_ccdf, special_beta_cdf(x, a, b, true), -density(x, a, b), SLOPE(true, 1), SLOPE(true, 2))
SPECIAL_3(log_beta_cdf, special_log_beta_cdf(x, a, b, false), hazard(x, a, b, false), LOG_SLOPE(false, 1), LOG_SLOPE(false, 2))
SPECIAL_3(log_beta_ccdf, special_log_beta_cdf(x, a, b, true), -hazard(x, a, b, true), LOG_SLOPE(true, 1), LOG_SLOPE(true, 2))
SPECIAL_3(beta_quantile, special_beta_quantile(x, a, b, false), 1 / density(y, a, b), path(y, a, b, false, 1), path(y, a, b, false, 2))
SPECIAL_3(beta_upper_quantile, special_beta_quantile(x, a, b, true), -1 / density(y, a, b), path(y, a, b, true, 1), path(y, a, b, true, 2))

const Elementwise elementwise_beta[] = {
    SPECIAL_ROW(beta_ccdf, 3, "beta_ccdf(x, a, b): probability that a Beta(a, b) number is more than x"),
    SPECIAL_ROW(beta_cdf, 3, "beta_cdf(x, a, b): probability that a Beta(a, b) number is at most x"),
    SPECIAL_ROW(beta_quantile, 3, "beta_quantile(p, a, b): the x for which beta_cdf(x, a, b) is p"),
    SPECIAL_ROW(beta_upper_quantile, 3, "beta_upper_quantile(p, a, b): the x for which beta_ccdf(x, a, b) is p"),
    SPECIAL_ROW(log_beta_ccdf, 3, "log_beta_ccdf(x, a, b): log(beta_ccdf(x, a, b)), also where that is too small for a number"),
    SPECIAL_ROW(log_beta_cdf, 3, "log_beta_cdf(x, a, b): log(beta_cdf(x, a, b)), also where that is too small for a number"),
    {.name = NULL},
};
