/* SPDX-License-Identifier: GPL-3.0-or-later
   The registry of distributions: one line for each file in stdlib/distributions/. */
#include "runtime/distribution.h"

#define DISTRIBUTIONS(ROW) \
    ROW(bernoulli)         \
    ROW(beta)              \
    ROW(betabinomial)      \
    ROW(betaproportion)    \
    ROW(binomial)          \
    ROW(categorical)       \
    ROW(chi2)              \
    ROW(delta)             \
    ROW(dirichlet)         \
    ROW(discreteuniform)   \
    ROW(exponential)       \
    ROW(gamma)             \
    ROW(gaussianrandomwalk)\
    ROW(geometric)         \
    ROW(halfnormal)        \
    ROW(inversegamma)      \
    ROW(inversegaussian)   \
    ROW(inversewishart)    \
    ROW(kumaraswamy)       \
    ROW(lkjcholesky)       \
    ROW(logisticnormal)    \
    ROW(logitnormal)       \
    ROW(loglogistic)       \
    ROW(lognormal)         \
    ROW(lowrankmultivariatenormal)\
    ROW(multivariatenormal)\
    ROW(multivariatestudentt)\
    ROW(negativebinomial)  \
    ROW(normal)            \
    ROW(pareto)            \
    ROW(poisson)           \
    ROW(transformed)       \
    ROW(triangular)        \
    ROW(uniform)           \
    ROW(weibull)           \
    ROW(wishart)           \
    ROW(zerosumnormal)

#define DECLARE(name) extern const DistributionRow distribution_##name;
#define ENTRY(name) &distribution_##name,

DISTRIBUTIONS(DECLARE)

const DistributionRow *const distribution_rows[] = {DISTRIBUTIONS(ENTRY) NULL};
