/* SPDX-License-Identifier: GPL-3.0-or-later
   The registry of distributions: one line for each file in stdlib/distributions/. */
#include "runtime/distribution.h"

#define DISTRIBUTIONS(ROW) \
    ROW(bernoulli)         \
    ROW(beta)              \
    ROW(binomial)          \
    ROW(categorical)       \
    ROW(delta)             \
    ROW(exponential)       \
    ROW(gamma)             \
    ROW(geometric)         \
    ROW(halfnormal)        \
    ROW(lognormal)         \
    ROW(normal)            \
    ROW(poisson)           \
    ROW(transformed)       \
    ROW(uniform)

#define DECLARE(name) extern const DistributionRow distribution_##name;
#define ENTRY(name) &distribution_##name,

DISTRIBUTIONS(DECLARE)

const DistributionRow *const distribution_rows[] = {DISTRIBUTIONS(ENTRY) NULL};
