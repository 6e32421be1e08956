/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a second thread gains: large work by one thread and by two, in milliseconds. Both take turns in one process, with pauses
   in which other work on the machine may have its share; the fastest of each counts.

   Usage: threads [ROUNDS [NAME]...]   Exits with 1 if a target is missed. With one processor there is nothing to measure. */
#define _GNU_SOURCE
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "elbo.h"

enum { ROUNDS = 30, PAUSE_MS = 40 };

typedef struct Workload {
    const char *name;
    double target;       /* how many times as fast two threads must be; 0: it is only shown */
    const char *before;  /* once */
    const char *text;    /* what is timed */
} Workload;

static const char many[] = "x = draw(StudentT(4, 42, 3), 1000000)\n"
    "model m(x) { mu ~ Normal(42, 1); sigma ~ LogNormal(1, 1); plate data(i in 0..len(x)) { obs x[i] ~ StudentT(4, mu, sigma) } }\n"
    "guide m(x) { param a = 42; param b: positive = 0.1; param c = 1; param d: positive = 0.1; mu ~ Normal(a, b); sigma ~ LogNormal(c, d) }\n";

static const char logistic[] = "X = plate a(i in 0..100000) { plate b(j in 0..20) { draw(Normal(0, 1)) } }\ny = draw(Bernoulli(0.5), 100000)\n"
    "model m(X, y) { beta ~ Independent(Normal(zeros(20), 1)); l = X @ beta; plate data(i in 0..len(y)) { obs y[i] ~ Bernoulli(logit = l[i]) } }\n"
    "guide m(X, y) { param c = zeros(20); param s: positive = 0.1 + zeros(20); beta ~ Independent(Normal(c, s)) }\n";

static const char groups[] = "x = draw(Normal(0, 1), 10000)\n"
    "model m(x) { mu ~ Normal(0, 1); s ~ LogNormal(0, 1); plate groups(i in 0..len(x)) { t[i] ~ Normal(mu, s); obs x[i] ~ StudentT(4, t[i], 1) } }\n"
    "guide m(x) { param c = 0; param d: positive = 0.1; mu ~ Normal(c, d); s ~ LogNormal(c, d)\n"
    " plate groups(i in 0..len(x)) { param tm[i] = 0; param ts[i]: positive = 1; t[i] ~ Normal(tm[i], ts[i]) } }\n";

static const Workload workloads[] = {
    {"StudentT, 10^6 data, 1 particle, a step", 1.6, many, "svi(m, x, steps = 1)"},
    {"StudentT, 10^6 data, 10 particles, a step", 1.6, many, "svi(m, x, steps = 1, particles = 10)"},
    {"logistic 10^5 x 20, 1 particle, 2 steps", 0, logistic, "svi(m, X, y, steps = 2)"},
    {"logistic 10^5 x 20, 10 particles, a step", 0, logistic, "svi(m, X, y, steps = 1, particles = 10)"},
    {"10^4 groups, 10 particles, 10 steps", 0, groups, "svi(m, x, steps = 10, particles = 10)"},
    {"10^6 draws of a Normal", 0, "d = Normal(0, 1)", "draw(d, 1000000)"},
    {"10^6 draws of a Gamma", 0, "d = Gamma(2, 1)", "draw(d, 1000000)"},
    {"10^6 draws of a Poisson", 0, "d = Poisson(4)", "draw(d, 1000000)"},
    {"10^6 draws of a StudentT", 0, "d = StudentT(4, 0, 1)", "draw(d, 1000000)"},
    {"tanh, exp, sin, log of 10^6 and their gradient", 0,
     "x = draw(Normal(0, 1), 1000000)\nfn f(a) { sum(tanh(a * x) + exp(sin(x * a)) * log(1 + x ^ 2 * a)) }", "g = grad(f, 0.5)"},
};
enum { WORKLOADS = sizeof workloads / sizeof *workloads };

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void must(elbo_State *S, const char *text) {
    if (elbo_run(S, "bench", text, strlen(text)) != ELBO_OK) exit(1);
}

static double timed(elbo_State *S, const char *text) {
    usleep(1000 * PAUSE_MS);
    double start = now();
    must(S, text);
    return now() - start;
}

static int measure(const Workload *w, int rounds) {
    double best[2] = {INFINITY, INFINITY};
    elbo_State *S[2];
    for (int k = 0; k < 2; k++) {
        if (!(S[k] = elbo_open(&(elbo_Options){.quiet = true, .threads = (unsigned)k + 1}))) exit(1);
        must(S[k], w->before);
        must(S[k], w->text);
    }
    for (int r = 0; r < rounds; r++)
        for (int k = 0; k < 2; k++) best[k] = fmin(best[k], timed(S[k], w->text));
    for (int k = 0; k < 2; k++) elbo_close(S[k]);
    double ratio = best[0] / best[1];
    int holds = ratio >= w->target;
    printf("%-48s %8.2f ms %8.2f ms %6.2f", w->name, best[0], best[1], ratio);
    if (w->target > 0) printf("  >= %.1f: %s", w->target, holds ? "yes" : "MISSED");
    printf("\n");
    fflush(stdout);
    return holds;
}

int main(int argc, char **argv) {
    int rounds = argc > 1 ? atoi(argv[1]) : ROUNDS, missed = 0;
    if (sysconf(_SC_NPROCESSORS_ONLN) < 2) {
        printf("there is one processor only, and nothing that threads could share\n");
        return 0;
    }
    printf("%-48s %11s %11s %6s\n", "large work", "1 thread", "2 threads", "ratio");
    for (int k = 0; k < WORKLOADS; k++) {
        int wanted = argc < 3;
        for (int a = 2; a < argc; a++) wanted |= strstr(workloads[k].name, argv[a]) != NULL;
        if (wanted) missed |= !measure(&workloads[k], rounds);
    }
    return missed;
}
