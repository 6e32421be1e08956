/* SPDX-License-Identifier: GPL-3.0-or-later
   Truncated(D, low, high): draws of D that lie within the bounds.

   All is computed with the logarithms of one tail's probabilities, in each lane of the tail that the window lies in: a window far
   out costs no digits. d->drawn holds the logarithm of the window's probability, its mass. */
#include <math.h>

#include "runtime/tape_score.h"
#include "stdlib/distributions/built.h"
#include "stdlib/distributions/normal_window.h"

static const char *const family = "Truncated";

static Distribution *base_of(const Distribution *d) { return d->parameters[0].as.distribution; }
static Value low_of(const Distribution *d) { return d->parameters[1]; }
static Value high_of(const Distribution *d) { return d->parameters[2]; }
static Value log_mass_of(const Distribution *d) { return d->drawn; }

/* ---- Tails ---- */

/* The last value below the window, and the last one in it: those of a discrete base are whole. */
static Value below_window(State *S, const Distribution *d) {
    if (!d->discrete) return low_of(d);
    return built_subtract(S, built_function(S, "ceil", low_of(d)), value_number(1));
}

static Value end_of_window(State *S, const Distribution *d) { return d->discrete ? built_function(S, "floor", high_of(d)) : high_of(d); }

static Value tail(State *S, const Distribution *d, bool upper, Value x) { return built_log_tail(S, family, base_of(d), upper, x); }

/* Where the window is seen from above: in the lanes where less lies above its lower end than below its upper one. */
static Value seen_from_above(State *S, const Distribution *d) {
    Value low = below_window(S, d), high = end_of_window(S, d);
    if (built_none(S, built_less(S, value_number(-INFINITY), low))) return value_boolean(false);
    if (built_none(S, built_less(S, high, value_number(INFINITY)))) return value_boolean(true);
    return built_less(S, value_detached(tail(S, d, true, low)), value_detached(tail(S, d, false, high)));
}

/* One of two by lane, of which only those are computed that some lane wants. */
typedef Value OneSide(State *S, const Distribution *d, bool upper, const Value *argument);

static Value by_side(State *S, const Distribution *d, Value above, OneSide *side, const Value *argument) {
    if (above.tag == VALUE_BOOLEAN) return side(S, d, above.as.boolean, argument);
    if (built_all(S, above) && !S->mask) return side(S, d, true, argument);
    if (built_none(S, above) && !S->mask) return side(S, d, false, argument);
    return operation_select(S, above, side(S, d, true, argument), side(S, d, false, argument));
}

/* ---- Mass ---- */

static bool is_normal(const Distribution *d) { return built_is(base_of(d), "Normal"); }

/* (x - mu) / sigma of a Normal base; infinite x stay what they are, with gradient 0. */
static Value standard(State *S, const Distribution *d, Value x) {
    const Value *normal = base_of(d)->parameters;
    Value finite = built_function(S, "is_finite", value_detached(x));
    if (built_none(S, finite)) return value_detached(x);
    Value z = built_divide(S, built_subtract(S, operation_select(S, finite, x, value_number(0)), normal[0]), normal[1]);
    return operation_select(S, finite, z, value_detached(x));
}

static Value mass_on_side(State *S, const Distribution *d, bool upper, const Value *none) {
    (void)none;
    Value low = tail(S, d, upper, below_window(S, d)), high = tail(S, d, upper, end_of_window(S, d));
    return built_binary(S, &built_log_difference, upper ? low : high, upper ? high : low);
}

static Value compute_log_mass(State *S, const Distribution *d) {
    if (is_normal(d)) return built_binary(S, &normal_window_log_mass, standard(S, d, low_of(d)), standard(S, d, high_of(d)));
    return by_side(S, d, seen_from_above(S, d), mass_on_side, NULL);
}

/* ---- Making ---- */

static void check_window(State *S, const Distribution *d) {
    Value possible = built_less(S, value_number(-INFINITY), log_mass_of(d));
    if (!built_all(S, possible))
        error_raise(S, "bad-argument", "Let the bounds meet the support.",
                    "in %s no draw of %s lies within the bounds: here low is %.10g and high is %.10g", family, base_of(d)->row->name,
                    built_offender(S, possible, low_of(d)), built_offender(S, possible, high_of(d)));
}

static void make(State *S, Distribution *d) {
    Distribution *base = built_base(S, family, "base", d->parameters[0]);
    if (base->joint)
        error_raise(S, "wrong-type", NULL, "'%s' takes a distribution of numbers, and a draw of %s is one whole", family, base->row->name);
    d->discrete = base->discrete;
    built_take_bounds(S, family, d, base->discrete);
    d->drawn = compute_log_mass(S, d);
    check_window(S, d);
}

/* ---- Log density ---- */

static Value inside_window(State *S, const Distribution *d, Value x) {
    return built_both(S, built_at_most(S, low_of(d), x), built_at_most(S, x, high_of(d)));
}

static Value log_prob(State *S, Distribution *d, Value x) {
    Value inside = inside_window(S, d, x);
    Value v = built_settled(S, built_subtract(S, distribution_log_prob(S, base_of(d), x), log_mass_of(d)));
    return operation_select(S, inside, v, value_number(-INFINITY));
}

/* ---- Inversion: the x below which lies the share u of the mass ---- */

/* Constants: u, 1 - u, and the x that belongs to them, where F(x) = (1 - u) F(low) + u F(high), and so for 1 - F. */
enum { SHARE, REST, DRAWN };

/* The base's x with this logarithm of the tail's probability. A probability that is too small for a number is met by bisection,
   and so is that of a base without quantiles. */
static Value base_inverse(State *S, const Distribution *d, bool upper, Value log_p) {
    Distribution *base = base_of(d);
    Value low = value_detached(low_of(d)), high = value_detached(high_of(d));
    if (is_normal(d)) {
        Value z = built_function(S, "normal_quantile_log", log_p), spread = built_multiply(S, z, value_detached(base->parameters[1]));
        Value mu = value_detached(base->parameters[0]);
        return upper ? built_subtract(S, mu, spread) : built_add(S, mu, spread);
    }
    Value p = built_exp(S, log_p), x = built_ask(S, base, upper ? "upper_quantile" : "quantile", &p);
    if (x.tag == VALUE_UNASSIGNED) return built_invert(S, family, base, upper, log_p, low, high);
    Value small = built_less(S, log_p, value_number(-700));
    if (built_none(S, small)) return value_detached(x);
    return operation_select(S, small, built_invert(S, family, base, upper, log_p, low, high), value_detached(x));
}

/* What moves x: by implicit differentiation of F(x) = (1 - u) F(low) + u F(high), with all by the logarithms of one tail
   (Figurnov, Mohamed and Mnih, Implicit reparameterization gradients, 2018). */
static Value weighted(State *S, Value log_tail, Value factor, Value log_density) {
    Value weight = built_multiply(S, factor, built_exp(S, built_subtract(S, value_detached(log_tail), log_density)));
    return built_multiply(S, log_tail, weight);
}

static Value path_on_side(State *S, const Distribution *d, bool upper, const Value *given) {
    Value log_density = value_detached(distribution_log_prob(S, base_of(d), given[DRAWN])), total;
    Value ends[] = {tail(S, d, upper, below_window(S, d)), tail(S, d, upper, end_of_window(S, d))};
    Value at = tail(S, d, upper, given[DRAWN]);
    total = weighted(S, at, value_number(1), log_density);
    for (int k = 0; k < 2; k++) {
        if (!tape_has(S, ends[k])) continue;
        Value finite = built_less(S, value_number(-INFINITY), ends[k]);
        Value safe = operation_select(S, finite, ends[k], value_number(0));
        Value term = operation_select(S, finite, weighted(S, safe, given[k == 0 ? REST : SHARE], log_density), value_number(0));
        total = built_subtract(S, total, term);
    }
    return upper ? total : operation_unary(S, &elementwise_operators[OPERATOR_NEGATE], total);
}

/* The logarithm of the base's probability, in one tail, of the x that the share u of the mass lies below. */
static Value target(State *S, const Distribution *d, bool upper, const Value *given) {
    Value low = value_detached(tail(S, d, upper, below_window(S, d))), high = value_detached(tail(S, d, upper, end_of_window(S, d)));
    Value terms[] = {built_add(S, built_function(S, "log", given[REST]), low), built_add(S, built_function(S, "log", given[SHARE]), high)};
    return built_log_sum(S, terms, 2);
}

static Value inverse_on_side(State *S, const Distribution *d, bool upper, const Value *given) {
    return base_inverse(S, d, upper, target(S, d, upper, given));
}

/* Where x lies above the base's median: then it is found from above. */
static Value found_from_above(State *S, const Distribution *d, const Value *given) {
    return built_less(S, value_number(-0.6931471805599453), target(S, d, false, given));
}

/* The x of a normal base, as far as its probabilities are no smaller than numbers are. */
static Value normal_place(State *S, const Distribution *d, const Value *given) {
    const Value *base = base_of(d)->parameters;
    Value a = value_detached(standard(S, d, low_of(d))), b = value_detached(standard(S, d, high_of(d)));
    Value z = operation_elementwise(S, &normal_window_place, (Value[]){given[SHARE], given[REST], a, b});
    return built_add(S, value_detached(base[0]), built_multiply(S, z, value_detached(base[1])));
}

static Value place(State *S, const Distribution *d, const Value *given) {
    Value near = is_normal(d) ? normal_place(S, d, given) : value_unassigned();
    if (is_normal(d) && built_all(S, built_function(S, "is_finite", near))) return near;
    Value x = value_detached(by_side(S, d, found_from_above(S, d, given), inverse_on_side, given));
    return is_normal(d) ? operation_select(S, built_function(S, "is_finite", near), near, x) : x;
}

static Value inverse(State *S, Distribution *d, Value u, Value rest) {
    Value given[] = {value_detached(u), value_detached(rest), value_unassigned()};
    Value x = place(S, d, given);
    Value low = value_detached(low_of(d)), high = value_detached(high_of(d));
    if (d->discrete) low = built_function(S, "ceil", low), high = built_function(S, "floor", high);
    x = built_clamped(S, x, low, high);
    if (d->discrete || !(distribution_is_taped(S, d) || tape_has(S, u))) return x;
    given[DRAWN] = x;
    Value path = by_side(S, d, found_from_above(S, d, given), path_on_side, given);
    if (tape_has(S, u)) {
        Value log_density = value_detached(distribution_log_prob(S, base_of(d), x));
        path = built_add(S, path, built_multiply(S, u, built_exp(S, built_subtract(S, value_detached(log_mass_of(d)), log_density))));
    }
    return built_with_path(S, x, path);
}

static Value sample(State *S, Distribution *d, RandomKey key, const Layout *event) {
    const Layout *draws = built_draws(S, event);
    Value u = built_uniform(S, key, draws);
    Value x = inverse(S, d, u, built_rest(S, u));
    if (x.tag == VALUE_ARRAY) x.as.array->missing = MISSING_NO;
    if (d->discrete && distribution_is_taped(S, d)) x.node = tape_barrier(S, draws, "this draw has no reparameterised gradient");
    return x;
}

/* ---- Questions ---- */

static Value part_on_side(State *S, const Distribution *d, bool upper, const Value *x) {
    Value at = tail(S, d, upper, x[0]), low = tail(S, d, upper, below_window(S, d));
    return built_binary(S, &built_log_difference, upper ? low : at, upper ? at : low);
}

static Value rest_on_side(State *S, const Distribution *d, bool upper, const Value *x) {
    Value at = tail(S, d, upper, x[0]), high = tail(S, d, upper, end_of_window(S, d));
    return built_binary(S, &built_log_difference, upper ? at : high, upper ? high : at);
}

/* The logarithm of the share of the mass that lies up to x, or above it, for x in the window. */
static Value log_share_within(State *S, Distribution *d, Value x, bool above_x) {
    Value part;
    if (is_normal(d))
        part = built_binary(S, &normal_window_log_mass, standard(S, d, above_x ? x : low_of(d)), standard(S, d, above_x ? high_of(d) : x));
    else part = by_side(S, d, seen_from_above(S, d), above_x ? rest_on_side : part_on_side, &x);
    return built_settled(S, built_subtract(S, part, log_mass_of(d)));
}

static Value log_share(State *S, Distribution *d, Value x, bool above_x) {
    Value within = built_clamped(S, x, below_window(S, d), end_of_window(S, d)), v = log_share_within(S, d, within, above_x);
    if (!built_none(S, built_less(S, value_number(-0.6931471805599453), v)))
        v = built_nearer(S, v, log_share_within(S, d, within, !above_x));
    Value none = above_x ? built_at_most(S, end_of_window(S, d), x) : built_at_most(S, x, below_window(S, d));
    Value all = above_x ? built_at_most(S, x, below_window(S, d)) : built_at_most(S, end_of_window(S, d), x);
    return operation_select(S, none, value_number(-INFINITY), operation_select(S, all, value_number(0), v));
}

static Value answer_at(State *S, Distribution *d, const char *name, Value x) {
    if (strcmp(name, "cdf") == 0) return built_exp(S, log_share(S, d, x, false));
    if (strcmp(name, "ccdf") == 0) return built_exp(S, log_share(S, d, x, true));
    if (strcmp(name, "log_cdf") == 0) return log_share(S, d, x, false);
    if (strcmp(name, "log_ccdf") == 0) return log_share(S, d, x, true);
    if (!strstr(name, "quantile")) return value_unassigned();
    double offender;
    if (constraint_is_broken(S, constraint_find("unit_interval"), NULL, x, &offender))
        error_raise(S, "bad-argument", NULL, "%s of %s takes a probability, between 0 and 1, but it is %.10g here", name, family, offender);
    Value rest = built_rest(S, x);
    return strcmp(name, "quantile") == 0 ? inverse(S, d, x, rest) : inverse(S, d, rest, x);
}

static Value moment(State *S, Distribution *d, const char *name) {
    const Value *normal = base_of(d)->parameters;
    Value a = standard(S, d, low_of(d)), b = standard(S, d, high_of(d));
    if (strcmp(name, "mean") == 0) return built_add(S, normal[0], built_multiply(S, normal[1], built_binary(S, &normal_window_mean, a, b)));
    if (strcmp(name, "variance") == 0)
        return built_multiply(S, built_multiply(S, normal[1], normal[1]), built_binary(S, &normal_window_variance, a, b));
    if (strcmp(name, "entropy") == 0) return built_add(S, built_function(S, "log", normal[1]), built_binary(S, &normal_window_entropy, a, b));
    return value_unassigned();
}

static Value field(State *S, Distribution *d, const char *name, const Value *extra) {
    if (extra) return value_is_numeric(*extra) ? answer_at(S, d, name, *extra) : value_unassigned();
    if (strcmp(name, "support") == 0) return built_support_within(S, base_of(d), low_of(d), high_of(d));
    if (strcmp(name, "median") == 0) return inverse(S, d, value_number(0.5), value_number(0.5));
    if (strcmp(name, "mode") == 0) {
        Value mode = built_ask(S, base_of(d), "mode", NULL);
        if (mode.tag == VALUE_UNASSIGNED) return mode;
        return d->discrete ? built_clamped(S, mode, built_function(S, "ceil", low_of(d)), built_function(S, "floor", high_of(d)))
                           : built_clamped(S, mode, low_of(d), high_of(d));
    }
    return is_normal(d) ? moment(S, d, name) : value_unassigned();
}

static const DistributionComposed composed = {.make = make, .sample = sample, .log_prob = log_prob, .field = field, .n_shown = 3};

const DistributionRow distribution_truncated = {
    .name = "Truncated",
    .help = "Those draws of a distribution that lie between two bounds",
    .parameters = {{"base", CONSTRAINT_REAL, NULL, "a distribution of numbers whose cdf is known"},
                   {"low", CONSTRAINT_REAL, "none", "the lower bound; without it there is none"},
                   {"high", CONSTRAINT_REAL, "none", "the upper bound; without it there is none"}},
    .n_parameters = 3,
    .composed = &composed,
    .density = "base(x) / P(low <= X <= high) for low <= x <= high",
    .edges = "Outside of the bounds the log density is -inf; the bounds themselves are inside. Bounds may be infinite. A low that is not"
             " less than high (of counts: that is above it), and bounds between which the base has no probability, are errors.",
    .sampler = "Inversion within the probability between the bounds, from the tail that they lie in. Gradients by implicit"
               " differentiation of the cdf (Figurnov, Mohamed and Mnih 2018), also by the bounds.",
    .example = "x ~ Truncated(Normal(0, 1), 0, 3)",
};
