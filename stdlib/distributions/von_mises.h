/* What the von Mises distribution is made of, with angles from its centre in [-pi, pi]. */
#ifndef ELBO_STDLIB_DISTRIBUTIONS_VON_MISES_H
#define ELBO_STDLIB_DISTRIBUTIONS_VON_MISES_H

#include <stdbool.h>

/* log(I_0(c) exp(-c)) for c > 0, I_k being modified Bessel functions. Its derivative is -bessel_gap. */
double bessel_log_i0_scaled(double concentration);
/* 1 - I_1(c) / I_0(c), the mean of 1 - cos, and its derivative. */
double bessel_gap(double concentration);
double bessel_gap_slope(double concentration);

/* exp(-c (1 - cos(angle))) times this is the probability of more than `angle`, which is from 0 to pi. By Gauss's rule with 40
   points over the part that counts. */
double von_mises_tail(double angle, double concentration);

/* The derivative of a draw by the concentration, at a fixed probability: -(dF/dc) / density, with F from the integral of
   density (cos(t) - I_1 / I_0) over that side of the angle where it does not change its sign. */
double von_mises_path(double angle, double concentration);

#endif
