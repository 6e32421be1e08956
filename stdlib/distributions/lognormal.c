/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "runtime/distribution.h"
#include "runtime/kernels/vector.h"
#include "stdlib/distributions/gaussian.h"
#include "stdlib/distributions/lone.h"
#include "stdlib/distributions/statistics.h"

ELBO_CLONES static void inverse_sigma(size_t n, double *restrict out, const double *const parameters[]) {
    const double *sigma = parameters[1];
    VECTOR_LOOP(i, n) out[i] = 1 / sigma[i];
}

/* With z = (log(x) - mu) / sigma: -log(x) - log(sigma) - log(2 pi) / 2 - z^2 / 2. Outside of 0 < x < inf, z is infinite or
   NaN. */
LONE_INLINE void score_body(size_t n, double *restrict out, double *const partial[], const double *const in[], bool lone) {
    const double *x = in[0], *mu = in[1], *inverse = in[3], *log_sigma = in[4], *log_x = in[5];
    const double mu_0 = mu[0], inverse_0 = inverse[0], log_sigma_0 = log_sigma[0];
    double *restrict by_x = partial[0], *restrict by_mu = partial[1], *restrict by_sigma = partial[2];
#define Z(i) ((log_x[i] - LONE(mu, i)) * LONE(inverse, i))
#define DENSITY(z) (z * z < INFINITY ? -0.5 * z * z - log_x[i] - (LONE(log_sigma, i) + HALF_LOG_2_PI) : -INFINITY)
#define BY_X(z) (z * z < INFINITY ? -(1 + z * LONE(inverse, i)) / x[i] : 0)
#define BY_MU(z) (z * z < INFINITY ? z * LONE(inverse, i) : 0)
#define BY_SIGMA(z) (z * z < INFINITY ? (z * z - 1) * LONE(inverse, i) : 0)
    if (by_x && by_mu && by_sigma) { /* a guide's site: all at once */
        VECTOR_LOOP(i, n) {
            double z = Z(i);
            out[i] = DENSITY(z);
            by_x[i] = BY_X(z);
            by_mu[i] = BY_MU(z);
            by_sigma[i] = BY_SIGMA(z);
        }
        return;
    }
    VECTOR_LOOP(i, n) {
        double z = Z(i);
        out[i] = DENSITY(z);
    }
    if (by_x) VECTOR_LOOP(i, n) {
        double z = Z(i);
        by_x[i] = BY_X(z);
    }
    if (by_mu) VECTOR_LOOP(i, n) {
        double z = Z(i);
        by_mu[i] = BY_MU(z);
    }
    if (by_sigma) VECTOR_LOOP(i, n) {
        double z = Z(i);
        by_sigma[i] = BY_SIGMA(z);
    }
#undef Z
#undef DENSITY
#undef BY_X
#undef BY_MU
#undef BY_SIGMA
}
LONE_PAIR(score)

LONE_INLINE void transform_body(size_t n, double *restrict out, double *const partial[], const double *const in[], bool lone) {
    const double *mu = in[0], *sigma = in[1], *z = in[2];
    const double mu_0 = mu[0], sigma_0 = sigma[0];
    double *restrict by_mu = partial[0], *restrict by_sigma = partial[1];
    VECTOR_LOOP(i, n) out[i] = exp(LONE(mu, i) + LONE(sigma, i) * z[i]);
    if (by_mu) VECTOR_LOOP(i, n) by_mu[i] = out[i];
    if (by_sigma) VECTOR_LOOP(i, n) by_sigma[i] = out[i] * z[i];
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
    .density = "exp(-((log(x) - mu) / sigma)^2 / 2) / (x sigma sqrt(2 pi))",
    .edges = "Outside of 0 < x < inf, at 0 too, the log density is -inf.",
    .sampler = "exp(mu + sigma z) of a standard normal z",
    .support = "positive",
    .prepared = {{1u << 1, inverse_sigma, false}, {1u << 1, NULL, true}},
    .wants_log = true,
    .score = score,
    .score_lone = score_lone,
    .noise = {NOISE_NORMAL},
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
                 {"ccdf", "0.5 * erfc((log(max(x, 0)) - mu) / (sigma * 1.4142135623730951))"},
                 {"log_cdf", "log_normal_cdf((log(max(x, 0)) - mu) / sigma)"},
                 {"log_ccdf", "log_normal_cdf((mu - log(max(x, 0))) / sigma)"},
                 {"quantile", "exp(mu + sigma * normal_quantile(q))"},
                 {"upper_quantile", "exp(mu - sigma * normal_quantile(q))"},
                 {"kl", "0.5 * ((sigma / other_sigma) ^ 2"
                        " + ((mu - other_mu) / other_sigma) ^ 2 - 1) - log(sigma / other_sigma)"}},
    .example = "sigma ~ LogNormal(log(3), 1)",
    .base = "Normal(mu, sigma)",
    .from_base = "exp(x)",
};
