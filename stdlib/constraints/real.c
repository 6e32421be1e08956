/* SPDX-License-Identifier: GPL-3.0-or-later
   Any numbers: nothing is mapped. Compiled as a file of kernels. */
#include "stdlib/constraints/numbers.h"

#include <stdio.h>

#define IS_REAL(x) (fabs(x) <= DBL_MAX)

INSIDE(real, IS_REAL)

static Value same(State *S, Value v, const Value bounds[]) {
    (void)S;
    (void)bounds;
    return v;
}

static Value log_slope(State *S, Value free, Value value, const Value bounds[]) {
    (void)S;
    (void)free;
    (void)value;
    (void)bounds;
    return value_number(0);
}

static size_t n_free(size_t n) { return n; }

static bool is_vector(double *x, size_t n, const double bounds[], char why[CONSTRAINT_WHY]) {
    (void)bounds;
    for (size_t k = 0; k < n; k++)
        if (!IS_REAL(x[k])) return snprintf(why, CONSTRAINT_WHY, "its element %zu is %.10g", k, x[k]), false;
    return true;
}

const ConstraintRow constraint_real = {.name = "real",
                                       .low = -INFINITY,
                                       .high = INFINITY,
                                       .to_value = same,
                                       .to_free = same,
                                       .log_slope = log_slope,
                                       .contains = real_contains,
                                       .holds = real_holds,
                                       .description = "a finite number",
                                       .help = "any finite number"};

const ConstraintRow constraint_real_vector = {.name = "real_vector",
                                              .low = -INFINITY,
                                              .high = INFINITY,
                                              .rank = 1,
                                              .to_value = same,
                                              .to_free = same,
                                              .log_slope = log_slope,
                                              .n_free = n_free,
                                              .member = is_vector,
                                              .description = "a vector of finite numbers",
                                              .volume = "its elements",
                                              .help = "a vector of finite numbers"};
