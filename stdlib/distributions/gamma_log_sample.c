/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stdlib/distributions/gamma_log_sample.h"

#include "runtime/distribution.h"
#include "runtime/kernels/vector.h"
#include "stdlib/distributions/gamma_draw.h"
#include "stdlib/distributions/gamma_path.h"

ELBO_CLONES static void propose(size_t n, double *restrict out, const double *restrict shape, const double *restrict z, const double *restrict u) {
    VECTOR_LOOP(i, n) out[i] = gamma_propose_log(shape[i], z[i], u[i]);
}

static void transform(size_t n, double *restrict out, double *const partial[], const double *const in[]) {
    propose(n, out, in[0], in[1], in[2]);
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
