/* SPDX-License-Identifier: GPL-3.0-or-later
   Transformed(D, t): a draw of D, mapped by t. */
#include <math.h>
#include <string.h>

#include "parser/tree.h"
#include "runtime/distribution.h"
#include "runtime/error.h"
#include "runtime/eval.h"
#include "runtime/operations.h"
#include "stdlib/transforms.h"

static Distribution *base_of(const Distribution *d) { return d->parameters[0].as.distribution; }
static const Transform *transform_in(const Distribution *d) { return (Transform *)d->parameters[1].as.object; }

static Value operate(State *S, Operator which, Value a, Value b) {
    return operation_binary(S, &elementwise_operators[which], a, b);
}

static void make(State *S, Distribution *d) {
    if (d->parameters[0].tag != VALUE_DISTRIBUTION)
        native_type_error(S, "Transformed", "base", "a distribution", d->parameters[0]);
    Distribution *base = base_of(d);
    if (base->row->discrete)
        error_raise(S, "wrong-type", "Draw from it, and compute with the value.",
                    "'Transformed' takes a continuous distribution, and %s is discrete", base->row->name);
    d->parameters[1] = value_object(transform_of(S, "Transformed", d->parameters[1]));
    const Layout *layout = transform_layout(S, transform_in(d), base->layout);
    if (!layout || layout->rank != base->layout->rank)
        error_raise(S, "shape-mismatch", "Give the distribution as many elements: Transformed(Normal([0, 0], 1), affine([1, 2], 3)).",
                    "the transform's arguments are of another shape than a draw of %s", base->row->name);
    d->layout = layout;
}

/* ---- Draws and log densities ---- */

static bool same_bits(Value a, Value b) {
    if (a.tag != b.tag || a.node != b.node) return false;
    if (a.tag == VALUE_ARRAY) return a.as.array == b.as.array;
    return a.tag == VALUE_NUMBER && memcmp(&a.as.number, &b.as.number, sizeof a.as.number) == 0;
}

static Value sample(State *S, Distribution *d, RandomKey key, const Layout *event) {
    Value x = distribution_sample_event(S, base_of(d), key, event);
    bool barrier = tape_is_barrier(S, x);
    Value y = transform_forward(S, transform_in(d), barrier ? value_detached(x) : x);
    if (barrier) {
        y.node = tape_barrier(S, value_layout(S, y), "this draw has no reparameterised gradient");
        return y;
    }
    if (y.tag == VALUE_ARRAY) y.as.array->header.shared = true;
    d->drawn = y;
    d->drawn_from = x;
    return y;
}

/* What the value is the image of. The last draw is remembered, because the inverse of a map that saturates is not exact
   (1 - 1e-17 has no logit): the same number on the same place of the tape came from the same number. */
static Value preimage(State *S, Distribution *d, Value y) {
    if (same_bits(d->drawn, y)) return d->drawn_from;
    if (!tape_has(S, y) && !transform_is_taped(S, transform_in(d)) && same_bits(value_detached(d->drawn), value_detached(y)))
        return value_detached(d->drawn_from);
    return transform_inverse(S, transform_in(d), y);
}

/* log density of the base at x less log |dy/dx|; what is the image of no finite number lies outside of the support. */
static Value log_prob(State *S, Distribution *d, Value y) {
    Value x = preimage(S, d, y);
    Value density = operate(S, OPERATOR_SUBTRACT, distribution_log_prob(S, base_of(d), x), transform_log_slope(S, transform_in(d), x, y));
    Value inside = operation_unary(S, elementwise_find("is_finite"), value_detached(x));
    Value possible = operate(S, OPERATOR_LESS, value_number(-INFINITY), value_detached(density));
    return operation_select(S, inside, operation_select(S, possible, density, value_number(-INFINITY)), value_number(-INFINITY));
}

/* ---- Questions ---- */

/* With values held on the stack while the base's formulas run. */
static Value ask_base(State *S, Distribution *d, const char *name, const Value *extra) {
    stack_push(S, value_object(d));
    stack_push(S, extra ? *extra : value_none());
    Value v = distribution_formula(S, base_of(d), name, extra);
    stack_pop(S, 2);
    return v;
}

static Value mapped(State *S, Distribution *d, const char *name, const Value *extra) {
    Value v = ask_base(S, d, name, extra);
    return v.tag == VALUE_UNASSIGNED ? v : transform_forward(S, transform_in(d), v);
}

static Value cdf(State *S, Distribution *d, Value y) {
    const Transform *t = transform_in(d);
    Value x = transform_inverse_within(S, t, y), low = ask_base(S, d, "cdf", &x);
    if (low.tag == VALUE_UNASSIGNED) return low;
    Value falls = operate(S, OPERATOR_LESS, transform_direction(S, t), value_number(0));
    return operation_select(S, falls, operate(S, OPERATOR_SUBTRACT, value_number(1), low), low);
}

static Value quantile(State *S, Distribution *d, Value q) {
    Value falls = operate(S, OPERATOR_LESS, transform_direction(S, transform_in(d)), value_number(0));
    Value of_base = operation_select(S, falls, operate(S, OPERATOR_SUBTRACT, value_number(1), q), q);
    return mapped(S, d, "quantile", &of_base);
}

/* exp(log |scale|): of a line. */
static Value scaled(State *S, Distribution *d, const char *name, double power) {
    Value v = ask_base(S, d, name, NULL);
    if (v.tag == VALUE_UNASSIGNED) return v;
    Value slope = transform_log_slope(S, transform_in(d), value_number(0), transform_forward(S, transform_in(d), value_number(0)));
    Value factor = operation_unary(S, elementwise_find("exp"), operate(S, OPERATOR_MULTIPLY, value_number(power), slope));
    return operate(S, OPERATOR_MULTIPLY, v, factor);
}

static Value entropy(State *S, Distribution *d) {
    Value v = ask_base(S, d, "entropy", NULL);
    if (v.tag == VALUE_UNASSIGNED) return v;
    Value slope = transform_log_slope(S, transform_in(d), value_number(0), transform_forward(S, transform_in(d), value_number(0)));
    return operate(S, OPERATOR_ADD, v, slope);
}

static Value support(State *S, Distribution *d) { return transform_image(S, transform_in(d), ask_base(S, d, "support", NULL)); }

static Value field(State *S, Distribution *d, const char *name, const Value *extra) {
    bool line = transform_is_affine(transform_in(d));
    if (extra) {
        if (!value_is_numeric(*extra)) return value_unassigned();
        if (strcmp(name, "cdf") == 0) return cdf(S, d, *extra);
        return strcmp(name, "quantile") == 0 ? quantile(S, d, *extra) : value_unassigned();
    }
    if (strcmp(name, "support") == 0) return support(S, d);
    if (strcmp(name, "median") == 0) return mapped(S, d, name, NULL);
    if (!line) return value_unassigned();
    if (strcmp(name, "mean") == 0 || strcmp(name, "mode") == 0) return mapped(S, d, name, NULL);
    if (strcmp(name, "stddev") == 0) return scaled(S, d, name, 1);
    if (strcmp(name, "variance") == 0) return scaled(S, d, name, 2);
    return strcmp(name, "entropy") == 0 ? entropy(S, d) : value_unassigned();
}

static const DistributionComposed composed = {.make = make, .sample = sample, .log_prob = log_prob, .field = field, .n_shown = 2};

const DistributionRow distribution_transformed = {
    .name = "Transformed",
    .help = "A draw of a distribution, mapped by a transform",
    .parameters = {{"base", CONSTRAINT_REAL, NULL, "the distribution that is drawn from"},
                   {"transform", CONSTRAINT_REAL, NULL, "exp, log, affine(loc, scale), a constraint, … or a list of these"}},
    .n_parameters = 2,
    .composed = &composed,
    .example = "sigma ~ Transformed(Normal(0, 1), exp)",
};
