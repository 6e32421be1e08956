/* Draws of counts one by one, for families that mix them. */
#ifndef ELBO_STDLIB_DISTRIBUTIONS_COUNTDRAWS_H
#define ELBO_STDLIB_DISTRIBUTIONS_COUNTDRAWS_H

#include "runtime/random.h"

/* rate from 0 on; beyond 1e300 it counts as that. */
double count_draw_poisson(LaneRandom *random, double rate);
/* 0 <= p <= 1/2, where draws are exact; n a count. */
double count_draw_binomial(LaneRandom *random, double n, double p);
/* Gamma-Poisson mixture, or inversion where few counts are likely; odds = p / (1 - p) may be infinite. */
double count_draw_negative_binomial(LaneRandom *random, double n, double odds);
/* Beta-binomial mixture. */
double count_draw_beta_binomial(LaneRandom *random, double a, double b, double n);

#endif
