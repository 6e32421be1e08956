/* SPDX-License-Identifier: GPL-3.0-or-later
   Memory that runs out: each request of a program to the host fails in turn. It must end in one clear error, leak nothing,
   and leave an interpreter that then runs the same program. */
#include <unistd.h>

#include "tests/session.h"

static const Program programs[] = {
    {"print(1 + 1)", "2"},
    {"x = [1, 2, 3]\ny = x\nx[1] = 5\nx[3] = 6\nprint(x, y)", "[1, 5, 3, 6] [1, 2, 3]"},
    {"r = {a: 1, b: [\"s\", {c: 2}]}\nr.b[1].c = 3\nr.d = \"t{r.a}\"\nprint(r)", "{a: 1, b: [\"s\", {c: 3}], d: \"t1\"}"},
    {"fn f(n, g = fn(x) { x + n }) { if n == 0 { g(1) } else { f(n - 1) + g(n) } }\nprint(f(5))", "31"},
    {"for t in 0..40 { z[t] = \"text {t}\" }\nw = for t in 0..40 { [t, 1] }\nprint(z[39], shape(w))", "text 39 [40, 2]"},
    {"x = [-1, 2, 3]\nplate p(i in 0..3) { if x[i] > 0 { y[i] = log(x[i]) } else { y[i] = 0 }; for k in 0..x[i] { v = k } }\nprint(exp(y))", "[1, 2, 3]"},
    {"M = plate a(i in 0..2) { plate b(j in 0..3) { {u: i * j, v: [i, j]} } }\nprint(M.u, shape(M.v))", "[[0, 0, 0], [0, 1, 2]] [2, 3, 2]"},
    {"A = [[4, 1], [1, 3]]\nprint(solve(A, [5, 4]), sum(cholesky(A) @ transpose(cholesky(A))), sort([3, 1, 2]))", "[1, 1] 9 [1, 2, 3]"},
    {"print(grad(fn(v) { sum(plate p(i in 0..2) { v[i] ^ 2 * sum(v) }) }, [1, 2]), grad(fn(r) { r.a * r.b }, {a: 2, b: 3}, mode = \"forward\"))",
     "[11, 17] {a: 3, b: 2}"},
    {"fn f(x) { a ~ Delta(2); plate p(i in 0..3) { obs x[i] ~ Normal(a, 1); z[i] ~ Delta(i) }; sum(z) }\nt = trace(f)([1, 2, 3])\n"
     "u = trace(seed(replay(f, t), 3))([1, 2, 3])\nprint(t)\nprint(log_prob(u) == log_prob(t), t.sites.z.plates)",
     "name  kind    distribution         shape  plates      value  log_prob  scale\n"
     "a     sample  Delta(2, 0)                                 2         0      1\n"
     "x     obs     Normal(2, 1)                p(3)    [1, 2, 3]  -3.75682      1\n"
     "z     sample  Delta([0, 1, 2], 0)         p(3)    [0, 1, 2]         0      1\n"
     "true [\"p\"]"},
    {"handler h(k) { n = 0; q = {}; on sample(site) { with h(k) { n = n + 1; site.scale = k; s = sum(plate o(j in 0..2) { j }) } }\n"
     " after sample(site) { q[site.name] = site.log_prob; site.mask = [true, false, true] } }\n"
     "fn f() { plate p(i in 0..3) { z[i] ~ Delta(i) } }\na = h([1, 2, 3])\nt = trace(a(f))()\nprint(t.sites.z.scale, a.q.z, t == trace(f)())\nprint(a)",
     "[1, 2, 3] [0, 0, 0] true\n<handler h: k = [1, 2, 3], n = 1, q = {z: [0, 0, 0]}>"},
    {"model m(x) { mu ~ Normal(0, 1); plate p(i in 0..2) { obs x[i] ~ Normal(mu, 1) } }\n"
     "guide m(x) { param k = 0.5; param s: positive = 1; mu ~ Normal(k, s) }\nf = svi(m, [1, 2], steps = 3, particles = 4)\n"
     "print(len(f.losses), shape(f.history.k), names(f.params))", "3 [3] [\"k\", \"s\"]"},
    {"model m(x) { mu ~ Normal(0, 1); plate p(i in 0..4) { obs x[i] ~ Normal(mu, 1) } }\n"
     "guide m(x) { param k = 0.5; param s: positive = [1, 2]; mu ~ Normal(k, s[0]) }\n"
     "f = svi(m, [1, 2, 3, 4], steps = 3, restarts = 2, average = 0.5, subsample = {p: 2}, callback = fn(step, fit) { y = fit.params; false })\n"
     "g = svi(f, steps = 2, optimizer = SGD(lr = 0.1, momentum = 0.5))\nprint(g.steps, shape(g.history.s), f.steps)", "5 [5, 2] 3"},
    {"fn f(y) { mu ~ Normal(0, 1); nu ~ Normal(0, 1); param c = [1, 2]; plate p(i in 0..4) { z[i] ~ LogNormal(0, 1); obs y[i] ~ Normal(mu, nu ^ 2) }; [mu, nu, len(z)] }\n"
     "inner = block(subsample(uncondition(f), {p: 2}), hide = [y])\n"
     "t = trace(lift(reparam(substitute(condition(do(scale(mask(inner, true), 2), {nu: 5}), {mu: 3}), {z: [1, 2, 3, 4]}), Auto()), {c: Normal(0, 1)}))([1, 2, 3, 4])\n"
     "print(t.value, t.sites.mu.is_observed, shape(t[\"c\"]))", "[3, 5, 2] true [2]"},
    {"model m() { mu ~ LogNormal(0, 1) }\nguide m() { mu ~ Uniform(1, 2) }\nf = svi(m, steps = 2, particles = 2)\n"
     "print(len(f.warnings), f.warnings[0].kind, f.warnings[1].line)", "2 no-observations 2"},
    {"d = Gamma(2, 3)\nprint(d.mean, Normal(0, 1).quantile(0.5), Normal([0, 1], 1).cdf([0, 1]), Uniform(0, 2).support)", "0.666666666666667 0 [0.5, 0.5] interval(0, 2)"},
    {"with seed(1) { x = draw(Normal(0, 1), 50) }\nwith seed(1) { y = draw(Normal(0, 1), 50) }\nprint(all(x == y), len(unique(x)))", "true 50"},
    {"fn f() { plate p(i in 0..3) { param m[i] = i; param c: interval(0, 4) = 1; m[i] + c } }\nprint(f(), initial(f).m, params(f, {m: [5, 6, 7]})())",
     "[1, 2, 3] [0, 1, 2] [6, 7, 8]"},
    {"fn f(p) { mean(plate particles(s in 0..3) { z ~ Bernoulli(p); if z { factor(\"f\", 2) }; plate a(i in 0..2) { y[i] ~ Bernoulli(p) }; sum(y) + z }) }\n"
     "print(abs(grad(f, 0.5)) < 1000, abs(grad(f, 0.5, mode = \"forward\")) < 1000)", "true true"},
    {"s = \"\"\nfor k in 0..60 { s = \"{s}{k},\" }\nprint(len(s), text([s, {a: none}]) != s)", "170 true"},
    {"l = [\"a\"]\nfor k in 0..20 { l = append(l, map(fn(x) { [x, k] }, [\"p\", \"q\"])) }\nprint(len(l), l[20])", "21 [[\"p\", 19], [\"q\", 19]]"},
    /* vectors and matrices, built distributions, params in constraints of vectors, sums from statistics, help */
    {"d = MultivariateNormal([0, 1], [[2, 0.5], [0.5, 1]])\nX = [[0, 1], [1, 2], [missing, missing]]\n"
     "fn m(v) { plate p(i in 0..3) { obs X[i] ~ MultivariateNormal([v, 1], cholesky = [[1, 0], [v, 1]]) } }\n"
     "print(len(draw(d, 3)), all(d.covariance == [[2, 0.5], [0.5, 1]]), grad(fn(v) { log_prob(trace(m)(v)) }, 0.5), d.kl(d))",
     "3 true -0.25 0"},
    {"d = Mixture([0.3, 0.7], [Normal(-1, 1), Truncated(Normal(2, 1), 0)])\nmodel m(y) { w ~ Dirichlet([1, 1]); plate p(i in 0..3) { obs y[i] ~ Mixture(w, [Normal(0, 1), Folded(Normal(1, 1))]) } }\n"
     "guide m(y) { param a: positive = [2, 3]; w ~ Dirichlet(a) }\nf = svi(m, [1, 2, -1], steps = 2, particles = 2)\n"
     "print(len(f.losses), abs(d.cdf(d.quantile(0.4)) - 0.4) < 1e-12, shape(draw(d, 4)))",
     "2 true [4]"},
    {"fn g() { param w: simplex = [0.2, 0.8]; param c: ordered = [0, 1]; param L: lower_cholesky = [[1, 0], [0.5, 2]]; param P: cov_matrix = [[2, 1], [1, 3]];"
     " param K: corr_cholesky = [[1, 0], [0.6, 0.8]]; plate p(i in 0..2) { param b[i]: ordered = [i, i + 1]; z[i] ~ OrderedLogistic(0.3, b[i]) }; sum(w) + c[1] + L[1, 0] }\n"
     "t = params(g, initial(g))()\nprint(abs(t - 2.5) < 1e-14, names(initial(g)))",
     "true [\"w\", \"c\", \"L\", \"P\", \"K\", \"b\"]"},
    {"K = draw(LKJCholesky(3, 2), 2)\nW = Wishart(4, [[1, 0], [0, 1]])\nprint(shape(K[0]), W.mean, abs(W.log_prob([[2, 0], [0, 1]]) - InverseWishart(4, eye(2)).log_prob([[2, 0], [0, 1]])) > 0,"
     " grad(fn(v) { LKJCholesky(3, v).log_prob(eye(3)) }, 2) > 0)",
     "[3, 3] [[4, 0], [0, 4]] true true"},
    {"y = [3, 3, 3, 3, 4, 4, 4, 4, 3, 3, 3, 4]\nN = [[1, 2, 0], [0, 2, 1], [1, 1, 1]]\n"
     "fn m(v) { plate p(i in 0..12) { obs y[i] ~ NegativeBinomial(v, 0.4) }; plate q(i in 0..3) { obs N[i] ~ Multinomial(3, [v, 1, 1]) } }\n"
     "l = fn(v) { plate p(i in 0..12) { s = NegativeBinomial(v, 0.4).log_prob(y[i]) }; sum(plate p(i in 0..12) { NegativeBinomial(v, 0.4).log_prob(y[i]) }) + sum(plate q(i in 0..3) { Multinomial(3, [v, 1, 1]).log_prob(N[i]) }) }\n"
     "print(abs(log_prob(trace(m)(2)) - l(2)) < 1e-12, abs(grad(fn(v) { log_prob(trace(m)(v)) }, 2) - grad(l, 2)) < 1e-12)",
     "true true"},
    {"y = [1, missing, 2]\nfn m() { plate p(i in 0..3) { obs y[i] ~ Censored(Poisson(3), 1, 5) } }\n"
     "d = Transformed(Independent(Normal([0, 0], 1)), simplex)\nprint(d.support, ZeroInflated(Poisson(3), 0.4).mean, is_finite(log_prob(trace(m)())), Gamma(2, scale = 3), Bernoulli(logit = 0))",
     "simplex 1.8 true Gamma(2, 0.333333) Bernoulli(logit = 0)"},
    {"help(1)\nhelp(simplex)\nhelp(\"plate\")\nfn twice(x, times = 2) { x * times }\nhelp(twice)",
     "a number\nsimplex\n  a vector of numbers, 0 or greater, that sum to 1; by stick breaking\n  Volumes are measured in its first n - 1 elements.\n"
     "plate data(i in 0..n) { … }\n  independent repetition: its body is written for one element and runs for all\n  of them at once\n"
     "twice(x, times?)\n  a function of this program"},
};

static void expect_no_memory(Session *s, elbo_Status status, const char *text) {
    ck_assert_msg(status == ELBO_NO_MEMORY, "%s\nends with status %d at request %ld\n%s", text, (int)status, s->fail_at, s->reports);
    ck_assert_msg(strstr(s->reports, "[out-of-memory]"), "%s\nreports\n%s", text, s->reports);
    session_is_at_rest(s);
}

/* Every request is one to the host; the same interpreter goes on. */
START_TEST(each_request_fails) {
    const Program *p = &programs[_i / 2];
    bool all_after = _i % 2;
    Session *s = session_new(true);
    long count = 0;
    for (long n = 1; n < 100000; n++) {
        s->fail_at = s->requests + n;
        s->fail_on = all_after;
        elbo_Status status = session_run(s, p->text);
        bool failed = s->requests >= s->fail_at;
        if (failed) expect_no_memory(s, status, p->text);
        s->fail_at = 0;
        if (!failed) break;
        if (n % 8 == 1 || !all_after) session_check(s, p);
        count++;
    }
    ck_assert_int_gt(count, 5);
    session_check(s, p);
    session_close(s);
}
END_TEST

/* With pools the requests are few, and each run needs an interpreter of its own. */
START_TEST(pools_fail) {
    const Program *p = &programs[_i];
    for (long n = 1;; n++) {
        Session *s = session_new(false);
        s->fail_at = s->requests + n;
        elbo_Status status = session_run(s, p->text);
        bool failed = s->requests >= s->fail_at;
        if (failed) expect_no_memory(s, status, p->text);
        s->fail_at = 0;
        session_check(s, p);
        session_close(s);
        if (!failed) break;
    }
}
END_TEST

START_TEST(opening_fails) {
    bool no_pools = _i;
    for (long n = 1;; n++) {
        Session *s = calloc(1, sizeof *s);
        elbo_Options options = session_options(s, no_pools);
        s->fail_at = n;
        s->state = elbo_open(&options);
        bool opened = s->state != NULL;
        ck_assert(opened == (s->requests < n));
        session_close(s);
        if (opened) break;
    }
}
END_TEST

/* Doors of the host that are no runs. */
START_TEST(variables_fail) {
    Session *s = session_new(true);
    for (int door = 0; door < 3; door++)
        for (long n = 1;; n++) {
            char name[40];
            snprintf(name, sizeof name, "v%d_%ld", door, n);
            s->fail_at = s->requests + n;
            bool done = door == 0   ? elbo_set_number(s->state, name, 1)
                        : door == 1 ? elbo_set_vector(s->state, name, (double[]){1, 2}, 2)
                                    : elbo_set_strings(s->state, name, (const char *const[]){name, "b"}, 2);
            ck_assert(done == (s->requests < s->fail_at));
            s->fail_at = 0;
            session_is_at_rest(s);
            if (done) break;
        }
    session_close(s);
}
END_TEST

START_TEST(files_fail) {
    char path[200];
    snprintf(path, sizeof path, "%s/elbo-faults-%ld.csv", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp", (long)getpid());
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    fputs("a,b\n1,x\n2,\n,z\n", file);
    fclose(file);
    char text[400];
    snprintf(text, sizeof text, "d = read_csv(\"%s\")\nprint(d)", path);
    Program p = {text, "{a: [1, 2, missing], b: [\"x\", missing, \"z\"]}"};
    Session *s = session_new(true);
    for (long n = 1;; n++) {
        s->fail_at = s->requests + n;
        elbo_Status status = session_run(s, p.text);
        bool failed = s->requests >= s->fail_at;
        if (failed) expect_no_memory(s, status, p.text);
        s->fail_at = 0;
        session_check(s, &p);
        if (!failed) break;
    }
    session_close(s);
    remove(path);
}
END_TEST

int main(void) {
    enum { N = sizeof programs / sizeof *programs };
    Suite *suite = suite_create("faults");
    TCase *tests = tcase_create("faults");
    tcase_add_loop_test(tests, opening_fails, 0, 2);
    tcase_add_loop_test(tests, each_request_fails, 0, 2 * N);
    tcase_add_loop_test(tests, pools_fail, 0, N);
    tcase_add_test(tests, variables_fail);
    tcase_add_test(tests, files_fail);
    suite_add_tcase(suite, tests);
    return session_run_suite(suite);
}
