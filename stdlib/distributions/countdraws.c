/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stdlib/distributions/countdraws.h"

#include <math.h>

#include "stdlib/distributions/counts.h"
#include "stdlib/distributions/gamma_draw.h"

/* Below this mean counts are searched for one after the other. */
static const double small = 10;

/* Inversion by sequential search (Devroye, Non-Uniform Random Variate Generation, 1986, X.3.3). */
static double poisson_small(LaneRandom *random, double rate) {
    double u = random_lane_uniform(random), p = exp(-rate), sum = p, k = 0;
    while (u > sum) {
        p *= rate / ++k;
        if (sum + p == sum) break;
        sum += p;
    }
    return k;
}

/* Algorithm PTRS of W. Hörmann, The transformed rejection method for generating Poisson random variables, Insurance:
   Mathematics and Economics 12 (1993) 39. */
static double poisson_large(LaneRandom *random, double rate) {
    double b = 0.931 + 2.53 * sqrt(rate), a = -0.059 + 0.02483 * b;
    double alpha = 1.1239 + 1.1328 / (b - 3.4), squeeze = 0.9277 - 3.6224 / (b - 2);
    for (;;) {
        double u = random_lane_uniform(random) - 0.5, v = random_lane_uniform(random), us = 0.5 - fabs(u);
        double k = floor((2 * a / us + b) * u + rate + 0.43);
        if (us >= 0.07 && v <= squeeze) return k;
        if (k < 0 || (us < 0.013 && v > us)) continue;
        if (log(v * alpha / (a / (us * us) + b)) <= poisson_log(k, rate)) return k;
    }
}

double count_draw_poisson(LaneRandom *random, double rate) {
    return rate < small ? poisson_small(random, rate) : poisson_large(random, rate < 1e300 ? rate : 1e300);
}

/* Inversion by sequential search: algorithm BINV of V. Kachitvichyanukul and B. W. Schmeiser, Binomial random variate
   generation, Communications of the ACM 31 (1988) 216. */
static double binomial_small(LaneRandom *random, double n, double p) {
    double u = random_lane_uniform(random), odds = p / (1 - p), f = exp(n * log1p(-p)), sum = f, k = 0;
    while (u > sum && k < n) {
        f *= (n - k) / (k + 1) * odds;
        k++;
        if (sum + f == sum) break;
        sum += f;
    }
    return k;
}

/* Algorithm BTRS of W. Hörmann, The generation of binomial random variates, Journal of Statistical Computation and
   Simulation 46 (1993) 101. */
static double binomial_large(LaneRandom *random, double n, double p) {
    double spread = sqrt(n * p * (1 - p)), b = 1.15 + 2.53 * spread, a = -0.0873 + 0.0248 * b + 0.01 * p;
    double alpha = (2.83 + 5.1 / b) * spread, squeeze = 0.92 - 4.2 / b;
    double log_peak = binomial_log(floor((n + 1) * p), n, p);
    for (;;) {
        double u = random_lane_uniform(random) - 0.5, v = random_lane_uniform(random), us = 0.5 - fabs(u);
        double k = floor((2 * a / us + b) * u + n * p + 0.5);
        if (us >= 0.07 && v <= squeeze) return k;
        if (k < 0 || k > n) continue;
        if (log(v * alpha / (a / (us * us) + b)) <= binomial_log(k, n, p) - log_peak) return k;
    }
}

double count_draw_binomial(LaneRandom *random, double n, double p) {
    return n * p < small ? binomial_small(random, n, p) : binomial_large(random, n, p);
}

static double negative_binomial_small(LaneRandom *random, double n, double odds) {
    double u = random_lane_uniform(random), p = odds / (1 + odds), f = exp(-n * log1p(odds)), sum = f, k = 0;
    while (u > sum) {
        f *= p * ((n + k) / (k + 1));
        k++;
        if (sum + f == sum) break;
        sum += f;
    }
    return k;
}

double count_draw_negative_binomial(LaneRandom *random, double n, double odds) {
    double mean = n * odds;
    if (mean < small && odds < 3) return negative_binomial_small(random, n, odds);
    return count_draw_poisson(random, exp(gamma_draw_log(random, n) + log(odds)));
}

double count_draw_beta_binomial(LaneRandom *random, double a, double b, double n) {
    double logit = gamma_draw_log(random, a) - gamma_draw_log(random, b), e = exp(-fabs(logit));
    double k = count_draw_binomial(random, n, e / (1 + e));
    return logit > 0 ? n - k : k;
}
