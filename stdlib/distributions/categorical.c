/* SPDX-License-Identifier: GPL-3.0-or-later
   Categorical: parameters are vectors over the categories, or matrices with one distribution a row; draws are numbers. Inside,
   parameter 0 holds the normalised probabilities and parameter 1 their logarithms. */
#include <math.h>
#include <string.h>

#include "parser/tree.h"
#include "runtime/constraint.h"
#include "runtime/distribution.h"
#include "runtime/error.h"
#include "runtime/operations.h"
#include "runtime/spread.h"
#include "stdlib/distributions/categorical.h"
#include "stdlib/rows.h"
#include "stdlib/stdlib.h"

static Value operate(State *S, Operator which, Value a, Value b) {
    return operation_binary(S, &elementwise_operators[which], a, b);
}

/* ---- Parameters ---- */

static void demand(State *S, const Distribution *d, Value v, const char *name, ConstraintIndex constraint, const char *must) {
    double offender;
    if (constraint_is_broken(S, constraint_rows[constraint], NULL, value_detached(v), &offender))
        error_raise(S, "bad-argument", NULL, "%s of %s must be %s, but here is %.10g", name, d->row->name, must, offender);
}

static Value argument(State *S, const Distribution *d, unsigned k) {
    Value v = d->parameters[k];
    const char *family = d->row->name, *name = d->row->parameters[k].name;
    if (v.tag != VALUE_ARRAY || v.as.array->layout->rank == 0) native_type_error(S, family, name, "a vector", v);
    if (rows_length(v.as.array->layout) == 0)
        error_raise(S, "bad-argument", NULL, "%s of %s must have an element for each category, but it is empty", name, family);
    return v;
}

static void from_probabilities(State *S, Distribution *d, unsigned k) {
    Value p = argument(S, d, k);
    demand(S, d, p, "probs", CONSTRAINT_NONNEGATIVE, "0 or greater");
    Value sum = rows_sum(S, p);
    demand(S, d, sum, "the sum of probs", CONSTRAINT_POSITIVE, "greater than 0");
    d->parameters[k] = operate(S, OPERATOR_DIVIDE, p, rows_spread(S, sum, rows_length(p.as.array->layout)));
    d->parameters[k + 1] = operation_unary(S, elementwise_find("log"), d->parameters[k]);
}

static void from_logits(State *S, Distribution *d, unsigned k) {
    Value logits = argument(S, d, k + 1);
    d->parameters[k + 1] = reductions_log_softmax(S, logits);
    d->parameters[k] = operation_unary(S, elementwise_find("exp"), d->parameters[k + 1]);
    double offender;
    if (constraint_is_broken(S, constraint_rows[CONSTRAINT_UNIT_INTERVAL], NULL, value_detached(d->parameters[k]), &offender))
        demand(S, d, logits, "logits", CONSTRAINT_REAL, "finite");
}

void categorical_parameters(State *S, Distribution *d, unsigned k) {
    if (d->parameters[k].tag != VALUE_UNASSIGNED) from_probabilities(S, d, k);
    else from_logits(S, d, k);
}

static void make(State *S, Distribution *d) {
    categorical_parameters(S, d, 0);
    d->layout = rows_layout(S, d->parameters[1].as.array->layout);
}

/* ---- Draws: inversion of the sums of the probabilities ---- */

/* The sum of the first 1, 2, … probabilities, each over the layout `to`, one behind the other. */
static const double *cumulated(State *S, const Array *p, const Layout *to) {
    const Layout *from = p->layout;
    size_t n = rows_length(from);
    double *sums = rows_scratch(S, n * to->size);
    memset(sums, 0, n * to->size * sizeof *sums);
    for (size_t j = 0; j < to->components; j++)
        for (size_t c = 0; c < n; c++)
            for (size_t lane = 0; lane < to->stride; lane++) {
                size_t at = j * to->stride + lane;
                sums[c * to->size + at] = p->data[(j * n + c) * from->stride + lane] + (c ? sums[(c - 1) * to->size + at] : 0);
            }
    /* exactly 1 from the last category on that has a probability: no other is ever drawn */
    const double *total = sums + (n - 1) * to->size;
    for (size_t c = 0; c < n; c++)
        for (size_t i = 0; i < to->size; i++) sums[c * to->size + i] = sums[c * to->size + i] >= total[i] ? 1 : sums[c * to->size + i] / total[i];
    return sums;
}

Array *categorical_draw(State *S, Value probabilities, const Layout *own, RandomKey key, const Layout *to) {
    size_t categories = rows_length(probabilities.as.array->layout);
    const double *sums = cumulated(S, probabilities.as.array, own);
    Array *out = array_new(S, to);
    double *u = rows_scratch(S, to->size), below[SPREAD_BLOCK];
    random_uniform(S, key, to, 0, u);
    memset(out->data, 0, to->size * sizeof *out->data);
    for (size_t offset = 0, length; offset < to->size; offset += length) {
        length = spread_stretch(to, offset);
        for (size_t c = 0; c + 1 < categories; c++) {
            spread_fill(own, sums + c * own->size, to, offset, length, below);
            for (size_t i = 0; i < length; i++) out->data[offset + i] += u[offset + i] >= below[i];
        }
    }
    out->missing = MISSING_NO;
    return out;
}

static Value sample(State *S, Distribution *d, RandomKey key, const Layout *event) {
    const Layout *to = event->rank ? layout_with_lanes(S, event, S->lanes) : S->lanes;
    Array *out = categorical_draw(S, d->parameters[0], d->layout, key, to);
    bool taped = tape_has(S, d->parameters[1]);
    return value_unboxed(out, taped ? tape_barrier(S, to, "this draw has no reparameterised gradient") : 0);
}

/* ---- Log density ---- */

size_t *categorical_places(State *S, Value value, const Layout *in, const Layout *own, const Layout *to, double shift, double *known) {
    size_t n = rows_length(in), *table = (size_t *)rows_scratch(S, to->size);
    double *first = rows_scratch(S, own->size), number[LANE_BLOCK], at[SPREAD_BLOCK], x[SPREAD_BLOCK];
    memset(first, 0, own->size * sizeof *first);
    for (size_t j = 0; j < own->components; j++)
        for (size_t lane = 0; lane < own->stride; lane++) first[j * own->stride + lane] = (double)(j * n * in->stride + lane);
    const double *data = value_data(value, number);
    for (size_t offset = 0, length; offset < to->size; offset += length) {
        length = spread_stretch(to, offset);
        spread_fill(own, first, to, offset, length, at);
        spread_fill(value_layout(S, value), data, to, offset, length, x);
        for (size_t i = 0; i < length; i++) {
            double place = x[i] + shift;
            bool inside = place >= 0 && place < (double)n && floor(place) == place;
            table[offset + i] = (size_t)at[i] + (inside ? (size_t)place * in->stride : 0);
            known[offset + i] = inside;
        }
    }
    return table;
}

Array *categorical_look_up(State *S, Value value, const Layout *to, const double *known, size_t n) {
    Array *out = array_new(S, to);
    double number[LANE_BLOCK], some[SPREAD_BLOCK];
    const double *data = value_data(value, number);
    for (size_t offset = 0, length; offset < to->size; offset += length) {
        const double *x = data + offset;
        length = spread_stretch(to, offset);
        if (value_layout(S, value) != to) {
            spread_fill(value_layout(S, value), data, to, offset, length, some);
            x = some;
        }
        for (size_t i = 0; i < length; i++) {
            size_t k = x[i] >= 0 && x[i] < (double)n ? (size_t)x[i] : 0;
            out->data[offset + i] = (double)k == x[i] ? known[k] : -INFINITY;
        }
    }
    return out;
}

static Value log_prob(State *S, Distribution *d, Value value) {
    Value logits = d->parameters[1];
    const Layout *in = logits.as.array->layout, *own = d->layout, *to = layout_join(S, value_layout(S, value), own);
    if (!to)
        error_raise(S, "shape-mismatch", NULL, "the value's shape is not that of a draw from this Categorical");
    if (in->rank == 1 && !in->n_axes && !tape_has(S, logits)) return value_unboxed(categorical_look_up(S, value, to, logits.as.array->data, in->components), 0);
    Array *inside = array_new(S, to);
    inside->boolean = true;
    size_t *table = categorical_places(S, value, in, own, to, 0, inside->data);
    for (size_t i = 0; i < to->size; i++) inside->data[i] = inside->data[i] != 0 && logits.as.array->data[table[i]] > -INFINITY;
    Value v = rows_gather(S, logits, to, table);
    return operation_select(S, value_unboxed(inside, 0), v, value_number(-INFINITY));
}

/* How often each category occurs, as far as the largest one goes; the last number counts what is no category at all. */
static Value statistics(State *S, const Layout *event, const double *x, size_t n) {
    enum { CATEGORIES = 1 << 20 };
    (void)event;
    size_t categories = 0;
    for (size_t i = 0; i < n; i++)
        if (x[i] >= 0 && x[i] < CATEGORIES && x[i] >= (double)categories) categories = (size_t)x[i] + 1;
    Array *counts = array_zero(S, layout_vector(S, categories + 1));
    for (size_t i = 0; i < n; i++) {
        bool known = x[i] >= 0 && x[i] < (double)categories && floor(x[i]) == x[i];
        counts->data[known ? (size_t)x[i] : categories]++;
    }
    return value_array(counts, 0);
}

Value categorical_weighted(State *S, Value values, Value counts) {
    Value none = operate(S, OPERATOR_EQUAL, counts, value_number(0));
    Value terms = operate(S, OPERATOR_MULTIPLY, operation_select(S, none, value_number(0), values), counts);
    return operation_sum(S, terms);
}

/* Each category's logarithm as often as it occurs. */
static bool log_prob_sum(State *S, Distribution *d, Value statistic, size_t n, Value *sum) {
    const Layout *in = d->parameters[1].as.array->layout;
    (void)n;
    if (in->rank != 1) return false;
    size_t categories = in->components, found = statistic.as.array->layout->components - 1;
    const double *known = statistic.as.array->data;
    *sum = value_number(-INFINITY);
    if (known[found] > 0 || found > categories) return true;
    Array *counts = array_zero(S, layout_vector(S, categories));
    memcpy(counts->data, known, found * sizeof *known);
    *sum = categorical_weighted(S, d->parameters[1], value_array(counts, 0));
    return true;
}

static const DistributionComposed composed = {
    .make = make, .sample = sample, .log_prob = log_prob, .statistics = statistics, .log_prob_sum = log_prob_sum, .n_shown = 1,
    .either = 1u << 0 | 1u << 1};

const DistributionRow distribution_categorical = {
    .name = "Categorical",
    .help = "One of the numbers 0, 1, 2, …, each with a probability of its own",
    .parameters = {{"probs", CONSTRAINT_NONNEGATIVE, "none", "probabilities, or numbers in proportion to them"},
                   {"logits", CONSTRAINT_REAL, "none", "instead of probs: their logarithms, up to a common summand"}},
    .n_parameters = 2,
    .composed = &composed,
    .density = "probs[x]",
    .edges = "What is no category has a log probability of -inf, and so has one whose probability is 0. Probabilities need not sum up to 1.",
    .sampler = "inversion of the sums of the probabilities",
    .support = "integer_interval(0, len(probs) - 1)",
    .discrete = true,
    .formulas = {{"mean", "probs @ (0..len(probs))"},
                 {"variance", "m = probs @ (0..len(probs)); probs @ ((0..len(probs)) - m) ^ 2"},
                 {"median", "min(sum(where(cumsum(probs) < 0.5, 1, 0)), len(probs) - 1)"},
                 {"mode", "argmax(probs)"},
                 {"entropy", "-sum(where(probs > 0, probs * logits, 0))"},
                 {"cdf", "sum(where((0..len(probs)) <= x, probs, 0))"},
                 {"ccdf", "sum(where((0..len(probs)) > x, probs, 0))"},
                 {"quantile", "min(sum(where(cumsum(probs) < q, 1, 0)), len(probs) - 1)"},
                 {"kl", "sum(where(probs > 0, probs * (logits - other_logits), 0))"}},
    .example = "kind ~ Categorical([0.5, 0.3, 0.2])",
};
