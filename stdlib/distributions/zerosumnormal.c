/* SPDX-License-Identifier: GPL-3.0-or-later
   ZeroSumNormal(scale, n): n normal numbers, given that they sum to zero. The density is that on the subspace of these vectors,
   by its own volume (in any orthonormal coordinates of it). */
#include <math.h>

#include "runtime/error.h"
#include "runtime/state.h"
#include "stdlib/distributions/multivariate.h"

enum { SCALE, N };

/* How far from 0 the sum may be, beside the sum of the elements' sizes. */
#define TOLERANCE 1e-9

static Value operate(State *S, Operator which, Value a, Value b) { return multivariate_operate(S, which, a, b); }

static void make(State *S, Distribution *d) {
    size_t n = multivariate_length(S, d, N);
    if (n < 2) error_raise(S, "bad-argument", NULL, "n of ZeroSumNormal must be 2 or greater, but it is %zu here", n);
    multivariate_number(S, d, SCALE);
    d->parameters[N] = value_number((double)n);
    multivariate_layout(S, d, n);
}

static Value sample(State *S, Distribution *d, RandomKey key, const Layout *event) {
    Value z = multivariate_noise(S, key, event->dims[0], 0);
    Value mean = operate(S, OPERATOR_DIVIDE, operation_sum(S, z), value_number((double)event->dims[0]));
    return operate(S, OPERATOR_MULTIPLY, d->parameters[SCALE], operate(S, OPERATOR_SUBTRACT, z, mean));
}

/* With `free` dimensions in all, and the sum of the squares of the standardised elements. */
static Value density_of(State *S, Distribution *d, Value form, double free) {
    Value volume = operate(S, OPERATOR_MULTIPLY, value_number(free), multivariate_function(S, "log", d->parameters[SCALE]));
    Value rest = operate(S, OPERATOR_SUBTRACT, value_number(-free * HALF_LOG_TWO_PI), volume);
    return operate(S, OPERATOR_SUBTRACT, rest, operate(S, OPERATOR_MULTIPLY, value_number(0.5), form));
}

static Value log_prob(State *S, Distribution *d, Value value) {
    Value form = operation_sum(S, operation_unary(S, &elementwise_internal[INTERNAL_SQUARE], operate(S, OPERATOR_DIVIDE, value, d->parameters[SCALE])));
    Value density = density_of(S, d, form, (double)d->layout->components - 1);
    Value constant = value_detached(value), sum = multivariate_function(S, "abs", operation_sum(S, constant));
    Value size = operation_sum(S, multivariate_function(S, "abs", constant));
    Value inside = operate(S, OPERATOR_LESS_EQUAL, sum, operate(S, OPERATOR_MULTIPLY, value_number(TOLERANCE), size));
    Value possible = multivariate_inside(S, form, density);
    if (inside.tag == VALUE_BOOLEAN) return inside.as.boolean ? possible : value_number(-INFINITY);
    return operation_select(S, inside, possible, value_number(-INFINITY));
}

/* ---- Sufficient statistics: the root of the sum of all squares, NaN if one of the vectors has density 0 ---- */

static Value statistics(State *S, const Layout *event, const double *x, size_t n) {
    size_t size = event->components;
    double total = 0;
    for (size_t i = 0; i < n; i++) {
        double sum = 0, sizes = 0, squares = 0;
        for (size_t c = 0; c < size; c++) {
            double y = x[i * size + c];
            sum += y;
            sizes += fabs(y);
            squares += y * y;
        }
        total += isfinite(sizes) && fabs(sum) <= TOLERANCE * sizes ? squares : NAN;
    }
    Array *out = array_new(S, layout_vector(S, 1));
    out->data[0] = sqrt(total);
    return value_array(out, 0);
}

static bool log_prob_sum(State *S, Distribution *d, Value statistic, size_t n, Value *sum) {
    double root = statistic.as.array->data[0], free = (double)n * ((double)d->layout->components - 1);
    if (isinf(root)) return false; /* too large to be squared */
    if (isnan(root)) {
        *sum = value_number(-INFINITY);
        return true;
    }
    Value form = operation_unary(S, &elementwise_internal[INTERNAL_SQUARE], operate(S, OPERATOR_DIVIDE, value_number(root), d->parameters[SCALE]));
    *sum = multivariate_inside(S, form, density_of(S, d, form, free));
    return true;
}

static const DistributionComposed composed = {.make = make,
                                              .sample = sample,
                                              .joint = true,
                                              .log_prob = log_prob,
                                              .statistics = statistics,
                                              .log_prob_sum = log_prob_sum,
                                              .n_shown = 2};

const DistributionRow distribution_zerosumnormal = {
    .name = "ZeroSumNormal",
    .help = "Normal numbers that sum to zero: effects of groups, beside a common mean",
    .parameters = {{"scale", CONSTRAINT_POSITIVE, NULL, "the standard deviation that the numbers would have without the constraint"},
                   {"n", CONSTRAINT_INTEGER, NULL, "how many they are: 2 or more"}},
    .n_parameters = 2,
    .composed = &composed,
    .density = "exp(-x @ x / (2 scale^2)) / (sqrt(2 pi) scale)^(n - 1), on the n - 1 dimensions of vectors that sum to zero",
    .edges = "The log density of a vector that does not sum to zero (to 1e-9 of its elements' sizes), or has an element that is not finite, is -inf.",
    .sampler = "scale (z - mean(z)) of standard normals z; Box and Muller 1958",
    .example = "effect ~ ZeroSumNormal(1, 5)",
    .support = "zero_sum",
    .formulas = {{"mean", "scale * zeros(n)"},
                 {"variance", "scale ^ 2 * (1 - 1 / n) * ones(n)"},
                 {"covariance", "scale ^ 2 * (eye(n) - ones(n, n) / n)"},
                 {"median", "scale * zeros(n)"},
                 {"mode", "scale * zeros(n)"},
                 {"entropy", "(n - 1) * (log(scale) + 1.4189385332046727)"},
                 {"kl", "r = (scale / other_scale) ^ 2; 0.5 * (n - 1) * (r - 1 - log(r))"}},
    .kl_equal = 1u << N,
    .base = "ZeroSumNormal(1, n)",
    .from_base = "scale * x",
};
