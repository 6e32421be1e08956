/* SPDX-License-Identifier: GPL-3.0-or-later
   The registry of distributions: one line for each file in stdlib/distributions/. */
#include "runtime/distribution.h"

#define DISTRIBUTIONS(ROW) \
    ROW(asymmetriclaplace) \
    ROW(bernoulli)         \
    ROW(beta)              \
    ROW(betabinomial)      \
    ROW(betaproportion)    \
    ROW(binomial)          \
    ROW(categorical)       \
    ROW(cauchy)            \
    ROW(censored)          \
    ROW(chi2)              \
    ROW(delta)             \
    ROW(dirichlet)         \
    ROW(dirichletmultinomial) \
    ROW(discreteuniform)   \
    ROW(exponential)       \
    ROW(folded)            \
    ROW(gamma)             \
    ROW(gaussianrandomwalk)\
    ROW(geometric)         \
    ROW(gumbel)            \
    ROW(halfcauchy)        \
    ROW(halfnormal)        \
    ROW(halfstudentt)      \
    ROW(independent)       \
    ROW(inversegamma)      \
    ROW(inversegaussian)   \
    ROW(inversewishart)    \
    ROW(kumaraswamy)       \
    ROW(laplace)           \
    ROW(lkjcholesky)       \
    ROW(logistic)          \
    ROW(logisticnormal)    \
    ROW(logitnormal)       \
    ROW(loglogistic)       \
    ROW(lognormal)         \
    ROW(lowrankmultivariatenormal)\
    ROW(mixture)           \
    ROW(multinomial)       \
    ROW(multivariatenormal)\
    ROW(multivariatestudentt)\
    ROW(negativebinomial)  \
    ROW(normal)            \
    ROW(onehotcategorical) \
    ROW(orderedlogistic)   \
    ROW(pareto)            \
    ROW(poisson)           \
    ROW(skewnormal)        \
    ROW(studentt)          \
    ROW(transformed)       \
    ROW(triangular)        \
    ROW(truncated)         \
    ROW(uniform)           \
    ROW(vonmises)          \
    ROW(weibull)           \
    ROW(wishart)           \
    ROW(zeroinflated)      \
    ROW(zerosumnormal)

#define DECLARE(name) extern const DistributionRow distribution_##name;
#define ENTRY(name) &distribution_##name,

DISTRIBUTIONS(DECLARE)

const DistributionRow *const distribution_rows[] = {DISTRIBUTIONS(ENTRY) NULL};
