/* Counts by inversion: sequential search (Devroye, Non-Uniform Random Variate Generation, 1986, X.3.3), for all lanes of a block. */
#ifndef ELBO_STDLIB_DISTRIBUTIONS_COUNT_SEARCH_H
#define ELBO_STDLIB_DISTRIBUTIONS_COUNT_SEARCH_H

#include <stdbool.h>
#include <stddef.h>

enum { COUNT_BLOCK = 512 };

/* Below this mean counts are searched for. */
static const double count_small = 10;

/* What is searched for in each lane: the first count whose sum of probabilities reaches u. The probability of 0 is `first`, and that of
   k + 1 is that of k times (size + turn k) factor / (k + 1): for binomial counts of n trials size is n, turn -1 and factor the odds; for
   Poisson counts the turn is 0, and for negative binomial ones 1. */
typedef struct CountSearch {
    const double *u, *first, *factor, *size;
    double turn;
} CountSearch;

/* n is a multiple of 8, at most COUNT_BLOCK. `lone`: all but u are one number each for all lanes, which gives the same counts faster. */
void count_search(size_t n, const CountSearch *s, bool lone, double *restrict out);

static inline bool count_all_equal(size_t n, const double *x) {
    long others = 0;
    for (size_t i = 0; i < n; i++) others += x[i] != x[0];
    return others == 0;
}

/* How many means are small. */
static inline size_t count_few(size_t n, const double *mean) {
    size_t few = 0;
    for (size_t i = 0; i < n; i++) few += mean[i] < count_small;
    return few;
}

/* Puts what was searched for where the mean is small. */
static inline void count_choose(size_t n, double *restrict out, const double *mean, const double *restrict searched) {
    for (size_t i = 0; i < n; i++) out[i] = mean[i] < count_small ? searched[i] : out[i];
}

#endif
