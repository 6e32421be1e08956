/* SPDX-License-Identifier: GPL-3.0-or-later
   The manual knows everything that a program can name: each function, distribution, constraint and handler of the registries
   has its `@findex`, and each kind of error and warning its place in the list of kinds, which has no others. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "inference/estimator.h"
#include "inference/optimizer.h"
#include "inference/schedule.h"
#include "lexer/kinds.h"
#include "runtime/constraint.h"
#include "runtime/distribution.h"
#include "runtime/message.h"
#include "runtime/native.h"
#include "tests/session.h"

static char *manual;  /* the text of doc/elbo.texi, after an empty line */
static char *missing; /* the names that it does not have */

static void open_manual(void) {
    char path[1000];
    snprintf(path, sizeof path, "%s/doc/elbo.texi", getenv("srcdir") ? getenv("srcdir") : ".");
    FILE *file = fopen(path, "rb");
    ck_assert_msg(file != NULL, "%s cannot be opened", path);
    enum { LARGEST = 4 * 1024 * 1024 };
    manual = calloc(1, LARGEST);
    missing = calloc(1, LARGEST);
    manual[0] = '\n';
    size_t length = fread(manual + 1, 1, LARGEST - 2, file);
    fclose(file);
    ck_assert_uint_gt(length, 0);
    ck_assert_uint_lt(length, LARGEST - 2);
}

static void close_manual(void) {
    free(manual);
    free(missing);
}

/* Whether a line of the manual is this command with this name, and nothing else. */
static bool has_line(const char *command, const char *name) {
    char line[200];
    snprintf(line, sizeof line, "\n%s %s\n", command, name);
    return strstr(manual, line) != NULL;
}

static void want(const char *command, const char *name) {
    if (has_line(command, name)) return;
    strcat(strcat(missing, " "), name);
}

static void nothing_is_missing(const char *command) {
    ck_assert_msg(!missing[0], "doc/elbo.texi has no line `%s NAME' for:%s", command, missing);
}

START_TEST(functions) {
    for (const NativeRow *const *table = native_tables; *table; table++)
        for (const NativeRow *row = *table; row->name; row++) want("@findex", row->name);
    for (const Elementwise *const *table = elementwise_tables; *table; table++)
        for (const Elementwise *row = *table; row->name; row++) want("@findex", row->name);
    for (const EstimatorRow *const *row = estimator_rows; *row; row++) want("@findex", (*row)->name);
    nothing_is_missing("@findex");
}
END_TEST

START_TEST(distributions) {
    for (const DistributionRow *const *row = distribution_rows; *row; row++) want("@findex", (*row)->name);
    nothing_is_missing("@findex");
}
END_TEST

START_TEST(constraints) {
    for (const ConstraintRow *const *row = constraint_rows; *row; row++) want("@findex", (*row)->name);
    nothing_is_missing("@findex");
}
END_TEST

START_TEST(handlers) {
    for (const HandlerRow *const *row = handler_rows; *row; row++) want("@findex", (*row)->name);
    nothing_is_missing("@findex");
}
END_TEST

START_TEST(optimizers) {
    for (const OptimizerRow *const *row = optimizer_rows; *row; row++) want("@findex", (*row)->name);
    for (const ScheduleRow *row = schedule_rows; row->name; row++) want("@findex", row->name);
    nothing_is_missing("@findex");
}
END_TEST

START_TEST(kinds) {
    for (int k = 0; k < KINDS; k++) want("@erindex", kind_rows[k].name);
    nothing_is_missing("@erindex");
}
END_TEST

/* Nor does it list a kind that is gone. */
START_TEST(no_other_kinds) {
    static const char command[] = "\n@erindex ";
    char name[100];
    for (const char *at = strstr(manual, command); at; at = strstr(at + 1, command)) {
        const char *begin = at + sizeof command - 1;
        snprintf(name, sizeof name, "%.*s", (int)strcspn(begin, "\n"), begin);
        ck_assert_msg(kind_find(name), "doc/elbo.texi lists the kind `%s', and lexer/kinds.def does not", name);
    }
}
END_TEST

int main(void) {
    Suite *suite = suite_create("manual");
    TCase *names = tcase_create("names");
    tcase_add_checked_fixture(names, open_manual, close_manual);
    tcase_add_test(names, functions);
    tcase_add_test(names, distributions);
    tcase_add_test(names, constraints);
    tcase_add_test(names, handlers);
    tcase_add_test(names, optimizers);
    tcase_add_test(names, kinds);
    tcase_add_test(names, no_other_kinds);
    suite_add_tcase(suite, names);
    return session_run_suite(suite);
}
