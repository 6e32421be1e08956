/* SPDX-License-Identifier: GPL-3.0-or-later
   The skew normal distribution: mode, cdf, its logarithm and its quantiles.

   Tails are integrated from x outwards, away from the mode. By the shape, dF/da = -exp(-x^2 (1 + a^2) / 2) / (pi (1 + a^2))
   (Owen, Annals of Mathematical Statistics 27 (1956) 1075). */
#include <math.h>

#include "runtime/kernels/normal_tail.h"
#include "stdlib/special.h"
#include "stdlib/special_rows.h"
#include "stdlib/special_tail.h"

typedef struct SkewNormal {
    double z, shape, at; /* at: log_shape at z */
    double way;          /* 1: towards the right, -1: towards the left */
} SkewNormal;

/* The log density without its constant, and its slope. */
static double log_shape(double z, double a, double *slope) {
    double hazard, part = normal_log_cdf(a * z, &hazard);
    *slope = a * hazard - z;
    return part - 0.5 * (z * z);
}

static double log_density(double z, double a) {
    double slope;
    return log_shape(z, a, &slope) - 0.22579135264472743236;
}

static double integrand(double s, const void *context, double *weight) {
    const SkewNormal *d = context;
    double slope;
    (void)weight;
    return log_shape(d->z + d->way * s, d->shape, &slope) - d->at;
}

/* The mode: for a > 0 the slope -z + a h(a z), h the normal hazard, is convex and falls, so that Newton's steps from 0 never
   overshoot. */
static double mode(double shape) {
    double a = fabs(shape), z = 0;
    if (!(a < 1e150)) return a != a ? NAN : 0;
    for (int k = 0; k < 100; k++) {
        double hazard, u = a * z;
        normal_log_cdf(u, &hazard);
        double step = (a * hazard - z) / (1 + a * a * hazard * (u + hazard));
        z += step;
        if (!(fabs(step) > 1e-16 * z)) break;
    }
    return shape < 0 ? -z : z;
}

static double mode_by_shape(double z, double a) {
    double hazard, u = a * z;
    normal_log_cdf(u, &hazard);
    double falls = hazard * (u + hazard); /* minus the derivative of the hazard */
    return (hazard - u * falls) / (1 + a * a * falls);
}

/* The logarithm of the tail beyond z, on the side of the mode where z lies. */
static double log_tail(double z, double a, bool right) {
    SkewNormal d = {.z = z, .shape = a, .way = right ? 1 : -1};
    double slope;
    d.at = log_shape(z, a, &slope);
    slope = fabs(slope);
    return d.at - 0.22579135264472743236 + log(special_tail(integrand, &d, 1 / (slope > 1 ? slope : 1), NULL));
}

static double log_cdf(double z, double a) {
    if (z != z || a != a) return NAN;
    if (!(z * z < INFINITY)) return z > 0 ? 0 : -INFINITY;
    bool right = z > mode(a);
    double tail = log_tail(z, a, right);
    return right ? log1p(-exp(tail)) : tail;
}

static double cdf(double z, double a) {
    if (z != z || a != a) return NAN;
    if (!(z * z < INFINITY)) return z > 0;
    bool right = z > mode(a);
    double tail = exp(log_tail(z, a, right));
    return right ? 1 - tail : tail;
}

/* The derivative of the cdf by the shape, by the factor exp(-less). */
static double by_shape(double z, double a, double less) {
    double square = 1 + a * a;
    return -0.31830988618379067154 / square * exp(-0.5 * z * z * square - less);
}

/* ---- Quantiles ---- */

typedef struct Side {
    double shape;
    bool right;
} Side;

static double log_tail_at(double z, const void *context, double *slope) {
    const Side *side = context;
    double value = log_tail(z, side->shape, side->right);
    *slope = exp(log_density(z, side->shape) - value) * (side->right ? -1 : 1);
    return value;
}

static double quantile(double p, double a) {
    if (!(p >= 0 && p <= 1) || a != a) return NAN;
    if (p == 0 || p == 1) return p == 0 ? -INFINITY : INFINITY;
    if (fabs(a) > 1e15) a = a < 0 ? -1e15 : 1e15; /* half normal but for the 1e-15th */
    double z = mode(a);
    Side side = {a, p > exp(log_tail(z, a, false))};
    return special_tail_root(log_tail_at, &side, side.right ? log1p(-p) : log(p), z, INFINITY);
}

SPECIAL_1(skew_normal_mode, mode(x), mode_by_shape(y, x))
SPECIAL_2(skew_normal_cdf, cdf(x, a), exp(log_density(x, a)), by_shape(x, a, 0))
SPECIAL_2(log_skew_normal_cdf, log_cdf(x, a), exp(log_density(x, a) - y), by_shape(x, a, y))
SPECIAL_2(skew_normal_quantile, quantile(x, a), exp(-log_density(y, a)), -by_shape(y, a, log_density(y, a)))

const Elementwise elementwise_skew_normal[] = {
    SPECIAL_ROW(log_skew_normal_cdf, 2, "log_skew_normal_cdf(x, alpha): log(skew_normal_cdf(x, alpha)), also where that is too small for a number"),
    SPECIAL_ROW(skew_normal_cdf, 2, "skew_normal_cdf(x, alpha): probability that a SkewNormal(0, 1, alpha) number is at most x"),
    SPECIAL_ROW(skew_normal_mode, 1, "skew_normal_mode(alpha): where SkewNormal(0, 1, alpha) is densest"),
    SPECIAL_ROW(skew_normal_quantile, 2, "skew_normal_quantile(p, alpha): the x for which skew_normal_cdf(x, alpha) is p"),
    {.name = NULL},
};
