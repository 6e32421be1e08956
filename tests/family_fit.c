/* SPDX-License-Identifier: GPL-3.0-or-later
   The budget of false alarms, and goodness of fit. */
#include "tests/family_fit.h"

#include <math.h>

#include <gsl/gsl_cdf.h>

bool family_unit(const FamilyData *f, unsigned k, FamilyUnit *unit) {
    bool projects = family_next(f, "project", NULL) != NULL;
    const FamilyLine *line = NULL;
    for (unsigned j = 0; j <= k; j++)
        if (!(line = family_next(f, projects ? "project" : "example", line))) return false;
    if (projects) *unit = (FamilyUnit){family_field(f, "example"), line->field[0], line->field[1]};
    else *unit = (FamilyUnit){line->field[0], "x", line->field[0]};
    return true;
}

/* Each unit is drawn in up to three ways and has three tests; each number of the first example, or `moment` and `learn` line, may have one. */
static unsigned tests_of(const FamilyData *f) {
    unsigned n = family_lines(f, "moment") + family_lines(f, "learn") + family_literals(family_field(f, "example"));
    FamilyUnit unit;
    for (unsigned k = 0; family_unit(f, k, &unit); k++) n += 9;
    return n;
}

double family_level(void) {
    unsigned n = 0;
    for (int k = 0; k < family_count(); k++) {
        FamilyData f = family_read(k);
        if (f.lines) n += tests_of(&f);
        family_free(&f);
    }
    return FALSE_ALARM / n;
}

static int by_size(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double chi_squared(const double *u, int n, int cells) {
    enum { MOST_CELLS = 200 };
    double count[MOST_CELLS] = {0}, statistic = 0, expected = (double)n / cells;
    for (int i = 0; i < n; i++) count[u[i] >= 1 ? cells - 1 : u[i] > 0 ? (int)(u[i] * cells) : 0]++;
    for (int k = 0; k < cells; k++) statistic += (count[k] - expected) * (count[k] - expected) / expected;
    return gsl_cdf_chisq_Q(statistic, cells - 1);
}

/* The limit distribution's upper tail: 1 - F(z) = sqrt(6 / (pi z)) exp(-z) (1 + O(1 / z)) overestimated by 1.1 (Anderson and
   Darling 1954; checked against Marsaglia and Marsaglia 2004 for z > 4); below 4, no alarm. */
static double anderson_darling(double *u, int n) {
    double sum = 0;
    qsort(u, (size_t)n, sizeof *u, by_size);
    for (int i = 0; i < n; i++) {
        double low = fmax(u[i], 1e-300), high = fmax(1 - u[n - 1 - i], 1e-300);
        sum += (2 * i + 1) * (log(low) + log(high));
    }
    double z = -n - sum / n;
    return z < 4 ? 1 : 1.1 * sqrt(6 / (M_PI * z)) * exp(-z);
}

double family_uniform_fit(double *u, int n) {
    for (int i = 0; i < n; i++)
        if (!(u[i] >= 0 && u[i] <= 1)) return 0;
    double chi = fmin(chi_squared(u, n, 200), chi_squared(u, n, 20));
    return fmin(chi, anderson_darling(u, n));
}
