/* SPDX-License-Identifier: GPL-3.0-or-later
   The absolute value of a Cauchy number. */
#include "runtime/distribution.h"
#include "runtime/kernels/vector.h"
#include "stdlib/distributions/lone.h"
#include "stdlib/distributions/student.h"

#define LOG_2_OVER_PI (-0.45158270528945486473)
#define HALF_PI 1.57079632679489661923

ELBO_CLONES static void inverse_scale(size_t n, double *restrict out, const double *const parameters[]) {
    const double *scale = parameters[0];
    VECTOR_LOOP(i, n) out[i] = 1 / scale[i];
}

/* With z = x / scale: log(2 / pi) - log(scale) - log(1 + z^2). */
LONE_INLINE void score_body(size_t n, double *restrict out, double *const partial[], const double *const in[], bool lone) {
    const double *x = in[0], *inverse = in[2], *log_scale = in[3];
    const double inverse_0 = inverse[0], log_scale_0 = log_scale[0];
#define INSIDE(z) (x[i] >= 0 && (z) < INFINITY)
    VECTOR_LOOP(i, n) {
        double z = x[i] * LONE(inverse, i), y = student_log_cauchy(z);
        out[i] = INSIDE(z) ? (LOG_2_OVER_PI - LONE(log_scale, i)) - y : -INFINITY;
    }
    if (partial[0]) VECTOR_LOOP(i, n) {
        double z = x[i] * LONE(inverse, i);
        partial[0][i] = INSIDE(z) ? -2 / (1 / z + z) * LONE(inverse, i) : 0;
    }
    if (partial[1]) VECTOR_LOOP(i, n) {
        double z = x[i] * LONE(inverse, i);
        partial[1][i] = INSIDE(z) ? (z * (2 / (1 / z + z)) - 1) * LONE(inverse, i) : 0;
    }
#undef INSIDE
}
LONE_PAIR(score)

/* tan(pi u / 2), from the nearer end. */
static inline double base(double u) {
    double t = tan(HALF_PI * (u < 0.5 ? u : 1 - u));
    return u < 0.5 ? t : 1 / t;
}

LONE_INLINE void transform_body(size_t n, double *restrict out, double *const partial[], const double *const in[], bool lone) {
    const double *scale = in[0], *u = in[1];
    const double scale_0 = scale[0];
    VECTOR_LOOP(i, n) out[i] = LONE(scale, i) * base(u[i]);
    if (partial[0]) VECTOR_LOOP(i, n) partial[0][i] = base(u[i]);
}
LONE_PAIR(transform)

const DistributionRow distribution_halfcauchy = {
    .name = "HalfCauchy",
    .help = "The absolute value of a Cauchy(0, scale)",
    .parameters = {{"scale", CONSTRAINT_POSITIVE, NULL, "median"}},
    .n_parameters = 1,
    .support = "nonnegative",
    .prepared = {{1u << 0, inverse_scale, false}, {1u << 0, NULL, true}},
    .score = score,
    .score_lone = score_lone,
    .noise = {NOISE_UNIFORM},
    .transform = transform,
    .transform_lone = transform_lone,
    .density = "2 / (pi scale (1 + (x / scale)^2))",
    .edges = "At 0 the density is highest; below, and for what is not a finite number, the log density is -inf. Mean and variance"
             " are inf.",
    .sampler = "the quantile of a uniform number, taken from the nearer end",
    .formulas = {{"mean", "inf * scale"},
                 {"variance", "inf * scale"},
                 {"median", "scale"},
                 {"mode", "0 * scale"},
                 {"entropy", "log(scale) + 1.8378770664093453"},
                 {"cdf", "atan2(max(x, 0), scale) * 0.63661977236758134"},
                 {"ccdf", "atan2(scale, max(x, 0)) * 0.63661977236758134"},
                 {"log_ccdf", "where(x < scale, log1p(-atan2(max(x, 0), scale) * 0.63661977236758134),"
                              " log(atan2(scale, max(x, 0)) * 0.63661977236758134))"},
                 {"quantile", "scale * where(q < 0.5, tan(0.5 * pi * min(q, 0.5)), 1 / tan(0.5 * pi * min(1 - q, 0.5)))"},
                 {"upper_quantile", "scale * where(q < 0.5, 1 / tan(0.5 * pi * min(q, 0.5)), tan(0.5 * pi * min(1 - q, 0.5)))"},
                 {"kl", "2 * log((scale + other_scale) / (2 * sqrt(scale) * sqrt(other_scale)))"}},
    .example = "tau ~ HalfCauchy(5)",
    .base = "HalfCauchy(1)",
    .from_base = "scale * x",
};
