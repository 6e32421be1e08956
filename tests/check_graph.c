/* SPDX-License-Identifier: GPL-3.0-or-later
   Graphs: nodes, edges and plates of programs for which they are known by hand. */
#include "tests/session.h"

/* Each edge, parent>child. */
#define SHOW "fn show(g) { s = \"\"\nfor e in g.edges { s = \"{s} {e.from}>{e.to}\" }\nprint(s) }\n"
#define SHOW_PLATES "fn show(g) { s = \"\"\nfor n in g.nodes { s = \"{s} {n.name}{n.plates}\" }\nprint(s) }\n"

/* What depends on what: directly, and not by way of another site. */
static const Program edges_table[] = {
    {SHOW "model m(x) { mu ~ Normal(0, 1); s ~ HalfNormal(1); plate d(i in 0..3) { obs x[i] ~ Normal(mu, s) } }\nshow(graph(m, [1, 2, 3]))", " mu>x s>x"},
    {SHOW "model m() { a ~ Normal(0, 1); b ~ Normal(a, 1); c ~ Normal(b, 1) }\nshow(graph(m))", " a>b b>c"},
    {SHOW "model m() { a ~ Normal(0, 1); deterministic b = exp(a); c ~ Normal(0, b) }\nshow(graph(m))", " a>b b>c"},
    {SHOW "model m() { a ~ Normal(0, 1); b = exp(a) + 1; c ~ Normal([b, 2] @ [1, 1], 1); d ~ Normal(0, 1) }\nshow(graph(m))", " a>c"},
    {SHOW "model m() { }\nguide m() { param u = 1; param v: positive = 2; a ~ Normal(u, v); b ~ Normal(a, v) }\nshow(graph(m.guide))", " u>a v>a v>b a>b"},
    {SHOW "model m() { a ~ Normal(0, 1); factor(\"f\", -a ^ 2); b ~ Normal(0, 1) }\nshow(graph(m))", " a>f"},
    {SHOW "model m() { a = sample(\"first\", Normal(0, 1)); b = sample(\"second\", Normal(a, 1)) }\nshow(graph(m))", " first>second"},
    {SHOW "fn inner(c) { b ~ Normal(c, 1); b * 2 }\nmodel m() { a ~ Normal(0, 1); y ~ Normal(inner(a), 1) }\nshow(graph(m))", " a>b b>y"},
    /* a mixture: the index is a draw, and so is what is indexed */
    {SHOW "model m(x) { w ~ Dirichlet([1, 1]); plate c(k in 0..2) { u[k] ~ Normal(0, 5) }\nplate d(i in 0..3) { z[i] ~ Categorical(w); obs x[i] ~ Normal(u[z[i]], 1) } }\n"
          "show(graph(m, [1, 2, 3]))", " w>z u>x z>x"},
    {SHOW "model m(x) { z ~ Categorical([0.5, 0.5]); u = [1, 2]; obs x ~ Normal(u[z], 1) }\nshow(graph(m, 3))", " z>x"},
    {SHOW "model m() { z ~ Categorical([0.5, 0.5]); a ~ Normal(0, 1); b ~ Normal(0, 1); l = [{m: a}, {m: b}]; r = l[z]; y ~ Normal(r.m, 1); u ~ Normal(0, 1) }\n"
          "show(graph(m))", " z>y a>y b>y"},
    {SHOW "model m(y, g) { s ~ HalfNormal(1); t = plate h(j in 0..3) { sample(\"t\", Normal(0, s)) }\nplate d(i in 0..4) { obs y[i] ~ Normal(t[g[i]], 1) } }\n"
          "show(graph(m, [1, 2, 3, 4], [0, 1, 2, 0]))", " s>t t>y"},
    /* families, vectors, wholes */
    {SHOW "model m(x) { s ~ HalfNormal(1); v ~ MultivariateNormal([0, 0], [[1, 0], [0, 1]])\nplate d(i in 0..2) { obs x[i] ~ MultivariateNormal(v, cholesky = [[1, 0], [0, 1]] * s) } }\n"
          "show(graph(m, [[1, 2], [3, 4]]))", " s>x v>x"},
    {SHOW "model m(x) { r ~ Gamma(2, 1); p ~ Poisson(r); obs x ~ Binomial(10 + p, 0.5) }\nshow(graph(m, 3))", " r>p p>x"},
    {SHOW "model m(x) { a ~ Normal(0, 1); b ~ Normal(0, 1); obs x ~ Mixture([0.5, 0.5], [Normal(a, 1), Cauchy(b, 1)]) }\nshow(graph(m, 3))", " a>x b>x"},
    {SHOW "model m(x) { a ~ Normal(0, 1); obs x ~ Truncated(Normal(a, 1), 0, 5) }\nshow(graph(m, 3))", " a>x"},
    /* data are constants; what was observed is a site for what comes behind it */
    {SHOW "model m(x, y) { b ~ Normal(0, 1); plate d(i in 0..3) { obs y[i] ~ Normal(b * x[i], 1) } }\nshow(graph(m, [1, 2, 3], [1, 2, 3]))", " b>y"},
    {SHOW "model m(y) { p ~ Uniform(-1, 1); for t in 1..len(y) { obs y[t] ~ Normal(p * y[t-1], 1) } }\nshow(graph(m, [1, 2, 3]))", " p>y[1..3] y[1..3]>y[1..3]"},
    {SHOW "model m() { a ~ Normal(0, 1); b ~ Normal(a, 1) }\nshow(graph(condition(m, {a: 2})))\nshow(graph(do(m, {a: 2})))\nshow(graph(substitute(m, {a: 2})))", " a>b\n a>b\n a>b"},
    {SHOW "model m() { a ~ Normal(0, 1); b ~ Normal(a, 1); c ~ Normal(b, 1) }\nshow(graph(block(m, hide = [b])))", " a>c"},
    {SHOW "model m() { a ~ Normal(0, 1); k ~ HalfNormal(1); with scale(k) { b ~ Normal(a, 1) }\nc ~ Normal(0, 1) }\nshow(graph(m))", " a>b k>b"},
    {SHOW "handler twice() { after sample(site) { n = 2 } }\nt = twice()\nmodel m() { a ~ Normal(0, 1); with t { b ~ Normal(a, 1) } }\nshow(graph(m))", " a>b"},
    {SHOW "model m() { a ~ Normal(0, 1); plate p(i in 0..2) { b[i] ~ Normal(a, 1) } }\nshow(graph(reparam(m, {b: LocScale(0)})))", " a>b_decentered a>b b_decentered>b"},
};
PROGRAMS(edges)

/* Control flow: what a condition decides depends on it, what comes behind does not. */
static const Program control_table[] = {
    {SHOW "model m() { z ~ Normal(0, 1); a ~ Normal(0, 1); b ~ Normal(0, 1); if z > 0 { c = a } else { c = b }\nw ~ Normal(c, 1); u ~ Normal(0, 1) }\nshow(graph(m))",
     " z>w a>w b>w"},
    {SHOW "model m() { z ~ Normal(0, 1); s = if z > 0 { 1 } else { 2 }\nw ~ Normal(0, s); u ~ Normal(0, 1) }\nshow(graph(m))", " z>w"},
    {SHOW "model m() { z ~ Bernoulli(0.5); if z == 1 { y ~ Normal(0, 1) } else { y ~ Normal(5, 1) }\nw ~ Normal(y, 1) }\nshow(graph(m))", " z>y y>w"},
    {SHOW "model m() { z ~ Bernoulli(0.5); if z == 1 { a ~ Normal(0, 1) } else { b ~ Normal(5, 1) }\nw ~ Normal(0, 1) }\nshow(graph(m))", " z>a z>b"},
    {SHOW "model m() { z ~ Bernoulli(0.02); if z == 1 { a ~ Normal(0, 1) }\nu ~ Normal(0, 1) }\nshow(graph(m))", " z>a"},
    {SHOW "model m() { z ~ Normal(0, 1); f = fn(z) { if z > 0 { return 1 }\n2 }\ny ~ Normal(f(z), 1); u ~ Normal(0, 1) }\nshow(graph(m))", " z>y"},
    {SHOW "model m() { z ~ Bernoulli(0.5); d = if z == 1 { Normal(0, 1) } else { Cauchy(0, 1) }\ny ~ d; u ~ Normal(0, 1) }\nshow(graph(m))", " z>y"},
    {SHOW "model m() { z ~ Bernoulli(0.5); r = if z == 1 { {a: 1, b: [2, 3]} } else { {a: 2, b: [4, 5]} }\ny ~ Normal(r.b[1], 1); u ~ Normal(0, 1) }\nshow(graph(m))", " z>y"},
    {SHOW "model m() { z ~ Normal(0, 1); v ~ Normal(0, 1); ok = z > 0 and v > 0\ny ~ Normal(where(ok, 1, 2), 1); u ~ Normal(0, 1) }\nshow(graph(m))", " z>y v>y"},
    {SHOW "model m() { n ~ Poisson(3); for i in 0..n { e[i] ~ Normal(0, 1) }\nu ~ Normal(0, 1) }\nfor e in graph(m).edges { print(e.from) }", "n"},
    {SHOW "model m() { p ~ Beta(1, 1); n = 0; go ~ Bernoulli(p); while go == 1 and n < 4 { n = n + 1; go = sample(\"g[{n}]\", Bernoulli(p)) }\nk ~ Normal(n, 1); u ~ Normal(0, 1) }\n"
          "show(graph(m))", " p>go p>g[1..5] go>g[1..5] g[1..5]>g[1..5] go>k g[1..5]>k"},
    {SHOW "fn geo(p, n) { f = sample(\"f[{n}]\", Bernoulli(p))\nif f == 1 or n == 3 { n } else { geo(p, n + 1) } }\nmodel m() { p ~ Beta(1, 1); k ~ Normal(geo(p, 0), 1); u ~ Normal(0, 1) }\n"
          "show(graph(m))", " p>f[0..4] f[0..4]>f[0..4] f[0..4]>k"},
    {SHOW "model m(x) { plate d(i in 0..3) { z[i] ~ Bernoulli(0.5); if z[i] == 1 { c[i] = 1 } else { c[i] = 2 }\nobs x[i] ~ Normal(c[i], 1) } }\nshow(graph(m, [1, 2, 3]))", " z>x"},
};
PROGRAMS(control)

static const Program plates_table[] = {
    {SHOW_PLATES "model m() { a ~ Normal(0, 1); plate o(i in 0..3) { b[i] ~ Normal(a, 1); plate n(j in 0..4) { c[i, j] ~ Normal(b[i], 1) } } }\nshow(graph(m))",
     " a[] b[\"o\"] c[\"o\", \"n\"]"},
    {SHOW_PLATES "model m() { plate r(i in 0..3) { a[i] ~ Normal(0, 1) }\nplate c(j in 0..4) { b[j] ~ Normal(0, 1) }\nplate r(i in 0..3) { plate c(j in 0..4) { y[i, j] ~ Normal(a[i] + b[j], 1) } } }\n"
                 "show(graph(m))\nprint(graph(m).plates)",
     " a[\"r\"] b[\"c\"] y[\"r\", \"c\"]\n[{name: \"r\", size: 3, nodes: [\"a\", \"y\"]}, {name: \"c\", size: 4, nodes: [\"b\", \"y\"]}]"},
    {SHOW_PLATES "model m() { }\nguide m() { plate d(i in 0..3) { param u[i] = 0; param s: positive = 1; z[i] ~ Normal(u[i], s) } }\nshow(graph(m.guide))", " u[\"d\"] s[] z[\"d\"]"},
    {"model m(x) { plate d(i in 0..len(x)) { obs x[i] ~ Normal(0, 1) } }\nprint(graph(subsample(m, {d: 2}), [1, 2, 3, 4, 5]).plates[0].size)", "5"},
    {"model m() { for g in 0..2 { plate d(i in 0..2 + g) { sample(\"y[{g}]\", Normal(0, 1)) } } }\nprint(graph(m))", "plate d (2 to 3)\n  y[0..2] ~ Normal  latent"},
};
PROGRAMS(plates)

static const Program listing_table[] = {
    {"model m(x) { mu ~ Normal(42, 1); sigma ~ LogNormal(0, 1); plate data(i in 0..len(x)) { obs x[i] ~ Normal(mu, sigma) } }\nprint(graph(m, zeros(10000)))",
     "mu ~ Normal                latent\nsigma ~ LogNormal          latent\nplate data (10,000)\n  x ~ Normal  ← mu, sigma  observed"},
    {"model m(y) { s ~ HalfNormal(1); h[0] ~ Normal(0, s); for t in 1..4 { h[t] ~ Normal(h[t-1], s) }\nobs y ~ Normal(h[3], 1) }\nprint(graph(m, 1))",
     "s ~ HalfNormal                 latent\nh[0..4] ~ Normal  ← s, h[t-1]  latent\ny ~ Normal  ← h                observed"},
    {"model m(y) { obs y ~ Normal(0, 1); obs z ~ Normal(0, 1) }\nz = missing\nprint(graph(m, [1, missing]))", "y ~ Normal  observed in part\nz ~ Normal  latent"},
    {"model m() { z[0] ~ Normal(0, 1); z[1] ~ Normal(0, 1); for t in 2..6 { z[t] ~ Normal(z[t-1] - z[t-2], 1) } }\ng = graph(m)\nprint(g, g.edges)",
     "z[0..6] ~ Normal  ← z[t-1], z[t-2]  latent [{from: \"z[0..6]\", to: \"z[0..6]\", lags: [1, 2]}]"},
    {"model m() { z[0] ~ Normal(0, 1); for j in 0..2 { M[0, j] ~ Normal(0, 1) } }\nprint(graph(m))", "z[0] ~ Normal        latent\nM[0, 0..2] ~ Normal  latent"},
    {"g = graph(fn() { 1 })\nprint(g, g.nodes, g.edges, g.plates, g.name)", "a graph without sites [] [] [] none"},
    {"model m() { a ~ Normal(0, 1) }\nguide m() { param u = 1; a ~ Normal(u, 1) }\nprint(graph(m).name, graph(m.guide).name, graph(condition(m, {a: 1})).name)", "m m.guide m"},
    {"model m() { z ~ Normal(0, 1); print(\"loud\"); if z > 0 { print(\"louder\") } }\nprint(graph(m))", "z ~ Normal  latent"},
};
PROGRAMS(listing)

/* Names of sites are any text. */
static const Program dot_table[] = {
    {"model m(x) { mu ~ Normal(0, 1); plate d(i in 0..2) { obs x[i] ~ Normal(mu, 1) } }\nprint(graph(m, [1, 2]).dot)",
     "digraph \"m\" {\n  n0 [label=\"mu ~ Normal\", shape=ellipse];\n  subgraph cluster_0 {\n    label=\"d (2)\"; labelloc=b; labeljust=r;\n"
     "    n1 [label=\"x ~ Normal\", shape=ellipse, style=filled, fillcolor=lightgray];\n  }\n  n0 -> n1;\n}\n"},
    {"model m() { sample(\"a\\\"];\\nb\\\\N\", Normal(0, 1)) }\nprint(graph(m).dot)",
     "digraph \"m\" {\n  n0 [label=\"a\\\"];\\nb\\\\N ~ Normal\", shape=ellipse];\n}\n"},
};
PROGRAMS(dot)

/* A graph changes nothing of what comes behind it. */
START_TEST(leaves_the_streams) {
    static const char *const programs[] = {"", "graph(m)\n", "fn f() { if sample(\"z\", Bernoulli(0.5)) == 1 { sample(\"y\", Normal(0, 1)) } }\ngraph(f)\n"};
    double first = 0;
    for (size_t k = 0; k < sizeof programs / sizeof *programs; k++) {
        char text[512];
        snprintf(text, sizeof text, "model m() { a ~ Normal(0, 1); b ~ Normal(a, 1); b }\n%sv = m()\n", programs[k]);
        Session *s = session_new(false);
        session_must(s, text);
        double v = session_number(s, "v");
        if (k == 0) first = v;
        ck_assert(v == first);
        session_close(s);
    }
}
END_TEST

static void must_fail(const char *text, const char *kind) {
    Session *s = session_new(false);
    ck_assert_int_eq(session_run(s, text), ELBO_RUNTIME_ERROR);
    ck_assert_msg(strstr(s->reports, kind) != NULL, "%s\n%s", text, s->reports);
    session_is_at_rest(s);
    session_must(s, "model m() { a ~ Normal(0, 1) }\nprint(graph(m))");
    session_close(s);
}

START_TEST(errors) {
    must_fail("graph(3)", "[wrong-type]");
    must_fail("model e() { a ~ Normal(0, -1) }\ngraph(e)", "error: ");
    must_fail("grad(fn(x) { graph(fn() { 1 }); x }, 1)", "[nested-grad]");
    must_fail("plot(graph(fn() { 1 }), \"x.svg\")", "[bad-argument]");
}
END_TEST

/* What elbo_graph prints; any expression will do. */
START_TEST(host) {
    Session *s = session_new(false);
    session_must(s, "model m(x) { mu ~ Normal(0, 1); obs x ~ Normal(mu, 1) }");
    const char *text = "m(4) + 1";
    session_clear(s);
    ck_assert_int_eq(elbo_graph(s->state, "<graph>", text, strlen(text), NULL), ELBO_OK);
    ck_assert_str_eq(s->out, "mu ~ Normal       latent\nx ~ Normal  ← mu  observed\n");
    session_is_at_rest(s);
    ck_assert_int_eq(elbo_graph(s->state, "<graph>", "m(", 2, NULL), ELBO_INCOMPLETE);
    ck_assert_int_eq(elbo_graph(s->state, "<graph>", "nowhere()", 9, NULL), ELBO_RUNTIME_ERROR);
    session_is_at_rest(s);
    session_close(s);
}
END_TEST

/* Each allocation fails in turn. */
START_TEST(faults) {
    static const char text[] = "model m(x) { z ~ Bernoulli(0.5); if z == 1 { a ~ Normal(0, 1) } else { b ~ Normal(0, 1) }\n"
                               "for t in 0..3 { h[t] ~ Normal(z, 1) }\nplate d(i in 0..2) { obs x[i] ~ Normal(h[1], 1) } }\ng = graph(m, [1, 2])\nprint(g)\nn = len(g.dot)";
    for (long at = 1;; at++) {
        Session *s = calloc(1, sizeof *s);
        elbo_Options options = session_options(s, true);
        s->state = elbo_open(&options);
        s->requests = 0;
        s->fail_at = at;
        elbo_Status status = session_run(s, text);
        ck_assert(status == ELBO_OK || status == ELBO_NO_MEMORY);
        session_is_at_rest(s);
        bool over = s->requests < at;
        session_close(s);
        if (over) break;
        if (at > 600) at += 37; /* the first ones meet every place; the rest are samples */
    }
}
END_TEST

int main(void) {
    Suite *suite = suite_create("graph");
    ADD_PROGRAMS(suite, edges);
    ADD_PROGRAMS(suite, control);
    ADD_PROGRAMS(suite, plates);
    ADD_PROGRAMS(suite, listing);
    ADD_PROGRAMS(suite, dot);
    TCase *c = tcase_create("whole");
    tcase_set_timeout(c, 120);
    tcase_add_test(c, leaves_the_streams);
    tcase_add_test(c, errors);
    tcase_add_test(c, host);
    tcase_add_test(c, faults);
    suite_add_tcase(suite, c);
    return session_run_suite(suite);
}
