/* SPDX-License-Identifier: GPL-3.0-or-later
   The regularised incomplete beta function, also with arguments that are too large for GSL's. */
#include <float.h>
#include <math.h>

#include <gsl/gsl_cdf.h>

#include "stdlib/distributions/log_beta.h"
#include "stdlib/special.h"
#include "stdlib/special_rows.h"

/* From here on GSL's loses digits, and is not a number from about 5e6. */
static const double large = 1e5;

/* log(x^a (1 - x)^b / B(a, b)). The leading terms of Stirling's series are joined with the powers, so that nothing is lost. */
static double log_power(double x, double a, double b) {
    double t = b * x - a * (1 - x), rest = stirling_rest(a) + stirling_rest(b) - stirling_rest(a + b);
    double left = fabs(t) < 0.5 * a ? log1p(t / a) : log(x * ((a + b) / a));
    double right = fabs(t) < 0.5 * b ? log1p(-t / b) : log1p(-x) + log((a + b) / b);
    return a * left + b * right + 0.5 * log(a / (a + b) * b) - 0.91893853320467274178 - rest;
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

/* The tail on the side of x where the continued fraction converges, in logarithms. */
static double log_tail(double x, double a, double b, bool upper) {
    double fraction = upper ? continued_fraction(1 - x, b, a) / b : continued_fraction(x, a, b) / a;
    return log_power(x, a, b) + log(fraction);
}

double special_beta_cdf(double x, double a, double b, bool upper) {
    if (x != x || !(a > 0) || !(b > 0)) return NAN;
    if (x <= 0 || x >= 1) return (x >= 1) != upper;
    if (!(a + b > large)) { /* GSL's larger tail may be far off */
        double p = gsl_cdf_beta_P(x, a, b), q = p > 0.5 ? gsl_cdf_beta_Q(x, a, b) : 1 - p;
        return upper ? q : q < 0.5 ? 1 - q : p;
    }
    bool lower = x < (a + 1) / (a + b + 2); /* where the fraction converges fast */
    double p = exp(log_tail(x, a, b, !lower));
    return lower != upper ? p : 1 - p;
}

double special_log_beta_cdf(double x, double a, double b, bool upper) {
    double tail = special_beta_cdf(x, a, b, upper);
    if (!(x > 0 && x < 1) || !(tail < 1e-290)) return tail > 0.5 ? log1p(-special_beta_cdf(x, a, b, !upper)) : log(tail);
    return log_tail(x, a, b, upper);
}

static double density(double x, double a, double b) { return x > 0 && x < 1 ? exp(log_power(x, a, b)) / (x * (1 - x)) : 0; }

/* The density by the tail. */
static double hazard(double x, double a, double b, bool upper) {
    return x > 0 && x < 1 ? exp(log_power(x, a, b) - special_log_beta_cdf(x, a, b, upper)) / (x * (1 - x)) : 0;
}

typedef double Function(double x, double a, double b, bool upper);

/* With respect to a (k = 1) or b: central differences with steps of 10^-5 (relative), good to about 9 digits. */
static double slope(Function *f, double x, double a, double b, bool upper, unsigned k) {
    double at = k == 1 ? a : b, h = 1e-5 * at, low = at - h, high = at + h;
    double rise = k == 1 ? f(x, high, b, upper) - f(x, low, b, upper) : f(x, a, high, upper) - f(x, a, low, upper);
    return x > 0 && x < 1 ? rise / (high - low) : 0;
}

#define CDF(upper) special_beta_cdf, x, a, b, upper
#define LOG_CDF(upper) special_log_beta_cdf, x, a, b, upper
#define AT_QUANTILE(k) (slope(special_beta_cdf, y, a, b, false, k) / density(y, a, b))
SPECIAL_3(beta_cdf, special_beta_cdf(x, a, b, false), density(x, a, b), slope(CDF(false), 1), slope(CDF(false), 2))
SPECIAL_3(beta_ccdf, special_beta_cdf(x, a, b, true), -density(x, a, b), slope(CDF(true), 1), slope(CDF(true), 2))
SPECIAL_3(log_beta_cdf, special_log_beta_cdf(x, a, b, false), hazard(x, a, b, false), slope(LOG_CDF(false), 1), slope(LOG_CDF(false), 2))
SPECIAL_3(log_beta_ccdf, special_log_beta_cdf(x, a, b, true), -hazard(x, a, b, true), slope(LOG_CDF(true), 1), slope(LOG_CDF(true), 2))
SPECIAL_3(beta_quantile, special_beta_quantile(x, a, b, false), 1 / density(y, a, b), -AT_QUANTILE(1), -AT_QUANTILE(2))
SPECIAL_3(beta_upper_quantile, special_beta_quantile(x, a, b, true), -1 / density(y, a, b), -AT_QUANTILE(1), -AT_QUANTILE(2))

const Elementwise elementwise_beta[] = {
    SPECIAL_ROW(beta_ccdf, 3, "beta_ccdf(x, a, b): probability that a Beta(a, b) number is more than x"),
    SPECIAL_ROW(beta_cdf, 3, "beta_cdf(x, a, b): probability that a Beta(a, b) number is at most x"),
    SPECIAL_ROW(beta_quantile, 3, "beta_quantile(p, a, b): the x for which beta_cdf(x, a, b) is p"),
    SPECIAL_ROW(beta_upper_quantile, 3, "beta_upper_quantile(p, a, b): the x for which beta_ccdf(x, a, b) is p"),
    SPECIAL_ROW(log_beta_ccdf, 3, "log_beta_ccdf(x, a, b): log(beta_ccdf(x, a, b)), also where that is too small for a number"),
    SPECIAL_ROW(log_beta_cdf, 3, "log_beta_cdf(x, a, b): log(beta_cdf(x, a, b)), also where that is too small for a number"),
    {.name = NULL},
};
