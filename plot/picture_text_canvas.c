/* SPDX-License-Identifier: GPL-3.0-or-later
   A canvas of dots: braille characters have 2 dots by 4. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "plot/picture_text_parts.h"

Canvas canvas_new(State *S, unsigned columns, unsigned rows) {
    return (Canvas){columns, rows, picture_text_scratch(S, (size_t)columns * rows * sizeof(CanvasCell))};
}

CanvasCell *canvas_cell(Canvas *canvas, long column, long row) {
    if (column < 0 || row < 0 || column >= (long)canvas->columns || row >= (long)canvas->rows) return NULL;
    return &canvas->cells[(size_t)row * canvas->columns + (size_t)column];
}

void canvas_dot(Canvas *canvas, long x, long y, Ink ink) {
    static const uint8_t bits[4][2] = {{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}};
    if (x < 0 || y < 0 || x >= 2 * (long)canvas->columns || y >= 4 * (long)canvas->rows) return;
    CanvasCell *cell = &canvas->cells[(size_t)(y / 4) * canvas->columns + (size_t)(x / 2)];
    cell->dots |= bits[y % 4][x % 2];
    cell->ink = (uint8_t)ink;
}

/* Narrows [t0, t1], the part of a line from p to p + d (at t = 1) that is seen, to that between low and high (Liang and Barsky
   1984). False: none of it. */
static bool clip(double p, double d, double low, double high, double *t0, double *t1) {
    if (d == 0) return p >= low && p <= high;
    double a = (low - p) / d, b = (high - p) / d;
    *t0 = fmax(*t0, fmin(a, b));
    *t1 = fmin(*t1, fmax(a, b));
    return *t0 <= *t1;
}

/* Bresenham's line. */
static void dots_between(Canvas *canvas, long x0, long y0, long x1, long y1, DotPattern pattern, unsigned *phase, Ink ink) {
    long dx = labs(x1 - x0), dy = -labs(y1 - y0), sx = x0 < x1 ? 1 : -1, sy = y0 < y1 ? 1 : -1, error = dx + dy;
    for (;;) {
        if (pattern.bits >> *phase % pattern.length & 1) canvas_dot(canvas, x0, y0, ink);
        if (x0 == x1 && y0 == y1) return;
        ++*phase;
        long twice = 2 * error;
        if (twice >= dy) {
            error += dy;
            x0 += sx;
        }
        if (twice <= dx) {
            error += dx;
            y0 += sy;
        }
    }
}

/* Where a line is at t; far ends leave no digits for what is between, so it is kept within bounds. */
static long dot_at(double p, double d, double t, double low, double high) { return lrint(fmin(fmax(p + t * d, low), high)); }

void canvas_segment(Canvas *canvas, double x0, double y0, double x1, double y1, DotPattern pattern, unsigned *phase, Ink ink) {
    double t0 = 0, t1 = 1, dx = x1 - x0, dy = y1 - y0, low = -0.49, right = 2.0 * canvas->columns - 0.51, bottom = 4.0 * canvas->rows - 0.51;
    if (!isfinite(dx) || !isfinite(dy)) return;
    if (!clip(x0, dx, low, right, &t0, &t1) || !clip(y0, dy, low, bottom, &t0, &t1)) return;
    dots_between(canvas, dot_at(x0, dx, t0, low, right), dot_at(y0, dy, t0, low, bottom), dot_at(x0, dx, t1, low, right),
                 dot_at(y0, dy, t1, low, bottom), pattern, phase, ink);
}

void canvas_braille(uint8_t dots, char out[4]) {
    out[0] = (char)0xE2;
    out[1] = (char)(0xA0 | dots >> 6);
    out[2] = (char)(0x80 | (dots & 0x3F));
    out[3] = '\0';
}

void canvas_compose(const Canvas *canvas, TextGrid *grid, unsigned row, unsigned column) {
    for (unsigned r = 0; r < canvas->rows; r++)
        for (unsigned c = 0; c < canvas->columns; c++) {
            const CanvasCell *cell = &canvas->cells[(size_t)r * canvas->columns + c];
            char braille[4];
            canvas_braille(cell->dots, braille);
            const char *text = cell->front ? cell->front : cell->dots ? braille : cell->back;
            Ink ink = cell->front ? cell->front_ink : cell->dots ? cell->ink : cell->back_ink;
            if (text) grid_put(grid, row + r, column + c, 1, text, strlen(text), ink);
        }
}
