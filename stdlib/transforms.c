/* SPDX-License-Identifier: GPL-3.0-or-later
   The table of transforms. */
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

#define HALF_LOG_2_PI 0.91893853320467274178032973640562
#define LOG_2 0.69314718055994530941723212145818

static Value apply(State *S, const char *function, Value x) { return operation_unary(S, elementwise_find(function), x); }

static Value operate(State *S, Operator which, Value a, Value b) {
    return operation_binary(S, &elementwise_operators[which], a, b);
}

static Value negative(State *S, Value x) { return operation_unary(S, &elementwise_operators[OPERATOR_NEGATE], x); }
static Value plus(State *S, Value a, Value b) { return operate(S, OPERATOR_ADD, a, b); }
static Value minus(State *S, Value a, Value b) { return operate(S, OPERATOR_SUBTRACT, a, b); }
static Value times(State *S, Value a, Value b) { return operate(S, OPERATOR_MULTIPLY, a, b); }
static Value over(State *S, Value a, Value b) { return operate(S, OPERATOR_DIVIDE, a, b); }

/* ---- Maps by built-in functions ---- */

static Value by_name(State *S, const Transform *t, Value x) { return apply(S, t->row->name, x); }
static Value by_inverse_name(State *S, const Transform *t, Value y) { return apply(S, t->row->inverse_name, y); }

static Value same(State *S, const Transform *t, Value x) {
    (void)S;
    (void)t;
    return x;
}

static Value slope_zero(State *S, const Transform *t, Value x, Value y) {
    (void)S;
    (void)t;
    (void)x;
    (void)y;
    return value_number(0);
}

static Value slope_x(State *S, const Transform *t, Value x, Value y) {
    (void)S;
    (void)t;
    (void)y;
    return x;
}

/* log(s (1 - s)) for s = sigmoid(x). */
static Value slope_sigmoid(State *S, const Transform *t, Value x, Value y) {
    (void)t;
    (void)y;
    return negative(S, plus(S, apply(S, "softplus", x), apply(S, "softplus", negative(S, x))));
}

/* log(1 - tanh(x)^2) = 2 (log 2 - x - softplus(-2 x)). */
static Value slope_tanh(State *S, const Transform *t, Value x, Value y) {
    (void)t;
    (void)y;
    Value twice = times(S, value_number(2), x);
    return minus(S, minus(S, value_number(2 * LOG_2), twice), times(S, value_number(2), apply(S, "softplus", negative(S, twice))));
}

static Value inverse_tanh(State *S, const Transform *t, Value y) {
    (void)t;
    return times(S, value_number(0.5), minus(S, apply(S, "log1p", y), apply(S, "log1p", negative(S, y))));
}

static Value slope_softplus(State *S, const Transform *t, Value x, Value y) {
    (void)t;
    (void)y;
    return negative(S, apply(S, "softplus", negative(S, x)));
}

/* log(exp(y) - 1) = y + log(1 - exp(-y)). */
static Value inverse_softplus(State *S, const Transform *t, Value y) {
    (void)t;
    return plus(S, y, apply(S, "log", negative(S, apply(S, "expm1", negative(S, y)))));
}

static Value slope_normal(State *S, const Transform *t, Value x, Value y) {
    (void)t;
    (void)y;
    return minus(S, times(S, value_number(-0.5), times(S, x, x)), value_number(HALF_LOG_2_PI));
}

/* dy/dx = 1 / (2 y). */
static Value slope_sqrt(State *S, const Transform *t, Value x, Value y) {
    (void)t;
    (void)x;
    return negative(S, apply(S, "log", times(S, value_number(2), y)));
}

/* The root is never negative. */
static Value inverse_sqrt(State *S, const Transform *t, Value y) {
    (void)t;
    Value outside = operate(S, OPERATOR_LESS, y, value_number(0));
    return operation_select(S, outside, value_number(NAN), times(S, y, y));
}

/* ---- affine(loc, scale) ---- */

static Value affine_forward(State *S, const Transform *t, Value x) {
    return plus(S, t->arguments[0], times(S, t->arguments[1], x));
}

static Value affine_inverse(State *S, const Transform *t, Value y) {
    return over(S, minus(S, y, t->arguments[0]), t->arguments[1]);
}

static Value affine_slope(State *S, const Transform *t, Value x, Value y) {
    (void)x;
    (void)y;
    return apply(S, "log", apply(S, "abs", t->arguments[1]));
}

/* ---- Constraints ---- */

static Constraint *constraint_in(const Transform *t) { return (Constraint *)t->arguments[0].as.object; }

static Value constraint_forward(State *S, const Transform *t, Value x) {
    const Constraint *c = constraint_in(t);
    return c->row->to_value(S, x, c->bounds);
}

static Value interval_inverse(State *S, const Transform *t, Value y) {
    const Value *bounds = constraint_in(t)->bounds;
    return apply(S, "log", over(S, minus(S, y, bounds[0]), minus(S, bounds[1], y)));
}

static Value interval_slope(State *S, const Transform *t, Value x, Value y) {
    const Value *bounds = constraint_in(t)->bounds;
    return plus(S, apply(S, "log", minus(S, bounds[1], bounds[0])), slope_sigmoid(S, t, x, y));
}

/* ---- Lists, applied in order ---- */

static const List *parts(const Transform *t) { return t->arguments[0].as.list; }
static const Transform *part(const Transform *t, uint32_t k) { return (const Transform *)parts(t)->items[k].as.object; }

static Value list_forward(State *S, const Transform *t, Value x) {
    for (uint32_t k = 0; k < parts(t)->count; k++) x = transform_forward(S, part(t, k), x);
    return x;
}

static Value list_inverse(State *S, const Transform *t, Value y) {
    for (uint32_t k = parts(t)->count; k-- > 0;) y = transform_inverse(S, part(t, k), y);
    return y;
}

static Value list_slope(State *S, const Transform *t, Value x, Value y) {
    Value sum = value_number(0);
    for (uint32_t k = 0, n = parts(t)->count; k < n; k++) {
        Value next = k + 1 == n ? y : transform_forward(S, part(t, k), x), slope = transform_log_slope(S, part(t, k), x, next);
        sum = k ? plus(S, sum, slope) : slope;
        x = next;
    }
    return sum;
}

/* ---- The rows ---- */

static const TransformRow rows[] = {
    {"exp", "log", by_name, by_inverse_name, slope_x, "real", "positive", 0, INFINITY},
    {"expm1", "log1p", by_name, by_inverse_name, slope_x, NULL, NULL, -1, INFINITY},
    {"normal_cdf", "normal_quantile", by_name, by_inverse_name, slope_normal, "real", "unit_interval", 0, 1},
    {"sigmoid", "logit", by_name, by_inverse_name, slope_sigmoid, "real", "unit_interval", 0, 1},
    {"softplus", NULL, by_name, inverse_softplus, slope_softplus, "real", "positive", 0, INFINITY},
    {"sqrt", NULL, by_name, inverse_sqrt, slope_sqrt, "nonnegative", "nonnegative", 0, INFINITY},
    {"tanh", NULL, by_name, inverse_tanh, slope_tanh, NULL, NULL, -1, 1},
    {.name = NULL},
};

static const TransformRow identity_row = {"real", NULL, same, same, slope_zero, "real", "real", -INFINITY, INFINITY};
static const TransformRow affine_row = {"affine", NULL, affine_forward, affine_inverse, affine_slope, NULL, NULL, -INFINITY, INFINITY};
static const TransformRow list_row = {"list", NULL, list_forward, list_inverse, list_slope, NULL, NULL, -INFINITY, INFINITY};
/* By constraint; each with the constraint as its argument. */
static const struct ConstraintTransform {
    ConstraintIndex constraint;
    TransformRow row;
} constraint_transforms[] = {
    {CONSTRAINT_POSITIVE, {"positive", "log", constraint_forward, by_inverse_name, slope_x, "real", "positive", 0, INFINITY}},
    {CONSTRAINT_NONNEGATIVE, {"nonnegative", "log", constraint_forward, by_inverse_name, slope_x, "real", "positive", 0, INFINITY}},
    {CONSTRAINT_UNIT_INTERVAL, {"unit_interval", "logit", constraint_forward, by_inverse_name, slope_sigmoid, "real", "unit_interval", 0, 1}},
    {CONSTRAINT_INTERVAL, {"interval", NULL, constraint_forward, interval_inverse, interval_slope, NULL, NULL, -INFINITY, INFINITY}},
};

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
    if (c->row == &constraint_rows[CONSTRAINT_REAL]) return transform_new(S, &identity_row, false, value_none(), value_none());
    for (size_t k = 0; k < sizeof constraint_transforms / sizeof *constraint_transforms; k++)
        if (c->row == &constraint_rows[constraint_transforms[k].constraint])
            return transform_new(S, &constraint_transforms[k].row, false, v, value_none());
    error_raise(S, "wrong-type", NULL, "'%s' needs a transform, and the constraint %s has none", function, c->row->name);
}

static Transform *of_list(State *S, const char *function, const List *given) {
    List *list = list_new(S, given->count);
    for (uint32_t k = 0; k < given->count; k++) list_append(S, list, value_object(transform_of(S, function, given->items[k])));
    return transform_new(S, &list_row, false, value_object(list), value_none());
}

Transform *transform_of(State *S, const char *function, Value v) {
    if (v.tag == VALUE_TRANSFORM && !((Transform *)v.as.object)->slope) return (Transform *)v.as.object;
    if (v.tag == VALUE_CONSTRAINT) return of_constraint(S, function, v);
    if (v.tag == VALUE_LIST) return of_list(S, function, v.as.list);
    const char *name = v.tag == VALUE_NATIVE ? v.as.native->name : NULL;
    for (const TransformRow *row = rows; name && row->name; row++) {
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

Value transform_inverse_within(State *S, const Transform *t, Value y) {
    if (t->row == &list_row) {
        for (uint32_t k = 0, n = parts(t)->count; k < n; k++) {
            Transform step = *part(t, t->inverted ? k : n - 1 - k);
            step.inverted ^= t->inverted;
            y = transform_inverse_within(S, &step, y);
        }
        return y;
    }
    bool bounds = t->arguments[0].tag == VALUE_CONSTRAINT && constraint_in(t)->row->n_bounds == 2;
    if (!t->inverted && bounds) y = clipped(S, y, constraint_in(t)->bounds[0], constraint_in(t)->bounds[1]);
    else if (!t->inverted && (t->row->low > -INFINITY || t->row->high < INFINITY))
        y = clipped(S, y, value_number(t->row->low), value_number(t->row->high));
    return transform_inverse(S, t, y);
}

Value transform_log_slope(State *S, const Transform *t, Value x, Value y) {
    return t->inverted ? negative(S, t->row->log_slope(S, t, y, x)) : t->row->log_slope(S, t, x, y);
}

Value transform_direction(State *S, const Transform *t) {
    Value direction = value_number(1);
    if (t->row == &affine_row) {
        Value below = operate(S, OPERATOR_LESS, value_detached(t->arguments[1]), value_number(0));
        return operation_select(S, below, value_number(-1), value_number(1));
    }
    for (uint32_t k = 0; t->row == &list_row && k < parts(t)->count; k++) direction = times(S, direction, transform_direction(S, part(t, k)));
    return direction;
}

bool transform_is_affine(const Transform *t) {
    for (uint32_t k = 0; t->row == &list_row && k < parts(t)->count; k++)
        if (!transform_is_affine(part(t, k))) return false;
    return t->row == &affine_row || t->row == &identity_row || t->row == &list_row;
}

bool transform_is_taped(const State *S, const Transform *t) {
    for (uint32_t k = 0; t->row == &list_row && k < parts(t)->count; k++)
        if (transform_is_taped(S, part(t, k))) return true;
    if (t->arguments[0].tag == VALUE_CONSTRAINT)
        return tape_has(S, constraint_in(t)->bounds[0]) || tape_has(S, constraint_in(t)->bounds[1]);
    return t->row == &affine_row && (tape_has(S, t->arguments[0]) || tape_has(S, t->arguments[1]));
}

const Layout *transform_layout(State *S, const Transform *t, const Layout *layout) {
    for (uint32_t k = 0; t->row == &list_row && layout && k < parts(t)->count; k++) layout = transform_layout(S, part(t, k), layout);
    const Value *arguments = t->row == &affine_row ? t->arguments : NULL;
    if (t->arguments[0].tag == VALUE_CONSTRAINT && constraint_in(t)->row->n_bounds == 2) arguments = constraint_in(t)->bounds;
    for (int k = 0; layout && arguments && k < 2; k++) layout = layout_join(S, layout, value_layout(S, arguments[k]));
    return layout;
}

static Value named(State *S, const char *name) { return value_object(constraint_new(S, constraint_find(name), NULL)); }

static Value interval(State *S, Value low, Value high) {
    return value_object(constraint_new(S, &constraint_rows[CONSTRAINT_INTERVAL], (Value[]){value_detached(low), value_detached(high)}));
}

static Value affine_image(State *S, const Transform *t, const Constraint *set) {
    ConstraintIndex index = (ConstraintIndex)(set->row - constraint_rows);
    if (index == CONSTRAINT_REAL) return named(S, "real");
    bool constant = t->arguments[0].tag == VALUE_NUMBER && t->arguments[1].tag == VALUE_NUMBER;
    if (!constant || t->inverted) return value_unassigned();
    double loc = t->arguments[0].as.number, scale = t->arguments[1].as.number;
    if (loc == 0 && scale > 0 && (index == CONSTRAINT_POSITIVE || index == CONSTRAINT_NONNEGATIVE)) return named(S, set->row->name);
    bool bounded = index == CONSTRAINT_INTERVAL && set->bounds[0].tag == VALUE_NUMBER && set->bounds[1].tag == VALUE_NUMBER;
    if (!bounded && index != CONSTRAINT_UNIT_INTERVAL) return value_unassigned();
    double low = bounded ? set->bounds[0].as.number : 0, high = bounded ? set->bounds[1].as.number : 1;
    double a = loc + scale * low, b = loc + scale * high;
    return interval(S, value_number(fmin(a, b)), value_number(fmax(a, b)));
}

Value transform_image(State *S, const Transform *t, Value set) {
    if (t->row == &list_row) {
        for (uint32_t k = 0, n = parts(t)->count; k < n && set.tag == VALUE_CONSTRAINT; k++) {
            Transform step = *part(t, t->inverted ? n - 1 - k : k);
            step.inverted ^= t->inverted;
            set = transform_image(S, &step, set);
        }
        return set;
    }
    if (set.tag != VALUE_CONSTRAINT) return value_unassigned();
    const Constraint *c = (Constraint *)set.as.object;
    if (t->row == &identity_row) return set;
    if (t->row == &affine_row) return affine_image(S, t, c);
    bool whole = c->row == &constraint_rows[CONSTRAINT_REAL];
    if (t->arguments[0].tag == VALUE_CONSTRAINT && whole && !t->inverted) return t->arguments[0];
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
    if (t->row == &list_row || t->arguments[0].tag == VALUE_CONSTRAINT) {
        text_value(S, t->arguments[0]);
    } else if (t->row == &affine_row) {
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
}

static Value transform_field(State *S, Object *object, String *name) {
    const Transform *t = (Transform *)object;
    bool inverse = strcmp(name->text, "inverse") == 0, slope = strcmp(name->text, "log_abs_det") == 0;
    if (t->slope || !(inverse || slope)) return value_unassigned();
    Transform *other = transform_new(S, t->row, t->inverted != inverse, t->arguments[0], t->arguments[1]);
    other->slope = slope;
    return value_object(other);
}

static Value transform_call(State *S, Object *object, const Value *arguments, unsigned n) {
    const Transform *t = (Transform *)object;
    if (n != 1) error_raise(S, n ? "too-many-arguments" : "missing-argument", NULL, "a transform takes one argument");
    if (!value_is_numeric(arguments[0])) native_type_error(S, t->row->name, "x", "a number, vector or matrix", arguments[0]);
    return t->slope ? transform_log_slope(S, t, arguments[0], transform_forward(S, t, arguments[0])) : transform_forward(S, t, arguments[0]);
}

void transforms_open(State *S) {
    static const ObjectType type = {.mark = transform_mark, .print = transform_print, .field = transform_field, .call = transform_call};
    S->foreign_types[VALUE_TRANSFORM] = &type;
}

static Value native_affine(State *S, const Value *a, unsigned n) {
    (void)n;
    for (int k = 0; k < 2; k++)
        if (!value_is_numeric(a[k])) native_type_error(S, "affine", k ? "scale" : "loc", "a number, vector or matrix", a[k]);
    double offender;
    if (constraint_is_broken(S, &constraint_rows[CONSTRAINT_POSITIVE], NULL, apply(S, "abs", value_detached(a[1])), &offender))
        error_raise(S, "bad-argument", NULL, "scale of affine must be a finite number other than 0, but it is %.10g here", offender);
    return value_object(transform_new(S, &affine_row, false, a[0], a[1]));
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
