/* SPDX-License-Identifier: GPL-3.0-or-later
   What families that are built from other distributions share. */
#include <math.h>
#include <string.h>

#include "runtime/elementwise.h"
#include "runtime/mask.h"
#include "runtime/spread.h"
#include "runtime/tape_score.h"
#include "stdlib/distributions/built.h"
#include "stdlib/rows.h"

/* ---- Arithmetic ---- */

Value built_function(State *S, const char *name, Value a) { return operation_unary(S, elementwise_find(name), a); }

Value built_both(State *S, Value a, Value b) { return operation_select(S, a, b, value_boolean(false)); }

Value built_settled(State *S, Value v) {
    return operation_select(S, built_less(S, value_number(-INFINITY), v), v, value_number(-INFINITY));
}

Value built_log_sum(State *S, const Value *terms, unsigned n) {
    if (n == 1) return terms[0];
    const Layout *layout = elementwise_join(S, "logsumexp", terms, n);
    double **partial = (double **)rows_scratch(S, n);
    const double **in = (const double **)rows_scratch(S, n);
    bool taped = false;
    Array *out = array_new(S, layout);
    for (unsigned k = 0; k < n; k++) {
        bool own = value_layout(S, terms[k]) == layout && terms[k].tag == VALUE_ARRAY;
        double *data = own ? terms[k].as.array->data : array_new(S, layout)->data;
        if (!own) elementwise_spread(S, terms[k], layout, data);
        in[k] = data;
        partial[k] = tape_has(S, terms[k]) ? tape_allocate(S, layout->size * sizeof(double)) : NULL;
        taped |= partial[k] != NULL;
    }
    built_log_sum_kernel(layout->size, out->data, partial, in, n);
    out->missing = MISSING_NO;
    if (!taped) return value_unboxed(out, 0);
    uint64_t node = tape_node(S, layout);
    for (unsigned k = 0; k < n; k++)
        if (partial[k]) tape_edge_partial(S, terms[k], partial[k]);
    return value_unboxed(out, node);
}

Value built_nearer(State *S, Value v, Value rest) {
    Value near = built_less(S, value_number(-0.6931471805599453), v);
    return built_none(S, near) ? v : operation_select(S, near, built_binary(S, &built_log_difference, value_number(0), rest), v);
}

/* ---- Conditions ---- */

bool built_all(State *S, Value condition) {
    if (condition.tag == VALUE_BOOLEAN) return condition.as.boolean || (S->mask && !mask_any(S->mask));
    double least, largest;
    Value number = built_add(S, value_detached(condition), value_number(0));
    value_extremes(S, number, &least, &largest);
    return !(least < 1);
}

bool built_none(State *S, Value condition) {
    return built_all(S, operation_select(S, condition, value_boolean(false), value_boolean(true)));
}

/* ---- Other distributions ---- */

Distribution *built_base(State *S, const char *family, const char *parameter, Value v) {
    if (v.tag != VALUE_DISTRIBUTION) native_type_error(S, family, parameter, "a distribution", v);
    return v.as.distribution;
}

void built_check_number(State *S, const char *family, const char *name, Value v) {
    if (!value_is_numeric(v)) native_type_error(S, family, name, "a number", v);
    Value equal = built_operate(S, OPERATOR_EQUAL, value_detached(v), value_detached(v));
    if (!built_all(S, equal)) error_raise(S, "bad-argument", NULL, "%s of %s must be a number, but it is nan or missing here", name, family);
}

Value built_need(State *S, const char *family, Distribution *d, const char *question, Value x) {
    Value v = built_ask(S, d, question, &x);
    if (v.tag == VALUE_UNASSIGNED)
        error_raise(S, "wrong-type", NULL, "'%s' takes a distribution whose cdf is known, and that of %s is not", family, d->row->name);
    return v;
}

/* At an infinite x, without asking. */
static Value log_tail_at_end(State *S, bool upper, Value x) {
    Value positive = built_less(S, value_number(0), x);
    return operation_select(S, positive, value_number(upper ? -INFINITY : 0), value_number(upper ? 0 : -INFINITY));
}

Value built_log_tail(State *S, const char *family, Distribution *d, bool upper, Value x) {
    Value finite = built_function(S, "is_finite", value_detached(x));
    if (built_none(S, finite)) return log_tail_at_end(S, upper, value_detached(x));
    bool all = built_all(S, finite) && !S->mask;
    Value safe = all ? x : operation_select(S, finite, x, value_number(0.5));
    Value v = built_settled(S, built_need(S, family, d, upper ? "log_ccdf" : "log_cdf", safe));
    return all ? v : operation_select(S, finite, v, log_tail_at_end(S, upper, value_detached(x)));
}

bool built_has_cdf(State *S, Distribution *d) {
    Value x = value_number(0.5);
    return !d->joint && built_ask(S, d, "cdf", &x).tag != VALUE_UNASSIGNED;
}

/* ---- Bounds ---- */

Value built_clamped(State *S, Value x, Value low, Value high) {
    x = operation_select(S, built_less(S, x, low), low, x);
    return operation_select(S, built_less(S, high, x), high, x);
}

double built_offender(State *S, Value condition, Value v) {
    double least, largest;
    Value there = operation_select(S, condition, value_number(NAN), built_add(S, value_detached(v), value_number(0)));
    value_extremes(S, there, &least, &largest);
    return least;
}

static void take_bound(State *S, const char *family, Distribution *d, unsigned k, double without) {
    Value *v = &d->parameters[k];
    if (v->tag == VALUE_UNASSIGNED || v->tag == VALUE_NONE) *v = value_number(without);
    built_check_number(S, family, d->row->parameters[k].name, *v);
    d->layout = layout_join(S, d->layout, value_layout(S, *v));
    if (!d->layout) error_raise(S, "shape-mismatch", "Give numbers, or as many as a draw has elements.", "the bounds of %s have another shape than a draw", family);
}

void built_take_bounds(State *S, const char *family, Distribution *d, bool may_meet) {
    d->layout = d->parameters[0].as.distribution->layout;
    take_bound(S, family, d, 1, -INFINITY);
    take_bound(S, family, d, 2, INFINITY);
    Value low = d->parameters[1], high = d->parameters[2];
    Value ordered = may_meet ? built_at_most(S, low, high) : built_less(S, low, high);
    if (!built_all(S, ordered))
        error_raise(S, "bad-argument", NULL, "in %s low must be less than high, but here low is %.10g and high is %.10g", family,
                    built_offender(S, ordered, low), built_offender(S, ordered, high));
}

static Value larger(State *S, Value a, Value b) { return operation_select(S, built_less(S, a, b), b, a); }
static Value smaller(State *S, Value a, Value b) { return operation_select(S, built_less(S, a, b), a, b); }

Value built_support_within(State *S, Distribution *d, Value low, Value high) {
    Value whole = built_ask(S, d, "support", NULL), bounds[] = {low, high};
    if (whole.tag != VALUE_CONSTRAINT) return value_unassigned();
    const Constraint *c = (Constraint *)whole.as.object;
    bool line = strcmp(c->row->name, "real") == 0 || strcmp(c->row->name, "integer") == 0, unit = strcmp(c->row->name, "unit_interval") == 0;
    if (c->row->n_bounds == 1) return whole;
    if (!line) bounds[0] = larger(S, bounds[0], c->row->n_bounds ? c->bounds[0] : value_number(0));
    if (c->row->n_bounds || unit) bounds[1] = smaller(S, bounds[1], unit ? value_number(1) : c->bounds[1]);
    bool below = built_all(S, built_less(S, value_number(-INFINITY), bounds[0])), above = built_all(S, built_less(S, bounds[1], value_number(INFINITY)));
    if (d->discrete) bounds[0] = built_function(S, "ceil", bounds[0]), bounds[1] = built_function(S, "floor", bounds[1]);
    const char *name = below && above ? (d->discrete ? "integer_interval" : "interval") : d->discrete || !(below || above) ? NULL : below ? "greater_than" : "less_than";
    if (below && !above && bounds[0].tag == VALUE_NUMBER && bounds[0].as.number == 0) name = d->discrete ? "nonnegative_integer" : "nonnegative";
    const ConstraintRow *row = name ? constraint_find(name) : NULL;
    if (!row) return whole;
    return value_object(constraint_new(S, row, row->n_bounds == 1 && !below ? bounds + 1 : bounds));
}

/* ---- Draws ---- */

RandomKey built_key(RandomKey key, uint32_t part) {
    const uint32_t counter[4] = {part, 0x6275696c, 0x742d6f66, 0x2d706172};
    uint32_t out[4];
    philox_block(counter, key.key, out);
    return (RandomKey){{out[0], out[1]}};
}

const Layout *built_draws(State *S, const Layout *event) { return event->rank ? layout_with_lanes(S, event, S->lanes) : S->lanes; }

Value built_uniform(State *S, RandomKey key, const Layout *draws) {
    Array *u = array_new(S, draws);
    random_uniform(S, key, draws, 0, u->data);
    u->missing = MISSING_NO;
    return value_unboxed(u, 0);
}

Value built_with_path(State *S, Value x, Value derivative) {
    if (!tape_has(S, derivative)) return value_detached(x);
    const Layout *l = value_layout(S, x);
    if (value_layout(S, derivative) != l) { /* the same derivative in all of x's lanes */
        Value zero = built_multiply(S, value_detached(x), value_number(0));
        derivative = built_add(S, derivative, zero);
    }
    return score_with_derivative(S, value_detached(x), derivative);
}

void built_demand_numbers(State *S, const char *family, const Distribution *d) {
    if (d->joint) error_raise(S, "wrong-type", NULL, "'%s' takes a distribution of numbers, and a draw of %s is one whole", family, d->row->name);
}

Value built_moved(State *S, Distribution *d, Value x, Value q) {
    if (d->discrete || !(distribution_is_taped(S, d) || (q.tag != VALUE_UNASSIGNED && tape_has(S, q)))) return x;
    Value inverse = built_exp(S, operation_unary(S, &elementwise_operators[OPERATOR_NEGATE], value_detached(distribution_log_prob(S, d, x))));
    Value below = built_ask(S, d, "cdf", &x), above = built_ask(S, d, "ccdf", &x);
    Value lower = built_less(S, below, above);
    Value rest = operation_select(S, lower, operation_unary(S, &elementwise_operators[OPERATOR_NEGATE], below), above);
    Value path = built_multiply(S, rest, inverse);
    if (q.tag != VALUE_UNASSIGNED && tape_has(S, q)) path = built_add(S, path, built_multiply(S, q, inverse));
    return built_with_path(S, x, path);
}

/* ---- Inversion ---- */

/* Doubles in their order, as whole numbers. */
static int64_t place_of(double x) {
    int64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits < 0 ? INT64_MIN - bits : bits;
}

static double double_at(int64_t place) {
    int64_t bits = place < 0 ? INT64_MIN - place : place;
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

static Array *spread_array(State *S, Value v, const Layout *layout) {
    Array *out = array_new(S, layout);
    elementwise_spread(S, v, layout, out->data);
    out->missing = MISSING_NO;
    return out;
}

Value built_invert(State *S, const char *family, Distribution *d, bool upper, Value log_p, Value low, Value high) {
    Value parts[] = {value_detached(log_p), value_detached(low), value_detached(high)};
    const Layout *layout = layout_join(S, elementwise_join(S, family, parts, 3), d->layout);
    if (!layout) error_raise(S, "shape-mismatch", NULL, "the argument's shape is not that of a draw from this %s", family);
    Array *target = spread_array(S, parts[0], layout), *below = spread_array(S, parts[1], layout), *above = spread_array(S, parts[2], layout);
    Array *guess = array_new(S, layout);
    guess->missing = MISSING_NO;
    for (int round = 0; round < 64; round++) {
        bool open = false;
        for (size_t i = 0; i < layout->size; i++) {
            int64_t a = place_of(below->data[i]), b = place_of(above->data[i]);
            int64_t middle = (a & b) + ((a ^ b) >> 1);
            open |= middle != a;
            guess->data[i] = double_at(middle);
        }
        if (!open) break;
        Value at = built_log_tail(S, family, d, upper, value_unboxed(guess, 0));
        Array *answer = spread_array(S, value_detached(at), layout);
        for (size_t i = 0; i < layout->size; i++) {
            bool enough = upper ? answer->data[i] <= target->data[i] : answer->data[i] >= target->data[i];
            *(enough ? &above->data[i] : &below->data[i]) = guess->data[i];
        }
        guess = array_new(S, layout);
        guess->missing = MISSING_NO;
    }
    for (size_t i = 0; d->discrete && i < layout->size; i++) above->data[i] = ceil(above->data[i]);
    return value_unboxed(above, 0);
}

Value built_quantile(State *S, const char *family, Distribution *d, bool upper, Value q, Value low, Value high) {
    double offender;
    if (constraint_is_broken(S, constraint_find("unit_interval"), NULL, q, &offender))
        error_raise(S, "bad-argument", NULL, "%s of %s takes a probability, between 0 and 1, but it is %.10g here",
                    upper ? "upper_quantile" : "quantile", family, offender);
    Value near = built_function(S, "log", value_detached(q)), far = built_function(S, "log1p", operation_unary(S, &elementwise_operators[OPERATOR_NEGATE], value_detached(q)));
    Value own = built_at_most(S, q, value_number(0.5)), x;
    if (built_all(S, own)) x = built_invert(S, family, d, upper, near, low, high);
    else if (built_none(S, own)) x = built_invert(S, family, d, !upper, far, low, high);
    else x = operation_select(S, own, built_invert(S, family, d, upper, near, low, high), built_invert(S, family, d, !upper, far, low, high));
    Value share = upper ? built_rest(S, q) : q;
    return built_moved(S, d, value_detached(x), share);
}
