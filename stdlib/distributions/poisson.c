/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "runtime/distribution.h"

#include "runtime/kernels/vector.h"
#include "stdlib/distributions/count_propose.h"
#include "stdlib/distributions/countkernels.h"
#include "stdlib/distributions/statistics.h"

/* out[i] = log(x!) of small counts; whether there are others. */
static bool take_factorials(size_t n, double *restrict out, const double *x) {
    int large = 0;
    for (size_t i = 0; i < n; i++) {
        out[i] = count_log_factorial_small(x[i]);
        large |= !(x[i] < 16);
    }
    return large;
}

/* x log(rate) - rate - log(x!). */
ELBO_CLONES static void score(size_t n, double *restrict out, double *const partial[], const double *const in[]) {
    const double *x = in[0], *rate = in[1], *log_rate = in[2];
    bool large = take_factorials(n, out, x);
    VECTOR_LOOP(i, n) {
        double y = (x[i] == 0 ? 0 : x[i] * log_rate[i]) - rate[i] - out[i];
        out[i] = IS_COUNT(x[i]) ? y : -INFINITY;
    }
    if (large) VECTOR_LOOP(i, n) {
        bool counts = IS_COUNT(x[i]) && x[i] >= 16;
        double y = poisson_log_large(counts ? x[i] : 16, rate[i], log_rate[i]);
        out[i] = counts ? y : out[i];
    }
    if (partial[1]) VECTOR_LOOP(i, n) {
        double some = x[i] / rate[i] - 1, y = x[i] == 0 ? -1 : some;
        partial[1][i] = IS_COUNT(x[i]) && y < INFINITY ? y : 0;
    }
}

static void transform(size_t n, double *restrict out, double *const partial[], const double *const in[]) {
    (void)partial;
    count_propose_poisson(n, out, in[0], in[1], in[2]);
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
    VECTOR_LOOP(i, n) {
        double events = sum == 0 ? 0 : sum * log_rate[i];
        out[i] = inside ? events - count * rate[i] - factorials : -INFINITY;
    }
    if (partial[0]) VECTOR_LOOP(i, n) {
        double y = (sum == 0 ? 0 : sum / rate[i]) - count;
        partial[0][i] = inside && y < INFINITY ? y : 0;
    }
}

const DistributionRow distribution_poisson = {
    .name = "Poisson",
    .help = "How many events happen, if they come independently at a rate",
    .parameters = {{"rate", CONSTRAINT_NONNEGATIVE, NULL, "expected number of events"}},
    .n_parameters = 1,
    .density = "rate^x exp(-rate) / x!",
    .edges = "What is no whole number from 0 on has a log probability of -inf. With rate = 0 every draw is 0.",
    .sampler = "below a rate of 10 inversion by sequential search, else transformed rejection (Hormann 1993, PTRS)",
    .support = "nonnegative_integer",
    .discrete = true,
    .prepared = {{1u << 0, NULL, true}},
    .score = score,
    .noise = {NOISE_UNIFORM, NOISE_UNIFORM},
    .rejects = true,
    .transform = transform,
    .statistics = statistics,
    .score_statistics = score_statistics,
    .formulas = {{"mean", "rate"},
                 {"variance", "rate"},
                 {"median", "poisson_quantile(0.5, rate)"},
                 {"mode", "floor(rate)"},
                 {"entropy", "poisson_entropy(rate)"},
                 {"cdf", "poisson_cdf(x, rate)"},
                 {"ccdf", "where(x < 0, 1, gamma_cdf(rate, floor(max(x, 0)) + 1))"},
                 {"log_cdf", "where(x < 0, -inf, log_gamma_ccdf(rate, floor(max(x, 0)) + 1))"},
                 {"log_ccdf", "where(x < 0, 0, log_gamma_cdf(rate, floor(max(x, 0)) + 1))"},
                 {"quantile", "poisson_quantile(q, rate)"},
                 {"upper_quantile", "poisson_upper_quantile(q, rate)"},
                 {"kl", "where(rate > 0, rate * (log(rate) - log(other_rate)), 0) - rate + other_rate"}},
    .example = "obs visits[i] ~ Poisson(3.5)",
};
