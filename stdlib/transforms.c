/* SPDX-License-Identifier: GPL-3.0-or-later
   Transforms: making, using and showing them. */
#include "stdlib/transforms.h"

#include <math.h>
#include <string.h>

#include "parser/tree.h"
#include "runtime/error.h"
#include "runtime/gc.h"
#include "runtime/native.h"
#include "runtime/operations.h"
#include "runtime/text.h"
#include "stdlib/stdlib.h"

/* ---- Making them ---- */

static Transform *transform_new(State *S, const TransformRow *row, bool inverted, Value a, Value b) {
    Transform *t = gc_new(S, VALUE_TRANSFORM, sizeof *t);
    t->row = row;
    t->inverted = inverted;
    t->arguments[0] = a;
    t->arguments[1] = b;
    return t;
}

static Transform *of_constraint(State *S, const char *function, Value v) {
    const Constraint *c = (Constraint *)v.as.object;
    if (c->row == constraint_rows[CONSTRAINT_REAL]) return transform_new(S, &transform_identity, false, value_none(), value_none());
    if (c->row->to_value) return transform_new(S, &transform_of_constraint, false, v, value_none());
    error_raise(S, "wrong-type", NULL, "'%s' needs a transform, and the constraint %s has none", function, c->row->name);
}

static Transform *of_list(State *S, const char *function, const List *given) {
    List *list = list_new(S, given->count);
    for (uint32_t k = 0; k < given->count; k++) list_append(S, list, value_object(transform_of(S, function, given->items[k])));
    return transform_new(S, &transform_list, false, value_object(list), value_none());
}

Transform *transform_of(State *S, const char *function, Value v) {
    if (v.tag == VALUE_TRANSFORM && !((Transform *)v.as.object)->slope && !((Transform *)v.as.object)->check) return (Transform *)v.as.object;
    if (v.tag == VALUE_CONSTRAINT) return of_constraint(S, function, v);
    if (v.tag == VALUE_LIST) return of_list(S, function, v.as.list);
    const char *name = v.tag == VALUE_NATIVE ? v.as.native->name : NULL;
    for (const TransformRow *row = transform_rows; name && row->name; row++) {
        bool backward = row->inverse_name && strcmp(row->inverse_name, name) == 0;
        if (backward || strcmp(row->name, name) == 0) return transform_new(S, row, backward, value_none(), value_none());
    }
    error_raise(S, "wrong-type", "Transforms are exp, log, sigmoid, logit, tanh, softplus and others, affine(loc, scale), constraints, and lists of these.",
                name ? "'%s' needs a transform, and none is known for '%s'" : "'%s' needs a transform, not a %s", function,
                name ? name : value_type_name(v));
}

/* ---- Using them ---- */

Value transform_forward(State *S, const Transform *t, Value x) { return (t->inverted ? t->row->inverse : t->row->forward)(S, t, x); }
Value transform_inverse(State *S, const Transform *t, Value y) { return (t->inverted ? t->row->forward : t->row->inverse)(S, t, y); }

static Value clipped(State *S, Value y, Value low, Value high) {
    y = operation_elementwise(S, &elementwise_internal[INTERNAL_MAXIMUM], (Value[]){y, low});
    return operation_elementwise(S, &elementwise_internal[INTERNAL_MINIMUM], (Value[]){y, high});
}

static bool is_infinite(Value v) { return v.tag == VALUE_NUMBER && isinf(v.as.number); }

Value transform_inverse_within(State *S, const Transform *t, Value y) {
    if (t->row == &transform_list) {
        for (uint32_t k = 0, n = transform_parts(t)->count; k < n; k++) {
            Transform step = *transform_part(t, t->inverted ? k : n - 1 - k);
            step.inverted ^= t->inverted;
            y = transform_inverse_within(S, &step, y);
        }
        return y;
    }
    Value ends[2] = {value_number(t->row->low), value_number(t->row->high)};
    if (t->row == &transform_of_constraint) constraint_ends(transform_constraint(t)->row, transform_constraint(t)->bounds, ends);
    if (!t->inverted && !(is_infinite(ends[0]) && is_infinite(ends[1]))) y = clipped(S, y, ends[0], ends[1]);
    return transform_inverse(S, t, y);
}

Value transform_log_slope(State *S, const Transform *t, Value x, Value y) {
    if (!t->inverted) return t->row->log_slope(S, t, x, y);
    return operation_unary(S, &elementwise_operators[OPERATOR_NEGATE], t->row->log_slope(S, t, y, x));
}

Value transform_direction(State *S, const Transform *t) {
    Value direction = value_number(1);
    if (t->row == &transform_affine) {
        Value below = operation_binary(S, &elementwise_operators[OPERATOR_LESS], value_detached(t->arguments[1]), value_number(0));
        return operation_select(S, below, value_number(-1), value_number(1));
    }
    if (t->row == &transform_of_constraint) return value_number(transform_constraint(t)->row->falls ? -1 : 1);
    for (uint32_t k = 0; t->row == &transform_list && k < transform_parts(t)->count; k++)
        direction = operation_binary(S, &elementwise_operators[OPERATOR_MULTIPLY], direction, transform_direction(S, transform_part(t, k)));
    return direction;
}

bool transform_is_affine(const Transform *t) {
    for (uint32_t k = 0; t->row == &transform_list && k < transform_parts(t)->count; k++)
        if (!transform_is_affine(transform_part(t, k))) return false;
    return t->row == &transform_affine || t->row == &transform_identity || t->row == &transform_list;
}

bool transform_is_taped(const State *S, const Transform *t) {
    for (uint32_t k = 0; t->row == &transform_list && k < transform_parts(t)->count; k++)
        if (transform_is_taped(S, transform_part(t, k))) return true;
    for (unsigned k = 0; t->row == &transform_of_constraint && k < transform_constraint(t)->row->n_bounds; k++)
        if (tape_has(S, transform_constraint(t)->bounds[k])) return true;
    return t->row == &transform_affine && (tape_has(S, t->arguments[0]) || tape_has(S, t->arguments[1]));
}

/* The ranks of a map applied to the image of another. */
static TransformRanks ranks_of_chain(TransformRanks a, TransformRanks b) {
    unsigned more = b.in > a.out ? b.in - a.out : 0;
    return (TransformRanks){a.in + more, a.out + more - b.in + b.out};
}

TransformRanks transform_ranks(const Transform *t) {
    TransformRanks r = {0, 0};
    if (t->row == &transform_of_constraint) {
        unsigned rank = transform_constraint(t)->row->rank;
        r = (TransformRanks){rank ? 1 : 0, rank};
    }
    for (uint32_t k = 0; t->row == &transform_list && k < transform_parts(t)->count; k++) r = ranks_of_chain(r, transform_ranks(transform_part(t, k)));
    return t->inverted ? (TransformRanks){r.out, r.in} : r;
}

const Layout *transform_layout(State *S, const Transform *t, const Layout *layout) {
    for (uint32_t k = 0, n = t->row == &transform_list ? transform_parts(t)->count : 0; layout && k < n; k++) {
        Transform step = *transform_part(t, t->inverted ? n - 1 - k : k);
        step.inverted ^= t->inverted;
        layout = transform_layout(S, &step, layout);
    }
    const Value *arguments = t->row == &transform_affine ? t->arguments : NULL;
    unsigned n = 2;
    if (t->row == &transform_of_constraint) {
        const Constraint *c = transform_constraint(t);
        if (layout) layout = t->inverted ? constraint_free_layout(S, c->row, layout) : constraint_value_layout(S, c->row, layout);
        arguments = c->bounds;
        n = c->row->n_bounds;
    }
    for (unsigned k = 0; layout && arguments && k < n; k++) layout = layout_join(S, layout, value_layout(S, arguments[k]));
    return layout;
}

static Value named(State *S, const char *name) { return value_object(constraint_new(S, constraint_find(name), NULL)); }

static Value interval(State *S, Value low, Value high) {
    return value_object(constraint_new(S, constraint_rows[CONSTRAINT_INTERVAL], (Value[]){value_detached(low), value_detached(high)}));
}

static Value affine_image(State *S, const Transform *t, const Constraint *set) {
    const ConstraintRow *row = set->row;
    if (row == constraint_rows[CONSTRAINT_REAL]) return named(S, "real");
    bool constant = t->arguments[0].tag == VALUE_NUMBER && t->arguments[1].tag == VALUE_NUMBER;
    if (!constant || t->inverted) return value_unassigned();
    double loc = t->arguments[0].as.number, scale = t->arguments[1].as.number;
    if (loc == 0 && scale > 0 && (row == constraint_rows[CONSTRAINT_POSITIVE] || row == constraint_rows[CONSTRAINT_NONNEGATIVE])) return named(S, set->row->name);
    bool bounded = row == constraint_rows[CONSTRAINT_INTERVAL] && set->bounds[0].tag == VALUE_NUMBER && set->bounds[1].tag == VALUE_NUMBER;
    if (!bounded && row != constraint_rows[CONSTRAINT_UNIT_INTERVAL]) return value_unassigned();
    double low = bounded ? set->bounds[0].as.number : 0, high = bounded ? set->bounds[1].as.number : 1;
    double a = loc + scale * low, b = loc + scale * high;
    return interval(S, value_number(fmin(a, b)), value_number(fmax(a, b)));
}

/* Of the real numbers, or back to them. Sets that differ by an end count as one. */
static Value constraint_image(State *S, const Transform *t, Value set, bool whole) {
    const Constraint *own = transform_constraint(t), *given = (Constraint *)set.as.object;
    if (!t->inverted) return whole ? t->arguments[0] : value_unassigned();
    bool same = value_equal(t->arguments[0], set);
    if (!same && own->row->n_bounds == 0 && given->row->n_bounds == 0 && own->row->rank == 0 && given->row->rank == 0 && !given->row->discrete)
        same = own->row->low == given->row->low && own->row->high == given->row->high;
    return same ? named(S, own->row->rank ? "real_vector" : "real") : value_unassigned();
}

Value transform_image(State *S, const Transform *t, Value set) {
    if (t->row == &transform_list) {
        for (uint32_t k = 0, n = transform_parts(t)->count; k < n && set.tag == VALUE_CONSTRAINT; k++) {
            Transform step = *transform_part(t, t->inverted ? n - 1 - k : k);
            step.inverted ^= t->inverted;
            set = transform_image(S, &step, set);
        }
        return set;
    }
    if (set.tag != VALUE_CONSTRAINT) return value_unassigned();
    const Constraint *c = (Constraint *)set.as.object;
    if (t->row == &transform_identity) return set;
    if (t->row == &transform_affine) return affine_image(S, t, c);
    bool whole = c->row == constraint_rows[CONSTRAINT_REAL] || c->row == constraint_rows[CONSTRAINT_REAL_VECTOR];
    if (t->row == &transform_of_constraint) return constraint_image(S, t, set, whole);
    if (whole && !t->inverted && strcmp(t->row->name, "tanh") == 0) return interval(S, value_number(-1), value_number(1));
    const char *from = t->inverted ? t->row->image : t->row->domain, *to = t->inverted ? t->row->domain : t->row->image;
    bool almost = from && strcmp(from, "positive") == 0 && strcmp(c->row->name, "nonnegative") == 0;
    return from && (almost || strcmp(from, c->row->name) == 0) ? named(S, to) : value_unassigned();
}

/* ---- As values ---- */

static void transform_mark(State *S, Object *object) {
    const Transform *t = (Transform *)object;
    for (int k = 0; k < 2; k++) gc_mark_value(S, t->arguments[k]);
}

static void transform_print(State *S, Object *object) {
    const Transform *t = (Transform *)object;
    bool swapped = t->inverted && t->row->inverse_name && t->arguments[0].tag == VALUE_NONE;
    if (t->row == &transform_list || t->arguments[0].tag == VALUE_CONSTRAINT) {
        text_value(S, t->arguments[0]);
    } else if (t->row == &transform_affine) {
        text_print(S, "affine(");
        text_brief(S, t->arguments[0]);
        text_print(S, ", ");
        text_brief(S, t->arguments[1]);
        text_print(S, ")");
    } else {
        text_print(S, "%s", swapped ? t->row->inverse_name : t->row->name);
    }
    if (t->inverted && !swapped) text_print(S, ".inverse");
    if (t->slope) text_print(S, ".log_abs_det");
    if (t->check) text_print(S, ".check");
}

static const char *const transform_field_names[] = {"inverse", "log_abs_det"};
static const char *const check_name = "check";

static void transform_fields(State *S, Object *object, OfferName *offer, void *user) {
    (void)S;
    const Transform *t = (Transform *)object;
    if (t->slope || t->check) return;
    for (unsigned k = 0; k < 2; k++) offer(user, transform_field_names[k]);
}

static void constraint_fields(State *S, Object *object, OfferName *offer, void *user) {
    (void)S, (void)object;
    offer(user, check_name);
}

static Value transform_field(State *S, Object *object, String *name) {
    const Transform *t = (Transform *)object;
    bool inverse = strcmp(name->text, transform_field_names[0]) == 0, slope = strcmp(name->text, transform_field_names[1]) == 0;
    if (t->slope || t->check || !(inverse || slope)) return value_unassigned();
    Transform *other = transform_new(S, t->row, t->inverted != inverse, t->arguments[0], t->arguments[1]);
    other->slope = slope;
    return value_object(other);
}

static Value transform_call(State *S, Object *object, const Value *arguments, unsigned n) {
    const Transform *t = (Transform *)object;
    if (n != 1) error_raise(S, n ? "too-many-arguments" : "missing-argument", NULL, "a transform, or a check, takes one argument");
    if (!value_is_numeric(arguments[0])) native_type_error(S, t->check ? "check" : t->row->name, "x", "a number, vector or matrix", arguments[0]);
    if (t->check) return constraint_contains(S, transform_constraint(t)->row, transform_constraint(t)->bounds, arguments[0]);
    return t->slope ? transform_log_slope(S, t, arguments[0], transform_forward(S, t, arguments[0])) : transform_forward(S, t, arguments[0]);
}

/* constraint.check, to be called. */
static Value constraint_field(State *S, Object *object, String *name) {
    if (strcmp(name->text, check_name) != 0) return value_unassigned();
    Transform *t = transform_new(S, &transform_of_constraint, false, value_object(object), value_none());
    t->check = true;
    return value_object(t);
}

void transforms_open(State *S) {
    static const ObjectType type = {.mark = transform_mark, .print = transform_print, .field = transform_field, .call = transform_call,
                                    .fields = transform_fields};
    static const ObjectType constraint_type = {.mark = constraint_mark, .field = constraint_field, .fields = constraint_fields};
    S->foreign_types[VALUE_TRANSFORM] = &type;
    S->foreign_types[VALUE_CONSTRAINT] = &constraint_type;
}

static Value native_affine(State *S, const Value *a, unsigned n) {
    (void)n;
    for (int k = 0; k < 2; k++)
        if (!value_is_numeric(a[k])) native_type_error(S, "affine", k ? "scale" : "loc", "a number, vector or matrix", a[k]);
    double offender;
    Value size = operation_unary(S, elementwise_find("abs"), value_detached(a[1]));
    if (constraint_is_broken(S, constraint_rows[CONSTRAINT_POSITIVE], NULL, size, &offender))
        error_raise(S, "bad-argument", NULL, "scale of affine must be a finite number other than 0, but it is %.10g here", offender);
    return value_object(transform_new(S, &transform_affine, false, a[0], a[1]));
}

static Value native_transform(State *S, const Value *a, unsigned n) {
    (void)n;
    return value_object(transform_of(S, "transform", a[0]));
}

const NativeRow native_transforms[] = {
    {"affine", "loc, scale", native_affine, "the transform loc + scale * x", false, false},
    {"transform", "t", native_transform, "a function, a constraint or a list of these as a transform, with its .inverse and .log_abs_det", false, false},
    {0},
};
