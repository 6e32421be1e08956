/* SPDX-License-Identifier: GPL-3.0-or-later
   The logistic distribution. */
#include "runtime/kernels/vector.h"

#define STANDARD(z) (-fabs(z) - 2 * log1p(exp(-fabs(z))))
#define SLOPE(z) (-tanh(0.5 * (z)))
#define BASE(u) log((u) / (1 - (u)))

#include "stdlib/distributions/location_scale.h"
#include "stdlib/distributions/logistic_kl.h"

const DistributionRow distribution_logistic = {
    .name = "Logistic",
    .help = "The logistic distribution: its cdf is the sigmoid",
    .parameters = {{"loc", CONSTRAINT_REAL, NULL, "mean"}, {"scale", CONSTRAINT_POSITIVE, NULL, "scale"}},
    LOCATION_SCALE_ROW,
    .density = "exp(-z) / (scale (1 + exp(-z))^2), z = (x - loc) / scale",
    .edges = "The log density of what is not a finite number is -inf.",
    .sampler = "the quantile of a uniform number: its logit",
    .formulas = {{"mean", "loc"},
                 {"variance", "3.2898681336964529 * scale ^ 2"},
                 {"stddev", "1.8137993642342178 * scale"},
                 {"median", "loc"},
                 {"mode", "loc"},
                 {"entropy", "log(scale) + 2"},
                 {"cdf", "sigmoid((x - loc) / scale)"},
                 {"ccdf", "sigmoid((loc - x) / scale)"},
                 {"log_cdf", "-softplus((loc - x) / scale)"},
                 {"log_ccdf", "-softplus((x - loc) / scale)"},
                 {"quantile", "loc + scale * logit(q)"},
                 {"upper_quantile", "loc - scale * logit(q)"},
                 {"kl", LOGISTIC_KL("(loc - other_loc) / scale")}},
    .kl_equal = 1u << 1,
    .example = "eta ~ Logistic(0, 1)",
};
