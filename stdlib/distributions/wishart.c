/* SPDX-License-Identifier: GPL-3.0-or-later
   Wishart: X = L A A' L' with the Cholesky factor L of the scale and Bartlett's factor A. */
#include "runtime/operations.h"
#include "stdlib/distributions/wishart_parts.h"
#include "stdlib/transpose.h"

static Value sample(State *S, Distribution *d, RandomKey key, const Layout *event) {
    (void)event;
    Value root = operation_matmul(S, wishart_lower(S, d), wishart_bartlett(S, d, key));
    return operation_matmul(S, root, operation_transpose(S, root));
}

static const DistributionComposed composed = {
    .make = wishart_make, .sample = sample, .joint = true, .log_prob = wishart_log_prob, .statistics = wishart_statistics,
    .log_prob_sum = wishart_log_prob_sum, .parameter = wishart_parameter, .n_shown = 2, .either = 1u << WISHART_SCALE | 1u << WISHART_CHOLESKY | 1u << WISHART_PRECISION};

#define ORDER "p = len(scale); "
#define HALVES "p = len(scale); k = (df - (0..p)) / 2; "

const DistributionRow distribution_wishart = {
    .name = "Wishart",
    .help = "Positive definite matrices: sums of df outer products of normal vectors with covariance scale",
    .parameters = {{"df", CONSTRAINT_POSITIVE, NULL, "degrees of freedom, more than the matrix's order less 1"},
                   {"scale", CONSTRAINT_REAL, "none", "positive definite matrix; the mean is df * scale"},
                   {"cholesky", CONSTRAINT_REAL, "none", "instead of scale: its lower Cholesky factor"},
                   {"precision", CONSTRAINT_REAL, "none", "instead of scale: its inverse"}},
    .n_parameters = 4,
    .composed = &composed,
    .support = "cov_matrix",
    .density = "det(x)^((df - p - 1) / 2) exp(-trace(scale^-1 x) / 2) / (2^(df p / 2) det(scale)^(df / 2) multigamma(df / 2, p)),"
               " p the matrices' order",
    .edges = "A value that is not symmetric (to within 1e-8 of its largest element), not positive definite or not finite has log density"
             " -inf. With df below p + 1 the density has no largest value, and the mode is nan.",
    .sampler = "Bartlett's decomposition (Smith and Hocking, AS 53, 1972) with implicit gradients for the chi-squared numbers"
               " (Figurnov, Mohamed, Mnih 2018)",
    .formulas = {{"mean", "df * scale"},
                 {"variance", "v = diag(scale); df * (scale ^ 2 + outer(v, v))"},
                 {"mode", ORDER "where(df >= p + 1, df - p - 1, nan) * scale"},
                 {"entropy", HALVES "(p + 1) / 2 * (logdet(scale) + p * log(2)) + p * (p - 1) / 4 * log(pi) + sum(lgamma(k))"
                                    " - (df - p - 1) / 2 * sum(digamma(k)) + df * p / 2"},
                 {"kl", HALVES "sum(lgamma((other_df - (0..p)) / 2) - lgamma(k)) + (df - other_df) / 2 * sum(digamma(k))"
                               " + df / 2 * (sum(inverse(other_scale) * scale) - p) + other_df / 2 * (logdet(other_scale) - logdet(scale))"}},
    .example = "precision ~ Wishart(4, [[1, 0], [0, 1]])",
    .base = "Wishart(df, cholesky = eye(len(scale)))",
    .from_base = "cholesky @ x @ transpose(cholesky)",
};
