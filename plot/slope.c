/* SPDX-License-Identifier: GPL-3.0-or-later
   The line of least squares through points, or through their logarithms. */
#include "plot/slope.h"

#include <math.h>

#include "plot/layers.h"
#include "plot/summary.h"
#include "runtime/error.h"
#include "runtime/text.h"

enum { LINE_POINTS = 101 };

bool slope_line(size_t n, const double *x, const double *y, SlopeLine *line) {
    double mx = 0, my = 0, xx = 0, xy = 0, left = 0;
    for (size_t k = 0; k < n; k++) {
        mx += (x[k] - mx) / (double)(k + 1);
        my += (y[k] - my) / (double)(k + 1);
    }
    for (size_t k = 0; k < n; k++) {
        xx += (x[k] - mx) * (x[k] - mx);
        xy += (x[k] - mx) * (y[k] - my);
    }
    if (!(xx > 0)) return false;
    double slope = xy / xx;
    for (size_t k = 0; k < n; k++) {
        double off = y[k] - my - slope * (x[k] - mx);
        left += off * off;
    }
    *line = (SlopeLine){slope, my - slope * mx, n > 2 ? sqrt(left / (double)(n - 2) / xx) : NAN, mx, my};
    return true;
}

/* ---- For programs ---- */

static double place(double v, bool log) { return log ? log10(v) : v; }
static double number_at(double place, bool log) { return log ? pow(10, place) : place; }

/* The pairs whose both numbers can be drawn, in the coordinates of the axes. Returns how many. */
static size_t take_pairs(State *S, const Array *x, const Array *y, const Panel *panel, double *px, double *py) {
    size_t n = 0;
    for (size_t k = 0; k < x->layout->components; k++) {
        double u = x->data[k], v = y->data[k];
        if (!isfinite(u) || !isfinite(v)) continue;
        if ((panel->log_x && u <= 0) || (panel->log_y && v <= 0))
            error_raise(S, "bad-argument", "Leave such pairs out, or choose other axes by `log`.",
                        "%s[%zu] is %.6g, which has no logarithm", panel->log_x && u <= 0 ? "x" : "y", k, panel->log_x && u <= 0 ? u : v);
        px[n] = place(u, panel->log_x);
        py[n++] = place(v, panel->log_y);
    }
    return n;
}

/* "slope −0.524 ± 0.014" */
static String *describe(State *S, const SlopeLine *line) {
    size_t start = text_begin(S);
    text_print(S, "slope ");
    summary_plus_minus(S, line->slope, line->error > 0 ? line->error : NAN);
    return text_finish(S, start);
}

/* Straight on the panel's axes: with enough points to look so on others as well. */
static void draw_line(State *S, const Panel *panel, const SlopeLine *line, double from, double to, Layer *layer) {
    const Layout *l = layout_vector(S, LINE_POINTS);
    layer->n = LINE_POINTS;
    layer->x = array_new(S, l);
    layer->y = array_new(S, l);
    for (size_t k = 0; k < LINE_POINTS; k++) {
        double t = (double)k / (LINE_POINTS - 1), at = from * (1 - t) + to * t;
        layer->x->data[k] = number_at(at, panel->log_x);
        layer->y->data[k] = number_at(line->y_mean + line->slope * (at - line->x_mean), panel->log_y);
    }
    layer->label = describe(S, line);
}

/* Fits the layer to the points. Returns how many of them can be drawn. */
static size_t fit_layer(State *S, const Panel *panel, const Layer *points, Layer *layer) {
    const Layout *l = layout_vector(S, points->n);
    double *px = array_new(S, l)->data, *py = array_new(S, l)->data;
    size_t pairs = take_pairs(S, points->x, points->y, panel, px, py);
    SlopeLine line;
    if (pairs < 2 || !slope_line(pairs, px, py, &line))
        error_raise(S, "bad-argument", NULL, "'slope' needs two points with different x, and there %s", pairs == 1 ? "is one" : pairs ? "are none" : "are no points");
    if (!isfinite(line.slope) || !isfinite(line.intercept))
        error_raise(S, "bad-argument", "Divide them first, or choose logarithmic axes by `log`.", "the numbers of 'slope' are too large for sums of their squares");
    Summary ends = summary_of(S, pairs, px);
    draw_line(S, panel, &line, ends.x[0], ends.x[pairs - 1], layer);
    return pairs;
}

void slope_refit(State *S, Panel *panel) {
    for (uint32_t k = 1; k < panel->n_layers; k++)
        if (panel->layers[k].fitted) fit_layer(S, panel, &panel->layers[k - 1], &panel->layers[k]);
}

static void set_log(State *S, Panel *panel, Value v) {
    Value settings[PANEL_SETTINGS] = {{.tag = VALUE_UNASSIGNED}};
    settings[PANEL_LOG] = v;
    layers_set_panel(S, "slope", panel, settings);
}

Value slope_native(State *S, const Value *a, unsigned n) {
    (void)n;
    Array *x = layers_vector(S, "slope", "x", a[0]), *y = layers_vector_of(S, "slope", "y", a[1], x->layout->components);
    String *label = layers_text(S, "slope", "label", a[3]);
    Picture *picture = picture_new(S);
    Panel *panel = picture_panel(S, picture);
    set_log(S, panel, a[2]);
    Layer *points = panel_layer(S, panel, MARK_POINTS, NULL);
    points->n = x->layout->components;
    points->x = x;
    points->y = y;
    points->label = label;
    points->colour = COLOUR_DATA;
    Layer *line = panel_layer(S, panel, MARK_LINE, NULL);
    line->fitted = true;
    size_t pairs = fit_layer(S, panel, &panel->layers[0], line);
    if (pairs < x->layout->components)
        panel->note = summary_text(S, "%zu of %zu points are missing or not finite", x->layout->components - pairs, x->layout->components);
    return value_object(picture);
}
