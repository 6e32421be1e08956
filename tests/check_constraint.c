/* SPDX-License-Identifier: GPL-3.0-or-later
   Constraints: how numbers saturate, checks of all rows of the registry, errors in words. The maps' derivatives and those of whole
   vectors and matrices are in check_transform.c. */
#include <check.h>
#include <float.h>
#include <math.h>

#include "runtime/constraint.h"
#include "tests/lanes.h"

static State *S;

static void be_silent(void *user, const char *text, size_t length) {
    (void)user;
    (void)text;
    (void)length;
}

static void open_state(void) {
    S = elbo_open(&(elbo_Options){.report = be_silent});
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
    {CONSTRAINT_SOFTPLUS_POSITIVE, {0}, 0, INFINITY},
    {CONSTRAINT_NEGATIVE, {0}, -INFINITY, 0},
    {CONSTRAINT_GREATER_THAN, {0}, 0, INFINITY},
    {CONSTRAINT_GREATER_THAN, {1e6}, 1e6, INFINITY},
    {CONSTRAINT_LESS_THAN, {0}, -INFINITY, 0},
    {CONSTRAINT_LESS_THAN, {-1e6}, -INFINITY, -1e6},
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
    const ConstraintRow *row = constraint_rows[transforms[_i].index];
    Value bounds[] = {value_number(transforms[_i].bounds[0]), value_number(transforms[_i].bounds[1])};
    double width = transforms[_i].high - transforms[_i].low;
    double scale = fmax(fabs(transforms[_i].high) < INFINITY ? fabs(transforms[_i].high) : 0, fabs(transforms[_i].low) < INFINITY ? fabs(transforms[_i].low) : 0);
    for (double u = -12; u <= 12; u += 0.37) {
        double x = value_at(_i, u);
        double back = constraint_to_free(S, row, bounds, value_number(x)).as.number;
        /* how far u moves when x changes in its last digit */
        double slope = width < INFINITY ? width * exp(-fabs(u)) / 4 : row->low == -INFINITY && row->high == INFINITY && row->n_bounds == 0 ? INFINITY : exp(u);
        ck_assert_msg(fabs(back - u) <= 1e-14 * (1 + fabs(u)) + 2 * DBL_EPSILON * scale / slope, "%g became %.17g", u, back);
    }
}
END_TEST

/* However far out, a value stays strictly inside, and goes one way. */
START_TEST(saturation) {
    static const double far[] = {-1e308, -1e3, -745, -100, -40, -36.8, 0, 36.8, 40, 100, 709, 1e3, 1e308};
    bool falls = constraint_rows[transforms[_i].index]->falls;
    double last = falls ? transforms[_i].high : transforms[_i].low;
    for (size_t k = 0; k < sizeof far / sizeof *far; k++) {
        double x = value_at(_i, far[k]);
        ck_assert_msg(x > transforms[_i].low && x < transforms[_i].high, "%g gives %.17g", far[k], x);
        ck_assert(falls ? x <= last : x >= last);
        last = x;
        double offender;
        Value bounds[] = {value_number(transforms[_i].bounds[0]), value_number(transforms[_i].bounds[1])};
        ck_assert(!constraint_is_broken(S, constraint_rows[transforms[_i].index], bounds, value_number(x), &offender));
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
    {CONSTRAINT_SOFTPLUS_POSITIVE, 1e-300, true}, {CONSTRAINT_SOFTPLUS_POSITIVE, 0, false},
    {CONSTRAINT_NEGATIVE, -1, true},       {CONSTRAINT_NEGATIVE, 0, false},        {CONSTRAINT_NEGATIVE, -INFINITY, false},
    {CONSTRAINT_NONNEGATIVE_INTEGER, 0, true}, {CONSTRAINT_NONNEGATIVE_INTEGER, -1, false}, {CONSTRAINT_NONNEGATIVE_INTEGER, 0.5, false},
    {CONSTRAINT_POSITIVE_INTEGER, 1, true}, {CONSTRAINT_POSITIVE_INTEGER, 0, false}, {CONSTRAINT_POSITIVE_INTEGER, INFINITY, false},
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
        lanes->data[i] = i == 7 ? x : row->high <= 0 ? -1 : 1;
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

/* ---- Sets with bounds, vectors and matrices ---- */

/* What a program sees: whether the text's value lies in the set, and what an initial value is told. */
static const struct {
    const char *constraint, *value;
    const char *why; /* NULL: it lies in the set */
} members[] = {
    {"real_vector", "[1, -2.5]", NULL},
    {"real_vector", "[1, inf]", "its element 1 is inf"},
    {"real_vector", "3", "it is a number"},
    {"less_than(3)", "2.5", NULL},
    {"less_than(3)", "3", "less than 3, but it is 3"},
    {"less_than(3)", "-inf", "less than 3, but it is -inf"},
    {"greater_than(-1)", "0", NULL},
    {"greater_than(-1)", "-1", "greater than -1, but it is -1"},
    {"greater_than(-1)", "nan", "greater than -1, but it is nan"},
    {"interval(2, 5)", "5", NULL},
    {"interval(2, 5)", "5.1", "between 2 and 5, but it is 5.1"},
    {"integer_interval(2, 5)", "5", NULL},
    {"integer_interval(2, 5)", "2.5", "between 2 and 5"},
    {"simplex", "[0.2, 0.3, 0.5]", NULL},
    {"simplex", "[1]", NULL},
    {"simplex", "[0, 1]", NULL},
    {"simplex", "[0.2, 0.3, 0.7]", "its elements sum to 1.2"},
    {"simplex", "[-0.2, 1.2]", "its element 0 is -0.2"},
    {"simplex", "[0.2, nan]", "its element 1 is nan"},
    {"simplex", "1", "it is a number"},
    {"ordered", "[-1, 0, 7]", NULL},
    {"ordered", "[-1, 7, 7]", "7 is followed by 7"},
    {"ordered", "[-1, nan]", "its element 1 is nan"},
    {"positive_ordered", "[1, 2]", NULL},
    {"positive_ordered", "[0, 2]", "its first element is 0"},
    {"positive_ordered", "[2, 1]", "2 is followed by 1"},
    {"sphere", "[0.6, -0.8]", NULL},
    {"sphere", "[0.6, 0.6]", "its length is 0.848528"},
    {"zero_sum", "[1, -3, 2]", NULL},
    {"zero_sum", "[1, 2]", "its elements sum to 3"},
    {"lower_cholesky", "[[1, 0], [-3, 2]]", NULL},
    {"lower_cholesky", "[[1, 0.5], [-3, 2]]", "its element [0, 1], above the diagonal, is 0.5"},
    {"lower_cholesky", "[[1, 0], [-3, 0]]", "its element [1, 1] is 0"},
    {"lower_cholesky", "[1, 0]", "it is a vector"},
    {"lower_cholesky", "[[1, 0, 0], [1, 1, 0]]", "it is not square"},
    {"cov_matrix", "[[2, 0.5], [0.5, 1]]", NULL},
    {"cov_matrix", "[[2, 0.5], [0.4, 1]]", "its element [1, 0] is 0.4, and [0, 1] is 0.5"},
    {"cov_matrix", "[[1, 2], [2, 1]]", "it is not positive definite"},
    {"corr_cholesky", "[[1, 0], [0.6, 0.8]]", NULL},
    {"corr_cholesky", "[[1, 0], [0.6, 0.6]]", "its row 1 is of length 0.848528"},
    {"corr_cholesky", "[[1, 0], [1, 0]]", "its element [1, 1] is 0"},
    {"corr_matrix", "[[1, 0.5], [0.5, 1]]", NULL},
    {"corr_matrix", "[[1, 0.5], [0.5, 2]]", "its element [1, 1] is 2"},
    {"corr_matrix", "[[1, 1], [1, 1]]", "it is not positive definite"},
    {"one_hot", "[0, 1, 0]", NULL},
    {"one_hot", "[1, 1, 0]", "its elements sum to 2"},
    {"one_hot", "[0.5, 0.5]", "its element 0 is 0.5"},
    {"multinomial(3)", "[1, 0, 2]", NULL},
    {"multinomial(3)", "[1, 0, 1]", "its elements sum to 2"},
    {"multinomial(3)", "[4, -1]", "its element 1 is -1"},
};

enum { N_MEMBERS = sizeof members / sizeof *members };

START_TEST(programs_check) {
    char text[400];
    snprintf(text, sizeof text, "assert(%s.check(%s) == %s)", members[_i].constraint, members[_i].value, members[_i].why ? "false" : "true");
    ck_assert_msg(elbo_run(S, "check", text, strlen(text)) == ELBO_OK, "%s", text);
}
END_TEST

/* The initial value of a param, and what a handler gives one: the error says why in the same words. */
START_TEST(params_say_why) {
    const ConstraintRow *row = NULL;
    for (int k = 0; k < CONSTRAINTS; k++) {
        size_t n = strcspn(members[_i].constraint, "(");
        if (strlen(constraint_rows[k]->name) == n && strncmp(constraint_rows[k]->name, members[_i].constraint, n) == 0) row = constraint_rows[k];
    }
    ck_assert(row);
    if (!row->to_value) return;
    char text[400];
    snprintf(text, sizeof text, "model m() { param w: %s = %s\n}\nm()", members[_i].constraint, members[_i].value);
    bool passed = elbo_run(S, "check", text, strlen(text)) == ELBO_OK;
    ck_assert_msg(passed == !members[_i].why, "%s", text);
    if (passed) return;
    ck_assert_str_eq(S->error.diagnostic.kind, "bad-initial-value");
    ck_assert_msg(strstr(S->error.diagnostic.message, members[_i].why), "%s: %s", text, S->error.diagnostic.message);
}
END_TEST

/* Each row has a member and something that is none here, or among the numbers above. */
START_TEST(every_row_is_checked) {
    for (int k = 0; k < CONSTRAINTS; k++) {
        const ConstraintRow *row = constraint_rows[k];
        int good = 0, bad = 0;
        for (int i = 0; i < N_MEMBERS; i++) {
            size_t n = strcspn(members[i].constraint, "(");
            bool same = strlen(row->name) == n && strncmp(row->name, members[i].constraint, n) == 0;
            good += same && !members[i].why;
            bad += same && members[i].why;
        }
        for (size_t i = 0; i < sizeof checks / sizeof *checks; i++) {
            good += checks[i].index == (ConstraintIndex)k && checks[i].inside;
            bad += checks[i].index == (ConstraintIndex)k && !checks[i].inside;
        }
        ck_assert_msg(good && bad, "%s", row->name);
    }
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
    tcase_add_loop_test(tests, membership, 0, sizeof checks / sizeof *checks);
    tcase_add_loop_test(tests, initial_values, 0, 9);
    tcase_add_loop_test(tests, programs_check, 0, N_MEMBERS);
    tcase_add_loop_test(tests, params_say_why, 0, N_MEMBERS);
    tcase_add_test(tests, every_row_is_checked);
    tcase_add_test(tests, registry);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
