/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "runtime/distribution.h"

#include <float.h>

#include "runtime/kernels/vector.h"
#include "stdlib/distributions/gamma_draw.h"
#include "stdlib/distributions/gamma_path.h"
#include "stdlib/distributions/gamma_score.h"

ELBO_CLONES static void ratio(size_t n, double *restrict out, const double *const parameters[]) {
    const double *shape = parameters[0], *rate = parameters[1];
    VECTOR_LOOP(i, n) out[i] = rate[i] / gamma_centre(shape[i]);
}

ELBO_CLONES static void constant(size_t n, double *restrict out, const double *const parameters[]) {
    const double *shape = parameters[0], *rate = parameters[1];
    VECTOR_LOOP(i, n) out[i] = gamma_constant(shape[i]) + log(rate[i] / gamma_centre(shape[i]));
}

ELBO_CLONES static void psi(size_t n, double *restrict out, const double *const parameters[]) {
    const double *shape = parameters[0];
    VECTOR_LOOP(i, n) out[i] = gamma_psi(shape[i]);
}

/* shape log(rate) - log gamma(shape) + (shape - 1) log(x) - rate x. At x = 0 the density is infinite (shape < 1), rate
   (shape = 1) or 0, and the partial for shape, infinite there, is given as 0. */
ELBO_CLONES static void score(size_t n, double *restrict out, double *const partial[], const double *const in[]) {
    const double *x = in[0], *shape = in[1], *rate = in[2], *r = in[3], *norm = in[4], *by_psi = in[5];
#define INSIDE(i) (x[i] >= 0 && x[i] * r[i] <= 1e300 && x[i] < INFINITY)
    VECTOR_LOOP(i, n) {
        double y = norm[i] + gamma_power(x[i] * r[i], log_product(x[i], r[i]), shape[i], -1);
        out[i] = INSIDE(i) ? y : -INFINITY;
    }
    if (partial[0])
        VECTOR_LOOP(i, n) {
            double power = shape[i] - 1, y = (power == 0 ? 0 : power / x[i]) - rate[i];
            partial[0][i] = INSIDE(i) && fabs(y) < INFINITY ? y : 0;
        }
    if (partial[1])
        VECTOR_LOOP(i, n) {
            double y = log_product(x[i], r[i]) - by_psi[i];
            partial[1][i] = x[i] > 0 && INSIDE(i) ? y : 0;
        }
    if (partial[2])
        VECTOR_LOOP(i, n) {
            bool inside = x[i] > 0 || (x[i] == 0 && shape[i] == 1);
            partial[2][i] = inside && INSIDE(i) ? shape[i] / rate[i] - x[i] : 0;
        }
#undef INSIDE
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

static void statistics(const double *x, size_t n, double statistic[]) { gamma_statistics(x, n, false, statistic); }

ELBO_CLONES static void score_statistics(size_t n, double *restrict out, double *const partial[],
                                         const double *const in[], const double statistic[]) {
    const double *shape = in[0], *rate = in[1], *r = in[2], *norm = in[3], *by_psi = in[4];
    double count = statistic[0], mean = statistic[1], rest = statistic[2], zeros = statistic[4];
    bool outside = statistic[5] > 0;
    VECTOR_LOOP(i, n) {
        double y = count * norm[i] + gamma_sum_power(statistic, mean * r[i], log_product(mean, r[i]), shape[i], -1);
        double edge = zeros == 0 ? 0 : shape[i] == 1 ? zeros * (norm[i] + 1) : shape[i] < 1 ? INFINITY : -INFINITY;
        out[i] = outside ? -INFINITY : y + edge;
    }
    if (partial[0])
        VECTOR_LOOP(i, n) {
            double y = gamma_sum_log(statistic, log_product(mean, r[i])) - count * by_psi[i];
            partial[0][i] = outside || (zeros > 0 && shape[i] != 1) ? 0 : y;
        }
    if (partial[1])
        VECTOR_LOOP(i, n) {
            double y = (count + zeros) * (shape[i] / rate[i]) - mean * (count + rest);
            partial[1][i] = outside || (zeros > 0 && shape[i] != 1) ? 0 : y;
        }
}

const DistributionRow distribution_gamma = {
    .name = "Gamma",
    .help = "The gamma distribution",
    .parameters = {{"shape", CONSTRAINT_POSITIVE, NULL, "shape (concentration)"},
                   {"rate", CONSTRAINT_POSITIVE, NULL, "rate: 1 / scale"}},
    .n_parameters = 2,
    .alternatives = {{.given = {{"scale", CONSTRAINT_POSITIVE, NULL, "1 / rate"}}, .replaces = 1u << 1, .parameters = {[1] = "1 / scale"}}},
    .density = "rate^shape x^(shape - 1) exp(-rate x) / gamma(shape)",
    .edges = "At x = 0 the density is infinite for a shape below 1, the rate for 1, and 0 above. Below 0, at inf and at nan the log density is "
             "-inf.",
    .sampler = "Marsaglia and Tsang (ACM Transactions on Mathematical Software 26 (2000) 363); the derivative by the shape is implicit "
               "(Figurnov, Mohamed, Mnih 2018)",
    .support = "nonnegative",
    .prepared = {{1u << 0 | 1u << 1, ratio, false}, {1u << 0 | 1u << 1, constant, false}, {1u << 0, psi, false}},
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
                 {"ccdf", "gamma_ccdf(rate * x, shape)"},
                 {"log_cdf", "log_gamma_cdf(rate * x, shape)"},
                 {"log_ccdf", "log_gamma_ccdf(rate * x, shape)"},
                 {"quantile", "gamma_quantile(q, shape) / rate"},
                 {"upper_quantile", "gamma_upper_quantile(q, shape) / rate"},
                 {"scale", "1 / rate"},
                 {"kl", "(shape - other_shape) * digamma(shape) - lgamma(shape) + lgamma(other_shape)"
                        " + other_shape * log(rate / other_rate) + shape * (other_rate / rate - 1)"}},
    .example = "precision ~ Gamma(2, 0.5)",
    .base = "Gamma(shape, 1)",
    .from_base = "x / rate",
};
