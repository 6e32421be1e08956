/* SPDX-License-Identifier: GPL-3.0-or-later
   Student's distribution. */
#include "stdlib/distributions/student_score.h"

ELBO_CLONES static void student_inverse_scale(size_t n, double *restrict out, const double *const parameters[]) {
    const double *scale = parameters[2];
    VECTOR_LOOP(i, n) out[i] = 1 / scale[i];
}

LONE_INLINE void score_body(size_t n, double *restrict out, double *const partial[], const double *const in[], bool lone) {
    const StudentInputs inputs = {in[0], in[1], in[2], in + 4, partial[0], partial[1], partial[2], partial[3]};
    student_score(n, out, &inputs, false, lone);
}
LONE_PAIR(score)

ELBO_CLONES static void transform(size_t n, double *restrict out, double *const partial[], const double *const in[]) {
    const double *df = in[0], *loc = in[1], *scale = in[2], *u = in[3], *v = in[4];
    VECTOR_LOOP(i, n) out[i] = loc[i] + scale[i] * student_draw(student_exponent(u[i], df[i]), df[i], v[i]);
    if (partial[0]) VECTOR_LOOP(i, n) partial[0][i] = scale[i] * student_draw_by_df(student_exponent(u[i], df[i]), df[i], v[i]);
    if (partial[1]) VECTOR_LOOP(i, n) partial[1][i] = 1;
    if (partial[2]) VECTOR_LOOP(i, n) partial[2][i] = student_draw(student_exponent(u[i], df[i]), df[i], v[i]);
}

const DistributionRow distribution_studentt = {
    .name = "StudentT",
    .help = "Student's t distribution: a bell with heavy tails",
    .parameters = {{"df", CONSTRAINT_POSITIVE, NULL, "degrees of freedom: the fewer, the heavier the tails"},
                   {"loc", CONSTRAINT_REAL, "0", "where the middle is"},
                   {"scale", CONSTRAINT_POSITIVE, "1", "scale; the standard deviation is larger"}},
    .n_parameters = 3,
    .support = "real",
    .prepared = STUDENT_PREPARED(2),
    .score = score,
    .score_lone = score_lone,
    .noise = {NOISE_UNIFORM, NOISE_UNIFORM},
    .transform = transform,
    .density = "(1 + z^2 / df)^(-(df + 1) / 2) / (scale sqrt(df) B(1 / 2, df / 2)), z = (x - loc) / scale",
    .edges = "The mean is nan for df up to 1; the variance is nan for df up to 1, and inf for df up to 2. The log density of what"
             " is not a finite number is -inf. For df below 0.06, draws that are too large for a number are cut off.",
    .sampler = "the polar method of Bailey (1994), whose derivative by df is taken at the same uniform numbers",
    .formulas = {{"mean", "where(df > 1, loc, nan)"},
                 {"variance", "where(df > 2, scale ^ 2 * (df / max(df - 2, 0)), where(df > 1, inf, nan))"},
                 {"median", "loc"},
                 {"mode", "loc"},
                 {"entropy", "log(scale) + student_entropy(df)"},
                 {"cdf", "student_cdf((x - loc) / scale, df)"},
                 {"ccdf", "student_cdf((loc - x) / scale, df)"},
                 {"log_cdf", "log_student_cdf((x - loc) / scale, df)"},
                 {"log_ccdf", "log_student_cdf((loc - x) / scale, df)"},
                 {"quantile", "loc + scale * student_quantile(q, df)"},
                 {"upper_quantile", "loc - scale * student_quantile(q, df)"}},
    .example = "y ~ StudentT(4, 0, 1)",
    .location_scale = true,
    .location = 1,
};
