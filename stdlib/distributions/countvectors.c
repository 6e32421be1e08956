/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stdlib/distributions/countvectors.h"

#include <math.h>
#include <string.h>

#include "parser/tree.h"
#include "runtime/error.h"
#include "runtime/native.h"
#include "runtime/spread.h"
#include "runtime/state.h"
#include "stdlib/distributions/countdraws.h"
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

/* p[c] over the sum of p[c], p[c + 1], …; these sums are kept, so that small ones lose nothing. */
static void draw_lane(LaneRandom *random, double n, const double *p, double *rest, size_t size, double *out) {
    for (size_t c = size; c-- > 0;) rest[c] = p[c] + (c + 1 < size ? rest[c + 1] : 0);
    for (size_t c = 0; c < size; c++) {
        double later = c + 1 < size ? rest[c + 1] : 0, x = 0;
        bool rare = p[c] < later;
        if (later == 0) x = p[c] > 0 ? n : 0;
        else if (n > 0 && p[c] > 0) x = count_draw_binomial(random, n, (rare ? p[c] : later) / rest[c]);
        if (later > 0 && p[c] > 0 && !rare) x = n - x;
        out[c] = x;
        n -= x;
    }
}

Array *countvectors_draw(State *S, Value probabilities, Value n, RandomKey key, const Layout *event) {
    const Layout *lanes = S->lanes, *to = layout_with_lanes(S, event, lanes), *from = probabilities.as.array->layout;
    const Layout *own = rows_layout(S, from);
    size_t size = event->components;
    Array *out = array_zero(S, to);
    double number[LANE_BLOCK], *wide = rows_scratch(S, (size + 1) * SPREAD_BLOCK), *p = rows_scratch(S, 3 * size);
    const double *trials = value_data(n, number);
    for (size_t offset = 0, length; offset < lanes->size; offset += length) {
        length = spread_stretch(lanes, offset);
        for (size_t c = 0; c < size; c++) {
            if (from->n_axes) spread_fill(own, probabilities.as.array->data + c * from->stride, lanes, offset, length, wide + c * SPREAD_BLOCK);
            else
                for (size_t i = 0; i < length; i++) wide[c * SPREAD_BLOCK + i] = probabilities.as.array->data[c];
        }
        spread_fill(value_layout(S, n), trials, lanes, offset, length, wide + size * SPREAD_BLOCK);
        for (size_t i = 0; i < length; i++) {
            size_t lane = offset + i;
            if (lanes->n_axes ? !lane_is_real(lanes, lane) : lane > 0) continue;
            double count = wide[size * SPREAD_BLOCK + i];
            bool sound = count >= 0 && count < INFINITY; /* lanes that are off may hold anything */
            for (size_t c = 0; c < size; c++) sound = sound && (p[c] = wide[c * SPREAD_BLOCK + i]) >= 0;
            if (!sound) continue;
            LaneRandom random = random_lane(S, key, lanes, 0, lanes->n_axes ? lane : 0);
            draw_lane(&random, count, p, p + size, size, p + 2 * size);
            for (size_t c = 0; c < size; c++) out->data[c * to->stride + lane] = p[2 * size + c];
        }
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
