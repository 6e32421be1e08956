/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "runtime/distribution.h"

#include "runtime/kernels/vector.h"
#include "stdlib/distributions/counts.h"
#include "stdlib/distributions/statistics.h"

ELBO_CLONES static void log_yes(size_t n, double *restrict out, const double *const parameters[]) {
    const double *p = parameters[1];
    VECTOR_LOOP(i, n) out[i] = log(p[i]);
}

ELBO_CLONES static void log_no(size_t n, double *restrict out, const double *const parameters[]) {
    const double *p = parameters[1];
    VECTOR_LOOP(i, n) out[i] = log1p(-p[i]);
}

#define INSIDE(x, n) (IS_COUNT(x) && (x) <= (n))

/* log(n! / (x! (n - x)!)). */
static inline double log_choose(double n, double x) { return -log1p(n) - log_beta(n - x + 1, x + 1); }

/* log_choose(n, x) + x log(p) + (n - x) log(1 - p). */
ELBO_CLONES static void score(size_t size, double *restrict out, double *const partial[], const double *const in[]) {
    const double *x = in[0], *n = in[1], *p = in[2], *yes = in[3], *no = in[4];
    VECTOR_LOOP(i, size) {
        double successes = x[i] == 0 ? 0 : x[i] * yes[i], failures = x[i] == n[i] ? 0 : (n[i] - x[i]) * no[i];
        double ways = x[i] == 0 || x[i] == n[i] ? 0 : log_choose(n[i], x[i]);
        out[i] = INSIDE(x[i], n[i]) ? ways + successes + failures : -INFINITY;
    }
    if (partial[1]) VECTOR_LOOP(i, size) {
        double gap = digamma_gap(n[i] - x[i] + 1, x[i]), y = x[i] == 0 ? no[i] : gap + no[i];
        bool possible = INSIDE(x[i], n[i]) && (x[i] == 0 || p[i] > 0) && p[i] < 1;
        partial[1][i] = possible ? y : 0;
    }
    if (partial[2]) VECTOR_LOOP(i, size) {
        double successes = x[i] == 0 ? 0 : x[i] / p[i], failures = x[i] == n[i] ? 0 : (n[i] - x[i]) / (1 - p[i]);
        bool possible = INSIDE(x[i], n[i]) && successes < INFINITY && failures < INFINITY;
        partial[2][i] = possible ? successes - failures : 0;
    }
}

/* Inversion by sequential search: algorithm BINV of V. Kachitvichyanukul and B. W. Schmeiser, Binomial random variate
   generation, Communications of the ACM 31 (1988) 216. For p <= 1/2. */
static double draw_small(LaneRandom *random, double n, double p) {
    double u = random_lane_uniform(random), odds = p / (1 - p), f = exp(n * log1p(-p)), sum = f, k = 0;
    while (u > sum && k < n) {
        f *= (n - k) / (k + 1) * odds;
        k++;
        if (sum + f == sum) break;
        sum += f;
    }
    return k;
}

/* Algorithm BTRS of W. Hörmann, The generation of binomial random variates, Journal of Statistical Computation and
   Simulation 46 (1993) 101. For p <= 1/2 and n p >= 10. */
static double draw_large(LaneRandom *random, double n, double p) {
    double spread = sqrt(n * p * (1 - p)), b = 1.15 + 2.53 * spread, a = -0.0873 + 0.0248 * b + 0.01 * p;
    double alpha = (2.83 + 5.1 / b) * spread, squeeze = 0.92 - 4.2 / b;
    double log_peak = binomial_log(floor((n + 1) * p), n, p);
    for (;;) {
        double u = random_lane_uniform(random) - 0.5, v = random_lane_uniform(random), us = 0.5 - fabs(u);
        double k = floor((2 * a / us + b) * u + n * p + 0.5);
        if (us >= 0.07 && v <= squeeze) return k;
        if (k < 0 || k > n) continue;
        if (log(v * alpha / (a / (us * us) + b)) <= binomial_log(k, n, p) - log_peak) return k;
    }
}

static double draw(LaneRandom *random, const double *parameters, double *partial) {
    double n = parameters[0], p = parameters[1], less = p > 0.5 ? 1 - p : p;
    (void)partial;
    double k = n * less < 10 ? draw_small(random, n, less) : draw_large(random, n, less);
    return p > 0.5 ? n - k : k;
}

/* count, sum, sum of log_choose, sum of digamma(n + 1) - digamma(n - x + 1), number of data outside the support; the last
   statistic is n. */
static void statistics(const double *x, size_t count, double statistic[]) {
    double n = statistic[DISTRIBUTION_STATISTICS - 1];
    statistic[0] = (double)count;
    statistic[1] = statistics_sum(x, count, NULL);
    for (size_t i = 0; i < count; i++) {
        bool inside = INSIDE(x[i], n);
        statistic[2] += inside && x[i] > 0 && x[i] < n ? log_choose(n, x[i]) : 0;
        statistic[3] += inside && x[i] > 0 ? digamma_gap(n - x[i] + 1, x[i]) : 0;
        statistic[4] += !inside;
    }
}

ELBO_CLONES static void score_statistics(size_t size, double *restrict out, double *const partial[],
                                         const double *const in[], const double statistic[]) {
    const double *p = in[1], *yes = in[2], *no = in[3];
    double count = statistic[0], sum = statistic[1], rest = count * statistic[DISTRIBUTION_STATISTICS - 1] - sum;
    bool inside = statistic[4] == 0;
    VECTOR_LOOP(i, size) {
        double successes = sum == 0 ? 0 : sum * yes[i], failures = rest == 0 ? 0 : rest * no[i];
        out[i] = inside ? statistic[2] + successes + failures : -INFINITY;
    }
    if (partial[0]) VECTOR_LOOP(i, size) {
        bool possible = inside && (sum == 0 || p[i] > 0) && p[i] < 1;
        partial[0][i] = possible ? statistic[3] + count * no[i] : 0;
    }
    if (partial[1]) VECTOR_LOOP(i, size) {
        double successes = sum == 0 ? 0 : sum / p[i], failures = rest == 0 ? 0 : rest / (1 - p[i]);
        partial[1][i] = inside && successes < INFINITY && failures < INFINITY ? successes - failures : 0;
    }
}

const DistributionRow distribution_binomial = {
    .name = "Binomial",
    .help = "How many of n independent trials succeed",
    .parameters = {{"n", CONSTRAINT_NONNEGATIVE_INTEGER, NULL, "number of trials"},
                   {"p", CONSTRAINT_UNIT_INTERVAL, NULL, "probability of success"}},
    .n_parameters = 2,
    .support = "integer_interval(0, n)",
    .discrete = true,
    .prepared = {{1u << 1, log_yes, false}, {1u << 1, log_no, false}},
    .score = score,
    .draw = draw,
    .statistics = statistics,
    .score_statistics = score_statistics,
    .statistics_given = true,
    .formulas = {{"mean", "n * p"},
                 {"variance", "n * p * (1 - p)"},
                 {"median", "binomial_quantile(0.5, n, p)"},
                 {"mode", "min(floor((n + 1) * p), n)"},
                 {"entropy", "binomial_entropy(n, p)"},
                 {"cdf", "binomial_cdf(x, n, p)"},
                 {"quantile", "binomial_quantile(q, n, p)"}},
    .example = "obs heads ~ Binomial(10, 0.5)",
};
