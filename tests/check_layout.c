/* SPDX-License-Identifier: GPL-3.0-or-later
   Layouts and axes: interned, padded, joined by identity. */
#include "runtime/gc.h"
#include "tests/numeric.h"

static State *S;

static void open_state(void) {
    S = elbo_open(NULL);
    ck_assert_ptr_nonnull(S);
}

static void close_state(void) {
    elbo_close(S);
}

START_TEST(equal_layouts_are_one) {
    size_t dims[] = {2, 3};
    ck_assert_ptr_eq(test_layout(S, 5, 2, dims), test_layout(S, 5, 2, dims));
    ck_assert_ptr_ne(test_layout(S, 5, 2, dims), test_layout(S, 4, 2, dims));
    ck_assert_ptr_ne(test_layout(S, 5, 2, dims), test_layout(S, 5, 1, dims));
    ck_assert_ptr_eq(layout_vector(S, 4), layout_vector(S, 4));
    ck_assert_ptr_eq(layout_scalar(S), S->scalar);
    ck_assert_ptr_eq(test_axis(S, 1), test_axis(S, 1));
    ck_assert_ptr_ne(axis_intern(S, string_of(S, "p"), 3, 0), axis_intern(S, string_of(S, "p"), 3, 1));
    ck_assert_ptr_ne(axis_intern(S, string_of(S, "p"), 3, 0), axis_intern(S, string_of(S, "p"), 4, 0));
}
END_TEST

typedef struct Size {
    unsigned axes;
    uint32_t rank;
    size_t dims[2];
    size_t components, lanes, row, rows, stride, size;
} Size;

static const Size sizes[] = {
    {0, 0, {0}, 1, 1, 8, 1, 1, 8},
    {0, 1, {9}, 9, 1, 16, 1, 1, 16},
    {0, 2, {3, 4}, 12, 1, 16, 1, 1, 16},
    {0, 1, {0}, 0, 1, 0, 1, 1, 0},
    {1, 0, {0}, 1, 3, 8, 1, 8, 8},
    {1, 1, {4}, 4, 3, 8, 1, 8, 32},
    {3, 0, {0}, 1, 24, 8, 3, 24, 24},
    {5, 2, {2, 2}, 4, 15, 8, 3, 24, 96},
    {7, 1, {2}, 2, 120, 8, 24, 192, 384},
};

START_TEST(sizes_are_padded) {
    const Size *s = &sizes[_i];
    const Layout *l = test_layout(S, s->axes, s->rank, s->dims);
    ck_assert_uint_eq(l->components, s->components);
    ck_assert_uint_eq(l->lanes, s->lanes);
    ck_assert_uint_eq(l->row, s->row);
    ck_assert_uint_eq(l->rows, s->rows);
    ck_assert_uint_eq(l->stride, s->stride);
    ck_assert_uint_eq(l->size, s->size);
    for (uint32_t k = 0; k + 1 < l->n_axes; k++)
        ck_assert_uint_eq(l->axis_stride[k], l->axis_stride[k + 1] * (k + 2u == l->n_axes ? l->row : l->axes[k + 1]->size));
    Array *array = array_new(S, l);
    for (size_t i = 0; i < l->size; i++)
        if (l->n_axes ? i % l->row >= l->axes[l->n_axes - 1]->size : i >= l->components) ck_assert(array->data[i] == 0);
    if (l->size) ck_assert_uint_eq((uintptr_t)array->data % 64, 0);
}
END_TEST

START_TEST(joins) {
    size_t three = 3, four = 4;
    for (unsigned a = 0; a < 8; a++)
        for (unsigned b = 0; b < 8; b++) {
            const Layout *x = test_layout(S, a, 1, &three), *y = test_layout(S, b, 0, NULL);
            ck_assert_ptr_eq(layout_join(S, x, y), test_layout(S, a | b, 1, &three));
            ck_assert_ptr_eq(layout_join(S, y, x), test_layout(S, a | b, 1, &three));
            ck_assert_ptr_eq(layout_join(S, x, y), test_layout(S, a | b, 1, &three)); /* from its memory */
            ck_assert_ptr_eq(layout_join_lanes(S, x, test_layout(S, b, 1, &four)), test_layout(S, a | b, 1, &three));
            ck_assert_ptr_null(layout_join(S, x, test_layout(S, b, 1, &four)));
            ck_assert(layout_lanes_within(y, x) == ((a & b) == b));
            ck_assert_ptr_eq(layout_with_lanes(S, x, y), test_layout(S, b, 1, &three));
        }
    /* Two axes at one depth do not meet. */
    Axis *other = axis_intern(S, string_of(S, "other"), 4, 1);
    const Layout *strange = layout_intern(S, 1, &other, 0, NULL);
    ck_assert_ptr_null(layout_join(S, strange, test_layout(S, 2, 0, NULL)));
    ck_assert_ptr_nonnull(layout_join(S, strange, test_layout(S, 5, 0, NULL)));
}
END_TEST

START_TEST(the_collector_sweeps_the_tables) {
    gc_collect(S);
    size_t layouts = S->n_layouts, axes = S->n_axes;
    for (size_t k = 2; k < 500; k++) {
        Axis *axis = axis_intern(S, string_of(S, "passing"), k, 3);
        layout_intern(S, 1, &axis, 1, &k);
    }
    ck_assert_uint_eq(S->n_axes, axes + 498);
    gc_collect(S);
    ck_assert_uint_eq(S->n_axes, axes);
    ck_assert_uint_eq(S->n_layouts, layouts);
    size_t dims[] = {2, 3};
    ck_assert_ptr_eq(test_layout(S, 7, 2, dims), test_layout(S, 7, 2, dims));
}
END_TEST

START_TEST(too_large_is_out_of_memory) {
    jmp_buf here;
    jmp_buf *before = S->protect;
    S->protect = &here;
    volatile bool raised = false;
    if (setjmp(here) == 0) {
        array_new(S, layout_intern(S, 0, NULL, 3, (size_t[]){1u << 30, 1u << 30, 1u << 30}));
    } else {
        raised = true;
    }
    S->protect = before;
    ck_assert(raised);
    ck_assert(S->error.no_memory);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("layout");
    TCase *tests = tcase_create("layouts");
    tcase_add_checked_fixture(tests, open_state, close_state);
    tcase_add_test(tests, equal_layouts_are_one);
    tcase_add_loop_test(tests, sizes_are_padded, 0, sizeof sizes / sizeof *sizes);
    tcase_add_test(tests, joins);
    tcase_add_test(tests, the_collector_sweeps_the_tables);
    tcase_add_test(tests, too_large_is_out_of_memory);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
