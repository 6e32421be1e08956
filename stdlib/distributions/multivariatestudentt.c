/* SPDX-License-Identifier: GPL-3.0-or-later
   MultivariateStudentT(df, mu, scale | cholesky): scale is the scale matrix. Inside, d->factor is its Cholesky factor. */
#include <math.h>
#include <string.h>

#include "stdlib/distributions/multivariate.h"
#include "stdlib/special.h"
#include "stdlib/triangular.h"

enum { DF, MU, SCALE, CHOLESKY };

extern const DistributionRow distribution_gamma;

static Value operate(State *S, Operator which, Value a, Value b) { return multivariate_operate(S, which, a, b); }

static void make(State *S, Distribution *d) {
    unsigned given = multivariate_given(d, SCALE) ? SCALE : CHOLESKY;
    Value m = d->parameters[given];
    size_t n = 0;
    multivariate_number(S, d, DF);
    if (value_is_numeric(d->parameters[MU]) && value_layout(S, d->parameters[MU])->rank == 0 && m.tag == VALUE_ARRAY && m.as.array->layout->rank)
        n = m.as.array->layout->dims[0];
    n = multivariate_vector(S, d, MU, n);
    d->factor = multivariate_factor(S, d, given, given == SCALE ? FORM_COVARIANCE : FORM_CHOLESKY, n);
    multivariate_layout(S, d, n);
}

static Value parameter(State *S, Distribution *d, unsigned k) {
    if (multivariate_given(d, k)) return d->parameters[k];
    return multivariate_form(S, d->factor, k == SCALE ? FORM_COVARIANCE : FORM_CHOLESKY);
}

/* mu + L z / sqrt(g / (df / 2)) with g from Gamma(df / 2, 1): half a chi-squared number, whose derivative by df is implicit
   (gamma_path.h). */
static Value sample(State *S, Distribution *d, RandomKey key, const Layout *event) {
    Value z = multivariate_noise(S, key, event->dims[0], 0);
    Value half = operate(S, OPERATOR_MULTIPLY, value_number(0.5), d->parameters[DF]);
    Distribution *gamma = distribution_of_checked(S, &distribution_gamma, (Value[]){half, value_number(1)});
    RandomKey other = {{key.key[0] ^ 0x9e3779b9u, key.key[1] ^ 0x7f4a7c15u}}; /* its draw numbers are all taken by z */
    Value g = distribution_sample(S, gamma, other, 0);
    Value width = multivariate_function(S, "sqrt", operate(S, OPERATOR_DIVIDE, half, g));
    return operate(S, OPERATOR_ADD, d->parameters[MU], operate(S, OPERATOR_MULTIPLY, operation_matmul(S, d->factor, z), width));
}

/* log gamma((df + n) / 2) - log gamma(df / 2), by the logarithm of the beta function, which loses nothing when df is large. */
static Value gamma_gap(State *S, const Distribution *d) {
    double rest = 0.5 * (double)d->layout->components;
    Value half = operate(S, OPERATOR_MULTIPLY, value_number(0.5), d->parameters[DF]);
    const Elementwise *row = elementwise_special;
    while (strcmp(row->name, "log_beta") != 0) row++;
    Value beta = operation_elementwise(S, row, (Value[]){half, value_number(rest)});
    return operate(S, OPERATOR_SUBTRACT, value_number(lgamma(rest)), beta);
}

static Value log_prob(State *S, Distribution *d, Value value) {
    Value df = d->parameters[DF], n = value_number((double)d->layout->components);
    Value form = multivariate_square(S, d->factor, operate(S, OPERATOR_SUBTRACT, value, d->parameters[MU]));
    Value tail = multivariate_function(S, "log1p", operate(S, OPERATOR_DIVIDE, form, df));
    tail = operate(S, OPERATOR_MULTIPLY, operate(S, OPERATOR_MULTIPLY, value_number(0.5), operate(S, OPERATOR_ADD, df, n)), tail);
    Value width = multivariate_function(S, "log", operate(S, OPERATOR_MULTIPLY, df, value_number(3.14159265358979323846)));
    Value rest = operate(S, OPERATOR_SUBTRACT, gamma_gap(S, d), operate(S, OPERATOR_MULTIPLY, value_number(0.5 * n.as.number), width));
    rest = operate(S, OPERATOR_SUBTRACT, rest, triangular_log_det(S, d->factor));
    return multivariate_inside(S, form, operate(S, OPERATOR_SUBTRACT, rest, tail));
}

static const DistributionComposed composed = {.make = make,
                                              .sample = sample,
                                              .joint = true,
                                              .log_prob = log_prob,
                                              .parameter = parameter,
                                              .n_shown = 4,
                                              .either = 1u << SCALE | 1u << CHOLESKY};

const DistributionRow distribution_multivariatestudentt = {
    .name = "MultivariateStudentT",
    .help = "Vectors like those of MultivariateNormal, with heavier tails",
    .parameters = {{"df", CONSTRAINT_POSITIVE, NULL, "degrees of freedom: the smaller, the heavier the tails"},
                   {"mu", CONSTRAINT_REAL, NULL, "the centre: a vector, or one number for all elements"},
                   {"scale", CONSTRAINT_REAL, "none", "the scale matrix, symmetric and positive definite: (df - 2) / df times the covariance"},
                   {"cholesky", CONSTRAINT_REAL, "none", "instead: the lower triangle L with L @ transpose(L) equal to the scale matrix"}},
    .n_parameters = 4,
    .composed = &composed,
    .density = "gamma((df + n) / 2) / (gamma(df / 2) (df pi)^(n / 2) sqrt(det(scale))) (1 + (x - mu)^T scale^-1 (x - mu) / df)^(-(df + n) / 2)",
    .edges = "The log density of a vector with an element that is not finite is -inf. The mean is nan unless df is greater than 1; the variance is inf unless "
             "df is greater than 2, and nan where there is no mean.",
    .sampler = "mu + L z sqrt(df / c) of standard normals z and a chi-squared number c; gradients by df are implicit (Figurnov, Mohamed, "
               "Mnih 2018)",
    .example = "z ~ MultivariateStudentT(4, [0, 0], [[1, 0.8], [0.8, 1]])",
    .base = "MultivariateStudentT(df, zeros(len(mu)), cholesky = eye(len(mu)))",
    .from_base = "mu + cholesky @ x",
    .support = "real",
    .formulas = {{"mean", "where(df > 1, 1, nan) * mu"},
                 {"variance", "diag(scale) * where(df > 2, df / where(df > 2, df - 2, 1), where(df > 1, inf, nan))"},
                 {"covariance", "scale * where(df > 2, df / where(df > 2, df - 2, 1), nan)"},
                 {"median", "mu"},
                 {"mode", "mu"},
                 /* digamma((df + n) / 2) - digamma(df / 2) by Stirling's series where their difference would be lost */
                 {"entropy", "h = 0.5 * df; k = 0.5 * len(mu); s = h + k; "
                             "rest = fn(x) { ((1 / (252 * x ^ 2) - 1 / 120) / x ^ 2 + 1 / 12) / x ^ 2 + 0.5 / x }; "
                             "gap = where(h > 50, log1p(k / h) + rest(h) - rest(s), digamma(s) - digamma(h)); "
                             "sum(log(diag(cholesky))) + k * log(2 * h * pi) + log_beta(h, k) - lgamma(k) + s * gap"}},
};
