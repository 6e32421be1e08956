/* SPDX-License-Identifier: GPL-3.0-or-later
   The absolute value of Student's t. */
#include "stdlib/distributions/student_score.h"

ELBO_CLONES static void student_inverse_scale(size_t n, double *restrict out, const double *const parameters[]) {
    const double *scale = parameters[1];
    VECTOR_LOOP(i, n) out[i] = 1 / scale[i];
}

LONE_INLINE void score_body(size_t n, double *restrict out, double *const partial[], const double *const in[], bool lone) {
    const StudentInputs inputs = {in[0], in[1], NULL, in + 3, partial[0], partial[1], NULL, partial[2]};
    student_score(n, out, &inputs, true, lone);
}
LONE_PAIR(score)

ELBO_CLONES static void transform(size_t n, double *restrict out, double *const partial[], const double *const in[]) {
    const double *df = in[0], *scale = in[1], *u = in[2], *v = in[3];
    VECTOR_LOOP(i, n) {
        double t = student_draw(student_exponent(u[i], df[i]), df[i], v[i]);
        out[i] = scale[i] * fabs(t);
    }
    if (partial[0]) VECTOR_LOOP(i, n) {
        /* the sign of t is that of the cosine; its derivative has the other one */
        double slope = student_draw_by_df(student_exponent(u[i], df[i]), df[i], v[i]);
        partial[0][i] = -scale[i] * fabs(slope);
    }
    if (partial[1]) VECTOR_LOOP(i, n) partial[1][i] = fabs(student_draw(student_exponent(u[i], df[i]), df[i], v[i]));
}

/* The mean for scale 1 where there is one. */
#define MEAN "(2 * sqrt(df) / max(df - 1, 0) * exp(-log_beta(0.5 * df, 0.5)))"

const DistributionRow distribution_halfstudentt = {
    .name = "HalfStudentT",
    .help = "The absolute value of a StudentT(df, 0, scale)",
    .parameters = {{"df", CONSTRAINT_POSITIVE, NULL, "degrees of freedom: the fewer, the heavier the tail"},
                   {"scale", CONSTRAINT_POSITIVE, NULL, "scale of Student's distribution"}},
    .n_parameters = 2,
    .support = "nonnegative",
    .prepared = STUDENT_PREPARED(1),
    .score = score,
    .score_lone = score_lone,
    .noise = {NOISE_UNIFORM, NOISE_UNIFORM},
    .transform = transform,
    .density = "2 (1 + z^2 / df)^(-(df + 1) / 2) / (scale sqrt(df) B(1 / 2, df / 2)), z = x / scale",
    .edges = "At 0 the density is highest; below, and for what is not a finite number, the log density is -inf. The mean is inf for"
             " df up to 1, and the variance for df up to 2. For df below 0.06, draws that are too large for a number are cut off.",
    .sampler = "the absolute value of what the polar method of Bailey (1994) draws; its derivative by df is taken at the same"
               " uniform numbers",
    .formulas = {{"mean", "where(df > 1, scale * " MEAN ", inf)"},
                 {"variance", "where(df > 2, scale ^ 2 * (df / max(df - 2, 0) - " MEAN " ^ 2), inf)"},
                 {"median", "scale * half_student_quantile(0.5, df)"},
                 {"mode", "0 * scale"},
                 {"entropy", "log(scale) + student_entropy(df) - 0.69314718055994529"},
                 {"cdf", "half_student_cdf(x / scale, df)"},
                 {"ccdf", "2 * student_cdf(-max(x, 0) / scale, df)"},
                 {"log_ccdf", "where(x < scale, log1p(-half_student_cdf(x / scale, df)),"
                              " 0.69314718055994529 + log_student_cdf(-max(x, 0) / scale, df))"},
                 {"quantile", "scale * half_student_quantile(q, df)"},
                 {"upper_quantile", "-scale * student_quantile(0.5 * q, df)"}},
    .example = "tau ~ HalfStudentT(4, 1)",
    .base = "HalfStudentT(df, 1)",
    .from_base = "scale * x",
};
