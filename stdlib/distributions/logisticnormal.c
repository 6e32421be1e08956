/* SPDX-License-Identifier: GPL-3.0-or-later
   LogisticNormal(mu, sigma | covariance | cholesky): a normal vector of n, mapped to the simplex of n + 1 by breaking a stick, as
   in PyTorch's LogisticNormal: of what is left of the stick, piece k takes sigmoid(x[k] - log(n - k)). Inside, d->factor is a
   Cholesky factor, or sigma as a vector. Aitchison and Shen, Logistic-normal distributions, Biometrika 67, 1980. */
#include <math.h>

#include "runtime/linear_map.h"
#include "runtime/state.h"
#include "stdlib/cumulate.h"
#include "stdlib/distributions/multivariate.h"
#include "stdlib/transpose.h"
#include "stdlib/triangular.h"

enum { MU, SIGMA, COVARIANCE, CHOLESKY };

/* How far from 1 the sum may be. */
#define TOLERANCE 1e-6

static Value operate(State *S, Operator which, Value a, Value b) { return multivariate_operate(S, which, a, b); }

static void make(State *S, Distribution *d) {
    unsigned given = multivariate_given(d, SIGMA) ? SIGMA : multivariate_given(d, COVARIANCE) ? COVARIANCE : CHOLESKY;
    Value spread = d->parameters[given], mu = d->parameters[MU];
    bool one = value_is_numeric(mu) && value_layout(S, mu)->rank == 0 && spread.tag == VALUE_ARRAY && spread.as.array->layout->rank;
    size_t n = multivariate_vector(S, d, MU, one ? spread.as.array->layout->dims[0] : 0);
    if (given == SIGMA) {
        multivariate_vector(S, d, SIGMA, n);
        d->factor = d->parameters[SIGMA];
    } else {
        d->factor = multivariate_factor(S, d, given, given == COVARIANCE ? FORM_COVARIANCE : FORM_CHOLESKY, n);
    }
    multivariate_layout(S, d, n + 1);
}

static bool is_diagonal(const Distribution *d) { return d->factor.as.array->layout->rank == 1; }

static Value parameter(State *S, Distribution *d, unsigned k) {
    if (multivariate_given(d, k)) return d->parameters[k];
    if (k == SIGMA) return value_none();
    Value factor = is_diagonal(d) ? operation_diagonal(S, d->factor) : d->factor;
    return multivariate_form(S, factor, k == COVARIANCE ? FORM_COVARIANCE : FORM_CHOLESKY);
}

/* ---- Vectors of another length or order, taped ---- */

/* `count` elements of v from place `from` on, as a vector of n with the first at place `to` and zeros elsewhere; `backwards`: in
   reverse order. */
static Value moved(State *S, Value v, size_t from, size_t to, size_t count, size_t n, bool backwards) {
    const Layout *in = v.as.array->layout, *l = layout_with_event(S, in, 1, &n);
    Array *out = array_zero(S, l);
    StridedMap map;
    strided_begin(&map);
    map.start[MAP_IN] = (backwards ? from + count - 1 : from) * in->stride;
    map.start[MAP_OUT] = to * l->stride;
    strided_loop(&map, count, l->stride, backwards ? (size_t)0 - in->stride : in->stride);
    strided_lanes(&map, l, in);
    strided_copy(&map, v.as.array->data, out->data);
    if (!tape_has(S, v)) return value_array(out, 0);
    const LinearMap *edge = strided_on_tape(S, &map);
    uint64_t node = tape_node(S, l);
    tape_edge_map(S, v, edge);
    return value_array(out, node);
}

/* log(n), log(n - 1), …, log(1) */
static Value offsets(State *S, size_t n) {
    Array *out = array_new(S, layout_vector(S, n));
    for (size_t k = 0; k < n; k++) out->data[k] = log((double)(n - k));
    return value_array(out, 0);
}

/* ---- Draws and log densities ---- */

/* Logarithms throughout: log y[k] = log sigmoid(u[k]) + the sum over j < k of log sigmoid(-u[j]), where the last piece is all
   that is left. */
static Value to_simplex(State *S, Value x) {
    size_t n = value_layout(S, x)->dims[0];
    Value u = operate(S, OPERATOR_SUBTRACT, x, offsets(S, n));
    Value left = rows_cumulate(S, multivariate_function(S, "softplus", u), false);
    Value taken = multivariate_function(S, "softplus", operation_unary(S, &elementwise_operators[OPERATOR_NEGATE], u));
    Value log_y = operate(S, OPERATOR_ADD, moved(S, left, 0, 1, n, n + 1, false), moved(S, taken, 0, 0, n, n + 1, false));
    return multivariate_function(S, "exp", operation_unary(S, &elementwise_operators[OPERATOR_NEGATE], log_y));
}

static Value sample(State *S, Distribution *d, RandomKey key, const Layout *event) {
    Value z = multivariate_noise(S, key, event->dims[0] - 1, 0);
    Value wide = is_diagonal(d) ? operate(S, OPERATOR_MULTIPLY, d->factor, z) : operation_matmul(S, d->factor, z);
    return to_simplex(S, operate(S, OPERATOR_ADD, d->parameters[MU], wide));
}

/* The logarithm of the Jacobian's determinant is the sum of the logarithms of all pieces. */
static Value log_prob(State *S, Distribution *d, Value value) {
    size_t n = d->layout->dims[0] - 1;
    Value log_y = multivariate_function(S, "log", value);
    /* what is left behind each piece, summed from the far end */
    Value rest = rows_cumulate(S, moved(S, value, 1, 0, n, n, true), false);
    Value log_rest = multivariate_function(S, "log", moved(S, rest, 0, 0, n, n, true));
    Value x = operate(S, OPERATOR_ADD, operate(S, OPERATOR_SUBTRACT, moved(S, log_y, 0, 0, n, n, false), log_rest), offsets(S, n));
    Value form = multivariate_square(S, d->factor, operate(S, OPERATOR_SUBTRACT, x, d->parameters[MU]));
    Value volume = is_diagonal(d) ? operation_sum(S, multivariate_function(S, "log", d->factor)) : triangular_log_det(S, d->factor);
    Value density = operate(S, OPERATOR_SUBTRACT, value_number(-(double)n * HALF_LOG_TWO_PI), volume);
    density = operate(S, OPERATOR_SUBTRACT, density, operate(S, OPERATOR_MULTIPLY, value_number(0.5), form));
    density = operate(S, OPERATOR_SUBTRACT, density, operation_sum(S, log_y));
    Value off = multivariate_function(S, "abs", operate(S, OPERATOR_SUBTRACT, operation_sum(S, value_detached(value)), value_number(1)));
    Value inside = operate(S, OPERATOR_LESS_EQUAL, off, value_number(TOLERANCE));
    Value possible = multivariate_inside(S, form, density);
    if (inside.tag == VALUE_BOOLEAN) return inside.as.boolean ? possible : value_number(-INFINITY);
    return operation_select(S, inside, possible, value_number(-INFINITY));
}

static const DistributionComposed composed = {.make = make,
                                              .sample = sample,
                                              .joint = true,
                                              .log_prob = log_prob,
                                              .parameter = parameter,
                                              .n_shown = 4,
                                              .either = 1u << SIGMA | 1u << COVARIANCE | 1u << CHOLESKY};

const DistributionRow distribution_logisticnormal = {
    .name = "LogisticNormal",
    .help = "Probabilities (or shares) that sum to 1, from normal numbers, one fewer",
    .parameters = {{"mu", CONSTRAINT_REAL, NULL, "the mean of the normal numbers: a vector, one shorter than a draw"},
                   {"sigma", CONSTRAINT_POSITIVE, "none", "their standard deviations, or one number for all"},
                   {"covariance", CONSTRAINT_REAL, "none", "instead: their covariance matrix"},
                   {"cholesky", CONSTRAINT_REAL, "none", "instead: the Cholesky factor of their covariance matrix"}},
    .n_parameters = 4,
    .composed = &composed,
    .density = "that of Normal(mu, sigma) at v, divided by the product of all x, where v[k] = log(x[k] / (x[k + 1] + … + x[n])) + log(n - k); "
               "by the volume of the first n elements",
    .edges = "The log density of a vector with an element at or below 0, or whose sum differs from 1 by more than 1e-6, is -inf. Mean, variance,"
             " mode and entropy have no closed form.",
    .sampler = "a stick broken at sigmoid(v[k] - log(n - k)) of what is left, v normal; Box and Muller 1958",
    .example = "shares ~ LogisticNormal([0, 0], 1)",
    .base = "MultivariateNormal(mu, cholesky = cholesky)",
    .from_base = "n = len(x); u = x - log(n - (0..n)); exp(concat(-softplus(-u), 0) - concat(0, cumsum(softplus(u))))",
    .support = "simplex",
    .formulas = {{"kl", MULTIVARIATE_NORMAL_KL("cholesky", "other_cholesky")}},
};
