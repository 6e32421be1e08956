/* The normal distribution far out: logarithms of its probabilities, and quantiles of these. Branch-free, as special.h. */
#ifndef ELBO_RUNTIME_KERNELS_NORMAL_TAIL_H
#define ELBO_RUNTIME_KERNELS_NORMAL_TAIL_H

#include "runtime/kernels/special.h"

/* exp(y^2) erfc(y) for y >= 0, with an error below 3 units in the last place. As Shepherd and Laframboise (Mathematics of
   Computation 36 (1981) 249): (1 + 2 y) exp(y^2) erfc(y) as a polynomial in (y - k) / (y + k), here one through Chebyshev's
   nodes with k = 3.75 (made with mpmath). */
static inline double erfc_scaled(double y) {
    double t = y < 1e300 ? (y - 3.75) / (y + 3.75) : 1.0;
    double sum =
        1.2375126308378275 + t * (-0.14024059858554702 + t * (0.0035854154854644293 + t * (0.08227673849015102 + t * (
        -0.10880393014174886 + t * (0.09230432116019834 + t * (-0.05869339858963677 + t * (0.0283622774215156 + t * (
        -0.009746579558029276 + t * (0.0017556258324217529 + t * (0.0002937136655913448 + t * (
        -0.00029015397928986765 + t * (5.164909889268241e-05 + t * (2.2383912036550678e-05 + t * (
        -1.1444146237700524e-05 + t * (-9.72849582211122e-07 + t * (1.751637648849062e-06 + t * (
        -5.826281078800777e-08 + t * (-2.5866850716155884e-07 + t * (2.4289762925488707e-08 + t * (
        3.8675334242222354e-08 + t * (-4.389284159986328e-09 + t * (-5.1739902140113095e-09 + t * (
        5.457157304704688e-10 + t * (4.2514714447963895e-10 + t * (-3.75315827795962e-11)))))))))))))))))))))))));
    return sum / (1 + 2 * y);
}

/* The logarithm of the probability that a standard normal number is at most x; *hazard gets its derivative, density by
   probability. No digits are lost on either side: -inf comes only from x < -1.8e154. */
static inline double normal_log_cdf(double x, double *hazard) {
    double z = fabs(x), square = -0.5 * (z * z), scaled = erfc_scaled(0.70710678118654752440 * z);
    double bell = exp(square), tail = 0.5 * scaled * bell; /* the smaller probability */
    double log_scaled = log(0.5 * scaled), log_rest = log1p(-tail);
    *hazard = x < 0 ? 0.79788456080286535588 / scaled : 0.39894228040143267794 * bell / (1 - tail);
    return x < 0 ? square + log_scaled : log_rest;
}

/* The x for which normal_log_cdf is log_p: -inf and inf at -inf and 0, nan above 0. Near 0 of x by AS 241; below -700 of
   log_p the solution of x^2 / 2 + log(x) + log(2 pi) / 2 - log(1 - x^-2 + 3 x^-4 - …) = -log_p by Newton's method. */
static inline double normal_quantile_log(double log_p) {
    double q = 0.5 * expm1((log_p + 0.693147180559945286) + 2.3190468138462996e-17);
    double upper = -expm1(log_p), log_upper = log(upper), t = sqrt(log_p < -0.69 ? -log_p : -log_upper);
    double centre = normal_quantile_centre(q), outer = normal_quantile_outer(t);
    double u = log_p < -700 ? -log_p : 700.0;
    double x = 1.41421356237309504880 * sqrt(u - 0.5 * log(12.5663706143591729539 * u));
    for (int k = 0; k < 2; k++) {
        double w = 1 / (x * x);
        double series = log1p(-w * (1 - w * (3 - w * (15 - w * (105 - w * 945)))));
        double excess = (0.5 * (x * x) - u) + (log(x) + 0.91893853320467274178 - series);
        x -= excess / (x + 1 / x);
    }
    x = u < 1.7976931348623157e308 ? x : u;
    outer = log_p < -700 ? x : upper == 0 ? INFINITY : outer;
    outer = log_p < -0.69 ? -outer : outer;
    return fabs(q) <= 0.425 ? centre : outer;
}

/* Its derivative there: probability by density. */
static inline double normal_quantile_log_slope(double x, double log_p) {
    double scaled = 1.25331413731550025121 * erfc_scaled(0.70710678118654752440 * fabs(x));
    double odds = exp(log_p) / -expm1(log_p);
    return x < 0 ? scaled : scaled * odds;
}

#endif
