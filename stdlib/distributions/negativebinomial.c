/* SPDX-License-Identifier: GPL-3.0-or-later
   NegativeBinomial by a probability, by its logit, and by mean and dispersion: three rows over one kernel, which differ in what they
   compute p, 1 - p and n p - x (1 - p) from. */
#include "runtime/distribution.h"

#include "runtime/kernels/vector.h"
#include "stdlib/distributions/count_mixed.h"
#include "stdlib/distributions/count_shape.h"
#include "stdlib/distributions/countkernels.h"
#include "stdlib/distributions/logit.h"

static bool accepts(const double *parameters) { return parameters[1] < 1; }

ELBO_CLONES static void rest_of_size(size_t n, double *restrict out, const double *const parameters[]) {
    const double *size = parameters[0];
    VECTOR_LOOP(i, n) out[i] = stirling_rest(size[i]);
}

/* log(x gamma(n + x) / …) with respect to n: log(1 + t) + the gap of the digammas' rests, where 1 + t = (n + x) (1 - p) / n. */
#define BY_SIZE(x, n, t, log_q) ((fabs(t) <= 0.5 ? log1p(t) : log1p(finite_ratio(x, n)) + (log_q)) + digamma_rest_gap(n, x))

/* ---- By the probability ---- */

ELBO_CLONES static void log_no(size_t n, double *restrict out, const double *const parameters[]) {
    const double *p = parameters[1];
    VECTOR_LOOP(i, n) out[i] = log1p(-p[i]);
}

ELBO_CLONES static void score(size_t size, double *restrict out, double *const partial[], const double *const in[]) {
    const double *x = in[0], *n = in[1], *p = in[2], *yes = in[3], *no = in[4], *rest = in[5];
    count_shapes(size, out, x);
    VECTOR_LOOP(i, size) {
        double y = negative_binomial_shapeless(x[i], n[i], n[i] * p[i] - x[i] * (1 - p[i]), p[i], yes[i], no[i], rest[i]);
        out[i] = IS_COUNT(x[i]) ? y - out[i] : -INFINITY;
    }
    if (partial[1]) VECTOR_LOOP(i, size) {
        double t = (x[i] * (1 - p[i]) - n[i] * p[i]) / n[i], y = BY_SIZE(x[i], n[i], t, no[i]);
        bool possible = IS_COUNT(x[i]) && (x[i] == 0 || p[i] > 0);
        partial[1][i] = possible ? y : 0;
    }
    if (partial[2]) VECTOR_LOOP(i, size) {
        double q = 1 - p[i], some = (x[i] * q - n[i] * p[i]) / p[i] / q, y = x[i] == 0 ? -n[i] / q : some;
        bool possible = IS_COUNT(x[i]) && (x[i] == 0 || p[i] > 0);
        partial[2][i] = possible ? y : 0;
    }
}

enum { BLOCK = 512 };

static void transform(size_t n, double *restrict out, double *const partial[], const double *const in[]) {
    double no[BLOCK];
    (void)partial;
    for (size_t at = 0, block; at < n; at += block) {
        block = n - at < BLOCK ? n - at : BLOCK;
        for (size_t i = 0; i < block; i++) no[i] = 1 - in[1][at + i];
        count_propose_negative(block, out + at, in[0] + at, in[1] + at, no, in[2] + at, (const double *const[]){in[3] + at, in[4] + at, in[5] + at});
    }
}

/* ---- By the logit ---- */

LOGS_OF_LOGIT(1)

ELBO_CLONES static void score_of_logit(size_t size, double *restrict out, double *const partial[], const double *const in[]) {
    const double *x = in[0], *n = in[1], *a = in[2], *yes = in[3], *no = in[4], *rest = in[5];
    count_shapes(size, out, x);
    VECTOR_LOOP(i, size) {
        double distance = n[i] * SIGMOID(a[i]) - x[i] * SIGMOID(-a[i]);
        double y = negative_binomial_shapeless(x[i], n[i], distance, SIGMOID(a[i]), yes[i], no[i], rest[i]);
        out[i] = IS_COUNT(x[i]) ? y - out[i] : -INFINITY;
    }
    if (partial[1]) VECTOR_LOOP(i, size) {
        double t = (x[i] * SIGMOID(-a[i]) - n[i] * SIGMOID(a[i])) / n[i], y = BY_SIZE(x[i], n[i], t, no[i]);
        partial[1][i] = IS_COUNT(x[i]) ? y : 0;
    }
    if (partial[2]) VECTOR_LOOP(i, size) {
        double y = x[i] * SIGMOID(-a[i]) - n[i] * SIGMOID(a[i]);
        partial[2][i] = IS_COUNT(x[i]) ? y : 0;
    }
}

static void transform_of_logit(size_t n, double *restrict out, double *const partial[], const double *const in[]) {
    double yes[BLOCK], no[BLOCK];
    (void)partial;
    for (size_t at = 0, block; at < n; at += block) {
        block = n - at < BLOCK ? n - at : BLOCK;
        count_weights_of_logit(block, yes, no, in[1] + at);
        count_propose_negative(block, out + at, in[0] + at, yes, no, in[2] + at, (const double *const[]){in[3] + at, in[4] + at, in[5] + at});
    }
}

/* ---- By mean and dispersion ---- */

ELBO_CLONES static void log_yes_of_mean(size_t n, double *restrict out, const double *const parameters[]) {
    const double *mean = parameters[0], *size = parameters[1];
    VECTOR_LOOP(i, n) out[i] = log(mean[i]) - log(size[i] + mean[i]);
}

ELBO_CLONES static void log_no_of_mean(size_t n, double *restrict out, const double *const parameters[]) {
    const double *mean = parameters[0], *size = parameters[1];
    VECTOR_LOOP(i, n) {
        double odds = mean[i] / size[i], far = log(size[i]) - log(size[i] + mean[i]);
        out[i] = odds < 1e16 ? -log1p(odds) : far;
    }
}

ELBO_CLONES static void rest_of_dispersion(size_t n, double *restrict out, const double *const parameters[]) {
    const double *size = parameters[1];
    VECTOR_LOOP(i, n) out[i] = stirling_rest(size[i]);
}

ELBO_CLONES static void score_of_mean(size_t size, double *restrict out, double *const partial[], const double *const in[]) {
    const double *x = in[0], *mean = in[1], *n = in[2], *yes = in[3], *no = in[4], *rest = in[5];
    count_shapes(size, out, x);
    VECTOR_LOOP(i, size) {
        double distance = (mean[i] - x[i]) * (n[i] / (n[i] + mean[i]));
        double y = negative_binomial_shapeless(x[i], n[i], distance, mean[i] / (n[i] + mean[i]), yes[i], no[i], rest[i]);
        out[i] = IS_COUNT(x[i]) ? y - out[i] : -INFINITY;
    }
    if (partial[1]) VECTOR_LOOP(i, size) {
        double q = n[i] / (n[i] + mean[i]), some = (x[i] - mean[i]) / mean[i] * q, y = x[i] == 0 ? -q : some;
        bool possible = IS_COUNT(x[i]) && (x[i] == 0 || mean[i] > 0);
        partial[1][i] = possible ? y : 0;
    }
    if (partial[2]) VECTOR_LOOP(i, size) {
        double t = (x[i] - mean[i]) / (n[i] + mean[i]), near = fabs(t) <= 0.5 ? t : 0;
        double far = t - (log1p(finite_ratio(x[i], n[i])) + no[i]);
        double y = digamma_rest_gap(n[i], x[i]) - (fabs(t) <= 0.5 ? count_gap(near) : far);
        bool possible = IS_COUNT(x[i]) && (x[i] == 0 || mean[i] > 0);
        partial[2][i] = possible ? y : 0;
    }
}

static void transform_of_mean(size_t n, double *restrict out, double *const partial[], const double *const in[]) {
    (void)partial;
    count_propose_negative(n, out, in[1], in[0], in[1], in[2], in + 3);
}

/* ---- The rows ---- */

#define DENSITY "gamma(x + n) / (gamma(n) x!) p^x (1 - p)^n"
#define SAMPLER                                                                                                        \
    "Poisson with a rate from a gamma distribution (Marsaglia and Tsang 2000, Hormann 1993), or where few counts are likely " \
    "inversion by sequential search"
/* Formulas over the size and the odds p / (1 - p), which keep both small probabilities. */
#define FORMULAS(n, odds)                                                                                              \
    {"variance", n " * " odds " * (1 + " odds ")"}, {"median", "negative_binomial_quantile(0.5, " n ", " odds ")"},    \
    {"mode", "where(" n " > 1, floor((" n " - 1) * " odds "), 0)"}, {"entropy", "negative_binomial_entropy(" n ", " odds ")"}, \
    {"cdf", "negative_binomial_cdf(x, " n ", " odds ")"}, {"ccdf", "negative_binomial_ccdf(x, " n ", " odds ")"},      \
    {"log_cdf", "log_negative_binomial_cdf(x, " n ", " odds ")"},                                                              \
    {"log_ccdf", "log_negative_binomial_ccdf(x, " n ", " odds ")"},                                                            \
    {"quantile", "negative_binomial_quantile(q, " n ", " odds ")"},                                                    \
    {"upper_quantile", "negative_binomial_upper_quantile(q, " n ", " odds ")"}

#define KERNELS(score_, transform_)                                                                                    \
    .support = "nonnegative_integer", .discrete = true, .score = score_, .transform = transform_, .rejects = true,     \
    .noise = {NOISE_NORMAL, NOISE_UNIFORM, NOISE_UNIFORM, NOISE_UNIFORM}, .density = DENSITY, .sampler = SAMPLER

static const DistributionRow by_logit = {
    .name = "NegativeBinomial",
    .help = "How many trials succeed before n fail, by the logit of success",
    .parameters = {{"n", CONSTRAINT_POSITIVE, NULL, "number of failures, whole or not"},
                   {"logit", CONSTRAINT_REAL, NULL, "log(p / (1 - p))"}},
    .n_parameters = 2,
    .prepared = {{1u << 1, log_yes_of_logit, false}, {1u << 1, log_no_of_logit, false}, {1u << 0, rest_of_size, false}},
    KERNELS(score_of_logit, transform_of_logit),
    .formulas = {{"p", "sigmoid(logit)"}, {"mean", "n * exp(logit)"}, {"dispersion", "n"}, FORMULAS("n", "exp(logit)"),
                 {"kl", "n * (softplus(other_logit) - softplus(logit)) + n * exp(logit) * (softplus(-other_logit) - softplus(-logit))"}},
    .kl_equal = 1u << 0,
    .example = "obs visits[i] ~ NegativeBinomial(5, logit = -0.4)",
};

static const DistributionRow by_mean = {
    .name = "NegativeBinomial",
    .help = "Counts whose variance is larger than their mean",
    .parameters = {{"mean", CONSTRAINT_NONNEGATIVE, NULL, "the mean"},
                   {"dispersion", CONSTRAINT_POSITIVE, NULL, "the variance is mean + mean^2 / dispersion"}},
    .n_parameters = 2,
    .prepared = {{3u, log_yes_of_mean, false}, {3u, log_no_of_mean, false}, {1u << 1, rest_of_dispersion, false}},
    KERNELS(score_of_mean, transform_of_mean),
    .formulas = {{"n", "dispersion"}, {"p", "mean / (mean + dispersion)"}, {"logit", "log(mean) - log(dispersion)"}, FORMULAS("dispersion", "(mean / dispersion)"),
                 {"kl", "dispersion * (log1p(other_mean / dispersion) - log1p(mean / dispersion)) + where(mean > 0, mean * (log(mean) - log(other_mean)"
                        " + log(dispersion + other_mean) - log(dispersion + mean)), 0)"}},
    .kl_equal = 1u << 1,
    .example = "obs visits[i] ~ NegativeBinomial(mean = 3.5, dispersion = 2)",
};

const DistributionRow distribution_negativebinomial = {
    .name = "NegativeBinomial",
    .help = "How many trials succeed before n fail; also counts whose variance is larger than their mean",
    .parameters = {{"n", CONSTRAINT_POSITIVE, NULL, "number of failures, whole or not"},
                   {"p", CONSTRAINT_UNIT_INTERVAL, NULL, "probability of success"}},
    .n_parameters = 2,
    .alternatives = {{.given = {{"logit", CONSTRAINT_REAL, NULL, "log(p / (1 - p)), exact where p would round"}}, .replaces = 1u << 1, .row = &by_logit},
                     {.given = {{"mean", CONSTRAINT_NONNEGATIVE, NULL, "the mean"},
                                {"dispersion", CONSTRAINT_POSITIVE, NULL, "the variance is mean + mean^2 / dispersion"}},
                      .replaces = 3u,
                      .row = &by_mean}},
    .edges = "What is no whole number from 0 on has a log probability of -inf. With p = 0 or mean = 0 every draw is 0; p = 1 is an error.",
    .accepts = accepts,
    .condition = "p must be less than 1",
    .prepared = {{1u << 1, NULL, true}, {1u << 1, log_no, false}, {1u << 0, rest_of_size, false}},
    KERNELS(score, transform),
    .formulas = {{"logit", "logit(p)"}, {"mean", "n * p / (1 - p)"}, {"dispersion", "n"}, FORMULAS("n", "(p / (1 - p))"),
                 {"kl", "n * (log1p(-p) - log1p(-other_p)) + where(p > 0, n * p / (1 - p) * (log(p) - log(other_p)), 0)"}},
    .kl_equal = 1u << 0,
    .example = "obs visits[i] ~ NegativeBinomial(5, 0.4)",
};
