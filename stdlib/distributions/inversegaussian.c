/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "runtime/distribution.h"

#include <float.h>

#include "runtime/kernel.h"
#include "runtime/kernels/vector.h"
#include "stdlib/distributions/mills.h"
#include "stdlib/distributions/statistics.h"

#define HALF_LOG_2_PI 0.91893853320467274178032973640562

/* log(shape) / 2 - log(2 pi) / 2 - 3/2 log(x) - shape (x - mu)^2 / (2 mu^2 x). */
ELBO_CLONES static void score(size_t n, double *restrict out, double *const partial[], const double *const in[]) {
    const double *x = in[0], *mu = in[1], *shape = in[2], *log_shape = in[3], *log_x = in[4];
/* (x - mu)^2 / (mu x), as a product of numbers that are not too large. */
#define DEVIANCE(i) ((x[i] - mu[i]) / mu[i] * ((x[i] - mu[i]) / x[i]))
#define INSIDE(i, y) (x[i] > 0 && x[i] < INFINITY && shape[i] / mu[i] * DEVIANCE(i) < INFINITY && fabs(y) < INFINITY)
    VECTOR_LOOP(i, n) {
        double y = 0.5 * log_shape[i] - HALF_LOG_2_PI - 1.5 * log_x[i] - 0.5 * (shape[i] / mu[i]) * DEVIANCE(i);
        out[i] = INSIDE(i, y) ? y : -INFINITY;
    }
    if (partial[0])
        VECTOR_LOOP(i, n) {
            double y = (-1.5 - 0.5 * (shape[i] / mu[i]) * ((x[i] - mu[i]) / mu[i]) * ((x[i] + mu[i]) / x[i])) / x[i];
            partial[0][i] = INSIDE(i, y) ? y : 0;
        }
    if (partial[1])
        VECTOR_LOOP(i, n) {
            double y = shape[i] / mu[i] * ((x[i] - mu[i]) / mu[i]) / mu[i];
            partial[1][i] = INSIDE(i, y) ? y : 0;
        }
    if (partial[2])
        VECTOR_LOOP(i, n) {
            double y = 0.5 / shape[i] - 0.5 * DEVIANCE(i) / mu[i];
            partial[2][i] = INSIDE(i, y) ? y : 0;
        }
#undef DEVIANCE
#undef INSIDE
}

/* Michael, Schucany, Haas: Generating random variates using transformations with multiple roots, The American Statistician 30
   (1976) 88. Of mean 1 and shape s = shape / mu, the smaller root is 1 / (1 + w + sqrt(w (2 + w))) with w = z^2 / (2 s), the
   larger its inverse. */
ELBO_CLONES static void transform(size_t n, double *restrict out, double *const partial[], const double *const in[]) {
    const double *mu = in[0], *shape = in[1], *z = in[2], *u = in[3];
    VECTOR_LOOP(i, n) {
        double w = 0.5 * z[i] * z[i] * (mu[i] / shape[i]), larger = 1 + w + sqrt(w) * sqrt(2 + w);
        double x = u[i] * (1 + larger) <= larger ? 1 / larger : larger;
        x *= mu[i];
        x = x < DBL_MIN ? DBL_MIN : x;
        out[i] = x > DBL_MAX ? DBL_MAX : x;
    }
    /* x = mu y(shape / mu), whose roots trade places: so dy / ds is implicit. */
    if (partial[0])
        VECTOR_LOOP(i, n) {
            double y = out[i] / mu[i], s = shape[i] / mu[i];
            partial[0][i] = y - s * inverse_gaussian_path(y, s);
        }
    if (partial[1]) VECTOR_LOOP(i, n) partial[1][i] = inverse_gaussian_path(out[i] / mu[i], shape[i] / mu[i]);
}

ELBO_CLONES static void map_log(size_t n, double *restrict out, const double *restrict x) {
    VECTOR_LOOP(i, n) {
        double y = log(x[i]);
        out[i] = x[i] > 0 && x[i] < INFINITY ? y : 0;
    }
}

ELBO_CLONES static void map_inverse(size_t n, double *restrict out, const double *restrict x) {
    VECTOR_LOOP(i, n) out[i] = x[i] > 0 && x[i] < INFINITY ? 1 / x[i] : 0;
}

ELBO_CLONES static void map_outside(size_t n, double *restrict out, const double *restrict x) {
    VECTOR_LOOP(i, n) out[i] = x[i] > 0 && x[i] < INFINITY ? 0 : 1;
}

ELBO_CLONES static void deviances(size_t n, double *restrict out, const double *restrict x, double m) {
    VECTOR_LOOP(i, n) out[i] = x[i] > 0 && x[i] < INFINITY ? (x[i] - m) / m * ((x[i] - m) / x[i]) : 0;
}

enum { BLOCK = 1024 };

/* n; a centre m near the mean; the sum of x - m (0 but for rounding); that of (x - m)^2 / (m x); that of 1 / x; that of log(x); the
   number of data outside the support. */
static void statistics(const double *x, size_t n, double statistic[]) {
    double moments[3], padded[BLOCK], y[BLOCK], sum = 0;
    statistics_moments(x, n, NULL, moments);
    double m = moments[0] > 0 && moments[0] < INFINITY ? moments[0] : 1;
    for (size_t start = 0; start < n; start += BLOCK) {
        size_t length = n - start < BLOCK ? n - start : BLOCK;
        for (size_t i = 0; i < BLOCK; i++) padded[i] = i < length ? x[start + i] : 1;
        deviances(BLOCK, y, padded, m);
        sum += kernel_sum(y, length);
    }
    statistic[0] = (double)n;
    statistic[1] = m;
    statistic[2] = m == moments[0] ? moments[1] : 0;
    statistic[3] = sum;
    statistic[4] = statistics_sum(x, n, map_inverse);
    statistic[5] = statistics_sum(x, n, map_log);
    statistic[6] = statistics_sum(x, n, map_outside);
}

/* The sum of (x - mu)^2 / (mu x), from that about m: with d = m - mu it is
   m / mu (sum of (x - m)^2 / (m x)) + 2 d / mu (n - m sum 1 / x) + d^2 / mu (sum 1 / x), and m sum 1 / x - n is
   (sum of (x - m)^2 / (m x)) - (sum of x - m) / m. */
static inline double deviance_sum(const double statistic[], double mu) {
    double m = statistic[1], about = statistic[3], gap = about - statistic[2] / m, d = (m - mu) / mu;
    return m / mu * about - 2 * d * gap + d * (m - mu) * statistic[4];
}

ELBO_CLONES static void score_statistics(size_t n, double *restrict out, double *const partial[],
                                         const double *const in[], const double statistic[]) {
    const double *mu = in[0], *shape = in[1], *log_shape = in[2];
    double count = statistic[0], m = statistic[1], rest = statistic[2], logs = statistic[5];
    bool outside = statistic[6] > 0;
    VECTOR_LOOP(i, n) {
        double y = count * (0.5 * log_shape[i] - HALF_LOG_2_PI) - 1.5 * logs - 0.5 * (shape[i] / mu[i]) * deviance_sum(statistic, mu[i]);
        out[i] = outside ? -INFINITY : y;
    }
    if (partial[0])
        VECTOR_LOOP(i, n) {
            double y = shape[i] / mu[i] * ((count * (m - mu[i]) + rest) / mu[i]) / mu[i];
            partial[0][i] = outside ? 0 : y;
        }
    if (partial[1])
        VECTOR_LOOP(i, n) {
            double y = 0.5 * count / shape[i] - 0.5 * deviance_sum(statistic, mu[i]) / mu[i];
            partial[1][i] = outside ? 0 : y;
        }
}

const DistributionRow distribution_inversegaussian = {
    .name = "InverseGaussian",
    .help = "The inverse Gaussian (Wald) distribution: when a Brownian motion with drift first passes a level",
    .parameters = {{"mu", CONSTRAINT_POSITIVE, NULL, "mean"},
                   {"shape", CONSTRAINT_POSITIVE, NULL, "shape: the variance is mu^3 / shape"}},
    .n_parameters = 2,
    .density = "sqrt(shape / (2 pi x^3)) exp(-shape (x - mu)^2 / (2 mu^2 x))",
    .edges = "Outside of 0 < x < inf, at 0 too, the log density is -inf.",
    .sampler = "Michael, Schucany, Haas (The American Statistician 30 (1976) 88), from a normal and a uniform number; derivatives are "
               "implicit, by the cdf of Shuster (Journal of the American Statistical Association 63 (1968) 1514)",
    .support = "positive",
    .prepared = {{1u << 1, NULL, true}},
    .wants_log = true,
    .score = score,
    .noise = {NOISE_NORMAL, NOISE_UNIFORM},
    .transform = transform,
    .statistics = statistics,
    .score_statistics = score_statistics,
    .formulas = {{"mean", "mu + 0 * shape"},
                 {"variance", "mu ^ 2 * (mu / shape)"},
                 {"median", "mu * inverse_gaussian_quantile(0.5, shape / mu)"},
                 {"mode", "mu / (sqrt(1 + (1.5 * mu / shape) ^ 2) + 1.5 * mu / shape)"},
                 {"entropy", "1.4189385332046727 - 0.5 * log(shape) + 1.5 * (log(mu) - scaled_expint(2 * shape / mu))"},
                 {"cdf", "inverse_gaussian_cdf(x / mu, shape / mu)"},
                 {"ccdf", "inverse_gaussian_ccdf(x / mu, shape / mu)"},
                 {"log_cdf", "log_inverse_gaussian_cdf(x / mu, shape / mu)"},
                 {"log_ccdf", "log_inverse_gaussian_ccdf(x / mu, shape / mu)"},
                 {"quantile", "mu * inverse_gaussian_quantile(q, shape / mu)"},
                 {"upper_quantile", "mu * inverse_gaussian_upper_quantile(q, shape / mu)"},
                 {"kl", "0.5 * (log(shape / other_shape) + (other_shape / shape - 1)"
                        " + other_shape / mu * ((mu - other_mu) / other_mu) ^ 2)"}},
    .example = "passage ~ InverseGaussian(2, 3)",
    .base = "InverseGaussian(1, shape / mu)",
    .from_base = "mu * x",
};
