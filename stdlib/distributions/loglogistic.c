/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "runtime/distribution.h"

#include <float.h>

#include "runtime/kernels/vector.h"
#include "stdlib/distributions/logistic_kl.h"

/* With z = shape log(x / scale): log(shape) - log(x) - |z| - 2 log(1 + exp(-|z|)). At x = 0 the density is infinite (shape < 1),
   1 / scale (shape = 1) or 0, and partials that are infinite there are given as 0. */
ELBO_CLONES static void score(size_t n, double *restrict out, double *const partial[], const double *const in[]) {
    const double *x = in[0], *scale = in[1], *shape = in[2], *log_shape = in[3], *log_scale = in[4], *log_x = in[5];
/* x / scale may be too small or too large for a number, and near 1 the difference of the logarithms loses digits. */
#define RATIO(i) (x[i] / scale[i] > 0.5 && x[i] / scale[i] < 2 ? log1p((x[i] - scale[i]) / scale[i]) : log_x[i] - log_scale[i])
#define INSIDE(i) (x[i] > 0 && x[i] < INFINITY)
    VECTOR_LOOP(i, n) {
        double z = fabs(shape[i] * RATIO(i)), y = log_shape[i] - log_x[i] - z - 2 * log1p(exp(-z));
        double edge = shape[i] < 1 ? INFINITY : shape[i] == 1 ? -log_scale[i] : -INFINITY;
        out[i] = INSIDE(i) ? y : x[i] == 0 ? edge : -INFINITY;
    }
    /* d/dz = -tanh(z / 2). */
    if (partial[0])
        VECTOR_LOOP(i, n) {
            double y = -(1 + shape[i] * tanh(0.5 * shape[i] * RATIO(i))) / x[i];
            y = x[i] == 0 && shape[i] == 1 ? -2 / scale[i] : y;
            partial[0][i] = x[i] >= 0 && x[i] < INFINITY && fabs(y) < INFINITY ? y : 0;
        }
    if (partial[1])
        VECTOR_LOOP(i, n) {
            double y = shape[i] * tanh(0.5 * shape[i] * RATIO(i)) / scale[i];
            partial[1][i] = INSIDE(i) ? y : x[i] == 0 && shape[i] == 1 ? -1 / scale[i] : 0;
        }
    if (partial[2])
        VECTOR_LOOP(i, n) {
            double l = RATIO(i), y = 1 / shape[i] - l * tanh(0.5 * shape[i] * l);
            partial[2][i] = INSIDE(i) ? y : 0;
        }
#undef RATIO
#undef INSIDE
}

/* logit(u), both tails to full precision. */
#define LOGIT(i) (log(u[i]) - log1p(-u[i]))

ELBO_CLONES static void transform(size_t n, double *restrict out, double *const partial[], const double *const in[]) {
    const double *scale = in[0], *shape = in[1], *u = in[2];
    VECTOR_LOOP(i, n) {
        double x = exp(LOGIT(i) / shape[i] + log(scale[i]));
        x = x < DBL_MIN ? DBL_MIN : x;
        out[i] = x > DBL_MAX ? DBL_MAX : x;
    }
    if (partial[0]) VECTOR_LOOP(i, n) partial[0][i] = out[i] / scale[i];
    if (partial[1]) VECTOR_LOOP(i, n) partial[1][i] = -out[i] * LOGIT(i) / (shape[i] * shape[i]);
}

/* With b = pi / shape: tan(b) - b over b^3, by its series for small b. */
#define TANGENT_EXCESS                                                                                                    \
    "where(shape > 15, 1 / 3 + (3.14159265358979324 / shape) ^ 2 * (2 / 15 + (3.14159265358979324 / shape) ^ 2 * (17 / 315"   \
    " + (3.14159265358979324 / shape) ^ 2 * (62 / 2835 + (3.14159265358979324 / shape) ^ 2 * (1382 / 155925"                  \
    " + (3.14159265358979324 / shape) ^ 2 * (21844 / 6081075 + (3.14159265358979324 / shape) ^ 2 * (929569 / 638512875"       \
    " + (3.14159265358979324 / shape) ^ 2 * (6404582 / 10854718875 + (3.14159265358979324 / shape) ^ 2 * (443861162 / 1856156927625" \
    " + (3.14159265358979324 / shape) ^ 2 * 18888466084 / 194896477400625)))))))),"                                          \
    " (tan(3.14159265358979324 / where(shape > 15, 3, shape)) - 3.14159265358979324 / where(shape > 15, 3, shape))"           \
    " / (3.14159265358979324 / where(shape > 15, 3, shape)) ^ 3)"

const DistributionRow distribution_loglogistic = {
    .name = "LogLogistic",
    .help = "The log-logistic distribution: log(x) is Logistic(log(scale), 1 / shape)",
    .parameters = {{"scale", CONSTRAINT_POSITIVE, NULL, "scale: the median (Stan's alpha)"},
                   {"shape", CONSTRAINT_POSITIVE, NULL, "shape: the tail falls as x^-shape (Stan's beta)"}},
    .n_parameters = 2,
    .density = "shape / scale (x / scale)^(shape - 1) / (1 + (x / scale)^shape)^2",
    .edges = "At x = 0 the density is infinite for a shape below 1, 1 / scale for 1, and 0 above. Below 0, at inf and at nan the log "
             "density is -inf. The mean is inf for a shape of at most 1, the variance for one of at most 2.",
    .sampler = "the quantile of a uniform number",
    .support = "nonnegative",
    .prepared = {{1u << 1, NULL, true}, {1u << 0, NULL, true}},
    .wants_log = true,
    .score = score,
    .noise = {NOISE_UNIFORM},
    .transform = transform,
    .formulas = {{"mean", "where(shape > 1, scale * (3.14159265358979324 / shape) / sin(3.14159265358979324 / where(shape > 1, shape, 2)), inf)"},
                 {"variance", "where(shape > 2, (scale * (3.14159265358979324 / shape) ^ 2"
                              " / sin(3.14159265358979324 / where(shape > 2, shape, 3))) ^ 2 * " TANGENT_EXCESS ", inf)"},
                 {"median", "scale + 0 * shape"},
                 {"mode", "where(shape > 1, scale * exp(log1p(-2 / (where(shape > 1, shape, 2) + 1)) / shape), 0 * scale)"},
                 {"entropy", "log(scale) - log(shape) + 2"},
                 {"cdf", "sigmoid(shape * log(max(x, 0) / scale))"},
                 {"ccdf", "sigmoid(-shape * log(max(x, 0) / scale))"},
                 {"log_cdf", "-softplus(-shape * log(max(x, 0) / scale))"},
                 {"log_ccdf", "-softplus(shape * log(max(x, 0) / scale))"},
                 {"quantile", "scale * (q / (1 - q)) ^ (1 / shape)"},
                 {"upper_quantile", "scale * ((1 - q) / q) ^ (1 / shape)"},
                 {"kl", LOGISTIC_KL("shape * log(scale / other_scale)")}},
    .kl_equal = 1u << 1,
    .example = "survival ~ LogLogistic(10, 2)",
    .base = "Exponential(1)",
    .from_base = "scale * expm1(x) ^ (1 / shape)",
};
