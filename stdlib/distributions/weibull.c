/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "runtime/distribution.h"

#include <float.h>

#include "runtime/kernels/vector.h"

ELBO_CLONES static void constant(size_t n, double *restrict out, const double *const parameters[]) {
    const double *scale = parameters[0], *shape = parameters[1];
    VECTOR_LOOP(i, n) out[i] = log(shape[i]) - log(scale[i]);
}

/* With l = log(x / scale): log(shape) - log(scale) + (shape - 1) l - exp(shape l). At x = 0 the density is infinite (shape < 1),
   1 / scale (shape = 1) or 0, and partials that are infinite there are given as 0. */
ELBO_CLONES static void score(size_t n, double *restrict out, double *const partial[], const double *const in[]) {
    const double *x = in[0], *scale = in[1], *shape = in[2], *norm = in[3], *log_scale = in[4], *log_x = in[5];
/* x / scale may be too small or too large for a number, and near 1 the difference of the logarithms loses digits. */
#define RATIO(i) (x[i] / scale[i] > 0.5 && x[i] / scale[i] < 2 ? log1p((x[i] - scale[i]) / scale[i]) : log_x[i] - log_scale[i])
#define INSIDE(i) (x[i] >= 0 && x[i] < INFINITY)
    VECTOR_LOOP(i, n) {
        double l = RATIO(i), power = shape[i] - 1, y = norm[i] + (power == 0 ? 0 : power * l) - exp(shape[i] * l);
        out[i] = INSIDE(i) && y == y ? y : -INFINITY;
    }
    if (partial[0])
        VECTOR_LOOP(i, n) {
            double power = shape[i] - 1, y = (power == 0 ? 0 : power / x[i]) - shape[i] * exp(shape[i] * RATIO(i)) / x[i];
            y = x[i] == 0 && power == 0 ? -1 / scale[i] : y;
            partial[0][i] = INSIDE(i) && fabs(y) < INFINITY ? y : 0;
        }
    if (partial[1])
        VECTOR_LOOP(i, n) {
            double y = shape[i] * expm1(shape[i] * RATIO(i)) / scale[i];
            partial[1][i] = INSIDE(i) && (x[i] > 0 || shape[i] == 1) && fabs(y) < INFINITY ? y : 0;
        }
    if (partial[2])
        VECTOR_LOOP(i, n) {
            double l = RATIO(i), y = 1 / shape[i] - l * expm1(shape[i] * l);
            partial[2][i] = x[i] > 0 && INSIDE(i) && fabs(y) < INFINITY ? y : 0;
        }
#undef RATIO
#undef INSIDE
}

ELBO_CLONES static void transform(size_t n, double *restrict out, double *const partial[], const double *const in[]) {
    const double *scale = in[0], *shape = in[1], *u = in[2];
    VECTOR_LOOP(i, n) {
        double x = exp(log(-log(u[i])) / shape[i] + log(scale[i]));
        x = x < DBL_MIN ? DBL_MIN : x;
        out[i] = x > DBL_MAX ? DBL_MAX : x;
    }
    if (partial[0]) VECTOR_LOOP(i, n) partial[0][i] = out[i] / scale[i];
    if (partial[1]) VECTOR_LOOP(i, n) partial[1][i] = -out[i] * log(-log(u[i])) / (shape[i] * shape[i]);
}

const DistributionRow distribution_weibull = {
    .name = "Weibull",
    .help = "The Weibull distribution: times to a failure whose rate grows or falls as a power",
    .parameters = {{"scale", CONSTRAINT_POSITIVE, NULL, "scale: 63 % lie below"},
                   {"shape", CONSTRAINT_POSITIVE, NULL, "shape (concentration): above 1 the rate of failures grows"}},
    .n_parameters = 2,
    .density = "shape / scale (x / scale)^(shape - 1) exp(-(x / scale)^shape)",
    .edges = "At x = 0 the density is infinite for a shape below 1, 1 / scale for 1, and 0 above. Below 0, at inf and at nan the log "
             "density is -inf.",
    .sampler = "the quantile of a uniform number",
    .support = "nonnegative",
    .prepared = {{1u << 0 | 1u << 1, constant, false}, {1u << 0, NULL, true}},
    .wants_log = true,
    .score = score,
    .noise = {NOISE_UNIFORM},
    .transform = transform,
    .formulas = {{"mean", "scale * exp(lgamma(1 + 1 / shape))"},
                 {"variance", "scale ^ 2 * exp(2 * lgamma(1 + 1 / shape)) * expm1(lgamma(1 + 2 / shape) - 2 * lgamma(1 + 1 / shape))"},
                 {"median", "scale * exp(-0.36651292058166433 / shape)"},
                 {"mode", "where(shape > 1, scale * exp(log1p(-1 / where(shape > 1, shape, 2)) / shape), 0 * scale)"},
                 {"entropy", "1 + 0.57721566490153286 * (1 - 1 / shape) + log(scale) - log(shape)"},
                 {"cdf", "-expm1(-(max(x, 0) / scale) ^ shape)"},
                 {"ccdf", "exp(-(max(x, 0) / scale) ^ shape)"},
                 {"log_cdf", "log1m_exp(-(max(x, 0) / scale) ^ shape)"},
                 {"log_ccdf", "-(max(x, 0) / scale) ^ shape"},
                 {"quantile", "scale * (-log1p(-q)) ^ (1 / shape)"},
                 {"upper_quantile", "scale * (-log(q)) ^ (1 / shape)"},
                 {"kl", "log(shape / other_shape) + other_shape * log(other_scale / scale)"
                        " - (shape - other_shape) * 0.57721566490153286 / shape"
                        " + (scale / other_scale) ^ other_shape * exp(lgamma(1 + other_shape / shape)) - 1"}},
    .example = "lifetime ~ Weibull(1000, 1.5)",
    .base = "Exponential(1)",
    .from_base = "scale * x ^ (1 / shape)",
};
