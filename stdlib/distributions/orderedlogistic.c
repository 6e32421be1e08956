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

/* The steps from cutpoint to cutpoint. */
static Value steps(State *S, const Array *cuts) {
    const Layout *l = cuts->layout;
    size_t n = rows_length(l), rows = l->components / n, dims[LAYOUT_RANK];
    memcpy(dims, l->dims, l->rank * sizeof *dims);
    dims[l->rank - 1] = n - 1;
    Array *out = array_zero(S, layout_with_event(S, l, l->rank, dims));
    for (size_t j = 0; j < rows; j++)
        for (size_t k = 0; k + 1 < n; k++)
            for (size_t lane = 0; lane < l->stride; lane++) {
                const double *at = cuts->data + (j * n + k) * l->stride + lane;
                out->data[(j * (n - 1) + k) * l->stride + lane] = at[l->stride] - at[0];
            }
    return value_array(out, 0);
}

static void make(State *S, Distribution *d) {
    Value eta = d->parameters[0], cuts = d->parameters[1];
    distribution_check(S, d->row, &d->row->parameters[0], eta);
    if (cuts.tag != VALUE_ARRAY || cuts.as.array->layout->rank == 0) native_type_error(S, d->row->name, "cutpoints", "a vector", cuts);
    size_t n = rows_length(cuts.as.array->layout);
    if (n == 0) error_raise(S, "bad-argument", NULL, "cutpoints of %s must have at least one element, but it is empty", d->row->name);
    distribution_check(S, d->row, &d->row->parameters[1], cuts);
    double offender;
    if (n > 1 && constraint_is_broken(S, constraint_rows[CONSTRAINT_POSITIVE], NULL, steps(S, cuts.as.array), &offender))
        error_raise(S, "bad-argument", NULL, "cutpoints of %s must ascend, but here a step from one to the next is %.10g", d->row->name, offender);
    d->layout = layout_join(S, value_layout(S, eta), rows_layout(S, cuts.as.array->layout));
    if (!d->layout)
        error_raise(S, "shape-mismatch", "cutpoints is a vector, or a matrix with a row for each element of eta.",
                    "eta and cutpoints of %s do not fit one another", d->row->name);
}

/* The cutpoint number value + shift over `to`; -inf or inf before the first or behind the last, and wherever it is no whole number.
   *known becomes whether there is one. */
static Value cutpoint(State *S, const Distribution *d, Value value, const Layout *to, double shift, double otherwise, Value *known) {
    Value cuts = d->parameters[1];
    const Layout *in = cuts.as.array->layout;
    Array *there = array_new(S, to);
    there->boolean = true;
    there->missing = MISSING_NO;
    Value v = rows_gather(S, cuts, to, categorical_places(S, value, in, rows_layout(S, in), to, shift, there->data));
    *known = value_unboxed(there, 0);
    return operation_select(S, *known, v, value_number(otherwise));
}

/* How many cutpoints are below eta + logit(u). */
static Value sample(State *S, Distribution *d, RandomKey key, const Layout *event) {
    const Layout *to = event->rank ? layout_with_lanes(S, event, S->lanes) : S->lanes;
    Array *noise = array_new(S, to);
    random_uniform(S, key, to, 0, noise->data);
    noise->missing = MISSING_NO;
    Value z = operate(S, OPERATOR_ADD, value_detached(d->parameters[0]), function_of(S, "logit", value_unboxed(noise, 0)));
    Value out = value_number(0), known;
    for (size_t k = 0; k < rows_length(d->parameters[1].as.array->layout); k++) {
        Value cut = value_detached(cutpoint(S, d, value_number((double)k), rows_layout(S, d->parameters[1].as.array->layout), 0, 0, &known));
        out = operate(S, OPERATOR_ADD, out, operate(S, OPERATOR_GREATER, z, cut));
    }
    if (tape_has(S, d->parameters[0]) || tape_has(S, d->parameters[1])) out.node = tape_barrier(S, to, "this draw has no reparameterised gradient");
    return out;
}

/* Cutpoints that are the same constants in all lanes: for each category what is below and above it, and the gap between. */
typedef struct Known {
    size_t n;
    const double *lower, *upper, *log_gap;
} Known;

static Known known_of(State *S, const Array *cuts) {
    size_t n = cuts->layout->components + 1, size = lane_pad(n);
    double *lower = rows_scratch(S, size), *upper = rows_scratch(S, size), *log_gap = rows_scratch(S, size);
    for (size_t k = 0; k < size; k++) {
        lower[k] = k > 0 && k < n ? cuts->data[k - 1] : -INFINITY;
        upper[k] = k + 1 < n ? cuts->data[k] : INFINITY;
    }
    countvector_log_gaps(size, log_gap, lower, upper);
    return (Known){n, lower, upper, log_gap};
}

/* The same eta for all: once for each category. */
static Value log_prob_of_one(State *S, const Known *known, double eta, Value value, const Layout *to) {
    size_t size = lane_pad(known->n);
    double *table = rows_scratch(S, size), *etas = rows_scratch(S, size);
    for (size_t k = 0; k < size; k++) etas[k] = eta;
    countvector_between_known(size, table, NULL, known->lower, known->upper, known->log_gap, etas);
    return value_unboxed(categorical_look_up(S, value, to, table, known->n), 0);
}

static Value log_prob_of_known(State *S, Value eta, const Known *known, Value value, const Layout *to) {
    double store[5][SPREAD_BLOCK], numbers[2][LANE_BLOCK], *by_eta = tape_has(S, eta) ? tape_allocate(S, to->size * sizeof(double)) : NULL;
    double *x = store[0], *at = store[1], *lower = store[2], *upper = store[3], *log_gap = store[4];
    const double *values = value_data(value, numbers[0]), *etas = value_data(eta, numbers[1]);
    Array *out = array_new(S, to);
    for (size_t offset = 0, n; offset < to->size; offset += n) {
        n = spread_stretch(to, offset);
        spread_fill(value_layout(S, value), values, to, offset, n, x);
        spread_fill(value_layout(S, eta), etas, to, offset, n, at);
        for (size_t i = 0; i < n; i++) {
            size_t k = x[i] >= 0 && x[i] < (double)known->n ? (size_t)x[i] : 0;
            lower[i] = known->lower[k];
            upper[i] = known->upper[k];
            log_gap[i] = (double)k == x[i] ? known->log_gap[k] : NAN;
        }
        countvector_between_known(n, out->data + offset, by_eta ? by_eta + offset : NULL, lower, upper, log_gap, at);
    }
    uint64_t node = by_eta ? tape_node(S, to) : 0;
    if (by_eta) tape_edge_partial(S, eta, by_eta);
    return value_unboxed(out, node);
}

static Value log_prob(State *S, Distribution *d, Value value) {
    const Layout *to = layout_join(S, value_layout(S, value), d->layout);
    if (!to) error_raise(S, "shape-mismatch", NULL, "the value's shape is not that of a draw from this %s", d->row->name);
    Value eta = d->parameters[0], cuts = d->parameters[1];
    if (cuts.as.array->layout->rank == 1 && !cuts.as.array->layout->n_axes && !tape_has(S, cuts)) {
        Known known = known_of(S, cuts.as.array);
        if (eta.tag == VALUE_NUMBER && !tape_has(S, eta)) return log_prob_of_one(S, &known, eta.as.number, value, to);
        return log_prob_of_known(S, eta, &known, value, to);
    }
    Value above, below, upper = cutpoint(S, d, value, to, 0, INFINITY, &above), lower = cutpoint(S, d, value, to, -1, -INFINITY, &below);
    Value v = operation_elementwise(S, &countvector_between, (Value[]){lower, upper, d->parameters[0]});
    Value known = operation_select(S, above, value_boolean(true), below);
    return operation_select(S, known, v, value_number(-INFINITY));
}

/* ---- Questions ---- */

/* The Categorical of the same probabilities, for an eta that is a number. */
static Distribution *categories(State *S, Distribution *d) {
    size_t n = rows_length(d->parameters[1].as.array->layout) + 1;
    size_t base = S->top;
    for (size_t k = 0; k < n; k++) stack_push(S, log_prob(S, d, value_number((double)k)));
    Value logits = operation_stack(S, S->stack + base, n), parameters[DISTRIBUTION_PARAMETERS] = {value_unassigned(), logits};
    S->top = base;
    return distribution_of_checked(S, distribution_find("Categorical"), parameters);
}

/* cdf and its kin at x, each from its own tail. */
static Value tail(State *S, Distribution *d, Value x, bool upper, bool logarithm) {
    Value place = function_of(S, "floor", x), known;
    const Layout *to = layout_join(S, value_layout(S, place), d->layout);
    if (!to) error_raise(S, "shape-mismatch", NULL, "x has not the shape of a draw from this %s", d->row->name);
    Value cut = cutpoint(S, d, place, to, 0, INFINITY, &known);
    cut = operation_select(S, operate(S, OPERATOR_LESS, place, value_number(0)), value_number(-INFINITY), cut);
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
    Value cuts = d->parameters[1], parameters[DISTRIBUTION_PARAMETERS] = {operation_cross_in(S, d->parameters[0], axis, l->dims[0], 0), cuts};
    if (value_layout(S, cuts)->rank > 1) parameters[1] = operation_cross_in(S, cuts, axis, l->dims[0], 0);
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
    .example = "obs grade[i] ~ OrderedLogistic(0.3, [-1, 0.5, 2])",
};
