/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "runtime/distribution.h"

#include <float.h>

#include "runtime/kernels/vector.h"
#include "stdlib/distributions/gaussian.h"
#include "stdlib/distributions/statistics.h"

ELBO_CLONES static void inverse_sigma(size_t n, double *restrict out, const double *const parameters[]) {
    const double *sigma = parameters[1];
    VECTOR_LOOP(i, n) out[i] = 1 / sigma[i];
}

static inline double logit(double x) {
    double q = 1 - x, near = log1p((x - q) / q), far = log(x) - log1p(-x);
    return fabs(x - 0.5) < 0.25 ? near : far;
}

/* With z = (logit(x) - mu) / sigma: -log(x) - log(1 - x) - log(sigma) - log(2 pi) / 2 - z^2 / 2. Outside of 0 < x < 1, z is
   infinite or NaN. */
ELBO_CLONES static void score(size_t n, double *restrict out, double *const partial[], const double *const in[]) {
    const double *x = in[0], *mu = in[1], *inverse = in[3], *log_sigma = in[4];
#define Z(i) ((logit(x[i]) - mu[i]) * inverse[i])
    VECTOR_LOOP(i, n) {
        double z = Z(i), y = -0.5 * z * z - log(x[i]) - log1p(-x[i]) - (log_sigma[i] + HALF_LOG_2_PI);
        out[i] = z * z < INFINITY ? y : -INFINITY;
    }
    if (partial[0])
        VECTOR_LOOP(i, n) {
            double z = Z(i), y = ((2 * x[i] - 1) - z * inverse[i]) / (x[i] * (1 - x[i]));
            partial[0][i] = fabs(y) < INFINITY ? y : 0;
        }
    if (partial[1])
        VECTOR_LOOP(i, n) {
            double z = Z(i);
            partial[1][i] = z * z < INFINITY ? z * inverse[i] : 0;
        }
    if (partial[2])
        VECTOR_LOOP(i, n) {
            double z = Z(i);
            partial[2][i] = z * z < INFINITY ? (z * z - 1) * inverse[i] : 0;
        }
#undef Z
}

ELBO_CLONES static void transform(size_t n, double *restrict out, double *const partial[], const double *const in[]) {
    const double *mu = in[0], *sigma = in[1], *z = in[2];
    for (unsigned k = 0; k < 2; k++) { /* x (1 - x) = e / (1 + e)^2 with e = exp(-|logit(x)|) */
        if (!partial[k]) continue;
        VECTOR_LOOP(i, n) {
            double e = exp(-fabs(mu[i] + sigma[i] * z[i]));
            partial[k][i] = e / ((1 + e) * (1 + e)) * (k == 0 ? 1 : z[i]);
        }
    }
    VECTOR_LOOP(i, n) {
        double x = 1 / (1 + exp(-(mu[i] + sigma[i] * z[i])));
        x = x < DBL_MIN ? DBL_MIN : x;
        out[i] = x < 1 ? x : 1 - DBL_EPSILON / 2;
    }
}

ELBO_CLONES static void map_logit(size_t n, double *restrict out, const double *restrict x) {
    VECTOR_LOOP(i, n) {
        double y = logit(x[i]);
        out[i] = x[i] > 0 && x[i] < 1 ? y : 0;
    }
}

ELBO_CLONES static void map_slope(size_t n, double *restrict out, const double *restrict x) {
    VECTOR_LOOP(i, n) {
        double y = log(x[i]) + log1p(-x[i]);
        out[i] = x[i] > 0 && x[i] < 1 ? y : 0;
    }
}

ELBO_CLONES static void map_outside(size_t n, double *restrict out, const double *restrict x) {
    VECTOR_LOOP(i, n) out[i] = x[i] > 0 && x[i] < 1 ? 0 : 1;
}

/* n, centred moments of logit(x), sum of log(x (1 - x)), number of data outside the support. */
static void statistics(const double *x, size_t n, double statistic[]) {
    statistic[0] = (double)n;
    statistics_moments(x, n, map_logit, statistic + 1);
    statistic[4] = statistics_sum(x, n, map_slope);
    statistic[5] = statistics_sum(x, n, map_outside);
}

ELBO_CLONES static void score_statistics(size_t n, double *restrict out, double *const partial[],
                                         const double *const in[], const double statistic[]) {
    gaussian_score(n, out, partial, in, statistic, statistic[4], statistic[5] == 0);
}

const DistributionRow distribution_logitnormal = {
    .name = "LogitNormal",
    .help = "The logit-normal distribution: sigmoid of a Normal(mu, sigma)",
    .parameters = {{"mu", CONSTRAINT_REAL, NULL, "mean of the logit"},
                   {"sigma", CONSTRAINT_POSITIVE, NULL, "standard deviation of the logit"}},
    .n_parameters = 2,
    .density = "exp(-((logit(x) - mu) / sigma)^2 / 2) / (sigma sqrt(2 pi) x (1 - x))",
    .edges = "Outside of 0 < x < 1, at 0 and 1 too, the log density is -inf. Mean, variance, mode and entropy have no closed form.",
    .sampler = "sigmoid(mu + sigma z) of a standard normal z",
    .support = "unit_interval",
    .prepared = {{1u << 1, inverse_sigma, false}, {1u << 1, NULL, true}},
    .score = score,
    .noise = {NOISE_NORMAL},
    .transform = transform,
    .statistics = statistics,
    .score_statistics = score_statistics,
    .formulas = {{"median", "sigmoid(mu)"},
                 {"cdf", "normal_cdf((logit(min(max(x, 0), 1)) - mu) / sigma)"},
                 {"ccdf", "normal_cdf((mu - logit(min(max(x, 0), 1))) / sigma)"},
                 {"log_cdf", "log_normal_cdf((logit(min(max(x, 0), 1)) - mu) / sigma)"},
                 {"log_ccdf", "log_normal_cdf((mu - logit(min(max(x, 0), 1))) / sigma)"},
                 {"quantile", "sigmoid(mu + sigma * normal_quantile(q))"},
                 {"upper_quantile", "sigmoid(mu - sigma * normal_quantile(q))"},
                 {"kl", "0.5 * ((sigma / other_sigma) ^ 2"
                        " + ((mu - other_mu) / other_sigma) ^ 2 - 1) - log(sigma / other_sigma)"}},
    .example = "rate ~ LogitNormal(0, 1)",
    .base = "Normal(mu, sigma)",
    .from_base = "sigmoid(x)",
};
