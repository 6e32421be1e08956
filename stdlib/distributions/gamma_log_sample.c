/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stdlib/distributions/gamma_log_sample.h"

#include "runtime/distribution.h"
#include "runtime/kernels/vector.h"
#include "stdlib/distributions/gamma_draw.h"
#include "stdlib/distributions/gamma_path.h"

enum { BLOCK = 512 };

/* From shape 1 on the logarithm of the variable, which needs fewer of them than the variable of a logarithm. */
ELBO_CLONES static void take_logs(size_t n, double *restrict out, const double *shape, const double *restrict logs) {
    VECTOR_LOOP(i, n) {
        double y = log(out[i]);
        out[i] = shape[i] < 1 ? logs[i] : y;
    }
}

static void propose(size_t n, double *restrict out, const double *shape, const double *z, const double *u) {
    double logs[BLOCK] = {0};
    size_t below = 0;
    for (size_t i = 0; i < n; i++) below += shape[i] < 1;
    if (below) gamma_propose_logs(n, below == n ? out : logs, shape, z, u);
    if (below == n) return;
    gamma_propose_all(n, out, shape, z, u);
    take_logs(n, out, shape, logs);
}

static void transform(size_t n, double *restrict out, double *const partial[], const double *const in[]) {
    for (size_t at = 0; at < n; at += BLOCK) propose(n - at < BLOCK ? n - at : BLOCK, out + at, in[0] + at, in[1] + at, in[2] + at);
    for (size_t i = 0; i < n && partial[0]; i++) partial[0][i] = isnan(out[i]) ? 0 : gamma_path(out[i], in[0][i]);
}

/* A family only for its sampler: programs do not see it. */
static const DistributionRow row = {
    .name = "log of Gamma",
    .parameters = {{"shape", CONSTRAINT_POSITIVE, NULL, "shape"}},
    .n_parameters = 1,
    .noise = {NOISE_NORMAL, NOISE_UNIFORM},
    .rejects = true,
    .transform = transform,
    .reparameterised = true,
};

Value gamma_log_sample(State *S, Value shape, RandomKey key) {
    return distribution_sample(S, distribution_of_checked(S, &row, &shape), key, 0);
}
