/* SPDX-License-Identifier: GPL-3.0-or-later
   What holds for every family of the registry, whatever its formulas: densities are 1 in all, elements broadcast, masked and
   missing ones count nothing, bad arguments have an error with a name, and nothing gives NaN. */
#include <check.h>
#include <float.h>
#include <math.h>

#include <gsl/gsl_integration.h>

#include "runtime/eval.h"
#include "tests/families.h"
#include "tests/lanes.h"

static State *S;

static void open_state(void) {
    S = elbo_open(NULL);
    ck_assert_ptr_nonnull(S);
}

static void close_state(void) { elbo_close(S); }

static double density(double x, void *distribution) {
    return exp(distribution_log_prob(S, distribution, value_number(x)).as.number);
}

/* The density's integral over the support is 1: in pieces, because integrands with a peak far from 0 are easily missed. */
START_TEST(normalisation) {
    gsl_integration_workspace *space = gsl_integration_workspace_alloc(1000);
    for (int k = 0; k < n_families; k++) {
        const Family *f = &families[k];
        Distribution *d = family_make(S, f, f->p);
        double total = 0;
        if (f->discrete) {
            for (double x = f->low; x <= f->high; x++) total += density(x, d);
        } else if (f->low < f->high) {
            gsl_function g = {density, d};
            for (int piece = 0; piece < 16; piece++) {
                double width = (f->high - f->low) / 16, part, error;
                gsl_integration_qags(&g, f->low + piece * width, f->low + (piece + 1) * width, 1e-13, 1e-10, 1000, space,
                                     &part, &error);
                total += part;
            }
        } else {
            continue;
        }
        ck_assert_msg(fabs(total - 1) < 1e-8, "%s integrates to %.12g", f->name, total);
    }
    gsl_integration_workspace_free(space);
}
END_TEST

/* Two parameter lanes against three data lanes and an event of two: every element is what the lone numbers give, and the
   gradient of the sum is the sum of the gradients. */
START_TEST(broadcasting) {
    for (int k = 0; k < n_families; k++) {
        const Family *f = &families[k];
        const DistributionRow *row = distribution_find(f->name);
        lanes_enter(S, "particles", 2, 0);
        const Layout *outer = S->lanes;
        Axis *particles = S->plates[0].axis;
        lanes_enter(S, "data", 3, 0);
        Axis *axes[] = {S->plates[1].axis};
        const Layout *data = layout_intern(S, 1, axes, 1, (size_t[]){2});
        tape_begin(S);
        Value parameters[DISTRIBUTION_PARAMETERS];
        for (unsigned j = 0; j < row->n_parameters; j++) {
            Array *p = array_new(S, j == 0 ? outer : S->scalar);
            p->data[0] = f->p[j];
            if (j == 0) p->data[1] = f->other[j];
            parameters[j] =
                j == 0 ? value_array(p, tape_leaf(S, outer)) : value_dual(f->p[j], tape_leaf(S, S->scalar));
        }
        Array *x = array_new(S, data);
        for (size_t c = 0; c < 2; c++)
            for (size_t i = 0; i < 3; i++) x->data[c * data->stride + i] = f->x[c * 3 + i];
        Value value = value_array(x, tape_leaf(S, data));
        Distribution *d = distribution_new(S, row, parameters);
        Value each = distribution_log_prob(S, d, value), score = distribution_score(S, d, value, NULL, 1, axes);
        Value total = distribution_score(S, d, value, NULL, 2, (Axis *[]){particles, axes[0]});
        ck_assert_uint_eq(value_layout(S, score)->n_axes, 1);
        double sums[2] = {0}, gradient[1 + DISTRIBUTION_PARAMETERS] = {0};
        for (size_t s = 0; s < 2; s++)
            for (size_t c = 0; c < 2; c++)
                for (size_t i = 0; i < 3; i++) {
                    double p[DISTRIBUTION_PARAMETERS], g[1 + DISTRIBUTION_PARAMETERS];
                    for (unsigned j = 0; j < row->n_parameters; j++) p[j] = j == 0 && s == 1 ? f->other[j] : f->p[j];
                    double one = family_gradient(S, f, f->x[c * 3 + i], p, g);
                    double got = lanes_element(S, each, c, (size_t[]){s, i});
                    ck_assert_msg(memcmp(&one, &got, sizeof one) == 0, "%s: %.17g and %.17g", f->name, one, got);
                    sums[s] += one;
                    if (c == 1 && i == 2) gradient[0] += g[0];
                    for (unsigned j = 1; j <= row->n_parameters; j++)
                        if (j > 1 || s == 1) gradient[j] += g[j];
                }
        for (size_t s = 0; s < 2; s++)
            ck_assert_double_eq_tol(lanes_element(S, score, 0, &s), sums[s], 1e-13 * (1 + fabs(sums[s])));
        ck_assert_double_eq_tol(total.as.number, sums[0] + sums[1], 1e-13 * (1 + fabs(total.as.number)));
        tape_reverse(S, total);
        for (unsigned j = 0; j <= row->n_parameters; j++) {
            const double *adjoint = tape_adjoint(S, j ? parameters[j - 1].node : value.node);
            double got = !adjoint ? 0 : j == 0 ? adjoint[data->stride + 2] : j == 1 ? adjoint[1] : adjoint[0];
            ck_assert_msg(fabs(got - gradient[j]) <= 1e-13 * (1 + fabs(got)), "%s input %u: %.17g and %.17g", f->name,
                          j, got, gradient[j]);
        }
        tape_end(S);
        lanes_leave_all(S);
    }
}
END_TEST

/* What is masked off or missing counts exactly 0, in the sum and in the gradient, whatever stands there. */
START_TEST(masks_and_missing) {
    for (int k = 0; k < n_families; k++) {
        const Family *f = &families[k];
        const DistributionRow *row = distribution_find(f->name);
        lanes_enter(S, "data", 6, 0);
        Axis *axes[] = {S->plates[0].axis};
        tape_begin(S);
        Array *x = array_new(S, S->lanes), *mask = array_new(S, S->lanes), *first = array_new(S, S->lanes);
        mask->boolean = true;
        for (int i = 0; i < 6; i++) {
            x->data[i] = i == 2 ? missing_number() : i == 4 ? NAN : f->x[i];
            first->data[i] = i == 4 ? NAN : f->p[0];
            mask->data[i] = i != 4 && i != 5;
        }
        Value parameters[DISTRIBUTION_PARAMETERS] = {value_array(first, tape_leaf(S, S->lanes))};
        for (unsigned j = 1; j < row->n_parameters; j++) parameters[j] = value_dual(f->p[j], tape_leaf(S, S->scalar));
        S->mask = mask;
        Distribution *d = distribution_new(S, row, parameters);
        Value score = distribution_score(S, d, value_array(x, 0), mask, 1, axes);
        S->mask = NULL;
        double sum = 0, last = 0;
        for (int i = 0; i < 6; i++) {
            if (i == 2 || i > 3) continue;
            double g[1 + DISTRIBUTION_PARAMETERS];
            sum += family_gradient(S, f, f->x[i], f->p, g);
            last += g[row->n_parameters];
        }
        ck_assert_msg(fabs(score.as.number - sum) <= 1e-14 * (1 + fabs(sum)), "%s: %g and %g", f->name,
                      score.as.number, sum);
        tape_reverse(S, score);
        const double *adjoint = tape_adjoint(S, parameters[0].node);
        if (adjoint) {
            ck_assert(adjoint[2] == 0);
            ck_assert(adjoint[4] == 0);
            ck_assert(adjoint[5] == 0);
        }
        if (row->n_parameters > 1) {
            adjoint = tape_adjoint(S, parameters[row->n_parameters - 1].node);
            ck_assert_double_eq_tol(adjoint ? adjoint[0] : 0, last, 1e-13 * (1 + fabs(last)));
        }
        tape_end(S);
        lanes_leave_all(S);
    }
}
END_TEST

/* ---- Formulas ---- */

/* The value of a formula, with parameter `moved` moved by h. */
static Value formula_at(const Family *f, const char *name, unsigned moved, double h, uint64_t leaf) {
    const DistributionRow *row = distribution_find(f->name);
    Value parameters[DISTRIBUTION_PARAMETERS], argument = value_number(strcmp(name, "cdf") == 0 ? f->x[2] : 0.3);
    for (unsigned k = 0; k < row->n_parameters; k++)
        parameters[k] = value_dual(f->p[k] + (k == moved ? h : 0), k == moved ? leaf : 0);
    bool takes_argument = strcmp(name, "cdf") == 0 || strcmp(name, "quantile") == 0;
    Distribution *d = distribution_new(S, row, parameters);
    stack_push(S, value_object(d));
    Value v = distribution_formula(S, d, name, takes_argument ? &argument : NULL);
    stack_pop(S, 1);
    return v;
}

/* Formulas are differentiable, because they are programs: against central differences. */
START_TEST(formula_gradients) {
    const Family *f = &families[_i];
    const DistributionRow *row = distribution_find(f->name);
    for (const DistributionFormula *formula = row->formulas; formula->name; formula++)
        for (unsigned k = 0; k < row->n_parameters; k++) {
            if (row->parameters[k].constraint == CONSTRAINT_NONNEGATIVE_INTEGER) continue;
            double h = 1e-6 * fmax(fabs(f->p[k]), 0.1);
            double high = formula_at(f, formula->name, k, h, 0).as.number, low = formula_at(f, formula->name, k, -h, 0).as.number;
            if (strcmp(f->name, "Delta") == 0 && strcmp(formula->name, "cdf") == 0) continue; /* a step */
            double numeric = (high - low) / (2 * h);
            tape_begin(S);
            uint64_t leaf = tape_leaf(S, S->scalar);
            Value y = formula_at(f, formula->name, k, 0, leaf);
            const double *adjoint = NULL;
            if (tape_has(S, y)) {
                tape_reverse(S, y);
                adjoint = tape_adjoint(S, leaf);
            }
            double exact = adjoint ? adjoint[0] : 0;
            ck_assert_msg(fabs(exact - numeric) <= 1e-7 * (1 + fabs(numeric)), "%s.%s, parameter %u: %.12g instead of %.12g",
                          f->name, formula->name, k, exact, numeric);
            tape_end(S);
        }
}
END_TEST

/* ---- Bad arguments ---- */

typedef struct Attempt {
    const DistributionRow *row;
    Value *parameters;
} Attempt;

static void attempt(State *state, void *argument) {
    Attempt *a = argument;
    distribution_new(state, a->row, a->parameters);
}

static void assert_bad(const DistributionRow *row, Value *parameters, const char *name) {
    Attempt a = {row, parameters};
    ck_assert_msg(!error_protect(S, attempt, &a), "%s took a bad %s", row->name, name);
    ck_assert_str_eq(S->error.diagnostic.kind, "bad-argument");
    ck_assert_msg(strstr(S->error.diagnostic.message, name) && strstr(S->error.diagnostic.message, row->name),
                  "no name in: %s", S->error.diagnostic.message);
}

/* NaN, infinite and missing arguments of every family, and 0 or a negative number where it must be positive; also in one
   lane of many, unless that lane is off. */
START_TEST(bad_arguments) {
    for (int k = 0; k < n_families; k++) {
        const Family *f = &families[k];
        const DistributionRow *row = distribution_find(f->name);
        for (unsigned j = 0; j < row->n_parameters; j++) {
            bool positive = row->parameters[j].constraint == CONSTRAINT_POSITIVE;
            double bad[] = {NAN, INFINITY, -INFINITY, missing_number(), positive ? 0 : NAN, positive ? -1 : NAN};
            for (size_t b = 0; b < sizeof bad / sizeof *bad; b++) {
                Value parameters[DISTRIBUTION_PARAMETERS];
                for (unsigned i = 0; i < row->n_parameters; i++) parameters[i] = value_number(f->p[i]);
                parameters[j] = value_number(bad[b]);
                assert_bad(row, parameters, row->parameters[j].name);
                lanes_enter(S, "data", 100, 0);
                Array *x = array_new(S, S->lanes), *mask = array_new(S, S->lanes);
                for (int i = 0; i < 100; i++) {
                    x->data[i] = i == 97 ? bad[b] : f->p[j];
                    mask->data[i] = i != 97;
                }
                parameters[j] = value_array(x, 0);
                assert_bad(row, parameters, row->parameters[j].name);
                mask->boolean = true;
                S->mask = mask;
                distribution_new(S, row, parameters);
                S->mask = NULL;
                lanes_leave_all(S);
            }
        }
    }
    const DistributionRow *uniform = distribution_find("Uniform");
    assert_bad(uniform, (Value[]){value_number(2), value_number(2)}, "low must be less than high");
}
END_TEST

/* No argument, however strange, gives NaN. */
START_TEST(never_nan) {
    static const double strange[] = {NAN, INFINITY, -INFINITY, 0,       -0.0,    1,        -1,    0.5,
                                     2,   5e-324,   -5e-324,   DBL_MIN, DBL_MAX, -DBL_MAX, 1e200, -1e200};
    for (int k = 0; k < n_families; k++)
        for (size_t s = 0; s < sizeof strange / sizeof *strange; s++) {
            double g[1 + DISTRIBUTION_PARAMETERS];
            double y = family_gradient(S, &families[k], strange[s], families[k].p, g);
            ck_assert_msg(!isnan(y), "%s at %g", families[k].name, strange[s]);
            for (unsigned j = 0; j <= distribution_find(families[k].name)->n_parameters; j++)
                ck_assert_msg(!isnan(g[j]) && (isfinite(y) || g[j] == 0), "%s at %g: partial %u is %g", families[k].name,
                              strange[s], j, g[j]);
        }
}
END_TEST

int main(void) {
    Suite *suite = suite_create("family");
    TCase *property = tcase_create("property");
    tcase_add_checked_fixture(property, open_state, close_state);
    tcase_add_test(property, normalisation);
    tcase_add_test(property, broadcasting);
    tcase_add_test(property, masks_and_missing);
    tcase_add_test(property, bad_arguments);
    tcase_add_test(property, never_nan);
    tcase_add_loop_test(property, formula_gradients, 0, n_families);
    suite_add_tcase(suite, property);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
