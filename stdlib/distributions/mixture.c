/* SPDX-License-Identifier: GPL-3.0-or-later
   Mixture(weights, [D, …]): a draw of one of several distributions, each with a probability. Inside, parameter 0 holds the
   normalised weights, parameter 1 the list, and parameter 2 the weights' logarithms. */
#include <math.h>
#include <string.h>

#include "runtime/spread.h"
#include "stdlib/distributions/built.h"
#include "stdlib/rows.h"
#include "stdlib/stdlib.h"

static const char *const family = "Mixture";

static const List *list_of(const Distribution *d) { return d->parameters[1].as.list; }
static uint32_t count_of(const Distribution *d) { return list_of(d)->count; }
static Distribution *component(const Distribution *d, uint32_t k) { return list_of(d)->items[k].as.distribution; }

/* ---- Making ---- */

static void demand(State *S, Value v, const char *name, const char *constraint, const char *must) {
    double offender;
    if (constraint_is_broken(S, constraint_find(constraint), NULL, value_detached(v), &offender))
        error_raise(S, "bad-argument", NULL, "%s of %s must be %s, but here is %.10g", name, family, must, offender);
}

static Value weights_argument(State *S, Value v, const char *name, uint32_t n) {
    if (v.tag != VALUE_ARRAY || v.as.array->layout->rank == 0) native_type_error(S, family, name, "a vector", v);
    size_t length = rows_length(v.as.array->layout);
    if (length != n)
        error_raise(S, "shape-mismatch", NULL, "%s of %s are %zu numbers for %u distributions", name, family, length, n);
    return v;
}

static void take_weights(State *S, Distribution *d) {
    uint32_t n = count_of(d);
    if (d->parameters[0].tag != VALUE_UNASSIGNED) {
        Value w = weights_argument(S, d->parameters[0], "weights", n);
        demand(S, w, "weights", "nonnegative", "0 or greater");
        Value sum = rows_sum(S, w);
        demand(S, sum, "the sum of weights", "positive", "greater than 0");
        d->parameters[0] = built_divide(S, w, rows_spread(S, sum, n));
        d->parameters[2] = built_function(S, "log", d->parameters[0]);
        return;
    }
    Value logits = weights_argument(S, d->parameters[2], "logits", n);
    d->parameters[2] = reductions_log_softmax(S, logits);
    d->parameters[0] = built_exp(S, d->parameters[2]);
    double offender;
    if (constraint_is_broken(S, constraint_find("unit_interval"), NULL, value_detached(d->parameters[0]), &offender))
        demand(S, logits, "logits", "real", "finite");
}

static void take_components(State *S, Distribution *d) {
    if (d->parameters[1].tag != VALUE_LIST) native_type_error(S, family, "components", "a list of distributions", d->parameters[1]);
    const List *given = d->parameters[1].as.list;
    List *own = list_new(S, given->count ? given->count : 1);
    if (!given->count) error_raise(S, "bad-argument", NULL, "components of %s must be one distribution or more, but the list is empty", family);
    const Distribution *first = NULL;
    for (uint32_t k = 0; k < given->count; k++) {
        const Distribution *d_k = built_base(S, family, "components", given->items[k]);
        if (!first) first = d_k;
        if (d_k->discrete != first->discrete)
            error_raise(S, "wrong-type", "A probability and a density cannot be compared.", "in %s, %s is %s and %s is %s", family, first->row->name,
                        first->discrete ? "discrete" : "continuous", d_k->row->name, d_k->discrete ? "discrete" : "continuous");
        if (d_k->joint != first->joint)
            error_raise(S, "wrong-type", "Independent(D) makes one whole of the elements of D.",
                        "in %s, a draw of %s is %s, and one of %s is not", family, (first->joint ? first : d_k)->row->name, "one whole",
                        (first->joint ? d_k : first)->row->name);
        list_append(S, own, given->items[k]);
    }
    own->header.shared = true;
    d->parameters[1] = value_object(own);
    d->discrete = first->discrete;
    d->joint = first->joint;
}

static void make(State *S, Distribution *d) {
    take_components(S, d);
    take_weights(S, d);
    const Layout *layout = rows_layout(S, d->parameters[2].as.array->layout);
    if (d->joint) {
        if (layout->rank) error_raise(S, "shape-mismatch", NULL, "weights of %s must be one vector where a draw is one whole", family);
        layout = layout_with_lanes(S, component(d, 0)->layout, layout);
    }
    for (uint32_t k = 0; k < count_of(d) && layout; k++) {
        if (d->joint && !layout_same_event(layout, component(d, k)->layout)) layout = NULL;
        else layout = layout_join(S, layout, component(d, k)->layout);
    }
    if (!layout) error_raise(S, "shape-mismatch", NULL, "the draws of the components of %s, and its weights, have different shapes", family);
    d->layout = layout;
}

/* Weight k, or its logarithm: the last dimension is that of the components. */
static Value weight(State *S, Value weights, uint32_t k) {
    Subscript subscripts[LAYOUT_RANK];
    const Layout *l = weights.as.array->layout;
    for (uint32_t j = 0; j + 1 < l->rank; j++) subscripts[j] = (Subscript){.kind = SUBSCRIPT_SLICE, .low = 0, .high = l->dims[j]};
    subscripts[l->rank - 1] = (Subscript){.kind = SUBSCRIPT_INDEX, .index = value_number(k)};
    return operation_index(S, weights, subscripts, l->rank);
}

/* ---- Log density ---- */

static Value log_prob(State *S, Distribution *d, Value x) {
    uint32_t n = count_of(d);
    size_t base = S->top;
    for (uint32_t k = 0; k < n; k++) {
        Value log_weight = weight(S, d->parameters[2], k);
        stack_push(S, built_settled(S, built_add(S, log_weight, distribution_log_prob(S, component(d, k), x))));
    }
    Value v = built_log_sum(S, S->stack + base, n);
    S->top = base;
    return v;
}

/* ---- Draws ---- */

/* The component of each draw, by inversion of the sums of the weights: the last one with a weight where rounding leaves none. */
static Value choose(State *S, Distribution *d, RandomKey key, const Layout *lanes) {
    uint32_t n = count_of(d);
    Value u = built_uniform(S, built_key(key, 0), lanes), sum = value_number(0), index = value_number(0);
    for (uint32_t k = 0; k < n; k++) {
        Value w = value_detached(weight(S, d->parameters[0], k));
        Value mine = built_both(S, built_at_most(S, sum, u), built_less(S, value_number(0), w));
        index = operation_select(S, mine, value_number(k), index);
        sum = built_add(S, sum, w);
    }
    return index;
}

static Value draw_chosen(State *S, Distribution *d, RandomKey key, const Layout *event) {
    const Layout *draws = built_draws(S, event), *lanes = d->joint ? S->lanes : draws;
    Value index = choose(S, d, key, lanes), x = value_number(0);
    for (uint32_t k = 0; k < count_of(d); k++) {
        Value mine = built_operate(S, OPERATOR_EQUAL, index, value_number(k));
        if (built_none(S, mine) && k) continue;
        Value x_k = value_detached(distribution_sample_event(S, component(d, k), built_key(key, k + 1), event));
        if (d->joint && mine.tag == VALUE_ARRAY) { /* one choice for all elements */
            Array *ones = array_zero(S, layout_with_event(S, S->scalar, event->rank, event->dims));
            mine = built_operate(S, OPERATOR_LESS, value_array(ones, 0), built_add(S, mine, value_number(0)));
        }
        x = operation_select(S, mine, x_k, x);
    }
    if (value_layout(S, x) != draws) x = built_add(S, x, value_array(array_zero(S, draws), 0));
    if (x.tag == VALUE_ARRAY) x.as.array->missing = MISSING_NO;
    return x;
}

/* Whether draws can be moved by the cdf. */
static bool has_path(State *S, Distribution *d) {
    if (d->discrete || d->joint) return false;
    for (uint32_t k = 0; k < count_of(d); k++)
        if (!built_has_cdf(S, component(d, k))) return false;
    return true;
}

static Value sample(State *S, Distribution *d, RandomKey key, const Layout *event) {
    Value x = draw_chosen(S, d, key, event);
    if (!distribution_is_taped(S, d)) return x;
    if (has_path(S, d)) return built_moved(S, d, x, value_unassigned());
    x.node = tape_barrier(S, value_layout(S, x), "this draw has no reparameterised gradient");
    return x;
}

/* ---- Questions ---- */

/* The mean, by the weights, of what the components answer; `log`: of the exponentials, and its logarithm. */
static Value weighted(State *S, Distribution *d, const char *name, const Value *x, bool log) {
    uint32_t n = count_of(d);
    size_t base = S->top;
    Value total = value_number(0);
    for (uint32_t k = 0; k < n; k++) {
        Value v = built_ask(S, component(d, k), name, x);
        if (!value_is_numeric(v)) {
            S->top = base;
            return value_unassigned();
        }
        if (log) stack_push(S, built_settled(S, built_add(S, weight(S, d->parameters[2], k), v)));
        else total = built_add(S, total, built_multiply(S, weight(S, d->parameters[0], k), v));
    }
    if (log) total = built_log_sum(S, S->stack + base, n);
    S->top = base;
    return total;
}

static Value variance(State *S, Distribution *d) {
    Value mean = weighted(S, d, "mean", NULL, false), total = value_number(0);
    if (mean.tag == VALUE_UNASSIGNED) return mean;
    for (uint32_t k = 0; k < count_of(d); k++) {
        Value v = built_ask(S, component(d, k), "variance", NULL);
        if (!value_is_numeric(v)) return value_unassigned();
        Value away = built_subtract(S, built_ask(S, component(d, k), "mean", NULL), mean);
        total = built_add(S, total, built_multiply(S, weight(S, d->parameters[0], k), built_add(S, v, built_multiply(S, away, away))));
    }
    return total;
}

/* Between the least and the largest of the components' quantiles. */
static Value quantile(State *S, Distribution *d, Value q, bool upper) {
    Value low = value_number(INFINITY), high = value_number(-INFINITY), at = value_detached(q);
    for (uint32_t k = 0; k < count_of(d); k++) {
        if (!built_has_cdf(S, component(d, k))) return value_unassigned();
        Value x_k = built_ask(S, component(d, k), upper ? "upper_quantile" : "quantile", &at);
        if (x_k.tag == VALUE_UNASSIGNED) {
            low = value_number(-INFINITY), high = value_number(INFINITY);
            break;
        }
        Value x = value_detached(x_k), counts = built_less(S, value_number(0), weight(S, d->parameters[0], k));
        low = operation_select(S, built_both(S, counts, built_less(S, x, low)), x, low);
        high = operation_select(S, built_both(S, counts, built_less(S, high, x)), x, high);
    }
    Value below = built_function(S, "is_finite", low), above = built_function(S, "is_finite", high), size = value_number(1e-300);
    size = built_add(S, size, operation_select(S, below, built_function(S, "abs", low), value_number(0)));
    size = built_add(S, size, operation_select(S, above, built_function(S, "abs", high), value_number(0)));
    Value margin = d->discrete ? value_number(1) : built_multiply(S, value_number(1e-9), size); /* for their rounding */
    low = operation_select(S, below, built_subtract(S, low, margin), value_number(-INFINITY));
    high = operation_select(S, above, built_add(S, high, margin), value_number(INFINITY));
    return built_quantile(S, family, d, upper, q, low, high);
}

static Value answer_at(State *S, Distribution *d, const char *name, Value x) {
    if (d->joint) return value_unassigned();
    if (strstr(name, "quantile")) return quantile(S, d, x, strcmp(name, "upper_quantile") == 0);
    if (strcmp(name, "cdf") == 0 || strcmp(name, "ccdf") == 0) return weighted(S, d, name, &x, false);
    if (!strstr(name, "cdf")) return value_unassigned();
    bool upper = strcmp(name, "log_ccdf") == 0;
    Value v = weighted(S, d, name, &x, true);
    if (v.tag == VALUE_UNASSIGNED || built_none(S, built_less(S, value_number(-0.6931471805599453), v))) return v;
    return built_nearer(S, v, weighted(S, d, upper ? "log_cdf" : "log_ccdf", &x, true));
}

/* That of all components if they have one, else the line's, or the whole numbers'. */
static Value support(State *S, Distribution *d) {
    Value first = built_ask(S, component(d, 0), "support", NULL);
    bool same = first.tag == VALUE_CONSTRAINT;
    for (uint32_t k = 1; same && k < count_of(d); k++) same = value_equal(first, built_ask(S, component(d, k), "support", NULL));
    if (same || d->joint) return same ? first : value_unassigned();
    return value_object(constraint_new(S, constraint_find(d->discrete ? "integer" : "real"), (Value[2]){value_unassigned(), value_unassigned()}));
}

static Value field(State *S, Distribution *d, const char *name, const Value *extra) {
    if (extra) return value_is_numeric(*extra) ? answer_at(S, d, name, *extra) : value_unassigned();
    if (strcmp(name, "support") == 0) return support(S, d);
    if (strcmp(name, "mean") == 0) return weighted(S, d, name, NULL, false);
    if (strcmp(name, "variance") == 0) return variance(S, d);
    if (strcmp(name, "median") == 0 && !d->joint) return quantile(S, d, value_number(0.5), false);
    return value_unassigned();
}

static const DistributionComposed composed = {
    .make = make, .sample = sample, .log_prob = log_prob, .field = field, .n_shown = 2, .either = 1u << 0 | 1u << 2};

const DistributionRow distribution_mixture = {
    .name = "Mixture",
    .help = "A draw of one of several distributions, each with a probability",
    .parameters = {{"weights", CONSTRAINT_NONNEGATIVE, "none", "the components' probabilities, or numbers in proportion to them"},
                   {"components", CONSTRAINT_REAL, NULL, "a list of distributions of one kind"},
                   {"logits", CONSTRAINT_REAL, "none", "instead of weights: their logarithms, up to a common summand"}},
    .n_parameters = 3,
    .composed = &composed,
    .density = "weights[0] D0(x) + weights[1] D1(x) + …",
    .edges = "Where a component has density 0, or weight 0, it adds nothing; where all have, the log density is -inf. Weights below 0, and"
             " such that sum to 0, are errors.",
    .sampler = "A component by inversion of the sums of the weights, and a draw of it. Continuous numbers whose cdfs are known have"
               " gradients by implicit differentiation of the mixture's cdf, also by the weights (Graves 2016; Figurnov, Mohamed and"
               " Mnih 2018); others by the score function.",
    .example = "obs y ~ Mixture([0.3, 0.7], [Normal(-1, 1), Normal(2, 0.5)])",
};
