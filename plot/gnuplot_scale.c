/* SPDX-License-Identifier: GPL-3.0-or-later
   How far axes of pictures reach, and where their ticks stand. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "plot/gnuplot_parts.h"
#include "runtime/text.h"

/* Beyond this gnuplot's arithmetic overflows. */
#define SCALE_LARGEST 1e200
#define SCALE_LEAST 1e-200

bool scale_takes(const Scale *s, double v) {
    return isfinite(v) && fabs(v) <= SCALE_LARGEST && (!s->log || v >= SCALE_LEAST);
}

double scale_at(const Scale *s, double v) {
    if (!scale_takes(s, v)) return NAN;
    if (!s->log) return (v - s->low) / (s->high - s->low);
    return (log(v) - log(s->low)) / (log(s->high) - log(s->low));
}

/* ---- As far as the data reach ---- */

static void reach(Scale *s, double v) {
    if (!scale_takes(s, v)) return;
    s->low = fmin(s->low, v);
    s->high = fmax(s->high, v);
}

static double element(const Array *a, size_t k) { return a ? a->data[k] : NAN; }

static void reach_x(const Layer *l, Scale *s) {
    if (l->mark == MARK_RULE_Y) return;
    for (size_t k = 0; k < l->n; k++) {
        reach(s, element(l->x, k));
        if (l->mark == MARK_BARS) reach(s, element(l->x2, k));
    }
}

/* `x`: only what lies within it counts. */
static void reach_y(const Layer *l, const Scale *x, Scale *s) {
    if (l->mark == MARK_RULE_X) return;
    if (l->mark == MARK_BARS && l->n) reach(s, l->base);
    for (size_t k = 0; k < l->n; k++) {
        double at = l->mark == MARK_RULE_Y ? x->low : element(l->x, k), y = element(l->y, k), y2 = element(l->y2, k);
        bool seen = scale_takes(x, at) && at <= x->high && (l->mark == MARK_BARS ? element(l->x2, k) : at) >= x->low;
        if (!seen) continue;
        reach(s, y);
        if (l->mark == MARK_BAND) reach(s, y2);
        if (l->mark == MARK_ERRORS && isfinite(y2)) {
            reach(s, y - y2);
            reach(s, y + y2);
        }
    }
}

/* Room beside the data, as a part of what they reach. `bars` stand on their base without any. */
static void widen(Scale *s, double margin, bool keeps_low) {
    if (s->log) {
        double ratio = log(s->high / s->low);
        if (ratio < 1e-9) ratio = 2;
        s->low = exp(log(s->low) - (keeps_low ? 0 : margin * ratio));
        s->high = exp(log(s->high) + margin * ratio);
        return;
    }
    double span = s->high - s->low, size = fmax(fabs(s->low), fabs(s->high));
    /* What differs in the last digits alone is one number. */
    if (span <= 1e-12 * size || span < SCALE_LEAST) {
        span = size > 0 ? fmax(size * 0.1, SCALE_LEAST) : 1;
        margin = 1;
        keeps_low = false;
    }
    if (!keeps_low) s->low -= margin * span;
    s->high += margin * span;
}

static bool settle(Scale *s, double low, double high, double margin, bool keeps_low) {
    bool any = s->low <= s->high;
    if (any) widen(s, margin, keeps_low);
    if (scale_takes(s, low) && (!any || low < s->high || scale_takes(s, high))) s->low = low;
    if (scale_takes(s, high) && high > s->low) s->high = high;
    if (s->low < s->high) return any;
    if (isfinite(s->low)) s->high = s->log ? s->low * 10 : s->low + 1;
    else if (isfinite(s->high)) s->low = s->log ? s->high / 10 : s->high - 1;
    else *s = (Scale){s->log ? 1 : 0, s->log ? 10 : 1, s->log};
    return any;
}

static bool stands_on_low(const Panel *panel, double low) {
    for (uint32_t k = 0; k < panel->n_layers; k++)
        if (panel->layers[k].mark == MARK_BARS && panel->layers[k].n && panel->layers[k].base == low) return true;
    return false;
}

bool panel_scales(const Panel *panel, Scale *x, Scale *y) {
    *x = (Scale){INFINITY, -INFINITY, panel->log_x};
    *y = (Scale){INFINITY, -INFINITY, panel->log_y};
    for (uint32_t k = 0; k < panel->n_layers; k++) reach_x(&panel->layers[k], x);
    Scale shapes_x, shapes_y;
    bool shapes = panel_shapes_extent(panel, &shapes_x, &shapes_y);
    if (shapes) reach(x, shapes_x.low), reach(x, shapes_x.high);
    bool any_x = settle(x, panel->x_low, panel->x_high, panel->n_x_names ? 0.06 : 0.02, false);
    for (uint32_t k = 0; k < panel->n_layers; k++) reach_y(&panel->layers[k], x, y);
    if (shapes) reach(y, shapes_y.low), reach(y, shapes_y.high);
    bool any_y = settle(y, panel->y_low, panel->y_high, 0.05, stands_on_low(panel, y->low));
    return any_x || any_y;
}

/* ---- Ticks ---- */

/* Appends 10⁶ with raised digits, or 2.5×10⁶. */
static void power_text(State *S, double v, int digits) {
    static const char *const raised[] = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
    char number[40];
    snprintf(number, sizeof number, "%.*e", digits > 12 ? 12 : digits, v);
    char *e = strchr(number, 'e');
    if (!e) return;
    *e = '\0';
    char *dot = strpbrk(number, ".,");
    if (dot) {
        *dot = '.';
        for (char *end = e - 1; *end == '0' || end == dot; end--) *end = '\0';
    }
    if (strcmp(number, "1") == 0) text_print(S, "10");
    else if (strcmp(number, "-1") == 0) text_print(S, "-10");
    else text_print(S, "%s×10", number);
    const char *at = e + 1;
    if (*at == '-') text_print(S, "⁻");
    at += *at == '-' || *at == '+';
    while (*at == '0' && at[1]) at++;
    for (; *at; at++) text_print(S, "%s", raised[*at - '0']);
}

/* The text of a tick; `step` is the distance to its neighbours. */
static void tick_text(State *S, double v, double step, bool powers) {
    if (fabs(v) < step * 1e-9) text_print(S, "0");
    else if (powers) power_text(S, v, (int)fmax(0, floor(log10(fabs(v))) - floor(log10(step))));
    else {
        char number[40];
        snprintf(number, sizeof number, "%.10g", v);
        char *comma = strchr(number, ',');
        if (comma) *comma = '.';
        text_print(S, "%s", number);
    }
}

/* 1, 2 or 5 times a power of ten. */
static double nice_step(double span, double count) {
    double raw = span / fmax(count, 1), power = pow(10, floor(log10(raw)));
    double lead = raw / power;
    return power * (lead <= 1.0000001 ? 1 : lead <= 2.0000001 ? 2 : lead <= 5.0000001 ? 5 : 10);
}

/* A tick in the list that is being written; keeps the width of the widest. */
static void tick(State *S, double v, double step, bool powers, bool *first, double *widest) {
    text_print(S, "%s'", *first ? "" : ", ");
    size_t start = text_begin(S);
    tick_text(S, v, step, powers);
    *widest = fmax(*widest, gnuplot_text_width(text_at(S, start), text_length(S, start), PALETTE_LETTERS));
    text_print(S, "' ");
    gnuplot_number(S, fabs(v) < step * 1e-9 ? 0 : v);
    *first = false;
}

static double linear_list(State *S, const Scale *s, double step, bool powers) {
    double widest = 0;
    bool first = true;
    text_append(S, "(", 1);
    double from = ceil(s->low / step - 1e-9), count = floor(s->high / step + 1e-9) - from;
    for (int k = 0; k <= count && k < 100; k++) tick(S, (from + k) * step, step, powers, &first, &widest);
    text_append(S, ")", 1);
    return widest;
}

/* Numbers so wide that fewer of them fit make way for fewer. */
static double linear_ticks(State *S, const Scale *s, char axis, double pixels) {
    double size = fmax(fabs(s->low), fabs(s->high)), span = s->high - s->low;
    bool powers = size >= 1e6 || size < 1e-3;
    double count = fmin(6, fmax(2, pixels / (axis == 'x' ? 62 : 38))), widest = 0, step = 0;
    for (int trial = 0; trial < 4; trial++) {
        step = nice_step(span, count);
        size_t start = text_begin(S);
        widest = linear_list(S, s, step, powers);
        text_drop(S, start);
        if (axis == 'y' || (widest + 14) * (span / step) <= pixels || count < 2) break;
        count = fmax(1, count * 0.6);
    }
    text_print(S, "set %ctics ", axis);
    if (powers || step <= 1e-9 * size) {
        widest = linear_list(S, s, step, powers);
        text_append(S, "\n", 1);
    } else {
        gnuplot_number(S, step);
        text_print(S, "\nset format %c '%%.10g'\n", axis);
    }
    return widest;
}

/* Decades, every so many; 1, 2, 5 where there are few; nearly linear ones within one. */
static double log_ticks(State *S, const Scale *s, char axis, double pixels) {
    double low = log10(s->low), high = log10(s->high), room = fmax(2, pixels / (axis == 'x' ? 56 : 34)), widest = 0;
    if (high - low < 0.7) {
        double step = nice_step(s->high - s->low, fmin(room, 5));
        text_print(S, "set %ctics ", axis);
        widest = linear_list(S, s, step, s->high >= 1e6 || s->high < 1e-3);
        text_print(S, "\nunset m%ctics\n", axis);
        return widest;
    }
    static const double few[] = {1, 2, 5};
    int from = (int)floor(low), to = (int)ceil(high), every = 1;
    bool powers = s->low < 1e-3 || s->high >= 1e5, first = true;
    unsigned leads = high - low < 1 || (high - low) * 3 <= room ? 3 : 1;
    while ((high - low) / every > room) every++;
    text_print(S, "set %ctics (", axis);
    for (int d = from; d <= to; d++)
        for (unsigned k = 0; k < leads; k++) {
            double v = few[k] * pow(10, d);
            if (d % every || v < s->low * (1 - 1e-9) || v > s->high * (1 + 1e-9)) continue;
            tick(S, v, v, powers, &first, &widest);
        }
    if (every == 1)
        for (int d = from; d <= to; d++)
            for (int k = 2; k < 10; k++) {
                double v = k * pow(10, d);
                if (v < s->low || v > s->high || (leads == 3 && (k == 2 || k == 5))) continue;
                text_print(S, "%s'' ", first ? "" : ", ");
                gnuplot_number(S, v);
                text_print(S, " 1");
                first = false;
            }
    text_print(S, ")\n");
    return widest;
}

double scale_ticks(State *S, const Scale *scale, char axis, double pixels) {
    return scale->log ? log_ticks(S, scale, axis, pixels) : linear_ticks(S, scale, axis, pixels);
}
