/* SPDX-License-Identifier: GPL-3.0-or-later
   Handlers, and the streams of random numbers that they may not disturb: the manual, chapter Effects. */
#include "tests/session.h"

static const Program replay_table[] = {
    {"fn q() { a ~ Delta(1); b ~ Delta([1, 2]) }\nfn m() { b ~ Normal([0, 0], 1); a ~ Normal(0, 1); c ~ Delta(9); [a, sum(b), c] }\nprint(replay(m, trace(q)())())",
     "[1, 3, 9]"},
    {"tr = trace(fn() { a ~ Delta(1) })()\nprint(with replay(tr) { a ~ Normal(0, 1); a })", "1"},
    {"tr = trace(fn(x) { obs x ~ Normal(0, 1) })(5)\nfn m() { x ~ Delta(3); x }\nprint(replay(m, tr)())", "3"},
    {"tr = trace(fn() { x ~ Delta(3) })()\nfn m(x) { obs x ~ Normal(0, 1); x }\nprint(replay(m, tr)(7))", "7"},
    {"one = trace(fn() { a ~ Delta(1) })()\ntwo = trace(fn() { a ~ Delta(2); b ~ Delta(5) })()\nfn m() { a ~ Normal(0, 1); b ~ Normal(0, 1); [a, b] }\n"
     "print(replay(replay(m, one), two)(), replay(replay(m, two), one)())", "[1, 5] [2, 5]"},
    {"fn f(x) { plate p(i in 0..3) { if x[i] > 1 { z[i] ~ Delta(10) } else { z[i] ~ Delta(20) } }; z }\n"
     "fn g(x) { plate p(i in 0..3) { z[i] ~ Normal(0, 1) }; z }\nprint(replay(g, trace(f)([1, 2, 3]))([0, 0, 0]), replay(f, trace(g)([1, 1, 1]))([1, 2, 3]) == trace(g)([1, 1, 1])[\"z\"])",
     "[20, 10, 10] [false, false, false]"},
    {"fn g() { plate p(i in 0..3) { z[i] ~ Normal(0, 1) }; z }\nfn f(x) { plate p(i in 0..3) { if x[i] > 1 { z[i] ~ Normal(0, 2) } else { z[i] ~ Normal(1, 1) } }; z }\n"
     "t = trace(g)()\nprint(replay(f, t)([1, 2, 3]) == t[\"z\"])", "[true, true, true]"},
    {"fn m() { a ~ Normal(0, 1); plate p(i in 0..2) { b[i] ~ Normal(a, 1) }; sum(b) + a }\nt = trace(m)()\nu = trace(replay(m, t))()\n"
     "print(u.value == t.value, log_prob(u) == log_prob(t), log_prob(trace(replay(m, u))()) == log_prob(t))", "true true true"},
    {"model m(x) { a ~ Normal(0, 1); obs x ~ Normal(a, 1) }\nguide m(x) { a ~ Normal(0, 1) }\nprint(type(replay(m, trace(m.guide)(1)).guide), type(trace(m).guide), type(seed(m, 1).guide))",
     "function function function"},
};
PROGRAMS(replay)

static const Program params_table[] = {
    {"fn f() { param a = 1; param b: positive = 2; param c: interval(0, 4) = 1; [a, b, c] }\nprint(f(), params(f, {a: 5, b: log(7), c: 0})())", "[1, 2, 1] [5, 7, 2]"},
    {"fn f() { param a = 1; param b = [1, 2]; a + sum(b) }\nprint(params(f, {a: 5})(), params(f, {b: [5, 5]})(), params(f, {})())", "8 11 4"},
    {"fn f() { plate p(i in 0..3) { param m[i] = i; m[i] } }\nprint(f(), initial(f), params(f, {m: [7, 8, 9]})())", "[0, 1, 2] {m: [0, 1, 2]} [7, 8, 9]"},
    {"fn f() { plate p(i in 0..3) { param m = 4; m + i } }\nprint(f(), initial(f), params(f, {m: 1})())", "[4, 5, 6] {m: 4} [1, 2, 3]"},
    {"fn f() { param a = 1; a }\nprint(with params({a: 3}) { with params({a: 4}) { f() } })", "4"},
    {"fn f() { param a = 1; param a = 1; b = fn() { param a = 1; a }; a + b() }\nprint(f(), params(f, {a: 3})(), initial(f))", "2 6 {a: 1}"},
    {"model m(x) { param a = 2; mu ~ Delta(a); mu }\nprint(m(), params(m, {a: 7})(), initial(m))", "2 7 {a: 2}"},
    {"fn f() { param a = draw(Delta(5)); a }\nprint(f(), initial(f))", "5 {a: 5}"},
    {"fn f() { param a = draw(Normal(0, 1), 3); plate p(i in 0..4) { param b[i] = draw(Normal(10 * i, 1)); param c[i] = draw(Normal(0, 1)) }; 1 }\n"
     "r = initial(f)\nprint(shape(r.a), r.a[0] == r.a[1], abs(r.b - 10 * (0..4)) < 5, r.c[0] == r.c[1])", "[3] false [true, true, true, true] false"},
    {"fn f() { param s: positive = 3; s }\nt = initial(f)\nprint(params(f, t)() == 3 or abs(params(f, t)() - 3) < 1e-15)", "true"},
    {"fn f() { print(\"asked\"); 1 }\nfn g() { param a = f(); a }\ninitial(g)\nprint(params(g, {a: 2})())", "asked\n2"},
};
PROGRAMS(params)

#define DRAWS "model m() { a ~ Normal(0, 1); b ~ Normal(0, 1); [a, b] }\nmodel one() { a ~ Normal(0, 1); a }\n"

/* Equal seed and step give equal draws; a step is an outermost entry. */
static const Program streams_table[] = {
    {DRAWS "print(seed(m, 1)() == seed(m, 1)(), seed(m, 1)() == seed(m, 2)())", "[true, true] [false, false]"},
    {DRAWS "fn two() { [one(), one()] }\nr = seed(two, 1)()\ns = seed(two, 1)()\nprint(r == s, r[0] == r[1])", "[true, true] false"},
    {DRAWS "r = seed(m, 1)()\nwith seed(1) { one(); s = one(); t = one() }\nwith seed(1) { u = m()[0]; v = m()[0]; w = m()[0] }\nprint(s == v, t == w, r[0] == u)", "true true true"},
    {DRAWS "with seed(3) { a = trace(one)().value; b = one(); c = trace(one)().value }\nwith seed(3) { d = one(); e = trace(one)().value; f = one() }\nprint(a == d, b == e, c == f)", "true true true"},
    {DRAWS "print(seed(m, 5)()[0] == seed(one, 5)(), seed(one, 5)() == trace(seed(one, 5))().value, seed(trace(one), 5)().value == seed(one, 5)())", "true true true"},
    {DRAWS "with seed(1) { x = one() }\nwith seed(1) { with seed(7) { one(); one() }; y = one() }\nprint(x == y)", "true"},
    {DRAWS "with seed(1) { one(); x = one() }\nwith seed(1) { one(); with seed(1) { y = one() }; z = one() }\nwith seed(1) { w = one() }\nprint(x == z, y == w, x == y)", "true true false"},
    {DRAWS "with seed(1) { x = draw(Normal(0, 1), 3) }\nwith seed(1) { y = draw(Normal(0, 1), 3); z = draw(Normal(0, 1), 3) }\nprint(x == y, x == z)", "[true, true, true] [false, false, false]"},
    {DRAWS "with seed(2) { x = plate particles(s in 0..5) { one() } }\nwith seed(2) { y = plate particles(s in 0..50) { one() } }\nprint(x == y[0..5])", "[true, true, true, true, true]"},
    {DRAWS "with seed(2) { x = plate particles(s in 0..3) { one() } }\nprint(x[0] == seed(one, 2)(), x[0] == x[1])", "true false"},
    {DRAWS "fn f(n) { plate p(i in 0..n) { z[i] ~ Normal(0, 1) }; z }\nprint(seed(f, 4)(3) == seed(f, 4)(7)[0..3])", "[true, true, true]"},
    {DRAWS "x = [1, -1, 1]\nfn f() { plate p(i in 0..3) { z[i] ~ Normal(0, 1) }; z }\nfn g() { plate p(i in 0..3) { if x[i] > 0 { z[i] ~ Normal(0, 1) } else { z[i] ~ Normal(5, 2) } }; z }\n"
           "a = seed(f, 4)()\nb = seed(g, 4)()\nprint(a == b, abs((b[1] - 5) / 2 - a[1]) < 1e-15)", "[true, false, true] true"},
    {DRAWS "fn f() { for t in 0..3 { z[t] ~ Normal(0, 1) }; z }\nfn g() { z[2] ~ Normal(0, 1) }\nz = seed(f, 1)()\nprint(z[0] == z[1], z[1] == z[2])", "false false"},
    {DRAWS "with seed(1) { g = grad(fn(w) { a ~ Normal(w, 1); a * a }, 0); h = one() }\nwith seed(1) { a = one(); b = one() }\nprint(g == 2 * a, h == b)", "true true"},
};
PROGRAMS(streams)

/* The seed of the options is that of `seed`, and runs of one interpreter go on in the stream. */
START_TEST(the_seed_of_the_host) {
    Session *s = calloc(1, sizeof *s);
    elbo_Options options = session_options(s, false);
    options.seed = 12345;
    s->state = elbo_open(&options);
    session_must(s, "model m() { a ~ Normal(0, 1); a }\nx = m()\ny = m()\nwith seed(12345) { u = m(); v = m() }\nassert(x == u and y == v and x != y)");
    session_must(s, "z = m()\nwith seed(12345) { m(); m(); w = m() }\nassert(z == w)");
    session_close(s);
}
END_TEST

static const Program wrapped_table[] = {
    {"print(seed(fn(a, b = 2) { [a, b] }, 1)(5), seed(fn(a, b = 2) { [a, b] }, 1)(b = 7, a = 1))", "[5, 2] [1, 7]"},
    {"t = trace(seed(trace(fn() { a ~ Delta(1) }), 3))()\nprint(t.value[\"a\"], t[\"a\"])", "1 1"},
    {"h = seed(3)\nfn f() { a ~ Normal(0, 1); a }\nprint((with h { f() }) == (with h { f() }), seed(f, 3)() == (with h { f() }))", "true true"},
    {"x = with seed(1) { y = 5; y + 1 }\nprint(x, y)", "6 5"},
    {"for k in 0..3 { with seed(k) { if k == 1 { continue }; print(k) } }", "0\n2"},
    {"fn f() { with trace() { return 3 } }\nprint(f())", "3"},
};
PROGRAMS(wrapped)

int main(void) {
    Suite *suite = suite_create("handlers");
    ADD_PROGRAMS(suite, replay);
    ADD_PROGRAMS(suite, params);
    ADD_PROGRAMS(suite, streams);
    ADD_PROGRAMS(suite, wrapped);
    TCase *tests = tcase_create("seed");
    tcase_add_test(tests, the_seed_of_the_host);
    suite_add_tcase(suite, tests);
    return session_run_suite(suite);
}
