/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "runtime/distribution.h"
#include "runtime/kernels/vector.h"
#include "stdlib/distributions/statistics.h"

ELBO_CLONES static void log_yes(size_t n, double *restrict out, const double *const parameters[]) {
    const double *p = parameters[0];
    VECTOR_LOOP(i, n) out[i] = log(p[i]);
}

ELBO_CLONES static void log_no(size_t n, double *restrict out, const double *const parameters[]) {
    const double *p = parameters[0];
    VECTOR_LOOP(i, n) out[i] = log1p(-p[i]);
}

/* log(p) or log(1 - p). */
ELBO_CLONES static void score(size_t n, double *restrict out, double *const partial[], const double *const in[]) {
    const double *x = in[0], *p = in[1], *yes = in[2], *no = in[3];
    VECTOR_LOOP(i, n) out[i] = x[i] == 1 ? yes[i] : x[i] == 0 ? no[i] : -INFINITY;
    if (!partial[1]) return;
    VECTOR_LOOP(i, n) {
        double inside = x[i] == 1 ? p[i] : x[i] == 0 ? p[i] - 1 : 0;
        partial[1][i] = inside != 0 ? 1 / inside : 0;
    }
}

/* true where the uniform number is below p. */
ELBO_CLONES static void transform(size_t n, double *restrict out, double *const partial[], const double *const in[]) {
    const double *p = in[0], *u = in[1];
    (void)partial;
    VECTOR_LOOP(i, n) out[i] = u[i] < p[i] ? 1.0 : 0.0;
}

ELBO_CLONES static void map_outside(size_t n, double *restrict out, const double *restrict x) {
    VECTOR_LOOP(i, n) out[i] = x[i] == 0 || x[i] == 1 ? 0 : 1;
}

/* n, how many are true, number of data outside the support. */
static void statistics(const double *x, size_t n, double statistic[]) {
    statistic[0] = (double)n;
    statistic[1] = statistics_sum(x, n, NULL);
    statistic[2] = statistics_sum(x, n, map_outside);
}

ELBO_CLONES static void score_statistics(size_t n, double *restrict out, double *const partial[],
                                         const double *const in[], const double statistic[]) {
    const double *p = in[0], *yes = in[1], *no = in[2];
    double trues = statistic[1], falses = statistic[0] - statistic[1];
    bool inside = statistic[2] == 0;
    VECTOR_LOOP(i, n)
        out[i] = inside ? (trues == 0 ? 0 : trues * yes[i]) + (falses == 0 ? 0 : falses * no[i]) : -INFINITY;
    if (!partial[0]) return;
    VECTOR_LOOP(i, n) {
        bool possible = inside && (trues == 0 || p[i] > 0) && (falses == 0 || p[i] < 1);
        double by_true = trues == 0 ? 0 : trues / p[i], by_false = falses == 0 ? 0 : falses / (1 - p[i]);
        partial[0][i] = possible ? by_true - by_false : 0;
    }
}

const DistributionRow distribution_bernoulli = {
    .name = "Bernoulli",
    .help = "true with probability p, else false",
    .parameters = {{"p", CONSTRAINT_UNIT_INTERVAL, NULL, "probability of true"}},
    .n_parameters = 1,
    .support = "boolean",
    .discrete = true,
    .boolean = true,
    .prepared = {{1u << 0, log_yes}, {1u << 0, log_no}},
    .score = score,
    .noise = {NOISE_UNIFORM},
    .transform = transform,
    .statistics = statistics,
    .score_statistics = score_statistics,
    .formulas = {{"mean", "p"},
                 {"variance", "p * (1 - p)"},
                 {"median", "where(p > 0.5, 1, 0)"},
                 {"mode", "where(p > 0.5, 1, 0)"},
                 {"entropy", "-p * log(max(p, 1e-300)) - (1 - p) * log1p(-min(p, 0.9999999999999999))"},
                 {"cdf", "where(x < 0, 0, where(x < 1, 1 - p, 1))"},
                 {"quantile", "where(q > 1 - p, 1, 0)"},
                 {"kl", "where(p > 0, p * log(p / other_p), 0)"
                        " + where(p < 1, (1 - p) * log((1 - p) / (1 - other_p)), 0)"}},
    .example = "obs heads[i] ~ Bernoulli(0.5)",
};
