/* SPDX-License-Identifier: GPL-3.0-or-later
   What svi says of a program before its first step and on the way: sound programs get no word, the others the right one, at the
   right place. */
#include "tests/session.h"

/* A model of two numbers of data, with a guide. */
#define FIT(model, guide) "model m(x) {\n" model "\n}\nguide m(x) {\n" guide "\n}\nfit = svi(m, [1, 2], steps = 3)\n"
#define DATA "plate data(i in 0..len(x)) { obs x[i] ~ "
#define MU "mu ~ Normal(0, 1)\n"
/* A guide of one latent mu, whose spread is the given expression of a param w. */
#define SPREAD(initial, spread) FIT(MU DATA "Normal(mu, 1) }", "param w = " initial "\nmu ~ Normal(0, " spread ")")

static const char *const sound[] = {
    /* what is positive, or between 0 and 1, whatever the params are */
    SPREAD("0", "exp(w)"),
    SPREAD("0", "softplus(w)"),
    SPREAD("0", "sigmoid(w)"),
    SPREAD("1", "w ^ 2 + 0.1"),
    SPREAD("1", "abs(w) + 0.1"),
    SPREAD("1", "sqrt(1 + w ^ 2)"),
    SPREAD("1", "max(w, 0.01)"),
    SPREAD("1", "2 + tanh(w)"),
    SPREAD("1", "1 / (1 + exp(-w))"),
    SPREAD("1", "exp(w) * exp(-w / 2)"),
    SPREAD("1", "exp(w) / (exp(w) + exp(2 * w))"),
    SPREAD("[0, 1]", "sum(exp(w))"),
    SPREAD("[0, 1]", "exp(w)[1]"),
    SPREAD("[0, 1]", "mean(exp(w))"),
    SPREAD("1", "where(w > 0, exp(w), 0.5)"),
    SPREAD("2", "cosh(w)"),
    FIT(MU DATA "Normal(mu, 1) }", "param a: positive = 1\nparam b: positive = 1\nmu ~ Normal(0, a * b + sqrt(a) / b)"),
    FIT(MU DATA "Normal(mu, 1) }", "param a: interval(0.5, 2) = 1\nmu ~ Normal(0, a)"),
    FIT(MU DATA "Normal(mu, 1) }", "param a: unit_interval = 0.5\nmu ~ Normal(0, 2 - a)"),
    FIT("p ~ Beta(2, 2)\n" DATA "Normal(p, 1) }", "param a: positive = 1\nparam b: positive = 2\np ~ Beta(a, b)"),
    FIT("param w = 0\n" MU "plate data(i in 0..2) { y = x[i] > 1; obs y ~ Bernoulli(sigmoid(w + mu)) }", "param a = 0\nmu ~ Normal(a, 1)"),
    FIT("param v = [0, 1]\n" MU "e = exp(v)\nq = e / sum(e)\nplate data(i in 0..2) { y = x[i] > 1; obs y ~ Bernoulli(q[0]) }", "param a = 0\nmu ~ Normal(a, 1)"),
    FIT("param a: positive = 1\nparam b: positive = 2\n" MU "plate data(i in 0..2) { y = x[i] > 1; obs y ~ Bernoulli(a / (a + b)) }", "param c = 0\nmu ~ Normal(c, 1)"),
    /* a scale that is a draw */
    FIT("s ~ Normal(1, 1)\nif s < 0 { s = -s }\n" DATA "Normal(0, 1 + s) }", "param a = 1\ns ~ Normal(a, 1)"),
    FIT("s ~ LogNormal(0, 1)\n" DATA "Normal(0, s) }", "param a = 0\ns ~ LogNormal(a, 1)"),
    FIT("s ~ HalfNormal(1)\n" DATA "Normal(0, s) }", "param a: positive = 1\ns ~ Gamma(a, a)"),
    FIT("s ~ Gamma(2, 2)\n" DATA "Normal(0, s) }", "param a: positive = 1\ns ~ Delta(a)"),
    FIT("s ~ Uniform(0, 5)\n" DATA "Normal(0, 1 + s) }", "param a: positive = 1\ns ~ Uniform(1, 1 + sigmoid(a))"),
    FIT("r ~ Uniform(-1, 5)\n" DATA "Normal(r, 1) }", "param a: positive = 1\nr ~ Beta(a, 1)"),
    FIT("r ~ Normal(0, 1)\n" DATA "Normal(r, 1) }", "param a: positive = 1\nr ~ LogNormal(0, a)"),
    FIT("s ~ LogNormal(0, 1)\np ~ Beta(2, 2)\n" DATA "Normal(p, s) }",
        "param a = 0\nparam b: positive = 1\ns ~ Transformed(Normal(a, b), exp)\np ~ Transformed(Normal(a, b), sigmoid)"),
    /* plates, vectors, families, sides, missing data */
    FIT("plate g(j in 0..3) { z[j] ~ Normal(0, 1) }\n" DATA "Normal(z[0], 1) }", "param k = [0, 0, 0]\nz ~ Normal(k, 1)"),
    FIT("plate g(j in 0..3) { z[j] ~ Normal(0, 1) }\n" DATA "Normal(z[0], 1) }", "plate g(j in 0..3) { param k[j] = 0; z[j] ~ Normal(k[j], 1) }"),
    FIT("z ~ Normal([0, 0, 0], 1)\n" DATA "Normal(z[0], 1) }", "plate g(j in 0..3) { param k[j] = 0; z[j] ~ Normal(k[j], 1) }"),
    FIT("plate g(j in 0..1) { z[j] ~ Normal(0, 1) }\n" DATA "Normal(z[0], 1) }", "param k = 0\nz ~ Normal(k, 1)"),
    FIT("for t in 0..3 { z[t] ~ Normal(0, 1) }\n" DATA "Normal(z[0], 1) }", "for t in 0..3 { param k = 0; z[t] ~ Normal(k, 1) }"),
    FIT(MU "if mu > 0 { u ~ Normal(0, 1) } else { u ~ LogNormal(0, 1) }\n" DATA "Normal(mu + u, 1) }",
        "param a = 0\nmu ~ Normal(a, 1)\nif mu > 0 { u ~ Normal(a, 1) } else { u ~ LogNormal(a, 1) }"),
    "model m(y) { mu ~ Normal(0, 1); obs y ~ Normal(mu, 1) }\nguide m(y) { param a = 0; mu ~ Normal(a, 1); y ~ Normal(a, 1) }\nsvi(m, missing, steps = 3)",
    "model m(x, y) { mu ~ Normal(0, 1); obs x ~ Normal(mu, 1); obs y ~ Normal(mu, 1) }\nguide m(x, y) { param a = 0; mu ~ Normal(a, 1) }\nsvi(m, 1, missing, steps = 3)",
    "model m() { param k = 1; mu ~ Normal(k, 1); factor(\"f\", -mu ^ 2) }\nguide m() { mu ~ Normal(0, 1) }\nsvi(m, steps = 3)",
    /* maximum likelihood, asked for */
    "model m(x) { param t: positive = 1; obs x ~ Normal(0, t) }\nguide m(x) { }\nsvi(m, [1, 2], steps = 3)",
    /* a guide before its model, and one for a model that was defined anew */
    "guide m(x) { param a = 0; z ~ Normal(a, 1) }\nmodel m(x) { z ~ Normal(0, 1); obs x ~ Normal(z, 1) }\nmodel m(x) { z ~ Normal(0, 2); obs x ~ Normal(z, 1) }\nsvi(m, 1, steps = 3)",
    /* fits that are slow, or far from their end */
    FIT("s ~ LogNormal(0, 20)\n" DATA "Normal(0, s) }", "param a = -8\nparam b: positive = 3\ns ~ LogNormal(a, b)")
        "svi(m, [1e5, -1e5], steps = 3000, optimizer = Adam(lr = 0.001))\nsvi(m, [1e5, -1e5], steps = 3000, optimizer = Adam(lr = 0.02))",
    "model m(x) { z ~ Normal(0, 1e-5); obs x ~ Normal(z, 1) }\nguide m(x) { param a = 0; param b: positive = 1; z ~ Normal(a, b) }\n"
    "for lr in [0.0001, 0.001, 0.01, 0.1] { svi(m, 0.1, steps = 1200, optimizer = Adam(lr = lr)) }",
};

/* A session as every day; or one that collects at each safe point, for short programs. */
static Session *session_of_kind(bool collects) {
    Session *s = session_new(collects);
    s->collect_often = collects;
    return s;
}

static bool is_long(const char *text) { return strstr(text, "00, optimizer") != NULL; }

START_TEST(sound_programs_get_no_word) {
    for (int collects = 0; collects < (is_long(sound[_i]) ? 1 : 2); collects++) {
        Session *s = session_of_kind(collects);
        elbo_Status status = session_run(s, sound[_i]);
        ck_assert_msg(status == ELBO_OK && !s->reports_length, "%s\n%s", sound[_i], s->reports);
        session_is_at_rest(s);
        session_close(s);
    }
}
END_TEST

/* What is reported, in this order: "line:column: " and the kind in brackets, or any part of the text. */
static const struct {
    const char *text, *reports[5];
} unsound[] = {
    {SPREAD("1", "w"), {":6:7: warning: the param 'w' is unconstrained, and as sigma of Normal (line 7) it must be greater than 0 [unconstrained-scale]", "Write `param w: positive = 1`."}},
    {SPREAD("1", "2 * w + 1"), {"computed from it, must be greater than 0 [unconstrained-scale]", "Or compute with `exp(w)`"}},
    {SPREAD("1", "exp(2) - w * 0.5"), {"[unconstrained-scale]"}},
    {SPREAD("1", "2 - 0.1 * exp(w)"), {"[unconstrained-scale]"}},
    {SPREAD("[1, 2]", "sum(w)"), {"[unconstrained-scale]"}},
    {SPREAD("[1, 2]", "[1, 1] @ w"), {"[unconstrained-scale]"}},
    {SPREAD("1", "max(w, 0) + 0 * w"), {"[unconstrained-scale]"}},
    {SPREAD("1", "if w > 0 { w } else { 1 }"), {"[unconstrained-scale]"}},
    {FIT("param t = 1\n" MU DATA "Normal(mu, t) }", "param a = 0\nmu ~ Normal(a, 1)"), {":2:7: warning: the param 't' is unconstrained"}},
    {FIT("plate g(j in 0..2) { param t[j] = 1; z[j] ~ Normal(0, t[j]) }\n" DATA "Normal(z[0], 1) }", "param a = 0\nplate g(j in 0..2) { z[j] ~ Normal(a, 1) }"), {":2:28: warning: the param 't' is unconstrained"}},
    {FIT("param w = 0.5\n" MU "plate data(i in 0..2) { y = x[i] > 1; obs y ~ Bernoulli(w) }", "param a = 0\nmu ~ Normal(a, 1)"), {"must be between 0 and 1 [unconstrained-scale]", "Write `param w: unit_interval = 0.5`."}},
    {FIT(MU DATA "Normal(mu, 1) }", "param a = 0\nsigma = param(\"s\", 1)\nmu ~ Normal(a, sigma)"), {":7:9: warning: the param 's' is unconstrained", "Give it the constraint `positive`."}},
    {FIT("s ~ LogNormal(0, 1)\n" DATA "Normal(0, s) }", "param v = 2\ns ~ Delta(v)"), {"the param 'v' is unconstrained, and sigma of Normal (line 3)"}},
    /* warnings come first, then the error */
    {FIT("s ~ LogNormal(0, 1)\n" DATA "Normal(0, s) }", "param w = 1\ns ~ Normal(5, w)"), {":6:7: warning", ":7:1: error: the guide draws 's' from Normal", "it is greater than 0 [support-mismatch]"}},
    {FIT("k ~ Bernoulli(0.5)\n" DATA "Normal(k, 1) }", "param a = 0\nk ~ Normal(a, 1)"), {"[support-mismatch]", "same support: Bernoulli"}},
    {FIT("k ~ Normal(0, 1)\n" DATA "Normal(k, 1) }", "param a: unit_interval = 0.5\nk ~ Bernoulli(0.5)"), {"[support-mismatch]"}},
    {FIT("p ~ Uniform(0, 1)\n" DATA "Normal(p, 1) }", "param a: positive = 0.5\np ~ Uniform(0, 2)"), {"it is between 0 and 1 [support-mismatch]"}},
    {FIT("p ~ Beta(2, 2)\n" DATA "Normal(p, 1) }", "param a = 0\np ~ Transformed(Normal(a, 1), exp)"), {"from Transformed, which gives a number greater than 0", "[support-mismatch]"}},
    {FIT("p ~ Multinomial(3, [1, 1])\n" DATA "Normal(p[0], 1) }", "param a: positive = [1, 1]\np ~ Dirichlet(a)"),
     {"from Dirichlet, which gives a simplex", "where it is a vector of counts that sum to 3", "[support-mismatch]"}},
    {FIT("p ~ OneHotCategorical([1, 1])\n" DATA "Normal(p[0], 1) }", "param a: positive = [1, 1]\np ~ Dirichlet(a)"),
     {"a vector with one 1", "[support-mismatch]"}},
    {FIT("for t in 0..2 { z[t] ~ Beta(2, 2) }\n" DATA "Normal(z[0], 1) }", "param a = 0\nfor t in 0..2 { z[t] ~ Normal(a, 1) }"), {"the guide draws 'z[0]' from Normal", "[support-mismatch]"}},
    {FIT(MU "if mu > 0 { u ~ Normal(0, 1) } else { u ~ LogNormal(0, 1) }\n" DATA "Normal(mu + u, 1) }", "param a = 0\nmu ~ Normal(a, 1)\nu ~ Normal(a, 1)"), {"LogNormal (line 3)", "[support-mismatch]"}},
    {FIT("plate g(j in 0..4) { z[j] ~ Normal(0, 1) }\n" DATA "Normal(z[0], 1) }", "param k = 0\nz ~ Normal(k, 1)"), {":7:1: error: the guide draws one number for 'z', and the model has one for each of the 4 elements of the plate 'g' (line 2) [plate-forgotten]", "plate g(i in 0..4) { z[i] ~ … }"}},
    {FIT("z ~ Normal([0, 0], 1)\n" DATA "Normal(z[0], 1) }", "param k = [0, 0, 0]\nz ~ Normal(k, 1)"), {"as a vector of 3, and the model as a vector of 2 (line 2) [shape-mismatch]"}},
    {FIT("plate g(j in 0..4) { z[j] ~ Normal(0, 1) }\n" DATA "Normal(z[0], 1) }", "param k = [0, 0, 0]\nz ~ Normal(k, 1)"), {"as a vector of 3, and the model as a vector of 4 (line 2) [shape-mismatch]"}},
    {FIT(MU DATA "Normal(mu, 1) }", "param a = 0\nmi ~ Normal(a, 1)"), {"[guide-extra-site]", "Did you mean 'mu'?"}},
    {FIT(MU "nu ~ Normal(0, 1)\n" DATA "Normal(mu, 1) }", "param a = 0\nmu ~ Normal(a, 1)"), {"[guide-missing-site]"}},
    {FIT(MU DATA "Normal(mu, 1) }", "mu ~ Normal(0, 1)"), {":5:1: warning: the guide 'm' has no params"}},
    {FIT(MU, "param a = 0\nmu ~ Normal(a, 1)"), {":1:1: warning: the model 'm' observes no data", "[no-observations]"}},
    {FIT("param t: positive = 1\n" DATA "Normal(0, t) }", "3"), {":1:1: warning: the model 'm' has no latent variable", "maximum likelihood"}},
    {FIT(DATA "Normal(0, 1) }", "param a = 0\nplate data(i in 0..2) { x[i] ~ Normal(a, 1) }"), {"[no-latents]", ":6:25: warning: the guide samples 'x', which the model observes [guide-samples-observed]"}},
    /* what the guide or the model breaks on does not hide the rest */
    {FIT(DATA "Normal(0, 1) }", "param a = 1\nparam b = -1\nz ~ Normal(0, a)\ny ~ Normal(0, b)"), {"[no-latents]", "the param 'a' is unconstrained", "error: sigma of Normal must be greater than 0"}},
    {FIT("s ~ HalfNormal(1)\n" DATA "Normal(0, s) }", "param a = -3\ns ~ Normal(a, 0.1)"), {"error: the guide draws 's' from Normal"}},
    /* before the first step */
    {SPREAD("0", "w"), {"it comes from param 'w' (line 6), which is unconstrained", "Write `param w: positive = 1`."}},
    {SPREAD("-3", "log(w) + 1"), {":7:16: error: `log(w)` is nan before the first step; it comes from the param 'w' (line 6) [not-a-number]"}},
    {FIT(MU "r = sqrt(mu - 99)\n" DATA "Normal(r, 1) }", "param a = 3\nmu ~ Normal(a, 0.01)"), {":3:5: error: `sqrt(mu - 99)` is nan before the first step; it comes from the param 'a' (line 7)"}},
    {FIT(MU "r = 1 / 0\n" DATA "Normal(r, 1) }", "param a = 3\nmu ~ Normal(a, 0.01)"), {":3:5: error: `1 / 0` is inf before the first step [not-a-number]"}},
    {"model m(x) { mu ~ Normal(0, 1); obs x ~ Normal(mu, 1) }\nguide m(x) { param a = 0; mu ~ Normal(a, 1) }\nsvi(m, [1, 0 / 0], steps = 3)", {":1:37: error: the log density of 'x'", "It stands so in the data"}},
    {FIT(MU DATA "Normal(mu, 1) }", "param a = 0\nmu ~ Normal(a, 1)") "svi(m, [1, inf], steps = 3)", {":3:34: error: `x[i]` is inf in 1 of 2 lanes in step 1", "It stands so in the data"}},
    {"model m(x) { z ~ Normal(0, 1); obs x ~ Normal(z, 1) }\nguide m(x) { param a = 0; z ~ Normal(a, 1) }\nmodel m(x) { w ~ Normal(0, 1); obs x ~ Normal(w, 1) }\nsvi(m, 1, steps = 3)", {":2:27: error: the guide samples 'z'", "its guide (line 2) is that of the one before"}},
    {FIT(MU DATA "Normal(mu, 1) }", "param a = 0\nmu ~ Normal(a, 1)") "svi(m, [1, 2], 1000)", {":10:1: error: `svi` passes 2 arguments on to model and guide, and the model 'm' takes 1 [too-many-arguments]", "steps = 1000"}},
    {FIT(MU DATA "Normal(mu, 1) }", "param a = 0\nmu ~ Normal(a, 1)") "svi(m, m.guide, [1, 2])", {"[too-many-arguments]", "guide = g"}},
    {"model m(x) { z ~ Normal(0, 1); obs x ~ Normal(z, 1) }\nguide m() { param a = 0; z ~ Normal(a, 1) }\nsvi(m, 1, steps = 3)", {":3:1: error: `svi` passes 1 argument on to model and guide, and the guide 'm' takes 0"}},
    /* on the way */
    {FIT(MU "factor(\"f\", log(mu - 99))\n" DATA "Normal(mu, 1) }", "param a = 3\nmu ~ Normal(a, 0.01)"), {":3:13: error: `log(mu - 99)` is nan in step 1", "the param 'a' = 3"}},
    {FIT(MU "r = log(mu - 1)\n" DATA "Normal(r, 1) }", "param a = 3\nmu ~ Normal(a, 0.01)") "svi(m, [-9, -9], steps = 500, optimizer = Adam(lr = 0.1))", {":3:5: error: `log(mu - 1)` is nan in step", "it comes from the param 'a' = "}},
    {"model m(x) { param s: positive = 1; z ~ Normal(0, 1); obs x ~ Normal(1, s) }\nguide m(x) { param a = 0; z ~ Normal(a, 1) }\n"
     "fit = svi(m, 1, steps = 3000, optimizer = Adam(lr = 0.01))\nassert(fit.warnings[0].kind == \"unbounded-elbo\" and fit.warnings[0].line == 1)",
     {":1:20: warning: the ELBO rises and rises while 's' shrinks", "log p('x') has grown most"}},
    {FIT(MU DATA "Normal(mu, 1) }", "param a = 0\nparam b: positive = 1\nmu ~ Normal(a, 1)\nx ~ Normal([a, a], b)")
     "svi(m, [1, 2], steps = 2000, optimizer = Adam(lr = 0.01))\nsvi(m, [1, 2], steps = 20)", {"[guide-samples-observed]", "-log q('x') has risen by"}},
};

START_TEST(unsound_programs_are_told) {
    for (int collects = 0; collects < (is_long(unsound[_i].text) ? 1 : 2); collects++) {
        Session *s = session_of_kind(collects);
        session_run(s, unsound[_i].text);
        const char *at = s->reports;
        for (int k = 0; k < 5 && unsound[_i].reports[k]; k++) {
            const char *found = strstr(at, unsound[_i].reports[k]);
            ck_assert_msg(found != NULL, "%s\nreports\n%s\nand not\n%s", unsound[_i].text, s->reports, unsound[_i].reports[k]);
            at = found + 1;
        }
        session_is_at_rest(s);
        session_close(s);
    }
}
END_TEST

int main(void) {
    Suite *suite = suite_create("diagnose");
    TCase *tcase = tcase_create("programs");
    tcase_add_loop_test(tcase, sound_programs_get_no_word, 0, sizeof sound / sizeof *sound);
    tcase_add_loop_test(tcase, unsound_programs_are_told, 0, sizeof unsound / sizeof *unsound);
    suite_add_tcase(suite, tcase);
    return session_run_suite(suite);
}
