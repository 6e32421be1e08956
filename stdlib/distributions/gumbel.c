/* SPDX-License-Identifier: GPL-3.0-or-later
   Gumbel's distribution, of largest values. */
#include "runtime/kernels/vector.h"

#define STANDARD(z) (-(z) - exp(-(z)))
#define SLOPE(z) expm1(-(z))
#define BASE(u) (-log(-log(u)))

#include "stdlib/distributions/location_scale.h"

const DistributionRow distribution_gumbel = {
    .name = "Gumbel",
    .help = "Gumbel's distribution, of the largest of many values",
    .parameters = {{"loc", CONSTRAINT_REAL, NULL, "mode"}, {"scale", CONSTRAINT_POSITIVE, NULL, "scale"}},
    LOCATION_SCALE_ROW,
    .density = "exp(-z - exp(-z)) / scale, z = (x - loc) / scale",
    .edges = "The log density of what is not a finite number is -inf, and so it is below z of about -709, where it falls below all"
             " numbers.",
    .sampler = "the quantile of a uniform number",
    .formulas = {{"mean", "loc + 0.57721566490153287 * scale"},
                 {"variance", "1.6449340668482264 * scale ^ 2"},
                 {"stddev", "1.2825498301618641 * scale"},
                 {"median", "loc + 0.36651292058166435 * scale"},
                 {"mode", "loc"},
                 {"entropy", "log(scale) + 1.5772156649015328"},
                 {"cdf", "exp(-exp((loc - x) / scale))"},
                 {"ccdf", "-expm1(-exp((loc - x) / scale))"},
                 {"log_cdf", "-exp((loc - x) / scale)"},
                 /* with t = exp(-z), log(1 - exp(-t)) is log(t) - t / 2 + … for small t */
                 {"log_ccdf", "where((x - loc) / scale > 20, (loc - x) / scale - 0.5 * exp((loc - x) / scale),"
                              " where((x - loc) / scale > 0, log(-expm1(-exp(min((loc - x) / scale, 0)))),"
                              " log1p(-exp(-exp(max((loc - x) / scale, 0))))))"},
                 {"quantile", "loc - scale * log(-log(q))"},
                 {"upper_quantile", "loc - scale * log(-log1p(-q))"},
                 {"kl", "log(other_scale / scale) + (loc - other_loc) / other_scale"
                        " + 0.57721566490153287 * (scale / other_scale - 1) - 1"
                        " + exp((other_loc - loc) / other_scale + lgamma(1 + scale / other_scale))"}},
    .example = "flood ~ Gumbel(10, 3)",
};
