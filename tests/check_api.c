/* SPDX-License-Identifier: GPL-3.0-or-later
   elbo.h: what a host program sees. */
#include "tests/session.h"

static void run(Session *s, const char *text, elbo_Status expected) {
    elbo_Status status = session_run(s, text);
    ck_assert_msg(status == expected, "%s\nends with %d and not %d\n%s", text, (int)status, (int)expected, s->reports);
}

START_TEST(statuses) {
    Session *s = session_new(false);
    run(s, "x = 1", ELBO_OK);
    run(s, "x = ", ELBO_INCOMPLETE);
    run(s, "f(", ELBO_INCOMPLETE);
    run(s, "x = )", ELBO_PARSE_ERROR);
    run(s, "x = 1 + \"a\"", ELBO_RUNTIME_ERROR);
    run(s, "zeros(1e7, 1e7)", ELBO_NO_MEMORY);
    run(s, "", ELBO_OK);
    run(s, "# nothing", ELBO_OK);
    ck_assert_int_eq(elbo_run(s->state, "t.ppl", "x = 1\0x = )", 5), ELBO_OK); /* the length counts, not a NUL */
    ck_assert_int_eq(elbo_run_file(s->state, "/no/such/file.ppl"), ELBO_NO_FILE);
    ck_assert_int_eq(elbo_run_file(s->state, "/"), ELBO_NO_FILE);
    session_is_at_rest(s);
    session_close(s);
    elbo_close(NULL);
    ck_assert_str_ne(elbo_version(), "");
}
END_TEST

START_TEST(evaluating_prints_the_last_value) {
    static const char *const rows[][2] = {
        {"1 + 1", "2\n"}, {"x = 3", ""}, {"x = 3; x", "3\n"}, {"none", ""}, {"\"a\"", "a\n"}, {"[1, 2]", "[1, 2]\n"},
        {"for k in 0..2 { k }", ""}, {"x = for k in 0..2 { k }; x", "[0, 1]\n"}, {"print(1)", "1\n"}, {"fn f() { 1 }", ""}, {"Normal(0, 1)", "Normal(0, 1)\n"},
    };
    Session *s = session_new(false);
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        session_clear(s);
        ck_assert_int_eq(elbo_evaluate(s->state, "<code>", rows[k][0], strlen(rows[k][0])), ELBO_OK);
        ck_assert_msg(strcmp(s->out, rows[k][1]) == 0, "%s prints %s", rows[k][0], s->out);
    }
    session_close(s);
}
END_TEST

START_TEST(variables_go_in_and_out) {
    Session *s = session_new(true);
    double x[10], y = 0;
    ck_assert(elbo_set_number(s->state, "a", 2.5));
    ck_assert(elbo_set_vector(s->state, "v", (double[]){1, 2, 3}, 3));
    ck_assert(elbo_set_vector(s->state, "empty", NULL, 0));
    ck_assert(elbo_set_strings(s->state, "args", (const char *const[]){"one", "two"}, 2));
    session_check(s, &(Program){"print(a, v, empty, args, len(args))", "2.5 [1, 2, 3] [] [\"one\", \"two\"] 2"});
    session_must(s, "a = a * 2; v[3] = a; b = true; t = \"text\"; w = []; for k in 0..3 { w[k] = k }; m = [[1, 2]]");
    ck_assert(elbo_get_number(s->state, "a", &y) && y == 5);
    ck_assert(elbo_get_number(s->state, "b", &y) && y == 1);
    ck_assert(!elbo_get_number(s->state, "t", &y));
    ck_assert(!elbo_get_number(s->state, "v", &y));
    ck_assert(!elbo_get_number(s->state, "nobody", &y));
    ck_assert(!elbo_get_number(s->state, "sqrt", &y));
    ck_assert_int_eq(elbo_get_vector(s->state, "v", NULL, 0), 4);
    ck_assert_int_eq(elbo_get_vector(s->state, "v", x, 2), 4);
    ck_assert(x[0] == 1 && x[1] == 2);
    ck_assert_int_eq(elbo_get_vector(s->state, "v", x, 10), 4);
    ck_assert(x[3] == 5);
    ck_assert_int_eq(elbo_get_vector(s->state, "w", x, 10), 3); /* built index by index, and never read */
    ck_assert(x[2] == 2);
    ck_assert_int_eq(elbo_get_vector(s->state, "empty", x, 10), 0);
    ck_assert_int_eq(elbo_get_vector(s->state, "m", x, 10), -1);
    ck_assert_int_eq(elbo_get_vector(s->state, "a", x, 10), -1);
    ck_assert_int_eq(elbo_get_vector(s->state, "nobody", x, 10), -1);
    ck_assert(elbo_set_number(s->state, "sqrt", 4)); /* names of built-ins are free */
    session_check(s, &(Program){"print(sqrt)", "4"});
    session_is_at_rest(s);
    session_close(s);
}
END_TEST

/* Two interpreters in one process know nothing of each other. */
START_TEST(two_interpreters) {
    Session *a = session_new(false), *b = session_new(true);
    session_must(a, "x = 1; model m() { z ~ Normal(0, 1); z }");
    session_must(b, "x = 2; fn m() { \"other\" }");
    for (int k = 0; k < 5; k++) {
        session_must(a, "x = x + 10; z = m()");
        session_must(b, "x = x * 2; z = m()");
        session_run(a, "1 + \"a\"");
    }
    ck_assert_double_eq(session_number(a, "x"), 51);
    ck_assert_double_eq(session_number(b, "x"), 64);
    session_check(b, &(Program){"print(m(), z)", "other other"});
    Session *c = session_new(false);
    session_must(c, "model m() { z ~ Normal(0, 1); z }\nfor k in 0..5 { z = m() }");
    ck_assert(session_number(a, "z") == session_number(c, "z")); /* the same stream, disturbed by nobody */
    session_close(a);
    session_check(b, &(Program){"print(x)", "64"});
    session_close(c);
    session_close(b);
}
END_TEST

/* ---- Interrupting ---- */

static elbo_State *interrupted;

static void interrupt_on_print(void *user, const char *text, size_t length) {
    session_print(user, text, length);
    if (interrupted) elbo_interrupt(interrupted);
}

static const char *const endless[] = {
    "print(1)\nwhile true { }",
    "print(1)\nwhile true { x = 1 }",
    "print(1)\nfor k in 0..1e15 { }",
    "print(1)\nfn f() { while true { f2() } }\nfn f2() { 1 }\nf()",
    "fn f(n) { if n == 0 { print(1); 1 } else { f(n - 1) + f(n - 1) } }\nf(60)",
    "model m() { z ~ Normal(0, 1); print(1) }\nguide m() { param k = 0; z ~ Normal(k, 1) }\nwhile true { svi(m, steps = 1e7) }",
    "print(1)\nplate p(i in 0..3) { while i >= 0 { j = i } }",
    "print(1)\ngrad(fn(x) { while true { y = x } }, 1)",
};

START_TEST(interrupting_stops_everything) {
    Session *s = calloc(1, sizeof *s);
    elbo_Options options = session_options(s, false);
    options.print = interrupt_on_print;
    s->state = interrupted = elbo_open(&options);
    run(s, endless[_i], ELBO_INTERRUPTED);
    ck_assert_ptr_nonnull(strstr(s->reports, "[interrupted]"));
    session_is_at_rest(s);
    interrupted = NULL;
    elbo_interrupt(s->state); /* what came while nothing ran is forgotten */
    session_check(s, &(Program){"x = 0\nfor k in 0..100 { x = x + k }\nprint(x)", "4950"});
    session_close(s);
}
END_TEST

/* ---- Callbacks ---- */

START_TEST(output_and_reports_are_apart) {
    Session *s = session_new(false);
    run(s, "print(\"a\", 1)\nprint()\n- 3\n1 + \"a\"", ELBO_RUNTIME_ERROR);
    ck_assert_str_eq(s->out, "a 1\n\n");
    ck_assert_ptr_nonnull(strstr(s->reports, "test.ppl:3:1: warning: "));
    ck_assert_ptr_nonnull(strstr(s->reports, "test.ppl:4:1: error: "));
    session_close(s);
}
END_TEST

START_TEST(long_texts_are_printed_whole) {
    Session *s = session_new(false);
    session_must(s, "s = \"x\"\nfor k in 0..12 { s = \"{s}{s}\" }\nprint(s)");
    ck_assert_uint_eq(s->out_length, 4097);
    session_close(s);
}
END_TEST

START_TEST(a_seed_for_each) {
    double z[3];
    for (int k = 0; k < 3; k++) {
        Session *s = calloc(1, sizeof *s);
        elbo_Options options = session_options(s, false);
        options.seed = k == 1 ? 9 : 8;
        s->state = elbo_open(&options);
        session_must(s, "x = draw(Normal(0, 1))");
        z[k] = session_number(s, "x");
        session_close(s);
    }
    ck_assert(z[0] == z[2] && z[0] != z[1]);
}
END_TEST

/* Without options everything has a default. */
START_TEST(defaults) {
    elbo_State *S = elbo_open(NULL);
    ck_assert_ptr_nonnull(S);
    ck_assert_int_eq(elbo_run(S, "t", "x = 1 + 1", 9), ELBO_OK);
    double x = 0;
    ck_assert(elbo_get_number(S, "x", &x) && x == 2);
    ck_assert_uint_gt(elbo_memory_requests(S), 0);
    ck_assert_uint_gt(elbo_memory_in_use(S), 0);
    elbo_close(S);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("api");
    TCase *tests = tcase_create("elbo.h");
    tcase_add_test(tests, statuses);
    tcase_add_test(tests, evaluating_prints_the_last_value);
    tcase_add_test(tests, variables_go_in_and_out);
    tcase_add_test(tests, two_interpreters);
    tcase_add_loop_test(tests, interrupting_stops_everything, 0, sizeof endless / sizeof *endless);
    tcase_add_test(tests, output_and_reports_are_apart);
    tcase_add_test(tests, long_texts_are_printed_whole);
    tcase_add_test(tests, a_seed_for_each);
    tcase_add_test(tests, defaults);
    suite_add_tcase(suite, tests);
    return session_run_suite(suite);
}
