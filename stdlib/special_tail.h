/* Tails of densities by quadrature, for cdfs: all digits however far out, with derivatives under the integral. */
#ifndef ELBO_STDLIB_SPECIAL_TAIL_H
#define ELBO_STDLIB_SPECIAL_TAIL_H

#include <stdbool.h>

/* The logarithm of an integrand at s >= 0, which is 0 at s = 0 and falls from there; *weight (1 before) gets a second integrand
   as a factor of the first. */
typedef double TailIntegrand(double s, const void *context, double *weight);

/* The integral over 0 < s < inf, by the exp-sinh rule of Takahasi and Mori (Publications of RIMS 9 (1974) 721); over a length of
   about `scale` the integrand must fall by a factor of the order of e. *weighted (if not NULL) gets that of the weighted one. */
double special_tail(TailIntegrand *f, const void *context, double scale, double *weighted);

/* The integral over 0 < s < 1 of a smooth integrand, by the tanh-sinh rule. */
double special_unit_integral(TailIntegrand *f, const void *context, double *weighted);

/* The root of a concave function of x that rises through `target`, or of a convex one that falls, by Newton's method from x,
   with at most `most` for a step. The function gives its value and *slope. */
typedef double TailLogarithm(double x, const void *context, double *slope);
double special_tail_root(TailLogarithm *f, const void *context, double target, double x, double most);

#endif
