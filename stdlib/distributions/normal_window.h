/* The standard normal distribution within a window, as elementwise functions of the window's ends a <= b, which may be infinite.
   No digits are lost in windows that are narrow or far out. */
#ifndef ELBO_STDLIB_DISTRIBUTIONS_NORMAL_WINDOW_H
#define ELBO_STDLIB_DISTRIBUTIONS_NORMAL_WINDOW_H

#include "runtime/kernel.h"

/* The logarithm of the probability of the window; mean, variance and entropy of the distribution within it. */
extern const Elementwise normal_window_log_mass, normal_window_mean, normal_window_variance, normal_window_entropy;

/* The number in the window (a, b) below which the share u of its probability lies; arguments u, 1 - u, a, b. NaN where the whole
   window has a probability below 1e-290. Without derivatives. */
extern const Elementwise normal_window_place;

#endif
