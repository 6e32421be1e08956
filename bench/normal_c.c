/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The fit of examples/normal.ppl by hand, in plain scalar C: what Elbo is measured against.

   The model is mu ~ Normal(42, 1), sigma ~ LogNormal(log 3, 1), x[i] ~ Normal(mu, sigma); the guide is
   mu ~ Normal(a, b), sigma ~ LogNormal(c, d). The data enter through their number, mean and sum of squared
   deviations; the gradient is the pathwise one, derived on paper; b and d are optimised as logarithms.

   Usage: normal_c [PARTICLES [NUMBER_OF_DATA [STEPS]]]
   Prints the time of a step in microseconds and the four parameters. */

#define _GNU_SOURCE
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* ---- Random numbers: xoshiro256+ (Blackman and Vigna 2021), Box-Muller with both halves ---- */

typedef struct Random {
    uint64_t s[4];
} Random;

static Random random_new(uint64_t seed)
{
    Random r;
    for (int i = 0; i < 4; i++) { /* splitmix64 */
        uint64_t z = seed += 0x9e3779b97f4a7c15;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        r.s[i] = z ^ (z >> 31);
    }
    return r;
}

static inline uint64_t random_bits(Random *r)
{
    uint64_t *s = r->s, result = s[0] + s[3], t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = s[3] << 45 | s[3] >> 19;
    return result;
}

/* Uniform on (0, 1). */
static inline double random_uniform(Random *r)
{
    return ((double)(random_bits(r) >> 11) + 0.5) * 0x1p-53;
}

/* Two independent standard normals. */
static inline void random_normals(Random *r, double *z1, double *z2)
{
    double radius = sqrt(-2 * log(random_uniform(r)));
    double angle = 2 * M_PI * random_uniform(r);
    sincos(angle, z2, z1);
    *z1 *= radius;
    *z2 *= radius;
}

/* ---- The model ---- */

typedef struct Data {
    double n, mean, m2;
} Data;

/* Adds Welford's way. */
static void data_add(Data *data, double x)
{
    double delta = x - data->mean;
    data->n += 1;
    data->mean += delta / data->n;
    data->m2 += delta * (x - data->mean);
}

/* theta = (a, log b, c, log d). Stores the gradient of the estimated ELBO; returns the estimate. */
static double elbo(const Data *data, const double theta[4], int particles, Random *random, double gradient[4])
{
    const double log_3 = log(3.0), log_2pi = log(2 * M_PI);
    const double a = theta[0], b = exp(theta[1]), c = theta[2], d = exp(theta[3]);
    double sum = 0, g0 = 0, g1 = 0, g2 = 0, g3 = 0;
    for (int i = 0; i < particles; i++) {
        double z1, z2;
        random_normals(random, &z1, &z2);
        double mu = a + b * z1, log_sigma = c + d * z2, precision = exp(-2 * log_sigma);
        double off = data->mean - mu, squares = data->m2 + data->n * off * off;
        double from_42 = mu - 42, from_3 = log_sigma - log_3;
        sum += -data->n * log_sigma - 0.5 * (precision * squares + from_42 * from_42 + from_3 * from_3 - z1 * z1 - z2 * z2);
        double by_mu = precision * data->n * off - from_42;
        double by_log_sigma = precision * squares - data->n - from_3;
        g0 += by_mu;
        g1 += by_mu * z1;
        g2 += by_log_sigma;
        g3 += by_log_sigma * z2;
    }
    double k = 1.0 / particles;
    gradient[0] = g0 * k;
    gradient[1] = g1 * k * b + 1;
    gradient[2] = g2 * k;
    gradient[3] = g3 * k * d + 1;
    return sum * k - 0.5 * data->n * log_2pi + theta[1] + theta[3];
}

/* ---- Adam (Kingma and Ba 2015) ---- */

typedef struct Adam {
    double lr, beta1, beta2, epsilon;
    double m[4], v[4], power1, power2;
} Adam;

static void adam_step(Adam *adam, double theta[4], const double gradient[4])
{
    adam->power1 *= adam->beta1;
    adam->power2 *= adam->beta2;
    double rate = adam->lr / (1 - adam->power1), correct = 1 / (1 - adam->power2);
    for (int i = 0; i < 4; i++) {
        adam->m[i] = adam->beta1 * adam->m[i] + (1 - adam->beta1) * gradient[i];
        adam->v[i] = adam->beta2 * adam->v[i] + (1 - adam->beta2) * gradient[i] * gradient[i];
        theta[i] += rate * adam->m[i] / (sqrt(adam->v[i] * correct) + adam->epsilon);
    }
}

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

int main(int argc, char **argv)
{
    int particles = argc > 1 ? atoi(argv[1]) : 100;
    int n = argc > 2 ? atoi(argv[2]) : 10000;
    int steps = argc > 3 ? atoi(argv[3]) : 20000;
    if (particles < 1 || n < 1 || steps < 1) {
        fprintf(stderr, "usage: normal_c [PARTICLES [NUMBER_OF_DATA [STEPS]]]\n");
        return 2;
    }

    Random random = random_new(1);
    Data data = {0};
    for (int i = 0; i < n; i++) {
        double z1, z2;
        random_normals(&random, &z1, &z2);
        data_add(&data, 42 + 3 * z1);
    }

    double theta[4] = {42, log(0.1), log(3), log(0.1)}, gradient[4];
    Adam adam = {.lr = 0.005, .beta1 = 0.95, .beta2 = 0.999, .epsilon = 1e-8, .power1 = 1, .power2 = 1};
    double *losses = malloc((size_t)steps * sizeof *losses);
    if (!losses)
        return 1;

    double start = seconds();
    for (int t = 0; t < steps; t++) {
        losses[t] = -elbo(&data, theta, particles, &random, gradient);
        adam_step(&adam, theta, gradient);
    }
    double time = seconds() - start;

    printf("%.4f us/step  mu_mean %.6f  mu_scale %.6f  sigma_log_mean %.6f  sigma_log_scale %.6f  loss %.4f\n",
           1e6 * time / steps, theta[0], exp(theta[1]), theta[2], exp(theta[3]), losses[steps - 1]);
    free(losses);
    return 0;
}
