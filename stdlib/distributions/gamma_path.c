/* SPDX-License-Identifier: GPL-3.0-or-later
   -(dP(a, x) / da) / (x p(x)), where p is the density and P its integral up to x.

   As an integral this is the mean of psi(a) - log(t) over the lower tail, or of log(t) - psi(a) over the upper tail. On its
   own side of exp(psi(a)) each integrand is positive, so nothing cancels, in whatever tail x lies. */
#include "stdlib/distributions/gamma_path.h"

#include <math.h>
#include <stdbool.h>

#include "runtime/kernels/special.h"
#include "runtime/kernels/vector.h"

enum { NODES = 32, TERMS = 1000 };

/* Gauss-Legendre's positive nodes and their weights. */
static const double node[NODES / 2] = {
    0.0483076656877383162, 0.144471961582796493, 0.239287362252137075, 0.33186860228212765,
    0.421351276130635345,  0.50689990893222939,  0.587715757240762329, 0.663044266930215201,
    0.73218211874028968,   0.794483795967942407, 0.84936761373256997,  0.896321155766052124,
    0.934906075937739689,  0.964762255587506431, 0.985611511545268335, 0.997263861849481564};
static const double weight[NODES / 2] = {
    0.0965400885147278006, 0.0956387200792748594, 0.0938443990808045656, 0.0911738786957638847,
    0.0876520930044038111, 0.0833119242269467552, 0.0781938957870703065, 0.0723457941088485062,
    0.0658222227763618468, 0.0586840934785355471, 0.0509980592623761762, 0.0428358980222266807,
    0.0342738629130214331, 0.0253920653092620595, 0.0162743947309056706, 0.0070186100094700966};

/* P(a, x) = sum of x^(a + n) e^-x / gamma(a + n + 1), term by term. All terms are positive for log(x) < psi(a + 1). */
static double lower_series(double log_x, double a) {
    double x = exp(log_x), factor = 1 / a, psi, sum = 0;
    gamma_log(a + 1, &psi);
    for (int n = 1; n < TERMS; n++) {
        double term = factor * (psi - log_x);
        sum += term;
        if (fabs(term) < 1e-17 * fabs(sum) && n > x - a) break;
        factor *= x / (a + n);
        psi += 1 / (a + n);
    }
    return sum;
}

/* Where the exponent of the integrand at t = x e^(s v), sign s, has fallen to -CUT. It is concave in v, and v starts beyond:
   for s = 1 because e^v - 1 > v + v^2 / 2, for s = -1 because v - 1 + e^-v > v^2 / (2 + 2 v / 3). */
static double cut(double x, double a, double s) {
    const double depth = 40;
    double k = depth / x, v = s > 0 ? sqrt(2 * k) : k / 3 + sqrt(k * k / 9 + 2 * k);
    for (int i = 0; i < 12; i++) {
        double e = exp(s * v), fallen = x * (e - 1) - a * s * v, slope = s * (x * e - a);
        double step = (fallen - depth) / slope;
        v -= step;
        if (fabs(step) < 0.01 * v) break;
    }
    return v;
}

/* The integral over t = x e^(s v), 0 < v < cut, of exp(s a v - x (e^(s v) - 1)) (v + s (log(x) - psi(a))). */
ELBO_CLONES static double tail_integral(double log_x, double a, double psi, double s) {
    double x = exp(log_x), half = 0.5 * cut(x, a, s), offset = s * (log_x - psi);
    double v[NODES], power[NODES], term[NODES];
    for (int i = 0; i < NODES / 2; i++) {
        v[i] = half * (1 - node[i]);
        v[NODES / 2 + i] = half * (1 + node[i]);
    }
    for (int i = 0; i < NODES; i++) power[i] = expm1(s * v[i]);
    for (int i = 0; i < NODES; i++) term[i] = exp(s * a * v[i] - x * power[i]) * (v[i] + offset);
    double sum = 0;
    for (int i = 0; i < NODES / 2; i++) sum += weight[i] * (term[i] + term[NODES / 2 + i]);
    return half * sum;
}

double gamma_path(double log_g, double shape) {
    double psi;
    gamma_log(shape, &psi);
    bool lower = log_g < psi;
    if (log_g < 0.4 || (lower && shape < 30)) return lower_series(log_g, shape);
    return tail_integral(log_g, shape, psi, lower ? -1 : 1);
}
