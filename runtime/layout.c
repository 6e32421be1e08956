/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "runtime/layout.h"

#include <string.h>

#include "runtime/error.h"
#include "runtime/gc.h"
#include "runtime/memory.h"
#include "runtime/state.h"

static uint64_t mix(uint64_t hash, uint64_t x) {
    hash = (hash ^ x) * UINT64_C(0x9e3779b97f4a7c15);
    return hash ^ (hash >> 32);
}

/* ---- axes ---- */

/* Axes are hashed by what survives their name: the sweep may free the name first. */
static uint32_t axis_hash(const String *name, size_t size, uint32_t depth) {
    return (uint32_t)mix(mix(name->hash, size), depth);
}

static void grow_axes(State *S) {
    size_t capacity = S->axis_capacity ? 2 * S->axis_capacity : 32;
    Axis **table = memory_new(S, capacity * sizeof *table);
    memset(table, 0, capacity * sizeof *table);
    for (size_t i = 0; i < S->axis_capacity; i++)
        for (Axis *axis = S->axes[i], *next; axis; axis = next) {
            next = axis->chain;
            Axis **bucket = &table[axis->header.extra & (capacity - 1)];
            axis->chain = *bucket;
            *bucket = axis;
        }
    memory_free(S, S->axes, S->axis_capacity * sizeof *table);
    S->axes = table;
    S->axis_capacity = capacity;
}

Axis *axis_intern(State *S, String *name, size_t size, uint32_t depth) {
    uint32_t hash = axis_hash(name, size, depth);
    if (S->axis_capacity)
        for (Axis *axis = S->axes[hash & (S->axis_capacity - 1)]; axis; axis = axis->chain)
            if (axis->name == name && axis->size == size && axis->depth == depth)
                return axis;
    if (S->n_axes >= S->axis_capacity)
        grow_axes(S);
    Axis *axis = (Axis *)gc_new(S, VALUE_AXIS, sizeof *axis);
    axis->header.extra = hash;
    axis->name = name;
    axis->size = size;
    axis->depth = depth;
    Axis **bucket = &S->axes[hash & (S->axis_capacity - 1)];
    axis->chain = *bucket;
    *bucket = axis;
    S->n_axes++;
    return axis;
}

void axis_forget(State *S, Axis *axis) {
    Axis **link = &S->axes[axis->header.extra & (S->axis_capacity - 1)];
    while (*link && *link != axis)
        link = &(*link)->chain;
    if (*link) {
        *link = axis->chain;
        S->n_axes--;
    }
}

/* ---- layouts ---- */

static void grow_layouts(State *S) {
    size_t capacity = S->layout_capacity ? 2 * S->layout_capacity : 64;
    Layout **table = memory_new(S, capacity * sizeof *table);
    memset(table, 0, capacity * sizeof *table);
    for (size_t i = 0; i < S->layout_capacity; i++)
        for (Layout *layout = S->layouts[i], *next; layout; layout = next) {
            next = layout->chain;
            Layout **bucket = &table[layout->hash & (capacity - 1)];
            layout->chain = *bucket;
            *bucket = layout;
        }
    memory_free(S, S->layouts, S->layout_capacity * sizeof *table);
    S->layouts = table;
    S->layout_capacity = capacity;
}

void layout_forget(State *S, Layout *layout) {
    Layout **link = &S->layouts[layout->hash & (S->layout_capacity - 1)];
    while (*link && *link != layout)
        link = &(*link)->chain;
    if (*link) {
        *link = layout->chain;
        S->n_layouts--;
    }
}

static size_t times(State *S, size_t a, size_t b) {
    size_t product;
    if (__builtin_mul_overflow(a, b, &product) || product > PTRDIFF_MAX / 16)
        error_no_memory(S);
    return product;
}

static void measure(State *S, Layout *l) {
    l->components = l->lanes = l->rows = 1;
    for (uint32_t d = 0; d < l->rank; d++)
        l->components = times(S, l->components, l->dims[d]);
    for (uint32_t k = 0; k < l->n_axes; k++)
        l->lanes = times(S, l->lanes, l->axes[k]->size);
    if (l->n_axes == 0) {
        l->row = l->size = lane_pad(l->components);
        l->stride = 1;
        return;
    }
    uint32_t inner = l->n_axes - 1u;
    l->row = lane_pad(l->axes[inner]->size);
    l->rows = l->lanes / l->axes[inner]->size;
    l->stride = times(S, l->rows, l->row);
    l->size = times(S, l->components, l->stride);
    size_t stride = 1;
    for (uint32_t k = l->n_axes; k-- > 0;) {
        l->axis_stride[k] = stride;
        stride *= k == inner ? l->row : l->axes[k]->size;
    }
}

static bool matches(const Layout *l, uint32_t n_axes, Axis *const axes[], uint32_t rank, const size_t dims[]) {
    if (l->n_axes != n_axes || l->rank != rank)
        return false;
    for (uint32_t k = 0; k < n_axes; k++)
        if (l->axes[k] != axes[k])
            return false;
    for (uint32_t d = 0; d < rank; d++)
        if (l->dims[d] != dims[d])
            return false;
    return true;
}

const Layout *layout_intern(State *S, uint32_t n_axes, Axis *const axes[], uint32_t rank, const size_t dims[]) {
    if (rank > LAYOUT_RANK)
        error_raise(S, "shape-mismatch", NULL, "an array has at most %d dimensions", LAYOUT_RANK);
    uint64_t hash = mix(n_axes, rank);
    for (uint32_t k = 0; k < n_axes; k++)
        hash = mix(hash, (uintptr_t)axes[k]);
    for (uint32_t d = 0; d < rank; d++)
        hash = mix(hash, dims[d]);
    if (S->layout_capacity)
        for (Layout *l = S->layouts[hash & (S->layout_capacity - 1)]; l; l = l->chain)
            if (l->hash == hash && matches(l, n_axes, axes, rank, dims))
                return l;
    if (S->n_layouts >= S->layout_capacity)
        grow_layouts(S);
    Layout made = {.hash = hash, .n_axes = (uint8_t)n_axes, .rank = (uint8_t)rank};
    for (uint32_t k = 0; k < n_axes; k++)
        made.axes[k] = axes[k];
    for (uint32_t d = 0; d < rank; d++)
        made.dims[d] = dims[d];
    measure(S, &made);
    Layout *l = (Layout *)gc_new(S, VALUE_LAYOUT, sizeof *l);
    made.header = l->header;
    Layout **bucket = &S->layouts[hash & (S->layout_capacity - 1)];
    made.chain = *bucket;
    *l = made;
    *bucket = l;
    S->n_layouts++;
    return l;
}

const Layout *layout_scalar(State *S) {
    if (!S->scalar)
        S->scalar = layout_intern(S, 0, NULL, 0, NULL);
    return S->scalar;
}

const Layout *layout_vector(State *S, size_t n) {
    return layout_intern(S, 0, NULL, 1, &n);
}

const Layout *layout_matrix(State *S, size_t rows, size_t columns) {
    return layout_intern(S, 0, NULL, 2, (size_t[]){rows, columns});
}

const Layout *layout_with_event(State *S, const Layout *lanes, uint32_t rank, const size_t dims[]) {
    return layout_intern(S, lanes->n_axes, lanes->axes, rank, dims);
}

const Layout *layout_with_lanes(State *S, const Layout *event, const Layout *lanes) {
    return layout_intern(S, lanes->n_axes, lanes->axes, event->rank, event->dims);
}

/* ---- relations ---- */

/* All axes of both by depth; -1 when two different axes have one depth. */
static int merge_axes(const Layout *a, const Layout *b, Axis *out[]) {
    uint32_t i = 0, j = 0;
    int n = 0;
    while (i < a->n_axes || j < b->n_axes) {
        if (j == b->n_axes || (i < a->n_axes && a->axes[i]->depth < b->axes[j]->depth)) {
            out[n++] = a->axes[i++];
        } else if (i == a->n_axes || b->axes[j]->depth < a->axes[i]->depth) {
            out[n++] = b->axes[j++];
        } else {
            if (a->axes[i] != b->axes[j])
                return -1;
            out[n++] = a->axes[i++];
            j++;
        }
        if (n == LAYOUT_AXES && (i < a->n_axes || j < b->n_axes))
            return -1;
    }
    return n;
}

static const Layout *join(State *S, const Layout *a, const Layout *b) {
    const Layout *event = a->rank ? a : b;
    if (a->rank && b->rank && !layout_same_event(a, b))
        return NULL;
    Axis *axes[LAYOUT_AXES];
    int n = merge_axes(a, b, axes);
    return n < 0 ? NULL : layout_intern(S, (uint32_t)n, axes, event->rank, event->dims);
}

const Layout *layout_join(State *S, const Layout *a, const Layout *b) {
    if (a == b || layout_is_scalar(b))
        return a;
    if (layout_is_scalar(a))
        return b;
    size_t slot = (((uintptr_t)a >> 6) * 5 + ((uintptr_t)b >> 6)) & 15;
    if (S->joins[slot].a == a && S->joins[slot].b == b)
        return S->joins[slot].join;
    const Layout *l = join(S, a, b);
    if (l) {
        S->joins[slot].a = a;
        S->joins[slot].b = b;
        S->joins[slot].join = l;
    }
    return l;
}

const Layout *layout_join_lanes(State *S, const Layout *a, const Layout *b) {
    if (layout_lanes_within(b, a))
        return a;
    Axis *axes[LAYOUT_AXES];
    int n = merge_axes(a, b, axes);
    return n < 0 ? NULL : layout_intern(S, (uint32_t)n, axes, a->rank, a->dims);
}

bool layout_same_event(const Layout *a, const Layout *b) {
    if (a->rank != b->rank)
        return false;
    for (uint32_t d = 0; d < a->rank; d++)
        if (a->dims[d] != b->dims[d])
            return false;
    return true;
}

int layout_axis_position(const Layout *layout, const Axis *axis) {
    for (uint32_t k = 0; k < layout->n_axes; k++)
        if (layout->axes[k] == axis)
            return (int)k;
    return -1;
}

bool layout_has_axis(const Layout *layout, const Axis *axis) {
    return layout_axis_position(layout, axis) >= 0;
}

bool layout_lanes_within(const Layout *a, const Layout *b) {
    for (uint32_t k = 0; k < a->n_axes; k++)
        if (!layout_has_axis(b, a->axes[k]))
            return false;
    return true;
}
