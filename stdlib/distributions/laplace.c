/* SPDX-License-Identifier: GPL-3.0-or-later
   Laplace's distribution. */
#include "runtime/kernels/vector.h"

#define STANDARD(z) (-0.69314718055994530942 - fabs(z))
#define SLOPE(z) ((z) < 0 ? 1.0 : (z) > 0 ? -1.0 : 0.0)

static inline double base(double u) {
    double t = log(2 * (u < 0.5 ? u : 1 - u));
    return u < 0.5 ? t : -t;
}
#define BASE(u) base(u)

#include "stdlib/distributions/location_scale.h"

const DistributionRow distribution_laplace = {
    .name = "Laplace",
    .help = "Laplace's distribution: two exponential tails back to back",
    .parameters = {{"loc", CONSTRAINT_REAL, NULL, "mean"},
                   {"scale", CONSTRAINT_POSITIVE, NULL, "mean distance from loc"}},
    LOCATION_SCALE_ROW,
    .density = "exp(-|z|) / (2 scale), z = (x - loc) / scale",
    .edges = "At x = loc, where the density has a kink, its partials for x and loc are given as 0. The log density of what is not"
             " a finite number is -inf.",
    .sampler = "the quantile of a uniform number, taken from the nearer tail",
    .formulas = {{"mean", "loc"},
                 {"variance", "2 * scale ^ 2"},
                 {"stddev", "1.4142135623730951 * scale"},
                 {"median", "loc"},
                 {"mode", "loc"},
                 {"entropy", "log(scale) + 1.6931471805599454"},
                 {"cdf", "where(x < loc, 0.5 * exp(-abs(x - loc) / scale), 1 - 0.5 * exp(-abs(x - loc) / scale))"},
                 {"ccdf", "where(x > loc, 0.5 * exp(-abs(x - loc) / scale), 1 - 0.5 * exp(-abs(x - loc) / scale))"},
                 {"log_cdf", "where(x < loc, -0.69314718055994529 - abs(x - loc) / scale,"
                             " log1p(-0.5 * exp(-abs(x - loc) / scale)))"},
                 {"log_ccdf", "where(x > loc, -0.69314718055994529 - abs(x - loc) / scale,"
                              " log1p(-0.5 * exp(-abs(x - loc) / scale)))"},
                 {"quantile", "loc + where(q < 0.5, scale, -scale) * log(2 * min(q, 1 - q))"},
                 {"upper_quantile", "loc - where(q < 0.5, scale, -scale) * log(2 * min(q, 1 - q))"},
                 {"kl", "log(other_scale / scale) - 1"
                        " + (scale * exp(-abs(loc - other_loc) / scale) + abs(loc - other_loc)) / other_scale"}},
    .example = "beta ~ Laplace(0, 1)",
};
