/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "runtime/distribution.h"

#include "runtime/kernels/vector.h"
#include "stdlib/distributions/counts.h"
#include "stdlib/distributions/statistics.h"

static bool accepts(const double *parameters) { return parameters[0] > 0; }

ELBO_CLONES static void log_no(size_t n, double *restrict out, const double *const parameters[]) {
    const double *p = parameters[0];
    VECTOR_LOOP(i, n) out[i] = log1p(-p[i]);
}

/* log(p) + x log(1 - p). */
ELBO_CLONES static void score(size_t n, double *restrict out, double *const partial[], const double *const in[]) {
    const double *x = in[0], *p = in[1], *yes = in[2], *no = in[3];
    VECTOR_LOOP(i, n) {
        double failures = x[i] == 0 ? 0 : x[i] * no[i];
        out[i] = IS_COUNT(x[i]) ? yes[i] + failures : -INFINITY;
    }
    if (!partial[1]) return;
    VECTOR_LOOP(i, n) {
        double failures = x[i] == 0 ? 0 : x[i] / (1 - p[i]);
        partial[1][i] = IS_COUNT(x[i]) && failures < INFINITY ? 1 / p[i] - failures : 0;
    }
}

/* Inversion: (1 - p)^x is the probability of at least x. */
ELBO_CLONES static void transform(size_t n, double *restrict out, double *const partial[], const double *const in[]) {
    const double *p = in[0], *u = in[1];
    (void)partial;
    VECTOR_LOOP(i, n) out[i] = floor(log(u[i]) / log1p(-p[i]));
}

ELBO_CLONES static void map_outside(size_t n, double *restrict out, const double *restrict x) {
    VECTOR_LOOP(i, n) out[i] = IS_COUNT(x[i]) ? 0 : 1;
}

/* n, sum, number of data outside the support. */
static void statistics(const double *x, size_t n, double statistic[]) {
    statistic[0] = (double)n;
    statistic[1] = statistics_sum(x, n, NULL);
    statistic[2] = statistics_sum(x, n, map_outside);
}

ELBO_CLONES static void score_statistics(size_t n, double *restrict out, double *const partial[],
                                         const double *const in[], const double statistic[]) {
    const double *p = in[0], *yes = in[1], *no = in[2];
    double count = statistic[0], sum = statistic[1];
    bool inside = statistic[2] == 0;
    VECTOR_LOOP(i, n) out[i] = inside ? count * yes[i] + (sum == 0 ? 0 : sum * no[i]) : -INFINITY;
    if (!partial[0]) return;
    VECTOR_LOOP(i, n) {
        double failures = sum == 0 ? 0 : sum / (1 - p[i]);
        partial[0][i] = inside && failures < INFINITY ? count / p[i] - failures : 0;
    }
}

const DistributionRow distribution_geometric = {
    .name = "Geometric",
    .help = "How many trials fail before the first that succeeds",
    .parameters = {{"p", CONSTRAINT_UNIT_INTERVAL, NULL, "probability of success"}},
    .n_parameters = 1,
    .support = "nonnegative_integer",
    .discrete = true,
    .accepts = accepts,
    .condition = "p must be greater than 0",
    .prepared = {{1u << 0, NULL, true}, {1u << 0, log_no, false}},
    .score = score,
    .noise = {NOISE_UNIFORM},
    .transform = transform,
    .statistics = statistics,
    .score_statistics = score_statistics,
    .formulas = {{"mean", "(1 - p) / p"},
                 {"variance", "(1 - p) / p ^ 2"},
                 {"median", "geometric_quantile(0.5, p)"},
                 {"mode", "0 * p"},
                 {"entropy", "-log(p) - (1 - p) / p * log1p(-min(p, 0.9999999999999999))"},
                 {"cdf", "where(x < 0, 0, -expm1((floor(max(x, 0)) + 1) * log1p(-p)))"},
                 {"quantile", "geometric_quantile(q, p)"},
                 {"kl", "log(p) - log(other_p) + (1 - p) / p * (log1p(-min(p, 0.9999999999999999)) - log1p(-other_p))"}},
    .example = "failures ~ Geometric(0.2)",
};
