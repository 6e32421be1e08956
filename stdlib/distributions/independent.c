/* SPDX-License-Identifier: GPL-3.0-or-later
   Independent(D): a vector or matrix of numbers drawn by themselves, as one whole with one log density. */
#include "stdlib/distributions/built.h"

static const char *const family = "Independent";

static Distribution *base_of(const Distribution *d) { return d->parameters[0].as.distribution; }

static void make(State *S, Distribution *d) {
    Distribution *base = built_base(S, family, "base", d->parameters[0]);
    if (base->layout->rank == 0)
        error_raise(S, "shape-mismatch", "Give it as many parameters as it has elements: Independent(Normal([0, 0], 1)).",
                    "'%s' takes a distribution of vectors or matrices, and a draw of %s is one number", family, base->row->name);
    d->discrete = base->discrete;
    d->layout = base->layout;
}

static Value sample(State *S, Distribution *d, RandomKey key, const Layout *event) { return distribution_sample_event(S, base_of(d), key, event); }

static Value log_prob(State *S, Distribution *d, Value value) {
    Value v = distribution_log_prob(S, base_of(d), value);
    return value_layout(S, v)->rank ? built_settled(S, operation_sum(S, v)) : v;
}

/* The base's answer for each element, where it is one number for all. */
static Value spread(State *S, Distribution *d, Value v) {
    if (!value_is_numeric(v) || base_of(d)->joint) return v;
    Array *zeros = array_zero(S, layout_with_event(S, S->scalar, d->layout->rank, d->layout->dims));
    return built_add(S, v, value_array(zeros, 0));
}

static Value summed(State *S, Distribution *d, Value v) {
    return !value_is_numeric(v) || base_of(d)->joint ? v : operation_sum(S, spread(S, d, v));
}

static Value field(State *S, Distribution *d, const char *name, const Value *extra) {
    if (extra && extra->tag == VALUE_DISTRIBUTION) {
        if (extra->as.distribution->row != d->row) return value_unassigned();
        Value inner = value_object(base_of(extra->as.distribution));
        return base_of(d)->row == inner.as.distribution->row ? summed(S, d, built_ask(S, base_of(d), name, &inner)) : value_unassigned();
    }
    if (extra) return value_unassigned();
    Value v = built_ask(S, base_of(d), name, NULL);
    return strcmp(name, "entropy") == 0 ? summed(S, d, v) : spread(S, d, v);
}

static const DistributionComposed composed = {.make = make, .sample = sample, .joint = true, .log_prob = log_prob, .field = field, .n_shown = 1};

const DistributionRow distribution_independent = {
    .name = "Independent",
    .help = "Numbers drawn by themselves, taken as one vector or matrix",
    .parameters = {{"base", CONSTRAINT_REAL, NULL, "a distribution whose draws are vectors or matrices"}},
    .n_parameters = 1,
    .composed = &composed,
    .density = "the product of base(x[i])",
    .edges = "Those of the base. The log density is -inf where that of an element is. A draw is missing as a whole or not at all.",
    .sampler = "that of the base",
    .example = "z ~ Mixture([0.5, 0.5], [Independent(Normal([0, 0], 1)), Independent(Normal([3, 3], 1))])",
};
