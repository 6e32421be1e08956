/* SPDX-License-Identifier: GPL-3.0-or-later
   Laplace's distribution with tails of two scales: left = scale * asymmetry, right = scale / asymmetry. */
#include "runtime/distribution.h"
#include "runtime/kernels/vector.h"

ELBO_CLONES static void inverse_scale(size_t n, double *restrict out, const double *const parameters[]) {
    const double *scale = parameters[1];
    VECTOR_LOOP(i, n) out[i] = 1 / scale[i];
}

/* -log(left + right). */
ELBO_CLONES static void log_norm(size_t n, double *restrict out, const double *const parameters[]) {
    const double *scale = parameters[1], *a = parameters[2];
    VECTOR_LOOP(i, n) out[i] = -log(scale[i] * (a[i] + 1 / a[i]));
}

/* The factor of (x - loc) / scale in the exponent: 1 / asymmetry to the left, -asymmetry to the right. */
#define RATE(z, a) ((z) < 0 ? 1 / (a) : (z) > 0 ? -(a) : 0.0)

ELBO_CLONES static void score(size_t n, double *restrict out, double *const partial[], const double *const in[]) {
    const double *x = in[0], *loc = in[1], *a = in[3], *inverse = in[4], *norm = in[5];
#define Z(i) ((x[i] - loc[i]) * inverse[i])
    VECTOR_LOOP(i, n) {
        double z = Z(i), y = norm[i] + z * RATE(z, a[i]);
        out[i] = fabs(y) < INFINITY ? y : -INFINITY;
    }
    if (partial[0]) VECTOR_LOOP(i, n) {
        double z = Z(i), rate = RATE(z, a[i]);
        partial[0][i] = fabs(z * rate) < INFINITY ? rate * inverse[i] : 0;
    }
    if (partial[1]) VECTOR_LOOP(i, n) {
        double z = Z(i), rate = RATE(z, a[i]);
        partial[1][i] = fabs(z * rate) < INFINITY ? -rate * inverse[i] : 0;
    }
    if (partial[2]) VECTOR_LOOP(i, n) {
        double z = Z(i), rate = RATE(z, a[i]);
        partial[2][i] = fabs(z * rate) < INFINITY ? -(1 + z * rate) * inverse[i] : 0;
    }
    if (partial[3]) VECTOR_LOOP(i, n) {
        double z = Z(i), rate = RATE(z, a[i]), b = 1 / a[i];
        double slope = z < 0 ? -z * b * b : -z; /* of the exponent */
        double y = slope - (a[i] - b) / (a[i] + b) * b;
        partial[3][i] = fabs(z * rate) < INFINITY ? y : 0;
    }
#undef Z
}

/* loc - left e + right f for exponential e and f. */
ELBO_CLONES static void transform(size_t n, double *restrict out, double *const partial[], const double *const in[]) {
    const double *loc = in[0], *scale = in[1], *a = in[2], *u = in[3], *v = in[4];
    VECTOR_LOOP(i, n) out[i] = loc[i] + scale[i] * (a[i] * log(u[i]) - log(v[i]) / a[i]);
    if (partial[0]) VECTOR_LOOP(i, n) partial[0][i] = 1;
    if (partial[1]) VECTOR_LOOP(i, n) partial[1][i] = a[i] * log(u[i]) - log(v[i]) / a[i];
    if (partial[2]) VECTOR_LOOP(i, n) partial[2][i] = scale[i] * (log(u[i]) + log(v[i]) / (a[i] * a[i]));
}

/* The probabilities on either side of loc, and the distance from it in units of the tail there. */
#define LEFT "(asymmetry / (asymmetry + 1 / asymmetry))"
#define RIGHT "(1 / asymmetry / (asymmetry + 1 / asymmetry))"
#define BELOW "(min(x - loc, 0) / (scale * asymmetry))"
#define ABOVE "(max(x - loc, 0) * asymmetry / scale)"
/* The cdf to the right of loc, and the upper tail to the left, without cancellation. */
#define TO_RIGHT "(" LEFT " - " RIGHT " * expm1(-" ABOVE "))"
#define TO_LEFT "(" RIGHT " - " LEFT " * expm1(" BELOW "))"
/* E (X - other_loc)+ if other_loc lies to the right, E (other_loc - X)+ if to the left, and E X - other_loc. */
#define BEYOND "(where(other_loc > loc, scale / asymmetry * " RIGHT " * exp(-max(other_loc - loc, 0) * asymmetry / scale)," \
               " scale * asymmetry * " LEFT " * exp(-max(loc - other_loc, 0) / (scale * asymmetry))))"
#define SHIFT "(loc - other_loc + scale * (1 / asymmetry - asymmetry))"

const DistributionRow distribution_asymmetriclaplace = {
    .name = "AsymmetricLaplace",
    .help = "Laplace's distribution with tails of different scales",
    .parameters = {{"loc", CONSTRAINT_REAL, NULL, "mode"},
                   {"scale", CONSTRAINT_POSITIVE, NULL, "scale"},
                   {"asymmetry", CONSTRAINT_POSITIVE, NULL, "the left tail's scale is scale * asymmetry, the right one's scale / asymmetry"}},
    .n_parameters = 3,
    .support = "real",
    .prepared = {{1u << 1, inverse_scale, false}, {1u << 1 | 1u << 2, log_norm, false}},
    .score = score,
    .noise = {NOISE_UNIFORM, NOISE_UNIFORM},
    .transform = transform,
    .density = "exp(-|z|) / (left + right), z = (x - loc) / left below loc and (x - loc) / right above",
    .edges = "At x = loc, where the density has a kink, its partials for x and loc are given as 0. The log density of what is not"
             " a finite number is -inf.",
    .sampler = "loc - left * e + right * f with two exponential numbers e and f (Kotz, Kozubowski and Podgorski 2001, section 3.1)",
    .formulas = {{"mean", "loc + scale * (1 / asymmetry - asymmetry)"},
                 {"variance", "scale ^ 2 * (asymmetry ^ 2 + 1 / asymmetry ^ 2)"},
                 {"median", "loc + scale * where(asymmetry > 1, asymmetry * log(0.5 * (1 + 1 / asymmetry ^ 2)),"
                            " -log(0.5 * (1 + asymmetry ^ 2)) / asymmetry)"},
                 {"mode", "loc"},
                 {"entropy", "1 + log(scale * (asymmetry + 1 / asymmetry))"},
                 {"cdf", "where(x < loc, " LEFT " * exp(" BELOW "), " TO_RIGHT ")"},
                 {"ccdf", "where(x > loc, " RIGHT " * exp(-" ABOVE "), " TO_LEFT ")"},
                 {"log_cdf", "where(x < loc, log" LEFT " + " BELOW ", where(" TO_RIGHT " < 0.5, log(" TO_RIGHT "),"
                             " log1p(-" RIGHT " * exp(-" ABOVE "))))"},
                 {"log_ccdf", "where(x > loc, log" RIGHT " - " ABOVE ", where(" TO_LEFT " < 0.5, log(" TO_LEFT "),"
                              " log1p(-" LEFT " * exp(" BELOW "))))"},
                 {"quantile", "loc + scale * where(q < " LEFT ", asymmetry * log(q / " LEFT "),"
                              " -log((1 - q) / " RIGHT ") / asymmetry)"},
                 {"upper_quantile", "loc + scale * where(q > " RIGHT ", asymmetry * log((1 - q) / " LEFT "),"
                                    " -log(q / " RIGHT ") / asymmetry)"},
                 {"kl", "log(other_scale / scale) + log((other_asymmetry + 1 / other_asymmetry) / (asymmetry + 1 / asymmetry)) - 1"
                        " + where(other_loc > loc, " BEYOND ", " BEYOND " + " SHIFT ") * other_asymmetry / other_scale"
                        " + where(other_loc > loc, " BEYOND " - " SHIFT ", " BEYOND ") / (other_scale * other_asymmetry)"}},
    .example = "error ~ AsymmetricLaplace(0, 1, 0.5)",
    .location_scale = true,
};
