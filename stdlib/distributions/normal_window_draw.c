/* SPDX-License-Identifier: GPL-3.0-or-later
   Inversion of the standard normal distribution within a window. */
#include "stdlib/distributions/normal_window.h"

#include "runtime/kernels/normal_tail.h"
#include "runtime/kernels/vector.h"

/* The probability beyond z >= 0. */
static inline double beyond(double z) { return 0.5 * erfc_scaled(0.70710678118654752440 * z) * exp(-0.5 * (z * z)); }

/* Where the window lies above 0 for the most part it is turned round, so that its probabilities are those of lower tails. */
ELBO_CLONES static void place_value(size_t n, double *restrict out, const double *const in[]) {
    const double *u = in[0], *rest = in[1], *a = in[2], *b = in[3];
    VECTOR_LOOP(i, n) {
        double turned = a[i] + b[i] > 0 ? -1 : 1, low = turned < 0 ? -b[i] : a[i], high = turned < 0 ? -a[i] : b[i];
        double share = turned < 0 ? rest[i] : u[i], other = turned < 0 ? u[i] : rest[i];
        double tail = beyond(fabs(low)), end = beyond(fabs(high)), p_high = high < 0 ? end : 1 - end, q_high = high < 0 ? 1 - end : end;
        double p = other * tail + share * p_high, q = other * (1 - tail) + share * q_high;
        double middle = normal_quantile_centre(p - 0.5), outer = normal_quantile_outer(sqrt(-log(p < q ? p : q)));
        outer = p < q ? -outer : outer;
        double z = fabs(p - 0.5) <= 0.425 ? middle : outer;
        out[i] = p_high > 1e-290 ? turned * z : NAN;
    }
}

const Elementwise normal_window_place = {.name = "place", .arity = 4, .value = place_value};
