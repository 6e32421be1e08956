/* SPDX-License-Identifier: GPL-3.0-or-later
   Cauchy's distribution. */
#include "runtime/kernels/vector.h"
#include "stdlib/distributions/student.h"

#define LOG_PI 1.14472988584940017414
#define PI 3.14159265358979323846

#define STANDARD(z) (-LOG_PI - student_log_cauchy(z))
#define SLOPE(z) (-2 / (1 / (z) + (z)))

static inline double base(double u) {
    double t = 1 / tan(PI * (u < 0.5 ? u : 1 - u));
    return u < 0.5 ? -t : t;
}
#define BASE(u) base(u)

#include "stdlib/distributions/location_scale.h"

const DistributionRow distribution_cauchy = {
    .name = "Cauchy",
    .help = "Cauchy's distribution: a bell with tails so heavy that it has no mean",
    .parameters = {{"loc", CONSTRAINT_REAL, NULL, "where the middle is"},
                   {"scale", CONSTRAINT_POSITIVE, NULL, "half of the distance between the quartiles"}},
    LOCATION_SCALE_ROW,
    .density = "1 / (pi scale (1 + z^2)), z = (x - loc) / scale",
    .edges = "The mean is nan and the variance inf: neither exists. The log density of what is not a finite number is -inf.",
    .sampler = "the quantile of a uniform number, taken from the nearer tail",
    .formulas = {{"mean", "nan * (loc + scale)"},
                 {"variance", "inf * scale"},
                 {"median", "loc"},
                 {"mode", "loc"},
                 {"entropy", "log(scale) + 2.5310242469692908"},
                 {"cdf", "atan2(scale, loc - x) * 0.31830988618379067"},
                 {"ccdf", "atan2(scale, x - loc) * 0.31830988618379067"},
                 {"log_cdf", "where(x < loc, log(atan2(scale, loc - x) * 0.31830988618379067),"
                             " log1p(-atan2(scale, x - loc) * 0.31830988618379067))"},
                 {"log_ccdf", "where(x > loc, log(atan2(scale, x - loc) * 0.31830988618379067),"
                              " log1p(-atan2(scale, loc - x) * 0.31830988618379067))"},
                 {"quantile", "loc + where(q < 0.5, -scale, scale) / tan(pi * min(q, 1 - q))"},
                 {"upper_quantile", "loc + where(q < 0.5, scale, -scale) / tan(pi * min(q, 1 - q))"},
                 /* Chyzak and Nielsen, arXiv:1905.10965 (2019) */
                 {"kl", "log(((scale + other_scale) / (2 * scale)) * ((scale + other_scale) / (2 * other_scale))"
                        " + ((loc - other_loc) / (2 * scale)) * ((loc - other_loc) / (2 * other_scale)))"}},
    .example = "theta ~ Cauchy(0, 2.5)",
};
