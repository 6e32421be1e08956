/* SPDX-License-Identifier: GPL-3.0-or-later
   The von Mises distribution, of angles. */
#include "runtime/distribution.h"
#include "runtime/kernels/vector.h"
#include "stdlib/distributions/lone.h"
#include "stdlib/distributions/statistics.h"
#include "stdlib/distributions/von_mises.h"

#define PI 3.14159265358979323846
#define LOG_2_PI 1.83787706640934548356

/* -log(2 pi I_0(c) exp(-c)), and its derivative. */
static void log_norm(size_t n, double *restrict out, const double *const parameters[]) {
    for (size_t i = 0; i < n; i++) out[i] = -LOG_2_PI - bessel_log_i0_scaled(parameters[1][i]);
}

static void log_norm_slope(size_t n, double *restrict out, const double *const parameters[]) {
    for (size_t i = 0; i < n; i++) out[i] = bessel_gap(parameters[1][i]);
}

/* norm - 2 c sin((x - loc) / 2)^2. */
LONE_INLINE void score_body(size_t n, double *restrict out, double *const partial[], const double *const in[], bool lone) {
    const double *x = in[0], *loc = in[1], *c = in[2], *norm = in[3], *gap = in[4];
    const double loc_0 = loc[0], c_0 = c[0], norm_0 = norm[0], gap_0 = gap[0];
#define INSIDE(i) (fabs(x[i]) <= PI)
    VECTOR_LOOP(i, n) {
        double s = sin(0.5 * (x[i] - LONE(loc, i)));
        out[i] = INSIDE(i) ? LONE(norm, i) - 2 * LONE(c, i) * (s * s) : -INFINITY;
    }
    if (partial[0]) VECTOR_LOOP(i, n) {
        double s = sin(x[i] - LONE(loc, i));
        partial[0][i] = INSIDE(i) ? -LONE(c, i) * s : 0;
    }
    if (partial[1]) VECTOR_LOOP(i, n) {
        double s = sin(x[i] - LONE(loc, i));
        partial[1][i] = INSIDE(i) ? LONE(c, i) * s : 0;
    }
    if (partial[2]) VECTOR_LOOP(i, n) {
        double s = sin(0.5 * (x[i] - LONE(loc, i)));
        partial[2][i] = INSIDE(i) ? LONE(gap, i) - 2 * (s * s) : 0;
    }
#undef INSIDE
}
LONE_PAIR(score)

/* Best and Fisher, Applied Statistics 28 (1979) 152: an angle from the wrapped Cauchy distribution with
   r = (1 + sqrt(1 + 4 c^2)) / (2 c), accepted or NaN. With r - 1 and 1 - cos in place of r and cos nothing cancels. */
static inline double propose(double concentration, double u, double v, double side) {
    double c = concentration > 1e-300 ? concentration : 1e-300, root = c < 1e100 ? sqrt(1 + 4 * c * c) : 2 * c;
    double half = 0.5 / c, s = half * (1 + 1 / (root + 2 * c)); /* r - 1 */
    double a = sin(0.5 * PI * u), near = 2 * a * a, gap = s * near / (s + 2 - near); /* 1 - cos of the angle */
    double excess = c * (s + gap), angle = 2 * asin(sqrt(0.5 * gap));
    double surplus = log(excess / v) + 1 - excess;
    return surplus >= 0 ? (side < 0.5 ? -angle : angle) : NAN;
}

/* The angle in the range. Of angles so large that a turn is below their last digit, some angle of it. */
static inline double wrapped(double y) {
    y -= 2 * PI * floor((y + PI) * (0.5 / PI));
    return y < -PI ? -PI : y > PI ? PI : y;
}

ELBO_CLONES static void transform(size_t n, double *restrict out, double *const partial[], const double *const in[]) {
    const double *loc = in[0], *c = in[1], *u = in[2], *v = in[3], *side = in[4];
    VECTOR_LOOP(i, n) out[i] = wrapped(wrapped(loc[i]) + propose(c[i], u[i], v[i], side[i]));
    if (partial[0]) VECTOR_LOOP(i, n) partial[0][i] = 1;
    if (partial[1])
        for (size_t i = 0; i < n; i++)
            partial[1][i] = out[i] == out[i] ? von_mises_path(propose(c[i], u[i], v[i], side[i]), c[i]) : 0;
}

ELBO_CLONES static void map_sin(size_t n, double *restrict out, const double *restrict x) {
    VECTOR_LOOP(i, n) out[i] = sin(x[i]);
}

ELBO_CLONES static void map_cos(size_t n, double *restrict out, const double *restrict x) {
    VECTOR_LOOP(i, n) out[i] = cos(x[i]);
}

ELBO_CLONES static void map_outside(size_t n, double *restrict out, const double *restrict x) {
    VECTOR_LOOP(i, n) out[i] = fabs(x[i]) <= PI ? 0 : 1;
}

enum { PART = 1024 };

/* n, the direction m of the mean, the sums of 1 - cos(x - m) and sin(x - m), the number of data outside. Of (sum of sin, sum of
   cos), the natural statistics, these keep all digits also when the data lie close together. */
static void statistics(const double *x, size_t n, double statistic[]) {
    double at = atan2(statistics_sum(x, n, map_sin), statistics_sum(x, n, map_cos)), gaps = 0, sines = 0;
    for (size_t start = 0; start < n; start += PART) {
        double gap = 0, sine = 0;
        for (size_t i = start; i < n && i < start + PART; i++) {
            double s = sin(0.5 * (x[i] - at));
            gap += 2 * s * s;
            sine += sin(x[i] - at);
        }
        gaps += gap;
        sines += sine;
    }
    statistic[0] = (double)n;
    statistic[1] = at;
    statistic[2] = gaps;
    statistic[3] = sines;
    statistic[4] = statistics_sum(x, n, map_outside);
}

/* With d = m - loc: the sum of 1 - cos(x - loc) is n (1 - cos d) + cos d (sum of 1 - cos) + sin d (sum of sin). */
ELBO_CLONES static void score_statistics(size_t n, double *restrict out, double *const partial[], const double *const in[],
                                         const double statistic[]) {
    const double *loc = in[0], *c = in[1], *norm = in[2], *gap = in[3];
    double count = statistic[0], at = statistic[1], gaps = statistic[2], sines = statistic[3];
    bool inside = statistic[4] == 0;
#define GAPS(i)                                                                     \
    double half = sin(0.5 * (at - loc[i])), d = 2 * half * half, s = sin(at - loc[i]); \
    double all = count * d + (1 - d) * gaps + s * sines
    VECTOR_LOOP(i, n) {
        GAPS(i);
        out[i] = inside ? count * norm[i] - c[i] * all : -INFINITY;
    }
    if (partial[0]) VECTOR_LOOP(i, n) {
        double half = sin(0.5 * (at - loc[i])), s = sin(at - loc[i]), close = 1 - 2 * half * half;
        partial[0][i] = inside ? c[i] * (s * (count - gaps) + close * sines) : 0;
    }
    if (partial[1]) VECTOR_LOOP(i, n) {
        GAPS(i);
        partial[1][i] = inside ? count * gap[i] - all : 0;
    }
#undef GAPS
}

#define WRAPPED "clip(loc - 2 * pi * floor((loc + pi) / (2 * pi)), -pi, pi)"

const DistributionRow distribution_vonmises = {
    .name = "VonMises",
    .help = "The von Mises distribution: a bell on the circle, of angles",
    .parameters = {{"loc", CONSTRAINT_REAL, NULL, "mean direction, any angle"},
                   {"concentration", CONSTRAINT_POSITIVE, NULL, "for large ones 1 / variance; near 0 all directions are alike"}},
    .n_parameters = 2,
    .support = "interval(-pi, pi)",
    .prepared = {{1u << 1, log_norm, false}, {1u << 1, log_norm_slope, false}},
    .score = score,
    .score_lone = score_lone,
    .noise = {NOISE_UNIFORM, NOISE_UNIFORM, NOISE_UNIFORM},
    .rejects = true,
    .transform = transform,
    .statistics = statistics,
    .score_statistics = score_statistics,
    .density = "exp(concentration cos(x - loc)) / (2 pi I0(concentration))",
    .edges = "loc may be any angle, but draws, and the values that have a density, lie from -pi to pi; elsewhere the log density is"
             " -inf. mean, median and mode are the mean direction in that range, and variance is the circular one, the mean of"
             " 1 - cos(x - loc).",
    .sampler = "rejection from the wrapped Cauchy distribution (Best and Fisher, Applied Statistics 28 (1979) 152); the derivative by"
               " the concentration is implicit (Figurnov, Mohamed and Mnih 2018)",
    .formulas = {{"mean", WRAPPED},
                 {"variance", "bessel_gap(concentration)"},
                 {"median", WRAPPED},
                 {"mode", WRAPPED},
                 {"entropy", "1.8378770664093453 + log_bessel_i0_scaled(concentration) + concentration * bessel_gap(concentration)"},
                 {"cdf", "von_mises_cdf(x, " WRAPPED ", concentration)"},
                 {"ccdf", "von_mises_cdf(-x, -" WRAPPED ", concentration)"},
                 {"quantile", "von_mises_quantile(q, " WRAPPED ", concentration)"},
                 {"upper_quantile", "-von_mises_quantile(q, -" WRAPPED ", concentration)"},
                 {"kl", "log_bessel_i0_scaled(other_concentration) - log_bessel_i0_scaled(concentration)"
                        " - concentration * bessel_gap(concentration) + other_concentration * (bessel_gap(concentration)"
                        " + 2 * (1 - bessel_gap(concentration)) * sin(0.5 * (loc - other_loc)) ^ 2)"}},
    .example = "direction ~ VonMises(0, 4)",
};
