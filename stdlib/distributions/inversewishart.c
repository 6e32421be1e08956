/* SPDX-License-Identifier: GPL-3.0-or-later
   InverseWishart: the inverse of a matrix from Wishart(df, scale^-1). With the Cholesky factor L of the scale and Bartlett's factor A,
   L^-T A is a factor of that matrix, so X = (L A^-T) (L A^-T)'. */
#include "runtime/operations.h"
#include "stdlib/distributions/wishart_parts.h"
#include "stdlib/transpose.h"
#include "stdlib/triangular.h"

static Value sample(State *S, Distribution *d, RandomKey key, const Layout *event) {
    (void)event;
    Value inverted = triangular_inverse(S, wishart_bartlett(S, d, key));
    Value root = operation_matmul(S, wishart_lower(S, d), operation_transpose(S, inverted));
    return operation_matmul(S, root, operation_transpose(S, root));
}

static const DistributionComposed composed = {
    .make = wishart_make, .sample = sample, .joint = true, .log_prob = wishart_inverse_log_prob, .statistics = wishart_inverse_statistics,
    .log_prob_sum = wishart_inverse_log_prob_sum, .parameter = wishart_parameter, .n_shown = 2, .either = 1u << WISHART_SCALE | 1u << WISHART_CHOLESKY};

#define HALVES "p = len(scale); k = (df - (0..p)) / 2; "

const DistributionRow distribution_inversewishart = {
    .name = "InverseWishart",
    .help = "Positive definite matrices whose inverses are from Wishart",
    .parameters = {{"df", CONSTRAINT_POSITIVE, NULL, "degrees of freedom, more than the matrix's order less 1"},
                   {"scale", CONSTRAINT_REAL, "none", "positive definite matrix; the mode is scale / (df + order + 1)"},
                   {"cholesky", CONSTRAINT_REAL, "none", "instead of scale: its lower Cholesky factor"}},
    .n_parameters = 3,
    .composed = &composed,
    .support = "cov_matrix",
    .density = "det(scale)^(df / 2) det(x)^(-(df + p + 1) / 2) exp(-trace(scale x^-1) / 2) / (2^(df p / 2) multigamma(df / 2, p)),"
               " p the matrices' order",
    .edges = "A value that is not symmetric (to within 1e-8 of its largest element), not positive definite or not finite has log density"
             " -inf. The mean is nan unless df > p + 1, the variance unless df > p + 3.",
    .sampler = "the inverse of Bartlett's decomposition (Smith and Hocking, AS 53, 1972), by its triangular factors; implicit gradients"
               " (Figurnov, Mohamed, Mnih 2018)",
    .formulas = {{"mean", "p = len(scale); scale / where(df > p + 1, df - p - 1, nan)"},
                 {"variance", "v = diag(scale); d = df - len(scale);"
                              " ((d + 1) * scale ^ 2 + (d - 1) * outer(v, v)) / where(d > 3, d * (d - 1) ^ 2 * (d - 3), nan)"},
                 {"mode", "scale / (df + len(scale) + 1)"},
                 {"entropy", HALVES "(p + 1) / 2 * (logdet(scale) - p * log(2)) + p * (p - 1) / 4 * log(pi) + sum(lgamma(k))"
                                    " - (df + p + 1) / 2 * sum(digamma(k)) + df * p / 2"},
                 {"kl", HALVES "sum(lgamma((other_df - (0..p)) / 2) - lgamma(k)) + (df - other_df) / 2 * sum(digamma(k))"
                               " + df / 2 * (sum(inverse(scale) * other_scale) - p) + other_df / 2 * (logdet(scale) - logdet(other_scale))"}},
    .example = "covariance ~ InverseWishart(5, [[1, 0], [0, 1]])",
    .base = "InverseWishart(df, cholesky = eye(len(scale)))",
    .from_base = "cholesky @ x @ transpose(cholesky)",
};
