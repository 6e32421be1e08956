/* The standard normal distribution within a window, as elementwise functions of the window's ends a <= b, which may be infinite.
   No digits are lost in windows that are narrow or far out. */
#ifndef ELBO_STDLIB_DISTRIBUTIONS_NORMAL_WINDOW_H
#define ELBO_STDLIB_DISTRIBUTIONS_NORMAL_WINDOW_H

#include "runtime/kernel.h"

/* The logarithm of the probability of the window; mean, variance and entropy of the distribution within it. */
extern const Elementwise normal_window_log_mass, normal_window_mean, normal_window_variance, normal_window_entropy;

#endif
