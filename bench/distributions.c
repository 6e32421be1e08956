/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Log densities and draws of every family, in nanoseconds for each of 10,000 lanes, beside GSL, R's nmath, or, where neither
   has the family, the formula in plain scalar C. All in one run, taking turns; medians are compared.

   Usage: distributions [NAME]...   Exits with 1 if a target is missed. */
#define _GNU_SOURCE
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <gsl/gsl_linalg.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_sf.h>
#ifdef BENCH_NMATH
#define MATHLIB_STANDALONE
#include <Rmath.h>
#endif

#include "elbo.h"
#include "runtime/distribution.h"
#include "runtime/gc.h"
#include "runtime/operations.h"
#include "runtime/run.h"
#include "tests/lanes.h"

enum { LANES = 10000, ROUNDS = 9, LARGEST = 9 };

static gsl_rng *rng;
static volatile double sink;

/* How others compute a log density of the numbers at x, and a draw into out; NULL: they do not. */
typedef double Density(const double *x);
typedef void Sampler(double *out);
typedef struct Rival {
    const char *name;
    Density *density;
    Sampler *draw;
} Rival;

enum { RIVALS = 2 };

typedef struct Entry {
    const char *text;  /* the distribution in Elbo */
    unsigned size;     /* numbers in a draw */
    double target;     /* how many times as fast as the fastest rival Elbo must be */
    Rival rivals[RIVALS];
} Entry;

#include "bench/rivals.h"

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t); /* so that other work on the machine does not count */
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *x) {
    qsort(x, ROUNDS, sizeof *x, ascending);
    return x[ROUNDS / 2];
}

/* Values are kept on the stack while the distribution's own code may run. */
typedef struct Job {
    State *S;
    Distribution *d;
    Value x;
    uint64_t repeats;
} Job;

static double time_density(const Job *job) {
    double start = now();
    for (uint64_t k = 0; k < job->repeats; k++) {
        job->x.as.array->log = NULL; /* else the logarithms of the data are taken only once */
        Value v = distribution_log_prob(job->S, job->d, job->x);
        sink = v.as.array->data[0];
        gc_point(job->S);
    }
    return (now() - start) / (double)job->repeats / LANES;
}

static double time_draws(const Job *job) {
    double start = now();
    for (uint64_t k = 0; k < job->repeats; k++) {
        job->S->random.step++;
        Value v = distribution_sample(job->S, job->d, random_key(job->S, string_of(job->S, "x")), 0);
        sink = v.as.array->data[0];
        gc_point(job->S);
    }
    return (now() - start) / (double)job->repeats / LANES;
}

/* The draws of one round, lane by lane as scalar code has them. */
static double *spread_out(const Value v, unsigned size) {
    double *x = malloc(sizeof *x * LANES * size);
    const Array *a = v.as.array;
    for (size_t i = 0; i < LANES; i++)
        for (size_t c = 0; c < size; c++) x[i * size + c] = a->data[c * a->layout->stride + i];
    return x;
}

static double rival_density(const Rival *rival, unsigned size, const double *x) {
    double start = now(), sum = 0;
    for (size_t i = 0; i < LANES; i++) sum += rival->density(x + i * size);
    sink = sum;
    return (now() - start) / LANES;
}

static double rival_draws(const Rival *rival) {
    double out[LARGEST], start = now(), sum = 0;
    for (size_t i = 0; i < LANES; i++) {
        rival->draw(out);
        sum += out[0];
    }
    sink = sum;
    return (now() - start) / LANES;
}

/* Against the fastest of those who can do it. */
static int report(const Entry *e, const char *what, double *ours, double theirs[RIVALS][ROUNDS], const int known[RIVALS]) {
    double time = median(ours), best = INFINITY;
    const char *who = "nobody";
    for (int k = 0; k < RIVALS; k++) {
        double t = known[k] ? median(theirs[k]) : INFINITY;
        if (t < best) {
            best = t;
            who = e->rivals[k].name;
        }
    }
    int holds = best >= e->target * time;
    printf("%-40.40s %-8s %8.2f %8.2f %-6s %7.2f  >= %.0f: %s\n", e->text, what, time, best, who, best / time, e->target, holds ? "yes" : "MISSED");
    fflush(stdout);
    return holds;
}

static int measure(State *S, const Entry *e) {
    Value d = run_expression(S, "bench", e->text, strlen(e->text));
    stack_push(S, d);
    lanes_enter(S, "data", LANES, 0);
    Job job = {S, d.as.distribution, distribution_sample(S, d.as.distribution, random_key(S, string_of(S, "x")), 0), 10};
    job.x = value_detached(job.x);
    stack_push(S, job.x);
    double *x = spread_out(job.x, e->size), ours[2][ROUNDS], theirs[2][RIVALS][ROUNDS];
    int known[2][RIVALS] = {{0}};
    for (int r = 0; r < ROUNDS; r++) {
        ours[0][r] = time_density(&job);
        ours[1][r] = time_draws(&job);
        for (int k = 0; k < RIVALS; k++) {
            const Rival *rival = &e->rivals[k];
            if ((known[0][k] = rival->density != NULL)) theirs[0][k][r] = rival_density(rival, e->size, x);
            if ((known[1][k] = rival->draw != NULL)) theirs[1][k][r] = rival_draws(rival);
        }
    }
    free(x);
    int holds = report(e, "density", ours[0], theirs[0], known[0]) & report(e, "draw", ours[1], theirs[1], known[1]);
    lanes_leave_all(S);
    stack_pop(S, 2);
    return holds;
}

int main(int argc, char **argv) {
    State *S = elbo_open(NULL);
    if (!S) return 1;
    rng = gsl_rng_alloc(gsl_rng_mt19937);
    rivals_open();
    int missed = 0;
    printf("%-40s %-8s %8s %8s %-6s %7s  %s\n", "nanoseconds for each of 10,000 lanes", "", "elbo", "rival", "", "ratio", "target");
    for (const Entry *e = entries; e->text; e++) {
        int wanted = argc == 1;
        for (int k = 1; k < argc; k++) wanted |= strncmp(e->text, argv[k], strlen(argv[k])) == 0;
        if (wanted) missed |= !measure(S, e);
    }
    rivals_close();
    gsl_rng_free(rng);
    elbo_close(S);
    return missed;
}
