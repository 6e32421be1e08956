/* SPDX-License-Identifier: GPL-3.0-or-later
   `grad` of programs: both sweeps against each other and against finite differences, through all that programs do. */
#include "tests/session.h"

static const Program forms_table[] = {
    {"print(grad(fn(x) { x ^ 3 - 2 * x }, 2))", "10"},
    {"print(grad(fn(v) { v @ [1, 2, 3] }, [0, 0, 0]))", "[1, 2, 3]"},
    {"print(grad(fn(M) { sum(M @ [1, 2]) }, [[0, 0], [0, 0]]))", "[[1, 2], [1, 2]]"},
    {"print(grad(fn(r) { r.a * sum(r.b) + r.c.d ^ 2 }, {a: 2, b: [3, 4], c: {d: 5}}))", "{a: 7, b: [2, 2], c: {d: 10}}"},
    {"print(grad(fn(l) { l[0] * l[1][0] }, [2, [3, 4]]))", "[3, [2, 0]]"},
    {"print(grad(fn(x) { 5 }, 1), grad(fn(v) { 5 }, [1, 2]), grad(fn(r) { r.a }, {a: 1, b: 2}))", "0 [0, 0] {a: 1, b: 0}"},
    {"x = grad(fn(x) { x ^ 2 }, 3)\nprint(x, grad(fn(y) { y * x }, 1))", "6 6"},
    {"kept = [0]\nfn f(x) { k = x * x; k }\ng = grad(f, 3)\nprint(g, grad(fn(y) { y * g }, 1))", "6 6"},
    {"fn f(x) { y = 0; g = fn() { x * 2 }; y = g(); y * x }\nprint(grad(f, 3))", "12"},
    {"print(grad(fn(x) { where(x > 0, x ^ 2, -x) }, 3), grad(fn(x) { where(x > 0, x ^ 2, -x) }, -3))", "6 -1"},
    {"print(grad(fn(x) { abs(x) }, 0), grad(fn(x) { max(x, 1) }, 3), grad(fn(x) { floor(x) * x }, 2.5))", "0 1 2"},
    {"print(grad(sqrt, 4), grad(sum, [1, 2]))", "0.25 [1, 1]"},
};
PROGRAMS(forms)

/* A function f of a vector (or a number, if `lone`), and where. */
typedef struct Slope {
    const char *name, *f, *at;
    bool lone;
} Slope;

static const Slope slopes[] = {
    {"calls", "fn g(a, b = 2) { a ^ b + sin(a) }\nfn f(v) { g(v[0]) * g(v[1], b = v[0]) }", "[1.3, 0.7]", false},
    {"closures", "fn f(v) { k = v[0]; h = fn(u) { u * k + v[1] }; h(h(v[1])) }", "[1.3, 0.7]", false},
    {"recursion", "fn p(x, n) { if n == 0 { 1 } else { x * p(x, n - 1) } }\nfn f(v) { p(v[0], 5) + p(v[1], 3) }", "[1.3, 0.7]", false},
    {"loops", "fn f(v) { t = 0; for k in 1..5 { t = t + v[0] ^ k / k + v[1] * t }; t }", "[0.6, 0.3]", false},
    {"while", "fn f(v) { y = v[0]; while y < 50 { y = y * v[0] + v[1] }; y }", "[2.2, 0.4]", false},
    {"break", "fn f(v) { t = v[1]; for k in 0..100 { t = t * v[0]; if t > 20 { break } }; t }", "[1.7, 0.4]", false},
    {"early return", "fn g(a, b) { if a > b { return a * b }; a - b }\nfn f(v) { g(v[0], v[1]) + g(v[1], v[0]) }", "[1.3, 0.7]", false},
    {"records", "fn f(v) { r = {a: v[0], b: v}; r.a = r.a * 2; s = r * 3 + 1; s.a * sum(s.b) }", "[1.3, 0.7]", false},
    {"lists", "fn f(v) { l = [v, v[0], \"s\"]; l[1] = l[1] * v[1]; l[1] * sum(l[0]) }", "[1.3, 0.7]", false},
    {"elements", "fn f(v) { v[0] = v[0] * v[1]; v[1] = v[0] ^ 2; sum(v) }", "[1.3, 0.7]", false},
    {"built vectors", "fn f(v) { z = []; z[0] = v[0]; for t in 1..6 { z[t] = z[t - 1] * v[1] + t }; z @ z }", "[1.3, 0.7]", false},
    {"built matrices", "fn f(v) { for i in 0..2 { for j in 0..2 { M[i, j] = v[0] ^ i * v[1] ^ j } }; sum(M @ M) }", "[1.3, 0.7]", false},
    {"slices", "fn f(v) { w = v[1..3]; sum(w * v[0]) + w[0] * v[-1] }", "[1.3, 0.7, 0.2]", false},
    {"plates", "x = [1, 2, 3]\nfn f(v) { sum(plate p(i in 0..3) { (x[i] * v[0] + v[1]) ^ 2 }) }", "[1.3, 0.7]", false},
    {"elements in plates", "fn f(v) { sum(plate p(i in 0..3) { v[i] ^ 2 * i }) + sum(plate p(i in 0..2) { v[i + 1] * v[i] }) }", "[1.3, 0.7, 0.4]", false},
    {"gather", "g = [2, 0, 0, 1]\nfn f(v) { sum(plate p(i in 0..4) { v[g[i]] ^ (i + 1) }) }", "[1.3, 0.7, 0.4]", false},
    {"nested plates", "fn f(v) { sum(plate a(i in 0..2) { sum(plate b(j in 0..3) { sin(v[i] * j + v[1]) }) * v[0] }) }", "[1.3, 0.7]", false},
    {"crossed plates", "fn f(v) { M = plate a(i in 0..2) { plate b(j in 0..2) { v[i] * exp(v[j]) } }; sum(M @ M) }", "[0.3, 0.7]", false},
    {"the subscript rule", "fn f(v) { plate p(i in 0..3) { y[i] = v[i] * v[0]; for t in 0..2 { Z[i, t] = y[i] ^ t } }; sum(Z) * sum(y) }", "[1.3, 0.7, 0.4]", false},
    {"rows", "d = {a: [1, 2], b: [3, 4]}\nfn f(v) { sum(plate p(r in d) { r.a * v[0] ^ r.b }) + v[1] }", "[1.3, 0.7]", false},
    {"masks", "x = [-2, 1, 3]\nfn f(v) { sum(plate p(i in 0..3) { if x[i] > 0 { log(x[i] * v[0]) } else { v[1] * x[i] } }) }", "[1.3, 0.7]", false},
    {"masked loops", "x = [1, 4, 2]\nfn f(v) { sum(plate p(i in 0..3) { t = v[0]; for k in 0..x[i] { t = t * v[1] + k }; t }) }", "[1.3, 0.7]", false},
    {"masked returns", "x = [1, -4, 2]\nfn g(a, b) { if a < 0 { return a * b }; b ^ 2 }\nfn f(v) { sum(plate p(i in 0..3) { g(x[i], v[0]) * v[1] }) }", "[1.3, 0.7]", false},
    {"masked recursion", "x = [1, 4, 2]\nfn g(a, n) { if n <= 1 { a } else { a * g(a, n - 1) } }\nfn f(v) { sum(plate p(i in 0..3) { g(v[0], x[i]) }) }", "[1.3, 0.7]", false},
    {"masked elements", "x = [1, -4, 2]\nfn f(v) { sum(plate p(i in 0..3) { w = v; if x[i] > 0 { w[0] = w[1] * x[i] }; sum(w ^ 2) }) }", "[1.3, 0.7]", false},
    {"conditions on the argument", "fn f(v) { if v[0] > v[1] { v[0] ^ 2 } else { v[1] ^ 3 } }", "[1.3, 0.7]", false},
    {"conditions in lanes", "fn f(v) { sum(plate p(i in 0..3) { if v[i] > 0.5 { v[i] ^ 2 } else { exp(v[i]) } }) }", "[1.3, 0.7, 0.2]", false},
    {"draws", "fn f(v) { with seed(3) { z ~ Normal(v[0], exp(v[1])); w ~ LogNormal(z, 0.5); w * z } }", "[0.3, 0.7]", false},
    {"draws in plates", "fn f(v) { with seed(3) { plate p(i in 0..5) { z[i] ~ Normal(v[0], exp(v[1])) }; sum(z ^ 2) } }", "[0.3, 0.7]", false},
    {"gamma draws", "fn f(v) { with seed(3) { z ~ Gamma(2.5, exp(v[1])); z ^ 2 * v[0] } }", "[0.3, 0.7]", false},
    {"scores", "x = [1, 2, 4]\nfn m(v) { mu ~ Delta(v[0]); plate p(i in 0..3) { obs x[i] ~ Normal(mu, exp(v[1])) } }\nfn f(v) { log_prob(trace(m)(v)) }", "[1.3, 0.7]", false},
    {"scores with masks", "x = [1, -2, 4]\nfn m(v) { plate p(i in 0..3) { if x[i] > 0 { obs x[i] ~ Exponential(v[0]) } else { obs x[i] ~ Normal(v[1], 1) } } }\nfn f(v) { log_prob(trace(m)(v)) }",
     "[1.3, 0.7]", false},
    {"particles", "x = [1, 2]\nfn m(v) { z ~ Normal(v[0], exp(v[1])); obs x ~ Normal(z, 1) }\nfn f(v) { with seed(1) { mean(plate particles(s in 0..7) { log_prob(trace(m)(v)) }) } }", "[0.3, 0.2]", false},
    {"params", "fn g() { param a = 1; param b: positive = 2; a * b ^ 2 }\nfn f(v) { params(g, {a: v[0], b: v[1]})() }", "[1.3, 0.7]", false},
    {"a number", "fn f(x) { y = x; for t in 0..3 { y = sin(y) + x }; y }", "0.8", true},
    {"a number in lanes", "x = [1, 2, 3]\nfn f(a) { mean(plate p(i in 0..3) { tanh(a * x[i]) }) }", "0.8", true},
};

static const char vector_check[] =
    "at_ = %s\nreverse_ = grad(f, at_)\nforward_ = grad(f, at_, mode = \"forward\")\n"
    "assert(max(abs(reverse_ - forward_)) <= 1e-12 * (1 + max(abs(reverse_))), \"forward {forward_}, reverse {reverse_}\")\n"
    "for k_ in 0..len(at_) {\n    h_ = 1e-5\n    up_ = at_; up_[k_] = up_[k_] + h_\n    down_ = at_; down_[k_] = down_[k_] - h_\n"
    "    d_ = (f(up_) - f(down_)) / (2 * h_)\n"
    "    assert(abs(d_ - reverse_[k_]) < 1e-7 * (1 + abs(d_)), \"component {k_}: {reverse_[k_]}, by differences {d_}\")\n}\n"
    "print(any(reverse_ != 0))";

static const char number_check[] =
    "at_ = %s\nreverse_ = grad(f, at_)\nassert(abs(reverse_ - grad(f, at_, mode = \"forward\")) < 1e-13)\n"
    "d_ = (f(at_ + 1e-5) - f(at_ - 1e-5)) / 2e-5\nassert(abs(d_ - reverse_) < 1e-8, \"{reverse_}, by differences {d_}\")\nprint(reverse_ != 0)";

START_TEST(sweeps_and_differences) {
    const Slope *slope = &slopes[_i];
    char check[2000], text[4000];
    snprintf(check, sizeof check, slope->lone ? number_check : vector_check, slope->at);
    snprintf(text, sizeof text, "%s\n%s", slope->f, check);
    program_check(&(Program){text, "true"});
}
END_TEST

/* What is off, or does not matter, contributes exactly zero, whatever was computed there. */
static const Program zeros_table[] = {
    {"x = [-4, 4]\nfn f(a) { sum(plate p(i in 0..2) { if x[i] > 0 { sqrt(a * x[i]) } else { a * x[i] } }) }\nprint(grad(f, 1))", "-3"},
    {"x = [0, 2]\nfn f(a) { sum(plate p(i in 0..2) { if x[i] > 0 { a / x[i] } else { 0 } }) }\nprint(grad(f, 1))", "0.5"},
    {"x = [0, 2]\nfn f(a) { sum(plate p(i in 0..2) { v = log(a * x[i]); if x[i] > 0 { v } else { 0 } }) }\nprint(grad(f, 1))", "1"},
    {"print(grad(fn(v) { sum(where(v > 0, sqrt(v), 0)) }, [4, 0]))", "[0.25, 0]"},
    {"fn f(a) { z = 1 / (a - 1); if a == 1 { a * 3 } else { z } }\nprint(grad(f, 1))", "3"},
    {"fn f(v) { 0 * log(v[0]) + v[1] }\nprint(grad(f, [1, 2]))", "[0, 1]"},
};
PROGRAMS(zeros)

int main(void) {
    Suite *suite = suite_create("grad");
    ADD_PROGRAMS(suite, forms);
    ADD_PROGRAMS(suite, zeros);
    TCase *tests = tcase_create("slopes");
    tcase_add_loop_test(tests, sweeps_and_differences, 0, sizeof slopes / sizeof *slopes);
    suite_add_tcase(suite, tests);
    return session_run_suite(suite);
}
