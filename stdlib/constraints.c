/* SPDX-License-Identifier: GPL-3.0-or-later
   The registry of constraints, with the transforms from the real line. Compiled as a file of kernels. */
#include "runtime/constraint.h"

#include <float.h>

#include "runtime/error.h"
#include "runtime/kernels/vector.h"
#include "runtime/operations.h"

/* ---- Checks: `holds` for stretches of numbers, and the same as elementwise functions ---- */

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

#define IS_REAL(x) (fabs(x) <= DBL_MAX)
#define IS_POSITIVE(x) ((x) > 0 && (x) <= DBL_MAX)
#define IS_NONNEGATIVE(x) ((x) >= 0 && (x) <= DBL_MAX)
#define IS_UNIT(x) ((x) >= 0 && (x) <= 1)
#define IS_BOOLEAN(x) ((x) == 0 || (x) == 1)
#define IS_INTEGER(x) (fabs(x) <= DBL_MAX && floor(x) == (x))
#define IS_COUNT(x) ((x) >= 0 && (x) <= DBL_MAX && floor(x) == (x))

INSIDE(real, IS_REAL)
INSIDE(positive, IS_POSITIVE)
INSIDE(nonnegative, IS_NONNEGATIVE)
INSIDE(unit_interval, IS_UNIT)
INSIDE(boolean, IS_BOOLEAN)
INSIDE(integer, IS_INTEGER)
INSIDE(nonnegative_integer, IS_COUNT)

ELBO_CLONES static void interval_test(size_t n, double *out, const double *const in[]) {
    const double *x = in[0], *a = in[1], *b = in[2];
    VECTOR_LOOP(i, n) out[i] = x[i] >= a[i] && x[i] <= b[i] ? 1.0 : 0.0;
}

static Value interval_contains(State *S, Value value, const Value bounds[]) {
    static const Elementwise row = {.name = "interval", .arity = 3, .boolean = true, .value = interval_test};
    return operation_elementwise(S, &row, (Value[]){value, bounds[0], bounds[1]});
}

ELBO_CLONES static void integer_interval_test(size_t n, double *out, const double *const in[]) {
    const double *x = in[0], *a = in[1], *b = in[2];
    VECTOR_LOOP(i, n) out[i] = x[i] >= a[i] && x[i] <= b[i] && floor(x[i]) == x[i] ? 1.0 : 0.0;
}

static Value integer_interval_contains(State *S, Value value, const Value bounds[]) {
    static const Elementwise row = {.name = "integer_interval", .arity = 3, .boolean = true, .value = integer_interval_test};
    return operation_elementwise(S, &row, (Value[]){value, bounds[0], bounds[1]});
}

/* ---- Transforms ---- */

/* exp, kept between the smallest normal and the largest number. */
ELBO_CLONES static void exp_dual(size_t n, double *out, double *const partial[], const double *const in[]) {
    const double *u = in[0];
    VECTOR_LOOP(i, n) {
        double y = exp(u[i]);
        y = y < DBL_MIN ? DBL_MIN : y;
        out[i] = y > DBL_MAX ? DBL_MAX : y;
    }
    if (partial[0]) VECTOR_LOOP(i, n) partial[0][i] = out[i];
}

static void exp_value(size_t n, double *out, const double *const in[]) { exp_dual(n, out, (double *[1]){NULL}, in); }

static const Elementwise exp_row = {.name = "positive", .arity = 1, .value = exp_value, .dual = exp_dual};

/* a + (b - a) sigmoid(u), from the nearer end, so that neither end loses digits; then kept off the ends themselves: by the
   smallest normal number next to 0, elsewhere by one step of the end's last digit. */
ELBO_CLONES static void interval_dual(size_t n, double *out, double *const partial[], const double *const in[]) {
    const double *u = in[0], *a = in[1], *b = in[2];
    VECTOR_LOOP(i, n) {
        double e = exp(-fabs(u[i])), width = b[i] - a[i];
        double near = e / (1 + e), y = u[i] < 0 ? a[i] + width * near : b[i] - width * near;
        double step_a = fabs(a[i]) * DBL_EPSILON, step_b = fabs(b[i]) * (DBL_EPSILON / 2);
        double low = a[i] + (step_a < DBL_MIN ? DBL_MIN : step_a), high = b[i] - (step_b < DBL_MIN ? DBL_MIN : step_b);
        y = y < low ? low : y;
        y = y > high ? high : y;
        out[i] = u[i] == u[i] ? y : u[i];
    }
    for (unsigned k = 0; k < 3; k++) {
        if (!partial[k]) continue;
        VECTOR_LOOP(i, n) {
            double e = exp(-fabs(u[i])), near = e / (1 + e), far = 1 / (1 + e);
            double s = u[i] < 0 ? near : far, rest = u[i] < 0 ? far : near;
            partial[k][i] = k == 0 ? (b[i] - a[i]) * near * far : k == 1 ? rest : s;
        }
    }
}

static void interval_value(size_t n, double *out, const double *const in[]) {
    interval_dual(n, out, (double *[3]){NULL, NULL, NULL}, in);
}

static const Elementwise interval_row = {.name = "interval", .arity = 3, .value = interval_value, .dual = interval_dual};

/* log((x - a) / (b - x)). */
ELBO_CLONES static void interval_free_dual(size_t n, double *out, double *const partial[], const double *const in[]) {
    const double *x = in[0], *a = in[1], *b = in[2];
    VECTOR_LOOP(i, n) out[i] = log((x[i] - a[i]) / (b[i] - x[i]));
    for (unsigned k = 0; k < 3; k++) {
        if (!partial[k]) continue;
        VECTOR_LOOP(i, n) {
            double low = 1 / (x[i] - a[i]), high = 1 / (b[i] - x[i]);
            partial[k][i] = k == 0 ? low + high : k == 1 ? -low : -high;
        }
    }
}

static void interval_free_value(size_t n, double *out, const double *const in[]) {
    interval_free_dual(n, out, (double *[3]){NULL, NULL, NULL}, in);
}

static const Elementwise interval_free_row = {
    .name = "interval", .arity = 3, .value = interval_free_value, .dual = interval_free_dual};

ELBO_CLONES static void log_dual(size_t n, double *out, double *const partial[], const double *const in[]) {
    const double *x = in[0];
    VECTOR_LOOP(i, n) out[i] = log(x[i]);
    if (partial[0]) VECTOR_LOOP(i, n) partial[0][i] = 1 / x[i];
}

static void log_value(size_t n, double *out, const double *const in[]) { log_dual(n, out, (double *[1]){NULL}, in); }

static const Elementwise log_row = {.name = "positive", .arity = 1, .value = log_value, .dual = log_dual};

/* The transform's inverse needs a value inside, not on the edge. */
static void check_inside(State *S, const ConstraintRow *row, const Value bounds[], Value value) {
    double offender;
    if (!value_is_numeric(value))
        error_raise(S, "bad-initial-value", NULL, "a value that must be %s must be a number, a vector or a matrix",
                    constraint_words(S, row, bounds));
    if (!constraint_is_broken(S, row, bounds, value, &offender)) return;
    error_raise(S, "bad-initial-value", "Choose another value, or another constraint.",
                "this value must be %s, but it is %.10g", constraint_words(S, row, bounds), offender);
}

static Value real_transform(State *S, Value value, const Value bounds[]) {
    (void)S;
    (void)bounds;
    return value;
}

static Value real_free(State *S, Value value, const Value bounds[]) {
    check_inside(S, &constraint_rows[CONSTRAINT_REAL], bounds, value);
    return value;
}

static Value positive_transform(State *S, Value unconstrained, const Value bounds[]) {
    (void)bounds;
    return operation_unary(S, &exp_row, unconstrained);
}

static Value positive_free(State *S, Value value, const Value bounds[]) {
    check_inside(S, &constraint_rows[CONSTRAINT_POSITIVE], bounds, value);
    return operation_unary(S, &log_row, value);
}

static Value interval_transform(State *S, Value unconstrained, const Value bounds[]) {
    return operation_elementwise(S, &interval_row, (Value[]){unconstrained, bounds[0], bounds[1]});
}

/* Inside, and not on an edge: the check of open intervals. */
ELBO_CLONES static void open_test(size_t n, double *out, const double *const in[]) {
    const double *x = in[0], *a = in[1], *b = in[2];
    VECTOR_LOOP(i, n) out[i] = x[i] > a[i] && x[i] < b[i] ? 1.0 : 0.0;
}

static Value open_contains(State *S, Value value, const Value bounds[]) {
    static const Elementwise row = {.name = "interval", .arity = 3, .boolean = true, .value = open_test};
    return operation_elementwise(S, &row, (Value[]){value, bounds[0], bounds[1]});
}

static const ConstraintRow open_interval = {
    .name = "interval", .n_bounds = 2, .contains = open_contains, .description = "between its bounds"};

static Value interval_free(State *S, Value value, const Value bounds[]) {
    check_inside(S, &open_interval, bounds, value);
    return operation_elementwise(S, &interval_free_row, (Value[]){value, bounds[0], bounds[1]});
}

static Value unit_transform(State *S, Value unconstrained, const Value bounds[]) {
    (void)bounds;
    return interval_transform(S, unconstrained, (Value[]){value_number(0), value_number(1)});
}

static Value unit_free(State *S, Value value, const Value bounds[]) {
    (void)bounds;
    return interval_free(S, value, (Value[]){value_number(0), value_number(1)});
}

/* ---- The rows ---- */

const ConstraintRow constraint_rows[] = {
    [CONSTRAINT_REAL] = {.name = "real",
                         .to_value = real_transform,
                         .to_free = real_free,
                         .contains = real_contains,
                         .holds = real_holds,
                         .description = "a finite number",
                         .help = "any finite number"},
    [CONSTRAINT_POSITIVE] = {.name = "positive",
                             .to_value = positive_transform,
                             .to_free = positive_free,
                             .contains = positive_contains,
                             .holds = positive_holds,
                             .description = "greater than 0",
                             .help = "greater than 0; by exp from the real line"},
    [CONSTRAINT_NONNEGATIVE] = {.name = "nonnegative",
                                .to_value = positive_transform,
                                .to_free = positive_free,
                                .contains = nonnegative_contains,
                                .holds = nonnegative_holds,
                                .description = "0 or greater",
                                .help = "0 or greater; by exp from the real line, which never gives 0 itself"},
    [CONSTRAINT_UNIT_INTERVAL] = {.name = "unit_interval",
                                  .to_value = unit_transform,
                                  .to_free = unit_free,
                                  .contains = unit_interval_contains,
                                  .holds = unit_interval_holds,
                                  .description = "between 0 and 1",
                                  .help = "between 0 and 1; by sigmoid from the real line"},
    [CONSTRAINT_INTERVAL] = {.name = "interval",
                             .n_bounds = 2,
                             .bounds = {"low", "high"},
                             .to_value = interval_transform,
                             .to_free = interval_free,
                             .contains = interval_contains,
                             .description = "between its bounds",
                             .help = "interval(low, high): between two numbers; by a scaled sigmoid from the real line"},
    [CONSTRAINT_BOOLEAN] = {.name = "boolean",
                            .contains = boolean_contains,
                            .holds = boolean_holds,
                            .description = "true or false",
                            .help = "true or false, or 1 or 0"},
    [CONSTRAINT_INTEGER] = {.name = "integer",
                            .contains = integer_contains,
                            .holds = integer_holds,
                            .description = "a whole number",
                            .help = "a whole number"},
    [CONSTRAINT_NONNEGATIVE_INTEGER] = {.name = "nonnegative_integer",
                                        .contains = nonnegative_integer_contains,
                                        .holds = nonnegative_integer_holds,
                                        .description = "a whole number, 0 or greater",
                                        .help = "a whole number, 0 or greater"},
    [CONSTRAINT_INTEGER_INTERVAL] = {.name = "integer_interval",
                                     .n_bounds = 2,
                                     .bounds = {"low", "high"},
                                     .bounds_may_meet = true,
                                     .contains = integer_interval_contains,
                                     .description = "a whole number between its bounds",
                                     .help = "integer_interval(low, high): a whole number from low to high"},
    [CONSTRAINTS] = {.name = NULL},
};
