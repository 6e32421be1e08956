/* SPDX-License-Identifier: GPL-3.0-or-later
   Pictures: what is to be drawn, before it is known how. A picture is a grid of panels, a panel a stack of layers (marks of
   one kind over vectors of numbers) and shapes. picture_text.h draws it with characters, gnuplot.h with gnuplot.

   To a program a picture is a value: line(x, y), panel(…). Everything in it is the collector's, its tables are its own. */
#ifndef ELBO_PLOT_PICTURE_H
#define ELBO_PLOT_PICTURE_H

#include "runtime/array.h"
#include "runtime/state.h"

typedef enum MarkKind {
    MARK_LINE,   /* through the points (x, y), in their order; a number that is not finite breaks it */
    MARK_POINTS, /* at each (x, y) */
    MARK_BARS,   /* from `base` to y, between x and x2: histograms have neighbours that touch */
    MARK_BAND,   /* the area between y and y2, over x */
    MARK_ERRORS, /* a point at (x, y) with a bar from y - y2 to y + y2 */
    MARK_RULE_X, /* an upright line through the whole panel at each x */
    MARK_RULE_Y, /* a level line at each y */
    MARKS
} MarkKind;

/* What a colour means; plot/palette.h says which it is. */
typedef enum Colour {
    COLOUR_NEXT,      /* the next one of the panel's series */
    COLOUR_DATA,      /* what was observed: grey */
    COLOUR_REFERENCE, /* truth and targets: black, dashed */
    COLOUR_SAME,      /* that of the layer before */
} Colour;

/* Vectors without lanes, all of length n; those that its mark does not use are NULL. */
typedef struct Layer {
    MarkKind mark;
    Colour colour;
    bool fitted;    /* a line of least squares through the points of the layer before (slope.h) */
    bool faint;     /* one of many that make up a cloud: thin and light */
    String *label;  /* in the key; NULL: it has no entry */
    size_t n;
    Array *x, *x2, *y, *y2;
    double base;    /* of bars */
} Layer;

typedef enum ShapeKind {
    SHAPE_ELLIPSE, /* around (x, y), half as wide as x2 and half as high as y2, with the text in its middle */
    SHAPE_BOX,     /* the same as a rectangle; `low_text`: with its text in the lower right corner (plates) */
    SHAPE_ARROW,   /* from (x, y) to (x2, y2) */
    SHAPE_LINE,    /* the same without a head */
    SHAPE_TEXT,    /* around (x, y) */
} ShapeKind;

typedef struct Shape {
    ShapeKind kind;
    bool filled;   /* grey: it is observed */
    bool dashed;
    bool low_text;
    double x, y, x2, y2;
    String *text; /* NULL: none */
} Shape;

typedef struct Panel {
    String *title, *x_label, *y_label; /* NULL: none */
    String *note;                      /* a line under the panel; NULL: none */
    bool log_x, log_y;
    bool bare;                         /* shapes only: no axes, equal units on both */
    double x_low, x_high, y_low, y_high; /* NaN: as far as the layers reach */
    Layer *layers;
    uint32_t n_layers, layer_capacity;
    Shape *shapes;
    uint32_t n_shapes, shape_capacity;
    String **x_names;                  /* of 0, 1, 2, … on the x axis, in place of numbers; NULL: numbers */
    uint32_t n_x_names;
} Panel;

typedef struct Picture {
    Object header;
    String *title; /* over all panels; NULL: none */
    Panel *panels;
    uint32_t n_panels, panel_capacity;
    uint32_t columns; /* of the grid; 0: as suits their number */
    bool framed;      /* panel(…) made it: more layers beside it are panels of their own */
} Picture;

/* An empty picture. */
Picture *picture_new(State *S);
/* A new empty panel at its end. The pointer lives until the next one is added. */
Panel *picture_panel(State *S, Picture *picture);
/* A new empty layer of that mark on top; the caller sets its vectors. The pointer lives until the next one is added. */
Layer *panel_layer(State *S, Panel *panel, MarkKind mark, const char *label);
/* The same with its points set: vectors of n numbers, copied. y may be NULL. */
Layer *panel_points(State *S, Panel *panel, MarkKind mark, const char *label, size_t n, const double *x, const double *y);
Shape *panel_shape(State *S, Panel *panel, ShapeKind kind, double x, double y, double x2, double y2, const char *text);
/* Appends copies of all panels of `from`. */
void picture_append(State *S, Picture *picture, const Picture *from);
/* Appends the layers and shapes of `from`, and takes the settings of `from` (title, labels, axes) that the panel has none of. */
void panel_join(State *S, Panel *panel, const Panel *from);

/* How many columns of panels the picture has: `columns`, or as many as suit. */
uint32_t picture_columns(const Picture *picture);

/* Adds the object type to a new state. */
void picture_open(State *S);

#endif
