/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stdlib/distributions/count_propose.h"

#include "runtime/layout.h"
#include "runtime/refused.h"
#include "stdlib/distributions/count_search.h"
#include "stdlib/distributions/countkernels.h"
#include "stdlib/distributions/lone.h"

enum { BLOCK = COUNT_BLOCK };

/* ---- What the tables of both rejections share ---- */

typedef struct Rejection {
    double a, b, alpha, squeeze, centre;
} Rejection;

static inline Rejection poisson_rejection(double rate) {
    double b = 0.931 + 2.53 * sqrt(rate), a = -0.059 + 0.02483 * b;
    return (Rejection){a, b, 1.1239 + 1.1328 / (b - 3.4), 0.9277 - 3.6224 / (b - 2), rate + 0.43};
}

static inline Rejection binomial_rejection(double n, double p) {
    double spread = sqrt(n * p * (1 - p)), b = 1.15 + 2.53 * spread, a = -0.0873 + 0.0248 * b + 0.01 * p;
    return (Rejection){a, b, (2.83 + 5.1 / b) * spread, 0.92 - 4.2 / b, n * p + 0.5};
}

/* The count that u proposes. */
static inline double proposed(const Rejection *r, double u) {
    double us = 0.5 - fabs(u - 0.5);
    return floor((2 * r->a / us + r->b) * (u - 0.5) + r->centre);
}

/* Whether the count is accepted without a look at its probability. */
static inline bool squeezed(const Rejection *r, double u, double v) { return (fabs(u - 0.5) <= 0.43) & (v <= r->squeeze); }

/* What the logarithm of the count's probability, relative to the hat's, must reach. */
static inline double needed(const Rejection *r, double u, double v) {
    double us = 0.5 - fabs(u - 0.5);
    return log(v * r->alpha / (r->a / (us * us) + r->b));
}

/* The numbers of the undecided lanes, close together. */
static void gather(size_t count, const size_t at[], const double *const in[], unsigned n_in, double some[][BLOCK]) {
    for (unsigned k = 0; k < n_in; k++)
        for (size_t i = 0; i < lane_pad(count); i++) some[k][i] = in[k][at[i < count ? i : 0]];
}

/* From name_body, whose parameters are one number each if `lone`, the kernels `name` and name_lone: the same operations. */
#define LONE_KERNELS(name)                                                                          \
    ELBO_CLONES static void name(size_t n, double *restrict out, const double *const in[]) {          \
        name##_body(n, out, in, false);                                                               \
    }                                                                                                 \
    ELBO_CLONES static void name##_lone(size_t n, double *restrict out, const double *const in[]) {   \
        name##_body(n, out, in, true);                                                                \
    }

typedef void Proposal(size_t n, double *restrict out, const double *const in[]);

/* The squeeze for all, and the exact test for those that it leaves undecided. */
static void reject(size_t n, double *restrict out, const double *const in[], unsigned n_in, Proposal *squeeze, Proposal *exact) {
    double some[4][BLOCK], decided[BLOCK];
    size_t at[BLOCK + LANE_BLOCK];
    squeeze(n, out, in);
    size_t count = refused_places(out, n, at);
    if (!count) return;
    gather(count, at, in, n_in, some);
    exact(lane_pad(count), decided, (const double *const[]){some[0], some[1], some[2], some[3]});
    for (size_t i = 0; i < count; i++) out[at[i]] = decided[i];
}

/* The same for the lanes with a mean that is not small; NaN is refused. */
static void reject_large(size_t n, double *restrict out, const double *mean, const double *const in[], unsigned n_in, Proposal *squeeze, Proposal *exact) {
    double some[4][BLOCK], decided[BLOCK];
    size_t at[BLOCK], count = 0;
    for (size_t i = 0; i < n; i++) {
        at[count] = i;
        count += mean[i] >= count_small;
        out[i] = isnan(mean[i]) ? NAN : out[i];
    }
    if (!count) return;
    gather(count, at, in, n_in, some);
    reject(lane_pad(count), decided, (const double *const[]){some[0], some[1], some[2], some[3]}, n_in, squeeze, exact);
    for (size_t i = 0; i < count; i++) out[at[i]] = decided[i];
}

/* ---- Poisson: W. Hörmann, The transformed rejection method for generating Poisson random variables (PTRS), Insurance:
   Mathematics and Economics 12 (1993) 39 ---- */

LONE_INLINE void poisson_squeeze_body(size_t n, double *restrict out, const double *const in[], bool lone) {
    const double *rate = in[0], *u = in[1], *v = in[2], rate_0 = rate[0];
    VECTOR_LOOP(i, n) {
        Rejection r = poisson_rejection(LONE(rate, i));
        double k = proposed(&r, u[i]);
        out[i] = squeezed(&r, u[i], v[i]) ? k : NAN;
    }
}
LONE_KERNELS(poisson_squeeze)

LONE_INLINE void poisson_exact_body(size_t n, double *restrict out, const double *const in[], bool lone) {
    const double *rate = in[0], *u = in[1], *v = in[2], rate_0 = rate[0];
    double log_p[BLOCK];
    VECTOR_LOOP(i, n) {
        Rejection r = poisson_rejection(LONE(rate, i));
        double k = proposed(&r, u[i]);
        out[i] = k;
    }
    for (size_t i = 0; i < n; i++) log_p[i] = count_log_factorial_small(out[i]);
    VECTOR_LOOP(i, n) {
        Rejection r = poisson_rejection(LONE(rate, i));
        double k = out[i], log_rate = log(LONE(rate, i)), least = needed(&r, u[i], v[i]);
        double large = poisson_log_large(k < 16 ? 16 : k, LONE(rate, i), log_rate);
        double reached = k < 16 ? k * log_rate - LONE(rate, i) - log_p[i] : large;
        out[i] = ((k >= 0) & (least <= reached)) ? k : NAN;
    }
}
LONE_KERNELS(poisson_exact)

ELBO_CLONES static void poisson_start(size_t n, const double *rate, double *restrict mean, double *restrict first, double *restrict factor) {
    VECTOR_LOOP(i, n) {
        mean[i] = rate[i] < count_small ? rate[i] : 0;
        first[i] = exp(-mean[i]);
        factor[i] = 1;
    }
}

static void poisson_block(size_t n, double *restrict out, const double *rate, const double *u, const double *v) {
    const double *const in[] = {rate, u, v};
    double mean[BLOCK], first[BLOCK], factor[BLOCK];
    bool lone = count_all_equal(n, rate);
    size_t few = count_few(n, rate);
    if (few) {
        poisson_start(lone ? LANE_BLOCK : n, rate, mean, first, factor);
        count_search(n, &(CountSearch){u, first, factor, mean, 0}, lone, out);
        if (few < n) reject_large(n, out, rate, in, 3, poisson_squeeze, poisson_exact);
    } else {
        reject(n, out, in, 3, lone ? poisson_squeeze_lone : poisson_squeeze, lone ? poisson_exact_lone : poisson_exact);
    }
}

void count_propose_poisson(size_t n, double *restrict out, const double *rate, const double *u, const double *v) {
    for (size_t at = 0; at < n; at += BLOCK) poisson_block(n - at < BLOCK ? n - at : BLOCK, out + at, rate + at, u + at, v + at);
}

/* ---- Binomial: W. Hörmann, The generation of binomial random variates (BTRS), Journal of Statistical Computation and
   Simulation 46 (1993) 101; the search as BINV of V. Kachitvichyanukul and B. W. Schmeiser, Binomial random variate
   generation, Communications of the ACM 31 (1988) 216 ---- */

LONE_INLINE void binomial_squeeze_body(size_t n, double *restrict out, const double *const in[], bool lone) {
    const double *trials = in[0], *p = in[1], *u = in[2], *v = in[3], trials_0 = trials[0], p_0 = p[0];
    VECTOR_LOOP(i, n) {
        Rejection r = binomial_rejection(LONE(trials, i), LONE(p, i));
        double k = proposed(&r, u[i]);
        out[i] = squeezed(&r, u[i], v[i]) ? k : NAN;
    }
}
LONE_KERNELS(binomial_squeeze)

/* The part of log(n! p^k q^(n - k) / (k! (n - k)!)) that hangs on k >= 1, of which there are n - k others: this and the same of the
   others add up to it. */
static inline double binomial_half(double k, double distance, double log_n, double log_p, double known) {
    double a = k < 1 ? 1 : k, log_a = log(a), large = stirling_series(a < 16 ? 16 : a);
    double some = -(a < 16 ? known : large) - count_part(a, distance, log_n - log_a + log_p) - 0.5 * log_a;
    return k < 1 ? 0.5 * LOG_2_PI - distance : some;
}

/* The logarithm of each count's probability, less what is the same for all counts. */
ELBO_CLONES static void binomial_relative(size_t n, double *restrict out, const double *trials, const double *p, const double *count) {
    double known[2][BLOCK];
    for (size_t i = 0; i < n; i++) {
        known[0][i] = count_rest_small(count[i]);
        known[1][i] = count_rest_small(trials[i] - count[i]);
    }
    VECTOR_LOOP(i, n) {
        double distance = trials[i] * p[i] - count[i], log_n = log(trials[i]), yes = log(p[i]);
        out[i] = binomial_half(count[i], distance, log_n, yes, known[0][i]);
    }
    VECTOR_LOOP(i, n) {
        double distance = count[i] - trials[i] * p[i], log_n = log(trials[i]), no = log1p(-p[i]);
        out[i] += binomial_half(trials[i] - count[i], distance, log_n, no, known[1][i]);
    }
}

LONE_INLINE void binomial_exact_body(size_t n, double *restrict out, const double *const in[], bool lone) {
    const double *trials = in[0], *p = in[1], *u = in[2], *v = in[3], trials_0 = trials[0], p_0 = p[0];
    double mode[BLOCK], inside[BLOCK], peak[BLOCK], here[BLOCK];
    if (n < LANE_BLOCK) return;
    VECTOR_LOOP(i, n) {
        Rejection r = binomial_rejection(LONE(trials, i), LONE(p, i));
        double k = proposed(&r, u[i]);
        out[i] = k;
        inside[i] = k < 0 ? 0 : k > trials[i] ? trials[i] : k;
        mode[i] = floor((trials[i] + 1) * p[i]);
    }
    binomial_relative(n, here, trials, p, inside);
    binomial_relative(lone ? LANE_BLOCK : n, peak, trials, p, mode);
    double peak_0 = peak[0];
    VECTOR_LOOP(i, n) {
        Rejection r = binomial_rejection(LONE(trials, i), LONE(p, i));
        double least = needed(&r, u[i], v[i]);
        out[i] = ((inside[i] == out[i]) & (least <= here[i] - LONE(peak, i))) ? out[i] : NAN;
    }
}
LONE_KERNELS(binomial_exact)

/* Of the rarer outcome. */
ELBO_CLONES static void binomial_means(size_t n, const double *trials, const double *p, double *restrict rare, double *restrict mean) {
    VECTOR_LOOP(i, n) {
        double q = p[i] > 0.5 ? 1 - p[i] : p[i];
        rare[i] = q;
        mean[i] = trials[i] * q;
    }
}

/* What the search reads; in other lanes it ends at once. */
ELBO_CLONES static void binomial_start(size_t n, const double *trials, const double *rare, const double *mean, double *restrict factor, double *restrict first) {
    VECTOR_LOOP(i, n) {
        bool few = mean[i] < count_small;
        double start = exp(trials[i] * log1p(-rare[i])), odds = rare[i] / (1 - rare[i]);
        factor[i] = few ? odds : 0;
        first[i] = few ? start : 1;
    }
}

static void binomial_block(size_t n, double *restrict out, const double *trials, const double *p, const double *u, const double *v) {
    double rare[BLOCK], mean[BLOCK], factor[BLOCK], first[BLOCK];
    const double *const in[] = {trials, rare, u, v};
    bool lone = count_all_equal(n, trials) && count_all_equal(n, p);
    binomial_means(n, trials, p, rare, mean);
    size_t few = count_few(n, mean);
    if (few) {
        binomial_start(lone ? LANE_BLOCK : n, trials, rare, mean, factor, first);
        count_search(n, &(CountSearch){u, first, factor, trials, -1}, lone, out);
        if (few < n) reject_large(n, out, mean, in, 4, binomial_squeeze, binomial_exact);
    } else {
        reject(n, out, in, 4, lone ? binomial_squeeze_lone : binomial_squeeze, lone ? binomial_exact_lone : binomial_exact);
    }
    for (size_t i = 0; i < n; i++) out[i] = p[i] > 0.5 ? trials[i] - out[i] : out[i];
}

void count_propose_binomial(size_t n, double *restrict out, const double *trials, const double *p, const double *u, const double *v) {
    for (size_t at = 0; at < n; at += BLOCK)
        binomial_block(n - at < BLOCK ? n - at : BLOCK, out + at, trials + at, p + at, u + at, v + at);
}
