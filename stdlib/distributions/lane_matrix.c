/* SPDX-License-Identifier: GPL-3.0-or-later
   Golub and Van Loan, Matrix Computations, 4.2: for many small matrices at once. */
#include "stdlib/distributions/lane_matrix.h"

#include "runtime/kernels/vector.h"
#include "stdlib/distributions/lane_events.h"

ELBO_CLONES static void check_symmetric(size_t n, size_t order, double *restrict broken, const double *const m[]) {
    double largest[LANE_CHUNK] = {0};
    for (size_t c = 0; c < order * order; c++) {
        const double *x = m[c];
        VECTOR_LOOP(i, n) largest[i] = fabs(x[i]) > largest[i] ? fabs(x[i]) : largest[i];
    }
    VECTOR_LOOP(i, n) broken[i] = largest[i] < INFINITY ? 0 : 1;
    for (size_t r = 0; r < order; r++)
        for (size_t c = 0; c < r; c++) {
            const double *x = m[r * order + c], *y = m[c * order + r];
            VECTOR_LOOP(i, n) broken[i] = fabs(x[i] - y[i]) <= 1e-8 * largest[i] ? broken[i] : 1;
        }
}

/* out = x - sum over k < count of a[k] b[k]. */
ELBO_CLONES static void subtract_products(size_t n, double *restrict out, const double *x, size_t count, double *const a[], double *const b[]) {
    VECTOR_LOOP(i, n) out[i] = x[i];
    for (size_t k = 0; k < count; k++) {
        const double *p = a[k], *q = b[k];
        VECTOR_LOOP(i, n) out[i] -= p[i] * q[i];
    }
}

ELBO_CLONES static void take_pivot(size_t n, double *restrict pivot, double *restrict inverse, double *restrict logdet, double *restrict broken) {
    VECTOR_LOOP(i, n) {
        bool sound = pivot[i] > 0 && pivot[i] < INFINITY;
        double safe = sound ? pivot[i] : 1;
        broken[i] = sound ? broken[i] : 1;
        logdet[i] += log(safe);
        pivot[i] = sqrt(safe);
        inverse[i] = 1 / pivot[i];
    }
}

ELBO_CLONES static void scale_by(size_t n, double *restrict x, const double *restrict factor) { VECTOR_LOOP(i, n) x[i] *= factor[i]; }

void lane_cholesky(size_t n, size_t order, double *const lower[], double *logdet, double *broken, const double *const m[]) {
    double inverse[LANE_CHUNK];
    check_symmetric(n, order, broken, m);
    for (size_t i = 0; i < n; i++) logdet[i] = 0;
    for (size_t j = 0; j < order; j++) {
        double *const *top = lower + j * order;
        for (size_t k = 0; k < j; k++)
            for (size_t i = 0; i < n; i++) lower[k * order + j][i] = 0;
        subtract_products(n, top[j], m[j * order + j], j, top, top);
        take_pivot(n, top[j], inverse, logdet, broken);
        for (size_t r = j + 1; r < order; r++) {
            double *const *row = lower + r * order;
            subtract_products(n, row[j], m[r * order + j], j, row, top);
            scale_by(n, row[j], inverse);
        }
    }
}

void lane_check_lower(size_t n, size_t order, double *broken, const double *const lower[]) {
    for (size_t i = 0; i < n; i++) broken[i] = 0;
    for (size_t r = 0; r < order; r++)
        for (size_t c = 0; c < order; c++) {
            const double *x = lower[r * order + c];
            for (size_t i = 0; i < n; i++) {
                bool sound = c > r ? x[i] == 0 : c == r ? x[i] > 0 && x[i] < INFINITY : fabs(x[i]) < INFINITY;
                if (!sound) broken[i] = 1;
            }
        }
}

ELBO_CLONES static void add_logs(size_t n, double *restrict out, const double *restrict x) { VECTOR_LOOP(i, n) out[i] += 2 * log(x[i]); }

void lane_logdet_lower(size_t n, size_t order, double *out, const double *const lower[]) {
    for (size_t i = 0; i < n; i++) out[i] = 0;
    for (size_t r = 0; r < order; r++) add_logs(n, out, lower[r * (order + 1)]);
}

void lane_invert_lower(size_t n, size_t order, double *const out[], const double *const lower[]) {
    double inverse[LANE_CHUNK], sum[LANE_CHUNK];
    for (size_t r = 0; r < order; r++) {
        for (size_t i = 0; i < n; i++) inverse[i] = 1 / lower[r * order + r][i];
        for (size_t c = r + 1; c < order; c++)
            for (size_t i = 0; i < n; i++) out[r * order + c][i] = 0;
        for (size_t c = 0; c < r; c++) {
            for (size_t i = 0; i < n; i++) sum[i] = 0;
            for (size_t k = c; k < r; k++) {
                const double *a = lower[r * order + k], *b = out[k * order + c];
                for (size_t i = 0; i < n; i++) sum[i] -= a[i] * b[i];
            }
            double *to = out[r * order + c];
            for (size_t i = 0; i < n; i++) to[i] = sum[i] * inverse[i];
        }
        for (size_t i = 0; i < n; i++) out[r * order + r][i] = inverse[i];
    }
}

ELBO_CLONES static void dot(size_t n, double *restrict out, size_t count, const double *const a[], size_t a_step, const double *const b[], size_t b_step) {
    VECTOR_LOOP(i, n) out[i] = 0;
    for (size_t k = 0; k < count; k++) {
        const double *p = a[k * a_step], *q = b[k * b_step];
        VECTOR_LOOP(i, n) out[i] += p[i] * q[i];
    }
}

void lane_square_transposed(size_t n, size_t order, double *const out[], const double *const a[]) {
    for (size_t r = 0; r < order; r++)
        for (size_t c = 0; c <= r; c++) {
            dot(n, out[r * order + c], order - r, a + r * order + r, order, a + r * order + c, order);
            for (size_t i = 0; i < n && c < r; i++) out[c * order + r][i] = out[r * order + c][i];
        }
}

void lane_sandwich(size_t n, size_t order, double *const out[], const double *const a[], const double *const b[], double *const room[]) {
    for (size_t r = 0; r < order; r++)
        for (size_t c = 0; c < order; c++) dot(n, room[r * order + c], order, a + r * order, 1, b + c, order);
    for (size_t r = 0; r < order; r++)
        for (size_t c = 0; c <= r; c++) {
            dot(n, out[r * order + c], order, (const double *const *)room + r * order, 1, a + c, order);
            for (size_t i = 0; i < n && c < r; i++) out[c * order + r][i] = out[r * order + c][i];
        }
}
