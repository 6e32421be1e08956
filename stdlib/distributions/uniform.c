/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "runtime/distribution.h"
#include "runtime/kernels/vector.h"

ELBO_CLONES static void log_width(size_t n, double *restrict out, const double *const parameters[]) {
    const double *low = parameters[0], *high = parameters[1];
    VECTOR_LOOP(i, n) out[i] = log(high[i] - low[i]);
}

/* -log(high - low) for low <= x <= high. */
ELBO_CLONES static void score(size_t n, double *restrict out, double *const partial[], const double *const in[]) {
    const double *x = in[0], *low = in[1], *high = in[2], *width = in[3];
    VECTOR_LOOP(i, n) out[i] = x[i] >= low[i] && x[i] <= high[i] ? -width[i] : -INFINITY;
    if (partial[0]) VECTOR_LOOP(i, n) partial[0][i] = 0;
    for (unsigned k = 1; k < 3; k++) {
        double *restrict p = partial[k], sign = k == 1 ? 1 : -1;
        if (!p) continue;
        VECTOR_LOOP(i, n) p[i] = x[i] >= low[i] && x[i] <= high[i] ? sign / (high[i] - low[i]) : 0;
    }
}

ELBO_CLONES static void transform(size_t n, double *restrict out, double *const partial[], const double *const in[]) {
    const double *low = in[0], *high = in[1], *u = in[2];
    VECTOR_LOOP(i, n) out[i] = low[i] + (high[i] - low[i]) * u[i];
    if (partial[0]) VECTOR_LOOP(i, n) partial[0][i] = 1 - u[i];
    if (partial[1]) VECTOR_LOOP(i, n) partial[1][i] = u[i];
}

/* n, smallest, largest; NaN counts as infinitely large. */
static void statistics(const double *x, size_t n, double statistic[]) {
    double smallest = INFINITY, largest = -INFINITY;
    for (size_t i = 0; i < n; i++) {
        smallest = x[i] < smallest ? x[i] : smallest;
        largest = x[i] <= largest ? largest : x[i] == x[i] ? x[i] : INFINITY;
    }
    statistic[0] = (double)n;
    statistic[1] = smallest;
    statistic[2] = largest;
}

ELBO_CLONES static void score_statistics(size_t n, double *restrict out, double *const partial[],
                                         const double *const in[], const double statistic[]) {
    const double *low = in[0], *high = in[1], *width = in[2];
    double count = statistic[0], smallest = statistic[1], largest = statistic[2];
    VECTOR_LOOP(i, n) out[i] = smallest >= low[i] && largest <= high[i] ? -count * width[i] : -INFINITY;
    for (unsigned k = 0; k < 2; k++) {
        double *restrict p = partial[k], signed_count = k == 0 ? count : -count;
        if (!p) continue;
        VECTOR_LOOP(i, n)
            p[i] = smallest >= low[i] && largest <= high[i] ? signed_count / (high[i] - low[i]) : 0;
    }
}

static bool accepts(const double *parameters) {
    return parameters[0] < parameters[1] && parameters[1] - parameters[0] < INFINITY;
}

const DistributionRow distribution_uniform = {
    .name = "Uniform",
    .help = "The uniform distribution between two numbers, both included",
    .parameters = {{"low", CONSTRAINT_REAL, NULL, "smallest value"}, {"high", CONSTRAINT_REAL, NULL, "largest value"}},
    .n_parameters = 2,
    .density = "1 / (high - low)",
    .edges = "Both ends belong to the support. Outside of [low, high] and at nan the log density is -inf. low must be less than high.",
    .sampler = "low + (high - low) u of a uniform number u",
    .support = "interval(low, high)",
    .accepts = accepts,
    .condition = "low must be less than high",
    .prepared = {{1u << 0 | 1u << 1, log_width, false}},
    .score = score,
    .noise = {NOISE_UNIFORM},
    .transform = transform,
    .statistics = statistics,
    .score_statistics = score_statistics,
    .formulas = {{"mean", "0.5 * low + 0.5 * high"},
                 {"variance", "(high - low) ^ 2 / 12"},
                 {"median", "0.5 * low + 0.5 * high"},
                 {"mode", "0.5 * low + 0.5 * high"}, /* any value is one: the middle stands for them */
                 {"entropy", "log(high - low)"},
                 {"cdf", "min(max((x - low) / (high - low), 0), 1)"},
                 {"ccdf", "min(max((high - x) / (high - low), 0), 1)"},
                 {"quantile", "low + (high - low) * q"},
                 {"upper_quantile", "high - (high - low) * q"},
                 {"kl", "where(low < other_low, inf, where(high > other_high, inf,"
                        " log((other_high - other_low) / (high - low))))"}},
    .example = "angle ~ Uniform(0, 360)",
    .base = "Uniform(0, 1)",
    .from_base = "low + (high - low) * x",
};
