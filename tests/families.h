/* One example of each family, for tests that go through all of them: two settings of the parameters, six values that both
   have in their supports, and the range that holds all probability of the first (to 1e-12 at least). */
#ifndef ELBO_TESTS_FAMILIES_H
#define ELBO_TESTS_FAMILIES_H

#include "runtime/distribution.h"
#include "runtime/state.h"

typedef struct Family {
    const char *name;
    double p[DISTRIBUTION_PARAMETERS], other[DISTRIBUTION_PARAMETERS];
    double x[6];
    double low, high; /* equal: one point */
    bool discrete;
} Family;

static const Family families[] = {
    {"Bernoulli", {0.3}, {0.6}, {0, 1, 1, 0, 1, 0}, 0, 1, true},
    {"Beta", {2.5, 4}, {1.2, 4}, {0.01, 0.3, 0.5, 0.7, 0.9, 0.4}, 0, 1, false},
    {"Binomial", {12, 0.3}, {9, 0.3}, {0, 3, 1, 9, 4, 7}, 0, 12, true},
    {"Delta", {1.5, 0.25}, {1.5, -1}, {1.5, 1.5, 1.5, 1.5, 1.5, 1.5}, 0, 0, false},
    {"Exponential", {0.7}, {3}, {0, 0.1, 1, 2, 5, 0.3}, 0, 50, false},
    {"Gamma", {2.5, 0.5}, {0.7, 0.5}, {0.01, 0.3, 1, 2, 20, 4}, 0, 100, false},
    {"Geometric", {0.35}, {0.8}, {0, 3, 1, 20, 4, 7}, 0, 90, true},
    {"HalfNormal", {1.5}, {0.4}, {0, 0.1, 0.5, 1, 3, 2}, 0, 14, false},
    {"LogNormal", {0.3, 0.8}, {-1, 0.8}, {0.01, 0.3, 1, 2, 20, 4}, 0, 1200, false},
    {"Normal", {0.3, 0.8}, {-1, 0.8}, {-3, 0.3, 1, 2, 20, -0.0}, -10, 10, false},
    {"Poisson", {3.5}, {0.4}, {0, 3, 1, 20, 4, 7}, 0, 50, true},
    {"Uniform", {-1, 3}, {-2, 3}, {-1, 3, 0, 0.1, 2, 1}, -1, 3, false},
};

enum { n_families = sizeof families / sizeof *families };

static inline Distribution *family_make(State *S, const Family *f, const double *p) {
    const DistributionRow *row = distribution_find(f->name);
    Value parameters[DISTRIBUTION_PARAMETERS];
    for (unsigned k = 0; k < row->n_parameters; k++) parameters[k] = value_number(p[k]);
    return distribution_new(S, row, parameters);
}

/* The log density of lone numbers with its gradient: for the value, then for the parameters. Written with the row's kernels
   alone, so that it can be called while a tape is in use. */
static inline double family_gradient(State *S, const Family *f, double x, const double *p, double *gradient) {
    (void)S;
    const DistributionRow *row = distribution_find(f->name);
    double store[11][LANE_BLOCK], partials[5][LANE_BLOCK], out[LANE_BLOCK];
    const double *in[11];
    double *partial[5] = {0};
    unsigned n = 0;
    for (unsigned k = 0; k <= row->n_parameters; k++, n++)
        for (int i = 0; i < LANE_BLOCK; i++) store[n][i] = k ? p[k - 1] : x;
    for (unsigned k = 0; k < n; k++) in[k] = store[k];
    for (unsigned k = 0; k < DISTRIBUTION_PREPARED && prepared_exists(&row->prepared[k]); k++, n++) {
        if (row->prepared[k].log) kernel_log(LANE_BLOCK, store[n], in[1 + __builtin_ctz(row->prepared[k].depends)]);
        else row->prepared[k].compute(LANE_BLOCK, store[n], in + 1);
        in[n] = store[n];
    }
    if (row->wants_log) {
        kernel_log(LANE_BLOCK, store[n], in[0]);
        in[n] = store[n];
    }
    for (unsigned k = row->discrete ? 1 : 0; k <= row->n_parameters; k++) partial[k] = partials[k];
    row->score(LANE_BLOCK, out, partial, in);
    for (unsigned k = 0; k <= row->n_parameters; k++) gradient[k] = partial[k] ? partials[k][0] : 0;
    return out[0];
}

#endif
