/* SPDX-License-Identifier: GPL-3.0-or-later
   Where the key of a panel stands: in a corner that no data reach, or else below the panel. */
#include <math.h>

#include "plot/gnuplot_parts.h"
#include "runtime/text.h"

/* Pixels: of a sample with the space around it, of a line, between key and border. */
enum { KEY_SAMPLE = 46, KEY_LINE = 18, KEY_GAP = 12, KEY_ENTRIES = 12 };

/* A part of the plot, from 0 to 1 on both axes. */
typedef struct Box {
    double left, right, low, high;
} Box;

static double element(const Array *a, size_t k) { return a ? a->data[k] : NAN; }

bool layer_in_key(const PanelView *v, const Layer *l) { return l->label && l->label->length && layer_is_drawn(v, l); }

double panel_key_text_width(const PanelView *v) { return fmin(0.6 * v->plot_width, 420); }

/* ---- What the data reach ---- */

/* Whether the line from (x, y) to (x2, y2) meets the box (Liang and Barsky, 1984). */
static bool line_meets(const Box *b, double x, double y, double x2, double y2) {
    double from = 0, to = 1, dx = x2 - x, dy = y2 - y;
    double p[4] = {-dx, dx, -dy, dy}, q[4] = {x - b->left, b->right - x, y - b->low, b->high - y};
    for (int k = 0; k < 4; k++) {
        if (p[k] == 0) {
            if (q[k] < 0) return false;
            continue;
        }
        double t = q[k] / p[k];
        if (p[k] < 0) from = fmax(from, t);
        else to = fmin(to, t);
    }
    return from <= to;
}

static bool area_meets(const Box *b, double x, double x2, double y, double y2) {
    return fmax(x, x2) >= b->left && fmin(x, x2) <= b->right && fmax(y, y2) >= b->low && fmin(y, y2) <= b->high;
}

/* Where y lies; what a logarithmic axis has no place for lies below it. */
static double level(const Scale *s, double y) {
    if (isnan(y)) return NAN;
    if (s->log && y <= 0) return -1;
    double at = scale_at(s, y);
    return isnan(at) ? (y > 0 ? 2 : -1) : at;
}

static bool line_layer_meets(const PanelView *v, const Layer *l, const Box *b) {
    double x = NAN, y = NAN;
    for (size_t k = 0; k < l->n; k++) {
        double x2 = scale_at(&v->x, element(l->x, k)), y2 = scale_at(&v->y, element(l->y, k));
        if (!isnan(x) && !isnan(x2) && !isnan(y) && !isnan(y2) && line_meets(b, x, y, x2, y2)) return true;
        x = x2;
        y = y2;
    }
    return l->n == 1 && area_meets(b, x, x, y, y);
}

static bool band_layer_meets(const PanelView *v, const Layer *l, const Box *b) {
    double x = NAN, low = NAN, high = NAN;
    for (size_t k = 0; k < l->n; k++) {
        double x2 = scale_at(&v->x, element(l->x, k)), y = level(&v->y, element(l->y, k)), y2 = level(&v->y, element(l->y2, k));
        if (!isnan(x) && area_meets(b, x, x2, fmin(low, fmin(y, y2)), fmax(high, fmax(y, y2)))) return true;
        x = isnan(y) || isnan(y2) ? NAN : x2;
        low = fmin(y, y2);
        high = fmax(y, y2);
    }
    return false;
}

static bool element_meets(const PanelView *v, const Layer *l, const Box *b, size_t k) {
    double x = scale_at(&v->x, element(l->x, k)), y = level(&v->y, element(l->y, k)), spread = element(l->y2, k);
    switch (l->mark) {
        case MARK_RULE_X: return x >= b->left && x <= b->right;
        case MARK_RULE_Y: return y >= b->low && y <= b->high;
        case MARK_BARS: return area_meets(b, x, scale_at(&v->x, element(l->x2, k)), level(&v->y, l->base), y);
        case MARK_ERRORS:
            if (isfinite(spread))
                return area_meets(b, x, x, level(&v->y, element(l->y, k) - spread), level(&v->y, element(l->y, k) + spread));
            return area_meets(b, x, x, y, y);
        default: return area_meets(b, x, x, y, y);
    }
}

static bool layer_meets(const PanelView *v, const Layer *l, const Box *b) {
    if (l->mark == MARK_LINE) return line_layer_meets(v, l, b);
    if (l->mark == MARK_BAND) return band_layer_meets(v, l, b);
    for (size_t k = 0; k < l->n; k++)
        if (element_meets(v, l, b, k)) return true;
    return false;
}

static bool shape_meets(const PanelView *v, const Shape *s, const Box *b) {
    double reach_x = s->kind == SHAPE_ELLIPSE || s->kind == SHAPE_BOX ? s->x2 : 0, reach_y = reach_x ? s->y2 : 0;
    double x = s->x - reach_x, x2 = s->x + reach_x, y = s->y - reach_y, y2 = s->y + reach_y;
    if (s->kind == SHAPE_ARROW || s->kind == SHAPE_LINE) x2 = s->x2, y2 = s->y2;
    double left = scale_at(&v->x, x), right = scale_at(&v->x, x2);
    if (s->kind == SHAPE_TEXT && s->text) {
        double half = gnuplot_text_width(s->text->text, s->text->length, PALETTE_LETTERS) / v->plot_width / 2;
        left -= half;
        right += half;
    }
    return area_meets(b, left, right, level(&v->y, y), level(&v->y, y2));
}

static bool is_free(const PanelView *v, const Box *b) {
    for (uint32_t k = 0; k < v->panel->n_layers; k++)
        if (layer_meets(v, &v->panel->layers[k], b)) return false;
    for (uint32_t k = 0; k < v->panel->n_shapes; k++)
        if (shape_meets(v, &v->panel->shapes[k], b)) return false;
    return true;
}

/* ---- The key ---- */

/* How wide its widest entry is, and how many it has. */
static unsigned key_entries(State *S, const PanelView *v, double *width) {
    unsigned n = 0;
    *width = 0;
    for (uint32_t k = 0; k < v->panel->n_layers; k++) {
        const Layer *l = &v->panel->layers[k];
        const String *label = layer_in_key(v, l) ? gnuplot_clean(S, l->label) : NULL;
        if (!label) continue;
        n++;
        *width = fmax(*width, gnuplot_text_width(label->text, label->length, PALETTE_LETTERS));
    }
    *width = fmin(*width, panel_key_text_width(v)) + KEY_SAMPLE;
    return n;
}

static const char *free_corner(const PanelView *v, double width, double height) {
    double w = (width + KEY_GAP) / v->plot_width, h = (height + KEY_GAP) / v->plot_height, middle = 0.5 * w;
    const struct {
        Box box;
        const char *name;
    } corners[] = {
        {{1 - w, 1, 1 - h, 1}, "right top"},     {{0, w, 1 - h, 1}, "left top"},
        {{1 - w, 1, 0, h}, "right bottom"},      {{0, w, 0, h}, "left bottom"},
        {{0.5 - middle, 0.5 + middle, 1 - h, 1}, "center top"}, {{0.5 - middle, 0.5 + middle, 0, h}, "center bottom"},
        {{1 - w, 1, 0.5 - 0.5 * h, 0.5 + 0.5 * h}, "right center"}, {{0, w, 0.5 - 0.5 * h, 0.5 + 0.5 * h}, "left center"},
    };
    if (w > 0.75 || h > 0.75) return NULL;
    for (unsigned k = 0; k < sizeof corners / sizeof *corners; k++)
        if (is_free(v, &corners[k].box)) return corners[k].name;
    return NULL;
}

bool panel_key(State *S, const PanelView *v) {
    double width;
    unsigned n = key_entries(S, v, &width);
    if (!n) {
        text_print(S, "unset key\n");
        return false;
    }
    const char *corner = n <= KEY_ENTRIES ? free_corner(v, width, n * KEY_LINE) : NULL;
    text_print(S, "set key noenhanced Left reverse noautotitle samplen 2 spacing 1.15 width 0 textcolor rgb '#" PALETTE_TEXT "' ");
    if (corner) text_print(S, "inside %s vertical maxrows auto\n", corner);
    else if (n <= KEY_ENTRIES) text_print(S, "bmargin center horizontal maxcols %u\n", (unsigned)fmax(1, floor(v->width / (width + 8))));
    else text_print(S, "rmargin center vertical maxrows auto\n");
    return !corner && n <= KEY_ENTRIES;
}
