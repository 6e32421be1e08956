/* SPDX-License-Identifier: GPL-3.0-or-later
   Sums of log densities over distinct values with their counts: for discrete families without sufficient statistics. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/distribution_parts.h"
#include "runtime/spread.h"

enum { CHUNK = 256, OUTPUTS = 1 + DISTRIBUTION_PARAMETERS, FEW = 4 /* data for each distinct value, at least */ };

/* ---- Distinct values ---- */

static int by_size(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return x != x ? y == y : y != y ? -1 : (x > y) - (x < y);
}

static bool same(double x, double y) { return x == y || (x != x && y != y); }

/* The place of x in a table whose free places have count 0. `size` is a power of 2. */
static size_t place_of(double x, const double *value, const double *count, size_t size) {
    uint64_t bits;
    x = x == 0 ? 0 : x != x ? NAN : x;
    memcpy(&bits, &x, sizeof bits);
    size_t at = (size_t)((bits * 0x9e3779b97f4a7c15u) >> 32) & (size - 1);
    while (count[at] && !same(value[at], x)) at = (at + 1) & (size - 1);
    return at;
}

/* Pairs of value and count in the order of the values, in the table's own memory; NULL when there are more than `most`. */
static Array *distinct_counted(State *S, const double *x, size_t n, size_t most) {
    size_t size = 16, found = 0;
    while (size < 2 * most + 2) size *= 2;
    Array *table = array_zero(S, layout_vector(S, 2 * size)); /* the collector's */
    double *value = table->data, *count = value + size;
    for (size_t i = 0; i < n; i++) {
        size_t at = place_of(x[i], value, count, size);
        if (count[at]++) continue;
        value[at] = x[i];
        if (++found > most) return NULL;
    }
    double *pairs = array_new(S, layout_vector(S, 2 * found))->data;
    for (size_t at = 0, k = 0; at < size; at++) {
        if (!count[at]) continue;
        pairs[2 * k] = value[at];
        pairs[2 * k++ + 1] = count[at];
    }
    qsort(pairs, found, 2 * sizeof *pairs, by_size);
    Array *distinct = array_new(S, layout_vector(S, 2 * found));
    for (size_t k = 0; k < found; k++) {
        distinct->data[k] = pairs[2 * k];
        distinct->data[found + k] = pairs[2 * k + 1];
    }
    return distinct;
}

/* The distinct values and behind them their counts, kept with the data; NULL when there are hardly fewer than data. */
static const Array *distinct_of(State *S, const Score *s) {
    Array *array = s->value.as.array, *owner = array;
    const Layout *l = array->layout;
    if (array->base && array->base->layout->components * array->base->layout->lanes == l->components * l->lanes) owner = array->base;
    ArrayCache *cache = array_cache(S, owner);
    if (cache->distinct_known) return cache->distinct;
    const double *x = array->data;
    size_t n = l->components * l->lanes;
    if (s->missing || (l->n_axes && l->components * l->rows != 1)) {
        double *data = array_new(S, layout_vector(S, n))->data; /* the collector's */
        n = score_gather(array, data);
        x = data;
    }
    cache->distinct = n ? distinct_counted(S, x, n, n / FEW) : NULL;
    cache->distinct_known = true;
    return cache->distinct;
}

/* ---- Sums ---- */

/* A kernel's inputs over a stretch: value, parameters, prepared quantities, logarithm of the value. */
typedef struct Inputs {
    double buffer[DISTRIBUTION_INPUTS][CHUNK];
    const double *at[DISTRIBUTION_INPUTS];
} Inputs;

static void run_kernel(const Score *s, Inputs *inputs, size_t n, double *out, double *const partial[]) {
    if (s->d->row->wants_log) {
        kernel_log(n, inputs->buffer[s->n_inputs], inputs->at[0]);
        inputs->at[s->n_inputs] = inputs->buffer[s->n_inputs];
    }
    s->d->row->score(n, out, partial, inputs->at);
}

/* Parameters that are numbers: values side by side, their scores added one after the other. */
static void sum_of_numbers(const Score *s, const double *value, const double *count, size_t m, double *const sum[]) {
    Inputs inputs;
    double out[OUTPUTS][CHUNK], *partial[OUTPUTS] = {0};
    for (unsigned k = 1; k < s->n_wanted; k++) partial[k] = sum[k] ? out[k] : NULL;
    for (unsigned k = 0; k < s->n_inputs; k++) {
        inputs.at[k] = inputs.buffer[k];
        for (size_t i = 0; k && i < CHUNK; i++) inputs.buffer[k][i] = s->input[k].data[0];
    }
    for (size_t offset = 0, n; offset < m; offset += n) {
        n = m - offset < CHUNK ? m - offset : CHUNK;
        for (size_t i = 0; i < lane_pad(n); i++) inputs.buffer[0][i] = value[offset + (i < n ? i : 0)];
        run_kernel(s, &inputs, lane_pad(n), out[0], partial);
        for (unsigned k = 0; k < s->n_wanted; k++)
            for (size_t i = 0; sum[k] && i < n; i++) sum[k][0] += count[offset + i] * out[k][i];
    }
}

/* Parameters with lanes: lanes side by side, added in the same order. */
static void sum_of_lanes(const Score *s, const double *value, const double *count, size_t m, double *const sum[]) {
    const Layout *layout = s->result;
    Inputs inputs;
    double out[OUTPUTS][CHUNK], *partial[OUTPUTS] = {0};
    for (unsigned k = 1; k < s->n_wanted; k++) partial[k] = sum[k] ? out[k] : NULL;
    for (size_t offset = 0, n; offset < layout->size; offset += n) {
        n = layout->size - offset < CHUNK ? layout->size - offset : CHUNK;
        for (unsigned k = 1; k < s->n_inputs; k++) {
            inputs.at[k] = s->input[k].layout == layout ? s->input[k].data + offset : inputs.buffer[k];
            if (inputs.at[k] == inputs.buffer[k]) spread_fill(s->input[k].layout, s->input[k].data, layout, offset, n, inputs.buffer[k]);
        }
        inputs.at[0] = inputs.buffer[0];
        for (size_t j = 0; j < m; j++) {
            for (size_t i = 0; i < n; i++) inputs.buffer[0][i] = value[j];
            run_kernel(s, &inputs, n, out[0], partial);
            for (unsigned k = 0; k < s->n_wanted; k++)
                for (size_t i = 0; sum[k] && i < n; i++) sum[k][offset + i] += count[j] * out[k][i];
        }
    }
}

/* Where the sum is infinite the partials are 0; where the mask is off everything is. */
static void tidy(const Score *s, double *const sum[]) {
    const Layout *layout = s->result;
    double on[SPREAD_BLOCK];
    for (unsigned k = s->n_wanted; k-- > 0;)
        for (size_t i = 0; k && sum[k] && i < layout->size; i++) sum[k][i] = isinf(sum[0][i]) ? 0 : sum[k][i];
    for (size_t offset = 0, n; s->mask && offset < layout->size; offset += n) {
        n = spread_stretch(layout, offset);
        spread_fill(s->mask->layout, s->mask->data, layout, offset, n, on);
        for (unsigned k = 0; k < s->n_wanted; k++)
            for (size_t i = 0; sum[k] && i < n; i++) sum[k][offset + i] = on[i] != 0 ? sum[k][offset + i] : 0;
    }
}

bool score_distinct(State *S, Score *s, Value *result) {
    if (!score_is_of_constant(S, s)) return false;
    const Array *distinct = distinct_of(S, s);
    if (!distinct) return false;
    score_collapse_begin(S, s);
    s->n_inputs = 1 + distribution_inputs(S, s->d, s->input + 1);
    const Layout *layout[OUTPUTS];
    double number[LANE_BLOCK], *sum[OUTPUTS] = {number};
    Array *array = s->result == S->scalar ? NULL : score_room(S, s);
    if (array) sum[0] = array->data;
    s->wanted[0] = false;
    for (unsigned k = 0; k < s->n_wanted; k++) {
        layout[k] = s->result;
        if (s->wanted[k]) sum[k] = tape_allocate(S, s->result->size * sizeof(double));
        if (sum[k]) memset(sum[k], 0, s->result->size * sizeof(double));
    }
    size_t m = distinct->layout->components / 2;
    (s->result == S->scalar ? sum_of_numbers : sum_of_lanes)(s, distinct->data, distinct->data + m, m, sum);
    tidy(s, sum);
    double *density = sum[0];
    sum[0] = NULL;
    *result = score_finish(S, s, array ? NULL : density, array, sum, layout);
    return true;
}
