/* SPDX-License-Identifier: GPL-3.0-or-later
   Errors of running programs: their kinds, their places, and that nothing of the run is left behind. */
#include <dirent.h>

#include "lexer/kinds.h"
#include "tests/session.h"

typedef struct Failure {
    const char *kind;
    unsigned line, column;
    const char *text;
} Failure;

static const Failure failures[] = {
    {"unknown-name", 1, 7, "print(sigme)"},
    {"unknown-name", 2, 9, "fn f() {\n    1 + sigme\n}\nf()"},
    {"unassigned", 1, 14, "fn f() { x = x + 1 }\nf()"},
    {"unassigned", 1, 16, "fn f() { print(k)\n k = 1 }\nf()"},
    {"unassigned", 1, 21, "fn f() { g = fn() { k }; g(); k = 1 }\nf()"},
    {"unassigned-lanes", 3, 9, "x = [1, -1]\nplate p(i in 0..2) { if x[i] > 0 { v = 1 }\n    w = v }"},
    {"unassigned-lanes", 3, 19, "x = [1, -1]\nplate p(i in 0..2) {\n    if x[i] > 0 { y[i] = 1 }\n}"},
    {"unassigned-lanes", 4, 11, "x = [1, 3]\nplate p(i in 0..2) { for k in 0..x[i] { v = k }\n    if i == 0 { w = 1 }\n    print(w) }"},
    {"unassigned-lanes", 2, 62, "x = [-2, 3]\nprint(plate p(i in 0..2) { v = []; if x[i] > 0 { v[0] = 5 }; v[0] })"},
    {"unassigned-lanes", 2, 67, "x = [-2, 3]\nprint(plate p(i in 0..2) { v = [1]; if x[i] > 0 { v[1] = 5 }; sum(v) })"},
    {"unassigned-lanes", 2, 59, "x = [-2, 3]\nplate p(i in 0..2) { for k in 0..x[i] { z[k] = 1 }; print(z) }"},
    {"unassigned-lanes", 2, 36, "x = [-2, 3]\nplate p(i in 0..2) { if x[i] > 0 { Y[i, 0] = 1 } }"},
    {"wrong-type", 1, 7, "print(\"a\" + 1)"},
    {"wrong-type", 1, 7, "print(sqrt + 1)"},
    {"wrong-type", 1, 7, "print(Normal(0, 1) * 2)"},
    {"wrong-type", 1, 7, "print(none + 1)"},
    {"wrong-type", 1, 7, "print(-\"a\")"},
    {"wrong-type", 1, 7, "print(not 3)"},
    {"wrong-type", 1, 7, "print(not [1, 2])"},
    {"wrong-type", 1, 4, "if 3 { 1 }"},
    {"wrong-type", 1, 4, "if [true, false] { 1 }"},
    {"wrong-type", 1, 7, "while missing { 1 }"},
    {"wrong-type", 1, 7, "print(1 and true)"},
    {"wrong-type", 1, 16, "print(true and 1)"},
    {"wrong-type", 1, 7, "print(\"a\" @ [1])"},
    {"wrong-type", 1, 7, "print(\"a\" < \"b\")"},
    {"wrong-type", 2, 1, "x = 5\nx[0] = 1"},
    {"wrong-type", 2, 1, "x = \"abc\"\nx[0] = \"z\""},
    {"wrong-type", 2, 1, "x = [1, 2]\nx.a = 1"},
    {"wrong-type", 2, 1, "x = [1, 2]\nx[\"a\"] = 1"},
    {"wrong-type", 2, 1, "r = {a: 1}\nr[0] = 2"},
    {"wrong-type", 1, 7, "print(sqrt[1])"},
    {"unknown-field", 1, 7, "print([1, 2][\"a\"])"},
    {"wrong-type", 2, 7, "x = [1, 2]\nprint(x[none])"},
    {"wrong-type", 1, 10, "for k in 5 { k }"},
    {"wrong-type", 1, 10, "for k in \"abc\" { k }"},
    {"wrong-type", 1, 10, "for k in {a: 1} { k }"},
    {"wrong-type", 1, 10, "for k in 0..\"a\" { k }"},
    {"wrong-type", 1, 10, "print(0..[1, 2])"},
    {"wrong-type", 1, 14, "plate p(i in 3) { i }"},
    {"wrong-type", 1, 15, "y = [1, 2][0..missing]"},
    {"wrong-type", 1, 16, "plate p(row in {a: 1, b: \"x\"}) { 1 }"},
    {"wrong-type", 1, 5, "y = plate p(i in 0..2) { \"a\" }"},
    {"wrong-type", 1, 5, "y = plate p(i in 0..2) { Normal(i, 1) }"},
    {"wrong-type", 1, 6, "with 3 { 1 }"},
    {"wrong-type", 1, 6, "with sqrt { 1 }"},
    {"wrong-type", 1, 14, "fn f() { x ~ 3 }\nf()"},
    {"wrong-type", 1, 14, "fn f() { x ~ Normal }\nf()"},
    {"wrong-type", 1, 19, "fn f(x) { obs x ~ 3 }\nf(1)"},
    {"wrong-type", 1, 15, "fn f(x) { obs x ~ Normal(0, 1) }\nf(\"a\")"},
    {"wrong-type", 1, 19, "fn f() { param x: 3 = 1 }\nf()"},
    {"wrong-type", 1, 19, "fn f() { param x: interval = 1 }\nf()"},
    {"wrong-type", 1, 10, "fn f() { param x = \"a\" }\nf()"},
    {"wrong-type", 1, 7, "print(sqrt(\"a\"))"},
    {"wrong-type", 1, 7, "print(sum(\"a\"))"},
    {"wrong-type", 1, 7, "print(sum({a: 1}))"},
    {"wrong-type", 1, 7, "print(dot(\"a\", [1]))"},
    {"wrong-type", 1, 7, "print(zeros(\"a\"))"},
    {"wrong-type", 1, 7, "print(Normal(\"a\", 1))"},
    {"wrong-type", 1, 1, "read_csv(5)"},
    {"wrong-type", 1, 1, "sample(1, Normal(0, 1))"},
    {"wrong-type", 1, 1, "sample(\"a\", 1)"},
    {"wrong-type", 1, 1, "plate(\"p\", 0..2, 3)"},
    {"wrong-type", 1, 1, "factor(\"w\", \"a\")"},
    {"wrong-type", 1, 1, "log_prob(3)"},
    {"wrong-type", 1, 1, "draw(3)"},
    {"wrong-type", 1, 1, "assert(\"yes\")"},
    {"wrong-type", 1, 1, "names([1])"},
    {"wrong-type", 1, 1, "append(1, 3)"},
    {"wrong-type", 1, 1, "map(3, [\"a\"])"},
    {"wrong-type", 1, 1, "params(sqrt, 3)"},
    {"wrong-type", 1, 1, "replay(sqrt, 3)"},
    {"wrong-type", 1, 7, "print(grad(fn(x) { x }, \"a\"))"},
    {"wrong-type", 1, 7, "print(grad(fn(x) { x * [1, 2] }, 1))"},
    {"wrong-type", 1, 7, "print(grad(fn(x) { \"a\" }, 1))"},
    {"wrong-type", 1, 7, "print(grad(3, 1))"},
    {"wrong-type", 1, 7, "print({a: 1} + \"a\")"},
    {"wrong-type", 1, 7, "print({a: 1, b: 2} + {a: 1})"},
    {"wrong-type", 1, 1, "svi(3)"},
    {"wrong-type", 3, 1, "model m() { x ~ Normal(0, 1) }\nguide m() { x ~ Normal(0, 1) }\nsvi(m, optimizer = 3)"},
    {"wrong-type", 3, 1, "model m() { x ~ Normal(0, 1) }\nguide m() { x ~ Normal(0, 1) }\nsvi(m, guide = 3)"},
    {"wrong-type", 3, 1, "model m() { x ~ Normal([0, 0], 1) }\nguide m() { x ~ Normal(0, 1) }\nsvi(m, steps = \"a\")"},
    {"unknown-field", 2, 7, "r = {mu: 1}\nprint(r.nu)"},
    {"unknown-field", 2, 7, "r = {mu: 1}\nprint(r[\"sigma\"])"},
    {"unknown-field", 1, 7, "print({a: 1} + {b: 1})"},
    {"unknown-field", 2, 7, "d = Normal(0, 1)\nprint(d.men)"},
    {"unknown-field", 1, 7, "print(sqrt.mean)"},
    {"unknown-field", 1, 7, "print(5 .a)"},
    {"unknown-field", 2, 7, "x = [1, 2]\nprint(x.mean)"},
    {"unknown-field", 2, 7, "model m() { 1 }\nprint(m.guide)"},
    {"unknown-field", 2, 1, "model m() { 1 }\nsvi(m)"},
    {"unknown-field", 1, 7, "print(\"a\".b)"},
    {"unknown-site", 2, 7, "tr = trace(fn() { mu ~ Normal(0, 1) })()\nprint(tr[\"my\"])"},
    {"unknown-field", 2, 7, "tr = trace(fn() { mu ~ Normal(0, 1) })()\nprint(tr.sites.nu)"},
    {"unknown-argument", 2, 3, "fn f(alpha) { 1 }\nf(alpah = 2)"},
    {"unknown-argument", 1, 14, "print(Normal(mean = 1, sigma = 2))"},
    {"unknown-argument", 1, 21, "print(quantile([1], q = 1))"},
    {"missing-argument", 2, 1, "fn f(a, b) { 1 }\nf(1)"},
    {"missing-argument", 1, 7, "print(sqrt())"},
    {"missing-argument", 1, 7, "print(Normal())"},
    {"missing-argument", 2, 7, "d = Normal(0, 1)\nprint(d.cdf())"},
    {"too-many-arguments", 2, 6, "fn f(a) { 1 }\nf(1, 2)"},
    {"too-many-arguments", 1, 15, "print(sqrt(1, 2))"},
    {"too-many-arguments", 1, 20, "print(Normal(0, 1, 2))"},
    {"duplicate-argument", 2, 6, "fn f(a) { 1 }\nf(1, a = 2)"},
    {"duplicate-argument", 1, 17, "print(Normal(0, mu = 1))"},
    {"not-a-function", 1, 7, "print(5(3))"},
    {"not-a-function", 2, 7, "d = Normal(0, 1)\nprint(d(3))"},
    {"not-a-function", 2, 1, "x = \"a\"\nx()"},
    {"index-out-of-range", 2, 7, "x = [1, 2]\nprint(x[2])"},
    {"index-out-of-range", 2, 7, "x = [1, 2]\nprint(x[-3])"},
    {"index-out-of-range", 3, 7, "x = [1, 2]\nk = -1\nprint(x[k])"},
    {"index-out-of-range", 2, 7, "x = [1, 2]\nprint(x[1 - 2])"},
    {"index-out-of-range", 2, 7, "x = [1, 2]\nprint(x[0.5])"},
    {"index-out-of-range", 2, 7, "x = [1, 2]\nprint(x[1..3])"},
    {"index-out-of-range", 2, 9, "x = [1, 2]\nprint(x[-1..1])"},
    {"index-out-of-range", 2, 7, "x = []\nprint(x[0])"},
    {"index-out-of-range", 2, 7, "X = [[1, 2]]\nprint(X[0, 2])"},
    {"index-out-of-range", 2, 7, "X = [[1, 2]]\nprint(X[1])"},
    {"index-out-of-range", 2, 1, "x = [1, 2]\nx[3] = 1"},
    {"index-out-of-range", 3, 1, "x = [1, 2]\nk = -1\nx[k] = 1"},
    {"index-out-of-range", 2, 7, "l = [\"a\"]\nprint(l[1])"},
    {"index-out-of-range", 2, 7, "l = [\"a\"]\nprint(l[0..2])"},
    {"index-out-of-range", 2, 1, "l = [\"a\"]\nl[2] = 1"},
    {"index-out-of-range", 4, 12, "x = [1, 2]\ng = [0, 2]\nplate p(i in 0..2) {\n    y[i] = x[g[i]] }"},
    {"index-out-of-range", 2, 29, "x = [1]\nplate p(i in 0..2) { y[i] = x[i] }"},
    {"index-out-of-range", 2, 22, "x = [1]\nplate p(i in 3..5) { x[i] = 1 }"},
    {"shape-mismatch", 1, 7, "print([1, 2] + [1, 2, 3])"},
    {"shape-mismatch", 1, 7, "print([1, 2] @ [1])"},
    {"shape-mismatch", 1, 7, "print([[1, 2]] + [1, 2])"},
    {"shape-mismatch", 1, 16, "plate p(row in {a: [1, 2], b: [1]}) { 1 }"},
    {"shape-mismatch", 2, 1, "X = zeros(2, 2)\nX[0] = [1, 2, 3]"},
    {"shape-mismatch", 1, 7, "print(inverse([[1, 2]]))"},
    {"singular-matrix", 1, 7, "print(inverse([[1, 1], [1, 1]]))"},
    {"not-positive-definite", 1, 7, "print(cholesky([[1, 2], [2, 1]]))"},
    {"lanes-differ", 3, 9, "x = [1, 2]\nplate p(i in 0..2) {\n    v = zeros(x[i]) }"},
    {"lanes-differ", 2, 42, "x = [1, 2]\nplate p(i in 0..2) { l = [\"a\", \"b\"]; v = l[i] }"},
    {"lanes-differ", 2, 26, "x = [1, -1]\nplate p(i in 0..2) { s = if x[i] > 0 { \"a\" } else { \"b\" } }"},
    {"lanes-differ", 3, 19, "x = [1, -1]\nplate p(i in 0..2) { s = \"b\"\n    if x[i] > 0 { s = \"a\" } }"},
    {"lanes-differ", 3, 19, "x = [1, -1]\nplate p(i in 0..2) { s = 1\n    if x[i] > 0 { s = [1, 2] } }"},
    {"lanes-differ", 3, 19, "x = [1, -1]\nplate p(i in 0..2) { s = sqrt\n    if x[i] > 0 { s = abs } }"},
    {"lanes-differ", 3, 19, "x = [1, -1]\nplate p(i in 0..2) { s = {a: 1}\n    if x[i] > 0 { s = {b: 1} } }"},
    {"lanes-differ", 3, 19, "x = [1, -1]\nplate p(i in 0..2) { s = [\"a\"]\n    if x[i] > 0 { s = [\"a\", \"b\"] } }"},
    {"lanes-differ", 2, 22, "x = [1, -1]\nfn f(v) { if v > 0 { return \"a\" }\n    \"b\" }\nplate p(i in 0..2) { f(x[i]) }"},
    {"lanes-differ", 2, 13, "x = [1, -1]\nfn f(v) { z[v] ~ Normal(0, 1) }\nplate p(i in 0..2) { f(x[i]) }"},
    {"lanes-differ", 2, 29, "x = [1, 3]\nplate p(i in 0..2) { v = 0..x[i] }"},
    {"lanes-differ", 2, 48, "x = [-2, 3]\nplate p(i in 0..2) { r = {a: 0}; if x[i] > 0 { r.b = 5 } }"},
    {"lanes-differ", 2, 47, "x = [-2, 3]\nplate p(i in 0..2) { l = [\"a\"]; if x[i] > 0 { l[1] = \"b\" } }"},
    {"bad-argument", 1, 7, "print(Normal(0, -1))"},
    {"bad-argument", 1, 7, "print(Normal(0, 0))"},
    {"bad-argument", 1, 5, "d = Uniform(2, 1)"},
    {"bad-argument", 2, 26, "x = [1, -1]\nplate p(i in 0..2) { d = Normal(0, x[i]) }"},
    {"bad-argument", 1, 7, "print(zeros(-1))"},
    {"bad-argument", 1, 7, "print(zeros(1.5))"},
    {"bad-argument", 1, 6, "with seed(-1) { 1 }"},
    {"bad-argument", 1, 6, "with seed(0.5) { 1 }"},
    {"bad-argument", 1, 7, "print(Adam(lr = -1))"},
    {"bad-argument", 1, 7, "print(Adam(betas = [0.9]))"},
    {"bad-argument", 1, 7, "print(Adam(betas = [0.9, 1]))"},
    {"bad-argument", 1, 7, "print(grad(fn(x) { x }, 1, mode = \"sideways\"))"},
    {"bad-argument", 1, 10, "print(0..1.5)"},
    {"bad-argument", 1, 1, "draw(Normal(0, 1), -1)"},
    {"bad-argument", 3, 1, "model m() { 1 }\nguide m() { 1 }\nsvi(m, particles = 0)"},
    {"bad-initial-value", 1, 30, "fn f() { param s: positive = -1 }\nf()"},
    {"bad-initial-value", 1, 10, "fn f() { param s: interval(0, 1) = 2 }\nf()"},
    {"control-in-expression", 1, 14, "fn f() { 1 + (if true { return 1 } else { 2 }) }\nf()"},
    {"control-in-expression", 1, 24, "for k in 0..2 { print([if true { break } else { 1 }]) }"},
    {"draw-in-model", 1, 13, "model m() { draw(Normal(0, 1)) }\nm()"},
    {"draw-in-model", 1, 24, "print(grad(fn(x) { x * draw(Normal(0, 1)) }, 1))"},
    {"duplicate-plate", 1, 22, "plate p(i in 0..2) { plate p(j in 0..2) { 1 } }"},
    {"duplicate-site", 2, 5, "model m() { x ~ Normal(0, 1)\n    x ~ Normal(0, 1) }\nm()"},
    {"duplicate-site", 2, 5, "fn f() { x ~ Normal(0, 1)\n    sample(\"x\", Normal(0, 1)) }\ntrace(f)()"},
    {"duplicate-site", 1, 29, "model m() { for t in 0..2 { x ~ Normal(0, 1) } }\nm()"},
    {"mixed-site", 2, 79,
     "x = [1, -1]\nfn f(x) { plate p(i in 0..2) { if x[i] > 0 { obs x[i] ~ Normal(0, 1) } else { sample(\"x\", Normal(0, 1)) } } }\ntrace(f)(x)"},
    {"guide-extra-site", 3, 5, "model m() { mu ~ Normal(0, 1) }\nguide m() { mu ~ Normal(0, 1)\n    nu ~ Normal(0, 1) }\nsvi(m)"},
    {"guide-missing-site", 2, 5, "model m() { mu ~ Normal(0, 1)\n    nu ~ Normal(0, 1) }\nguide m() { mu ~ Normal(0, 1) }\nsvi(m)"},
    {"observed-whole", 1, 39, "model m(x) { plate p(i in 0..2) { obs x ~ Normal(0, 1) } }\nm([1, 2])"},
    {"param-random", 3, 5, "model m() { mu ~ Normal(0, 1); 1 }\nguide m() { mu ~ Normal(0, 1)\n    param k = mu }\nsvi(m)"},
    {"param-lanes", 1, 31, "fn f() { plate p(i in 0..2) { param m = i } }\nf()"},
    {"shape-mismatch", 2, 10, "fn q() { z ~ Delta([1, 2]) }\nfn m() { z ~ Normal(0, 1) }\nreplay(m, trace(q)())()"},
    {"do-observed", 2, 23, "x = 2\nwith do({x: 1}) { obs x ~ Normal(0, 1) }"},
    {"site-lanes", 3, 31,
     "x = [1, -1]\nfn q() { plate p(i in 0..2) { if x[i] > 0 { z[i] ~ Normal(0, 1) } else { 1 } } }\nfn m() { plate p(i in 0..2) { sample(\"z\", Normal(0, 1)) } }\ntr = trace(fn() { plate p(i in 0..2) { if x[i] > 0 { sample(\"z\", Normal(0, 1)) } } })()\nreplay(m, tr)()"},
    {"svi-inside", 3, 13, "model m() { mu ~ Normal(0, 1) }\nguide m() { mu ~ Normal(0, 1) }\nmodel n() { svi(m) }\nn()"},
    {"nested-grad", 1, 20, "print(grad(fn(x) { grad(fn(y) { y ^ 2 }, x) }, 1))"},
    {"not-a-number", 1, 44, "model m() { mu ~ Normal(0, 1); factor(\"f\", log(0 * mu)) }\nguide m() { param a = 0; mu ~ Normal(a, 1) }\nsvi(m, steps = 2)"},
    {"too-deep", 1, 15, "fn f(n) { 1 + f(n + 1) }\nf(0)"},
    {"too-deep", 1, 169,
     "plate a(i in 0..1) { plate b(i in 0..1) { plate c(i in 0..1) { plate d(i in 0..1) { plate e(i in 0..1) { plate f(i in 0..1) { plate g(i in 0..1) { plate h(i in 0..1) { plate q(i in 0..1) { 1 } } } } } } } } }"},
    {"too-large", 1, 5, "x = 0..1e10"},
    {"assertion", 1, 1, "assert(1 < 0, \"one is more\")"},
    {"assertion", 1, 1, "assert(all([1, 0] > 0))"},
    {"no-file", 1, 1, "import \"no-such-file.ppl\""},
    {"no-file", 1, 5, "x = read_csv(\"no-such-file.csv\")"},
    {"shape-mismatch", 1, 7, "print(Normal([1, 2], [1, 2, 3]))"},
    {"shape-mismatch", 2, 7, "d = Normal([1, 2], 1)\nprint(d.log_prob([1, 2, 3]))"},
    {"shape-mismatch", 2, 33, "x = zeros(2, 2)\nprint(x[0, 0, 0, 0, 0, 0, 0, 0, 0])"},
    {"unknown-message", 1, 15, "handler h() { on simple(site) { 1 } }\nh()"},
    {"site-field", 1, 33, "handler h() { on sample(site) { site.name = \"a\" } }\nwith h { mu ~ Normal(0, 1) }"},
    {"site-over", 4, 7, "handler h() { s = none\n on sample(site) { s = site } }\na = h(); with a { mu ~ Normal(0, 1) }\nprint(a.s.value)"},
    {"never-settles", 1, 15, "handler h() { on sample(site) { site.is_observed = true } }\nwith h { mu ~ Normal(0, 1) }"},
    {"out-of-memory", 1, 5, "x = zeros(1e7, 1e7)"},
};

/* "test.ppl:3:5: error: … [kind]" is a line of what is reported. */
static void expect_report(const Session *s, const Failure *f) {
    char place[60], kind[60];
    snprintf(place, sizeof place, "test.ppl:%u:%u: error: ", f->line, f->column);
    snprintf(kind, sizeof kind, " [%s]\n", f->kind);
    const char *line = strstr(s->reports, place), *found = line ? strstr(line, kind) : NULL;
    ck_assert_msg(found && found < strchr(line, '\n'), "%s\nreports\n%s\nand not %s… [%s]", f->text, s->reports, place, f->kind);
}

static void expect_failure(Session *s, const Failure *f) {
    elbo_Status expected = strcmp(f->kind, "out-of-memory") == 0 ? ELBO_NO_MEMORY : ELBO_RUNTIME_ERROR;
    elbo_Status status = session_run(s, f->text);
    ck_assert_msg(status == expected, "%s\nends with status %d\n%s", f->text, (int)status, s->reports);
    expect_report(s, f);
    session_is_at_rest(s);
}

START_TEST(kind_and_place) {
    for (int no_pools = 0; no_pools < 2; no_pools++) {
        Session *s = session_new(no_pools);
        s->collect_often = no_pools;
        expect_failure(s, &failures[_i]);
        session_check(s, &(Program){"print(1 + 1)", "2"});
        session_close(s);
    }
}
END_TEST

static const char probe[] =
    "fn probe_(x_) { plate p_(i_ in 0..3) { if x_[i_] > 1 { t_ = x_[i_] } else { t_ = 0 }; u_[i_] = t_ }; u_ @ u_ }\n"
    "print(probe_([1, 2, 3]), grad(fn(v_) { v_ ^ 2 }, 3), seed(fn() { a_ ~ Delta(2); a_ }, 1)())";

/* One interpreter bears all of them, one after the other, and still counts right. */
START_TEST(one_after_the_other) {
    Session *s = session_new(false);
    for (size_t k = 0; k < sizeof failures / sizeof *failures; k++) {
        session_run(s, failures[k].text);
        session_is_at_rest(s);
        session_check(s, &(Program){probe, "13 6 2"});
    }
    session_close(s);
}
END_TEST

/* Wherever an error strikes, nothing of what was going on remains: also the random stream is where it was. */
static const char *const contexts[] = {
    "fn c_() { %s }\nc_()",
    "for k_ in 0..3 { [k_, fn() { %s }()] }",
    "plate p_(i_ in 0..3) { plate q_(j_ in 0..2) { %s } }",
    "plate p_(i_ in 0..3) { if i_ > 1 { %s } else { 1 } }",
    "plate p_(i_ in 0..3) { n_ = i_; while n_ > 0 { n_ = n_ - 1; if n_ == 0 { %s } } }",
    "fn f_(v_) { if v_ > 1 { return 1 }; %s }\nplate p_(i_ in 0..3) { f_(i_) }",
    "with seed(4) { with seed(5) { %s } }",
    "model m_() { a_ ~ Normal(0, 1); %s }\nm_()",
    "trace(seed(fn() { a_ ~ Normal(0, 1); %s }, 3))()",
    "tr_ = trace(fn() { a_ ~ Delta(1) })()\nreplay(fn() { a_ ~ Normal(0, 1); %s }, tr_)()",
    "grad(fn(v_) { with seed(1) { plate p_(i_ in 0..3) { a_[i_] ~ Normal(v_, 1); %s } }; 1 }, 2)",
    "fn p0_() { param k_ = fn() { %s }(); k_ }\ninitial(p0_)",
    "model m_() { a_ ~ Normal(0, 1); if a_ > 0 { %s } }\nguide m_() { a_ ~ Normal(0, 1) }\nsvi(m_, particles = 50)",
    "model m_() { a_ ~ Normal(0, 1) }\nguide m_() { param k_ = 0.5; a_ ~ Normal(k_, 1); if k_ != 0.5 { %s } }\nsvi(m_, particles = 3)",
    "print(\"text {1} {[1, fn() { %s }()]}\")",
    "l_ = [1, 2, {a: fn() { %s }()}]",
    "map(fn(v_) { %s }, [\"a\", \"b\"])",
    "plate(\"p_\", 0..3, fn(i_) { %s })",
};

static const char *const strikes[] = {"1 + \"a\"", "[1, 2][2]", "Normal(0, -1)", "nobody_", "assert(false)", "zeros(1e7, 1e7)",
                                      "fn g_(n_) { 1 + g_(n_) }; g_(1)", "read_csv(\"nowhere.csv\")"};

START_TEST(everything_is_restored) {
    char text[1000];
    for (int no_pools = 0; no_pools < 2; no_pools++) {
        Session *s = session_new(no_pools);
        s->collect_often = no_pools;
        session_must(s, "x_ = draw(Normal(0, 1)); fn n_() { a_ ~ Normal(0, 1) }; trace(n_)()");
        RandomState before = s->state->random;
        for (size_t k = 0; k < sizeof strikes / sizeof *strikes; k++) {
            const char *at = strstr(contexts[_i], "%s");
            snprintf(text, sizeof text, "%.*s%s%s", (int)(at - contexts[_i]), contexts[_i], strikes[k], at + 2);
            elbo_Status status = session_run(s, text);
            ck_assert_msg(status == ELBO_RUNTIME_ERROR || status == ELBO_NO_MEMORY, "%s\nends with status %d", text, (int)status);
            ck_assert_msg(strstr(s->reports, "test.ppl:") == s->reports, "%s\nreports\n%s", text, s->reports);
            session_is_at_rest(s);
            ck_assert_uint_eq(s->state->random.draws, before.draws);
            ck_assert_uint_eq(s->state->random.seed, before.seed);
            ck_assert_msg(s->state->random.step == before.step, "%s", text);
            session_check(s, &(Program){"print(1 + 1)", "2"});
        }
        session_close(s);
    }
}
END_TEST

/* The kinds that one source file raises have their rows in the table of kinds. */
static void scan_call(const char *path, const char *at) {
    const char *quote = strchr(at, '"'), *end = strchr(at, ';');
    if (!quote || !end || quote > end) return;
    if (strncmp(at, "(S, ", 4) == 0 && at[4] != '"' && at[-1] != 't') return; /* handed on by a helper */
    char kind[60];
    size_t n = strcspn(quote + 1, "\"");
    if (n >= sizeof kind) return;
    memcpy(kind, quote + 1, n);
    kind[n] = '\0';
    ck_assert_msg(kind_find(kind), "%s raises '%s', which is not in lexer/kinds.def", path, kind);
}

static void scan_file(const char *path) {
    static const char *const calls[] = {"error_raise(S, ", "error_raise_at(S, ", "warning_report(S, "};
    FILE *file = fopen(path, "r");
    ck_assert_ptr_nonnull(file);
    static char text[200000];
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    for (size_t k = 0; k < sizeof calls / sizeof *calls; k++)
        for (const char *p = text; (p = strstr(p, calls[k])); p++) scan_call(path, strchr(p, '('));
}

static const char *const rooms[] = {"runtime", "runtime/handlers", "stdlib", "stdlib/distributions", "inference"};

START_TEST(every_kind_has_its_row) {
    char path[1000];
    const char *srcdir = getenv("srcdir") ? getenv("srcdir") : ".";
    snprintf(path, sizeof path, "%s/%s", srcdir, rooms[_i]);
    DIR *folder = opendir(path);
    ck_assert_ptr_nonnull(folder);
    for (struct dirent *entry; (entry = readdir(folder));) {
        size_t n = strlen(entry->d_name);
        if (n < 2 || strcmp(entry->d_name + n - 2, ".c") != 0) continue;
        snprintf(path, sizeof path, "%s/%s/%s", srcdir, rooms[_i], entry->d_name);
        scan_file(path);
    }
    closedir(folder);
}
END_TEST

START_TEST(rows_are_in_order) {
    for (size_t k = 0; k < KINDS; k++) {
        ck_assert(kind_rows[k].description[0] && !strchr(kind_rows[k].description, '\n'));
        ck_assert(strspn(kind_rows[k].name, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(kind_rows[k].name));
        ck_assert_ptr_eq(kind_find(kind_rows[k].name), &kind_rows[k]);
    }
}
END_TEST

int main(void) {
    Suite *suite = suite_create("errors");
    TCase *tests = tcase_create("errors");
    tcase_add_loop_test(tests, kind_and_place, 0, sizeof failures / sizeof *failures);
    tcase_add_test(tests, one_after_the_other);
    tcase_add_loop_test(tests, everything_is_restored, 0, sizeof contexts / sizeof *contexts);
    tcase_add_loop_test(tests, every_kind_has_its_row, 0, sizeof rooms / sizeof *rooms);
    tcase_add_test(tests, rows_are_in_order);
    suite_add_tcase(suite, tests);
    return session_run_suite(suite);
}
