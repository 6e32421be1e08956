/* SPDX-License-Identifier: GPL-3.0-or-later
   Values in C: equality, records, lists, names of types, `missing`. */
#include "runtime/gc.h"
#include "tests/numeric.h"

static State *S;

static void open_state(void) {
    S = elbo_open(NULL);
    ck_assert_ptr_nonnull(S);
}

static void close_state(void) { elbo_close(S); }

static Value text(const char *t) { return value_object(string_of(S, t)); }
static Value vector(size_t n) { return value_array(array_vector(S, n, (double[]){1, 2, 3, 4}), 0); }

static Value list_of(Value a, Value b) {
    List *list = list_new(S, 0);
    list_append(S, list, a);
    list_append(S, list, b);
    return value_object(list);
}

static Value record_of(const char *a, Value x, const char *b, Value y) {
    Record *record = record_new(S, 0);
    record_set(S, record, string_of(S, a), x);
    record_set(S, record, string_of(S, b), y);
    return value_object(record);
}

START_TEST(equality) {
    Value one = value_number(1), two = value_number(2);
    const struct {
        Value a, b;
        bool equal;
    } rows[] = {
        {one, one, true}, {one, two, false}, {one, value_boolean(true), true}, {value_boolean(false), value_number(0), true},
        {value_number(NAN), value_number(NAN), false}, {value_number(0.0), value_number(-0.0), true},
        {value_none(), value_none(), true}, {value_none(), value_missing(), false}, {value_missing(), value_missing(), true},
        {text("a"), text("a"), true}, {text("a"), text("b"), false}, {text("1"), one, false},
        {vector(2), vector(2), true}, {vector(2), vector(3), false}, {vector(1), one, false},
        {list_of(one, text("a")), list_of(one, text("a")), true}, {list_of(one, two), list_of(two, one), false},
        {list_of(vector(2), one), list_of(vector(2), one), true},
        {record_of("a", one, "b", two), record_of("b", two, "a", one), true},
        {record_of("a", one, "b", two), record_of("a", one, "b", one), false},
        {record_of("a", one, "b", two), record_of("a", one, "c", two), false},
    };
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        ck_assert_msg(value_equal(rows[k].a, rows[k].b) == rows[k].equal, "row %zu", k);
        ck_assert_msg(value_equal(rows[k].b, rows[k].a) == rows[k].equal, "row %zu, the other way", k);
    }
}
END_TEST

START_TEST(names_of_types) {
    size_t dims[] = {2, 2, 2};
    ck_assert_str_eq(value_type_name(vector(2)), "vector");
    ck_assert_str_eq(value_type_name(value_array(array_zero(S, test_layout(S, 0, 2, dims)), 0)), "matrix");
    ck_assert_str_eq(value_type_name(value_array(array_zero(S, test_layout(S, 0, 3, dims)), 0)), "array");
    ck_assert_str_eq(value_type_name(value_array(array_zero(S, test_layout(S, 3, 0, NULL)), 0)), "number");
    ck_assert_str_eq(value_type_name(value_array(array_zero(S, test_layout(S, 3, 1, dims)), 0)), "vector");
    Array *truth = array_zero(S, test_layout(S, 1, 0, NULL));
    truth->boolean = true;
    ck_assert_str_eq(value_type_name(value_array(truth, 0)), "boolean");
    List *slots = list_new(S, 0);
    ck_assert_str_eq(value_type_name(value_object(slots)), "list");
    slots->slots = true;
    ck_assert_str_eq(value_type_name(value_object(slots)), "vector");
    for (int tag = 0; tag < VALUE_TAGS; tag++)
        if (tag != VALUE_ARRAY && tag != VALUE_LIST) ck_assert_str_ne(value_type_name((Value){.tag = (ValueTag)tag}), "");
}
END_TEST

START_TEST(records_keep_their_order) {
    Record *record = record_new(S, 0);
    char name[20];
    for (int k = 0; k < 300; k++) {
        snprintf(name, sizeof name, "field%d", 299 - k);
        record_set(S, record, string_of(S, name), value_number(k));
    }
    record_set(S, record, string_of(S, "field7"), value_number(-1));
    ck_assert_uint_eq(record->count, 300);
    for (uint32_t k = 0; k < 300; k++) {
        snprintf(name, sizeof name, "field%u", 299 - k);
        ck_assert_str_eq(record->names[k]->text, name);
        ck_assert_double_eq(record_find(record, string_of(S, name))->as.number, 299 - k == 7 ? -1 : (double)k);
    }
    ck_assert_ptr_null(record_find(record, string_of(S, "field")));
    Record *copy = record_copy(S, record);
    record_set(S, copy, string_of(S, "field0"), value_none());
    record_set(S, copy, string_of(S, "new"), value_none());
    ck_assert_uint_eq(record->count, 300);
    ck_assert(record_find(record, string_of(S, "field0"))->tag == VALUE_NUMBER);
}
END_TEST

START_TEST(lists_grow) {
    List *list = list_new(S, 0);
    for (int k = 0; k < 10000; k++) list_append(S, list, value_number(k));
    ck_assert_uint_eq(list->count, 10000);
    for (uint32_t k = 0; k < list->count; k++) ck_assert_double_eq(list->items[k].as.number, k);
}
END_TEST

START_TEST(missing_is_a_number_of_its_own) {
    ck_assert(number_is_missing(missing_number()));
    ck_assert(isnan(missing_number()));
    ck_assert(!number_is_missing(NAN));
    ck_assert(!number_is_missing(0.0 / 0.0));
    ck_assert(!number_is_missing(INFINITY));
    ck_assert(number_is_missing(missing_number() + 1));
    ck_assert(number_is_missing(2 * missing_number()));
}
END_TEST

START_TEST(strings_know_their_length) {
    String *s = string_new(S, "a\0b", 3);
    ck_assert_uint_eq(s->length, 3);
    ck_assert_ptr_ne(s, string_of(S, "a"));
    ck_assert_int_eq(s->text[3], 0);
    ck_assert_uint_eq(string_new(S, "", 0)->length, 0);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("value");
    TCase *tests = tcase_create("values");
    tcase_add_checked_fixture(tests, open_state, close_state);
    tcase_add_test(tests, equality);
    tcase_add_test(tests, names_of_types);
    tcase_add_test(tests, records_keep_their_order);
    tcase_add_test(tests, lists_grow);
    tcase_add_test(tests, missing_is_a_number_of_its_own);
    tcase_add_test(tests, strings_know_their_length);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
