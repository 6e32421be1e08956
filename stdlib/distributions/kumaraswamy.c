/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "runtime/distribution.h"

#include <float.h>

#include "runtime/kernels/vector.h"

/* log(1 - exp(v)) for v <= 0. */
static inline double log1m_exp(double v) {
    double near = log(-expm1(v)), far = log1p(-exp(v));
    return v > -0.69314718055994531 ? near : far;
}

/* log(a) + log(b) + (a - 1) log(x) + (b - 1) log(1 - x^a). At the ends the density is infinite (a or b below 1), finite (1) or 0;
   partials that are infinite there are given as 0. */
ELBO_CLONES static void score(size_t n, double *restrict out, double *const partial[], const double *const in[]) {
    const double *x = in[0], *a = in[1], *b = in[2], *log_a = in[3], *log_b = in[4], *log_x = in[5];
#define INSIDE(i) (x[i] >= 0 && x[i] <= 1)
/* x^a / (1 - x^a). */
#define ODDS(i) (1 / expm1(-a[i] * log_x[i]))
    VECTOR_LOOP(i, n) {
        double left = a[i] == 1 ? 0 : (a[i] - 1) * log_x[i], right = b[i] == 1 ? 0 : (b[i] - 1) * log1m_exp(a[i] * log_x[i]);
        out[i] = INSIDE(i) ? log_a[i] + log_b[i] + left + right : -INFINITY;
    }
    if (partial[0])
        VECTOR_LOOP(i, n) {
            double left = a[i] == 1 ? 0 : (a[i] - 1) / x[i], right = b[i] == 1 ? 0 : (b[i] - 1) * (a[i] * ODDS(i) / x[i]);
            double edge = a[i] == 1 ? 1 - b[i] : 0, y = x[i] == 0 ? edge : left - right;
            partial[0][i] = INSIDE(i) && fabs(y) < INFINITY ? y : 0;
        }
    if (partial[1])
        VECTOR_LOOP(i, n) {
            double right = b[i] == 1 ? 0 : (b[i] - 1) * (log_x[i] * ODDS(i)), y = 1 / a[i] + log_x[i] - right;
            partial[1][i] = x[i] > 0 && (x[i] < 1 || (x[i] == 1 && b[i] == 1)) && fabs(y) < INFINITY ? y : 0;
        }
    if (partial[2])
        VECTOR_LOOP(i, n) {
            double y = 1 / b[i] + log1m_exp(a[i] * log_x[i]);
            partial[2][i] = (x[i] > 0 || (x[i] == 0 && a[i] == 1)) && x[i] < 1 && fabs(y) < INFINITY ? y : 0;
        }
#undef INSIDE
#undef ODDS
}

ELBO_CLONES static void transform(size_t n, double *restrict out, double *const partial[], const double *const in[]) {
    const double *a = in[0], *b = in[1], *u = in[2];
    VECTOR_LOOP(i, n) {
        double x = exp(log1m_exp(log(u[i]) / b[i]) / a[i]);
        x = x < DBL_MIN ? DBL_MIN : x;
        out[i] = x < 1 ? x : 1 - DBL_EPSILON / 2;
    }
    if (partial[0]) VECTOR_LOOP(i, n) partial[0][i] = -out[i] * log1m_exp(log(u[i]) / b[i]) / (a[i] * a[i]);
    if (partial[1])
        VECTOR_LOOP(i, n) {
            double v = log(u[i]) / b[i], y = out[i] / a[i] * (v / b[i]) / expm1(-v);
            partial[1][i] = fabs(y) < INFINITY ? y : 0;
        }
}

/* log(E x^k) = log(b) + log B(1 + k / a, b). */
#define LOG_MOMENT_1 "log(b) + log_beta(1 + 1 / a, b)"
#define LOG_MOMENT_2 "log(b) + log_beta(1 + 2 / a, b)"
/* log(1 - x^a) for x in the support. */
#define LOG_REST "log1m_exp(a * log(min(max(x, 0), 1)))"

const DistributionRow distribution_kumaraswamy = {
    .name = "Kumaraswamy",
    .help = "The Kumaraswamy distribution: like Beta(a, b), with a cdf in closed form",
    .parameters = {{"a", CONSTRAINT_POSITIVE, NULL, "pulls towards 1"}, {"b", CONSTRAINT_POSITIVE, NULL, "pulls towards 0"}},
    .n_parameters = 2,
    .density = "a b x^(a - 1) (1 - x^a)^(b - 1)",
    .edges = "At 0 the density is infinite for a below 1, b for 1, and 0 above; at 1 likewise with b, and a for b = 1. Outside of [0, 1] and "
             "at nan the log density is -inf.",
    .sampler = "the quantile of a uniform number",
    .support = "unit_interval",
    .prepared = {{1u << 0, NULL, true}, {1u << 1, NULL, true}},
    .wants_log = true,
    .score = score,
    .noise = {NOISE_UNIFORM},
    .transform = transform,
    .formulas = {{"mean", "exp(" LOG_MOMENT_1 ")"},
                 {"variance", "exp(2 * (" LOG_MOMENT_1 ")) * expm1(" LOG_MOMENT_2 " - 2 * (" LOG_MOMENT_1 "))"},
                 {"median", "exp(log1m_exp(-0.69314718055994531 / b) / a)"},
                 {"mode", "where(a > 1 and b > 1, exp(log(where(a > 1, a - 1, 1) / where(a > 1 and b > 1, a * b - 1, 1)) / a),"
                          " where(a == 1 and b == 1, 0.5, where(a > b and a >= 1, 1, 0)))"},
                 {"entropy", "1 - 1 / b + (1 - 1 / a) * (digamma(b + 1) + 0.57721566490153286) - log(a) - log(b)"},
                 {"cdf", "-expm1(b * " LOG_REST ")"},
                 {"ccdf", "exp(b * " LOG_REST ")"},
                 {"log_cdf", "where(max(log(b), 0) + a * log(min(max(x, 0), 1)) < -37, log(b) + a * log(min(max(x, 0), 1)),"
                             " log1m_exp(b * " LOG_REST "))"},
                 {"log_ccdf", "b * " LOG_REST},
                 {"quantile", "exp(log1m_exp(log1p(-q) / b) / a)"},
                 {"upper_quantile", "exp(log1m_exp(log(q) / b) / a)"},
                 {"kl", "log(b / other_b) + (other_b - b) / b"}},
    .kl_equal = 1u << 0,
    .example = "share ~ Kumaraswamy(2, 3)",
    .base = "Exponential(b)",
    .from_base = "(-expm1(-x)) ^ (1 / a)",
};
