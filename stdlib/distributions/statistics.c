/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stdlib/distributions/statistics.h"

#include <string.h>

#include "runtime/kernel.h"
#include "runtime/kernels/vector.h"

enum { BLOCK = 1024 };

/* f over the block from `start` on; returns its length. The rest of `out` is f of the block's first element. */
static size_t map_block(const double *x, size_t start, size_t n, StatisticsMap *f, double *restrict out) {
    double in[BLOCK];
    size_t length = n - start < BLOCK ? n - start : BLOCK, padded = (length + 7) & ~(size_t)7;
    memcpy(in, x + start, length * sizeof *in);
    for (size_t i = length; i < padded; i++) in[i] = in[0];
    if (f) f(padded, out, in);
    else memcpy(out, in, padded * sizeof *out);
    return length;
}

double statistics_sum(const double *x, size_t n, StatisticsMap *f) {
    double sum = 0, y[BLOCK];
    for (size_t start = 0; start < n; start += BLOCK) {
        size_t length = map_block(x, start, n, f, y);
        sum += kernel_sum(y, length);
    }
    return sum;
}

ELBO_CLONES static void centre(size_t n, double *restrict y, double *restrict square, double m) {
    VECTOR_LOOP(i, n) y[i] -= m;
    VECTOR_LOOP(i, n) square[i] = y[i] * y[i];
}

void statistics_moments(const double *x, size_t n, StatisticsMap *f, double moments[3]) {
    double y[BLOCK], square[BLOCK];
    double m = n ? statistics_sum(x, n, f) / (double)n : 0;
    moments[0] = m;
    moments[1] = moments[2] = 0;
    for (size_t start = 0; start < n; start += BLOCK) {
        size_t length = map_block(x, start, n, f, y);
        centre((length + 7) & ~(size_t)7, y, square, m);
        moments[1] += kernel_sum(y, length);
        moments[2] += kernel_sum(square, length);
    }
}
