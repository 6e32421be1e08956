/* SPDX-License-Identifier: GPL-3.0-or-later
   Unit vectors, by stereographic projection from the south pole: n - 1 numbers u go to (2 u, 1 - |u|^2) / (1 + |u|^2), and 0 to
   (0, …, 0, 1). Each unit vector but (0, …, 0, -1) is the image of one u, so that there is a volume: that of the sphere's
   surface changes by (2 / (1 + |u|^2))^(n - 1). */
#include <math.h>

#include "stdlib/constraints/wholes.h"

static size_t n_free(size_t n) { return n - 1; }

static Value squares(State *S, Value v) { return operation_sum(S, operation_unary(S, &elementwise_internal[INTERNAL_SQUARE], v)); }
static Value as_vector(State *S, Value number) { return operation_reshape(S, number, 1, (size_t[]){1}); }

static Value to_value(State *S, Value free, const Value bounds[]) {
    (void)bounds;
    Value one = value_number(1), twice = wholes_divide(S, value_number(2), wholes_add(S, one, squares(S, free)));
    return wholes_join(S, wholes_multiply(S, free, twice), as_vector(S, wholes_subtract(S, twice, one)));
}

/* u = x / (1 + z) for the last element z, which near the pole is x (1 - z) / |x|^2. */
static Value to_free(State *S, Value value, const Value bounds[]) {
    (void)bounds;
    size_t n = wholes_length(S, value) - 1;
    Value one = value_number(1), x = wholes_slice(S, value, 0, n), z = operation_sum(S, wholes_slice(S, value, n, 1));
    Value north = wholes_divide(S, one, wholes_add(S, one, z)), south = wholes_divide(S, wholes_subtract(S, one, z), squares(S, x));
    Value above = wholes_operate(S, OPERATOR_LESS, value_number(0), value_detached(z));
    return wholes_multiply(S, x, operation_select(S, above, north, south));
}

static Value log_slope(State *S, Value free, Value value, const Value bounds[]) {
    (void)value;
    (void)bounds;
    double n = (double)wholes_length(S, free);
    Value growth = wholes_subtract(S, value_number(log(2)), wholes_apply(S, "log1p", squares(S, free)));
    return wholes_multiply(S, value_number(n), growth);
}

static bool member(double *x, size_t n, const double bounds[], char why[CONSTRAINT_WHY]) {
    (void)bounds;
    double sum = 0;
    for (size_t k = 0; k < n; k++) sum += x[k] * x[k];
    if (fabs(sqrt(sum) - 1) <= WHOLES_TOLERANCE) return true;
    snprintf(why, CONSTRAINT_WHY, "its length is %.10g", sqrt(sum));
    return false;
}

const ConstraintRow constraint_sphere = {.name = "sphere",
                                         .low = -1,
                                         .high = 1,
                                         .rank = 1,
                                         .within = &constraint_real_vector,
                                         .to_value = to_value,
                                         .to_free = to_free,
                                         .log_slope = log_slope,
                                         .n_free = n_free,
                                         .member = member,
                                         .description = "a unit vector (of length 1)",
                                         .volume = "the sphere's surface",
                                         .help = "a vector of length 1; by stereographic projection, which leaves out (0, …, 0, -1)"};
