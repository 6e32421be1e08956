/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "runtime/distribution.h"

#include <float.h>

#include "runtime/kernels/vector.h"
#include "stdlib/distributions/gamma_draw.h"
#include "stdlib/distributions/gamma_path.h"
#include "stdlib/distributions/gamma_score.h"

ELBO_CLONES static void ratio(size_t n, double *restrict out, const double *const parameters[]) {
    const double *shape = parameters[0], *scale = parameters[1];
    VECTOR_LOOP(i, n) out[i] = scale[i] / gamma_centre(shape[i]);
}

ELBO_CLONES static void constant(size_t n, double *restrict out, const double *const parameters[]) {
    const double *shape = parameters[0], *scale = parameters[1];
    VECTOR_LOOP(i, n) out[i] = gamma_constant(shape[i]) - log(scale[i] / gamma_centre(shape[i]));
}

ELBO_CLONES static void psi(size_t n, double *restrict out, const double *const parameters[]) {
    const double *shape = parameters[0];
    VECTOR_LOOP(i, n) out[i] = gamma_psi(shape[i]);
}

/* shape log(scale) - log gamma(shape) - (shape + 1) log(x) - scale / x, with t = scale / (x max(shape, 1)). */
ELBO_CLONES static void score(size_t n, double *restrict out, double *const partial[], const double *const in[]) {
    const double *x = in[0], *shape = in[1], *scale = in[2], *r = in[3], *norm = in[4], *by_psi = in[5];
#define INSIDE(i) (x[i] > 0 && x[i] < INFINITY && r[i] / x[i] <= 1e300)
    VECTOR_LOOP(i, n) {
        double t = r[i] / x[i], log_t = t < 1e-280 ? log(r[i] * 0x1p600 / (x[i] * 0x1p-600)) - 831.77661667193437 : log(t);
        double y = norm[i] + gamma_power(t, log_t, shape[i], 1);
        out[i] = INSIDE(i) ? y : -INFINITY;
    }
    if (partial[0])
        VECTOR_LOOP(i, n) {
            double y = (scale[i] / x[i] - (shape[i] + 1)) / x[i];
            partial[0][i] = INSIDE(i) && fabs(y) < INFINITY ? y : 0;
        }
    if (partial[1])
        VECTOR_LOOP(i, n) {
            double t = r[i] / x[i], log_t = t < 1e-280 ? log(r[i] * 0x1p600 / (x[i] * 0x1p-600)) - 831.77661667193437 : log(t);
            partial[1][i] = INSIDE(i) ? log_t - by_psi[i] : 0;
        }
    if (partial[2])
        VECTOR_LOOP(i, n) {
            double y = shape[i] / scale[i] - 1 / x[i];
            partial[2][i] = INSIDE(i) && fabs(y) < INFINITY ? y : 0;
        }
#undef INSIDE
}

/* The inverse of a gamma variable. */
ELBO_CLONES static void propose(size_t n, double *restrict out, const double *const in[]) {
    const double *shape = in[0], *z = in[2], *u = in[3];
    VECTOR_LOOP(i, n) out[i] = gamma_propose_log(shape[i], z[i], u[i]);
}

ELBO_CLONES static void scaled(size_t n, double *restrict out, const double *restrict scale) {
    VECTOR_LOOP(i, n) {
        double x = exp(log(scale[i]) - out[i]);
        x = x < DBL_MIN ? DBL_MIN : x;
        out[i] = x > DBL_MAX ? DBL_MAX : x;
    }
}

static void transform(size_t n, double *restrict out, double *const partial[], const double *const in[]) {
    propose(n, out, in);
    for (size_t i = 0; partial[0] && i < n; i++) partial[0][i] = isnan(out[i]) ? 0 : -gamma_path(out[i], in[0][i]);
    scaled(n, out, in[1]);
    if (partial[0]) VECTOR_LOOP(i, n) partial[0][i] *= out[i];
    if (partial[1]) VECTOR_LOOP(i, n) partial[1][i] = out[i] / in[1][i];
}

static void statistics(const double *x, size_t n, double statistic[]) { gamma_statistics(x, n, true, statistic); }

ELBO_CLONES static void score_statistics(size_t n, double *restrict out, double *const partial[],
                                         const double *const in[], const double statistic[]) {
    const double *shape = in[0], *scale = in[1], *r = in[2], *norm = in[3], *by_psi = in[4];
    double count = statistic[0], mean = statistic[1], rest = statistic[2];
    bool outside = statistic[5] > 0;
    VECTOR_LOOP(i, n) {
        double log_tau = log_product(mean, r[i]), y = count * norm[i] + gamma_sum_power(statistic, mean * r[i], log_tau, shape[i], 1);
        out[i] = outside ? -INFINITY : y;
    }
    if (partial[0])
        VECTOR_LOOP(i, n) {
            double y = gamma_sum_log(statistic, log_product(mean, r[i])) - count * by_psi[i];
            partial[0][i] = outside ? 0 : y;
        }
    if (partial[1]) VECTOR_LOOP(i, n) partial[1][i] = outside ? 0 : count * (shape[i] / scale[i]) - mean * (count + rest);
}

const DistributionRow distribution_inversegamma = {
    .name = "InverseGamma",
    .help = "The inverse gamma distribution: 1 / x is Gamma(shape, scale)",
    .parameters = {{"shape", CONSTRAINT_POSITIVE, NULL, "shape (concentration)"},
                   {"scale", CONSTRAINT_POSITIVE, NULL, "scale: the rate of 1 / x"}},
    .n_parameters = 2,
    .density = "scale^shape x^(-shape - 1) exp(-scale / x) / gamma(shape)",
    .edges = "Outside of 0 < x < inf, at 0 too, the log density is -inf. The mean is inf for a shape of at most 1, the variance for one of "
             "at most 2.",
    .sampler = "the inverse of a gamma variable by Marsaglia and Tsang (ACM Transactions on Mathematical Software 26 (2000) 363); its "
               "derivative by the shape is implicit (Figurnov, Mohamed, Mnih 2018)",
    .support = "positive",
    .prepared = {{1u << 0 | 1u << 1, ratio, false}, {1u << 0 | 1u << 1, constant, false}, {1u << 0, psi, false}},
    .score = score,
    .noise = {NOISE_NORMAL, NOISE_UNIFORM},
    .rejects = true,
    .transform = transform,
    .statistics = statistics,
    .score_statistics = score_statistics,
    .formulas = {{"mean", "where(shape > 1, scale / where(shape > 1, shape - 1, 1), inf)"},
                 {"variance", "where(shape > 2, (scale / where(shape > 2, shape - 1, 1)) ^ 2 / where(shape > 2, shape - 2, 1), inf)"},
                 {"median", "scale / gamma_quantile(0.5, shape)"},
                 {"mode", "scale / (shape + 1)"},
                 {"entropy", "gamma_entropy(shape) + log(scale) - 2 * digamma(shape)"},
                 {"cdf", "gamma_ccdf(scale / max(x, 0), shape)"},
                 {"ccdf", "gamma_cdf(scale / max(x, 0), shape)"},
                 {"log_cdf", "log_gamma_ccdf(scale / max(x, 0), shape)"},
                 {"log_ccdf", "log_gamma_cdf(scale / max(x, 0), shape)"},
                 {"quantile", "scale / gamma_upper_quantile(q, shape)"},
                 {"upper_quantile", "scale / gamma_quantile(q, shape)"},
                 {"kl", "(shape - other_shape) * digamma(shape) - lgamma(shape) + lgamma(other_shape)"
                        " + other_shape * log(scale / other_scale) + shape * (other_scale / scale - 1)"}},
    .example = "sigma_squared ~ InverseGamma(3, 2)",
    .base = "Gamma(shape, scale)",
    .from_base = "1 / x",
};
