/* SPDX-License-Identifier: GPL-3.0-or-later
   Sufficient statistics of gamma variables, and of their inverses. */
#include <float.h>
#include <math.h>

#include "runtime/kernel.h"
#include "runtime/kernels/vector.h"
#include "stdlib/distributions/gamma_score.h"
#include "stdlib/distributions/statistics.h"

enum { BLOCK = 1024 };

ELBO_CLONES static void map_positive(size_t n, double *restrict out, const double *restrict x) {
    VECTOR_LOOP(i, n) out[i] = x[i] > 0 && x[i] < INFINITY ? x[i] : 0;
}

ELBO_CLONES static void map_inverse(size_t n, double *restrict out, const double *restrict x) {
    VECTOR_LOOP(i, n) {
        double y = 1 / x[i];
        out[i] = x[i] > 0 && x[i] < INFINITY ? (y < DBL_MAX ? y : DBL_MAX) : 0;
    }
}

ELBO_CLONES static void map_zero(size_t n, double *restrict out, const double *restrict x) {
    VECTOR_LOOP(i, n) out[i] = x[i] == 0 ? 1 : 0;
}

ELBO_CLONES static void map_inside(size_t n, double *restrict out, const double *restrict x) {
    VECTOR_LOOP(i, n) out[i] = x[i] > 0 && x[i] < INFINITY ? 1 : 0;
}

/* y becomes y / m - 1, and `other` the excess; what is 0 stays out. */
ELBO_CLONES static void relate(size_t n, double *restrict y, double *restrict other, double m) {
    VECTOR_LOOP(i, n) {
        double t = y[i] > 0 ? y[i] / m : 1;
        y[i] = t - 1;
        other[i] = excess(t, log(t));
    }
}

void gamma_statistics(const double *x, size_t n, bool inverse, double statistic[GAMMA_STATISTICS]) {
    StatisticsMap *map = inverse ? map_inverse : map_positive;
    double count = statistics_sum(x, n, map_inside), sum = statistics_sum(x, n, map), zeros = statistics_sum(x, n, map_zero);
    double m = count == 0 ? 1 : sum < INFINITY ? sum / count : DBL_MAX;
    double padded[BLOCK], y[BLOCK], other[BLOCK];
    statistic[0] = count;
    statistic[1] = m;
    statistic[2] = statistic[3] = 0;
    for (size_t start = 0; start < n; start += BLOCK) {
        size_t length = n - start < BLOCK ? n - start : BLOCK, whole = (length + 7) & ~(size_t)7;
        for (size_t i = 0; i < whole; i++) padded[i] = i < length ? x[start + i] : 0;
        map(whole, y, padded);
        relate(whole, y, other, m);
        statistic[2] += kernel_sum(y, length);
        statistic[3] += kernel_sum(other, length);
    }
    statistic[4] = inverse ? 0 : zeros;
    statistic[5] = (double)n - count - statistic[4];
}
