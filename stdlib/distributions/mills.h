/* The rest 1 - z M(z) of Mills' ratio M(z) = (1 - Phi(z)) / phi(z), and what follows for the inverse Gaussian distribution. */
#ifndef ELBO_STDLIB_DISTRIBUTIONS_MILLS_H
#define ELBO_STDLIB_DISTRIBUTIONS_MILLS_H

#include <math.h>

/* 1 - z M(z) for z >= 0, without the cancellation at large z, where it is 1 / z^2: (1 + z)^2 times it as a polynomial in
   (z - 4) / (z + 4) through Chebyshev's nodes (made with mpmath). Relative error below 1e-14. */
static inline double mills_rest(double z) {
    double t = z < 1e100 ? (z - 4) / (z + 4) : 1.0, r = 1 / (1 + z);
    double sum =
        1.334761708643933 + t * (-0.3468644384456947 + t * (-0.17268170834610141 + t * (0.35354727647612655 + t * (
        -0.22126150638014175 + t * (0.02711766448489747 + t * (0.05608289333923438 + t * (-0.03889109207075504 + t * (
        0.004677620883560662 + t * (0.005832613611224927 + t * (-0.0019358225848044631 + t * (
        -0.0008822522480468668 + t * (0.0004262430083215446 + t * (0.00017449473017606891 + t * (
        -8.088421766409171e-05 + t * (-4.3506036049404374e-05 + t * (1.2501554894371376e-05 + t * (
        1.1615450211805922e-05 + t * (-7.857340598075857e-07 + t * (-2.8945010247048613e-06 + t * (
        -4.326642762285965e-07 + t * (6.014855547722424e-07 + t * (2.1922580051299129e-07 + t * (
        -9.008361135020587e-08 + t * (-5.240933135130306e-08 + t * (7.163952785253945e-09 + t * (
        5.680634698062375e-09 + t * (-1.6962283583916493e-11)))))))))))))))))))))))))));
    return sum * r * r;
}

/* dx / dshape of an inverse Gaussian number of mean 1 along which its probability stays what it is (implicit
   reparameterisation): (x / shape) ((1 - x) / (1 + x) + 2 x / (1 + x) (1 - r M(r))), r = sqrt(shape / x) (1 + x), from
   Shuster's cdf. */
static inline double inverse_gaussian_path(double x, double shape) {
    double s = 1 / (1 + x), r = sqrt(shape / x) * (1 + x);
    return x / shape * s * ((1 - x) + 2 * x * mills_rest(r));
}

#endif
