/* SPDX-License-Identifier: GPL-3.0-or-later
   Constraints: transforms and their derivatives, saturation, checks, errors in words. */
#include <check.h>
#include <float.h>
#include <math.h>

#include "runtime/constraint.h"
#include "tests/lanes.h"

static State *S;

static void open_state(void) {
    S = elbo_open(NULL);
    ck_assert_ptr_nonnull(S);
}

static void close_state(void) { elbo_close(S); }

/* Transforms, with bounds, each with numbers inside. */
static const struct {
    ConstraintIndex index;
    double bounds[2];
    double low, high; /* the set, as an open interval */
} transforms[] = {
    {CONSTRAINT_REAL, {0}, -INFINITY, INFINITY},
    {CONSTRAINT_POSITIVE, {0}, 0, INFINITY},
    {CONSTRAINT_NONNEGATIVE, {0}, 0, INFINITY},
    {CONSTRAINT_UNIT_INTERVAL, {0}, 0, 1},
    {CONSTRAINT_INTERVAL, {2, 5}, 2, 5},
    {CONSTRAINT_INTERVAL, {-1e6, 1e-3}, -1e6, 1e-3},
    {CONSTRAINT_INTERVAL, {1e6, 1e6 + 1}, 1e6, 1e6 + 1},
    {CONSTRAINT_INTERVAL, {0, 1e-200}, 0, 1e-200},
};

enum { N_TRANSFORMS = sizeof transforms / sizeof *transforms };

static Value transform(int which, Value u, const Value bounds[]) {
    return constraint_rows[transforms[which].index]->to_value(S, u, bounds);
}

static double value_at(int which, double u) {
    Value bounds[] = {value_number(transforms[which].bounds[0]), value_number(transforms[which].bounds[1])};
    return transform(which, value_number(u), bounds).as.number;
}

START_TEST(round_trip) {
    Value bounds[] = {value_number(transforms[_i].bounds[0]), value_number(transforms[_i].bounds[1])};
    double width = transforms[_i].high - transforms[_i].low;
    double scale = fabs(transforms[_i].high) < INFINITY ? fmax(fabs(transforms[_i].low), fabs(transforms[_i].high)) : 0;
    for (double u = -12; u <= 12; u += 0.37) {
        double x = value_at(_i, u);
        double back = constraint_rows[transforms[_i].index]->to_free(S, value_number(x), bounds).as.number;
        /* how far u moves when x changes in its last digit */
        double slope = width < INFINITY ? width * exp(-fabs(u)) / 4 : INFINITY;
        ck_assert_msg(fabs(back - u) <= 1e-14 * (1 + fabs(u)) + 2 * DBL_EPSILON * scale / slope, "%g became %.17g", u, back);
    }
}
END_TEST

/* However far out, a value stays strictly inside and never decreases. */
START_TEST(saturation) {
    static const double far[] = {-1e308, -1e3, -745, -100, -40, -36.8, 0, 36.8, 40, 100, 709, 1e3, 1e308};
    double last = transforms[_i].low;
    for (size_t k = 0; k < sizeof far / sizeof *far; k++) {
        double x = value_at(_i, far[k]);
        ck_assert_msg(x > transforms[_i].low && x < transforms[_i].high, "%g gives %.17g", far[k], x);
        ck_assert(x >= last);
        last = x;
        double offender;
        Value bounds[] = {value_number(transforms[_i].bounds[0]), value_number(transforms[_i].bounds[1])};
        ck_assert(!constraint_is_broken(S, constraint_rows[transforms[_i].index], bounds, value_number(x), &offender));
    }
}
END_TEST

/* Both directions against central differences, for the argument and for bounds. */
static void check_gradient(Value (*f)(State *, Value, const Value[]), const double at[3]) {
    for (int k = 0; k < 3; k++) {
        double h = 1e-6 * fmax(1, fabs(at[k])), y[2];
        for (int side = 0; side < 2; side++) {
            double v[3] = {at[0], at[1], at[2]};
            v[k] += side ? h : -h;
            y[side] = f(S, value_number(v[0]), (Value[]){value_number(v[1]), value_number(v[2])}).as.number;
        }
        double numeric = (y[1] - y[0]) / (2 * h);
        tape_begin(S);
        uint64_t leaf = tape_leaf(S, S->scalar);
        Value v[3];
        for (int j = 0; j < 3; j++) v[j] = value_dual(at[j], j == k ? leaf : 0);
        tape_reverse(S, f(S, v[0], v + 1));
        const double *adjoint = tape_adjoint(S, leaf);
        ck_assert_msg(fabs((adjoint ? adjoint[0] : 0) - numeric) <= 1e-8 * (1 + fabs(numeric)), "input %d: %g instead of %g", k,
                      adjoint ? adjoint[0] : 0, numeric);
        tape_end(S);
    }
}

START_TEST(gradients) {
    const ConstraintRow *row = constraint_rows[transforms[_i].index];
    if (transforms[_i].high < INFINITY && transforms[_i].high - transforms[_i].low > 100) return;
    if (transforms[_i].high < 1e-100 || transforms[_i].low > 1e3) return;
    for (double u = -3; u <= 3; u += 0.71) {
        const double *b = transforms[_i].bounds;
        check_gradient(row->to_value, (double[]){u, b[0], b[1]});
        check_gradient(row->to_free, (double[]){value_at(_i, u), b[0], b[1]});
    }
}
END_TEST

static const struct {
    ConstraintIndex index;
    double x;
    bool inside;
} checks[] = {
    {CONSTRAINT_REAL, -1e308, true},       {CONSTRAINT_REAL, INFINITY, false},     {CONSTRAINT_REAL, NAN, false},
    {CONSTRAINT_POSITIVE, 5e-324, true},   {CONSTRAINT_POSITIVE, 0, false},        {CONSTRAINT_POSITIVE, -1, false},
    {CONSTRAINT_POSITIVE, INFINITY, false}, {CONSTRAINT_POSITIVE, NAN, false},
    {CONSTRAINT_NONNEGATIVE, 0, true},     {CONSTRAINT_NONNEGATIVE, -5e-324, false}, {CONSTRAINT_NONNEGATIVE, NAN, false},
    {CONSTRAINT_UNIT_INTERVAL, 0, true},   {CONSTRAINT_UNIT_INTERVAL, 1, true},    {CONSTRAINT_UNIT_INTERVAL, 1.1, false},
    {CONSTRAINT_UNIT_INTERVAL, NAN, false}, {CONSTRAINT_BOOLEAN, 1, true},         {CONSTRAINT_BOOLEAN, 0.5, false},
    {CONSTRAINT_BOOLEAN, NAN, false},      {CONSTRAINT_INTEGER, -7, true},         {CONSTRAINT_INTEGER, 7.5, false},
    {CONSTRAINT_INTEGER, INFINITY, false}, {CONSTRAINT_INTEGER, NAN, false},
};

/* `holds`, `contains` on a number, `contains` on lanes, and the check under a mask say the same. */
START_TEST(membership) {
    const ConstraintRow *row = constraint_rows[checks[_i].index];
    double x = checks[_i].x, offender;
    Value inside = row->contains(S, value_number(x), NULL);
    ck_assert_int_eq(inside.tag, VALUE_BOOLEAN);
    ck_assert_int_eq(inside.as.boolean, checks[_i].inside);
    ck_assert_int_eq(row->holds(1, &x), checks[_i].inside);
    lanes_enter(S, "data", 9, 0);
    Array *lanes = array_new(S, S->lanes), *mask = array_new(S, S->lanes);
    mask->boolean = true;
    for (int i = 0; i < 9; i++) {
        lanes->data[i] = i == 7 ? x : 1;
        mask->data[i] = i != 7;
    }
    Value v = value_array(lanes, 0);
    ck_assert(lanes_element(S, row->contains(S, v, NULL), 0, (size_t[]){7}) == checks[_i].inside);
    ck_assert_int_eq(constraint_is_broken(S, row, NULL, v, &offender), !checks[_i].inside);
    if (!checks[_i].inside) ck_assert_mem_eq(&offender, &x, sizeof x);
    S->mask = mask;
    ck_assert(!constraint_is_broken(S, row, NULL, v, &offender));
    S->mask = NULL;
}
END_TEST

static void free_outside(State *state, void *argument) {
    const double *a = argument;
    Value bounds[] = {value_number(2), value_number(5)};
    constraint_to_free(state, constraint_rows[(int)a[0]], bounds, value_number(a[1]));
}

/* A value on the edge, outside or NaN has no unconstrained value; the error says the set in words. */
START_TEST(initial_values) {
    static const double wrong[][2] = {
        {CONSTRAINT_REAL, NAN},           {CONSTRAINT_POSITIVE, 0},      {CONSTRAINT_POSITIVE, -1},
        {CONSTRAINT_UNIT_INTERVAL, 0},    {CONSTRAINT_UNIT_INTERVAL, 1}, {CONSTRAINT_INTERVAL, 2},
        {CONSTRAINT_INTERVAL, 5.5},       {CONSTRAINT_INTERVAL, NAN},    {CONSTRAINT_NONNEGATIVE, 0},
    };
    static const char *const words[] = {"finite",  "greater than 0",  "greater than 0",  "between 0 and 1", "between 0 and 1",
                                        "between 2 and 5", "between 2 and 5", "between 2 and 5", "0 or greater"};
    double a[2] = {wrong[_i][0], wrong[_i][1]};
    ck_assert(!error_protect(S, free_outside, a));
    ck_assert_str_eq(S->error.diagnostic.kind, "bad-initial-value");
    ck_assert_msg(strstr(S->error.diagnostic.message, words[_i]), "%s", S->error.diagnostic.message);
}
END_TEST

START_TEST(registry) {
    for (int k = 0; k < CONSTRAINTS; k++) {
        const ConstraintRow *row = constraint_rows[k];
        ck_assert_ptr_eq(constraint_find(row->name), row);
        ck_assert((row->rank ? row->member != NULL : row->contains != NULL) && row->description && row->help);
        ck_assert_int_eq(row->to_value != NULL, row->to_free != NULL);
    }
    ck_assert_ptr_null(constraint_rows[CONSTRAINTS]);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("constraint");
    TCase *tests = tcase_create("constraint");
    tcase_add_checked_fixture(tests, open_state, close_state);
    tcase_add_loop_test(tests, round_trip, 0, N_TRANSFORMS);
    tcase_add_loop_test(tests, saturation, 0, N_TRANSFORMS);
    tcase_add_loop_test(tests, gradients, 0, N_TRANSFORMS);
    tcase_add_loop_test(tests, membership, 0, sizeof checks / sizeof *checks);
    tcase_add_loop_test(tests, initial_values, 0, 9);
    tcase_add_test(tests, registry);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
