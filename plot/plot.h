/* SPDX-License-Identifier: GPL-3.0-or-later
   What programs can draw: which picture belongs to a value, and where it goes. */
#ifndef ELBO_PLOT_PLOT_H
#define ELBO_PLOT_PLOT_H

#include "plot/picture.h"
#include "runtime/native.h"

/* Rows of built-ins: plot; line, points, panel, …; predictive_check, density, slope; graph; report. */
extern const NativeRow native_plot[], native_layers[], native_pictures[], native_graph[], native_report[];

/* Of a fit: minus the ELBO and every param by step; `truth` is a record of reference values, or unassigned. */
Picture *picture_of_fit(State *S, Value fit, Value truth);
/* Of a record of named draws: marginals with densities, pairs with correlations. */
Picture *picture_of_draws(State *S, Value draws, Value truth);
/* Of data and a distribution: a histogram with the density. */
Picture *picture_of_data(State *S, Value data, Value distribution);
/* Of a distribution: its density, or its masses. */
Picture *picture_of_distribution(State *S, Value distribution);
/* Of a model's graph (plot/graph.h). */
Picture *picture_of_graph(State *S, Value graph);

/* The text of what `file` asks for (by its end: .svg .png .pdf .gp .txt, of graphs .dot as well) is written there; without a file the text
   form is printed. `drawn` is a picture or a graph. Without gnuplot the text form is printed and a warning says what to install. */
void plot_output(State *S, Value drawn, const String *file);
/* Opens a window; without gnuplot as above. */
void plot_window(State *S, Value drawn);

#endif
