/* SPDX-License-Identifier: GPL-3.0-or-later
   The skew normal distribution (Azzalini, Scandinavian Journal of Statistics 12 (1985) 171). */
#include "runtime/distribution.h"
#include "runtime/kernels/normal_tail.h"
#include "runtime/kernels/vector.h"
#include "stdlib/distributions/lone.h"

#define LOG_2_LESS_HALF_LOG_2_PI (-0.22579135264472743236)

ELBO_CLONES static void inverse_scale(size_t n, double *restrict out, const double *const parameters[]) {
    const double *scale = parameters[1];
    VECTOR_LOOP(i, n) out[i] = 1 / scale[i];
}

/* With z = (x - loc) / scale: log(2) - log(scale) - log(2 pi) / 2 - z^2 / 2 + log(normal_cdf(alpha z)). */
LONE_INLINE void score_body(size_t n, double *restrict out, double *const partial[], const double *const in[], bool lone) {
    const double *x = in[0], *loc = in[1], *alpha = in[3], *inverse = in[4], *log_scale = in[5];
    const double loc_0 = loc[0], alpha_0 = alpha[0], inverse_0 = inverse[0], log_scale_0 = log_scale[0];
#define PARTS(i)                                                                                  \
    double z = (x[i] - LONE(loc, i)) * LONE(inverse, i), hazard;                                  \
    double part = normal_log_cdf(LONE(alpha, i) * z, &hazard), y = part - 0.5 * (z * z);          \
    double pull = LONE(alpha, i) * hazard - z /* the derivative by z */
    VECTOR_LOOP(i, n) {
        PARTS(i);
        out[i] = y > -INFINITY ? y + (LOG_2_LESS_HALF_LOG_2_PI - LONE(log_scale, i)) : -INFINITY;
        (void)pull;
    }
    if (partial[0]) VECTOR_LOOP(i, n) {
        PARTS(i);
        partial[0][i] = y > -INFINITY ? pull * LONE(inverse, i) : 0;
    }
    if (partial[1]) VECTOR_LOOP(i, n) {
        PARTS(i);
        partial[1][i] = y > -INFINITY ? -pull * LONE(inverse, i) : 0;
    }
    if (partial[2]) VECTOR_LOOP(i, n) {
        PARTS(i);
        partial[2][i] = y > -INFINITY ? -(1 + z * pull) * LONE(inverse, i) : 0;
    }
    if (partial[3]) VECTOR_LOOP(i, n) {
        PARTS(i);
        partial[3][i] = y > -INFINITY ? z * hazard : 0;
        (void)pull;
    }
#undef PARTS
}
LONE_PAIR(score)

/* loc + scale (delta |u| + sqrt(1 - delta^2) v) for normal u, v and delta = alpha / sqrt(1 + alpha^2). */
ELBO_CLONES static void transform(size_t n, double *restrict out, double *const partial[], const double *const in[]) {
    const double *loc = in[0], *scale = in[1], *alpha = in[2], *u = in[3], *v = in[4];
#define PARTS(i)                                                                                                    \
    double a = fabs(alpha[i]) < 1e150 ? alpha[i] : copysign(1e150, alpha[i]), rest = 1 / sqrt(1 + a * a); \
    double front = fabs(u[i])
    VECTOR_LOOP(i, n) {
        PARTS(i);
        out[i] = loc[i] + scale[i] * (rest * (a * front + v[i]));
    }
    if (partial[0]) VECTOR_LOOP(i, n) partial[0][i] = 1;
    if (partial[1]) VECTOR_LOOP(i, n) {
        PARTS(i);
        partial[1][i] = rest * (a * front + v[i]);
    }
    if (partial[2]) VECTOR_LOOP(i, n) {
        PARTS(i);
        partial[2][i] = scale[i] * ((rest * rest) * (rest * (front - a * v[i])));
    }
#undef PARTS
}

#define DELTA "(alpha / sqrt(1 + alpha ^ 2))"

const DistributionRow distribution_skewnormal = {
    .name = "SkewNormal",
    .help = "The skew normal distribution: a bell that leans to one side",
    .parameters = {{"loc", CONSTRAINT_REAL, NULL, "location; the mean only for alpha = 0"},
                   {"scale", CONSTRAINT_POSITIVE, NULL, "scale; the standard deviation only for alpha = 0"},
                   {"alpha", CONSTRAINT_REAL, NULL, "shape: above 0 the right tail is the longer one, at 0 the distribution is normal"}},
    .n_parameters = 3,
    .support = "real",
    .prepared = {{1u << 1, inverse_scale, false}, {1u << 1, NULL, true}},
    .score = score,
    .score_lone = score_lone,
    .noise = {NOISE_NORMAL, NOISE_NORMAL},
    .transform = transform,
    .density = "2 / scale phi(z) Phi(alpha z), z = (x - loc) / scale, phi and Phi the normal density and cdf",
    .edges = "The log density of what is not a finite number is -inf, and so it is where it falls below all numbers. alpha = 0 gives"
             " Normal(loc, scale). The entropy has no formula.",
    .sampler = "loc + scale (delta |u| + sqrt(1 - delta^2) v) for two normal numbers, delta = alpha / sqrt(1 + alpha^2)"
               " (Henze, Scandinavian Journal of Statistics 13 (1986) 271)",
    .formulas = {{"mean", "loc + 0.79788456080286536 * scale * " DELTA},
                 {"variance", "scale ^ 2 * (1 + 0.36338022763241866 * alpha ^ 2) / (1 + alpha ^ 2)"},
                 {"median", "loc + scale * skew_normal_quantile(0.5, alpha)"},
                 {"mode", "loc + scale * skew_normal_mode(alpha)"},
                 {"cdf", "skew_normal_cdf((x - loc) / scale, alpha)"},
                 {"ccdf", "skew_normal_cdf((loc - x) / scale, -alpha)"},
                 {"log_cdf", "log_skew_normal_cdf((x - loc) / scale, alpha)"},
                 {"log_ccdf", "log_skew_normal_cdf((loc - x) / scale, -alpha)"},
                 {"quantile", "loc + scale * skew_normal_quantile(q, alpha)"},
                 {"upper_quantile", "loc - scale * skew_normal_quantile(q, -alpha)"}},
    .example = "y ~ SkewNormal(0, 1, 4)",
    .location_scale = true,
};
