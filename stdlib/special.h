/* Special functions of several arguments. */
#ifndef ELBO_STDLIB_SPECIAL_H
#define ELBO_STDLIB_SPECIAL_H

#include <stdbool.h>

#include "runtime/kernel.h"
#include "runtime/value.h"

/* Built-in functions by their row alone, ended by a row without a name. */
extern const Elementwise elementwise_skew_normal[], elementwise_student[], elementwise_von_mises[];
extern const Elementwise elementwise_special[], elementwise_gamma[], elementwise_beta[], elementwise_inverse_gaussian[], elementwise_counts[], elementwise_counts_mixed[];

/* Turns GSL's error handler off, for the whole process: it would end the host's program where a function has no answer. Called
   once for each new state. */
void special_open(State *S);

/* The x for which the regularised incomplete gamma function P(a, x), or the incomplete beta function I_x(a, b), is p, or with
   `upper` 1 less it is; nan unless 0 <= p <= 1, a and b > 0. 0 (or 1, of beta) where it is too small (too near to 1) for a
   number. */
double special_gamma_quantile(double p, double a, bool upper);
double special_beta_quantile(double p, double a, double b, bool upper);
/* P(a, x) or I_x(a, b), or with `upper` 1 less it, without loss of digits; and the logarithm, also where the number is too
   small. nan unless a and b > 0. */
double special_gamma_cdf(double x, double a, bool upper);
double special_log_gamma_cdf(double x, double a, bool upper);
double special_beta_cdf(double x, double a, double b, bool upper);
double special_log_beta_cdf(double x, double a, double b, bool upper);

#endif
