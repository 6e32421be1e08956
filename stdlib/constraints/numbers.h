/* What constraints of numbers are made of: checks and maps as elementwise kernels. For files of kernels. */
#ifndef ELBO_STDLIB_CONSTRAINTS_NUMBERS_H
#define ELBO_STDLIB_CONSTRAINTS_NUMBERS_H

#include <float.h>

#include "runtime/constraint.h"
#include "runtime/kernels/vector.h"
#include "runtime/operations.h"

/* A set without bounds: `holds` for stretches of numbers, and the same as an elementwise function. */
#define INSIDE(id, test)                                                                   \
    ELBO_CLONES static bool id##_holds(size_t n, const double *x) {                        \
        long outside = 0;                                                                    \
        for (size_t i = 0; i < n; i++) outside += !(test(x[i]));                             \
        return outside == 0;                                                                 \
    }                                                                                        \
    ELBO_CLONES static void id##_test(size_t n, double *out, const double *const in[]) {   \
        const double *x = in[0];                                                             \
        VECTOR_LOOP(i, n) out[i] = test(x[i]) ? 1.0 : 0.0;                                   \
    }                                                                                        \
    static Value id##_contains(State *S, Value value, const Value bounds[]) {              \
        static const Elementwise row = {.name = #id, .arity = 1, .boolean = true, .value = id##_test}; \
        (void)bounds;                                                                        \
        return operation_unary(S, &row, value);                                              \
    }

/* A set with n bounds (1 or 2): the test is of x, a and, with two, b. */
#define INSIDE_BOUNDS(id, n_bounds, test)                                                  \
    ELBO_CLONES static void id##_test(size_t n, double *out, const double *const in[]) {   \
        const double *x = in[0], *a = in[1], *b = in[n_bounds];                              \
        VECTOR_LOOP(i, n) out[i] = test(x[i], a[i], b[i]) ? 1.0 : 0.0;                       \
    }                                                                                        \
    static Value id##_contains(State *S, Value value, const Value bounds[]) {              \
        static const Elementwise row = {.name = #id, .arity = 1 + n_bounds, .boolean = true, .value = id##_test}; \
        return operation_elementwise(S, &row, (Value[]){value, bounds[0], bounds[n_bounds - 1]}); \
    }

/* The elementwise function id_row of a kernel id_dual with its arity. */
#define ELEMENTWISE(id, n_arguments)                                                       \
    static void id##_value(size_t n, double *out, const double *const in[]) {              \
        id##_dual(n, out, (double *[n_arguments]){NULL}, in);                                \
    }                                                                                        \
    static const Elementwise id##_row = {.name = #id, .arity = n_arguments, .value = id##_value, .dual = id##_dual};

#endif
