/* Gamma variables: Marsaglia and Tsang, A simple method for generating gamma variables, ACM Transactions on Mathematical
   Software 26 (2000) 363, from a standard normal z and a uniform u for each proposal. */
#ifndef ELBO_STDLIB_DISTRIBUTIONS_GAMMA_DRAW_H
#define ELBO_STDLIB_DISTRIBUTIONS_GAMMA_DRAW_H

#include "runtime/random.h"

#include <math.h>
#include <stdbool.h>

/* log of a gamma variable of the given shape and rate 1; NaN: z and u are refused. Below shape 1 the variable of shape + 1 is
   multiplied by V^(1 / shape) (section 6 there); V is u over the bound that accepted it, which is uniform too and independent.
   As a logarithm no shape is too small for it. */
static inline double gamma_propose_log(double shape, double z, double u) {
    double d = (shape < 1 ? shape + 1 : shape) - 1.0 / 3, t = 1 / sqrt(9 * d) * z, root = 1 + t;
    double log_v = 3 * log1p(t), excess = t * (3 + t * (3 + t)); /* log(v) and v - 1 */
    double bound = 0.5 * z * z + d * (log_v - excess), over = log(u) - bound;
    double y = log(d) + log_v + (shape < 1 ? over / shape : 0);
    return root > 0 && over < 0 ? y : NAN;
}

/* The variable itself, for shapes of at least 1, with d = shape - 1/3 and c = 1 / sqrt(9 d); NaN: undecided, and
   gamma_propose_log tells. The logarithm of the bound is 3 d (log(1 + t) - t + t^2 / 2 - t^3 / 3) >= -3 d t^4 / (4 min(1, 1 + t))
   with t = c z, term by term of the series, and exp(x) >= 1 + x: closer than the squeeze of section 4, which leaves a tenth
   undecided. */
static inline double gamma_propose(double d, double c, double z, double u) {
    double t = c * z, root = 1 + t, v = root * root * root, least = root < 1 ? root : 1, square = t * t;
    return root > 0 && u * least < least - 0.75 * d * (square * square) ? d * v : NAN;
}

/* n variables of rate 1, n a multiple of 8; NaN: refused. */
void gamma_propose_all(size_t n, double *restrict out, const double *shape, const double *z, const double *u);
/* Their logarithms, for shapes so small that the variables themselves may be. */
void gamma_propose_logs(size_t n, double *restrict out, const double *shape, const double *z, const double *u);

/* One variable from a lane's stream, as its logarithm. */
double gamma_draw_log(LaneRandom *random, double shape);

#endif
