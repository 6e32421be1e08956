/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "runtime/distribution.h"
#include "runtime/kernels/vector.h"

/* log_density where x is v. */
ELBO_CLONES static void score(size_t n, double *restrict out, double *const partial[], const double *const in[]) {
    const double *x = in[0], *v = in[1], *density = in[2];
    VECTOR_LOOP(i, n) out[i] = x[i] == v[i] ? density[i] : -INFINITY;
    if (partial[0]) VECTOR_LOOP(i, n) partial[0][i] = 0;
    if (partial[1]) VECTOR_LOOP(i, n) partial[1][i] = 0;
    if (partial[2]) VECTOR_LOOP(i, n) partial[2][i] = x[i] == v[i] ? 1.0 : 0.0;
}

ELBO_CLONES static void transform(size_t n, double *restrict out, double *const partial[], const double *const in[]) {
    const double *v = in[0];
    VECTOR_LOOP(i, n) out[i] = v[i];
    if (partial[0]) VECTOR_LOOP(i, n) partial[0][i] = 1;
    if (partial[1]) VECTOR_LOOP(i, n) partial[1][i] = 0;
}

const DistributionRow distribution_delta = {
    .name = "Delta",
    .help = "Always v: all of the probability in one point",
    .parameters = {{"v", CONSTRAINT_REAL, NULL, "the value"},
                   {"log_density", CONSTRAINT_REAL, "0", "log density at v, as far as sums of log densities go"}},
    .n_parameters = 2,
    .density = "exp(log_density) at v: as far as sums of log densities go",
    .edges = "Elsewhere than at v the log density is -inf; there it has no derivative by x or v.",
    .sampler = "v itself",
    .support = "real",
    .score = score,
    .transform = transform,
    .formulas = {{"mean", "v"},
                 {"variance", "0 * v"},
                 {"stddev", "0 * v"},
                 {"median", "v"},
                 {"mode", "v"},
                 {"entropy", "-log_density + 0 * v"},
                 {"cdf", "where(x >= v, 1, 0)"},
                 {"quantile", "v + 0 * q"}},
    .example = "mu ~ Delta(42)",
};
