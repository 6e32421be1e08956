/* SPDX-License-Identifier: GPL-3.0-or-later
   Axes of panels: what the layers reach, and ticks. */
#include "plot/axis.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/error.h"

/* ---- Range ---- */

/* Numbers that are nearer to each other than this, relatively, count as one. */
static const double ONE_VALUE = 1e-13;

static void widen(double *low, double *high, bool log) {
    if (log) {
        if (*high / *low > 1 + ONE_VALUE) return;
        *low = fmax(*low / 2, DBL_TRUE_MIN);
        *high = fmin(*high * 2, DBL_MAX);
        return;
    }
    double most = fmax(fabs(*low), fabs(*high));
    if (*high / 2 - *low / 2 > ONE_VALUE * most / 2) return;
    double pad = most * 0.1 > DBL_MIN ? most * 0.1 : 1;
    *low = fmax(*low - pad, -DBL_MAX);
    *high = fmin(*high + pad, DBL_MAX);
}

PlotAxis plot_axis_of(double low, double high, bool log) {
    bool empty = !isfinite(low) || !isfinite(high) || (log && low <= 0);
    if (empty) {
        low = log ? 1 : 0;
        high = log ? 10 : 1;
    }
    widen(&low, &high, log);
    PlotAxis axis = {.log = log, .empty = empty, .low = low, .high = high, .factor = 1};
    if (!log && !isfinite(high - low)) axis.factor = 0.5;
    axis.from = log ? log10(low) : low * axis.factor;
    axis.span = (log ? log10(high) : high * axis.factor) - axis.from;
    return axis;
}

double plot_axis_place(const PlotAxis *axis, double x) {
    if (axis->log) return x > 0 ? (log10(x) - axis->from) / axis->span : NAN;
    return (x * axis->factor - axis->from) / axis->span;
}

typedef struct Reach {
    bool log;
    bool broken; /* there are numbers that are no integers */
    double low, high;
} Reach;

static inline void reach(Reach *r, double x) {
    if (!isfinite(x) || (r->log && x <= 0)) return;
    r->broken |= x != floor(x);
    if (x < r->low) r->low = x;
    if (x > r->high) r->high = x;
}

static void reach_all(Reach *r, const Array *x, size_t n) {
    for (size_t k = 0; x && k < n; k++) reach(r, x->data[k]);
}

/* Whether the point is within the range of x that was asked for: others do not stretch y. */
static bool in_view(const Panel *panel, const Layer *layer, size_t k) {
    if (!layer->x) return true;
    double left = layer->x2 ? layer->x2->data[k] : layer->x->data[k];
    return !(left < panel->x_low) && !(layer->x->data[k] > panel->x_high);
}

static void reach_y(Reach *r, const Panel *panel, const Layer *layer) {
    bool all = isnan(panel->x_low) && isnan(panel->x_high);
    for (size_t k = 0; layer->y && k < layer->n; k++) {
        if (!all && !in_view(panel, layer, k)) continue;
        double y = layer->y->data[k];
        reach(r, y);
        if (layer->mark == MARK_BARS) reach(r, layer->base);
        if (layer->mark == MARK_BAND) reach(r, layer->y2->data[k]);
        if (layer->mark != MARK_ERRORS) continue;
        reach(r, y - layer->y2->data[k]);
        reach(r, y + layer->y2->data[k]);
    }
}

/* Over a shorter range integers as ticks would be too few. */
enum { LEAST_WHOLE = 2 };

/* What was asked for goes first. */
static PlotAxis axis_within(Reach r, double low, double high, bool log) {
    if (!isnan(low)) {
        r.low = low;
        if (!(r.high > low)) r.high = isnan(high) ? (log ? low * 10 : low + fmax(fabs(low) * 0.1, 1)) : high;
    }
    if (!isnan(high)) {
        r.high = high;
        if (!(r.low < high)) r.low = isnan(low) ? (log ? high / 10 : high - fmax(fabs(high) * 0.1, 1)) : low;
    }
    PlotAxis axis = plot_axis_of(r.low, r.high, log);
    axis.whole = !r.broken && axis.high - axis.low >= LEAST_WHOLE;
    return axis;
}

static void reach_shapes(Reach *r, const Panel *panel, bool is_x) {
    for (uint32_t k = 0; k < panel->n_shapes; k++) {
        const Shape *s = &panel->shapes[k];
        double at = is_x ? s->x : s->y, other = is_x ? s->x2 : s->y2;
        bool centred = s->kind == SHAPE_ELLIPSE || s->kind == SHAPE_BOX;
        reach(r, centred ? at - other : at);
        if (s->kind != SHAPE_TEXT) reach(r, centred ? at + other : other);
    }
}

PlotAxis plot_axis_x(const Panel *panel) {
    Reach r = {panel->log_x, false, INFINITY, -INFINITY};
    for (uint32_t k = 0; k < panel->n_layers; k++) {
        reach_all(&r, panel->layers[k].x, panel->layers[k].n);
        reach_all(&r, panel->layers[k].x2, panel->layers[k].n);
    }
    if (panel->bare) reach_shapes(&r, panel, true);
    return axis_within(r, panel->x_low, panel->x_high, panel->log_x);
}

PlotAxis plot_axis_y(const Panel *panel) {
    Reach r = {panel->log_y, false, INFINITY, -INFINITY};
    bool bars = false;
    for (uint32_t k = 0; k < panel->n_layers; k++) {
        reach_y(&r, panel, &panel->layers[k]);
        bars = bars || panel->layers[k].mark == MARK_BARS;
    }
    if (panel->bare) reach_shapes(&r, panel, false);
    if (bars && panel->log_y && r.low < INFINITY) r.low /= 2; /* so that the least bar has a height */
    return axis_within(r, panel->y_low, panel->y_high, panel->log_y);
}

/* ---- What ticks say ---- */

static int exponent_of(double x) { return (int)floor(log10(fabs(x)) + 1e-9); }

/* 1.50e+06 becomes 1.5e6. */
static void tidy_exponent(char *text) {
    char *e = strchr(text, 'e');
    if (!e) return;
    long exponent = strtol(e + 1, NULL, 10);
    char *end = e;
    if (memchr(text, '.', (size_t)(e - text)))
        while (end[-1] == '0') end--;
    if (end[-1] == '.') end--;
    snprintf(end, 8, "e%ld", exponent);
}

/* `most` is the largest number of its axis by size, `step` the distance of the ticks: these decide how numbers are written. */
static void tick_text(char text[PLOT_TICK_TEXT], double x, double step, double most) {
    if (fabs(x) < step * 1e-6) {
        strcpy(text, "0");
        return;
    }
    int digits = exponent_of(step);
    if (most >= 1e6 * (1 - 1e-9) || most < 1e-3) {
        int decimals = exponent_of(x) - digits;
        snprintf(text, PLOT_TICK_TEXT, "%.*e", decimals < 0 ? 0 : decimals > 12 ? 12 : decimals, x);
        tidy_exponent(text);
        return;
    }
    snprintf(text, PLOT_TICK_TEXT, "%.*f", digits < 0 ? -digits : 0, x);
}

/* Ticks that would need so many digits are written as what is to be added to an offset. */
enum { MOST_DIGITS = 7 };

static double choose_offset(PlotAxis *axis, double step) {
    double most = fmax(fabs(axis->low), fabs(axis->high));
    if (exponent_of(most) - exponent_of(step) + 1 <= MOST_DIGITS) return 0;
    double quantum = pow(10, ceil(log10(axis->high - axis->low)));
    double offset = floor(axis->low / quantum) * quantum;
    char number[PLOT_TICK_TEXT];
    snprintf(number, sizeof number, "%.15g", fabs(offset));
    tidy_exponent(number);
    snprintf(axis->offset, sizeof axis->offset, "%c %s", offset < 0 ? '-' : '+', number);
    return offset;
}

static void add_tick(PlotAxis *axis, double at) {
    if (axis->n_ticks == PLOT_TICKS || !isfinite(at) || at < axis->low || at > axis->high) return;
    axis->ticks[axis->n_ticks++].at = at;
}

/* ---- Where they stand ---- */

/* The nearest of 1, 2, 5, 10 times a power of ten, by ratio. */
static double nice_step(double x) {
    double power = pow(10, exponent_of(x)), m = x / power;
    return (m < 1.41 ? 1 : m < 3.16 ? 2 : m < 7.07 ? 5 : 10) * power;
}

static void ends_only(PlotAxis *axis) {
    axis->n_ticks = 0;
    add_tick(axis, axis->low);
    add_tick(axis, axis->high);
    for (unsigned k = 0; k < axis->n_ticks; k++) {
        snprintf(axis->ticks[k].text, PLOT_TICK_TEXT, "%.3g", axis->ticks[k].at);
        tidy_exponent(axis->ticks[k].text);
    }
}

static void linear_ticks(PlotAxis *axis, unsigned wanted) {
    double step = 0;
    for (unsigned parts = wanted < 2 ? 2 : wanted; parts <= PLOT_TICKS / 2; parts++) {
        axis->n_ticks = 0;
        step = nice_step(axis->high / parts - axis->low / parts);
        if (axis->whole && step < 1) step = 1;
        if (!(step > DBL_MIN) || !isfinite(step)) break;
        double slack = step * 1e-9, first = ceil((axis->low - slack) / step), last = floor((axis->high + slack) / step);
        /* Both are below 2^53, as the range is not too small for its numbers. */
        for (double k = first; k <= last && axis->n_ticks < PLOT_TICKS; k++) add_tick(axis, fmin(fmax(k * step, axis->low), axis->high));
        if (axis->n_ticks >= 2) break;
    }
    if (axis->n_ticks < 2) {
        ends_only(axis);
        return;
    }
    double offset = choose_offset(axis, step);
    double most = fmax(fabs(axis->ticks[0].at - offset), fabs(axis->ticks[axis->n_ticks - 1].at - offset));
    for (unsigned k = 0; k < axis->n_ticks; k++) {
        double x = axis->ticks[k].at;
        tick_text(axis->ticks[k].text, offset != 0 ? rint((x - offset) / step) * step : x, step, most);
    }
}

static void log_texts(PlotAxis *axis) {
    bool plain = axis->ticks[0].at > 0.9e-4 && axis->ticks[axis->n_ticks - 1].at < 5e5;
    for (unsigned k = 0; k < axis->n_ticks; k++) {
        double x = axis->ticks[k].at;
        snprintf(axis->ticks[k].text, PLOT_TICK_TEXT, plain || x == 1 ? "%g" : "%.0e", x);
        tidy_exponent(axis->ticks[k].text);
    }
}

/* The least round number of decades that is no less. */
static int decade_stride(unsigned decades) {
    static const int strides[] = {1, 2, 3, 5, 10, 20, 30, 50, 100, 200};
    size_t k = 0, last = sizeof strides / sizeof *strides - 1;
    while (k < last && strides[k] < (int)decades) k++;
    return strides[k];
}

static void log_ticks(PlotAxis *axis, unsigned wanted) {
    static const double within[] = {1, 2, 5};
    int first = (int)ceil(log10(axis->low) - 1e-9), last = (int)floor(log10(axis->high) + 1e-9);
    unsigned decades = last >= first ? (unsigned)(last - first) + 1 : 0;
    if (decades >= 2 && 3 * decades > wanted) {
        int stride = decade_stride((decades + wanted - 1) / wanted);
        int from = (int)(ceil((double)first / stride) * stride);
        for (int e = from; e <= last; e += stride) add_tick(axis, fmin(fmax(pow(10, e), axis->low), axis->high));
        if (axis->n_ticks == 1) { /* one that divides by the stride: its neighbour will do */
            axis->n_ticks = 0;
            add_tick(axis, pow(10, first));
            add_tick(axis, pow(10, last));
        }
    } else
        for (int e = first - 1; e <= last; e++)
            for (size_t k = 0; k < sizeof within / sizeof *within; k++) add_tick(axis, within[k] * pow(10, e));
    if (axis->n_ticks >= 2) log_texts(axis);
    else linear_ticks(axis, wanted);
}

void plot_axis_ticks(PlotAxis *axis, unsigned wanted) {
    axis->n_ticks = 0;
    axis->offset[0] = '\0';
    if (axis->log) log_ticks(axis, wanted ? wanted : 1);
    else linear_ticks(axis, wanted);
}

/* ---- Logarithms of what has none ---- */

typedef struct Positive {
    bool any, some; /* numbers; numbers above zero */
    const Layer *layer; /* that has a number below zero */
    double below;
} Positive;

static void look(Positive *p, const Layer *layer, const Array *x) {
    for (size_t k = 0; x && k < layer->n; k++) {
        double v = x->data[k];
        if (isnan(v)) continue;
        p->any = true;
        p->some |= v > 0;
        if (v < 0 && !p->layer) {
            p->layer = layer;
            p->below = v;
        }
    }
}

static void check_axis(State *S, const Panel *panel, char axis) {
    Positive p = {0};
    for (uint32_t k = 0; k < panel->n_layers; k++) {
        const Layer *layer = &panel->layers[k];
        /* Bars and bands begin at the axis where they would begin below it. */
        bool wide = axis == 'x' ? layer->mark == MARK_BARS : layer->mark == MARK_BAND;
        look(&p, layer, axis == 'x' ? (wide ? layer->x2 : layer->x) : wide ? layer->y2 : layer->y);
    }
    const char *advice = error_text(S, "Leave out '%c' of `log`, or draw what is positive.", axis);
    if (p.layer)
        error_raise(S, "bad-argument", advice, "the %c axis is logarithmic, and %s%.60s%s has the number %g there", axis, p.layer->label ? "'" : "a layer",
                    p.layer->label ? p.layer->label->text : "", p.layer->label ? "'" : "", p.below);
    if (p.any && !p.some) error_raise(S, "bad-argument", advice, "the %c axis is logarithmic, and no number there is above zero", axis);
}

void plot_axis_check(State *S, const Panel *panel) {
    if (panel->log_x) check_axis(S, panel, 'x');
    if (panel->log_y) check_axis(S, panel, 'y');
}
