/* SPDX-License-Identifier: GPL-3.0-or-later
   Shapes as text, for panels without axes: boxes of lines with their texts, arrows of dots. */
#include <math.h>
#include <string.h>

#include "plot/picture_text_parts.h"

enum { MOST_ROWS = 60, LEAST_ROWS = 3 };

/* Units are as wide as they are high, and a character is twice as high as wide. */
unsigned shapes_rows(const Panel *panel, unsigned columns) {
    PlotAxis x = plot_axis_x(panel), y = plot_axis_y(panel);
    double rows = ceil((y.high - y.low) / (x.high - x.low) * columns / 2);
    /* A box with a text takes three rows, so that what is low is not drawn lower than that. */
    double boxes = 0;
    for (uint32_t k = 0; k < panel->n_shapes; k++)
        if (panel->shapes[k].kind == SHAPE_ELLIPSE && panel->shapes[k].y2 > 0) boxes = fmax(boxes, 3 * (y.high - y.low) / (2 * panel->shapes[k].y2));
    rows = fmax(rows, boxes);
    return rows < LEAST_ROWS ? LEAST_ROWS : rows > MOST_ROWS ? MOST_ROWS : (unsigned)rows;
}

typedef struct Sheet {
    TextGrid *grid;
    unsigned row, column, columns, rows;
    PlotAxis x, y;
} Sheet;

static long column_of(const Sheet *s, double x) { return lrint(fmin(fmax(plot_axis_place(&s->x, x), 0), 1) * (s->columns - 1)); }
static long row_of(const Sheet *s, double y) { return lrint((1 - fmin(fmax(plot_axis_place(&s->y, y), 0), 1)) * (s->rows - 1)); }

static void put_at(const Sheet *s, long row, long column, const char *text) {
    if (row < 0 || column < 0 || row >= (long)s->rows || column >= (long)s->columns) return;
    grid_put(s->grid, s->row + (unsigned)row, s->column + (unsigned)column, 1, text, strlen(text), INK_PLAIN);
}

/* The lines of boxes: horizontal, vertical, and the corners from the upper left on. */
typedef struct Lines {
    const char *parts[6];
} Lines;

static const Lines round_lines = {{"─", "│", "╭", "╮", "╰", "╯"}}, square_lines = {{"─", "│", "┌", "┐", "└", "┘"}},
                   heavy_lines = {{"━", "┃", "┏", "┓", "┗", "┛"}};

typedef struct Box {
    long left, right, top, bottom;
} Box;

static Box box_of(const Sheet *s, const Shape *shape) {
    Box b = {column_of(s, shape->x - shape->x2), column_of(s, shape->x + shape->x2), row_of(s, shape->y + shape->y2), row_of(s, shape->y - shape->y2)};
    if (shape->kind != SHAPE_ELLIPSE || !shape->text) return b;
    long middle = row_of(s, shape->y), centre = column_of(s, shape->x), half = grid_width(shape->text->text, shape->text->length) / 2 + 2;
    if (b.bottom - b.top < 2) b.top = middle - 1, b.bottom = middle + 1;
    if (b.right - b.left < 2 * half) b.left = centre - half, b.right = centre + half;
    return b;
}

static void draw_box(const Sheet *s, const Shape *shape) {
    Box b = box_of(s, shape);
    const Lines *lines = shape->filled ? &heavy_lines : shape->kind == SHAPE_ELLIPSE ? &round_lines : &square_lines;
    for (long c = b.left + 1; c < b.right; c++) {
        if (shape->dashed && c % 2) continue;
        put_at(s, b.top, c, lines->parts[0]);
        put_at(s, b.bottom, c, lines->parts[0]);
    }
    for (long r = b.top + 1; r < b.bottom; r++) {
        for (long c = b.left + 1; c < b.right && shape->kind == SHAPE_ELLIPSE; c++) put_at(s, r, c, " ");
        put_at(s, r, b.left, lines->parts[1]);
        put_at(s, r, b.right, lines->parts[1]);
    }
    put_at(s, b.top, b.left, lines->parts[2]);
    put_at(s, b.top, b.right, lines->parts[3]);
    put_at(s, b.bottom, b.left, lines->parts[4]);
    put_at(s, b.bottom, b.right, lines->parts[5]);
}

static void draw_text(const Sheet *s, const Shape *shape) {
    if (!shape->text) return;
    long columns = grid_width(shape->text->text, shape->text->length), row = row_of(s, shape->y), column = column_of(s, shape->x) - columns / 2;
    if (shape->low_text) {
        Box b = box_of(s, shape);
        row = b.bottom - 1 > b.top ? b.bottom - 1 : b.bottom;
        column = b.right - columns - 1;
    }
    if (column + columns > (long)s->columns) column = (long)s->columns - columns;
    if (column < 0) column = 0;
    if (row < 0 || row >= (long)s->rows) return;
    grid_put(s->grid, s->row + (unsigned)row, s->column + (unsigned)column, s->columns - (unsigned)column, shape->text->text, shape->text->length, INK_PLAIN);
}

static void draw_arrow(const Sheet *s, Canvas *canvas, const Shape *shape) {
    double x0 = 2.0 * (double)column_of(s, shape->x) + 0.5, y0 = 4.0 * (double)row_of(s, shape->y) + 1.5;
    double x1 = 2.0 * (double)column_of(s, shape->x2) + 0.5, y1 = 4.0 * (double)row_of(s, shape->y2) + 1.5;
    unsigned phase = 0;
    DotPattern pattern = shape->dashed ? (DotPattern){4, 0x3} : (DotPattern){1, 1};
    canvas_segment(canvas, x0, y0, x1, y1, pattern, &phase, INK_PLAIN);
    double dx = x1 - x0, dy = y1 - y0;
    if (shape->kind == SHAPE_LINE) return;
    CanvasCell *end = canvas_cell(canvas, column_of(s, shape->x2), row_of(s, shape->y2));
    if (end) end->front = fabs(dx) > fabs(dy) ? (dx > 0 ? "▸" : "◂") : dy > 0 ? "▾" : "▴";
}

void shapes_draw(State *S, const Panel *panel, TextGrid *grid, unsigned row, unsigned column, unsigned columns, unsigned rows) {
    Sheet s = {grid, row, column, columns, rows, plot_axis_x(panel), plot_axis_y(panel)};
    Canvas canvas = canvas_new(S, columns, rows);
    for (uint32_t k = 0; k < panel->n_shapes; k++)
        if (panel->shapes[k].kind == SHAPE_BOX) draw_box(&s, &panel->shapes[k]);
    for (uint32_t k = 0; k < panel->n_shapes; k++)
        if (panel->shapes[k].kind == SHAPE_ARROW || panel->shapes[k].kind == SHAPE_LINE) draw_arrow(&s, &canvas, &panel->shapes[k]);
    canvas_compose(&canvas, grid, row, column);
    for (uint32_t k = 0; k < panel->n_shapes; k++)
        if (panel->shapes[k].kind == SHAPE_ELLIPSE) draw_box(&s, &panel->shapes[k]);
    for (uint32_t k = 0; k < panel->n_shapes; k++)
        if (panel->shapes[k].kind != SHAPE_ARROW) draw_text(&s, &panel->shapes[k]);
}
