/* SPDX-License-Identifier: GPL-3.0-or-later
   Triangular systems, one for each lane: substitution (Golub and Van Loan, Matrix Computations, 3.1), a block of lanes at a
   time. */
#include "runtime/kernels/triangular.h"

#include "runtime/kernels/vector.h"

enum { BLOCK = 256 };

/* to -= factor * x; what is exactly 0 takes nothing off. */
ELBO_CLONES static void take_off(size_t n, double *restrict to, const double *restrict x, const double *restrict factor, bool moves) {
    if (moves) {
        VECTOR_LOOP(i, n) to[i] -= x[i] == 0 ? 0 : factor[i] * x[i];
    } else {
        double f = factor[0];
        VECTOR_LOOP(i, n) to[i] -= x[i] == 0 ? 0 : f * x[i];
    }
}

ELBO_CLONES static void divide(size_t n, double *restrict to, const double *restrict by, bool moves) {
    if (moves) {
        VECTOR_LOOP(i, n) to[i] = to[i] == 0 ? 0 : to[i] / by[i];
    } else {
        double d = by[0];
        VECTOR_LOOP(i, n) to[i] = to[i] == 0 ? 0 : to[i] / d;
    }
}

void kernel_solve_triangular(size_t n, double *x, size_t x_step, const double *l, size_t l_step, bool l_moves, size_t order,
                             bool transposed) {
    for (size_t start = 0; start < n; start += BLOCK) {
        size_t length = n - start < BLOCK ? n - start : BLOCK;
        const double *m = l_moves ? l + start : l;
        double *y = x + start;
        for (size_t k = 0; k < order; k++) {
            size_t i = transposed ? order - 1 - k : k;
            for (size_t r = 0; r < k; r++) {
                size_t j = transposed ? order - 1 - r : r;
                const double *factor = m + (transposed ? j * order + i : i * order + j) * l_step;
                take_off(length, y + i * x_step, y + j * x_step, factor, l_moves);
            }
            divide(length, y + i * x_step, m + i * (order + 1) * l_step, l_moves);
        }
    }
}
