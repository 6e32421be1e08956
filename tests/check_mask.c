/* SPDX-License-Identifier: GPL-3.0-or-later
   Masks against the naive look at each lane. */
#include "runtime/mask.h"
#include "tests/numeric.h"

static State *S;
static Source64 source;

static void open_state(void) {
    S = elbo_open(NULL);
    ck_assert_ptr_nonnull(S);
    source.x = 88172645463325252u;
}

static void close_state(void) { elbo_close(S); }

/* A random mask over the axes of `axes`; a share of all is on. NULL where axes is 8: every lane. */
static Array *random_mask(unsigned axes, double share) {
    if (axes == 8) return NULL;
    Array *mask = test_array(S, &source, test_layout(S, axes, 0, NULL), 0, 1);
    for (size_t i = 0; i < mask->layout->size; i++) mask->data[i] = mask->data[i] < share; /* NaN in the padding: off */
    if (!axes)
        for (size_t i = 0; i < LANE_BLOCK; i++) mask->data[i] = mask->data[0];
    mask->boolean = true;
    return mask;
}

static bool is_on(const Array *mask, const size_t at[]) { return !mask || mask->data[lane_offset(mask->layout, at)] != 0; }

typedef bool Expected(bool a, bool b);
static bool both(bool a, bool b) { return a && b; }
static bool not_b(bool a, bool b) { return a && !b; }
static bool either(bool a, bool b) { return a || b; }

static void expect_mask(const Array *found, const Array *a, const Array *b, Expected *expected) {
    size_t at[TEST_AXES] = {0};
    const Layout *all = test_layout(S, 7, 0, NULL);
    do ck_assert(is_on(found, at) == expected(is_on(a, at), is_on(b, at)));
    while (next_lane(all, at));
}

static const double shares[] = {0, 0.1, 0.5, 0.9, 1};

START_TEST(combinations) {
    for (unsigned a = 0; a <= 8; a++)
        for (unsigned b = 0; b < 8; b++) {
            Array *x = random_mask(a, shares[_i]), *y = random_mask(b, 0.5);
            Value condition = value_array(y, 0);
            expect_mask(mask_and(S, x, condition), x, y, both);
            expect_mask(mask_and_not(S, x, condition), x, y, not_b);
            expect_mask(mask_minus(S, x, y), x, y, not_b);
            expect_mask(mask_or(S, x, y), x, y, either);
            expect_mask(mask_or(S, y, x), x, y, either);
        }
}
END_TEST

START_TEST(lone_conditions) {
    Array *x = random_mask(3, 0.5), *on = random_mask(0, 2), *off = random_mask(0, 0);
    expect_mask(mask_and(S, x, value_boolean(true)), x, on, both);
    expect_mask(mask_and(S, x, value_boolean(false)), x, off, both);
    expect_mask(mask_and_not(S, x, value_boolean(false)), x, on, both);
    expect_mask(mask_and(S, NULL, value_boolean(false)), off, off, both);
    expect_mask(mask_full(S), on, on, both);
    ck_assert_ptr_null(mask_or(S, NULL, x));
    ck_assert_ptr_null(mask_or(S, x, NULL));
}
END_TEST

START_TEST(questions) {
    const Layout *all = test_layout(S, 7, 0, NULL);
    for (unsigned a = 0; a <= 8; a++)
        for (unsigned b = 0; b < 8; b++) {
            Array *x = random_mask(a, shares[_i]), *y = random_mask(b, 0.3);
            size_t at[TEST_AXES] = {0};
            bool any = false, every = true, covers = true;
            do {
                any |= is_on(x, at);
                every &= is_on(x, at);
                covers &= is_on(x, at) || !is_on(y, at);
            } while (next_lane(all, at));
            ck_assert(mask_any(x) == any);
            ck_assert(mask_all(x) == every);
            ck_assert(mask_covers(S, x, y) == covers);
            ck_assert(mask_covers(S, mask_or(S, x, y), y));
        }
}
END_TEST

START_TEST(extremes) {
    size_t two = 2;
    for (unsigned a = 0; a <= 8; a++)
        for (unsigned b = 0; b < 8; b++)
            for (uint32_t rank = 0; rank < 2; rank++) {
                S->mask = random_mask(a, 0.6);
                Value v = test_value(S, &source, test_layout(S, b, rank, &two), -5, 5);
                size_t at[TEST_AXES] = {0};
                double least = INFINITY, largest = -INFINITY, low, high;
                do {
                    for (size_t c = 0; c < (rank ? two : 1); c++) {
                        if (!is_on(S->mask, at)) continue;
                        least = fmin(least, element(S, v, c, at));
                        largest = fmax(largest, element(S, v, c, at));
                    }
                } while (next_lane(test_layout(S, 7, 0, NULL), at));
                value_extremes(S, v, &low, &high);
                ck_assert(low == least && high == largest);
            }
}
END_TEST

START_TEST(merged_numbers) {
    size_t two = 2;
    for (unsigned m = 0; m < 8; m++)
        for (unsigned a = 0; a < 8; a++)
            for (unsigned b = 0; b < 8; b++) {
                uint32_t rank = (a + b) % 2;
                Array *mask = random_mask(m, 0.5);
                Value on = test_value(S, &source, test_layout(S, a, rank, &two), -5, 5);
                Value off = test_value(S, &source, test_layout(S, b, rank, &two), -5, 5);
                Value v = value_merge(S, mask, on, off, "it");
                size_t at[TEST_AXES] = {0};
                do {
                    for (size_t c = 0; c < (rank ? two : 1); c++)
                        ck_assert(element(S, v, c, at) == element(S, is_on(mask, at) ? on : off, c, at));
                } while (next_lane(test_layout(S, 7, 0, NULL), at));
            }
}
END_TEST

typedef struct Merge {
    Array *mask;
    Value on, off, result;
} Merge;

static void merge(State *state, void *argument) {
    Merge *m = argument;
    m->result = value_merge(state, m->mask, m->on, m->off, "it");
}

static bool merges(Value on, Value off, Value *result) {
    Merge m = {random_mask(1, 0.5), on, off, value_none()};
    bool done = error_protect(S, merge, &m);
    if (!done) ck_assert_str_eq(S->error.diagnostic.kind, "lanes-differ");
    *result = m.result;
    return done;
}

static Value list_of(Value a, Value b) {
    List *list = list_new(S, 2);
    list_append(S, list, a);
    list_append(S, list, b);
    return value_object(list);
}

static Value record_of(const char *name, Value v) {
    Record *record = record_new(S, 1);
    record_set(S, record, string_of(S, name), v);
    return value_object(record);
}

START_TEST(merged_objects) {
    Value one = value_number(1), two = value_number(2), r;
    Value s = value_object(string_of(S, "s")), t = value_object(string_of(S, "t"));
    Value vector = value_array(array_vector(S, 2, (double[]){1, 2}), 0), longer = value_array(array_vector(S, 3, (double[]){1, 2, 3}), 0);
    ck_assert(merges(list_of(s, one), list_of(s, two), &r));
    ck_assert(r.tag == VALUE_LIST && r.as.list->items[0].as.string == s.as.string && r.as.list->items[1].tag == VALUE_ARRAY);
    ck_assert(merges(record_of("a", one), record_of("a", two), &r));
    ck_assert(r.tag == VALUE_RECORD && r.as.record->values[0].tag == VALUE_ARRAY);
    ck_assert(merges(s, s, &r) && r.as.string == s.as.string);
    ck_assert(merges(value_none(), one, &r) && r.tag == VALUE_NUMBER);
    ck_assert(merges(two, value_none(), &r) && r.tag == VALUE_NUMBER);
    ck_assert(merges(value_missing(), one, &r) && r.tag == VALUE_ARRAY);
    ck_assert(merges(value_missing(), value_missing(), &r) && r.tag == VALUE_MISSING);
    ck_assert(merges(value_boolean(true), value_boolean(false), &r) && r.as.array->boolean);
    ck_assert(!merges(s, t, &r));
    ck_assert(!merges(s, one, &r));
    ck_assert(!merges(vector, one, &r));
    ck_assert(!merges(vector, longer, &r));
    ck_assert(!merges(list_of(s, one), list_of(t, one), &r));
    ck_assert(!merges(list_of(s, vector), list_of(s, longer), &r));
    ck_assert(!merges(record_of("a", one), record_of("b", one), &r));
    ck_assert(!merges(list_of(s, one), value_object(list_new(S, 0)), &r));
}
END_TEST

int main(void) {
    Suite *suite = suite_create("mask");
    TCase *tests = tcase_create("masks");
    tcase_add_checked_fixture(tests, open_state, close_state);
    tcase_add_loop_test(tests, combinations, 0, sizeof shares / sizeof *shares);
    tcase_add_test(tests, lone_conditions);
    tcase_add_loop_test(tests, questions, 0, sizeof shares / sizeof *shares);
    tcase_add_test(tests, extremes);
    tcase_add_test(tests, merged_numbers);
    tcase_add_test(tests, merged_objects);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
