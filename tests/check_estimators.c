/* SPDX-License-Identifier: GPL-3.0-or-later
   Estimators of the ELBO against what they are on average, which tests/reference/estimators.py computed.

   Every estimate of a run has its own draws, so their mean is normal, and z = (mean - exact) / standard error is compared with 4.5:
   for a correct estimator one comparison fails with probability 7e-6, and all of them together (615) with less than
   half a percent. The seed is fixed, so what passed once passes again. */
#include "config.h"

#include <math.h>

#include "inference/estimator.h"
#include "runtime/gc.h"
#include "runtime/operations.h"
#include "tests/parsing.h"
#include "tests/session.h"

enum { PARAMS = 4, PLACES = 8 };
static const double z_limit = 4.5;

typedef struct Param {
    const char *name;
    unsigned n; /* numbers; 0: there is none */
    double at[3];
} Param;

typedef struct TestProgram {
    const char *name, *text; /* the text makes a model `m` and its guide, without arguments */
    Param params[PARAMS + 1];
    bool discrete;           /* the guide has draws without a pathwise gradient */
} TestProgram;

static const TestProgram programs[] = {
    {"normal",
     "x = [1.5, -0.3, 2.2, 0.9, 1.1]\n"
     "model m() { mu ~ Normal(0, 1); plate data(i in 0..5) { obs x[i] ~ Normal(mu, 2) } }\n"
     "guide m() { param a = 0; param l = 0; mu ~ Normal(a, exp(l)) }",
     {{"a", 1, {0.3}}, {"l", 1, {-0.4}}}, false},
    {"hierarchy",
     "model m() { mu ~ Normal(0, 1); theta ~ Normal(mu, 1); obs(\"y\", Normal(theta, 1), 1.7) }\n"
     "guide m() { param a = 0; param l = 0; param b = 0; param k = 0; theta ~ Normal(a, exp(l)); mu ~ Normal(b * theta, exp(k)) }",
     {{"a", 1, {0.4}}, {"l", 1, {-0.3}}, {"b", 1, {0.6}}, {"k", 1, {-0.2}}}, false},
    {"field",
     "model m() { mu ~ Normal(0, 1); theta ~ Normal(mu, 1); obs(\"y\", Normal(theta, 1), 1.7) }\n"
     "guide m() { param a = 0; param l = 0; param b = 0; param k = 0; mu ~ Normal(a, exp(l)); theta ~ Normal(b, exp(k)) }",
     {{"a", 1, {0.4}}, {"l", 1, {-0.3}}, {"b", 1, {0.6}}, {"k", 1, {-0.2}}}, false},
    {"auxiliary",
     "model m() { z ~ Normal(0, 1); obs(\"y\", Normal(z, 0.5), 0.8) }\n"
     "guide m() { param a = 0; param c = 0; u = sample(\"u\", Normal(0, 1), aux = true); z ~ Normal(a + c * u, 0.6) }",
     {{"a", 1, {0.2}}, {"c", 1, {0.5}}}, false},
    {"vector",
     "x = [1.5, -0.3, 2.2]\n"
     "model m() { plate data(i in 0..3) { z[i] ~ Normal(0, 1); obs x[i] ~ Normal(z[i], 1) } }\n"
     "guide m() { param l = [0, 0, 0]; z ~ Normal(l, 0.8) }",
     {{"l", 3, {0.5, -0.7, 0.1}}}, false},
    {"delta",
     "model m() { z ~ Normal(0, 1); obs(\"y\", Normal(z, 0.5), 0.8) }\n"
     "guide m() { param a = 0; param b = 0; z ~ Delta(a, b) }",
     {{"a", 1, {0.3}}, {"b", 1, {-1.5}}}, false},
    {"transformed",
     "model m() { z ~ LogNormal(0, 1); obs(\"y\", Normal(z, 0.5), 1.3) }\n"
     "guide m() { param a = 0; param l = 0; z ~ Transformed(Normal(a, exp(l)), exp) }",
     {{"a", 1, {0.2}}, {"l", 1, {-0.6}}}, false},
    {"flow",
     "model m() { z ~ LogNormal(0, 1); obs(\"y\", Normal(z, 0.5), 1.3) }\n"
     "guide m() { param a = 0; param l = 0; u = sample(\"u\", Normal(0, 1), aux = true)\n"
     "  z ~ Delta(exp(a + exp(l) * u), -(a + exp(l) * u) - l) }",
     {{"a", 1, {0.2}}, {"l", 1, {-0.6}}}, false},
    {"coin",
     "model m() { p ~ Beta(2, 3); z ~ Bernoulli(p); obs(\"y\", Normal(if z { 2 } else { 0 }, 1), 1.2) }\n"
     "guide m() { param a = 0; param b = 0; param k = 0; p ~ Beta(exp(a), exp(b)); z ~ Bernoulli(sigmoid(k)) }",
     {{"a", 1, {0.5}}, {"b", 1, {0.2}}, {"k", 1, {-0.3}}}, true},
    {"mixture",
     "x = [-1.2, 0.4, 2.5]\n"
     "model m() { param k = 0; plate data(i in 0..3) { z[i] ~ Bernoulli(0.4); obs x[i] ~ Normal(where(z[i], k, -1), 1) } }\n"
     "guide m() { plate data(i in 0..3) { param l[i] = 0; z[i] ~ Bernoulli(sigmoid(l[i])) } }",
     {{"k", 1, {1.5}}, {"l", 3, {-0.8, 0.2, 0.9}}}, true},
    {"chain",
     "model m() { z1 ~ Bernoulli(0.3); z2 ~ Bernoulli(if z1 { 0.8 } else { 0.1 }); obs(\"y\", Normal(z1 + 2 * z2, 1), 1.4)\n"
     "  v ~ Normal(0, 1); obs(\"t\", Normal(v, 1), 0.5) }\n"
     "guide m() { param a = 0; param b = 0; param c = 0; param d = 0\n"
     "  z1 ~ Bernoulli(sigmoid(a)); z2 ~ Bernoulli(sigmoid(if z1 { b } else { c })); v ~ Normal(d, 0.8) }",
     {{"a", 1, {-0.2}}, {"b", 1, {0.7}}, {"c", 1, {-0.9}}, {"d", 1, {0.1}}}, true},
    {"conditional",
     "model m() { z ~ Bernoulli(0.3); if z { t ~ Normal(0, 1); obs(\"y\", Normal(t, 1), 0.9) } else { obs(\"y\", Normal(-1, 1), 0.9) } }\n"
     "guide m() { param a = 0; param b = 0; z ~ Bernoulli(sigmoid(a)); if z { t ~ Normal(b, 0.7) } }",
     {{"a", 1, {1.2}}, {"b", 1, {0.2}}}, true},
    {"counts",
     "model m() { k ~ Poisson(3); obs(\"y\", Normal(k, 1.5), 4) }\nguide m() { param l = 0; k ~ Poisson(exp(l)) }",
     {{"l", 1, {1.0}}}, true},
    {"category",
     "model m() { k ~ Categorical([0.5, 0.2, 0.3]); obs(\"y\", Normal([0, 1, 3][k], 1), 1.8) }\n"
     "guide m() { param l = [0, 0, 0]; k ~ Categorical(logits = l) }",
     {{"l", 3, {0.3, -0.5, 0.4}}}, true},
    {"marginal",
     "model m() { z ~ Bernoulli(0.3); v ~ Normal(0, 1)\n"
     "  factor(\"f\", log_sum_exp([log(0.4) + Normal(z, 1).log_prob(2.1), log(0.6) + Normal(v - 1, 1).log_prob(2.1)])) }\n"
     "guide m() { param a = 0; param b = 0; z ~ Bernoulli(sigmoid(a)); v ~ Normal(b, 0.8) }",
     {{"a", 1, {1.1}}, {"b", 1, {0.4}}}, true},
    {"geometric",
     "model m() { k ~ Geometric(0.3); obs(\"y\", Normal(k, 1.5), 4) }\nguide m() { param l = 0; k ~ Geometric(sigmoid(l)) }",
     {{"l", 1, {-1.2}}}, true},
    {"binomial",
     "model m() { k ~ Binomial(6, 0.4); obs(\"y\", Normal(k, 1.5), 4) }\nguide m() { param l = 0; k ~ Binomial(6, sigmoid(l)) }",
     {{"l", 1, {0.1}}}, true},
};
enum { PROGRAMS_N = sizeof programs / sizeof *programs };

typedef struct TestEstimator {
    const char *text, *bound;
    unsigned particles, estimates;
} TestEstimator;

static const TestEstimator estimators[] = {
    {"Trace_ELBO()", "ELBO", 20, 3000},
    {"Trace_ELBO(baseline = none)", "ELBO", 20, 3000},
    {"Trace_ELBO(true)", "ELBO", 20, 3000},
    {"Trace_ELBO()", "ELBO", 1, 10000},
    {"TraceGraph_ELBO()", "ELBO", 20, 3000},
    {"TraceGraph_ELBO(true, 0.5)", "ELBO", 3, 6000},
    {"TraceMeanField_ELBO()", "ELBO", 20, 3000},
    {"RenyiELBO(1)", "ELBO", 20, 3000},
    {"own", "ELBO", 20, 3000},
    {"IWAE()", "IWAE", 2, 20000},
    {"RenyiELBO()", "IWAE", 2, 20000},
    {"RenyiELBO(0.5)", "RENYI", 2, 20000},
};
enum { ESTIMATORS_N = sizeof estimators / sizeof *estimators };

/* ---- Estimates ---- */

typedef struct Run {
    const TestProgram *program;
    const TestEstimator *estimator;
    bool drop;                                       /* the score edges */
    unsigned places;                                 /* the estimate itself, then its gradient */
    double sum[PLACES], squares[PLACES], last[PLACES];
    ElboCall call;
    Record *theta;
    Baselines baselines;
} Run;

static Value global(State *S, const char *name) { return state_global(S, string_of(S, name))->value; }

static void place_leaves(State *S, Run *run) {
    for (unsigned k = 0; run->program->params[k].n; k++) {
        const Param *p = &run->program->params[k];
        Value v = p->n == 1 ? value_number(p->at[0]) : value_array(array_vector(S, p->n, p->at), 0);
        record_set(S, run->theta, string_of(S, p->name), tape_with_leaf(S, v));
    }
}

static Value objective(State *S, const void *what) {
    Run *run = (Run *)what;
    return run->call.estimator->row->objective(S, &run->call);
}

static void note(State *S, Run *run, Value estimate) {
    unsigned place = 0;
    run->last[place++] = estimate.as.number;
    for (unsigned k = 0; run->program->params[k].n; k++) {
        const double *adjoint = tape_adjoint(S, run->theta->values[k].node);
        for (unsigned i = 0; i < run->program->params[k].n; i++) run->last[place++] = adjoint ? adjoint[i] : 0;
    }
    run->places = place;
    for (unsigned k = 0; k < place; k++) {
        run->sum[k] += run->last[k];
        run->squares[k] += run->last[k] * run->last[k];
    }
}

static void one_estimate(State *S, Run *run) {
    entry_begin(S);
    tape_clear(S);
    place_leaves(S, run);
    Value estimate = handler_run_row(S, &handler_params, value_object(run->theta), objective, run);
    ck_assert_int_eq(estimate.tag, VALUE_NUMBER);
    if (run->drop) S->tape.n_draws = 0;
    estimator_sweep(S, &run->call, estimate);
    note(S, run, estimate);
    baselines_commit(&run->baselines);
    entry_end(S);
}

static void all_estimates(State *S, void *what) {
    Run *run = what;
    size_t base = S->top;
    run->theta = record_new(S, PARAMS);
    stack_push(S, value_object(run->theta));
    Estimator *estimator = estimator_argument(S, global(S, "e"));
    stack_push(S, value_object(estimator));
    Value model = global(S, "m");
    run->call = (ElboCall){.estimator = estimator, .model = model, .guide = global(S, "g"), .particles = run->estimator->particles,
                           .plate = string_of(S, "particles"), .mean = state_global(S, string_of(S, "mean"))->builtin,
                           .baselines = &run->baselines};
    tape_begin(S);
    for (unsigned k = 0; k < run->estimator->estimates; k++) one_estimate(S, run);
    tape_end(S);
    baselines_free(S, &run->baselines);
    S->top = base;
}

static void estimate(Run *run) {
    Session *s = session_new(false);
    char text[4000];
    snprintf(text, sizeof text,
             "fn own(model, guide) { q = trace(guide)(); p = trace(replay(model, q))(); log_prob(p) - log_prob(q) }\n%s\ng = m.guide; e = %s",
             run->program->text, run->estimator->text);
    session_must(s, text);
    s->state->random.seed = 12;
    ck_assert_msg(error_protect(s->state, all_estimates, run), "%s, %s: %s", run->program->name, run->estimator->text,
                  s->state->error.diagnostic.message);
    session_close(s);
}

/* ---- Against the exact values ---- */

/* The exact value; NAN: the table has none. */
static double exact(const char *csv, const char *program, const char *bound, unsigned place) {
    char key[100];
    size_t n = (size_t)snprintf(key, sizeof key, "\n%s,%s,%u,", program, bound, place);
    const char *row = strstr(csv, key);
    return row ? strtod(row + n, NULL) : NAN;
}

static char *read_table(const char *name) {
    char path[1000];
    size_t length;
    char *csv = parsing_read_path(parsing_path(path, sizeof path, name), &length);
    ck_assert_ptr_nonnull(csv);
    return csv;
}

static double z_of(const Run *run, unsigned place, double wanted) {
    double n = run->estimator->estimates, mean = run->sum[place] / n, variance = run->squares[place] / n - mean * mean;
    double error = sqrt(fmax(variance, 0) / n), off = mean - wanted;
    return fabs(off) < 1e-8 * (1 + fabs(wanted)) ? 0 : off / error;
}

START_TEST(estimates_are_right_on_average) {
    const TestProgram *program = &programs[_i / ESTIMATORS_N];
    const TestEstimator *estimator = &estimators[_i % ESTIMATORS_N];
    char *csv = read_table("tests/data/estimators.csv");
    if (!isnan(exact(csv, program->name, estimator->bound, 0))) {
        Run run = {.program = program, .estimator = estimator};
        estimate(&run);
        for (unsigned k = 0; k < run.places; k++) {
            double wanted = exact(csv, program->name, estimator->bound, k), z = z_of(&run, k, wanted);
            ck_assert_msg(fabs(z) < z_limit, "%s, %s, place %u: mean %.6g, exact %.6g, z = %.2f", program->name, estimator->text, k,
                          run.sum[k] / estimator->estimates, wanted, z);
        }
    }
    free(csv);
}
END_TEST

/* What the test above can see: without score edges the gradient of each discrete program is far off. */
START_TEST(score_edges_are_needed) {
    const TestProgram *program = &programs[_i];
    if (!program->discrete) return;
    char *csv = read_table("tests/data/estimators.csv");
    for (unsigned j = 0; j < ESTIMATORS_N; j++) {
        if (isnan(exact(csv, program->name, estimators[j].bound, 0))) continue;
        Run run = {.program = program, .estimator = &estimators[j], .drop = true};
        estimate(&run);
        double worst = 0;
        for (unsigned k = 1; k < run.places; k++) worst = fmax(worst, fabs(z_of(&run, k, exact(csv, program->name, estimators[j].bound, k))));
        ck_assert_msg(worst > 2 * z_limit, "%s, %s: worst z %.2f", program->name, estimators[j].text, worst);
    }
    free(csv);
}
END_TEST

/* ---- Noise ---- */

static double variance_of(const TestProgram *program, const char *estimator, unsigned particles, unsigned place) {
    TestEstimator e = {estimator, "ELBO", particles, 4000};
    Run run = {.program = program, .estimator = &e};
    estimate(&run);
    double mean = run.sum[place] / e.estimates;
    return run.squares[place] / e.estimates - mean * mean;
}

/* Where the guide is the posterior, each single estimate of the gradient is zero; the plain one is not. */
START_TEST(sticking_the_landing_lands) {
    static const TestProgram landed[] = {
        {"normal",
         "x = [1.5, -0.3, 2.2, 0.9, 1.1]\n"
         "model m() { mu ~ Normal(0, 1); plate data(i in 0..5) { obs x[i] ~ Normal(mu, 2) } }\n"
         "guide m() { param a = 0; param l = 0; mu ~ Normal(a, exp(l)) }",
         {{"a", 1, {0.6}}, {"l", 1, {-0.40546510810816438}}}, false},
        {"hierarchy",
         "model m() { mu ~ Normal(0, 1); theta ~ Normal(mu, 1); obs(\"y\", Normal(theta, 1), 1.5) }\n"
         "guide m() { param a = 0; param l = 0; param b = 0; param k = 0; theta ~ Normal(a, exp(l)); mu ~ Normal(b * theta, exp(k)) }",
         {{"a", 1, {1}}, {"l", 1, {-0.20273255405408219}}, {"b", 1, {0.5}}, {"k", 1, {-0.34657359027997264}}}, false},
    };
    for (unsigned j = 0; j < 2; j++)
        for (unsigned place = 1; place <= (j ? 4 : 2); place++) {
            TestEstimator e = {"Trace_ELBO(true)", "ELBO", 5, 100};
            Run run = {.program = &landed[j], .estimator = &e};
            estimate(&run);
            ck_assert_msg(sqrt(run.squares[place] / e.estimates) < 1e-13, "%s: %g", landed[j].name, sqrt(run.squares[place] / e.estimates));
            ck_assert_msg(run.squares[0] / 100 - (run.sum[0] / 100) * (run.sum[0] / 100) < 1e-20, "the ELBO has noise");
        }
    ck_assert_double_gt(variance_of(&landed[0], "Trace_ELBO()", 5, 1), 1e-3);
}
END_TEST

static const TestProgram *program_named(const char *name) {
    for (unsigned k = 0; k < PROGRAMS_N; k++)
        if (strcmp(programs[k].name, name) == 0) return &programs[k];
    ck_abort_msg("no program %s", name);
}

START_TEST(divergences_take_noise_away) {
    ck_assert_double_lt(variance_of(program_named("field"), "TraceMeanField_ELBO()", 1, 2), 0.7 * variance_of(program_named("field"), "Trace_ELBO()", 1, 2));
}
END_TEST

/* What z2 has no share in is left out of its cost. (All that comes after the `if` may hang on z1.) */
START_TEST(dependency_takes_noise_away) {
    ck_assert_double_lt(variance_of(program_named("chain"), "TraceGraph_ELBO(baseline = none)", 1, 2),
                        0.8 * variance_of(program_named("chain"), "Trace_ELBO(baseline = none)", 1, 2));
}
END_TEST

START_TEST(baselines_take_noise_away) {
    ck_assert_double_lt(variance_of(program_named("mixture"), "Trace_ELBO()", 1, 2), 0.7 * variance_of(program_named("mixture"), "Trace_ELBO(baseline = none)", 1, 2));
}
END_TEST

int main(void) {
    Suite *suite = suite_create("estimators");
    TCase *means = tcase_create("means"), *noise = tcase_create("noise");
    tcase_add_loop_test(means, estimates_are_right_on_average, 0, PROGRAMS_N * ESTIMATORS_N);
    tcase_add_loop_test(means, score_edges_are_needed, 0, PROGRAMS_N);
    tcase_add_test(noise, sticking_the_landing_lands);
    tcase_add_test(noise, divergences_take_noise_away);
    tcase_add_test(noise, dependency_takes_noise_away);
    tcase_add_test(noise, baselines_take_noise_away);
    suite_add_tcase(suite, means);
    suite_add_tcase(suite, noise);
    return session_run_suite(suite);
}
