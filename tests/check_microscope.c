/* SPDX-License-Identifier: GPL-3.0-or-later
   A step under the microscope: that looking changes nothing, and that what is shown is true. */
#include <math.h>

#include "tests/session.h"

static elbo_Status step(Session *s, const char *text) {
    session_clear(s);
    return elbo_step(s->state, "test", text, strlen(text));
}

/* ---- Looking changes nothing ---- */

static const char programs[] =
    "model m(y) { z ~ Normal(0, 1); w ~ Bernoulli(0.3); plate g(i in 0..3) { t[i] ~ Normal(z, 1) }; obs y ~ Normal(z + w + sum(t), 1) }\n"
    "guide m(y) { param a = 0.5; param b: positive = 2; param p: unit_interval = 0.4; param v: positive = [1, 2, 3]\n"
    "  z ~ Normal(a, b); w ~ Bernoulli(p); plate g(i in 0..3) { t[i] ~ Normal(0, v[i]) } }\n"
    "model d(x) { mu ~ Normal(0, 10); plate data(i in 0..len(x)) { obs x[i] ~ Normal(mu, 1) } }\n"
    "guide d(x) { param l = 0; param s: positive = 1; mu ~ Normal(l, s) }\n";

static const char *const fits[] = {
    "svi(m, 1.5, seed = 5",
    "svi(m, 1.5, seed = 5, particles = 10",
    "svi(m, 1.5, seed = 5, particles = 3, elbo = TraceGraph_ELBO()",
    "svi(m, 1.5, seed = 5, particles = 3, elbo = IWAE()",
    "svi(m, 1.5, seed = 5, optimizer = SGD(lr = 0.01)",
    "svi(m, 1.5, seed = 5, optimizer = ClippedAdam(lr = 0.01)",
    "svi(m, 1.5, seed = 5, average = 0.5",
    "svi(d, [1, 2, 3, 4], seed = 5, subsample = {data: 2}",
    "svi(d, [1, 2, 3, 4], seed = 5, elbo = fn(model, guide, x) { q = trace(guide)(x); log_prob(trace(replay(model, q))(x)) - log_prob(q) }",
};

START_TEST(looking_changes_nothing) {
    Session *s = session_new(false);
    session_must(s, programs);
    char text[1024];
    snprintf(text, sizeof text, "f = %s, steps = 3)", fits[_i]);
    ck_assert_msg(step(s, text) == ELBO_OK, "%s", s->reports);
    ck_assert_ptr_nonnull(strstr(s->out, "Step 1 of the fit"));
    ck_assert_msg(step(s, "f = svi(f)") == ELBO_OK, "%s", s->reports);
    ck_assert_ptr_nonnull(strstr(s->out, "Step 2 of the fit"));
    session_is_at_rest(s);
    snprintf(text, sizeof text,
             "g = %s, steps = 2)\nassert(f.steps == 2)\nassert(f.last == g.last); assert(all(f.losses == g.losses)); assert(f.history == g.history)\n"
             "assert(svi(f, steps = 5).last == svi(g, steps = 5).last)",
             fits[_i]);
    session_must(s, text);
    session_close(s);
}
END_TEST

/* ---- What is shown is true ---- */

/* The number in column `column` (from 0) of the line that begins with `name`, words as columns. */
static double shown(const Session *s, const char *after, const char *name, int column) {
    const char *at = strstr(s->out, after);
    ck_assert_msg(at != NULL, "%s", s->out);
    char start[64];
    snprintf(start, sizeof start, "\n%s ", name);
    at = strstr(at, start);
    ck_assert_msg(at != NULL, "no line %s in\n%s", name, s->out);
    at++;
    for (int k = 0; k < column; k++) {
        at += strcspn(at, " ");
        at += strspn(at, " ");
    }
    return strtod(at, NULL);
}

static double normal(double x, double mu, double sigma) {
    return -0.5 * (x - mu) * (x - mu) / (sigma * sigma) - log(sigma) - 0.91893853320467274178;
}

#define ASSERT_NEAR(a, b) ck_assert_msg(fabs((a) - (b)) <= 2e-4 * (1 + fabs(b)), "%.10g is not %.10g\n%s", a, b, s->out)

/* z = a + b e: the ELBO's gradient by a is y - 2 z, by log b it is (z - a)(y - 2 z) + 1; by a it has the standard deviation 2 b. Over
   20 repeats a sample's standard deviation is between 0.35 and 1.9 times that but for 1e-7 of the seeds (chi-squared, 19). */
START_TEST(numbers_are_true) {
    static const char program[] = "model m(y) { z ~ Normal(0, 1); obs y ~ Normal(z, 1) }\n"
                                  "guide m(y) { param a = 0.5; param b: positive = 2; z ~ Normal(a, b) }";
    Session *s = session_new(false);
    session_must(s, program);
    char text[128];
    snprintf(text, sizeof text, "svi(m, 1.5, seed = %d, optimizer = SGD(lr = 0.01))", _i);
    ck_assert_int_eq(step(s, text), ELBO_OK);
    double z = shown(s, "log q", "z", 2), a = 0.5, b = 2, y = 1.5;
    double log_q = normal(z, a, b), log_p = normal(z, 0, 1), log_y = normal(y, z, 1);
    ASSERT_NEAR(shown(s, "log q", "z", 3), log_q);
    ASSERT_NEAR(shown(s, "log q", "z", 4), log_p);
    ASSERT_NEAR(shown(s, "log q", "y", 3), log_y);
    ASSERT_NEAR(shown(s, "log q", "in", 2), log_q);
    ASSERT_NEAR(shown(s, "log q", "in", 3), log_p + log_y);
    ASSERT_NEAR(strtod(strstr(s->out, "log q =") + 7, NULL), log_p + log_y - log_q);
    double by_a = y - 2 * z, by_b = (z - a) * (y - 2 * z) + 1;
    ASSERT_NEAR(shown(s, "unconstrained", "a", 3), by_a);
    ASSERT_NEAR(shown(s, "unconstrained", "b", 3), by_b);
    double noise = shown(s, "unconstrained", "a", 5);
    ck_assert_msg(noise > 0.35 * 2 * b && noise < 1.9 * 2 * b, "%g", noise);
    ck_assert_double_eq_tol(shown(s, "unconstrained", "a", 6), 0.01 * by_a, 1e-3 * fabs(by_a));
    ck_assert_double_eq_tol(shown(s, "unconstrained", "b", 7), log(b) + 0.01 * by_b, 1e-4 * (1 + fabs(by_b)));
    session_close(s);
}
END_TEST

/* ---- Handlers ---- */

static const struct {
    const char *fit, *line;
} chains[] = {
    {"svi(m, 1.5)", "    sample z ~ Normal(0, 1) → replay gives"},
    {"svi(m, 1.5)", "    obs y ~ Normal("},
    {"svi(m, 1.5)", "    param a → params gives 0.5 → trace notes it"},
    {"with scale(3) { svi(m, 1.5) }", "scale scales it by 3"},
    {"svi(mask(m, false), 1.5)", "mask masks it"},
    {"svi(n, 1.5)", "tweak scales it by 0.5"},
    {"svi(n, 1.5)", "plate g, 2 elements → "},
    {"svi(condition(k, {w: 2}), 1.5, guide = m.guide)", "condition takes it as observed, gives 2"},
    {"svi(loops, 1.5)", "    … and so on\n  model loops"},
};

START_TEST(handlers_are_shown) {
    Session *s = session_new(false);
    session_must(s, "handler tweak() { on sample(site) { site.scale = 0.5 } }\n"
                    "model m(y) { z ~ Normal(0, 1); obs y ~ Normal(z, 1) }\n"
                    "guide m(y) { param a = 0.5; param b: positive = 2; z ~ Normal(a, b) }\n"
                    "model n(y) { with tweak() { z ~ Normal(0, 1) }; plate g(i in 0..2) { factor(\"f\", 0) }; obs y ~ Normal(z, 1) }\n"
                    "guide n(y) { param a = 0.5; z ~ Normal(a, 1) }\n"
                    "model k(y) { z ~ Normal(0, 1); w ~ Normal(0, 1); obs y ~ Normal(z + w, 1) }\n"
                    "model loops(y) { for t in 0..100 { z[t] ~ Normal(0, 1) }; obs y ~ Normal(z[0], 1) }\n"
                    "guide loops(y) { param a = 0; for t in 0..100 { z[t] ~ Normal(a, 1) } }\n");
    session_clear(s);
    s->state->options.width = 1000;
    ck_assert_msg(step(s, chains[_i].fit) == ELBO_OK, "%s", s->reports);
    ck_assert_msg(strstr(s->out, chains[_i].line) != NULL, "no \"%s\" in\n%s", chains[_i].line, s->out);
    session_is_at_rest(s);
    session_close(s);
}
END_TEST

/* ---- What cannot be looked at ---- */

START_TEST(mistakes_leave_all_as_it_was) {
    Session *s = session_new(false);
    session_must(s, programs);
    ck_assert_int_eq(step(s, "1 + 1"), ELBO_RUNTIME_ERROR);
    ck_assert_ptr_nonnull(strstr(s->reports, "nothing here calls `svi`"));
    ck_assert_int_eq(step(s, "svi(m, \"a\")"), ELBO_RUNTIME_ERROR);
    ck_assert_int_eq(step(s, "svi(m, "), ELBO_INCOMPLETE);
    session_clear(s);
    ck_assert_int_eq(elbo_sites(s->state, "test", "1", 1), ELBO_RUNTIME_ERROR);
    ck_assert_ptr_nonnull(strstr(s->reports, "nothing here has a site"));
    session_is_at_rest(s);
    ck_assert(!s->state->stepping && !s->state->onlooker);
    session_must(s, "assert(svi(m, 1.5, steps = 7).steps == 7)");
    ck_assert_uint_eq(s->out_length, 0);
    session_close(s);
}
END_TEST

START_TEST(sites_are_a_table) {
    Session *s = session_new(false);
    session_must(s, programs);
    session_clear(s);
    ck_assert_int_eq(elbo_sites(s->state, "test", "m(1.5)", 6), ELBO_OK);
    ck_assert_ptr_nonnull(strstr(s->out, "z     sample  Normal(0, 1)"));
    session_must(s, "assert(_[\"y\"] == 1.5 and type(_) == \"trace\")");
    session_close(s);
}
END_TEST

/* Wherever memory ends, the session goes on. */
START_TEST(memory_may_end) {
    for (long at = 1;; at += 7) {
        Session *s = session_new(false);
        session_must(s, programs);
        s->requests = 0;
        s->fail_at = at;
        elbo_Status status = step(s, "svi(m, 1.5, seed = 1, particles = 3)");
        bool failed = s->requests >= at;
        s->fail_at = 0;
        ck_assert(status == ELBO_OK || status == ELBO_NO_MEMORY);
        session_is_at_rest(s);
        ck_assert(!s->state->stepping && !s->state->onlooker);
        session_close(s);
        if (!failed) break;
    }
}
END_TEST

START_TEST(the_collector_may_run) {
    Session *s = session_new(true);
    s->collect_often = true;
    session_must(s, programs);
    ck_assert_int_eq(step(s, "svi(m, 1.5, seed = 1, particles = 3)"), ELBO_OK);
    session_is_at_rest(s);
    session_close(s);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("microscope");
    TCase *t = tcase_create("steps");
    tcase_add_loop_test(t, looking_changes_nothing, 0, (int)(sizeof fits / sizeof *fits));
    tcase_add_loop_test(t, numbers_are_true, 0, 10);
    tcase_add_loop_test(t, handlers_are_shown, 0, (int)(sizeof chains / sizeof *chains));
    tcase_add_test(t, mistakes_leave_all_as_it_was);
    tcase_add_test(t, sites_are_a_table);
    tcase_add_test(t, memory_may_end);
    tcase_add_test(t, the_collector_may_run);
    suite_add_tcase(suite, t);
    return session_run_suite(suite);
}
