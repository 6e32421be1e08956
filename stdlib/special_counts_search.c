/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "runtime/kernels/special.h"
#include "stdlib/special_counts.h"

/* Parameters without a meaning, as in lanes that are off: no search or sum over counts would come to an end. */
static bool is_sound(const Counts *c) { return c->mean < INFINITY && c->spread < INFINITY && c->last == c->last; }

double counts_cdf(const Counts *c, double x) {
    if (x != x) return NAN;
    return x < 0 ? 0 : x >= c->last ? 1 : c->tail(c, floor(x), false);
}

/* Whether k is large enough; by the smaller tail. */
static bool reaches(const Counts *c, double k, double q, bool upper) {
    if (k >= c->last) return true;
    if (upper) return q > 0.5 ? c->tail(c, k, false) >= 1 - q : c->tail(c, k, true) <= q;
    return q > 0.5 ? c->tail(c, k, true) <= 1 - q : c->tail(c, k, false) >= q;
}

/* A bracket around a normal guess with a correction for skewness, then bisection. */
double counts_quantile(const Counts *c, double q, bool upper) {
    if (!(q >= 0 && q <= 1) || !is_sound(c)) return NAN;
    if (q == (upper ? 1 : 0) || c->last == 0) return 0;
    if (q == (upper ? 0 : 1) && c->last == INFINITY) return c->spread > 0 ? INFINITY : 0;
    double z = normal_quantile(q < 1e-300 ? 1e-300 : q), side = upper ? -z : z;
    double guess = floor(c->mean + c->spread * (side == side && fabs(side) < INFINITY ? side : 0) + (z * z - 1) / 6);
    double high = guess > 0 ? guess : 0, low, step = 1;
    high = high < c->last ? high : c->last;
    for (low = high; !reaches(c, high, q, upper); step *= 2) {
        low = high;
        high = high + step < c->last ? high + step : c->last;
    }
    for (step = 1; low >= 0 && reaches(c, low, q, upper); step *= 2) {
        high = low;
        low -= step;
    }
    low = low < 0 ? -1 : low;
    while (high - low > 1) {
        double middle = floor(0.5 * (low + high));
        if (middle <= low || middle >= high) break;
        if (reaches(c, middle, q, upper)) high = middle;
        else low = middle;
    }
    return high;
}

/* ---- Sums ---- */

enum { DIRECT = 8192, POINTS = 10 };

static double term(const Counts *c, double k, CountSummand *f) {
    double l = c->log_probability(c, k), p = exp(l);
    return p > 0 ? p * f(c, k, l) : 0;
}

/* Gauss and Legendre's rule on [a, b]. */
static double panel(const Counts *c, double a, double b, CountSummand *f) {
    static const double node[] = {0.14887433898163121, 0.4333953941292472, 0.67940956829902441, 0.86506336668898451, 0.97390652851717172};
    static const double weight[] = {0.29552422471475287, 0.26926671930999636, 0.21908636251598204, 0.1494513491505806, 0.066671344308688138};
    double middle = 0.5 * (a + b), half = 0.5 * (b - a), sum = 0;
    for (int j = 0; j < POINTS / 2; j++)
        sum += weight[j] * (term(c, middle - half * node[j], f) + term(c, middle + half * node[j], f));
    return half * sum;
}

double counts_sum(const Counts *c, double first, double last, CountSummand *f) {
    double sum = 0, k = first, start = first;
    if (!is_sound(c)) return NAN;
    if (first < 0x1p52) {
        for (; k <= last && k < first + DIRECT; k++) sum += term(c, k, f);
        if (k > last) return sum;
        sum += (term(c, k, f) - term(c, k - 1, f)) / 24; /* the slope of the summand at k - 1/2 */
    } else start = 0; /* one by one there is no getting on */
    for (double a = k - 0.5; a < last + 0.5;) {
        double far = 0.2 * (fabs(a - c->mean) - 50 * c->spread); /* where there is next to nothing */
        double width = fmin(0.25 * (a - start), fmax(fmax(0.5 * c->spread, 16), far)), b = fmin(a + width, last + 0.5);
        if (!(b > a)) break;
        sum += panel(c, a, b, f);
        a = b;
    }
    return sum;
}
