/* SPDX-License-Identifier: GPL-3.0-or-later
   Traces: what they record, how a program sees it, and what they sum to. */
#include "tests/session.h"

#define NORMAL "fn lp(x, m, s) { Normal(m, s).log_prob(x) }\nfn near(a, b) { abs(a - b) < 1e-12 }\n"

static const Program records_table[] = {
    {"fn f(a, b) { mu ~ Delta(a); obs b ~ Delta(4); 5 }\nt = trace(f)(3, b = 4)\nprint(t.value, t[\"mu\"], t[\"b\"], names(t.sites))",
     "5 3 4 [\"mu\", \"b\"]"},
    {"t = trace(fn() { mu ~ Delta(3); 1 })()\ns = t.sites.mu\nprint(s.name, s.kind, s.value, s.distribution, s.log_prob, s.scale, s.mask, s.plates, s.is_observed, s.line)",
     "mu sample 3 Delta(3, 0) 0 1 true [] false 1"},
    {"fn f(x) {\n    obs x ~ Normal(0, 1) }\ns = trace(f)([1, 2]).sites.x\nprint(s.kind, s.is_observed, s.line, s.value, s.log_prob == Normal(0, 1).log_prob([1, 2]))",
     "obs true 2 [1, 2] [true, true]"},
    {"t = trace(fn() { param k: positive = 2; k })()\nprint(t.sites.k.kind, t[\"k\"], t.sites.k.distribution, t.value)", "param 2 none 2"},
    {"t = trace(fn() { 1 })()\nprint(names(t.sites), log_prob(t), t.value)", "[] 0 1"},
    {"t = trace(fn() { for i in 0..30 { z[i] ~ Delta(i) } })()\nprint(len(t.sites), t[\"z[29]\"], t[\"z\"] @ ones(30))", "30 29 435"},
    {"t = trace(fn() { mu ~ Delta(3) })()\nu = t.sites\nprint(u.mu.value, t.sites[\"mu\"].name)", "3 mu"},
    {"fn inner() { a ~ Delta(1); a }\nfn outer() { b ~ Delta(2); inner() + b }\nt = trace(outer)()\nprint(names(t.sites), t.value)", "[\"b\", \"a\"] 3"},
    {"t = with trace() { mu ~ Delta(3); 7 }\nprint(t[\"mu\"], t.value)", "3 7"},
    {"fn inner() { a ~ Delta(1); a }\nfn outer() { b ~ Delta(2); t = trace(inner)(); names(t.sites) }\nt = trace(outer)()\nprint(names(t.sites), t.value)",
     "[\"b\", \"a\"] [\"a\"]"},
    {"x = [5, 6]\nfn f() { obs x ~ Delta([5, 6]); x }\nt = trace(f)()\nx[0] = 9\nprint(t[\"x\"])", "[5, 6]"},
};
PROGRAMS(records)

static const Program scores_table[] = {
    {NORMAL "fn f(x) { mu ~ Delta(2); obs x ~ Normal(mu, 3) }\nprint(near(log_prob(trace(f)(4)), lp(4, 2, 3)))", "true"},
    {NORMAL "fn f(x) { obs x ~ Normal(1, 2) }\nprint(near(log_prob(trace(f)([1, 2, 3])), sum(lp([1, 2, 3], 1, 2))))", "true"},
    {NORMAL "fn f(x) { plate p(i in 0..3) { obs x[i] ~ Normal(1, 2) } }\nt = trace(f)([1, 2, 3])\n"
            "print(near(log_prob(t), sum(lp([1, 2, 3], 1, 2))), shape(t.sites.x.log_prob))", "true [3]"},
    {NORMAL "m = [1, 2, 3]\nfn f(x) { plate p(i in 0..3) { obs x[i] ~ Normal(m[i], 2) } }\n"
            "print(near(log_prob(trace(f)([4, 5, 6])), sum(lp([4, 5, 6], m, 2))))", "true"},
    {NORMAL "fn f(x) { plate p(i in 0..3) { if x[i] > 1 { obs x[i] ~ Normal(1, 2) } } }\n"
            "print(near(log_prob(trace(f)([1, 2, 3])), lp(2, 1, 2) + lp(3, 1, 2)))", "true"},
    {NORMAL "fn f(x) { plate p(i in 0..3) { if x[i] > 1 { obs x[i] ~ Normal(1, 2) } else { obs x[i] ~ Normal(0, 5) } } }\n"
            "t = trace(f)([1, 2, 3])\nprint(near(log_prob(t), lp(1, 0, 5) + lp(2, 1, 2) + lp(3, 1, 2)), near(sum(t.sites.x.log_prob), log_prob(t)))",
     "true true"},
    {NORMAL "fn f(x) { plate p(i in 0..2) { plate q(j in 0..3) { obs x[i, j] ~ Normal(i, 1 + j) } } }\nx = [[1, 2, 3], [4, 5, 6]]\nt = 0\n"
            "for i in 0..2 { for j in 0..3 { t = t + lp(x[i, j], i, 1 + j) } }\nprint(near(log_prob(trace(f)(x)), t))", "true"},
    {NORMAL "fn f(x) { obs x ~ Normal(0, 1) }\nprint(near(log_prob(trace(f)([1, missing, 2])), lp(1, 0, 1) + lp(2, 0, 1)))", "true"},
    {NORMAL "fn f(x) { plate p(i in 0..3) { obs x[i] ~ Normal(1, 2) } }\nprint(near(log_prob(trace(f)([1, missing, 3])), lp(1, 1, 2) + lp(3, 1, 2)))", "true"},
    {"fn f(x) { factor(\"a\", -2); plate p(i in 0..3) { factor(\"b\", x[i]) } }\nprint(log_prob(trace(f)([1, 2, 3])))", "4"},
    {"fn f(x) { plate p(i in 0..3) { if x[i] > 1 { factor(\"b\", x[i]) } } }\nprint(log_prob(trace(f)([1, 2, 3])))", "5"},
    {NORMAL "fn f(x) { mu ~ Delta(1); obs x ~ Normal(mu, 1) }\nl = plate s(k in 0..4) { log_prob(trace(f)(2)) }\nprint(shape(l), near(l[3], lp(2, 1, 1)))", "[4] true"},
    {NORMAL "m = [1, 2]\nl = plate s(k in 0..2) { t = trace(fn(x) { plate p(i in 0..3) { obs x[i] ~ Normal(m[k], 1) } })([1, 2, 3]); log_prob(t) }\n"
            "print(near(l[0], sum(lp([1, 2, 3], 1, 1))), near(l[1], sum(lp([1, 2, 3], 2, 1))))", "true true"},
    {NORMAL "model m(x) { obs x ~ Normal(0, 1); x }\nt = trace(m)()\nprint(log_prob(t), type(t.value))", "0 number"},
};
PROGRAMS(scores)

/* "z" stands for z[0], z[1], …; alternatives on the two sides of an `if` are one site. */
static const Program families_table[] = {
    {"t = trace(fn() { sample(\"z\", Delta(9)); for i in 0..2 { z[i] ~ Delta(i) } })()\nprint(t[\"z\"], t[\"z[1]\"])", "9 1"},
    {"t = trace(fn() { for i in 0..2 { zz[i] ~ Delta(5); z[i] ~ Delta(i) } })()\nprint(t[\"z\"], t[\"zz\"])", "[0, 1] [5, 5]"},
    {"t = trace(fn() { for i in 0..2 { z[i] ~ Delta([i, 1]) } })()\nprint(t[\"z\"])", "[[0, 1], [1, 1]]"},
    {"fn f(x) { plate p(i in 0..3) { if x[i] > 1 { z[i] ~ Delta(10) } else { z[i] ~ Delta(20) } }; z }\nt = trace(f)([1, 2, 3])\n"
     "print(t[\"z\"], t.value, names(t.sites), t.sites.z.value)", "[20, 10, 10] [20, 10, 10] [\"z\"] [20, 10, 10]"},
    {"fn f(x) { plate p(i in 0..3) { if x[i] > 2 { z[i] ~ Delta(10) } else if x[i] > 1 { z[i] ~ Delta(20) } else { z[i] ~ Delta(30) } } }\n"
     "print(trace(f)([1, 2, 3])[\"z\"])", "[30, 20, 10]"},
    {"fn f(b) { if b { z ~ Delta(1) } else { z ~ Delta(2) }; z }\nprint(trace(f)(true)[\"z\"], trace(f)(false)[\"z\"])", "1 2"},
};
PROGRAMS(families)

int main(void) {
    Suite *suite = suite_create("trace");
    ADD_PROGRAMS(suite, records);
    ADD_PROGRAMS(suite, scores);
    ADD_PROGRAMS(suite, families);
    return session_run_suite(suite);
}
