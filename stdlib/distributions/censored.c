/* SPDX-License-Identifier: GPL-3.0-or-later
   Censored(D, low, high): draws of D, of which those beyond a bound are only known to be beyond it: they stand at the bound. */
#include <math.h>

#include "stdlib/distributions/built.h"

static const char *const family = "Censored";

static Distribution *base_of(const Distribution *d) { return d->parameters[0].as.distribution; }
static Value low_of(const Distribution *d) { return d->parameters[1]; }
static Value high_of(const Distribution *d) { return d->parameters[2]; }

static void make(State *S, Distribution *d) {
    Distribution *base = built_base(S, family, "base", d->parameters[0]);
    built_demand_numbers(S, family, base);
    d->discrete = base->discrete;
    built_take_bounds(S, family, d, false);
}

/* ---- Draws ---- */

/* A draw stands at a bound with a probability that moves with the parameters, so it has no gradient of its own: the score function
   gives one by the base's parameters, and nothing gives one by the bounds. */
static Value sample(State *S, Distribution *d, RandomKey key, const Layout *event) {
    Value x = value_detached(distribution_sample_event(S, base_of(d), key, event));
    x = built_clamped(S, x, value_detached(low_of(d)), value_detached(high_of(d)));
    if (tape_has(S, low_of(d)) || tape_has(S, high_of(d))) {
        x.node = tape_barrier(S, value_layout(S, x), "draws of Censored have no gradient by its bounds");
        return built_add(S, x, value_number(0));
    }
    if (distribution_is_taped(S, d)) x.node = tape_barrier(S, value_layout(S, x), "this draw has no reparameterised gradient");
    return x;
}

/* ---- Log density ---- */

/* log P(X <= low), log P(X >= high). */
static Value log_below(State *S, const Distribution *d) {
    return built_log_tail(S, family, base_of(d), false, d->discrete ? built_function(S, "floor", low_of(d)) : low_of(d));
}

static Value log_above(State *S, const Distribution *d) {
    Value high = high_of(d);
    if (d->discrete) high = built_subtract(S, built_function(S, "ceil", high), value_number(1));
    return built_log_tail(S, family, base_of(d), true, high);
}

static Value log_prob(State *S, Distribution *d, Value x) {
    Value inside = built_both(S, built_less(S, low_of(d), x), built_less(S, x, high_of(d)));
    Value v = operation_select(S, inside, distribution_log_prob(S, base_of(d), x), value_number(-INFINITY));
    Value finite_low = built_less(S, value_number(-INFINITY), low_of(d)), finite_high = built_less(S, high_of(d), value_number(INFINITY));
    Value at_low = built_both(S, finite_low, built_operate(S, OPERATOR_EQUAL, value_detached(x), value_detached(low_of(d))));
    Value at_high = built_both(S, finite_high, built_operate(S, OPERATOR_EQUAL, value_detached(x), value_detached(high_of(d))));
    if (!built_none(S, at_low)) v = operation_select(S, at_low, log_below(S, d), v);
    if (!built_none(S, at_high)) v = operation_select(S, at_high, log_above(S, d), v);
    return v;
}

/* ---- Questions ---- */

static Value answer_at(State *S, Distribution *d, const char *name, Value x) {
    bool log = strncmp(name, "log_", 4) == 0, upper = strstr(name, "ccdf") != NULL;
    if (strstr(name, "quantile")) {
        Value v = built_ask(S, base_of(d), name, &x);
        return v.tag == VALUE_UNASSIGNED ? v : built_clamped(S, v, low_of(d), high_of(d));
    }
    if (!strstr(name, "cdf")) return value_unassigned();
    Value v = built_ask(S, base_of(d), name, &x), none = value_number(log ? -INFINITY : 0), all = value_number(log ? 0 : 1);
    if (v.tag == VALUE_UNASSIGNED) return v;
    v = operation_select(S, built_less(S, x, low_of(d)), upper ? all : none, v);
    return operation_select(S, built_at_most(S, high_of(d), x), upper ? none : all, v);
}

/* (x - mu) / sigma; of an infinite x, 0, and `there` says so. */
static Value standard(State *S, const Distribution *d, Value x, Value *there) {
    const Value *normal = base_of(d)->parameters;
    *there = built_function(S, "is_finite", value_detached(x));
    Value safe = operation_select(S, *there, x, value_number(0));
    return built_divide(S, built_subtract(S, safe, normal[0]), normal[1]);
}

/* a P(Z < a) + the density at a: what a lower bound a adds to the mean of a standard normal number, E max(Z, a). */
static Value lifted_mean(State *S, Value a) {
    Value square = built_multiply(S, value_number(-0.5), built_multiply(S, a, a));
    Value bell = built_multiply(S, value_number(0.39894228040143267794), built_exp(S, square));
    return built_add(S, built_multiply(S, a, built_function(S, "normal_cdf", a)), bell);
}

/* E max(Z, a) - E max(-Z, -b), the second for what the upper bound takes away. */
static Value mean(State *S, const Distribution *d) {
    Value has_low, has_high, low = standard(S, d, low_of(d), &has_low), high = standard(S, d, high_of(d), &has_high);
    Value up = operation_select(S, has_low, lifted_mean(S, low), value_number(0));
    Value minus = operation_unary(S, &elementwise_operators[OPERATOR_NEGATE], high);
    Value down = operation_select(S, has_high, lifted_mean(S, minus), value_number(0));
    Value z = built_subtract(S, up, down);
    return built_add(S, base_of(d)->parameters[0], built_multiply(S, base_of(d)->parameters[1], z));
}

static Value field(State *S, Distribution *d, const char *name, const Value *extra) {
    if (extra) return value_is_numeric(*extra) ? answer_at(S, d, name, *extra) : value_unassigned();
    if (strcmp(name, "support") == 0) return built_support_within(S, base_of(d), low_of(d), high_of(d));
    if (strcmp(name, "mean") == 0 && built_is(base_of(d), "Normal")) return mean(S, d);
    if (strcmp(name, "median") != 0) return value_unassigned();
    Value v = built_ask(S, base_of(d), "median", NULL);
    return v.tag == VALUE_UNASSIGNED ? v : built_clamped(S, v, low_of(d), high_of(d));
}

static const DistributionComposed composed = {.make = make, .sample = sample, .log_prob = log_prob, .field = field, .n_shown = 3};

const DistributionRow distribution_censored = {
    .name = "Censored",
    .help = "Draws of a distribution, of which those beyond a bound stand at the bound",
    .parameters = {{"base", CONSTRAINT_REAL, NULL, "a distribution of numbers whose cdf is known"},
                   {"low", CONSTRAINT_REAL, "none", "the lower bound; without it there is none"},
                   {"high", CONSTRAINT_REAL, "none", "the upper bound; without it there is none"}},
    .n_parameters = 3,
    .composed = &composed,
    .density = "base(x) for low < x < high; P(X <= low) at low; P(X >= high) at high",
    .edges = "At a bound the log density is the logarithm of a probability, between them that of the base's density; beyond them it is"
             " -inf. low must be less than high; bounds may be infinite.",
    .sampler = "A draw of the base, moved to the bound that it lies beyond. Its gradient is the score function's, by the base's parameters.",
    .example = "obs wage ~ Censored(Normal(3, 1), 0)",
};
