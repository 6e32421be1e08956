/* SPDX-License-Identifier: GPL-3.0-or-later
   Constraints: making them, and checks. */
#include "runtime/constraint.h"

#include <stdio.h>
#include <string.h>

#include "runtime/array.h"
#include "runtime/error.h"
#include "runtime/gc.h"
#include "runtime/spread.h"

const ConstraintRow *constraint_find(const char *name) {
    for (const ConstraintRow *const *row = constraint_rows; *row; row++)
        if (strcmp((*row)->name, name) == 0) return *row;
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

void constraint_mark(State *S, Object *object) {
    Constraint *constraint = (Constraint *)object;
    for (unsigned k = 0; k < constraint->row->n_bounds; k++) gc_mark_value(S, constraint->bounds[k]);
}

void constraint_ends(const ConstraintRow *row, const Value bounds[], Value ends[2]) {
    ends[0] = value_number(row->low);
    ends[1] = value_number(row->high);
    for (unsigned k = 0; k < row->n_bounds; k++) ends[strcmp(row->bounds[k], "low") != 0] = bounds[k];
}

bool constraint_is_within(const ConstraintRow *inner, const ConstraintRow *outer) {
    while (inner && inner != outer) inner = inner->within;
    return inner != NULL;
}

/* ---- Numbers ---- */

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

/* ---- Whole vectors and matrices ---- */

/* Walks the members of a value. */
typedef struct Members {
    const ConstraintRow *row;
    const Layout *layout, *outer; /* of the value, with all lanes that matter; without the members' dimensions */
    const double *data;           /* over `layout` */
    const double *bound, *on;     /* over the lanes of `outer`, components left out; NULL: none, all on */
    size_t n, size;               /* a member is of length n; its numbers */
    double *x;                    /* room for one */
} Members;

static double *spread_over(State *S, Value v, const Layout *to) {
    double number[LANE_BLOCK];
    const double *data = value_data(v, number);
    Array *out = array_new(S, to);
    for (size_t offset = 0, n; offset < to->size; offset += n) {
        n = spread_stretch(to, offset);
        spread_fill(value_layout(S, v), data, to, offset, n, out->data + offset);
    }
    return out->data;
}

/* Whether the value's shape is one of members at all; else `why` says what is wrong. */
static bool has_shape(const ConstraintRow *row, const Layout *l, char why[CONSTRAINT_WHY]) {
    const char *wrong = NULL;
    if (l->rank < row->rank) wrong = l->rank ? "it is a vector" : "it is a number";
    else if (row->rank == 2 && l->dims[l->rank - 2] != l->dims[l->rank - 1]) wrong = "it is not square";
    else if (l->components == 0) wrong = "it has no elements";
    if (wrong) snprintf(why, CONSTRAINT_WHY, "%s", wrong);
    return !wrong;
}

static Members members_of(State *S, const ConstraintRow *row, const Value bounds[], Value value, bool masked) {
    const Layout *l = value_layout(S, value);
    if (row->n_bounds) l = layout_join_lanes(S, l, value_layout(S, bounds[0]));
    if (masked && S->mask) l = layout_join_lanes(S, l, S->mask->layout);
    const Layout *lanes = layout_with_event(S, l, 0, NULL);
    size_t n = l->dims[l->rank - 1], size = row->rank == 2 ? n * n : n;
    return (Members){.row = row, .layout = l, .outer = layout_with_event(S, l, l->rank - row->rank, l->dims),
                     .data = spread_over(S, value, l), .bound = row->n_bounds ? spread_over(S, bounds[0], lanes) : NULL,
                     .on = masked && S->mask ? spread_over(S, value_array(S->mask, 0), lanes) : NULL,
                     .n = n, .size = size, .x = array_new(S, layout_vector(S, 2 * size))->data};
}

/* The member number `component` of the leading dimensions, in a lane: whether it lies in the set. */
static bool members_check(const Members *m, size_t component, size_t lane, char why[CONSTRAINT_WHY]) {
    for (size_t k = 0; k < m->size; k++) m->x[k] = m->data[(component * m->size + k) * m->layout->stride + lane];
    double bounds[1] = {m->bound ? m->bound[lane] : 0};
    return m->row->member(m->x, m->n, bounds, why);
}

/* Whether a member that counts is out of the set, which is left in m->x then. */
static bool members_find(const Members *m, char why[CONSTRAINT_WHY]) {
    const Layout *l = m->layout;
    size_t lanes = l->n_axes ? l->stride : 1, length = l->n_axes ? l->axes[l->n_axes - 1]->size : 1;
    for (size_t c = 0; c < m->outer->components; c++)
        for (size_t lane = 0; lane < lanes; lane++) {
            if (lane % l->row >= length || (m->on && m->on[lane] == 0)) continue;
            if (!members_check(m, c, lane, why)) return true;
        }
    return false;
}

static bool whole_is_broken(State *S, const ConstraintRow *row, const Value bounds[], Value value, double *offender, char why[CONSTRAINT_WHY]) {
    double number[LANE_BLOCK];
    const Layout *l = value_layout(S, value);
    *offender = l->components ? value_data(value, number)[0] : 0;
    if (!has_shape(row, l, why)) return true;
    Members m = members_of(S, row, bounds, value, true);
    if (!members_find(&m, why)) return false;
    *offender = m.x[0];
    return true;
}

/* ---- For both ---- */

bool constraint_is_broken(State *S, const ConstraintRow *row, const Value bounds[], Value value, double *offender) {
    char why[CONSTRAINT_WHY];
    if (RARELY(row->rank > 0)) return whole_is_broken(S, row, bounds, value, offender, why);
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

Value constraint_contains(State *S, const ConstraintRow *row, const Value bounds[], Value value) {
    if (row->rank == 0) return row->contains(S, value_detached(value), bounds);
    char why[CONSTRAINT_WHY];
    if (!has_shape(row, value_layout(S, value), why)) return value_boolean(false);
    Members m = members_of(S, row, bounds, value, false);
    Array *inside = array_zero(S, m.outer);
    inside->boolean = true;
    size_t lanes = m.outer->n_axes ? m.outer->stride : 1;
    for (size_t c = 0; c < m.outer->components; c++)
        for (size_t lane = 0; lane < lanes; lane++)
            inside->data[c * m.outer->stride + lane] = members_check(&m, c, lane, why);
    return value_unboxed(inside, 0);
}

const char *constraint_words(State *S, const ConstraintRow *row, const Value bounds[]) {
    if (row->n_bounds == 2 && bounds && bounds[0].tag == VALUE_NUMBER && bounds[1].tag == VALUE_NUMBER)
        return error_text(S, "between %.10g and %.10g", bounds[0].as.number, bounds[1].as.number);
    if (row->n_bounds == 1 && bounds && bounds[0].tag == VALUE_NUMBER)
        return error_text(S, "%s %.10g", row->relation, bounds[0].as.number);
    return row->description;
}

const char *constraint_complaint(State *S, const ConstraintRow *row, const Value bounds[], Value value) {
    char words[2 * CONSTRAINT_WHY], why[CONSTRAINT_WHY] = "";
    double offender;
    snprintf(words, sizeof words, "%s", constraint_words(S, row, bounds));
    if (row->rank) {
        whole_is_broken(S, row, bounds, value, &offender, why);
        return error_text(S, "must be %s, but %s", words, why);
    }
    constraint_is_broken(S, row, bounds, value, &offender);
    return error_text(S, "must be %s, but it is %.10g", words, offender);
}
