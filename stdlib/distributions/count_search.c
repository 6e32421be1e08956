/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stdlib/distributions/count_search.h"

#include "runtime/kernels/vector.h"
#include "runtime/layout.h"

enum { BLOCK = COUNT_BLOCK, STEPS = 400 };

static inline double grown(double p, double factor, double size, double turn, double k, double share) {
    return p * ((size + turn * k) * factor * share);
}

/* Lanes that are still searched for. */
typedef struct Searched {
    double u[BLOCK], factor[BLOCK], size[BLOCK], p[BLOCK], sum[BLOCK], count[BLOCK];
    unsigned short at[BLOCK];
} Searched;

/* One step in all lanes: those that go on count one more. Returns how many do. */
ELBO_CLONES static long search_step(size_t n, double k, double turn, const double *u, const double *factor, const double *size, double *restrict p,
                                    double *restrict sum, double *restrict count) {
    double on = 0, share = 1 / (k + 1);
    VECTOR_LOOP(i, n) {
        double next = grown(p[i], factor[i], size[i], turn, k, share), total = sum[i] + next;
        bool goes_on = (u[i] > sum[i]) & (total > sum[i]);
        count[i] += goes_on ? 1 : 0;
        p[i] = next;
        sum[i] = total;
    }
    for (size_t i = 0; i < n; i++) on += count[i] > k ? 1 : 0;
    return (long)on;
}

/* Keeps the lanes that went on to the count k. */
static size_t search_fewer(size_t n, double k, Searched *l, double *restrict out) {
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        size_t at = l->at[i];
        out[at] = l->count[i];
        if (l->count[i] < k) continue;
        l->u[kept] = l->u[i];
        l->factor[kept] = l->factor[i];
        l->size[kept] = l->size[i];
        l->p[kept] = l->p[i];
        l->sum[kept] = l->sum[i];
        l->count[kept] = l->count[i];
        l->at[kept++] = (unsigned short)at;
    }
    for (size_t i = kept; i < lane_pad(kept); i++) { /* repeats the last lane */
        l->u[i] = l->u[kept - 1];
        l->factor[i] = l->factor[kept - 1];
        l->size[i] = l->size[kept - 1];
        l->p[i] = l->p[kept - 1];
        l->sum[i] = l->sum[kept - 1];
        l->count[i] = l->count[kept - 1];
        l->at[i] = l->at[kept - 1];
    }
    return lane_pad(kept);
}

static void search(size_t n, const CountSearch *s, double *restrict out) {
    Searched l;
    for (size_t i = 0; i < n; i++) {
        l.u[i] = s->u[i];
        l.factor[i] = s->factor[i];
        l.size[i] = s->size[i];
        l.p[i] = l.sum[i] = s->first[i];
        l.count[i] = 0;
        l.at[i] = (unsigned short)i;
    }
    for (double k = 0; k < STEPS; k++) {
        long on = search_step(n, k, s->turn, l.u, l.factor, l.size, l.p, l.sum, l.count);
        if (!on) break;
        if (2 * (size_t)on <= n && n > LANE_BLOCK) n = search_fewer(n, k + 1, &l, out);
    }
    for (size_t i = 0; i < n; i++) out[l.at[i]] = l.count[i];
}

/* The same sums for parameters that are equal in all lanes, once, with a first guess for each 1/64 of u. */
static void search_for_one(size_t n, const CountSearch *s, double *restrict out) {
    enum { GUIDES = 64 };
    double sum[STEPS + 1];
    unsigned short guide[GUIDES + 1];
    unsigned last = 0;
    double p = s->first[0];
    for (sum[0] = p; last < STEPS; last++) {
        p = grown(p, s->factor[0], s->size[0], s->turn, last, 1 / ((double)last + 1));
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

void count_search(size_t n, const CountSearch *s, bool lone, double *restrict out) { (lone ? search_for_one : search)(n, s, out); }
