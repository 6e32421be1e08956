/* SPDX-License-Identifier: GPL-3.0-or-later
   Intervals, by a scaled sigmoid. Compiled as a file of kernels. */
#include "stdlib/constraints/numbers.h"

#define IS_UNIT(x) ((x) >= 0 && (x) <= 1)
#define IS_WITHIN(x, a, b) ((x) >= (a) && (x) <= (b))

INSIDE(unit_interval, IS_UNIT)
INSIDE_BOUNDS(interval, 2, IS_WITHIN)

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
ELEMENTWISE(interval, 3)

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
ELEMENTWISE(interval_free, 3)

/* log((b - a) s (1 - s)) for s = sigmoid(u). */
ELBO_CLONES static void interval_slope_dual(size_t n, double *out, double *const partial[], const double *const in[]) {
    const double *u = in[0], *a = in[1], *b = in[2];
    VECTOR_LOOP(i, n) out[i] = log(b[i] - a[i]) - fabs(u[i]) - 2 * log1p(exp(-fabs(u[i])));
    for (unsigned k = 0; k < 3; k++) {
        if (!partial[k]) continue;
        VECTOR_LOOP(i, n) {
            double e = exp(-fabs(u[i])), slope = (1 - e) / (1 + e), width = 1 / (b[i] - a[i]);
            partial[k][i] = k == 0 ? (u[i] < 0 ? slope : -slope) : k == 1 ? -width : width;
        }
    }
}
ELEMENTWISE(interval_slope, 3)

static Value interval_to_value(State *S, Value free, const Value bounds[]) {
    return operation_elementwise(S, &interval_row, (Value[]){free, bounds[0], bounds[1]});
}

static Value interval_to_free(State *S, Value value, const Value bounds[]) {
    return operation_elementwise(S, &interval_free_row, (Value[]){value, bounds[0], bounds[1]});
}

static Value interval_slope(State *S, Value free, Value value, const Value bounds[]) {
    (void)value;
    return operation_elementwise(S, &interval_slope_row, (Value[]){free, bounds[0], bounds[1]});
}

/* The bounds of the unit interval. */
#define UNIT (Value[]){value_number(0), value_number(1)}

static Value unit_to_value(State *S, Value free, const Value bounds[]) {
    (void)bounds;
    return interval_to_value(S, free, UNIT);
}

static Value unit_to_free(State *S, Value value, const Value bounds[]) {
    (void)bounds;
    return interval_to_free(S, value, UNIT);
}

static Value unit_slope(State *S, Value free, Value value, const Value bounds[]) {
    (void)bounds;
    return interval_slope(S, free, value, UNIT);
}

const ConstraintRow constraint_unit_interval = {.name = "unit_interval",
                                                .low = 0,
                                                .high = 1,
                                                .to_value = unit_to_value,
                                                .to_free = unit_to_free,
                                                .log_slope = unit_slope,
                                                .contains = unit_interval_contains,
                                                .holds = unit_interval_holds,
                                                .description = "between 0 and 1",
                                                .help = "between 0 and 1; by sigmoid from the real line"};

const ConstraintRow constraint_interval = {.name = "interval",
                                           .low = -INFINITY,
                                           .high = INFINITY,
                                           .n_bounds = 2,
                                           .bounds = {"low", "high"},
                                           .to_value = interval_to_value,
                                           .to_free = interval_to_free,
                                           .log_slope = interval_slope,
                                           .contains = interval_contains,
                                           .description = "between its bounds",
                                           .help = "between two numbers; by a scaled sigmoid from the real line"};
