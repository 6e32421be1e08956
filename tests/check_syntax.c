/* SPDX-License-Identifier: GPL-3.0-or-later
   Functions, control and text as programs see them: the manual, chapter Syntax. */
#include <unistd.h>

#include "tests/session.h"

static const Program functions_table[] = {
    {"fn scale_of(v, floor = 0) { return max(abs(v), floor) }\nprint(scale_of(-3), scale_of(1, 2), scale_of(1, floor = 5))", "3 2 5"},
    {"square = fn(v) { v ^ 2 }\nprint(square(3))", "9"},
    {"fn f() { }\nprint(f())", "none"},
    {"fn f() { return }\nprint(f())", "none"},
    {"fn f(x) { y = x + 1 }\nprint(f(1))", "2"},
    {"fn f(x) { if x > 0 { \"plus\" } else { \"minus\" } }\nprint(f(1), f(-1))", "plus minus"},
    {"fn f(a, b = 2, c = a + b) { [a, b, c] }\nprint(f(1), f(1, c = 0), f(b = 5, a = 1), f(1, 2, 3))",
     "[1, 2, 3] [1, 2, 0] [1, 5, 6] [1, 2, 3]"},
    {"k = 1\nfn f(x = k) { x }\nk = 2\nprint(f())", "2"},
    {"n = [0]\nfn f(x = print(\"default\")) { 1 }\nf(2)\nf()", "default"},
    {"fn outer() { fn inner(x) { x * 2 }; inner(4) }\nprint(outer())", "8"},
    {"fn adder(n) { fn(x) { x + n } }\na = adder(1)\nb = adder(10)\nprint(a(1), b(1))", "2 11"},
    {"fn f() { a = 1; g = fn() { a }; a = 2; g() }\nprint(f())", "2"},
    {"fn f() { a = 1; g = fn() { a = 5; a }; [g(), a] }\nprint(f())", "[5, 1]"},
    {"fn f() { k = 1; g = fn() { fn() { k } }; k = 3; g()() }\nprint(f())", "3"},
    {"fn even(n) { if n == 0 { true } else { odd(n - 1) } }\nfn odd(n) { if n == 0 { false } else { even(n - 1) } }\nprint(even(10), odd(7))",
     "true true"},
    {"fn f(n) { if n == 0 { return \"end\" }; f(n - 1) }\nprint(f(100))", "end"},
    {"fs = for k in 0..3 { fn() { k } }\nprint(fs[0]())", "2"},
    {"fn make(k) { fn() { k } }\nfs = for k in 0..3 { make(k) }\nprint(fs[0](), fs[2]())", "0 2"},
    {"print((fn(x) { x })(3), [sqrt, abs][0](4))", "3 2"},
    {"fn apply(f, x) { f(x) }\nprint(apply(fn(v) { v + 1 }, 2), apply(sqrt, 9))", "3 3"},
    {"fn f(x) { g = 2; x + g }\ng = 5\nprint(f(1), g)", "3 5"},
    {"fn f(x) { x = x + 1; x }\nx = 1\nprint(f(x), x)", "2 1"},
    {"fn shadow(sum) { sum + 1 }\nprint(shadow(2), sum([1, 2]))", "3 3"},
    {"exp = 3\nprint(exp)", "3"},
    {"fn f(a, b) { a - b }\nprint(f(b = 1, a = 5), f(5, b = 1))", "4 4"},
    {"print(quantile(p = 0.5, x = [1, 2, 3]))", "2"},
    {"model m(x, y) { [is_missing(x), is_missing(y)] }\nprint(m(), m(1), m(1, 2))", "[true, true] [false, true] [false, false]"},
    {"model m(x = 3) { x }\nprint(m(), m(4))", "3 4"},
    {"fn f() { for i in 0..3 { for j in 0..3 { if i * j == 2 { return [i, j] } } } }\nprint(f())", "[1, 2]"},
    {"fn f() { with seed(1) { return 5 }; 6 }\nprint(f())", "5"},
    {"fn f() { while true { return 3 } }\nprint(f())", "3"},
    {"fn f(x) {\n    return x\n}\nprint(f([1,\n 2]))", "[1, 2]"},
};
PROGRAMS(functions)

static const Program control_table[] = {
    {"x = if 1 > 0 { 2 } else { 3 }\nprint(x)", "2"},
    {"x = if false { 2 }\nprint(x)", "none"},
    {"s = -1\nx = if s > 0 { \"a\" } else if s < 0 { \"b\" } else { \"c\" }\nprint(x)", "b"},
    {"print(1 + (if true { 2 } else { 3 }))", "3"},
    {"print(for n in [1, 10] { n + 1 })", "[2, 11]"},
    {"x = for n in 0..3 { [n, n] }\nprint(x, shape(x))", "[[0, 0], [1, 1], [2, 2]] [3, 2]"},
    {"x = for n in 0..3 { \"s{n}\" }\nprint(x)", "[\"s0\", \"s1\", \"s2\"]"},
    {"x = for n in 0..0 { n }\nprint(x, len(x))", "[] 0"},
    {"x = for n in 0..4 { if n == 1 { continue }; n }\nprint(x)", "[0, 2, 3]"},
    {"x = for n in 0..4 { if n == 2 { break }; n }\nprint(x)", "[0, 1]"},
    {"for n in [[1, 2], [3, 4]] { print(n) }", "[1, 2]\n[3, 4]"},
    {"for s in [\"a\", 1, none] { print(s) }", "a\n1\nnone"},
    {"for k in names({a: 1, b: 2}) { print(k) }", "a\nb"},
    {"for t in 3..1 { print(t) }\nprint(\"end\")", "end"},
    {"t = 5\nfor t in 0..3 { }\nprint(t)", "2"},
    {"for i in 0..2 { i = i + 10; print(i) }", "10\n11"},
    {"x = [1, 2]\nfor v in x { x[0] = v + 10 }\nprint(x)", "[12, 2]"},
    {"n = 0\nwhile n < 3 { n = n + 1 }\nprint(n)", "3"},
    {"n = 0\nwhile true { n = n + 1; if n == 2 { continue }; if n > 3 { break }; print(n) }", "1\n3"},
    {"for i in 0..3 { for j in 0..3 { if j == 1 { break }; print(i, j) } }", "0 0\n1 0\n2 0"},
    {"for i in 0..2 { for j in 0..3 { if j == 1 { continue }; print(i, j) } }", "0 0\n0 2\n1 0\n1 2"},
    {"fits = for n in [1, 2] { {n: n} }\nprint(fits[1].n)", "2"},
    {"x = with seed(1) { 5 }\nprint(x)", "5"},
    {"assert(true)\nassert(1 > 0, \"no\")\nassert(all([1, 2] > 0))\nprint(\"ok\")", "ok"},
    {"fn loud(b) { print(\"asked\"); b }\nprint(false and loud(true), true or loud(false))\nprint(true and loud(false))", "false true\nasked\nfalse"},
    {"a = 1; b = 2; print(a, b)", "1 2"},
    {"a = 1 +\n    2\nprint(a)", "3"},
    {"print(1 +\n  2 *\n  3, [1,\n  2])", "7 [1, 2]"},
    {"if true { print(1) } else { print(2) }   # a comment\n# another", "1"},
    {"model = 3\nobs = 4\nplate = 5\nparam = model + obs\nhandler = [plate]\nprint(model, obs, plate, param, handler)", "3 4 5 7 [5]"},
    {"print(not false and true, not (false and true), 1 < 2 and 2 < 3)", "true true true"},
    {"print(2 in 0..3 and not 3 in 0..3)", "true"},
    {"print(-2 ^ 2, 2 * -3, 6 / 2 * 3, 2 - 1 - 1, 1 - -1)", "-4 -6 9 0 2"},
    {"print([1, 2] @ [3, 4] * 2, 1 + 2 == 3)", "22 true"},
};
PROGRAMS(control)

static const Program strings_table[] = {
    {"x = 3\nprint(\"x is {x} and {x + 1}\")", "x is 3 and 4"},
    {"print(\"{\"inner {1 + 1}\"}\")", "inner 2"},
    {"print(\"{[1, 2]} {{a: 1}} {\"s\"} {none}\")", "[1, 2] {a: 1} s none"},
    {"print(\"a\\tb\\\\ \\\"q\\\" \\{x\\}\")", "a\tb\\ \"q\" {x}"},
    {"print(\"one\\ntwo\")", "one\ntwo"},
    {"print(\"\", \"é ± …\", len(\"é\"))", " é ± … 1"},
    {"r = {a: {b: 2}}\nprint(\"{r.a.b} {r[\"a\"][\"b\"]} {sqrt(4)}\")", "2 2 2"},
    {"print([\"a\\\"b\\n\", \"\\{\"])", "[\"a\\\"b\\n\", \"\\{\"]"},
    {"print(text(1.5) == \"1.5\", text([1, 2]), type(text(1)))", "true [1, 2] string"},
    {"print()", ""},
    {"print(\"a\" == \"a\", \"a\" != \"b\")", "true true"},
    {"for t in 0..2 { print(\"z{t}\") }", "z0\nz1"},
};
PROGRAMS(strings)

static const Program sites_table[] = {
    {"fn f() { mu ~ Delta(3); mu }\nprint(f())", "3"},
    {"fn f() { mu = sample(\"mu\", Delta(3)); mu }\nt = trace(f)()\nprint(names(t.sites), t[\"mu\"])", "[\"mu\"] 3"},
    {"fn f() { for t in 0..3 { z[t] ~ Delta(t) }; z }\ntr = trace(f)()\nprint(names(tr.sites), tr.value, tr[\"z\"])",
     "[\"z[0]\", \"z[1]\", \"z[2]\"] [0, 1, 2] [0, 1, 2]"},
    {"fn f() { for t in 0..2 { sample(\"z{t}\", Delta(t)) } }\nprint(names(trace(f)().sites))", "[\"z0\", \"z1\"]"},
    {"fn f(d) { obs d.y ~ Normal(0, 1) }\nt = trace(f)({y: [1, 2]})\nprint(names(t.sites), t.sites.y.kind, t[\"y\"])",
     "[\"y\"] obs [1, 2]"},
    {"fn f(d) { plate p(i in 0..2) { obs d.y[i] ~ Normal(0, 1) } }\nt = trace(f)({y: [1, 2]})\nprint(names(t.sites), t[\"y\"])", "[\"y\"] [1, 2]"},
    {"fn f() { param m = 2; m }\nprint(f(), initial(f))", "2 {m: 2}"},
    {"fn f() { param s: positive = 2; s }\nprint(f(), initial(f).s == log(2))", "2 true"},
    {"fn f() { m = param(\"m\", 3, positive); m }\nprint(f())", "3"},
    {"fn f() { deterministic s = abs(-2); deterministic(\"t\", 5) + s }\nt = trace(f)()\nprint(t.value, t[\"s\"], t.sites.t.kind)", "7 2 deterministic"},
    {"fn f() { factor(\"w\", -2); 1 }\nt = trace(f)()\nprint(log_prob(t), t.sites.w.kind)", "-2 factor"},
    {"fn f() { for t in 0..2 { for i in 0..2 { z[t, i] ~ Delta(t + i) } } }\nprint(names(trace(f)().sites))",
     "[\"z[0, 0]\", \"z[0, 1]\", \"z[1, 0]\", \"z[1, 1]\"]"},
    {"fn f() { z[\"a\"] ~ Delta(1) }\nfn g() { z = {}; z[\"a\"] ~ Delta(1); z }\nt = trace(g)()\nprint(names(t.sites), t.value)", "[\"z[a]\"] {a: 1}"},
    {"fn f() { param m = 1; param m = 1; for t in 0..3 { param m = 1 }; m }\nprint(names(trace(f)().sites), initial(f))", "[\"m\"] {m: 1}"},
    {"model m(x) { mu ~ Delta(5); obs x ~ Delta(mu); x }\nprint(m(), m(5))", "5 5"},
};
PROGRAMS(sites)

START_TEST(import_runs_a_file_once) {
    char path[200], program[1000];
    snprintf(path, sizeof path, "%s/elbo-import-%ld.ppl", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp", (long)getpid());
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    fputs("print(\"helpers\")\nfn twice(x) { 2 * x }\n", file);
    fclose(file);
    snprintf(program, sizeof program, "import \"%s\"\nprint(twice(4))\nimport \"%s\"\nprint(twice(5))", path, path);
    program_check(&(Program){program, "helpers\n8\n10"});
    remove(path);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("syntax");
    ADD_PROGRAMS(suite, functions);
    ADD_PROGRAMS(suite, control);
    ADD_PROGRAMS(suite, strings);
    ADD_PROGRAMS(suite, sites);
    TCase *files = tcase_create("files");
    tcase_add_test(files, import_runs_a_file_once);
    suite_add_tcase(suite, files);
    return session_run_suite(suite);
}
