/* SPDX-License-Identifier: GPL-3.0-or-later
   What the built-ins that make layers share: reading vectors, labels and the settings of panels. */
#ifndef ELBO_PLOT_LAYERS_H
#define ELBO_PLOT_LAYERS_H

#include "plot/picture.h"
#include "runtime/native.h"

/* A vector of numbers of its own (a number counts as a vector of one), for argument `argument` of `function`. Raises
   "wrong-type", and "lanes-differ" for what differs between the elements of a plate. */
Array *layers_vector(State *S, const char *function, const char *argument, Value v);
/* The same for a vector of n numbers. */
Array *layers_vector_of(State *S, const char *function, const char *argument, Value v, size_t n);
/* A label or title: NULL where it was left out. */
String *layers_text(State *S, const char *function, const char *argument, Value v);
/* A number: `otherwise` where it was left out. */
double layers_number(State *S, const char *function, const char *argument, Value v, double otherwise);

/* Appends lines or points of y over x (unassigned: 0, 1, 2, …) to the panel. y is a vector, or a matrix, each row of which is
   a layer; `label` is a string, or a list of one for each row. */
void layers_series(State *S, const char *function, Panel *panel, MarkKind mark, Value x, Value y, Value label);

/* What panel and plot take by name, in this order. */
#define PANEL_SIGNATURE "title?, x_label?, y_label?, note?, log?, x_range?, y_range?"
enum { PANEL_TITLE, PANEL_X_LABEL, PANEL_Y_LABEL, PANEL_NOTE, PANEL_LOG, PANEL_X_RANGE, PANEL_Y_RANGE, PANEL_SETTINGS };
/* Sets what was given. */
void layers_set_panel(State *S, const char *function, Panel *panel, const Value settings[PANEL_SETTINGS]);

/* histogram and curve (plot/layers_made.c). */
NativeFunction layers_histogram, layers_curve;

#endif
