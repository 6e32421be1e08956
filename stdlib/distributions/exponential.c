/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "runtime/distribution.h"
#include "runtime/kernels/vector.h"
#include "stdlib/distributions/statistics.h"

ELBO_CLONES static void log_rate(size_t n, double *restrict out, const double *const parameters[]) {
    const double *rate = parameters[0];
    VECTOR_LOOP(i, n) out[i] = log(rate[i]);
}

/* log(rate) - rate x. */
ELBO_CLONES static void score(size_t n, double *restrict out, double *const partial[], const double *const in[]) {
    const double *x = in[0], *rate = in[1], *logarithm = in[2];
    VECTOR_LOOP(i, n) out[i] = x[i] >= 0 ? logarithm[i] - rate[i] * x[i] : -INFINITY;
    if (partial[0]) VECTOR_LOOP(i, n) partial[0][i] = x[i] >= 0 && rate[i] * x[i] < INFINITY ? -rate[i] : 0;
    if (partial[1]) VECTOR_LOOP(i, n) partial[1][i] = x[i] >= 0 && rate[i] * x[i] < INFINITY ? 1 / rate[i] - x[i] : 0;
}

ELBO_CLONES static void transform(size_t n, double *restrict out, double *const partial[], const double *const in[]) {
    const double *rate = in[0], *u = in[1];
    VECTOR_LOOP(i, n) out[i] = -log(u[i]) / rate[i];
    if (partial[0]) VECTOR_LOOP(i, n) partial[0][i] = -out[i] / rate[i];
}

ELBO_CLONES static void map_outside(size_t n, double *restrict out, const double *restrict x) {
    VECTOR_LOOP(i, n) out[i] = x[i] >= 0 && x[i] < INFINITY ? 0 : 1;
}

/* n, sum, number of data outside the support. */
static void statistics(const double *x, size_t n, double statistic[]) {
    statistic[0] = (double)n;
    statistic[1] = statistics_sum(x, n, NULL);
    statistic[2] = statistics_sum(x, n, map_outside);
}

ELBO_CLONES static void score_statistics(size_t n, double *restrict out, double *const partial[],
                                         const double *const in[], const double statistic[]) {
    const double *rate = in[0], *logarithm = in[1];
    double count = statistic[0], sum = statistic[1];
    bool inside = statistic[2] == 0;
    VECTOR_LOOP(i, n) out[i] = inside ? count * logarithm[i] - rate[i] * sum : -INFINITY;
    if (partial[0]) VECTOR_LOOP(i, n) partial[0][i] = inside ? count / rate[i] - sum : 0;
}

const DistributionRow distribution_exponential = {
    .name = "Exponential",
    .help = "The exponential distribution: waiting times at a constant rate",
    .parameters = {{"rate", CONSTRAINT_POSITIVE, NULL, "events per unit of time; the mean is 1 / rate"}},
    .n_parameters = 1,
    .alternatives = {{.given = {{"scale", CONSTRAINT_POSITIVE, NULL, "1 / rate, the mean"}}, .replaces = 1u << 0, .parameters = {"1 / scale"}}},
    .density = "rate exp(-rate x)",
    .edges = "Below 0, at inf and at nan the log density is -inf.",
    .sampler = "the quantile of a uniform number",
    .support = "nonnegative",
    .prepared = {{1u << 0, log_rate, false}},
    .score = score,
    .noise = {NOISE_UNIFORM},
    .transform = transform,
    .statistics = statistics,
    .score_statistics = score_statistics,
    .formulas = {{"mean", "1 / rate"},
                 {"variance", "1 / rate ^ 2"},
                 {"stddev", "1 / rate"},
                 {"median", "0.69314718055994531 / rate"},
                 {"mode", "0 * rate"},
                 {"entropy", "1 - log(rate)"},
                 {"cdf", "-expm1(-rate * max(x, 0))"},
                 {"ccdf", "exp(-rate * max(x, 0))"},
                 {"log_cdf", "log1m_exp(-rate * max(x, 0))"},
                 {"log_ccdf", "-rate * max(x, 0)"},
                 {"quantile", "-log1p(-q) / rate"},
                 {"upper_quantile", "-log(q) / rate"},
                 {"scale", "1 / rate"},
                 {"kl", "log(rate / other_rate) + other_rate / rate - 1"}},
    .example = "wait ~ Exponential(0.5)",
    .base = "Exponential(1)",
    .from_base = "x / rate",
};
