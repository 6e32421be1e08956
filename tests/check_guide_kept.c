/* SPDX-License-Identifier: GPL-3.0-or-later
   What is said when a model is defined anew and keeps its guide. */
#include "tests/session.h"

static const char first[] = "model m(y) { z ~ Normal(0, 1); obs y ~ Normal(z, 1) }\n"
                            "guide m(y) { param a = 0; z ~ Normal(a, 1) }\n"
                            "fn helper() { sample(\"w\", Normal(0, 1)) }";

/* `says`: what the warning must hold; NULL: there must be none. */
static const struct {
    const char *again, *says;
} cases[] = {
    {"model m(y) { z ~ Normal(0, 5); obs y ~ Normal(z, 2) }", NULL},
    {"model m(y) { w ~ Normal(0, 5); obs y ~ Normal(w, 2) }", "it samples 'z', which the model does not have now"},
    {"model m(y) { z ~ Normal(0, 5); w ~ Normal(0, 1); obs y ~ Normal(z, 2) }", "it does not draw 'w', which the model samples now"},
    {"model m(z) { obs z ~ Normal(0, 2) }", "it samples 'z', which the model observes now"},
    {"model m(y, n) { z ~ Normal(0, 5); obs y ~ Normal(z, n) }", "it takes 1 argument, and the model takes 2 now"},
    {"model m(y) { w ~ Normal(0, 5); obs y ~ Normal(w, 2) }\nguide m(y) { param a = 0; w ~ Normal(a, 1) }", NULL},
    {"model m(y) { z = sample(\"z\", Normal(0, 5)); obs(\"y\", Normal(z, 2), y) }", NULL},
    {"model m(y) { z = sample(\"v\", Normal(0, 5)); obs(\"y\", Normal(z, 2), y) }", "samples 'z'"},
    {"model m(y) { k = 1; z = sample(\"v{k}\", Normal(0, 5)); obs(\"y\", Normal(z, 2), y) }", NULL},
    {"model m(y) { z = helper(); obs y ~ Normal(z, 2) }", NULL},
    {"model m(y) { plate(\"g\", 0..3, fn(i) { sample(\"z\", Normal(0, 1)) }); obs y ~ Normal(0, 2) }", NULL},
    {"model m(y) { plate g(i in 0..3) { u[i] ~ Normal(0, 1) }; obs y ~ Normal(0, 2) }", "samples 'z'"},
    {"model m(y) { for t in 0..3 { if t > 1 { z[t] ~ Normal(0, 1) } }; obs y ~ Normal(0, 2) }", NULL},
    {"model m(y) { with scale(2) { w ~ Normal(0, 1) }; obs y ~ Normal(0, 2) }", NULL},
    {"fn m(y) { y }", NULL},
    {"m = 3", NULL},
};

START_TEST(stale_guides_are_told) {
    Session *s = session_new(false);
    session_must(s, first);
    session_run(s, cases[_i].again);
    if (cases[_i].says) {
        ck_assert_msg(strstr(s->reports, cases[_i].says) && strstr(s->reports, "[guide-stale]"), "%s\n%s", cases[_i].again, s->reports);
        ck_assert_ptr_nonnull(strstr(s->reports, "(test.ppl:2)"));
    } else {
        ck_assert_msg(!s->reports_length, "%s\n%s", cases[_i].again, s->reports);
    }
    session_close(s);
}
END_TEST

START_TEST(it_is_kept) {
    Session *s = session_new(false);
    session_must(s, first);
    session_must(s, "g = m.guide");
    session_must(s, "model m(y) { z ~ Normal(0, 5); obs y ~ Normal(z, 2) }");
    session_must(s, "assert(m.guide == g); assert(svi(m, 1, steps = 2).steps == 2)");
    session_close(s);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("guide_kept");
    TCase *t = tcase_create("models defined anew");
    tcase_add_loop_test(t, stale_guides_are_told, 0, (int)(sizeof cases / sizeof *cases));
    tcase_add_test(t, it_is_kept);
    suite_add_tcase(suite, t);
    return session_run_suite(suite);
}
