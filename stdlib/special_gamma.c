/* SPDX-License-Identifier: GPL-3.0-or-later
   Both tails of the regularised incomplete gamma function, and their logarithms, also where they are too small for numbers.

   Derivatives with respect to the shape follow from gamma_path: dP/da = -x p(x) d log(g) / da, to 12 digits. */
#include <math.h>

#include <gsl/gsl_errno.h>

#include "stdlib/distributions/gamma_path.h"
#include "stdlib/special.h"
#include "stdlib/special_incomplete.h"
#include "stdlib/special_rows.h"

static bool is_inner(double x, double a) { return x > 0 && x < INFINITY && a > 0 && a < INFINITY; }

static double at_edge(double x, double a, bool upper) {
    if (!(a > 0) || x != x) return NAN;
    return (x > 0 && a < INFINITY) != upper;
}

double special_gamma_cdf(double x, double a, bool upper) {
    return is_inner(x, a) ? incomplete_gamma(x, a, upper).value : at_edge(x, a, upper);
}

double special_log_gamma_cdf(double x, double a, bool upper) {
    return is_inner(x, a) ? incomplete_gamma(x, a, upper).log : log(at_edge(x, a, upper));
}

/* x times the density by the tail, the slope of the tail's logarithm over log(x). */
static double hazard(double x, double a, bool upper) {
    return is_inner(x, a) ? incomplete_gamma(x, a, upper).rate : 0;
}

static double path(double x, double a) { return is_inner(x, a) ? gamma_path(log(x), a) : 0; }

static double mass(double x, double a) { return is_inner(x, a) ? incomplete_gamma_measure(x, a).value : 0; }

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
