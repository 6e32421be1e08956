/* SPDX-License-Identifier: GPL-3.0-or-later
   GaussianRandomWalk(scale, n): n places of a walk from 0, whose steps are normal. */
#include <math.h>

#include "runtime/linear_map.h"
#include "runtime/state.h"
#include "stdlib/cumulate.h"
#include "stdlib/distributions/multivariate.h"

enum { SCALE, N };

static Value operate(State *S, Operator which, Value a, Value b) { return multivariate_operate(S, which, a, b); }

static void make(State *S, Distribution *d) {
    size_t n = multivariate_length(S, d, N);
    Value scale = d->parameters[SCALE];
    multivariate_vector(S, d, SCALE, n);
    d->factor = d->parameters[SCALE]; /* a vector; what was given is what programs see */
    d->parameters[SCALE] = scale;
    d->parameters[N] = value_number((double)n);
    multivariate_layout(S, d, n);
}

static Value sample(State *S, Distribution *d, RandomKey key, const Layout *event) {
    Value z = multivariate_noise(S, key, event->dims[0], 0);
    return rows_cumulate(S, operate(S, OPERATOR_MULTIPLY, d->parameters[SCALE], z), false);
}

/* The walk one step later: 0 in front, and the last place gone. */
static Value delayed(State *S, Value v) {
    const Layout *l = v.as.array->layout;
    Array *out = array_zero(S, l);
    StridedMap map;
    strided_begin(&map);
    map.start[MAP_OUT] = l->stride;
    strided_loop(&map, l->dims[0] - 1, l->stride, l->stride);
    strided_lanes(&map, l, l);
    strided_copy(&map, v.as.array->data, out->data);
    if (!tape_has(S, v)) return value_array(out, 0);
    const LinearMap *edge = strided_on_tape(S, &map);
    uint64_t node = tape_node(S, l);
    tape_edge_map(S, v, edge);
    return value_array(out, node);
}

/* The sum of the log densities of n walks, whose standardised steps' squares sum to `form`. */
static Value density_of(State *S, Distribution *d, Value form, double n) {
    Value volume = operate(S, OPERATOR_MULTIPLY, value_number(n), operation_sum(S, multivariate_function(S, "log", d->factor)));
    Value rest = operate(S, OPERATOR_SUBTRACT, value_number(-n * (double)d->layout->components * HALF_LOG_TWO_PI), volume);
    return operate(S, OPERATOR_SUBTRACT, rest, operate(S, OPERATOR_MULTIPLY, value_number(0.5), form));
}

static Value log_prob(State *S, Distribution *d, Value value) {
    Value steps = value_layout(S, value)->dims[0] > 1 ? operate(S, OPERATOR_SUBTRACT, value, delayed(S, value)) : value;
    Value form = multivariate_square(S, d->factor, steps);
    return multivariate_inside(S, form, density_of(S, d, form, 1));
}

/* ---- Sufficient statistics: for each step the root of the sum of its squares; NaN where a walk is not finite ---- */

static Value statistics(State *S, const Layout *event, const double *x, size_t n) {
    size_t size = event->components;
    Array *out = array_zero(S, layout_vector(S, size));
    for (size_t i = 0; i < n; i++)
        for (size_t c = 0; c < size; c++) {
            double step = x[i * size + c] - (c ? x[i * size + c - 1] : 0);
            out->data[c] += isfinite(x[i * size + c]) ? step * step : NAN;
        }
    for (size_t c = 0; c < size; c++) out->data[c] = sqrt(out->data[c]);
    return value_array(out, 0);
}

/* Steps too large to be squared are left to the walks themselves. */
static bool log_prob_sum(State *S, Distribution *d, Value statistic, size_t n, Value *sum) {
    const Array *known = statistic.as.array;
    bool possible = true, small = true;
    for (size_t c = 0; c < known->layout->components; c++) {
        possible = possible && !isnan(known->data[c]);
        small = small && known->data[c] < INFINITY;
    }
    if (!possible) *sum = value_number(-INFINITY);
    if (!possible || !small) return !possible;
    Value form = multivariate_square(S, d->factor, statistic);
    *sum = multivariate_inside(S, form, density_of(S, d, form, (double)n));
    return true;
}

static const DistributionComposed composed = {.make = make,
                                              .sample = sample,
                                              .joint = true,
                                              .log_prob = log_prob,
                                              .statistics = statistics,
                                              .log_prob_sum = log_prob_sum,
                                              .n_shown = 2};

const DistributionRow distribution_gaussianrandomwalk = {
    .name = "GaussianRandomWalk",
    .help = "The places of a walk from 0 whose steps are normal: sums of independent Normal(0, scale)",
    .parameters = {{"scale", CONSTRAINT_POSITIVE, NULL, "the standard deviation of a step, or of each step"},
                   {"n", CONSTRAINT_INTEGER, NULL, "the number of steps"}},
    .n_parameters = 2,
    .composed = &composed,
    .density = "the product of the densities of Normal(0, scale[k]) at x[k] - x[k - 1], with 0 before x[0]",
    .edges = "The log density of a vector with an element that is not finite is -inf.",
    .sampler = "running sums of scale z of standard normals z; Box and Muller 1958",
    .example = "level ~ GaussianRandomWalk(0.1, 100)",
    .support = "real",
    .formulas = {{"mean", "0 * scale * ones(n)"},
                 {"variance", "cumsum(scale ^ 2 * ones(n))"},
                 {"covariance", "v = tril(ones(n, n)); v @ diag(scale ^ 2 * ones(n)) @ transpose(v)"},
                 {"median", "0 * scale * ones(n)"},
                 {"mode", "0 * scale * ones(n)"},
                 {"entropy", "sum(log(scale) * ones(n)) + n * 1.4189385332046727"},
                 {"kl", "r = (scale / other_scale) ^ 2; 0.5 * sum((r - 1 - log(r)) * ones(n))"}},
    .kl_equal = 1u << N,
    .base = "GaussianRandomWalk(1, n)",
    .from_base = "cumsum(scale * (x - concat(0, x[0..n - 1])))",
};
