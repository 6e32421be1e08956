/* SPDX-License-Identifier: GPL-3.0-or-later
   The doors for sessions at a prompt: answers, completeness, definitions, params. */
#include "tests/session.h"

static elbo_Status interact(Session *s, const char *name, const char *text) {
    session_clear(s);
    return elbo_interact(s->state, name, text, strlen(text));
}

static void answers(Session *s, const char *text, const char *out) {
    elbo_Status status = interact(s, "<repl:1>", text);
    ck_assert_msg(status == ELBO_OK && !*s->reports, "%s\n%s", text, s->reports);
    ck_assert_msg(strcmp(s->out, out) == 0, "%s prints\n%s", text, s->out);
    session_is_at_rest(s);
}

START_TEST(values_and_definitions_are_answered) {
    static const char *const rows[][2] = {
        {"1 + 1", "2\n"}, {"_ + 1", "3\n"}, {"x = 5", ""}, {"_", "3\n"}, {"none", ""}, {"_", "3\n"}, {"missing", "missing\n"},
        {"x = 1; x + 6", "7\n"}, {"fn f(a,\n   b = 2) { a }", "fn f(a, b = 2)\n"}, {"model m() { z ~ Normal(0, 1) }; guide m() { none }", "model m()\nguide m()\n"},
        {"handler h() { n = 0 }", "handler h()\n"}, {"", ""}, {"# nothing", ""}, {"print(2)", "2\n"}, {"_", "7\n"}, {"v = zeros(2); v", "[0, 0]\n"},
        {"_[0] = 9; v", "[0, 0]\n"}, {"for k in 0..2 { k }", ""}, {"w = []; for k in 0..2 { w[k] = k }; w", "[0, 1]\n"}, {"_[1]", "1\n"},
    };
    for (int pools = 0; pools < 2; pools++) {
        Session *s = session_new(!pools);
        s->collect_often = !pools;
        for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) answers(s, rows[k][0], rows[k][1]);
        session_close(s);
    }
}
END_TEST

START_TEST(errors_leave_all_as_it_was) {
    Session *s = session_new(false);
    answers(s, "x = 1; 41 + x", "42\n");
    ck_assert_int_eq(interact(s, "<repl:2>", "fn bad(v) { v + \"a\" }"), ELBO_OK);
    ck_assert_int_eq(interact(s, "<repl:3>", "x = 2; with condition({z: 1}) { plate p(i in 0..2) { bad(i) } }; x = 3"), ELBO_RUNTIME_ERROR);
    ck_assert_ptr_nonnull(strstr(s->reports, "<repl:2>:1:13: error: "));
    ck_assert_ptr_nonnull(strstr(s->reports, "called at <repl:3>:1:"));
    session_is_at_rest(s);
    answers(s, "[x, _]", "[2, 42]\n");
    ck_assert_int_eq(interact(s, "<repl:4>", "x = )"), ELBO_PARSE_ERROR);
    ck_assert_int_eq(interact(s, "<repl:4>", "x = ("), ELBO_INCOMPLETE);
    ck_assert_int_eq(interact(s, "<repl:4>", "draw(Normal(0, 1)); oops"), ELBO_RUNTIME_ERROR);
    answers(s, "[x, _]", "[2, [2, 42]]\n");
    session_close(s);
}
END_TEST

START_TEST(what_was_shown) {
    static const struct { const char *text, *shown; } rows[] = {
        {"1 + 1  # two", "1 + 1"}, {"x = 1; x", "x"}, {"x = 1", NULL}, {"print(1)", NULL}, {"fn f() { 1 }", NULL}, {"", NULL}, {"(3)", "(3)"}, {"oops", NULL},
    };
    Session *s = session_new(false);
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        size_t start, end;
        interact(s, "t", rows[k].text);
        bool shown = elbo_shown(s->state, &start, &end);
        ck_assert_msg(shown == (rows[k].shown != NULL), "%s", rows[k].text);
        if (shown) ck_assert_msg(end - start == strlen(rows[k].shown) && strncmp(rows[k].text + start, rows[k].shown, end - start) == 0, "%s", rows[k].text);
    }
    session_close(s);
}
END_TEST

START_TEST(completeness) {
    static const char *const complete[] = {"", "1", "x = 1\n", "f(1)", ")", "x = )", "model m() { }", "# {", "\"a\"", "if x { 1 }", "\"abc", "f(1))", "a b (", "\x01\xff("};
    static const char *const incomplete[] = {"(", "f(1,", "[1,\n2", "x = ", "1 +", "model m() {", "model m() {\n  z ~ Normal(0, 1)\n", "if x { 1 } else {", "{a: 1,", "x = [\n# ]\n", "for k in 0..3 {", "not"};
    Session *s = session_new(true);
    for (size_t k = 0; k < sizeof complete / sizeof *complete; k++)
        ck_assert_msg(!elbo_is_incomplete(s->state, complete[k], strlen(complete[k])), "%s", complete[k]);
    for (size_t k = 0; k < sizeof incomplete / sizeof *incomplete; k++)
        ck_assert_msg(elbo_is_incomplete(s->state, incomplete[k], strlen(incomplete[k])), "%s", incomplete[k]);
    ck_assert_str_eq(s->reports, "");
    long blocks = s->blocks;
    s->requests = 0;
    elbo_is_incomplete(s->state, "model m() { z ~ Normal(0, 1) }", 30);
    for (long n = s->requests; n > 0; n--) {
        s->requests = 0;
        s->fail_at = n;
        elbo_is_incomplete(s->state, "model m() { z ~ Normal(0, 1) }", 30);
        ck_assert_int_eq(s->blocks, blocks);
    }
    s->fail_at = 0;
    session_close(s);
}
END_TEST

START_TEST(documentation) {
    static const struct { const char *name, *says; } rows[] = {
        {"f", "fn f(a) {\n  a\n}\n\ndefined at test.ppl:2:1\n"}, {"m", "its guide: test.ppl:6:1\n"}, {"h", "handler h()"}, {"fit", "fields\n  params, "},
        {"Gamma", "Gamma(shape, rate)"}, {"svi", "The manual says more: "}, {"plate", "plate data("}, {"x", "x: a number\n"}, {"w", "model m(y)"}, {"a", "seen"},
    };
    Session *s = session_new(false);
    session_run(s, "x = 1\nfn f(a) {\n  a\n}\nmodel m(y) { z ~ Normal(0, 1); obs y ~ Normal(z, 1) }\nguide m(y) { param k = 0; z ~ Normal(k, 1) }\n"
                   "fit = svi(m, 1, steps = 3)\nhandler h() { seen = 0 }\nw = condition(m, {z: 1})\na = h()");
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        session_clear(s);
        ck_assert_int_eq(elbo_doc(s->state, rows[k].name), ELBO_OK);
        ck_assert_msg(strstr(s->out, rows[k].says) != NULL, "%s: %s", rows[k].name, s->out);
        session_is_at_rest(s);
    }
    session_clear(s);
    ck_assert_int_eq(elbo_doc(s->state, "Gama"), ELBO_RUNTIME_ERROR);
    ck_assert_ptr_nonnull(strstr(s->reports, "Did you mean 'Gamma'?"));
    session_clear(s);
    ck_assert_int_eq(elbo_params(s->state), ELBO_OK);
    ck_assert_ptr_nonnull(strstr(s->out, "fit: fit of m after 3 steps\n"));
    session_close(s);
}
END_TEST

START_TEST(params_of_fits) {
    Session *s = session_new(false);
    ck_assert_int_eq(elbo_params(s->state), ELBO_OK);
    ck_assert_ptr_nonnull(strstr(s->out, "No variable holds a fit"));
    interact(s, "t", "model m(y) { z ~ Normal(0, 1); obs y ~ Normal(z, 1) }\nguide m(y) { param k = [1, 2]; param s: positive = 1; z ~ Normal(k[0], s) }\nsvi(m, 1, steps = 1)");
    session_clear(s);
    ck_assert_int_eq(elbo_params(s->state), ELBO_OK);
    ck_assert_ptr_nonnull(strstr(s->out, "_: fit of m after 1 step\n"));
    ck_assert_ptr_nonnull(strstr(s->out, "positive"));
    interact(s, "t", "fit = _");
    session_clear(s);
    ck_assert_int_eq(elbo_params(s->state), ELBO_OK);
    ck_assert_ptr_null(strstr(s->out, "_: fit"));
    session_close(s);
}
END_TEST

START_TEST(time_and_settings) {
    Session *s = session_new(false);
    ck_assert_int_eq(elbo_time(s->state, "t", "1 + 1", 5), ELBO_OK);
    ck_assert(strncmp(s->out, "2\n", 2) == 0 && strstr(s->out, " in use\n"));
    session_clear(s);
    ck_assert_int_eq(elbo_time(s->state, "t", "oops", 4), ELBO_RUNTIME_ERROR);
    ck_assert_ptr_nonnull(strstr(s->out, " in use\n"));
    session_clear(s);
    ck_assert_int_eq(elbo_time(s->state, "t", ")", 1), ELBO_PARSE_ERROR);
    ck_assert_str_eq(s->out, "");
    session_must(s, "model m(y) { z ~ Normal(0, 1); obs y ~ Normal(z, 1) }\nguide m(y) { param k = 0; z ~ Normal(k, 1) }");
    session_clear(s);
    ck_assert_int_eq(elbo_time(s->state, "t", "fit = svi(m, 1, steps = 100)", 28), ELBO_OK);
    ck_assert_ptr_nonnull(strstr(s->out, " steps/s"));
    elbo_set_seed(s->state, 7);
    session_must(s, "a = draw(Normal(0, 1))");
    elbo_set_seed(s->state, 7);
    session_check(s, &(Program){"print(a == draw(Normal(0, 1)))", "true"});
    elbo_set_width(s->state, 40);
    ck_assert_uint_eq(s->state->options.width, 40);
    elbo_set_colours(s->state, true);
    ck_assert(s->state->options.colours);
    session_close(s);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("interact");
    TCase *all = tcase_create("interact");
    tcase_add_test(all, values_and_definitions_are_answered);
    tcase_add_test(all, errors_leave_all_as_it_was);
    tcase_add_test(all, what_was_shown);
    tcase_add_test(all, completeness);
    tcase_add_test(all, documentation);
    tcase_add_test(all, params_of_fits);
    tcase_add_test(all, time_and_settings);
    suite_add_tcase(suite, all);
    return session_run_suite(suite);
}
