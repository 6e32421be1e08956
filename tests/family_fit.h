/* What statistical tests of all families share. They have fixed seeds, so a run is the same every time. Had the seeds been drawn,
   all of them together would raise a false alarm with probability FALSE_ALARM: it is shared out equally among the tests that the
   files in tests/data/families ask for. */
#ifndef ELBO_TESTS_FAMILY_FIT_H
#define ELBO_TESTS_FAMILY_FIT_H

#include "tests/family_data.h"

#define FALSE_ALARM 1e-5

/* The false-alarm probability of one test. */
double family_level(void);

/* Draws that are looked at: those of an expression over x, a draw of `distribution`, which are distributed as `as`. */
typedef struct FamilyUnit {
    const char *distribution, *expression, *as;
} FamilyUnit;

/* The k-th unit of a family: its `project` lines, or without them its examples as they are. False: no more. */
bool family_unit(const FamilyData *f, unsigned k, FamilyUnit *unit);

/* How well numbers that should be uniform on (0, 1) fit: the smaller probability of as bad a fit, of chi-squared with many and
   with few cells and of Anderson and Darling's test. Sorts u. */
double family_uniform_fit(double *u, int n);

#endif
