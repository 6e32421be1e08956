/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stdlib/distributions/countvectors.h"

#include <math.h>
#include <string.h>

#include "parser/tree.h"
#include "runtime/error.h"
#include "runtime/native.h"
#include "runtime/spread.h"
#include "runtime/state.h"
#include "stdlib/distributions/count_mixed.h"
#include "stdlib/distributions/lane_events.h"
#include "stdlib/rows.h"

static Value operate(State *S, Operator which, Value a, Value b) { return operation_binary(S, &elementwise_operators[which], a, b); }

void countvectors_check_n(State *S, const Distribution *d, unsigned k) {
    Value n = d->parameters[k];
    distribution_check(S, d->row, &d->row->parameters[k], n);
    if (value_layout(S, n)->rank) native_type_error(S, d->row->name, d->row->parameters[k].name, "a number", n);
}

const Layout *countvectors_layout(State *S, const Distribution *d, Value v, Value n) {
    const Layout *l = v.as.array->layout, *joined = layout_join_lanes(S, l, value_layout(S, n));
    if (!joined) error_raise(S, "shape-mismatch", NULL, "%s meets lanes of different plates", d->row->name);
    return joined;
}

/* ---- Draws ---- */

static void transform(size_t n, double *restrict out, double *const partial[], const double *const in[]) {
    (void)partial;
    count_propose_weighted(n, out, in[0], in[1], in[2], in[3], in[4]);
}

/* A family only for its sampler: programs do not see it. */
static const DistributionRow conditional = {
    .name = "Binomial by weights",
    .parameters = {{"trials", CONSTRAINT_NONNEGATIVE_INTEGER, NULL, "number of trials"},
                   {"yes", CONSTRAINT_NONNEGATIVE, NULL, "weight of success"},
                   {"no", CONSTRAINT_NONNEGATIVE, NULL, "weight of failure"}},
    .n_parameters = 3,
    .discrete = true,
    .noise = {NOISE_UNIFORM, NOISE_UNIFORM},
    .rejects = true,
    .transform = transform,
};

/* Component c over the array's lanes. */
static Value component(State *S, const Array *v, size_t c) {
    const Layout *l = v->layout;
    if (!l->n_axes) return value_number(v->data[c]);
    Array *one = array_new(S, rows_layout(S, l));
    memcpy(one->data, v->data + c * l->stride, l->stride * sizeof *one->data);
    one->missing = MISSING_NO;
    return value_array(one, 0);
}

/* The sums of all components behind each; summed from the end, so that small ones lose nothing. */
static Array *sums_behind(State *S, const Array *p) {
    const Layout *l = p->layout;
    Array *sums = array_zero(S, l);
    for (size_t c = l->components - 1; c-- > 0;)
        for (size_t i = 0; i < l->stride; i++) sums->data[c * l->stride + i] = p->data[(c + 1) * l->stride + i] + sums->data[(c + 1) * l->stride + i];
    return sums;
}

Array *countvectors_draw(State *S, Value probabilities, Value n, RandomKey key, const Layout *event) {
    const Layout *to = layout_with_lanes(S, event, S->lanes);
    const Array *p = probabilities.as.array, *behind = sums_behind(S, p);
    Array *out = array_zero(S, to);
    n = value_detached(n);
    for (size_t c = 0; c < event->components; c++) {
        Value x = n, parameters[DISTRIBUTION_PARAMETERS] = {n, component(S, p, c), component(S, behind, c)};
        if (c + 1 < event->components) x = distribution_sample(S, distribution_of_checked(S, &conditional, parameters), lane_key(key, (uint32_t)c), 0);
        double number[LANE_BLOCK];
        const double *data = value_data(x, number);
        if (to->n_axes) spread_fill(value_layout(S, x), data, S->lanes, 0, S->lanes->size, out->data + c * to->stride);
        else out->data[c] = data[0];
        n = operate(S, OPERATOR_SUBTRACT, n, x);
    }
    out->missing = MISSING_NO;
    return out;
}

Value countvectors_inside(State *S, Value x, Value n, Value v) {
    x = value_detached(x);
    Value rounded = operation_unary(S, elementwise_find("floor"), x);
    Value count = operation_select(S, operate(S, OPERATOR_GREATER_EQUAL, x, value_number(0)), operate(S, OPERATOR_EQUAL, x, rounded), value_boolean(false));
    Value good = operation_sum(S, operation_select(S, count, value_number(0), value_number(1)));
    Value finite = operate(S, OPERATOR_GREATER, value_detached(v), value_number(-INFINITY));
    v = operation_select(S, finite, v, value_number(-INFINITY));
    v = operation_select(S, operate(S, OPERATOR_EQUAL, operation_sum(S, x), n), v, value_number(-INFINITY));
    return operation_select(S, operate(S, OPERATOR_EQUAL, good, value_number(0)), v, value_number(-INFINITY));
}
