/* SPDX-License-Identifier: GPL-3.0-or-later
   Marks as text: lines and clouds of dots, points and error bars as characters, bars as blocks, bands as shading. What is drawn
   later lies on top; lines are seen over all areas, and rules in what is left free. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "plot/picture_text_parts.h"
#include "runtime/text.h"

static const DotPattern patterns[] = {{1, 0x1}, {10, 0x3F}, {4, 0x1}, {12, 0x23F}};
static const DotPattern faint_pattern = {3, 0x1};
static const char *const markers[] = {"•", "×", "+", "o", "*", "#", "@", "%"};
static const char *const shades[] = {"░", "▒", "▓"};
static const char *const solids[] = {"█", "▒", "░", "▓"};
static const char *const eighths[] = {NULL, "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};

#define IN_TURN(table, k) ((table)[(k) % (sizeof(table) / sizeof *(table))])

/* ---- Styles ---- */

static Ink ink_of(const Layer *layer, Ink before, unsigned *series) {
    switch (layer->colour) {
        case COLOUR_DATA: return INK_DATA;
        case COLOUR_REFERENCE: return INK_REFERENCE;
        case COLOUR_SAME: return before;
        default: return INK_SERIES + (*series)++ % INK_SERIES_COUNT;
    }
}

/* Lines that have to be told apart have a letter each. */
static void give_letters(const Panel *panel, TextStyle *styles) {
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    unsigned lines = 0, next = 0;
    for (uint32_t k = 0; k < panel->n_layers; k++) lines += panel->layers[k].mark == MARK_LINE && panel->layers[k].label;
    for (uint32_t k = 0; k < panel->n_layers && lines > 1 && next < sizeof letters - 1; k++)
        if (panel->layers[k].mark == MARK_LINE && panel->layers[k].label) styles[k].letter = letters[next++];
}

TextStyle *marks_styles(State *S, const Panel *panel, unsigned columns, unsigned rows) {
    TextStyle *styles = picture_text_scratch(S, (panel->n_layers + 1) * sizeof *styles);
    unsigned colours = 0, of_mark[MARKS] = {0};
    Ink before = INK_SERIES;
    for (uint32_t k = 0; k < panel->n_layers; k++) {
        const Layer *layer = &panel->layers[k];
        TextStyle *style = &styles[k];
        style->ink = before = ink_of(layer, before, &colours);
        bool same = layer->colour == COLOUR_SAME && k && panel->layers[k - 1].mark == layer->mark;
        style->series = same ? styles[k - 1].series : of_mark[layer->mark]++;
        style->pattern = layer->faint ? faint_pattern : IN_TURN(patterns, style->series);
        style->in_cells = !layer->faint && (style->series > 0 || layer->n <= (size_t)columns * rows / 8);
        style->end_row = -1;
    }
    give_letters(panel, styles);
    return styles;
}

/* ---- Drawing ---- */

typedef struct Drawing {
    Canvas *canvas;
    const PlotAxis *x, *y;
    const Layer *layer;
    TextStyle *style;
} Drawing;

/* In units of dots; NaN: nowhere. */
static double dot_x(const Drawing *d, double x) { return plot_axis_place(d->x, x) * (2.0 * d->canvas->columns - 1); }
static double dot_y(const Drawing *d, double y) { return (1 - plot_axis_place(d->y, y)) * (4.0 * d->canvas->rows - 1); }

static bool in_view(const Drawing *d, double dx, double dy) {
    return dx >= -0.5 && dy >= -0.5 && dx <= 2.0 * d->canvas->columns - 0.5 && dy <= 4.0 * d->canvas->rows - 0.5;
}

static void put_front(const Drawing *d, long column, long row, const char *text) {
    CanvasCell *cell = canvas_cell(d->canvas, column, row);
    if (!cell) return;
    cell->front = text;
    cell->front_ink = (uint8_t)d->style->ink;
}

/* A point between two gaps: a single dot would be overlooked. */
static void draw_lone_point(const Drawing *d, double x, double y) {
    if (d->layer->faint) canvas_dot(d->canvas, lrint(x), lrint(y), d->style->ink);
    else put_front(d, lrint(x) / 2, lrint(y) / 4, markers[0]);
}

/* The points of a line that fall into one column of dots. */
typedef struct Run {
    bool any;
    double x, y;      /* the last one */
    double low, high;
    bool joined;      /* to the run before */
} Run;

/* Draws what the points of the run pass through; `alone`: no line leads away from it. */
static void end_run(const Drawing *d, const Run *run, bool alone) {
    if (!run->any) return;
    bool tall = lrint(run->high) != lrint(run->low);
    /* Dashes of what goes up and down within a column are where they are on the canvas. */
    unsigned here = (unsigned)fabs(fmax(run->low, 0));
    if (tall) canvas_segment(d->canvas, run->x, run->low, run->x, run->high, d->style->pattern, &here, d->style->ink);
    else if (alone && !run->joined && in_view(d, run->x, run->y)) draw_lone_point(d, run->x, run->y);
}

static void draw_line(const Drawing *d) {
    Run run = {0};
    unsigned phase = 0;
    const double *xs = d->layer->x->data, *ys = d->layer->y->data, far = 1e6;
    for (size_t k = 0; k < d->layer->n; k++) {
        double x = dot_x(d, xs[k]), y = dot_y(d, ys[k]);
        if (!isfinite(x) || !isfinite(y)) {
            end_run(d, &run, true);
            run.any = false;
            continue;
        }
        bool same = run.any && fabs(x) < far && fabs(y) < far && fabs(run.x) < far && fabs(run.y) < far && lrint(x) == lrint(run.x);
        if (same) {
            run.low = fmin(run.low, y);
            run.high = fmax(run.high, y);
            run.x = x;
            run.y = y;
        } else {
            bool joined = run.any;
            end_run(d, &run, false);
            if (joined) canvas_segment(d->canvas, run.x, run.y, x, y, d->style->pattern, &phase, d->style->ink);
            run = (Run){.any = true, .x = x, .y = y, .low = y, .high = y, .joined = joined};
        }
        if (in_view(d, x, y)) d->style->end_row = lrint(y) / 4;
    }
    end_run(d, &run, true);
}

static void put_back(const Drawing *d, long column, long row, const char *text) {
    CanvasCell *cell = canvas_cell(d->canvas, column, row);
    if (!cell) return;
    cell->back = text;
    cell->back_ink = (uint8_t)d->style->ink;
}

static void draw_points(const Drawing *d) {
    const char *marker = IN_TURN(markers, d->style->series);
    for (size_t k = 0; k < d->layer->n; k++) {
        double x = dot_x(d, d->layer->x->data[k]), y = dot_y(d, d->layer->y->data[k]);
        if (!in_view(d, x, y)) continue;
        if (d->style->in_cells) put_front(d, lrint(x) / 2, lrint(y) / 4, marker);
        else canvas_dot(d->canvas, lrint(x), lrint(y), d->style->ink);
    }
}

static double clamp(double x, double low, double high) { return x < low ? low : x > high ? high : x; }

static void draw_error_cells(const Drawing *d, double x, double low, double high) {
    long column = lrint(x) / 2, last = (long)d->canvas->rows - 1;
    bool low_seen = low <= 4.0 * (double)last + 3.5, high_seen = high >= -0.5;
    if (high > 4.0 * (double)last + 3.5 || low < -0.5) return;
    long top = lrint(clamp(high, 0, 4.0 * (double)last + 3)) / 4, bottom = lrint(clamp(low, 0, 4.0 * (double)last + 3)) / 4;
    for (long row = top; row <= bottom && top != bottom; row++)
        put_front(d, column, row, row == top && high_seen ? "┬" : row == bottom && low_seen ? "┴" : "│");
}

static void draw_errors(const Drawing *d) {
    bool cells = d->layer->n <= d->canvas->columns / 2;
    unsigned phase = 0;
    for (size_t k = 0; k < d->layer->n; k++) {
        double at = d->layer->y->data[k], spread = d->layer->y2->data[k];
        double x = dot_x(d, d->layer->x->data[k]), y = dot_y(d, at), low = dot_y(d, at - spread), high = dot_y(d, at + spread);
        if (isnan(low) && isfinite(y)) low = 4.0 * d->canvas->rows; /* below what a logarithmic axis shows */
        if (isnan(x) || x < -0.5 || x > 2.0 * d->canvas->columns - 0.5) continue;
        if (cells && low >= high) draw_error_cells(d, x, low, high);
        else if (low >= high) canvas_segment(d->canvas, x, low, x, high, patterns[0], &phase, d->style->ink);
        if (in_view(d, x, y) && cells) put_front(d, lrint(x) / 2, lrint(y) / 4, IN_TURN(markers, d->style->series));
    }
}

/* ---- Areas ---- */

/* One column of a bar between two heights in eighths of rows, counted from below. */
static void bar_column(const Drawing *d, long column, long base, long top) {
    bool solid = d->style->series == 0;
    long rows = (long)d->canvas->rows;
    const char *fill = IN_TURN(solids, d->style->series);
    base = (base + 4) / 8 * 8;
    for (long row = 0; row < rows; row++) { /* from below */
        long above = top - 8 * row, under = base - 8 * row;
        const char *text = NULL;
        if (top > base && above > 0 && under <= 0) text = above >= 8 ? fill : solid ? eighths[above] : above >= 4 ? fill : NULL;
        if (top < base && under > 0 && above < 8) text = above <= 0 ? fill : above <= 4 ? (solid ? "▀" : fill) : NULL;
        if (text) put_back(d, column, rows - 1 - row, text);
    }
}

static void draw_bars(State *S, const Drawing *d) {
    unsigned columns = d->canvas->columns;
    double eighth = 8.0 * d->canvas->rows, base = plot_axis_place(d->y, d->layer->base);
    long *tops = picture_text_scratch(S, columns * sizeof *tops), from = isnan(base) ? 0 : lrint(clamp(base, 0, 1) * eighth);
    bool *set = picture_text_scratch(S, columns * sizeof *set);
    for (size_t k = 0; k < d->layer->n; k++) {
        double left = plot_axis_place(d->x, d->layer->x->data[k]), right = plot_axis_place(d->x, d->layer->x2->data[k]);
        double height = plot_axis_place(d->y, d->layer->y->data[k]);
        if (isnan(left)) left = 0; /* it begins where a logarithmic axis does not reach */
        if (isnan(right) || isnan(height) || right < 0 || left > 1 || d->layer->y->data[k] == d->layer->base) continue;
        long top = lrint(clamp(height, 0, 1) * eighth), a = lrint(clamp(left, 0, 1) * columns), b = lrint(clamp(right, 0, 1) * columns);
        if (top == from) top += height > base || isnan(base) ? 1 : -1; /* what is there is seen */
        if (b <= a) a = (long)clamp((left + right) / 2 * columns, 0, columns - 1), b = a + 1;
        for (long c = a; c < b; c++) {
            if (set[c] && labs(tops[c] - from) >= labs(top - from)) continue;
            tops[c] = top;
            set[c] = true;
        }
    }
    for (unsigned c = 0; c < columns; c++)
        if (set[c]) bar_column(d, c, from, tops[c]);
}

static void band_column(const Drawing *d, long column, double low, double high) {
    double rows = d->canvas->rows, bottom = fmin(low, high), top = fmax(low, high);
    if (isnan(top) || isnan(bottom) || top < 0 || bottom > 1) return;
    const char *shade = IN_TURN(shades, d->style->series);
    long first = lrint((1 - clamp(top, 0, 1)) * rows), last = lrint((1 - clamp(bottom, 0, 1)) * rows);
    if (first >= last) {
        first = (long)clamp((1 - (top + bottom) / 2) * rows, 0, rows - 1);
        last = first + 1;
    }
    for (long row = first; row < last; row++) put_back(d, column, row, shade);
}

static double below_is_zero(const PlotAxis *axis, double y) { return axis->log && y <= 0 ? 0 : plot_axis_place(axis, y); }

/* Each column takes the heights of the points around its middle. */
static void draw_band(const Drawing *d) {
    const double *x = d->layer->x->data;
    double columns = d->canvas->columns, x0 = NAN, low0 = 0, high0 = 0;
    for (size_t k = 0; k < d->layer->n; k++) {
        double x1 = plot_axis_place(d->x, x[k]) * columns;
        double low1 = below_is_zero(d->y, d->layer->y->data[k]), high1 = below_is_zero(d->y, d->layer->y2->data[k]);
        bool gap = !isfinite(x1) || !isfinite(low1) || !isfinite(high1);
        double from = ceil(clamp(fmin(x0, x1), -1, columns) - 0.5), to = clamp(fmax(x0, x1), -1, columns) - 0.5;
        for (double c = from; !gap && !isnan(x0) && c <= to; c++) {
            double t = x1 == x0 ? 0 : (c + 0.5 - x0) / (x1 - x0);
            band_column(d, (long)c, low0 + t * (low1 - low0), high0 + t * (high1 - high0));
        }
        x0 = gap ? NAN : x1;
        low0 = low1;
        high0 = high1;
    }
    if (d->layer->n == 1 && !isnan(x0)) band_column(d, (long)clamp(x0, 0, columns - 1), low0, high0);
}

/* Where nothing else is drawn. */
static void draw_rule(const Drawing *d, bool upright) {
    const Array *at = upright ? d->layer->x : d->layer->y;
    for (size_t k = 0; k < d->layer->n; k++) {
        double place = upright ? dot_x(d, at->data[k]) : dot_y(d, at->data[k]), most = upright ? 2.0 * d->canvas->columns : 4.0 * d->canvas->rows;
        if (!(place >= -0.5 && place <= most - 0.5)) continue;
        long fixed = lrint(place) / (upright ? 2 : 4), n = upright ? d->canvas->rows : d->canvas->columns;
        for (long j = 0; j < n; j++) {
            CanvasCell *cell = canvas_cell(d->canvas, upright ? fixed : j, upright ? j : fixed);
            if (!cell->dots && !cell->front) put_back(d, upright ? fixed : j, upright ? j : fixed, upright ? "┊" : "┄");
        }
    }
}

void marks_draw(State *S, Canvas *canvas, const Panel *panel, const PlotAxis *x, const PlotAxis *y, TextStyle *styles) {
    for (int rules = 0; rules <= 1; rules++)
        for (uint32_t k = 0; k < panel->n_layers; k++) {
            const Layer *layer = &panel->layers[k];
            Drawing d = {canvas, x, y, layer, &styles[k]};
            if ((layer->mark == MARK_RULE_X || layer->mark == MARK_RULE_Y) != rules) continue;
            switch (layer->mark) {
                case MARK_LINE: draw_line(&d); break;
                case MARK_POINTS: draw_points(&d); break;
                case MARK_BARS: draw_bars(S, &d); break;
                case MARK_BAND: draw_band(&d); break;
                case MARK_ERRORS: draw_errors(&d); break;
                case MARK_RULE_X: draw_rule(&d, true); break;
                case MARK_RULE_Y: draw_rule(&d, false); break;
                case MARKS: break;
            }
        }
}

/* ---- Key ---- */

enum { SAMPLE_CELLS = 4 };

static void line_sample(State *S, const TextStyle *style) {
    for (unsigned c = 0; c < SAMPLE_CELLS; c++) {
        char braille[4];
        uint8_t dots = 0;
        for (unsigned k = 0; k < 2; k++)
            if (style->pattern.bits >> (2 * c + k) % style->pattern.length & 1) dots |= k ? 0x20 : 0x04;
        canvas_braille(dots, braille);
        text_append(S, dots ? braille : " ", dots ? 3 : 1);
    }
}

void marks_sample(State *S, const Layer *layer, const TextStyle *style, unsigned *columns) {
    *columns = 1;
    switch (layer->mark) {
        case MARK_LINE:
            *columns = SAMPLE_CELLS;
            line_sample(S, style);
            return;
        case MARK_POINTS: text_print(S, "%s", style->in_cells ? IN_TURN(markers, style->series) : "⡪"); return;
        case MARK_ERRORS: text_print(S, "%s", IN_TURN(markers, style->series)); return;
        case MARK_BARS: text_print(S, "%s", IN_TURN(solids, style->series)); return;
        case MARK_BAND: text_print(S, "%s", IN_TURN(shades, style->series)); return;
        case MARK_RULE_X: text_print(S, "┊"); return;
        case MARK_RULE_Y: text_print(S, "┄"); return;
        case MARKS: return;
    }
}
