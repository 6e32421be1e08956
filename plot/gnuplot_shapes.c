/* SPDX-License-Identifier: GPL-3.0-or-later
   Shapes in gnuplot scripts: ellipses, boxes, arrows that end at their borders, texts. */
#include <math.h>

#include "plot/gnuplot_parts.h"
#include "runtime/text.h"

/* Pixels: between a text and the border of its shape, and of the largest bare panel. */
enum { SHAPE_GAP = 14, ELLIPSE_GAP = 36, BARE_LEAST = 160, BARE_MOST = 1400, BARE_UNIT_MOST = 160 };

static bool is_area(const Shape *s) { return s->kind == SHAPE_ELLIPSE || s->kind == SHAPE_BOX; }

static bool is_sound(const Shape *s) {
    return isfinite(s->x) && isfinite(s->y) && fabs(s->x) < 1e100 && fabs(s->y) < 1e100 &&
           (s->kind == SHAPE_TEXT || (isfinite(s->x2) && isfinite(s->y2) && fabs(s->x2) < 1e100 && fabs(s->y2) < 1e100));
}

static void reach(Scale *s, double v) {
    s->low = fmin(s->low, v);
    s->high = fmax(s->high, v);
}

bool panel_shapes_extent(const Panel *panel, Scale *x, Scale *y) {
    *x = *y = (Scale){INFINITY, -INFINITY, false};
    for (uint32_t k = 0; k < panel->n_shapes; k++) {
        const Shape *s = &panel->shapes[k];
        if (!is_sound(s)) continue;
        double half_x = is_area(s) ? fabs(s->x2) : 0, half_y = is_area(s) ? fabs(s->y2) : 0;
        reach(x, s->x - half_x), reach(x, s->x + half_x);
        reach(y, s->y - half_y), reach(y, s->y + half_y);
        if (s->kind == SHAPE_ARROW || s->kind == SHAPE_LINE) reach(x, s->x2), reach(y, s->y2);
    }
    return x->low <= x->high;
}

/* Pixels a unit: so many that every text fits into its ellipse or box. */
double panel_letters_scale(const Panel *panel) {
    double scale = 0;
    for (uint32_t k = 0; k < panel->n_shapes; k++) {
        const Shape *s = &panel->shapes[k];
        if (!is_area(s) || !is_sound(s) || !s->text || !(fabs(s->x2) > 0) || !(fabs(s->y2) > 0)) continue;
        double width = gnuplot_text_width(s->text->text, s->text->length, PALETTE_LETTERS) + (s->kind == SHAPE_ELLIPSE ? ELLIPSE_GAP : SHAPE_GAP);
        scale = fmax(scale, fmax(width / (2 * fabs(s->x2)), (PALETTE_LETTERS + SHAPE_GAP) / (2 * fabs(s->y2))));
    }
    return scale;
}

void panel_bare_size(const Panel *panel, double *width, double *height) {
    Scale x, y;
    *width = *height = BARE_LEAST;
    if (!panel_shapes_extent(panel, &x, &y)) return;
    double across = fmax(x.high - x.low, 1e-9), up = fmax(y.high - y.low, 1e-9), scale = panel_letters_scale(panel);
    if (scale <= 0) scale = 400 / fmax(across, up);
    scale = fmin(scale, fmin(BARE_MOST / across, BARE_MOST / up));
    *width = fmax(across * scale + 24, BARE_LEAST);
    *height = fmax(up * scale + 24, 60);
}

/* ---- Arrows ---- */

/* The part of the way from a shape's middle (0) to (x, y) (1) at which the border stands. */
static double border(const Shape *s, double x, double y) {
    double dx = (x - s->x) / fabs(s->x2), dy = (y - s->y) / fabs(s->y2);
    double far = s->kind == SHAPE_ELLIPSE ? sqrt(dx * dx + dy * dy) : fmax(fabs(dx), fabs(dy));
    return far > 1 ? 1 / far : 1;
}

/* An end of an arrow that lies in the middle of a shape moves to its border, on the way to the other end. */
static void end_at_border(const Panel *panel, double *x, double *y, double from_x, double from_y) {
    for (uint32_t k = 0; k < panel->n_shapes; k++) {
        const Shape *s = &panel->shapes[k];
        if (!is_area(s) || s->low_text || !(fabs(s->x2) > 0) || !(fabs(s->y2) > 0)) continue;
        if (fabs(*x - s->x) > 1e-6 * fabs(s->x2) || fabs(*y - s->y) > 1e-6 * fabs(s->y2)) continue;
        double part = border(s, from_x, from_y);
        *x = s->x + part * (from_x - s->x);
        *y = s->y + part * (from_y - s->y);
        return;
    }
}

static void place(State *S, double x, double y) {
    text_append(S, " ", 1);
    gnuplot_number(S, x);
    text_append(S, ",", 1);
    gnuplot_number(S, y);
}

static void arrow(State *S, const Panel *panel, const Shape *s) {
    double x = s->x, y = s->y, x2 = s->x2, y2 = s->y2;
    end_at_border(panel, &x, &y, s->x2, s->y2);
    end_at_border(panel, &x2, &y2, s->x, s->y);
    text_print(S, "set arrow from");
    place(S, x, y);
    text_print(S, " to");
    place(S, x2, y2);
    text_print(S, " %s front lw 1.2 lc rgb '#" PALETTE_QUIET "'%s\n", s->kind == SHAPE_LINE ? "nohead" : "head filled size screen 0.012,22,60", s->dashed ? " dt 2" : "");
}

/* ---- Areas and texts ---- */

static void area(State *S, const Shape *s) {
    text_print(S, "set object %s center", s->kind == SHAPE_ELLIPSE ? "ellipse" : "rectangle");
    place(S, s->x, s->y);
    text_print(S, " size");
    place(S, 2 * fabs(s->x2), 2 * fabs(s->y2));
    bool plate = s->low_text;
    text_print(S, " %s fillcolor rgb '#%s' fillstyle %s border lc rgb '#%s' linewidth %g%s\n", plate ? "behind" : "back",
               s->filled ? PALETTE_OBSERVED : PALETTE_PAPER, plate && !s->filled ? "empty" : "solid 1", plate ? PALETTE_AXIS : PALETTE_TEXT,
               plate ? 1.0 : 1.3, s->dashed ? " dashtype 2" : "");
}

static void label(State *S, const Shape *s, double scale, double letters) {
    double room = is_area(s) && scale > 0 ? 2 * fabs(s->x2) * scale : 1e4;
    size_t start = text_begin(S);
    text_print(S, "set label ");
    if (!gnuplot_text(S, s->text, room, 1, letters)) {
        text_drop(S, start);
        return;
    }
    text_print(S, " at");
    bool low = s->low_text && is_area(s);
    place(S, low ? s->x + fabs(s->x2) : s->x, low ? s->y - fabs(s->y2) : s->y);
    text_print(S, " %s front noenhanced font ',%.3g' textcolor rgb '#%s'%s\n", low ? "right" : "center", letters, low ? PALETTE_QUIET : PALETTE_TEXT,
               low ? " offset character -0.6,0.7" : "");
}

void panel_shapes(State *S, const Panel *panel, double scale, double letters) {
    for (uint32_t k = 0; k < panel->n_shapes; k++) {
        const Shape *s = &panel->shapes[k];
        if (!is_sound(s)) continue;
        if (is_area(s) && fabs(s->x2) > 0 && fabs(s->y2) > 0) area(S, s);
        if ((s->kind == SHAPE_ARROW || s->kind == SHAPE_LINE) && (s->x != s->x2 || s->y != s->y2)) arrow(S, panel, s);
        if (s->text) label(S, s, scale, letters);
    }
}
