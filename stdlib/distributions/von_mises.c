/* SPDX-License-Identifier: GPL-3.0-or-later
   Bessel functions and integrals of the von Mises density. */
#include "stdlib/distributions/von_mises.h"

#include <math.h>

#include "runtime/kernels/vector.h"

#define PI 3.14159265358979323846

/* Moments of 1 - cos(t) under the density exp(concentration (cos(t) - 1)), but for its constant. */
typedef struct Moments {
    double zero, first, second;
} Moments;

/* By the trapezoidal rule, which errs by a factor of I_64(c) / I_0(c), nothing for c <= 30; all terms are positive. */
static Moments moments_by_sum(double concentration) {
    Moments m = {0, 0, 0};
    for (int j = 0; j <= 32; j++) {
        double s = sin(PI / 64 * j), gap = 2 * s * s, weight = exp(-concentration * gap) * (j == 0 || j == 32 ? 0.5 : 1);
        m.zero += weight;
        m.first += weight * gap;
        m.second += weight * gap * gap;
    }
    m.zero /= 32;
    m.first /= 32;
    m.second /= 32;
    return m;
}

/* By the asymptotic series of I_0 and I_1 (Abramowitz and Stegun 9.7.1), of which leading terms that cancel are left out. */
static Moments moments_by_series(double concentration) {
    Moments m = {1, 0, 0};
    double r = 1 / concentration, power = 1, a = 1, b = 1, b_before;
    for (int k = 1; k <= 16; k++) {
        double odd = 2 * k - 1;
        b_before = b;
        a *= odd * odd / (8 * k);
        b *= (odd * odd - 4) / (8 * k);
        power *= r;
        m.zero += a * power;
        m.first += (a - b) * power;
        m.second += (2 * (a - b) - b_before) * power; /* 2 E(1 - cos) - E(cos) / c; 0 for k = 1 */
    }
    double scale = 1 / sqrt(2 * PI * concentration);
    m.zero *= scale;
    m.first *= scale;
    m.second *= scale;
    return m;
}

static Moments moments(double concentration) {
    return concentration > 30 ? moments_by_series(concentration) : moments_by_sum(concentration);
}

double bessel_log_i0_scaled(double concentration) { return log(moments(concentration).zero); }

double bessel_gap(double concentration) {
    Moments m = moments(concentration);
    return m.first / m.zero;
}

double bessel_gap_slope(double concentration) {
    Moments m = moments(concentration);
    double mean = m.first / m.zero;
    return mean * mean - m.second / m.zero;
}

/* Nodes and weights of Gauss's rule with 40 points; those on the other side of 0 are the same. */
enum { NODES = 40 };
static const double node[NODES / 2] = {
    0.9982377097105592, 0.990726238699457006, 0.977259949983774263, 0.957916819213791656, 0.932812808278676533,
    0.902098806968874297, 0.865959503212259504, 0.824612230833311663, 0.778305651426519388, 0.727318255189927103,
    0.671956684614179548, 0.612553889667980238, 0.549467125095128202, 0.483075801686178713, 0.413779204371605002,
    0.341994090825758473, 0.268152185007253681, 0.1926975807013711, 0.116084070675255208, 0.0387724175060508219};
static const double weight[NODES / 2] = {
    0.00452127709853319126, 0.0104982845311528136, 0.0164210583819078887, 0.0222458491941669573, 0.0279370069800234011,
    0.0334601952825478474, 0.0387821679744720176, 0.043870908185673272, 0.0486958076350722321, 0.0532278469839368244,
    0.0574397690993915514, 0.0613062424929289392, 0.0648040134566010381, 0.0679120458152339038, 0.0706116473912867797,
    0.0728865823958040591, 0.0747231690579682642, 0.0761103619006262424, 0.0770398181642479656, 0.0775059479784248113};

/* The integral of exp(c (cos(t) - cos(angle))) (factor ? cos(t) - 1 + gap : 1) over `length` from angle on (way = 1), or back
   from it (-1). */
ELBO_CLONES static double integral(double angle, double c, double length, double way, bool factor, double gap) {
    double s[NODES], exponent[NODES], half_sine[NODES], sum = 0;
    for (int i = 0; i < NODES / 2; i++) {
        s[i] = 0.5 * length * (1 - node[i]);
        s[NODES / 2 + i] = 0.5 * length * (1 + node[i]);
    }
    for (int i = 0; i < NODES; i++) exponent[i] = sin(angle + way * 0.5 * s[i]) * sin(0.5 * s[i]);
    for (int i = 0; i < NODES; i++) exponent[i] = exp(-2 * c * way * exponent[i]);
    if (factor) {
        for (int i = 0; i < NODES; i++) half_sine[i] = sin(0.5 * (angle + way * s[i]));
        for (int i = 0; i < NODES; i++) exponent[i] *= gap - 2 * half_sine[i] * half_sine[i];
    }
    for (int i = 0; i < NODES / 2; i++) sum += weight[i] * (exponent[i] + exponent[NODES / 2 + i]);
    return 0.5 * length * sum;
}

/* How far from the angle 0 <= angle < pi on the density is more than e^-40 of what it is there, up to pi. */
static double reach(double angle, double c) {
    double s = sin(0.5 * angle), end = sqrt(s * s + 20 / c);
    return (end < 1 ? 2 * asin(end) : PI) - angle;
}

double von_mises_tail(double angle, double concentration) {
    return integral(angle, concentration, reach(angle, concentration), 1, false, 0)
           / (2 * PI * moments(concentration).zero);
}

double von_mises_path(double angle, double concentration) {
    double t = fabs(angle), gap = bessel_gap(concentration), s = sin(0.5 * t);
    double y = 2 * s * s < gap ? -integral(t, concentration, t, -1, true, gap)
                               : integral(t, concentration, reach(t, concentration), 1, true, gap);
    return angle < 0 ? -y : y;
}
