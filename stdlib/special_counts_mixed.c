/* SPDX-License-Identifier: GPL-3.0-or-later
   Distribution functions, quantiles and entropies of negative binomial and beta-binomial counts. The first take the odds p / (1 - p)
   of a success, which lose neither of two small probabilities. */
#include <math.h>

#include "runtime/kernel.h"
#include "stdlib/distributions/countkernels.h"
#include "stdlib/special_counts.h"
#include "stdlib/special_incomplete.h"

/* ---- Negative binomial: n is the size, p the odds ---- */

static double negative_probability(const Counts *c, double k) {
    double p = c->p / (1 + c->p);
    if (k == 0) return -c->n * log1p(c->p);
    return incomplete_beta_measure(1 / (1 + c->p), p, c->n, k + 1).log - log(p) - log(c->n + k);
}

/* P(K <= k) = I_q(n, k + 1), or with `upper` the rest. */
static Scaled negative_scaled(const Counts *c, double k, bool upper) {
    return incomplete_beta(1 / (1 + c->p), c->p / (1 + c->p), c->n, k + 1, upper);
}

static double negative_tail(const Counts *c, double k, bool upper) {
    if (c->p == 0) return upper ? 0 : 1;
    return negative_scaled(c, k, upper).value;
}

static Counts negative(double n, double odds) {
    double mean = n * odds;
    return (Counts){.tail = negative_tail, .log_probability = negative_probability, .n = n, .p = odds,
                    .mean = mean, .spread = sqrt(n < 1 ? 1 : n) * sqrt(odds) * sqrt(1 + odds), .last = INFINITY};
}

static bool is_negative(double n, double odds) { return n > 0 && n < INFINITY && odds >= 0 && odds < INFINITY; }

/* A tail, or its logarithm, and its derivatives by n and the odds where they are wanted. */
static double negative_at(double x, double n, double odds, bool upper, bool log_of, double *by_n, double *by_odds) {
    Counts c = negative(n, odds);
    double k = floor(x);
    if (by_n) *by_n = 0;
    if (by_odds) *by_odds = 0;
    if (!is_negative(n, odds) || x != x) return NAN;
    if (x < 0 || x == INFINITY || odds == 0) {
        double y = (x < 0) == upper;
        if (by_odds && k == 0 && !log_of) *by_odds = upper ? n : -n;
        return log_of ? log(y) : y;
    }
    Scaled tail = negative_scaled(&c, k, upper);
    double p = odds / (1 + odds), q = 1 / (1 + odds), scale = log_of ? 1 : tail.value;
    if (by_n && scale > 0) *by_n = scale * incomplete_beta_by_a(q, p, n, k + 1, upper);
    if (by_odds) *by_odds = scale * tail.rate / odds * (upper ? 1 : -1);
    return log_of ? tail.log : tail.value;
}

static void negative_any(size_t size, double *out, double *const partial[], const double *const in[], bool upper, bool log_of) {
    for (size_t i = 0; i < size; i++) {
        if (partial[0]) partial[0][i] = 0;
        out[i] = negative_at(in[0][i], in[1][i], in[2][i], upper, log_of, partial[1] ? &partial[1][i] : NULL, partial[2] ? &partial[2][i] : NULL);
    }
}

#define NEGATIVE(id, upper, log_of)                                                                       \
    static void id##_dual(size_t n, double *out, double *const partial[], const double *const in[]) {     \
        negative_any(n, out, partial, in, upper, log_of);                                                 \
    }                                                                                                     \
    static void id##_value(size_t n, double *out, const double *const in[]) {                             \
        negative_any(n, out, (double *[3]){NULL}, in, upper, log_of);                                     \
    }
NEGATIVE(negative_cdf, false, false)
NEGATIVE(negative_ccdf, true, false)
NEGATIVE(log_negative_cdf, false, true)
NEGATIVE(log_negative_ccdf, true, true)

static void negative_search(size_t size, double *out, const double *const in[], bool upper) {
    for (size_t i = 0; i < size; i++) {
        Counts c = negative(in[1][i], in[2][i]);
        out[i] = is_negative(in[1][i], in[2][i]) ? counts_quantile(&c, in[0][i], upper) : NAN;
    }
}

static void negative_quantile_value(size_t n, double *out, const double *const in[]) { negative_search(n, out, in, false); }
static void negative_upper_value(size_t n, double *out, const double *const in[]) { negative_search(n, out, in, true); }

static double surprise(const Counts *c, double k, double log_probability) {
    (void)c;
    (void)k;
    return -log_probability;
}

static double surprise_by_size(const Counts *c, double k, double log_probability) {
    double q = 1 / (1 + c->p), t = (k - c->mean) * q / c->n;
    double first = fabs(t) <= 0.5 ? log1p(t) : log1p(finite_ratio(k, c->n)) - log1p(c->p);
    return -log_probability * (first + digamma_rest_gap(c->n, k));
}

static double surprise_by_odds(const Counts *c, double k, double log_probability) {
    return -log_probability * ((k - c->mean) / c->p / (1 + c->p));
}

/* The tail falls off like the (1 + odds)-th part for each e. */
static double negative_expectation(const Counts *c, CountSummand *f) {
    double below = 40 * c->spread + 50, above = below + 800 * (1 + c->p);
    return counts_sum(c, floor(fmax(c->mean - below, 0)), floor(fmin(c->mean + above, 1e308)), f);
}

static void negative_entropy_dual(size_t size, double *out, double *const partial[], const double *const in[]) {
    for (size_t i = 0; i < size; i++) {
        double n = in[0][i], odds = in[1][i];
        Counts c = negative(n, odds);
        if (!is_negative(n, odds)) {
            out[i] = NAN;
            for (unsigned k = 0; k < 2; k++)
                if (partial[k]) partial[k][i] = NAN;
            continue;
        }
        if (c.mean > 1e307 || (c.mean > 1e14 && n > 1e14)) { /* a gamma variable's */
            double shape = fmin(n, 1e14), slope;
            double gap = n < 1e14 ? 1 + (1 - n) * gamma_trigamma(n, &slope) : 0.5 / n;
            double base = stirling_rest(shape) + (1 - shape) * digamma_rest(shape) + 0.91893853320467274178;
            out[i] = base + 0.5 * (log(n) + (n < 1e14 ? 2 * log(odds) : log(odds) + log1p(odds)));
            if (partial[0]) partial[0][i] = gap;
            if (partial[1]) partial[1][i] = n < 1e14 ? 1 / odds : 0.5 / odds + 0.5 / (1 + odds);
            continue;
        }
        out[i] = odds == 0 ? 0 : negative_expectation(&c, surprise);
        if (partial[0]) partial[0][i] = odds == 0 ? 0 : negative_expectation(&c, surprise_by_size);
        if (partial[1]) partial[1][i] = odds == 0 ? INFINITY : negative_expectation(&c, surprise_by_odds);
    }
}

static void negative_entropy_value(size_t n, double *out, const double *const in[]) { negative_entropy_dual(n, out, (double *[2]){NULL, NULL}, in); }

/* ---- Beta-binomial ---- */

static double beta_probability(const Counts *c, double k) {
    double y = c->n - k, s = c->a + c->b, distance = (c->a * y - c->b * k) / (c->n + s);
    double yes = -log1p(s / fmax(c->n, 1)), no = -log1p(finite_ratio(c->n, s));
    if (c->n == 0) return 0;
    double whole = negative_binomial_some(c->n, s, 0, c->n / (c->n + s), yes, no, stirling_rest(s));
    return negative_binomial_log(k, c->a, distance, c->n / (c->n + s), yes, no, stirling_rest(c->a)) +
           negative_binomial_log(y, c->b, -distance, c->n / (c->n + s), yes, no, stirling_rest(c->b)) - whole;
}

/* The sum of the probabilities from k on, down or up to the end, by their ratios; anchored again and again. */
static double beta_tail(const Counts *c, double k, bool upper) {
    enum { STRETCH = 64 };
    double n = c->n, sum = 0, p = 0;
    if (upper) k++;
    for (unsigned j = 0; k >= 0 && k <= n; j++) {
        if (j % STRETCH == 0) p = exp(beta_probability(c, k));
        sum += p;
        if (upper) {
            p *= (n - k) * (c->a + k) / ((k + 1) * (c->b + n - k - 1));
            k++;
        } else {
            p *= k * (c->b + n - k) / ((n - k + 1) * (c->a + k - 1));
            k--;
        }
    }
    return sum < 1 ? sum : 1;
}

/* From here on probabilities are summed in panels; up to `most` counts are still apart as numbers. */
static const double many = 1e6, most = 0x1p52;

static double one(const Counts *c, double k, double log_probability) {
    (void)c;
    (void)k;
    (void)log_probability;
    return 1;
}

static Counts beta(double a, double b, double n);

/* The sum of probability times f over the counts from first to last; mirrored_f is f with successes and failures exchanged. Each
   half of the counts from its own end, where probabilities change as powers. */
static double beta_expectation(const Counts *c, double first, double last, CountSummand *f, CountSummand *mirrored_f) {
    Counts mirror = beta(c->b, c->a, c->n);
    double middle = floor(0.5 * c->n), sum = 0;
    if (first <= middle) sum += counts_sum(c, 0, fmin(last, middle), f) - (first > 0 ? counts_sum(c, 0, first - 1, f) : 0);
    if (last > middle) sum += counts_sum(&mirror, 0, c->n - fmax(first, middle + 1), mirrored_f) - (last < c->n ? counts_sum(&mirror, 0, c->n - last - 1, mirrored_f) : 0);
    return sum;
}

/* By the shorter way, if that loses no digits. */
static double beta_shorter(const Counts *c, double k, bool upper) {
    if (c->n > most) return NAN;
    if (c->n > many) {
        bool right = 2 * k > c->n;
        double part = right ? beta_expectation(c, k + 1, c->n, one, one) : beta_expectation(c, 0, k, one, one);
        return right == upper ? part : part < 0.5 ? 1 - part : upper ? beta_expectation(c, k + 1, c->n, one, one) : beta_expectation(c, 0, k, one, one);
    }
    double near = beta_tail(c, k, 2 * k > c->n);
    bool same = (2 * k > c->n) == upper;
    return same ? near : near < 0.5 ? 1 - near : beta_tail(c, k, upper);
}

static Counts beta(double a, double b, double n) {
    double s = a + b, mean = n * (a / s);
    return (Counts){.tail = beta_shorter, .log_probability = beta_probability, .n = n, .a = a, .b = b, .mean = mean,
                    .spread = sqrt(mean * (b / s) * ((s + n) / (s + 1))), .last = n};
}

static bool is_beta(double a, double b, double n) { return a > 0 && b > 0 && a < INFINITY && b < INFINITY && IS_COUNT(n); }

/* The derivative of log_probability with respect to a, or with a and b exchanged and n - k successes, to b. */
static double beta_slope(double a, double b, double n, double k) {
    double s = a + b, t = (k * s - n * a) / (n + s) / a;
    double first = fabs(t) <= 0.5 ? log1p(t) : log1p(finite_ratio(k, a)) - log1p(finite_ratio(n, s));
    return first + (digamma_rest_gap(a, k) - digamma_rest_gap(s, n));
}

static double one_by_a(const Counts *c, double k, double log_probability) {
    (void)log_probability;
    return beta_slope(c->a, c->b, c->n, k);
}

static double one_by_b(const Counts *c, double k, double log_probability) {
    (void)log_probability;
    return beta_slope(c->b, c->a, c->n, c->n - k);
}

static double beta_surprise_by_a(const Counts *c, double k, double log_probability) { return -log_probability * one_by_a(c, k, 0); }
static double beta_surprise_by_b(const Counts *c, double k, double log_probability) { return -log_probability * one_by_b(c, k, 0); }

static double beta_sum(const Counts *c, double first, double last, CountSummand *f, CountSummand *mirrored_f) {
    if (c->n > most) return NAN;
    if (c->n > many) return beta_expectation(c, first, last, f, mirrored_f);
    double sum = 0;
    for (double k = first; k <= last; k++) {
        double l = c->log_probability(c, k), p = exp(l);
        sum += p > 0 ? p * f(c, k, l) : 0;
    }
    return sum;
}

static void beta_cdf_dual(size_t size, double *out, double *const partial[], const double *const in[]) {
    for (size_t i = 0; i < size; i++) {
        double x = in[0][i], a = in[1][i], b = in[2][i], n = in[3][i];
        Counts c = beta(a, b, n);
        bool inner = is_beta(a, b, n) && x >= 0 && x < n;
        out[i] = is_beta(a, b, n) ? counts_cdf(&c, x) : NAN;
        if (partial[0]) partial[0][i] = 0;
        if (partial[1]) partial[1][i] = inner ? beta_sum(&c, 0, floor(x), one_by_a, one_by_b) : 0;
        if (partial[2]) partial[2][i] = inner ? beta_sum(&c, 0, floor(x), one_by_b, one_by_a) : 0;
        if (partial[3]) partial[3][i] = 0;
    }
}

static void beta_cdf_value(size_t n, double *out, const double *const in[]) { beta_cdf_dual(n, out, (double *[4]){NULL}, in); }

static void beta_search(size_t size, double *out, const double *const in[], bool upper) {
    for (size_t i = 0; i < size; i++) {
        Counts c = beta(in[1][i], in[2][i], in[3][i]);
        out[i] = is_beta(in[1][i], in[2][i], in[3][i]) ? counts_quantile(&c, in[0][i], upper) : NAN;
    }
}

static void beta_quantile_value(size_t n, double *out, const double *const in[]) { beta_search(n, out, in, false); }
static void beta_upper_value(size_t n, double *out, const double *const in[]) { beta_search(n, out, in, true); }

static void beta_entropy_dual(size_t size, double *out, double *const partial[], const double *const in[]) {
    for (size_t i = 0; i < size; i++) {
        double a = in[0][i], b = in[1][i], n = in[2][i];
        Counts c = beta(a, b, n);
        bool valid = is_beta(a, b, n);
        out[i] = valid ? beta_sum(&c, 0, n, surprise, surprise) : NAN;
        if (partial[0]) partial[0][i] = valid ? beta_sum(&c, 0, n, beta_surprise_by_a, beta_surprise_by_b) : 0;
        if (partial[1]) partial[1][i] = valid ? beta_sum(&c, 0, n, beta_surprise_by_b, beta_surprise_by_a) : 0;
        if (partial[2]) partial[2][i] = 0;
    }
}

static void beta_entropy_value(size_t n, double *out, const double *const in[]) { beta_entropy_dual(n, out, (double *[3]){NULL}, in); }

const Elementwise elementwise_counts_mixed[] = {
    {.name = "log_negative_binomial_ccdf", .arity = 3, .value = log_negative_ccdf_value, .dual = log_negative_ccdf_dual,
     .help = "log_negative_binomial_ccdf(x, n, odds): log(negative_binomial_ccdf(x, n, odds)), also where that is too small for a number"},
    {.name = "log_negative_binomial_cdf", .arity = 3, .value = log_negative_cdf_value, .dual = log_negative_cdf_dual,
     .help = "log_negative_binomial_cdf(x, n, odds): log(negative_binomial_cdf(x, n, odds)), also where that is too small for a number"},
    {.name = "beta_binomial_cdf", .arity = 4, .value = beta_cdf_value, .dual = beta_cdf_dual,
     .help = "beta_binomial_cdf(x, a, b, n): probability that a BetaBinomial(a, b, n) number is at most x"},
    {.name = "beta_binomial_entropy", .arity = 3, .value = beta_entropy_value, .dual = beta_entropy_dual,
     .help = "beta_binomial_entropy(a, b, n): entropy of BetaBinomial(a, b, n)"},
    {.name = "beta_binomial_quantile", .arity = 4, .value = beta_quantile_value,
     .help = "beta_binomial_quantile(q, a, b, n): the smallest x for which beta_binomial_cdf(x, a, b, n) is at least q"},
    {.name = "beta_binomial_upper_quantile", .arity = 4, .value = beta_upper_value,
     .help = "beta_binomial_upper_quantile(q, a, b, n): the smallest x that BetaBinomial(a, b, n) exceeds with probability q at most"},
    {.name = "negative_binomial_ccdf", .arity = 3, .value = negative_ccdf_value, .dual = negative_ccdf_dual,
     .help = "negative_binomial_ccdf(x, n, odds): probability that a NegativeBinomial(n, odds / (1 + odds)) number is more than x"},
    {.name = "negative_binomial_cdf", .arity = 3, .value = negative_cdf_value, .dual = negative_cdf_dual,
     .help = "negative_binomial_cdf(x, n, odds): probability that a NegativeBinomial(n, odds / (1 + odds)) number is at most x"},
    {.name = "negative_binomial_entropy", .arity = 2, .value = negative_entropy_value, .dual = negative_entropy_dual,
     .help = "negative_binomial_entropy(n, odds): entropy of NegativeBinomial(n, odds / (1 + odds))"},
    {.name = "negative_binomial_quantile", .arity = 3, .value = negative_quantile_value,
     .help = "negative_binomial_quantile(q, n, odds): the smallest x for which negative_binomial_cdf(x, n, odds) is at least q"},
    {.name = "negative_binomial_upper_quantile", .arity = 3, .value = negative_upper_value,
     .help = "negative_binomial_upper_quantile(q, n, odds): the smallest x that the number exceeds with probability q at most"},
    {.name = NULL},
};
