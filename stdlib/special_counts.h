/* Distribution functions, quantiles and sums over the counts of a family, for special functions: not for inner loops. */
#ifndef ELBO_STDLIB_SPECIAL_COUNTS_H
#define ELBO_STDLIB_SPECIAL_COUNTS_H

#include "stdlib/special.h"

/* A family of counts with its parameters. The largest count is `last`. */
typedef struct Counts {
    double (*tail)(const struct Counts *c, double k, bool upper); /* probability of at most k, or of more */
    double (*log_probability)(const struct Counts *c, double k);
    double n, p, a, b; /* n: trials, rate or size; p: probability or odds; a, b: of a beta distribution */
    double mean, spread, last;
} Counts;

double counts_cdf(const Counts *c, double x);
/* The smallest count of which at most so many have a probability of at least q; `upper`: of which more have one of at most q. */
double counts_quantile(const Counts *c, double q, bool upper);

typedef double CountSummand(const Counts *c, double k, double log_probability);
/* The sum of probability times f over the counts from first to last: one by one, or, behind the first thousands of them, by
   Gauss's rule on panels with the first correction of Euler and Maclaurin, as both change little from count to count there. */
double counts_sum(const Counts *c, double first, double last, CountSummand *f);

#endif
