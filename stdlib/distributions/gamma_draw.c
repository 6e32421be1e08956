/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stdlib/distributions/gamma_draw.h"

#include "runtime/kernels/vector.h"
#include "runtime/refused.h"

enum { BLOCK = 512 };

ELBO_CLONES void gamma_propose_logs(size_t n, double *restrict out, const double *shape, const double *z, const double *u) {
    VECTOR_LOOP(i, n) out[i] = gamma_propose_log(shape[i], z[i], u[i]);
}

/* From shape 1 on the number is that of gamma_propose to the bit, lest a draw depend on its neighbours. */
ELBO_CLONES static void propose_exactly(size_t n, double *restrict out, const double *shape, const double *z, const double *u) {
    VECTOR_LOOP(i, n) {
        double log_g = gamma_propose_log(shape[i], z[i], u[i]), g = exp(log_g);
        double d = shape[i] - 1.0 / 3, root = 1 + 1 / sqrt(9 * d) * z[i], v = root * root * root;
        out[i] = shape[i] < 1 || isnan(log_g) ? g : d * v;
    }
}

ELBO_CLONES static void propose_cheaply(size_t n, double *restrict out, const double *shape, const double *z, const double *u) {
    VECTOR_LOOP(i, n) {
        double d = shape[i] - 1.0 / 3;
        out[i] = gamma_propose(d, 1 / sqrt(9 * d), z[i], u[i]);
    }
}

ELBO_CLONES static void propose_for_one(size_t n, double *restrict out, double shape, const double *z, const double *u) {
    double d = shape - 1.0 / 3, c = 1 / sqrt(9 * d);
    VECTOR_LOOP(i, n) out[i] = gamma_propose(d, c, z[i], u[i]);
}

ELBO_CLONES static void compare(size_t n, const double *shape, bool *below, bool *equal) {
    long smaller = 0, others = 0;
    for (size_t i = 0; i < n; i++) {
        smaller += shape[i] < 1;
        others += shape[i] != shape[0];
    }
    *below = smaller > 0;
    *equal = others == 0;
}

/* The cheap test for all of a block, and the exact one for those that it leaves undecided, close together. */
static void propose(size_t n, double *restrict out, const double *shape, const double *z, const double *u) {
    double some[3][BLOCK], exact[BLOCK];
    size_t at[BLOCK + LANE_BLOCK];
    bool below, equal;
    compare(n, shape, &below, &equal);
    if (below) {
        propose_exactly(n, out, shape, z, u);
        return;
    }
    if (equal) propose_for_one(n, out, shape[0], z, u);
    else propose_cheaply(n, out, shape, z, u);
    size_t count = refused_places(out, n, at);
    if (count == 0) return;
    size_t padded = lane_pad(count), i = 0;
    do {
        size_t from = at[i < count ? i : 0];
        some[0][i] = shape[from];
        some[1][i] = z[from];
        some[2][i] = u[from];
    } while (++i < padded);
    propose_exactly(padded, exact, some[0], some[1], some[2]);
    for (i = 0; i < count; i++) out[at[i]] = exact[i];
}

void gamma_propose_all(size_t n, double *restrict out, const double *shape, const double *z, const double *u) {
    for (size_t i = 0; i < n; i += BLOCK) propose(n - i < BLOCK ? n - i : BLOCK, out + i, shape + i, z + i, u + i);
}

double gamma_draw_log(LaneRandom *random, double shape) {
    for (;;) {
        double z = random_lane_normal(random), log_g = gamma_propose_log(shape, z, random_lane_uniform(random));
        if (!isnan(log_g)) return log_g;
    }
}
