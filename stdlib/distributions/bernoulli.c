/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "runtime/distribution.h"
#include "runtime/kernels/vector.h"
#include "stdlib/distributions/logit.h"
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

/* ---- By the logit, with which a probability near 0 or 1 loses nothing ---- */

LOGS_OF_LOGIT(0)

ELBO_CLONES static void score_of_logit(size_t n, double *restrict out, double *const partial[], const double *const in[]) {
    const double *x = in[0], *a = in[1], *yes = in[2], *no = in[3];
    VECTOR_LOOP(i, n) out[i] = x[i] == 1 ? yes[i] : x[i] == 0 ? no[i] : -INFINITY;
    if (!partial[1]) return;
    VECTOR_LOOP(i, n) {
        double p = SIGMOID(a[i]), q = SIGMOID(-a[i]);
        partial[1][i] = x[i] == 1 ? q : x[i] == 0 ? -p : 0;
    }
}

ELBO_CLONES static void transform_of_logit(size_t n, double *restrict out, double *const partial[], const double *const in[]) {
    const double *a = in[0], *u = in[1];
    (void)partial;
    VECTOR_LOOP(i, n) out[i] = u[i] < SIGMOID(a[i]) ? 1.0 : 0.0;
}

ELBO_CLONES static void score_statistics_of_logit(size_t n, double *restrict out, double *const partial[],
                                                  const double *const in[], const double statistic[]) {
    logit_score_trials(n, out, partial, in, statistic[1], statistic[0] - statistic[1], statistic[2] == 0);
}

#define DENSITY "p if x is true, 1 - p if it is false"
#define SAMPLER "whether a uniform number is below p"

static const DistributionRow by_logit = {
    .name = "Bernoulli",
    .help = "true with probability sigmoid(logit), else false",
    .parameters = {{"logit", CONSTRAINT_REAL, NULL, "log(p / (1 - p))"}},
    .n_parameters = 1,
    .density = DENSITY,
    .sampler = SAMPLER,
    .support = "boolean",
    .discrete = true,
    .boolean = true,
    .prepared = {{1u << 0, log_yes_of_logit, false}, {1u << 0, log_no_of_logit, false}},
    .score = score_of_logit,
    .noise = {NOISE_UNIFORM},
    .transform = transform_of_logit,
    .statistics = statistics,
    .score_statistics = score_statistics_of_logit,
    .formulas = {{"p", "sigmoid(logit)"},
                 {"mean", "sigmoid(logit)"},
                 {"variance", "sigmoid(logit) * sigmoid(-logit)"},
                 {"median", "where(logit > 0, 1, 0)"},
                 {"mode", "where(logit > 0, 1, 0)"},
                 {"entropy", "sigmoid(logit) * softplus(-logit) + sigmoid(-logit) * softplus(logit)"},
                 {"cdf", "where(x < 0, 0, where(x < 1, sigmoid(-logit), 1))"},
                 {"ccdf", "where(x < 0, 1, where(x < 1, sigmoid(logit), 0))"},
                 {"log_cdf", "where(x < 0, -inf, where(x < 1, -softplus(logit), 0))"},
                 {"log_ccdf", "where(x < 0, 0, where(x < 1, -softplus(-logit), -inf))"},
                 {"quantile", "where(q > sigmoid(-logit), 1, 0)"},
                 {"upper_quantile", "where(q < sigmoid(logit), 1, 0)"},
                 {"kl", "yes = sigmoid(logit); no = sigmoid(-logit)\n"
                        "where(yes > 0, yes * (softplus(-other_logit) - softplus(-logit)), 0)"
                        " + where(no > 0, no * (softplus(other_logit) - softplus(logit)), 0)"}},
    .example = "obs heads[i] ~ Bernoulli(logit = a + b * x[i])",
};

const DistributionRow distribution_bernoulli = {
    .name = "Bernoulli",
    .help = "true with probability p, else false",
    .parameters = {{"p", CONSTRAINT_UNIT_INTERVAL, NULL, "probability of true"}},
    .n_parameters = 1,
    .alternatives = {{.given = {{"logit", CONSTRAINT_REAL, NULL, "log(p / (1 - p)), exact where p would round to 0 or 1"}},
                      .replaces = 1u << 0,
                      .row = &by_logit}},
    .density = DENSITY,
    .edges = "What is neither true nor false (1 nor 0) has a log probability of -inf, and so has true for p = 0 and false for p = 1.",
    .sampler = SAMPLER,
    .support = "boolean",
    .discrete = true,
    .boolean = true,
    .prepared = {{1u << 0, log_yes, false}, {1u << 0, log_no, false}},
    .score = score,
    .noise = {NOISE_UNIFORM},
    .transform = transform,
    .statistics = statistics,
    .score_statistics = score_statistics,
    .formulas = {{"logit", "logit(p)"},
                 {"mean", "p"},
                 {"variance", "p * (1 - p)"},
                 {"median", "where(p > 0.5, 1, 0)"},
                 {"mode", "where(p > 0.5, 1, 0)"},
                 {"entropy", "-p * log(max(p, 1e-300)) - (1 - p) * log1p(-min(p, 0.9999999999999999))"},
                 {"cdf", "where(x < 0, 0, where(x < 1, 1 - p, 1))"},
                 {"ccdf", "where(x < 0, 1, where(x < 1, p, 0))"},
                 {"log_cdf", "where(x < 0, -inf, where(x < 1, log1p(-p), 0))"},
                 {"quantile", "where(q > 1 - p, 1, 0)"},
                 {"upper_quantile", "where(q < p, 1, 0)"},
                 {"kl", "where(p > 0, p * log(p / other_p), 0)"
                        " + where(p < 1, (1 - p) * (log1p(-p) - log1p(-other_p)), 0)"}},
    .example = "obs heads[i] ~ Bernoulli(0.5)",
};
