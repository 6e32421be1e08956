/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "runtime/distribution.h"

#include <float.h>

#include "runtime/kernels/vector.h"

ELBO_CLONES static void log_height(size_t n, double *restrict out, const double *const parameters[]) {
    const double *low = parameters[0], *high = parameters[1];
    VECTOR_LOOP(i, n) out[i] = 0.69314718055994531 - log(high[i] - low[i]);
}

/* log(2) - log(high - low) + log((x - low) / (peak - low)) left of the peak, log((high - x) / (high - peak)) right of it. At a
   peak inside, where the density has a kink, the partials for x and peak are given as 0. */
ELBO_CLONES static void score(size_t n, double *restrict out, double *const partial[], const double *const in[]) {
    const double *x = in[0], *low = in[1], *high = in[2], *peak = in[3], *height = in[4];
#define LEFT(i) (x[i] < peak[i])
#define RIGHT(i) (x[i] > peak[i])
/* Where the density is not 0. */
#define INSIDE(i) ((x[i] >= low[i]) & (x[i] <= high[i]) & ((x[i] > low[i]) | !LEFT(i)) & ((x[i] < high[i]) | !RIGHT(i)))
    VECTOR_LOOP(i, n) {
        bool left = LEFT(i);
        double side = left ? peak[i] - low[i] : high[i] - peak[i], from_end = left ? x[i] - low[i] : high[i] - x[i];
        double t = (left ? x[i] - peak[i] : peak[i] - x[i]) / side, ratio = from_end / side, near = 1 + t;
        double y = log(ratio > 0.5 ? near : ratio); /* log(1 + t) lacks what 1 + t was rounded by, times 1 / (1 + t), nearly 1 - t */
        double slope = y + (ratio > 0.5 ? (t - (near - 1)) * (1 - t) : 0);
        out[i] = INSIDE(i) ? height[i] + (left | RIGHT(i) ? slope : 0) : -INFINITY;
    }
    if (partial[0])
        VECTOR_LOOP(i, n) {
            double y = LEFT(i) ? 1 / (x[i] - low[i]) : RIGHT(i) ? -1 / (high[i] - x[i]) : 0;
            partial[0][i] = INSIDE(i) ? y : 0;
        }
    if (partial[1]) /* d/dlow log(x - low) - log(peak - low) = (x - peak) / ((x - low) (peak - low)) */
        VECTOR_LOOP(i, n) {
            double y = LEFT(i) ? (x[i] - peak[i]) / (x[i] - low[i]) / (peak[i] - low[i]) : 0;
            partial[1][i] = INSIDE(i) ? 1 / (high[i] - low[i]) + y : 0;
        }
    if (partial[2])
        VECTOR_LOOP(i, n) {
            double y = RIGHT(i) ? (x[i] - peak[i]) / (high[i] - x[i]) / (high[i] - peak[i]) : 0;
            partial[2][i] = INSIDE(i) ? y - 1 / (high[i] - low[i]) : 0;
        }
    if (partial[3])
        VECTOR_LOOP(i, n) {
            double y = LEFT(i) ? -1 / (peak[i] - low[i]) : RIGHT(i) ? 1 / (high[i] - peak[i]) : 0;
            partial[3][i] = INSIDE(i) ? y : 0;
        }
#undef LEFT
#undef RIGHT
#undef INSIDE
}

/* low + sqrt(u (high - low) (peak - low)), or high - sqrt((1 - u) (high - low) (high - peak)): from the nearer end. */
ELBO_CLONES static void transform(size_t n, double *restrict out, double *const partial[], const double *const in[]) {
    const double *low = in[0], *high = in[1], *peak = in[2], *u = in[3];
#define LEFT(i) (u[i] * (high[i] - low[i]) < peak[i] - low[i])
    VECTOR_LOOP(i, n) {
        double width = high[i] - low[i], left = low[i] + sqrt(u[i] * width) * sqrt(peak[i] - low[i]);
        double right = high[i] - sqrt((1 - u[i]) * width) * sqrt(high[i] - peak[i]);
        out[i] = LEFT(i) ? left : right;
    }
    for (unsigned k = 0; k < 3; k++) {
        double *restrict p = partial[k];
        if (!p) continue;
        double by_low = k == 0, by_high = k == 1, by_peak = k == 2;
        VECTOR_LOOP(i, n) {
            double width = high[i] - low[i], rise = peak[i] - low[i], fall = high[i] - peak[i];
            double left = 0.5 * (sqrt(u[i] * rise / width) * (by_high - by_low) + sqrt(u[i] * width / rise) * (by_peak - by_low));
            double right = 0.5 * (sqrt((1 - u[i]) * fall / width) * (by_high - by_low) + sqrt((1 - u[i]) * width / fall) * (by_high - by_peak));
            p[i] = LEFT(i) ? by_low + left : by_high - right;
        }
    }
#undef LEFT
}

static bool accepts(const double *parameters) {
    double low = parameters[0], high = parameters[1], peak = parameters[2];
    return low < high && high - low < INFINITY && low <= peak && peak <= high;
}

/* The cdf left of the peak, and 1 less it from the peak on. */
#define RISE "((max(x, low) - low) / (high - low) * ((max(x, low) - low) / where(peak > low, peak - low, 1)))"
#define FALL "((high - min(x, high)) / (high - low) * ((high - min(x, high)) / where(high > peak, high - peak, 1)))"

const DistributionRow distribution_triangular = {
    .name = "Triangular",
    .help = "The triangular distribution between two numbers, densest at a peak",
    .parameters = {{"low", CONSTRAINT_REAL, NULL, "smallest value"},
                   {"high", CONSTRAINT_REAL, NULL, "largest value"},
                   {"peak", CONSTRAINT_REAL, NULL, "the mode, between the two or at one of them"}},
    .n_parameters = 3,
    .density = "2 (x - low) / ((high - low) (peak - low)) up to the peak, 2 (high - x) / ((high - low) (high - peak)) from there on",
    .edges = "Outside of [low, high], at nan, and at an end that is not the peak the log density is -inf. At a peak inside, where the "
             "density has a kink, the derivatives by x and peak are given as 0.",
    .sampler = "the quantile of a uniform number",
    .support = "interval(low, high)",
    .accepts = accepts,
    .condition = "low must be less than high, and peak between them",
    .prepared = {{1u << 0 | 1u << 1, log_height, false}},
    .score = score,
    .noise = {NOISE_UNIFORM},
    .transform = transform,
    .formulas = {{"mean", "low / 3 + high / 3 + peak / 3"},
                 {"variance", "((high - low) ^ 2 - (peak - low) * (high - peak)) / 18"},
                 {"median", "where(peak - low > high - peak, low + sqrt(0.5 * (high - low) * max(peak - low, 0.5 * (high - low))),"
                            " high - sqrt(0.5 * (high - low) * max(high - peak, 0.5 * (high - low))))"},
                 {"mode", "peak"},
                 {"entropy", "log(high - low) - 0.19314718055994531"},
                 {"cdf", "where(x < peak, " RISE ", 1 - " FALL ")"},
                 {"ccdf", "where(x < peak, 1 - " RISE ", " FALL ")"},
                 {"log_cdf", "where(x < peak, log(where(x < peak, " RISE ", 1)), log1p(-where(x < peak, 0, " FALL ")))"},
                 {"log_ccdf", "where(x < peak, log1p(-where(x < peak, " RISE ", 0)), log(where(x < peak, 1, " FALL ")))"},
                 {"quantile", "where(q * (high - low) < peak - low, low + sqrt(where(peak > low, q * (high - low) * (peak - low), 1)),"
                              " high - sqrt(where(high > peak, (1 - q) * (high - low) * (high - peak), 0)))"},
                 {"upper_quantile", "where(q * (high - low) < high - peak, high - sqrt(where(high > peak, q * (high - low) * (high - peak), 1)),"
                                    " low + sqrt(where(peak > low, (1 - q) * (high - low) * (peak - low), 0)))"}},
    .example = "cost ~ Triangular(80, 150, 100)",
};
