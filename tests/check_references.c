/* SPDX-License-Identifier: GPL-3.0-or-later
   Every family of the registry against the reference values in tests/data/families/NAME.txt: each is an expression of the language
   with its value. Errors are judged by the ladder: `allow QUANTITY N` permits N epsilons of the value's size, without it 4. */
#include <float.h>
#include <math.h>

#include "runtime/error.h"
#include "runtime/eval.h"
#include "tests/family_data.h"

/* ---- The ladder ---- */

static double allowed(const FamilyData *f, const char *quantity) {
    for (const FamilyLine *line = NULL; (line = family_next(f, "allow", line));) {
        char name[64];
        double epsilons;
        ck_assert_int_eq(sscanf(line->field[0], "%63s %lf", name, &epsilons), 2);
        if (strcmp(name, quantity) == 0) return epsilons;
    }
    return 4;
}

/* Log densities are added to others of order 1. */
static double size_of(const FamilyLine *line) {
    double size = *line->field[2] ? family_number(line->field[2]) : fabs(family_number(line->field[1]));
    return strcmp(line->word, "log_prob") == 0 ? fmax(size, 1) : size;
}

/* Whether the line's expression has the line's value; else it is shown. */
static bool holds(Session *s, const FamilyData *f, const FamilyLine *line) {
    char program[4096];
    ck_assert_msg(line->n >= 2, "%s, line %u: there is no value", f->row->name, line->number);
    snprintf(program, sizeof program, "y = %s", line->field[0]);
    double want = family_number(line->field[1]), size = size_of(line), got;
    elbo_set_number(s->state, "y", 0);
    if (session_run(s, program) != ELBO_OK || session_complains(s)) {
        fprintf(stderr, "%s, line %u: %s\n%s\n", f->row->name, line->number, program, s->reports);
        return false;
    }
    if (!elbo_get_number(s->state, "y", &got)) {
        fprintf(stderr, "%s, line %u: %s is no number\n", f->row->name, line->number, line->field[0]);
        return false;
    }
    double error = fabs(got - want);
    if (got == want || (isnan(got) && isnan(want)) || error <= allowed(f, line->word) * DBL_EPSILON * size) return true;
    fprintf(stderr, "%s, line %u: %s %s is %.17g instead of %.17g, off by %.1f epsilons of its size %.3g\n", f->row->name, line->number,
            line->word, line->field[0], got, want, error / size / DBL_EPSILON, size);
    return false;
}

START_TEST(reference_values) {
    FamilyData f = family_read(_i);
    Session *s = session_new(false);
    int failures = 0, n = 0;
    for (const FamilyLine *line = NULL; (line = family_next(&f, NULL, line)); n++)
        failures += !holds(s, &f, line);
    ck_assert_msg(failures == 0, "%s: %d of %d reference values", f.row->name, failures, n);
    session_close(s);
    family_free(&f);
}
END_TEST

/* ---- Coverage ---- */

static bool has_references(const FamilyData *f, const char *quantity) {
    for (const FamilyLine *line = NULL; (line = family_next(f, NULL, line));)
        if (strcmp(line->word, quantity) == 0) return true;
    return false;
}

typedef struct Asked {
    Distribution *d;
    const char *question;
    Value argument, answer;
} Asked;

static void ask(State *S, void *context) {
    Asked *a = context;
    bool bare = a->argument.tag == VALUE_UNASSIGNED;
    a->answer = a->d->row->composed->field(S, a->d, a->question, bare ? NULL : &a->argument);
}

/* Whether a composed family itself answers the question, not by what follows from others. */
static bool answers(Session *s, const FamilyData *f, const DistributionQuestion *q) {
    const char *example = family_field(f, "example"), *values = family_field(f, "values");
    if (!f->row->composed->field || strcmp(q->name, "support") == 0 || strcmp(q->name, "log_prob") == 0) return false;
    Asked a = {.d = family_distribution(s, example), .question = q->name, .argument = value_unassigned(), .answer = value_unassigned()};
    if (q->argument && strcmp(q->name, "kl") == 0) a.argument = value_object(a.d);
    else if (q->argument && strstr(q->name, "quantile")) a.argument = value_number(0.3);
    else if (q->argument) {
        family_run(s, "x = %s[0]", values);
        a.argument = family_value(s, "x");
    }
    return error_protect(s->state, ask, &a) && a.answer.tag != VALUE_UNASSIGNED;
}

/* Each formula of the row that answers a question, and whatever its `field` answers, has reference values; log densities and partials always. */
START_TEST(coverage) {
    FamilyData f = family_read(_i);
    static const char *const always[] = {"log_prob", "partial"};
    int missing = 0;
    for (size_t k = 0; f.lines && k < sizeof always / sizeof *always; k++)
        if (!has_references(&f, always[k])) missing += fprintf(stderr, "%s: no reference value for %s\n", f.row->name, always[k]) > 0;
    for (int k = 0; f.lines && k < DISTRIBUTION_FORMULAS && f.row->formulas[k].name; k++)
        if (distribution_question(f.row->formulas[k].name) && !has_references(&f, f.row->formulas[k].name))
            missing += fprintf(stderr, "%s: no reference value for %s\n", f.row->name, f.row->formulas[k].name) > 0;
    if (f.lines && f.row->composed) {
        Session *s = session_new(false);
        for (const DistributionQuestion *q = distribution_questions; q->name; q++)
            if (!has_references(&f, q->name) && answers(s, &f, q))
                missing += fprintf(stderr, "%s: no reference value for %s\n", f.row->name, q->name) > 0;
        session_close(s);
    }
    ck_assert_int_eq(missing, 0);
    family_free(&f);
}
END_TEST

/* ---- Pyro's and PyTorch's own answers: tests/data/pyro_distributions.csv ----

   `expression ; value`, equal to 1e-9 of the value (and of 0.01, so that rounding in a small difference does not count), or
   `expression ; value ; tolerance` where their formula is the coarser one. */

static bool agrees(Session *s, char *line, unsigned number) {
    char program[2060], *value = strstr(line, " ; "), *tolerance;
    ck_assert_msg(value, "line %u has no value", number);
    *value = '\0';
    value += 3;
    tolerance = strstr(value, " ; ");
    if (tolerance) *tolerance = '\0';
    snprintf(program, sizeof program, "y = %s", line);
    double want = family_number(value), allowed = tolerance ? strtod(tolerance + 3, NULL) : 1e-9, got;
    elbo_set_number(s->state, "y", 0);
    if (session_run(s, program) != ELBO_OK || session_complains(s) || !elbo_get_number(s->state, "y", &got)) {
        fprintf(stderr, "line %u: %s\n%s\n", number, program, s->reports);
        return false;
    }
    if (got == want || (isnan(got) && isnan(want)) || fabs(got - want) <= allowed * fmax(fabs(want), 0.01)) return true;
    fprintf(stderr, "line %u: %s is %.17g, in Pyro %.17g\n", number, line, got, want);
    return false;
}

START_TEST(pyro_agrees) {
    const char *source = getenv("srcdir");
    char path[1024], line[2048];
    snprintf(path, sizeof path, "%s/tests/data/pyro_distributions.csv", source ? source : ".");
    FILE *file = fopen(path, "r");
    ck_assert_msg(file, "%s cannot be read", path);
    Session *s = session_new(false);
    unsigned number = 0, failures = 0;
    while (fgets(line, sizeof line, file)) {
        line[strcspn(line, "\n")] = '\0';
        failures += !agrees(s, line, ++number);
    }
    fclose(file);
    ck_assert_uint_gt(number, 1000);
    ck_assert_msg(failures == 0, "%u of %u lines", failures, number);
    session_close(s);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("references");
    TCase *tests = tcase_create("references");
    tcase_add_loop_test(tests, reference_values, 0, family_count());
    tcase_add_loop_test(tests, coverage, 0, family_count());
    tcase_add_test(tests, pyro_agrees);
    suite_add_tcase(suite, tests);
    return session_run_suite(suite);
}
