/* SPDX-License-Identifier: GPL-3.0-or-later
   Special functions of several arguments: logarithms, entropies, modes. */
#include <float.h>
#include <math.h>

#include "runtime/kernel.h"
#include "stdlib/distributions/log_beta.h"
#include "stdlib/special.h"

#define HALF_LOG_2_PI 0.91893853320467274178032973640562

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
    {.name = "erfinv", .arity = 1, .value = erfinv_value, .dual = erfinv_dual, .help = "the y for which erf(y) is x"},
    {.name = "gamma_entropy",
     .arity = 1,
     .value = gamma_entropy_value,
     .dual = gamma_entropy_dual,
     .help = "gamma_entropy(shape): entropy of Gamma(shape, 1)"},
    {.name = "log_beta",
     .arity = 2,
     .value = log_beta_value,
     .dual = log_beta_dual,
     .help = "log_beta(a, b): logarithm of the beta function"},
    {.name = NULL},
};
