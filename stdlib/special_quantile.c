/* SPDX-License-Identifier: GPL-3.0-or-later
   Quantiles of gamma and beta distributions: Newton's method for the logarithm of the smaller tail as a function of y = log(x)
   or logit(x). Both tails of both families are log-concave in y, so from one side of the solution Newton's steps never
   overshoot; a bracket catches what starts on the other. */
#include <float.h>
#include <math.h>
#include <stdbool.h>

#include "stdlib/distributions/log_beta.h"
#include "stdlib/special.h"
#include "stdlib/special_incomplete.h"

enum { STEPS = 200 };

/* The equation tail(x) = target. */
typedef struct Tail {
    double a, b;    /* b = 0: gamma */
    double target;  /* p, or 1 - p when `upper` */
    bool upper;
} Tail;

/* Newton's step from x over log(x) or logit(x), positive to the right; *gap gets how far the logarithm of the tail is from the
   target's. */
static double newton(const Tail *t, double x, double rest, double *gap) {
    Scaled tail = t->b == 0 ? incomplete_gamma(x, t->a, t->upper) : incomplete_beta(x, rest, t->a, t->b, t->upper);
    double ratio = t->target / tail.value;
    *gap = fabs(ratio - 1) < 0.5 ? log1p((t->target - tail.value) / tail.value) : log(t->target) - tail.log;
    if (*gap != *gap) *gap = INFINITY; /* the tail is 0 */
    double change = *gap, wanted = log(t->target);
    if (t->upper && tail.log < 4 * wanted) change = log(wanted / tail.log) * tail.log; /* -log(tail) grows like x itself, far out */
    return (t->upper ? -change : change) / (tail.rate > DBL_MIN ? tail.rate : DBL_MIN);
}

/* By bisection around x, where a large shape has more digits than log(x) and logit(x). */
static double polish(const Tail *t, double x) {
    double low = x * (1 - 1e-11), high = x * (1 + 1e-11), gap;
    for (int k = 0; k < 60; k++) {
        x = 0.5 * (low + high);
        if (!(x > low && x < high)) break;
        if (newton(t, x, 1 - x, &gap) > 0) low = x;
        else high = x;
    }
    return x;
}

static double solve(const Tail *t, double y) {
    double low = -745.2, high = t->b == 0 ? 709.7 : 40, x = 0;
    y = y < low ? low : y > high ? high : y;
    for (int k = 0; k < STEPS; k++) {
        double e = exp(-fabs(y)), rest = y < 0 ? 1 / (1 + e) : e / (1 + e);
        x = t->b == 0 ? exp(y) : y < 0 ? e / (1 + e) : 1 / (1 + e);
        double gap, step = newton(t, x, rest, &gap), next = y + step;
        if (step > 0) low = y;
        else high = y;
        if (fabs(step) < 1e-8 && fabs(gap) < 1e-8) return x + step * (t->b == 0 ? x : x * (1 - x));
        if (high - low < 1e-15 * fabs(y)) break;
        y = next > low && next < high ? next : 0.5 * (low + high);
    }
    return t->b == 0 || x < 0.5 ? polish(t, x) : x;
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
    if (a == INFINITY) return INFINITY;
    double target = smaller(p, &upper), z = normal_quantile(target), log_lower = upper ? log1p(-target) : log(target);
    Tail t = {.a = a, .target = target, .upper = upper};
    /* P(a, x) < x^a / gamma(a + 1); for a large shape the cube root is nearly normal (Wilson and Hilferty 1931). */
    double y = (log_lower + lgamma(a + 1)) / a;
    double root = 1 - 1 / (9 * a) + (upper ? -z : z) / (3 * sqrt(a));
    if (a > 1 && root > 0.2) y = log(a) + 3 * log(root);
    if (y < -745) return 0;
    return solve(&t, y);
}

double special_beta_quantile(double p, double a, double b, bool upper) {
    if (!(p >= 0 && p <= 1) || !(a > 0) || !(b > 0) || (a == INFINITY && b == INFINITY)) return NAN;
    if (p == 0 || p == 1) return (p == 0) == upper ? 1 : 0;
    if (a == INFINITY || b == INFINITY) return a == INFINITY;
    double target = smaller(p, &upper), log_lower = upper ? log1p(-target) : log(target), z = normal_quantile(target);
    Tail t = {.a = a, .b = b, .target = target, .upper = upper};
    /* I_x(a, b) ~ x^a / (a B(a, b)) for small x; for large shapes the logit is nearly normal. */
    double small = (log_lower + log(a) + log_beta(a, b)) / a, normal = log(a) - log(b);
    if (a > 10 && b > 10) normal += (upper ? -z : z) * sqrt(1 / a + 1 / b);
    double y = small < -5 && a < 10 ? small : normal;
    if (small < -745) return 0;
    return solve(&t, y);
}
