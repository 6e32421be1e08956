/* SPDX-License-Identifier: GPL-3.0-or-later
   Sums of log densities of many data, for all families of the registry: by whatever way they are computed (from sufficient
   statistics, from distinct values with their counts) they and their gradients are those of the plain sums. */
#include <math.h>

#include "tests/family_data.h"

enum { MOST_DATA = 10001 };

static Session *s;
static FamilyData f;
static FamilyPart parts[FAMILY_PARTS];
static unsigned n_parts;

/* False: nothing is to be done; so for draws that are matrices, which come one by one. */
static bool open_family(int k) {
    f = family_read(k);
    if (!f.lines) return false;
    s = session_new(false);
    n_parts = family_parts(s, family_field(&f, "example"), parts);
    return family_distribution(s, family_field(&f, "example"))->layout->rank < 2;
}

static void close_family(void) {
    session_close(s);
    family_free(&f);
}

/* The sum of the numbers of a vector, and of their absolute values. */
static long double sum_of(const char *variable, unsigned n, long double *size) {
    static double y[MOST_DATA];
    long double sum = 0;
    ck_assert_int_eq(elbo_get_vector(s->state, variable, y, MOST_DATA), n);
    *size = 1;
    for (unsigned i = 0; i < n; i++) {
        sum += (long double)y[i];
        *size += fabsl((long double)y[i]);
    }
    return sum;
}

static void assert_near(double got, long double want, long double size, const char *text, const char *what, unsigned n) {
    ck_assert_msg(fabsl(got - want) <= 1e-12L * size, "%s, %s of %u data: %.17g instead of %.17Lg, of size %.3Lg", text, what, n, got, want, size);
}

/* The score of the n data in `x` as a vector and in a plate, and its gradient by the part's number. */
static void check_sum(const FamilyPart *part, double at, unsigned n) {
    family_run(s, "at = %.17g\nfn dist(v) { %s }\nfn score(v) { log_prob(trace(fn() { obs(\"x\", dist(v), x) })()) }\ny = score(at)\n"
                  "g = grad(score, at)\nz = log_prob(trace(fn() { plate d(i in 0..%u) { obs x[i] ~ dist(at) } })())\n"
                  "each = dist(at).log_prob(x)\n"
                  "slopes = grad(fn(ps) { sum(plate d(i in 0..%u) { dist(ps[i]).log_prob(x[i]) }) }, at + zeros(%u))",
               at, part->text, n, n, n);
    double y = session_number(s, "y"), z = session_number(s, "z");
    ck_assert_msg(memcmp(&y, &z, sizeof y) == 0, "%s: %.17g of a vector, %.17g in a plate", part->text, y, z);
    long double size, sum = sum_of("each", n, &size);
    assert_near(y, sum, size, part->text, "the score", n);
    sum = sum_of("slopes", n, &size);
    assert_near(session_number(s, "g"), sum, size, part->text, "the gradient", n);
}

/* Whether the sum came from the statistics that the family has. */
static bool collapsed(void) {
    Value x = family_value(s, "x");
    const ArrayCache *cache = x.as.array->base ? x.as.array->base->cache : x.as.array->cache;
    if (f.row->composed) return !f.row->composed->statistics || (cache && cache->joint_of == f.row);
    return !f.row->statistics || (cache && cache->statistics_of == f.row);
}

START_TEST(equals_the_plain_sum) {
    static const unsigned sizes[] = {2, 7, 8, 1000, 1024, MOST_DATA};
    if (!open_family(_i)) return;
    for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
        family_run(s, "with seed(9) { x = draw(%s, %u) }", family_field(&f, "example"), sizes[k]);
        for (unsigned p = 0; p < n_parts; p++) check_sum(&parts[p], parts[p].at, sizes[k]);
        ck_assert_msg(n_parts == 0 || collapsed(), "%s: %u data are not collapsed", f.row->name, sizes[k]);
    }
    close_family();
}
END_TEST

/* Data at 1e6 where the support allows (of families of numbers), with the example's parameters; and with a location that goes with them. Raw sums of squares
   would leave four digits there. */
START_TEST(far_from_zero) {
    if (!open_family(_i)) return;
    const char *example = family_field(&f, "example");
    bool allowed = family_distribution(s, example)->layout->rank == 0 && family_runs(s, "y = %s.log_prob(1e6 + draw(%s, 2)[0])", example, example) && isfinite(session_number(s, "y"));
    for (unsigned p = 0; allowed && p < n_parts; p++) {
        family_run(s, "with seed(9) { x = 1e6 + draw(%s, 1000) }", example);
        check_sum(&parts[p], parts[p].at, 1000);
    }
    if (f.row->location_scale) {
        family_run(s, "v = 1e6\nwith seed(9) { x = draw(%s, 1000) }", parts[f.row->location].text);
        check_sum(&parts[f.row->location], 1e6 + 0.3, 1000);
    }
    close_family();
}
END_TEST

START_TEST(missing_data) {
    if (!open_family(_i)) return;
    family_run(s, "with seed(9) { x = draw(%s, 100) }\nfor i in 0..20 { x[5 * i + 3] = missing * x[5 * i + 3] }", family_field(&f, "example"));
    for (unsigned p = 0; p < n_parts; p++) check_sum(&parts[p], parts[p].at, 100);
    close_family();
}
END_TEST

/* One that is out of the support: -inf, with a gradient of 0 where the sum is one whole, and never NaN. */
START_TEST(outside) {
    if (!open_family(_i)) return;
    for (const FamilyLine *line = NULL; (line = family_next(&f, "outside", line));)
        for (unsigned p = 0; p < n_parts; p++) {
            family_run(s, "with seed(9) { x = draw(%s, 20) }\nx[4] = %s\nfn score(v) { log_prob(trace(fn() { obs(\"x\", %s, x) })()) }\n"
                          "y = score(%.17g)\ng = grad(score, %.17g)",
                       family_field(&f, "example"), line->field[0], parts[p].text, parts[p].at, parts[p].at);
            bool whole = f.row->composed ? f.row->composed->statistics != NULL : f.row->statistics != NULL;
            double g = session_number(s, "g");
            ck_assert_msg(session_number(s, "y") == -INFINITY && !isnan(g) && (!whole || g == 0), "%s with %s among the data: %g, gradient %g",
                          parts[p].text, line->field[0], session_number(s, "y"), g);
        }
    close_family();
}
END_TEST

int main(void) {
    Suite *suite = suite_create("matrix collapse");
    TCase *tests = tcase_create("matrix collapse");
    tcase_add_loop_test(tests, equals_the_plain_sum, 0, family_count());
    tcase_add_loop_test(tests, far_from_zero, 0, family_count());
    tcase_add_loop_test(tests, missing_data, 0, family_count());
    tcase_add_loop_test(tests, outside, 0, family_count());
    suite_add_tcase(suite, tests);
    return session_run_suite(suite);
}
