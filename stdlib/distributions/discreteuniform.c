/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "runtime/distribution.h"

#include "runtime/kernels/vector.h"

static bool accepts(const double *parameters) { return parameters[0] <= parameters[1]; }

ELBO_CLONES static void log_size(size_t n, double *restrict out, const double *const parameters[]) {
    const double *low = parameters[0], *high = parameters[1];
    VECTOR_LOOP(i, n) out[i] = log(high[i] - low[i] + 1);
}

#define INSIDE(x, low, high) ((x) >= (low) && (x) <= (high) && floor(x) == (x))

ELBO_CLONES static void score(size_t n, double *restrict out, double *const partial[], const double *const in[]) {
    const double *x = in[0], *low = in[1], *high = in[2], *size = in[3];
    VECTOR_LOOP(i, n) out[i] = INSIDE(x[i], low[i], high[i]) ? -size[i] : -INFINITY;
    for (unsigned k = 1; k < 3; k++) {
        if (!partial[k]) continue;
        VECTOR_LOOP(i, n) {
            double slope = 1 / (high[i] - low[i] + 1);
            partial[k][i] = !INSIDE(x[i], low[i], high[i]) ? 0 : k == 1 ? slope : -slope;
        }
    }
}

ELBO_CLONES static void transform(size_t n, double *restrict out, double *const partial[], const double *const in[]) {
    const double *low = in[0], *high = in[1], *u = in[2];
    (void)partial;
    VECTOR_LOOP(i, n) {
        double y = low[i] + floor(u[i] * (high[i] - low[i] + 1));
        out[i] = y < high[i] ? y : high[i];
    }
}

const DistributionRow distribution_discreteuniform = {
    .name = "DiscreteUniform",
    .help = "A whole number from low to high, each as likely as the other",
    .parameters = {{"low", CONSTRAINT_INTEGER, NULL, "the smallest"}, {"high", CONSTRAINT_INTEGER, NULL, "the largest"}},
    .n_parameters = 2,
    .density = "1 / (high - low + 1)",
    .edges = "What is no whole number from low to high has a log probability of -inf. low may be high. The mode is the first of all.",
    .sampler = "inversion: low + floor(u * (high - low + 1))",
    .support = "integer_interval(low, high)",
    .discrete = true,
    .accepts = accepts,
    .condition = "low must not be greater than high",
    .prepared = {{3u, log_size, false}},
    .score = score,
    .noise = {NOISE_UNIFORM},
    .transform = transform,
    .formulas = {{"mean", "low + (high - low) / 2"},
                 {"variance", "((high - low + 1) ^ 2 - 1) / 12"},
                 {"median", "low + floor((high - low) / 2)"},
                 {"mode", "low"},
                 {"entropy", "log(high - low + 1)"},
                 {"cdf", "min(max(floor(x) - low + 1, 0) / (high - low + 1), 1)"},
                 {"ccdf", "min(max(high - floor(x), 0) / (high - low + 1), 1)"},
                 {"quantile", "size = high - low + 1; k = max(ceil(q * size), 1)\n"
                              "low + where((k - 1) / size >= q, max(k - 1, 1), k) - 1"},
                 {"upper_quantile", "size = high - low + 1; k = floor(q * size)\n"
                                    "high - min(where((k + 1) / size <= q, k + 1, k), size - 1)"},
                 {"kl", "where(low >= other_low, where(high <= other_high, log(other_high - other_low + 1) - log(high - low + 1), inf), inf)"}},
    .example = "die ~ DiscreteUniform(1, 6)",
};
