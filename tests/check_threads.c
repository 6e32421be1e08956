/* SPDX-License-Identifier: GPL-3.0-or-later
   Threads: the same bits by any number of them, that they are started only where there is use for them, that programs run
   where they cannot be started, and that interrupts, failing memory and copies of the process leave all whole. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/session.h"

/* ---- The door through which threads come ---- */

static int started, joined, allowed;

typedef int Create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *), void *argument);
typedef int Join(pthread_t thread, void **result);

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *), void *argument) {
    Create *create;
    *(void **)&create = dlsym(RTLD_NEXT, "pthread_create");
    if (started == allowed) return EAGAIN;
    int error = create(thread, attributes, run, argument);
    started += error == 0;
    return error;
}

int pthread_join(pthread_t thread, void **result) {
    Join *join;
    *(void **)&join = dlsym(RTLD_NEXT, "pthread_join");
    joined++;
    return join(thread, result);
}

static Session *session_of(unsigned threads, bool no_pools) {
    Session *s = session_new(no_pools);
    started = joined = 0;
    allowed = 1000;
    elbo_set_threads(s->state, threads);
    return s;
}

/* ---- Programs: each leaves a vector r ---- */

#define DATA "x = draw(StudentT(4, 42, 3), 50001)\n"
#define GUIDE "guide m(x) { param a = 42; param b: positive = 0.1; param c = 1; param d: positive = 0.1; mu ~ Normal(a, b); sigma ~ LogNormal(c, d) }\n"
#define MODEL(FAMILY) "model m(x) { mu ~ Normal(42, 1); sigma ~ LogNormal(1, 1); plate data(i in 0..len(x)) { obs x[i] ~ " FAMILY " } }\n" GUIDE
#define FIT(MORE) "f = svi(m, x, steps = 3" MORE ")\nr = [f.losses[0], f.losses[1], f.losses[2], f.params.a, f.params.b, f.params.c, f.params.d]\n"
#define DRAWS(FAMILY) "r = draw(" FAMILY ", 50001)\n"
#define LANES(FAMILY) "v = draw(Uniform(1, 2), 50001)\nr = plate p(i in 0..50001) { z ~ " FAMILY " }\n"
#define PATHS(FAMILY) "v = draw(Uniform(1, 2), 40003)\nr = grad(fn(w) { sum(plate p(i in 0..40003) { z ~ " FAMILY "; sin(z) }) }, v)\n"

static const char *const programs[] = {
    DATA MODEL("StudentT(4, mu, sigma)") FIT(""),
    DATA MODEL("StudentT(4, mu, sigma)") FIT(", particles = 7"),
    DATA MODEL("StudentT(4, mu, sigma)") FIT(", subsample = {data: 40000}"),
    DATA MODEL("StudentT(4, mu * cos(0.001 * x[i]), sigma)") FIT(", particles = 3"),
    DATA "for k in 0..10 { x[1000 * k] = missing }\n" MODEL("StudentT(4, mu, sigma)") FIT(", particles = 2"),
    "x = draw(StudentT(4, 42, 3), 200)\n" MODEL("StudentT(4, mu, sigma)") FIT(", particles = 300"),
    DATA "model m(x) { mu ~ Normal(42, 1); sigma ~ LogNormal(1, 1); plate data(i in 0..len(x)) { if x[i] > 42 { obs x[i] ~ Laplace(mu, sigma) } else { factor(\"low\", -(x[i] - mu) ^ 2) } } }\n"
    GUIDE FIT(", particles = 2"),
    "X = plate a(i in 0..5000) { plate b(j in 0..20) { draw(Normal(0, 1)) } }\ny = draw(Bernoulli(0.5), 5000)\n"
    "model m(X, y) { beta ~ Independent(Normal(zeros(20), 1)); l = X @ beta; plate data(i in 0..len(y)) { obs y[i] ~ Bernoulli(logit = l[i]) } }\n"
    "guide m(X, y) { param c = zeros(20); param s: positive = 0.1 + zeros(20); beta ~ Independent(Normal(c, s)) }\n"
    "f = svi(m, X, y, steps = 3)\ng = svi(m, X, y, steps = 2, particles = 5)\nr = [f.losses[2], g.losses[0], g.losses[1], f.params.c[19], g.params.c[3], g.params.s[7]]\n",
    "A = plate a(i in 0..300) { plate b(j in 0..130) { draw(Normal(0, 1)) } }\nr = grad(fn(B) { sum(sin(B @ transpose(A))) }, A)[7] + grad(fn(B) { sum(cos(A @ B)) }, transpose(A))[3, 2]\n",
    "x = draw(Normal(0, 1), 10000)\nmodel m(x) { mu ~ Normal(0, 1); s ~ LogNormal(0, 1); plate g(i in 0..len(x)) { t[i] ~ Normal(mu, s); obs x[i] ~ StudentT(4, t[i], 1) } }\n"
    "guide m(x) { param c = 0; param d: positive = 0.1; mu ~ Normal(c, d); s ~ LogNormal(c, d); plate g(i in 0..len(x)) { param u[i] = 0; param v[i]: positive = 1; t[i] ~ Normal(u[i], v[i]) } }\n"
    "f = svi(m, x, steps = 3, particles = 5)\nr = f.params.u + f.params.v * 3 + sum(f.losses)\n",
    "x = draw(Normal(0, 1), 70001)\nr = grad(fn(a) { sum(tanh(a * x) + exp(sin(x * a)) * log(1 + x ^ 2 / a) - max(a, x)) }, x + 5)\n",
    "x = draw(Normal(0, 1), 70001)\nr = [sum(x), mean(x), grad(fn(a) { sum(tanh(a * x) * x / a) }, 0.5), grad(fn(a) { mean(x * a) }, 2, mode = \"forward\")]\n",
    "r = grad(fn(a) { sum(plate p(i in 0..40) { plate q(j in 0..2000) { sin(a[i] * j) + a[i] } }) }, draw(Normal(0, 1), 40))\n",
    DRAWS("Normal(1, 2)"), DRAWS("Uniform(1, 2)"), DRAWS("Gamma(2, 3)"), DRAWS("Gamma(0.3, 1)"), DRAWS("Poisson(4)"), DRAWS("StudentT(4, 0, 1)"),
    DRAWS("Beta(2, 0.5)"), DRAWS("Binomial(20, 0.3)"), DRAWS("Bernoulli(0.2)"), DRAWS("Weibull(1, 2)"), DRAWS("NegativeBinomial(3, 0.4)"), DRAWS("InverseGaussian(1, 2)"),
    LANES("Normal(v[i], 1)"), LANES("Gamma(v[i], 1)"), LANES("Poisson(v[i])"), LANES("Beta(v[i], 2)"), LANES("Binomial(9, v[i] / 3)"), LANES("VonMises(0, v[i])"),
    PATHS("Normal(w[i], w[i])"), PATHS("Gamma(w[i], 1)"), PATHS("StudentT(w[i], 0, 1)"), PATHS("Exponential(w[i])"),
    "on = draw(Bernoulli(0.7), 50001)\nr = plate p(i in 0..50001) { if on[i] { z ~ Gamma(2, 1) } else { z = i } ; z }\n",
};
enum { PROGRAMS = sizeof programs / sizeof *programs, MOST = 80000 };

static const unsigned numbers[] = {2, 3, 8};
enum { NUMBERS = sizeof numbers / sizeof *numbers };

/* The vector r that a program leaves; to be freed. */
static double *result(Session *s, const char *text, long *n) {
    double *r = malloc(MOST * sizeof *r);
    elbo_Status status = session_run(s, text);
    ck_assert_msg(status == ELBO_OK, "%s\n%s", text, s->reports);
    *n = elbo_get_vector(s->state, "r", r, MOST);
    ck_assert_msg(*n > 2 && *n <= MOST, "%s\nhas %ld results", text, *n);
    return r;
}

static void expect_same(const char *text, unsigned threads, const double *a, long n, const double *b, long m) {
    ck_assert_int_eq(n, m);
    for (long k = 0; k < n; k++)
        ck_assert_msg(memcmp(&a[k], &b[k], sizeof *a) == 0, "%s\nby %u threads: r[%ld] is %.17g and not %.17g", text, threads, k, b[k], a[k]);
}

START_TEST(bits_are_the_same) {
    const char *text = programs[_i];
    long n, m;
    Session *s = session_of(1, false);
    double *alone = result(s, text, &n);
    ck_assert_int_eq(started, 0);
    session_close(s);
    for (unsigned k = 0; k < NUMBERS; k++) {
        s = session_of(numbers[k], false);
        double *together = result(s, text, &m);
        expect_same(text, numbers[k], alone, n, together, m);
        ck_assert_msg(started == (int)numbers[k] - 1, "%s\nstarts %d threads", text, started);
        free(together);
        session_close(s);
        ck_assert_int_eq(joined, started);
    }
    free(alone);
}
END_TEST

/* ---- When there are threads ---- */

START_TEST(small_work_starts_none) {
    for (unsigned threads = 0; threads <= 8; threads++) {
        Session *s = session_of(threads, false);
        session_must(s, "x = draw(StudentT(4, 0, 1), 10000)\n" MODEL("StudentT(4, mu, sigma)") "f = svi(m, x, steps = 3)\n");
        ck_assert_int_eq(started, 0);
        session_close(s);
    }
}
END_TEST

START_TEST(the_number_may_change) {
    static const unsigned order[] = {1, 2, 4, 4, 0, 3, 1};
    Session *s = session_of(0, false);
    ck_assert_uint_eq(elbo_threads(s->state), 1);
    double *first = NULL;
    long n = 0, m;
    for (unsigned k = 0; k < sizeof order / sizeof *order; k++) {
        elbo_set_threads(s->state, order[k]);
        ck_assert_uint_eq(elbo_threads(s->state), order[k] ? order[k] : 1);
        elbo_set_seed(s->state, 5);
        double *r = result(s, programs[0], &m);
        if (first) expect_same(programs[0], order[k], first, n, r, m);
        ck_assert_int_eq(started - joined, order[k] > 1 ? (int)order[k] - 1 : 0);
        if (!first) first = r, n = m;
        else free(r);
    }
    free(first);
    session_close(s);
    ck_assert_int_eq(joined, started);
}
END_TEST

/* No thread, or fewer than were asked for. */
START_TEST(threads_that_do_not_start) {
    long n, m;
    Session *s = session_of(1, false);
    double *alone = result(s, programs[1], &n);
    session_close(s);
    for (int k = 0; k < 4; k++) {
        s = session_of(5, false);
        allowed = k;
        double *r = result(s, programs[1], &m);
        expect_same(programs[1], 5, alone, n, r, m);
        ck_assert_int_eq(started, k);
        ck_assert_uint_eq(s->reports_length, 0);
        free(r);
        session_close(s);
        ck_assert_int_eq(joined, k);
    }
    free(alone);
}
END_TEST

/* ---- What may happen in the middle ---- */

static elbo_State *to_interrupt;
static pthread_t main_thread;
static volatile sig_atomic_t elsewhere;

static void on_alarm(int number) {
    (void)number;
    if (!pthread_equal(pthread_self(), main_thread)) elsewhere = 1;
    elbo_interrupt(to_interrupt);
}

START_TEST(interrupts_end_it) {
    long n, m;
    Session *s = session_of(4, false);
    double *before = result(s, programs[0], &n);
    main_thread = pthread_self();
    to_interrupt = s->state;
    signal(SIGALRM, on_alarm);
    for (int k = 1; k <= 20; k++) {
        setitimer(ITIMER_REAL, &(struct itimerval){.it_value = {0, 3000 * k}}, NULL);
        ck_assert_int_eq(session_run(s, "x = draw(Normal(0, 1), 200000)\nwhile true { y = exp(sin(x)) + draw(Gamma(2, 1), 200000) }"), ELBO_INTERRUPTED);
        session_is_at_rest(s);
    }
    ck_assert(!elsewhere);
    elbo_set_seed(s->state, 0);
    double *after = result(s, programs[0], &m);
    expect_same(programs[0], 4, before, n, after, m);
    free(before);
    free(after);
    session_close(s);
    ck_assert_int_eq(joined, started);
}
END_TEST

/* Each request fails in turn: the run ends for want of memory, or has done without, and then with the same bits. */
START_TEST(memory_runs_out) {
    static const int which[] = {0, 3, 10, 15, 18};
    const char *text = programs[which[_i / 2]];
    long n, m;
    Session *s = session_of(2, true);
    double *whole = result(s, text, &n);
    session_close(s);
    bool done = false;
    for (long k = 1; !done; k += 1 + k / 8) {
        s = session_of(2, true);
        s->fail_at = s->requests + k;
        s->fail_on = _i % 2;
        elbo_Status status = session_run(s, text);
        done = s->requests < s->fail_at;
        ck_assert_msg(status == ELBO_NO_MEMORY || status == ELBO_OK, "%s\n%s", text, s->reports);
        session_is_at_rest(s);
        s->fail_at = 0;
        if (status == ELBO_NO_MEMORY) elbo_set_seed(s->state, 0);
        double *r = malloc(MOST * sizeof *r);
        if (status != ELBO_OK) ck_assert_int_eq(session_run(s, text), ELBO_OK);
        m = elbo_get_vector(s->state, "r", r, MOST);
        expect_same(text, 2, whole, n, r, m);
        free(r);
        session_close(s);
    }
    free(whole);
}
END_TEST

/* A copy of the process has no threads, and starts its own. */
START_TEST(processes_may_be_copied) {
    long n, m;
    Session *s = session_of(3, false);
    double *before = result(s, programs[0], &n);
    elbo_set_seed(s->state, 0);
    pid_t child = fork();
    double *r = result(s, programs[0], &m);
    bool same = n == m && memcmp(r, before, (size_t)n * sizeof *r) == 0;
    free(r);
    free(before);
    session_close(s);
    if (child == 0) _exit(same && started == 4 && joined == 2 ? 0 : 1);
    int status;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
    ck_assert(same);
    ck_assert_int_eq(joined, 2);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("threads");
    TCase *tests = tcase_create("threads");
    tcase_set_timeout(tests, 300);
    tcase_add_loop_test(tests, bits_are_the_same, 0, PROGRAMS);
    tcase_add_test(tests, small_work_starts_none);
    tcase_add_test(tests, the_number_may_change);
    tcase_add_test(tests, threads_that_do_not_start);
    tcase_add_test(tests, interrupts_end_it);
    tcase_add_loop_test(tests, memory_runs_out, 0, 10);
    tcase_add_test(tests, processes_may_be_copied);
    suite_add_tcase(suite, tests);
    return session_run_suite(suite);
}
