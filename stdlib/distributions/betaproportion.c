/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "runtime/distribution.h"

#include <float.h>

#include "runtime/kernel.h"
#include "runtime/kernels/vector.h"
#include "stdlib/distributions/beta_draw.h"
#include "stdlib/distributions/gamma_score.h"
#include "stdlib/distributions/statistics.h"

/* Beta(a, b) with a = mu kappa and b = (1 - mu) kappa. In s = x / mu and t = (1 - x) / (1 - mu) its density is
   exp(k + (a - 1) log(s) + (b - 1) log(t)); near the mean, where a log(s) and b log(t) nearly cancel, their sum is
   -a (s - 1 - log(s)) - b (t - 1 - log(t)). */
ELBO_CLONES static void constant(size_t n, double *restrict out, const double *const parameters[]) {
    const double *mu = parameters[0], *kappa = parameters[1];
    VECTOR_LOOP(i, n) {
        double a = mu[i] * kappa[i], b = (1 - mu[i]) * kappa[i];
        double rest = stirling_rest(a) + stirling_rest(b) - stirling_rest(kappa[i]);
        out[i] = 0.5 * (log(kappa[i]) - log(mu[i]) - log1p(-mu[i])) - 0.91893853320467274178 - rest;
    }
}

/* log(mu) - digamma(a) + digamma(kappa), and the same of the other side: so the derivatives by a and b are log(s) and log(t) more. */
ELBO_CLONES static void gap_of_a(size_t n, double *restrict out, const double *const parameters[]) {
    const double *mu = parameters[0], *kappa = parameters[1];
    VECTOR_LOOP(i, n) out[i] = digamma_rest(kappa[i]) - digamma_rest(mu[i] * kappa[i]);
}

ELBO_CLONES static void gap_of_b(size_t n, double *restrict out, const double *const parameters[]) {
    const double *mu = parameters[0], *kappa = parameters[1];
    VECTOR_LOOP(i, n) out[i] = digamma_rest(kappa[i]) - digamma_rest((1 - mu[i]) * kappa[i]);
}

#define AT(i, mean, m) const double m = mean[i], rest = 1 - m, a = m * kappa[i], b = rest * kappa[i]
#define S (x[i] / m)
#define T ((1 - x[i]) / rest)
#define INSIDE (x[i] >= 0 && x[i] <= 1)

ELBO_CLONES static void score(size_t n, double *restrict out, double *const partial[], const double *const in[]) {
    const double *x = in[0], *mu = in[1], *kappa = in[2], *norm = in[3], *gap_a = in[4], *gap_b = in[5];
    VECTOR_LOOP(i, n) {
        AT(i, mu, m);
        double left = a == 1 ? 0 : (a - 1) * log(S), right = b == 1 ? 0 : (b - 1) * (x[i] < 0.5 ? log1p(-x[i]) - log1p(-m) : log(T));
        double d = x[i] - m, s = 1 + d / m, t = 1 - d / rest;
        double near = -a * excess_near_1(s) - b * excess_near_1(t) - log(S) - log(T);
        double y = norm[i] + ((is_near_1(s) & is_near_1(t)) ? near : left + right);
        out[i] = INSIDE ? y : -INFINITY;
    }
    if (partial[0])
        VECTOR_LOOP(i, n) {
            AT(i, mu, m);
            double y = (a == 1 ? 0 : (a - 1) / x[i]) - (b == 1 ? 0 : (b - 1) / (1 - x[i]));
            partial[0][i] = INSIDE && fabs(y) < INFINITY ? y : 0;
        }
    for (unsigned k = 1; k < 3; k++) {
        double *restrict p = partial[k];
        if (!p) continue;
        VECTOR_LOOP(i, n) {
            double m = mu[i], rest = 1 - m;
            double by_a = gap_a[i] + log(S), by_b = gap_b[i] + (x[i] < 0.5 ? log1p(-x[i]) - log1p(-m) : log(T));
            double d = x[i] - m, s = 1 + d / m, t = 1 - d / rest; /* m log(s) + rest log(t), which cancel near the mean */
            double near = -m * excess_near_1(s) - rest * excess_near_1(t) + m * gap_a[i] + rest * gap_b[i];
            double far = (is_near_1(s) & is_near_1(t)) ? near : m * by_a + rest * by_b;
            double y = k == 1 ? kappa[i] * (by_a - by_b) : far;
            p[i] = INSIDE && fabs(y) < INFINITY ? y : 0;
        }
    }
}

enum { BLOCK = 256 };

ELBO_CLONES static void shapes(size_t n, double *restrict a, double *restrict b, const double *mu, const double *kappa) {
    VECTOR_LOOP(i, n) {
        a[i] = mu[i] * kappa[i];
        b[i] = (1 - mu[i]) * kappa[i];
    }
}

static void transform(size_t n, double *restrict out, double *const partial[], const double *const in[]) {
    double a[BLOCK], b[BLOCK], by_a[BLOCK] = {0}, by_b[BLOCK] = {0};
    bool wanted = partial[0] || partial[1];
    for (size_t at = 0, block; at < n; at += block) {
        block = n - at < BLOCK ? n - at : BLOCK;
        const double *mu = in[0] + at, *kappa = in[1] + at;
        shapes(block, a, b, mu, kappa);
        beta_draw(block, out + at, (double *const[]){wanted ? by_a : NULL, wanted ? by_b : NULL},
                  (const double *const[]){a, b, in[2] + at, in[3] + at, in[4] + at, in[5] + at});
        for (size_t i = 0; partial[0] && i < block; i++) partial[0][at + i] = kappa[i] * (by_a[i] - by_b[i]);
        for (size_t i = 0; partial[1] && i < block; i++) partial[1][at + i] = mu[i] * by_a[i] + (1 - mu[i]) * by_b[i];
    }
}

ELBO_CLONES static void map_inner(size_t n, double *restrict out, const double *restrict x) {
    VECTOR_LOOP(i, n) out[i] = x[i] > 0 && x[i] < 1 ? 1 : 0;
}

ELBO_CLONES static void map_value(size_t n, double *restrict out, const double *restrict x) {
    VECTOR_LOOP(i, n) out[i] = x[i] > 0 && x[i] < 1 ? x[i] : 0;
}

ELBO_CLONES static void map_zero(size_t n, double *restrict out, const double *restrict x) {
    VECTOR_LOOP(i, n) out[i] = x[i] == 0 ? 1 : 0;
}

ELBO_CLONES static void map_one(size_t n, double *restrict out, const double *restrict x) {
    VECTOR_LOOP(i, n) out[i] = x[i] == 1 ? 1 : 0;
}

ELBO_CLONES static void relate(size_t n, double *restrict d, double *restrict left, double *restrict right, const double *restrict x, double m) {
    VECTOR_LOOP(i, n) {
        bool inner = x[i] > 0 && x[i] < 1;
        double y = inner ? x[i] : m, s = y / m, t = 1 - (y - m) / (1 - m), far = (1 - y) / (1 - m);
        d[i] = y - m;
        left[i] = excess(s, log(s));
        right[i] = is_near_1(t) ? excess_near_1(t) : far - 1 - log(far);
    }
}

enum { COUNT, MEAN, REST, LEFT, RIGHT, ZEROS, ONES, OUTSIDE };

/* Of the data inside (0, 1): how many, their mean m, the sum of x - m (0 but for rounding), those of x / m - 1 - log(x / m) and of
   the same of (1 - x) / (1 - m); how many are 0, how many 1, and how many lie outside. */
static void statistics(const double *x, size_t n, double statistic[]) {
    double count = statistics_sum(x, n, map_inner), m = count > 0 ? statistics_sum(x, n, map_value) / count : 0.5;
    double padded[BLOCK], d[BLOCK], left[BLOCK], right[BLOCK];
    statistic[COUNT] = count;
    statistic[MEAN] = m = m < DBL_MIN ? DBL_MIN : m < 1 ? m : 1 - DBL_EPSILON / 2;
    statistic[REST] = statistic[LEFT] = statistic[RIGHT] = 0;
    for (size_t start = 0; start < n; start += BLOCK) {
        size_t length = n - start < BLOCK ? n - start : BLOCK;
        for (size_t i = 0; i < BLOCK; i++) padded[i] = i < length ? x[start + i] : 0;
        relate(BLOCK, d, left, right, padded, m);
        statistic[REST] += kernel_sum(d, length);
        statistic[LEFT] += kernel_sum(left, length);
        statistic[RIGHT] += kernel_sum(right, length);
    }
    statistic[ZEROS] = statistics_sum(x, n, map_zero);
    statistic[ONES] = statistics_sum(x, n, map_one);
    statistic[OUTSIDE] = (double)n - count - statistic[ZEROS] - statistic[ONES];
}

/* What data at an end add, as Beta has it. */
static inline double at_ends(double a, double b, double m, double norm, const double statistic[]) {
    bool zeros = statistic[ZEROS] > 0, ones = statistic[ONES] > 0;
    bool impossible = (zeros & (a > 1)) | (ones & (b > 1)), infinite = (zeros & (a < 1)) | (ones & (b < 1));
    double finite = (zeros ? statistic[ZEROS] * (norm - (b - 1) * log1p(-m)) : 0) + (ones ? statistic[ONES] * (norm - (a - 1) * log(m)) : 0);
    return impossible ? -INFINITY : infinite ? INFINITY : finite;
}

ELBO_CLONES static void score_statistics(size_t n, double *restrict out, double *const partial[],
                                         const double *const in[], const double statistic[]) {
    const double *mu = in[0], *kappa = in[1], *norm = in[2], *gap_a = in[3], *gap_b = in[4];
    double count = statistic[COUNT], mean = statistic[MEAN], remain = statistic[REST], zeros = statistic[ZEROS], ones = statistic[ONES];
    bool outside = statistic[OUTSIDE] > 0;
/* The sums of log(x / mu) and log((1 - x) / (1 - mu)). */
#define LOG_S (count * log(mean / m) + remain / mean - statistic[LEFT])
#define LOG_T (count * (log1p(-mean) - log1p(-m)) - remain / (1 - mean) - statistic[RIGHT])
    VECTOR_LOOP(i, n) {
        AT(i, mu, m);
        double s = mean / m, t = 1 - (mean - m) / rest, far = (1 - mean) / rest;
        double left = statistic[LEFT] + count * excess(s, log(s));
        double right = statistic[RIGHT] + count * (is_near_1(t) ? excess_near_1(t) : far - 1 - log(far));
        double linear = kappa[i] * remain * (m / mean - rest / (1 - mean));
        double y = count * norm[i] - LOG_S - LOG_T - a * left - b * right + linear;
        out[i] = outside ? -INFINITY : y + at_ends(a, b, m, norm[i], statistic);
    }
    for (unsigned k = 0; k < 2; k++) {
        double *restrict p = partial[k];
        if (!p) continue;
        VECTOR_LOOP(i, n) {
            AT(i, mu, m);
            double all = count + zeros + ones, by_a = all * gap_a[i] + LOG_S - ones * log(m), by_b = all * gap_b[i] + LOG_T - zeros * log1p(-m);
            double y = k == 0 ? kappa[i] * (by_a - by_b) : m * by_a + rest * by_b;
            p[i] = outside || fabs(at_ends(a, b, m, norm[i], statistic)) == INFINITY ? 0 : y;
        }
    }
#undef LOG_S
#undef LOG_T
}

static bool accepts(const double *parameters) { return parameters[0] > 0 && parameters[0] < 1; }

#define A "mu * kappa"
#define B "(1 - mu) * kappa"

const DistributionRow distribution_betaproportion = {
    .name = "BetaProportion",
    .help = "The beta distribution by its mean and a sample size: Beta(mu kappa, (1 - mu) kappa)",
    .parameters = {{"mu", CONSTRAINT_UNIT_INTERVAL, NULL, "mean"},
                   {"kappa", CONSTRAINT_POSITIVE, NULL, "precision: as many observations as the prior is worth"}},
    .n_parameters = 2,
    .density = "x^(mu kappa - 1) (1 - x)^((1 - mu) kappa - 1) / B(mu kappa, (1 - mu) kappa)",
    .edges = "At 0 the density is infinite for mu kappa below 1, finite for 1, and 0 above; at 1 likewise with (1 - mu) kappa. Outside of "
             "[0, 1] and at nan the log density is -inf. A mu of 0 or 1 is an error.",
    .sampler = "x / (x + y) of two gamma variables by Marsaglia and Tsang (ACM Transactions on Mathematical Software 26 (2000) 363); its "
               "derivatives are implicit (Figurnov, Mohamed, Mnih 2018)",
    .support = "unit_interval",
    .accepts = accepts,
    .condition = "mu must lie between 0 and 1 and be neither",
    .prepared = {{1u << 0 | 1u << 1, constant, false}, {1u << 0 | 1u << 1, gap_of_a, false}, {1u << 0 | 1u << 1, gap_of_b, false}},
    .score = score,
    .noise = {NOISE_NORMAL, NOISE_UNIFORM, NOISE_NORMAL, NOISE_UNIFORM},
    .rejects = true,
    .transform = transform,
    .statistics = statistics,
    .score_statistics = score_statistics,
    .formulas = {{"mean", "mu + 0 * kappa"},
                 {"variance", "mu * (1 - mu) / (kappa + 1)"},
                 {"median", "beta_quantile(0.5, " A ", " B ")"},
                 {"mode", "beta_mode(" A ", " B ")"},
                 {"entropy", "beta_entropy(" A ", " B ")"},
                 {"cdf", "beta_cdf(x, " A ", " B ")"},
                 {"ccdf", "beta_ccdf(x, " A ", " B ")"},
                 {"log_cdf", "log_beta_cdf(x, " A ", " B ")"},
                 {"log_ccdf", "log_beta_ccdf(x, " A ", " B ")"},
                 {"quantile", "beta_quantile(q, " A ", " B ")"},
                 {"upper_quantile", "beta_upper_quantile(q, " A ", " B ")"},
                 {"kl", "log_beta(other_mu * other_kappa, (1 - other_mu) * other_kappa) - log_beta(" A ", " B ")"
                        " + (mu * kappa - other_mu * other_kappa) * digamma(" A ")"
                        " + ((1 - mu) * kappa - (1 - other_mu) * other_kappa) * digamma(" B ") + (other_kappa - kappa) * digamma(kappa)"}},
    .example = "share ~ BetaProportion(0.3, 20)",
    .base = "Beta(" A ", " B ")",
    .from_base = "x",
};
