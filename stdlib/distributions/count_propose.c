/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stdlib/distributions/count_propose.h"

#include <float.h>
#include <stdbool.h>

#include "runtime/layout.h"
#include "runtime/refused.h"
#include "stdlib/distributions/countkernels.h"
#include "stdlib/distributions/lone.h"

enum { BLOCK = 512, STEPS = 400 };

/* Below this mean counts are searched for one after the other. */
static const double small = 10;

/* ---- Inversion by sequential search (Devroye, Non-Uniform Random Variate Generation, 1986, X.3.3) ----

   The probability of k + 1 is that of k times factor / (k + 1) * (size - k) / size: size is the number of trials, or infinite. */

typedef struct Search {
    const double *u, *first, *factor, *size;
} Search;

static inline double grown(double p, double factor, double size, double k) { return p * (factor * (1 - k / size) / (k + 1)); }

/* One step in all lanes: those that go on count one more. */
ELBO_CLONES static long search_step(size_t n, double k, const Search *s, double *restrict p, double *restrict sum, double *restrict out) {
    const double *u = s->u, *factor = s->factor, *size = s->size;
    long on = 0;
    VECTOR_LOOP(i, n) {
        double next = grown(p[i], factor[i], size[i], k), total = sum[i] + next;
        bool goes_on = (u[i] > sum[i]) & (total > sum[i]);
        out[i] += goes_on ? 1 : 0;
        on += goes_on;
        p[i] = next;
        sum[i] = total;
    }
    return on;
}

static void search(size_t n, const Search *s, double *restrict out) {
    double p[BLOCK], sum[BLOCK];
    for (size_t i = 0; i < n; i++) {
        p[i] = sum[i] = s->first[i];
        out[i] = 0;
    }
    for (double k = 0; k < STEPS && search_step(n, k, s, p, sum, out); k++);
}

/* The same sums for parameters that are equal in all lanes, once, with a first guess for each 1/64 of u. */
static void search_for_one(size_t n, const Search *s, double *restrict out) {
    enum { GUIDES = 64 };
    double sum[STEPS + 1];
    unsigned short guide[GUIDES + 1];
    unsigned last = 0;
    double p = s->first[0];
    for (sum[0] = p; last < STEPS; last++) {
        p = grown(p, s->factor[0], s->size[0], last);
        sum[last + 1] = sum[last] + p;
        if (!(sum[last + 1] > sum[last])) break;
    }
    for (unsigned g = 0, k = 0; g <= GUIDES; g++) {
        while (k < last && (double)g / GUIDES > sum[k]) k++;
        guide[g] = (unsigned short)k;
    }
    for (size_t i = 0; i < n; i++) {
        unsigned k = guide[(unsigned)(s->u[i] * GUIDES)];
        while (k < last && s->u[i] > sum[k]) k++;
        out[i] = k;
    }
}

static bool all_equal(size_t n, const double *x) {
    long others = 0;
    for (size_t i = 0; i < n; i++) others += x[i] != x[0];
    return others == 0;
}

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
        out[i] = (k >= 0) & (least <= reached) ? k : NAN;
    }
}
LONE_KERNELS(poisson_exact)

ELBO_CLONES static void poisson_start(size_t n, const double *rate, double *restrict mean, double *restrict large, double *restrict first, double *restrict size) {
    VECTOR_LOOP(i, n) {
        mean[i] = rate[i] < small ? rate[i] : 0;
        large[i] = rate[i] < small ? small : rate[i];
        first[i] = exp(-mean[i]);
        size[i] = INFINITY;
    }
}

static size_t count_small(size_t n, const double *mean) {
    size_t few = 0;
    for (size_t i = 0; i < n; i++) few += mean[i] < small;
    return few;
}

static void choose(size_t n, double *restrict out, const double *mean, const double *restrict searched) {
    for (size_t i = 0; i < n; i++) out[i] = mean[i] < small ? searched[i] : out[i];
}

static void poisson_block(size_t n, double *restrict out, const double *rate, const double *u, const double *v) {
    double mean[BLOCK], large[BLOCK], first[BLOCK], size[BLOCK], searched[BLOCK];
    bool lone = all_equal(n, rate);
    if (lone && !(rate[0] < small)) {
        reject(n, out, (const double *const[]){rate, u, v}, 3, poisson_squeeze_lone, poisson_exact_lone);
        return;
    }
    size_t few = count_small(n, rate);
    poisson_start(lone ? LANE_BLOCK : n, rate, mean, large, first, size);
    Search s = {u, first, mean, size};
    if (few) (lone ? search_for_one : search)(n, &s, few == n ? out : searched);
    if (few == n) return;
    reject(n, out, (const double *const[]){large, u, v}, 3, poisson_squeeze, poisson_exact);
    if (few) choose(n, out, rate, searched);
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
        out[i] = (inside[i] == out[i]) & (least <= here[i] - LONE(peak, i)) ? out[i] : NAN;
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

/* What each algorithm reads; in the other one's lanes something sound. */
ELBO_CLONES static void binomial_start(size_t n, const double *trials, const double *rare, const double *mean, double *restrict factor, double *restrict size,
                                       double *restrict first) {
    VECTOR_LOOP(i, n) {
        bool few = mean[i] < small;
        double start = exp(trials[i] * log1p(-rare[i]));
        factor[i] = few ? trials[i] * (rare[i] / (1 - rare[i])) : 0;
        size[i] = trials[i] < 1 ? 1 : trials[i];
        first[i] = few ? start : 1;
    }
}

ELBO_CLONES static void keep_large(size_t n, const double *mean, const double *trials, const double *rare, double *restrict some, double *restrict p) {
    VECTOR_LOOP(i, n) {
        some[i] = mean[i] < small ? 40 : trials[i];
        p[i] = mean[i] < small ? 0.5 : rare[i];
    }
}

static void binomial_search(size_t n, double *restrict out, const double *trials, const double *rare, const double *mean, const double *u, bool lone) {
    double factor[BLOCK], size[BLOCK], first[BLOCK];
    binomial_start(lone ? LANE_BLOCK : n, trials, rare, mean, factor, size, first);
    Search s = {u, first, factor, size};
    (lone ? search_for_one : search)(n, &s, out);
}

static void binomial_block(size_t n, double *restrict out, const double *trials, const double *p, const double *u, const double *v) {
    double rare[BLOCK], mean[BLOCK], searched[BLOCK], many[BLOCK], likely[BLOCK];
    bool lone = all_equal(n, trials) && all_equal(n, p);
    binomial_means(n, trials, p, rare, mean);
    size_t few = count_small(n, mean);
    if (few) binomial_search(n, few == n ? out : searched, trials, rare, mean, u, lone);
    if (few < n) {
        keep_large(n, mean, trials, rare, many, likely);
        reject(n, out, (const double *const[]){many, likely, u, v}, 4, lone ? binomial_squeeze_lone : binomial_squeeze,
               lone ? binomial_exact_lone : binomial_exact);
        if (few) choose(n, out, mean, searched);
    }
    for (size_t i = 0; i < n; i++) out[i] = p[i] > 0.5 ? trials[i] - out[i] : out[i];
}

void count_propose_binomial(size_t n, double *restrict out, const double *trials, const double *p, const double *u, const double *v) {
    for (size_t at = 0; at < n; at += BLOCK)
        binomial_block(n - at < BLOCK ? n - at : BLOCK, out + at, trials + at, p + at, u + at, v + at);
}
