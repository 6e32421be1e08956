/* SPDX-License-Identifier: GPL-3.0-or-later
   Random subsets of plates: choosing them, and what enters and leaves. */
#include "runtime/subset.h"

#include <stdlib.h>
#include <string.h>

#include "runtime/message.h"
#include "runtime/operations.h"
#include "runtime/random.h"

/* ---- Choosing ---- */

/* A set of numbers below 2^53, in a hash table with linear probing. */
typedef struct Chosen {
    uint64_t *slots; /* number + 1; 0: free */
    size_t capacity; /* a power of 2, at least twice the number of members */
} Chosen;

/* false: it is in already. */
static bool chosen_add(Chosen *c, uint64_t x) {
    size_t at = (size_t)((x * 0x9E3779B97F4A7C15u) >> 20) & (c->capacity - 1);
    for (; c->slots[at]; at = (at + 1) & (c->capacity - 1))
        if (c->slots[at] == x + 1) return false;
    c->slots[at] = x + 1;
    return true;
}

/* Draw number k of the stream: an integer in 0 … n - 1. The bias is below n / 2^64. */
static uint64_t draw_below(RandomKey key, uint64_t k, uint64_t n) {
    uint32_t counter[4] = {(uint32_t)k, (uint32_t)(k >> 32), 0, 0}, out[4];
    philox_block(counter, key.key, out);
    uint64_t x = (uint64_t)out[0] << 32 | out[1], high = n >> 32, low = n & 0xffffffffu;
    /* The upper half of x * n. */
    uint64_t middle = (x & 0xffffffffu) * high + (((x & 0xffffffffu) * low) >> 32);
    return (x >> 32) * high + (middle >> 32) + (((x >> 32) * low + (middle & 0xffffffffu)) >> 32);
}

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Sets the stream of subsets apart from that of a site of the same name. */
static const uint64_t subsets = 0x5375627365740000u;

void subset_choose(State *S, const String *plate, size_t whole, size_t size, double *out) {
    RandomKey key = random_key_numbered(S, plate, subsets ^ ((uint64_t)whole << 20) ^ size);
    Chosen chosen = {.capacity = 16};
    while (chosen.capacity < 2 * size) chosen.capacity *= 2;
    chosen.slots = memory_new(S, chosen.capacity * sizeof *chosen.slots);
    memset(chosen.slots, 0, chosen.capacity * sizeof *chosen.slots);
    for (size_t k = 0; k < size; k++) {
        uint64_t last = whole - size + k, x = draw_below(key, k, last + 1);
        if (!chosen_add(&chosen, x)) chosen_add(&chosen, x = last);
        out[k] = (double)x;
    }
    memory_free(S, chosen.slots, chosen.capacity * sizeof *chosen.slots);
    qsort(out, size, sizeof *out, ascending);
}

void subset_begin(State *S, Plate *plate, size_t whole) {
    double one;
    plate->whole = whole;
    if (!plate->axis) {
        subset_choose(S, plate->name, whole, 1, &one);
        plate->index = value_number(one);
        return;
    }
    Axis *axes[1] = {plate->axis};
    Array *index = array_new(S, layout_intern(S, 1, axes, 0, NULL));
    plate->index = value_array(index, 0);
    subset_choose(S, plate->name, whole, plate->size, index->data);
    index->header.shared = true;
    index->missing = MISSING_NO;
    array_cache(S, index)->subset_of = whole;
}

/* ---- Values that enter and leave ---- */

static const Layout *layout_of(Value v) { return v.tag == VALUE_ARRAY ? v.as.array->layout : NULL; }

bool subset_is_whole(const Plate *plate, Value v, uint32_t position) {
    const Layout *l = layout_of(v);
    return plate->whole != plate->size && l && l->rank > position && l->dims[position] == plate->whole;
}

/* All of the dimensions before `position`, and there `index`. */
static uint32_t subscripts_at(const Layout *l, uint32_t position, Value index, Subscript out[]) {
    for (uint32_t k = 0; k < position; k++)
        out[k] = (Subscript){.kind = SUBSCRIPT_SLICE, .index = value_number(0), .low = 0, .high = l->dims[k]};
    out[position] = (Subscript){.kind = SUBSCRIPT_INDEX, .index = index};
    return position + 1;
}

Value subset_gather(State *S, const Plate *plate, Value v, uint32_t position) {
    Subscript subscripts[LAYOUT_RANK];
    return operation_index(S, v, subscripts, subscripts_at(layout_of(v), position, plate->index, subscripts));
}

Value subset_scatter(State *S, const Plate *plate, Value v, Value part, uint32_t position) {
    Subscript subscripts[LAYOUT_RANK];
    Value index = operation_cross_out(S, plate->index, plate->axis, plate->size, 0);
    v.as.array->header.shared = true; /* it is somebody's variable: never in place */
    return operation_replace(S, v, subscripts, subscripts_at(layout_of(v), position, index, subscripts), part);
}
