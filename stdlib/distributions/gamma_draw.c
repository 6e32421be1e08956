/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stdlib/distributions/gamma_draw.h"

#include <math.h>

/* Marsaglia and Tsang: A simple method for generating gamma variables, ACM Transactions on Mathematical Software 26
   (2000) 363, section 4 and, for a shape below 1, section 6: Gamma(shape + 1) times U^(1 / shape). */
double gamma_draw_log(LaneRandom *random, double shape) {
    double boost = 0;
    if (shape < 1) {
        boost = log(random_lane_uniform(random)) / shape;
        shape += 1;
    }
    double d = shape - 1.0 / 3, c = 1 / sqrt(9 * d);
    for (;;) {
        double z = random_lane_normal(random), u = random_lane_uniform(random);
        double root = 1 + c * z, v = root * root * root;
        if (root <= 0) continue;
        double log_v = log(v);
        if (log(u) < 0.5 * z * z + d - d * v + d * log_v) return log(d) + log_v + boost;
    }
}
