/* SPDX-License-Identifier: GPL-3.0-or-later
   Vectors that increase: the first element, and the logarithms of the differences (Stan reference manual, ordered vector). */
#include <float.h>
#include <math.h>

#include "stdlib/constraints/wholes.h"

static size_t n_free(size_t n) { return n; }

static Value rest_of(State *S, Value v) { return wholes_slice(S, v, 1, wholes_length(S, v) - 1); }
static Value first_of(State *S, Value v) { return wholes_slice(S, v, 0, 1); }

static Value ordered_to_value(State *S, Value free, const Value bounds[]) {
    (void)bounds;
    Value steps = wholes_exp(S, rest_of(S, free));
    return wholes_running(S, wholes_join(S, first_of(S, free), steps), true);
}

static Value log_differences(State *S, Value value) {
    size_t n = wholes_length(S, value) - 1;
    return wholes_apply(S, "log", wholes_subtract(S, wholes_slice(S, value, 1, n), wholes_slice(S, value, 0, n)));
}

static Value ordered_to_free(State *S, Value value, const Value bounds[]) {
    (void)bounds;
    return wholes_join(S, first_of(S, value), log_differences(S, value));
}

static Value ordered_slope(State *S, Value free, Value value, const Value bounds[]) {
    (void)value;
    (void)bounds;
    return operation_sum(S, rest_of(S, free));
}

static Value positive_to_value(State *S, Value free, const Value bounds[]) {
    (void)bounds;
    return wholes_running(S, wholes_exp(S, free), true);
}

static Value positive_to_free(State *S, Value value, const Value bounds[]) {
    (void)bounds;
    return wholes_join(S, wholes_apply(S, "log", first_of(S, value)), log_differences(S, value));
}

static Value positive_slope(State *S, Value free, Value value, const Value bounds[]) {
    (void)value;
    (void)bounds;
    return operation_sum(S, free);
}

static bool is_ordered(double *x, size_t n, const double bounds[], char why[CONSTRAINT_WHY]) {
    (void)bounds;
    for (size_t k = 0; k < n; k++) {
        if (!(fabs(x[k]) <= DBL_MAX)) return snprintf(why, CONSTRAINT_WHY, "its element %zu is %.10g", k, x[k]), false;
        if (k == 0 || x[k - 1] < x[k]) continue;
        snprintf(why, CONSTRAINT_WHY, "%.10g is followed by %.10g", x[k - 1], x[k]);
        return false;
    }
    return true;
}

static bool is_positive_ordered(double *x, size_t n, const double bounds[], char why[CONSTRAINT_WHY]) {
    if (x[0] > 0) return is_ordered(x, n, bounds, why);
    snprintf(why, CONSTRAINT_WHY, "its first element is %.10g", x[0]);
    return false;
}

const ConstraintRow constraint_ordered = {.name = "ordered",
                                          .low = -INFINITY,
                                          .high = INFINITY,
                                          .rank = 1,
                                          .within = &constraint_real_vector,
                                          .to_value = ordered_to_value,
                                          .to_free = ordered_to_free,
                                          .log_slope = ordered_slope,
                                          .n_free = n_free,
                                          .member = is_ordered,
                                          .description = "ordered (a vector of finite numbers, each greater than the one before)",
                                          .volume = "its elements",
                                          .help = "a vector whose elements increase; by running sums of exp"};

const ConstraintRow constraint_positive_ordered = {.name = "positive_ordered",
                                                   .low = 0,
                                                   .high = INFINITY,
                                                   .rank = 1,
                                                   .within = &constraint_ordered,
                                                   .to_value = positive_to_value,
                                                   .to_free = positive_to_free,
                                                   .log_slope = positive_slope,
                                                   .n_free = n_free,
                                                   .member = is_positive_ordered,
                                                   .description = "positive and ordered (a vector of numbers greater than 0, each greater than the one before)",
                                                   .volume = "its elements",
                                                   .help = "a vector of numbers greater than 0 that increase; by running sums of exp"};
