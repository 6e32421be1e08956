/* SPDX-License-Identifier: GPL-3.0-or-later
   Axes of panels: how far they reach, where their ticks stand, and what is written there. */
#ifndef ELBO_PLOT_AXIS_H
#define ELBO_PLOT_AXIS_H

#include "plot/picture.h"

enum { PLOT_TICKS = 32, PLOT_TICK_TEXT = 24 };

typedef struct PlotTick {
    double at;
    char text[PLOT_TICK_TEXT];
} PlotTick;

typedef struct PlotAxis {
    bool log;
    bool whole;                     /* of integers: its ticks are integers */
    bool empty;                     /* there is nothing to show */
    double low, high;               /* low < high; log: both positive */
    double from, span, factor;      /* what plot_axis_place computes with */
    PlotTick ticks[PLOT_TICKS];     /* ascending, within low and high */
    unsigned n_ticks;
    char offset[PLOT_TICK_TEXT + 8]; /* what is to be added to the numbers at the ticks: "+ 41.9648"; "": nothing */
} PlotAxis;

/* An axis from low to high, which may be equal, or not finite (there is nothing to show): it becomes one that reaches a little
   further. It has no ticks yet. */
PlotAxis plot_axis_of(double low, double high, bool log);
/* The axes of the panel's layers, or of its shapes if it is bare. */
PlotAxis plot_axis_x(const Panel *panel);
PlotAxis plot_axis_y(const Panel *panel);
/* Chooses about `wanted` ticks (1 … PLOT_TICKS / 2): at multiples of 1, 2 or 5 times a power of ten, on logarithmic axes at powers of ten. */
void plot_axis_ticks(PlotAxis *axis, unsigned wanted);
/* Where x stands: 0 at low, 1 at high. NaN: nowhere. */
double plot_axis_place(const PlotAxis *axis, double x);

/* Raises "bad-argument" where a logarithmic axis of the panel has negative numbers, or none above zero. */
void plot_axis_check(State *S, const Panel *panel);

#endif
