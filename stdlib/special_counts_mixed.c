/* SPDX-License-Identifier: GPL-3.0-or-later
   Distribution functions, quantiles and entropies of negative binomial and beta-binomial counts. The first take the odds p / (1 - p)
   of a success, which lose neither of two small probabilities. Derivatives with respect to sizes are central differences, good to
   about 9 digits, in distribution functions; all others are exact. */
#include <math.h>

#include "runtime/kernel.h"
#include "stdlib/distributions/countkernels.h"
#include "stdlib/special_counts.h"

/* ---- Negative binomial: n is the size, p the odds ---- */

static double negative_probability(const Counts *c, double k) {
    double q = 1 / (1 + c->p), yes = -log1p(1 / c->p), no = -log1p(c->p), distance = (c->mean - k) * q;
    return negative_binomial_log(k, c->n, distance, c->p * q, yes, no, c->a);
}

/* From this size on the incomplete beta function loses digits, since p is small beside 1. */
static const double large_size = 1e4, most_spread = 1e6;

/* The tail that does not hold the mean, by the ratios of probabilities. */
static double outer_tail(const Counts *c, double k, bool upper) {
    double p = c->p / (1 + c->p), term = exp(negative_probability(c, upper ? k + 1 : k)), sum = 0;
    for (double j = upper ? k + 1 : k; j >= 0 && sum + term > sum; j += upper ? 1 : -1) {
        sum += term;
        term *= upper ? p * ((c->n + j) / (j + 1)) : j / (p * (c->n + j - 1));
    }
    return sum;
}

static double negative_tail(const Counts *c, double k, bool upper) {
    if (c->p == 0) return upper ? 0 : 1;
    if (c->n > large_size && c->spread < most_spread) {
        bool above = k >= c->mean;
        double tail = outer_tail(c, k, above);
        return above == upper ? tail : 1 - tail;
    }
    if (c->p < 1) return special_beta_cdf(c->p / (1 + c->p), k + 1, c->n, !upper);
    return special_beta_cdf(1 / (1 + c->p), c->n, k + 1, upper);
}

static Counts negative(double n, double odds) {
    double mean = n * odds;
    return (Counts){.tail = negative_tail, .log_probability = negative_probability, .n = n, .p = odds, .a = stirling_rest(n),
                    .mean = mean, .spread = sqrt(mean * (1 + odds)), .last = INFINITY};
}

static bool is_negative(double n, double odds) { return n > 0 && n < INFINITY && odds >= 0 && odds < INFINITY; }

static double negative_cdf_at(double x, double n, double odds, bool upper) {
    if (!is_negative(n, odds) || x != x) return NAN;
    Counts c = negative(n, odds);
    if (x < 0 || x == INFINITY) return (x < 0) == upper;
    return negative_tail(&c, floor(x), upper);
}

static void negative_cdf_any(size_t size, double *out, double *const partial[], const double *const in[], bool upper) {
    for (size_t i = 0; i < size; i++) {
        double x = in[0][i], n = in[1][i], odds = in[2][i], h = 1e-5 * n, low = n - h, high = n + h;
        bool inner = x >= 0 && x < INFINITY && is_negative(n, odds);
        out[i] = negative_cdf_at(x, n, odds, upper);
        if (partial[0]) partial[0][i] = 0;
        if (partial[1]) partial[1][i] = inner ? (negative_cdf_at(x, high, odds, upper) - negative_cdf_at(x, low, odds, upper)) / (high - low) : 0;
        if (!partial[2]) continue;
        Counts c = negative(n, odds);
        double k = floor(x), slope = !inner ? 0 : odds == 0 ? (k == 0 ? n : 0) : exp(negative_probability(&c, k)) * (n + k) / (1 + odds);
        partial[2][i] = upper ? slope : -slope;
    }
}

static void negative_cdf_dual(size_t n, double *out, double *const partial[], const double *const in[]) { negative_cdf_any(n, out, partial, in, false); }
static void negative_ccdf_dual(size_t n, double *out, double *const partial[], const double *const in[]) { negative_cdf_any(n, out, partial, in, true); }
static void negative_cdf_value(size_t n, double *out, const double *const in[]) { negative_cdf_any(n, out, (double *[3]){NULL}, in, false); }
static void negative_ccdf_value(size_t n, double *out, const double *const in[]) { negative_cdf_any(n, out, (double *[3]){NULL}, in, true); }

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
    return counts_sum(c, floor(fmax(c->mean - below, 0)), floor(c->mean + above), f);
}

static void negative_entropy_dual(size_t size, double *out, double *const partial[], const double *const in[]) {
    for (size_t i = 0; i < size; i++) {
        double n = in[0][i], odds = in[1][i];
        Counts c = negative(n, odds);
        out[i] = !is_negative(n, odds) ? NAN : odds == 0 ? 0 : negative_expectation(&c, surprise);
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

/* By the shorter way, if that loses no digits. */
static double beta_shorter(const Counts *c, double k, bool upper) {
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

static double beta_sum(const Counts *c, double first, double last, CountSummand *f) {
    double sum = 0;
    for (double k = first; k <= last; k++) {
        double l = c->log_probability(c, k);
        sum += exp(l) * f(c, k, l);
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
        if (partial[1]) partial[1][i] = inner ? beta_sum(&c, 0, floor(x), one_by_a) : 0;
        if (partial[2]) partial[2][i] = inner ? beta_sum(&c, 0, floor(x), one_by_b) : 0;
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
        out[i] = valid ? beta_sum(&c, 0, n, surprise) : NAN;
        if (partial[0]) partial[0][i] = valid ? beta_sum(&c, 0, n, beta_surprise_by_a) : 0;
        if (partial[1]) partial[1][i] = valid ? beta_sum(&c, 0, n, beta_surprise_by_b) : 0;
        if (partial[2]) partial[2][i] = 0;
    }
}

static void beta_entropy_value(size_t n, double *out, const double *const in[]) { beta_entropy_dual(n, out, (double *[3]){NULL}, in); }

const Elementwise elementwise_counts_mixed[] = {
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
