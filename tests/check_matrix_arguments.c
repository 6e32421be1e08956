/* SPDX-License-Identifier: GPL-3.0-or-later
   Arguments that are no parameters of a family have an error that names family and parameter, for all families of the registry and
   all ways to give their parameters; and every family has something to say to who asks for help. */
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

/* ---- Arguments ---- */

/* An error of the kind whose message has both texts (if any). */
static void assert_fails(const char *program, const char *kind, const char *one, const char *other) {
    char shown[64];
    snprintf(shown, sizeof shown, "[%s]", kind);
    ck_assert_msg(session_run(s, program) != ELBO_OK, "%s passes", program);
    ck_assert_msg(strstr(s->reports, shown), "%s: no %s in\n%s", program, shown, s->reports);
    const char *line_end = strchr(s->reports, '\n');
    for (const char *const *text = (const char *const[]){one, other, NULL}; *text; text++) {
        const char *found = strstr(s->reports, *text);
        ck_assert_msg(found && found < line_end, "%s: no '%s' in\n%s", program, *text, s->reports);
    }
}

/* A lone `missing` is no number at all. */
static const char *kind_for(const char *bad) { return strcmp(bad, "missing") == 0 ? "wrong-type" : "bad-argument"; }

START_TEST(bad_lines) {
    if (!open_family(_i)) return;
    ck_assert_msg(family_lines(&f, "bad"), "%s: there is no bad argument", f.row->name);
    for (const FamilyLine *line = NULL; (line = family_next(&f, "bad", line));) {
        if (line->n > 1) assert_fails(line->field[1], line->field[0], NULL, NULL);
        else assert_fails(line->field[0], "bad-argument", NULL, NULL);
    }
    close_family();
}
END_TEST

/* What a parameter with the constraint may not be, in a list ended by NULL. */
static const char *const *bad_numbers(ConstraintIndex constraint) {
    static const char *const real[] = {"nan", "inf", "-inf", "missing", NULL};
    static const char *const positive[] = {"nan", "inf", "-inf", "missing", "0", "-1", NULL};
    static const char *const nonnegative[] = {"nan", "inf", "-inf", "missing", "-1", NULL};
    static const char *const unit[] = {"nan", "inf", "-inf", "missing", "-0.1", "1.1", NULL};
    static const char *const integer[] = {"nan", "inf", "-inf", "missing", "0.5", NULL};
    static const char *const count[] = {"nan", "inf", "-inf", "missing", "0.5", "-1", NULL};
    switch (constraint) {
    case CONSTRAINT_POSITIVE: return positive;
    case CONSTRAINT_NONNEGATIVE: return nonnegative;
    case CONSTRAINT_UNIT_INTERVAL: return unit;
    case CONSTRAINT_INTEGER: return integer;
    case CONSTRAINT_NONNEGATIVE_INTEGER: return count;
    default: return real;
    }
}

/* A call with all parameters of a family of kernels by name, with `bad` for parameter `which`. */
static void call_text(const Distribution *d, unsigned which, const char *bad, char *text, size_t size) {
    size_t n = (size_t)snprintf(text, size, "%s(", d->row->name);
    for (unsigned k = 0; k < d->row->n_parameters; k++) {
        n += (size_t)snprintf(text + n, size - n, "%s%s = ", k ? ", " : "", d->row->parameters[k].name);
        if (k == which) n += (size_t)snprintf(text + n, size - n, "%s", bad);
        else n += (size_t)snprintf(text + n, size - n, "%.17g", d->parameters[k].as.number);
    }
    snprintf(text + n, size - n, ")");
}

/* Alone; in one lane of many, but not if that lane is off. */
static void check_parameter(const Distribution *d, unsigned k, const char *bad) {
    char call[600], program[1200];
    call_text(d, k, bad, call, sizeof call);
    assert_fails(call, kind_for(bad), d->row->parameters[k].name, d->row->name);
    call_text(d, k, "v", call, sizeof call);
    snprintf(program, sizeof program, "ps = %.17g + zeros(100)\nps[97] = %s\nplate a(i in 0..100) { v = ps[i]; %s.log_prob(0) }",
             d->parameters[k].as.number, bad, call);
    assert_fails(program, "bad-argument", d->row->parameters[k].name, d->row->name);
    family_run(s, "ps = %.17g + zeros(100)\nps[97] = %s\ny = plate a(i in 0..100) { v = ps[i]; if i != 97 { %s.log_prob(0) } else { 0 } }",
               d->parameters[k].as.number, bad, call);
}

START_TEST(kernel_parameters) {
    if (!open_family(_i)) return;
    for (const FamilyLine *line = NULL; !f.row->composed && (line = family_next(&f, "example", line));) {
        Distribution copy = *family_distribution(s, line->field[0]);
        for (unsigned k = 0; k < copy.row->n_parameters; k++)
            for (const char *const *bad = bad_numbers(copy.row->parameters[k].constraint); *bad; bad++) check_parameter(&copy, k, *bad);
        break;
    }
    close_family();
}
END_TEST

/* Each argument of each other way to give parameters; those beside it are 0.5 or, where that cannot be, 1. */
START_TEST(alternatives) {
    if (!open_family(_i)) return;
    for (unsigned a = 0; a < DISTRIBUTION_ALTERNATIVES && f.row->alternatives[a].given[0].name; a++) {
        const DistributionAlternative *alternative = &f.row->alternatives[a];
        for (unsigned g = 0; g < alternative_size(alternative); g++)
            for (const char *const *bad = bad_numbers(alternative->given[g].constraint); *bad; bad++) {
                char call[600];
                size_t n = (size_t)snprintf(call, sizeof call, "%s(", f.row->name);
                for (unsigned k = 0; k < f.row->n_parameters; k++)
                    if (!(alternative->replaces >> k & 1))
                        n += (size_t)snprintf(call + n, sizeof call - n, "%s = %s, ", f.row->parameters[k].name,
                                              bad_numbers(f.row->parameters[k].constraint)[4] &&
                                                      strcmp(bad_numbers(f.row->parameters[k].constraint)[4], "0.5") == 0 ? "1" : "0.5");
                for (unsigned k = 0; k < alternative_size(alternative); k++)
                    n += (size_t)snprintf(call + n, sizeof call - n, "%s = %s%s", alternative->given[k].name, k == g ? *bad : "0.5",
                                          k + 1 < alternative_size(alternative) ? ", " : ")");
                assert_fails(call, kind_for(*bad), alternative->given[g].name, f.row->name);
            }
    }
    close_family();
}
END_TEST

/* ---- Help ---- */

/* Whether a row without all its texts fails. */
enum { TEXTS_DEMANDED = 1 };

START_TEST(help) {
    const DistributionRow *row = distribution_rows[_i];
    ck_assert_msg(row->help && row->example && *row->help && *row->example, "%s has no help", row->name);
    ck_assert_msg(row->support || row->composed, "%s has no support", row->name);
    const char *const texts[] = {row->density, row->edges, row->sampler};
    for (int k = 0; k < 3; k++)
        ck_assert_msg(!TEXTS_DEMANDED || (texts[k] && *texts[k]), "%s has no text on its %s", row->name,
                      k == 0 ? "density" : k == 1 ? "edges" : "sampler");
    for (unsigned k = 0; k < row->n_parameters; k++) ck_assert_msg(row->parameters[k].help, "%s: %s", row->name, row->parameters[k].name);
    s = session_new(false);
    family_run_example(s, row->example);
    ck_assert_msg(isfinite(session_number(s, "y")), "%s: log density %g", row->example, session_number(s, "y"));
    session_close(s);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("matrix arguments");
    TCase *tests = tcase_create("matrix arguments");
    tcase_add_loop_test(tests, bad_lines, 0, family_count());
    tcase_add_loop_test(tests, kernel_parameters, 0, family_count());
    tcase_add_loop_test(tests, alternatives, 0, family_count());
    tcase_add_loop_test(tests, help, 0, family_count());
    suite_add_tcase(suite, tests);
    return session_run_suite(suite);
}
