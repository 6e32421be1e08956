/* SPDX-License-Identifier: GPL-3.0-or-later
   Kernel densities. */
#ifndef ELBO_PLOT_DENSITY_H
#define ELBO_PLOT_DENSITY_H

#include "plot/summary.h"
#include "runtime/native.h"

/* Numbers beyond a hard edge of what they may be count as on this side: the density is reflected there. -inf, inf: none. */
typedef struct DensityEdges {
    double low, high;
} DensityEdges;

/* Silverman's rule of thumb (Density Estimation for Statistics and Data Analysis, 1986, equation 3.31):
   0.9 min(sd, IQR / 1.34) n^(-1/5). 0 where all numbers are equal. */
double density_bandwidth(const Summary *s);
/* The mean of Gaussian kernels at points[0 … n_points), ascending. Many numbers are binned first, linearly, to a thirty-second of
   the bandwidth. The bandwidth must be greater than 0. */
void density_at(State *S, const Summary *s, double bandwidth, DensityEdges edges, size_t n_points, const double *points, double *out);
/* A line through the density, as far as the numbers are drawn and three bandwidths more, or to the edges. NULL: all numbers are
   equal, or there are none. `bandwidth` 0: by the rule. */
Layer *density_line(State *S, Panel *panel, const char *label, const Summary *s, double bandwidth, DensityEdges edges);
/* The edges that the numbers suggest: 0 where none is negative, and 1 as well where none is larger than that. */
DensityEdges density_edges(const Summary *s);

/* density(x, …) of programs. */
NativeFunction density_native;

#endif
