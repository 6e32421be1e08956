/* SPDX-License-Identifier: GPL-3.0-or-later
   Distributions whose draws are vectors, and triangular systems: gradients against differences in both modes; draws in lanes by
   chi-squared; sums from statistics against plain sums; particles, masks, missing rows. */
#include <math.h>

#include <gsl/gsl_cdf.h>

#include "tests/session.h"

static const char *const constants =
    "S = [[2, 0.5, 0.3], [0.5, 1, -0.2], [0.3, -0.2, 0.8]]\nA = [[1, 0.2, 0.1], [0.2, 0.5, 0], [0.1, 0, 0.3]]\n"
    "L = [[1.4, 0, 0], [0.35, 0.9, 0], [0.2, -0.3, 0.8]]\nW = [[2, 7, 5], [1, 3, 4], [-1, 0.5, 1.5]]\n"
    "x = [0.1, 0.7, -0.4]\nX = [[0.1, 0.7, -0.4], [1, 2, 3], [0, -0.5, 0.2], [2, 0, 1]]\nv = [0.7, 1.3, 0.4]\n"
    "fn drawn(d) { with seed(3) { sum(sample(\"x\", d) ^ 3) } }\n";

/* ---- Gradients ---- */

/* fn(v) at v = [0.7, 1.3, 0.4] */
static const char *const functions[] = {
    "sum(solve_lower(W * v[0] + 1, x * v[1] + v[2]) ^ 3)",
    "sum(solve_upper(W * v[0] + 1, X[0..3] * v[1] + v[2]) ^ 3)",
    "sum(plate p(i in 0..5) { sum(solve_lower(W * v[0], x * v[1] * i + v[2]) ^ 3) })",
    "sum(plate p(i in 0..5) { sum(solve_lower(W * v[0] * (1 + i), x * v[1] + v[2]) ^ 3) })",
    "sum(plate q(j in 0..3) { sum(plate p(i in 0..9) { sum(solve_upper(W * v[0] * (1 + i), X[0..3] * v[1] * j + v[2]) ^ 3) }) })",
    "sum(tril(W * v[0]) ^ 2) + sum(tril(X * v[1]) ^ 3)",
    "MultivariateNormal([v[0], 0, v[2]], S + v[1] * A).log_prob(x * v[2])",
    "MultivariateNormal([v[0], 0, v[2]], precision = S + v[1] * A).log_prob(x * v[2])",
    "MultivariateNormal([v[0], 0, v[2]], cholesky = L * v[1]).log_prob(x * v[2])",
    "sum(MultivariateNormal([v[0], 0, v[2]], S + v[1] * A).log_prob(X * v[2]))",
    "log_prob(trace(fn() { obs X ~ MultivariateNormal([v[0], 0, v[2]], S + v[1] * A) })())",
    "log_prob(trace(fn() { plate p(i in 0..4) { obs X[i] ~ MultivariateNormal([v[0], i, v[2]], S + v[1] * (i + 1) * A) } })())",
    "MultivariateNormal([v[0], 0, v[2]], S + v[1] * A).entropy",
    "MultivariateNormal([v[0], 0, v[2]], S + v[1] * A).kl(MultivariateNormal([v[1], v[2], 1], cholesky = L * v[0]))",
    "sum(MultivariateNormal(v, cholesky = L * v[1]).precision) + sum(MultivariateNormal(v, S + v[0] * A).cholesky)",
    "drawn(MultivariateNormal([v[0], 0, v[2]], S + v[1] * A))",
    "drawn(MultivariateNormal([v[0], 0, v[2]], precision = S + v[1] * A))",
    "sum(plate p(i in 0..5) { drawn(MultivariateNormal([v[0], i, v[2]], S + v[1] * A)) })",
    "LowRankMultivariateNormal([v[0], 0, v[2]], [[1, v[0]], [v[1], 2], [3, v[2]]], [v[0], v[1], 1]).log_prob(x * v[2])",
    "LowRankMultivariateNormal(v, [[1, v[0]], [v[1], 2], [3, v[2]]], [v[0], v[1], 1]).entropy",
    "drawn(LowRankMultivariateNormal([v[0], 0, v[2]], [[1, v[0]], [v[1], 2], [3, v[2]]], [v[0], v[1], 1]))",
    "MultivariateStudentT(v[0] * 5, [v[0], 0, v[2]], S + v[1] * A).log_prob(x * v[2])",
    "MultivariateStudentT(v[0] * 5, [v[0], 0, v[2]], S + v[1] * A).entropy",
    "MultivariateStudentT(v[0] * 500, [v[0], 0, v[2]], S + v[1] * A).entropy",
    "drawn(MultivariateStudentT(3, [v[0], 0, v[2]], S + v[1] * A))",
    "GaussianRandomWalk(v[0], 3).log_prob(x * v[1])",
    "sum(GaussianRandomWalk(v, 3).log_prob(X * v[2]))",
    "drawn(GaussianRandomWalk(v, 3))",
    "ZeroSumNormal(v[0], 3).log_prob([0.5, -1.5, 1] * v[1])",
    "drawn(ZeroSumNormal(v[0], 3))",
    "LogisticNormal([v[0], v[1]], [v[2], v[0]]).log_prob([0.2, 0.5, 0.3])",
    "LogisticNormal([0.1, 0.4], [1, 0.5]).log_prob(v / sum(v))",
    "LogisticNormal([v[0], v[1]], cholesky = [[v[2], 0], [0.3, v[1]]]).log_prob([0.2, 0.5, 0.3])",
    "drawn(LogisticNormal([v[0], v[1]], v[2]))",
    "LogisticNormal([v[0], v[1]], v[2]).kl(LogisticNormal([v[2], v[1]], [v[0], v[1]]))",
};

START_TEST(gradients) {
    char program[1200];
    Session *s = session_new(false);
    session_must(s, constants);
    snprintf(program, sizeof program,
             "fn f(v) { %s }\nexact = grad(f, v)\nforward = grad(f, v, mode = \"forward\")\nh = 1e-5\nnear = zeros(3)\n"
             "for k in 0..3 { up = v; up[k] = v[k] + h; down = v; down[k] = v[k] - h; near[k] = (f(up) - f(down)) / (2 * h) }\n"
             "off = max(abs(exact - near) / (1 + abs(near)))\napart = max(abs(exact - forward)) / (1 + max(abs(exact)))\nsize = max(abs(near))",
             functions[_i]);
    session_must(s, program);
    double off = session_number(s, "off"), apart = session_number(s, "apart");
    ck_assert_msg(off < 1e-7, "%s: off by %g", functions[_i], off);
    ck_assert_msg(apart < 1e-12, "%s: forward and reverse are %g apart", functions[_i], apart);
    ck_assert_msg(session_number(s, "size") > 1e-3, "%s: no gradient at all would pass", functions[_i]);
    session_close(s);
}
END_TEST

/* ---- Draws in lanes ---- */

#define FALSE_ALARM 1e-6

enum { DRAWS = 50000, CELLS = 100 };

/* `u` are made uniform by what is drawn. */
static double uniform_fit(const double *u) {
    double count[CELLS] = {0}, statistic = 0, expected = (double)DRAWS / CELLS;
    for (int i = 0; i < DRAWS; i++) count[u[i] >= 1 ? CELLS - 1 : u[i] > 0 ? (int)(u[i] * CELLS) : 0]++;
    for (int k = 0; k < CELLS; k++) statistic += (count[k] - expected) * (count[k] - expected) / expected;
    return gsl_cdf_chisq_Q(statistic, CELLS - 1);
}

/* A number of each draw `t` in lane i, with its own distribution; and that number of what is drawn wrongly (`k` times as wide). */
static const struct {
    const char *draw, *number;
} lanes[] = {
    {"MultivariateNormal([i, 1], cholesky = [[1 + i / 50000, 0], [0.5, 2]])", "Normal(0, 1).cdf((t[0] - i) / (1 + i / 50000))"},
    {"MultivariateNormal([i, 1], [[1, 0.5], [0.5, 2]])", "Normal(0, 2).cdf(t[0] - i + t[1] - 1)"},
    {"MultivariateNormal([0, 1], precision = [[1, 0.5], [0.5, 2]])", "Normal(0, sqrt(2 / 1.75)).cdf(t[0])"},
    {"LowRankMultivariateNormal([i, 1], [[1], [2]], [3, 1 + 0 * i])", "Normal(0, sqrt(13)).cdf(t[0] - i + t[1] - 1)"},
    {"MultivariateStudentT(4, [i, 1], [[1, 0.5], [0.5, 2]])", "StudentT(4, 0, 2).cdf(t[0] - i + t[1] - 1)"},
    {"GaussianRandomWalk(1 + i / 50000, 5)", "Normal(0, sqrt(5)).cdf(t[4] / (1 + i / 50000))"},
    {"ZeroSumNormal(1 + i / 50000, 3)", "Normal(0, sqrt(2)).cdf((t[0] - t[2]) / (1 + i / 50000))"},
    {"LogisticNormal([0, 1], [1, 1 + i / 50000])", "Normal(1, 1 + i / 50000).cdf(log(t[1] / t[2]))"},
};

START_TEST(draws_in_lanes) {
    static double u[DRAWS];
    char program[1000];
    Session *s = session_new(false);
    snprintf(program, sizeof program,
             "with seed(11) { u = plate p(i in 0..50000) { t ~ %s; %s } }\nwrong = clip(0.5 + (u - 0.5) * 0.96, 0, 1)", lanes[_i].draw, lanes[_i].number);
    session_must(s, program);
    ck_assert_int_eq(elbo_get_vector(s->state, "u", u, DRAWS), DRAWS);
    double p = uniform_fit(u);
    ck_assert_msg(p > FALSE_ALARM, "%s fits with probability %g", lanes[_i].draw, p);
    ck_assert_int_eq(elbo_get_vector(s->state, "wrong", u, DRAWS), DRAWS);
    ck_assert_msg(uniform_fit(u) < FALSE_ALARM, "%s: a wrong draw passes", lanes[_i].draw);
    session_close(s);
}
END_TEST

/* ---- What programs see ---- */

static const Program programs_table[] = {
    /* sums from statistics, and plain ones of data that depend on a param: the same numbers and gradients */
    {"X = draw(MultivariateNormal([1e6, -1e6], [[2, 0.5], [0.5, 1]]), 1000)\nX = concat(X, [[missing, missing]])\n"
     "fn s(v) { [[2, 0.5 * v[2]], [0.5 * v[2], 1]] }\n"
     "model m(v) { plate d(i in 0..1001) { obs X[i] ~ MultivariateNormal([1e6 + v[0], -1e6 + v[1]], s(v)) } }\n"
     "model n(v) { plate d(i in 0..1001) { obs X[i] ~ MultivariateNormal([1e6 + v[0] + 0 * i, -1e6 + v[1]], s(v)) } }\n"
     "f = fn(v) { log_prob(trace(m)(v)) }\ng = fn(v) { log_prob(trace(n)(v)) }\nv = [0.1, 0.2, 0.9]\n"
     "print(abs(f(v) / g(v) - 1) < 1e-12, norm(grad(f, v) - grad(g, v)) < 1e-8 * norm(grad(g, v)))",
     "true true"},
    /* particles, whose parameters differ, over shared data */
    {"X = draw(MultivariateNormal([0, 0], [[2, 0.5], [0.5, 1]]), 50)\n"
     "model m() { mu ~ MultivariateNormal([0, 0], eye(2)); plate d(i in 0..50) { obs X[i] ~ MultivariateNormal(mu, eye(2)) }; mu }\n"
     "one = plate particles(s in 0..7) { t = trace(m)(); log_prob(t) }\n"
     "mus = with seed(4) { plate particles(s in 0..7) { m() } }\nfew = with seed(4) { plate particles(s in 0..2) { m() } }\n"
     "print(shape(one), shape(mus), norm(mus[0..2] - few))",
     "[7] [7, 2] 0"},
    {"X = [[1, 2], [inf, 0], [0, nan]]\nd = MultivariateNormal([0, 0], eye(2))\nmodel m(v) { obs X ~ MultivariateNormal(v, eye(2)) }\n"
     "print(d.log_prob(X)[1..3], log_prob(trace(m)([0, 0])))\n"
     "print(grad(fn(v) { d.log_prob([v, inf]) }, 1), grad(fn(v) { ZeroSumNormal(v, 2).log_prob([1, 2]) }, 1))",
     "[-inf, -inf] -inf\n0 0"},
    /* lanes that are off contribute nothing, whatever their parameters are */
    {"f = fn(v) { log_prob(trace(fn() { plate d(i in 0..3) { if i > 0 { obs x[i] ~ MultivariateNormal([0, 0], cholesky = [[i * v, 0], [0, 1]]) } } })()) }\n"
     "x = [[1, 2], [3, 4], [5, 6]]\n"
     "print(abs(f(2) - MultivariateNormal([0, 0], diag([4, 1])).log_prob([3, 4]) - MultivariateNormal([0, 0], diag([16, 1])).log_prob([5, 6])) < 1e-12)\n"
     "print(abs(grad(f, 2) - (-1 + 9 / 8 + 25 / 32)) < 1e-12)",
     "true\ntrue"},
    {"d = MultivariateNormal([0, 0], eye(2))\nprint(shape(draw(d, 4)), shape(d.log_prob(draw(d, 4))), shape(d.log_prob(stack(draw(d, 4), draw(d, 4)))))",
     "[4, 2] [4] [2, 4]"},
    {"print(GaussianRandomWalk(0.5, 1000), LogisticNormal([0, 0], 1), MultivariateStudentT(3, 0, cholesky = eye(2)))",
     "GaussianRandomWalk(0.5, 1000) LogisticNormal([0, 0], [1, 1]) MultivariateStudentT(3, [0, 0], cholesky = [[1, 0], [0, 1]])"},
    {"model m() { plate a(i in 0..2) { plate b(j in 0..2) { z ~ MultivariateNormal([i, j], eye(2)) } } }\nd = trace(m)().sites.z.distribution\n"
     "print(d[1][0].mean, d[0][1].mean, len(d), len(d[0]))",
     "[1, 0] [0, 1] 2 2"},
};

static const struct {
    const char *program, *kind, *says;
} errors[] = {
    {"MultivariateNormal([0, 0], [[1, 0], [0.5, 1]])", "not-positive-definite", "cholesky = L"},
    {"MultivariateNormal([0, 0], [[1, 0.25], [0.5, 1]])", "not-positive-definite", "element [1, 0] is 0.5, and element [0, 1] is 0.25"},
    {"MultivariateNormal([0, 0], precision = [[1, 2], [2, 1]])", "not-positive-definite", "precision of MultivariateNormal"},
    {"MultivariateNormal([0, 0], cholesky = [[1, 0.5], [0, 1]])", "bad-argument", "element [0, 1] is 0.5"},
    {"MultivariateNormal([0, 0], cholesky = [[1, 0], [0, -2]])", "bad-argument", "element [1, 1] is -2"},
    {"MultivariateNormal([0, 0, 0], eye(2))", "shape-mismatch", "mu has 3 elements"},
    {"MultivariateNormal([0, 0], eye(2)).log_prob([1, 2, 3])", "shape-mismatch", "2 elements"},
    {"MultivariateNormal([0, 0], eye(2)).log_prob([1, missing])", "missing-in-part", "whole"},
    {"model m(x) { obs x ~ MultivariateNormal([0, 0], eye(2)) }\nm([[1, 2], [3, missing]])", "missing-in-part", "whole"},
    {"model m(x) { obs x ~ MultivariateNormal([0, 0], eye(2)) }\nm([[1, 2, 3], [3, 4, 5]])", "shape-mismatch", "2 x 3"},
    {"solve_lower([[1, 0], [2, 0]], [1, 2])", "singular-matrix", "element [1, 1]"},
    {"solve_lower([[1, 0], [2, 1]], [1, 2, 3])", "shape-mismatch", "2 rows"},
    {"solve_upper([1, 2], [1, 2])", "wrong-type", "a matrix"},
};

START_TEST(bad_use) {
    Session *s = session_new(false);
    ck_assert_int_ne(session_run(s, errors[_i].program), ELBO_OK);
    char kind[80];
    snprintf(kind, sizeof kind, "[%s]", errors[_i].kind);
    ck_assert_msg(strstr(s->reports, kind) && strstr(s->reports, errors[_i].says), "%s reports %s", errors[_i].program, s->reports);
    session_is_at_rest(s);
    session_close(s);
}
END_TEST

/* A program that says the same with collections at each request of memory. */
START_TEST(collected) {
    Session *s = session_new(true);
    s->collect_often = true;
    session_must(s, constants);
    session_must(s, "d = MultivariateNormal(x, precision = S)\ny = d.covariance\nk = d.kl(MultivariateNormal(0, S)) + d.entropy\n"
                    "model m() { plate g(j in 0..3) { t ~ MultivariateNormal([j, 0, 1], S) } }\nt = trace(m)().sites.t.distribution\n"
                    "e = LogisticNormal([0, 1], cholesky = [[1, 0], [1, 1]]).kl(LogisticNormal([0, 1], 1))\nz = norm(y @ S - eye(3)) + norm(t[2].mean - [2, 0, 1])");
    ck_assert(session_number(s, "z") < 1e-14);
    session_close(s);
}
END_TEST

PROGRAMS(programs)

int main(void) {
    Suite *suite = suite_create("joint");
    TCase *tests = tcase_create("joint");
    tcase_add_loop_test(tests, gradients, 0, (int)(sizeof functions / sizeof *functions));
    tcase_add_loop_test(tests, draws_in_lanes, 0, (int)(sizeof lanes / sizeof *lanes));
    tcase_add_loop_test(tests, bad_use, 0, (int)(sizeof errors / sizeof *errors));
    tcase_add_test(tests, collected);
    suite_add_tcase(suite, tests);
    ADD_PROGRAMS(suite, programs);
    return session_run_suite(suite);
}
