/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Subscripts as positions. */
#include <math.h>

#include "runtime/broadcast.h"
#include "runtime/elementwise.h"
#include "runtime/error.h"
#include "runtime/lanes_on.h"
#include "runtime/selection.h"
#include "runtime/state.h"

Axis *index_axis(Value v) {
    if (v.tag != VALUE_ARRAY || !v.as.array->cache || !v.as.array->cache->identity) return NULL;
    return v.as.array->layout->axes[0];
}

static _Noreturn void raise_index(State *S, double i, bool from_end, size_t length) {
    if (i != floor(i))
        error_raise(S, "index-out-of-range", "Positions are whole numbers; use floor(…) or round(…).",
                    "%.15g is no position", i);
    if (length == 0) error_raise(S, "index-out-of-range", NULL, "there is no position %.15g: there are no elements", i);
    error_raise(S, "index-out-of-range",
                i < 0 && !from_end ? "Only a literal, x[-1], counts from the end; a computed index may not be negative." : NULL,
                "there is no position %s%.15g: the positions are 0 to %zu", from_end ? "-" : "", i, length - 1);
}

size_t index_position(State *S, double i, bool from_end, size_t length) {
    if (from_end) {
        i = fabs(i);
        if (i != floor(i) || i < 1 || i > (double)length) raise_index(S, i, true, length);
        return length - (size_t)i;
    }
    if (!(i >= 0 && i < (double)length) || i != floor(i)) raise_index(S, i, false, length);
    return (size_t)i;
}

Value index_of_mask(State *S, Value mask, size_t length) {
    const Array *array = mask.as.array;
    if (array->layout->dims[0] != length)
        error_raise(S, "shape-mismatch", NULL, "a subscript of %zu truth values does not fit %zu elements",
                    array->layout->dims[0], length);
    size_t n = 0;
    for (size_t i = 0; i < length; i++) n += array->data[i] != 0;
    Array *positions = array_new(S, layout_vector(S, n));
    n = 0;
    for (size_t i = 0; i < length; i++)
        if (array->data[i] != 0) positions->data[n++] = (double)i;
    return value_array(positions, 0);
}

const double *lanes_on(State *S, const Layout *layout) {
    if (!S->mask) return NULL;
    const Layout *wide = layout_join_lanes(S, layout, S->mask->layout);
    if (!wide) return NULL;
    Array *spread = array_new(S, wide), *on = array_new(S, layout);
    elementwise_spread(S, value_array(S->mask, 0), wide, spread->data);
    for (size_t i = 0; i < layout->size; i++) on->data[i] = 0;
    broadcast_sum(layout, on->data, wide, spread->data, (Weight){EDGE_SCALE, 1, NULL});
    return on->data;
}

void index_check(State *S, double *index, const Layout *layout, bool from_end, size_t length) {
    const double *on = NULL;
    size_t n = layout->n_axes ? layout->axes[layout->n_axes - 1]->size : layout->components;
    for (size_t start = 0; start < layout->size; start += layout->row)
        for (size_t i = start; i < start + n; i++) {
            double x = from_end ? (double)length - fabs(index[i]) : index[i];
            if (x >= 0 && x < (double)length && x == floor(x)) {
                index[i] = x;
                continue;
            }
            if (!on && S->mask) on = lanes_on(S, layout);
            if (!on || on[i] != 0) raise_index(S, from_end ? fabs(index[i]) : index[i], from_end, length);
            index[i] = 0;
        }
}
