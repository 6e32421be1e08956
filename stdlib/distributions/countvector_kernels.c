/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stdlib/distributions/countvector_kernels.h"

#include "runtime/kernels/vector.h"
#include "stdlib/distributions/count_shape.h"
#include "stdlib/distributions/countkernels.h"

ELBO_CLONES static void negative_dual(size_t size, double *restrict out, double *const partial[], const double *const in[]) {
    const double *x = in[0], *a = in[1], *n = in[2], *s = in[3];
    count_shapes(size, out, x);
    VECTOR_LOOP(i, size) {
        double m = n[i] >= 1 ? n[i] : 1, distance = (a[i] * n[i] - x[i] * s[i]) / (n[i] + s[i]);
        out[i] = -out[i] + negative_binomial_shapeless(x[i], a[i], distance, n[i] / (n[i] + s[i]), -log1p(s[i] / m), -log1p(finite_ratio(n[i], s[i])),
                                       stirling_rest(a[i]));
    }
    if (partial[0]) VECTOR_LOOP(i, size) partial[0][i] = 0;
    if (partial[1]) VECTOR_LOOP(i, size) {
        double t = (x[i] * s[i] - a[i] * n[i]) / (n[i] + s[i]) / a[i];
        double first = fabs(t) <= 0.5 ? log1p(t) : log1p(finite_ratio(x[i], a[i])) - log1p(finite_ratio(n[i], s[i]));
        partial[1][i] = first + digamma_rest_gap(a[i], x[i]);
    }
    if (partial[2]) VECTOR_LOOP(i, size) {
        double m = n[i] >= 1 ? n[i] : 1, by_p = (x[i] * s[i] - a[i] * m) / (m + s[i]);
        partial[2][i] = by_p / m;
    }
    if (partial[3]) VECTOR_LOOP(i, size) {
        double by_p = (x[i] * s[i] - a[i] * n[i]) / (n[i] + s[i]);
        partial[3][i] = -by_p / s[i];
    }
}

ELBO_CLONES static void negative_whole_dual(size_t size, double *restrict out, double *const partial[], const double *const in[]) {
    const double *n = in[0], *s = in[1];
    VECTOR_LOOP(i, size) {
        double m = n[i] >= 1 ? n[i] : 1;
        double y = negative_binomial_some(m, s[i], 0, m / (m + s[i]), -log1p(s[i] / m), -log1p(finite_ratio(m, s[i])), stirling_rest(s[i]));
        out[i] = n[i] >= 1 ? y : 0;
    }
    if (partial[0]) VECTOR_LOOP(i, size) {
        double psi, psi_sum, m = n[i] >= 1 ? n[i] : 1, y = gamma_log(m + 1, &psi), z = gamma_log(m + s[i], &psi_sum);
        (void)y;
        (void)z;
        partial[0][i] = psi_sum - psi - log1p(s[i] / m);
    }
    if (partial[1]) VECTOR_LOOP(i, size) partial[1][i] = digamma_rest_gap(s[i], n[i]);
}

/* sigmoid(u) - sigmoid(l) = sigmoid(u) sigmoid(-l) (1 - exp(l - u)); log_gap is the logarithm of the last factor. */
VECTOR_INLINE double between(double l, double u, double e, double log_gap) {
    double a = l - e, b = u - e, c = exp(-fabs(a)), d = exp(-fabs(b));
    return (b < 0 ? b : 0) - (a > 0 ? a : 0) - log1p(c + d + c * d) + log_gap;
}

ELBO_CLONES void countvector_log_gaps(size_t size, double *restrict out, const double *l, const double *u) {
    VECTOR_LOOP(i, size) {
        double gap = expm1(l[i] - u[i]);
        out[i] = log(-gap);
    }
}

ELBO_CLONES void countvector_between_known(size_t size, double *restrict out, double *restrict by_e, const double *l, const double *u, const double *log_gap,
                                           const double *e) {
    VECTOR_LOOP(i, size) {
        double y = between(l[i], u[i], e[i], log_gap[i]);
        out[i] = y == y ? y : -INFINITY;
    }
    if (by_e) VECTOR_LOOP(i, size) {
        double a = l[i] - e[i], b = u[i] - e[i], c = exp(-fabs(a)), d = exp(-fabs(b));
        double above = a < 0 ? c / (1 + c) : 1 / (1 + c), below = b < 0 ? 1 / (1 + d) : d / (1 + d);
        by_e[i] = fabs(out[i]) < INFINITY ? above - below : 0;
    }
}

ELBO_CLONES static void between_dual(size_t size, double *restrict out, double *const partial[], const double *const in[]) {
    const double *l = in[0], *u = in[1], *e = in[2];
    countvector_log_gaps(size, out, l, u);
    VECTOR_LOOP(i, size) out[i] = between(l[i], u[i], e[i], out[i]);
    for (unsigned k = 0; k < 3; k++) {
        if (!partial[k]) continue;
        VECTOR_LOOP(i, size) {
            double a = l[i] - e[i], b = u[i] - e[i], c = exp(-fabs(a)), d = exp(-fabs(b));
            double above = a < 0 ? c / (1 + c) : 1 / (1 + c), below = b < 0 ? 1 / (1 + d) : d / (1 + d); /* sigmoid(a), sigmoid(-b) */
            double spread = 1 / expm1(u[i] - l[i]);
            partial[k][i] = k == 0 ? -above - spread : k == 1 ? below + spread : above - below;
        }
    }
}

#define VALUE(name, arity) \
    static void name##_value(size_t n, double *out, const double *const in[]) { name##_dual(n, out, (double *[4]){NULL}, in); }

VALUE(negative, 4)
VALUE(negative_whole, 2)
VALUE(between, 3)

const Elementwise countvector_negative = {.name = "negative_binomial", .arity = 4, .value = negative_value, .dual = negative_dual};
const Elementwise countvector_negative_whole = {
    .name = "negative_binomial", .arity = 2, .value = negative_whole_value, .dual = negative_whole_dual};
const Elementwise countvector_between = {.name = "between", .arity = 3, .value = between_value, .dual = between_dual};
