/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "runtime/array.h"

#include <string.h>

#include "runtime/error.h"
#include "runtime/gc.h"
#include "runtime/kernel.h"
#include "runtime/memory.h"
#include "runtime/state.h"
#include "runtime/tape.h"

enum { ARRAY_HEAD = (int)((sizeof(Array) + 63) / 64 * 64) };

static void clear_padding(double *data, const Layout *l) {
    if (l->n_axes == 0) {
        for (size_t i = l->components; i < l->size; i++)
            data[i] = 0;
        return;
    }
    size_t n = l->axes[l->n_axes - 1]->size;
    if (n == l->row)
        return;
    for (size_t start = 0; start < l->size; start += l->row)
        for (size_t i = n; i < l->row; i++)
            data[start + i] = 0;
}

Array *array_new(State *S, const Layout *layout) {
    if (layout->size > SIZE_MAX / 16) error_no_memory(S);
    Array *array = (Array *)gc_new_head(S, VALUE_ARRAY, ARRAY_HEAD + layout->size * sizeof(double), ARRAY_HEAD);
    array->layout = layout;
    array->data = (double *)((char *)array + ARRAY_HEAD);
    clear_padding(array->data, layout);
    return array;
}

Array *array_on_tape(State *S, const Layout *layout) {
    Array *array = tape_allocate(S, ARRAY_HEAD + layout->size * sizeof(double));
    memset(array, 0, ARRAY_HEAD);
    array->header.tag = VALUE_ARRAY;
    array->header.mark = MARK_FIXED;
    array->header.shared = true;
    array->layout = layout;
    array->data = (double *)((char *)array + ARRAY_HEAD);
    clear_padding(array->data, layout);
    return array;
}

Array *array_zero(State *S, const Layout *layout) {
    Array *array = array_new(S, layout);
    memset(array->data, 0, layout->size * sizeof *array->data);
    array->missing = MISSING_NO;
    return array;
}

Array *array_view(State *S, Array *base, const Layout *layout) {
    Array *array = (Array *)gc_new(S, VALUE_ARRAY, ARRAY_HEAD);
    array->layout = layout;
    array->boolean = base->boolean;
    array->missing = base->missing == MISSING_YES ? MISSING_UNKNOWN : base->missing;
    array->data = base->data;
    array->base = base->base ? base->base : base;
    array->header.shared = base->header.shared = array->base->header.shared = true;
    return array;
}

Array *array_vector(State *S, size_t n, const double *elements) {
    Array *array = array_new(S, layout_vector(S, n));
    if (n)
        memcpy(array->data, elements, n * sizeof *elements);
    return array;
}

ArrayCache *array_cache(State *S, Array *array) {
    if (!array->cache) {
        array->cache = memory_new(S, sizeof *array->cache);
        memset(array->cache, 0, sizeof *array->cache);
    }
    return array->cache;
}

const Array *array_log(State *S, Array *array) {
    if (!array->log) {
        Array *logs = array_new(S, array->layout);
        kernel_log(array->layout->size, logs->data, array->data);
        array->log = logs;
    }
    return array->log;
}

void array_free_parts(State *S, Array *array) {
    memory_free(S, array->cache, sizeof *array->cache);
    array->cache = NULL;
}

bool array_has_missing(Array *array) {
    if (array->missing == MISSING_UNKNOWN) {
        const Layout *l = array->layout;
        size_t n = l->n_axes ? l->axes[l->n_axes - 1]->size : l->components;
        array->missing = MISSING_NO;
        for (size_t start = 0; start < l->size && array->missing == MISSING_NO; start += l->row)
            for (size_t i = 0; i < n; i++)
                if (number_is_missing(array->data[start + i]))
                    array->missing = MISSING_YES;
    }
    return array->missing == MISSING_YES;
}

const Layout *value_layout(State *S, Value v) {
    if (v.tag == VALUE_ARRAY)
        return v.as.array->layout;
    if (v.tag == VALUE_NUMBER || v.tag == VALUE_BOOLEAN)
        return layout_scalar(S);
    error_raise(S, "wrong-type", NULL, "a number, vector or matrix is needed here, not a %s", value_type_name(v));
}

bool value_is_numeric(Value v) {
    return v.tag == VALUE_NUMBER || v.tag == VALUE_ARRAY || v.tag == VALUE_BOOLEAN;
}

bool value_has_lanes(Value v) {
    return v.tag == VALUE_ARRAY && v.as.array->layout->n_axes > 0;
}

Value value_unboxed(Array *array, uint64_t node) {
    if (!layout_is_scalar(array->layout))
        return value_array(array, node);
    if (number_is_missing(array->data[0]))
        return value_missing();
    Value v = array->boolean ? value_boolean(array->data[0] != 0) : value_number(array->data[0]);
    v.node = node;
    return v;
}
