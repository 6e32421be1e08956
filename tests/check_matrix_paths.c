/* SPDX-License-Identifier: GPL-3.0-or-later
   Gradients through draws of all families of the registry, pathwise or by the score function, against the derivative of an
   expectation that is known: E x^2 from mean and variance, or what the file's `moment` and `learn` lines say. An error of 20 % must
   be caught. */
#include <math.h>

#include <gsl/gsl_cdf.h>

#include "tests/family_fit.h"

static Session *s;
static FamilyData f;

/* The expectation of `function`, over x, under `distribution` is `value`; both are over v. The gradient of the mean of draws is
   estimated in batches, whose size grows until an error of 20 % would be seen. */
static void check(const char *at, const char *distribution, const char *function, const char *value) {
    double bound = gsl_cdf_ugaussian_Qinv(family_level() / 2);
    family_run(s, "at = %s\nfn exact(v) { %s }\nwant = sum(grad(exact, at))", at, value);
    double want = session_number(s, "want"), got = 0, error = 0;
    ck_assert_msg(isfinite(want), "%s: the gradient of %s is %g", distribution, value, want);
    for (int lanes = 500; lanes <= 32000; lanes *= 4) {
        family_run(s, "fn one(v, k) { with seed(k) { mean(plate particles(s in 0..%d) { x = sample(\"x\", %s); %s }) } }\n"
                      "gs = zeros(100)\nfor k in 0..100 { gs[k] = sum(grad(fn(v) { one(v, k) }, at)) }\n"
                      "got = mean(gs)\nerror = stddev(gs) / 10",
                   lanes, distribution, function);
        got = session_number(s, "got");
        error = session_number(s, "error");
        if (0.2 * fabs(want) > 2 * bound * error || (fabs(want) < 1e-9 && lanes == 500)) break;
    }
    ck_assert_msg(fabs(got - want) <= bound * error + 1e-8 * (1 + fabs(want)), "%s, E %s at %s: gradient %g +- %g instead of %g", distribution,
                  function, at, got, error, want);
    ck_assert_msg(fabs(want) < 1e-9 || fabs(1.2 * got - want) > bound * error, "%s, E %s at %s: an error of 20 %% would pass (%g +- %g)",
                  distribution, function, at, got, error);
}

static void check_lines(const char *word) {
    for (const FamilyLine *line = NULL; (line = family_next(&f, word, line));) {
        ck_assert_msg(line->n == 4, "%s, line %u: a %s line has four fields", f.row->name, line->number, word);
        check(line->field[0], line->field[1], line->field[2], line->field[3]);
    }
}

/* E x^2, or of vectors that of the sum of squares. */
static void check_squares(void) {
    const char *example = family_field(&f, "example");
    FamilyPart parts[FAMILY_PARTS];
    unsigned n = family_parts(s, example, parts);
    bool known = family_runs(s, "y = sum(%s.variance) + sum(%s.mean ^ 2)", example, example) && isfinite(session_number(s, "y"));
    ck_assert_msg(known || n == 0, "%s has no finite variance, and no moment lines", example);
    for (unsigned k = 0; k < n; k++) {
        char at[40], value[3 * FAMILY_TEXT];
        snprintf(at, sizeof at, "%.17g", parts[k].at);
        snprintf(value, sizeof value, "sum(%.1023s.variance) + sum(%.1023s.mean ^ 2)", parts[k].text, parts[k].text);
        check(at, parts[k].text, "sum(x ^ 2)", value);
    }
}

START_TEST(gradients) {
    f = family_read(_i);
    if (!f.lines) return;
    s = session_new(false);
    bool lines = family_lines(&f, "moment") + family_lines(&f, "learn") > 0;
    check_lines("moment");
    check_lines("learn");
    if (!lines) check_squares();
    session_close(s);
    family_free(&f);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("matrix paths");
    TCase *tests = tcase_create("matrix paths");
    tcase_add_loop_test(tests, gradients, 0, family_count());
    suite_add_tcase(suite, tests);
    return session_run_suite(suite);
}
