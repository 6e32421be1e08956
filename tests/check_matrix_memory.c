/* SPDX-License-Identifier: GPL-3.0-or-later
   All families of the registry with the collector at work at each safe point, where the address sanitizer sees what is used after
   its end, and what is held without being seen changes what is printed; and with memory that runs out. */
#include <stdarg.h>

#include "tests/family_data.h"

enum { PROGRAM = 16384, MOVED = 4 /* numbers of an example that gradients are taken by */ };

typedef struct Text {
    char text[PROGRAM];
    size_t length;
} Text;

static void add(Text *t, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void add(Text *t, const char *format, ...) {
    va_list list;
    va_start(list, format);
    t->length += (size_t)vsnprintf(t->text + t->length, PROGRAM - t->length, format, list);
    va_end(list);
    ck_assert_uint_lt(t->length, PROGRAM);
}

/* ---- Programs over one example ---- */

/* All that a distribution can be asked for, if this one can. */
static void add_questions(Session *s, Text *t) {
    static const struct {
        const char *argument, *given;
    } arguments[] = {{"x", "(x[0])"}, {"q", "([0.25, 0.5])"}, {"other", "(d)"}};
    for (const DistributionQuestion *q = distribution_questions; q->name; q++) {
        const char *given = "";
        for (size_t k = 0; q->argument && k < sizeof arguments / sizeof *arguments; k++)
            if (strcmp(arguments[k].argument, q->argument) == 0) given = arguments[k].given;
        if (family_runs(s, "d.%s%s", q->name, given)) add(t, "print(\"%s\", d.%s%s)\n", q->name, q->name, given);
    }
}

/* Draws and scores in plates with particles, a trace that is replayed, and (with a model of one's own) missing data. */
static void add_model(Text *t, const char *example, const char *values) {
    add(t,
        "fn m(y) { plate g(i in 0..2) { z[i] ~ %s; obs y[i] ~ %s }; z }\nx = [x[0], x[1]]\n"
        "t = with seed(1) { trace(m)(x) }\nprint(t, log_prob(t), t.value, t.sites.z.distribution)\n"
        "print(log_prob(trace(replay(m, t))(x)), t == trace(replay(m, t))(x))\n"
        "print(plate particles(s in 0..3) { u = trace(m)(x); log_prob(u) - log_prob(trace(replay(m, u))(x)) })\n"
        "print(plate particles(s in 0..3) { if s > 0 { m(x) } else { m(x) } })\n"
        "print(log_prob(trace(uncondition(m))(x)), log_prob(trace(condition(m, {z: x}))(x)))\n"
        "print(draw(d, 3), d.log_prob(%s))\n",
        example, example, values);
}

static void add_gradients(Session *s, Text *t, const char *example) {
    static FamilyPart parts[FAMILY_PARTS];
    static Text program;
    unsigned n = family_parts(s, example, parts);
    for (unsigned k = 0; k < n && k < MOVED; k++) {
        program.length = 0;
        add(&program,
            "fn f(v) { mean(plate particles(s in 0..3) { r = trace(fn() { plate g(i in 0..2) { z[i] ~ %s; obs x[i] ~ %s }; z })(); log_prob(r) }) }\n"
            "print(grad(f, %.17g), grad(f, %.17g, mode = \"forward\"))\n",
            parts[k].text, parts[k].text, parts[k].at, parts[k].at);
        if (family_runs(s, "%s", program.text)) add(t, "%s", program.text);
        else ck_assert_msg(strstr(s->reports, "[no-gradient]"), "%s", s->reports);
        static const char *const asked[] = {"mean", "variance", "entropy", "median", "cdf(x[0])", "quantile(0.3)"};
        for (size_t a = 0; a < sizeof asked / sizeof *asked; a++)
            if (family_runs(s, "fn h(v) { sum(%s.%s) }\nh(%.17g)", parts[k].text, asked[a], parts[k].at))
                add(t, "print(grad(fn(v) { sum(%s.%s) }, %.17g))\n", parts[k].text, asked[a], parts[k].at);
    }
}

/* A fit whose guide draws from the family itself, where it can. */
static void add_fit(Session *s, Text *t, const char *example) {
    char fit[2 * FAMILY_TEXT + 400];
    snprintf(fit, sizeof fit,
             "model m(y) { z ~ %s; plate g(i in 0..2) { obs y[i] ~ %s } }\nguide m(y) { param k = 0; z ~ %s }\n"
             "p = svi(m, [x[0], x[1]], steps = 2, particles = 3).losses\n",
             example, example, example);
    if (family_runs(s, "%s", fit)) add(t, "%sprint(p)\n", fit);
}

/* What the program prints in a session, which is closed. */
static char *printed(Session *s, const char *program) {
    elbo_Status status = session_run(s, program);
    ck_assert_msg(status == ELBO_OK, "%s", s->reports);
    session_is_at_rest(s);
    char *out = strdup(s->out);
    session_close(s);
    return out;
}

static void check_collected(const Text *t) {
    Session *collected = session_new(true);
    collected->collect_often = true;
    char *expected = printed(session_new(false), t->text), *out = printed(collected, t->text);
    ck_assert_msg(strcmp(out, expected) == 0, "%s\nprints\n%s\nand not\n%s", t->text, out, expected);
    free(expected);
    free(out);
}

START_TEST(collected) {
    static Text t;
    FamilyData f = family_read(_i);
    for (const FamilyLine *line = NULL; (line = family_next(&f, "example", line));) {
        Session *s = session_new(false);
        t.length = 0;
        family_values(s, &f);
        family_run(s, "d = %s", line->field[0]);
        if (family_values_fit(s, &f, line)) {
            add(&t, "x = %s\nd = %s\nprint(d, d == %s)\nhelp(%s)\n", family_field(&f, "values"), line->field[0], line->field[0],
                f.row->name);
            add_questions(s, &t);
            add_model(&t, line->field[0], family_field(&f, "values"));
            add_gradients(s, &t, line->field[0]);
            add_fit(s, &t, line->field[0]);
        }
        session_close(s);
        if (t.length) check_collected(&t);
    }
    Session *s = session_new(true);
    s->collect_often = true;
    family_run_example(s, f.row->example);
    session_close(s);
    family_free(&f);
}
END_TEST

/* ---- Memory that runs out ---- */

/* Each request of the host fails in turn, in one session: it ends in one error, and the interpreter goes on. */
START_TEST(faults) {
    static Text t;
    FamilyData f = family_read(_i);
    t.length = 0;
    add(&t, "x = %s\nd = %s\nfn m(y) { z ~ d; plate g(i in 0..2) { obs y[i] ~ d }; z }\nprint(log_prob(trace(m)([x[0], x[1]])), draw(d, 2))\nhelp(%s)\n",
        family_field(&f, "values"), family_field(&f, "example"), f.row->name);
    Session *s = session_new(true);
    if (family_runs(s, "d = %s\nd.mean", family_field(&f, "example"))) add(&t, "print(d.mean)\n");
    if (family_runs(s, "d = %s\nd.quantile(0.3)", family_field(&f, "example"))) add(&t, "print(d.quantile(0.3))\n");
    session_close(s);
    s = session_new(true);
    for (long n = 1;; n++) {
        s->fail_at = s->requests + n;
        elbo_Status status = session_run(s, t.text);
        bool failed = s->requests >= s->fail_at;
        ck_assert_msg(status == (failed ? ELBO_NO_MEMORY : ELBO_OK), "%s\nends with status %d at request %ld\n%s", t.text, (int)status, n, s->reports);
        session_is_at_rest(s);
        s->fail_at = 0;
        if (!failed) break;
    }
    session_close(s);
    family_free(&f);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("memory of families");
    TCase *tests = tcase_create("families");
    tcase_add_loop_test(tests, collected, 0, family_count());
    tcase_add_loop_test(tests, faults, 0, family_count());
    suite_add_tcase(suite, tests);
    return session_run_suite(suite);
}
