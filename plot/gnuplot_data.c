/* SPDX-License-Identifier: GPL-3.0-or-later
   Layers as data blocks of gnuplot scripts, thinned to what can be told apart on the panel: scripts of a million points stay small. */
#include <math.h>

#include "plot/gnuplot_parts.h"
#include "runtime/text.h"

/* Columns in a pixel (pictures of dots have two dots there); from how many points on anything is left out; the most that a line
   which goes to and fro has. */
enum { COLUMNS_A_PIXEL = 2, RULES_A_PIXEL = 4, FEW_POINTS = 4000, MOST_POINTS = 40000 };
/* Points nearer than so many pixels to another one are not drawn. */
#define POINT_CELL 2.5

static double element(const Array *a, size_t k) { return a ? a->data[k] : NAN; }

static bool is_drawn(const PanelView *v, const Layer *l, size_t k) {
    bool x = scale_takes(&v->x, element(l->x, k)), y = scale_takes(&v->y, element(l->y, k));
    switch (l->mark) {
        case MARK_RULE_X: return x;
        case MARK_RULE_Y: return y;
        case MARK_BARS: return x && scale_takes(&v->x, element(l->x2, k)) && isfinite(element(l->y, k));
        case MARK_BAND: return x && !isnan(element(l->y, k)) && !isnan(element(l->y2, k));
        default: return x && y;
    }
}

bool layer_is_drawn(const PanelView *v, const Layer *l) {
    for (size_t k = 0; k < l->n; k++)
        if (is_drawn(v, l, k)) return true;
    return false;
}

static void row(State *S, const double *numbers, unsigned n) {
    for (unsigned k = 0; k < n; k++) {
        if (k) text_append(S, " ", 1);
        gnuplot_number(S, numbers[k]);
    }
    text_append(S, "\n", 1);
}

static int64_t column_of(const PanelView *v, double x) {
    double at = floor(scale_at(&v->x, x) * v->plot_width * COLUMNS_A_PIXEL);
    return (int64_t)fmin(fmax(at, -1e9), 1e9);
}

/* ---- Lines: of the points in a column the first, the last, the highest and the lowest ---- */

typedef struct ColumnRun {
    bool any;
    int64_t column;
    size_t first, last, least, most;
} ColumnRun;

static void run_end(State *S, const Layer *l, ColumnRun *run) {
    if (!run->any) return;
    size_t at[4] = {run->first, run->least < run->most ? run->least : run->most, run->least < run->most ? run->most : run->least, run->last};
    for (unsigned k = 0; k < 4; k++)
        if (!k || at[k] > at[k - 1]) row(S, (double[]){l->x->data[at[k]], l->y->data[at[k]]}, 2);
    run->any = false;
}

static void run_take(State *S, const PanelView *v, const Layer *l, ColumnRun *run, size_t k) {
    int64_t column = column_of(v, l->x->data[k]);
    if (run->any && column != run->column) run_end(S, l, run);
    if (!run->any) *run = (ColumnRun){true, column, k, k, k, k};
    run->last = k;
    if (l->y->data[k] < l->y->data[run->least]) run->least = k;
    if (l->y->data[k] > l->y->data[run->most]) run->most = k;
}

/* A line that goes to and fro changes its column with nearly every point: it is drawn by every so many points. */
static size_t line_stride(const PanelView *v, const Layer *l) {
    size_t changes = 0;
    int64_t column = INT64_MIN;
    for (size_t k = 0; k < l->n; k++) {
        if (!is_drawn(v, l, k)) continue;
        int64_t now = column_of(v, l->x->data[k]);
        changes += now != column;
        column = now;
    }
    return changes > MOST_POINTS ? changes / MOST_POINTS + 1 : 1;
}

static void line_data(State *S, const PanelView *v, const Layer *l) {
    ColumnRun run = {0};
    bool thin = l->n > FEW_POINTS, open = false;
    size_t stride = thin ? line_stride(v, l) : 1, since = 0;
    for (size_t k = 0; k < l->n; k++) {
        if (!is_drawn(v, l, k)) {
            run_end(S, l, &run);
            if (open) text_append(S, "\n", 1);
            open = false;
            since = 0;
            continue;
        }
        open = true;
        if (since++ % stride) continue;
        if (thin) run_take(S, v, l, &run, k);
        else row(S, (double[]){l->x->data[k], l->y->data[k]}, 2);
    }
    run_end(S, l, &run);
}

/* ---- Bands, bars and rules: what falls into one column is one ---- */

static double clamp(const Scale *s, double y) {
    if (isnan(y) || (s->log && y < s->low)) return s->low;
    return fmin(fmax(y, s->low), s->high);
}

/* Three numbers a row: x, from, to. They may leave the panel, so that slopes stay what they are, but not far. */
static double band_edge(const Scale *s, double y) {
    if (s->log) return y <= s->low * 1e-3 ? s->low * 1e-3 : fmin(y, s->high * 1e3);
    double span = s->high - s->low;
    return fmin(fmax(y, s->low - 10 * span), s->high + 10 * span);
}

static void band_data(State *S, const PanelView *v, const Layer *l) {
    bool thin = l->n > FEW_POINTS, any = false;
    int64_t column = 0;
    size_t stride = thin ? line_stride(v, l) : 1, since = 0;
    double at = 0, low = 0, high = 0;
    for (size_t k = 0; k <= l->n; k++) {
        bool here = k < l->n && is_drawn(v, l, k);
        if (here && since++ % stride) continue;
        double y = here ? band_edge(&v->y, l->y->data[k]) : 0, y2 = here ? band_edge(&v->y, l->y2->data[k]) : 0;
        int64_t now = here ? column_of(v, l->x->data[k]) : 0;
        if (any && here && thin && now == column) {
            low = fmin(low, fmin(y, y2));
            high = fmax(high, fmax(y, y2));
            continue;
        }
        if (any) row(S, (double[]){at, low, high}, 3);
        if (any && !here) text_append(S, "\n", 1);
        any = here;
        column = now;
        at = here ? l->x->data[k] : 0;
        low = y;
        high = y2;
    }
}

/* Six numbers a row: the middle, then left, right, low, high. */
static void bar_row(State *S, const PanelView *v, double x, double x2, double base, double y) {
    double left = clamp(&v->x, fmin(x, x2)), right = clamp(&v->x, fmax(x, x2)), low = clamp(&v->y, fmin(base, y)), high = clamp(&v->y, fmax(base, y));
    if (left < right) row(S, (double[]){(left + right) / 2, (low + high) / 2, left, right, low, high}, 6);
}

static void bar_data(State *S, const PanelView *v, const Layer *l) {
    bool thin = l->n > FEW_POINTS, any = false;
    int64_t column = 0;
    size_t stride = thin ? line_stride(v, l) : 1, since = 0;
    double x = 0, x2 = 0, y = 0;
    for (size_t k = 0; k < l->n; k++) {
        if (!is_drawn(v, l, k) || since++ % stride) continue;
        int64_t now = column_of(v, l->x->data[k]);
        if (any && thin && now == column) {
            x2 = l->x2->data[k];
            if (fabs(l->y->data[k] - l->base) > fabs(y - l->base)) y = l->y->data[k];
            continue;
        }
        if (any) bar_row(S, v, x, x2, l->base, y);
        any = true;
        column = now;
        x = l->x->data[k];
        x2 = l->x2->data[k];
        y = l->y->data[k];
    }
    if (any) bar_row(S, v, x, x2, l->base, y);
}

/* As vectors through the whole panel: x, y, and how far they go. */
static void rule_data(State *S, const PanelView *v, const Layer *l) {
    bool upright = l->mark == MARK_RULE_X;
    const Scale *s = upright ? &v->x : &v->y;
    double places = (upright ? v->plot_width : v->plot_height) * RULES_A_PIXEL;
    Array *taken = l->n > RULES_A_PIXEL ? array_zero(S, layout_vector(S, (size_t)places + 1)) : NULL;
    for (size_t k = 0; k < l->n; k++) {
        double at = upright ? element(l->x, k) : element(l->y, k);
        if (!is_drawn(v, l, k) || at < s->low || at > s->high) continue;
        double *place = taken ? &taken->data[(size_t)(scale_at(s, at) * places)] : NULL;
        if (place && *place) continue;
        if (place) *place = 1;
        if (upright) row(S, (double[]){at, v->y.low, 0, v->y.high - v->y.low}, 4);
        else row(S, (double[]){v->x.low, at, v->x.high - v->x.low, 0}, 4);
    }
}

/* ---- Points: one for each small square ---- */

static void point_data(State *S, const PanelView *v, const Layer *l) {
    size_t across = (size_t)(v->plot_width / POINT_CELL) + 1, up = (size_t)(v->plot_height / POINT_CELL) + 1;
    Array *taken = l->n > FEW_POINTS ? array_zero(S, layout_vector(S, across * up)) : NULL;
    for (size_t k = 0; k < l->n; k++) {
        if (!is_drawn(v, l, k)) continue;
        double x = scale_at(&v->x, l->x->data[k]), y = scale_at(&v->y, l->y->data[k]);
        bool inside = x >= 0 && x <= 1 && y >= 0 && y <= 1;
        if (!inside && (taken || l->mark == MARK_POINTS)) continue;
        double spread = element(l->y2, k);
        if (taken) {
            double *cell = &taken->data[(size_t)(y * v->plot_height / POINT_CELL) * across + (size_t)(x * v->plot_width / POINT_CELL)];
            if (*cell) continue;
            *cell = 1;
        }
        row(S, (double[]){l->x->data[k], l->y->data[k], isfinite(spread) ? fabs(spread) : 0}, l->mark == MARK_ERRORS ? 3 : 2);
    }
}

void layer_data(State *S, const PanelView *v, unsigned k) {
    const Layer *l = &v->panel->layers[k];
    text_print(S, "$panel%u_%u << EOD\n", v->index, k + 1);
    switch (l->mark) {
        case MARK_LINE: line_data(S, v, l); break;
        case MARK_BAND: band_data(S, v, l); break;
        case MARK_BARS: bar_data(S, v, l); break;
        case MARK_RULE_X:
        case MARK_RULE_Y: rule_data(S, v, l); break;
        default: point_data(S, v, l); break;
    }
    text_append(S, "EOD\n", 4);
}
