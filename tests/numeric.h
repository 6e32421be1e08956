/* What the tests of values and operations share: random numbers, layouts and values, and the naive look at an element. */
#ifndef ELBO_TESTS_NUMERIC_H
#define ELBO_TESTS_NUMERIC_H

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "runtime/native.h"
#include "runtime/operations.h"
#include "runtime/state.h"

/* Numbers that are the same in each run of a test. */
typedef struct Source64 {
    uint64_t x;
} Source64;

static inline uint64_t next64(Source64 *s) {
    s->x ^= s->x << 13;
    s->x ^= s->x >> 7;
    s->x ^= s->x << 17;
    return s->x;
}

static inline double uniform(Source64 *s, double low, double high) {
    return low + (high - low) * (double)(next64(s) >> 11) * 0x1p-53;
}

static inline size_t below(Source64 *s, size_t n) {
    return (size_t)(next64(s) >> 20) % n;
}

/* Three axes at depths 0, 1 and 2, of sizes that leave padding and do not. */
enum { TEST_AXES = 3 };
static const size_t test_sizes[TEST_AXES] = {3, 8, 5};
static const char *const test_names[TEST_AXES] = {"p", "q", "r"};

static inline Axis *test_axis(State *S, unsigned k) {
    return axis_intern(S, string_of(S, test_names[k]), test_sizes[k], k);
}

/* The layout with the axes of `axes` (bit k: axis k) and the event shape. */
static inline const Layout *test_layout(State *S, unsigned axes, uint32_t rank, const size_t dims[]) {
    Axis *list[TEST_AXES];
    uint32_t n = 0;
    for (unsigned k = 0; k < TEST_AXES; k++)
        if (axes & 1u << k) list[n++] = test_axis(S, k);
    return layout_intern(S, n, list, rank, dims);
}

/* Fills every place, padding included, which must never show in a result. */
static inline Array *test_array(State *S, Source64 *s, const Layout *layout, double low, double high) {
    Array *array = array_new(S, layout);
    for (size_t i = 0; i < layout->size; i++) array->data[i] = NAN;
    size_t n = layout->n_axes ? layout->axes[layout->n_axes - 1]->size : layout->components;
    for (size_t row = 0; row < layout->size; row += layout->row)
        for (size_t i = 0; i < n; i++) array->data[row + i] = uniform(s, low, high);
    return array;
}

/* As a value: a number if it is one. */
static inline Value test_value(State *S, Source64 *s, const Layout *layout, double low, double high) {
    Array *array = test_array(S, s, layout, low, high);
    return layout_is_scalar(layout) ? value_number(array->data[0]) : value_array(array, 0);
}

/* Walks all lanes of a layout: at[] are coordinates by depth. Returns false when there are no more. */
static inline bool next_lane(const Layout *l, size_t at[]) {
    for (uint32_t k = l->n_axes; k-- > 0;) {
        uint32_t d = l->axes[k]->depth;
        if (++at[d] < l->axes[k]->size) return true;
        at[d] = 0;
    }
    return false;
}

static inline size_t lane_offset(const Layout *l, const size_t at[]) {
    size_t offset = 0;
    for (uint32_t k = 0; k < l->n_axes; k++) offset += at[l->axes[k]->depth] * l->axis_stride[k];
    return offset;
}

/* The element of component c (of a number: the number) at these coordinates. */
static inline double element(State *S, Value v, size_t c, const size_t at[]) {
    double scratch[LANE_BLOCK];
    const Layout *l = value_layout(S, v);
    return value_data(v, scratch)[(l->rank ? c * l->stride : 0) + lane_offset(l, at)];
}

/* A built-in's row. */
static inline const NativeRow *native_row(const char *name) {
    for (const NativeRow *const *table = native_tables; *table; table++)
        for (const NativeRow *row = *table; row->name; row++)
            if (strcmp(row->name, name) == 0) return row;
    ck_abort_msg("there is no built-in '%s'", name);
}

/* Calls a built-in; arguments that are left out are unassigned. */
static inline Value call_native(State *S, const char *name, unsigned n, Value a, Value b, Value c) {
    return native_row(name)->function(S, (Value[]){a, b, c, value_unassigned()}, n);
}

static inline int run_suite(Suite *suite) {
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}

#endif
