/* SPDX-License-Identifier: GPL-3.0-or-later
   Transformed(D, t): a draw of D, mapped by t, element by element or as one whole. */
#include <math.h>
#include <string.h>

#include "stdlib/distributions/built.h"
#include "stdlib/transforms.h"

static Distribution *base_of(const Distribution *d) { return d->parameters[0].as.distribution; }
static const Transform *transform_in(const Distribution *d) { return (Transform *)d->parameters[1].as.object; }

/* A transform of whole vectors makes one whole of a base of numbers. */
static void make(State *S, Distribution *d) {
    Distribution *base = built_base(S, "Transformed", "base", d->parameters[0]);
    if (base->discrete)
        error_raise(S, "wrong-type", "Draw from it, and compute with the value.",
                    "'Transformed' takes a continuous distribution, and %s is discrete", base->row->name);
    d->parameters[1] = value_object(transform_of(S, "Transformed", d->parameters[1]));
    TransformRanks ranks = transform_ranks(transform_in(d));
    d->joint = base->joint || ranks.in > 0;
    if (base->layout->rank < ranks.in)
        error_raise(S, "shape-mismatch", "Give the distribution as many parameters as there are elements: Transformed(Normal([0, 0], 1), simplex).",
                    "the transform takes vectors, and a draw of %s is one number", base->row->name);
    const Layout *layout = transform_layout(S, transform_in(d), base->layout);
    if (!layout || (ranks.in == 0 && layout->rank != base->layout->rank))
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
    Value x = distribution_sample_event(S, base_of(d), key, d->joint ? base_of(d)->layout : event);
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

/* v, a number for each element of `shape` without its last `in` dimensions (or one that stands for all), summed over these. */
static Value total(State *S, Value v, const Layout *shape, unsigned in) {
    uint32_t rank = shape->rank - in;
    if (rank == 0) return v;
    if (value_layout(S, v)->rank < rank) v = built_add(S, v, value_array(array_zero(S, layout_with_event(S, S->scalar, rank, shape->dims)), 0));
    return operation_sum(S, v);
}

/* Whether y, one whole, is the image of anything: a vector of any numbers has a preimage under the map of a simplex. */
static Value in_image(State *S, Distribution *d, Value x, Value y) {
    Value finite = built_function(S, "is_finite", value_detached(x));
    Value all = built_operate(S, OPERATOR_EQUAL, operation_sum(S, finite), value_number((double)value_layout(S, x)->components));
    Value whole = value_object(constraint_new(S, constraint_find(base_of(d)->layout->rank ? "real_vector" : "real"), NULL));
    Value image = transform_image(S, transform_in(d), whole);
    if (image.tag != VALUE_CONSTRAINT || transform_ranks(transform_in(d)).in == 0) return all;
    const Constraint *c = (Constraint *)image.as.object;
    return built_both(S, constraint_contains(S, c->row, c->bounds, value_detached(y)), all);
}

/* log density of the base at x less log |det dy/dx|; what is the image of no finite number lies outside of the support. */
static Value log_prob(State *S, Distribution *d, Value y) {
    bool own = same_bits(value_detached(d->drawn), value_detached(y));
    Value x = preimage(S, d, y), density = distribution_log_prob(S, base_of(d), x), slope = transform_log_slope(S, transform_in(d), x, y);
    if (d->joint) {
        if (!base_of(d)->joint) density = total(S, density, base_of(d)->layout, 0);
        slope = total(S, slope, base_of(d)->layout, transform_ranks(transform_in(d)).in);
    }
    Value inside = !d->joint ? built_function(S, "is_finite", value_detached(x)) : own ? value_boolean(true) : in_image(S, d, x, y);
    return operation_select(S, inside, built_settled(S, built_subtract(S, density, slope)), value_number(-INFINITY));
}

/* ---- Questions ---- */

static Value mapped(State *S, Distribution *d, const char *name, const Value *extra) {
    Value v = built_ask(S, base_of(d), name, extra);
    return v.tag == VALUE_UNASSIGNED ? v : transform_forward(S, transform_in(d), v);
}

static Value falling(State *S, const Distribution *d) { return built_less(S, transform_direction(S, transform_in(d)), value_number(0)); }

/* One of two questions by lane: where the transform falls, the one about the other tail. */
static Value by_direction(State *S, Distribution *d, const char *rising, const char *other, const Value *x) {
    Value falls = falling(S, d);
    if (built_none(S, falls) && !S->mask) return built_ask(S, base_of(d), rising, x);
    if (built_all(S, falls) && !S->mask) return built_ask(S, base_of(d), other, x);
    Value up = built_ask(S, base_of(d), rising, x), down = built_ask(S, base_of(d), other, x);
    return up.tag == VALUE_UNASSIGNED || down.tag == VALUE_UNASSIGNED ? value_unassigned() : operation_select(S, falls, down, up);
}

static Value answer_at(State *S, Distribution *d, const char *name, Value x) {
    static const char *const tails[][2] = {{"cdf", "ccdf"}, {"log_cdf", "log_ccdf"}, {"quantile", "upper_quantile"}};
    for (int k = 0; k < 3; k++)
        for (int upper = 0; upper < 2; upper++) {
            if (strcmp(tails[k][upper], name) != 0) continue;
            if (k < 2) {
                Value from = transform_inverse_within(S, transform_in(d), x);
                return by_direction(S, d, tails[k][upper], tails[k][1 - upper], &from);
            }
            Value of_base = by_direction(S, d, tails[k][upper], tails[k][1 - upper], &x);
            return of_base.tag == VALUE_UNASSIGNED ? of_base : transform_forward(S, transform_in(d), of_base);
        }
    return value_unassigned();
}

/* log |scale|, of a line. */
static Value log_scale(State *S, const Distribution *d) {
    return transform_log_slope(S, transform_in(d), value_number(0), transform_forward(S, transform_in(d), value_number(0)));
}

static Value scaled(State *S, Distribution *d, const char *name, double power) {
    Value v = built_ask(S, base_of(d), name, NULL);
    if (v.tag == VALUE_UNASSIGNED) return v;
    return built_multiply(S, v, built_exp(S, built_multiply(S, value_number(power), log_scale(S, d))));
}

static Value entropy(State *S, Distribution *d) {
    Value v = built_ask(S, base_of(d), "entropy", NULL);
    if (v.tag == VALUE_UNASSIGNED) return v;
    Value slope = log_scale(S, d);
    return built_add(S, v, d->joint ? total(S, slope, base_of(d)->layout, 0) : slope);
}

static Value support(State *S, Distribution *d) { return transform_image(S, transform_in(d), built_ask(S, base_of(d), "support", NULL)); }

static Value field(State *S, Distribution *d, const char *name, const Value *extra) {
    if (extra) return value_is_numeric(*extra) && !d->joint ? answer_at(S, d, name, *extra) : value_unassigned();
    if (strcmp(name, "support") == 0) return support(S, d);
    if (strcmp(name, "median") == 0 && !d->joint) return mapped(S, d, name, NULL);
    if (!transform_is_affine(transform_in(d))) return value_unassigned();
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
    .density = "base(t^-1(x)) / |det dt|",
    .edges = "What is the image of no finite number, or leaves the transform's image, has log density -inf. The base must be continuous.",
    .sampler = "a draw of the base, mapped",
    .example = "sigma ~ Transformed(Normal(0, 1), exp)",
};
