/* SPDX-License-Identifier: GPL-3.0-or-later
   Fits that are interrupted, go on, are watched, begin several times or fail: whatever happens, what is kept is whole. */
#include "config.h"

#include <math.h>

#include "inference/fit.h"
#include "runtime/gc.h"
#include "tests/session.h"

#define MODEL                                                                                                           \
    "model normal(x) {\n    mu ~ Normal(42, 1)\n    sigma ~ LogNormal(log(3), 1)\n"                                     \
    "    plate data(i in 0..len(x)) { obs x[i] ~ Normal(mu, sigma) }\n}\n"                                              \
    "guide normal(x) {\n    param m = 42\n    param s: positive = [0.1, 0.2]\n    param l = log(3)\n"                    \
    "    mu ~ Normal(m, s[0])\n    sigma ~ LogNormal(l, s[1])\n}\n"                                                      \
    "with seed(77) { x = draw(Normal(42, 3), 20) }\n"                                                                   \
    "fn same(a, b) {\n    assert(a.params == b.params and a.last == b.last, \"params\")\n"                               \
    "    assert(all(a.losses == b.losses), \"losses\")\n    assert(a.history == b.history, \"history\")\n"               \
    "    a.steps == b.steps and a.elbo == b.elbo\n}\n"

/* ---- Interrupts ---- */

static long interrupt_at; /* the request at which the user presses Ctrl-C; 0: never */
static elbo_State *running;

static void *interrupting_allocate(void *user, void *block, size_t old_size, size_t new_size) {
    Session *s = user;
    if (new_size && interrupt_at && s->requests >= interrupt_at && running) {
        elbo_interrupt(running);
        interrupt_at = 0;
    }
    return session_allocate(user, block, old_size, new_size);
}

static Session *interrupted_session(bool collect_often) {
    Session *s = calloc(1, sizeof *s);
    elbo_Options options = session_options(s, true);
    options.allocate = interrupting_allocate;
    s->state = running = elbo_open(&options);
    ck_assert_ptr_nonnull(s->state);
    s->collect_often = collect_often;
    return s;
}

static const char *const kinds_of_fits[] = {
    "fn begin(f) { svi(normal, x, steps = 12, particles = 3, seed = 5, optimizer = Adam(lr = 0.05)) }\n",
    "fn begin(f) { svi(normal, x, steps = 12, particles = 1, seed = 5, callback = fn(step, fit) { y = fit.params.m; false }) }\n",
    "with seed(9) { part = svi(normal, x, steps = 4) }\nfn begin(f) { svi(part, steps = 8) }\n",
    /* Draws without a pathwise gradient, whose baselines are part of the fit, in minibatches. */
    "model mixed(x) { plate data(i in 0..len(x)) { k[i] ~ Bernoulli(0.5); obs x[i] ~ Normal(42 + k[i], 1) } }\n"
    "guide mixed(x) { plate data(i in 0..len(x)) { param p[i]: interval(0, 1) = 0.4; k[i] ~ Bernoulli(p[i]) } }\n"
    "fn begin(f) { svi(mixed, x, steps = 12, particles = 2, seed = 5, optimizer = SGD(lr = 0.01, momentum = 0.9), subsample = {data: 5}) }\n",
};

static const char check_stopped[] =
    "fit = begin(0)\nstopped = fit.interrupted\nsteps = fit.steps\n"
    "if stopped { assert(len(fit.losses) == fit.steps and len(fit.history[names(fit.history)[0]]) == fit.steps)\n"
    "    fit = svi(fit, steps = 12 - fit.steps)\n    assert(not fit.interrupted) }\n"
    "assert(same(fit, whole))";

/* The user may press Ctrl-C anywhere: between steps, in the model, in the optimizer, in the callback. */
START_TEST(an_interrupted_fit_is_whole) {
    Session *s = interrupted_session(false);
    ck_assert_int_eq(session_run(s, MODEL), ELBO_OK);
    ck_assert_msg(session_run(s, kinds_of_fits[_i]) == ELBO_OK, "%s", s->reports);
    ck_assert_msg(session_run(s, "whole = begin(0)") == ELBO_OK, "%s", s->reports);
    unsigned stopped = 0, seen = 0;
    long first = s->requests;
    ck_assert_int_eq(session_run(s, check_stopped), ELBO_OK);
    long span = s->requests - first, step = span / 150 + 1;
    for (long at = 1; at < span; at += step) {
        interrupt_at = s->requests + at;
        elbo_Status status = session_run(s, check_stopped);
        interrupt_at = 0;
        ck_assert_msg(status == ELBO_OK || status == ELBO_INTERRUPTED, "at %ld\n%s", at, s->reports);
        session_is_at_rest(s);
        if (status != ELBO_OK || !strstr(s->reports, "fit-stopped")) continue;
        ck_assert_msg(session_number(s, "steps") < 13, "at %ld", at);
        stopped++;
        seen |= 1u << (unsigned)session_number(s, "steps");
    }
    ck_assert_uint_gt(stopped, 20);
    ck_assert_uint_gt((unsigned)__builtin_popcount(seen), 5);
    running = NULL;
    session_close(s);
}
END_TEST

/* The same with a collection at each safe point. */
START_TEST(an_interrupted_fit_is_kept) {
    Session *s = interrupted_session(true);
    ck_assert_int_eq(session_run(s, MODEL), ELBO_OK);
    ck_assert_msg(session_run(s, kinds_of_fits[_i]) == ELBO_OK, "%s", s->reports);
    ck_assert_msg(session_run(s, "whole = begin(0)") == ELBO_OK, "%s", s->reports);
    for (long at = 100; at < 2000; at += 397) {
        interrupt_at = s->requests + at;
        elbo_Status status = session_run(s, check_stopped);
        interrupt_at = 0;
        ck_assert_msg(status == ELBO_OK || status == ELBO_INTERRUPTED, "at %ld\n%s", at, s->reports);
    }
    running = NULL;
    session_close(s);
}
END_TEST

/* The first Ctrl-C stops the fit, the second the program; in a new program the first is the first again. */
static void interrupt_on_print(void *user, const char *text, size_t length) {
    session_print(user, text, length);
    if (running) elbo_interrupt(running);
}

START_TEST(the_second_interrupt_stops_the_program) {
    Session *s = calloc(1, sizeof *s);
    elbo_Options options = session_options(s, false);
    options.print = interrupt_on_print;
    s->state = running = elbo_open(&options);
    ck_assert_int_eq(session_run(s, MODEL), ELBO_OK);
    for (int k = 0; k < 2; k++) {
        ck_assert_int_eq(session_run(s, "say = fn(step, fit) { if step == 3 { print(step) } }\n"
                                        "a = svi(normal, x, steps = 20, callback = say)\nn = a.steps\nb = svi(a, steps = 20)\nm = b.steps"), ELBO_OK);
        ck_assert_ptr_nonnull(strstr(s->reports, "stopped by the user after 3 of 20 steps"));
        ck_assert_ptr_nonnull(strstr(s->reports, "svi(fit, steps = 17)"));
        ck_assert_double_eq(session_number(s, "n"), 3);
        ck_assert_double_eq(session_number(s, "m"), 23);
        session_is_at_rest(s);
    }
    ck_assert_int_eq(session_run(s, "a = svi(normal, x, steps = 20, callback = say)\nprint(1)\nprint(2)"), ELBO_INTERRUPTED);
    ck_assert_int_eq(session_run(s, "a = svi(normal, x, steps = 20, callback = say)\nsvi(normal, x, steps = 20, callback = say)\nprint(2)"), ELBO_INTERRUPTED);
    ck_assert_str_eq(s->out, "3\n3\n");
    session_is_at_rest(s);
    running = NULL;
    ck_assert_int_eq(session_run(s, "print(a.interrupted, a.steps)\nprint(a)"), ELBO_OK);
    ck_assert_ptr_nonnull(strstr(s->out, "true 3\n"));
    ck_assert_ptr_nonnull(strstr(s->out, "\nstopped by the user\n"));
    session_close(s);
}
END_TEST

/* Of a fit and one that its callback makes, the user stops the one that was asked for. */
START_TEST(the_outermost_fit_is_stopped) {
    Session *s = calloc(1, sizeof *s);
    elbo_Options options = session_options(s, false);
    options.print = interrupt_on_print;
    s->state = running = elbo_open(&options);
    ck_assert_int_eq(session_run(s, MODEL "say = fn(step, fit) { if step == 2 { print(step) } }\n"
                                          "also = fn(step, fit) { if step == 3 { svi(fit, steps = 9, callback = fn(k, f) { if k == 5 { print(k) } }) } }\n"
                                          "a = svi(normal, x, steps = 20, callback = also, seed = 3)\nn = a.steps"), ELBO_OK);
    running = NULL;
    ck_assert_ptr_nonnull(strstr(s->reports, "stopped by the user after 3 of 20 steps"));
    ck_assert_double_eq(session_number(s, "n"), 3);
    ck_assert_int_eq(session_run(s, "b = svi(a, steps = 17)\nc = svi(normal, x, steps = 20, seed = 3)\n"
                                    "print(a.interrupted, b.params == c.params, b.history == c.history)"), ELBO_OK);
    ck_assert_str_eq(s->out, "true true true\n");
    session_is_at_rest(s);
    session_close(s);
}
END_TEST

/* Of several starts the one that runs is stopped, and those to come are not begun. */
START_TEST(restarts_stop_together) {
    Session *s = calloc(1, sizeof *s);
    elbo_Options options = session_options(s, false);
    options.print = interrupt_on_print;
    s->state = running = elbo_open(&options);
    ck_assert_int_eq(session_run(s, MODEL "say = fn(step, fit) { if step == 3 and fit.restart == 1 { print(step) } }\n"
                                          "a = svi(normal, x, steps = 20, restarts = 5, callback = say)\n"
                                          "running = sum(for e in a.restarts { if e == e { 1 } else { 0 } })"), ELBO_OK);
    running = NULL;
    ck_assert_ptr_nonnull(strstr(s->reports, "[fit-stopped]"));
    ck_assert_int_eq(session_run(s, "print(a.interrupted, len(a.restarts), a.restarts[0] == a.restarts[0])"), ELBO_OK);
    ck_assert_str_eq(s->out, "true 5 true\n");
    session_close(s);
}
END_TEST

/* ---- Params that a later step meets first ---- */

#define LATE "model m(x) { z ~ Normal(0, 1); obs x ~ Normal(z, 1) }\n"                                                             \
             "guide m(x) { param a = 0; if a > 0.035 { param b = [2, 1]; param c: positive = 3; z ~ Normal(b[0], c + 0 * b[1]) } "      \
             "else { z ~ Normal(a, 1) } }\n"                                                                                         \
             "fn run(steps) { svi(m, 3, steps = steps, seed = 1, particles = 4, optimizer = Adam(lr = 0.01)) }\n"

/* They are learned like the others, and a fit that was stopped before or behind them goes on to the same bits. */
START_TEST(late_params_are_learned) {
    Session *s = session_new(_i);
    s->collect_often = _i;
    session_must(s, LATE "f = run(60)\nk = for n in [1, 3, 5, 20] { svi(run(n), steps = 60 - n) }\n"
                         "assert(f.params.b[0] < 1.9 and f.params.c < 3 and f.params.b[1] == 1)\n"
                         "assert(f.history.b[0, 0] == 2 and abs(f.history.c[1] - 3) < 1e-9 and len(f.history.c) == 60)\n"
                         "for g in k { assert(g.params == f.params and sum(abs(g.losses - f.losses)) == 0 and g.history == f.history) }\n"
                         "h = svi(m, 3, steps = 40, restarts = 3, optimizer = AdaGrad(lr = 0.05), average = 0.5, callback = fn(step, fit) { fit.params.a > 1e9 })\n"
                         "print(h)");
    ck_assert_ptr_nonnull(strstr(s->out, "\nc "));
    session_is_at_rest(s);
    session_close(s);
}
END_TEST

/* ---- Errors ---- */

/* A step that fails leaves the fit that it began with, for it is a copy that goes on. */
START_TEST(a_failing_step_commits_nothing) {
    Session *s = session_new(_i);
    s->collect_often = _i;
    session_must(s, "model m() { z ~ Normal(0, 1); param gone = 1; factor(\"f\", if gone < 0.65 { 0 / 0 } else { 3 * gone }) }\n"
                    "guide m() { param k = 1; z ~ Normal(k, 1) }\n"
                    "down = svi(m, steps = 2, seed = 1)\nbefore = [down.params.k, down.params.gone, down.steps, down.losses[1]]");
    ck_assert_int_eq(session_run(s, "svi(down, steps = 50, optimizer = Adam(lr = -0))\n"
                                    "fn stop(step, fit) { kept = fit; if step == 9 { [1][2] } }\nsvi(down, steps = 50, callback = stop)"),
                     ELBO_RUNTIME_ERROR);
    session_is_at_rest(s);
    session_must(s, "assert(before == [down.params.k, down.params.gone, down.steps, down.losses[1]])\n"
                    "a = svi(down, steps = 10); b = svi(down, steps = 10)\nassert(a.params == b.params)\nassert(a.steps == 12)");
    session_close(s);
}
END_TEST

/* ---- Memory ---- */

static const Program collected_table[] = {
    {MODEL "say = fn(step, fit) { if step % 5 == 0 { print(fit.steps, shape(fit.history.s)) } }\n"
           "f = svi(normal, x, steps = 10, callback = say, average = 0.5, restarts = 2)\nf = svi(f, steps = 5, callback = say)\nprint(len(f.losses))",
     "5 [5, 2]\n10 [10, 2]\n5 [5, 2]\n10 [10, 2]\n15 [15, 2]\n15"},
    {MODEL "f = svi(normal, x, steps = 3, average = 0.5)\ng = svi(f, steps = 3)\nh = svi(f, steps = 3)\nprint(same(g, h))", "true"},
    {"fn make(k) { model m(x) { z ~ Normal(k, 1); obs x ~ Normal(z, 1) }\nguide m(x) { param a = k; z ~ Normal(a, 1) }\nsvi(m, [k][0], steps = 2, seed = k) }\n"
     "f = make(3)\nz = for k in 0..50 { [k, k] }\nprint(svi(f, steps = 3).steps, f.seed)", "5 3"},
};
PROGRAMS(collected)

/* ---- Long histories ---- */

/* A history that is full keeps every other row, a fit that goes on the same ones. */
START_TEST(histories_are_thinned_alike) {
    Session *s = session_new(false);
    session_must(s, "n = 300_000\nmodel m() { z ~ Normal(0, 1); param big = zeros(n); factor(\"f\", -sum((big - 1) ^ 2)) }\n"
                    "guide m() { param k = 1; z ~ Normal(k, 1) }\n"
                    "a = svi(m, steps = 41, seed = 1, average = 0.5, optimizer = Adam(lr = 0.1))\n"
                    "b = svi(m, steps = 17, seed = 1, average = 0.5, optimizer = Adam(lr = 0.1))\nc = svi(b, steps = 24)\n"
                    "assert(len(a.history.k) == 10, \"{len(a.history.k)}\")\nassert(len(b.history.k) == 8, \"{len(b.history.k)}\")\n"
                    "assert(a.history == c.history and a.params == c.params)\n"
                    "full = svi(m, steps = 10, seed = 1, average = 0.5, optimizer = Adam(lr = 0.1)).history.k\n"
                    "assert(len(full) == 10 and full[3] == a.history.k[0] and full[7] == a.history.k[1])\n"
                    "assert(a.params.k == a.last.k or abs(a.params.k - mean(a.history.k[5..10])) < 1e-12)");
    session_close(s);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("running");
    TCase *tests = tcase_create("interrupts");
    tcase_add_loop_test(tests, an_interrupted_fit_is_whole, 0, 4);
    tcase_add_loop_test(tests, an_interrupted_fit_is_kept, 0, 4);
    tcase_add_test(tests, the_second_interrupt_stops_the_program);
    tcase_add_test(tests, the_outermost_fit_is_stopped);
    tcase_add_loop_test(tests, late_params_are_learned, 0, 2);
    tcase_add_test(tests, restarts_stop_together);
    tcase_add_loop_test(tests, a_failing_step_commits_nothing, 0, 2);
    tcase_add_test(tests, histories_are_thinned_alike);
    suite_add_tcase(suite, tests);
    ADD_PROGRAMS(suite, collected);
    return session_run_suite(suite);
}
