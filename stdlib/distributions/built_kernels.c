/* SPDX-License-Identifier: GPL-3.0-or-later
   Kernels of the families that are built from other distributions. */
#include "stdlib/distributions/built_kernels.h"

#include "runtime/kernels/vector.h"

/* ---- log(exp(a) - exp(b)) ---- */

ELBO_CLONES static void difference_value(size_t n, double *restrict out, const double *const in[]) {
    const double *a = in[0], *b = in[1];
    VECTOR_LOOP(i, n) {
        double d = b[i] - a[i], near = log(-expm1(d)), far = log1p(-exp(d));
        double y = a[i] + (d > -0.6931471805599453 ? near : far);
        y = b[i] == -INFINITY ? a[i] : y;
        out[i] = a[i] <= b[i] ? -INFINITY : y;
    }
}

ELBO_CLONES static void difference_dual(size_t n, double *restrict out, double *const partial[], const double *const in[]) {
    const double *a = in[0], *b = in[1];
    difference_value(n, out, in);
    if (partial[0]) VECTOR_LOOP(i, n) {
        double y = -1 / expm1(b[i] - a[i]);
        partial[0][i] = fabs(out[i]) < INFINITY ? (b[i] == -INFINITY ? 1 : y) : 0;
    }
    if (partial[1]) VECTOR_LOOP(i, n) {
        double y = 1 / (-expm1(a[i] - b[i]));
        partial[1][i] = fabs(out[i]) < INFINITY && b[i] > -INFINITY ? y : 0;
    }
}

const Elementwise built_log_difference = {.name = "log_difference", .arity = 2, .value = difference_value, .dual = difference_dual};

/* ---- log(p + (1 - p) exp(a)) ---- */

ELBO_CLONES static void inflated_value(size_t n, double *restrict out, const double *const in[]) {
    const double *p = in[0], *a = in[1];
    VECTOR_LOOP(i, n) {
        double e = exp(a[i]), rest = 1 - p[i], sum = p[i] + rest * e;
        double tiny = a[i] + log1p(-p[i]), plain = log(sum), near = log1p(rest * expm1(a[i]));
        out[i] = p[i] == 0 ? tiny : sum > 0.5 ? near : plain;
    }
}

ELBO_CLONES static void inflated_dual(size_t n, double *restrict out, double *const partial[], const double *const in[]) {
    const double *p = in[0], *a = in[1];
    inflated_value(n, out, in);
    if (partial[0]) VECTOR_LOOP(i, n) {
        double y = -expm1(a[i]) / (p[i] + (1 - p[i]) * exp(a[i]));
        partial[0][i] = out[i] > -INFINITY ? (y < 1.7976931348623157e308 ? y : 1.7976931348623157e308) : 0;
    }
    if (partial[1]) VECTOR_LOOP(i, n) {
        double e = (1 - p[i]) * exp(a[i]), y = e / (p[i] + e);
        partial[1][i] = out[i] > -INFINITY ? (p[i] == 0 ? 1 : y) : 0;
    }
}

const Elementwise built_log_inflated = {.name = "log_inflated", .arity = 2, .value = inflated_value, .dual = inflated_dual};

/* ---- Sums of exponentials ---- */

ELBO_CLONES static void largest(size_t n, double *restrict out, const double *restrict x) {
    VECTOR_LOOP(i, n) out[i] = x[i] > out[i] ? x[i] : out[i];
}

ELBO_CLONES static void add_exponential(size_t n, double *restrict sum, const double *restrict x, const double *restrict top) {
    VECTOR_LOOP(i, n) sum[i] += fabs(top[i]) < INFINITY ? exp(x[i] - top[i]) : 0;
}

ELBO_CLONES static void finish(size_t n, double *restrict out, const double *restrict sum) {
    VECTOR_LOOP(i, n) {
        double y = out[i] + log(sum[i]);
        out[i] = fabs(out[i]) < INFINITY ? y : out[i];
    }
}

ELBO_CLONES static void share(size_t n, double *restrict partial, const double *restrict x, const double *restrict out) {
    VECTOR_LOOP(i, n) {
        double y = exp(x[i] - out[i]);
        partial[i] = fabs(out[i]) < INFINITY ? y : 0;
    }
}

void built_log_sum_kernel(size_t n, double *restrict out, double *const partial[], const double *const in[], unsigned count) {
    enum { CHUNK = 256 };
    double sum[CHUNK];
    for (size_t offset = 0, part; offset < n; offset += part) {
        part = n - offset < CHUNK ? n - offset : CHUNK;
        double *to = out + offset;
        for (size_t i = 0; i < part; i++) to[i] = in[0][offset + i], sum[i] = 0;
        for (unsigned k = 1; k < count; k++) largest(part, to, in[k] + offset);
        for (unsigned k = 0; k < count; k++) add_exponential(part, sum, in[k] + offset, to);
        finish(part, to, sum);
        for (unsigned k = 0; k < count; k++)
            if (partial[k]) share(part, partial[k] + offset, in[k] + offset, to);
    }
}
