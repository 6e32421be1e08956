/* SPDX-License-Identifier: GPL-3.0-or-later
   MultivariateNormal(mu, covariance | precision | cholesky). Inside, d->factor is the Cholesky factor of the covariance,
   whatever was given. */
#include <math.h>
#include <string.h>

#include "stdlib/distributions/multivariate.h"
#include "stdlib/transpose.h"
#include "stdlib/triangular.h"

enum { MU, COVARIANCE, PRECISION, CHOLESKY };

static Value operate(State *S, Operator which, Value a, Value b) { return multivariate_operate(S, which, a, b); }

static MultivariateForm form_of(unsigned k) {
    return k == COVARIANCE ? FORM_COVARIANCE : k == PRECISION ? FORM_PRECISION : FORM_CHOLESKY;
}

static unsigned given_form(const Distribution *d) {
    return multivariate_given(d, COVARIANCE) ? COVARIANCE : multivariate_given(d, PRECISION) ? PRECISION : CHOLESKY;
}

static void make(State *S, Distribution *d) {
    unsigned given = given_form(d);
    size_t n = 0;
    Value m = d->parameters[given];
    /* a mu that is a number is that of every element */
    if (value_is_numeric(d->parameters[MU]) && value_layout(S, d->parameters[MU])->rank == 0 && m.tag == VALUE_ARRAY && m.as.array->layout->rank)
        n = m.as.array->layout->dims[0];
    n = multivariate_vector(S, d, MU, n);
    d->factor = multivariate_factor(S, d, given, form_of(given), n);
    multivariate_layout(S, d, n);
}

static Value parameter(State *S, Distribution *d, unsigned k) {
    if (multivariate_given(d, k)) return d->parameters[k];
    return multivariate_form(S, d->factor, form_of(k));
}

static Value sample(State *S, Distribution *d, RandomKey key, const Layout *event) {
    Value z = multivariate_noise(S, key, event->dims[0], 0);
    return operate(S, OPERATOR_ADD, d->parameters[MU], operation_matmul(S, d->factor, z));
}

/* -(n log(2 pi) + |form|) / 2 - log |det L|, `draws` times over. */
static Value density_of(State *S, const Distribution *d, Value form, double draws) {
    Value constant = value_number(-draws * (double)d->layout->components * HALF_LOG_TWO_PI);
    Value volume = operate(S, OPERATOR_MULTIPLY, value_number(draws), triangular_log_det(S, d->factor));
    Value rest = operate(S, OPERATOR_SUBTRACT, constant, volume);
    return operate(S, OPERATOR_SUBTRACT, rest, operate(S, OPERATOR_MULTIPLY, value_number(0.5), form));
}

static Value log_prob(State *S, Distribution *d, Value value) {
    Value form = multivariate_square(S, d->factor, operate(S, OPERATOR_SUBTRACT, value, d->parameters[MU]));
    return multivariate_inside(S, form, density_of(S, d, form, 1));
}

/* ---- Sums from statistics: the mean, below it what rounding took off the mean, and the matrix of the sums of centred products ---- */

/* mean = the mean of x - from (of x, if that is NULL). */
static void add_means(const double *x, size_t n, size_t size, const double *from, double *mean) {
    for (size_t c = 0; c < size; c++) {
        double sum = 0;
        for (size_t i = 0; i < n; i++) sum += x[i * size + c] - (from ? from[c] : 0);
        mean[c] = n ? sum / (double)n : 0;
    }
}

static Value statistics(State *S, const Layout *event, const double *x, size_t n) {
    size_t size = event->components;
    Array *out = array_zero(S, layout_matrix(S, size + 2, size));
    double *mean = out->data, *rest = mean + size, *products = rest + size;
    add_means(x, n, size, NULL, mean);
    add_means(x, n, size, mean, rest);
    for (size_t i = 0; i < n; i++)
        for (size_t a = 0; a < size; a++) {
            double off = x[i * size + a] - mean[a];
            for (size_t b = 0; b <= a; b++) products[a * size + b] += off * (x[i * size + b] - mean[b]);
        }
    for (size_t a = 0; a < size; a++)
        for (size_t b = 0; b < a; b++) products[b * size + a] = products[a * size + b];
    return value_array(out, 0);
}

/* trace(S^-1 M) + n (mean - mu)^T S^-1 (mean - mu) in place of the sum of the squares. */
static bool log_prob_sum(State *S, Distribution *d, Value statistic, size_t n, Value *sum) {
    size_t size = d->layout->components;
    const double *known = statistic.as.array->data;
    Array *mean = array_new(S, layout_vector(S, size)), *rest = array_new(S, mean->layout), *products = array_new(S, layout_matrix(S, size, size));
    memcpy(mean->data, known, size * sizeof *known);
    memcpy(rest->data, known + size, size * sizeof *known);
    memcpy(products->data, known + 2 * size, size * size * sizeof *known);
    for (size_t i = 0; i < 2 * size + size * size; i++)
        if (!isfinite(known[i])) {
            *sum = value_number(-INFINITY);
            return true;
        }
    Value half = triangular_solve(S, d->factor, value_array(products, 0), false);
    Value both = triangular_solve(S, d->factor, operation_transpose(S, half), false);
    Value trace = operation_sum(S, operation_diagonal(S, both));
    Value left = operate(S, OPERATOR_SUBTRACT, value_array(mean, 0), d->parameters[MU]);
    Value middle = multivariate_square(S, d->factor, operate(S, OPERATOR_ADD, left, value_array(rest, 0)));
    Value form = operate(S, OPERATOR_ADD, trace, operate(S, OPERATOR_MULTIPLY, value_number((double)n), middle));
    *sum = multivariate_inside(S, form, density_of(S, d, form, (double)n));
    return true;
}

static const DistributionComposed composed = {.make = make,
                                              .sample = sample,
                                              .joint = true,
                                              .log_prob = log_prob,
                                              .statistics = statistics,
                                              .log_prob_sum = log_prob_sum,
                                              .parameter = parameter,
                                              .n_shown = 4,
                                              .either = 1u << COVARIANCE | 1u << PRECISION | 1u << CHOLESKY};

const DistributionRow distribution_multivariatenormal = {
    .name = "MultivariateNormal",
    .help = "Normal vectors whose elements depend on each other",
    .parameters = {{"mu", CONSTRAINT_REAL, NULL, "the mean: a vector, or one number for all elements"},
                   {"covariance", CONSTRAINT_REAL, "none", "the covariance matrix: symmetric and positive definite"},
                   {"precision", CONSTRAINT_REAL, "none", "instead: the inverse of the covariance matrix"},
                   {"cholesky", CONSTRAINT_REAL, "none", "instead: the lower triangle L with L @ transpose(L) equal to the covariance"}},
    .n_parameters = 4,
    .composed = &composed,
    .density = "exp(-(x - mu)^T covariance^-1 (x - mu) / 2) / sqrt((2 pi)^n det(covariance))",
    .edges = "The log density of a vector with an element that is not finite is -inf. A matrix that is not symmetric and positive definite is an error.",
    .sampler = "mu + L z of standard normals z; Box and Muller 1958",
    .example = "z ~ MultivariateNormal([0, 0], [[1, 0.8], [0.8, 1]])",
    .support = "real",
    .formulas = {{"mean", "mu"},
                 {"variance", "diag(covariance)"},
                 {"covariance", "covariance"},
                 {"median", "mu"},
                 {"mode", "mu"},
                 {"entropy", "sum(log(diag(cholesky))) + len(mu) * 1.4189385332046727"},
                 {"kl", MULTIVARIATE_NORMAL_KL("cholesky", "other_cholesky")}},
    .base = "MultivariateNormal(zeros(len(mu)), cholesky = eye(len(mu)))",
    .from_base = "mu + cholesky @ x",
};
