/* SPDX-License-Identifier: GPL-3.0-or-later
   What the files of the gnuplot scripts share. Everything here appends to the text that is being built (runtime/text.h) and
   runs no program code. */
#ifndef ELBO_PLOT_GNUPLOT_PARTS_H
#define ELBO_PLOT_GNUPLOT_PARTS_H

#include "plot/gnuplot.h"
#include "plot/palette.h"

/* ---- Texts (gnuplot_text.c) ---- */

/* The text as UTF-8 that any format may hold: what is no UTF-8 becomes U+FFFD, control characters and line ends spaces, spaces at
   both ends go. NULL stays NULL, and so does a text of spaces alone. */
String *gnuplot_clean(State *S, const String *text);
/* About how many pixels wide the text is, in letters of that size; never much less than it is. */
double gnuplot_text_width(const char *text, size_t length, double letters);
/* The text as a gnuplot string in at most `lines` lines of at most `width` pixels; what does not fit is cut, with "…". Returns how many
   lines it has; 0, and appends nothing, for an empty text. */
unsigned gnuplot_text(State *S, const String *text, double width, unsigned lines, double letters);
/* The same in one line, as the text of a tick, in which gnuplot would read formats. */
void gnuplot_tick_text(State *S, const String *text, double width);
/* A number as gnuplot reads it, whatever the locale. */
void gnuplot_number(State *S, double x);

/* ---- Scales (gnuplot_scale.c) ---- */

/* What an axis reaches: low < high; of a logarithmic one both are positive. */
typedef struct Scale {
    double low, high;
    bool log;
} Scale;

/* Where v lies between low (0) and high (1); NaN: it has no place on the axis. */
double scale_at(const Scale *scale, double v);
/* Whether v can be drawn on it. */
bool scale_takes(const Scale *scale, double v);
/* As far as the panel's layers and wishes reach, with small margins. false: there is nothing to be seen, and the scales are 0 to 1. */
bool panel_scales(const Panel *panel, Scale *x, Scale *y);
/* Appends the commands for the ticks of an axis (x or y) that is `pixels` long. Returns the width of the widest number in pixels. */
double scale_ticks(State *S, const Scale *scale, char axis, double pixels);

/* A panel, and where it will stand. */
typedef struct PanelView {
    const Panel *panel;
    unsigned index;            /* of the panel in its picture, from 1: part of the names of its data */
    double width, height;      /* of its cell, in pixels */
    double plot_width, plot_height; /* of the part between the axes, about */
    Scale x, y;
    bool empty;                /* it has no number to show */
} PanelView;

/* ---- Data (gnuplot_data.c, gnuplot_thin.c) ---- */

/* Whether the layer has anything that can be drawn in the panel. */
bool layer_is_drawn(const PanelView *view, const Layer *layer);
/* Appends the data block of layer k, thinned to what can be seen. */
void layer_data(State *S, const PanelView *view, unsigned k);

/* ---- Keys (gnuplot_key.c) ---- */

/* Appends the command that places the key where no data are, or beside the plot. Whether it stands below. */
bool panel_key(State *S, const PanelView *view);
/* Whether the layer has an entry in the key. */
bool layer_in_key(const PanelView *view, const Layer *layer);
/* How wide an entry's text may be. */
double panel_key_text_width(const PanelView *view);

/* ---- Panels (gnuplot_panel.c, gnuplot_shapes.c) ---- */

/* Appends data and commands for the whole panel. */
void panel_script(State *S, const Panel *panel, unsigned index, double width, double height);
/* Appends shapes as objects, arrows and labels. `scale` is pixels by unit of a bare panel; 0: axes have units of their own. */
void panel_shapes(State *S, const Panel *panel, double scale, double letters);
/* What shapes reach: false if there are none. */
bool panel_shapes_extent(const Panel *panel, Scale *x, Scale *y);
/* Pixels a unit at which every text fits into its ellipse or box; 0: there is none. */
double panel_letters_scale(const Panel *panel);
/* How large a bare panel wants to be, in pixels, so that texts fit into their shapes. */
void panel_bare_size(const Panel *panel, double *width, double *height);

/* ---- Pictures (gnuplot_script.c) ---- */

/* Columns, rows, and the size of the whole picture in pixels. */
typedef struct PictureGrid {
    unsigned columns, rows;
    double width, height;
    double heading; /* pixels of the title above the panels */
} PictureGrid;

PictureGrid picture_grid(State *S, const Picture *picture);
/* Appends the picture's commands, for whatever terminal there is. */
void picture_commands(State *S, const Picture *picture, const PictureGrid *grid);

/* ---- SVG (gnuplot_svg.c) ---- */

/* The same picture with ids that begin with `prefix`, so that several may stand in one page, and with `title` (may be NULL) as its
   name, in place of gnuplot's. */
String *gnuplot_svg(State *S, const String *svg, const char *prefix, const String *title);

#endif
