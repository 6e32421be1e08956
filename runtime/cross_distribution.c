/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Distributions that leave plates: their parameters do. */
#include <string.h>

#include "runtime/message.h"
#include "runtime/operations.h"

static bool varies(State *S, Value v, Axis *const plates[], uint32_t depth, uint32_t n_plates) {
    if (!value_is_numeric(v) || !value_has_lanes(v)) return false;
    for (uint32_t k = depth; k < n_plates; k++)
        if (layout_has_axis(value_layout(S, v), plates[k])) return true;
    return false;
}

/* Event shape of the distribution in each parameter that is an array, so that they fit one another also behind the new axes. */
static Value widened(State *S, const Distribution *d, Value v) {
    if (value_layout(S, v)->rank == d->layout->rank) return v;
    Array *zeros = array_new(S, layout_intern(S, 0, NULL, d->layout->rank, d->layout->dims));
    memset(zeros->data, 0, zeros->layout->size * sizeof *zeros->data);
    return operation_binary(S, &elementwise_operators[OPERATOR_ADD], v, value_array(zeros, 0));
}

/* Distributions among the parameters, also those in lists; whatever else as it is. */
static Value cross_out_inner(State *S, Value v, Axis *const plates[], uint32_t depth, uint32_t n_plates) {
    if (v.tag == VALUE_DISTRIBUTION) return cross_out_distribution(S, v.as.distribution, plates, depth, n_plates);
    if (v.tag != VALUE_LIST) return v;
    List *out = list_new(S, v.as.list->count);
    bool any = false;
    for (uint32_t k = 0; k < v.as.list->count; k++) {
        Value item = cross_out_inner(S, v.as.list->items[k], plates, depth, n_plates);
        any |= value_is_object(item) && item.as.object != v.as.list->items[k].as.object;
        list_append(S, out, item);
    }
    return any ? value_object(out) : v;
}

/* What v is for element `at` of the plate. */
static Value element_of(State *S, Value v, Axis *plate, size_t at) {
    if (!value_is_numeric(v) || !layout_has_axis(value_layout(S, v), plate)) return v;
    Subscript subscript = {.kind = SUBSCRIPT_INDEX, .index = value_number((double)at)};
    return operation_index(S, operation_cross_out(S, v, plate, plate->size, 0), &subscript, 1);
}

/* Where a draw is one whole, parameters have no room for leading dimensions: a list, with a distribution for each element of the
   outermost plate, or a list of these. */
static Value cross_out_joint(State *S, Distribution *d, Axis *const plates[], uint32_t depth, uint32_t n_plates) {
    if (depth == n_plates) return value_object(d);
    Axis *plate = plates[depth];
    bool differs = false;
    for (unsigned k = 0; k < d->row->n_parameters; k++) differs |= varies(S, d->parameters[k], plates, depth, depth + 1);
    List *list = list_new(S, (uint32_t)plate->size);
    Value same = differs ? value_unassigned() : cross_out_joint(S, d, plates, depth + 1, n_plates);
    for (size_t at = 0; at < plate->size; at++) {
        Value parameters[DISTRIBUTION_PARAMETERS];
        for (unsigned k = 0; differs && k < d->row->n_parameters; k++) parameters[k] = element_of(S, d->parameters[k], plate, at);
        if (differs) same = cross_out_joint(S, distribution_of_checked(S, d->row, parameters), plates, depth + 1, n_plates);
        list_append(S, list, same);
    }
    return value_object(list);
}

Value cross_out_distribution(State *S, Distribution *d, Axis *const plates[], uint32_t depth, uint32_t n_plates) {
    bool any = false;
    Value given[DISTRIBUTION_PARAMETERS], parameters[DISTRIBUTION_PARAMETERS];
    for (unsigned k = 0; k < d->row->n_parameters; k++) {
        given[k] = cross_out_inner(S, d->parameters[k], plates, depth, n_plates);
        any |= varies(S, given[k], plates, depth, n_plates) || (value_is_object(given[k]) && given[k].as.object != d->parameters[k].as.object);
    }
    if (!any) return value_object(d);
    if (d->joint) return cross_out_joint(S, d, plates, depth, n_plates);
    for (unsigned k = 0; k < d->row->n_parameters; k++) {
        Value v = given[k];
        bool crosses = varies(S, v, plates, depth, n_plates) || (value_is_numeric(v) && value_layout(S, v)->rank);
        parameters[k] = crosses ? cross_out_plates(S, widened(S, d, v), plates, depth, n_plates) : v;
    }
    return value_object(distribution_of_checked(S, d->row, parameters));
}
