/* SPDX-License-Identifier: GPL-3.0-or-later
   The incomplete beta function, and its derivatives with respect to the shapes. */
#include "stdlib/special_scaled.h"
#include "stdlib/special_tail.h"

enum { TERMS = 1000 };
static const double large = 1e10; /* shapes from which on the fraction never converges near x */

/* Shapes so large that their sum overflows: smaller ones stand in for them. */
#define FINITE_SUM(a, b)                                                                                  \
    if (!(a + b <= DBL_MAX)) {                                                                            \
        a *= 0x1p-60;                                                                                     \
        b *= 0x1p-60;                                                                                     \
    }

/* (a + b) x - a. */
static double distance_of(double x, double y, double a, double b) { return b * x - a * y; }

/* x^a y^b / B(a, b) by a b / (a + b). */
static Scaled core(double x, double y, double a, double b) {
    double n = a + b, by_a = a * log(x), by_b = b * log(y);
    if (n < 20 && by_a + by_b > -600) { /* exact for small whole shapes */
        double v = pow(x, a) * pow(y, b) * (tgamma(n + 1) / tgamma(a + 1) / tgamma(b + 1));
        return (Scaled){v, log(v), 0};
    }
    double distance = distance_of(x, y, a, b), rests = gamma_core(n) / gamma_core(a) / gamma_core(b);
    Power left = power_of(x * (n / a), log(x) + log(n) - log(a), a, distance);
    Power right = power_of(y * (n / b), log(y) + log(n) - log(b), b, -distance);
    double linear = (left.near ? 0 : -distance) + (right.near ? 0 : distance);
    bool sound = fabs(left.log_power) < 700 && fabs(right.log_power) < 700;
    double log_power = left.log_power + right.log_power;
    return scaled_of(sound ? left.power * right.power : exp(log_power), log_power, left.exponent + right.exponent + linear, rests);
}

/* a b / (a + b). */
static double harmonic(double a, double b) { return a < b ? a * (b / (a + b)) : b * (a / (a + b)); }

Scaled incomplete_beta_measure(double x, double y, double a, double b) {
    FINITE_SUM(a, b)
    return scaled_times(core(x, y, a, b), harmonic(a, b));
}

/* I_x(a, b) B(a, b) / (x^a y^b) times a: the continued fraction of Didonato and Morris (ACM Transactions on Mathematical Software 18
   (1992) 360), which takes some sqrt(max(a, b)) terms for x below the mean. */
static double lower_fraction(double x, double y, double a, double b) {
    double c = 1 - distance_of(x, y, a, b), c0 = b / a, c1 = 1 / a + 1, s = a + 1, p = 1;
    double an = 0, bn = 1, a_next = 1, b_next = c / c1, r = c1 / c;
    for (double n = 1; n <= TERMS; n++) {
        double t = n / a, w = n * (b - n) * x, e = a / s;
        double alpha = p * (p + c0) * e * e * (w * x);
        e = (1 + t) / (c1 + t + t);
        double beta = n + w / s + e * (c + n * (1 + y)), before = r;
        p = 1 + t;
        s += 2;
        double numerator = alpha * an + beta * a_next, denominator = alpha * bn + beta * b_next;
        an = a_next;
        bn = b_next;
        r = numerator / denominator;
        if (fabs(r - before) <= DBL_EPSILON * r) return r * a;
        an /= denominator;
        bn /= denominator;
        a_next = r;
        b_next = 1;
    }
    return NAN;
}

/* Coefficients of the power series of I_x(a, b) B(a, b) x^-a, for a <= 1 and x below the mean or not far above. */
typedef struct Series {
    double sum, by_a, by_b; /* the sum times a, and its derivatives (as the sum is) */
} Series;

static Series series_of(double x, double a, double b) {
    Series s = {1, 0, 0};
    double c = 1, by_b = 0; /* (1 - b)_k x^k / k!, and its derivative */
    for (int k = 1; k < TERMS; k++) {
        double factor = (k - b) * (x / k);
        by_b = by_b * factor - c * (x / k);
        c *= factor;
        s.sum += c * (a / (a + k));
        s.by_a += c * (k / ((a + k) * (a + k)));
        s.by_b += by_b * (a / (a + k));
        if (fabs(c) + fabs(by_b) <= DBL_EPSILON / 8 * fabs(s.by_b) && k > b * x) break;
    }
    return s;
}

typedef struct Fall {
    double x, y, a, b, distance, length;
    bool by_b; /* the weight: the derivative by b rather than a */
} Fall;

/* log(y + x e^v). */
static double log_mixed(const Fall *f, double v) {
    if (f->x > 0.5) return v + log1p(f->y * expm1(-v));
    return v < 700 ? log1p(f->x * expm1(v)) : v + log(f->x);
}

/* At logit(x) + v relative to x, of x^a y^b; the weight is log(x) or log(y) less that at v = 0. */
static double fall(double v, const void *context, double *weight) {
    const Fall *f = context;
    double n = f->a + f->b, mixed = log_mixed(f, v);
    *weight = f->by_b ? -mixed : f->x > 0.5 ? -log1p(f->y * expm1(-v)) : v - mixed;
    if (v > 1) return f->x > 0.5 ? -f->b * v - n * log1p(f->y * expm1(-v)) : f->a * v - n * mixed;
    double p = f->x > 0.5 ? f->y : f->x, w = f->x > 0.5 ? -v : v;
    return -f->distance * v - n * (p * expm1_gap(w) + log1p_gap(p * expm1(w)));
}

static double stretch(double s, const void *context, double *weight) {
    const Fall *f = context;
    return fall(s * f->length, f, weight);
}

/* The integral above x over the logit, by its integrand at x. */
static double upper_integral(double x, double y, double a, double b, bool by_b, double *weighted) {
    Fall f = {.x = x, .y = y, .a = a, .b = b, .distance = distance_of(x, y, a, b), .by_b = by_b};
    double width = sqrt(a + b) * sqrt(x) * sqrt(y), rate = fabs(f.distance);
    return special_tail(fall, &f, 1 / (rate > width ? rate : width), weighted);
}

/* I_x(a, b) for x up to about the mean. */
static Scaled lower(double x, double y, double a, double b) {
    double fraction = a > large && b > large ? NAN : lower_fraction(x, y, a, b);
    if (!(fraction > 0)) return tail_of(incomplete_beta_measure(x, y, a, b), upper_integral(y, x, b, a, false, NULL));
    Scaled tail = scaled_times(core(x, y, a, b), fraction * (b / (a + b)));
    tail.rate = a / fraction;
    return tail;
}

static bool is_above(double x, double y, double a, double b) { return distance_of(x, y, a, b) > y - x; } /* x > (a + 1) / (a + b + 2) */

/* 1 - I_x(a, b) for x up to about the mean where that is small, since a is: in two parts. */
static double small_rest(double x, double y, double a, double b) {
    double middle_x = (a + 1) / (a + b + 2), middle_y = (b + 1) / (a + b + 2);
    Fall f = {.x = x, .y = y, .a = a, .b = b, .distance = distance_of(x, y, a, b), .length = log((a + 1) / (b + 1)) - log(x / y)};
    double middle = incomplete_beta_measure(x, y, a, b).value * f.length * special_unit_integral(stretch, &f, NULL);
    return middle + lower(middle_y, middle_x, b, a).value;
}

Scaled incomplete_beta(double x, double y, double a, double b, bool upper) {
    FINITE_SUM(a, b)
    if (is_above(x, y, a, b)) { /* in the mirror */
        double t = x, c = a;
        x = y, y = t;
        a = b, b = c;
        upper = !upper;
    }
    Scaled near = lower(x, y, a, b);
    double rest = near.value < 0.75 ? 1 - near.value : small_rest(x, y, a, b);
    if (!upper) return near.value < 0.75 ? near : (Scaled){near.value, log1p(-rest), near.rate};
    return (Scaled){rest, near.value < 0.75 ? log1p(-near.value) : log(rest), incomplete_beta_measure(x, y, a, b).value / rest};
}

/* ---- Derivatives ---- */

/* log(x (a + b) / a). */
static double log_ratio(double x, double a, double b, double distance) {
    double t = distance / a;
    return fabs(t) <= 0.5 ? log1p(t) : log(x) + log1p(finite_ratio(b, a));
}

/* digamma(z + b) - digamma(z) for b >= 0, also where both are nearly equal. */
static double digamma_step(double z, double b) {
    double sum = 0;
    for (; z < 10; z++) sum += b / (z * (z + b));
    return sum + log1p(b / z) + digamma_rest_gap(z, b);
}

/* Of log(I_x(a, b)) with respect to a, or with `by_b` b, for x up to about the mean. */
static double slope(double x, double y, double a, double b, bool by_b) {
    double distance = distance_of(x, y, a, b);
    if (a <= 1) {
        Series s = series_of(x, a, b);
        double gap = b < 1 ? -digamma_step(a + b, 1 - b) : digamma_step(a + 1, b - 1); /* digamma(a + b) - digamma(a + 1) */
        return by_b ? digamma_step(b, a) + s.by_b / s.sum : log(x) + gap + s.by_a / s.sum;
    }
    double mean, all = upper_integral(y, x, b, a, !by_b, &mean);
    if (by_b) return log_ratio(y, b, a, -distance) + digamma_rest_gap(b, a) + mean / all;
    return log_ratio(x, a, b, distance) + digamma_rest_gap(a, b) + mean / all;
}

static double by_shape(double x, double y, double a, double b, bool by_b, bool upper) {
    FINITE_SUM(a, b)
    bool above = is_above(x, y, a, b);
    double rate = above ? slope(y, x, b, a, !by_b) : slope(x, y, a, b, by_b);
    if (above == upper) return rate;
    return -rate * (incomplete_beta(x, y, a, b, above).value / incomplete_beta(x, y, a, b, upper).value);
}

double incomplete_beta_by_a(double x, double rest, double a, double b, bool upper) { return by_shape(x, rest, a, b, false, upper); }
double incomplete_beta_by_b(double x, double rest, double a, double b, bool upper) { return by_shape(x, rest, a, b, true, upper); }
