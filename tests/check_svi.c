/* SPDX-License-Identifier: GPL-3.0-or-later
   svi against the loop that a program can write itself, and what it costs. */
#include "config.h"

#include "runtime/gc.h"
#include "tests/session.h"

#define MODEL                                                                                                           \
    "model normal(x) {\n    mu ~ Normal(42, 1)\n    sigma ~ LogNormal(log(3), 1)\n"                                     \
    "    plate data(i in 0..len(x)) { obs x[i] ~ Normal(mu, sigma) }\n}\n"                                              \
    "guide normal(x) {\n    param mu_mean = 42\n    param mu_scale: positive = 0.1\n    param sigma_log_mean = log(3)\n" \
    "    param sigma_log_scale: positive = 0.1\n    mu ~ Normal(mu_mean, mu_scale)\n"                                    \
    "    sigma ~ LogNormal(sigma_log_mean, sigma_log_scale)\n}\n"                                                        \
    "with seed(77) { x = draw(Normal(42, 3), 200) }\n"

#define ELBO                                                                                                            \
    "fn elbo(model, guide, x) {\n    q = trace(guide)(x)\n    p = trace(replay(model, q))(x)\n"                          \
    "    log_prob(p) - log_prob(q)\n}\n"

/* Adam in the order of operations of inference/adam.c, so that not a bit differs. */
static const char loop[] =
    "fn objective(theta) { with params(theta) { mean(plate particles(s in 0..particles) { elbo(normal, normal.guide, x) }) } }\n"
    "theta = initial(normal.guide, x); m = 0 * theta; v = 0 * theta; thetas = []; losses = []\n"
    "with seed(5) { for t in 1..steps + 1 {\n"
    "    thetas[t - 1] = theta\n    g = grad(objective, theta)\n"
    "    m = 0.95 * m + (1 - 0.95) * g\n    v = 0.999 * v + (1 - 0.999) * g * g\n"
    "    theta = theta + 0.01 / (1 - 0.95 ^ t) * (m / (sqrt(v) / sqrt(1 - 0.999 ^ t) + 1e-8))\n} }\n"
    "with seed(5) { for t in 0..steps { losses[t] = -grad(fn(w) { w * objective(thetas[t]) }, 1) } }\n"
    "with seed(5) { fit = svi(normal, x, steps = steps, particles = particles, optimizer = Adam(lr = 0.01, betas = [0.95, 0.999])) }\n"
    "own = trace(params(normal.guide, theta))(x)\n"
    "for name in names(fit.params) { assert(own[name] == fit.params[name], \"{name}: {own[name] - fit.params[name]}\") }\n"
    "assert(all(losses == fit.losses), \"losses: {losses - fit.losses}\")";

static const int counts[] = {1, 5, 8, 100};

START_TEST(the_loop_is_svi) {
    char text[4000];
    Session *s = session_new(false);
    snprintf(text, sizeof text, MODEL ELBO "particles = %d; steps = 60\n%s", counts[_i], loop);
    session_must(s, text);
    session_close(s);
}
END_TEST

/* The first lanes are the same bits whatever the number of particles, values and gradients; one particle needs no plate. */
START_TEST(particles_share_their_first_lanes) {
    char text[4000];
    Session *s = session_new(false);
    snprintf(text, sizeof text, MODEL ELBO
             "fn lanes(n) { with seed(9) { plate particles(s in 0..n) { elbo(normal, normal.guide, x) } } }\n"
             "theta = initial(normal.guide, x)\n"
             "fn slope(n, k) { with seed(9) { grad(fn(th) { with params(th) { l = plate particles(s in 0..n) { elbo(normal, normal.guide, x) }; l[k] } }, theta) } }\n"
             "n = %d\nassert(all(lanes(n) == lanes(128)[0..n]))\nassert(slope(n, n - 1) == slope(128, n - 1))\n"
             "with seed(9) { alone = grad(fn(w) { w * elbo(normal, normal.guide, x) }, 1) }\nassert(lanes(n)[0] == alone)", counts[_i]);
    session_must(s, text);
    session_close(s);
}
END_TEST

/* Sufficient statistics change nothing but the time; data that stand in no plate count the same. */
START_TEST(collapsed_and_plain_agree) {
    Session *s = session_new(false);
    session_must(s, MODEL ELBO
        "model plain(x) { mu ~ Normal(42, 1); sigma ~ LogNormal(log(3), 1)\n  plate data(i in 0..len(x)) { obs x[i] ~ Normal(mu + 0 * i, sigma) } }\n"
        "model bare(x) { mu ~ Normal(42, 1); sigma ~ LogNormal(log(3), 1); obs x ~ Normal(mu, sigma) }\n"
        "fn run(m) { with seed(3) { svi(m, x, guide = normal.guide, steps = 40, particles = 7) } }\n"
        "a = run(normal); b = run(plain); c = run(bare)\n"
        "assert(max(abs(a.losses - b.losses) / abs(b.losses)) < 1e-11, \"{a.losses - b.losses}\")\n"
        "assert(max(abs(a.losses - c.losses) / abs(c.losses)) < 1e-11)\n"
        "for n in names(a.params) { assert(abs(a.params[n] / b.params[n] - 1) < 1e-9) }");
    session_close(s);
}
END_TEST

static const Program fits_table[] = {
    {MODEL "f = svi(normal, x, steps = 30, particles = 3)\nprint(f.steps, f.particles, len(f.losses), names(f.params), names(f.history), len(f.history.mu_mean))\n"
           "print(f.history.mu_mean[-1] == f.params.mu_mean, f.history.mu_scale[-1] == f.params.mu_scale, f.optimizer, type(f.elbo), f.model == normal, f.guide == normal.guide)",
     "30 3 30 [\"mu_mean\", \"mu_scale\", \"sigma_log_mean\", \"sigma_log_scale\"] [\"mu_mean\", \"mu_scale\", \"sigma_log_mean\", \"sigma_log_scale\"] 30\n"
     "true true Adam(lr = 0.001, betas = [0.9, 0.999], eps = 1e-08) number true true"},
    {MODEL "a = svi(normal, x, steps = 5)\nb = svi(normal, x, steps = 5)\nwith seed(0) { c = svi(normal, x, steps = 5) }\nwith seed(0) { d = svi(normal, x, steps = 5) }\n"
           "print(all(a.losses == b.losses), all(c.losses == d.losses))", "false true"},
    {MODEL "with seed(0) { c = svi(normal, x, steps = 9) }\nwith seed(0) { d = svi(normal, x, steps = 5) }\nprint(all(c.losses[0..5] == d.losses))", "true"},
    {"model m() { plate p(i in 0..3) { z[i] ~ Normal(i, 1) } }\nguide m() { plate p(i in 0..3) { param k[i] = 10 * i; param c: positive = 1; z[i] ~ Normal(k[i], c) } }\n"
     "f = svi(m, steps = 4)\nprint(shape(f.params.k), shape(f.history.k), type(f.params.c))", "[3] [4, 3] number"},
    {"model m() { z ~ Normal([0, 0], 1) }\nguide m() { param M = [[1, 2], [3, 4]]; param s: positive = [1, 1]; z ~ Normal(M @ [1, 1], s) }\n"
     "f = svi(m, steps = 4)\nprint(shape(f.params.M), shape(f.history.M), shape(f.history.s), all(f.params.s > 0))", "[2, 2] [4, 2, 2] [4, 2] true"},
    {"model m() { z ~ Normal(0, 1) }\nguide m() { param k = 1; print(k); z ~ Normal(k, 1) }\nsvi(m, steps = 5)", "1"},
    {"model m() { z ~ Normal(0, 1) }\nguide m() { param k = 1; z ~ Normal(k, 1); print(z > -100) }\nsvi(m, steps = 5, particles = 10)", "100 % true (10 lanes)"},
    {"model m() { z ~ Normal(0, 1) }\nguide g() { param j = 1; z ~ Normal(j, 1) }\nh = fn() { param q = 2; z ~ Normal(q, 1) }\nprint(names(svi(m, guide = h, steps = 2).params))", "[\"q\"]"},
    {"model m() { param k = 2; z ~ Normal(k, 1) }\nguide m() { param unused = 7; z ~ Normal(0, 1) }\nf = svi(m, steps = 3)\nprint(names(f.params), f.params.unused, f.params.k != 2)",
     "[\"unused\", \"k\"] 7 true"},
    {"model m(x) { z ~ Normal(0, 1); obs x ~ Normal(z, 1) }\nguide m(x) { param k: interval(0, 1) = 0.5; z ~ Normal(k, 0.5) }\n"
     "f = svi(m, 100, steps = 300, optimizer = Adam(lr = 0.5))\nprint(f.params.k > 0.99 and f.params.k <= 1)", "true"},
    {"model m(x) { s ~ Normal(0, 1); if s < 0 { s = -s }; obs x ~ Normal(s, 1) }\nguide m(x) { param k = 0.5; s ~ Normal(k, 1) }\n"
     "f = svi(m, 2, steps = 50, particles = 20)\nprint(f.params.k != 0.5)", "true"},
    {"model m(x) { z ~ Normal(0, 1); obs x ~ Normal(z, 1) }\nguide m(x) { param k = 0; z ~ Normal(k, 1) }\nprint(svi(m, steps = 2).params.k != 0, svi(m, missing, steps = 1).steps)", "true 1"},
    {"fits = for n in [1, 2] { model m() { z ~ Normal(n, 1) }\nguide m() { param k = 0; z ~ Normal(k, 1) }\nsvi(m, steps = n).steps }\nprint(fits)", "[1, 2]"},
};
PROGRAMS(fits)

/* ---- Memory ---- */

#ifndef ELBO_NO_POOLS

typedef struct Cost {
    uint64_t requests;
    size_t in_use;
} Cost;

static Cost cost_of(int steps, int particles) {
    char text[4000];
    Session *s = session_new(false);
    snprintf(text, sizeof text, MODEL "x = x[0..100]\nfit = svi(normal, x, steps = %d, particles = %d, optimizer = Adam(lr = 0.005))", steps, particles);
    session_must(s, text);
    gc_collect(s->state);
    Cost cost = {elbo_memory_requests(s->state), elbo_memory_in_use(s->state)};
    session_close(s);
    return cost;
}

/* In the steady state a step asks the host for nothing, and nothing grows but the record of the steps. */
START_TEST(steps_ask_for_no_memory) {
    cost_of(10, counts[_i]);
    Cost some = cost_of(2000, counts[_i]), more = cost_of(4000, counts[_i]);
    size_t record = 2000 * 5 * sizeof(double);
    ck_assert_uint_eq(more.requests, some.requests);
    ck_assert_uint_le(more.in_use, some.in_use + record + record / 4);
}
END_TEST
#endif

int main(void) {
    Suite *suite = suite_create("svi");
    ADD_PROGRAMS(suite, fits);
    TCase *tests = tcase_create("loops");
    tcase_add_loop_test(tests, the_loop_is_svi, 0, 4);
    tcase_add_loop_test(tests, particles_share_their_first_lanes, 0, 4);
    tcase_add_test(tests, collapsed_and_plain_agree);
    suite_add_tcase(suite, tests);
#ifndef ELBO_NO_POOLS
    TCase *memory = tcase_create("memory");
    tcase_add_loop_test(memory, steps_ask_for_no_memory, 0, 4);
    suite_add_tcase(suite, memory);
#endif
    return session_run_suite(suite);
}
