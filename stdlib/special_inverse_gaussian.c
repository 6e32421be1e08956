/* SPDX-License-Identifier: GPL-3.0-or-later
   Tails and quantiles of the inverse Gaussian distribution of mean 1, by J. Shuster, On the inverse Gaussian distribution
   function, Journal of the American Statistical Association 63 (1968) 1514: with l = sqrt(shape / x) (x - 1) and
   r = sqrt(shape / x) (x + 1), the cdf is Phi(l) + exp(2 shape) Phi(-r).

   As r^2 - l^2 = 4 shape, exp(2 shape) phi(r) = phi(l), so both terms are phi(l) times a Mills ratio M = (1 - Phi) / phi:
   nothing overflows, and a tail's logarithm is that of phi(l) and that of M(-l) + M(r), or of M(l) - M(r) above the mean. */
#include <float.h>
#include <math.h>
#include <stdbool.h>

#include <gsl/gsl_sf_expint.h>

#include "runtime/kernels/normal_tail.h"
#include "stdlib/distributions/mills.h"
#include "stdlib/special.h"
#include "stdlib/special_rows.h"

#define HALF_LOG_2_PI 0.91893853320467274178032973640562

enum { NODES = 8, STEPS = 200 };

/* Gauss-Legendre's nodes and weights, the nonnegative half. */
static const double node[NODES / 2] = {0.18343464249564980494, 0.52553240991632898582, 0.79666647741362673959, 0.96028985649753623168};
static const double weight[NODES / 2] = {0.36268378337836198297, 0.31370664587788728734, 0.22238103445337447054, 0.10122853629037625915};

/* M(z) for z >= 0. */
static double mills(double z) { return 1.25331413731550025121 * erfc_scaled(0.70710678118654752440 * z); }

/* M(l) - M(r), the integral of 1 - z M(z) from l to r = l + 2 half, for 0 <= l <= r. */
static double mills_fall(double l, double r, double half) {
    if (r > 1.3 * l) return mills(l) - mills(r);
    double middle = l + half, sum = 0;
    for (int k = 0; k < NODES / 2; k++) sum += weight[k] * (mills_rest(middle - half * node[k]) + mills_rest(middle + half * node[k]));
    return half * sum;
}

/* log(cdf), or log(1 - cdf) if `upper`. Inside of x > 0. */
static double log_tail(double x, double shape, bool upper) {
    double root = sqrt(shape / x), l = root * (x - 1), r = root * (x + 1), log_bell = -0.5 * l * l - HALF_LOG_2_PI;
    if (l < 0) {
        double log_lower = log_bell + log(mills(-l) + mills(r));
        return upper ? log1p(-exp(log_lower)) : log_lower;
    }
    double log_upper = log_bell + log(mills_fall(l, r, root));
    return upper ? log_upper : log1p(-exp(log_upper));
}

static double log_cdf(double x, double shape, bool upper) {
    if (x != x || !(shape > 0)) return NAN;
    if (!(x > 0) || !(x < INFINITY)) return (x > 0) != upper ? 0 : -INFINITY;
    return log_tail(x, shape, upper);
}

static double cdf(double x, double shape, bool upper) {
    if (x != x || !(shape > 0)) return NAN;
    if (!(x > 0) || !(x < INFINITY)) return (x > 0) != upper;
    double root = sqrt(shape / x), l = root * (x - 1), r = root * (x + 1), bell = exp(-0.5 * l * l - HALF_LOG_2_PI);
    double tail = l < 0 ? bell * (mills(-l) + mills(r)) : bell * mills_fall(l, r, root);
    return (l < 0) != upper ? tail : 1 - tail;
}

static bool inside(double x) { return x > 0 && x < INFINITY; }

static double log_density(double x, double shape) {
    double l = sqrt(shape / x) * (x - 1);
    return 0.5 * log(shape) - 1.5 * log(x) - 0.5 * l * l - HALF_LOG_2_PI;
}

static double density(double x, double shape) { return inside(x) ? exp(log_density(x, shape)) : 0; }

/* The density by the tail, whose sign is that of the tail's slope. */
static double hazard(double x, double shape, bool upper) {
    if (!inside(x)) return 0;
    double root = sqrt(shape / x), l = root * (x - 1), r = root * (x + 1), ratio;
    if ((l < 0) == upper) ratio = density(x, shape) / cdf(x, shape, upper);
    else ratio = root / x / (upper ? mills_fall(l, r, root) : mills(-l) + mills(r));
    return upper ? -ratio : ratio;
}

/* dx / dshape where the cdf stays what it is. */
static double path(double x, double shape) { return inside(x) ? inverse_gaussian_path(x, shape) : 0; }

/* The x of a probability: Newton's method for the logarithm of the smaller tail, which is concave in log(x), from where
   l^2 / 2 = -log(p): as the tail is less than exp(-l^2 / 2), that lies further out, and no step goes too far. A bracket guards. */
static double quantile(double p, double shape, bool upper) {
    if (!(p >= 0 && p <= 1) || !(shape > 0)) return NAN;
    if (p == 0 || p == 1) return (p == 0) == upper ? INFINITY : 0;
    if (p > 0.5) {
        upper = !upper;
        p = 1 - p;
    }
    double low = -745, high = 709.7, log_p = log(p), w = -log_p / shape, y = log1p(w + sqrt(w) * sqrt(w + 2));
    y = upper ? y : -y;
    for (int k = 0; k < STEPS && high - low > 1e-15 * fabs(y); k++) {
        double x = exp(y), tail = log_tail(x, shape, upper), slope = hazard(x, shape, upper) * x, step = (log_p - tail) / slope;
        if ((tail < log_p) != upper) low = y;
        else high = y;
        if (fabs(step) < 1e-8) return x + x * step;
        double next = y + step;
        y = next > low && next < high ? next : 0.5 * (low + high);
    }
    return exp(y);
}

SPECIAL_2(inverse_gaussian_cdf, cdf(x, a, false), density(x, a), -density(x, a) * path(x, a))
SPECIAL_2(inverse_gaussian_ccdf, cdf(x, a, true), -density(x, a), density(x, a) * path(x, a))
SPECIAL_2(log_inverse_gaussian_cdf, log_cdf(x, a, false), hazard(x, a, false), -hazard(x, a, false) * path(x, a))
SPECIAL_2(log_inverse_gaussian_ccdf, log_cdf(x, a, true), hazard(x, a, true), -hazard(x, a, true) * path(x, a))
SPECIAL_2(inverse_gaussian_quantile, quantile(x, a, false), 1 / density(y, a), path(y, a))
SPECIAL_2(inverse_gaussian_upper_quantile, quantile(x, a, true), -1 / density(y, a), path(y, a))

/* exp(x) E1(x), and its derivative exp(x) E1(x) - 1 / x = -exp(x) E2(x) / x. */
static double expint_scaled(double x) { return x > 0 ? x < 1e300 ? gsl_sf_expint_E1_scaled(x) : 1 / x : x == 0 ? INFINITY : NAN; }

SPECIAL_1(scaled_expint, expint_scaled(x), x > 0 && x < 1e300 ? -gsl_sf_expint_E2_scaled(x) / x : 0)

const Elementwise elementwise_inverse_gaussian[] = {
    SPECIAL_ROW(inverse_gaussian_ccdf, 2, "inverse_gaussian_ccdf(x, shape): probability that an InverseGaussian(1, shape) number is more than x"),
    SPECIAL_ROW(inverse_gaussian_cdf, 2, "inverse_gaussian_cdf(x, shape): probability that an InverseGaussian(1, shape) number is at most x"),
    SPECIAL_ROW(inverse_gaussian_quantile, 2, "inverse_gaussian_quantile(p, shape): the x for which inverse_gaussian_cdf(x, shape) is p"),
    SPECIAL_ROW(inverse_gaussian_upper_quantile, 2,
                "inverse_gaussian_upper_quantile(p, shape): the x for which inverse_gaussian_ccdf(x, shape) is p"),
    SPECIAL_ROW(log_inverse_gaussian_ccdf, 2,
                "log_inverse_gaussian_ccdf(x, shape): log(inverse_gaussian_ccdf(x, shape)), also where that is too small for a number"),
    SPECIAL_ROW(log_inverse_gaussian_cdf, 2,
                "log_inverse_gaussian_cdf(x, shape): log(inverse_gaussian_cdf(x, shape)), also where that is too small for a number"),
    SPECIAL_ROW(scaled_expint, 1, "exp(x) E1(x), with the exponential integral E1(x), the integral of exp(-t) / t from x on"),
    {.name = NULL},
};
