/* Draws from the gamma distribution, for all families that are made of it. */
#ifndef ELBO_STDLIB_DISTRIBUTIONS_GAMMA_DRAW_H
#define ELBO_STDLIB_DISTRIBUTIONS_GAMMA_DRAW_H

#include "runtime/random.h"

/* The logarithm of a draw from Gamma(shape, 1), which for a small shape is often too small for a number. */
double gamma_draw_log(LaneRandom *random, double shape);

#endif
