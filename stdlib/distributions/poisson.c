/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "runtime/distribution.h"

#include "runtime/kernels/vector.h"
#include "stdlib/distributions/counts.h"
#include "stdlib/distributions/statistics.h"

#define HALF_LOG_2_PI 0.91893853320467274178

/* x log(rate) - rate - log(x!); of large x with the leading terms of Stirling's series taken off, as they nearly cancel. */
ELBO_CLONES static void score(size_t n, double *restrict out, double *const partial[], const double *const in[]) {
    const double *x = in[0], *rate = in[1], *log_rate = in[2];
    VECTOR_LOOP(i, n) {
        double psi, y = x[i] * log_rate[i] - rate[i] - gamma_log(x[i] + 1, &psi);
        double z = x[i] < 1e6 ? 1e6 : x[i], t = (rate[i] - z) / z;
        double joined = z * (log1p(t) - t) - 0.5 * log(z) - HALF_LOG_2_PI - 1 / (12 * z);
        y = x[i] >= 1e6 && fabs(t) < 0.5 ? joined : y;
        out[i] = IS_COUNT(x[i]) ? y : -INFINITY;
    }
    if (partial[1]) VECTOR_LOOP(i, n) {
        double y = x[i] / rate[i] - 1;
        partial[1][i] = IS_COUNT(x[i]) ? y : 0;
    }
}

/* Inversion by sequential search (Devroye, Non-Uniform Random Variate Generation, 1986, X.3.3). */
static double draw_small(LaneRandom *random, double rate) {
    double u = random_lane_uniform(random), p = exp(-rate), sum = p, k = 0;
    while (u > sum) {
        p *= rate / ++k;
        if (sum + p == sum) break;
        sum += p;
    }
    return k;
}

/* Algorithm PTRS of W. Hörmann, The transformed rejection method for generating Poisson random variables, Insurance:
   Mathematics and Economics 12 (1993) 39. */
static double draw_large(LaneRandom *random, double rate) {
    double b = 0.931 + 2.53 * sqrt(rate), a = -0.059 + 0.02483 * b;
    double alpha = 1.1239 + 1.1328 / (b - 3.4), squeeze = 0.9277 - 3.6224 / (b - 2);
    for (;;) {
        double u = random_lane_uniform(random) - 0.5, v = random_lane_uniform(random), us = 0.5 - fabs(u);
        double k = floor((2 * a / us + b) * u + rate + 0.43);
        if (us >= 0.07 && v <= squeeze) return k;
        if (k < 0 || (us < 0.013 && v > us)) continue;
        if (log(v * alpha / (a / (us * us) + b)) <= poisson_log(k, rate)) return k;
    }
}

static double draw(LaneRandom *random, const double *parameters, double *partial) {
    (void)partial;
    return parameters[0] < 10 ? draw_small(random, parameters[0]) : draw_large(random, parameters[0]);
}

ELBO_CLONES static void map_outside(size_t n, double *restrict out, const double *restrict x) {
    VECTOR_LOOP(i, n) out[i] = IS_COUNT(x[i]) ? 0 : 1;
}

ELBO_CLONES static void map_factorial(size_t n, double *restrict out, const double *restrict x) {
    VECTOR_LOOP(i, n) {
        double psi, y = gamma_log(x[i] + 1, &psi);
        out[i] = y;
    }
}

/* n, sum, sum of the logarithms of the factorials, number of data outside the support. */
static void statistics(const double *x, size_t n, double statistic[]) {
    statistic[0] = (double)n;
    statistic[1] = statistics_sum(x, n, NULL);
    statistic[2] = statistics_sum(x, n, map_factorial);
    statistic[3] = statistics_sum(x, n, map_outside);
}

ELBO_CLONES static void score_statistics(size_t n, double *restrict out, double *const partial[],
                                         const double *const in[], const double statistic[]) {
    const double *rate = in[0], *log_rate = in[1];
    double count = statistic[0], sum = statistic[1], factorials = statistic[2];
    bool inside = statistic[3] == 0;
    VECTOR_LOOP(i, n) out[i] = inside ? sum * log_rate[i] - count * rate[i] - factorials : -INFINITY;
    if (partial[0]) VECTOR_LOOP(i, n) partial[0][i] = inside ? sum / rate[i] - count : 0;
}

const DistributionRow distribution_poisson = {
    .name = "Poisson",
    .help = "How many events happen, if they come independently at a rate",
    .parameters = {{"rate", CONSTRAINT_POSITIVE, NULL, "expected number of events"}},
    .n_parameters = 1,
    .support = "nonnegative_integer",
    .discrete = true,
    .prepared = {{1u << 0, NULL, true}},
    .score = score,
    .draw = draw,
    .statistics = statistics,
    .score_statistics = score_statistics,
    .formulas = {{"mean", "rate"},
                 {"variance", "rate"},
                 {"median", "poisson_quantile(0.5, rate)"},
                 {"mode", "floor(rate)"},
                 {"entropy", "poisson_entropy(rate)"},
                 {"cdf", "poisson_cdf(x, rate)"},
                 {"quantile", "poisson_quantile(q, rate)"},
                 {"kl", "rate * (log(rate) - log(other_rate)) - rate + other_rate"}},
    .example = "obs visits[i] ~ Poisson(3.5)",
};
