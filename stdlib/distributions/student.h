/* What Cauchy's and Student's distributions share. */
#ifndef ELBO_STDLIB_DISTRIBUTIONS_STUDENT_H
#define ELBO_STDLIB_DISTRIBUTIONS_STUDENT_H

#include <math.h>

#include "stdlib/distributions/log_beta.h"

/* log(1 + z^2 / df) for any finite z, also where z^2 is too large for a number. A logarithm with what rounding lost of 1 + w is
   faster than log1p. */
static inline double student_log1p(double z, double inverse_df) {
    double w = z * z * inverse_df, small = z * 0x1p-512, sum = 1 + w;
    double lost = (w - (sum - 1)) / sum, rest = w > 1e300 ? 709.78271289338399684 /* 1024 log(2) */ : lost;
    double part = w > 1e300 ? small * small * inverse_df : sum;
    return log(part) + rest;
}

/* log(1 + z^2) for any finite z, with an absolute error of an epsilon: enough beside log(pi), and a third of the time of the
   above. */
static inline double student_log_cauchy(double z) {
    double size = fabs(z), y = log(size > 1e9 ? size : 1 + size * size);
    return size > 1e9 ? 2 * y : y;
}

/* The log density at 0 for scale 1, log(gamma((df + 1) / 2) / gamma(df / 2)) - log(pi df) / 2, and its derivative. */
static inline double student_log_norm(double df) { return -log_beta(0.5 * df, 0.5) - 0.5 * log(df); }
static inline double student_log_norm_by_df(double df) { return 0.5 * (digamma_gap(0.5 * df, 0.5) - 1 / df); }

#endif
