/* SPDX-License-Identifier: GPL-3.0-or-later
   Quantiles of gamma and beta distributions: Newton's method for the logarithm of the smaller tail as a function of y = log(x)
   or logit(x). Both tails of both families are log-concave in y, so from one side of the solution Newton's steps never
   overshoot; a bracket catches what starts on the other. */
#include <float.h>
#include <math.h>
#include <stdbool.h>

#include "stdlib/distributions/log_beta.h"
#include "stdlib/special.h"

enum { STEPS = 200 };

/* The equation tail(x) = target. */
typedef struct Tail {
    double a, b;    /* b = 0: gamma */
    double log_norm;
    double target;  /* p, or 1 - p when `upper` */
    bool upper;
} Tail;

static double tail_probability(const Tail *t, double x) {
    if (t->b == 0) return special_gamma_cdf(x, t->a, t->upper);
    return special_beta_cdf(x, t->a, t->b, t->upper);
}

/* The density with respect to y, and x itself. */
static double density(const Tail *t, double y, double *x) {
    if (t->b == 0) {
        *x = exp(y);
        return exp(t->a * y - *x - t->log_norm);
    }
    double log_x = y < 0 ? y - log1p(exp(y)) : -log1p(exp(-y)), log_rest = log_x - y;
    *x = exp(log_x);
    return exp(t->a * log_x + t->b * log_rest - t->log_norm);
}

/* Newton's step at y, positive to the right; infinite where the tail is too small to have a logarithm. */
static double newton(const Tail *t, double y, double *x) {
    double f = density(t, y, x), tail = tail_probability(t, *x);
    double sign = t->upper ? -1 : 1;
    if (!(tail > 0)) return sign * INFINITY;
    if (!(f > 0)) return tail < t->target ? sign * INFINITY : -sign * INFINITY;
    double ratio = t->target / tail, gap = fabs(ratio - 1) < 0.5 ? log1p((t->target - tail) / tail) : log(ratio);
    return sign * gap * (tail / f);
}

static double solve(const Tail *t, double y) {
    double low = -745.2, high = t->b == 0 ? 709.7 : 40, x = 0;
    for (int k = 0; k < STEPS; k++) {
        double step = newton(t, y, &x), next = y + step;
        if (step > 0) low = y;
        else high = y;
        if (fabs(step) < 1e-8) return x + step * (t->b == 0 ? x : x * (1 - x));
        if (high - low < 1e-15 * fabs(y)) break;
        y = next > low && next < high ? next : 0.5 * (low + high);
    }
    return x;
}

/* One of the two tails is 1/2 or less: the equation is about that. */
static double smaller(double p, bool *upper) {
    if (p <= 0.5) return p;
    *upper = !*upper;
    return 1 - p;
}

double special_gamma_quantile(double p, double a, bool upper) {
    if (!(p >= 0 && p <= 1) || !(a > 0)) return NAN;
    if (p == 0 || p == 1) return (p == 0) == upper ? INFINITY : 0;
    double target = smaller(p, &upper), z = normal_quantile(target), log_lower = upper ? log1p(-target) : log(target);
    Tail t = {.a = a, .log_norm = lgamma(a), .target = target, .upper = upper};
    /* P(a, x) < x^a / gamma(a + 1); for a large shape the cube root is nearly normal (Wilson and Hilferty 1931). */
    double y = (log_lower + lgamma(a + 1)) / a;
    double root = 1 - 1 / (9 * a) + (upper ? -z : z) / (3 * sqrt(a));
    if (a > 1 && root > 0.2) y = log(a) + 3 * log(root);
    if (y < -745) return 0;
    return solve(&t, y);
}

double special_beta_quantile(double p, double a, double b, bool upper) {
    if (!(p >= 0 && p <= 1) || !(a > 0) || !(b > 0)) return NAN;
    if (p == 0 || p == 1) return (p == 0) == upper ? 1 : 0;
    double target = smaller(p, &upper), log_lower = upper ? log1p(-target) : log(target);
    Tail t = {.a = a, .b = b, .log_norm = log_beta(a, b), .target = target, .upper = upper};
    /* I_x(a, b) ~ x^a / (a B(a, b)) for small x. */
    double small = (log_lower + log(a) + t.log_norm) / a;
    double y = small < -5 ? small : log(a) - log(b);
    if (small < -745) return 0;
    return solve(&t, y > 36 ? 36 : y);
}
