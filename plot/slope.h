/* SPDX-License-Identifier: GPL-3.0-or-later
   Lines through points. */
#ifndef ELBO_PLOT_SLOPE_H
#define ELBO_PLOT_SLOPE_H

#include "plot/picture.h"
#include "runtime/native.h"

/* The line y = intercept + slope * x of least squares. */
typedef struct SlopeLine {
    double slope, intercept;
    double error; /* the slope's standard error; NaN for fewer than three points */
    double x_mean, y_mean;
} SlopeLine;

/* Through n >= 2 points with finite coordinates; false: they all have one x. */
bool slope_line(size_t n, const double *x, const double *y, SlopeLine *line);

/* Fits each line of slope(…) in the panel anew: straight on the axes that it has now. */
void slope_refit(State *S, Panel *panel);

/* slope(x, y, …) of programs. */
NativeFunction slope_native;

#endif
