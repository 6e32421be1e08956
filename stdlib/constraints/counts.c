/* SPDX-License-Identifier: GPL-3.0-or-later
   Vectors of counts: supports of families whose draws are such. They have no maps. */
#include <math.h>

#include "stdlib/constraints/wholes.h"

static bool is_counts(const double *x, size_t n, double total, char why[CONSTRAINT_WHY]) {
    double sum = 0;
    for (size_t k = 0; k < n; k++) {
        if (!(x[k] >= 0 && floor(x[k]) == x[k])) return snprintf(why, CONSTRAINT_WHY, "its element %zu is %.10g", k, x[k]), false;
        sum += x[k];
    }
    if (sum == total) return true;
    snprintf(why, CONSTRAINT_WHY, "its elements sum to %.10g", sum);
    return false;
}

static bool is_one_hot(double *x, size_t n, const double bounds[], char why[CONSTRAINT_WHY]) {
    (void)bounds;
    return is_counts(x, n, 1, why);
}

static bool is_multinomial(double *x, size_t n, const double bounds[], char why[CONSTRAINT_WHY]) {
    return is_counts(x, n, bounds[0], why);
}

const ConstraintRow constraint_one_hot = {.name = "one_hot",
                                          .low = 0,
                                          .high = 1,
                                          .rank = 1,
                                          .within = &constraint_simplex,
                                          .discrete = true,
                                          .member = is_one_hot,
                                          .description = "one-hot (a vector with one 1 and else 0)",
                                          .help = "a vector with one 1 and else 0"};

const ConstraintRow constraint_multinomial = {.name = "multinomial",
                                              .low = 0,
                                              .high = INFINITY,
                                              .n_bounds = 1,
                                              .bounds = {"n"},
                                              .rank = 1,
                                              .discrete = true,
                                              .member = is_multinomial,
                                              .relation = "a vector of counts that sum to",
                                              .description = "a vector of counts with the right sum",
                                              .help = "multinomial(n): a vector of whole numbers, 0 or greater, that sum to n"};
