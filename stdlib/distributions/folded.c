/* SPDX-License-Identifier: GPL-3.0-or-later
   Folded(D): the absolute value of a draw of D. */
#include <math.h>

#include "stdlib/distributions/built.h"
#include "stdlib/distributions/normal_window.h"

static const char *const family = "Folded";

static Distribution *base_of(const Distribution *d) { return d->parameters[0].as.distribution; }
static Value minus(State *S, Value v) { return operation_unary(S, &elementwise_operators[OPERATOR_NEGATE], v); }

static void make(State *S, Distribution *d) {
    Distribution *base = built_base(S, family, "base", d->parameters[0]);
    built_demand_numbers(S, family, base);
    d->discrete = base->discrete;
    d->layout = base->layout;
}

static Value sample(State *S, Distribution *d, RandomKey key, const Layout *event) {
    Value x = distribution_sample_event(S, base_of(d), key, event);
    if (!tape_is_barrier(S, x)) return built_function(S, "abs", x);
    Value y = built_function(S, "abs", value_detached(x));
    y.node = tape_barrier(S, value_layout(S, y), "this draw has no reparameterised gradient");
    return y;
}

static Value log_prob(State *S, Distribution *d, Value x) {
    Value terms[] = {distribution_log_prob(S, base_of(d), x), distribution_log_prob(S, base_of(d), minus(S, x))};
    Value v = built_log_sum(S, terms, 2);
    if (d->discrete) v = operation_select(S, built_operate(S, OPERATOR_EQUAL, value_detached(x), value_number(0)), terms[0], v);
    return operation_select(S, built_at_most(S, value_number(0), x), v, value_number(-INFINITY));
}

/* ---- Questions ---- */

/* What lies below the mirror image of x, and the rest. */
static Value image(State *S, const Distribution *d, Value x) {
    if (!d->discrete) return minus(S, x);
    return built_subtract(S, minus(S, built_function(S, "floor", x)), value_number(1));
}

/* log P(|X| <= x), by the tail of the base that has less above x or below -x. */
static Value log_within(State *S, Distribution *d, Value x) {
    Distribution *base = base_of(d);
    if (built_is(base, "Normal")) {
        Value low = built_divide(S, built_subtract(S, minus(S, x), base->parameters[0]), base->parameters[1]);
        Value high = built_divide(S, built_subtract(S, x, base->parameters[0]), base->parameters[1]);
        return built_binary(S, &normal_window_log_mass, low, high);
    }
    Value below = image(S, d, x);
    Value lower[] = {built_log_tail(S, family, base, false, x), built_log_tail(S, family, base, false, below)};
    Value upper[] = {built_log_tail(S, family, base, true, below), built_log_tail(S, family, base, true, x)};
    return operation_select(S, built_less(S, upper[0], lower[0]), built_binary(S, &built_log_difference, upper[0], upper[1]),
                            built_binary(S, &built_log_difference, lower[0], lower[1]));
}

static Value log_beyond(State *S, Distribution *d, Value x) {
    Value terms[] = {built_log_tail(S, family, base_of(d), true, x), built_log_tail(S, family, base_of(d), false, image(S, d, x))};
    return built_log_sum(S, terms, 2);
}

static Value answer_at(State *S, Distribution *d, const char *name, Value x) {
    if (!built_has_cdf(S, base_of(d))) return value_unassigned();
    if (strstr(name, "quantile"))
        return built_quantile(S, family, d, strcmp(name, "upper_quantile") == 0, x, value_number(0), value_number(INFINITY));
    if (!strstr(name, "cdf")) return value_unassigned();
    bool log = strncmp(name, "log_", 4) == 0, upper = strstr(name, "ccdf") != NULL;
    Value outside = built_less(S, x, value_number(0)), infinite = built_less(S, value_number(1.7976931348623157e308), x);
    Value safe = operation_select(S, outside, value_number(0), operation_select(S, infinite, value_number(0), x));
    Value v = built_settled(S, upper ? log_beyond(S, d, safe) : log_within(S, d, safe));
    if (!built_none(S, built_less(S, value_number(-0.6931471805599453), v)))
        v = built_nearer(S, v, built_settled(S, upper ? log_within(S, d, safe) : log_beyond(S, d, safe)));
    v = operation_select(S, outside, value_number(upper ? 0 : -INFINITY), v);
    v = operation_select(S, infinite, value_number(upper ? -INFINITY : 0), v);
    return log ? v : built_exp(S, v);
}

/* With r = |mu| / sigma and L = E max(-Z - r, 0), how much of it the fold turns up: the mean is sigma (r + 2 L) and the variance
   sigma^2 (1 - 4 L (r + L)), without a difference of squares. */
static Value moment(State *S, const Distribution *d, bool is_mean) {
    const Value *normal = base_of(d)->parameters;
    Value r = built_divide(S, built_function(S, "abs", normal[0]), normal[1]);
    Value square = built_multiply(S, value_number(-0.5), built_multiply(S, r, r));
    Value bell = built_multiply(S, value_number(0.39894228040143267794), built_exp(S, square));
    Value turned = built_subtract(S, bell, built_multiply(S, r, built_function(S, "normal_cdf", minus(S, r))));
    if (is_mean) return built_multiply(S, normal[1], built_add(S, r, built_multiply(S, value_number(2), turned)));
    Value lost = built_multiply(S, value_number(4), built_multiply(S, turned, built_add(S, r, turned)));
    return built_multiply(S, built_multiply(S, normal[1], normal[1]), built_rest(S, lost));
}

static Value field(State *S, Distribution *d, const char *name, const Value *extra) {
    if (extra) return value_is_numeric(*extra) ? answer_at(S, d, name, *extra) : value_unassigned();
    if (strcmp(name, "support") == 0)
        return value_object(constraint_new(S, constraint_find(d->discrete ? "nonnegative_integer" : "nonnegative"), (Value[2]){value_unassigned(), value_unassigned()}));
    if (strcmp(name, "median") == 0) return answer_at(S, d, "quantile", value_number(0.5));
    bool is_mean = strcmp(name, "mean") == 0;
    if (built_is(base_of(d), "Normal") && (is_mean || strcmp(name, "variance") == 0)) return moment(S, d, is_mean);
    return value_unassigned();
}

static const DistributionComposed composed = {.make = make, .sample = sample, .log_prob = log_prob, .field = field, .n_shown = 1};

const DistributionRow distribution_folded = {
    .name = "Folded",
    .help = "The absolute value of a draw of a distribution",
    .parameters = {{"base", CONSTRAINT_REAL, NULL, "a distribution of numbers"}},
    .n_parameters = 1,
    .composed = &composed,
    .density = "base(x) + base(-x) for x >= 0; of counts, base(0) at 0",
    .edges = "Below 0 the log density is -inf. At 0 it is that of twice the base's density there; of a discrete base, its probability.",
    .sampler = "The absolute value of a draw of the base, with its gradient if that has one. Quantiles by bisection of the cdf.",
    .example = "spread ~ Folded(Normal(1, 2))",
};
