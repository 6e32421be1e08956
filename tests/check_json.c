/* SPDX-License-Identifier: GPL-3.0-or-later
   Values as JSON and back: exact numbers, against what Python writes, and errors with places. */
#include "config.h"

#include <math.h>
#include <unistd.h>

#include "runtime/array.h"
#include "stdlib/json.h"
#include "tests/parsing.h"
#include "tests/session.h"

static char path[100];

static void set_up(void) { snprintf(path, sizeof path, "check_json-%ld.json", (long)getpid()); }
static void tear_down(void) { unlink(path); }

static void write_all(const char *text, size_t n) {
    FILE *file = fopen(path, "wb");
    ck_assert_ptr_nonnull(file);
    fwrite(text, 1, n, file);
    fclose(file);
}

/* ---- Against Python ---- */

static Value field(State *S, Value record, const char *name) { return *record_find(record.as.record, string_of(S, name)); }

START_TEST(python) {
    char file[1000];
    size_t length;
    char *text = parsing_read_path(parsing_path(file, sizeof file, "tests/data/json_values.json"), &length);
    ck_assert_ptr_nonnull(text);
    Session *s = session_new(false);
    State *S = s->state;
    Value v = json_value(S, "json_values.json", text, length);
    free(text);
    for (int turn = 0; turn < 3; turn++) { /* as Python wrote it, and twice as Elbo did */
        const Array *numbers = field(S, v, "numbers").as.array;
        const List *bits = field(S, v, "bits").as.list;
        ck_assert_uint_eq(numbers->layout->components, 401);
        for (uint32_t k = 0; k < bits->count; k++) {
            uint64_t expected = strtoull(bits->items[k].as.string->text, NULL, 16), found;
            memcpy(&found, &numbers->data[k], sizeof found);
            ck_assert_msg(found == expected, "turn %d, number %u: %.17g", turn, k, numbers->data[k]);
        }
        const List *strings = field(S, v, "strings").as.list;
        ck_assert_str_eq(strings->items[1].as.string->text, "\u00e9\u2028\U0001f600");
        ck_assert_str_eq(strings->items[2].as.string->text, "\"\\/\b\f\n\r\t\001\177");
        String *again = json_text(S, v, turn);
        v = json_value(S, "again", again->text, again->length);
    }
    session_close(s);
}
END_TEST

/* ---- Texts ---- */

static const struct {
    const char *value, *text;
} written[] = {
    {"1", "1"}, {"-0.5", "-0.5"}, {"0.1 + 0.2", "0.30000000000000004"}, {"1e22", "1e+22"}, {"true", "true"}, {"none", "null"}, {"missing", "null"},
    {"nan", "\"NaN\""}, {"[inf, -inf, missing, nan]", "[\"Infinity\",\"-Infinity\",null,\"NaN\"]"}, {"\"a\\\"b\\n\\u{1}\"", "\"a\\\"b\\n\\u0001\""},
    {"[[1, 2], [3, 4]]", "[[1,2],[3,4]]"}, {"[true, false]", "[true,false]"}, {"{a: 1, \"b c\": [], d: {}}", "{\"a\":1,\"b c\":[],\"d\":{}}"},
    {"[\"x\", none, [1, 2], {k: 3}]", "[\"x\",null,[1,2],{\"k\":3}]"}, {"\"\\u{0}\"", "\"\\u0000\""}, {"0..3", "[0,1,2]"},
};

START_TEST(writes) {
    char text[300];
    Session *s = session_new(true);
    snprintf(text, sizeof text, "v = %s", written[_i].value);
    session_must(s, text);
    Value v = state_global(s->state, string_of(s->state, "v"))->value;
    ck_assert_str_eq(json_text(s->state, v, false)->text, written[_i].text);
    session_close(s);
}
END_TEST

static const struct {
    const char *text, *printed; /* or the end of an error */
} readings[] = {
    {"1e2", "100"}, {" -0 ", "0"}, {"\"a\"", "a"}, {"null", "none"}, {"[null]", "[missing]"}, {"[1, null]", "[1, missing]"}, {"[[1, 2], [3]]", "[[1, 2], [3]]"},
    {"[[1, 2], [3, null]]", "[[1, 2], [3, missing]]"}, {"[\"NaN\", \"Infinity\"]", "[nan, inf]"}, {"[\"NaN\", \"x\"]", "[\"NaN\", \"x\"]"}, {"{\"a\": \"-Infinity\"}", "{a: -inf}"},
    {"[true, false]", "[true, false]"}, {"[{\"a\": null}]", "[{a: none}]"}, {"\xEF\xBB\xBF[1]", "[1]"}, {"[]", "[]"}, {"{}", "{}"}, {"[9007199254740993]", "[9.0072e+15]"},
    {"", "error: the file"}, {" \n", "is empty [bad-file]"}, {"[1,", "line 1, column 3"}, {"{\"a\": 1,\n \"a\": 2}", "line 2, column 4: duplicate"}, {"[NaN]", "JSON has no such number"},
    {"[1e999]", "[bad-file]"}, {"[\"\xff\"]", "[bad-file]"}, {"{\"a\\u0000\": 1}", "[bad-file]"}, {"1 2", "[bad-file]"}, {"[01]", "[bad-file]"}, {"'a'", "[bad-file]"},
};

START_TEST(reads) {
    char text[300];
    Session *s = session_new(true);
    write_all(readings[_i].text, strlen(readings[_i].text));
    snprintf(text, sizeof text, "print(read_json(\"%s\"))", path);
    elbo_Status status = session_run(s, text);
    const char *what = status == ELBO_OK ? s->out : s->reports;
    bool error = strchr("e[il,JS", readings[_i].printed[0]) && strstr(s->reports, readings[_i].printed);
    if (s->out_length) s->out[s->out_length - 1] = '\0';
    ck_assert_msg(error || strcmp(what, readings[_i].printed) == 0, "%s: %s", readings[_i].text, what);
    if (error) ck_assert_ptr_nonnull(strstr(s->reports, "[bad-file]"));
    session_is_at_rest(s);
    session_close(s);
}
END_TEST

static const struct {
    const char *value, *message;
} refused[] = {
    {"{a: {b: [\"x\", {c: sqrt}]}}", "in the field 'a.b[1].c' [wrong-type]"},
    {"[Normal(0, 1)]", "in the element '[0]' [wrong-type]"},
    {"fn(x) { x }", "JSON cannot hold a function [wrong-type]"},
    {"trace(fn() { x ~ Normal(0, 1) })()", "trace [wrong-type]"},
};

START_TEST(refuses) {
    char text[300];
    Session *s = session_new(true);
    snprintf(text, sizeof text, "write_json(%s, \"%s\")", refused[_i].value, path);
    ck_assert_int_eq(session_run(s, text), ELBO_RUNTIME_ERROR);
    ck_assert_msg(strstr(s->reports, refused[_i].message), "%s", s->reports);
    ck_assert_int_ne(access(path, F_OK), 0);
    session_is_at_rest(s);
    session_close(s);
}
END_TEST

/* Nesting without end, either way. */
START_TEST(deep) {
    Session *s = session_new(false);
    char text[5000];
    memset(text, '[', 4000);
    write_all(text, 4000);
    snprintf(text, sizeof text, "read_json(\"%s\")", path);
    ck_assert_int_eq(session_run(s, text), ELBO_RUNTIME_ERROR);
    ck_assert_msg(strstr(s->reports, "[bad-file]"), "%s", s->reports);
    ck_assert_int_eq(session_run(s, "v = [\"a\"]\nfor k in 0..3000 { v = [v, \"b\"] }\nwrite_json(v, \"/dev/null\")"), ELBO_RUNTIME_ERROR);
    ck_assert_msg(strstr(s->reports, "[bad-argument]"), "%s", s->reports);
    session_is_at_rest(s);
    session_close(s);
}
END_TEST

/* Bytes that come as they come: one error or a value, and nothing lost. */
START_TEST(noise) {
    static const char seedling[] = "{\"a\": [1, 2.5e3, null, \"NaN\"], \"b\\u00e9\": {\"c\": [[1, 2], [3, 4]], \"d\": [true, \"x\"]}}";
    Session *s = session_new(true);
    char text[200];
    uint32_t random = 1;
    for (int turn = 0; turn < 2000; turn++) {
        size_t n = sizeof seedling - 1;
        memcpy(text, seedling, n);
        for (int k = 0; k < 1 + turn % 4; k++) {
            random = random * 1664525u + 1013904223u;
            text[(random >> 8) % n] = (char)(random >> 24);
        }
        write_all(text, n);
        char program[200];
        snprintf(program, sizeof program, "v = read_json(\"%s\")\nwrite_json(v, \"/dev/null\")", path);
        elbo_Status status = session_run(s, program);
        ck_assert_msg(status == ELBO_OK || strstr(s->reports, "[bad-file]"), "%s", s->reports);
        session_is_at_rest(s);
    }
    session_close(s);
}
END_TEST

START_TEST(no_memory) {
    static const char content[] = "{\"a\": [1, 2], \"b\": [\"x\", {\"c\": [[1, 2], [3, 4]]}]}";
    write_all(content, sizeof content - 1);
    for (long fail = 1; fail < 2000; fail++) {
        Session *s = session_new(true);
        char text[200];
        snprintf(text, sizeof text, "v = read_json(\"%s\")\nwrite_json(v, \"/dev/null\")", path);
        s->fail_at = s->requests + fail;
        elbo_Status status = session_run(s, text);
        bool reached = s->requests >= s->fail_at;
        ck_assert_msg(status == (reached ? ELBO_NO_MEMORY : ELBO_OK) || status == ELBO_OK, "%s", s->reports);
        session_is_at_rest(s);
        session_close(s);
        if (!reached) return;
    }
}
END_TEST

int main(void) {
    Suite *suite = suite_create("json");
    TCase *tests = tcase_create("json");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, python);
    tcase_add_loop_test(tests, writes, 0, sizeof written / sizeof *written);
    tcase_add_loop_test(tests, reads, 0, sizeof readings / sizeof *readings);
    tcase_add_loop_test(tests, refuses, 0, sizeof refused / sizeof *refused);
    tcase_add_test(tests, deep);
    tcase_add_test(tests, noise);
    tcase_add_test(tests, no_memory);
    suite_add_tcase(suite, tests);
    return session_run_suite(suite);
}
