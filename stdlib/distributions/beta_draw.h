/* Draws from the beta distribution, for all families that are made of it. */
#ifndef ELBO_STDLIB_DISTRIBUTIONS_BETA_DRAW_H
#define ELBO_STDLIB_DISTRIBUTIONS_BETA_DRAW_H

#include <stddef.h>

/* Beta's transform (DistributionRow): in = a, b, and for each of two gamma variables a standard normal and a uniform; NaN:
   refused. Partials by a and b, each of which may be NULL. */
void beta_draw(size_t n, double *restrict out, double *const partial[], const double *const in[]);

#endif
