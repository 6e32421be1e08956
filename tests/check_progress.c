/* SPDX-License-Identifier: GPL-3.0-or-later
   Progress: what the host is told of loops and fits, and that each of them ends once, however it ends. Also the line that the
   program makes of it. */
#include <math.h>

#include "cli/progress.h"
#include "runtime/progress.h"
#include "session.h"

enum { MOST_NEWS = 4000 };

typedef struct News {
    char what[96];
    uint64_t done, total;
    double seconds, elbo;
    bool ended;
} News;

/* What a host has seen, in order. */
typedef struct Host {
    Session *session;
    News news[MOST_NEWS];
    unsigned n;
    unsigned interrupt_at; /* after so many; 0: never */
} Host;

static Host host; /* callbacks of the session's have no other way to it */

static void on_progress(void *user, const elbo_Progress *p) {
    (void)user;
    ck_assert_uint_lt(host.n, MOST_NEWS);
    News *news = &host.news[host.n++];
    *news = (News){.done = p->done, .total = p->total, .seconds = p->seconds, .elbo = p->has_elbo ? p->elbo : NAN, .ended = p->ended};
    snprintf(news->what, sizeof news->what, "%s", p->what);
    if (host.n == host.interrupt_at) elbo_interrupt(host.session->state);
}

static Session *watched_session(unsigned interrupt_at) {
    Session *s = session_new(false);
    s->state->options.progress = on_progress;
    host.session = s;
    host.n = 0;
    host.interrupt_at = interrupt_at;
    return s;
}

/* How many news begin with that name; the last of each stretch of them is its end, and nothing else is. */
static unsigned check_news(const char *name) {
    unsigned n = 0, ends = 0;
    const News *before = NULL;
    for (unsigned k = 0; k < host.n; k++) {
        const News *news = &host.news[k];
        if (strncmp(news->what, name, strlen(name)) != 0) continue;
        n++;
        if (before && !before->ended) {
            ck_assert_uint_ge(news->done, before->done);
            ck_assert_double_ge(news->seconds, before->seconds);
            ck_assert_uint_eq(news->total, before->total);
        } else {
            ck_assert_msg(!news->ended, "'%s' ends before it was shown", news->what);
            ck_assert_double_ge(news->seconds, 0.45);
        }
        if (news->total) ck_assert_uint_le(news->done, news->total);
        ends += news->ended;
        before = news;
    }
    if (n) ck_assert_msg(before->ended, "'%s' never ends", name);
    return ends;
}

static const char model[] = "model m(x) { z ~ Normal(0, 1); obs x ~ Normal(z, 1) }\n"
                            "guide m(x) { param k = 0; param s: positive = 1; z ~ Normal(k, s) }\n";

static elbo_Status run_model(Session *s, const char *text) {
    char program[1024];
    snprintf(program, sizeof program, "%s%s", model, text);
    return session_run(s, program);
}

START_TEST(test_fit_is_shown) {
    Session *s = watched_session(12);
    ck_assert_int_eq(run_model(s, "f = svi(m, 2, steps = 20_000_000)\nn = f.steps"), ELBO_OK);
    ck_assert_uint_eq(check_news("fit of m"), 1);
    ck_assert_uint_eq(host.n, 13);
    ck_assert_uint_eq(host.news[0].total, 20000000);
    ck_assert_double_lt(fabs(host.news[5].elbo + 3), 2);
    /* Some ten times a second, on a machine that has other things to do as well. */
    ck_assert_double_ge(host.news[11].seconds - host.news[0].seconds, 1.0);
    ck_assert_double_ge((double)host.news[12].done, session_number(s, "n"));
    session_is_at_rest(s);
    session_close(s);
}
END_TEST

START_TEST(test_loops_are_shown) {
    Session *s = watched_session(0);
    ck_assert_int_eq(session_run(s, "x = 0\nfor t in 0..7000 { x = draw(Normal(0, 1), 20_000) }"), ELBO_OK);
    ck_assert_uint_eq(check_news("loop in line 2"), 1);
    ck_assert_uint_eq(host.news[host.n - 1].done, 7000);
    host.n = 0;
    ck_assert_int_eq(session_run(s, "fn f() { t = 0\nwhile t < 7000 { t = t + 1; for k in 0..1 { x = draw(Normal(0, 1), 20_000) } } }\nf()"), ELBO_OK);
    ck_assert_uint_eq(check_news("loop in line 2"), 1);
    ck_assert_uint_eq(host.news[0].total, 0);
    session_close(s);
}
END_TEST

/* Errors, interrupts, `break` and `return` end a loop; an error in a step, and a callback, a fit. */
START_TEST(test_every_end) {
    static const struct {
        const char *text, *name;
        unsigned interrupt_at;
        elbo_Status status;
    } programs[] = {
        {"for t in 0..1e9 { t }", "loop", 3, ELBO_INTERRUPTED},
        {"while true { }", "loop", 3, ELBO_INTERRUPTED},
        {"for t in 0..1e9 { x = draw(Normal(0, 1), 20_000); if t > 6000 { break } }", "loop", 0, ELBO_OK},
        {"fn f() { for t in 0..1e9 { x = draw(Normal(0, 1), 20_000); if t > 6000 { return t } } }\nf()", "loop", 0, ELBO_OK},
        {"for t in 0..1e9 { x = draw(Normal(0, 1), 20_000); if t > 6000 { zeros(2)[3] } }", "loop", 0, ELBO_RUNTIME_ERROR},
        {"svi(m, 2, steps = 5_000_000, callback = fn(t, f) { t > 600_000 })", "fit", 0, ELBO_OK},
        {"svi(m, 2, steps = 5_000_000, callback = fn(t, f) { if t > 600_000 { zeros(2)[3] } })", "fit", 0, ELBO_RUNTIME_ERROR},
        {"svi(m, 2, steps = 200_000, restarts = 3)", "fit", 0, ELBO_OK},
        {"for k in 0..1 { svi(m, 2, steps = 600_000) }", "fit of m, ", 0, ELBO_OK},
    };
    for (unsigned k = 0; k < sizeof programs / sizeof *programs; k++) {
        Session *s = watched_session(programs[k].interrupt_at);
        elbo_Status status = run_model(s, programs[k].text);
        ck_assert_msg(status == programs[k].status, "%s: status %d\n%s", programs[k].text, status, s->reports);
        unsigned ends = check_news(programs[k].name);
        ck_assert_msg(ends >= 1, "%s shows nothing", programs[k].text);
        ck_assert_uint_eq(progress_active(s->state), 0);
        session_is_at_rest(s);
        session_close(s);
    }
}
END_TEST

START_TEST(test_nothing_short) {
    Session *s = watched_session(0);
    ck_assert_int_eq(run_model(s, "for t in 0..100 { svi(m, 2, steps = 10) }"), ELBO_OK);
    ck_assert_uint_eq(host.n, 0);
    session_close(s);
}
END_TEST

/* ---- The line ---- */

static unsigned columns_of(const char *text) {
    unsigned n = 0;
    for (; *text; text++) n += ((unsigned char)*text & 0xC0) != 0x80;
    return n;
}

START_TEST(test_line) {
    char line[1024];
    elbo_Progress p = {.what = "fit of normal", .done = 8400, .total = 20000, .seconds = 1, .has_elbo = true, .elbo = -25179.53, .noise = 0.31};
    progress_line(line, sizeof line, &p, 91000, 110);
    ck_assert_ptr_nonnull(strstr(line, "fit of normal   42 %  "));
    ck_assert_ptr_nonnull(strstr(line, "  8,400/20,000  91,000/s  0:00:00 left  ELBO -25179.5 ± 0.3"));
    ck_assert_ptr_nonnull(strstr(line, "█"));
    ck_assert_uint_eq(columns_of(line), 109);
    p.total = 0;
    p.has_elbo = false;
    p.what = "loop in line 3";
    progress_line(line, sizeof line, &p, 0.51, 80);
    ck_assert_str_eq(line, "loop in line 3  8,400  0.51/s  0:00:01");
}
END_TEST

/* It never takes the whole width, whatever the numbers are and however narrow the terminal is. */
START_TEST(test_line_fits) {
    static const double numbers[] = {0, 1, -1e300, 1e-300, NAN, INFINITY, 123456.789};
    static const uint64_t counts[] = {0, 1, 99999, UINT64_MAX};
    static const char *const names[] = {"", "x", "fit of a_model_with_a_name_that_goes_on_and_on_and_on_and_on, start 2 of 5", "Größe\n\033[2J"};
    char line[1024];
    for (unsigned c = 1; c <= 200; c += c < 30 ? 1 : 13)
        for (unsigned k = 0; k < 7 * 7 * 4 * 4 * 4; k++) {
            elbo_Progress p = {.what = names[k / 784 % 4], .done = counts[k / 49 % 4], .total = counts[k / 196 % 4], .seconds = fabs(numbers[k % 7]),
                               .has_elbo = true, .elbo = numbers[k % 7], .noise = numbers[k / 7 % 7]};
            size_t n = progress_line(line, sizeof line, &p, fabs(numbers[k / 7 % 7]), c);
            ck_assert_uint_eq(n, strlen(line));
            ck_assert_msg(columns_of(line) < c || (c == 1 && columns_of(line) <= 1), "%u columns of %u: %s", columns_of(line), c, line);
            for (const char *at = line; *at; at++) ck_assert_int_ge((unsigned char)*at, 0x20);
        }
}
END_TEST

int main(void) {
    Suite *suite = suite_create("progress");
    TCase *tests = tcase_create("progress");
    tcase_add_test(tests, test_fit_is_shown);
    tcase_add_test(tests, test_loops_are_shown);
    tcase_add_test(tests, test_every_end);
    tcase_add_test(tests, test_nothing_short);
    tcase_add_test(tests, test_line);
    tcase_add_test(tests, test_line_fits);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
