/* SPDX-License-Identifier: GPL-3.0-or-later
   The regularised incomplete beta function, also with arguments that are too large for GSL's. */
#include <float.h>
#include <math.h>

#include <gsl/gsl_cdf.h>

#include "stdlib/distributions/log_beta.h"
#include "stdlib/special.h"

/* From here on GSL's loses digits, and is not a number from about 5e6. */
static const double large = 1e5;

/* x^a (1 - x)^b / B(a, b). The leading terms of Stirling's series are joined with the powers, so that nothing is lost. */
static double power_term(double x, double a, double b) {
    double t = b * x - a * (1 - x), rest = stirling_rest(a) + stirling_rest(b) - stirling_rest(a + b);
    return exp(a * log1p(t / a) + b * log1p(-t / b) + 0.5 * log(a / (a + b) * b) - 0.91893853320467274178 - rest);
}

static double away_from_zero(double v) { return fabs(v) < DBL_MIN ? DBL_MIN : v; }

/* The continued fraction 26.5.8 of Abramowitz and Stegun by Lentz's method; it takes some sqrt(max(a, b)) terms. */
static double continued_fraction(double x, double a, double b) {
    double most = 1000 + 20 * sqrt(a + b), c = 1, d = 1 / away_from_zero(1 - (a + b) * x / (a + 1)), h = d;
    for (double m = 1; m <= most; m++) {
        double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
        d = 1 / away_from_zero(1 + even * d);
        c = away_from_zero(1 + even / c);
        h *= c * d;
        double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
        d = 1 / away_from_zero(1 + odd * d);
        c = away_from_zero(1 + odd / c);
        h *= c * d;
        if (fabs(c * d - 1) <= DBL_EPSILON) return h;
    }
    return NAN;
}

double special_beta_cdf(double x, double a, double b, bool upper) {
    if (x <= 0 || x >= 1) return (x >= 1) != upper;
    if (!(a + b > large)) return upper ? gsl_cdf_beta_Q(x, a, b) : gsl_cdf_beta_P(x, a, b);
    bool lower = x < (a + 1) / (a + b + 2); /* where the fraction converges fast */
    double power = power_term(x, a, b);
    double p = power == 0 ? 0 : lower ? power / a * continued_fraction(x, a, b) : power / b * continued_fraction(1 - x, b, a);
    return lower != upper ? p : 1 - p;
}
