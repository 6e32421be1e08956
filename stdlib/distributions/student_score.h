/* The log density of Student's distribution, whole and folded at 0. */
#ifndef ELBO_STDLIB_DISTRIBUTIONS_STUDENT_SCORE_H
#define ELBO_STDLIB_DISTRIBUTIONS_STUDENT_SCORE_H

#include <float.h>

#include "runtime/distribution.h"
#include "runtime/kernels/vector.h"
#include "stdlib/distributions/lone.h"
#include "stdlib/distributions/student.h"

/* What the prepared quantities of both families are, df being parameter 0 and the scale parameter `k`. */
#define STUDENT_PREPARED(k)                                                                                             \
    {{1u << 0, student_norm, false}, {1u << 0, student_norm_by_df, false}, {1u << 0, student_inverse_df, false},       \
     {1u << (k), student_inverse_scale, false}, {1u << (k), NULL, true}}

ELBO_CLONES static void student_norm(size_t n, double *restrict out, const double *const parameters[]) {
    const double *df = parameters[0];
    VECTOR_LOOP(i, n) out[i] = student_log_norm(df[i]);
}

ELBO_CLONES static void student_norm_by_df(size_t n, double *restrict out, const double *const parameters[]) {
    const double *df = parameters[0];
    VECTOR_LOOP(i, n) out[i] = student_log_norm_by_df(df[i]);
}

ELBO_CLONES static void student_inverse_df(size_t n, double *restrict out, const double *const parameters[]) {
    const double *df = parameters[0];
    VECTOR_LOOP(i, n) out[i] = 1 / df[i];
}

typedef struct StudentInputs {
    const double *x, *df, *loc, *const *prepared; /* loc is NULL for the folded family */
    double *by_x, *by_df, *by_loc, *by_scale;
} StudentInputs;

/* With z = (x - loc) / scale: norm - log(scale) - (df + 1) / 2 log(1 + z^2 / df), where norm has log(2) more when folded. */
LONE_INLINE void student_score(size_t n, double *restrict out, const StudentInputs *in, bool folded, bool lone) {
    static const double zero[LANE_BLOCK];
    const double *x = in->x, *df = in->df, *loc = folded ? zero : in->loc;
    const double *norm = in->prepared[0], *by_norm = in->prepared[1], *rdf = in->prepared[2], *inverse = in->prepared[3],
                 *log_scale = in->prepared[4];
    const double df_0 = df[0], loc_0 = loc[0], norm_0 = norm[0], by_norm_0 = by_norm[0], rdf_0 = rdf[0], inverse_0 = inverse[0],
                 log_scale_0 = log_scale[0];
    const double extra = folded ? 0.69314718055994530942 : 0;
#define Z(i) ((folded ? x[i] : x[i] - LONE(loc, i)) * LONE(inverse, i))
#define INSIDE(z) (fabs(z) < INFINITY && (!folded || x[i] >= 0))
/* (df + 1) z / (df + z^2), also where z^2 is too large for a number */
#define PULL(z) ((LONE(df, i) + 1) / (LONE(df, i) / (z) + (z)))
    VECTOR_LOOP(i, n) {
        double z = Z(i), y = student_log1p(z, LONE(rdf, i));
        y = (LONE(norm, i) + extra - LONE(log_scale, i)) - 0.5 * (LONE(df, i) + 1) * y;
        out[i] = INSIDE(z) && y > -INFINITY ? y : -INFINITY;
    }
    if (in->by_x) VECTOR_LOOP(i, n) {
        double z = Z(i), pull = PULL(z);
        in->by_x[i] = INSIDE(z) ? -pull * LONE(inverse, i) : 0;
    }
    if (in->by_loc) VECTOR_LOOP(i, n) {
        double z = Z(i), pull = PULL(z);
        in->by_loc[i] = INSIDE(z) ? pull * LONE(inverse, i) : 0;
    }
    if (in->by_scale) VECTOR_LOOP(i, n) {
        double z = Z(i), pull = PULL(z);
        in->by_scale[i] = INSIDE(z) ? (z * pull - 1) * LONE(inverse, i) : 0;
    }
    if (in->by_df) VECTOR_LOOP(i, n) {
        double z = Z(i), pull = PULL(z), l = student_log1p(z, LONE(rdf, i));
        double y = LONE(by_norm, i) + 0.5 * (z * pull * LONE(rdf, i) - l);
        in->by_df[i] = INSIDE(z) ? y : 0;
    }
#undef Z
#undef INSIDE
#undef PULL
}

/* ---- draws: the polar method of Bailey (Mathematics of Computation 62 (1994) 779) ----

   t = sqrt(df (u^(-2 / df) - 1)) cos(2 pi v), with a = -2 log(u) / df: sqrt(df) exp(a / 2) sqrt(1 - exp(-a)) cos(2 pi v). For
   fixed u and v it is a smooth function of df. Numbers that would be too large are cut off. */

enum { STUDENT_CUT = 1350 }; /* of a */

static inline double student_exponent(double u, double df) {
    double a = -2 * log(u) / df;
    return a < STUDENT_CUT ? a : STUDENT_CUT;
}

static inline double student_draw(double a, double df, double v) {
    return sqrt(df) * exp(0.5 * a) * sqrt(-expm1(-a)) * cos(6.28318530717958647693 * v);
}

/* Its derivative by df, with e^-a - 1 + a by its series where that cancels. */
static inline double student_draw_by_df(double a, double df, double v) {
    double series = a * a * (1 / 2.0 - a * (1 / 6.0 - a * (1 / 24.0 - a * (1 / 120.0 - a * (1 / 720.0 - a * (1 / 5040.0 -
                    a * (1 / 40320.0 - a * (1 / 362880.0 - a * (1 / 3628800.0 - a * (1 / 39916800.0))))))))));
    double lost = expm1(-a), gap = a < 0.3 ? series : lost + a;
    double y = -0.5 * exp(0.5 * a) * gap / (sqrt(df) * sqrt(-lost)) * cos(6.28318530717958647693 * v);
    return a < STUDENT_CUT && a > 0 ? y : 0;
}

#endif
