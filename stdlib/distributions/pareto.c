/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "runtime/distribution.h"

#include <float.h>

#include "runtime/kernel.h"
#include "runtime/kernels/vector.h"
#include "stdlib/distributions/statistics.h"

/* log(alpha) - log(x) - alpha log(x / scale) for x >= scale. */
ELBO_CLONES static void score(size_t n, double *restrict out, double *const partial[], const double *const in[]) {
    const double *x = in[0], *scale = in[1], *alpha = in[2], *log_alpha = in[3], *log_scale = in[4], *log_x = in[5];
/* Of neighbours the quotient would lose digits, and of numbers far apart it may be too large. */
#define RATIO(i) (x[i] < 2 * scale[i] ? log1p((x[i] - scale[i]) / scale[i]) : log_x[i] - log_scale[i])
#define INSIDE(i) (x[i] >= scale[i] && x[i] < INFINITY)
    VECTOR_LOOP(i, n) {
        double y = log_alpha[i] - log_x[i] - alpha[i] * RATIO(i);
        out[i] = INSIDE(i) ? y : -INFINITY;
    }
    if (partial[0]) VECTOR_LOOP(i, n) partial[0][i] = INSIDE(i) ? -(alpha[i] + 1) / x[i] : 0;
    if (partial[1]) VECTOR_LOOP(i, n) partial[1][i] = INSIDE(i) ? alpha[i] / scale[i] : 0;
    if (partial[2])
        VECTOR_LOOP(i, n) {
            double y = 1 / alpha[i] - RATIO(i);
            partial[2][i] = INSIDE(i) ? y : 0;
        }
#undef RATIO
#undef INSIDE
}

ELBO_CLONES static void transform(size_t n, double *restrict out, double *const partial[], const double *const in[]) {
    const double *scale = in[0], *alpha = in[1], *u = in[2];
    VECTOR_LOOP(i, n) {
        double x = scale[i] * exp(-log(u[i]) / alpha[i]);
        out[i] = x > DBL_MAX ? DBL_MAX : x;
    }
    if (partial[0]) VECTOR_LOOP(i, n) partial[0][i] = out[i] / scale[i];
    if (partial[1]) VECTOR_LOOP(i, n) partial[1][i] = out[i] * log(u[i]) / (alpha[i] * alpha[i]);
}

ELBO_CLONES static void map_log(size_t n, double *restrict out, const double *restrict x) {
    VECTOR_LOOP(i, n) {
        double y = log(x[i]);
        out[i] = x[i] > 0 && x[i] < INFINITY ? y : 0;
    }
}

ELBO_CLONES static void map_outside(size_t n, double *restrict out, const double *restrict x) {
    VECTOR_LOOP(i, n) out[i] = x[i] > 0 && x[i] < INFINITY ? 0 : 1;
}

/* log(x / c), of neighbours without loss of digits. */
static inline double log_ratio(double x, double c) {
    double near = log1p((x - c) / c), far = log(x) - log(c);
    return x > 0.5 * c && x < 2 * c ? near : far;
}

ELBO_CLONES static void relate(size_t n, double *restrict out, const double *restrict x, double c) {
    VECTOR_LOOP(i, n) out[i] = x[i] > 0 && x[i] < INFINITY ? log_ratio(x[i], c) : 0;
}

enum { BLOCK = 1024 };

/* n, a centre c near the geometric mean, the sums of log(x / c) and of log(x), the smallest, the number of data outside of any
   support. */
static void statistics(const double *x, size_t n, double statistic[]) {
    double smallest = INFINITY, padded[BLOCK], y[BLOCK], sum = 0, logs = statistics_sum(x, n, map_log);
    double c = n ? exp(logs / (double)n) : 1;
    for (size_t i = 0; i < n; i++) smallest = x[i] < smallest ? x[i] : smallest;
    for (size_t start = 0; start < n; start += BLOCK) {
        size_t length = n - start < BLOCK ? n - start : BLOCK;
        for (size_t i = 0; i < BLOCK; i++) padded[i] = i < length ? x[start + i] : 1;
        relate(BLOCK, y, padded, c);
        sum += kernel_sum(y, length);
    }
    statistic[0] = (double)n;
    statistic[1] = c;
    statistic[2] = sum;
    statistic[3] = logs;
    statistic[4] = smallest;
    statistic[5] = statistics_sum(x, n, map_outside);
}

ELBO_CLONES static void score_statistics(size_t n, double *restrict out, double *const partial[],
                                         const double *const in[], const double statistic[]) {
    const double *scale = in[0], *alpha = in[1], *log_alpha = in[2];
    double count = statistic[0], c = statistic[1], rest = statistic[2], logs = statistic[3], smallest = statistic[4];
    bool outside = statistic[5] > 0;
    VECTOR_LOOP(i, n) {
        double ratio = count * log_ratio(c, scale[i]) + rest;
        out[i] = outside || smallest < scale[i] ? -INFINITY : count * log_alpha[i] - logs - alpha[i] * ratio;
    }
    if (partial[0]) VECTOR_LOOP(i, n) partial[0][i] = outside || smallest < scale[i] ? 0 : count * (alpha[i] / scale[i]);
    if (partial[1])
        VECTOR_LOOP(i, n) {
            double ratio = count * log_ratio(c, scale[i]) + rest;
            partial[1][i] = outside || smallest < scale[i] ? 0 : count / alpha[i] - ratio;
        }
}

const DistributionRow distribution_pareto = {
    .name = "Pareto",
    .help = "The Pareto distribution: a power law above its scale",
    .parameters = {{"scale", CONSTRAINT_POSITIVE, NULL, "the smallest value"},
                   {"alpha", CONSTRAINT_POSITIVE, NULL, "the tail falls as x^-alpha"}},
    .n_parameters = 2,
    .density = "alpha scale^alpha / x^(alpha + 1)",
    .edges = "Below the scale, at inf and at nan the log density is -inf; at the scale it is alpha / scale. The mean is inf for an alpha of "
             "at most 1, the variance for one of at most 2.",
    .sampler = "the quantile of a uniform number",
    .support = "interval(scale, inf)",
    .prepared = {{1u << 1, NULL, true}, {1u << 0, NULL, true}},
    .wants_log = true,
    .score = score,
    .noise = {NOISE_UNIFORM},
    .transform = transform,
    .statistics = statistics,
    .score_statistics = score_statistics,
    .formulas = {{"mean", "where(alpha > 1, scale * (alpha / where(alpha > 1, alpha - 1, 1)), inf)"},
                 {"variance", "where(alpha > 2, (scale / where(alpha > 2, alpha - 1, 1)) ^ 2 * (alpha / where(alpha > 2, alpha - 2, 1)), inf)"},
                 {"median", "scale * exp(0.69314718055994531 / alpha)"},
                 {"mode", "scale"},
                 {"entropy", "log(scale) - log(alpha) + 1 + 1 / alpha"},
                 {"cdf", "-expm1(-alpha * log1p((max(x, scale) - scale) / scale))"},
                 {"ccdf", "exp(-alpha * log1p((max(x, scale) - scale) / scale))"},
                 {"log_cdf", "log1m_exp(-alpha * log1p((max(x, scale) - scale) / scale))"},
                 {"log_ccdf", "-alpha * log1p((max(x, scale) - scale) / scale)"},
                 {"quantile", "scale * exp(-log1p(-q) / alpha)"},
                 {"upper_quantile", "scale * q ^ (-1 / alpha)"},
                 {"kl", "where(scale < other_scale, inf, log(alpha / other_alpha)"
                        " + other_alpha * log(max(scale, other_scale) / other_scale) + other_alpha / alpha - 1)"}},
    .example = "wealth ~ Pareto(1, 2)",
    .base = "Exponential(alpha)",
    .from_base = "scale * exp(x)",
};
