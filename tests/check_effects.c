/* SPDX-License-Identifier: GPL-3.0-or-later
   Built-in handlers in both forms, nested, under lanes and masks, and the values that they bring into plates. */
#include "tests/session.h"

#define TWO "fn two() { plate a(i in 0..2) { plate b(j in 0..3) { z[i, j] ~ Normal(0, 1) } }; z }\n"
#define LOOP "fn loop() { for t in 0..3 { z[t] ~ Normal(0, 1) }; z }\n"
#define ONE "fn one() { mu ~ Normal(0, 1); mu }\n"
#define BRANCH "x = [1, -1, 1]\nfn branch() { plate p(i in 0..3) { if x[i] > 0 { z[i] ~ Normal(0, 1) } else { z[i] ~ Normal(5, 2) } }; z }\n"
#define GROUPS "fn groups() { plate g(j in 0..5) { z[j] ~ Normal(0, 1) }; z }\n"

static const Program crossing_table[] = {
    {ONE "print(condition(one, {mu: 3})(), with condition({mu: 4}) { one() })", "3 4"},
    {TWO "print(condition(two, {z: [[1, 2, 3], [4, 5, 6]]})(), condition(two, {z: 7})())", "[[1, 2, 3], [4, 5, 6]] [[7, 7, 7], [7, 7, 7]]"},
    {TWO "print(condition(two, {z: [1, 2]})())", "[[1, 1, 1], [2, 2, 2]]"},
    {TWO "t = trace(two)()\nprint(all(condition(two, t)() == t[\"z\"]), log_prob(trace(condition(two, t))()) == log_prob(t), all(substitute(two, t)() == t[\"z\"]))", "true true true"},
    {LOOP "print(condition(loop, {z: [1, 2, 3]})(), condition(loop, {\"z[1]\": 9, z: [1, 2, 3]})(), substitute(loop, {z: [1, 2, 3]})())", "[1, 2, 3] [1, 9, 3] [1, 2, 3]"},
    {LOOP "t = trace(condition(loop, {z: [1, 2]}))()\nprint(t.value[0..2], t.sites[\"z[1]\"].is_observed, t.sites[\"z[2]\"].is_observed)", "[1, 2] true false"},
    {LOOP "t = trace(condition(loop, {z: [1, missing, 3]}))()\nprint(t.value[0], t.value[2], log_prob(t) == Normal(0, 1).log_prob(1) + Normal(0, 1).log_prob(3))", "1 3 true"},
    {"fn y() { plate p(i in 0..2) { for t in 0..3 { Y[i, t] ~ Normal(0, 1) } }; Y }\nprint(condition(y, {Y: [[1, 2, 3], [4, 5, 6]]})(), condition(y, {\"Y[1]\": [7, 8]})()[0..2, 1])",
     "[[1, 2, 3], [4, 5, 6]] [7, 8]"},
    {"fn y() { for t in 0..2 { plate p(i in 0..3) { Y[t, i] ~ Normal(0, 1) } }; Y }\nprint(condition(y, {Y: [[1, 2, 3], [4, 5, 6]]})())", "[[1, 2, 3], [4, 5, 6]]"},
    {"fn v() { plate p(i in 0..2) { z[i] ~ Normal([0, 0, 0], 1) }; z }\nprint(condition(v, {z: [[1, 2, 3], [4, 5, 6]]})(), condition(v, {z: [1, 2, 3]})())",
     "[[1, 2, 3], [4, 5, 6]] [[1, 2, 3], [1, 2, 3]]"},
    {ONE "print(plate q(k in 0..3) { condition(one, {mu: 10 * k})() })", "[0, 10, 20]"},
    {ONE "print(plate q(k in 0..2) { with condition({mu: 10 * k}) { plate p(i in 0..3) { one() } } })", "[[0, 0, 0], [10, 10, 10]]"},
    {GROUPS "print(plate particles(s in 0..2) { with condition({z: [1, 2, 3, 4, 5 + s]}) { sum(groups()) } })", "[15, 16]"},
    {"model m(x) { obs x ~ Normal(0, 1); x }\nt = trace(condition(m, {x: 4}))()\nprint(t.value, t.sites.x.is_observed, condition(m, {x: [4, 5]})(), condition(m, {x: 4})(9))",
     "4 true [4, 5] 9"},
    {"r = {z: [1, 2]}\nfn f() { plate p(i in 0..2) { z[i] ~ Normal(0, 1) }; z }\nv = condition(f, r)()\nv[0] = 9\nr.z[1] = 8\nprint(v, r.z, condition(f, r)())", "[9, 2] [1, 8] [1, 8]"},
};
PROGRAMS(crossing)

static const Program masks_table[] = {
    {BRANCH "t = trace(condition(branch, {z: [1, 2, 3]}))()\nd = Normal(0, 1)\nprint(t.value, abs(log_prob(t) - d.log_prob(1) - d.log_prob(3) - Normal(5, 2).log_prob(2)) < 1e-12)", "[1, 2, 3] true"},
    {BRANCH "t = trace(do(branch, {z: [1, 2, 3]}))()\nprint(t.value, log_prob(t))", "[1, 2, 3] 0"},
    {BRANCH "with seed(1) { a = trace(branch)() }\nwith seed(1) { b = trace(scale(branch, [1, 10, 100]))() }\n"
            "s = [Normal(0, 1).log_prob(a[\"z\"][0]), Normal(5, 2).log_prob(a[\"z\"][1]), Normal(0, 1).log_prob(a[\"z\"][2])]\nprint(abs(log_prob(b) - s @ [1, 10, 100]) < 1e-9)", "true"},
    {BRANCH "with seed(1) { a = trace(branch)() }\nwith seed(1) { b = trace(mask(branch, [true, true, false]))() }\n"
            "print(a[\"z\"] == b[\"z\"], abs(log_prob(b) - Normal(0, 1).log_prob(a[\"z\"][0]) - Normal(5, 2).log_prob(a[\"z\"][1])) < 1e-12)", "[true, true, true] true"},
    {BRANCH "print(log_prob(trace(mask(branch, false))()), log_prob(trace(scale(branch, 0))()))", "0 0"},
    /* What is masked off adds exactly nothing, not even as a gradient. */
    {"fn f() { w ~ Normal(0, 1); w }\nprint(grad(fn(v) { log_prob(trace(mask(condition(f, {w: 0 / v}), v > 1))()) }, 0))", "0"},
    {"x = [1, 2, missing, 4]\nfn f(x) { plate p(i in 0..4) { obs x[i] ~ Normal(0, 1) } }\nt = trace(mask(f, [true, false, true, true]))(x)\n"
     "print(abs(log_prob(t) - Normal(0, 1).log_prob(1) - Normal(0, 1).log_prob(4)) < 1e-12)", "true"},
    {"x = [-1, 1]\nfn f(v) { param m = 2; if v > 0 { a ~ Normal(m, 1) } else { a ~ Normal(-m, 1) }; m }\nfn g() { plate p(i in 0..2) { f(x[i]) } }\n"
     "t = trace(lift(g, {m: Delta(5)}))()\nprint(t.value, t[\"m\"], t.sites.m.kind)", "[5, 5] 5 sample"},
};
PROGRAMS(masks)

static const Program scales_table[] = {
    {ONE "t = trace(scale(scale(condition(one, {mu: 2}), 3), 4))()\nprint(log_prob(t) == 12 * Normal(0, 1).log_prob(2), t.sites.mu.scale)", "true 12"},
    {GROUPS "z = [1, 2, 3, 4, 5]\nc = condition(groups, {z: z})\nprint(grad(fn(k) { log_prob(trace(scale(c, k))()) }, [1, 2, 3, 4, 5]) == Normal(0, 1).log_prob(z), "
            "abs(grad(fn(k) { log_prob(trace(scale(c, k))()) }, 2) - sum(Normal(0, 1).log_prob(z))) < 1e-12)", "[true, true, true, true, true] true"},
    {GROUPS "z = [1, 2, 3, 4, 5]\nprint(grad(fn(v) { log_prob(trace(scale(condition(groups, {z: v}), [0, 1, 10, 100, 1000]))()) }, z))", "[0, -2, -30, -400, -5000]"},
    {"fn f() { plate p(i in 0..3) { factor(\"w\", i) } }\nprint(log_prob(trace(scale(f, [1, 10, 100]))()), log_prob(trace(mask(f, [true, true, false]))()))", "210 1"},
    {TWO "c = condition(two, {z: [[1, 2, 3], [4, 5, 6]]})\ns = Normal(0, 1).log_prob([[1, 2, 3], [4, 5, 6]])\n"
         "print(abs(log_prob(trace(scale(c, [2, 3]))()) - 2 * sum(s[0]) - 3 * sum(s[1])) < 1e-12)", "true"},
    {ONE "print(plate q(k in 0..3) { log_prob(trace(scale(condition(one, {mu: 1}), k))()) } == Normal(0, 1).log_prob(1) * [0, 1, 2])", "[true, true, true]"},
};
PROGRAMS(scales)

static const Program nesting_table[] = {
    {ONE "print(condition(condition(one, {mu: 1}), {mu: 2})(), substitute(condition(one, {mu: 1}), {mu: 2})(), condition(substitute(one, {mu: 1}), {mu: 2})())", "1 1 1"},
    {ONE "t = trace(uncondition(condition(one, {mu: 50})))()\nu = trace(condition(uncondition(one), {mu: 50}))()\nprint(t.value < 20, t.sites.mu.is_observed, u.value)", "true false 50"},
    {ONE "print(do(condition(one, {}), {mu: 4})(), trace(condition(do(one, {mu: 4}), {}))()[\"mu\"])", "4 4"},
    {"fn f() { a ~ Normal(0, 1); b ~ Normal(a, 1); b }\nt = trace(block(condition(f, {a: 1, b: 2}), hide = [a]))()\nprint(log_prob(t) == Normal(1, 1).log_prob(2), \"a\" in t.sites)", "true false"},
    {"fn f() { a ~ Normal(0, 1); b ~ Normal(0, 1); [a, b] }\nprint(condition(block(f, expose = [a]), {a: 1})()[0], condition(block(f, hide = \"b\"), {a: 1})()[0])", "1 1"},
    {LOOP "hidden = [\"z\"]\nprint(log_prob(trace(block(loop, hide = hidden))()), log_prob(trace(block(loop, hide = [z]))()), "
          "len(trace(block(loop, hide = [z[1]]))()[\"z\"]), len(trace(block(loop, expose = [\"z[1]\"]))()[\"z\"]))", "0 0 2 1"},
    {LOOP "k = 2\nt = trace(block(loop, hide = [z[k]]))()\nprint(\"z[2]\" in t.sites, \"z[1]\" in t.sites)", "false true"},
    {"model m(x) { mu ~ Normal(0, 1); obs x ~ Normal(mu, 1) }\nguide m(x) { mu ~ Normal(0, 1) }\n"
     "print(type(condition(m, {mu: 1}).guide), type(scale(m, 2).guide), type(block(m, hide = [mu]).guide), type(reparam(m, Auto()).guide))", "function function function function"},
    {"fn f() { param s: positive = 2; param v = [1, 2]; [s, sum(v)] }\nprint(substitute(f, {s: 4, v: [5, 6]})(), params(substitute(f, {s: 4}), {s: 0})())", "[4, 11] [4, 3]"},
    {"fn f() { plate p(i in 0..3) { param m[i] = i; a[i] = m[i] }; a }\nprint(substitute(f, {m: [4, 5, 6]})())", "[4, 5, 6]"},
};
PROGRAMS(nesting)

static const Program uncondition_table[] = {
    {"fn f(x) { obs x ~ Normal(100, 1); x }\nv = uncondition(f)([1, 2, 3])\nprint(shape(v), min(v) > 90, uncondition(f)(1) > 90)", "[3] true true"},
    {"fn f(x) { obs x ~ Normal(100, 1); x }\nt = trace(uncondition(f))([[1, 2], [3, 4]])\nprint(shape(t.value), t.sites.x.is_observed, abs(log_prob(t) - sum(Normal(100, 1).log_prob(t[\"x\"]))) < 1e-12)",
     "[2, 2] false true"},
    {"fn f(x) { plate p(i in 0..len(x)) { obs x[i] ~ Normal(100, 1) }; x }\nv = uncondition(f)([1, missing, 3])\nprint(shape(v), min(v) > 90)", "[3] true"},
    {"fn f(x) { obs x ~ Normal(0, 1); x }\nt = trace(uncondition(f))([1, 2, 3])\nprint(all(replay(uncondition(f), t)([7, 7, 7]) == t[\"x\"]))", "true"},
    {"fn f(x) { plate p(i in 0..2) { obs x[i] ~ Normal([0, 0, 0], 1) }; x }\nprint(shape(uncondition(f)([[1, 2, 3], [4, 5, 6]])))", "[2, 3]"},
};
PROGRAMS(uncondition)

static const Program lift_table[] = {
    {"fn f() { param w = [1, 2, 3]; plate p(i in 0..4) { param r[i] = i; param s = 1; a[i] = r[i] + s }; param s = 1; [shape(w)[0], len(a)] }\n"
     "t = trace(lift(f, {w: Normal(10, 1), r: Delta(5), s: Delta(7)}))()\nprint(t.value, shape(t[\"w\"]), t[\"r\"], t[\"s\"], t.sites.r.kind)", "[3, 4] [3] [5, 5, 5, 5] 7 sample"},
    {"fn f() { plate p(i in 0..3) { param r[i] = 0; a[i] = r[i] }; a }\nt = trace(lift(f, {r: Delta([1, 2, 3])}))()\nprint(t.value, t[\"r\"])", "[1, 2, 3] [1, 2, 3]"},
    {"fn f() { param m = 1; m }\nt = trace(lift(trace(f), {m: Delta(5)}))()\nprint(t.value.sites.m.kind, t.value[\"m\"], t.sites.m.kind)", "param 5 sample"},
    {"fn f() { param m = 1; m }\nprint(condition(lift(f, {m: Normal(0, 1)}), {m: 3})(), params(lift(f, {m: Delta(2)}), {m: 9})(), lift(params(f, {m: 9}), {m: Delta(2)})())", "3 2 9"},
    {"fn f() { param m = 1; m }\nv = plate q(k in 0..3) { lift(f, {m: Delta(k)})() }\nprint(v)", "[0, 1, 2]"},
    {"fn f() { plate p(i in 0..3) { param m = 1; m } }\nt = trace(lift(f, {m: Normal(0, 1)}))()\nprint(t.value == t[\"m\"], t.sites.m.plates)", "[true, true, true] []"},
    {"fn f() { param s: positive = 1; s }\nprint(lift(f, {s: Uniform(0, 10)})() > 0, lift(f, {s: Gamma(2, 1)})() > 0)", "true true"},
};
PROGRAMS(lift)

static const Program subsample_table[] = {
    {"fn f() { plate d(i in 0..10) { i } }\nv = subsample(f, {d: 4})()\nprint(len(v), all(v[1..4] > v[0..3]), v[0] >= 0, v[3] < 10, subsample(f, {d: 10})() == f(), len(subsample(f, {d: 99})()))",
     "4 true true true [true, true, true, true, true, true, true, true, true, true] 10"},
    {"fn f() { plate d(i in 0..100) { i } }\nfn g() { plate d(i in 0..100) { i } }\nwith seed(1) { a = subsample(f, {d: 5})(); b = subsample(g, {d: 5})() }\n"
     "with seed(2) { c = subsample(f, {d: 5})() }\nprint(all(a == b), all(a == c))", "true false"},
    {"model m() { plate d(i in 0..100) { i } }\nwith seed(1) { a = subsample(m, {d: 5})(); b = subsample(m, {d: 5})() }\nprint(all(a == b))", "false"},
    {GROUPS "c = condition(groups, {z: [0, 1, 2, 3, 4]})\nv = subsample(c, {g: 2})()\nw = condition(subsample(groups, {g: 2}), {z: v})()\nprint(all(v == w), len(v))", "true 2"},
    {GROUPS "fn f() { z = [10, 20, 30, 40, 50]; plate g(j in 0..5) { z[j] = z[j] + 1 }; plate g(j in 0..5) { z[j] = z[j] + 1 }; z }\nv = subsample(f, {g: 2})()\nprint(len(v), sum(v))", "5 154"},
    {"fn f() { plate g(j in 0..5) { a[j] = 10 * j }; plate g(j in 0..5) { b[j] = a[j] + j }; [a, b] }\nv = subsample(f, {g: 2})()\nprint(v[1] == 1.1 * v[0])", "[true, true]"},
    {"fn f() { plate g(j in 0..5) { param m[j] = 7; k[j] = 100 * m[j] + j }; k }\nwith params({m: [0, 1, 2, 3, 4]}) { v = subsample(f, {g: 3})(); w = subsample(f, {g: 1})() }\nprint(v % 101, w % 101)", "[0, 0, 0] [0]"},
    {"fn f() { plate g(j in 0..5) { param m[j] = 0; k[j] = m[j] ^ 2 }; sum(k) }\n"
     "v = grad(fn(m) { with params({m: m}) { subsample(f, {g: 2})() } }, [1, 2, 3, 4, 5])\nprint(sum(v != 0), all((v == 0) + (v == 2 * [1, 2, 3, 4, 5]) > 0))", "2 true"},
    {"fn f() { plate g(j in 0..5) { param m[j] = 7; m[j] } }\nt = trace(subsample(f, {g: 2}))()\nprint(t.value)", "[7, 7]"},
    {"x = 0..6\nfn f() { plate a(i in 0..4) { plate b(j in 0..6) { obs x[j] ~ Normal(0, 1) } } }\nprint(trace(subsample(f, {a: 2, b: 3}))().sites.x.scale)", "4"},
    {"table = {u: [1, 2, 3, 4], v: [10, 20, 30, 40]}\nfn f() { plate rows(r in table) { r.v - 10 * r.u } }\nprint(subsample(f, {rows: 3})())", "[0, 0, 0]"},
    {GROUPS "t = trace(groups)()\nv = subsample(replay(groups, t), {g: 2})()\nprint(v[0] in t[\"z\"], v[1] in t[\"z\"])", "true true"},
};
PROGRAMS(subsample)

static const Program reparam_table[] = {
    {"fn f() { mu ~ Normal(1, 5); tau ~ LogNormal(0, 1); plate g(j in 0..3) { theta[j] ~ Normal(mu, tau) }; theta }\n"
     "t = trace(reparam(f, {theta: LocScale(0.25)}))()\nc = 0.25\nd = Normal(c * t[\"mu\"], t[\"tau\"] ^ c)\n"
     "print(max(abs(t[\"theta\"] - t[\"mu\"] - t[\"tau\"] ^ 0.75 * (t[\"theta_decentered\"] - c * t[\"mu\"]))) < 1e-12, "
     "abs(sum(t.sites.theta_decentered.log_prob) - sum(d.log_prob(t[\"theta_decentered\"]))) < 1e-12)", "true true"},
    /* The same joint density, by the change of variables. */
    {"fn f() { mu ~ Normal(1, 5); tau ~ LogNormal(0, 1); plate g(j in 0..3) { theta[j] ~ Normal(mu, tau) } }\n"
     "t = trace(reparam(f, {theta: LocScale(0.25)}))()\nu = trace(condition(f, {mu: t[\"mu\"], tau: t[\"tau\"], theta: t[\"theta\"]}))()\n"
     "print(abs(log_prob(t) - log_prob(u) - 3 * 0.75 * log(t[\"tau\"])) < 1e-9)", "true"},
    {"fn f() { s ~ LogNormal(1, 2) }\nt = trace(reparam(f, {s: Transform()}))()\nu = trace(condition(f, {s: t[\"s\"]}))()\n"
     "print(t[\"s\"] == exp(t[\"s_base\"]), abs(log_prob(t) - log_prob(u) - t[\"s_base\"]) < 1e-9, t.sites.s.kind)", "true true deterministic"},
    {"fn f() { s ~ Transformed(Normal(1, 2), exp) }\nt = trace(reparam(f, Auto()))()\nprint(t[\"s\"] == exp(t[\"s_base\"]), t.sites.s_base.kind)", "true sample"},
    {"fn f() { z ~ Normal(3, 2); z }\nt = trace(reparam(f, {z: LocScale(1)}))()\nprint(t.sites.z.kind)", "sample"},
    {"fn f() { z ~ Normal(3, 2); k ~ Beta(1, 1); z }\nt = trace(reparam(f, Auto()))()\nprint(t[\"z_centered\"], t.sites.z_centered.kind, t.sites.k.kind)\nprint(initial(reparam(f, Auto())))", "0.5 param sample\n{z_centered: 0}"},
    {"fn f() { z ~ Normal([1, 2], 3); z }\nt = trace(reparam(f, {z: LocScale()}))()\nprint(t[\"z_centered\"], shape(t.value))", "[0.5, 0.5] [2]"},
    {"fn f() { for t in 0..2 { z[t] ~ Normal(0, 1) } }\nt = trace(reparam(f, {z: LocScale(0)}))()\nprint(len(t[\"z_decentered\"]), len(t[\"z\"]))", "2 2"},
    {"fn f() { z ~ Normal(3, 2); z }\nprint(condition(reparam(f, {z: LocScale(0)}), {z_decentered: 1})(), reparam(condition(f, {z: 9}), Auto())(), LocScale(0.5), Auto())", "5 9 LocScale(0.5) Auto()"},
    {"fn f() { z ~ Normal(3, 2); z }\nt = trace(scale(reparam(scale(f, 2), {z: LocScale(0)}), 3))()\nprint(t.sites.z_decentered.scale)", "6"},
    {"fn f() { z ~ Normal(3, 2); z }\nprint(round(1e9 * (grad(fn(c) { with substitute({z_centered: c, z_decentered: 1}) { reparam(f, {z: LocScale()})() } }, 0.5) + 3.752511615385012)))", "0"},
};
PROGRAMS(reparam)

/* ---- Statistics: fixed seeds; each test would fail by chance for one seed in a million ---- */

/* The mean of the rescaled log density over many subsets is that of all data. */
static const char unbiased[] =
    "x = with seed(5) { draw(Normal(3, 2), 40) }\n"
    "model m(x) { mu ~ Normal(0, 1); plate data(i in 0..40) { obs x[i] ~ Normal(mu, 2); z[i] ~ Normal(x[i], 1); factor(\"k\", x[i] ^ 2) } }\n"
    "c = condition(m, {mu: 2.5, z: x + 1})\nfull = log_prob(trace(c)(x))\nn = 3000\ntotal = 0\nsquares = 0\n"
    "with seed(11) { for s in 0..n { d = log_prob(trace(subsample(c, {data: 7}))(x)) - full; total = total + d; squares = squares + d ^ 2 } }\n"
    "z = total / sqrt(squares)\nspread = sqrt(squares / n)";

/* The gradient for a parameter, too. */
static const char unbiased_gradient[] =
    "x = with seed(5) { draw(Normal(3, 2), 40) }\n"
    "fn f(x) { param mu = 2.5; plate data(i in 0..40) { obs x[i] ~ Normal(mu, 2) } }\n"
    "full = grad(fn(v) { log_prob(trace(substitute(f, {mu: v}))(x)) }, 2.5)\nn = 3000\ntotal = 0\nsquares = 0\n"
    "with seed(12) { for s in 0..n { d = grad(fn(v) { log_prob(trace(subsample(substitute(f, {mu: v}), {data: 7}))(x)) }, 2.5) - full; total = total + d; squares = squares + d ^ 2 } }\n"
    "z = total / sqrt(squares)\nspread = sqrt(squares / n)";

static void check_unbiased(const char *text) {
    Session *s = session_new(false);
    session_must(s, text);
    double z = session_number(s, "z");
    ck_assert_msg(z > -4.8916 && z < 4.8916, "z = %g", z); /* normal quantile at 5e-7 */
    ck_assert_double_gt(session_number(s, "spread"), 0.1); /* it does vary */
    session_close(s);
}

START_TEST(scaled_densities_are_unbiased) { check_unbiased(unbiased); }
END_TEST
START_TEST(scaled_gradients_are_unbiased) { check_unbiased(unbiased_gradient); }
END_TEST

/* Each of the 10 pairs out of 5 comes as often as the others. */
START_TEST(subsets_are_uniform) {
    Session *s = session_new(false);
    session_must(s, "model m() { plate d(i in 0..5) { i } }\ncounts = zeros(25)\nn = 5000\n"
                    "with seed(3) { for k in 0..n { v = subsample(m, {d: 2})(); at = 5 * v[0] + v[1]; counts[at] = counts[at] + 1 } }\n"
                    "seen = sum(counts > 0)\nchi2 = sum((counts > 0) * (counts - n / 10) ^ 2) / (n / 10)");
    ck_assert_double_eq(session_number(s, "seen"), 10);
    ck_assert_double_lt(session_number(s, "chi2"), 44.81094); /* chi-squared quantile at 1e-6, 9 degrees of freedom */
    session_close(s);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("effects");
    ADD_PROGRAMS(suite, crossing);
    ADD_PROGRAMS(suite, masks);
    ADD_PROGRAMS(suite, scales);
    ADD_PROGRAMS(suite, nesting);
    ADD_PROGRAMS(suite, uncondition);
    ADD_PROGRAMS(suite, lift);
    ADD_PROGRAMS(suite, subsample);
    ADD_PROGRAMS(suite, reparam);
    TCase *statistics = tcase_create("statistics");
    tcase_add_test(statistics, scaled_densities_are_unbiased);
    tcase_add_test(statistics, scaled_gradients_are_unbiased);
    tcase_add_test(statistics, subsets_are_uniform);
    suite_add_tcase(suite, statistics);
    return session_run_suite(suite);
}
