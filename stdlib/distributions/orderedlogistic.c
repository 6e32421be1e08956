/* SPDX-License-Identifier: GPL-3.0-or-later
   OrderedLogistic: the interval between cutpoints in which a logistic number around eta lies. */
#include <math.h>
#include <string.h>

#include "parser/tree.h"
#include "runtime/error.h"
#include "runtime/eval.h"
#include "runtime/message.h"
#include "runtime/native.h"
#include "runtime/spread.h"
#include "stdlib/distributions/categorical.h"
#include "stdlib/distributions/countvector_kernels.h"
#include "stdlib/rows.h"

static Value operate(State *S, Operator which, Value a, Value b) { return operation_binary(S, &elementwise_operators[which], a, b); }
static Value function_of(State *S, const char *name, Value v) { return operation_unary(S, elementwise_find(name), v); }

static void make(State *S, Distribution *d) {
    Value eta = d->parameters[0], cuts = d->parameters[1];
    distribution_check(S, d->row, &d->row->parameters[0], eta);
    if (cuts.tag != VALUE_ARRAY || cuts.as.array->layout->rank != 1) native_type_error(S, d->row->name, "cutpoints", "a vector", cuts);
    size_t n = cuts.as.array->layout->components;
    if (n == 0) error_raise(S, "bad-argument", NULL, "cutpoints of %s must have at least one element, but it is empty", d->row->name);
    distribution_check(S, d->row, &d->row->parameters[1], cuts);
    if (n > 1) {
        Value plain = value_detached(cuts);
        Subscript later = {.kind = SUBSCRIPT_SLICE, .low = 1, .high = n}, sooner = {.kind = SUBSCRIPT_SLICE, .low = 0, .high = n - 1};
        Value gaps = operate(S, OPERATOR_SUBTRACT, operation_index(S, plain, &later, 1), operation_index(S, plain, &sooner, 1));
        double offender;
        if (constraint_is_broken(S, constraint_rows[CONSTRAINT_POSITIVE], NULL, gaps, &offender))
            error_raise(S, "bad-argument", NULL, "cutpoints of %s must ascend, but here one is %.10g above the one before it", d->row->name, offender);
    }
    d->layout = layout_join_lanes(S, value_layout(S, eta), cuts.as.array->layout);
    if (!d->layout) error_raise(S, "shape-mismatch", NULL, "%s meets lanes of different plates", d->row->name);
}

static Value cutpoint(State *S, const Distribution *d, size_t k) {
    return operation_index(S, d->parameters[1], &(Subscript){.kind = SUBSCRIPT_INDEX, .index = value_number((double)k)}, 1);
}

/* How many cutpoints are below eta + logit(u). */
static Value sample(State *S, Distribution *d, RandomKey key, const Layout *event) {
    const Layout *to = event->rank ? layout_with_lanes(S, event, S->lanes) : S->lanes;
    Array *noise = array_new(S, to);
    random_uniform(S, key, to, 0, noise->data);
    noise->missing = MISSING_NO;
    Value z = operate(S, OPERATOR_ADD, value_detached(d->parameters[0]), function_of(S, "logit", value_unboxed(noise, 0)));
    Value out = value_number(0);
    for (size_t k = 0; k < d->parameters[1].as.array->layout->components; k++)
        out = operate(S, OPERATOR_ADD, out, operate(S, OPERATOR_GREATER, z, value_detached(cutpoint(S, d, k))));
    if (tape_has(S, d->parameters[0]) || tape_has(S, d->parameters[1])) out.node = tape_barrier(S, to, "this draw has no reparameterised gradient");
    return out;
}

/* The cutpoints with -inf before and inf behind them. */
static Value bounded(State *S, const Distribution *d) {
    return operation_concat(S, (Value[]){value_number(-INFINITY), d->parameters[1], value_number(INFINITY)}, 3);
}

/* The element of `bounds` at value + shift, over `to`; inside becomes false where there is none. */
static Value bound_at(State *S, const Distribution *d, Value bounds, Value value, const Layout *to, double shift, double *inside) {
    const Layout *in = bounds.as.array->layout, *own = rows_layout(S, in);
    if (to == S->scalar) {
        double x = value.tag == VALUE_BOOLEAN ? value.as.boolean : value.as.number, place = x + shift;
        *inside = place >= 0 && place < (double)in->components && floor(place) == place;
        return operation_index(S, bounds, &(Subscript){.kind = SUBSCRIPT_INDEX, .index = value_number(*inside ? place : 0)}, 1);
    }
    (void)d;
    return rows_gather(S, bounds, to, categorical_places(S, value, in, own, to, shift, inside));
}

static Value log_prob(State *S, Distribution *d, Value value) {
    Value bounds = bounded(S, d);
    const Layout *to = layout_join(S, value_layout(S, value), d->layout);
    if (!to) error_raise(S, "shape-mismatch", NULL, "the value's shape is not that of a draw from this %s", d->row->name);
    Array *inside = array_new(S, to), *other = array_new(S, to);
    inside->boolean = other->boolean = true;
    Value upper = bound_at(S, d, bounds, value, to, 1, inside->data), lower = bound_at(S, d, bounds, value, to, 0, other->data);
    for (size_t i = 0; i < to->size && to != S->scalar; i++) inside->data[i] = inside->data[i] != 0 && other->data[i] != 0;
    if (to == S->scalar) inside->data[0] = inside->data[0] != 0 && other->data[0] != 0 && value_layout(S, value) == S->scalar;
    /* where there is no such category, the first one's bounds stand in */
    Value known = value_unboxed(inside, 0);
    lower = operation_select(S, known, lower, value_number(-INFINITY));
    upper = operation_select(S, known, upper, value_number(0));
    Value v = operation_elementwise(S, &countvector_between, (Value[]){lower, upper, d->parameters[0]});
    return operation_select(S, known, v, value_number(-INFINITY));
}

/* ---- Questions ---- */

/* The Categorical of the same probabilities, for an eta that is a number. */
static Distribution *categories(State *S, Distribution *d) {
    size_t n = d->parameters[1].as.array->layout->components + 1;
    size_t base = S->top;
    for (size_t k = 0; k < n; k++) stack_push(S, log_prob(S, d, value_number((double)k)));
    Value logits = operation_stack(S, S->stack + base, n), parameters[DISTRIBUTION_PARAMETERS] = {value_unassigned(), logits};
    S->top = base;
    return distribution_of_checked(S, distribution_find("Categorical"), parameters);
}

/* cdf and its kin at x, each from its own tail. */
static Value tail(State *S, Distribution *d, Value x, bool upper, bool logarithm) {
    Value bounds = bounded(S, d);
    double last = (double)(bounds.as.array->layout->components - 1);
    Value place = operate(S, OPERATOR_ADD, function_of(S, "floor", x), value_number(1));
    place = operation_select(S, operate(S, OPERATOR_GREATER, place, value_number(0)), place, value_number(0));
    place = operation_select(S, operate(S, OPERATOR_LESS, place, value_number(last)), place, value_number(last));
    const Layout *to = layout_join(S, value_layout(S, place), d->layout);
    if (!to) error_raise(S, "shape-mismatch", NULL, "x has not the shape of a draw from this %s", d->row->name);
    Array *inside = array_new(S, to);
    Value cut = bound_at(S, d, bounds, place, to, 0, inside->data);
    Value z = upper ? operate(S, OPERATOR_SUBTRACT, d->parameters[0], cut) : operate(S, OPERATOR_SUBTRACT, cut, d->parameters[0]);
    if (!logarithm) return function_of(S, "sigmoid", z);
    Value minus = operation_unary(S, &elementwise_operators[OPERATOR_NEGATE], z);
    return operation_unary(S, &elementwise_operators[OPERATOR_NEGATE], function_of(S, "softplus", minus));
}

static Value answer(State *S, Distribution *d, const char *name, const Value *extra) {
    static const char *const known[] = {"probs", "mean", "variance", "median", "mode", "entropy", "quantile"};
    bool listed = false;
    for (size_t k = 0; k < sizeof known / sizeof *known; k++) listed = listed || strcmp(name, known[k]) == 0;
    if (!listed) return value_unassigned();
    Distribution *c = categories(S, d);
    return strcmp(name, "probs") == 0 ? c->parameters[0] : distribution_formula(S, c, name, extra);
}

/* For a vector eta, element by element as lanes. */
static Value field(State *S, Distribution *d, const char *name, const Value *extra) {
    bool cdf = strcmp(name, "cdf") == 0, ccdf = strcmp(name, "ccdf") == 0, log_cdf = strcmp(name, "log_cdf") == 0, log_ccdf = strcmp(name, "log_ccdf") == 0;
    if (cdf || ccdf || log_cdf || log_ccdf) return tail(S, d, *extra, ccdf || log_ccdf, log_cdf || log_ccdf);
    if (strcmp(name, "kl") == 0) {
        Distribution *other = extra->as.distribution;
        if (other->row != d->row || d->layout->rank || other->layout->rank) return value_unassigned();
        Value to = value_object(categories(S, other));
        return distribution_formula(S, categories(S, d), "kl", &to);
    }
    const Layout *l = value_layout(S, d->parameters[0]);
    if (l->rank == 0) return answer(S, d, name, extra);
    if (l->rank > 1 || strcmp(name, "quantile") == 0) return value_unassigned();
    Axis *axis = plate_begin(S, string_of(S, "<elements>"), l->dims[0])->axis;
    Value parameters[DISTRIBUTION_PARAMETERS] = {operation_cross_in(S, d->parameters[0], axis, l->dims[0], 0), d->parameters[1]};
    Value v = answer(S, distribution_of_checked(S, d->row, parameters), name, extra);
    plate_leave(S);
    return v.tag == VALUE_UNASSIGNED ? v : operation_cross_out(S, v, axis, l->dims[0], 0);
}

static const DistributionComposed composed = {.make = make, .sample = sample, .log_prob = log_prob, .field = field, .n_shown = 2};

const DistributionRow distribution_orderedlogistic = {
    .name = "OrderedLogistic",
    .help = "One of the categories 0, 1, 2, … on a scale: the interval between cutpoints in which a logistic number around eta lies",
    .parameters = {{"eta", CONSTRAINT_REAL, NULL, "where on the scale the number lies"},
                   {"cutpoints", CONSTRAINT_REAL, NULL, "an ascending vector: the borders between the categories, of which there is one more"}},
    .n_parameters = 2,
    .composed = &composed,
    .density = "sigmoid(cutpoints[x] - eta) - sigmoid(cutpoints[x - 1] - eta), with -inf before the first cutpoint and inf behind the last",
    .edges = "What is no category has a log probability of -inf. Cutpoints that do not ascend are an error.",
    .sampler = "inversion: how many cutpoints are below eta + logit(u)",
    .support = "integer_interval(0, len(cutpoints))",
    .discrete = true,
    .example = "obs grade[i] ~ OrderedLogistic(skill[i], [-1, 0.5, 2])",
};
