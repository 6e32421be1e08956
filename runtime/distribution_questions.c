/* SPDX-License-Identifier: GPL-3.0-or-later
   What a distribution may be asked for. */
#include <string.h>

#include "runtime/distribution.h"

const DistributionQuestion distribution_questions[] = {
    {"mean", NULL, "the mean"},
    {"variance", NULL, "the variance; of vectors, element by element"},
    {"stddev", NULL, "the standard deviation"},
    {"covariance", NULL, "of vectors: the covariance matrix"},
    {"median", NULL, "the median"},
    {"mode", NULL, "where the density is largest"},
    {"entropy", NULL, "the entropy, in nats"},
    {"support", NULL, "the constraint that all draws fulfil"},
    {"log_prob", "x", "the logarithm of the density, or of the probability, at x"},
    {"cdf", "x", "the probability of at most x"},
    {"ccdf", "x", "the probability of more than x, without loss of digits where it is small"},
    {"log_cdf", "x", "log(cdf(x)), also where cdf(x) is too small for a number"},
    {"log_ccdf", "x", "log(ccdf(x)), also where ccdf(x) is too small for a number"},
    {"quantile", "q", "the x that draws do not exceed with probability q"},
    {"upper_quantile", "q", "the x that draws exceed with probability q"},
    {"kl", "other", "the Kullback-Leibler divergence to another distribution"},
    {.name = NULL},
};

const DistributionQuestion *distribution_question(const char *name) {
    for (const DistributionQuestion *q = distribution_questions; q->name; q++)
        if (strcmp(q->name, name) == 0) return q;
    return NULL;
}
