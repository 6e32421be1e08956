/* What wishart_make leaves for the densities. */
#ifndef ELBO_STDLIB_DISTRIBUTIONS_WISHART_SCORES_H
#define ELBO_STDLIB_DISTRIBUTIONS_WISHART_SCORES_H

/* Places of prepared arrays: the factor of the scale, its inverse, the norm of the density, its derivative by df. */
enum { WISHART_LOWER, WISHART_INVERSE, WISHART_NORM, WISHART_SLOPE };

#endif
