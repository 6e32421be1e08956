/* SPDX-License-Identifier: GPL-3.0-or-later
   Distribution functions, quantiles and entropies of counts: not for inner loops. Derivatives are with respect
   to rates and probabilities; in whole numbers these functions are steps. */
#include <math.h>

#include "runtime/kernel.h"
#include "stdlib/distributions/counts.h"
#include "stdlib/special_counts.h"

static double poisson_tail(const Counts *c, double k, bool upper) {
    if (c->n == 0) return upper ? 0 : 1;
    return special_gamma_cdf(c->n, k + 1, !upper);
}

static double poisson_probability(const Counts *c, double k) { return poisson_log(k, c->n); }

static Counts poisson(double rate) {
    return (Counts){.tail = poisson_tail, .log_probability = poisson_probability, .n = rate, .mean = rate, .spread = sqrt(rate), .last = INFINITY};
}

static double binomial_tail(const Counts *c, double k, bool upper) {
    if (k >= c->n || c->p == 0) return upper ? 0 : 1;
    if (c->p == 1) return upper ? 1 : 0;
    return special_beta_cdf(c->p, k + 1, c->n - k, !upper);
}

static double binomial_probability(const Counts *c, double k) { return binomial_log(k, c->n, c->p); }

static Counts binomial(double n, double p) {
    return (Counts){.tail = binomial_tail, .log_probability = binomial_probability, .n = n, .p = p, .mean = n * p, .spread = sqrt(n * p * (1 - p)), .last = n};
}

/* ---- Entropies: sums over all counts that have a probability worth counting ---- */

static double surprise(const Counts *c, double k, double log_probability) {
    (void)c;
    (void)k;
    return -log_probability;
}

static double poisson_slope(const Counts *c, double k, double log_probability) {
    (void)log_probability;
    return log((k + 1) / c->n);
}

/* Over one trial less. */
static double binomial_slope(const Counts *c, double k, double log_probability) {
    (void)log_probability;
    return log((c->n + 1 - k) / (k + 1));
}

static double expectation(const Counts *c, CountSummand *f) {
    double width = 40 * c->spread + 50;
    return counts_sum(c, floor(fmax(c->mean - width, 0)), fmin(c->mean + width, c->last), f);
}

/* From this variance on, the first terms of the asymptotic series are exact. */
enum { LARGE = 100000 };

static double poisson_entropy(double rate, double *slope) {
    double r = 1 / rate;
    if (rate == 0) {
        if (slope) *slope = INFINITY;
        return 0;
    }
    if (rate >= LARGE) {
        if (slope) *slope = r * (0.5 + r * (1.0 / 12 + r / 12));
        return 0.5 * (LOG_2_PI + 1 + log(rate)) - r * (1.0 / 12 + r * (1.0 / 24 + r * (19.0 / 360)));
    }
    Counts c = poisson(rate);
    if (slope) *slope = expectation(&c, poisson_slope);
    return expectation(&c, surprise);
}

static double binomial_entropy(double n, double p, double *slope) {
    if (p > 0.5) { /* in the mirror counts are small where the probability is next to 1, also among 2^53 trials and more */
        double y = binomial_entropy(n, 1 - p, slope);
        if (slope) *slope = -*slope;
        return y;
    }
    double variance = n * p * (1 - p);
    if (slope) *slope = 0;
    if (!(variance > 0)) return variance == 0 ? 0 : NAN;
    if (variance >= LARGE) {
        if (slope) *slope = (1 - 2 * p) * n / variance * (0.5 + 1 / (12 * variance));
        return 0.5 * (LOG_2_PI + 1 + log(variance)) + (4 * p * (1 - p) - 1) / (12 * variance);
    }
    Counts c = binomial(n, p), less = binomial(n - 1, p);
    if (slope) *slope = n * (log1p(-p) - log(p) - expectation(&less, binomial_slope));
    return expectation(&c, surprise);
}

/* ---- Kernels ---- */

static void poisson_cdf_dual(size_t n, double *out, double *const partial[], const double *const in[]) {
    for (size_t i = 0; i < n; i++) {
        double x = in[0][i], rate = in[1][i];
        Counts c = poisson(rate);
        out[i] = rate >= 0 ? counts_cdf(&c, x) : NAN;
        if (partial[0]) partial[0][i] = 0;
        if (partial[1]) partial[1][i] = x >= 0 && x < INFINITY && (rate > 0 || x < 1) ? -exp(poisson_log(floor(x), rate)) : 0;
    }
}

static void poisson_cdf_value(size_t n, double *out, const double *const in[]) {
    poisson_cdf_dual(n, out, (double *[2]){NULL, NULL}, in);
}

static void poisson_search(size_t n, double *out, const double *const in[], bool upper) {
    for (size_t i = 0; i < n; i++) {
        Counts c = poisson(in[1][i]);
        out[i] = in[1][i] >= 0 && in[1][i] < INFINITY ? counts_quantile(&c, in[0][i], upper) : NAN;
    }
}

static void poisson_quantile_value(size_t n, double *out, const double *const in[]) { poisson_search(n, out, in, false); }
static void poisson_upper_value(size_t n, double *out, const double *const in[]) { poisson_search(n, out, in, true); }

static void poisson_entropy_dual(size_t n, double *out, double *const partial[], const double *const in[]) {
    for (size_t i = 0; i < n; i++) {
        double rate = in[0][i];
        out[i] = rate >= 0 ? poisson_entropy(rate, partial[0] ? &partial[0][i] : NULL) : NAN;
    }
}

static void poisson_entropy_value(size_t n, double *out, const double *const in[]) {
    poisson_entropy_dual(n, out, (double *[1]){NULL}, in);
}

static bool is_binomial(double n, double p) { return IS_COUNT(n) && p >= 0 && p <= 1; }

static void binomial_cdf_dual(size_t size, double *out, double *const partial[], const double *const in[]) {
    for (size_t i = 0; i < size; i++) {
        double x = in[0][i], n = in[1][i], p = in[2][i];
        Counts c = binomial(n, p);
        out[i] = is_binomial(n, p) ? counts_cdf(&c, x) : NAN;
        if (partial[0]) partial[0][i] = 0;
        if (partial[1]) partial[1][i] = 0;
        if (!partial[2]) continue;
        bool inner = x >= 0 && x < n && p > 0 && p < 1;
        partial[2][i] = !inner ? 0 : n == 1 ? -1 : -n * exp(binomial_log(floor(x), n - 1, p));
    }
}

static void binomial_cdf_value(size_t n, double *out, const double *const in[]) {
    binomial_cdf_dual(n, out, (double *[3]){NULL, NULL, NULL}, in);
}

static void binomial_search(size_t size, double *out, const double *const in[], bool upper) {
    for (size_t i = 0; i < size; i++) {
        double n = in[1][i], p = in[2][i];
        Counts c = binomial(n, p);
        out[i] = is_binomial(n, p) ? counts_quantile(&c, in[0][i], upper) : NAN;
    }
}

static void binomial_quantile_value(size_t n, double *out, const double *const in[]) { binomial_search(n, out, in, false); }
static void binomial_upper_value(size_t n, double *out, const double *const in[]) { binomial_search(n, out, in, true); }

static void binomial_entropy_dual(size_t size, double *out, double *const partial[], const double *const in[]) {
    for (size_t i = 0; i < size; i++) {
        double n = in[0][i], p = in[1][i];
        if (partial[0]) partial[0][i] = 0;
        out[i] = is_binomial(n, p) ? binomial_entropy(n, p, partial[1] ? &partial[1][i] : NULL) : NAN;
    }
}

static void binomial_entropy_value(size_t n, double *out, const double *const in[]) {
    binomial_entropy_dual(n, out, (double *[2]){NULL, NULL}, in);
}

/* The smallest x with 1 - (1 - p)^(x + 1) >= q; the logarithms' quotient may miss it by one. */
static double geometric_quantile(double q, double p) {
    if (!(q >= 0 && q <= 1) || !(p > 0 && p <= 1)) return NAN;
    if (p == 1 || q == 0) return 0;
    double no = log1p(-p), rest = log1p(-q), x = fmax(ceil(rest / no) - 1, 0);
    if (x > 0 && x * no <= rest) x--;
    return x;
}

static void geometric_quantile_value(size_t n, double *out, const double *const in[]) {
    for (size_t i = 0; i < n; i++) out[i] = geometric_quantile(in[0][i], in[1][i]);
}

const Elementwise elementwise_counts[] = {
    {.name = "binomial_cdf",
     .arity = 3,
     .value = binomial_cdf_value,
     .dual = binomial_cdf_dual,
     .help = "binomial_cdf(x, n, p): probability that a Binomial(n, p) number is at most x"},
    {.name = "binomial_entropy",
     .arity = 2,
     .value = binomial_entropy_value,
     .dual = binomial_entropy_dual,
     .help = "binomial_entropy(n, p): entropy of Binomial(n, p)"},
    {.name = "binomial_quantile",
     .arity = 3,
     .value = binomial_quantile_value,
     .help = "binomial_quantile(q, n, p): the smallest x for which binomial_cdf(x, n, p) is at least q"},
    {.name = "binomial_upper_quantile",
     .arity = 3,
     .value = binomial_upper_value,
     .help = "binomial_upper_quantile(q, n, p): the smallest x that Binomial(n, p) exceeds with probability q at most"},
    {.name = "geometric_quantile",
     .arity = 2,
     .value = geometric_quantile_value,
     .help = "geometric_quantile(q, p): the smallest number of failures that Geometric(p) does not exceed with probability q"},
    {.name = "poisson_cdf",
     .arity = 2,
     .value = poisson_cdf_value,
     .dual = poisson_cdf_dual,
     .help = "poisson_cdf(x, rate): probability that a Poisson(rate) number is at most x"},
    {.name = "poisson_entropy",
     .arity = 1,
     .value = poisson_entropy_value,
     .dual = poisson_entropy_dual,
     .help = "poisson_entropy(rate): entropy of Poisson(rate)"},
    {.name = "poisson_quantile",
     .arity = 2,
     .value = poisson_quantile_value,
     .help = "poisson_quantile(q, rate): the smallest x for which poisson_cdf(x, rate) is at least q"},
    {.name = "poisson_upper_quantile",
     .arity = 2,
     .value = poisson_upper_value,
     .help = "poisson_upper_quantile(q, rate): the smallest x that Poisson(rate) exceeds with probability q at most"},
    {.name = NULL},
};
