/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stdlib/distributions/count_mixed.h"

#include <math.h>
#include <stdint.h>

#include "runtime/kernels/vector.h"
#include "runtime/random.h"
#include "runtime/refused.h"
#include "stdlib/distributions/count_propose.h"
#include "stdlib/distributions/count_search.h"
#include "stdlib/distributions/gamma_draw.h"

enum { BLOCK = COUNT_BLOCK };

/* ---- Counts whose parameter is itself a variable ----

   Their noise must not be refused with a probability that depends on that variable, or its distribution would be another. So where u
   and v are refused, they are followed by numbers that a generator makes of their bits. */

typedef struct Following {
    uint32_t key[2], counter[4];
} Following;

static Following following(double u, double v) {
    uint64_t a = (uint64_t)(u * 0x1p53), b = (uint64_t)(v * 0x1p53);
    return (Following){{(uint32_t)a, (uint32_t)(a >> 32)}, {(uint32_t)b, (uint32_t)(b >> 32), 0, 0x636f756eu}};
}

static void follow(Following *f, double *u, double *v) {
    uint32_t bits[4];
    f->counter[2]++;
    philox_block(f->counter, f->key, bits);
    *u = (double)((uint64_t)bits[0] << 20 | bits[1] >> 12) * 0x1p-52 + 0x1p-53;
    *v = (double)((uint64_t)bits[2] << 20 | bits[3] >> 12) * 0x1p-52 + 0x1p-53;
}

typedef void Proposal(size_t n, double *restrict out, const double *const in[]);

static void propose_poisson(size_t n, double *restrict out, const double *const in[]) { count_propose_poisson(n, out, in[0], in[1], in[2]); }
static void propose_binomial(size_t n, double *restrict out, const double *const in[]) { count_propose_binomial(n, out, in[0], in[1], in[2], in[3]); }

/* One block of counts of which only those with a parameter of NaN, the last before the two uniforms, are refused. */
static void accepted(size_t n, double *restrict out, const double *const in[], unsigned n_in, Proposal *propose) {
    double some[4][BLOCK], again[BLOCK];
    size_t at[BLOCK + LANE_BLOCK], left = 0;
    Following streams[BLOCK];
    propose(n, out, in);
    size_t count = refused_places(out, n, at);
    for (size_t i = 0; i < count; i++) {
        if (isnan(in[n_in - 3][at[i]])) continue;
        streams[left] = following(in[n_in - 2][at[i]], in[n_in - 1][at[i]]);
        at[left++] = at[i];
    }
    while ((count = left)) {
        for (unsigned k = 0; k < n_in - 2; k++)
            for (size_t i = 0; i < lane_pad(count); i++) some[k][i] = in[k][at[i < count ? i : 0]];
        for (size_t i = 0; i < count; i++) follow(&streams[i], &some[n_in - 2][i], &some[n_in - 1][i]);
        for (size_t i = count; i < lane_pad(count); i++) some[n_in - 2][i] = some[n_in - 1][i] = 0.5;
        propose(lane_pad(count), again, (const double *const[]){some[0], some[1], some[2], some[3]});
        left = 0;
        for (size_t i = 0; i < count; i++) {
            out[at[i]] = again[i];
            streams[left] = streams[i];
            at[left] = at[i];
            left += isnan(again[i]);
        }
    }
}

/* ---- Binomial by weights ---- */

ELBO_CLONES static void rarer(size_t n, double *restrict p, const double *yes, const double *no) {
    VECTOR_LOOP(i, n) {
        double less = yes[i] < no[i] ? yes[i] : no[i], y = less / (yes[i] + no[i]);
        p[i] = less == 0 ? 0 : y;
    }
}

ELBO_CLONES void count_weights_of_logit(size_t n, double *restrict yes, double *restrict no, const double *logit) {
    VECTOR_LOOP(i, n) {
        double e = exp(-fabs(logit[i]));
        yes[i] = logit[i] < 0 ? e : 1;
        no[i] = logit[i] < 0 ? 1 : e;
    }
}

void count_propose_weighted(size_t n, double *restrict out, const double *trials, const double *yes, const double *no, const double *u, const double *v) {
    double p[BLOCK];
    for (size_t at = 0, block; at < n; at += block) {
        block = n - at < BLOCK ? n - at : BLOCK;
        rarer(block, p, yes + at, no + at);
        accepted(block, out + at, (const double *const[]){trials + at, p, u + at, v + at}, 4, propose_binomial);
        for (size_t i = at; i < at + block; i++) out[i] = yes[i] > no[i] ? trials[i] - out[i] : out[i];
    }
}

/* ---- Negative binomial ---- */

/* mean is that of lanes that the search serves; else `count_small`. */
ELBO_CLONES static void negative_start(size_t n, const double *size, const double *yes, const double *no, double *restrict mean, double *restrict first,
                                       double *restrict factor) {
    VECTOR_LOOP(i, n) {
        double odds = yes[i] / no[i], expected = size[i] * odds, start = exp(-size[i] * log1p(odds));
        bool few = (expected < count_small) & (odds < 3);
        mean[i] = few ? expected : count_small;
        first[i] = few ? start : 1;
        factor[i] = few ? odds / (1 + odds) : 0;
    }
}

/* The rate from a gamma variable, which for sizes below 1 may be too count_small for a number. */
ELBO_CLONES static void mixed_rates(size_t n, double *restrict rate, const double *mean, const double *yes, const double *no) {
    VECTOR_LOOP(i, n) {
        double y = rate[i] * (yes[i] / no[i]);
        rate[i] = mean[i] < count_small ? 0 : y > 1e300 ? 1e300 : y;
    }
}

ELBO_CLONES static void mixed_rates_of_small(size_t n, double *restrict rate, const double *mean, const double *size, const double *yes, const double *no,
                                             const double *restrict log_g) {
    VECTOR_LOOP(i, n) {
        double y = exp(log_g[i] + (log(yes[i]) - log(no[i]))), kept = y > 1e300 ? 1e300 : y;
        rate[i] = ((mean[i] < count_small) | (size[i] >= 1)) ? rate[i] : kept;
    }
}

static bool any_below_1(size_t n, const double *x) {
    long below = 0;
    for (size_t i = 0; i < n; i++) below += x[i] < 1;
    return below > 0;
}

static void negative_block(size_t n, double *restrict out, const double *size, const double *yes, const double *no, const double *z, const double *const u[3]) {
    double mean[BLOCK], first[BLOCK], factor[BLOCK], searched[BLOCK], rate[BLOCK], log_g[BLOCK];
    bool lone = count_all_equal(n, size) && count_all_equal(n, yes) && count_all_equal(n, no);
    size_t unlike = lone ? LANE_BLOCK : n;
    negative_start(unlike, size, yes, no, mean, first, factor);
    for (size_t i = unlike; i < n; i++) mean[i] = mean[0];
    size_t few = count_few(n, mean);
    CountSearch s = {u[0], first, factor, size, 1};
    if (few) count_search(n, &s, lone, few == n ? out : searched);
    if (few == n) return;
    gamma_propose_all(n, rate, size, z, u[2]);
    mixed_rates(n, rate, mean, yes, no);
    if (any_below_1(n, size)) {
        gamma_propose_logs(n, log_g, size, z, u[2]);
        mixed_rates_of_small(n, rate, mean, size, yes, no, log_g);
    }
    accepted(n, out, (const double *const[]){rate, u[0], u[1]}, 3, propose_poisson);
    if (few) count_choose(n, out, mean, searched);
}

void count_propose_negative(size_t n, double *restrict out, const double *size, const double *yes, const double *no, const double *z,
                            const double *const u[3]) {
    for (size_t at = 0; at < n; at += BLOCK)
        negative_block(n - at < BLOCK ? n - at : BLOCK, out + at, size + at, yes + at, no + at, z + at, (const double *const[]){u[0] + at, u[1] + at, u[2] + at});
}
