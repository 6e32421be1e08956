/* SPDX-License-Identifier: GPL-3.0-or-later
   BetaBinomial. Its probability is f(x; a) f(n - x; b) / f(n; a + b), where f(x; a) is that of a negative binomial count with size a
   and any common p. With p = n / (n + a + b) each of the three is near its mean where the count is likely, so none loses digits. */
#include "runtime/distribution.h"

#include "runtime/kernels/vector.h"
#include "stdlib/distributions/count_mixed.h"
#include "stdlib/distributions/count_shape.h"
#include "stdlib/distributions/countkernels.h"
#include "stdlib/distributions/gamma_draw.h"

ELBO_CLONES static void rest_of_a(size_t n, double *restrict out, const double *const parameters[]) {
    const double *a = parameters[0];
    VECTOR_LOOP(i, n) out[i] = stirling_rest(a[i]);
}

ELBO_CLONES static void rest_of_b(size_t n, double *restrict out, const double *const parameters[]) {
    const double *b = parameters[1];
    VECTOR_LOOP(i, n) out[i] = stirling_rest(b[i]);
}

/* log(p), log(1 - p). */
ELBO_CLONES static void log_yes(size_t size, double *restrict out, const double *const parameters[]) {
    const double *a = parameters[0], *b = parameters[1], *n = parameters[2];
    VECTOR_LOOP(i, size) {
        double m = n[i] < 1 ? 1 : n[i];
        out[i] = -log1p((a[i] + b[i]) / m);
    }
}

ELBO_CLONES static void log_no(size_t size, double *restrict out, const double *const parameters[]) {
    const double *a = parameters[0], *b = parameters[1], *n = parameters[2];
    VECTOR_LOOP(i, size) out[i] = -log1p(finite_ratio(n[i], a[i] + b[i]));
}

ELBO_CLONES static void log_whole(size_t size, double *restrict out, const double *const parameters[]) {
    const double *a = parameters[0], *b = parameters[1], *n = parameters[2];
    VECTOR_LOOP(i, size) {
        double s = a[i] + b[i], m = n[i] < 1 ? 1 : n[i], yes = -log1p(s / m), no = -log1p(finite_ratio(m, s));
        double whole = negative_binomial_some(m, s, 0, m / (m + s), yes, no, stirling_rest(s));
        out[i] = n[i] < 1 ? 0 : whole;
    }
}

#define INSIDE(x, n) (IS_COUNT(x) && (x) <= (n))

ELBO_CLONES static void score(size_t size, double *restrict out, double *const partial[], const double *const in[]) {
    const double *x = in[0], *a = in[1], *b = in[2], *n = in[3], *rest_a = in[4], *rest_b = in[5], *yes = in[6], *no = in[7], *whole = in[8];
    count_shapes_of_both(size, out, x, n);
    VECTOR_LOOP(i, size) {
        double y = n[i] - x[i], s = a[i] + b[i], distance = (a[i] * y - b[i] * x[i]) / (n[i] + s), p = n[i] / (n[i] + s);
        double successes = negative_binomial_shapeless(x[i], a[i], distance, p, yes[i], no[i], rest_a[i]);
        double failures = negative_binomial_shapeless(y, b[i], -distance, p, yes[i], no[i], rest_b[i]);
        out[i] = INSIDE(x[i], n[i]) ? successes + failures - out[i] - whole[i] : -INFINITY;
    }
    for (unsigned k = 0; k < 2; k++) {
        if (!partial[1 + k]) continue;
        const double *c = in[1 + k];
        VECTOR_LOOP(i, size) {
            double s = a[i] + b[i], z = k ? n[i] - x[i] : x[i], t = (z * s - n[i] * c[i]) / (n[i] + s) / c[i];
            double first = fabs(t) <= 0.5 ? log1p(t) : log1p(finite_ratio(z, c[i])) + no[i];
            double v = first + (digamma_rest_gap(c[i], z) - digamma_rest_gap(s, n[i]));
            partial[1 + k][i] = INSIDE(x[i], n[i]) ? v : 0;
        }
    }
    if (partial[3]) VECTOR_LOOP(i, size) {
        double y = n[i] - x[i], v = digamma_gap(y + 1, x[i]) - digamma_gap(y + b[i], x[i] + a[i]);
        partial[3][i] = INSIDE(x[i], n[i]) ? v : 0;
    }
}

/* ---- Draws: the weights of success and failure are gamma variables ---- */

enum { BLOCK = 512 };

/* Where a or b is so small that the variables may be too small for numbers: up to a common factor, from their logarithms. */
ELBO_CLONES static void weights_of_small(size_t n, double *restrict x, double *restrict y, const double *a, const double *b, const double *restrict log_x,
                                         const double *restrict log_y) {
    VECTOR_LOOP(i, n) {
        double gap = log_x[i] == log_y[i] ? 0 : log_x[i] - log_y[i], e = exp(-fabs(gap)), rare = isnan(gap) ? gap : e;
        bool by_logs = (a[i] < 1) | (b[i] < 1);
        x[i] = !by_logs ? x[i] : gap < 0 ? rare : isnan(gap) ? gap : 1;
        y[i] = !by_logs ? y[i] : gap < 0 ? 1 : rare;
    }
}

static void propose(size_t n, double *restrict out, const double *const in[]) {
    const double *a = in[0], *b = in[1];
    double x[BLOCK], y[BLOCK], log_x[BLOCK], log_y[BLOCK];
    long below = 0;
    gamma_propose_all(n, x, a, in[3], in[4]);
    gamma_propose_all(n, y, b, in[5], in[6]);
    for (size_t i = 0; i < n; i++) below += (a[i] < 1) | (b[i] < 1);
    if (below) {
        gamma_propose_logs(n, log_x, a, in[3], in[4]);
        gamma_propose_logs(n, log_y, b, in[5], in[6]);
        weights_of_small(n, x, y, a, b, log_x, log_y);
    }
    count_propose_weighted(n, out, in[2], x, y, in[7], in[8]);
}

static void transform(size_t n, double *restrict out, double *const partial[], const double *const in[]) {
    (void)partial;
    for (size_t at = 0; at < n; at += BLOCK) {
        const double *some[9];
        for (unsigned k = 0; k < 9; k++) some[k] = in[k] + at;
        propose(n - at < BLOCK ? n - at : BLOCK, out + at, some);
    }
}

const DistributionRow distribution_betabinomial = {
    .name = "BetaBinomial",
    .help = "How many of n trials succeed, with a probability that is itself a draw from Beta(a, b)",
    .parameters = {{"a", CONSTRAINT_POSITIVE, NULL, "of the beta distribution: weight of success"},
                   {"b", CONSTRAINT_POSITIVE, NULL, "of the beta distribution: weight of failure"},
                   {"n", CONSTRAINT_NONNEGATIVE_INTEGER, NULL, "number of trials"}},
    .n_parameters = 3,
    .density = "n! / (x! (n - x)!) B(x + a, n - x + b) / B(a, b), with the beta function B",
    .edges = "What is no whole number from 0 to n has a log probability of -inf.",
    .sampler = "Binomial with a probability from two gamma variables (Marsaglia and Tsang 2000; Hormann 1993)",
    .support = "integer_interval(0, n)",
    .discrete = true,
    .prepared = {{1u << 0, rest_of_a, false}, {1u << 1, rest_of_b, false}, {7u, log_yes, false}, {7u, log_no, false}, {7u, log_whole, false}},
    .score = score,
    .noise = {NOISE_NORMAL, NOISE_UNIFORM, NOISE_NORMAL, NOISE_UNIFORM, NOISE_UNIFORM, NOISE_UNIFORM},
    .rejects = true,
    .transform = transform,
    .formulas = {{"mean", "n * (a / (a + b))"},
                 {"variance", "n * (a / (a + b)) * (b / (a + b)) * ((a + b + n) / (a + b + 1))"},
                 {"median", "beta_binomial_quantile(0.5, a, b, n)"},
                 {"mode", "s = a + b - 2\n"
                          "where(s > 0, min(max(floor((n + 1) * (a - 1) / where(s > 0, s, 1)), 0), n), where(a > b, n, 0))"},
                 {"entropy", "beta_binomial_entropy(a, b, n)"},
                 {"cdf", "beta_binomial_cdf(x, a, b, n)"},
                 {"ccdf", "where(x < 0, 1, beta_binomial_cdf(n - 1 - floor(max(x, 0)), b, a, n))"},
                 {"quantile", "beta_binomial_quantile(q, a, b, n)"},
                 {"upper_quantile", "beta_binomial_upper_quantile(q, a, b, n)"}},
    .example = "obs cured[i] ~ BetaBinomial(2, 3, 10)",
};
