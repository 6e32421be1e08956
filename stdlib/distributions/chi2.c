/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "runtime/distribution.h"

#include <float.h>

#include "runtime/kernels/vector.h"
#include "stdlib/distributions/gamma_draw.h"
#include "stdlib/distributions/gamma_path.h"
#include "stdlib/distributions/gamma_score.h"

/* Gamma(df / 2, 1 / 2) throughout. */
ELBO_CLONES static void ratio(size_t n, double *restrict out, const double *const parameters[]) {
    const double *df = parameters[0];
    VECTOR_LOOP(i, n) out[i] = 0.5 / gamma_centre(0.5 * df[i]);
}

ELBO_CLONES static void constant(size_t n, double *restrict out, const double *const parameters[]) {
    const double *df = parameters[0];
    VECTOR_LOOP(i, n) {
        double shape = 0.5 * df[i];
        out[i] = gamma_constant(shape) + log(0.5 / gamma_centre(shape));
    }
}

ELBO_CLONES static void psi(size_t n, double *restrict out, const double *const parameters[]) {
    const double *df = parameters[0];
    VECTOR_LOOP(i, n) out[i] = gamma_psi(0.5 * df[i]);
}

/* (df / 2 - 1) log(x) - x / 2 - df log(2) / 2 - log gamma(df / 2). At x = 0 the density is infinite (df < 2), 1/2 (df = 2) or
   0, and partials that are infinite there are given as 0. */
ELBO_CLONES static void score(size_t n, double *restrict out, double *const partial[], const double *const in[]) {
    const double *x = in[0], *df = in[1], *r = in[2], *norm = in[3], *by_psi = in[4];
#define INSIDE(i) (x[i] >= 0 && x[i] * r[i] <= 1e300)
    VECTOR_LOOP(i, n) {
        double shape = 0.5 * df[i], y = norm[i] + gamma_power(x[i] * r[i], log_product(x[i], r[i]), shape, -1);
        out[i] = INSIDE(i) ? y : -INFINITY;
    }
    if (partial[0])
        VECTOR_LOOP(i, n) {
            double power = 0.5 * df[i] - 1, y = (power == 0 ? 0 : power / x[i]) - 0.5;
            partial[0][i] = INSIDE(i) && fabs(y) < INFINITY ? y : 0;
        }
    if (partial[1])
        VECTOR_LOOP(i, n) {
            double y = 0.5 * (log_product(x[i], r[i]) - by_psi[i]);
            partial[1][i] = x[i] > 0 && INSIDE(i) ? y : 0;
        }
#undef INSIDE
}

ELBO_CLONES static void propose(size_t n, double *restrict out, const double *const in[]) {
    const double *df = in[0], *z = in[1], *u = in[2];
    VECTOR_LOOP(i, n) out[i] = gamma_propose_log(0.5 * df[i], z[i], u[i]);
}

ELBO_CLONES static void doubled(size_t n, double *restrict out) {
    VECTOR_LOOP(i, n) {
        double x = 2 * exp(out[i]);
        x = x < DBL_MIN ? DBL_MIN : x;
        out[i] = x > DBL_MAX ? DBL_MAX : x;
    }
}

static void transform(size_t n, double *restrict out, double *const partial[], const double *const in[]) {
    propose(n, out, in);
    for (size_t i = 0; partial[0] && i < n; i++) partial[0][i] = isnan(out[i]) ? 0 : 0.5 * gamma_path(out[i], 0.5 * in[0][i]);
    doubled(n, out);
    if (partial[0]) VECTOR_LOOP(i, n) partial[0][i] *= out[i];
}

static void statistics(const double *x, size_t n, double statistic[]) { gamma_statistics(x, n, false, statistic); }

ELBO_CLONES static void score_statistics(size_t n, double *restrict out, double *const partial[],
                                         const double *const in[], const double statistic[]) {
    const double *df = in[0], *r = in[1], *norm = in[2], *by_psi = in[3];
    double count = statistic[0], mean = statistic[1], zeros = statistic[4];
    bool outside = statistic[5] > 0;
    VECTOR_LOOP(i, n) {
        double shape = 0.5 * df[i], y = count * norm[i] + gamma_sum_power(statistic, mean * r[i], log_product(mean, r[i]), shape, -1);
        double edge = zeros == 0 ? 0 : shape == 1 ? zeros * (norm[i] + 1) : shape < 1 ? INFINITY : -INFINITY;
        out[i] = outside ? -INFINITY : y + edge;
    }
    if (!partial[0]) return;
    VECTOR_LOOP(i, n) {
        double y = 0.5 * (gamma_sum_log(statistic, log_product(mean, r[i])) - count * by_psi[i]);
        partial[0][i] = outside || (zeros > 0 && df[i] != 2) ? 0 : y;
    }
}

const DistributionRow distribution_chi2 = {
    .name = "Chi2",
    .help = "The chi-squared distribution: the sum of df squares of Normal(0, 1)",
    .parameters = {{"df", CONSTRAINT_POSITIVE, NULL, "degrees of freedom, not only whole ones"}},
    .n_parameters = 1,
    .density = "x^(df / 2 - 1) exp(-x / 2) / (2^(df / 2) gamma(df / 2))",
    .edges = "At x = 0 the density is infinite for df below 2, 1/2 for 2, and 0 above. Below 0, at inf and at nan the log density is -inf.",
    .sampler = "twice a gamma variable by Marsaglia and Tsang (ACM Transactions on Mathematical Software 26 (2000) 363); its derivative is "
               "implicit (Figurnov, Mohamed, Mnih 2018)",
    .support = "nonnegative",
    .prepared = {{1u << 0, ratio, false}, {1u << 0, constant, false}, {1u << 0, psi, false}},
    .score = score,
    .noise = {NOISE_NORMAL, NOISE_UNIFORM},
    .rejects = true,
    .transform = transform,
    .statistics = statistics,
    .score_statistics = score_statistics,
    .formulas = {{"mean", "df"},
                 {"variance", "2 * df"},
                 {"median", "2 * gamma_quantile(0.5, 0.5 * df)"},
                 {"mode", "max(df - 2, 0)"},
                 {"entropy", "gamma_entropy(0.5 * df) + 0.69314718055994531"},
                 {"cdf", "gamma_cdf(0.5 * x, 0.5 * df)"},
                 {"ccdf", "gamma_ccdf(0.5 * x, 0.5 * df)"},
                 {"log_cdf", "log_gamma_cdf(0.5 * x, 0.5 * df)"},
                 {"log_ccdf", "log_gamma_ccdf(0.5 * x, 0.5 * df)"},
                 {"quantile", "2 * gamma_quantile(q, 0.5 * df)"},
                 {"upper_quantile", "2 * gamma_upper_quantile(q, 0.5 * df)"},
                 {"kl", "0.5 * (df - other_df) * digamma(0.5 * df) - lgamma(0.5 * df) + lgamma(0.5 * other_df)"}},
    .example = "q ~ Chi2(3)",
    .base = "Gamma(0.5 * df, 0.5)",
    .from_base = "x",
};
