/* SPDX-License-Identifier: GPL-3.0-or-later
   Every family of the registry against tests/data/distributions.csv, which tests/reference/distributions.py makes: a new
   family is tested by having rows there. */
#include <check.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "runtime/distribution.h"
#include "runtime/eval.h"
#include "stdlib/distributions/gamma_path.h"
#include "tests/lanes.h"

static State *S;

static void close_state(void) { elbo_close(S); }

/* ---- Reference values ---- */

typedef struct Reference {
    char family[32], quantity[32];
    double argument, p[2], value, size;
} Reference;

enum { REFERENCES = 4000 };
static Reference references[REFERENCES];
static int n_references;

static double field(char **at) {
    char *end = strchr(*at, ',');
    double x = **at == ',' || **at == '\n' ? NAN : strtod(*at, NULL);
    *at = end ? end + 1 : *at;
    return x;
}

static void read_references(void) {
    const char *source = getenv("srcdir");
    char path[1024], line[512];
    snprintf(path, sizeof path, "%s/tests/data/distributions.csv", source ? source : ".");
    FILE *file = fopen(path, "r");
    ck_assert_msg(file, "%s cannot be read", path);
    ck_assert(fgets(line, sizeof line, file));
    while (fgets(line, sizeof line, file)) {
        ck_assert_int_lt(n_references, REFERENCES);
        Reference *r = &references[n_references++];
        int used = 0;
        ck_assert_int_eq(sscanf(line, "%31[^,],%31[^,],%n", r->family, r->quantity, &used), 2);
        char *at = line + used;
        r->argument = field(&at);
        r->p[0] = field(&at);
        r->p[1] = field(&at);
        r->value = field(&at);
        r->size = field(&at);
    }
    fclose(file);
}

static void open_state(void) {
    if (!n_references) read_references();
    S = elbo_open(NULL);
    ck_assert_ptr_nonnull(S);
}

/* The ladder: how many epsilons of `size` are allowed. */
static const struct {
    const char *family, *quantity; /* quantity as far as given: "partial" is all partials */
    double epsilons;
} ladder[] = {
    {"Beta", "cdf", 128},      {"Beta", "quantile", 256},      {"Beta", "median", 256}, {"Beta", "entropy", 16},
    {"Beta", "partial", 16},
    {"Binomial", "cdf", 128},  {"Binomial", "entropy", 32},    {"Poisson", "cdf", 128},
    {"Poisson", "entropy", 32},
    {"Gamma", "path", 1024},   {"Gamma", "cdf", 128},     {"Gamma", "quantile", 256},     {"Gamma", "median", 256},
    {"LogNormal", "cdf", 64},  {"LogNormal", "quantile", 128}, {"", "", 4},
};

static double allowed(const Reference *r) {
    for (int k = 0;; k++)
        if ((!*ladder[k].family || strcmp(ladder[k].family, r->family) == 0) &&
            strncmp(ladder[k].quantity, r->quantity, strlen(ladder[k].quantity)) == 0)
            return ladder[k].epsilons * DBL_EPSILON;
}

/* Every row that fails is shown, then the test fails. */
static int failures;

static void compare(const Reference *r, double got) {
    /* log densities are added to others of order 1 */
    double error = fabs(got - r->value), size = strcmp(r->quantity, "log_prob") == 0 ? fmax(r->size, 1) : r->size;
    if (r->value == got || error <= allowed(r) * size) return;
    failures++;
    fprintf(stderr, "%s(%.17g, %.17g) %s at %.17g: %.17g instead of %.17g, off by %.1f epsilons of its size %.3g\n",
            r->family, r->p[0], r->p[1], r->quantity, r->argument, got, r->value, error / size / DBL_EPSILON, size);
}

static Distribution *make(const Reference *r) {
    const DistributionRow *row = distribution_find(r->family);
    ck_assert_msg(row, "there is no family %s", r->family);
    Value parameters[DISTRIBUTION_PARAMETERS];
    for (unsigned k = 0; k < row->n_parameters; k++) parameters[k] = value_number(r->p[k]);
    return distribution_new(S, row, parameters);
}

static bool is_partial(const Reference *r) { return strncmp(r->quantity, "partial_", 8) == 0; }

/* As a number, and as a lane among others: the same bits. */
START_TEST(log_densities) {
    failures = 0;
    for (int k = 0; k < n_references; k++) {
        const Reference *r = &references[k];
        if (strcmp(r->quantity, "log_prob") != 0) continue;
        Distribution *d = make(r);
        Value one = distribution_log_prob(S, d, value_number(r->argument));
        compare(r, one.as.number);
        lanes_enter(S, "i", 11, 0);
        Array *x = array_new(S, S->lanes);
        for (int i = 0; i < 11; i++) x->data[i] = i == 9 ? r->argument : i - 2.5;
        Value lanes = distribution_log_prob(S, d, value_array(x, 0));
        double ninth = lanes_element(S, lanes, 0, (size_t[]){9});
        ck_assert_msg(memcmp(&ninth, &one.as.number, sizeof ninth) == 0, "%s: %.17g alone, %.17g in a lane", r->family,
                      one.as.number, ninth);
        lanes_leave_all(S);
    }
    ck_assert_int_eq(failures, 0);
}
END_TEST

START_TEST(partials) {
    failures = 0;
    for (int k = 0; k < n_references; k++) {
        const Reference *r = &references[k];
        if (!is_partial(r)) continue;
        const DistributionRow *row = distribution_find(r->family);
        ck_assert_ptr_nonnull(row);
        int which = atoi(r->quantity + 8);
        tape_begin(S);
        uint64_t leaf = tape_leaf(S, S->scalar);
        Value x = value_dual(r->argument, which == 0 ? leaf : 0), parameters[DISTRIBUTION_PARAMETERS];
        for (unsigned j = 0; j < row->n_parameters; j++)
            parameters[j] = value_dual(r->p[j], which == (int)j + 1 ? leaf : 0);
        Value y = distribution_log_prob(S, distribution_new(S, row, parameters), x);
        tape_reverse(S, y);
        const double *adjoint = tape_adjoint(S, leaf);
        compare(r, adjoint ? adjoint[0] : 0);
        tape_end(S);
    }
    ck_assert_int_eq(failures, 0);
}
END_TEST

/* cdf, quantile and moments run as programs. */
START_TEST(formulas) {
    failures = 0;
    for (int k = 0; k < n_references; k++) {
        const Reference *r = &references[k];
        if (strcmp(r->quantity, "log_prob") == 0 || strcmp(r->quantity, "path") == 0 || is_partial(r)) continue;
        Value x = value_number(r->argument);
        Distribution *d = make(r);
        stack_push(S, value_object(d));
        Value y = distribution_formula(S, d, r->quantity, isnan(r->argument) ? NULL : &x);
        stack_pop(S, 1);
        ck_assert_msg(y.tag == VALUE_NUMBER, "%s has no %s", r->family, r->quantity);
        compare(r, y.as.number);
    }
    ck_assert_int_eq(failures, 0);
}
END_TEST

START_TEST(gamma_paths) {
    failures = 0;
    for (int k = 0; k < n_references; k++)
        if (strcmp(references[k].quantity, "path") == 0)
            compare(&references[k], gamma_path(log(references[k].argument), references[k].p[0]));
    ck_assert_int_eq(failures, 0);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("distribution");
    TCase *reference = tcase_create("reference");
    tcase_add_checked_fixture(reference, open_state, close_state);
    tcase_add_test(reference, log_densities);
    tcase_add_test(reference, partials);
    tcase_add_test(reference, formulas);
    tcase_add_test(reference, gamma_paths);
    suite_add_tcase(suite, reference);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
