/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "runtime/distribution.h"

#include <float.h>

#include "runtime/kernels/special.h"
#include "runtime/kernels/vector.h"
#include "stdlib/distributions/beta_draw.h"
#include "stdlib/distributions/gamma_draw.h"
#include "stdlib/distributions/gamma_path.h"
#include "stdlib/distributions/log_beta.h"
#include "stdlib/distributions/statistics.h"

ELBO_CLONES static void log_norm(size_t n, double *restrict out, const double *const parameters[]) {
    const double *a = parameters[0], *b = parameters[1];
    VECTOR_LOOP(i, n) out[i] = -log_beta(a[i], b[i]);
}

ELBO_CLONES static void log_norm_by_a(size_t n, double *restrict out, const double *const parameters[]) {
    const double *a = parameters[0], *b = parameters[1];
    VECTOR_LOOP(i, n) out[i] = digamma_gap(a[i], b[i]);
}

static void log_norm_by_b(size_t n, double *restrict out, const double *const parameters[]) {
    log_norm_by_a(n, out, (const double *const[]){parameters[1], parameters[0]});
}

/* (a - 1) log(x) + (b - 1) log(1 - x) - log_beta(a, b). At the ends the density is infinite (a or b below 1), finite (1) or
   0; partials that are infinite there are given as 0. */
ELBO_CLONES static void score(size_t n, double *restrict out, double *const partial[], const double *const in[]) {
    const double *x = in[0], *a = in[1], *b = in[2], *norm = in[3], *by_a = in[4], *by_b = in[5];
    VECTOR_LOOP(i, n) {
        double left = a[i] == 1 ? 0 : (a[i] - 1) * log(x[i]);
        out[i] = norm[i] + left;
    }
    VECTOR_LOOP(i, n) {
        double right = b[i] == 1 ? 0 : (b[i] - 1) * log1p(-x[i]);
        out[i] = x[i] >= 0 && x[i] <= 1 ? out[i] + right : -INFINITY;
    }
    if (partial[0])
        VECTOR_LOOP(i, n) {
            double left = a[i] == 1 ? 0 : (a[i] - 1) / x[i], right = b[i] == 1 ? 0 : (b[i] - 1) / (1 - x[i]);
            double y = left - right;
            partial[0][i] = x[i] >= 0 && x[i] <= 1 && fabs(y) < INFINITY ? y : 0;
        }
    if (partial[1])
        VECTOR_LOOP(i, n) {
            double y = log(x[i]) + by_a[i];
            partial[1][i] = x[i] > 0 && (x[i] < 1 || (x[i] == 1 && b[i] == 1)) ? y : 0;
        }
    if (partial[2])
        VECTOR_LOOP(i, n) {
            double y = log1p(-x[i]) + by_b[i];
            partial[2][i] = (x[i] > 0 || (x[i] == 0 && a[i] == 1)) && x[i] < 1 ? y : 0;
        }
}

enum { BLOCK = 512 };

ELBO_CLONES static bool all_from_1(size_t n, const double *a, const double *b) {
    long below = 0;
    for (size_t i = 0; i < n; i++) below += (a[i] < 1) | (b[i] < 1);
    return below == 0;
}

/* X / (X + Y) for gamma variables X and Y; of small a or b by their logarithms, since both are too small for numbers. */
ELBO_CLONES static void ratio(size_t n, double *restrict out, const double *restrict x, const double *restrict y) {
    VECTOR_LOOP(i, n) out[i] = x[i] / (x[i] + y[i]);
}

ELBO_CLONES static void ratio_of_small(size_t n, double *restrict out, const double *a, const double *b, const double *restrict log_x,
                                       const double *restrict log_y) {
    VECTOR_LOOP(i, n) {
        double y = 1 / (1 + exp(log_y[i] - log_x[i]));
        out[i] = a[i] < 1 || b[i] < 1 ? y : out[i];
    }
}

ELBO_CLONES static void take_logs(size_t n, double *restrict x, const double *shape, const double *other, const double *restrict log_x) {
    VECTOR_LOOP(i, n) {
        double y = log(x[i]);
        x[i] = shape[i] < 1 || other[i] < 1 ? log_x[i] : y;
    }
}

ELBO_CLONES static void keep_inside(size_t n, double *restrict x) {
    VECTOR_LOOP(i, n) {
        double y = x[i] < DBL_MIN ? DBL_MIN : x[i];
        x[i] = y > 1 - DBL_EPSILON / 2 ? 1 - DBL_EPSILON / 2 : y;
    }
}

static void propose(size_t n, double *restrict out, double *const partial[], const double *const in[]) {
    const double *a = in[0], *b = in[1];
    double x[BLOCK], y[BLOCK], log_x[BLOCK] = {0}, log_y[BLOCK] = {0};
    gamma_propose_all(n, x, a, in[2], in[3]);
    gamma_propose_all(n, y, b, in[4], in[5]);
    ratio(n, out, x, y);
    if (!all_from_1(n, a, b)) {
        gamma_propose_logs(n, log_x, a, in[2], in[3]);
        gamma_propose_logs(n, log_y, b, in[4], in[5]);
        ratio_of_small(n, out, a, b, log_x, log_y);
    }
    if (partial[0] || partial[1]) {
        take_logs(n, x, a, b, log_x);
        take_logs(n, y, b, a, log_y);
    }
    for (size_t i = 0; i < n && (partial[0] || partial[1]); i++) {
        if (isnan(out[i])) continue;
        double e = exp(-fabs(y[i] - x[i])), slope = e / ((1 + e) * (1 + e)); /* x (1 - x) */
        if (partial[0]) partial[0][i] = slope * gamma_path(x[i], a[i]);
        if (partial[1]) partial[1][i] = -slope * gamma_path(y[i], b[i]);
    }
    keep_inside(n, out);
}

void beta_draw(size_t n, double *restrict out, double *const partial[], const double *const in[]) {
    for (size_t at = 0, block; at < n; at += block) {
        block = n - at < BLOCK ? n - at : BLOCK;
        double *some[2] = {partial[0] ? partial[0] + at : NULL, partial[1] ? partial[1] + at : NULL};
        propose(block, out + at, some, (const double *const[]){in[0] + at, in[1] + at, in[2] + at, in[3] + at, in[4] + at, in[5] + at});
    }
}

ELBO_CLONES static void map_log(size_t n, double *restrict out, const double *restrict x) {
    VECTOR_LOOP(i, n) {
        double y = log(x[i]);
        out[i] = x[i] > 0 ? y : 0;
    }
}

ELBO_CLONES static void map_log1m(size_t n, double *restrict out, const double *restrict x) {
    VECTOR_LOOP(i, n) {
        double y = log1p(-x[i]);
        out[i] = x[i] < 1 ? y : 0;
    }
}

ELBO_CLONES static void map_zero(size_t n, double *restrict out, const double *restrict x) {
    VECTOR_LOOP(i, n) out[i] = x[i] == 0 ? 1 : 0;
}

ELBO_CLONES static void map_one(size_t n, double *restrict out, const double *restrict x) {
    VECTOR_LOOP(i, n) out[i] = x[i] == 1 ? 1 : 0;
}

ELBO_CLONES static void map_outside(size_t n, double *restrict out, const double *restrict x) {
    VECTOR_LOOP(i, n) out[i] = x[i] >= 0 && x[i] <= 1 ? 0 : 1;
}

/* n, sum of log(x) where x is not 0, sum of log(1 - x) where x is not 1, number of zeros, of ones, of data outside. */
static void statistics(const double *x, size_t n, double statistic[]) {
    statistic[0] = (double)n;
    statistic[1] = statistics_sum(x, n, map_log);
    statistic[2] = statistics_sum(x, n, map_log1m);
    statistic[3] = statistics_sum(x, n, map_zero);
    statistic[4] = statistics_sum(x, n, map_one);
    statistic[5] = statistics_sum(x, n, map_outside);
}

/* What data at an end add: nothing, or an infinite log density. Both ends at once with opposite signs count as impossible. */
static inline double at_ends(double a, double b, bool zeros, bool ones) {
    bool impossible = (zeros & (a > 1)) | (ones & (b > 1)), infinite = (zeros & (a < 1)) | (ones & (b < 1));
    return impossible ? -INFINITY : infinite ? INFINITY : 0;
}

ELBO_CLONES static void score_statistics(size_t n, double *restrict out, double *const partial[],
                                         const double *const in[], const double statistic[]) {
    const double *a = in[0], *b = in[1], *norm = in[2], *by_a = in[3], *by_b = in[4];
    double count = statistic[0], logs = statistic[1], logs_1m = statistic[2];
    bool zeros = statistic[3] > 0, ones = statistic[4] > 0, outside = statistic[5] > 0;
    VECTOR_LOOP(i, n) {
        double y = count * norm[i] + (a[i] - 1) * logs + (b[i] - 1) * logs_1m + at_ends(a[i], b[i], zeros, ones);
        out[i] = outside ? -INFINITY : y;
    }
    if (partial[0])
        VECTOR_LOOP(i, n)
            partial[0][i] = outside || at_ends(a[i], b[i], zeros, ones) != 0 ? 0 : count * by_a[i] + logs;
    if (partial[1])
        VECTOR_LOOP(i, n)
            partial[1][i] = outside || at_ends(a[i], b[i], zeros, ones) != 0 ? 0 : count * by_b[i] + logs_1m;
}

const DistributionRow distribution_beta = {
    .name = "Beta",
    .help = "The beta distribution, for probabilities and shares",
    .parameters = {{"a", CONSTRAINT_POSITIVE, NULL, "pulls towards 1 (prior successes)"},
                   {"b", CONSTRAINT_POSITIVE, NULL, "pulls towards 0 (prior failures)"}},
    .n_parameters = 2,
    .density = "x^(a - 1) (1 - x)^(b - 1) / B(a, b)",
    .edges = "At 0 the density is infinite for a below 1, b for 1, and 0 above; at 1 likewise with b, and a for b = 1. Outside of [0, 1] and "
             "at nan the log density is -inf.",
    .sampler = "x / (x + y) of two gamma variables by Marsaglia and Tsang (ACM Transactions on Mathematical Software 26 (2000) 363); its "
               "derivatives are implicit (Figurnov, Mohamed, Mnih 2018)",
    .support = "unit_interval",
    .prepared = {{3u, log_norm, false}, {3u, log_norm_by_a, false}, {3u, log_norm_by_b, false}},
    .score = score,
    .noise = {NOISE_NORMAL, NOISE_UNIFORM, NOISE_NORMAL, NOISE_UNIFORM},
    .rejects = true,
    .transform = beta_draw,
    .statistics = statistics,
    .score_statistics = score_statistics,
    .formulas = {{"mean", "a / (a + b)"},
                 {"variance", "a * b / ((a + b) ^ 2 * (a + b + 1))"},
                 {"median", "beta_quantile(0.5, a, b)"},
                 {"mode", "beta_mode(a, b)"},
                 {"entropy", "beta_entropy(a, b)"},
                 {"cdf", "beta_cdf(x, a, b)"},
                 {"ccdf", "beta_ccdf(x, a, b)"},
                 {"log_cdf", "log_beta_cdf(x, a, b)"},
                 {"log_ccdf", "log_beta_ccdf(x, a, b)"},
                 {"quantile", "beta_quantile(q, a, b)"},
                 {"upper_quantile", "beta_upper_quantile(q, a, b)"},
                 {"kl", "log_beta(other_a, other_b) - log_beta(a, b) + (a - other_a) * digamma(a)"
                        " + (b - other_b) * digamma(b) + (other_a - a + other_b - b) * digamma(a + b)"}},
    .example = "p ~ Beta(1, 1)",
};
