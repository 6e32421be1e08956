/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "runtime/distribution.h"
#include "runtime/kernels/vector.h"
#include "stdlib/distributions/statistics.h"

#define HALF_LOG_PI_OVER_2 0.22579135264472743236309761494744

ELBO_CLONES static void inverse_scale(size_t n, double *restrict out, const double *const parameters[]) {
    const double *scale = parameters[0];
    VECTOR_LOOP(i, n) out[i] = 1 / scale[i];
}

ELBO_CLONES static void log_norm(size_t n, double *restrict out, const double *const parameters[]) {
    const double *scale = parameters[0];
    VECTOR_LOOP(i, n) out[i] = log(scale[i]) + HALF_LOG_PI_OVER_2;
}

/* With z = x / scale: log(2 / pi) / 2 - log(scale) - z^2 / 2. */
ELBO_CLONES static void score(size_t n, double *restrict out, double *const partial[], const double *const in[]) {
    const double *x = in[0], *inverse = in[2], *norm = in[3];
    double *restrict by_x = partial[0], *restrict by_scale = partial[1];
    VECTOR_LOOP(i, n) {
        double z = x[i] * inverse[i];
        out[i] = x[i] >= 0 && z * z < INFINITY ? -0.5 * z * z - norm[i] : -INFINITY;
    }
    if (by_x)
        VECTOR_LOOP(i, n) {
            double z = x[i] * inverse[i];
            by_x[i] = x[i] >= 0 && z * z < INFINITY ? -z * inverse[i] : 0;
        }
    if (by_scale)
        VECTOR_LOOP(i, n) {
            double z = x[i] * inverse[i];
            by_scale[i] = x[i] >= 0 && z * z < INFINITY ? (z * z - 1) * inverse[i] : 0;
        }
}

ELBO_CLONES static void transform(size_t n, double *restrict out, double *const partial[], const double *const in[]) {
    const double *scale = in[0], *z = in[1];
    VECTOR_LOOP(i, n) out[i] = scale[i] * fabs(z[i]);
    if (partial[0]) VECTOR_LOOP(i, n) partial[0][i] = fabs(z[i]);
}

ELBO_CLONES static void map_square(size_t n, double *restrict out, const double *restrict x) {
    VECTOR_LOOP(i, n) out[i] = x[i] * x[i];
}

ELBO_CLONES static void map_outside(size_t n, double *restrict out, const double *restrict x) {
    VECTOR_LOOP(i, n) out[i] = x[i] >= 0 && x[i] < INFINITY ? 0 : 1;
}

/* n, sum of squares, number of data outside the support. */
static void statistics(const double *x, size_t n, double statistic[]) {
    statistic[0] = (double)n;
    statistic[1] = statistics_sum(x, n, map_square);
    statistic[2] = statistics_sum(x, n, map_outside);
}

ELBO_CLONES static void score_statistics(size_t n, double *restrict out, double *const partial[],
                                         const double *const in[], const double statistic[]) {
    const double *inverse = in[1], *norm = in[2];
    double count = statistic[0], square = statistic[1];
    bool inside = statistic[2] == 0;
    VECTOR_LOOP(i, n) out[i] = inside ? -count * norm[i] - 0.5 * square * inverse[i] * inverse[i] : -INFINITY;
    if (!partial[0]) return;
    VECTOR_LOOP(i, n) partial[0][i] = inside ? (square * inverse[i] * inverse[i] - count) * inverse[i] : 0;
}

const DistributionRow distribution_halfnormal = {
    .name = "HalfNormal",
    .help = "The absolute value of a Normal(0, scale)",
    .parameters = {{"scale", CONSTRAINT_POSITIVE, NULL, "standard deviation of the normal"}},
    .n_parameters = 1,
    .density = "sqrt(2 / pi) exp(-(x / scale)^2 / 2) / scale",
    .edges = "Below 0, at inf and at nan the log density is -inf.",
    .sampler = "scale |z| of a standard normal z",
    .support = "nonnegative",
    .prepared = {{1u << 0, inverse_scale, false}, {1u << 0, log_norm, false}},
    .score = score,
    .noise = {NOISE_NORMAL},
    .transform = transform,
    .statistics = statistics,
    .score_statistics = score_statistics,
    .formulas = {{"mean", "scale * 0.79788456080286536"},
                 {"variance", "scale ^ 2 * 0.36338022763241866"},
                 {"median", "scale * 0.67448975019608174"},
                 {"mode", "0 * scale"},
                 {"entropy", "log(scale) + 0.72579135264472743"},
                 {"cdf", "erf(max(x, 0) / (scale * 1.4142135623730951))"},
                 {"ccdf", "erfc(max(x, 0) / (scale * 1.4142135623730951))"},
                 {"log_cdf", "where(x > scale, log1p(-erfc(max(x, scale) / (scale * 1.4142135623730951))),"
                             " log(erf(max(x, 0) / (scale * 1.4142135623730951))))"},
                 {"log_ccdf", "where(x > scale, 0.69314718055994531 + log_normal_cdf(-max(x, 0) / scale),"
                              " log1p(-erf(min(max(x, 0), scale) / (scale * 1.4142135623730951))))"},
                 {"quantile", "scale * 1.4142135623730951 * erfinv(q)"},
                 {"upper_quantile", "-scale * normal_quantile(0.5 * q)"},
                 {"kl", "0.5 * ((scale / other_scale) ^ 2 - 1) - log(scale / other_scale)"}},
    .example = "tau ~ HalfNormal(5)",
    .base = "HalfNormal(1)",
    .from_base = "scale * x",
};
