/* SPDX-License-Identifier: GPL-3.0-or-later
   ZeroInflated(D, p): 0 with probability p, else a draw of D, which may be 0 too. Given a logit (parameter 2), all is computed
   from that, and parameter 1 is the probability. */
#include <math.h>

#include "stdlib/distributions/built.h"

static const char *const family = "ZeroInflated";

static Distribution *base_of(const Distribution *d) { return d->parameters[0].as.distribution; }
static bool by_logit(const Distribution *d) { return d->parameters[2].tag != VALUE_UNASSIGNED; }
static Value given(const Distribution *d) { return d->parameters[by_logit(d) ? 2 : 1]; }
static Value minus(State *S, Value v) { return operation_unary(S, &elementwise_operators[OPERATOR_NEGATE], v); }

static void make(State *S, Distribution *d) {
    Distribution *base = built_base(S, family, "base", d->parameters[0]);
    built_demand_numbers(S, family, base);
    if (!base->discrete)
        error_raise(S, "wrong-type",
                    "Observe whether it is zero by Bernoulli, and where it is not, the amount by its own distribution.",
                    "'%s' takes a distribution of counts, and %s is continuous: a single number has no probability there", family, base->row->name);
    distribution_check(S, d->row, &d->row->parameters[by_logit(d) ? 2 : 1], given(d));
    if (by_logit(d)) d->parameters[1] = built_function(S, "sigmoid", given(d));
    d->layout = layout_join(S, base->layout, value_layout(S, given(d)));
    if (!d->layout) error_raise(S, "shape-mismatch", NULL, "p of %s has another shape than a draw of %s", family, base->row->name);
}

/* p, 1 - p, and the logarithm of the latter. */
static Value extra(const Distribution *d) { return d->parameters[1]; }
static Value rest(State *S, const Distribution *d) {
    return by_logit(d) ? built_function(S, "sigmoid", minus(S, given(d))) : built_rest(S, given(d));
}
static Value log_rest(State *S, const Distribution *d) {
    return by_logit(d) ? minus(S, built_function(S, "softplus", given(d))) : built_function(S, "log1p", minus(S, given(d)));
}

/* ---- Draws ---- */

static Value sample(State *S, Distribution *d, RandomKey key, const Layout *event) {
    const Layout *draws = built_draws(S, event);
    Value x = value_detached(distribution_sample_event(S, base_of(d), key, event));
    Value u = built_uniform(S, built_key(key, 0), draws);
    x = operation_select(S, built_less(S, u, extra(d)), value_number(0), built_add(S, x, value_number(0)));
    if (x.tag == VALUE_ARRAY) x.as.array->missing = MISSING_NO;
    x.node = distribution_is_taped(S, d) ? tape_barrier(S, draws, "this draw has no reparameterised gradient") : 0;
    return x;
}

/* ---- Log density ---- */

static Value log_at_zero(State *S, const Distribution *d, Value of_base) {
    if (!by_logit(d)) return built_binary(S, &built_log_inflated, given(d), of_base);
    Value terms[] = {minus(S, built_function(S, "softplus", minus(S, given(d)))), built_add(S, log_rest(S, d), of_base)};
    return built_log_sum(S, terms, 2);
}

static Value log_prob(State *S, Distribution *d, Value x) {
    Value zero = built_operate(S, OPERATOR_EQUAL, value_detached(x), value_number(0));
    Value v = value_number(-INFINITY);
    if (!built_all(S, zero)) v = built_settled(S, built_add(S, log_rest(S, d), distribution_log_prob(S, base_of(d), x)));
    if (built_none(S, zero)) return v;
    return operation_select(S, zero, log_at_zero(S, d, distribution_log_prob(S, base_of(d), value_number(0))), v);
}

/* ---- Questions ---- */

static Value cdf(State *S, Distribution *d, Value x, bool upper) {
    Value v = built_ask(S, base_of(d), upper ? "ccdf" : "cdf", &x);
    if (v.tag == VALUE_UNASSIGNED) return v;
    Value here = upper ? built_less(S, x, value_number(0)) : built_at_most(S, value_number(0), x);
    return built_add(S, built_multiply(S, rest(S, d), v), operation_select(S, here, extra(d), value_number(0)));
}

/* Below the extra zeros probabilities are 1 - p times those of the base, and above them p more. */
static Value quantile(State *S, Distribution *d, Value q) {
    Value before = value_number(-1), at = value_number(0), share = rest(S, d), p = value_detached(extra(d));
    Value below = built_ask(S, base_of(d), "cdf", &before), up_to = built_ask(S, base_of(d), "cdf", &at);
    if (below.tag == VALUE_UNASSIGNED || up_to.tag == VALUE_UNASSIGNED) return value_unassigned();
    q = value_detached(q), share = value_detached(share);
    Value negative = built_less(S, q, built_multiply(S, share, value_detached(below)));
    Value zero = built_at_most(S, q, built_add(S, p, built_multiply(S, share, value_detached(up_to))));
    Value less = operation_select(S, negative, q, built_subtract(S, q, p));
    Value of_base = built_divide(S, less, share);
    of_base = built_clamped(S, of_base, value_number(0), value_number(1));
    of_base = operation_select(S, built_operate(S, OPERATOR_EQUAL, of_base, of_base), of_base, value_number(0));
    Value x = built_ask(S, base_of(d), "quantile", &of_base);
    if (x.tag == VALUE_UNASSIGNED) return x;
    return operation_select(S, negative, x, operation_select(S, zero, value_number(0), x));
}

static Value moment(State *S, Distribution *d, bool is_mean) {
    Value mean = built_ask(S, base_of(d), "mean", NULL);
    if (mean.tag == VALUE_UNASSIGNED) return mean;
    if (is_mean) return built_multiply(S, rest(S, d), mean);
    Value variance = built_ask(S, base_of(d), "variance", NULL);
    if (variance.tag == VALUE_UNASSIGNED) return variance;
    Value between = built_multiply(S, extra(d), built_multiply(S, mean, mean));
    return built_multiply(S, rest(S, d), built_add(S, variance, between));
}

static Value mode(State *S, Distribution *d) {
    Value x = built_ask(S, base_of(d), "mode", NULL);
    if (x.tag == VALUE_UNASSIGNED) return x;
    Value there = distribution_log_prob(S, d, x), zero = distribution_log_prob(S, d, value_number(0));
    return operation_select(S, built_less(S, zero, there), x, value_number(0));
}

static Value answer_at(State *S, Distribution *d, const char *name, Value x) {
    if (strcmp(name, "cdf") == 0 || strcmp(name, "ccdf") == 0) return cdf(S, d, x, name[1] == 'c');
    if (strcmp(name, "quantile") != 0) return value_unassigned();
    double offender;
    if (constraint_is_broken(S, constraint_find("unit_interval"), NULL, x, &offender))
        error_raise(S, "bad-argument", NULL, "quantile of %s takes a probability, between 0 and 1, but it is %.10g here", family, offender);
    return quantile(S, d, x);
}

static Value support(State *S, Distribution *d) {
    Value v = built_ask(S, base_of(d), "support", NULL);
    if (v.tag != VALUE_CONSTRAINT || strcmp(((Constraint *)v.as.object)->row->name, "integer_interval") != 0) return v;
    const Value *own = ((Constraint *)v.as.object)->bounds;
    Value bounds[] = {built_clamped(S, own[0], value_number(-INFINITY), value_number(0)), built_clamped(S, own[1], value_number(0), value_number(INFINITY))};
    return value_object(constraint_new(S, constraint_find("integer_interval"), bounds));
}

static Value field(State *S, Distribution *d, const char *name, const Value *x) {
    if (x) return value_is_numeric(*x) ? answer_at(S, d, name, *x) : value_unassigned();
    if (strcmp(name, "support") == 0) return support(S, d);
    if (strcmp(name, "mean") == 0 || strcmp(name, "variance") == 0) return moment(S, d, name[0] == 'm');
    if (strcmp(name, "median") == 0) return quantile(S, d, value_number(0.5));
    return strcmp(name, "mode") == 0 ? mode(S, d) : value_unassigned();
}

static const DistributionComposed composed = {
    .make = make, .sample = sample, .log_prob = log_prob, .field = field, .n_shown = 2, .either = 1u << 1 | 1u << 2};

const DistributionRow distribution_zeroinflated = {
    .name = "ZeroInflated",
    .help = "A count of which some more than its distribution has are 0",
    .parameters = {{"base", CONSTRAINT_REAL, NULL, "a distribution of counts"},
                   {"p", CONSTRAINT_UNIT_INTERVAL, "none", "the probability of an extra 0"},
                   {"logit", CONSTRAINT_REAL, "none", "instead of p: log(p / (1 - p))"}},
    .n_parameters = 3,
    .composed = &composed,
    .discrete = true,
    .density = "p + (1 - p) base(0) at 0; (1 - p) base(x) elsewhere",
    .edges = "p may be 0, which leaves the base as it is, and 1, which leaves 0 alone. Where the base has probability 0, so has this but at 0.",
    .sampler = "0 where a uniform number is less than p, else a draw of the base",
    .example = "obs fish ~ ZeroInflated(Poisson(3), 0.4)",
};
