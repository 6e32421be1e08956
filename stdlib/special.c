/* SPDX-License-Identifier: GPL-3.0-or-later
   Special functions of several arguments, on top of GSL: for cdfs and quantiles, not for inner loops.

   Their derivatives with respect to x or p are exact; those with respect to a and b are central differences with steps of
   10^-5 (relative), good to about 9 digits. */
#include <float.h>
#include <math.h>

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_sf_gamma.h>

#include "runtime/kernel.h"
#include "stdlib/distributions/log_beta.h"
#include "stdlib/special.h"

#define HALF_LOG_2_PI 0.91893853320467274178032973640562

typedef double Function(double x, double a, double b);

static double by_difference(Function *f, double x, double a, double b, unsigned k) {
    double at = k == 1 ? a : b, h = 1e-5 * at;
    double low = at - h, high = at + h;
    return ((k == 1 ? f(x, high, b) : f(x, a, high)) - (k == 1 ? f(x, low, b) : f(x, a, low))) / (high - low);
}

/* ---- Regularised incomplete gamma function ---- */

static double gamma_density(double x, double a) { return x > 0 ? exp((a - 1) * log(x) - x - lgamma(a)) : 0; }

static double gamma_cdf(double x, double a, double b) {
    (void)b;
    if (!(x > 0) || !(a > 0)) return x <= 0 && a > 0 ? 0 : NAN;
    return x < INFINITY ? gsl_cdf_gamma_P(x, a, 1) : 1;
}

static double gamma_quantile(double p, double a, double b) {
    (void)b;
    if (!(p >= 0 && p <= 1) || !(a > 0)) return NAN;
    return special_gamma_quantile(p, a);
}

/* ---- Regularised incomplete beta function ---- */

static double beta_density(double x, double a, double b) {
    return x > 0 && x < 1 ? exp((a - 1) * log(x) + (b - 1) * log1p(-x) - log_beta(a, b)) : 0;
}

static double beta_cdf(double x, double a, double b) {
    if (x != x || !(a > 0) || !(b > 0)) return NAN;
    return special_beta_cdf(x, a, b, false);
}

static double beta_quantile(double p, double a, double b) {
    if (!(p >= 0 && p <= 1) || !(a > 0) || !(b > 0)) return NAN;
    return special_beta_quantile(p, a, b);
}

/* ---- Kernels ---- */

static void gamma_cdf_dual(size_t n, double *out, double *const partial[], const double *const in[]) {
    for (size_t i = 0; i < n; i++) {
        double x = in[0][i], a = in[1][i];
        if (partial[0]) partial[0][i] = gamma_density(x, a);
        if (partial[1]) partial[1][i] = by_difference(gamma_cdf, x, a, 0, 1);
        out[i] = gamma_cdf(x, a, 0);
    }
}

static void gamma_cdf_value(size_t n, double *out, const double *const in[]) {
    gamma_cdf_dual(n, out, (double *[2]){NULL, NULL}, in);
}

/* From F(q(p, a), a) = p: dq/dp = 1 / f, dq/da = -(dF/da) / f. */
static void gamma_quantile_dual(size_t n, double *out, double *const partial[], const double *const in[]) {
    for (size_t i = 0; i < n; i++) {
        double p = in[0][i], a = in[1][i], x = gamma_quantile(p, a, 0), f = gamma_density(x, a);
        if (partial[0]) partial[0][i] = 1 / f;
        if (partial[1]) partial[1][i] = -by_difference(gamma_cdf, x, a, 0, 1) / f;
        out[i] = x;
    }
}

static void gamma_quantile_value(size_t n, double *out, const double *const in[]) {
    gamma_quantile_dual(n, out, (double *[2]){NULL, NULL}, in);
}

static void beta_cdf_dual(size_t n, double *out, double *const partial[], const double *const in[]) {
    for (size_t i = 0; i < n; i++) {
        double x = in[0][i], a = in[1][i], b = in[2][i];
        if (partial[0]) partial[0][i] = beta_density(x, a, b);
        for (unsigned k = 1; k < 3; k++)
            if (partial[k]) partial[k][i] = by_difference(beta_cdf, x, a, b, k);
        out[i] = beta_cdf(x, a, b);
    }
}

static void beta_cdf_value(size_t n, double *out, const double *const in[]) {
    beta_cdf_dual(n, out, (double *[3]){NULL, NULL, NULL}, in);
}

static void beta_quantile_dual(size_t n, double *out, double *const partial[], const double *const in[]) {
    for (size_t i = 0; i < n; i++) {
        double p = in[0][i], a = in[1][i], b = in[2][i], x = beta_quantile(p, a, b), f = beta_density(x, a, b);
        if (partial[0]) partial[0][i] = 1 / f;
        for (unsigned k = 1; k < 3; k++)
            if (partial[k]) partial[k][i] = -by_difference(beta_cdf, x, a, b, k) / f;
        out[i] = x;
    }
}

static void beta_quantile_value(size_t n, double *out, const double *const in[]) {
    beta_quantile_dual(n, out, (double *[3]){NULL, NULL, NULL}, in);
}

ELBO_CLONES static void log_beta_dual(size_t n, double *out, double *const partial[], const double *const in[]) {
    const double *a = in[0], *b = in[1];
    VECTOR_LOOP(i, n) out[i] = log_beta(a[i], b[i]);
    for (unsigned k = 0; k < 2; k++) {
        if (!partial[k]) continue;
        VECTOR_LOOP(i, n) partial[k][i] = -digamma_gap(in[k][i], in[1 - k][i]);
    }
}

static void log_beta_value(size_t n, double *out, const double *const in[]) {
    log_beta_dual(n, out, (double *[2]){NULL, NULL}, in);
}

/* a + log gamma(a) + (1 - a) digamma(a), with the leading terms of the two Stirling series joined, so that nothing is lost
   when a is large. */
ELBO_CLONES static void gamma_entropy_dual(size_t n, double *out, double *const partial[], const double *const in[]) {
    const double *a = in[0];
    VECTOR_LOOP(i, n)
        out[i] = 0.5 * log(a[i]) + HALF_LOG_2_PI + stirling_rest(a[i]) + (1 - a[i]) * digamma_rest(a[i]);
    if (!partial[0]) return;
    VECTOR_LOOP(i, n) {
        double slope;
        partial[0][i] = 1 + (1 - a[i]) * gamma_trigamma(a[i], &slope);
    }
}

static void gamma_entropy_value(size_t n, double *out, const double *const in[]) {
    gamma_entropy_dual(n, out, (double *[1]){NULL}, in);
}

/* log_beta(a, b) - (a - 1) digamma(a) - (b - 1) digamma(b) + (a + b - 2) digamma(a + b), likewise. */
ELBO_CLONES static void beta_entropy_dual(size_t n, double *out, double *const partial[], const double *const in[]) {
    const double *a = in[0], *b = in[1];
    VECTOR_LOOP(i, n) {
        double s = a[i] + b[i], rest = digamma_rest(s);
        double leading = HALF_LOG_2_PI + 0.5 * (log(a[i]) + log(b[i])) - 1.5 * log(s);
        double rests = stirling_rest(a[i]) + stirling_rest(b[i]) - stirling_rest(s);
        out[i] = leading + rests + (a[i] - 1) * (rest - digamma_rest(a[i])) + (b[i] - 1) * (rest - digamma_rest(b[i]));
    }
    for (unsigned k = 0; k < 2; k++) {
        if (!partial[k]) continue;
        VECTOR_LOOP(i, n) {
            double s = a[i] + b[i], slope;
            double own = gamma_trigamma(in[k][i], &slope), joint = gamma_trigamma(s, &slope);
            partial[k][i] = (s - 2) * joint - (in[k][i] - 1) * own;
        }
    }
}

static void beta_entropy_value(size_t n, double *out, const double *const in[]) {
    beta_entropy_dual(n, out, (double *[2]){NULL, NULL}, in);
}

/* From the normal quantile, or for small x from erf's slope at 0, by Newton's method. */
static double erfinv(double x) {
    double u = fabs(x);
    if (!(u < 1)) return u == 1 ? x * INFINITY : NAN;
    double y = u < 1e-4 ? 0.88622692545275801365 * u : -0.70710678118654752440 * normal_quantile(0.5 * (1 - u));
    for (int k = 0; k < 2 && u < 0.9; k++) y -= 0.88622692545275801365 * exp(y * y) * (erf(y) - u);
    return x < 0 ? -y : y;
}

static void erfinv_dual(size_t n, double *out, double *const partial[], const double *const in[]) {
    for (size_t i = 0; i < n; i++) {
        double x = in[0][i];
        out[i] = erfinv(x);
        if (partial[0]) partial[0][i] = 0.88622692545275801365 * exp(out[i] * out[i]);
    }
}

static void erfinv_value(size_t n, double *out, const double *const in[]) {
    erfinv_dual(n, out, (double *[1]){NULL}, in);
}

/* (a - 1) / (a + b - 2), or the end at which the density is highest; 0 where both ends are, 0.5 for Beta(1, 1). */
static void beta_mode_dual(size_t n, double *out, double *const partial[], const double *const in[]) {
    for (size_t i = 0; i < n; i++) {
        double left = in[0][i] - 1, right = in[1][i] - 1, sum = left + right;
        bool inner = left > 0 && right > 0, flat = left == 0 && right == 0;
        out[i] = inner ? left / sum : flat ? 0.5 : left > right ? 1 : 0;
        if (partial[0]) partial[0][i] = inner ? right / (sum * sum) : 0;
        if (partial[1]) partial[1][i] = inner ? -left / (sum * sum) : 0;
    }
}

static void beta_mode_value(size_t n, double *out, const double *const in[]) {
    beta_mode_dual(n, out, (double *[2]){NULL, NULL}, in);
}

const Elementwise elementwise_special[] = {
    {.name = "beta_cdf",
     .arity = 3,
     .value = beta_cdf_value,
     .dual = beta_cdf_dual,
     .help = "beta_cdf(x, a, b): probability that a Beta(a, b) number is at most x"},
    {.name = "beta_entropy",
     .arity = 2,
     .value = beta_entropy_value,
     .dual = beta_entropy_dual,
     .help = "beta_entropy(a, b): entropy of Beta(a, b)"},
    {.name = "beta_mode",
     .arity = 2,
     .value = beta_mode_value,
     .dual = beta_mode_dual,
     .help = "beta_mode(a, b): where Beta(a, b) is densest"},
    {.name = "beta_quantile",
     .arity = 3,
     .value = beta_quantile_value,
     .dual = beta_quantile_dual,
     .help = "beta_quantile(p, a, b): the x for which beta_cdf(x, a, b) is p"},
    {.name = "erfinv", .arity = 1, .value = erfinv_value, .dual = erfinv_dual, .help = "the y for which erf(y) is x"},
    {.name = "gamma_cdf",
     .arity = 2,
     .value = gamma_cdf_value,
     .dual = gamma_cdf_dual,
     .help = "gamma_cdf(x, shape): probability that a Gamma(shape, 1) number is at most x"},
    {.name = "gamma_entropy",
     .arity = 1,
     .value = gamma_entropy_value,
     .dual = gamma_entropy_dual,
     .help = "gamma_entropy(shape): entropy of Gamma(shape, 1)"},
    {.name = "gamma_quantile",
     .arity = 2,
     .value = gamma_quantile_value,
     .dual = gamma_quantile_dual,
     .help = "gamma_quantile(p, shape): the x for which gamma_cdf(x, shape) is p"},
    {.name = "log_beta",
     .arity = 2,
     .value = log_beta_value,
     .dual = log_beta_dual,
     .help = "log_beta(a, b): logarithm of the beta function"},
    {.name = NULL},
};
