/* SPDX-License-Identifier: GPL-3.0-or-later
   The incomplete gamma function. */
#include "stdlib/special_scaled.h"
#include "stdlib/special_tail.h"

enum { TERMS = 2000 };
static const double large = 1e5; /* from here on the integral is the shorter way */

/* x^a e^-x / gamma(a + 1). */
static Scaled core(double x, double a) {
    Power p = power_of(x / a, log(x) - log(a), a, x - a);
    return scaled_of(p.power, p.log_power, p.exponent + (p.near ? 0 : a - x), 1 / gamma_core(a));
}

Scaled incomplete_gamma_measure(double x, double a) { return scaled_times(core(x, a), a); }

/* P(a, x) gamma(a + 1) / (x^a e^-x). */
static double lower_series(double x, double a) {
    double term = 1, sum = 1;
    for (int n = 1; n < TERMS; n++) {
        sum += term *= x / (a + n);
        if (term < DBL_EPSILON / 4 * sum) return sum;
    }
    return NAN;
}

/* Q(a, x) gamma(a) / (x^a e^-x), for x above a + 1: the continued fraction 6.5.31 of Abramowitz and Stegun by Lentz's method. */
static double upper_fraction(double x, double a) {
    double b = x - a + 1, c = 1 / DBL_MIN, d = 1 / b, h = d;
    for (double n = 1; n < TERMS; n++) {
        double numerator = n * (a - n);
        b += 2;
        d = 1 / (numerator * d + b);
        c = b + numerator / c;
        h *= c * d;
        if (fabs(c * d - 1) <= DBL_EPSILON) return h;
    }
    return NAN;
}

typedef struct Fall {
    double x, a, distance, sign, length;
} Fall;

/* At x e^v or x e^-v, relative to x, of x^a e^-x. */
static double fall(double v, const void *context, double *weight) {
    const Fall *f = context;
    (void)weight;
    return -f->sign * f->distance * v - f->x * expm1_gap(f->sign * v);
}

static double stretch(double s, const void *context, double *weight) {
    const Fall *f = context;
    return fall(s * f->length, f, weight);
}

/* The integral beyond x by its integrand there, over the logarithm. */
static double integral(double x, double a, bool upper) {
    Fall f = {.x = x, .a = a, .distance = x - a, .sign = upper ? 1 : -1};
    double rate = fabs(f.distance), width = sqrt(x);
    return special_tail(fall, &f, 1 / (rate > width ? rate : width), NULL);
}

/* The tail on the side of x on which it converges fast. */
static Scaled outer(double x, double a, bool upper) {
    double sum = a > large ? NAN : upper ? upper_fraction(x, a) : lower_series(x, a);
    if (!(sum == sum)) return tail_of(incomplete_gamma_measure(x, a), integral(x, a, upper));
    if (upper) return tail_of(incomplete_gamma_measure(x, a), sum);
    Scaled tail = scaled_times(core(x, a), sum);
    tail.rate = a / sum;
    return tail;
}

/* Q(a, x) for x below a + 1 where that is small, since a is: in two parts. */
static double small_rest(double x, double a) {
    Fall f = {.x = x, .a = a, .distance = x - a, .sign = 1, .length = log1p(a) - log(x)};
    double middle = incomplete_gamma_measure(x, a).value * f.length * special_unit_integral(stretch, &f, NULL);
    return middle + outer(1 + a, a, true).value;
}

Scaled incomplete_gamma(double x, double a, bool upper) {
    bool above = x - a >= 1;
    Scaled near = outer(x, a, above);
    double rest = above || near.value < 0.75 ? 1 - near.value : small_rest(x, a);
    if (above == upper) return above || near.value < 0.75 ? near : (Scaled){near.value, log1p(-rest), near.rate};
    return (Scaled){rest, rest < 0.5 ? log(rest) : log1p(-near.value), incomplete_gamma_measure(x, a).value / rest};
}
