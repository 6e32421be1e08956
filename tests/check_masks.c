/* SPDX-License-Identifier: GPL-3.0-or-later
   Conditions that differ between lanes: every rule of the manual's section Masks. */
#include "tests/session.h"

/* Most programs here run in four lanes with these numbers. */
#define LANES(body) "x = [-2, 3, -5, 0]\nprint(plate p(i in 0..4) {\n" body "\n})"

static const Program conditions_table[] = {
    {LANES("v = x[i]; if v < 0 { v = -v }; v"), "[2, 3, 5, 0]"},
    {LANES("if x[i] < 0 { -1 } else if x[i] == 0 { 0 } else { 1 }"), "[-1, 1, -1, 0]"},
    {LANES("v = if x[i] < 0 { 10 } else { x[i] }; v + 1"), "[11, 4, 11, 1]"},
    {LANES("if x[i] > 100 { print(\"nobody\") }; if x[i] < 100 { 1 } else { print(\"nobody\") }"), "[1, 1, 1, 1]"},
    {LANES("if x[i] > 0 { log(x[i] / 3) } else { -1 }"), "[-1, 0, -1, -1]"},
    {LANES("if x[i] != 0 { 6 / x[i] } else { 0 }"), "[-3, 2, -1.2, 0]"},
    {LANES("if x[i] > 0 { Normal(0, x[i]).cdf(0) } else { 2 }"), "[2, 0.5, 2, 2]"},
    {LANES("t = [7, 8, 9, 10]; if x[i] >= 0 { t[x[i]] } else { -1 }"), "[-1, 10, -1, 7]"},
    {LANES("a = 0; b = 0; if x[i] > 0 { a = 1; b = 2 } else { a = 3 }; a + b"), "[3, 3, 3, 3]"},
    {LANES("a = 0; if x[i] <= 0 { if x[i] == 0 { a = 1 } else { a = 2 }; a = a + 10 }; a"), "[12, 0, 12, 11]"},
    {LANES("x[i] != 0 and 6 / x[i] > 1"), "[false, true, false, false]"},
    {LANES("x[i] == 0 or 6 / x[i] > 1"), "[false, true, false, true]"},
    {LANES("not (x[i] > 0)"), "[true, false, true, true]"},
    {LANES("x[i] < 0 and x[i] > -4 or x[i] == 3"), "[true, true, false, false]"},
    {LANES("a = 1; if true and x[i] > 0 { a = 2 }; a"), "[1, 2, 1, 1]"},
    {LANES("fn f(v) { if v > 0 { v } else { 0 } }; f(x[i]) + f(-x[i])"), "[2, 3, 5, 0]"},
    {LANES("where(x[i] > 0, x[i], 0)"), "[0, 3, 0, 0]"},
    {LANES("v = none; if x[i] > 0 { v = 1 } else { v = 2 }; v"), "[2, 1, 2, 2]"},
};
PROGRAMS(conditions)

static const Program loops_table[] = {
    {LANES("n = abs(x[i]); c = 0; while n > 0 { n = n - 1; c = c + 1 }; c"), "[2, 3, 5, 0]"},
    {LANES("t = 0; for k in 0..abs(x[i]) { t = t + k }; t"), "[1, 3, 10, 0]"},
    {LANES("t = 0; for k in x[i]..3 { t = t + 1 }; t"), "[5, 0, 8, 3]"},
    {LANES("t = 0; for k in 0..10 { if k > abs(x[i]) { break }; t = t + 1 }; t"), "[3, 4, 6, 1]"},
    {LANES("t = 0; for k in 0..4 { if k == x[i] or k == -x[i] { continue }; t = t + k }; t"), "[4, 3, 6, 6]"},
    {LANES("t = 0; for k in 0..3 { if x[i] > 0 { t = t + 1; continue }; t = t + 10 }; t"), "[30, 3, 30, 30]"},
    {LANES("t = 0; for k in 0..3 { if x[i] > 0 { continue } else { break }; t = t + 10 }; t"), "[0, 0, 0, 0]"},
    {LANES("t = 0; while true { t = t + 1; if t > abs(x[i]) { break } }; t"), "[3, 4, 6, 1]"},
    {LANES("t = 0; for k in 0..3 { for j in 0..3 { if j > x[i] { break }; t = t + 1 } }; t"), "[0, 9, 0, 3]"},
    {LANES("t = 0; for k in 0..3 { for j in 0..3 { if j == x[i] { continue }; t = t + 1 } }; t"), "[9, 9, 9, 6]"},
    {LANES("t = 0; k = 0; while k < 5 { k = k + 1; if k == 2 { continue }; if k > abs(x[i]) { break }; t = t + k }; t"), "[1, 4, 13, 0]"},
    {LANES("t = 0; for k in [1, 2, 3] { if x[i] > k { t = t + k } }; t"), "[0, 3, 0, 0]"},
    {LANES("t = 0; if x[i] < 0 { for k in 0..3 { t = t + 1; if k == 1 { break } } }; t"), "[2, 0, 2, 0]"},
    {LANES("t = 0; for k in 0..2 { if x[i] > 0 { break }; t = t + 1 } ; t + 100"), "[102, 100, 102, 102]"},
    {LANES("s = 0; for a in 0..2 { for b in 0..abs(x[i]) { if b > a { break }; s = s + 1 } }; s"), "[3, 3, 3, 0]"},
};
PROGRAMS(loops)

static const Program returns_table[] = {
    {LANES("fn f(v) { if v < 0 { return -1 }; 1 }; f(x[i])"), "[-1, 1, -1, 1]"},
    {LANES("fn f(v) { if v < 0 { return -1 }; if v == 0 { return 0 }; 1 }; f(x[i])"), "[-1, 1, -1, 0]"},
    {LANES("fn f(v) { if v < 0 { return -1 } else { return 1 } }; f(x[i])"), "[-1, 1, -1, 1]"},
    {LANES("fn f(v) { if v < 0 { return -1 } else { return 1 }; 99 }; f(x[i])"), "[-1, 1, -1, 1]"},
    {LANES("fn f(v) { for k in 0..10 { if k >= v { return k } }; 99 }; f(x[i])"), "[0, 3, 0, 0]"},
    {LANES("fn f(v) { for k in 0..2 { if k >= v { return k } }; 99 }; f(x[i])"), "[0, 99, 0, 0]"},
    {LANES("fn f(v) { k = 0; while true { if k >= v { return k }; k = k + 1 } }; f(x[i])"), "[0, 3, 0, 0]"},
    {LANES("fn f(v) { for a in 0..3 { for b in 0..3 { if a * b == v { return 10 * a + b } } }; -1 }; f(x[i] + 2)"), "[0, -1, -1, 12]"},
    {LANES("fn f(v) { if v > 0 { return {a: v, b: [v, 1]} }; {a: 0, b: [0, 0]} }; r = f(x[i]); r.a + sum(r.b)"), "[0, 7, 0, 0]"},
    {LANES("fn f(v) { if v > 0 { return [v, v] }; [0, 1] }; f(x[i])"), "[[0, 1], [3, 3], [0, 1], [0, 1]]"},
    {LANES("fn f(v) { if v > 0 { w = 5; return w }; w = 6; w }; f(x[i])"), "[6, 5, 6, 6]"},
    {LANES("fn f(v) { g = 0; if v > 0 { return v }; g = g + 1; g }; f(x[i]) + f(-x[i])"), "[3, 4, 6, 2]"},
    {LANES("fn f(n) { if n <= 1 { 1 } else { n * f(n - 1) } }; f(abs(x[i]))"), "[2, 6, 120, 1]"},
    {LANES("fn f(n) { if n <= 1 { return 1 }; n * f(n - 1) }; f(abs(x[i]))"), "[2, 6, 120, 1]"},
    {LANES("fn f(n) { if n < 2 { return n }; f(n - 1) + f(n - 2) }; f(abs(x[i]) + 1)"), "[2, 3, 8, 1]"},
    {LANES("fn even(n) { if n == 0 { true } else { odd(n - 1) } }; fn odd(n) { if n == 0 { false } else { even(n - 1) } }; even(abs(x[i]))"),
     "[true, false, false, true]"},
    {LANES("fn f(a, b) { if b == 0 { a } else { f(b, a % b) } }; f(12, abs(x[i]))"), "[2, 3, 1, 12]"},
    {LANES("fn f(v) { if v > 0 { return 1 }; if v > 100 { return 2 }; 3 }; f(x[i])"), "[3, 1, 3, 3]"},
};
PROGRAMS(returns)

static const Program merges_table[] = {
    {LANES("v = [0, 0]; if x[i] > 0 { v = [1, 2] }; v"), "[[0, 0], [1, 2], [0, 0], [0, 0]]"},
    {LANES("v = [0, 0]; if x[i] > 0 { v[1] = 5 }; v"), "[[0, 0], [0, 5], [0, 0], [0, 0]]"},
    {LANES("v = [0, 0]; v[abs(x[i]) % 2] = 1; v"), "[[1, 0], [0, 1], [0, 1], [1, 0]]"},
    {LANES("r = {a: 1, b: [1, 1]}; if x[i] > 0 { r.b[0] = 7; r.a = 2 }; r.a + sum(r.b)"), "[3, 10, 3, 3]"},
    {LANES("l = [\"s\", 1]; if x[i] > 0 { l = [\"s\", 2] }; l[1]"), "[1, 2, 1, 1]"},
    {LANES("f = sqrt; if x[i] > 0 { f = sqrt }; f(4)"), "[2, 2, 2, 2]"},
    {LANES("s = \"a\"; if x[i] > 0 { s = \"a\" }; s == \"a\""), "[true, true, true, true]"},
    {LANES("if x[i] > 0 { v = 1 } else { v = 2 }; v"), "[2, 1, 2, 2]"},
    {LANES("if x[i] > 0 { v = 1 }; if x[i] > 0 { v + 1 } else { 0 }"), "[0, 2, 0, 0]"},
    {LANES("if x[i] > 0 { v = 1 }; if x[i] <= 0 { v = 2 }; v"), "[2, 1, 2, 2]"},
    {LANES("if x[i] > 0 { v = 1 } else if x[i] == 0 { v = 2 } else { v = 3 }; v"), "[3, 1, 3, 2]"},
    {LANES("v = 1; if x[i] > 0 { v = missing }; is_missing(v)"), "[false, true, false, false]"},
    {LANES("b = true; if x[i] > 0 { b = false }; not b"), "[false, true, false, false]"},
    {LANES("if x[i] > 0 { w = []; w[0] = x[i]; w[1] = 1; t = sum(w) } else { t = 0 }; t"), "[0, 4, 0, 0]"},
    {LANES("if x[i] > 0 { n = 3; z = zeros(n); t = len(z) } else { t = 0 }; t"), "[0, 3, 0, 0]"},
    {"x = [1, 1]\nprint(plate p(i in 0..2) { zeros(x[i]) })", "[[0], [0]]"},
    {"x = [3, 3]\nprint(plate p(i in 0..2) { sum(0..x[i]) })", "[3, 3]"},
    {LANES("if x[i] > 0 { sum(zeros(x[i]) + 1) } else { 0 }"), "[0, 3, 0, 0]"},
    {LANES("l = [\"a\", \"b\", \"c\", \"d\"]; if x[i] > 0 { l[x[i]] == \"d\" } else { false }"), "[false, true, false, false]"},
};
PROGRAMS(merges)

/* Vectors that are built index by index while some lanes are off. */
static const Program building_table[] = {
    {LANES("if x[i] > 0 { w = []; w[0] = 1; w[1] = x[i]; t = sum(w) } else { t = 0 }; t"), "[0, 4, 0, 0]"},
    {LANES("if x[i] > 0 { z[0] = 1; z[1] = x[i] } else { z[0] = 2; z[1] = 0 }; sum(z)"), "[2, 4, 2, 2]"},
    {LANES("z = [1]; for t in 1..4 { if x[i] > t { z[t] = z[t - 1] + 1 } else { z[t] = 0 } }; z"),
     "[[1, 0, 0, 0], [1, 2, 3, 0], [1, 0, 0, 0], [1, 0, 0, 0]]"},
    {LANES("for t in 0..3 { if x[i] > 0 { if i == 1 { z[t] = t } else { z[t] = 5 } } else { z[t] = -1 } }; z"),
     "[[-1, -1, -1], [0, 1, 2], [-1, -1, -1], [-1, -1, -1]]"},
    {LANES("t = 0; for k in 0..abs(x[i]) { z[k] = 10 * k; if k > 0 { t = t + z[k] + z[k - 1] } }; t"), "[10, 40, 160, 0]"},
    {LANES("n = -1; for k in 0..3 { if k == x[i] { break }; z[k] = k; n = k }; n"), "[2, 2, 2, -1]"},
    {LANES("fn f(v) { l = [1, 2]; l[2] = v; r = {}; r.a = 4; sum(l) + r.a }; if x[i] > 0 { f(x[i]) } else { 0 }"), "[0, 10, 0, 0]"},
    {LANES("if x[i] > 0 { r = {}; r.a = 5; r.b = [1, 2]; r.b[2] = 3; t = r.a + sum(r.b) } else { t = 1 }; t"), "[1, 11, 1, 1]"},
    {LANES("if x[i] > 0 { s = \"a\"; s = \"b\"; v = [1]; v = [1, 2]; t = len(v) } else { t = 0 }; t"), "[0, 2, 0, 0]"},
    {LANES("if x[i] > 0 { z[0] = 1 } else { z = [2] }; z"), "[[2], [1], [2], [2]]"},
    {LANES("for a in 0..2 { for b in 0..2 { if x[i] > 0 { Q[a, b] = a + b } else { Q[a, b] = 0 } } }; sum(Q)"), "[0, 4, 0, 0]"},
    {LANES("n = 0; for s in [\"a\", \"b\", \"c\"] { if n > x[i] { break }; n = n + len(s) }; n"), "[0, 3, 0, 1]"},
    {LANES("for k in 0..4 { if k > x[i] { k = k + 100 } }; k"), "[103, 3, 103, 103]"},
    {LANES("for k in 0..10 { if k > x[i] { break } }; k"), "[0, 4, 0, 1]"},
    {"x = [1, -1]\nplate p(i in 0..2) { for t in 0..2 { if x[i] > 0 { Y[i, t] = t } else { Y[i, t] = -1 } } }\nprint(Y)", "[[0, 1], [-1, -1]]"},
    {"x = [1, -1]\nY = zeros(2, 2)\nplate p(i in 0..2) { if x[i] > 0 { Y[i, 1] = 5 } }\nprint(Y)", "[[0, 5], [0, 0]]"},
};
PROGRAMS(building)

static const Program crossed_table[] = {
    {"x = [1, -1]\ny = [2, -3, 4]\nprint(plate a(i in 0..2) { plate b(j in 0..3) { if x[i] * y[j] > 0 { x[i] * y[j] } else { 0 } } })",
     "[[2, 0, 4], [0, 3, 0]]"},
    {"x = [1, -1]\nprint(plate a(i in 0..2) { if x[i] > 0 { sum(plate b(j in 0..3) { j * x[i] }) } else { -1 } })", "[3, -1]"},
    {"x = [1, -1]\nprint(plate a(i in 0..2) { t = 0; if x[i] > 0 { plate b(j in 0..3) { u = j }; t = 5 }; t })", "[5, 0]"},
    {"x = [1, -1, 2]\nprint(plate a(i in 0..3) { s = plate b(j in 0..2) { if j > 0 and x[i] > 0 { x[i] } else { 0 } }; s })", "[[0, 1], [0, 0], [0, 2]]"},
    {"x = [1, -1]\nplate a(i in 0..2) { plate b(j in 0..2) { if x[i] > 0 { M[i, j] = j } else { M[i, j] = -1 } } }\nprint(M)", "[[0, 1], [-1, -1]]"},
    {"x = [2, 0, 3]\nprint(plate a(i in 0..3) { t = 0; for k in 0..x[i] { t = t + sum(plate b(j in 0..2) { j + k }) }; t })", "[4, 0, 9]"},
    {"fn f(v) { if v > 0 { return sum(plate b(j in 0..3) { v * j }) }; 0 }\nx = [2, -1]\nprint(plate a(i in 0..2) { f(x[i]) })", "[6, 0]"},
};
PROGRAMS(crossed)

static const Program sites_table[] = {
    {"fn m(x) { plate p(i in 0..2) { if x[i] > 0 { z[i] ~ Delta(1) } else { z[i] ~ Delta(2) } }; z }\nt = trace(m)([1, -1])\nprint(t.value, t[\"z\"], names(t.sites))",
     "[1, 2] [1, 2] [\"z\"]"},
    {"fn m(x) { plate p(i in 0..2) { if x[i] > 0 { obs x[i] ~ Normal(0, 1) } } }\nt = trace(m)([0.5, -1])\nprint(log_prob(t) == Normal(0, 1).log_prob(0.5))", "true"},
    {"fn m(x) { plate p(i in 0..2) { if x[i] > 0 { obs x[i] ~ Normal(0, 1) } else { obs x[i] ~ Normal(1, 2) } } }\nt = trace(m)([0.5, -1])\nprint(abs(log_prob(t) - Normal(0, 1).log_prob(0.5) - Normal(1, 2).log_prob(-1)) < 1e-15)",
     "true"},
    {"fn m(x) { plate p(i in 0..2) { if x[i] > 0 { factor(\"w\", x[i]) } } }\nprint(log_prob(trace(m)([3, -1])))", "3"},
    {"fn m(x) { plate p(i in 0..2) { if x[i] > 0 { obs x[i] ~ Exponential(1) } } }\nprint(log_prob(trace(m)([2, -1])))", "-2"},
    {"model m(x) { plate p(i in 0..3) { s ~ Delta(x[i]); if s < 0 { s = -s }; y[i] = s }; y }\nprint(m([1, -2, 3]))", "[1, 2, 3]"},
    {"fn m(n) { t = 0; for k in 0..n { z[k] ~ Delta(k); t = t + z[k] }; t }\nx = [1, 3]\nprint(plate p(i in 0..2) { m(x[i]) })", "[0, 3]"},
};
PROGRAMS(sites)

int main(void) {
    Suite *suite = suite_create("masks");
    ADD_PROGRAMS(suite, conditions);
    ADD_PROGRAMS(suite, loops);
    ADD_PROGRAMS(suite, returns);
    ADD_PROGRAMS(suite, merges);
    ADD_PROGRAMS(suite, building);
    ADD_PROGRAMS(suite, crossed);
    ADD_PROGRAMS(suite, sites);
    return session_run_suite(suite);
}
