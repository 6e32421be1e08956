/* SPDX-License-Identifier: GPL-3.0-or-later
   Log densities of composed families: their own functions, with masks, missing values and sums as for all others. */
#include "runtime/distribution_parts.h"
#include "runtime/operations.h"

static Value times(State *S, Value v, double factor) {
    if (factor == 1) return v;
    return operation_binary(S, &elementwise_operators[OPERATOR_MULTIPLY], v, value_number(factor));
}

/* From the data alone, if the family knows how. */
static bool sum_of_constant(State *S, Score *s, Value *sum) {
    const DistributionComposed *composed = s->d->row->composed;
    if (!composed->log_prob_sum || !score_is_of_constant(S, s)) return false;
    const Layout *l = s->value.as.array->layout;
    Array *data = array_new(S, layout_vector(S, l->components * l->lanes)); /* the collector's, since operations may raise */
    size_t n = score_gather(s->value.as.array, data->data);
    if (!composed->log_prob_sum(S, s->d, data->data, n, sum)) return false;
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
    const DistributionRow *row = s->d->row;
    Value zero = value_number(0), v;
    s->wanted[0] = !row->discrete;
    if (s->value.tag == VALUE_NUMBER && number_is_missing(s->value.as.number)) return zero;
    if (s->summed && sum_of_constant(S, s, &v))
        return s->mask && !masked_along_sum(s) ? operation_select(S, value_array(s->mask, 0), v, zero) : v;
    v = row->composed->log_prob(S, s->d, s->value);
    if (s->value.tag == VALUE_ARRAY && array_has_missing(s->value.as.array))
        v = operation_select(S, operation_unary(S, &elementwise_internal[INTERNAL_IS_MISSING], value_detached(s->value)), zero, v);
    if (s->mask) v = operation_select(S, value_array(s->mask, 0), v, zero);
    if (!s->summed) return v;
    if (value_layout(S, v)->rank) v = operation_sum(S, v);
    return s->n_axes ? operation_sum_lanes(S, v, s->n_axes, s->axes) : v;
}
