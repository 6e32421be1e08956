/* SPDX-License-Identifier: GPL-3.0-or-later
   The parts of pictures as text: a grid of characters, a canvas of dots, marks, panels. All memory is the collector's; nothing
   here runs program code. */
#ifndef ELBO_PLOT_PICTURE_TEXT_PARTS_H
#define ELBO_PLOT_PICTURE_TEXT_PARTS_H

#include "plot/axis.h"
#include "plot/palette.h"

/* Zeroed memory that lives until the collector runs. */
void *picture_text_scratch(State *S, size_t size);

/* ---- Grid: characters with colours (picture_text_grid.c) ---- */

enum { INK_SERIES_COUNT = PALETTE_SERIES, GRID_CELL = 13 };

typedef enum Ink {
    INK_PLAIN,
    INK_SERIES, /* and the ones that follow: the colours of series, in turn */
    INK_DATA = INK_SERIES + INK_SERIES_COUNT,
    INK_REFERENCE,
    INK_TITLE,
    INKS
} Ink;

/* One column of one row: a character with what combines with it. Empty: a space. */
typedef struct GridCell {
    char text[GRID_CELL];
    uint8_t length;
    uint8_t ink;
    bool covered; /* by the wide character to its left */
} GridCell;

typedef struct TextGrid {
    unsigned columns, rows;
    GridCell *cells;
} TextGrid;

TextGrid grid_new(State *S, unsigned columns, unsigned rows);
/* Columns that a text of a program takes: control characters and what is no text are shown as one replacement character, line
   ends and tabs as spaces. */
unsigned grid_width(const char *text, size_t length);
/* Puts a text there, in at most `width` columns, the rest cut off with an ellipsis; the columns that it took. Whatever lies
   outside of the grid is left out. */
unsigned grid_put(TextGrid *grid, unsigned row, unsigned column, unsigned width, const char *text, size_t length, Ink ink);
/* The same in the middle of `width` columns. */
void grid_put_centred(TextGrid *grid, unsigned row, unsigned column, unsigned width, const String *text, Ink ink);
/* How many bytes of the text fit into a line of `width` columns, broken at a space where there is one. */
size_t grid_line(const char *text, size_t length, unsigned width);
/* Appends the rows to the text that is being built, without spaces at their ends, each but the last with a newline. */
void grid_print(State *S, const TextGrid *grid, bool colours);

/* ---- Canvas: dots of braille, with characters before and behind (picture_text_canvas.c) ---- */

typedef struct CanvasCell {
    uint8_t dots;
    uint8_t ink;
    uint8_t back_ink, front_ink;
    const char *back;  /* NULL: nothing */
    const char *front;
} CanvasCell;

typedef struct Canvas {
    unsigned columns, rows; /* of cells; each has 2 dots by 4 */
    CanvasCell *cells;
} Canvas;

/* Which dots along a line are drawn: bit k % length. */
typedef struct DotPattern {
    unsigned length, bits;
} DotPattern;

Canvas canvas_new(State *S, unsigned columns, unsigned rows);
/* NULL: it is outside. */
CanvasCell *canvas_cell(Canvas *canvas, long column, long row);
void canvas_dot(Canvas *canvas, long x, long y, Ink ink);
/* A straight line between two points in units of dots, which may lie far outside; `phase` goes on from line to line. */
void canvas_segment(Canvas *canvas, double x0, double y0, double x1, double y1, DotPattern pattern, unsigned *phase, Ink ink);
void canvas_compose(const Canvas *canvas, TextGrid *grid, unsigned row, unsigned column);
/* The character with these dots, 4 bytes with the NUL. */
void canvas_braille(uint8_t dots, char out[4]);

/* ---- Marks (picture_text_marks.c) ---- */

/* How a layer is told from others. */
typedef struct TextStyle {
    Ink ink;
    unsigned series;  /* of those of its mark: 0, 1, … */
    char letter;      /* at the line's end and in the key; NUL: none */
    bool in_cells;    /* points are characters, not dots */
    DotPattern pattern;
    long end_row;     /* of a line, where its last point stands; -1: nowhere */
} TextStyle;

/* n_layers of them. */
TextStyle *marks_styles(State *S, const Panel *panel, unsigned columns, unsigned rows);
/* Draws all layers. */
void marks_draw(State *S, Canvas *canvas, const Panel *panel, const PlotAxis *x, const PlotAxis *y, TextStyle *styles);
/* Appends a sample of the layer's mark to the text that is being built, for the key; `columns` is how wide it is. */
void marks_sample(State *S, const Layer *layer, const TextStyle *style, unsigned *columns);

/* ---- Panels (picture_text_panel.c, picture_text_shapes.c) ---- */

typedef struct TextPanel {
    const Panel *panel;
    unsigned width, height;    /* all of it */
    unsigned rows;             /* of its canvas */
    unsigned gutter, margin;   /* columns for what stands at the left axis, and for letters at the right */
    unsigned key_rows, note_rows;
    PlotAxis x, y;
    TextStyle *styles;
} TextPanel;

/* Lays the panel out, `width` columns wide. */
TextPanel text_panel_layout(State *S, const Panel *panel, unsigned width, unsigned rows);
void text_panel_draw(State *S, TextPanel *layout, TextGrid *grid, unsigned row, unsigned column);

/* How many rows shapes want in so many columns. */
unsigned shapes_rows(const Panel *panel, unsigned columns);
void shapes_draw(State *S, const Panel *panel, TextGrid *grid, unsigned row, unsigned column, unsigned columns, unsigned rows);

#endif
