/* SPDX-License-Identifier: GPL-3.0-or-later
   "Did you mean": which name of several is the nearest, and which is none. */
#include "runtime/suggest.h"
#include "tests/session.h"

typedef struct Case {
    const char *wrong, *candidates[5], *best;
} Case;

static const Case cases[] = {
    {"sigme", {"sigma", "mu"}, "sigma"},          /* a letter */
    {"sgima", {"sigma", "mu"}, "sigma"},          /* two swapped */
    {"sigm", {"mu", "sigma"}, "sigma"},           /* one left out */
    {"sigmaa", {"sigma"}, "sigma"},               /* one too many */
    {"Sigma", {"sigma"}, "sigma"},                /* case alone */
    {"NORMAL", {"LogNormal", "Normal"}, "Normal"},
    {"mu_men", {"mu_mean", "mu_median"}, "mu_mean"},
    {"lenght", {"len", "length"}, "length"},
    {"x", {"y", "z"}, NULL},                      /* nothing in common */
    {"ab", {"cd"}, NULL},
    {"alpha", {"omega", "beta"}, NULL},
    {"sigma", {"", NULL}, NULL},
    {"beta1", {"beta2", "beta3"}, "beta2"},       /* the first of equals */
    {"an_extremely_long_name_that_nobody_would_ever_want_to_type_in", {"an_extremely_long_name"}, NULL},
};

START_TEST(nearest) {
    const Case *c = &cases[_i];
    Suggestion s = suggest_begin(c->wrong);
    for (size_t k = 0; k < 5; k++) suggest_offer(&s, c->candidates[k]);
    if (c->best) ck_assert_str_eq(s.best, c->best);
    else ck_assert_ptr_null(s.best);
}
END_TEST

static const char *const advised[][2] = {
    {"sigma = 1\nprint(sigme)", "'sigma'"},
    {"fn f(alpha) { alhpa }\nf(1)", "'alpha'"},
    {"fn f(alpha) { fn() { alhpa + alpha } }\nf(1)()", "'alpha'"},
    {"print(normal(0, 1))", "'Normal'"},
    {"print(sqr(2))", "'sqrt'"},
    {"r = {alpha: 1}\nprint(r.alpa)", "'alpha'"},
    {"print(Normal(0, 1).varience)", "'variance'"},
    {"fn f(alpha) { 1 }\nf(alpa = 1)", "'alpha'"},
    {"print(Adam(lt = 1))", "'lr'"},
    {"print(Normal(0, sigmma = 2))", "'sigma'"},
    /* names of other languages */
    {"print(Normal(loc = 0, scale = 1))", "'mu'"},
    {"print(Normal(mu = 0, scale = 1))", "'sigma'"},
    {"print(Normal(0, sd = 1))", "'sigma'"},
    {"print(Laplace(mu = 0, scale = 1))", "'loc'"},
    {"print(Laplace(0, b = 1))", "'scale'"},
    {"print(Uniform(0, b = 1))", "'high'"},
    {"print(Beta(alpha = 1, beta = 2))", "'a'"},
    {"print(Beta(1, beta = 2))", "'b'"},
    {"print(Gamma(concentration = 1, rate = 2))", "'shape'"},
    {"print(Gamma(1, beta = 2))", "'rate'"},
    {"print(InverseGamma(1, rate = 2))", "'scale'"},
    {"print(LogLogistic(alpha = 1, beta = 2))", "'scale'"},
    {"print(Weibull(alpha = 1, sigma = 2))", "'shape'"},
    {"print(Dirichlet(alpha = [1, 2]))", "'concentration'"},
    {"print(MultivariateNormal([0], scale_tril = [[1]]))", "'cholesky'"},
    {"print(MultivariateNormal([0], covariance_matrix = [[1]]))", "'covariance'"},
    {"print(Wishart(3, covariance_matrix = [[1]]))", "'scale'"},
    {"print(Binomial(total_count = 3, p = 0.2))", "'n'"},
    {"print(Binomial(3, probs = 0.2))", "'p'"},
    {"print(Categorical(p = [0.2, 0.8]))", "'probs'"},
    {"print(NegativeBinomial(mu = 3, phi = 0.2))", "'mean'"},
    {"print(NegativeBinomial(mean = 3, phi = 0.2))", "'dispersion'"},
    {"print(ZeroInflated(Poisson(2), gate = 0.2))", "'p'"},
    {"print(MixtureSameFamily([1], [Normal(0, 1)]))", "'Mixture(weights, components)'"},
    {"print(TruncatedNormal(0, 1, 0, 2))", "'Truncated(Normal(mu, sigma), low, high)'"},
    {"print(MvNormal([0], [[1]]))", "'MultivariateNormal'"},
    {"print(Normal(0, 1).std)", "'stddev'"},
    {"print(Normal(0, 1).loc)", "'mu'"},
    {"print(Normal(0, 1).icdf(0.5))", "'quantile'"},
    {"t = trace(fn() { theta ~ Normal(0, 1) })()\nprint(t[\"tehta\"])", "'theta'"},
    {"model m() { theta ~ Normal(0, 1) }\nguide m() { teta ~ Normal(0, 1) }\nsvi(m)", "'theta'"},
};

START_TEST(programs_get_advice) {
    char wanted[100];
    Session *s = session_new(false);
    ck_assert_int_eq(session_run(s, advised[_i][0]), ELBO_RUNTIME_ERROR);
    snprintf(wanted, sizeof wanted, "Did you mean %s?", advised[_i][1]);
    ck_assert_msg(strstr(s->reports, wanted), "%s\nreports\n%s", advised[_i][0], s->reports);
    session_close(s);
}
END_TEST

START_TEST(draws_are_no_field) {
    Session *s = session_new(false);
    ck_assert_int_eq(session_run(s, "print(Normal(0, 1).sample())"), ELBO_RUNTIME_ERROR);
    ck_assert_msg(strstr(s->reports, "Write `draw(d)`"), "%s", s->reports);
    session_close(s);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("suggest");
    TCase *tests = tcase_create("suggestions");
    tcase_add_loop_test(tests, nearest, 0, sizeof cases / sizeof *cases);
    tcase_add_loop_test(tests, programs_get_advice, 0, sizeof advised / sizeof *advised);
    tcase_add_test(tests, draws_are_no_field);
    suite_add_tcase(suite, tests);
    return session_run_suite(suite);
}
