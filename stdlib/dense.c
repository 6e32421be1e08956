/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stdlib/dense.h"

#include <float.h>
#include <math.h>

static void swap_rows(double *a, size_t n, size_t *order, double *scale, size_t i, size_t k) {
    for (size_t j = 0; j < n; j++) {
        double x = a[i * n + j];
        a[i * n + j] = a[k * n + j];
        a[k * n + j] = x;
    }
    size_t o = order[i];
    order[i] = order[k];
    order[k] = o;
    double s = scale[i];
    scale[i] = scale[k];
    scale[k] = s;
}

int dense_factor(double *a, size_t n, size_t *order, double *scale) {
    int sign = 1;
    for (size_t i = 0; i < n; i++) {
        order[i] = i;
        scale[i] = 0;
        for (size_t j = 0; j < n; j++) scale[i] = fabs(a[i * n + j]) > scale[i] ? fabs(a[i * n + j]) : scale[i];
    }
    for (size_t k = 0; k < n; k++) {
        size_t pivot = k;
        for (size_t i = k + 1; i < n; i++)
            if (fabs(a[i * n + k]) > fabs(a[pivot * n + k])) pivot = i;
        if (!(fabs(a[pivot * n + k]) > (double)n * DBL_EPSILON * scale[pivot])) return 0;
        if (pivot != k) {
            swap_rows(a, n, order, scale, k, pivot);
            sign = -sign;
        }
        for (size_t i = k + 1; i < n; i++) {
            double factor = a[i * n + k] /= a[k * n + k];
            for (size_t j = k + 1; j < n; j++) a[i * n + j] -= factor * a[k * n + j];
        }
    }
    return sign;
}

void dense_solve(const double *lu, size_t n, const size_t *order, const double *b, double *x) {
    for (size_t i = 0; i < n; i++) {
        double sum = b[order[i]];
        for (size_t j = 0; j < i; j++) sum -= lu[i * n + j] * x[j];
        x[i] = sum;
    }
    for (size_t i = n; i-- > 0;) {
        double sum = x[i];
        for (size_t j = i + 1; j < n; j++) sum -= lu[i * n + j] * x[j];
        x[i] = sum / lu[i * n + i];
    }
}

bool dense_cholesky(const double *a, size_t n, double *l) {
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            double sum = j > i ? 0 : a[i * n + j];
            for (size_t k = 0; k < j && j <= i; k++) sum -= l[i * n + k] * l[j * n + k];
            if (j < i) sum /= l[j * n + j];
            if (j == i) {
                if (!(sum > 0) || isinf(sum)) return false;
                sum = sqrt(sum);
            }
            l[i * n + j] = sum;
        }
    return true;
}

void dense_invert_lower(const double *l, size_t n, double *inverse) {
    for (size_t c = 0; c < n; c++)
        for (size_t i = 0; i < n; i++) {
            double sum = i == c;
            for (size_t j = c; j < i; j++) sum -= l[i * n + j] * inverse[j * n + c];
            inverse[i * n + c] = i < c ? 0 : sum / l[i * n + i];
        }
}
