/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "runtime/distribution.h"

#include "runtime/kernels/vector.h"
#include "stdlib/distributions/count_mixed.h"
#include "stdlib/distributions/count_propose.h"
#include "stdlib/distributions/count_shape.h"
#include "stdlib/distributions/countkernels.h"
#include "stdlib/distributions/logit.h"
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

ELBO_CLONES static void score(size_t size, double *restrict out, double *const partial[], const double *const in[]) {
    const double *x = in[0], *n = in[1], *p = in[2], *yes = in[3], *no = in[4];
    count_shapes_of_choice(size, out, x, n);
    VECTOR_LOOP(i, size) {
        double y = binomial_log_of(x[i], n[i], n[i] * p[i] - x[i], yes[i], no[i], out[i]);
        out[i] = INSIDE(x[i], n[i]) ? y : -INFINITY;
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

static void transform(size_t n, double *restrict out, double *const partial[], const double *const in[]) {
    (void)partial;
    count_propose_binomial(n, out, in[0], in[1], in[2], in[3]);
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

/* ---- By the logit, with which a probability near 0 or 1 loses nothing ---- */

LOGS_OF_LOGIT(1)

ELBO_CLONES static void score_of_logit(size_t size, double *restrict out, double *const partial[], const double *const in[]) {
    const double *x = in[0], *n = in[1], *a = in[2], *yes = in[3], *no = in[4];
    count_shapes_of_choice(size, out, x, n);
    VECTOR_LOOP(i, size) {
        double above = n[i] * SIGMOID(a[i]) - x[i], below = (n[i] - x[i]) - n[i] * SIGMOID(-a[i]);
        double y = binomial_log_of(x[i], n[i], a[i] < 0 ? above : below, yes[i], no[i], out[i]);
        out[i] = INSIDE(x[i], n[i]) ? y : -INFINITY;
    }
    if (partial[1]) VECTOR_LOOP(i, size) {
        double y = digamma_gap(n[i] - x[i] + 1, x[i]);
        y = (x[i] == 0 ? 0 : y) + no[i];
        partial[1][i] = INSIDE(x[i], n[i]) ? y : 0;
    }
    if (partial[2]) VECTOR_LOOP(i, size) {
        double above = x[i] - n[i] * SIGMOID(a[i]), below = n[i] * SIGMOID(-a[i]) - (n[i] - x[i]);
        double y = a[i] < 0 ? above : below;
        partial[2][i] = INSIDE(x[i], n[i]) ? y : 0;
    }
}

static void transform_of_logit(size_t n, double *restrict out, double *const partial[], const double *const in[]) {
    enum { BLOCK = 512 };
    double yes[BLOCK], no[BLOCK];
    (void)partial;
    for (size_t at = 0, block; at < n; at += block) {
        block = n - at < BLOCK ? n - at : BLOCK;
        count_weights_of_logit(block, yes, no, in[1] + at);
        count_propose_weighted(block, out + at, in[0] + at, yes, no, in[2] + at, in[3] + at);
    }
}

ELBO_CLONES static void score_statistics_of_logit(size_t size, double *restrict out, double *const partial[],
                                                  const double *const in[], const double statistic[]) {
    const double *a = in[1], *yes = in[2], *no = in[3];
    double count = statistic[0], sum = statistic[1], rest = count * statistic[DISTRIBUTION_STATISTICS - 1] - sum;
    bool inside = statistic[4] == 0;
    VECTOR_LOOP(i, size) out[i] = inside ? statistic[2] + sum * yes[i] + rest * no[i] : -INFINITY;
    if (partial[0]) VECTOR_LOOP(i, size) partial[0][i] = inside ? statistic[3] + count * no[i] : 0;
    if (partial[1]) VECTOR_LOOP(i, size) {
        double y = sum * SIGMOID(-a[i]) - rest * SIGMOID(a[i]);
        partial[1][i] = inside ? y : 0;
    }
}

#define DENSITY "n! / (x! (n - x)!) p^x (1 - p)^(n - x)"
#define SAMPLER "below a mean of 10 inversion by sequential search (Kachitvichyanukul and Schmeiser 1988), else transformed rejection (Hormann 1993, BTRS)"

static const DistributionRow by_logit = {
    .name = "Binomial",
    .help = "How many of n independent trials succeed, by the logit of success",
    .parameters = {{"n", CONSTRAINT_NONNEGATIVE_INTEGER, NULL, "number of trials"},
                   {"logit", CONSTRAINT_REAL, NULL, "log(p / (1 - p))"}},
    .n_parameters = 2,
    .density = DENSITY,
    .sampler = SAMPLER,
    .support = "integer_interval(0, n)",
    .discrete = true,
    .prepared = {{1u << 1, log_yes_of_logit, false}, {1u << 1, log_no_of_logit, false}},
    .score = score_of_logit,
    .noise = {NOISE_UNIFORM, NOISE_UNIFORM},
    .rejects = true,
    .transform = transform_of_logit,
    .statistics = statistics,
    .score_statistics = score_statistics_of_logit,
    .statistics_given = true,
    /* by the smaller of the two probabilities */
    .formulas = {{"p", "sigmoid(logit)"},
                 {"mean", "n * sigmoid(logit)"},
                 {"variance", "n * sigmoid(logit) * sigmoid(-logit)"},
                 {"median", "p = sigmoid(-abs(logit)); where(logit > 0, n - binomial_upper_quantile(0.5, n, p), binomial_quantile(0.5, n, p))"},
                 {"mode", "p = sigmoid(-abs(logit)); where(logit > 0, n - floor((n + 1) * p), floor((n + 1) * p))"},
                 {"entropy", "binomial_entropy(n, sigmoid(-abs(logit)))"},
                 {"cdf", "k = floor(max(x, 0))\n"
                         "where(x < 0, 0, where(x < n, beta_cdf(sigmoid(-logit), max(n - k, 0.5), k + 1), 1))"},
                 {"ccdf", "k = floor(max(x, 0))\n"
                          "where(x < 0, 1, where(x < n, beta_cdf(sigmoid(logit), k + 1, max(n - k, 0.5)), 0))"},
                 {"log_cdf", "k = floor(max(x, 0))\n"
                             "where(x < 0, -inf, where(x < n, log_beta_cdf(sigmoid(-logit), max(n - k, 0.5), k + 1), 0))"},
                 {"log_ccdf", "k = floor(max(x, 0))\n"
                              "where(x < 0, 0, where(x < n, log_beta_cdf(sigmoid(logit), k + 1, max(n - k, 0.5)), -inf))"},
                 {"quantile", "p = sigmoid(-abs(logit)); where(logit > 0, n - binomial_upper_quantile(q, n, p), binomial_quantile(q, n, p))"},
                 {"upper_quantile", "p = sigmoid(-abs(logit)); where(logit > 0, n - binomial_quantile(q, n, p), binomial_upper_quantile(q, n, p))"},
                 {"kl", "yes = sigmoid(logit); no = sigmoid(-logit)\n"
                        "n * (where(yes > 0, yes * (softplus(-other_logit) - softplus(-logit)), 0)"
                        " + where(no > 0, no * (softplus(other_logit) - softplus(logit)), 0))"}},
    .kl_equal = 1u << 0,
    .example = "obs heads[i] ~ Binomial(10, logit = a + b * x[i])",
};

const DistributionRow distribution_binomial = {
    .name = "Binomial",
    .help = "How many of n independent trials succeed",
    .parameters = {{"n", CONSTRAINT_NONNEGATIVE_INTEGER, NULL, "number of trials"},
                   {"p", CONSTRAINT_UNIT_INTERVAL, NULL, "probability of success"}},
    .n_parameters = 2,
    .alternatives = {{.given = {{"logit", CONSTRAINT_REAL, NULL, "log(p / (1 - p)), exact where p would round to 0 or 1"}},
                      .replaces = 1u << 1,
                      .row = &by_logit}},
    .density = DENSITY,
    .edges = "What is no whole number from 0 to n has a log probability of -inf, and so has what p = 0 or p = 1 makes impossible. n may be 0.",
    .sampler = SAMPLER,
    .support = "integer_interval(0, n)",
    .discrete = true,
    .prepared = {{1u << 1, log_yes, false}, {1u << 1, log_no, false}},
    .score = score,
    .noise = {NOISE_UNIFORM, NOISE_UNIFORM},
    .rejects = true,
    .transform = transform,
    .statistics = statistics,
    .score_statistics = score_statistics,
    .statistics_given = true,
    .formulas = {{"logit", "logit(p)"},
                 {"mean", "n * p"},
                 {"variance", "n * p * (1 - p)"},
                 {"median", "binomial_quantile(0.5, n, p)"},
                 {"mode", "min(floor((n + 1) * p), n)"},
                 {"entropy", "binomial_entropy(n, p)"},
                 {"cdf", "binomial_cdf(x, n, p)"},
                 {"ccdf", "k = floor(max(x, 0))\n"
                          "where(x < 0, 1, where(x < n, beta_cdf(p, k + 1, max(n - k, 0.5)), 0))"},
                 {"log_cdf", "k = floor(max(x, 0))\n"
                             "where(x < 0, -inf, where(x < n, log_beta_ccdf(p, k + 1, max(n - k, 0.5)), 0))"},
                 {"log_ccdf", "k = floor(max(x, 0))\n"
                              "where(x < 0, 0, where(x < n, log_beta_cdf(p, k + 1, max(n - k, 0.5)), -inf))"},
                 {"quantile", "binomial_quantile(q, n, p)"},
                 {"upper_quantile", "binomial_upper_quantile(q, n, p)"},
                 {"kl", "n * (where(p > 0, p * (log(p) - log(other_p)), 0)"
                        " + where(p < 1, (1 - p) * (log1p(-p) - log1p(-other_p)), 0))"}},
    .kl_equal = 1u << 0,
    .example = "obs heads ~ Binomial(10, 0.5)",
};
