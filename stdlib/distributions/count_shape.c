/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stdlib/distributions/count_shape.h"

#include "runtime/kernels/vector.h"
#include "stdlib/distributions/countkernels.h"

enum { BLOCK = 512, KNOWN = 64 };

/* Made with mpmath. */
static const double known[KNOWN] = {
    0.0, 1.0, 1.3068528194400546, 1.4959226032237258,
    1.6328763858683832, 1.7403021806115442, 1.828694396641771, 1.9037903176782212,
    1.9690705693065629, 2.0268062840554952, 2.0785616431350586, 2.12545984509181,
    2.168334698205882, 2.207822206123445, 2.244418568125061, 2.2785183673077407,
    2.310440550244173, 2.3404466011812155, 2.368753565902089, 2.3955435830371252,
    2.4209709896736653, 2.445167706285025, 2.468247377952275, 2.490308601393931,
    2.511437469761624, 2.531709601275501, 2.551191772443469, 2.569943244889446,
    2.588016852275825, 2.6054598975602623, 2.622314898965503, 2.638620214275777,
    2.654410566523788, 2.66971748918767, 2.6845697052481916, 2.6989934515576137,
    2.7130127577232424, 2.7266496869511223, 2.7399245449111533, 2.7528560615872486,
    2.765461550199943, 2.777757046585083, 2.7897574318436025, 2.80147654061545,
    2.812927256953404, 2.824121599462826, 2.83507079711794, 2.845785356953615,
    2.856275124655495, 2.866549338924182, 2.876616680365729, 2.8864853155567434,
    2.8961629368445627, 2.90565679836845, 2.9149737487243645, 2.924120260641752,
    2.9331024579944445, 2.9419261404279933, 2.9505968058514496, 2.959119671012043,
    2.96749969034555, 2.9757415732729164, 2.9838498000943177, 2.9918286366149673};

/* By the table, in a loop of its own because tables keep a loop from becoming vector code; returns whether other counts are left. */
static bool take_known(size_t n, double *restrict out, const double *x) {
    int others = 0;
    for (size_t i = 0; i < n; i++) {
        bool small = x[i] >= 0 && x[i] < KNOWN;
        out[i] = known[small ? (int)x[i] : 0];
        others |= x[i] >= KNOWN;
    }
    return others;
}

ELBO_CLONES static void take_others(size_t n, double *restrict out, const double *x) {
    VECTOR_LOOP(i, n) {
        double k = x[i] >= KNOWN ? x[i] : KNOWN, y = stirling_series(k) + 0.5 * (LOG_2_PI + log(k));
        out[i] = x[i] >= KNOWN ? y : out[i];
    }
}

void count_shapes(size_t n, double *restrict out, const double *x) {
    if (take_known(n, out, x)) take_others(n, out, x);
}

void count_shapes_of_both(size_t size, double *restrict out, const double *x, const double *n) {
    double y[BLOCK], shape[BLOCK];
    count_shapes(size, out, x);
    for (size_t at = 0, block; at < size; at += block) {
        block = size - at < BLOCK ? size - at : BLOCK;
        for (size_t i = 0; i < block; i++) y[i] = n[at + i] - x[at + i];
        count_shapes(block, shape, y);
        for (size_t i = 0; i < block; i++) out[at + i] += shape[i];
    }
}

void count_shapes_of_choice(size_t size, double *restrict out, const double *x, const double *n) {
    double shape[BLOCK];
    count_shapes_of_both(size, out, x, n);
    for (size_t at = 0, block; at < size; at += block) {
        block = size - at < BLOCK ? size - at : BLOCK;
        count_shapes(block, shape, n + at);
        for (size_t i = 0; i < block; i++) out[at + i] -= shape[i];
    }
}
