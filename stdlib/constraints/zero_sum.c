/* SPDX-License-Identifier: GPL-3.0-or-later
   Vectors that sum to 0, as the isometric image of one number less (NumPyro's and PyMC's ZeroSumTransform: a Householder
   reflection that takes the last axis to minus the direction of equal elements). Lengths stay, so the volume does. */
#include <math.h>

#include "stdlib/constraints/wholes.h"

static size_t n_free(size_t n) { return n - 1; }

static Value to_value(State *S, Value free, const Value bounds[]) {
    (void)bounds;
    double n = (double)wholes_length(S, free) + 1, root = sqrt(n);
    Value sum = operation_sum(S, free);
    Value shift = wholes_multiply(S, sum, value_number(1 / (root + n)));
    Value last = wholes_multiply(S, sum, value_number(-1 / root));
    return wholes_join(S, wholes_subtract(S, free, shift), operation_reshape(S, last, 1, (size_t[]){1}));
}

static Value to_free(State *S, Value value, const Value bounds[]) {
    (void)bounds;
    size_t length = wholes_length(S, value) - 1;
    double n = (double)length + 1, root = sqrt(n);
    Value last = operation_sum(S, wholes_slice(S, value, length, 1));
    Value shift = wholes_multiply(S, last, value_number(-root / (root + n)));
    return wholes_add(S, wholes_slice(S, value, 0, length), shift);
}

static Value log_slope(State *S, Value free, Value value, const Value bounds[]) {
    (void)S;
    (void)free;
    (void)value;
    (void)bounds;
    return value_number(0);
}

/* To the size of the elements, as sums round. */
static bool member(double *x, size_t n, const double bounds[], char why[CONSTRAINT_WHY]) {
    (void)bounds;
    double sum = 0, size = 1;
    for (size_t k = 0; k < n; k++) {
        if (!isfinite(x[k])) return snprintf(why, CONSTRAINT_WHY, "its element %zu is %.10g", k, x[k]), false;
        sum += x[k];
        size = fmax(size, fabs(x[k]));
    }
    if (fabs(sum) <= WHOLES_TOLERANCE * size) return true;
    snprintf(why, CONSTRAINT_WHY, "its elements sum to %.10g", sum);
    return false;
}

const ConstraintRow constraint_zero_sum = {.name = "zero_sum",
                                           .low = -INFINITY,
                                           .high = INFINITY,
                                           .rank = 1,
                                           .within = &constraint_real_vector,
                                           .to_value = to_value,
                                           .to_free = to_free,
                                           .log_slope = log_slope,
                                           .n_free = n_free,
                                           .member = member,
                                           .description = "a vector that sums to 0",
                                           .volume = "the plane that they lie in",
                                           .help = "a vector of numbers that sum to 0; by an isometry from one number less"};
