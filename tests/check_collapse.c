/* SPDX-License-Identifier: GPL-3.0-or-later
   Sums from sufficient statistics against the plain sums, and when they may be used. */
#include <check.h>
#include <math.h>
#include <stdlib.h>

#include "tests/families.h"
#include "tests/lanes.h"

static State *S;

static void open_state(void) {
    S = elbo_open(NULL);
    ck_assert_ptr_nonnull(S);
}

static void close_state(void) { elbo_close(S); }

/* Data for a family: draws from it, or from Normal(mean, 1) if mean is not 0. */
static Value make_data(const Family *f, size_t n, double mean) {
    const DistributionRow *normal = distribution_find("Normal");
    Distribution *d = mean == 0 ? family_make(S, f, f->p)
                                : distribution_new(S, normal, (Value[]){value_number(mean), value_number(1)});
    return value_detached(distribution_sample(S, d, random_key(S, string_of(S, "x")), n));
}

/* The plain sum of log densities and their partials, in long double. */
static long double plain_sum(const Family *f, const double *x, size_t n, const double *p, long double *gradient) {
    long double sum = 0;
    for (unsigned k = 0; k < DISTRIBUTION_PARAMETERS; k++) gradient[k] = 0;
    for (size_t i = 0; i < n; i++) {
        double g[1 + DISTRIBUTION_PARAMETERS];
        sum += family_gradient(S, f, x[i], p, g);
        for (unsigned k = 0; k < distribution_find(f->name)->n_parameters; k++) gradient[k] += g[k + 1];
    }
    return sum;
}

static void assert_near(double got, long double want, long double size, const char *name) {
    ck_assert_msg(fabsl(got - want) <= 1e-12L * size, "%s: %.17g instead of %.17Lg", name, got, want);
}

/* A parameter that the statistics depend on is a constant. */
static uint64_t leaf_for(const DistributionRow *row, unsigned k) {
    return row->statistics_given && k == 0 ? 0 : tape_leaf(S, S->scalar);
}

/* One score of n data with parameters on the tape, which must be the plain sum; `mean` sets Normal data far from 0. */
static void check_sum(const Family *f, size_t n, double mean, const double *p) {
    const DistributionRow *row = distribution_find(f->name);
    Value data = make_data(f, n, mean);
    tape_begin(S);
    Value parameters[DISTRIBUTION_PARAMETERS];
    for (unsigned k = 0; k < row->n_parameters; k++) parameters[k] = value_dual(p[k], leaf_for(row, k));
    Distribution *d = distribution_new(S, row, parameters);
    Value score = distribution_score(S, d, data, NULL, 0, NULL);
    ck_assert(data.as.array->cache && data.as.array->cache->statistics_of == row);
    long double gradient[DISTRIBUTION_PARAMETERS];
    long double sum = plain_sum(f, data.as.array->data, n, p, gradient);
    assert_near(score.as.number, sum, fabsl(sum) + 1, f->name);
    tape_reverse(S, score);
    for (unsigned k = 0; k < row->n_parameters; k++) {
        if (!parameters[k].node) continue;
        const double *adjoint = tape_adjoint(S, parameters[k].node);
        assert_near(adjoint ? adjoint[0] : 0, gradient[k], (long double)n * 10 + fabsl(gradient[k]), f->name);
    }
    tape_end(S);
}

START_TEST(equals_the_plain_sum) {
    static const size_t sizes[] = {2, 7, 8, 1000, 1024, 10001};
    for (int k = 0; k < n_families; k++)
        for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++)
            if (distribution_find(families[k].name)->statistics) check_sum(&families[k], sizes[s], 0, families[k].p);
}
END_TEST

static const Family *family(const char *name) {
    for (int k = 0; k < n_families; k++)
        if (strcmp(families[k].name, name) == 0) return &families[k];
    ck_abort_msg("no family %s", name);
    return NULL;
}

/* Raw sums of squares would leave four digits here. */
START_TEST(far_from_zero) {
    check_sum(family("Normal"), 10000, 1e6, (double[]){1e6, 1});
    check_sum(family("Normal"), 10000, 1e6, (double[]){1e6 + 0.3, 0.9});
    check_sum(family("Normal"), 10000, -1e9, (double[]){-1e9, 2});
    check_sum(family("LogNormal"), 10000, 1e6, (double[]){13.8, 1e-6});
}
END_TEST

/* With lanes on the parameters, missing data, a mask over the remaining lanes, and an axis that nothing has. */
START_TEST(lanes_and_missing) {
    const Family *f = family("Normal");
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
    double total = 0, by_sigma = 0;
    for (size_t s = 0; s < 3; s++) {
        double sum = 0, g[1 + DISTRIBUTION_PARAMETERS], by_mu = 0;
        for (int i = 0; i < 20; i++) {
            if (i % 5 == 3 || s == 1) continue;
            sum += 4 * family_gradient(S, f, x->data[i], (double[]){mu->data[s], 0.8}, g);
            by_mu += 4 * g[1];
            by_sigma += 4 * g[2];
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

/* Data out of the support: -inf, with a gradient of 0. */
START_TEST(outside) {
    for (int k = 0; k < n_families; k++) {
        const DistributionRow *row = distribution_find(families[k].name);
        if (!row->statistics) continue;
        for (int bad = 0; bad < 2; bad++) {
            double x[6];
            memcpy(x, families[k].x, sizeof x);
            x[4] = bad ? NAN : -1e300;
            if (!bad && strcmp(families[k].name, "Normal") == 0) continue;
            tape_begin(S);
            Value parameters[DISTRIBUTION_PARAMETERS];
            for (unsigned j = 0; j < row->n_parameters; j++)
                parameters[j] = value_dual(families[k].p[j], leaf_for(row, j));
            Value data = value_array(array_vector(S, 6, x), 0);
            Value score = distribution_score(S, distribution_new(S, row, parameters), data, NULL, 0, NULL);
            ck_assert_msg(score.as.number == -INFINITY, "%s: %g", row->name, score.as.number);
            tape_reverse(S, score);
            for (unsigned j = 0; j < row->n_parameters; j++) {
                const double *adjoint = parameters[j].node ? tape_adjoint(S, parameters[j].node) : NULL;
                ck_assert_msg(!adjoint || adjoint[0] == 0, "%s: %g", row->name, adjoint[0]);
            }
            tape_end(S);
        }
    }
}
END_TEST

/* Seen through a plate's lanes or as a vector, the same bits; a part of the data has statistics of its own. */
START_TEST(views) {
    Value data = make_data(family("Normal"), 1000, 3);
    Distribution *d = family_make(S, family("Normal"), (double[]){2.9, 1.1});
    Value whole = distribution_score(S, d, data, NULL, 0, NULL);
    lanes_enter(S, "data", 1000, 0);
    Axis *axes[] = {S->plates[0].axis};
    Array *lanes = array_view(S, data.as.array, S->lanes);
    Value in_plate = distribution_score(S, d, value_array(lanes, 0), NULL, 1, axes);
    ck_assert_mem_eq(&whole.as.number, &in_plate.as.number, sizeof(double));
    ck_assert_ptr_null(lanes->cache);
    Array *part = array_view(S, data.as.array, layout_vector(S, 10));
    Value some = distribution_score(S, d, value_array(part, 0), NULL, 0, NULL);
    long double gradient[DISTRIBUTION_PARAMETERS];
    assert_near(some.as.number, plain_sum(family("Normal"), part->data, 10, (double[]){2.9, 1.1}, gradient), 10, "part");
}
END_TEST

int main(void) {
    Suite *suite = suite_create("collapse");
    TCase *tests = tcase_create("collapse");
    tcase_add_checked_fixture(tests, open_state, close_state);
    tcase_add_test(tests, equals_the_plain_sum);
    tcase_add_test(tests, far_from_zero);
    tcase_add_test(tests, lanes_and_missing);
    tcase_add_test(tests, outside);
    tcase_add_test(tests, views);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
