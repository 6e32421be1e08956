/* Special functions of several arguments. */
#ifndef ELBO_STDLIB_SPECIAL_H
#define ELBO_STDLIB_SPECIAL_H

#include "runtime/kernel.h"

/* Built-in functions by their row alone, ended by a row without a name. */
extern const Elementwise elementwise_special[], elementwise_counts[];

/* The x for which the regularised incomplete gamma function P(a, x), or the incomplete beta function I_x(a, b), is p; for
   0 <= p <= 1, a and b > 0. 0 (or 1, of beta) where it is too small (too near to 1) for a number. */
double special_gamma_quantile(double p, double a);
double special_beta_quantile(double p, double a, double b);
/* I_x(a, b), or 1 - I_x(a, b), for a and b > 0. */
double special_beta_cdf(double x, double a, double b, bool upper);

#endif
