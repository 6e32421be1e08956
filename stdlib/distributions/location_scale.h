/* Families of a location and a scale alone: everything from the standard member's log density and its slope.

   Before this header a family defines, for loops that vectorise: STANDARD(z), the log density at location 0 and scale 1;
   SLOPE(z), its derivative; and BASE(u), a draw from a uniform u in (0, 1) (use 1 - u, which is exact, for the upper tail). */
#ifndef ELBO_STDLIB_DISTRIBUTIONS_LOCATION_SCALE_H
#define ELBO_STDLIB_DISTRIBUTIONS_LOCATION_SCALE_H

#include "runtime/distribution.h"
#include "runtime/kernels/vector.h"
#include "stdlib/distributions/lone.h"

ELBO_CLONES static void inverse_scale(size_t n, double *restrict out, const double *const parameters[]) {
    const double *scale = parameters[1];
    VECTOR_LOOP(i, n) out[i] = 1 / scale[i];
}

LONE_INLINE void score_body(size_t n, double *restrict out, double *const partial[], const double *const in[], bool lone) {
    const double *x = in[0], *loc = in[1], *inverse = in[3], *log_scale = in[4];
    const double loc_0 = loc[0], inverse_0 = inverse[0], log_scale_0 = log_scale[0];
#define Z(i) ((x[i] - LONE(loc, i)) * LONE(inverse, i))
#define INSIDE(z, value) (fabs(z) < INFINITY && fabs(value) < INFINITY)
    VECTOR_LOOP(i, n) {
        double z = Z(i), y = STANDARD(z);
        out[i] = INSIDE(z, y) ? y - LONE(log_scale, i) : -INFINITY;
    }
    if (partial[0]) VECTOR_LOOP(i, n) {
        double z = Z(i), slope = SLOPE(z);
        partial[0][i] = INSIDE(z, slope) ? slope * LONE(inverse, i) : 0;
    }
    if (partial[1]) VECTOR_LOOP(i, n) {
        double z = Z(i), slope = SLOPE(z);
        partial[1][i] = INSIDE(z, slope) ? -slope * LONE(inverse, i) : 0;
    }
    if (partial[2]) VECTOR_LOOP(i, n) {
        double z = Z(i), slope = SLOPE(z), y = 1 + z * slope;
        partial[2][i] = INSIDE(z, y) ? -y * LONE(inverse, i) : 0;
    }
#undef Z
#undef INSIDE
}
LONE_PAIR(score)

LONE_INLINE void transform_body(size_t n, double *restrict out, double *const partial[], const double *const in[], bool lone) {
    const double *loc = in[0], *scale = in[1], *u = in[2];
    const double loc_0 = loc[0], scale_0 = scale[0];
    VECTOR_LOOP(i, n) {
        double z = BASE(u[i]);
        out[i] = LONE(loc, i) + LONE(scale, i) * z;
    }
    if (partial[0]) VECTOR_LOOP(i, n) partial[0][i] = 1;
    if (partial[1]) VECTOR_LOOP(i, n) {
        double z = BASE(u[i]);
        partial[1][i] = z;
    }
}
LONE_PAIR(transform)

/* What the rows have in common. */
#define LOCATION_SCALE_ROW                                                                                              \
    .n_parameters = 2,                                                                                                  \
    .support = "real",                                                                                                  \
    .prepared = {{1u << 1, inverse_scale, false}, {1u << 1, NULL, true}},                                               \
    .score = score,                                                                                                     \
    .score_lone = score_lone,                                                                                           \
    .noise = {NOISE_UNIFORM},                                                                                           \
    .transform = transform,                                                                                             \
    .transform_lone = transform_lone,                                                                                   \
    .location_scale = true

#endif
