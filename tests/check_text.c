/* SPDX-License-Identifier: GPL-3.0-or-later
   How values are printed: numbers, vectors, lanes, nests, and what is abbreviated. */
#include "lexer/utf8.h"
#include "runtime/table.h"
#include "tests/session.h"

static const Program numbers_table[] = {
    {"print(0, 1, -1, 42, 1e6, 123456789012345)", "0 1 -1 42 1000000 123456789012345"},
    {"print(1e15, 1e16, 1e100, -1e15, 2 ^ 53)", "1e+15 1e+16 1e+100 -1e+15 9.00719925474099e+15"},
    {"print(0.1, 0.5, 1 / 3, 2 / 3, 1.5e-7, 123.456)", "0.1 0.5 0.333333333333333 0.666666666666667 1.5e-07 123.456"},
    {"print(0.1 + 0.2, 1 - 0.9)", "0.3 0.1"},
    {"print(-0.0, 0 * -1)", "0 0"},
    {"print(inf, -inf, nan, -nan, missing)", "inf -inf nan nan missing"},
    {"print(true, false, none)", "true false none"},
};
PROGRAMS(numbers)

static const Program arrays_table[] = {
    {"print([1, 2.5, 1 / 3], [1e10, 1e-10])", "[1, 2.5, 0.333333] [10000000000, 1e-10]"},
    {"print([missing, nan, inf, -inf])", "[missing, nan, inf, -inf]"},
    {"print([true, false], [1, 2] > 1)", "[true, false] [false, true]"},
    {"print([], zeros(0), zeros(2, 0))", "[] [] [[], []]"},
    {"print([[1, 2], [3, 4]], [[[1]], [[2]]])", "[[1, 2], [3, 4]] [[[1]], [[2]]]"},
    {"print(0..20)", "[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19]"},
    {"print(0..21)", "[0, 1, 2, 3, 4, …, 16, 17, 18, 19, 20]"},
    {"print(zeros(21, 2))", "[[0, 0], [0, 0], [0, 0], [0, 0], [0, 0], …, [0, 0], [0, 0], [0, 0], [0, 0], [0, 0]]"},
    {"print(zeros(2, 21))", "[[0, 0, 0, 0, 0, …, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, …, 0, 0, 0, 0, 0]]"},
};
PROGRAMS(arrays)

static const Program lanes_table[] = {
    {"x = [1, 2, 3]\nplate p(i in 0..3) { print(x[i]) }", "2 ± 1 (3 lanes)"},
    {"x = [42.01, 42.05]\nplate p(i in 0..2) { print(x[i]) }", "42.03 ± 0.028 (2 lanes)"},
    {"x = [5, 5]\nplate p(i in 0..2) { print(x[i], \"is {x[i]}\") }", "5 ± 0 (2 lanes) is 5 ± 0 (2 lanes)"},
    {"x = [1, 3]\nplate p(i in 0..2) { print([x[i], 1]) }", "[2 ± 1.4, 1 ± 0] (2 lanes)"},
    {"x = [1, 3]\nplate p(i in 0..2) { print({a: x[i]}, [\"s\", x[i]]) }", "{a: 2 ± 1.4 (2 lanes)} [\"s\", 2 ± 1.4 (2 lanes)]"},
    {"x = [1, 3, 5, 7]\nplate p(i in 0..4) { print(x[i] > 2) }", "75 % true (4 lanes)"},
    {"x = [1, nan, 3]\nplate p(i in 0..3) { print(x[i]) }", "2 ± 1.4 (3 lanes)"},
    {"plate p(i in 0..2) { plate q(j in 0..3) { print(i + j, i) } }", "1.5 ± 1 (6 lanes) 0.5 ± 0.71 (2 lanes)"},
    {"x = [1, 3]\nplate p(i in 0..2) { print(Normal(x[i], 1)) }", "Normal(2 ± 1.4 (2 lanes), 1)"},
    {"plate p(i in 0..1) { print(i + 1) }", "1"},
};
PROGRAMS(lanes)

static const Program nests_table[] = {
    {"print({a: 1, b: {c: [1, 2]}, \"d e\": \"x\", \"1a\": none})", "{a: 1, b: {c: [1, 2]}, \"d e\": \"x\", \"1a\": none}"},
    {"print([\"a\", [\"b\", {c: \"d\"}], none, missing, true, 1 / 3])", "[\"a\", [\"b\", {c: \"d\"}], none, missing, true, 0.333333333333333]"},
    {"print({}, [\"\"], \"\")", "{} [\"\"] "},
    {"print(\"bare\", [\"quo\\\"ted\\n\\t\\\\\"])", "bare [\"quo\\\"ted\\n\\t\\\\\"]"},
    {"fn f(x) { x }\nmodel m() { 1 }\nprint(f, fn(x) { x }, m, sqrt, Normal, trace(m), seed)",
     "<function f> <function> <function m> <function sqrt> <function Normal> <function m> <function seed>"},
    {"print(Normal(0, 1), Normal([1, 2], 1 / 3), real, interval(0, 1 / 4))", "Normal(0, 1) Normal([1, 2], 0.333333) real interval(0, 0.25)"},
    {"print([Normal(0, 1), positive])", "[Normal(0, 1), positive]"},
    {"print(seed(1), Adam(lr = 0.1))", "<handler seed> Adam(lr = 0.1, betas = [0.9, 0.999], eps = 1e-08)"},
    {"l = [\"x\"]\nfor k in 0..60 { l = [\"x\", l] }\nprint(len(text(l)) > 50)", "true"},
};
PROGRAMS(nests)

static const Program traces_table[] = {
    {"fn f() { mu ~ Delta(3); param k: positive = 2; deterministic d = 5; factor(\"w\", -1); mu }\nprint(trace(f)())",
     "name  kind           distribution  shape  plates  value  log_prob  scale\n"
     "mu    sample         Delta(3, 0)                      3         0      1\n"
     "k     param                                           2                 \n"
     "d     deterministic                                   5                 \n"
     "w     factor                                         -1        -1      1"},
    {"fn f(x) { plate p(i in 0..2) { obs x[i] ~ Delta(i) }; z ~ Delta([1, 2]) }\nprint(trace(f)([0, 1]))",
     "name  kind    distribution      shape  plates   value  log_prob  scale\n"
     "x     obs     Delta([0, 1], 0)         p(2)    [0, 1]         0      1\n"
     "z     sample  Delta([1, 2], 0)  2              [1, 2]         0      1"},
    {"t = trace(fn() { a ~ Delta(1) })()\nprint(t.sites.a, t.sites)", "<sample site a> {a: <sample site a>}"},
};
PROGRAMS(traces)

static const struct {
    const char *text;
    size_t width;
} widths[] = {{"", 0}, {"abc", 3}, {"é", 1}, {"± 1", 3}, {"…", 1}, {"日本", 4}, {"a\xCC\x81", 1}, {"\xff\xfe", 2}};

START_TEST(width) {
    ck_assert_uint_eq(utf8_columns(widths[_i].text, strlen(widths[_i].text)), widths[_i].width);
}
END_TEST

/* ---- Tables ---- */

static void expect_table(State *S, const TableColumn *columns, unsigned n, const char *const *cells, size_t count, const char *expected) {
    Table table = table_begin(S, columns, n);
    for (size_t k = 0; k < count; k++) {
        table_cell(S, &table);
        text_print(S, "%s", cells[k]);
    }
    table_end(S, &table);
    ck_assert_str_eq(text_at(S, table.start), expected);
    text_drop(S, table.start);
}

START_TEST(tables_are_aligned) {
    Session *s = session_new(true);
    static const TableColumn columns[] = {{"name", false}, {"n", true}, {"note", false}};
    static const char *const cells[] = {"a", "1", "x", "longer", "1000", "", "±é", "…", "end"};
    size_t outer = text_begin(s->state);
    text_print(s->state, "before ");
    expect_table(s->state, columns, 3, cells, 9, "name       n  note\na          1  x\nlonger  1000  \n±é         …  end");
    expect_table(s->state, columns, 3, NULL, 0, "name  n  note");
    expect_table(s->state, columns + 1, 1, cells, 2, "n\na\n1");
    ck_assert_uint_eq(text_length(s->state, outer), 7);
    ck_assert_int_eq(memcmp(text_at(s->state, outer), "before ", 7), 0);
    text_drop(s->state, outer);
    session_close(s);
}
END_TEST

START_TEST(long_cells_are_cut) {
    Session *s = session_new(true);
    static const TableColumn columns[] = {{"a", false}, {"b", true}};
    static const char *const cells[] = {
        "1234567890123456789012345678901234567890", "1",   /* just fits */
        "12345678901234567890123456789012345678901", "2",  /* one too many */
        "ééééééééééééééééééééééééééééééééééééééééé", "3"}; /* so, too */
    expect_table(s->state, columns, 2, cells, 6,
                 "a                                         b\n"
                 "1234567890123456789012345678901234567890  1\n"
                 "123456789012345678901234567890123456789…  2\n"
                 "ééééééééééééééééééééééééééééééééééééééé…  3");
    session_close(s);
}
END_TEST

/* Names of sites and columns are data. */
START_TEST(cells_steer_no_terminal) {
    Session *s = session_new(true);
    static const TableColumn columns[] = {{"a", false}, {"b", true}};
    static const char *const cells[] = {"\x1b[2J", "1", "x\ny\xff", "2", "\xe2\x80\xae", "3"};
    expect_table(s->state, columns, 2, cells, 6, "a          b\n\\u{1b}[2J  1\nx\\ny\\xff   2\n\\u{202e}   3");
    session_close(s);
}
END_TEST

START_TEST(texts_nest_and_grow) {
    Session *s = session_new(true);
    State *S = s->state;
    size_t outer = text_begin(S);
    text_append(S, "out", 3);
    size_t inner = text_begin(S);
    for (int k = 0; k < 10000; k++) text_print(S, "%d,", k % 10);
    String *string = text_finish(S, inner);
    ck_assert_uint_eq(string->length, 20000);
    ck_assert_int_eq(memcmp(string->text, "0,1,2,", 6), 0);
    ck_assert_uint_eq(text_length(S, outer), 3);
    text_drop(S, outer);
    ck_assert_str_eq(text_finish(S, text_begin(S))->text, "");
    session_close(s);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("text");
    ADD_PROGRAMS(suite, numbers);
    ADD_PROGRAMS(suite, arrays);
    ADD_PROGRAMS(suite, lanes);
    ADD_PROGRAMS(suite, nests);
    ADD_PROGRAMS(suite, traces);
    TCase *tests = tcase_create("tables");
    tcase_add_loop_test(tests, width, 0, sizeof widths / sizeof *widths);
    tcase_add_test(tests, tables_are_aligned);
    tcase_add_test(tests, long_cells_are_cut);
    tcase_add_test(tests, cells_steer_no_terminal);
    tcase_add_test(tests, texts_nest_and_grow);
    suite_add_tcase(suite, tests);
    return session_run_suite(suite);
}
