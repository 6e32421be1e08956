/* The tails of the regularised incomplete gamma and beta functions to all digits, for arguments of any size: not for inner loops.

   In the body a series or a continued fraction from the side of x on which it converges; where that would take too long, since
   shapes are large, an integral that has its largest value at x. All is relative to the integrand at x, which powers and
   deviances give without cancellation. */
#ifndef ELBO_STDLIB_SPECIAL_INCOMPLETE_H
#define ELBO_STDLIB_SPECIAL_INCOMPLETE_H

#include <stdbool.h>

/* A positive number and its logarithm, which is there also where the number is too small. */
typedef struct Scaled {
    double value, log;
    double rate; /* of tails: x (beta: x (1 - x)) times the density by the tail, without sign */
} Scaled;

/* P(a, x), or with `upper` Q(a, x), for finite x and a > 0. */
Scaled incomplete_gamma(double x, double a, bool upper);
/* x^a e^-x / gamma(a): x times the density. */
Scaled incomplete_gamma_measure(double x, double a);

/* I_x(a, b), or with `upper` 1 less it, for x + rest = 1, both of them, a and b > 0. */
Scaled incomplete_beta(double x, double rest, double a, double b, bool upper);
/* x^a rest^b / B(a, b): x (1 - x) times the density. */
Scaled incomplete_beta_measure(double x, double rest, double a, double b);
/* The derivatives of I_x(a, b) with respect to a and b, by I_x(a, b) or (upper) by 1 less it. */
double incomplete_beta_by_a(double x, double rest, double a, double b, bool upper);
double incomplete_beta_by_b(double x, double rest, double a, double b, bool upper);

#endif
