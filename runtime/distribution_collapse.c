/* SPDX-License-Identifier: GPL-3.0-or-later
   Sums of log densities from sufficient statistics: a cost that does not depend on the number of data. */
#include <string.h>

#include "runtime/distribution_parts.h"
#include "runtime/mask.h"
#include "runtime/spread.h"

static bool has_summed_axis(const Score *s, const Layout *layout) {
    for (uint32_t k = 0; k < s->n_axes; k++)
        if (layout_has_axis(layout, s->axes[k])) return true;
    return false;
}

static bool all_axes_summed(const Score *s, const Layout *layout) {
    for (uint32_t k = 0; k < layout->n_axes; k++) {
        bool found = false;
        for (uint32_t j = 0; j < s->n_axes; j++) found = found || s->axes[j] == layout->axes[k];
        if (!found) return false;
    }
    return true;
}

bool score_is_of_constant(State *S, const Score *s) {
    if (s->value.tag != VALUE_ARRAY || tape_has(S, s->value)) return false;
    const Layout *value = s->value.as.array->layout, *parameters = s->d->layout;
    bool joint = s->d->row->composed && s->d->row->composed->joint; /* then the rank is that of one draw */
    if ((parameters->rank && !joint) || has_summed_axis(s, parameters) || !all_axes_summed(s, value)) return false;
    return !s->mask || !has_summed_axis(s, s->mask->layout) || mask_all(s->mask);
}

static bool applies(State *S, const Score *s) {
    const DistributionRow *row = s->d->row;
    if (!row->statistics || !score_is_of_constant(S, s)) return false;
    return !row->statistics_given || (s->d->parameters[0].tag == VALUE_NUMBER && !tape_has(S, s->d->parameters[0]));
}

size_t score_gather(const Array *array, double *out) {
    const Layout *l = array->layout;
    size_t rows = l->n_axes ? l->components * l->rows : 1;
    size_t length = l->n_axes ? l->axes[l->n_axes - 1]->size : l->components, n = 0;
    for (size_t r = 0; r < rows; r++)
        for (size_t i = 0; i < length; i++) {
            double x = array->data[r * l->row + i];
            if (!number_is_missing(x)) out[n++] = x;
        }
    return n;
}

static void compute(State *S, const Score *s, Array *array, double statistics[]) {
    const Layout *l = array->layout;
    memset(statistics, 0, DISTRIBUTION_STATISTICS * sizeof *statistics);
    if (s->d->row->statistics_given) statistics[DISTRIBUTION_STATISTICS - 1] = s->d->parameters[0].as.number;
    bool contiguous = l->n_axes == 0 || l->components * l->rows == 1;
    if (contiguous && !s->missing) {
        s->d->row->statistics(array->data, l->components * l->lanes, statistics);
        return;
    }
    size_t size = l->components * l->lanes * sizeof(double);
    double *x = memory_new(S, size);
    size_t n = score_gather(array, x);
    if (n) s->d->row->statistics(x, n, statistics);
    memory_free(S, x, size);
}

static const double *statistics_of(State *S, const Score *s) {
    Array *array = s->value.as.array, *owner = array;
    const Layout *l = array->layout;
    if (array->base && array->base->layout->components * array->base->layout->lanes == l->components * l->lanes)
        owner = array->base;
    ArrayCache *cache = array_cache(S, owner);
    const DistributionRow *row = s->d->row;
    bool given = row->statistics_given && cache->statistics[DISTRIBUTION_STATISTICS - 1] != s->d->parameters[0].as.number;
    if (cache->statistics_of != row || given) {
        cache->statistics_of = NULL;
        compute(S, s, array, cache->statistics);
        cache->statistics_of = row;
    }
    return cache->statistics;
}

/* The kernel over the parameters' lanes, in stretches. */
static void run(const Score *s, const double *statistics, double *out, double *const partial[]) {
    const Layout *layout = s->result;
    double buffer[DISTRIBUTION_INPUTS][SPREAD_BLOCK], on[SPREAD_BLOCK];
    for (size_t offset = 0, n; offset < layout->size; offset += n) {
        n = spread_stretch(layout, offset);
        const double *in[DISTRIBUTION_INPUTS];
        double *at[1 + DISTRIBUTION_PARAMETERS] = {0};
        for (unsigned k = 0; k < s->n_inputs; k++) {
            in[k] = s->input[k].layout == layout ? s->input[k].data + offset : buffer[k];
            if (in[k] == buffer[k]) spread_fill(s->input[k].layout, s->input[k].data, layout, offset, n, buffer[k]);
        }
        for (unsigned k = 1; k < s->n_wanted; k++) at[k - 1] = partial[k] ? partial[k] + offset : NULL;
        s->d->row->score_statistics(n, out + offset, at, in, statistics);
        if (!s->mask) continue;
        spread_fill(s->mask->layout, s->mask->data, layout, offset, n, on);
        for (size_t i = 0; i < n; i++) out[offset + i] = on[i] != 0 ? out[offset + i] : 0;
        for (unsigned k = 0; k + 1 < s->n_wanted; k++)
            for (size_t i = 0; at[k] && i < n; i++) at[k][i] = on[i] != 0 ? at[k][i] : 0;
    }
}

static Value number(State *S, Score *s, const double *statistics) {
    const double *in[DISTRIBUTION_INPUTS];
    double out[LANE_BLOCK], store[DISTRIBUTION_PARAMETERS][LANE_BLOCK], *partial[DISTRIBUTION_PARAMETERS] = {0};
    bool taped = false;
    for (unsigned k = 0; k < s->n_inputs; k++) in[k] = s->input[k].data;
    for (unsigned k = 0; k + 1 < s->n_wanted; k++)
        if (s->wanted[k + 1]) {
            partial[k] = store[k];
            taped = true;
        }
    s->d->row->score_statistics(LANE_BLOCK, out, partial, in, statistics);
    uint64_t node = taped ? tape_node(S, S->scalar) : 0;
    for (unsigned k = 0; k + 1 < s->n_wanted; k++)
        if (partial[k]) tape_edge_scale(S, s->d->parameters[k], partial[k][0] * s->factor);
    return value_dual(out[0] * s->factor, node);
}

void score_collapse_begin(State *S, Score *s) {
    if (s->mask && has_summed_axis(s, s->mask->layout)) s->mask = NULL; /* all on */
    s->factor = 1;
    for (uint32_t k = 0; k < s->n_axes; k++)
        if (!layout_has_axis(s->value.as.array->layout, s->axes[k])) s->factor *= (double)s->axes[k]->size;
    s->result = s->mask ? layout_join(S, s->d->layout, s->mask->layout) : s->d->layout;
}

bool score_collapse(State *S, Score *s, Value *result) {
    if (!applies(S, s)) return s->d->row->discrete && score_distinct(S, s, result);
    const double *statistics = statistics_of(S, s);
    if (statistics[0] == 0) {
        *result = value_number(0);
        return true;
    }
    score_collapse_begin(S, s);
    s->n_inputs = distribution_inputs(S, s->d, s->input);
    if (s->result == S->scalar) {
        *result = number(S, s, statistics);
        return true;
    }
    Array *array = score_room(S, s);
    double *partial[1 + DISTRIBUTION_PARAMETERS] = {0};
    const Layout *layout[1 + DISTRIBUTION_PARAMETERS];
    for (unsigned k = 1; k < s->n_wanted; k++) {
        layout[k] = s->result;
        if (s->wanted[k]) partial[k] = tape_allocate(S, s->result->size * sizeof(double));
    }
    run(s, statistics, array->data, partial);
    s->wanted[0] = false;
    *result = score_finish(S, s, NULL, array, partial, layout);
    return true;
}
