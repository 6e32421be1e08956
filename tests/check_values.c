/* SPDX-License-Identifier: GPL-3.0-or-later
   Values as programs see them: the manual, chapter Values. */
#include "tests/session.h"

static const Program kinds_table[] = {
    {"print(type(1), type(true), type(\"a\"), type(none), type(missing))", "number boolean string none missing"},
    {"print(type([1]), type([[1]]), type([true]), type([]), type([\"a\"]), type({a: 1}))",
     "vector matrix vector vector list record"},
    {"print(type(fn(x) { x }), type(sqrt), type(Normal(0, 1)), type(positive), type(Adam()))",
     "function function distribution constraint optimizer"},
    {"model m() { 1 }\nprint(type(m), type(trace(m)), type(trace(m)()))", "function function trace"},
    {"print(type(zeros(2, 3) > 0), type(seed(1)))", "matrix handler"},
    {"print([1, 2, 3], [[1, 0], [0, 1]])", "[1, 2, 3] [[1, 0], [0, 1]]"},
    {"print([true, false], [[true], [false]])", "[true, false] [[true], [false]]"},
    {"print(type([\"a\", sqrt]), type([1, \"a\"]), type([[1, 2], [3]]), type([1, [2]]))", "list list list list"},
    {"print([[1, 2], [3]], [1, [2]])", "[[1, 2], [3]] [1, [2]]"},
    {"print(len([]), [] == [], len([[], []]))", "0 [] 2"},
    {"print(shape([[[1, 2], [3, 4]], [[5, 6], [7, 8]]]))", "[2, 2, 2]"},
    {"r = {mu: 42, \"log sigma\": 1}\nprint(r.mu, r[\"mu\"], r[\"log sigma\"])", "42 42 1"},
    {"print({}, {a: {}}, names({b: 1, a: 2}))", "{} {a: {}} [\"b\", \"a\"]"},
    {"n = \"mu\"\nr = {mu: 3}\nprint(r[n])", "3"},
    {"print(1e3, 1_000, 0.5 + 1, 1.5e-3, 0.1 + 0.2)", "1000 1000 1.5 0.0015 0.3"},
    {"print(0.1 + 0.2 == 0.3, 1 == 1.0, 2 ^ 53 == 2 ^ 53 + 1)", "false true true"},
    {"print(inf, -inf, nan, pi, 1 / 0, -1 / 0)", "inf -inf nan 3.14159265358979 inf -inf"},
    {"print(true and 1 > 0, not true, true == 1)", "true false true"},
};
PROGRAMS(kinds)

static const Program records_table[] = {
    {"print({a: 1, b: [1, 2]} + {a: 10, b: [1, 1]})", "{a: 11, b: [2, 3]}"},
    {"print({a: 1, b: [1, 2]} + {b: 1, a: 10})", "{a: 11, b: [2, 3]}"},
    {"print(2 * {a: 1, b: {c: 3}} - 1)", "{a: 1, b: {c: 5}}"},
    {"print({a: 4} ^ 0.5, -{a: 4}, sqrt({a: 9, b: [4, 1]}))", "{a: 2} {a: -4} {a: 3, b: [2, 1]}"},
    {"print({a: 1} / {a: 2}, 1 / {a: 2})", "{a: 0.5} {a: 0.5}"},
    {"print({a: 1, b: 2} == {a: 1, b: 2}, {a: 1} == {a: 2}, {a: 1} == {b: 1}, {a: 1} != {a: 1})", "true false false false"},
    {"print({a: 1, b: 2} == {b: 2, a: 1})", "true"},
    {"d = {x: [1, 2, 3], y: [4, 5, 6]}\nprint(d[1], d.y[1], d[0..2])", "{x: 2, y: 5} 5 {x: [1, 2], y: [4, 5]}"},
    {"r = {f: fn(x) { 2 * x }}\nprint(r.f(4), r[\"f\"](5))", "8 10"},
    {"r = {a: [{b: 1}, {b: 2}]}\nprint(r.a[1].b, r[\"a\"][0][\"b\"])", "2 1"},
    {"print(len({a: 1, b: 2}))", "2"},
};
PROGRAMS(records)

static const Program distributions_table[] = {
    {"d = LogNormal(0, 1)\nprint(d.mean == exp(0.5), d.median, d.mode == exp(-1))", "true 1 true"},
    {"d = Normal(1, 2)\nprint(d.mean, d.variance, d.stddev, d.median, d.mode, d.support)", "1 4 2 1 1 real"},
    {"d = Normal(1, 2)\nprint(d.mu, d.sigma)", "1 2"},
    {"d = Normal(0, 1)\nprint(d.log_prob(0), d.cdf(0), d.quantile(0.5))", "-0.918938533204673 0.5 0"},
    {"d = Normal([0, 1], 1)\nprint(d.mean, d.cdf([0, 1]))", "[0, 1] [0.5, 0.5]"},
    {"print(Normal(0, 1), Exponential(2), Bernoulli(0.5), Delta(3))", "Normal(0, 1) Exponential(2) Bernoulli(0.5) Delta(3, 0)"},
    {"print(Normal(sigma = 2, mu = 1))", "Normal(1, 2)"},
    {"d = Normal(0, 1)\ne = d\nprint(d == e, [d, e][1])", "true Normal(0, 1)"},
    {"print(abs(Gamma(2, 3).entropy - 0.478603) < 1e-4)", "true"},
    {"print(HalfNormal(1).support, Beta(1, 2).support, Uniform(2, 5).support, Exponential(1).support)",
     "nonnegative unit_interval interval(2, 5) nonnegative"},
};
PROGRAMS(distributions)

/* Values never change; whoever holds the old one keeps it. */
static const Program copies_table[] = {
    {"x = [1, 2, 3]\ny = x\nx[2] = 5\nprint(x, y)", "[1, 2, 5] [1, 2, 3]"},
    {"x = [1, 2, 3]\ny = x\ny[2] = 5\nx[0] = 7\nprint(x, y)", "[7, 2, 3] [1, 2, 5]"},
    {"x = [1, 2]\nr = {a: x}\nx[0] = 9\nprint(r.a, x)", "[1, 2] [9, 2]"},
    {"x = [1, 2]\nr = {a: x}\nr.a[0] = 9\nprint(r.a, x)", "[9, 2] [1, 2]"},
    {"r = {a: [1, 2]}\nx = r.a\nr.a[0] = 9\nprint(r.a, x)", "[9, 2] [1, 2]"},
    {"r = {a: [1, 2]}\nx = r.a\nx[0] = 9\nprint(r.a, x)", "[1, 2] [9, 2]"},
    {"l = [\"a\", [\"b\", \"c\"]]\nm = l\nl[1][0] = \"z\"\nprint(l, m)", "[\"a\", [\"z\", \"c\"]] [\"a\", [\"b\", \"c\"]]"},
    {"l = [\"a\", [\"b\", \"c\"]]\ni = l[1]\ni[0] = \"z\"\nprint(l, i)", "[\"a\", [\"b\", \"c\"]] [\"z\", \"c\"]"},
    {"l = [\"a\", {r: [1, 2]}]\nm = l[1]\nl[1].r[0] = 7\nprint(l[1].r, m.r)", "[7, 2] [1, 2]"},
    {"r = {a: {b: {c: 1}}}\ns = r\nt = r.a\nr.a.b.c = 2\nprint(r.a.b.c, s.a.b.c, t.b.c)", "2 1 1"},
    {"i = [\"q\"]\nl = [i, i]\nl[0][0] = \"z\"\nprint(l, i)", "[[\"z\"], [\"q\"]] [\"q\"]"},
    {"r = {v: 1}\nl = [r, r]\nl[0].v = 2\nprint(l, r)", "[{v: 2}, {v: 1}] {v: 1}"},
    {"fn f(v) { v[0] = 9; v }\nx = [1, 2]\nprint(f(x), x)", "[9, 2] [1, 2]"},
    {"fn f(r) { r.a = 9; r }\nr = {a: 1}\nprint(f(r), r)", "{a: 9} {a: 1}"},
    {"x = [1, 2]\nfn f() { x }\ny = f()\nx[0] = 9\nprint(x, y)", "[9, 2] [1, 2]"},
    {"x = [1, 2]\nl = [\"a\", x]\nx[0] = 3\nprint(l[1])", "[1, 2]"},
    {"x = [\"a\"]\nfor k in 0..2 { y = x; x[0] = \"b{k}\"; print(x, y) }", "[\"b0\"] [\"a\"]\n[\"b1\"] [\"b0\"]"},
    {"x = [1, 2]\nys = [\"s\"]\nfor k in 0..3 { x[0] = k; ys[k] = x }\nprint(ys)", "[[0, 2], [1, 2], [2, 2]]"},
    {"x = []\nys = {a: none}\nfor k in 0..3 { x[k] = k; if k == 1 { ys.a = x } }\nprint(x, ys.a)", "[0, 1, 2] [0, 1]"},
    {"l = [\"a\", \"b\"]\nl[0] = l\nl[1] = l\nprint(l)", "[[\"a\", \"b\"], [[\"a\", \"b\"], \"b\"]]"},
    {"r = {a: 1}\nr.self = r\nr.a = 2\nprint(r)", "{a: 2, self: {a: 1}}"},
    {"x = [1, 2]\nx = [x, x]\nx[0][1] = 5\nprint(x)", "[[1, 5], [1, 2]]"},
    {"A = [[1, 2], [3, 4]]\nB = A\nr = A[0]\nA[0, 1] = 9\nA[1] = [7, 8]\nprint(A, B, r)",
     "[[1, 9], [7, 8]] [[1, 2], [3, 4]] [1, 2]"},
    {"d = {y: [1, 2]}\ne = d\nd.y[1] = missing\nprint(d.y, e.y)", "[1, missing] [1, 2]"},
    {"fn counter() { n = [0]; {step: fn() { n[0] }, all: fn() { n }} }\nc = counter()\na = c.all()\nprint(c.step(), a)", "0 [0]"},
    {"x = [1, 2]\nf = fn() { x }\ng = f()\ng[0] = 5\nprint(f(), g)", "[1, 2] [5, 2]"},
    {"a = [1, 2]\nb = [3, a[0]]\na[0] = 9\nprint(b)", "[3, 1]"},
    {"x = 0..3\ny = x\nx[1] = 10\nprint(x, y, 0..3)", "[0, 10, 2] [0, 1, 2] [0, 1, 2]"},
    {"x = zeros(3)\ny = x[0..2]\nx[0] = 1\nprint(x, y)", "[1, 0, 0] [0, 0]"},
    {"x = [1, 2, 3]\ns = sum(plate p(i in 0..3) { x[i] })\nx[0] = 100\nprint(s, sum(plate p(i in 0..3) { x[i] }))", "6 105"},
    {"x = [3, 1]\nt = trace(fn() { deterministic(\"x\", x) })()\nx[0] = 9\nprint(t[\"x\"], x)", "[3, 1] [9, 1]"},
};
PROGRAMS(copies)

static const Program elements_table[] = {
    {"x = [1, 2]\nx[2] = 3\nx[len(x)] = 4\nprint(x)", "[1, 2, 3, 4]"},
    {"x = []\nx[0] = 5\nprint(x)", "[5]"},
    {"l = [\"a\"]\nl[1] = \"b\"\nprint(l)", "[\"a\", \"b\"]"},
    {"l = [\"a\"]\nl[0] = 1\nprint(l, type(l))", "[1] list"},
    {"l = []\nl[0] = \"a\"\nl[1] = 2\nprint(l)", "[\"a\", 2]"},
    {"X = []\nfor i in 0..2 { X[i] = [i, 10 * i] }\nprint(X, shape(X))", "[[0, 0], [1, 10]] [2, 2]"},
    {"X = [[1, 2]]\nX[1] = [3, 4]\nprint(X)", "[[1, 2], [3, 4]]"},
    {"x = [1, 2, 3]\nx[0..2] = [7, 8]\nprint(x)", "[7, 8, 3]"},
    {"x = [1, 2, 3]\nx[0..2] = 0\nprint(x)", "[0, 0, 3]"},
    {"X = zeros(2, 2)\nX[0, 1] = 5\nX[1, 0..2] = [8, 9]\nprint(X)", "[[0, 5], [8, 9]]"},
    {"X = zeros(2, 2)\nX[-1, -2] = 5\nprint(X)", "[[0, 0], [5, 0]]"},
    {"x = [1, 2, 3]\nx[-1] = 30\nprint(x, x[-3])", "[1, 2, 30] 1"},
    {"x = [10, 20, 30, 40]\nprint(x[0], x[3], x[-1], x[1..3], x[2..2], x[0..len(x)])", "10 40 40 [20, 30] [] [10, 20, 30, 40]"},
    {"X = [[1, 2, 3], [4, 5, 6]]\nprint(X[1], X[1, 2], X[0, -1], X[0..2, 1], X[1, 0..2], X[-1])",
     "[4, 5, 6] 6 3 [2, 5] [4, 5] [4, 5, 6]"},
    {"X = [[1, 2, 3], [4, 5, 6]]\nprint(X[0..1], X[0..2, 1..3])", "[[1, 2, 3]] [[2, 3], [5, 6]]"},
    {"x = [10, 20, 30]\nprint(x[[2, 0, 0]], x[x > 15])", "[30, 10, 10] [20, 30]"},
    {"l = [\"a\", \"b\", \"c\"]\nprint(l[0], l[-1], l[1..3], l[1 - 1])", "a c [\"b\", \"c\"] a"},
    {"print([[1, 2], [3]][1][0], [\"x\", [5, 6]][1][-1])", "3 6"},
    {"x = [1, missing, 3]\nprint(x[1], x[2], is_missing(x))", "missing 3 [false, true, false]"},
    {"x = [1, 2]\nx[0] = missing\nprint(x, x + 1)", "[missing, 2] [missing, 3]"},
    {"r = {}\nr.a = 1\nr[\"b\"] = 2\nprint(r)", "{a: 1, b: 2}"},
    {"r = {a: [1, 2]}\nr.a[2] = 3\nprint(r)", "{a: [1, 2, 3]}"},
    {"b = [true, false]\nb[0] = false\nprint(b)\nb[1] = 3\nprint(b)", "[false, false]\n[0, 3]"},
    {"x = [1, 2]\nx[0] = true\nprint(x)", "[1, 2]"},
    {"v = []\nfor i in 0..4 { v[i] = i; v[0] = v[0] + i }\nprint(v)", "[6, 1, 2, 3]"},
    {"M = []\nfor i in 0..2 { for j in 0..3 { M[i, j] = i * j } }\nN = M\nM[1, 0] = 9\nprint(M, N, M[1], type(M))",
     "[[0, 0, 0], [9, 1, 2]] [[0, 0, 0], [0, 1, 2]] [9, 1, 2] matrix"},
    {"r = {a: [1, 2]}\nr.a[2] = 3\nprint(sum(r.a), r + 1)", "6 {a: [2, 3, 4]}"},
    {"l = [\"a\", [1, 2]]\nl[1][2] = 3\nprint(sum(l[1]), l)", "6 [\"a\", [1, 2, 3]]"},
    {"d = {y: []}\nfor t in 0..4 { d.y[t] = if t > 0 { d.y[t - 1] + 1 } else { 1 } }\nprint(d, mean(d.y))", "{y: [1, 2, 3, 4]} 2.5"},
    {"fn f() { z[0] = 1; z[1] = 2; z }\nprint(f())", "[1, 2]"},
    {"print(0..5, 2..2, 3..1, -1..2)", "[0, 1, 2, 3, 4] [] [] [-1, 0, 1]"},
    {"print(append([\"a\"], 1), map(fn(x) { x + 1 }, [1, [2]]) == none)", "[\"a\", 1] false"},
};
PROGRAMS(elements)

static const Program arithmetic_table[] = {
    {"print(2 * [1, 2] + 1, [1, 2] * [3, 4], [[1, 2], [3, 4]] * 2)", "[3, 5] [3, 8] [[2, 4], [6, 8]]"},
    {"print([1, 2] @ [3, 4], [[1, 2], [3, 4]] @ [1, 1], [[1, 2]] @ [[3], [4]])", "11 [3, 7] [[11]]"},
    {"print(7 // 2, -7 // 2, 7 % 3, -7 % 3, 2 ^ 3 ^ 2, -2 ^ 2, 2 ^ -1)", "3 -4 1 2 512 -4 0.5"},
    {"print(1 < 2, [1, 3] > 2, [1, 2] == [1, 2], 1 != 1)", "true [false, true] [true, true] false"},
    {"print(2 in [1, 2], 5 in [1, 2], \"a\" in [\"a\"], \"k\" in {k: 1})", "true false true true"},
    {"print(missing + 1, -missing, sqrt(missing), missing == missing)", "missing missing missing true"},
    {"print(none == none, none == 1, \"a\" == \"a\", \"a\" == 1, sqrt == sqrt)", "true false true false true"},
    {"print([\"a\", [1, 2]] == [\"a\", [1, 2]], [\"a\"] == [\"b\"], [1, 2] == [1, 2, 3])", "true false false"},
    {"print(true + true, sum([true, false, true]), 2 * true)", "2 2 2"},
    {"print(not [true, false], 0 / 0 == nan)", "[false, true] false"},
};
PROGRAMS(arithmetic)

int main(void) {
    Suite *suite = suite_create("values");
    ADD_PROGRAMS(suite, kinds);
    ADD_PROGRAMS(suite, records);
    ADD_PROGRAMS(suite, distributions);
    ADD_PROGRAMS(suite, copies);
    ADD_PROGRAMS(suite, elements);
    ADD_PROGRAMS(suite, arithmetic);
    return session_run_suite(suite);
}
