/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stdlib/distributions/multigamma.h"

#include "runtime/kernels/special.h"

ELBO_CLONES void multigamma_log(size_t n, size_t d, double *restrict out, double *restrict derivative, const double *restrict a) {
    const double log_pi = 1.1447298858494001741;
    double constant = d ? 0.25 * (double)d * (double)(d - 1) * log_pi : 0;
    VECTOR_LOOP(i, n) {
        out[i] = constant;
        derivative[i] = 0;
    }
    for (size_t j = 0; j < d; j++)
        VECTOR_LOOP(i, n) {
            double psi;
            out[i] += gamma_log(a[i] - 0.5 * (double)j, &psi);
            derivative[i] += psi;
        }
}
