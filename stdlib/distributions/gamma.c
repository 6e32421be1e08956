/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "runtime/distribution.h"

#include <float.h>

#include "runtime/kernels/special.h"
#include "runtime/kernels/vector.h"
#include "stdlib/distributions/gamma_draw.h"
#include "stdlib/distributions/gamma_path.h"
#include "stdlib/distributions/statistics.h"

/* shape log(rate) - log gamma(shape). */
ELBO_CLONES static void log_norm(size_t n, double *restrict out, const double *const parameters[]) {
    const double *shape = parameters[0], *rate = parameters[1];
    VECTOR_LOOP(i, n) {
        double psi;
        out[i] = shape[i] * log(rate[i]) - gamma_log(shape[i], &psi);
    }
}

/* Its derivative with respect to shape. */
ELBO_CLONES static void log_norm_by_shape(size_t n, double *restrict out, const double *const parameters[]) {
    const double *shape = parameters[0], *rate = parameters[1];
    VECTOR_LOOP(i, n) {
        double psi;
        gamma_log(shape[i], &psi);
        out[i] = log(rate[i]) - psi;
    }
}

/* shape log(rate) - log gamma(shape) + (shape - 1) log(x) - rate x. At x = 0 the density is infinite (shape < 1), rate
   (shape = 1) or 0, and the partial for shape, infinite there, is given as 0. */
ELBO_CLONES static void score(size_t n, double *restrict out, double *const partial[], const double *const in[]) {
    const double *x = in[0], *shape = in[1], *rate = in[2], *norm = in[3], *norm_by_shape = in[4];
    VECTOR_LOOP(i, n) {
        double power = shape[i] - 1, log_x = log(x[i]);
        double y = norm[i] + (power == 0 ? 0 : power * log_x) - rate[i] * x[i];
        out[i] = x[i] >= 0 && x[i] < INFINITY ? y : -INFINITY;
    }
    if (partial[0])
        VECTOR_LOOP(i, n) {
            double power = shape[i] - 1, y = (power == 0 ? 0 : power / x[i]) - rate[i];
            partial[0][i] = x[i] >= 0 && rate[i] * x[i] < INFINITY && fabs(y) < INFINITY ? y : 0;
        }
    if (partial[1])
        VECTOR_LOOP(i, n) {
            double y = norm_by_shape[i] + log(x[i]);
            partial[1][i] = x[i] > 0 && rate[i] * x[i] < INFINITY ? y : 0;
        }
    if (partial[2])
        VECTOR_LOOP(i, n) {
            bool inside = x[i] > 0 || (x[i] == 0 && shape[i] == 1);
            partial[2][i] = inside && rate[i] * x[i] < INFINITY ? shape[i] / rate[i] - x[i] : 0;
        }
}

ELBO_CLONES static void transform(size_t n, double *restrict out, double *const partial[], const double *const in[]) {
    const double *shape = in[0], *rate = in[1];
    gamma_propose_all(n, out, shape, in[2], in[3]);
    for (size_t i = 0; partial[0] && i < n; i++) partial[0][i] = isnan(out[i]) ? 0 : gamma_path(log(out[i]), shape[i]);
    VECTOR_LOOP(i, n) {
        double x = out[i] / rate[i];
        x = x < DBL_MIN ? DBL_MIN : x;
        out[i] = x > DBL_MAX ? DBL_MAX : x;
    }
    if (partial[0]) VECTOR_LOOP(i, n) partial[0][i] *= out[i];
    if (partial[1]) VECTOR_LOOP(i, n) partial[1][i] = -out[i] / rate[i];
}

ELBO_CLONES static void map_log(size_t n, double *restrict out, const double *restrict x) {
    VECTOR_LOOP(i, n) {
        double y = log(x[i]);
        out[i] = x[i] > 0 ? y : 0;
    }
}

ELBO_CLONES static void map_zero(size_t n, double *restrict out, const double *restrict x) {
    VECTOR_LOOP(i, n) out[i] = x[i] == 0 ? 1 : 0;
}

ELBO_CLONES static void map_outside(size_t n, double *restrict out, const double *restrict x) {
    VECTOR_LOOP(i, n) out[i] = x[i] >= 0 && x[i] < INFINITY ? 0 : 1;
}

/* n, sum, sum of the logarithms of what is not 0, number of zeros, number of data outside the support. */
static void statistics(const double *x, size_t n, double statistic[]) {
    statistic[0] = (double)n;
    statistic[1] = statistics_sum(x, n, NULL);
    statistic[2] = statistics_sum(x, n, map_log);
    statistic[3] = statistics_sum(x, n, map_zero);
    statistic[4] = statistics_sum(x, n, map_outside);
}

ELBO_CLONES static void score_statistics(size_t n, double *restrict out, double *const partial[],
                                         const double *const in[], const double statistic[]) {
    const double *shape = in[0], *rate = in[1], *norm = in[2], *norm_by_shape = in[3];
    double count = statistic[0], sum = statistic[1], logs = statistic[2];
    bool zeros = statistic[3] > 0, outside = statistic[4] > 0;
    VECTOR_LOOP(i, n) {
        double power = shape[i] - 1, edge = !zeros || power == 0 ? 0 : power < 0 ? INFINITY : -INFINITY;
        out[i] = outside ? -INFINITY : count * norm[i] + power * logs - rate[i] * sum + edge;
    }
    if (partial[0])
        VECTOR_LOOP(i, n) {
            bool finite = !outside && (!zeros || shape[i] == 1);
            partial[0][i] = finite ? count * norm_by_shape[i] + logs : 0;
        }
    if (partial[1])
        VECTOR_LOOP(i, n) {
            bool finite = !outside && (!zeros || shape[i] == 1);
            partial[1][i] = finite ? count * shape[i] / rate[i] - sum : 0;
        }
}

const DistributionRow distribution_gamma = {
    .name = "Gamma",
    .help = "The gamma distribution",
    .parameters = {{"shape", CONSTRAINT_POSITIVE, NULL, "shape (concentration)"},
                   {"rate", CONSTRAINT_POSITIVE, NULL, "rate: 1 / scale"}},
    .n_parameters = 2,
    .support = "nonnegative",
    .prepared = {{1u << 0 | 1u << 1, log_norm}, {1u << 0 | 1u << 1, log_norm_by_shape}},
    .score = score,
    .noise = {NOISE_NORMAL, NOISE_UNIFORM},
    .rejects = true,
    .transform = transform,
    .statistics = statistics,
    .score_statistics = score_statistics,
    .formulas = {{"mean", "shape / rate"},
                 {"variance", "shape / rate ^ 2"},
                 {"median", "gamma_quantile(0.5, shape) / rate"},
                 {"mode", "max(shape - 1, 0) / rate"},
                 {"entropy", "gamma_entropy(shape) - log(rate)"},
                 {"cdf", "gamma_cdf(rate * x, shape)"},
                 {"quantile", "gamma_quantile(q, shape) / rate"},
                 {"kl", "(shape - other_shape) * digamma(shape) - lgamma(shape) + lgamma(other_shape)"
                        " + other_shape * log(rate / other_rate) + shape * (other_rate / rate - 1)"}},
    .example = "precision ~ Gamma(2, 0.5)",
};
