/* Special functions as branch-free expressions, for loops that the compiler vectorises. */
#ifndef ELBO_RUNTIME_KERNELS_SPECIAL_H
#define ELBO_RUNTIME_KERNELS_SPECIAL_H

#include "runtime/kernels/vector.h"

/* a to the power b and its partial derivatives. 0 ^ 0 is 1, with derivatives 0. Every term is computed and then chosen from,
   so that no branch is left in the loop. */
static inline double power(double a, double b, double *partial_a, double *partial_b) {
    double general = pow(a, b), square = a * a;
    double slope = b * (general / a), pole = 1 / a, twice = 2 * a;
    double growth = general * log(a);
    slope = a == 0 ? (b > 1 ? 0.0 : pole) : slope;
    slope = b == 2 ? twice : slope;
    slope = b == 1 ? 1.0 : slope;
    *partial_a = b == 0 ? 0.0 : slope;
    *partial_b = ((a == 0) & (b >= 0)) ? 0.0 : growth;
    return b == 2 ? square : general;
}

/* ---- log gamma and its derivatives ----

   For 0 < x < 8, x is moved into [1.5, 2.5) by the recurrence: with d = x - k - 2, an exact difference,
   log gamma(x) = d P(d) + log((x - 1) … (x - k)), or minus log(x), log(x (x + 1)) when k is -1, -2. No step loses digits by
   cancellation, and the zeros at 1 and 2 come out with full relative accuracy. From 8 on, Stirling's series.
   P interpolates log gamma(2 + d) / d, Q digamma(2 + d), at Chebyshev's nodes of [-1/2, 1/2] (made with mpmath; both are off
   by less than 4e-17).
   Error: log gamma below 4e-15 relative to max(|log gamma|, 0.01); digamma below 1e-15 relative to max(|digamma|, 1). */

VECTOR_INLINE double gamma_log_near_2(double d) {
    double w = d * d;
    double even = 0.42278433509846713 + w * (-0.06735230105319563 + w * (-0.007385551028935545 + w *
        (-0.0011927539009983087 + w * (-0.00022315497746292723 + w * (-4.4923727564247656e-05 + w *
        (-9.45628851510172e-06 + w * (-1.9743106888421067e-06 + w * (-5.811277768921246e-07))))))));
    double odd = 0.3224670334241132 + w * (0.02058080842778338 + w * (0.002890510330865901 + w *
        (0.0005096695196526673 + w * (9.945761692157133e-05 + w * (2.050601970174762e-05 + w *
        (4.3828545383846665e-06 + w * (9.242852225162277e-07 + w * (2.7475390051909663e-07))))))));
    return even + d * odd;
}

VECTOR_INLINE double gamma_psi_near_2(double d) {
    double w = d * d;
    double even = 0.42278433509846713 + w * (-0.20205690315959446 + w * (-0.03692775514332708 + w *
        (-0.008349277384931816 + w * (-0.002008392730204003 + w * (-0.0004941902550788927 + w *
        (-0.0001226967064798969 + w * (-3.068902288655258e-05 + w * (-7.278587670411483e-06 + w *
        (-2.5861773625857027e-06)))))))));
    double odd = 0.6449340668482267 + w * (0.08232323371105249 + w * (0.017343061990467628 + w *
        (0.00407735600617157 + w * (0.0009945784300194591 + w * (0.00024605326824719294 + w *
        (6.144972571559871e-05 + w * (1.4564976260589657e-05 + w * (5.17334585434095e-06))))))));
    return even + d * odd;
}

/* log gamma(x) for x >= 0; *digamma gets its derivative. */
VECTOR_INLINE double gamma_log(double x, double *digamma) {
    double s = x < 8 ? x : 2.0;
    double k = floor(s - 1.5);
    double d = s - (k + 2);
    double product = 1, slope = 0;
    for (int j = 1; j <= 6; j++) {
        double factor = j <= k ? s - j : 1.0;
        slope = slope * factor + (j <= k ? product : 0.0);
        product *= factor;
    }
    product = k < -1.5 ? s * (s + 1) : k < -0.5 ? s : product;
    slope = k < -1.5 ? 2 * s + 1 : k < -0.5 ? 1.0 : slope;
    double sign = k < -0.5 ? -1.0 : 1.0;
    double z = x < 8 ? 8.0 : x;
    double logarithm = log(x < 8 ? product : x);
    double r = 1 / z, w = r * r;

    double small = d * gamma_log_near_2(d) + sign * logarithm;
    double series = r * (1 / 12.0 - w * (1 / 360.0 - w * (1 / 1260.0 - w * (1 / 1680.0 - w * (1 / 1188.0 -
                    w * (691 / 360360.0 - w * (1 / 156.0 - w * (3617 / 122400.0))))))));
    double large = (z - 0.5) * (logarithm - 1) + (0.41893853320467274178 + series);
    double psi_small = gamma_psi_near_2(d) + sign * slope / product;
    double psi_series = w * (1 / 12.0 - w * (1 / 120.0 - w * (1 / 252.0 - w * (1 / 240.0 - w * (1 / 132.0 -
                        w * (691 / 32760.0 - w * (1 / 12.0 - w * (3617 / 8160.0 - w * (43867 / 14364.0)))))))));
    double psi_large = logarithm - 0.5 * r - psi_series;
    *digamma = x < 8 ? psi_small : psi_large;
    return x < 8 ? small : large;
}

/* The same for any x, log |gamma(x)| below 0, by reflection. Poles give inf, digamma nan there (minus inf at 0). Below 0 the
   errors are those of the two terms, so near the zeros only the absolute error stays below 1e-15 times their size. */
VECTOR_INLINE double gamma_log_any(double x, double *digamma) {
    const double pi = 3.14159265358979323846;
    double psi;
    double y = gamma_log(x < 0 ? 1 - x : x, &psi);
    double part = x - floor(x + 0.5);
    *digamma = x < 0 ? psi - pi / tan(pi * part) : psi;
    return x < 0 ? log(pi / fabs(sin(pi * part))) - y : y;
}

/* trigamma(x) for x > 0 and its derivative, by Stirling's series after ten steps of the recurrence. */
VECTOR_INLINE double gamma_trigamma(double x, double *derivative) {
    double near = x < 10 ? x : 10.0;
    double sum = 0, cubes = 0;
    for (int j = 0; j < 10; j++) {
        double r = 1 / (near + j);
        sum += r * r;
        cubes += r * r * r;
    }
    double r = 1 / (x < 10 ? x + 10 : x), w = r * r;
    double series = r + w * 0.5 + r * w * (1 / 6.0 - w * (1 / 30.0 - w * (1 / 42.0 - w * (1 / 30.0 - w * (5 / 66.0 -
                    w * (691 / 2730.0 - w * (7 / 6.0 - w * (3617 / 510.0))))))));
    double slope = -w - r * w - w * w * (1 / 2.0 - w * (1 / 6.0 - w * (1 / 6.0 - w * (3 / 10.0 - w * (5 / 6.0 -
                   w * (691 / 210.0 - w * (35 / 2.0 - w * (3617 / 30.0 - w * (43867 / 42.0)))))))));
    *derivative = (x < 10 ? -2 * cubes : 0.0) + slope;
    return (x < 10 ? sum : 0.0) + series;
}

/* The same for any x. */
static inline double gamma_trigamma_any(double x, double *derivative) {
    const double pi = 3.14159265358979323846;
    double slope;
    double y = gamma_trigamma(x < 0 ? 1 - x : x, &slope);
    double part = x - floor(x + 0.5);
    double ratio = pi / sin(pi * part);
    *derivative = x < 0 ? slope - 2 * pi * ratio * ratio / tan(pi * part) : slope;
    return x < 0 ? ratio * ratio - y : y;
}

/* ---- the normal distribution ---- */

/* Parts of Wichura's algorithm AS 241 (PPND16), Applied Statistics 37 (1988) 477: the quantile of 0.5 + q for |q| <= 0.425, … */
static inline double normal_quantile_centre(double q) {
    double r = 0.180625 - q * q;
    return
        q * (((((((r * 2509.0809287301226727 + 33430.575583588128105) * r + 67265.770927008700853) * r +
                45921.953931549871457) * r + 13731.693765509461125) * r + 1971.5909503065514427) * r +
             133.14166789178437745) * r + 3.387132872796366608) /
        (((((((r * 5226.495278852854561 + 28729.085735721942674) * r + 39307.89580009271061) * r +
             21213.794301586595867) * r + 5394.1960214247511077) * r + 687.1870074920579083) * r +
          42.313330701600911252) * r + 1);
}

/* … and minus that of the smaller probability p, for t = sqrt(-log(p)). */
static inline double normal_quantile_outer(double t) {
    double r = t - 1.6;
    double middle =
        (((((((r * 7.7454501427834140764e-4 + 0.0227238449892691845833) * r + 0.24178072517745061177) * r +
             1.27045825245236838258) * r + 3.64784832476320460504) * r + 5.7694972214606914055) * r +
          4.6303378461565452959) * r + 1.42343711074968357734) /
        (((((((r * 1.05075007164441684324e-9 + 5.475938084995344946e-4) * r + 0.0151986665636164571966) * r +
             0.14810397642748007459) * r + 0.68976733498510000455) * r + 1.6763848301838038494) * r +
          2.05319162663775882187) * r + 1);
    r = t - 5;
    double far =
        (((((((r * 2.01033439929228813265e-7 + 2.71155556874348757815e-5) * r + 0.0012426609473880784386) * r +
             0.026532189526576123093) * r + 0.29656057182850489123) * r + 1.7848265399172913358) * r +
          5.4637849111641143699) * r + 6.6579046435011037772) /
        (((((((r * 2.04426310338993978564e-15 + 1.4215117583164458887e-7) * r + 1.8463183175100546818e-5) * r +
             7.868691311456132591e-4) * r + 0.0148753612908506148525) * r + 0.13692988092273580531) * r +
          0.59983220655588793769) * r + 1);
    return t <= 5 ? middle : far;
}

/* The standard normal's quantile, by AS 241. Relative error about 1e-16; 0 and 1 give -inf and inf, outside of [0, 1] nan. */
static inline double normal_quantile(double p) {
    double q = p - 0.5, tail = q < 0 ? p : 1 - p, t = sqrt(-log(tail));
    double centre = normal_quantile_centre(q), outer = normal_quantile_outer(t);
    outer = tail == 0 ? t : outer;
    outer = q < 0 ? -outer : outer;
    return fabs(q) <= 0.425 ? centre : outer;
}

#endif
