/* SPDX-License-Identifier: GPL-3.0-or-later
   Implicit derivatives of gamma draws against tests/data/gamma_path.csv, which tests/reference/gamma_path.py makes. */
#include <float.h>
#include <math.h>

#include "stdlib/distributions/gamma_path.h"
#include "tests/session.h"

START_TEST(gamma_paths) {
    const char *source = getenv("srcdir");
    char path[1024], line[256];
    snprintf(path, sizeof path, "%s/tests/data/gamma_path.csv", source ? source : ".");
    FILE *file = fopen(path, "r");
    ck_assert_msg(file, "%s cannot be read", path);
    ck_assert(fgets(line, sizeof line, file));
    int n = 0, failures = 0;
    for (double g, shape, want; fgets(line, sizeof line, file); n++) {
        ck_assert_int_eq(sscanf(line, "%lf,%lf,%lf", &g, &shape, &want), 3);
        double got = gamma_path(log(g), shape);
        if (fabs(got - want) <= 1024 * DBL_EPSILON * want) continue;
        failures++;
        fprintf(stderr, "shape %.17g at %.17g: %.17g instead of %.17g\n", shape, g, got, want);
    }
    fclose(file);
    ck_assert_int_gt(n, 100);
    ck_assert_int_eq(failures, 0);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("gamma path");
    TCase *tests = tcase_create("gamma path");
    tcase_add_test(tests, gamma_paths);
    suite_add_tcase(suite, tests);
    return session_run_suite(suite);
}
