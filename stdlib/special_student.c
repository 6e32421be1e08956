/* SPDX-License-Identifier: GPL-3.0-or-later
   Student's distribution: cdf, its logarithm and its quantiles, with derivatives by the degrees of freedom. */
#include <float.h>
#include <math.h>

#include "stdlib/distributions/student.h"
#include "stdlib/special.h"
#include "stdlib/special_rows.h"
#include "stdlib/special_tail.h"

static double log_density(double z, double df) { return student_log_norm(df) - 0.5 * (df + 1) * student_log1p(z, 1 / df); }

typedef struct Student {
    double z, df, w, q; /* z > 0; w = z^2 / df, q = w / (1 + w) */
    double log1p_w, by_df; /* log(1 + w); the derivative of log_norm */
} Student;

static Student student(double z, double df) {
    Student s = {.z = z, .df = df, .w = z * (z / df)};
    s.q = s.w < 1 ? s.w / (1 + s.w) : 1 / (1 + 1 / s.w);
    s.log1p_w = student_log1p(z, 1 / df);
    s.by_df = student_log_norm_by_df(df);
    return s;
}

/* The derivative of the log density by df where log(1 + w) is l and w / (1 + w) is q. */
static double by_df(const Student *s, double l, double q) { return s->by_df - 0.5 * l + 0.5 * (1 + 1 / s->df) * q; }

/* At t = z e^v: of t f(t) by z f(z). */
static double tail_integrand(double v, const void *context, double *weight) {
    const Student *s = context;
    double grown = s->q * expm1(2 * v), l = grown < INFINITY ? log1p(grown) : 2 * v + log(s->q);
    double all = l + s->log1p_w;
    *weight = by_df(s, all, -expm1(-all));
    return (v - 0.5 * l) - 0.5 * s->df * l;
}

/* At t = z r, of f(t) by f(0). */
static double mass_integrand(double r, const void *context, double *weight) {
    const Student *s = context;
    double w = s->w * r * r, l = log1p(w);
    *weight = by_df(s, l, w / (1 + w));
    return -0.5 * (s->df + 1) * l;
}

/* The probability of (0, z), and its derivative by df. */
static double student_mass(double z, double df, double *by) {
    Student s = student(z, df);
    double f = z * exp(student_log_norm(df)), mass = f * special_unit_integral(mass_integrand, &s, by);
    if (by) *by *= f;
    return mass;
}

static bool is_far(double z, double df) { return z * (z / df) * (df + 1) > 2; }

/* z f(z), in powers, which keep the digits of small numbers. */
static double measure(double z, double df) {
    double w = z * (z / df), half = -0.5 * (df + 1), root = sqrt(df);
    double power = w < 1e16 ? z * (w < 0.5 ? exp(half * log1p(w)) : pow(1 + w, half)) : root * (z / root < INFINITY ? pow(z / root, -df) : exp(-df * (log(z) - log(root))));
    return power * exp(student_log_norm(df));
}

/* P(T > z) by z f(z) for z > 0 far out, and the derivative of the logarithm of P by df. */
static double far_integral(double z, double df, double *by) {
    Student s = student(z, df);
    double rate = df * s.q - 1 / (1 + s.w), last = df < 1 ? df : 1; /* of the fall at first, and further out */
    double integral = special_tail(tail_integrand, &s, 1 / (rate > last ? rate : last), by);
    if (by) *by /= integral;
    return integral;
}

/* The logarithm of P(T > z) for z > 0 far out, and its derivative by df. */
static double log_tail(double z, double df, double *by) {
    double integral = far_integral(z, df, by);
    return log_density(z, df) + log(z) + log(integral);
}

/* P(T > z) for z > 0, and its derivative by df. */
static double upper(double z, double df, double *by) {
    if (!is_far(z, df)) {
        double p = 0.5 - student_mass(z, df, by);
        if (by) *by = -*by;
        return p;
    }
    double p = measure(z, df) * far_integral(z, df, by);
    if (by) *by *= p;
    return p;
}

static double cdf(double z, double df, double *by) {
    if (z != z || !(df > 0)) return NAN;
    if (by) *by = 0;
    if (z == 0) return 0.5;
    if (fabs(z) == INFINITY) return z > 0;
    if (z < 0) return upper(-z, df, by);
    double p = 1 - upper(z, df, by);
    if (by) *by = -*by;
    return p;
}

static double log_cdf(double z, double df, double *by) {
    if (z < 0 && z > -INFINITY && is_far(-z, df) && df > 0) return log_tail(-z, df, by);
    double p = cdf(z, df, by), rest = z > 0 ? cdf(-z, df, NULL) : 0;
    if (by) *by = p > 0 ? *by / p : 0;
    return z > 0 ? log1p(-rest) : log(p);
}

/* ---- Quantiles ---- */

/* log P(T > e^y) is concave in y. */
static double log_tail_at(double y, const void *context, double *slope) {
    const double *df = context;
    double z = exp(y), value = is_far(z, *df) ? log_tail(z, *df, NULL) : log(upper(z, *df, NULL));
    *slope = -exp(log_density(z, *df) + y - value);
    return value;
}

static double mass_at(double z, const void *context, double *slope) {
    const double *df = context;
    *slope = exp(log_density(z, *df));
    return student_mass(z, *df, NULL);
}

/* The z > 0 with the probability `mass` of (0, z), or `tail` beyond it. */
static double positive_quantile(double mass, double tail, double df) {
    if (mass == 0) return 0;
    if (tail == 0) return INFINITY;
    if (mass < 0.3 * fmin(df, 1)) return special_tail_root(mass_at, &df, mass, mass / exp(student_log_norm(df)), INFINITY);
    /* From a bound of the tail for few degrees of freedom, and from a normal number (Wallace 1959) for many. */
    double normal = normal_quantile(tail), y = 0.5 * log(df * expm1(normal * normal / df));
    double bound = (student_log_norm(df) + 0.5 * (df - 1) * log(df) - log(tail)) / df;
    y = df > 3 && y < 700 ? y : bound;
    y = special_tail_root(log_tail_at, &df, log(tail), y > 709 ? 709 : y, 20);
    if (!(y < 709.7)) return INFINITY;
    double z = exp(y), at = upper(z, df, NULL); /* the last digits, which the logarithm has not */
    return at > 0 ? z + z * (at - tail) / measure(z, df) : z;
}

static double quantile(double p, double df) {
    if (!(p >= 0 && p <= 1) || !(df > 0)) return NAN;
    return p < 0.5 ? -positive_quantile(0.5 - p, p, df) : positive_quantile(p - 0.5, 1 - p, df);
}

/* ---- Rows ---- */

static double cdf_by_df(double z, double df) {
    double by = 0;
    cdf(z, df, &by);
    return by;
}

static double log_cdf_by_df(double z, double df) {
    double by = 0;
    log_cdf(z, df, &by);
    return by;
}

/* Of |T|: P(|T| <= z), and its quantiles. */
static double half_cdf(double z, double df, double *by) {
    if (z != z || !(df > 0)) return NAN;
    if (by) *by = 0;
    if (!(z > 0)) return 0;
    if (z == INFINITY) return 1;
    double p = is_far(z, df) ? 0.5 - upper(z, df, by) : student_mass(z, df, by);
    if (by) *by *= is_far(z, df) ? -2 : 2;
    return 2 * p;
}

static double half_cdf_by_df(double z, double df) {
    double by = 0;
    half_cdf(z, df, &by);
    return by;
}

static double half_quantile(double p, double df) {
    return p >= 0 && p <= 1 && df > 0 ? positive_quantile(0.5 * p, 0.5 * (1 - p), df) : NAN;
}

/* (df + 1) / 2 (digamma((df + 1) / 2) - digamma(df / 2)) + log(sqrt(df) B(df / 2, 1 / 2)). */
static double entropy(double df) { return 0.5 * (df + 1) * digamma_gap(0.5 * df, 0.5) - student_log_norm(df); }

static double entropy_by_df(double df) {
    double slope, upper_slope = gamma_trigamma(0.5 * df + 0.5, &slope);
    return 0.25 * (df + 1) * (upper_slope - gamma_trigamma(0.5 * df, &slope)) + 0.5 * digamma_gap(0.5 * df, 0.5)
           - student_log_norm_by_df(df);
}

#define DENSITY(z) exp(log_density(z, a))
SPECIAL_2(student_cdf, cdf(x, a, NULL), DENSITY(x), cdf_by_df(x, a))
SPECIAL_2(log_student_cdf, log_cdf(x, a, NULL), exp(log_density(x, a) - y), log_cdf_by_df(x, a))
SPECIAL_2(student_quantile, quantile(x, a), 1 / DENSITY(y), -cdf_by_df(y, a) / DENSITY(y))
SPECIAL_2(half_student_cdf, half_cdf(x, a, NULL), x < 0 ? 0 : 2 * DENSITY(x), half_cdf_by_df(x, a))
SPECIAL_2(half_student_quantile, half_quantile(x, a), 0.5 / DENSITY(y), -0.5 * half_cdf_by_df(y, a) / DENSITY(y))
SPECIAL_1(student_entropy, entropy(x), entropy_by_df(x))

const Elementwise elementwise_student[] = {
    SPECIAL_ROW(half_student_cdf, 2, "half_student_cdf(x, df): probability that a HalfStudentT(df, 1) number is at most x"),
    SPECIAL_ROW(half_student_quantile, 2, "half_student_quantile(p, df): the x for which half_student_cdf(x, df) is p"),
    SPECIAL_ROW(log_student_cdf, 2, "log_student_cdf(x, df): log(student_cdf(x, df)), also where that is too small for a number"),
    SPECIAL_ROW(student_cdf, 2, "student_cdf(x, df): probability that a StudentT(df) number is at most x"),
    SPECIAL_ROW(student_entropy, 1, "student_entropy(df): entropy of StudentT(df)"),
    SPECIAL_ROW(student_quantile, 2, "student_quantile(p, df): the x for which student_cdf(x, df) is p"),
    {.name = NULL},
};
