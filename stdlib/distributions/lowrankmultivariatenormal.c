/* SPDX-License-Identifier: GPL-3.0-or-later
   LowRankMultivariateNormal(mu, factor, diagonal): covariance factor @ transpose(factor) + diag(diagonal), never formed. With
   W the factor (n x r), D the diagonal and C = I + W^T D^-1 W (r x r): the inverse is D^-1 - D^-1 W C^-1 W^T D^-1 (Woodbury's
   identity), the determinant |D| |C| (the matrix determinant lemma). Inside, d->factor is the Cholesky factor of C. */
#include <math.h>

#include "runtime/state.h"
#include "stdlib/distributions/multivariate.h"
#include "stdlib/rows.h"
#include "stdlib/transpose.h"
#include "stdlib/triangular.h"

enum { MU, FACTOR, DIAGONAL };

static Value operate(State *S, Operator which, Value a, Value b) { return multivariate_operate(S, which, a, b); }

static void make(State *S, Distribution *d) {
    Value w = d->parameters[FACTOR];
    bool spread = value_is_numeric(d->parameters[MU]) && value_layout(S, d->parameters[MU])->rank == 0 && w.tag == VALUE_ARRAY &&
                  w.as.array->layout->rank == 2;
    size_t n = multivariate_vector(S, d, MU, spread ? w.as.array->layout->dims[0] : 0);
    size_t rank = multivariate_matrix(S, d, FACTOR, n, false);
    multivariate_vector(S, d, DIAGONAL, n);
    multivariate_layout(S, d, n);
    Value scaled = operate(S, OPERATOR_DIVIDE, w, rows_spread(S, d->parameters[DIAGONAL], rank));
    Array *unit = array_zero(S, layout_matrix(S, rank, rank));
    for (size_t i = 0; i < rank; i++) unit->data[i * (rank + 1)] = 1;
    Value capacitance = operate(S, OPERATOR_ADD, operation_matmul(S, operation_transpose(S, w), scaled), value_array(unit, 0));
    d->factor = linear_cholesky(S, capacitance, "the covariance of LowRankMultivariateNormal");
}

static Value sample(State *S, Distribution *d, RandomKey key, const Layout *event) {
    size_t n = event->dims[0], rank = d->factor.as.array->layout->dims[0];
    Value own = multivariate_noise(S, key, n, 0), common = multivariate_noise(S, key, rank, (uint32_t)n);
    Value x = operate(S, OPERATOR_MULTIPLY, multivariate_function(S, "sqrt", d->parameters[DIAGONAL]), own);
    x = operate(S, OPERATOR_ADD, x, operation_matmul(S, d->parameters[FACTOR], common));
    return operate(S, OPERATOR_ADD, d->parameters[MU], x);
}

/* The form is |D^(-1/2) (v - W z)|^2 + |z|^2 with z = C^-1 W^T D^-1 v: the same as Woodbury's difference, but a sum of squares, which
   keeps its digits when the factors matter much more than the diagonal. */
static Value form_of(State *S, const Distribution *d, Value left) {
    Value w = d->parameters[FACTOR], scaled = operate(S, OPERATOR_DIVIDE, left, d->parameters[DIAGONAL]);
    Value z = triangular_solve(S, d->factor, operation_matmul(S, operation_transpose(S, w), scaled), false);
    z = triangular_solve(S, d->factor, z, true);
    Value rest = operation_unary(S, &elementwise_internal[INTERNAL_SQUARE], operate(S, OPERATOR_SUBTRACT, left, operation_matmul(S, w, z)));
    Value own = operation_sum(S, operate(S, OPERATOR_DIVIDE, rest, d->parameters[DIAGONAL]));
    return operate(S, OPERATOR_ADD, own, operation_sum(S, operation_unary(S, &elementwise_internal[INTERNAL_SQUARE], z)));
}

static Value log_prob(State *S, Distribution *d, Value value) {
    Value form = form_of(S, d, operate(S, OPERATOR_SUBTRACT, value, d->parameters[MU]));
    Value volume = operation_sum(S, multivariate_function(S, "log", d->parameters[DIAGONAL]));
    volume = operate(S, OPERATOR_ADD, volume, operate(S, OPERATOR_MULTIPLY, value_number(2), triangular_log_det(S, d->factor)));
    Value both = operate(S, OPERATOR_MULTIPLY, value_number(0.5), operate(S, OPERATOR_ADD, form, volume));
    Value constant = value_number(-(double)d->layout->components * HALF_LOG_TWO_PI);
    return multivariate_inside(S, form, operate(S, OPERATOR_SUBTRACT, constant, both));
}

static const DistributionComposed composed = {.make = make, .sample = sample, .joint = true, .log_prob = log_prob, .n_shown = 3};

const DistributionRow distribution_lowrankmultivariatenormal = {
    .name = "LowRankMultivariateNormal",
    .help = "Normal vectors whose elements depend on each other through a few common factors",
    .parameters = {{"mu", CONSTRAINT_REAL, NULL, "the mean: a vector, or one number for all elements"},
                   {"factor", CONSTRAINT_REAL, NULL, "a matrix with a row for each element and a column for each common factor"},
                   {"diagonal", CONSTRAINT_POSITIVE, NULL, "the elements' own variances, which are added to those from the factors"}},
    .n_parameters = 3,
    .composed = &composed,
    .density = "that of MultivariateNormal(mu, factor @ transpose(factor) + diag(diagonal))",
    .edges = "The log density of a vector with an element that is not finite is -inf.",
    .sampler = "mu + factor z + sqrt(diagonal) e of standard normals z and e; Box and Muller 1958",
    .example = "z ~ LowRankMultivariateNormal([0, 0, 0], [[1], [1], [0.5]], [0.1, 0.1, 0.2])",
    .base = "MultivariateNormal(zeros(rows(factor) + cols(factor)), cholesky = eye(rows(factor) + cols(factor)))",
    .from_base = "mu + sqrt(diagonal) * x[0..rows(factor)] + factor @ x[rows(factor)..len(x)]",
    .support = "real",
    .formulas = {{"mean", "mu"},
                 {"variance", "sum(factor ^ 2, axis = 1) + diagonal"},
                 {"covariance", "factor @ transpose(factor) + diag(diagonal)"},
                 {"median", "mu"},
                 {"mode", "mu"},
                 {"entropy", "scaled = factor / outer(sqrt(diagonal), ones(cols(factor))); "
                             "0.5 * (sum(log(diagonal)) + logdet(eye(cols(factor)) + transpose(scaled) @ scaled)) + "
                             "len(mu) * 1.4189385332046727"},
                 {"kl", "a = cholesky(factor @ transpose(factor) + diag(diagonal)); "
                        "b = cholesky(other_factor @ transpose(other_factor) + diag(other_diagonal)); " MULTIVARIATE_NORMAL_KL("a", "b")}},
};
