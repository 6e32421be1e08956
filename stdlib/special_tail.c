/* SPDX-License-Identifier: GPL-3.0-or-later
   Double exponential quadrature. */
#include "stdlib/special_tail.h"

#include <math.h>
#include <stddef.h>

#define HALF_PI 1.57079632679489661923

static const double step = 1 / 32.0;

double special_tail(TailIntegrand *f, const void *context, double scale, double *weighted) {
    double sum = 0, other = 0;
    for (int k = -140; k <= 112; k++) {
        double t = k * step, s = scale * exp(HALF_PI * sinh(t)), weight = 1, y = f(s, context, &weight);
        if (!(y > -745)) break;
        double term = s * cosh(t) * exp(y);
        sum += term;
        other += term * weight;
    }
    if (weighted) *weighted = other * HALF_PI * step;
    return sum * HALF_PI * step;
}

double special_unit_integral(TailIntegrand *f, const void *context, double *weighted) {
    double sum = 0, other = 0;
    for (int k = -104; k <= 104; k++) {
        double t = k * step, e = exp(-2 * HALF_PI * sinh(t)), s = 1 / (1 + e), weight = 1, y = f(s, context, &weight);
        double term = e * s * s * cosh(t) * exp(y);
        if (!(term > 0)) continue;
        sum += term;
        other += term * weight;
    }
    if (weighted) *weighted = other * 2 * HALF_PI * step;
    return sum * 2 * HALF_PI * step;
}

double special_tail_root(TailLogarithm *f, const void *context, double target, double x, double most) {
    for (int k = 0; k < 200; k++) {
        double slope, y = f(x, context, &slope), by = (target - y) / slope;
        by = by > most ? most : by < -most ? -most : by;
        x += by;
        if (!(fabs(by) > 1e-9 * fabs(x))) break; /* the step after would be far below a unit in the last place */
    }
    return x;
}
