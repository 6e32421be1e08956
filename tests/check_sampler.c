/* SPDX-License-Identifier: GPL-3.0-or-later
   Samplers: goodness of fit by chi-squared and Anderson-Darling against GSL's cdfs, and reparameterised gradients against
   moments in closed form.

   The seed is fixed, so a run is the same every time. Had it been drawn, the whole file would raise a false alarm with
   probability FALSE_ALARM: it is shared out equally among all tests. Each kind of error is also planted in every family's
   draws, and must be caught at that same level. */
#include <check.h>
#include <math.h>
#include <stdlib.h>

#include <gsl/gsl_cdf.h>

#include "runtime/operations.h"
#include "tests/families.h"
#include "tests/lanes.h"

#define FALSE_ALARM 1e-5

enum { DRAWS = 100000, CELLS = 200, BATCHES = 200, BATCH = 1000 };

static State *S;

static void open_state(void) {
    S = elbo_open(NULL);
    ck_assert_ptr_nonnull(S);
    S->random.seed = 2024;
}

static void close_state(void) { elbo_close(S); }

/* ---- Cases: a cdf by GSL, and E(x^2) ---- */

typedef double Cdf(double x, const double *p);
typedef double Moment(const double *p);

static double normal_cdf(double x, const double *p) { return gsl_cdf_gaussian_P(x - p[0], p[1]); }
static double lognormal_cdf(double x, const double *p) { return gsl_cdf_lognormal_P(x, p[0], p[1]); }
static double halfnormal_cdf(double x, const double *p) { return 2 * gsl_cdf_gaussian_P(x, p[0]) - 1; }
static double exponential_cdf(double x, const double *p) { return gsl_cdf_exponential_P(x, 1 / p[0]); }
static double gamma_cdf(double x, const double *p) { return gsl_cdf_gamma_P(x, p[0], 1 / p[1]); }
static double beta_cdf(double x, const double *p) { return gsl_cdf_beta_P(x, p[0], p[1]); }
static double uniform_cdf(double x, const double *p) { return gsl_cdf_flat_P(x, p[0], p[1]); }
static double poisson_cdf(double x, const double *p) { return x < 0 ? 0 : gsl_cdf_poisson_P((unsigned)x, p[0]); }
static double binomial_cdf(double x, const double *p) { return x < 0 ? 0 : gsl_cdf_binomial_P((unsigned)x, p[1], (unsigned)p[0]); }
static double geometric_cdf(double x, const double *p) { return x < 0 ? 0 : gsl_cdf_geometric_P((unsigned)x + 1, p[0]); }
static double bernoulli_cdf(double x, const double *p) { return x < 0 ? 0 : x < 1 ? 1 - p[0] : 1; }

static double normal_square(const double *p) { return p[0] * p[0] + p[1] * p[1]; }
static double lognormal_square(const double *p) { return exp(2 * p[0] + 2 * p[1] * p[1]); }
static double halfnormal_square(const double *p) { return p[0] * p[0]; }
static double exponential_square(const double *p) { return 2 / (p[0] * p[0]); }
static double gamma_square(const double *p) { return p[0] * (p[0] + 1) / (p[1] * p[1]); }
static double beta_square(const double *p) { return p[0] * (p[0] + 1) / ((p[0] + p[1]) * (p[0] + p[1] + 1)); }
static double uniform_square(const double *p) { return (p[0] * p[0] + p[0] * p[1] + p[1] * p[1]) / 3; }
static double delta_square(const double *p) { return p[0] * p[0]; }

typedef struct Case {
    const char *family;
    double p[2];
    Cdf *cdf;
    Moment *square;
} Case;

static const Case cases[] = {
    {"Bernoulli", {0.3}, bernoulli_cdf, NULL},
    {"Bernoulli", {0.001}, bernoulli_cdf, NULL},
    {"Beta", {2.5, 4}, beta_cdf, beta_square},
    {"Beta", {0.2, 0.3}, beta_cdf, beta_square},
    {"Beta", {50, 0.7}, beta_cdf, beta_square},
    {"Binomial", {7, 0.3}, binomial_cdf, NULL},
    {"Binomial", {30, 0.9}, binomial_cdf, NULL},
    {"Binomial", {100, 0.1}, binomial_cdf, NULL},
    {"Binomial", {5000, 0.7}, binomial_cdf, NULL},
    {"Delta", {1.5, 0}, NULL, delta_square},
    {"Exponential", {0.7}, exponential_cdf, exponential_square},
    {"Gamma", {2.5, 0.5}, gamma_cdf, gamma_square},
    {"Gamma", {0.05, 3}, gamma_cdf, gamma_square},
    {"Gamma", {1, 1}, gamma_cdf, gamma_square},
    {"Gamma", {200, 10}, gamma_cdf, gamma_square},
    {"Geometric", {0.3}, geometric_cdf, NULL},
    {"Geometric", {0.01}, geometric_cdf, NULL},
    {"HalfNormal", {1.5}, halfnormal_cdf, halfnormal_square},
    {"LogNormal", {0.3, 0.4}, lognormal_cdf, lognormal_square},
    {"Normal", {0.3, 0.8}, normal_cdf, normal_square},
    {"Poisson", {2}, poisson_cdf, NULL},
    {"Poisson", {9.5}, poisson_cdf, NULL},
    {"Poisson", {10}, poisson_cdf, NULL},
    {"Poisson", {1000}, poisson_cdf, NULL},
    {"Uniform", {-1, 3}, uniform_cdf, uniform_square},
};

enum { N_CASES = sizeof cases / sizeof *cases };

/* chi-squared and Anderson-Darling of each case, drawn in two ways, and two partials of each case */
static const double level = FALSE_ALARM / (N_CASES * (2 * 2 + 2));

static Distribution *make(const Case *c, uint64_t node0, uint64_t node1) {
    return distribution_new(S, distribution_find(c->family),
                            (Value[]){value_dual(c->p[0], node0), value_dual(c->p[1], node1)});
}

/* ---- Goodness of fit: each gives the probability of as bad a fit ---- */

static int by_size(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* u in equal cells of (0, 1). */
static double chi_squared(const double *u, int n) {
    double count[CELLS] = {0}, statistic = 0, expected = (double)n / CELLS;
    for (int i = 0; i < n; i++) count[u[i] >= 1 ? CELLS - 1 : u[i] > 0 ? (int)(u[i] * CELLS) : 0]++;
    for (int k = 0; k < CELLS; k++) statistic += (count[k] - expected) * (count[k] - expected) / expected;
    return gsl_cdf_chisq_Q(statistic, CELLS - 1);
}

/* Sorts u. The limit distribution's upper tail: 1 - F(z) = sqrt(6 / (pi z)) exp(-z) (1 + O(1 / z)) overestimated by 1.1
   (Anderson and Darling 1954; checked against Marsaglia and Marsaglia 2004 for z > 4); below 4, no alarm. */
static double anderson_darling(double *u, int n) {
    double sum = 0;
    qsort(u, (size_t)n, sizeof *u, by_size);
    for (int i = 0; i < n; i++) {
        double low = fmax(u[i], 1e-300), high = fmax(1 - u[n - 1 - i], 1e-300);
        sum += (2 * i + 1) * (log(low) + log(high));
    }
    double z = -n - sum / n;
    return z < 4 ? 1 : 1.1 * sqrt(6 / (M_PI * z)) * exp(-z);
}

/* Two outcomes. */
static double two_outcomes(const double *x, int n, const double *p) {
    double yes = 0;
    for (int i = 0; i < n; i++) yes += x[i];
    double statistic = (yes - n * p[0]) * (yes - n * p[0]) / (n * p[0] * (1 - p[0]));
    return gsl_cdf_chisq_Q(statistic, 1);
}

static bool is_discrete(const Case *c) { return distribution_find(c->family)->discrete; }

/* A number that is uniform if x fits: of a count, a place between the probabilities of less and of at most x, equally
   spread over the draws. */
static double uniform_of(const Case *c, double x, int i) {
    if (!is_discrete(c)) return c->cdf(x, c->p);
    double below = c->cdf(x - 1, c->p), place = fmod((i + 0.5) * 0.6180339887498949, 1);
    return below + place * (c->cdf(x, c->p) - below);
}

/* The smaller probability of the two tests. */
static double fit(const Case *c, const double *x, int n) {
    if (c->cdf == bernoulli_cdf) return two_outcomes(x, n, c->p);
    double *u = malloc((size_t)n * sizeof *u);
    for (int i = 0; i < n; i++) u[i] = uniform_of(c, x[i], i);
    double chi = chi_squared(u, n), ad = anderson_darling(u, n);
    free(u);
    return fmin(chi, ad);
}

static const double *draws_of(const Case *c, bool lanes) {
    if (lanes) lanes_enter(S, "data", DRAWS, 0);
    Value v = distribution_sample(S, make(c, 0, 0), random_key(S, string_of(S, c->family)), lanes ? 0 : DRAWS);
    lanes_leave_all(S);
    return v.as.array->data;
}

START_TEST(goodness_of_fit) {
    const Case *c = &cases[_i];
    for (int lanes = 0; lanes < 2; lanes++) {
        const double *x = draws_of(c, lanes);
        for (int i = 0; !c->cdf && i < DRAWS; i++) ck_assert(x[i] == c->p[0]);
        double p = c->cdf ? fit(c, x, DRAWS) : 1;
        ck_assert_msg(p > level, "%s(%g, %g): fits with probability %g", c->family, c->p[0], c->p[1], p);
    }
}
END_TEST

typedef struct Summary {
    double median, spread;
    double high; /* exceeded by one in 250 */
} Summary;

static Summary summary_of(const double *x, int n) {
    double mean = 0, square = 0, *sorted = malloc((size_t)n * sizeof *sorted);
    memcpy(sorted, x, (size_t)n * sizeof *sorted);
    qsort(sorted, (size_t)n, sizeof *sorted, by_size);
    for (int i = 0; i < n; i++) {
        mean += x[i] / n;
        square += x[i] * x[i] / n;
    }
    Summary s = {sorted[n / 2], sqrt(square - mean * mean), sorted[n - n / 250]};
    free(sorted);
    return s;
}

/* Of counts: every third is too large, or moved to one of both sides; a tail cut off, values that repeat too often. */
static void plant_count(int error, double *x, int n) {
    Summary s = summary_of(x, n);
    double jump = ceil(0.5 * s.spread);
    for (int i = 0; i < n; i++) {
        if (error == 0 && i % 3 == 0) x[i] += jump;
        if (error == 1 && i % 3 == 0) x[i] = fmax(x[i] + (i % 2 ? jump : -jump), 0);
        if (error == 2 && x[i] >= s.high) x[i] = s.median;
        if (error == 3 && i % 20 == 0) x[i] = s.median;
    }
}

/* Errors as samplers have them: a place or a scale that is off by 2 %, a tail cut off, values that repeat too often. */
static void plant(int error, double *x, int n) {
    Summary s = summary_of(x, n);
    for (int i = 0; i < n; i++) {
        if (error == 0) x[i] += 0.03 * s.spread;
        if (error == 1) x[i] = s.median + 1.03 * (x[i] - s.median);
        if (error == 2 && x[i] > s.high) x[i] = s.median;
        if (error == 3 && i % 50 == 0) x[i] = s.median;
    }
}

START_TEST(planted_errors) {
    const Case *c = &cases[_i];
    if (!c->cdf) return;
    for (int error = 0; error < 4; error++) {
        double *x = malloc(DRAWS * sizeof *x);
        memcpy(x, draws_of(c, false), DRAWS * sizeof *x);
        if (c->cdf == bernoulli_cdf)
            for (int i = 0; i < DRAWS; i++) x[i] = x[i] || i % 50 == 0; /* too often true */
        else if (!is_discrete(c))
            plant(error, x, DRAWS);
        else
            plant_count(error, x, DRAWS);
        double p = fit(c, x, DRAWS);
        ck_assert_msg(p < level, "%s(%g, %g): error %d passes with probability %g", c->family, c->p[0], c->p[1], error, p);
        free(x);
    }
}
END_TEST

/* ---- Reparameterised gradients ---- */

/* The mean over a batch of d(x^2)/d(parameter k), for both k; false: the family's draws have no such gradient. */
static bool batch_gradient(const Case *c, uint64_t step, double gradient[2]) {
    S->random.step = step;
    tape_begin(S);
    uint64_t leaves[2] = {tape_leaf(S, S->scalar), tape_leaf(S, S->scalar)};
    Value x = distribution_sample(S, make(c, leaves[0], leaves[1]), random_key(S, string_of(S, "x")), BATCH);
    bool pathwise = !S->tape.nodes[x.node - S->tape.base].barrier;
    if (pathwise) {
        tape_reverse(S, operation_sum(S, operation_binary(S, &elementwise_operators[OPERATOR_MULTIPLY], x, x)));
        for (int k = 0; k < 2; k++) {
            const double *adjoint = tape_adjoint(S, leaves[k]);
            gradient[k] = adjoint ? adjoint[0] / BATCH : 0;
        }
    }
    tape_end(S);
    return pathwise;
}

START_TEST(reparameterised_gradients) {
    const Case *c = &cases[_i];
    double sum[2] = {0}, square[2] = {0}, g[2];
    for (int b = 0; b < BATCHES; b++) {
        if (!batch_gradient(c, (uint64_t)b, g)) {
            const DistributionRow *row = distribution_find(c->family);
            ck_assert(row->discrete || (!row->transform && !row->reparameterised));
            return;
        }
        for (int k = 0; k < 2; k++) {
            sum[k] += g[k] / BATCHES;
            square[k] += g[k] * g[k] / BATCHES;
        }
    }
    double bound = gsl_cdf_ugaussian_Qinv(level / 2);
    for (unsigned k = 0; k < distribution_find(c->family)->n_parameters; k++) {
        double low[2] = {c->p[0], c->p[1]}, high[2] = {c->p[0], c->p[1]}, h = 1e-5 * fmax(fabs(c->p[k]), 0.1);
        low[k] -= h;
        high[k] += h;
        double exact = (c->square(high) - c->square(low)) / (2 * h);
        double error = sqrt(fmax(square[k] - sum[k] * sum[k], 0) / (BATCHES - 1));
        ck_assert_msg(fabs(sum[k] - exact) <= bound * error + 1e-8 * (1 + fabs(exact)),
                      "%s(%g, %g), parameter %u: %g +- %g instead of %g", c->family, c->p[0], c->p[1], k, sum[k], error, exact);
        ck_assert_msg(exact == 0 || fabs(1.2 * sum[k] - exact) > bound * error, "an error of 20 %% would pass");
    }
}
END_TEST

/* Lanes that are off draw nothing, and cannot hang a sampler that loops. */
START_TEST(lanes_off) {
    const Case *c = &cases[_i];
    const DistributionRow *row = distribution_find(c->family);
    lanes_enter(S, "data", 10, 0);
    Array *mask = array_new(S, S->lanes), *first = array_new(S, S->lanes);
    mask->boolean = true;
    for (int i = 0; i < 10; i++) {
        mask->data[i] = i % 3 != 0;
        first->data[i] = i % 3 == 0 ? NAN : c->p[0];
    }
    RandomKey key = random_key(S, string_of(S, "x"));
    Value all = distribution_sample(S, make(c, 0, 0), key, 0);
    S->mask = mask;
    Distribution *d = distribution_new(S, row, (Value[]){value_array(first, 0), value_number(c->p[1])});
    Value some = distribution_sample(S, d, key, 0);
    S->mask = NULL;
    for (size_t i = 0; i < 10; i++)
        if (i % 3) ck_assert(lanes_element(S, all, 0, &i) == lanes_element(S, some, 0, &i));
}
END_TEST

int main(void) {
    Suite *suite = suite_create("sampler");
    TCase *tests = tcase_create("sampler");
    tcase_add_checked_fixture(tests, open_state, close_state);
    tcase_add_loop_test(tests, goodness_of_fit, 0, N_CASES);
    tcase_add_loop_test(tests, planted_errors, 0, N_CASES);
    tcase_add_loop_test(tests, reparameterised_gradients, 0, N_CASES);
    tcase_add_loop_test(tests, lanes_off, 0, N_CASES);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
