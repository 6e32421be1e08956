/* SPDX-License-Identifier: GPL-3.0-or-later
   help(x): on everything that has a name, in lines that fit a terminal. */
#include "tests/session.h"

#include "lexer/utf8.h"
#include "runtime/distribution.h"
#include "runtime/native.h"
#include "runtime/text.h"

static bool lines_fit(const char *text) {
    for (const char *end; *text; text = *end ? end + 1 : end) {
        end = text + strcspn(text, "\n");
        if (utf8_columns(text, (size_t)(end - text)) > 79) return false;
    }
    return true;
}

/* As a value and by its name in quotes: the same. */
START_TEST(every_builtin) {
    Session *s = session_new(false);
    State *S = s->state;
    char program[200], by_value[sizeof s->out];
    int n = 0;
    for (size_t k = 0; k < S->global_capacity; k++) {
        const Global *g = S->globals[k];
        if (!g || (g->builtin.tag != VALUE_NATIVE && g->builtin.tag != VALUE_CONSTRAINT)) continue;
        const char *name = g->name->text;
        if (g->builtin.tag == VALUE_NATIVE) {
            const char *help = native_help(g->builtin.as.native);
            ck_assert_msg(help && *help, "%s has no help", name);
        }
        snprintf(program, sizeof program, "help(%s)", name);
        session_must(s, program);
        ck_assert_msg(lines_fit(s->out), "too wide:\n%s", s->out);
        ck_assert_msg(strncmp(s->out, name, strlen(name)) == 0, "%s", s->out);
        snprintf(by_value, sizeof by_value, "%s", s->out);
        snprintf(program, sizeof program, "help(\"%s\")", name);
        session_must(s, program);
        if (strcmp(name, "param") != 0 && strcmp(name, "plate") != 0 && strcmp(name, "obs") != 0 && strcmp(name, "deterministic") != 0)
            ck_assert_str_eq(by_value, s->out);
        n++;
    }
    ck_assert_int_gt(n, 200);
    session_close(s);
}
END_TEST

/* Parameters, support, formulas and example of a family, as its row has them. */
START_TEST(families) {
    Session *s = session_new(false);
    for (const DistributionRow *const *row = distribution_rows; *row; row++) {
        const DistributionRow *r = *row;
        ck_assert_int_eq(elbo_help(s->state, r->name), ELBO_OK);
        const char *parts[] = {r->example, "At the edges", "Draws", "Example", r->discrete ? "Probability of x" : "Density at x"};
        for (size_t k = r->composed ? 3 : 0; k < sizeof parts / sizeof *parts; k++)
            ck_assert_msg(!parts[k] || strstr(s->out, parts[k]), "help on %s lacks: %s", r->name, parts[k]);
        for (unsigned k = 0; k < r->n_parameters; k++) ck_assert_ptr_nonnull(strstr(s->out, r->parameters[k].name));
        for (int k = 0; k < DISTRIBUTION_FORMULAS && r->formulas[k].name; k++) ck_assert_ptr_nonnull(strstr(s->out, r->formulas[k].name));
        for (int a = 0; a < DISTRIBUTION_ALTERNATIVES && r->alternatives[a].given[0].name; a++)
            ck_assert_ptr_nonnull(strstr(s->out, r->alternatives[a].given[0].name));
        session_clear(s);
    }
    session_close(s);
}
END_TEST

static const Program programs_table[] = {
    {"help(Exponential(2))\nhelp(fn(x, k = 2) { x })", NULL},
    {"help(3)", "a number"},
    {"help(\"plate\")", "plate data(i in 0..n) { … }\n  independent repetition: its body is written for one element and runs for all\n  of them at once"},
    {"fn twice(x, times = 2) { x * times }\nhelp(twice)", "twice(x, times?)\n  a function of this program"},
    {"help(sqrt)", "sqrt(x)\n  square root"},
    {"model m(a) { a }\nhelp(\"m\")", "m(a)\n  a model of this program"},
};

START_TEST(what_it_prints) {
    const Program *p = &programs_table[_i];
    Session *s = session_new(false);
    session_must(s, p->text);
    if (p->output) {
        size_t n = strlen(p->output);
        ck_assert_msg(strncmp(s->out, p->output, n) == 0 && s->out[n] == '\n' && !s->out[n + 1], "%s\nprints:\n%s", p->text, s->out);
    }
    session_close(s);
}
END_TEST

START_TEST(unknown) {
    Session *s = session_new(false);
    ck_assert_int_eq(elbo_help(s->state, "Gama"), ELBO_RUNTIME_ERROR);
    ck_assert_msg(strstr(s->reports, "there is no help on 'Gama' [unknown-name]") && strstr(s->reports, "Did you mean 'Gamma'?"), "%s", s->reports);
    session_clear(s);
    ck_assert_int_eq(elbo_help(s->state, "\"), print(1"), ELBO_RUNTIME_ERROR);
    session_clear(s);
    ck_assert_int_eq(elbo_help(s->state, NULL), ELBO_OK);
    ck_assert(strstr(s->out, "distributions\n") && strstr(s->out, "MultivariateNormal") && strstr(s->out, "optimizers\n") && lines_fit(s->out));
    session_is_at_rest(s);
    session_close(s);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("help");
    TCase *tests = tcase_create("help");
    tcase_add_test(tests, every_builtin);
    tcase_add_test(tests, families);
    tcase_add_loop_test(tests, what_it_prints, 0, (int)(sizeof programs_table / sizeof *programs_table));
    tcase_add_test(tests, unknown);
    suite_add_tcase(suite, tests);
    return session_run_suite(suite);
}
