/* SPDX-License-Identifier: GPL-3.0-or-later
   Gradients of all families of the registry against central differences: of log densities, by the value and by every number of the
   examples, and of everything that a distribution may be asked for. */
#include <math.h>

#include "tests/family_data.h"

static Session *s;
static FamilyData f;

/* False: nothing is to be done. */
static bool open_family(int k) {
    f = family_read(k);
    if (!f.lines) return false;
    s = session_new(false);
    return true;
}

static void close_family(void) {
    session_close(s);
    family_free(&f);
}

/* The slope of the program's function f by differences of fourth order; NaN where f is infinite near by. */
static double slope(double at, double step) {
    double y[4];
    family_run(s, "y = [f(%.17g), f(%.17g), f(%.17g), f(%.17g)]", at - 2 * step, at - step, at + step, at + 2 * step);
    ck_assert_int_eq(elbo_get_vector(s->state, "y", y, 4), 4);
    for (int k = 0; k < 4; k++)
        if (!isfinite(y[k])) return NAN;
    return (y[0] - 8 * y[1] + 8 * y[2] - y[3]) / (12 * step);
}

/* f's gradient against differences; `noise` is how exact f is, relative to itself. */
static void compare(const char *text, const char *what, double at, double noise) {
    double step = 4e-5 * fmax(fabs(at), 0.1);
    family_run(s, "at = %.17g\nvalue = f(at)\ng = grad(f, at)", at);
    double value = session_number(s, "value"), g = session_number(s, "g"), near = slope(at, step);
    if (!isfinite(value) || isnan(near)) return;
    double tolerance = 2e-7 * (1 + fabs(near)) + noise * fabs(value) / step;
    ck_assert_msg(fabs(g - near) <= tolerance, "%s %s at %.17g: gradient %.12g, by differences %.12g", text, what, at, g, near);
}

/* ---- Log densities ---- */

START_TEST(log_densities_by_parameters) {
    if (!open_family(_i)) return;
    for (const FamilyLine *line = NULL; (line = family_next(&f, "example", line));) {
        FamilyPart parts[FAMILY_PARTS];
        unsigned n_parts = family_parts(s, line->field[0], parts), n = family_values(s, &f);
        if (!family_values_fit(s, &f, line)) continue;
        for (unsigned p = 0; p < n_parts; p++)
            for (unsigned k = 0; k < n && k < 6; k++) {
                family_run(s, "fn f(v) { %s.log_prob(x[%u]) }", parts[p].text, k);
                compare(parts[p].text, "log_prob", parts[p].at, 1e-14);
            }
    }
    close_family();
}
END_TEST

/* Of values that are a whole, along directions. */
START_TEST(log_densities_by_value) {
    if (!open_family(_i)) return;
    unsigned n = family_values(s, &f);
    for (const FamilyLine *line = NULL; !f.row->discrete && !distribution_is_fixed(f.row) && (line = family_next(&f, "example", line));) {
        if (!family_values_fit(s, &f, line)) continue;
        for (unsigned k = 0; k < n && k < 6; k++) {
            family_run(s, "d = %s\ncentre = x[%u]", line->field[0], k);
            Value centre = family_value(s, "centre");
            if (centre.tag == VALUE_NUMBER) {
                family_run(s, "fn f(v) { d.log_prob(v) }");
                compare(line->field[0], "log_prob by the value", centre.as.number, 1e-14);
            } else if (family_runs(s, "way = centre\nfn f(v) { d.log_prob(centre + v * cos(1 + 3 * centre)) }\nf(0)")) {
                compare(line->field[0], "log_prob along a direction", 0, 1e-14);
            }
        }
    }
    close_family();
}
END_TEST

/* ---- Formulas ---- */

static bool has_formula(const DistributionRow *row, const char *name) {
    for (int k = 0; k < DISTRIBUTION_FORMULAS && row->formulas[k].name; k++)
        if (strcmp(row->formulas[k].name, name) == 0) return true;
    return false;
}

/* The question as it is asked behind a distribution: `.mean`, `.cdf(x[2])`. */
static void question_text(const DistributionQuestion *q, char *text, size_t size) {
    const char *argument = !q->argument ? NULL : strstr(q->name, "quantile") ? "0.37" : strcmp(q->name, "kl") == 0 ? "other" : "x[2 % n]";
    snprintf(text, size, argument ? ".%s(%s)" : ".%s", q->name, argument);
}

/* Answers that are vectors or matrices are summed up. */
START_TEST(formulas) {
    if (!open_family(_i)) return;
    const FamilyLine *first = family_next(&f, "example", NULL), *second = family_next(&f, "example", first);
    FamilyPart parts[FAMILY_PARTS];
    unsigned n_parts = family_parts(s, first->field[0], parts);
    family_values(s, &f);
    ck_assert_msg(second, "%s has only one example", f.row->name);
    /* what has no divergence to it has one to itself */
    bool comparable = family_runs(s, "y = %s.kl(%s)", first->field[0], second->field[0]);
    family_run(s, "other = %s", comparable ? second->field[0] : first->field[0]);
    for (const DistributionQuestion *q = distribution_questions; q->name; q++) {
        char question[64];
        question_text(q, question, sizeof question);
        if (strcmp(q->name, "support") == 0 || strcmp(q->name, "log_prob") == 0) continue;
        if (distribution_is_fixed(f.row) && q->argument) continue; /* a step */
        bool answers = family_runs(s, "y = %s%s", first->field[0], question);
        ck_assert_msg(answers || !has_formula(f.row, q->name), "%s%s\n%s", first->field[0], question, s->reports);
        for (unsigned p = 0; answers && p < n_parts; p++) {
            family_run(s, "fn f(v) { sum(%s%s) }", parts[p].text, question);
            /* some divergences are known only between distributions that share a parameter */
            if (strcmp(q->name, "kl") == 0 && !family_runs(s, "f(%.17g)", parts[p].at * 1.0001 + 1e-5)) continue;
            compare(parts[p].text, question, parts[p].at, 1e-13);
        }
    }
    close_family();
}
END_TEST

int main(void) {
    Suite *suite = suite_create("matrix gradient");
    TCase *tests = tcase_create("matrix gradient");
    tcase_add_loop_test(tests, log_densities_by_parameters, 0, family_count());
    tcase_add_loop_test(tests, log_densities_by_value, 0, family_count());
    tcase_add_loop_test(tests, formulas, 0, family_count());
    suite_add_tcase(suite, tests);
    return session_run_suite(suite);
}
