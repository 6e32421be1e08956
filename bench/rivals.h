/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Families as others compute them: GSL, R's nmath, or plain scalar C where neither has them. */
#ifndef ELBO_BENCH_RIVALS_H
#define ELBO_BENCH_RIVALS_H

/* covariance [[2, 0.5, 0.3], [0.5, 1, 0.2], [0.3, 0.2, 1.5]], its Cholesky factor, mean [1, 2, 3]; made by rivals_open */
static gsl_vector *mean3, *work3;
static gsl_matrix *factor3, *square3, *lower3;

static void rivals_open(void) {
    static const double covariance[] = {2, 0.5, 0.3, 0.5, 1, 0.2, 0.3, 0.2, 1.5};
    mean3 = gsl_vector_alloc(3);
    work3 = gsl_vector_alloc(3);
    factor3 = gsl_matrix_alloc(3, 3);
    square3 = gsl_matrix_alloc(3, 3);
    lower3 = gsl_matrix_alloc(3, 3);
    for (size_t i = 0; i < 9; i++) gsl_matrix_set(factor3, i / 3, i % 3, covariance[i]);
    for (size_t i = 0; i < 3; i++) gsl_vector_set(mean3, i, (double)i + 1);
    gsl_linalg_cholesky_decomp1(factor3);
}

static void rivals_close(void) {
    gsl_vector_free(mean3);
    gsl_vector_free(work3);
    gsl_matrix_free(factor3);
    gsl_matrix_free(square3);
    gsl_matrix_free(lower3);
}

/* ---- GSL ---- */

static double normal_gsl_density(const double *x) { return log(gsl_ran_gaussian_pdf(*x - 0.3, 0.8)); }
static void normal_gsl_draw(double *out) { *out = 0.3 + gsl_ran_gaussian_ziggurat(rng, 0.8); }
static double gamma_gsl_density(const double *x) { return log(gsl_ran_gamma_pdf(*x, 2.5, 2)); }
static void gamma_gsl_draw(double *out) { *out = gsl_ran_gamma(rng, 2.5, 2); }
static double beta_gsl_density(const double *x) { return log(gsl_ran_beta_pdf(*x, 2.5, 4)); }
static void beta_gsl_draw(double *out) { *out = gsl_ran_beta(rng, 2.5, 4); }
static double poisson_gsl_density(const double *x) { return log(gsl_ran_poisson_pdf((unsigned)*x, 3.5)); }
static void poisson_gsl_draw(double *out) { *out = gsl_ran_poisson(rng, 3.5); }
static double poisson_100_gsl_density(const double *x) { return log(gsl_ran_poisson_pdf((unsigned)*x, 100)); }
static void poisson_100_gsl_draw(double *out) { *out = gsl_ran_poisson(rng, 100); }
static double bernoulli_gsl_density(const double *x) { return log(gsl_ran_bernoulli_pdf((unsigned)*x, 0.3)); }
static void bernoulli_gsl_draw(double *out) { *out = gsl_ran_bernoulli(rng, 0.3); }
static double studentt_gsl_density(const double *x) { return log(gsl_ran_tdist_pdf((*x - 0.3) / 0.8, 5) / 0.8); }
static void studentt_gsl_draw(double *out) { *out = 0.3 + 0.8 * gsl_ran_tdist(rng, 5); }
static double betaproportion_gsl_density(const double *x) { return log(gsl_ran_beta_pdf(*x, 2.4, 3.6)); }
static void betaproportion_gsl_draw(double *out) { *out = gsl_ran_beta(rng, 2.4, 3.6); }
static double binomial_gsl_density(const double *x) { return log(gsl_ran_binomial_pdf((unsigned)*x, 0.3, 20)); }
static void binomial_gsl_draw(double *out) { *out = gsl_ran_binomial(rng, 0.3, 20); }
static double binomial_1000_gsl_density(const double *x) { return log(gsl_ran_binomial_pdf((unsigned)*x, 0.3, 1000)); }
static void binomial_1000_gsl_draw(double *out) { *out = gsl_ran_binomial(rng, 0.3, 1000); }
static double cauchy_gsl_density(const double *x) { return log(gsl_ran_cauchy_pdf(*x - 0.3, 0.8)); }
static void cauchy_gsl_draw(double *out) { *out = 0.3 + gsl_ran_cauchy(rng, 0.8); }
static double chi2_gsl_density(const double *x) { return log(gsl_ran_chisq_pdf(*x, 5)); }
static void chi2_gsl_draw(double *out) { *out = gsl_ran_chisq(rng, 5); }
static double exponential_gsl_density(const double *x) { return log(gsl_ran_exponential_pdf(*x, 1 / 0.7)); }
static void exponential_gsl_draw(double *out) { *out = gsl_ran_exponential(rng, 1 / 0.7); }
static double geometric_gsl_density(const double *x) { return log(gsl_ran_geometric_pdf((unsigned)*x + 1, 0.35)); }
static void geometric_gsl_draw(double *out) { *out = gsl_ran_geometric(rng, 0.35) - 1; }
static double gumbel_gsl_density(const double *x) { return log(gsl_ran_gumbel1_pdf((*x - 0.3) / 0.8, 1, 1) / 0.8); }
static void gumbel_gsl_draw(double *out) { *out = 0.3 + 0.8 * gsl_ran_gumbel1(rng, 1, 1); }
static double halfcauchy_gsl_density(const double *x) { return log(2 * gsl_ran_cauchy_pdf(*x, 1.5)); }
static void halfcauchy_gsl_draw(double *out) { *out = fabs(gsl_ran_cauchy(rng, 1.5)); }
static double halfnormal_gsl_density(const double *x) { return log(2 * gsl_ran_gaussian_pdf(*x, 1.5)); }
static void halfnormal_gsl_draw(double *out) { *out = fabs(gsl_ran_gaussian_ziggurat(rng, 1.5)); }
static double halfstudentt_gsl_density(const double *x) { return log(2 / 1.5 * gsl_ran_tdist_pdf(*x / 1.5, 5)); }
static void halfstudentt_gsl_draw(double *out) { *out = 1.5 * fabs(gsl_ran_tdist(rng, 5)); }
static double inversegamma_gsl_density(const double *x) { return log(gsl_ran_gamma_pdf(1 / *x, 2.5, 2)) - 2 * log(*x); }
static void inversegamma_gsl_draw(double *out) { *out = 1 / gsl_ran_gamma(rng, 2.5, 2); }
static double laplace_gsl_density(const double *x) { return log(gsl_ran_laplace_pdf(*x - 0.3, 0.8)); }
static void laplace_gsl_draw(double *out) { *out = 0.3 + gsl_ran_laplace(rng, 0.8); }
static double lognormal_gsl_density(const double *x) { return log(gsl_ran_lognormal_pdf(*x, 0.3, 0.8)); }
static void lognormal_gsl_draw(double *out) { *out = gsl_ran_lognormal(rng, 0.3, 0.8); }
static double logistic_gsl_density(const double *x) { return log(gsl_ran_logistic_pdf(*x - 0.3, 0.8)); }
static void logistic_gsl_draw(double *out) { *out = 0.3 + gsl_ran_logistic(rng, 0.8); }
static double negativebinomial_gsl_density(const double *x) {
    return log(gsl_ran_negative_binomial_pdf((unsigned)*x, 0.4, 3));
}
static void negativebinomial_gsl_draw(double *out) { *out = gsl_ran_negative_binomial(rng, 0.4, 3); }
static double pareto_gsl_density(const double *x) { return log(gsl_ran_pareto_pdf(*x, 3, 1.5)); }
static void pareto_gsl_draw(double *out) { *out = gsl_ran_pareto(rng, 3, 1.5); }
static double uniform_gsl_density(const double *x) { return log(gsl_ran_flat_pdf(*x, -1, 3)); }
static void uniform_gsl_draw(double *out) { *out = gsl_ran_flat(rng, -1, 3); }
static double weibull_gsl_density(const double *x) { return log(gsl_ran_weibull_pdf(*x, 1.5, 3)); }
static void weibull_gsl_draw(double *out) { *out = gsl_ran_weibull(rng, 1.5, 3); }
static double dirichlet_gsl_density(const double *x) {
    static const double a[] = {2, 3, 4};
    return gsl_ran_dirichlet_lnpdf(3, a, x);
}
static void dirichlet_gsl_draw(double *out) { static const double a[] = {2, 3, 4}; gsl_ran_dirichlet(rng, 3, a, out); }
static double multinomial_gsl_density(const double *x) {
    static const double p[] = {0.2, 0.3, 0.5};
    unsigned k[3] = {(unsigned)x[0], (unsigned)x[1], (unsigned)x[2]};
    return gsl_ran_multinomial_lnpdf(3, p, k);
}
static void multinomial_gsl_draw(double *out) {
    static const double p[] = {0.2, 0.3, 0.5};
    unsigned k[3];
    gsl_ran_multinomial(rng, 3, 20, p, k);
    for (int c = 0; c < 3; c++) out[c] = k[c];
}
static double multivariatenormal_gsl_density(const double *x) {
    gsl_vector_const_view v = gsl_vector_const_view_array(x, 3);
    double y;
    gsl_ran_multivariate_gaussian_log_pdf(&v.vector, mean3, factor3, &y, work3);
    return y;
}
static void multivariatenormal_gsl_draw(double *out) {
    gsl_vector_view v = gsl_vector_view_array(out, 3);
    gsl_ran_multivariate_gaussian(rng, mean3, factor3, &v.vector);
}
static double wishart_gsl_density(const double *x) {
    gsl_matrix_const_view m = gsl_matrix_const_view_array(x, 3, 3);
    gsl_matrix_memcpy(lower3, &m.matrix);
    gsl_linalg_cholesky_decomp1(lower3);
    double y;
    gsl_ran_wishart_log_pdf(&m.matrix, lower3, 5, factor3, &y, square3);
    return y;
}
static void wishart_gsl_draw(double *out) {
    gsl_matrix_view m = gsl_matrix_view_array(out, 3, 3);
    gsl_ran_wishart(rng, 5, factor3, &m.matrix, square3);
}

/* ---- Plain C ---- */

static double asymmetriclaplace_c_density(const double *x) { return -log(2 + 0.5) - (*x < 0 ? -*x / 2 : *x * 2); }
static void asymmetriclaplace_c_draw(double *out) {
    double w = gsl_rng_uniform_pos(rng);
    *out = w < 0.8 ? 2 * log(w / 0.8) : -0.5 * log((1 - w) / 0.2);
}
static double betabinomial_c_density(const double *x) {
    return gsl_sf_lnchoose(20, (unsigned)*x) + gsl_sf_lnbeta(*x + 2, 20 - *x + 3) - gsl_sf_lnbeta(2, 3);
}
static void betabinomial_c_draw(double *out) { *out = gsl_ran_binomial(rng, gsl_ran_beta(rng, 2, 3), 20); }
static double categorical_c_density(const double *x) { static const double p[] = {0.2, 0.3, 0.5}; return log(p[(int)*x]); }
static void categorical_c_draw(double *out) { double w = gsl_rng_uniform(rng); *out = w < 0.2 ? 0 : w < 0.5 ? 1 : 2; }
static double discreteuniform_c_density(const double *x) { return *x >= 0 && *x <= 9 ? -log(10) : -INFINITY; }
static void discreteuniform_c_draw(double *out) { *out = gsl_rng_uniform_int(rng, 10); }
static double inversegaussian_c_density(const double *x) {
    double d = *x - 1.5;
    return 0.5 * log(2 / (2 * M_PI * *x * *x * *x)) - 2 * d * d / (2 * 2.25 * *x);
}
static void inversegaussian_c_draw(double *out) {
    double z = gsl_ran_gaussian_ziggurat(rng, 1), y = z * z, m = 1.5, l = 2, a = m + m * m * y / (2 * l) - m / (2 * l) * sqrt(4 * m * l * y + m * m * y * y);
    *out = gsl_rng_uniform(rng) <= m / (m + a) ? a : m * m / a;
}
static double kumaraswamy_c_density(const double *x) { return log(6) + log(*x) + 2 * log1p(-*x * *x); }
static void kumaraswamy_c_draw(double *out) { *out = sqrt(1 - cbrt(1 - gsl_rng_uniform_pos(rng))); }
static double loglogistic_c_density(const double *x) {
    double z = log(*x / 1.5);
    return log(3 / 1.5) + 2 * z - 2 * log1p(exp(3 * z));
}
static void loglogistic_c_draw(double *out) { double w = gsl_rng_uniform_pos(rng); *out = 1.5 * cbrt(w / (1 - w)); }
static double logitnormal_c_density(const double *x) {
    double z = log(*x / (1 - *x));
    return log(gsl_ran_gaussian_pdf(z - 0.3, 0.8)) - log(*x * (1 - *x));
}
static void logitnormal_c_draw(double *out) { *out = 1 / (1 + exp(-0.3 - gsl_ran_gaussian_ziggurat(rng, 0.8))); }
static double orderedlogistic_c_density(const double *x) {
    static const double c[] = {-1, 0, 2};
    int k = (int)*x;
    double a = k ? 1 / (1 + exp(0.3 - c[k - 1])) : 0, b = k < 3 ? 1 / (1 + exp(0.3 - c[k])) : 1;
    return log(b - a);
}
static void orderedlogistic_c_draw(double *out) {
    static const double c[] = {-1, 0, 2};
    double l = gsl_ran_logistic(rng, 1) + 0.3;
    int k = 0;
    while (k < 3 && l > c[k]) k++;
    *out = k;
}
static double skewnormal_c_density(const double *x) {
    return M_LN2 + log(gsl_ran_ugaussian_pdf(*x)) + log(0.5 * erfc(-2 * *x * M_SQRT1_2));
}
static void skewnormal_c_draw(double *out) {
    double a = gsl_ran_gaussian_ziggurat(rng, 1), b = gsl_ran_gaussian_ziggurat(rng, 1);
    *out = (2 * fabs(a) + b) / sqrt(5);
}
static double triangular_c_density(const double *x) { return log(*x < 1 ? 2 * (*x + 1) / 8 : 2 * (3 - *x) / 8); }
static void triangular_c_draw(double *out) {
    double w = gsl_rng_uniform(rng);
    *out = w < 0.5 ? -1 + sqrt(w * 8) : 3 - sqrt((1 - w) * 8);
}
static double vonmises_c_density(const double *x) { return 2 * cos(*x - 0.3) - log(2 * M_PI * gsl_sf_bessel_I0(2)); }
static void vonmises_c_draw(double *out) {
    double t = 1 + sqrt(17), r = (t - sqrt(2 * t)) / 4, s = (1 + r * r) / (2 * r), f, z, c, w;
    do { z = cos(M_PI * gsl_rng_uniform(rng)); f = (1 + s * z) / (s + z); c = 2 * (s - f); w = gsl_rng_uniform_pos(rng); } while (c * (2 - c) <= w && log(c / w) + 1 < c);
    *out = 0.3 + (gsl_rng_uniform(rng) < 0.5 ? -acos(f) : acos(f));
}
static double truncated_c_density(const double *x) {
    return log(gsl_ran_ugaussian_pdf(*x)) - log(0.5 * erfc(M_SQRT1_2) - 0.5 * erfc(3 * M_SQRT1_2));
}
static void truncated_c_draw(double *out) { double z; do z = gsl_ran_gaussian_tail(rng, 1, 1); while (z > 3); *out = z; }
static double censored_c_density(const double *x) {
    return *x <= -1 || *x >= 1 ? log(0.5 * erfc(M_SQRT1_2)) : log(gsl_ran_ugaussian_pdf(*x));
}
static void censored_c_draw(double *out) {
    double z = gsl_ran_gaussian_ziggurat(rng, 1);
    *out = z < -1 ? -1 : z > 1 ? 1 : z;
}
static double folded_c_density(const double *x) {
    return log(gsl_ran_ugaussian_pdf(*x - 1) + gsl_ran_ugaussian_pdf(-*x - 1));
}
static void folded_c_draw(double *out) { *out = fabs(1 + gsl_ran_gaussian_ziggurat(rng, 1)); }
static double zeroinflated_c_density(const double *x) {
    double p = 0.8 * gsl_ran_poisson_pdf((unsigned)*x, 3.5);
    return log(*x == 0 ? 0.2 + p : p);
}
static void zeroinflated_c_draw(double *out) { *out = gsl_rng_uniform(rng) < 0.2 ? 0 : gsl_ran_poisson(rng, 3.5); }
static double mixture_c_density(const double *x) {
    return log(0.3 * gsl_ran_gaussian_pdf(*x, 1) + 0.7 * gsl_ran_gaussian_pdf(*x - 3, 2));
}
static void mixture_c_draw(double *out) {
    *out = gsl_rng_uniform(rng) < 0.3 ? gsl_ran_gaussian_ziggurat(rng, 1) : 3 + gsl_ran_gaussian_ziggurat(rng, 2);
}
static double transformed_c_density(const double *x) {
    double z = atanh(*x);
    return log(gsl_ran_ugaussian_pdf(z)) - log(1 - *x * *x);
}
static void transformed_c_draw(double *out) { *out = tanh(gsl_ran_gaussian_ziggurat(rng, 1)); }
static double onehotcategorical_c_density(const double *x) { return log(0.2 * x[0] + 0.3 * x[1] + 0.5 * x[2]); }
static void onehotcategorical_c_draw(double *out) {
    double w = gsl_rng_uniform(rng);
    out[0] = w < 0.2;
    out[1] = w >= 0.2 && w < 0.5;
    out[2] = w >= 0.5;
}
static double dirichletmultinomial_c_density(const double *x) {
    static const double a[] = {2, 3, 4};
    double s = gsl_sf_lnfact(20) + gsl_sf_lngamma(9) - gsl_sf_lngamma(29);
    for (int c = 0; c < 3; c++) s += gsl_sf_lngamma(x[c] + a[c]) - gsl_sf_lngamma(a[c]) - gsl_sf_lnfact((unsigned)x[c]);
    return s;
}
static void dirichletmultinomial_c_draw(double *out) {
    static const double a[] = {2, 3, 4};
    double p[3];
    unsigned k[3];
    gsl_ran_dirichlet(rng, 3, a, p);
    gsl_ran_multinomial(rng, 3, 20, p, k);
    for (int c = 0; c < 3; c++) out[c] = k[c];
}

/* ---- nmath ---- */

#ifdef BENCH_NMATH

static double normal_r_density(const double *x) { return dnorm4(*x, 0.3, 0.8, 1); }
static void normal_r_draw(double *out) { *out = rnorm(0.3, 0.8); }
static double gamma_r_density(const double *x) { return dgamma(*x, 2.5, 2, 1); }
static void gamma_r_draw(double *out) { *out = rgamma(2.5, 2); }
static double beta_r_density(const double *x) { return dbeta(*x, 2.5, 4, 1); }
static void beta_r_draw(double *out) { *out = rbeta(2.5, 4); }
static double poisson_r_density(const double *x) { return dpois(*x, 3.5, 1); }
static void poisson_r_draw(double *out) { *out = rpois(3.5); }
static double poisson_100_r_density(const double *x) { return dpois(*x, 100, 1); }
static void poisson_100_r_draw(double *out) { *out = rpois(100); }
static double bernoulli_r_density(const double *x) { return dbinom(*x, 1, 0.3, 1); }
static void bernoulli_r_draw(double *out) { *out = rbinom(1, 0.3); }
static double studentt_r_density(const double *x) { return dt((*x - 0.3) / 0.8, 5, 1) - log(0.8); }
static void studentt_r_draw(double *out) { *out = 0.3 + 0.8 * rt(5); }
static double betabinomial_r_density(const double *x) { return lchoose(20, *x) + lbeta(*x + 2, 20 - *x + 3) - lbeta(2, 3); }
static void betabinomial_r_draw(double *out) { *out = rbinom(20, rbeta(2, 3)); }
static double betaproportion_r_density(const double *x) { return dbeta(*x, 2.4, 3.6, 1); }
static void betaproportion_r_draw(double *out) { *out = rbeta(2.4, 3.6); }
static double binomial_r_density(const double *x) { return dbinom(*x, 20, 0.3, 1); }
static void binomial_r_draw(double *out) { *out = rbinom(20, 0.3); }
static double binomial_1000_r_density(const double *x) { return dbinom(*x, 1000, 0.3, 1); }
static void binomial_1000_r_draw(double *out) { *out = rbinom(1000, 0.3); }
static double cauchy_r_density(const double *x) { return dcauchy(*x, 0.3, 0.8, 1); }
static void cauchy_r_draw(double *out) { *out = rcauchy(0.3, 0.8); }
static double chi2_r_density(const double *x) { return dchisq(*x, 5, 1); }
static void chi2_r_draw(double *out) { *out = rchisq(5); }
static double exponential_r_density(const double *x) { return dexp(*x, 1 / 0.7, 1); }
static void exponential_r_draw(double *out) { *out = rexp(1 / 0.7); }
static double geometric_r_density(const double *x) { return dgeom(*x, 0.35, 1); }
static void geometric_r_draw(double *out) { *out = rgeom(0.35); }
static double halfcauchy_r_density(const double *x) { return M_LN2 + dcauchy(*x, 0, 1.5, 1); }
static void halfcauchy_r_draw(double *out) { *out = fabs(rcauchy(0, 1.5)); }
static double halfnormal_r_density(const double *x) { return M_LN2 + dnorm4(*x, 0, 1.5, 1); }
static void halfnormal_r_draw(double *out) { *out = fabs(rnorm(0, 1.5)); }
static double halfstudentt_r_density(const double *x) { return log(2 / 1.5) + dt(*x / 1.5, 5, 1); }
static void halfstudentt_r_draw(double *out) { *out = 1.5 * fabs(rt(5)); }
static double inversegamma_r_density(const double *x) { return dgamma(1 / *x, 2.5, 2, 1) - 2 * log(*x); }
static void inversegamma_r_draw(double *out) { *out = 1 / rgamma(2.5, 2); }
static double lognormal_r_density(const double *x) { return dlnorm(*x, 0.3, 0.8, 1); }
static void lognormal_r_draw(double *out) { *out = rlnorm(0.3, 0.8); }
static double logistic_r_density(const double *x) { return dlogis(*x, 0.3, 0.8, 1); }
static void logistic_r_draw(double *out) { *out = rlogis(0.3, 0.8); }
static double negativebinomial_r_density(const double *x) { return dnbinom(*x, 3, 0.4, 1); }
static void negativebinomial_r_draw(double *out) { *out = rnbinom(3, 0.4); }
static double uniform_r_density(const double *x) { return dunif(*x, -1, 3, 1); }
static void uniform_r_draw(double *out) { *out = runif(-1, 3); }
static double weibull_r_density(const double *x) { return dweibull(*x, 3, 1.5, 1); }
static void weibull_r_draw(double *out) { *out = rweibull(3, 1.5); }
#define NMATH(density, draw) {"nmath", density, draw}
#else
#define NMATH(density, draw) {NULL, NULL, NULL}
#endif

static const Entry entries[] = {
    {"Normal(0.3, 0.8)", 1, 3, {{"GSL", normal_gsl_density, normal_gsl_draw}, NMATH(normal_r_density, normal_r_draw)}},
    {"Gamma(2.5, 0.5)", 1, 3, {{"GSL", gamma_gsl_density, gamma_gsl_draw}, NMATH(gamma_r_density, gamma_r_draw)}},
    {"Beta(2.5, 4)", 1, 3, {{"GSL", beta_gsl_density, beta_gsl_draw}, NMATH(beta_r_density, beta_r_draw)}},
    {"Poisson(3.5)", 1, 3, {{"GSL", poisson_gsl_density, poisson_gsl_draw}, NMATH(poisson_r_density, poisson_r_draw)}},
    {"Poisson(100)", 1, 3, {{"GSL", poisson_100_gsl_density, poisson_100_gsl_draw}, NMATH(poisson_100_r_density, poisson_100_r_draw)}},
    {"Bernoulli(0.3)", 1, 3, {{"GSL", bernoulli_gsl_density, bernoulli_gsl_draw}, NMATH(bernoulli_r_density, bernoulli_r_draw)}},
    {"StudentT(5, 0.3, 0.8)", 1, 3, {{"GSL", studentt_gsl_density, studentt_gsl_draw}, NMATH(studentt_r_density, studentt_r_draw)}},
    {"AsymmetricLaplace(0, 1, 2)", 1, 1, {{"C", asymmetriclaplace_c_density, asymmetriclaplace_c_draw}}},
    {"BetaBinomial(2, 3, 20)", 1, 1, {{"C", betabinomial_c_density, betabinomial_c_draw}, NMATH(betabinomial_r_density, betabinomial_r_draw)}},
    {"BetaProportion(0.4, 6)", 1, 1, {{"GSL", betaproportion_gsl_density, betaproportion_gsl_draw}, NMATH(betaproportion_r_density, betaproportion_r_draw)}},
    {"Binomial(20, 0.3)", 1, 1, {{"GSL", binomial_gsl_density, binomial_gsl_draw}, NMATH(binomial_r_density, binomial_r_draw)}},
    {"Binomial(1000, 0.3)", 1, 1, {{"GSL", binomial_1000_gsl_density, binomial_1000_gsl_draw}, NMATH(binomial_1000_r_density, binomial_1000_r_draw)}},
    {"Categorical([0.2, 0.3, 0.5])", 1, 1, {{"C", categorical_c_density, categorical_c_draw}}},
    {"Cauchy(0.3, 0.8)", 1, 1, {{"GSL", cauchy_gsl_density, cauchy_gsl_draw}, NMATH(cauchy_r_density, cauchy_r_draw)}},
    {"Chi2(5)", 1, 1, {{"GSL", chi2_gsl_density, chi2_gsl_draw}, NMATH(chi2_r_density, chi2_r_draw)}},
    {"DiscreteUniform(0, 9)", 1, 1, {{"C", discreteuniform_c_density, discreteuniform_c_draw}}},
    {"Exponential(0.7)", 1, 1, {{"GSL", exponential_gsl_density, exponential_gsl_draw}, NMATH(exponential_r_density, exponential_r_draw)}},
    {"Geometric(0.35)", 1, 1, {{"GSL", geometric_gsl_density, geometric_gsl_draw}, NMATH(geometric_r_density, geometric_r_draw)}},
    {"Gumbel(0.3, 0.8)", 1, 1, {{"GSL", gumbel_gsl_density, gumbel_gsl_draw}}},
    {"HalfCauchy(1.5)", 1, 1, {{"GSL", halfcauchy_gsl_density, halfcauchy_gsl_draw}, NMATH(halfcauchy_r_density, halfcauchy_r_draw)}},
    {"HalfNormal(1.5)", 1, 1, {{"GSL", halfnormal_gsl_density, halfnormal_gsl_draw}, NMATH(halfnormal_r_density, halfnormal_r_draw)}},
    {"HalfStudentT(5, 1.5)", 1, 1, {{"GSL", halfstudentt_gsl_density, halfstudentt_gsl_draw}, NMATH(halfstudentt_r_density, halfstudentt_r_draw)}},
    {"InverseGamma(2.5, 0.5)", 1, 1, {{"GSL", inversegamma_gsl_density, inversegamma_gsl_draw}, NMATH(inversegamma_r_density, inversegamma_r_draw)}},
    {"InverseGaussian(1.5, 2)", 1, 1, {{"C", inversegaussian_c_density, inversegaussian_c_draw}}},
    {"Kumaraswamy(2, 3)", 1, 1, {{"C", kumaraswamy_c_density, kumaraswamy_c_draw}}},
    {"Laplace(0.3, 0.8)", 1, 1, {{"GSL", laplace_gsl_density, laplace_gsl_draw}}},
    {"LogLogistic(1.5, 3)", 1, 1, {{"C", loglogistic_c_density, loglogistic_c_draw}}},
    {"LogNormal(0.3, 0.8)", 1, 1, {{"GSL", lognormal_gsl_density, lognormal_gsl_draw}, NMATH(lognormal_r_density, lognormal_r_draw)}},
    {"LogitNormal(0.3, 0.8)", 1, 1, {{"C", logitnormal_c_density, logitnormal_c_draw}}},
    {"Logistic(0.3, 0.8)", 1, 1, {{"GSL", logistic_gsl_density, logistic_gsl_draw}, NMATH(logistic_r_density, logistic_r_draw)}},
    {"NegativeBinomial(3, 0.6)", 1, 1, {{"GSL", negativebinomial_gsl_density, negativebinomial_gsl_draw}, NMATH(negativebinomial_r_density, negativebinomial_r_draw)}},
    {"OrderedLogistic(0.3, [-1, 0, 2])", 1, 1, {{"C", orderedlogistic_c_density, orderedlogistic_c_draw}}},
    {"Pareto(1.5, 3)", 1, 1, {{"GSL", pareto_gsl_density, pareto_gsl_draw}}},
    {"SkewNormal(0, 1, 2)", 1, 1, {{"C", skewnormal_c_density, skewnormal_c_draw}}},
    {"Triangular(-1, 3, 1)", 1, 1, {{"C", triangular_c_density, triangular_c_draw}}},
    {"Uniform(-1, 3)", 1, 1, {{"GSL", uniform_gsl_density, uniform_gsl_draw}, NMATH(uniform_r_density, uniform_r_draw)}},
    {"VonMises(0.3, 2)", 1, 1, {{"C", vonmises_c_density, vonmises_c_draw}}},
    {"Weibull(1.5, 3)", 1, 1, {{"GSL", weibull_gsl_density, weibull_gsl_draw}, NMATH(weibull_r_density, weibull_r_draw)}},
    {"Truncated(Normal(0, 1), 1, 3)", 1, 1, {{"C", truncated_c_density, truncated_c_draw}}},
    {"Censored(Normal(0, 1), -1, 1)", 1, 1, {{"C", censored_c_density, censored_c_draw}}},
    {"Folded(Normal(1, 1))", 1, 1, {{"C", folded_c_density, folded_c_draw}}},
    {"ZeroInflated(Poisson(3.5), 0.2)", 1, 1, {{"C", zeroinflated_c_density, zeroinflated_c_draw}}},
    {"Mixture([0.3, 0.7], [Normal(0, 1), Normal(3, 2)])", 1, 1, {{"C", mixture_c_density, mixture_c_draw}}},
    {"Transformed(Normal(0, 1), tanh)", 1, 1, {{"C", transformed_c_density, transformed_c_draw}}},
    {"Dirichlet([2, 3, 4])", 3, 1, {{"GSL", dirichlet_gsl_density, dirichlet_gsl_draw}}},
    {"OneHotCategorical([0.2, 0.3, 0.5])", 3, 1, {{"C", onehotcategorical_c_density, onehotcategorical_c_draw}}},
    {"Multinomial(20, [0.2, 0.3, 0.5])", 3, 1, {{"GSL", multinomial_gsl_density, multinomial_gsl_draw}}},
    {"DirichletMultinomial([2, 3, 4], 20)", 3, 1, {{"C", dirichletmultinomial_c_density, dirichletmultinomial_c_draw}}},
    {"MultivariateNormal([1, 2, 3], [[2, 0.5, 0.3], [0.5, 1, 0.2], [0.3, 0.2, 1.5]])", 3, 1, {{"GSL", multivariatenormal_gsl_density, multivariatenormal_gsl_draw}}},
    {"Wishart(5, [[2, 0.5, 0.3], [0.5, 1, 0.2], [0.3, 0.2, 1.5]])", 9, 1, {{"GSL", wishart_gsl_density, wishart_gsl_draw}}},
    {.text = NULL},
};

#endif
