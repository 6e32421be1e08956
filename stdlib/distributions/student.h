/* What Cauchy's and Student's distributions share. */
#ifndef ELBO_STDLIB_DISTRIBUTIONS_STUDENT_H
#define ELBO_STDLIB_DISTRIBUTIONS_STUDENT_H

#include <math.h>

#include "stdlib/distributions/log_beta.h"

/* log(1 + z^2 / df) for any finite z, also where z^2 is too large for a number. */
static inline double student_log1p(double z, double inverse_df) {
    double w = z * z * inverse_df, small = z * 0x1p-512;
    double large = small * small * inverse_df - 1; /* not below 5e-9 - 1 */
    double y = log1p(w > 1e300 ? large : w);
    return w > 1e300 ? y + 709.78271289338399684 : y; /* 1024 log(2) */
}

/* The log density at 0 for scale 1, log(gamma((df + 1) / 2) / gamma(df / 2)) - log(pi df) / 2, and its derivative. */
static inline double student_log_norm(double df) { return -log_beta(0.5 * df, 0.5) - 0.5 * log(df); }
static inline double student_log_norm_by_df(double df) { return 0.5 * (digamma_gap(0.5 * df, 0.5) - 1 / df); }

#endif
