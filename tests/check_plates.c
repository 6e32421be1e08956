/* SPDX-License-Identifier: GPL-3.0-or-later
   Plates: lanes, the subscript rule and crossing; the manual, chapters Primitives and Lanes. */
#include "tests/session.h"

static const Program lanes_table[] = {
    {"x = [1, 2, 3]\nprint(plate p(i in 0..3) { 2 * x[i] })", "[2, 4, 6]"},
    {"x = [1, 2, 3]\nprint(plate p(i in 0..len(x)) { x[i] ^ 2 + 1 })", "[2, 5, 10]"},
    {"X = [[1, 2], [3, 4], [5, 6]]\nprint(plate p(i in 0..3) { X[i] })", "[[1, 2], [3, 4], [5, 6]]"},
    {"X = [[1, 2], [3, 4], [5, 6]]\nprint(plate p(i in 0..3) { X[i] @ [1, 10] }, plate p(i in 0..3) { X[i, 1] })", "[21, 43, 65] [2, 4, 6]"},
    {"t = [10, 20]\ng = [1, 0, 1]\nprint(plate p(i in 0..3) { t[g[i]] })", "[20, 10, 20]"},
    {"X = [[1, 2], [3, 4]]\ng = [1, 0, 1]\nprint(plate p(i in 0..3) { X[g[i]] })", "[[3, 4], [1, 2], [3, 4]]"},
    {"X = [[1, 2], [3, 4]]\ng = [1, 0]\nprint(plate p(i in 0..2) { X[i, g[i]] })", "[2, 3]"},
    {"x = [1, 2, 3]\nprint(plate p(i in 0..3) { x[2 - i] }, plate p(i in 0..3) { x[-1] })", "[3, 2, 1] [3, 3, 3]"},
    {"x = [1, 2, 3, 4]\nprint(plate p(i in 1..3) { x[i] }, plate p(i in 1..3) { i })", "[2, 3] [1, 2]"},
    {"x = [1, 2, 3, 4]\nprint(plate p(i in 0..2) { sum(x[0..2]) + i })", "[3, 4]"},
    {"print(plate p(v in [4, 9]) { sqrt(v) })", "[2, 3]"},
    {"print(plate p(v in [[1, 2], [3, 4]]) { sum(v) })", "[3, 7]"},
    {"d = {u: [1, 2], w: [3, 4]}\nprint(plate p(row in d) { row.u * row.w })", "[3, 8]"},
    {"d = {u: [1, 2], w: [[3, 4], [5, 6]]}\nprint(plate p(row in d) { row.w * row.u })", "[[3, 4], [10, 12]]"},
    {"print(plate p(i in 0..1) { 7 }, plate p(i in 0..0) { 7 })", "[7] []"},
    {"x = [5]\nprint(plate p(i in 0..1) { x[i] + i })", "[5]"},
    {"n = 4\nr = 0..n\nprint(plate p(i in r) { i })", "[0, 1, 2, 3]"},
    {"print(plate p(i in 0..3) { 1 }, plate p(i in 0..2) { [1, 2] })", "[1, 1, 1] [[1, 2], [1, 2]]"},
    {"print(plate p(i in 0..2) { {a: i, b: [i, 1]} })", "{a: [0, 1], b: [[0, 1], [1, 1]]}"},
    {"x = [1, 2]\nprint(plate(\"p\", 0..2, fn(i) { x[i] + 1 }))", "[2, 3]"},
    {"print(plate(\"p\", [3, 4], fn(v) { v * 2 }))", "[6, 8]"},
    {"a = 5\nprint(plate p(i in 0..2) { b = a + i; c = b * 2; c })\nprint(a)", "[10, 12]\n5"},
    {"x = [3, 1, 2]\nprint(sum(plate p(i in 0..3) { x[i] }), mean(plate p(i in 0..3) { x[i] > 1 }))", "6 0.666666666666667"},
    {"fn f(a, b) { a * b }\nx = [1, 2]\nprint(plate p(i in 0..2) { f(x[i], b = 10) })", "[10, 20]"},
    {"x = [1, 2]\nprint(plate p(i in 0..2) { r = {a: x[i]}; r.b = r.a + 1; r.a + r.b })", "[3, 5]"},
    {"x = [1, 2]\nprint(plate p(i in 0..2) { l = [\"s\", x[i]]; l[1] + 1 })", "[2, 3]"},
    {"x = [1, 2]\nprint(plate p(i in 0..2) { v = [x[i], 10]; v[0] = v[0] + v[1]; v })", "[[11, 10], [12, 10]]"},
    {"x = [1, 2]\nprint(plate p(i in 0..2) { v = []; for t in 0..3 { v[t] = x[i] ^ t }; sum(v) })", "[3, 7]"},
    {"x = [2, 3]\nprint(plate p(i in 0..2) { t = 1; for k in 0..3 { t = t * x[i] }; t })", "[8, 27]"},
    {"x = [1, 2]\nprint(plate p(i in 0..2) { 2 in [x[i], 5] })", "[false, true]"},
};
PROGRAMS(lanes)

static const Program nested_table[] = {
    {"z = plate a(i in 0..2) { plate b(j in 0..3) { 10 * i + j } }\nprint(z, shape(z))", "[[0, 1, 2], [10, 11, 12]] [2, 3]"},
    {"r = [1, 2]\ns = [10, 20, 30]\nprint(plate b(j in 0..3) { sum(plate a(i in 0..2) { r[i] * s[j] }) })", "[30, 60, 90]"},
    {"X = [[1, 2, 3], [4, 5, 6]]\nprint(plate a(i in 0..2) { sum(plate b(j in 0..3) { X[i, j] }) })", "[6, 15]"},
    {"X = [[1, 2, 3], [4, 5, 6]]\nprint(plate b(j in 0..3) { plate a(i in 0..2) { X[i, j] } })", "[[1, 4], [2, 5], [3, 6]]"},
    {"plate a(i in 0..2) { plate b(j in 0..3) { M[i, j] = 10 * i + j } }\nprint(M)", "[[0, 1, 2], [10, 11, 12]]"},
    {"plate a(i in 0..2) { plate b(j in 0..3) { M[j, i] = 10 * i + j } }\nprint(M)", "[[0, 10], [1, 11], [2, 12]]"},
    {"plate a(i in 0..2) { u[i] = i + 1\nplate b(j in 0..3) { M[i, j] = u[i] * j } }\nprint(u, M)", "[1, 2] [[0, 1, 2], [0, 2, 4]]"},
    {"print(shape(plate a(i in 0..2) { plate b(j in 0..1) { plate c(k in 0..3) { i + j + k } } }))", "[2, 1, 3]"},
    {"print(plate a(i in 0..2) { plate b(j in 0..2) { [i, j] } })", "[[[0, 0], [0, 1]], [[1, 0], [1, 1]]]"},
    {"print(plate a(i in 0..2) { x = plate b(j in 0..2) { j + 10 * i }; x[1] })", "[1, 11]"},
    {"fn f(i) { sum(plate b(j in 0..3) { i * j }) }\nprint(plate a(i in 0..3) { f(i) })", "[0, 3, 6]"},
    {"print(plate a(i in 0..2) { plate b(v in [1, 2]) { v * 10 + i } })", "[[10, 20], [11, 21]]"},
    {"for t in 0..2 { print(plate p(i in 0..2) { i + t }) }", "[0, 1]\n[1, 2]"},
    {"print(for t in 0..2 { plate p(i in 0..2) { i + t } })", "[[0, 1], [1, 2]]"},
};
PROGRAMS(nested)

static const Program subscripts_table[] = {
    {"x = [1, 2, 3]\nplate p(i in 0..3) { y[i] = 2 * x[i] }\nprint(y)", "[2, 4, 6]"},
    {"x = [1, 2, 3]\nplate p(i in 0..3) { y[i] = x[i]; y[i] = y[i] + 1 }\nprint(y)", "[2, 3, 4]"},
    {"x = [1, 2, 3]\nplate p(i in 0..3) { x[i] = 2 * x[i] }\nprint(x)", "[2, 4, 6]"},
    {"x = [1, 2, 3]\ny = x\nplate p(i in 0..3) { x[i] = 0 }\nprint(x, y)", "[0, 0, 0] [1, 2, 3]"},
    {"fn f() { plate g(j in 0..3) { t[j] ~ Delta(j) }; t }\ntr = trace(f)()\nprint(tr.value, names(tr.sites), tr[\"t\"])", "[0, 1, 2] [\"t\"] [0, 1, 2]"},
    {"fn f() { theta = plate g(j in 0..3) { sample(\"theta\", Delta(2 * j)) }; theta }\nprint(f())", "[0, 2, 4]"},
    {"fn f() { plate g(j in 0..3) { param m[j] = j; m[j] } }\nprint(f(), initial(f))", "[0, 1, 2] {m: [0, 1, 2]}"},
    {"fn f() { plate g(j in 0..3) { param m = 5; m } }\nprint(f(), initial(f))", "[5, 5, 5] {m: 5}"},
    {"fn f() { plate g(j in 0..2) { deterministic d[j] = j + 1 }; d }\nt = trace(f)()\nprint(t.value, t[\"d\"])", "[1, 2] [1, 2]"},
    {"Y = [[1, 2], [3, 4]]\nplate p(i in 0..2) { for t in 0..2 { Y[i, t] = Y[i, t] + 10 * t } }\nprint(Y)", "[[1, 12], [3, 14]]"},
    {"Y = [[1, 2], [3, 4]]\nplate p(i in 0..2) { for t in 0..2 { Y[t, i] = Y[t, i] + 10 * t } }\nprint(Y)", "[[1, 2], [13, 14]]"},
    {"plate p(i in 0..2) { for t in 0..3 { Y[i, t] = 10 * i + t } }\nprint(Y)", "[[0, 1, 2], [10, 11, 12]]"},
    {"plate p(i in 0..2) { for t in 0..3 { Y[t, i] = 10 * i + t } }\nprint(Y)", "[[0, 10], [1, 11], [2, 12]]"},
    {"fn f() { plate p(i in 0..2) { for t in 0..2 { Y[i, t] ~ Delta(10 * i + t) } }; Y }\ntr = trace(f)()\nprint(tr.value, names(tr.sites), tr[\"Y[1]\"], tr[\"Y\"])",
     "[[0, 1], [10, 11]] [\"Y[0]\", \"Y[1]\"] [1, 11] [[0, 10], [1, 11]]"},
    {"fn f(Y) { plate p(i in 0..2) { for t in 0..3 { obs Y[i, t] ~ Normal(0, 1) } } }\ntr = trace(f)([[1, 2, 3], [4, 5, 6]])\nprint(names(tr.sites), tr[\"Y[2]\"])",
     "[\"Y[0]\", \"Y[1]\", \"Y[2]\"] [3, 6]"},
    {"fn f(Y) { plate p(i in 0..2) { for t in 0..3 { obs Y[t, i] ~ Normal(0, 1) } } }\ntr = trace(f)([[1, 2], [3, 4], [5, 6]])\nprint(names(tr.sites), tr[\"Y[2]\"])",
     "[\"Y[0]\", \"Y[1]\", \"Y[2]\"] [5, 6]"},
    {"fn f() { plate a(i in 0..2) { plate b(j in 0..3) { z[i, j] ~ Delta(10 * i + j) } }; z }\nt = trace(f)()\nprint(t.value, t[\"z\"], t.sites.z.plates)",
     "[[0, 1, 2], [10, 11, 12]] [[0, 1, 2], [10, 11, 12]] [\"a\", \"b\"]"},
    {"x = [1, 2, 3, 4]\nplate p(i in 1..3) { x[i] = 0 }\nprint(x)", "[1, 0, 0, 4]"},
    {"x = [1, 2, 3, 4]\nplate p(i in 0..2) { x[i] = 0 }\nprint(x)", "[0, 0, 3, 4]"},
    {"x = [1, 2]\nplate p(i in 2..4) { x[i] = i }\nprint(x)", "[1, 2, 2, 3]"},
    {"x = [1, 2]\nplate p(i in 1..4) { x[i] = i }\nprint(x)", "[1, 1, 2, 3]"},
    {"x = [1, 2, 3]\nplate p(i in 0..3) { if x[i] > 1 { x[i] = 10 } }\nprint(x)", "[1, 10, 10]"},
    {"x = [-1, 2]\nplate p(i in 0..2) { if x[i] > 0 { y[i] = 1 } else { y[i] = 0 } }\nprint(y)", "[0, 1]"},
    {"x = [1, 2, 3]\nplate p(v in x) { y = v }\nprint(x)", "[1, 2, 3]"},
    {"plate p(i in 0..2) { r[i] = {a: i} }\nprint(r)", "{a: [0, 1]}"},
    {"plate p(i in 0..2) { v[i] = [i, 1] }\nprint(v)", "[[0, 1], [1, 1]]"},
    {"plate p(i in 0..2) { f = fn() { i * 2 }; y[i] = f() }\nprint(y)", "[0, 2]"},
    {"fn f() { t = 0; plate p(i in 0..2) { y[i] = i }; y }\nprint(f())", "[0, 1]"},
    {"plate p(i in 0..3) { x[i] = i }\nplate p(i in 0..3) { y[i] = x[i] * 2 }\nprint(x, y)", "[0, 1, 2] [0, 2, 4]"},
    {"theta = 3\nplate p(i in 0..2) { theta2 = theta + i }\nprint(theta)", "3"},
};
PROGRAMS(subscripts)

static const Program crossing_table[] = {
    {"fn m() { plate g(j in 0..3) { t[j] ~ Normal(0, 1) }; t }\nfn q() { t ~ Delta([1, 2, 3]) }\np = trace(replay(m, trace(q)()))()\nprint(p.value, p[\"t\"])",
     "[1, 2, 3] [1, 2, 3]"},
    {"fn q() { plate g(j in 0..3) { t[j] ~ Delta(j) } }\nfn m() { t ~ Normal([0, 0, 0], 1); t }\nprint(replay(m, trace(q)())())", "[0, 1, 2]"},
    {"fn m() { plate g(j in 0..3) { t[j] ~ Normal(0, 1) }; t }\nfn q() { t ~ Delta(7) }\nprint(replay(m, trace(q)())())", "[7, 7, 7]"},
    {"fn m() { plate a(i in 0..2) { plate b(j in 0..3) { t[i, j] ~ Normal(0, 1) } }; t }\nfn q() { t ~ Delta([[1, 2, 3], [4, 5, 6]]) }\nprint(replay(m, trace(q)())())",
     "[[1, 2, 3], [4, 5, 6]]"},
    {"fn m() { plate a(i in 0..2) { t[i] ~ Normal([0, 0, 0], 1) }; t }\nfn q() { t ~ Delta([[1, 2, 3], [4, 5, 6]]) }\nprint(replay(m, trace(q)())())",
     "[[1, 2, 3], [4, 5, 6]]"},
    {"fn m(x) { plate p(i in 0..2) { obs x[i] ~ Normal(0, 1) } }\nt = trace(m)([0, 0])\nprint(log_prob(t) == 2 * Normal(0, 1).log_prob(0), t.sites.x.log_prob == Normal(0, 1).log_prob([0, 0]))",
     "true [true, true]"},
    {"x = [0, 1]\nfn m(x) { plate p(i in 0..2) { obs x[i] ~ Normal(0, 1) } }\nl = plate particles(s in 0..3) { log_prob(trace(m)(x)) }\nprint(shape(l), l[0] == log_prob(trace(m)(x)))",
     "[3] true"},
    {"t = plate s(i in 0..2) { trace(fn() { deterministic(\"d\", i + 1) })()[\"d\"] }\nprint(t)", "[1, 2]"},
    {"fn m(x) { obs x ~ Normal(0, 1) }\nprint(log_prob(trace(m)([0, 0, 0])) == 3 * Normal(0, 1).log_prob(0))", "true"},
    {"fn m(x) { plate p(i in 0..3) { obs x[i] ~ Normal(0, 1) } }\nt = trace(m)([0, missing, 0])\nprint(log_prob(t) == 2 * Normal(0, 1).log_prob(0))", "true"},
    {"fn m(x) { plate p(i in 0..3) { obs x[i] ~ Delta(i) }; x }\nprint(m([0, missing, 2]))", "[0, 1, 2]"},
    {"model m(x) { plate p(i in 0..3) { obs x[i] ~ Delta(i) }; x }\nprint(m())", "[0, 1, 2]"},
    {"model m(d) { obs d ~ Delta(4); d }\nt = trace(m)()\nprint(t.value, log_prob(t))", "4 0"},
};
PROGRAMS(crossing)

int main(void) {
    Suite *suite = suite_create("plates");
    ADD_PROGRAMS(suite, lanes);
    ADD_PROGRAMS(suite, nested);
    ADD_PROGRAMS(suite, subscripts);
    ADD_PROGRAMS(suite, crossing);
    return session_run_suite(suite);
}
