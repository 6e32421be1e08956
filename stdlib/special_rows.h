/* From expressions to the kernels and rows of special functions that no loop can vectorise: cdfs, quantiles.

   In the expressions x is the first argument, a and b the others, y the value. */
#ifndef ELBO_STDLIB_SPECIAL_ROWS_H
#define ELBO_STDLIB_SPECIAL_ROWS_H

#include "runtime/kernel.h"

#define SPECIAL_1(id, value_, by_x_)                                                                      \
    static void id##_dual(size_t n, double *out, double *const partial[], const double *const in[]) {     \
        for (size_t i = 0; i < n; i++) {                                                                  \
            double x = in[0][i], y = value_;                                                              \
            if (partial[0]) partial[0][i] = by_x_;                                                        \
            out[i] = y;                                                                                   \
        }                                                                                                 \
    }                                                                                                     \
    static void id##_value(size_t n, double *out, const double *const in[]) {                             \
        id##_dual(n, out, (double *[1]){NULL}, in);                                                       \
    }

#define SPECIAL_2(id, value_, by_x_, by_a_)                                                               \
    static void id##_dual(size_t n, double *out, double *const partial[], const double *const in[]) {     \
        for (size_t i = 0; i < n; i++) {                                                                  \
            double x = in[0][i], a = in[1][i], y = value_;                                                \
            if (partial[0]) partial[0][i] = by_x_;                                                        \
            if (partial[1]) partial[1][i] = by_a_;                                                        \
            out[i] = y;                                                                                   \
        }                                                                                                 \
    }                                                                                                     \
    static void id##_value(size_t n, double *out, const double *const in[]) {                             \
        id##_dual(n, out, (double *[2]){NULL, NULL}, in);                                                 \
    }

#define SPECIAL_3(id, value_, by_x_, by_a_, by_b_)                                                        \
    static void id##_dual(size_t n, double *out, double *const partial[], const double *const in[]) {     \
        for (size_t i = 0; i < n; i++) {                                                                  \
            double x = in[0][i], a = in[1][i], b = in[2][i], y = value_;                                  \
            if (partial[0]) partial[0][i] = by_x_;                                                        \
            if (partial[1]) partial[1][i] = by_a_;                                                        \
            if (partial[2]) partial[2][i] = by_b_;                                                        \
            out[i] = y;                                                                                   \
        }                                                                                                 \
    }                                                                                                     \
    static void id##_value(size_t n, double *out, const double *const in[]) {                             \
        id##_dual(n, out, (double *[3]){NULL, NULL, NULL}, in);                                           \
    }

#define SPECIAL_ROW(id, arity_, help_) \
    { .name = #id, .arity = arity_, .value = id##_value, .dual = id##_dual, .help = help_ }

#endif
