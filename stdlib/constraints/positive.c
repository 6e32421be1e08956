/* SPDX-License-Identifier: GPL-3.0-or-later
   Half lines, by exp or softplus. Compiled as a file of kernels. */
#include "stdlib/constraints/numbers.h"

#define IS_POSITIVE(x) ((x) > 0 && (x) <= DBL_MAX)
#define IS_NONNEGATIVE(x) ((x) >= 0 && (x) <= DBL_MAX)
#define IS_NEGATIVE(x) ((x) < 0 && (x) >= -DBL_MAX)
#define IS_BELOW(x, b, unused) ((void)(unused), (x) < (b) && (x) >= -DBL_MAX)
#define IS_ABOVE(x, a, unused) ((void)(unused), (x) > (a) && (x) <= DBL_MAX)

INSIDE(positive, IS_POSITIVE)
INSIDE(nonnegative, IS_NONNEGATIVE)
INSIDE(negative, IS_NEGATIVE)
INSIDE_BOUNDS(less_than, 1, IS_BELOW)
INSIDE_BOUNDS(greater_than, 1, IS_ABOVE)

/* exp, kept between the smallest normal and the largest number. NaN stays. */
static inline double exp_within(double u) {
    double y = exp(u);
    y = y < DBL_MIN ? DBL_MIN : y;
    return y > DBL_MAX ? DBL_MAX : y;
}

ELBO_CLONES static void positive_dual(size_t n, double *out, double *const partial[], const double *const in[]) {
    const double *u = in[0];
    VECTOR_LOOP(i, n) out[i] = exp_within(u[i]);
    if (partial[0]) VECTOR_LOOP(i, n) partial[0][i] = out[i];
}
ELEMENTWISE(positive, 1)

ELBO_CLONES static void positive_free_dual(size_t n, double *out, double *const partial[], const double *const in[]) {
    const double *x = in[0];
    VECTOR_LOOP(i, n) out[i] = log(x[i]);
    if (partial[0]) VECTOR_LOOP(i, n) partial[0][i] = 1 / x[i];
}
ELEMENTWISE(positive_free, 1)

/* log(1 + exp(u)), kept above 0. */
ELBO_CLONES static void softplus_dual(size_t n, double *out, double *const partial[], const double *const in[]) {
    const double *u = in[0];
    VECTOR_LOOP(i, n) {
        double y = (u[i] > 0 ? u[i] : 0.0) + log1p(exp(-fabs(u[i])));
        y = y < DBL_MIN ? DBL_MIN : y;
        out[i] = u[i] == u[i] ? y : u[i];
    }
    if (partial[0]) VECTOR_LOOP(i, n) {
            double e = exp(-fabs(u[i])), r = 1 / (1 + e);
            partial[0][i] = u[i] < 0 ? e * r : r;
        }
}
ELEMENTWISE(softplus, 1)

/* log(exp(x) - 1) = x + log(1 - exp(-x)). */
ELBO_CLONES static void softplus_free_dual(size_t n, double *out, double *const partial[], const double *const in[]) {
    const double *x = in[0];
    VECTOR_LOOP(i, n) out[i] = x[i] + log(-expm1(-x[i]));
    if (partial[0]) VECTOR_LOOP(i, n) partial[0][i] = -1 / expm1(-x[i]);
}
ELEMENTWISE(softplus_free, 1)

/* log of the slope of softplus: log(sigmoid(u)). */
ELBO_CLONES static void softplus_slope_dual(size_t n, double *out, double *const partial[], const double *const in[]) {
    const double *u = in[0];
    VECTOR_LOOP(i, n) out[i] = (u[i] < 0 ? u[i] : 0.0) - log1p(exp(-fabs(u[i])));
    if (partial[0]) VECTOR_LOOP(i, n) {
            double e = exp(-fabs(u[i])), r = 1 / (1 + e);
            partial[0][i] = u[i] < 0 ? r : e * r;
        }
}
ELEMENTWISE(softplus_slope, 1)

ELBO_CLONES static void negative_dual(size_t n, double *out, double *const partial[], const double *const in[]) {
    const double *u = in[0];
    VECTOR_LOOP(i, n) out[i] = -exp_within(u[i]);
    if (partial[0]) VECTOR_LOOP(i, n) partial[0][i] = out[i];
}
ELEMENTWISE(negative, 1)

ELBO_CLONES static void negative_free_dual(size_t n, double *out, double *const partial[], const double *const in[]) {
    const double *x = in[0];
    VECTOR_LOOP(i, n) out[i] = log(-x[i]);
    if (partial[0]) VECTOR_LOOP(i, n) partial[0][i] = 1 / x[i];
}
ELEMENTWISE(negative_free, 1)

/* a + exp(u), kept off a by the smallest normal number next to 0, elsewhere by one step of a's last digit. */
ELBO_CLONES static void greater_than_dual(size_t n, double *out, double *const partial[], const double *const in[]) {
    const double *u = in[0], *a = in[1];
    VECTOR_LOOP(i, n) {
        double y = a[i] + exp_within(u[i]), step = fabs(a[i]) * DBL_EPSILON, low = a[i] + (step < DBL_MIN ? DBL_MIN : step);
        y = y < low ? low : y;
        out[i] = y > DBL_MAX ? DBL_MAX : y;
    }
    if (partial[0]) VECTOR_LOOP(i, n) partial[0][i] = exp_within(u[i]);
    if (partial[1]) VECTOR_LOOP(i, n) partial[1][i] = 1;
}
ELEMENTWISE(greater_than, 2)

ELBO_CLONES static void greater_than_free_dual(size_t n, double *out, double *const partial[], const double *const in[]) {
    const double *x = in[0], *a = in[1];
    VECTOR_LOOP(i, n) out[i] = log(x[i] - a[i]);
    if (partial[0]) VECTOR_LOOP(i, n) partial[0][i] = 1 / (x[i] - a[i]);
    if (partial[1]) VECTOR_LOOP(i, n) partial[1][i] = -1 / (x[i] - a[i]);
}
ELEMENTWISE(greater_than_free, 2)

/* b - exp(u), kept off b in the same way. */
ELBO_CLONES static void less_than_dual(size_t n, double *out, double *const partial[], const double *const in[]) {
    const double *u = in[0], *b = in[1];
    VECTOR_LOOP(i, n) {
        double y = b[i] - exp_within(u[i]), step = fabs(b[i]) * DBL_EPSILON, high = b[i] - (step < DBL_MIN ? DBL_MIN : step);
        y = y > high ? high : y;
        out[i] = y < -DBL_MAX ? -DBL_MAX : y;
    }
    if (partial[0]) VECTOR_LOOP(i, n) partial[0][i] = -exp_within(u[i]);
    if (partial[1]) VECTOR_LOOP(i, n) partial[1][i] = 1;
}
ELEMENTWISE(less_than, 2)

ELBO_CLONES static void less_than_free_dual(size_t n, double *out, double *const partial[], const double *const in[]) {
    const double *x = in[0], *b = in[1];
    VECTOR_LOOP(i, n) out[i] = log(b[i] - x[i]);
    if (partial[0]) VECTOR_LOOP(i, n) partial[0][i] = -1 / (b[i] - x[i]);
    if (partial[1]) VECTOR_LOOP(i, n) partial[1][i] = 1 / (b[i] - x[i]);
}
ELEMENTWISE(less_than_free, 2)

/* ---- The rows ---- */

#define MAP(id, row, n_bounds)                                                     \
    static Value id(State *S, Value v, const Value bounds[]) {                     \
        if (!n_bounds) return operation_unary(S, &row, v);                         \
        return operation_elementwise(S, &row, (Value[]){v, bounds[0]});            \
    }

MAP(positive_to_value, positive_row, 0)
MAP(positive_to_free, positive_free_row, 0)
MAP(softplus_to_value, softplus_row, 0)
MAP(softplus_to_free, softplus_free_row, 0)
MAP(negative_to_value, negative_row, 0)
MAP(negative_to_free, negative_free_row, 0)
MAP(greater_than_to_value, greater_than_row, 1)
MAP(greater_than_to_free, greater_than_free_row, 1)
MAP(less_than_to_value, less_than_row, 1)
MAP(less_than_to_free, less_than_free_row, 1)

/* log |d exp(u) / du|. */
static Value exp_slope(State *S, Value free, Value value, const Value bounds[]) {
    (void)S;
    (void)value;
    (void)bounds;
    return free;
}

static Value softplus_slope(State *S, Value free, Value value, const Value bounds[]) {
    (void)value;
    (void)bounds;
    return operation_unary(S, &softplus_slope_row, free);
}

const ConstraintRow constraint_positive = {.name = "positive",
                                           .low = 0,
                                           .high = INFINITY,
                                           .to_value = positive_to_value,
                                           .to_free = positive_to_free,
                                           .log_slope = exp_slope,
                                           .contains = positive_contains,
                                           .holds = positive_holds,
                                           .description = "greater than 0",
                                           .help = "greater than 0; by exp from the real line"};

const ConstraintRow constraint_softplus_positive = {.name = "softplus_positive",
                                                    .low = 0,
                                                    .high = INFINITY,
                                                    .to_value = softplus_to_value,
                                                    .to_free = softplus_to_free,
                                                    .log_slope = softplus_slope,
                                                    .contains = positive_contains,
                                                    .holds = positive_holds,
                                                    .description = "greater than 0",
                                                    .help = "greater than 0; by softplus from the real line"};

const ConstraintRow constraint_nonnegative = {.name = "nonnegative",
                                              .low = 0,
                                              .high = INFINITY,
                                              .to_value = positive_to_value,
                                              .to_free = positive_to_free,
                                              .log_slope = exp_slope,
                                              .contains = nonnegative_contains,
                                              .holds = nonnegative_holds,
                                              .description = "0 or greater",
                                              .help = "0 or greater; by exp from the real line, which never gives 0 itself"};

const ConstraintRow constraint_negative = {.name = "negative",
                                           .low = -INFINITY,
                                           .high = 0,
                                           .falls = true,
                                           .to_value = negative_to_value,
                                           .to_free = negative_to_free,
                                           .log_slope = exp_slope,
                                           .contains = negative_contains,
                                           .holds = negative_holds,
                                           .description = "less than 0",
                                           .help = "less than 0; by -exp from the real line"};

const ConstraintRow constraint_less_than = {.name = "less_than",
                                            .low = -INFINITY,
                                            .high = INFINITY,
                                            .falls = true,
                                            .n_bounds = 1,
                                            .bounds = {"high"},
                                            .to_value = less_than_to_value,
                                            .to_free = less_than_to_free,
                                            .log_slope = exp_slope,
                                            .contains = less_than_contains,
                                            .relation = "less than",
                                            .description = "less than its bound",
                                            .help = "less than a number; by high - exp from the real line"};

const ConstraintRow constraint_greater_than = {.name = "greater_than",
                                               .low = -INFINITY,
                                               .high = INFINITY,
                                               .n_bounds = 1,
                                               .bounds = {"low"},
                                               .to_value = greater_than_to_value,
                                               .to_free = greater_than_to_free,
                                               .log_slope = exp_slope,
                                               .contains = greater_than_contains,
                                               .relation = "greater than",
                                               .description = "greater than its bound",
                                               .help = "greater than a number; by low + exp from the real line"};
