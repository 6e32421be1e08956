/* SPDX-License-Identifier: GPL-3.0-or-later
   The von Mises distribution: Bessel functions, cdf and quantiles over [-pi, pi]. */
#include <math.h>

#include "stdlib/distributions/von_mises.h"
#include "stdlib/special.h"
#include "stdlib/special_rows.h"

#define PI 3.14159265358979323846

static double density(double y, double c) {
    double s = sin(0.5 * y);
    return exp(-2 * c * s * s - bessel_log_i0_scaled(c)) / (2 * PI);
}

/* A cdf around the centre, of angles of any size: it grows by 1 with each turn. In two parts, of which the whole one is a
   number of half turns, so that small differences keep their digits. */
static double extended(double y, double c, double *whole) {
    double turns = floor(y / (2 * PI) + 0.5), angle = y - 2 * PI * turns, t = fabs(angle) < PI ? fabs(angle) : PI;
    double s = sin(0.5 * t), tail = exp(-2 * c * s * s) * von_mises_tail(t, c);
    *whole = angle < 0 ? turns : turns + 1;
    return angle < 0 ? tail : -tail;
}

static bool sound(double x, double loc, double c) { return x == x && fabs(loc) < INFINITY && c > 0 && c < INFINITY; }

static double cdf(double x, double loc, double c) {
    if (!sound(x, loc, c)) return NAN;
    if (!(x > -PI)) return 0;
    if (!(x < PI)) return 1;
    double whole, start, part = extended(x - loc, c, &whole), first = extended(-PI - loc, c, &start);
    return (whole - start) + (part - first);
}

static double by_x(double x, double loc, double c) { return fabs(x) <= PI ? density(x - loc, c) : 0; }

static double by_loc(double x, double loc, double c) { return fabs(x) <= PI ? density(PI + loc, c) - density(x - loc, c) : 0; }

static double extended_by_c(double y, double c) {
    double angle = y - 2 * PI * floor(y / (2 * PI) + 0.5);
    return -density(angle, c) * von_mises_path(angle, c);
}

static double by_c(double x, double loc, double c) {
    return fabs(x) <= PI ? extended_by_c(x - loc, c) - extended_by_c(-PI - loc, c) : 0;
}

/* Newton's method within a bracket. */
static double quantile(double q, double loc, double c) {
    if (!(q >= 0 && q <= 1) || !sound(0, loc, c)) return NAN;
    double low = -PI, high = PI;
    if (q == 0 || q == 1) return q == 0 ? low : high;
    double x = loc - 2 * PI * floor((loc + PI) / (2 * PI));
    for (int k = 0; k < 200 && high - low > 4e-16 * fabs(x); k++) {
        double excess = cdf(x, loc, c) - q, step = excess / density(x - loc, c), next = x - step;
        if (excess == 0) break;
        if (excess > 0) high = x;
        else low = x;
        double before = x;
        x = next > low && next < high ? next : 0.5 * (low + high);
        if (fabs(x - before) < 1e-16 * fabs(x)) break;
    }
    return x;
}

SPECIAL_1(log_bessel_i0_scaled, bessel_log_i0_scaled(x), -bessel_gap(x))
SPECIAL_1(bessel_gap, bessel_gap(x), bessel_gap_slope(x))
SPECIAL_3(von_mises_cdf, cdf(x, a, b), by_x(x, a, b), by_loc(x, a, b), by_c(x, a, b))
SPECIAL_3(von_mises_quantile, quantile(x, a, b), 1 / by_x(y, a, b), -by_loc(y, a, b) / by_x(y, a, b), -by_c(y, a, b) / by_x(y, a, b))

const Elementwise elementwise_von_mises[] = {
    SPECIAL_ROW(bessel_gap, 1, "1 - I1(x) / I0(x) of modified Bessel functions"),
    SPECIAL_ROW(log_bessel_i0_scaled, 1, "log(I0(x) exp(-x)) of a modified Bessel function"),
    SPECIAL_ROW(von_mises_cdf, 3, "von_mises_cdf(x, loc, c): probability that a VonMises(loc, c) number is at most x"),
    SPECIAL_ROW(von_mises_quantile, 3, "von_mises_quantile(p, loc, c): the x for which von_mises_cdf(x, loc, c) is p"),
    {.name = NULL},
};
