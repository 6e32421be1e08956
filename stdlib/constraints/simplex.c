/* SPDX-License-Identifier: GPL-3.0-or-later
   Simplexes, by stick breaking with the offsets that take 0 to equal parts (Betancourt, Cruising the simplex, 2012,
   arXiv:1010.3436; Stan reference manual, unit simplex; torch's StickBreakingTransform): of what is left of the stick, element k
   of n takes the part sigmoid(u[k] - log(n - 1 - k)). Computed by logarithms, so that no part is 0. */
#include <math.h>

#include "stdlib/constraints/wholes.h"

static size_t n_free(size_t n) { return n - 1; }

/* log(n - 1 - k) for each of the n - 1 parts. */
static Value offsets(State *S, size_t n_parts) {
    Array *a = array_new(S, layout_vector(S, n_parts));
    for (size_t k = 0; k < n_parts; k++) a->data[k] = log((double)(n_parts - k));
    return value_array(a, 0);
}

/* The logarithms of the parts (log_part), of what they leave (log_rest), and of the stick before each of them and after the
   last. */
typedef struct Stick {
    Value log_part, log_rest, before;
} Stick;

static Stick stick_of(State *S, Value free) {
    size_t n = wholes_length(S, free), m = n + 1;
    Value t = wholes_subtract(S, free, offsets(S, n)), minus = operation_unary(S, &elementwise_operators[OPERATOR_NEGATE], t);
    Stick stick;
    stick.log_part = operation_unary(S, &elementwise_operators[OPERATOR_NEGATE], wholes_apply(S, "softplus", minus));
    stick.log_rest = operation_unary(S, &elementwise_operators[OPERATOR_NEGATE], wholes_apply(S, "softplus", t));
    ptrdiff_t *place = wholes_places(S, m);
    for (size_t k = 0; k < m; k++) place[k] = (ptrdiff_t)k - 1; /* WHOLES_ZERO first */
    stick.before = wholes_running(S, wholes_arrange(S, stick.log_rest, value_none(), 1, &m, place), false);
    return stick;
}

static Value to_value(State *S, Value free, const Value bounds[]) {
    (void)bounds;
    size_t n = wholes_length(S, free), m = n + 1;
    Stick stick = stick_of(S, free);
    ptrdiff_t *place = wholes_places(S, m);
    for (size_t k = 0; k < m; k++) place[k] = k < n ? (ptrdiff_t)k : WHOLES_ZERO;
    Value parts = wholes_arrange(S, stick.log_part, value_none(), 1, &m, place);
    return wholes_exp(S, wholes_add(S, parts, stick.before));
}

/* u[k] = log(x[k] / the sum behind it) + offset. */
static Value to_free(State *S, Value value, const Value bounds[]) {
    (void)bounds;
    size_t n = wholes_length(S, value) - 1;
    Value tails = wholes_reverse(S, wholes_running(S, wholes_reverse(S, value), false));
    Value part = wholes_apply(S, "log", wholes_slice(S, value, 0, n)), rest = wholes_apply(S, "log", wholes_slice(S, tails, 1, n));
    return wholes_add(S, wholes_subtract(S, part, rest), offsets(S, n));
}

/* Of the first n - 1 elements: the sum of log(before[k] part[k] rest[k]). */
static Value log_slope(State *S, Value free, Value value, const Value bounds[]) {
    (void)value;
    (void)bounds;
    Stick stick = stick_of(S, free);
    Value before = wholes_slice(S, stick.before, 0, wholes_length(S, free));
    return operation_sum(S, wholes_add(S, wholes_add(S, stick.log_part, stick.log_rest), before));
}

static bool member(double *x, size_t n, const double bounds[], char why[CONSTRAINT_WHY]) {
    (void)bounds;
    double sum = 0;
    for (size_t k = 0; k < n; k++) {
        if (!(x[k] >= 0)) return snprintf(why, CONSTRAINT_WHY, "its element %zu is %.10g", k, x[k]), false;
        sum += x[k];
    }
    if (fabs(sum - 1) <= WHOLES_TOLERANCE) return true;
    snprintf(why, CONSTRAINT_WHY, "its elements sum to %.10g", sum);
    return false;
}

const ConstraintRow constraint_simplex = {.name = "simplex",
                                          .low = 0,
                                          .high = 1,
                                          .rank = 1,
                                          .within = &constraint_real_vector,
                                          .to_value = to_value,
                                          .to_free = to_free,
                                          .log_slope = log_slope,
                                          .n_free = n_free,
                                          .member = member,
                                          .description = "a simplex (numbers, 0 or greater, that sum to 1)",
                                          .volume = "its first n - 1 elements",
                                          .help = "a vector of numbers, 0 or greater, that sum to 1; by stick breaking"};
