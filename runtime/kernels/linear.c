/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Kernels of the sweeps and of sums. */
#include "runtime/kernel.h"

#include "runtime/kernels/vector.h"

enum { SUM_BLOCK = 1024, LANES = 8 };

ELBO_CLONES void kernel_add_scaled(size_t n, double *y, const double *x, double factor) {
    VECTOR_LOOP(i, n) {
        double term = factor * x[i];
        y[i] += x[i] == 0 ? 0.0 : term;
    }
}

ELBO_CLONES void kernel_add_product(size_t n, double *y, const double *x, const double *partial) {
    VECTOR_LOOP(i, n) {
        double term = partial[i] * x[i];
        y[i] += x[i] == 0 ? 0.0 : term;
    }
}

ELBO_CLONES void kernel_add_selected(size_t n, double *y, const double *x, const double *partial) {
    VECTOR_LOOP(i, n) {
        double term = x[i];
        y[i] += partial[i] == 0 ? 0.0 : term;
    }
}

/* The same for the first term of a sum that began at 0. */
ELBO_CLONES void kernel_set_scaled(size_t n, double *restrict y, const double *restrict x, double factor) {
    VECTOR_LOOP(i, n) {
        double term = factor * x[i];
        y[i] = 0.0 + (x[i] == 0 ? 0.0 : term);
    }
}

ELBO_CLONES void kernel_set_product(size_t n, double *restrict y, const double *restrict x, const double *restrict partial) {
    VECTOR_LOOP(i, n) {
        double term = partial[i] * x[i];
        y[i] = 0.0 + (x[i] == 0 ? 0.0 : term);
    }
}

ELBO_CLONES static void add_number(size_t n, double *y, double x) {
    VECTOR_LOOP(i, n) y[i] += x;
}

void kernel_add_one_scaled(size_t n, double *y, double x, double factor) {
    if (x != 0) add_number(n, y, factor * x);
}

ELBO_CLONES static void add_multiple(size_t n, double *y, double x, const double *partial) {
    VECTOR_LOOP(i, n) y[i] += partial[i] * x;
}

void kernel_add_one_product(size_t n, double *y, double x, const double *partial) {
    if (x != 0) add_multiple(n, y, x, partial);
}

ELBO_CLONES void kernel_add_one_selected(size_t n, double *y, double x, const double *partial) {
    VECTOR_LOOP(i, n) y[i] += partial[i] == 0 ? 0.0 : x;
}

ELBO_CLONES void kernel_select(size_t n, double *out, const double *const in[]) {
    const double *mask = in[0], *on = in[1], *off = in[2];
    VECTOR_LOOP(i, n) {
        double a = on[i], b = off[i];
        out[i] = mask[i] != 0 ? a : b;
    }
}

ELBO_CLONES void kernel_log(size_t n, double *restrict out, const double *restrict x) {
    VECTOR_LOOP(i, n) out[i] = log(x[i]);
}

ELBO_CLONES void kernel_copy(size_t n, double *out, const double *const in[]) {
    const double *from = in[0];
    VECTOR_LOOP(i, n) out[i] = from[i];
}

/* ---- sums ---- */

static double add_up(const double part[LANES]) {
    return ((part[0] + part[1]) + (part[2] + part[3])) + ((part[4] + part[5]) + (part[6] + part[7]));
}

/* One block: TERM(i) for i < n into 8 accumulators, the rest of fewer than 8 into the first of them. */
#define BLOCK_SUM(n, TERM)                                                                                              \
    double part[LANES] = {0};                                                                                           \
    size_t whole = (n) & ~(size_t)(LANES - 1);                                                                          \
    for (size_t i = 0; i < whole; i += LANES)                                                                           \
        for (size_t k = 0; k < LANES; k++) part[k] += TERM(i + k);                                                      \
    for (size_t i = whole; i < (n); i++) part[i - whole] += TERM(i);                                                    \
    return add_up(part)

static inline double product(double x, double y) {
    double term = x * y;
    return x == 0 ? 0.0 : term;
}

static inline double selected(double x, double on) {
    return on == 0 ? 0.0 : x;
}

#define PLAIN(i) x[i]
#define PRODUCT(i) product(x[i], y[i])
#define SELECTED(i) selected(x[i], partial[i])

ELBO_CLONES static double block_sum(const double *x, size_t n) {
    BLOCK_SUM(n, PLAIN);
}

ELBO_CLONES static double block_sum_product(const double *x, const double *y, size_t n) {
    BLOCK_SUM(n, PRODUCT);
}

ELBO_CLONES static double block_sum_selected(const double *x, const double *partial, size_t n) {
    BLOCK_SUM(n, SELECTED);
}

static size_t block_length(size_t start, size_t n) {
    return n - start < SUM_BLOCK ? n - start : SUM_BLOCK;
}

double kernel_sum(const double *x, size_t n) {
    double total = 0;
    for (size_t start = 0; start < n; start += SUM_BLOCK) total += block_sum(x + start, block_length(start, n));
    return total;
}

double kernel_sum_product(const double *x, const double *y, size_t n) {
    double total = 0;
    for (size_t start = 0; start < n; start += SUM_BLOCK)
        total += block_sum_product(x + start, y + start, block_length(start, n));
    return total;
}

double kernel_sum_selected(const double *x, const double *partial, size_t n) {
    double total = 0;
    for (size_t start = 0; start < n; start += SUM_BLOCK)
        total += block_sum_selected(x + start, partial + start, block_length(start, n));
    return total;
}

/* ---- sums of products for many lanes ---- */

/* For each group of 8 lanes: the sum over j of A(j, l) * B(j, l), in the order of kernel_sum. */
#define DOT_LANES(A, B)                                                                                                 \
    for (size_t g = 0; g < n; g += LANES) {                                                                             \
        double total[LANES] = {0};                                                                                      \
        for (size_t start = 0; start < count; start += SUM_BLOCK) {                                                     \
            double part[LANES][LANES] = {{0}};                                                                          \
            size_t end = count - start < SUM_BLOCK ? count : start + SUM_BLOCK;                                         \
            for (size_t j = start; j < end; j++) {                                                                      \
                double *to = part[j % LANES];                                                                           \
                const double *x = a + j * a_step, *y = b + j * b_step;                                                  \
                for (size_t l = 0; l < LANES; l++) to[l] += A * B;                                                      \
            }                                                                                                           \
            for (size_t l = 0; l < LANES; l++)                                                                          \
                total[l] += ((part[0][l] + part[1][l]) + (part[2][l] + part[3][l])) +                                   \
                            ((part[4][l] + part[5][l]) + (part[6][l] + part[7][l]));                                    \
        }                                                                                                               \
        for (size_t l = 0; l < LANES; l++) out[g + l] = total[l];                                                       \
    }

ELBO_CLONES void kernel_dot_lanes(size_t n, double *out, const double *a, size_t a_step, bool a_moves, const double *b,
                                  size_t b_step, bool b_moves, size_t count) {
    if (a_moves && b_moves)
        DOT_LANES(x[g + l], y[g + l])
    else if (a_moves)
        DOT_LANES(x[g + l], y[0])
    else if (b_moves)
        DOT_LANES(x[0], y[g + l])
    else
        DOT_LANES(x[0], y[0])
}
