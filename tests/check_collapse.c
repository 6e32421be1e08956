/* SPDX-License-Identifier: GPL-3.0-or-later
   When sums from sufficient statistics may be used, and how exact they are far from 0; check_matrix_collapse.c has all families. */
#include <check.h>
#include <math.h>
#include <stdlib.h>

#include "runtime/distribution.h"
#include "tests/lanes.h"

static State *S;

static void open_state(void) {
    S = elbo_open(NULL);
    ck_assert_ptr_nonnull(S);
}

static void close_state(void) { elbo_close(S); }

/* The log density of Normal(mu, sigma) at x, and its partials for mu and sigma. */
static double normal(double x, double mu, double sigma, double gradient[2]) {
    double z = (x - mu) / sigma;
    gradient[0] = z / sigma;
    gradient[1] = (z * z - 1) / sigma;
    return -0.5 * z * z - log(sigma) - 0.5 * log(2 * M_PI);
}

static Distribution *make(const char *name, double mu, double sigma) {
    return distribution_new(S, distribution_find(name), (Value[]){value_number(mu), value_number(sigma)});
}

static Value make_data(size_t n, double mean) {
    return value_detached(distribution_sample(S, make("Normal", mean, 1), random_key(S, string_of(S, "x")), n));
}

/* Raw sums of squares would leave four digits here, of LogNormal data at 1e6 too. */
START_TEST(far_from_zero) {
    for (int is_log = 0; is_log < 2; is_log++) {
        double mu = is_log ? 13.8 : -1e9, sigma = is_log ? 1e-6 : 2, g[2];
        Value data = make_data(10000, is_log ? 1e6 : -1e9);
        const double *x = data.as.array->data;
        long double sum = 0;
        for (int i = 0; i < 10000; i++) sum += normal(is_log ? log(x[i]) : x[i], mu, sigma, g) - (is_log ? log(x[i]) : 0);
        Value score = distribution_score(S, make(is_log ? "LogNormal" : "Normal", mu, sigma), data, NULL, 0, NULL);
        ck_assert(data.as.array->cache && data.as.array->cache->statistics_of);
        ck_assert_msg(fabsl(score.as.number - sum) <= 1e-12L * fabsl(sum), "%.17g instead of %.17Lg", score.as.number, sum);
    }
}
END_TEST

/* With lanes on the parameters, missing data, a mask over the remaining lanes, and an axis that nothing has. */
START_TEST(lanes_and_missing) {
    lanes_enter(S, "particles", 3, 0);
    Axis *particles = S->plates[0].axis;
    const Layout *outer = S->lanes;
    lanes_enter(S, "data", 20, 0);
    lanes_enter(S, "again", 4, 0);
    Axis *axes[] = {S->plates[1].axis, S->plates[2].axis};
    const Layout *over_data = layout_intern(S, 1, axes, 0, NULL);
    Array *x = array_new(S, over_data), *mu = array_new(S, outer), *mask = array_new(S, outer);
    for (int i = 0; i < 20; i++) x->data[i] = i % 5 == 3 ? missing_number() : i * 0.37;
    mask->boolean = true;
    for (int s = 0; s < 3; s++) {
        mu->data[s] = s - 0.5;
        mask->data[s] = s != 1;
    }
    tape_begin(S);
    Value parameters[] = {value_array(mu, tape_leaf(S, outer)), value_dual(0.8, tape_leaf(S, S->scalar))};
    Distribution *d = distribution_new(S, distribution_find("Normal"), parameters);
    Value score = distribution_score(S, d, value_array(x, 0), mask, 2, axes);
    ck_assert(x->cache && x->cache->statistics_of == d->row);
    Value all = distribution_score(S, d, value_array(x, 0), mask, 3, (Axis *[]){particles, axes[0], axes[1]});
    double total = 0, by_sigma = 0, g[2];
    for (size_t s = 0; s < 3; s++) {
        double sum = 0, by_mu = 0;
        for (int i = 0; i < 20; i++) {
            if (i % 5 == 3 || s == 1) continue;
            sum += 4 * normal(x->data[i], mu->data[s], 0.8, g);
            by_mu += 4 * g[0];
            by_sigma += 4 * g[1];
        }
        ck_assert_double_eq_tol(lanes_element(S, score, 0, &s), sum, 1e-11);
        total += sum;
        tape_reverse(S, all);
        ck_assert_double_eq_tol(tape_adjoint(S, parameters[0].node)[s], by_mu, 1e-11);
    }
    ck_assert_double_eq_tol(all.as.number, total, 1e-11);
    tape_reverse(S, all);
    ck_assert_double_eq_tol(tape_adjoint(S, parameters[1].node)[0], by_sigma, 1e-10);
    tape_end(S);
}
END_TEST

/* Seen through a plate's lanes or as a vector, the same bits; a part of the data has statistics of its own. */
START_TEST(views) {
    Value data = make_data(1000, 3);
    Distribution *d = make("Normal", 2.9, 1.1);
    Value whole = distribution_score(S, d, data, NULL, 0, NULL);
    lanes_enter(S, "data", 1000, 0);
    Axis *axes[] = {S->plates[0].axis};
    Array *lanes = array_view(S, data.as.array, S->lanes);
    Value in_plate = distribution_score(S, d, value_array(lanes, 0), NULL, 1, axes);
    ck_assert_mem_eq(&whole.as.number, &in_plate.as.number, sizeof(double));
    ck_assert_ptr_null(lanes->cache);
    Array *part = array_view(S, data.as.array, layout_vector(S, 10));
    Value some = distribution_score(S, d, value_array(part, 0), NULL, 0, NULL);
    double sum = 0, g[2];
    for (int i = 0; i < 10; i++) sum += normal(part->data[i], 2.9, 1.1, g);
    ck_assert_double_eq_tol(some.as.number, sum, 1e-11);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("collapse");
    TCase *tests = tcase_create("collapse");
    tcase_add_checked_fixture(tests, open_state, close_state);
    tcase_add_test(tests, far_from_zero);
    tcase_add_test(tests, lanes_and_missing);
    tcase_add_test(tests, views);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
