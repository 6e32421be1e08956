/* From rows of the elementwise tables to kernels. A row gives its value and partial derivatives as expressions in a and b
   (the arguments) and y (the value), and `setup`, declarations that they share. EXACT rows use only operations of which
   IEEE 754 prescribes every bit, so lone numbers need no kernel. STEP rows have no derivative. */
#ifndef ELBO_RUNTIME_KERNELS_TABLE_H
#define ELBO_RUNTIME_KERNELS_TABLE_H

#include "runtime/kernel.h"
#include "runtime/kernels/vector.h"

/* The kernel of the value alone uses only a part of its row's setup. */
#pragma GCC diagnostic ignored "-Wunused-variable"
#pragma GCC diagnostic ignored "-Wunused-but-set-variable"

#define KERNEL_UNARY_VALUE(id, setup, value_)                                                                           \
    ELBO_CLONES static void id##_value(size_t n, double *out, const double *const in[]) {                               \
        const double *a_ = in[0];                                                                                       \
        VECTOR_LOOP(i, n) {                                                                                             \
            double a = a_[i];                                                                                           \
            setup;                                                                                                      \
            out[i] = value_;                                                                                            \
        }                                                                                                               \
    }

#define KERNEL_UNARY_DUAL(id, setup, value_, partial_)                                                                  \
    ELBO_CLONES static void id##_dual(size_t n, double *out, double *const partial[], const double *const in[]) {       \
        const double *a_ = in[0];                                                                                       \
        double *p_ = partial[0];                                                                                        \
        if (!p_) {                                                                                                      \
            id##_value(n, out, in);                                                                                     \
            return;                                                                                                     \
        }                                                                                                               \
        VECTOR_LOOP(i, n) {                                                                                             \
            double a = a_[i];                                                                                           \
            setup;                                                                                                      \
            double y = value_;                                                                                          \
            out[i] = y;                                                                                                 \
            p_[i] = partial_;                                                                                           \
        }                                                                                                               \
    }

/* The partial, of which y is no part, in a loop of its own: sine and cosine in one become a scalar sincos. */
#define KERNEL_UNARY_APART(id, value_, partial_)                                                                        \
    ELBO_CLONES static void id##_dual(size_t n, double *out, double *const partial[], const double *const in[]) {       \
        const double *a_ = in[0];                                                                                       \
        double *p_ = partial[0];                                                                                        \
        VECTOR_LOOP(i, n) {                                                                                             \
            double a = a_[i];                                                                                           \
            out[i] = value_;                                                                                            \
        }                                                                                                               \
        if (!p_) return;                                                                                                \
        VECTOR_LOOP(i, n) {                                                                                             \
            double a = a_[i];                                                                                           \
            p_[i] = partial_;                                                                                           \
        }                                                                                                               \
    }

#define KERNEL_UNARY_SCALAR(id, setup, value_)                                                                          \
    static double id##_scalar(double a, double b) {                                                                     \
        (void)b;                                                                                                        \
        setup;                                                                                                          \
        return value_;                                                                                                  \
    }

#define KERNEL_UNARY_SCALAR_DUAL(id, setup, value_, partial_)                                                           \
    static double id##_scalar_dual(double partial[], double a, double b) {                                              \
        (void)b;                                                                                                        \
        setup;                                                                                                          \
        double y = value_;                                                                                              \
        partial[0] = partial_;                                                                                          \
        return y;                                                                                                       \
    }

#define KERNEL_BINARY_LOOP(setup, value_, FIRST, SECOND)                                                                \
    VECTOR_LOOP(i, n) {                                                                                                 \
        double a = a_[i], b = b_[i];                                                                                    \
        setup;                                                                                                          \
        double y = value_;                                                                                              \
        out[i] = y;                                                                                                     \
        FIRST;                                                                                                          \
        SECOND;                                                                                                         \
    }

#define KERNEL_BINARY_VALUE(id, setup, value_)                                                                          \
    ELBO_CLONES static void id##_value(size_t n, double *out, const double *const in[]) {                               \
        const double *a_ = in[0], *b_ = in[1];                                                                          \
        KERNEL_BINARY_LOOP(setup, value_, , )                                                                           \
    }

#define KERNEL_BINARY_DUAL(id, setup, value_, partial_a, partial_b)                                                     \
    ELBO_CLONES static void id##_dual(size_t n, double *out, double *const partial[], const double *const in[]) {       \
        const double *a_ = in[0], *b_ = in[1];                                                                          \
        double *p_ = partial[0], *q_ = partial[1];                                                                      \
        if (p_ && q_)                                                                                                   \
            KERNEL_BINARY_LOOP(setup, value_, p_[i] = partial_a, q_[i] = partial_b)                                     \
        else if (p_)                                                                                                    \
            KERNEL_BINARY_LOOP(setup, value_, p_[i] = partial_a, )                                                      \
        else if (q_)                                                                                                    \
            KERNEL_BINARY_LOOP(setup, value_, , q_[i] = partial_b)                                                      \
        else                                                                                                            \
            id##_value(n, out, in);                                                                                     \
    }

#define KERNEL_BINARY_SCALAR(id, setup, value_)                                                                         \
    static double id##_scalar(double a, double b) {                                                                     \
        setup;                                                                                                          \
        return value_;                                                                                                  \
    }

#define KERNEL_BINARY_SCALAR_DUAL(id, setup, value_, partial_a, partial_b)                                              \
    static double id##_scalar_dual(double partial[], double a, double b) {                                              \
        setup;                                                                                                          \
        double y = value_;                                                                                              \
        partial[0] = partial_a;                                                                                         \
        partial[1] = partial_b;                                                                                         \
        return y;                                                                                                       \
    }

/* The kernels of each sort of row. */
#define KERNELS_UNARY(id, name, setup, value, partial, help)                                                            \
    KERNEL_UNARY_VALUE(id, setup, value)                                                                                \
    KERNEL_UNARY_DUAL(id, setup, value, partial)
#define KERNELS_UNARY_APART(id, name, value, partial, help)                                                             \
    KERNEL_UNARY_VALUE(id, , value)                                                                                     \
    KERNEL_UNARY_APART(id, value, partial)
#define KERNELS_UNARY_EXACT(id, name, setup, value, partial, slope, help)                                               \
    KERNELS_UNARY(id, name, setup, value, partial, help)                                                                \
    KERNEL_UNARY_SCALAR(id, setup, value)                                                                               \
    KERNEL_UNARY_SCALAR_DUAL(id, setup, value, partial)
#define KERNELS_UNARY_STEP(id, name, value, boolean, help)                                                              \
    KERNEL_UNARY_VALUE(id, , value)                                                                                     \
    KERNEL_UNARY_SCALAR(id, , value)
#define KERNELS_BINARY(id, name, setup, value, partial_a, partial_b, help)                                              \
    KERNEL_BINARY_VALUE(id, setup, value)                                                                               \
    KERNEL_BINARY_DUAL(id, setup, value, partial_a, partial_b)
#define KERNELS_BINARY_EXACT(id, name, setup, value, partial_a, partial_b, slope, help)                                 \
    KERNELS_BINARY(id, name, setup, value, partial_a, partial_b, help)                                                  \
    KERNEL_BINARY_SCALAR(id, setup, value)                                                                              \
    KERNEL_BINARY_SCALAR_DUAL(id, setup, value, partial_a, partial_b)
#define KERNELS_BINARY_STEP(id, name, value, boolean, help)                                                             \
    KERNEL_BINARY_VALUE(id, , value)                                                                                    \
    KERNEL_BINARY_SCALAR(id, , value)

/* The table's row of each. */
#define ROW_UNARY(id, name, setup, value, partial, help)                                                                \
    {name, 1, false, id##_value, id##_dual, NULL, NULL, NULL, help},
#define ROW_UNARY_APART(id, name, value, partial, help) ROW_UNARY(id, name, , value, partial, help)
#define ROW_UNARY_EXACT(id, name, setup, value, partial, slope, help)                                                   \
    {name, 1, false, id##_value, id##_dual, id##_scalar, id##_scalar_dual, slope, help},
#define ROW_UNARY_STEP(id, name, value, boolean, help)                                                                  \
    {name, 1, boolean, id##_value, NULL, id##_scalar, NULL, NULL, help},
#define ROW_BINARY(id, name, setup, value, partial_a, partial_b, help)                                                  \
    {name, 2, false, id##_value, id##_dual, NULL, NULL, NULL, help},
#define ROW_BINARY_EXACT(id, name, setup, value, partial_a, partial_b, slope, help)                                     \
    {name, 2, false, id##_value, id##_dual, id##_scalar, id##_scalar_dual, slope, help},
#define ROW_BINARY_STEP(id, name, value, boolean, help)                                                                 \
    {name, 2, boolean, id##_value, NULL, id##_scalar, NULL, NULL, help},
#define ROW_OTHER(id, name, arity, help) {name, arity, false, NULL, NULL, NULL, NULL, NULL, help},

#endif
