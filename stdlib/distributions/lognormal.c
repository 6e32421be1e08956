/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "runtime/distribution.h"
#include "runtime/kernels/vector.h"
#include "stdlib/distributions/gaussian.h"
#include "stdlib/distributions/lone.h"
#include "stdlib/distributions/statistics.h"

enum { BLOCK = 256 };

ELBO_CLONES static void inverse_sigma(size_t n, double *restrict out, const double *const parameters[]) {
    const double *sigma = parameters[1];
    VECTOR_LOOP(i, n) out[i] = 1 / sigma[i];
}

/* With z = (log(x) - mu) / sigma: -log(x) - log(sigma) - log(2 pi) / 2 - z^2 / 2. Outside of 0 < x < inf, z is infinite or
   NaN. */
LONE_INLINE void score_block(size_t m, double *restrict out, double *const partial[], const double *const in[], bool lone) {
    const double *x = in[0], *mu = in[1], *inverse = in[3], *log_sigma = in[4], *log_x = in[5];
    const double mu_0 = mu[0], inverse_0 = inverse[0], log_sigma_0 = log_sigma[0];
    double z[BLOCK];
    VECTOR_LOOP(i, m) z[i] = (log_x[i] - LONE(mu, i)) * LONE(inverse, i);
    VECTOR_LOOP(i, m) out[i] = z[i] * z[i] < INFINITY ? -0.5 * z[i] * z[i] - log_x[i] - (LONE(log_sigma, i) + HALF_LOG_2_PI) : -INFINITY;
    double *restrict p = partial[0];
    if (p) VECTOR_LOOP(i, m) p[i] = z[i] * z[i] < INFINITY ? -(1 + z[i] * LONE(inverse, i)) / x[i] : 0;
    p = partial[1];
    if (p) VECTOR_LOOP(i, m) p[i] = z[i] * z[i] < INFINITY ? z[i] * LONE(inverse, i) : 0;
    p = partial[2];
    if (p) VECTOR_LOOP(i, m) p[i] = z[i] * z[i] < INFINITY ? (z[i] * z[i] - 1) * LONE(inverse, i) : 0;
}

LONE_INLINE void score_body(size_t n, double *restrict out, double *const partial[], const double *const in[], bool lone) {
    for (size_t start = 0; start < n; start += BLOCK) {
        size_t m = n - start < BLOCK ? n - start : BLOCK, shift = lone ? 0 : start;
        const double *const from[6] = {in[0] + start, in[1] + shift, NULL, in[3] + shift, in[4] + shift, in[5] + start};
        double *const to[3] = {partial[0] ? partial[0] + start : NULL, partial[1] ? partial[1] + start : NULL,
                               partial[2] ? partial[2] + start : NULL};
        score_block(m, out + start, to, from, lone);
    }
}
LONE_PAIR(score)

LONE_INLINE void transform_body(size_t n, double *restrict out, double *const partial[], const double *const in[], bool lone) {
    const double *mu = in[0], *sigma = in[1], *z = in[2];
    const double mu_0 = mu[0], sigma_0 = sigma[0];
    VECTOR_LOOP(i, n) out[i] = exp(LONE(mu, i) + LONE(sigma, i) * z[i]);
    if (partial[0]) VECTOR_LOOP(i, n) partial[0][i] = out[i];
    if (partial[1]) VECTOR_LOOP(i, n) partial[1][i] = out[i] * z[i];
}
LONE_PAIR(transform)

ELBO_CLONES static void map_log(size_t n, double *restrict out, const double *restrict x) {
    VECTOR_LOOP(i, n) out[i] = log(x[i]);
}

ELBO_CLONES static void map_outside(size_t n, double *restrict out, const double *restrict x) {
    VECTOR_LOOP(i, n) out[i] = x[i] > 0 && x[i] < INFINITY ? 0 : 1;
}

/* n, centred moments of log(x), sum of log(x), number of data outside the support. */
static void statistics(const double *x, size_t n, double statistic[]) {
    statistic[0] = (double)n;
    statistics_moments(x, n, map_log, statistic + 1);
    statistic[4] = statistic[0] * statistic[1] + statistic[2];
    statistic[5] = statistics_sum(x, n, map_outside);
}

ELBO_CLONES static void score_statistics(size_t n, double *restrict out, double *const partial[],
                                         const double *const in[], const double statistic[]) {
    gaussian_score(n, out, partial, in, statistic, statistic[4], statistic[5] == 0);
}

const DistributionRow distribution_lognormal = {
    .name = "LogNormal",
    .help = "The log-normal distribution: exp of a Normal(mu, sigma)",
    .parameters = {{"mu", CONSTRAINT_REAL, NULL, "mean of the logarithm"},
                   {"sigma", CONSTRAINT_POSITIVE, NULL, "standard deviation of the logarithm"}},
    .n_parameters = 2,
    .support = "positive",
    .prepared = {{1u << 1, inverse_sigma, false}, {1u << 1, NULL, true}},
    .wants_log = true,
    .score = score,
    .score_lone = score_lone,
    .noise = NOISE_NORMAL,
    .transform = transform,
    .transform_lone = transform_lone,
    .statistics = statistics,
    .score_statistics = score_statistics,
    .formulas = {{"mean", "exp(mu + 0.5 * sigma ^ 2)"},
                 {"variance", "expm1(sigma ^ 2) * exp(2 * mu + sigma ^ 2)"},
                 {"median", "exp(mu)"},
                 {"mode", "exp(mu - sigma ^ 2)"},
                 {"entropy", "mu + log(sigma) + 1.4189385332046727"},
                 {"cdf", "0.5 * erfc((mu - log(max(x, 0))) / (sigma * 1.4142135623730951))"},
                 {"quantile", "exp(mu + sigma * normal_quantile(q))"}},
    .example = "sigma ~ LogNormal(log(3), 1)",
};
