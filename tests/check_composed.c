/* SPDX-License-Identifier: GPL-3.0-or-later
   Families that are composed of operations, beyond what the matrix of all families checks: draws of rows, gradients through
   transforms, what programs see of them, and errors. */
#include <math.h>

#include <gsl/gsl_cdf.h>

#include "tests/session.h"

/* ---- Draws ---- */

#define FALSE_ALARM 1e-6

enum { DRAWS = 100000 };

/* The probability of as bad a fit of the draws in the vector `x` to the categories' weights. */
static double categories_fit(const double *x, const double *weights, int k) {
    double total = 0, statistic = 0, count[8] = {0};
    for (int c = 0; c < k; c++) total += weights[c];
    int degrees = -1;
    for (int i = 0; i < DRAWS; i++) {
        ck_assert(x[i] >= 0 && x[i] < k && floor(x[i]) == x[i]);
        count[(int)x[i]]++;
    }
    for (int c = 0; c < k; c++) {
        double expected = DRAWS * weights[c] / total;
        if (expected == 0) ck_assert(count[c] == 0);
        else statistic += (count[c] - expected) * (count[c] - expected) / expected;
        degrees += expected > 0;
    }
    return gsl_cdf_chisq_Q(statistic, degrees);
}

static void draws_of(Session *s, const char *program, double *x) {
    session_must(s, program);
    ck_assert_int_eq(elbo_get_vector(s->state, "x", x, DRAWS), DRAWS);
}

START_TEST(categorical_draws) {
    static const double weights[] = {1, 0, 3, 0.5, 4, 0};
    static double x[DRAWS];
    Session *s = session_new(false);
    draws_of(s, "with seed(7) { x = draw(Categorical([1, 0, 3, 0.5, 4, 0]), 100000) }", x);
    double p = categories_fit(x, weights, 6);
    ck_assert_msg(p > FALSE_ALARM, "fits with probability %g", p);
    for (int i = 0; i < DRAWS; i += 100)
        if (x[i] == 0) x[i] = 4; /* one per cent of a category is missed */
    for (int i = 0; i < DRAWS; i += 20) x[i] = 2;
    ck_assert(categories_fit(x, weights, 6) < FALSE_ALARM);
    draws_of(s, "model m() { plate d(i in 0..100000) { z ~ Categorical([1, 0, 3, 0.5, 4, 0]) } }\nx = trace(m)()[\"z\"]", x);
    p = categories_fit(x, weights, 6);
    ck_assert_msg(p > FALSE_ALARM, "in lanes fits with probability %g", p);
    draws_of(s, "m = draw(Categorical([[1, 1], [1, 0]]), 100000)\nx = m[0..100000, 0]", x);
    p = categories_fit(x, (double[]){1, 1}, 2);
    ck_assert_msg(p > FALSE_ALARM, "in rows fits with probability %g", p);
    session_close(s);
}
END_TEST

/* ---- Gradients against central differences ---- */

START_TEST(gradients) {
    static const char *const functions[] = {
        "Categorical([v, 0.5, 1]).log_prob(0)",
        "Categorical([v, 0.5, 1]).log_prob(1)",
        "sum(Categorical([v, 0.5, 1]).log_prob([0, 1, 2, 2]))",
        "Categorical(logits = [v, 0.5, 1]).log_prob(0)",
        "Categorical(logits = [v, 0.5, 1]).entropy",
        "Categorical([v, 0.5, 1]).mean",
        "Categorical([v, 0.5, 1]).variance",
        "sum(Categorical([[v, 0.5], [1, v]]).log_prob([0, 1]))",
        "Transformed(Normal(v, 0.8), exp).log_prob(2)",
        "Transformed(Normal(0.3, v), exp).log_prob(2)",
        "Transformed(Normal(0.3, 0.8), exp).log_prob(v)",
        "Transformed(Normal(0.3, 0.8), affine(v, -2)).log_prob(2)",
        "Transformed(Normal(0.3, 0.8), affine(1, v)).log_prob(2)",
        "Transformed(Normal(0.3, 0.8), sigmoid).log_prob(v)",
        "Transformed(Normal(0.3, 0.8), tanh).log_prob(v)",
        "Transformed(Normal(0.3, 0.8), softplus).log_prob(v)",
        "Transformed(Normal(0.3, 0.8), normal_cdf).log_prob(v)",
        "Transformed(Normal(0.3, 0.8), [exp, affine(0, v)]).log_prob(2)",
        "Transformed(Normal(0.3, 0.8), interval(v - 1, 3)).log_prob(2)",
        "Transformed(Gamma(2, 1), log).log_prob(v)",
        "Transformed(Gamma(2, 1), sqrt).log_prob(v)",
        "Transformed(Normal(0.3, v), affine(1, v)).entropy",
        "Transformed(Normal(0.3, v), exp).cdf(v)",
        "Transformed(Normal(0.3, v), exp).quantile(v)",
        "with seed(3) { sample(\"x\", Transformed(Normal(v, v), exp)) }",
        "with seed(3) { sample(\"x\", Transformed(Gamma(2, v), [log, affine(v, 2)])) }",
    };
    Session *s = session_new(false);
    for (size_t k = 0; k < sizeof functions / sizeof *functions; k++) {
        char program[600];
        snprintf(program, sizeof program,
                 "fn f(v) { %s }\nexact = grad(f, 0.7)\nh = 1e-5\nnear = (f(0.7 + h) - f(0.7 - h)) / (2 * h)", functions[k]);
        session_must(s, program);
        double exact = session_number(s, "exact"), near = session_number(s, "near");
        ck_assert_msg(fabs(exact - near) <= 1e-8 * (1 + fabs(near)), "%s: %.12g instead of %.12g", functions[k], exact, near);
    }
    session_close(s);
}
END_TEST

/* ---- What programs see ---- */

static const Program programs_table[] = {
    {"print(Categorical([0.2, 0.8]), Categorical(logits = [0, 0]).probs)", "Categorical([0.2, 0.8]) [0.5, 0.5]"},
    {"print(Categorical([1, 3]).support, Categorical([1, 3]).probs, len(draw(Categorical([1, 3]), 5)))",
     "integer_interval(0, 1) [0.25, 0.75] 5"},
    {"print(shape(draw(Categorical([[1, 3], [1, 1], [0, 1]]), 5)), shape(Categorical([[1, 3], [1, 1]]).log_prob([0, 1])))", "[5, 3] [2]"},
    {"print(Transformed(Normal(0, 1), exp), Transformed(Normal(0, 1), [exp, affine(0, 2)]))",
     "Transformed(Normal(0, 1), exp) Transformed(Normal(0, 1), [exp, affine(0, 2)])"},
    {"d = Transformed(Normal([0, 1], 1), positive)\nprint(d.support, d.base, d.transform, d.median)",
     "positive Normal([0, 1], 1) positive [1, 2.71828]"},
    {"print(Transformed(Uniform(0, 1), affine(2, 3)).support, Transformed(HalfNormal(1), log).support)", "interval(2, 5) real"},
    {"print(transform(log)(1), transform(exp).inverse, affine(1, 2).inverse, transform([exp, affine(1, 2)]).inverse(3))",
     "0 log affine(1, 2).inverse 0"},
    {"print(Transformed(Normal(0, 1), exp) == Transformed(Normal(0, 1), exp), affine(0, 1) == affine(0, 2))", "true false"},
    {"print(Transformed(Normal(0, 1), exp).log_prob([-1, 0, inf]), Transformed(Normal(0, 1), exp).cdf(-1))", "[-inf, -inf, -inf] 0"},
    {"print(Transformed(Normal(0, 1), [sigmoid, affine(1, -2)]).cdf([-2, 0, 2]), Transformed(Normal(0, 1), interval(2, 5)).cdf([1, 3.5, 6]))",
     "[0, 0.5, 1] [0, 0.5, 1]"},
    /* data in a plate, some of them missing: the same as one by one */
    {"x = [1, missing, 0, 1]\nmodel m(p) { plate d(i in 0..4) { obs x[i] ~ Categorical(p) } }\n"
     "print(abs(log_prob(trace(m)([0.2, 0.8])) - 2 * log(0.8) - log(0.2)) < 1e-14, trace(m)([0.2, 0.8]).sites.x.log_prob[1])", "true 0"},
    {"x = [1, 3]\nmodel m(p) { plate d(i in 0..2) { obs x[i] ~ Categorical(p) } }\nprint(log_prob(trace(m)([0.2, 0.8])))", "-inf"},
    /* collapsed and not: the same number and gradient */
    {"x = draw(Categorical([1, 2, 3]), 1000)\nmodel m(p) { plate d(i in 0..1000) { obs x[i] ~ Categorical(p) } }\n"
     "model n(p) { plate d(i in 0..1000) { obs x[i] ~ Categorical(p + 0 * i) } }\n"
     "f = fn(p) { log_prob(trace(m)(p)) }\ng = fn(p) { log_prob(trace(n)(p)) }\np = [0.2, 0.3, 0.5]\n"
     "print(abs(f(p) - g(p)) < 1e-9, norm(grad(f, p) - grad(g, p)) < 1e-9)",
     "true true"},
    /* probabilities that differ between lanes, masks, draws in particles */
    {"p = [[1, 0], [0, 1], [1, 0]]\nmodel m() { plate d(i in 0..3) { z ~ Categorical(p[i]) } }\nt = trace(m)()\n"
     "print(t[\"z\"], t.sites.z.distribution, log_prob(t))",
     "[0, 1, 0] Categorical([[1, 0], [0, 1], [1, 0]]) 0"},
    {"model m() { plate d(i in 0..4) { if i > 1 { z ~ Categorical([0, 0, 1]) } else { z ~ Categorical([1, 0, 0]) } } }\n"
     "print(trace(m)()[\"z\"])",
     "[0, 0, 2, 2]"},
    {"model m() { plate d(i in 0..3) { if i > 0 { z ~ Transformed(Normal(i, 1), exp) } } }\n"
     "t = trace(m)()\nu = trace(replay(m, t))()\nprint(t == u, abs(log_prob(t) - log_prob(u)) == 0)",
     "true true"},
    /* the draw of a map that saturates keeps its density */
    {"model m() { u ~ Transformed(Normal(40, 0.5), sigmoid) }\nwith seed(1) { t = trace(m)() }\n"
     "print(t[\"u\"] == 1, abs(log_prob(t) - 40) < 5)",
     "true true"},
    /* Delta: vectors, lanes, and its log density */
    {"d = Delta([1, 2], [0.5, 0.25])\nprint(d.log_prob([1, 2]), d.log_prob([1, 3]), draw(d, 2))", "[0.5, 0.25] [0.5, -inf] [[1, 2], [1, 2]]"},
    {"model m() { plate d(i in 0..3) { z ~ Delta(i, 10 * i) } }\nt = trace(m)()\nprint(t[\"z\"], t.sites.z.log_prob, log_prob(t))",
     "[0, 1, 2] [0, 10, 20] 30"},
    {"fn f(v) { log_prob(trace(fn() { sample(\"z\", Delta([v, 2], v)) })()) }\nprint(f(3), grad(f, 3))", "6 2"},
    {"print(Transformed(Delta(1, 0.5), affine(0, 2)).log_prob(2) == 0.5 - log(2))", "true"},
};
PROGRAMS(programs)

static const struct {
    const char *text, *kind;
} errors[] = {
    {"Categorical([0.2, -1])", "bad-argument"},      {"Categorical([0, 0])", "bad-argument"},
    {"Categorical(logits = [0, inf])", "bad-argument"}, {"Categorical([nan, 1])", "bad-argument"},
    {"Categorical(3)", "wrong-type"},                {"Categorical()", "missing-argument"},
    {"Categorical([[1, 2], [1, 1]]).log_prob([0, 1, 1])", "shape-mismatch"},
    {"Transformed(3, exp)", "wrong-type"},           {"Transformed(Normal(0, 1), 3)", "wrong-type"},
    {"Transformed(Normal(0, 1), sin)", "wrong-type"}, {"Transformed(Poisson(3), exp)", "wrong-type"},
    {"Transformed(Normal(0, 1), affine([0, 1], 1))", "shape-mismatch"},
    {"affine(0, 0)", "bad-argument"},                {"Transformed(Normal(0, 1), boolean)", "wrong-type"},
    {"Transformed(Normal(0, 1), exp).mean", "unknown-field"},
    {"transform(exp)(1, 2)", "too-many-arguments"},
    {"Geometric(0)", "bad-argument"},                {"Binomial(2.5, 0.5)", "bad-argument"},
};

START_TEST(bad_use) {
    Session *s = session_new(false);
    char kind[64];
    ck_assert_msg(session_run(s, errors[_i].text) != ELBO_OK, "%s passes", errors[_i].text);
    snprintf(kind, sizeof kind, "[%s]", errors[_i].kind);
    ck_assert_msg(strstr(s->reports, kind), "%s:\n%s", errors[_i].text, s->reports);
    session_close(s);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("composed");
    TCase *tests = tcase_create("composed");
    tcase_add_test(tests, categorical_draws);
    tcase_add_test(tests, gradients);
    tcase_add_loop_test(tests, bad_use, 0, (int)(sizeof errors / sizeof *errors));
    suite_add_tcase(suite, tests);
    ADD_PROGRAMS(suite, programs);
    return session_run_suite(suite);
}
