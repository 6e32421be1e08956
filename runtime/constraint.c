/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "runtime/constraint.h"

#include <string.h>

#include "runtime/error.h"
#include "runtime/gc.h"
#include "runtime/spread.h"

const ConstraintRow *constraint_find(const char *name) {
    for (const ConstraintRow *row = constraint_rows; row->name; row++)
        if (strcmp(row->name, name) == 0) return row;
    return NULL;
}

Constraint *constraint_new(State *S, const ConstraintRow *row, const Value bounds[]) {
    if (row->n_bounds == 2 && bounds[0].tag == VALUE_NUMBER && bounds[1].tag == VALUE_NUMBER &&
        !(bounds[0].as.number < bounds[1].as.number) &&
        !(row->bounds_may_meet && bounds[0].as.number == bounds[1].as.number))
        error_raise(S, "bad-argument", NULL, "%s of %s must be less than %s, but %.10g is not less than %.10g", row->bounds[0],
                    row->name, row->bounds[1], bounds[0].as.number, bounds[1].as.number);
    Constraint *c = gc_new(S, VALUE_CONSTRAINT, sizeof *c);
    c->row = row;
    for (unsigned k = 0; k < row->n_bounds; k++) c->bounds[k] = bounds[k];
    return c;
}

/* Looks for the first element that is not inside and whose lane is on. */
static bool find_offender(State *S, Array *inside, Value value, double *offender) {
    double number[LANE_BLOCK];
    const Layout *layout = inside->layout, *of_value = value_layout(S, value);
    const Layout *joint = S->mask ? layout_join(S, layout, S->mask->layout) : layout;
    const double *data = value_data(value, number);
    double on[SPREAD_BLOCK], ok[SPREAD_BLOCK], x[SPREAD_BLOCK];
    size_t length = joint->n_axes ? joint->axes[joint->n_axes - 1]->size : joint->components;
    for (size_t offset = 0, n; offset < joint->size; offset += n) {
        n = spread_stretch(joint, offset);
        spread_fill(layout, inside->data, joint, offset, n, ok);
        spread_fill(of_value, data, joint, offset, n, x);
        if (S->mask) spread_fill(S->mask->layout, S->mask->data, joint, offset, n, on);
        for (size_t i = 0; i < n; i++) {
            if (ok[i] != 0 || (S->mask && on[i] == 0) || (offset + i) % joint->row >= length) continue;
            *offender = x[i];
            return true;
        }
    }
    return false;
}

/* Whether all elements, padding left out, pass the row's quick test. */
static bool all_hold(const ConstraintRow *row, const Array *array) {
    const Layout *l = array->layout;
    if (l->n_axes == 0) return row->holds(l->components, array->data);
    size_t rows = l->components * l->rows, length = l->axes[l->n_axes - 1]->size;
    for (size_t r = 0; r < rows; r++)
        if (!row->holds(length, array->data + r * l->row)) return false;
    return true;
}

bool constraint_is_broken(State *S, const ConstraintRow *row, const Value bounds[], Value value, double *offender) {
    if (row->holds) {
        double number[LANE_BLOCK];
        if (value.tag != VALUE_ARRAY) {
            *offender = value_data(value, number)[0];
            return !row->holds(1, offender);
        }
        if (all_hold(row, value.as.array)) return false;
    }
    Value inside = row->contains(S, value_detached(value), bounds);
    if (inside.tag == VALUE_ARRAY) return find_offender(S, inside.as.array, value, offender);
    double number[LANE_BLOCK];
    *offender = value_data(value, number)[0];
    return !inside.as.boolean;
}

const char *constraint_words(State *S, const ConstraintRow *row, const Value bounds[]) {
    if (row->n_bounds == 2 && bounds && bounds[0].tag == VALUE_NUMBER && bounds[1].tag == VALUE_NUMBER)
        return error_text(S, "between %.10g and %.10g", bounds[0].as.number, bounds[1].as.number);
    return row->description;
}
