/* SPDX-License-Identifier: GPL-3.0-or-later
   Log densities of all families of the registry: in lanes, broadcast, masked, missing, out of the support, and 1 in all. */
#include <math.h>

#include <gsl/gsl_errno.h>
#include <gsl/gsl_integration.h>

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

/* Values that are a vector or a matrix can be told apart by a plate's index. */
static bool by_lane(void) { return family_value(s, "x").tag == VALUE_ARRAY; }

enum { VALUES = 64 };

static double lane(const char *variable, unsigned k) {
    double y[VALUES];
    ck_assert_int_gt(elbo_get_vector(s->state, variable, y, VALUES), (long)k);
    return y[k];
}

static void assert_bits(double alone, double other, const char *what, const char *where) {
    ck_assert_msg(memcmp(&alone, &other, sizeof alone) == 0 || (alone == 0 && other == 0), "%s: %.17g alone, %.17g %s", what, alone, other, where);
}

/* A log density does not depend on what is computed beside it: the same bits. */
START_TEST(lanes) {
    if (!open_family(_i)) return;
    for (const FamilyLine *line = NULL; (line = family_next(&f, "example", line));) {
        unsigned n = family_values(s, &f);
        if (!family_values_fit(s, &f, line)) continue;
        family_run(s, "d = %s", line->field[0]);
        if (by_lane()) family_run(s, "y = plate data(i in 0..n) { d.log_prob(x[i]) }");
        for (unsigned k = 0; k < n; k++) {
            family_run(s, "one = d.log_prob(x[%u])", k);
            if (!by_lane()) family_run(s, "y = plate data(i in 0..n) { d.log_prob(x[%u] + 0 * i) }", k);
            assert_bits(session_number(s, "one"), lane("y", k), line->field[0], "in a lane");
        }
    }
    close_family();
}
END_TEST

/* Two lanes of a parameter against the lanes of data: each element is what the numbers give alone, and the gradient of the sum is
   the sum of their gradients. */
START_TEST(broadcasting) {
    if (!open_family(_i)) return;
    FamilyPart parts[FAMILY_PARTS];
    unsigned n_parts = family_parts(s, family_field(&f, "example"), parts), n = family_values(s, &f);
    if (n > 6) n = 6;
    for (unsigned p = 0; p < n_parts; p++) {
        double at[2] = {parts[p].at, parts[p].at + 5e-5 * fmax(fabs(parts[p].at), 0.1)};
        const char *value = by_lane() ? "x[i]" : "x[0] + 0 * i";
        family_run(s, "ps = [%.17g, %.17g]\nn = %u\nfn each(v) { plate b(i in 0..n) { %s.log_prob(%s) } }\n"
                      "all = plate a(k in 0..2) { each(ps[k]) }\ny0 = all[0]\ny1 = all[1]\n"
                      "g = grad(fn(ps) { sum(plate a(k in 0..2) { sum(each(ps[k])) }) }, ps)",
                   at[0], at[1], n, parts[p].text, value);
        double total[2] = {0};
        for (unsigned k = 0; k < n; k++)
            for (unsigned j = 0; j < 2; j++) {
                family_run(s, "fn one(v) { %s.log_prob(x[%u]) }\nz = one(%.17g)\nslope = grad(one, %.17g)", parts[p].text,
                           by_lane() ? k : 0, at[j], at[j]);
                assert_bits(session_number(s, "z"), lane(j ? "y1" : "y0", k), parts[p].text, "broadcast");
                total[j] += session_number(s, "slope");
            }
        for (unsigned j = 0; j < 2; j++)
            ck_assert_msg(fabs(lane("g", j) - total[j]) <= 1e-12 * (1 + fabs(total[j])) * n, "%s: gradient %.17g instead of %.17g", parts[p].text,
                          lane("g", j), total[j]);
    }
    close_family();
}
END_TEST

/* What is masked off or missing counts exactly 0, in the sum and in the gradient, whatever stands there. */
START_TEST(masks_and_missing) {
    if (!open_family(_i)) return;
    FamilyPart parts[FAMILY_PARTS];
    unsigned n_parts = family_parts(s, family_field(&f, "example"), parts), n = family_values(s, &f);
    if (!by_lane()) n_parts = 0; /* data that are matrices come one by one */
    for (unsigned p = 0; p < n_parts; p++) {
        double sum = 0, slopes = 0;
        for (unsigned k = 0; k < 4; k++) {
            if (k == 2) continue;
            family_run(s, "fn one(v) { %s.log_prob(x[%u]) }\nz = one(%.17g)\nslope = grad(one, %.17g)", parts[p].text, k % n, parts[p].at,
                       parts[p].at);
            sum += session_number(s, "z");
            slopes += session_number(s, "slope");
        }
        family_run(s, "x6 = [x[0], x[1 %% n], x[2 %% n], x[3 %% n], x[4 %% n], x[5 %% n]]\nx6[2] = missing * x6[2]\n"
                      "ps = %.17g + zeros(6)\nps[4] = nan\nps[5] = inf\n"
                      "model m(ps) { plate b(i in 0..6) { if i < 4 { v = ps[i]; obs x6[i] ~ %s } } }\n"
                      "fn f(ps) { log_prob(trace(m)(ps)) }\ny = f(ps)\ng = grad(f, ps)",
                   parts[p].at, parts[p].text);
        double y = session_number(s, "y"), got = 0;
        ck_assert_msg(y == sum || fabs(y - sum) <= 1e-13 * (1 + fabs(sum)), "%s: %.17g instead of %.17g", parts[p].text, y, sum);
        for (unsigned k = 0; k < 6; k++) {
            got += lane("g", k);
            ck_assert_msg((k != 2 && k < 4) || lane("g", k) == 0, "%s: gradient %g in lane %u", parts[p].text, lane("g", k), k);
        }
        ck_assert_msg(fabs(got - slopes) <= 1e-12 * (1 + fabs(slopes)), "%s: gradient %.17g instead of %.17g", parts[p].text, got, slopes);
    }
    close_family();
}
END_TEST

/* ---- Out of the support ---- */

/* Nothing there has a gradient, by the parameters or by the value. */
static void assert_no_gradient(const FamilyPart *part, const char *value) {
    family_run(s, "fn f(v) { %s.log_prob(%s) }\ng = grad(f, %.17g)", part->text, value, part->at);
    ck_assert_msg(session_number(s, "g") == 0, "%s at %s: gradient %g", part->text, value, session_number(s, "g"));
}

static void assert_no_value_gradient(const char *example, const char *value) {
    if (f.row->discrete || !family_runs(s, "w = %s\ng = sum(abs(grad(fn(w) { %s.log_prob(w) }, w)))", value, example)) return;
    ck_assert_msg(session_number(s, "g") == 0, "%s at %s: gradient %g for the value", example, value, session_number(s, "g"));
}

START_TEST(outside) {
    if (!open_family(_i)) return;
    const char *example = family_field(&f, "example");
    FamilyPart parts[FAMILY_PARTS];
    unsigned n_parts = family_parts(s, example, parts);
    ck_assert_msg(family_lines(&f, "outside"), "%s: nothing is outside", f.row->name);
    for (const FamilyLine *line = NULL; (line = family_next(&f, "outside", line));) {
        family_run(s, "y = %s.log_prob(%s)", example, line->field[0]);
        ck_assert_msg(session_number(s, "y") == -INFINITY, "%s at %s: %g", example, line->field[0], session_number(s, "y"));
        for (unsigned p = 0; p < n_parts; p++) assert_no_gradient(&parts[p], line->field[0]);
        assert_no_value_gradient(example, line->field[0]);
    }
    close_family();
}
END_TEST

/* No number, however strange, gives NaN, and where the density is 0 or infinite no gradient. */
START_TEST(strange_values) {
    static const char *const strange[] = {"nan", "inf", "-inf", "0", "-0.0", "1", "-1", "0.5", "2", "5e-324", "-5e-324", "2.2250738585072014e-308",
                                          "1.7976931348623157e308", "-1.7976931348623157e308", "1e200", "-1e200", "1e300"};
    if (!open_family(_i)) return;
    family_values(s, &f);
    for (const FamilyLine *line = NULL; (line = family_next(&f, "example", line));) {
        Value x = family_value(s, "x");
        if (x.tag != VALUE_ARRAY || x.as.array->layout->rank > 1) break; /* no family of numbers */
        FamilyPart parts[FAMILY_PARTS];
        unsigned n_parts = family_parts(s, line->field[0], parts);
        for (size_t k = 0; k < sizeof strange / sizeof *strange; k++) {
            family_run(s, "y = %s.log_prob(%s)", line->field[0], strange[k]);
            double y = session_number(s, "y");
            ck_assert_msg(!isnan(y), "%s at %s is NaN", line->field[0], strange[k]);
            if (isinf(y)) assert_no_value_gradient(line->field[0], strange[k]);
            for (unsigned p = 0; p < n_parts; p++) {
                family_run(s, "g = grad(fn(v) { %s.log_prob(%s) }, %.17g)", parts[p].text, strange[k], parts[p].at);
                double g = session_number(s, "g");
                ck_assert_msg(!isnan(g) && (isfinite(y) || g == 0), "%s at %s: gradient %g", parts[p].text, strange[k], g);
            }
        }
    }
    close_family();
}
END_TEST

/* ---- Normalisation ---- */

static double density(double x, void *context) {
    (void)context;
    elbo_set_number(s->state, "at", x);
    family_run(s, "y = d.log_prob(at)");
    return exp(session_number(s, "y"));
}

/* In pieces that double away from the middle of the values, because integrands with a peak far from the middle, or with a long tail,
   are easily missed. */
static double integral(double low, double high) {
    double x[VALUES], total = 0, from = low, middle = 0;
    int n = (int)elbo_get_vector(s->state, "x", x, VALUES);
    for (int k = 0; k < n; k++) middle += x[k] / n;
    middle = fmin(fmax(middle, low), high);
    gsl_integration_workspace *space = gsl_integration_workspace_alloc(1000);
    gsl_function g = {density, NULL};
    for (int k = -60; k <= 60 && from < high; k++) {
        double to = k == 60 ? high : middle + (k < 0 ? -ldexp(1, -k - 30) : k == 0 ? 0 : ldexp(1, k - 30)), part, error;
        to = fmin(to, high);
        if (to <= from) continue;
        gsl_integration_qags(&g, from, to, 1e-12, 1e-9, 1000, space, &part, &error);
        total += part;
        from = to;
    }
    gsl_integration_workspace_free(space);
    return total;
}

START_TEST(normalisation) {
    if (!open_family(_i)) return;
    const char *range = family_field(&f, "range"), *sum = family_field(&f, "total");
    if (!distribution_is_fixed(f.row)) {
        double total = 0, low, high;
        gsl_set_error_handler_off(); /* a singularity at an end of the support costs accuracy, which is what is looked at */
        if (range) family_values(s, &f);
        ck_assert_msg(range || sum, "%s has neither a range nor a total", f.row->name);
        family_run(s, "d = %s", family_field(&f, "example"));
        if (sum) {
            family_run(s, "y = %s", sum);
            total = session_number(s, "y");
        } else {
            ck_assert_int_eq(sscanf(range, "%lf %lf", &low, &high), 2);
            if (f.row->discrete)
                for (double x = low; x <= high; x++) total += density(x, NULL);
            else
                total = integral(low, high);
        }
        ck_assert_msg(fabs(total - 1) < 1e-8, "%s is %.12g in all", family_field(&f, "example"), total);
    }
    close_family();
}
END_TEST

int main(void) {
    Suite *suite = suite_create("matrix density");
    TCase *tests = tcase_create("matrix density");
    tcase_add_loop_test(tests, lanes, 0, family_count());
    tcase_add_loop_test(tests, broadcasting, 0, family_count());
    tcase_add_loop_test(tests, masks_and_missing, 0, family_count());
    tcase_add_loop_test(tests, outside, 0, family_count());
    tcase_add_loop_test(tests, strange_values, 0, family_count());
    tcase_add_loop_test(tests, normalisation, 0, family_count());
    suite_add_tcase(suite, tests);
    return session_run_suite(suite);
}
