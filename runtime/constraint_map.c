/* SPDX-License-Identifier: GPL-3.0-or-later
   Constraints: the maps from the unconstrained numbers and back. Of whole vectors and matrices the leading dimensions become
   lanes for the time of the map. */
#include <math.h>
#include <stdio.h>

#include "runtime/array.h"
#include "runtime/constraint.h"
#include "runtime/error.h"
#include "runtime/mask.h"
#include "runtime/message.h"
#include "runtime/operations.h"
#include "runtime/shape.h"

/* ---- Shapes ---- */

/* The n with n_free(n) == count; 0: there is none. */
static size_t length_of_image(const ConstraintRow *row, size_t count) {
    for (size_t n = 1; n <= count + 1; n++)
        if (row->n_free(n) >= count) return row->n_free(n) == count ? n : 0;
    return 0;
}

const Layout *constraint_value_layout(State *S, const ConstraintRow *row, const Layout *layout) {
    if (row->rank == 0) return layout;
    if (layout->rank == 0 || layout->rank + row->rank - 1u > LAYOUT_RANK) return NULL;
    size_t n = length_of_image(row, layout->dims[layout->rank - 1]), dims[LAYOUT_RANK + 1];
    if (n == 0) return NULL;
    for (unsigned k = 0; k + 1 < layout->rank; k++) dims[k] = layout->dims[k];
    dims[layout->rank - 1] = dims[layout->rank] = n;
    return layout_with_event(S, layout, layout->rank + row->rank - 1u, dims);
}

const Layout *constraint_free_layout(State *S, const ConstraintRow *row, const Layout *layout) {
    if (row->rank == 0) return layout;
    if (layout->rank < row->rank) return NULL;
    unsigned leading = layout->rank - row->rank;
    size_t n = layout->dims[leading], dims[LAYOUT_RANK];
    if (n == 0 || (row->rank == 2 && layout->dims[leading + 1] != n)) return NULL;
    for (unsigned k = 0; k < leading; k++) dims[k] = layout->dims[k];
    dims[leading] = row->n_free(n);
    return layout_with_event(S, layout, leading + 1, dims);
}

/* ---- Leading dimensions ---- */

typedef Value ConstraintMap(State *S, const ConstraintRow *row, const Value bounds[], const Value v[2]);

/* v with its leading dimensions, all but the last `rank`, as one. */
static Value flattened(State *S, Value v, unsigned rank, size_t n) {
    const Layout *l = value_layout(S, v);
    if (l->rank == rank + 1) return v;
    size_t dims[LAYOUT_RANK] = {n};
    for (unsigned k = 0; k < rank; k++) dims[k + 1] = l->dims[l->rank - rank + k];
    return operation_reshape(S, v, rank + 1, dims);
}

/* Maps each of the wholes along the last ranks[k] dimensions of v[k]. */
static Value each_whole(State *S, const ConstraintRow *row, const Value bounds[], const Value given[2], const unsigned ranks[2], const Layout *out,
                        ConstraintMap *map) {
    const Layout *l = value_layout(S, given[0]);
    unsigned leading = l->rank - ranks[0];
    if (leading == 0) return map(S, row, bounds, given);
    size_t n = 1;
    for (unsigned k = 0; k < leading; k++) n *= l->dims[k];
    if (out->components == 0 || n == 0) return value_array(array_zero(S, out), 0);
    Value v[2] = {flattened(S, given[0], ranks[0], n), value_none()};
    if (given[1].tag != VALUE_NONE) v[1] = flattened(S, given[1], ranks[1], n);
    Axis *axis = plate_begin(S, string_of(S, "<members>"), n)->axis;
    for (int k = 0; k < 2 && v[k].tag != VALUE_NONE; k++) v[k] = operation_cross_in(S, v[k], axis, n, 0);
    Value result = map(S, row, bounds, v);
    plate_leave(S);
    result = operation_cross_out(S, result, axis, n, 0);
    return leading == 1 ? result : operation_reshape(S, result, out->rank, out->dims);
}

static Value map_to_value(State *S, const ConstraintRow *row, const Value bounds[], const Value v[2]) { return row->to_value(S, v[0], bounds); }
static Value map_to_free(State *S, const ConstraintRow *row, const Value bounds[], const Value v[2]) { return row->to_free(S, v[0], bounds); }
static Value map_log_slope(State *S, const ConstraintRow *row, const Value bounds[], const Value v[2]) {
    return row->log_slope(S, v[0], v[1], bounds);
}

/* ---- The maps ---- */

/* How many unconstrained numbers there may be: "1, 3, 6, …". */
static const char *counts_of(const ConstraintRow *row, char text[SHAPE_TEXT]) {
    snprintf(text, SHAPE_TEXT, "%zu, %zu, %zu, …", row->n_free(2), row->n_free(3), row->n_free(4));
    return text;
}

static _Noreturn void raise_shape(State *S, const ConstraintRow *row, const Layout *given, bool free) {
    char shape[SHAPE_TEXT], counts[SHAPE_TEXT];
    const char *advice = free ? error_text(S, "Unconstrained, a %s is a vector of %s numbers.", row->name, counts_of(row, counts)) : NULL;
    error_raise(S, "shape-mismatch", advice, free ? "a %s is no unconstrained form of a %s" : "a %s is no %s", shape_text(given, shape), row->name);
}

Value constraint_to_value(State *S, const ConstraintRow *row, const Value bounds[], Value free) {
    if (row->rank == 0) return row->to_value(S, free, bounds);
    const Layout *l = value_layout(S, free), *out = constraint_value_layout(S, row, l);
    if (!out) raise_shape(S, row, l, true);
    return each_whole(S, row, bounds, (Value[]){free, value_none()}, (unsigned[]){1, 0}, out, map_to_value);
}

Value constraint_inverse(State *S, const ConstraintRow *row, const Value bounds[], Value value) {
    if (row->rank == 0) return row->to_free(S, value, bounds);
    const Layout *l = value_layout(S, value), *out = constraint_free_layout(S, row, l);
    if (!out) raise_shape(S, row, l, false);
    return each_whole(S, row, bounds, (Value[]){value, value_none()}, (unsigned[]){row->rank, 0}, out, map_to_free);
}

Value constraint_log_slope(State *S, const ConstraintRow *row, const Value bounds[], Value free, Value value) {
    if (row->rank == 0) return row->log_slope(S, free, value, bounds);
    const Layout *l = value_layout(S, free);
    if (!constraint_value_layout(S, row, l)) raise_shape(S, row, l, true);
    const Layout *out = layout_with_event(S, l, l->rank - 1u, l->dims);
    return each_whole(S, row, bounds, (Value[]){free, value}, (unsigned[]){1, row->rank}, out, map_log_slope);
}

_Noreturn void constraint_raise_fixed(State *S, const ConstraintRow *row) {
    error_raise(S, "wrong-type", "Use real, positive, unit_interval, interval(a, b), simplex or another constraint.",
                "'%s' is no constraint for a param: it has no gradient", row->name);
}

/* Whether an element is not finite in a lane that is on. */
static bool has_edge(State *S, Value free) {
    double unused;
    return constraint_is_broken(S, constraint_rows[CONSTRAINT_REAL], NULL, value_detached(free), &unused);
}

/* The first element of a set of numbers whose preimage is not finite. */
static double edge_element(State *S, Value value, Value free) {
    double a[LANE_BLOCK], b[LANE_BLOCK];
    const double *x = value_data(value, a), *u = value_data(free, b);
    const Layout *l = value_layout(S, free);
    for (size_t i = 0; value_layout(S, value) == l && i < l->size; i++)
        if (!isfinite(u[i]) && (l->n_axes == 0 || i % l->row < l->axes[l->n_axes - 1]->size)) return x[i];
    return x[0];
}

static _Noreturn void raise_initial(State *S, const char *complaint) {
    error_raise(S, "bad-initial-value", "Choose another value, or another constraint.", "this value %s", complaint);
}

Value constraint_to_free(State *S, const ConstraintRow *row, const Value bounds[], Value value) {
    double offender;
    for (unsigned k = 0; k < row->n_bounds; k++)
        if (constraint_is_broken(S, constraint_rows[CONSTRAINT_REAL], NULL, value_detached(bounds[k]), &offender))
            error_raise(S, "bad-argument", "Sets with one bound are greater_than(low) and less_than(high).",
                        "%s of %s must be finite here, but it is %.10g", row->bounds[k], row->name, offender);
    if (!value_is_numeric(value))
        error_raise(S, "bad-initial-value", NULL, "a value that must be %s must be a number, a vector or a matrix", constraint_words(S, row, bounds));
    if (constraint_is_broken(S, row, bounds, value, &offender)) raise_initial(S, constraint_complaint(S, row, bounds, value));
    Value free = constraint_inverse(S, row, bounds, value);
    if (!has_edge(S, free)) return free;
    char words[2 * CONSTRAINT_WHY];
    snprintf(words, sizeof words, "%s", constraint_words(S, row, bounds));
    if (row->rank) raise_initial(S, error_text(S, "must be %s, and may not lie on its edge, which no parameter reaches", words));
    raise_initial(S, error_text(S, "must be %s, and not the end of that, but it is %.10g", words, edge_element(S, value, free)));
}
