/* SPDX-License-Identifier: GPL-3.0-or-later
   Composed families: their own functions, with several draws, masks, missing values and sums as for all others. Several draws
   at once are lanes of a plate of their own. */
#include <string.h>

#include "runtime/distribution_parts.h"
#include "runtime/mask.h"
#include "runtime/message.h"
#include "runtime/operations.h"

static Value times(State *S, Value v, double factor) {
    if (factor == 1) return v;
    return operation_binary(S, &elementwise_operators[OPERATOR_MULTIPLY], v, value_number(factor));
}

static Plate *draws_begin(State *S, size_t n) { return plate_begin(S, string_of(S, "<draws>"), n); }

/* ---- Draws ---- */

Value composed_sample(State *S, Distribution *d, RandomKey key, size_t n) {
    if (n == 0) return composed_sample_event(S, d, key, d->layout);
    if (d->layout->rank + 1 > LAYOUT_RANK) error_raise(S, "shape-mismatch", NULL, "a value has at most %d dimensions", LAYOUT_RANK);
    Axis *axis = draws_begin(S, n)->axis;
    Value v = d->row->composed->sample(S, d, key, d->layout);
    plate_leave(S);
    return operation_cross_out(S, v, axis, n, 0);
}

Value composed_sample_event(State *S, Distribution *d, RandomKey key, const Layout *event) {
    const DistributionComposed *composed = d->row->composed;
    if (!d->joint || event->rank <= d->layout->rank) return composed->sample(S, d, key, event);
    size_t n = event->dims[0];
    const Layout *inner = layout_with_event(S, event, event->rank - 1u, event->dims + 1);
    Axis *axis = draws_begin(S, n)->axis;
    Value v = composed_sample_event(S, d, key, inner);
    plate_leave(S);
    return operation_cross_out(S, v, axis, n, 0);
}

/* ---- Log densities ---- */

static _Noreturn void raise_shape(State *S, const Distribution *d, const Layout *value) {
    const Layout *own = d->layout;
    if (own->rank == 1 && value->rank)
        error_raise(S, "shape-mismatch", NULL, "a draw of %s has %zu elements here, but the value has %zu", d->row->name, own->dims[0],
                    value->dims[value->rank - 1]);
    error_raise(S, "shape-mismatch", NULL, "the value's shape is not that of a draw from this %s", d->row->name);
}

static bool any_on(State *S, Value condition, Array *mask) {
    if (mask) condition = operation_select(S, value_array(mask, 0), condition, value_boolean(false));
    return condition.tag == VALUE_ARRAY ? mask_any(condition.as.array) : condition.as.boolean;
}

/* Whether all of the one draw in each lane is missing; a part is an error. */
static Value wholly_missing(State *S, const Distribution *d, Value value, Array *mask) {
    Value missing = operation_unary(S, &elementwise_internal[INTERNAL_IS_MISSING], value_detached(value));
    Value count = operation_sum(S, missing), all = value_number((double)d->layout->components);
    Value none = operation_binary(S, &elementwise_operators[OPERATOR_EQUAL], count, value_number(0));
    Value whole = operation_binary(S, &elementwise_operators[OPERATOR_EQUAL], count, all);
    Value in_part = operation_binary(S, &elementwise_operators[OPERATOR_EQUAL], none, whole);
    if (any_on(S, in_part, mask))
        error_raise(S, "missing-in-part", "Leave the whole row missing, or model the elements one by one.",
                    "a part of a draw from %s is missing, and such a draw is one whole", d->row->name);
    return whole;
}

void distribution_check_missing(State *S, Distribution *d, Value value) {
    const Layout *l = value_layout(S, value);
    if (l->rank <= d->layout->rank) {
        wholly_missing(S, d, value, S->mask);
        return;
    }
    size_t n = l->dims[0];
    Axis *axis = draws_begin(S, n)->axis;
    distribution_check_missing(S, d, operation_cross_in(S, value, axis, n, 0));
    plate_leave(S);
}

/* Of draws that are one whole: leading dimensions of the value become lanes, and come back. */
static Value joint_log_prob(State *S, const Score *s, Value value) {
    const Layout *own = s->d->layout, *l = value_layout(S, value);
    if (l->rank > own->rank) {
        size_t n = l->dims[0];
        Axis *axis = draws_begin(S, n)->axis;
        Value v = joint_log_prob(S, s, operation_cross_in(S, value, axis, n, 0));
        plate_leave(S);
        return operation_cross_out(S, v, axis, n, 0);
    }
    if (!layout_same_event(l, own)) raise_shape(S, s->d, l);
    Value v = s->d->row->composed->log_prob(S, s->d, value);
    return value.tag == VALUE_ARRAY && array_has_missing(value.as.array)
               ? operation_select(S, wholly_missing(S, s->d, value, s->mask ? s->mask : S->mask), value_number(0), v)
               : v;
}

static Value log_prob(State *S, const Score *s) {
    const DistributionRow *row = s->d->row;
    if (s->d->joint) return joint_log_prob(S, s, s->value);
    Value v = row->composed->log_prob(S, s->d, s->value);
    if (s->value.tag == VALUE_ARRAY && array_has_missing(s->value.as.array))
        v = operation_select(S, operation_unary(S, &elementwise_internal[INTERNAL_IS_MISSING], value_detached(s->value)), value_number(0), v);
    return v;
}

/* ---- Sums from statistics ---- */

/* The draws that are there, one after the other; false: a part of one is missing. */
static bool gather(const Array *array, size_t components, double *out, size_t *n) {
    const Layout *l = array->layout;
    size_t draws = l->components / components, length = l->n_axes ? l->axes[l->n_axes - 1]->size : 1;
    *n = 0;
    for (size_t draw = 0; draw < draws; draw++)
        for (size_t lane = 0; lane < l->stride; lane++) {
            if (l->n_axes && lane % l->row >= length) continue;
            double *to = out + *n * components;
            size_t missing = 0;
            for (size_t c = 0; c < components; c++) {
                to[c] = array->data[(draw * components + c) * l->stride + lane];
                missing += number_is_missing(to[c]);
            }
            if (missing && missing < components) return false;
            *n += !missing;
        }
    return true;
}

/* What is kept with the data, computed when first asked; NULL: they cannot be summed up. */
static const ArrayCache *statistics_of(State *S, const Score *s) {
    const DistributionRow *row = s->d->row;
    Array *array = s->value.as.array, *owner = array;
    const Layout *l = array->layout, *event = s->d->joint ? layout_with_event(S, S->scalar, s->d->layout->rank, s->d->layout->dims) : S->scalar;
    if (array->base && array->base->layout->components * array->base->layout->lanes == l->components * l->lanes) owner = array->base;
    ArrayCache *cache = array_cache(S, owner);
    if (cache->joint_of == row && cache->joint_size == event->components) return cache;
    Array *draws = array_new(S, layout_vector(S, l->components * l->lanes)); /* the collector's, since operations may raise */
    size_t n;
    if (!gather(array, event->components, draws->data, &n)) return NULL;
    Value statistics = row->composed->statistics(S, event, draws->data, n);
    cache->joint_of = row;
    cache->joint_size = event->components;
    cache->joint_draws = n;
    cache->joint_statistics = statistics.as.array;
    return cache;
}

static bool sum_of_constant(State *S, Score *s, Value *sum) {
    const DistributionComposed *composed = s->d->row->composed;
    if (!composed->statistics || !score_is_of_constant(S, s)) return false;
    const Layout *l = s->value.as.array->layout;
    if (s->d->joint && (l->rank < s->d->layout->rank || memcmp(l->dims + l->rank - s->d->layout->rank, s->d->layout->dims, s->d->layout->rank * sizeof *l->dims) != 0))
        return false;
    const ArrayCache *known = statistics_of(S, s);
    if (!known || !composed->log_prob_sum(S, s->d, value_array(known->joint_statistics, 0), known->joint_draws, sum)) return false;
    double factor = 1;
    for (uint32_t k = 0; k < s->n_axes; k++)
        if (!layout_has_axis(l, s->axes[k])) factor *= (double)s->axes[k]->size;
    *sum = times(S, *sum, factor);
    return true;
}

static bool masked_along_sum(const Score *s) {
    for (uint32_t k = 0; s->mask && k < s->n_axes; k++)
        if (layout_has_axis(s->mask->layout, s->axes[k])) return true;
    return false;
}

Value score_composed(State *S, Score *s) {
    Value zero = value_number(0), v;
    s->wanted[0] = !s->d->discrete;
    if (s->value.tag == VALUE_NUMBER && number_is_missing(s->value.as.number)) return zero;
    if (s->summed && sum_of_constant(S, s, &v))
        return s->mask && !masked_along_sum(s) ? operation_select(S, value_array(s->mask, 0), v, zero) : v;
    v = log_prob(S, s);
    if (s->mask) v = operation_select(S, value_array(s->mask, 0), v, zero);
    if (!s->summed) return v;
    if (value_layout(S, v)->rank) v = operation_sum(S, v);
    return s->n_axes ? operation_sum_lanes(S, v, s->n_axes, s->axes) : v;
}
