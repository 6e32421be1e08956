/* SPDX-License-Identifier: GPL-3.0-or-later
   Both tails of the regularised incomplete gamma function, and their logarithms, also where they are too small for numbers.

   Derivatives with respect to the shape follow from gamma_path: dP/da = -x p(x) d log(g) / da, to 12 digits. */
#include <float.h>
#include <math.h>

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>

#include "stdlib/distributions/counts.h"
#include "stdlib/distributions/gamma_path.h"
#include "stdlib/special.h"
#include "stdlib/special_rows.h"

enum { TERMS = 1 << 20 };

/* log(x^a e^-x / gamma(a)), without the cancellation of its large terms. */
static double log_power(double x, double a) { return poisson_log(a, x) + log(a); }

/* P(a, x) gamma(a + 1) / (x^a e^-x), for x below a. */
static double lower_series(double x, double a) {
    double term = 1, sum = 1;
    for (int n = 1; n < TERMS && term > DBL_EPSILON / 4 * sum; n++) sum += term *= x / (a + n);
    return sum;
}

/* Q(a, x) gamma(a) / (x^a e^-x), for x above a + 1: the continued fraction 6.5.31 of Abramowitz and Stegun by Lentz's method. */
static double upper_fraction(double x, double a) {
    double b = x + 1 - a, c = 1 / DBL_MIN, d = 1 / b, h = d;
    for (double n = 1; n < TERMS; n++) {
        double numerator = n * (a - n);
        b += 2;
        d = 1 / (numerator * d + b);
        c = b + numerator / c;
        h *= c * d;
        if (fabs(c * d - 1) <= DBL_EPSILON) break;
    }
    return h;
}

double special_gamma_cdf(double x, double a, bool upper) {
    if (!(a > 0) || x != x) return NAN;
    if (!(x > 0) || !(x < INFINITY)) return (x > 0) != upper;
    if (log_power(x, a) < -650) { /* far out, where GSL fails for large arguments */
        double tail = exp(log_power(x, a) + (x > a ? log(upper_fraction(x, a)) : log(lower_series(x, a)) - log(a)));
        return (x > a) == upper ? tail : 1 - tail;
    }
    double p = gsl_cdf_gamma_P(x, a, 1), q = p > 0.5 ? gsl_cdf_gamma_Q(x, a, 1) : 1 - p; /* the smaller tail, and its rest */
    return upper ? q : q < 0.5 ? 1 - q : p;
}

double special_log_gamma_cdf(double x, double a, bool upper) {
    double tail = special_gamma_cdf(x, a, upper);
    if (!(x > 0) || !(x < INFINITY) || !(a > 0) || !(tail < 1e-290)) return tail > 0.5 ? log1p(-special_gamma_cdf(x, a, !upper)) : log(tail);
    return log_power(x, a) + (upper ? log(upper_fraction(x, a)) : log(lower_series(x, a)) - log(a));
}

/* x times the density by the tail, the slope of the tail's logarithm over log(x). */
static double hazard(double x, double a, bool upper) {
    return x > 0 && x < INFINITY ? exp(log_power(x, a) - special_log_gamma_cdf(x, a, upper)) : 0;
}

static double path(double x, double a) { return x > 0 && x < INFINITY ? gamma_path(log(x), a) : 0; }

static double mass(double x, double a) { return x > 0 && x < INFINITY ? exp(log_power(x, a)) : 0; }

/* The density at 0 is infinite for a < 1; there as elsewhere out of the open support derivatives are given as 0. */
static double by_x(double slope, double x) { return x > 0 && x < INFINITY ? slope / x : 0; }

SPECIAL_2(gamma_cdf, special_gamma_cdf(x, a, false), by_x(mass(x, a), x), -mass(x, a) * path(x, a))
SPECIAL_2(gamma_ccdf, special_gamma_cdf(x, a, true), -by_x(mass(x, a), x), mass(x, a) * path(x, a))
SPECIAL_2(log_gamma_cdf, special_log_gamma_cdf(x, a, false), by_x(hazard(x, a, false), x), -hazard(x, a, false) * path(x, a))
SPECIAL_2(log_gamma_ccdf, special_log_gamma_cdf(x, a, true), -by_x(hazard(x, a, true), x), hazard(x, a, true) * path(x, a))
SPECIAL_2(gamma_quantile, special_gamma_quantile(x, a, false), y / mass(y, a), y * path(y, a))
SPECIAL_2(gamma_upper_quantile, special_gamma_quantile(x, a, true), -y / mass(y, a), y * path(y, a))

void special_open(State *S) {
    (void)S;
    gsl_set_error_handler_off();
}

const Elementwise elementwise_gamma[] = {
    SPECIAL_ROW(gamma_ccdf, 2, "gamma_ccdf(x, shape): probability that a Gamma(shape, 1) number is more than x"),
    SPECIAL_ROW(gamma_cdf, 2, "gamma_cdf(x, shape): probability that a Gamma(shape, 1) number is at most x"),
    SPECIAL_ROW(gamma_quantile, 2, "gamma_quantile(p, shape): the x for which gamma_cdf(x, shape) is p"),
    SPECIAL_ROW(gamma_upper_quantile, 2, "gamma_upper_quantile(p, shape): the x for which gamma_ccdf(x, shape) is p"),
    SPECIAL_ROW(log_gamma_ccdf, 2, "log_gamma_ccdf(x, shape): log(gamma_ccdf(x, shape)), also where that is too small for a number"),
    SPECIAL_ROW(log_gamma_cdf, 2, "log_gamma_cdf(x, shape): log(gamma_cdf(x, shape)), also where that is too small for a number"),
    {.name = NULL},
};
