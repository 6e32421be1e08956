/* SPDX-License-Identifier: GPL-3.0-or-later
   Numbers in order, their quantiles, ranges and bins. */
#include "plot/summary.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lexer/utf8.h"
#include "runtime/text.h"

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Two passes: no digits are lost where the mean is large. */
static void take_moments(Summary *s) {
    double scale = s->n ? fmax(fabs(s->x[0]), fabs(s->x[s->n - 1])) : 0, sum = 0, squares = 0;
    if (!(scale > 0)) return;
    for (size_t k = 0; k < s->n; k++) sum += s->x[k] / scale;
    double mean = sum / (double)s->n;
    for (size_t k = 0; k < s->n; k++) squares += (s->x[k] / scale - mean) * (s->x[k] / scale - mean);
    s->mean = mean * scale;
    s->sd = s->n > 1 && s->x[0] < s->x[s->n - 1] ? sqrt(squares / (double)(s->n - 1)) * scale : 0;
}

Summary summary_of(State *S, size_t n, const double *x) {
    Array *sorted = array_new(S, layout_vector(S, n));
    Summary s = {.x = sorted->data, .whole = true};
    for (size_t k = 0; k < n; k++) {
        if (!isfinite(x[k])) continue;
        sorted->data[s.n++] = x[k];
        s.whole = s.whole && x[k] == floor(x[k]) && fabs(x[k]) < 1e15;
    }
    qsort(sorted->data, s.n, sizeof *sorted->data, ascending);
    s.left_out = n - s.n;
    take_moments(&s);
    return s;
}

double summary_quantile(const Summary *s, double p) {
    if (!s->n) return NAN;
    double h = p * (double)(s->n - 1);
    size_t at = (size_t)h;
    if (at + 1 >= s->n) return s->x[s->n - 1];
    return s->x[at] + (h - (double)at) * (s->x[at + 1] - s->x[at]);
}

enum { FAR_OUT = 6 };

void summary_range(const Summary *s, double *low, double *high) {
    *low = s->n ? s->x[0] : 0;
    *high = s->n ? s->x[s->n - 1] : 0;
    double first = summary_quantile(s, 0.25), third = summary_quantile(s, 0.75), reach = FAR_OUT * (third - first);
    if (!(reach > 0) || !isfinite(reach)) return;
    /* one number right behind the end is worth a little more room */
    if (*low < first - 1.5 * reach) *low = s->x[summary_outside(s, first - reach, INFINITY)];
    if (*high > third + 1.5 * reach) *high = s->x[s->n - 1 - summary_outside(s, -INFINITY, third + reach)];
}

size_t summary_outside(const Summary *s, double low, double high) {
    size_t below = 0, above = 0;
    while (below < s->n && s->x[below] < low) below++;
    while (above < s->n - below && s->x[s->n - 1 - above] > high) above++;
    return below + above;
}

/* ---- Bins ---- */

/* The width that the rule gives for so long a span. */
static double rule_width(const Summary *s, double span) {
    double distance = summary_quantile(s, 0.75) - summary_quantile(s, 0.25), n = (double)s->n;
    return distance > 0 ? 2 * distance / cbrt(n) : span / ceil(1 + log2(n));
}

static Bins whole_bins(const Summary *s, double low, double high) {
    double span = high - low + 1;
    double each = span <= SUMMARY_COUNTS ? 1 : fmax(rint(rule_width(s, span)), ceil(span / SUMMARY_COUNTS));
    return (Bins){(size_t)ceil(span / each), low - 0.5, each};
}

Bins summary_bins(const Summary *s, double low, double high) {
    if (s->whole) return whole_bins(s, low, high);
    double span = high - low;
    if (!(span > 0) || !isfinite(span)) {
        double width = fmax(fabs(low) * 0.1, 1e-300);
        return (Bins){1, low - width / 2, width};
    }
    double bins = fmin(fmax(ceil(span / rule_width(s, span)), 1), SUMMARY_BINS);
    return (Bins){(size_t)bins, low, span / bins};
}

void summary_heights(const Summary *s, const Bins *bins, bool shares, double *heights) {
    memset(heights, 0, bins->n * sizeof *heights);
    double unit = (double)s->n * (shares ? 1 : bins->width), end = (double)bins->n;
    for (size_t k = 0; k < s->n; k++) {
        double at = (s->x[k] - bins->low) / bins->width;
        if (at < 0 || at > end * (1 + 1e-12)) continue;
        size_t bin = (size_t)at;
        heights[bin < bins->n ? bin : bins->n - 1] += 1 / unit;
    }
}

Layer *summary_bars(State *S, Panel *panel, const char *label, const Summary *s, const Bins *bins, bool shares) {
    const Layout *l = layout_vector(S, bins->n);
    Array *x = array_new(S, l), *x2 = array_new(S, l), *y = array_new(S, l);
    summary_heights(s, bins, shares, y->data);
    for (size_t k = 0; k < bins->n; k++) {
        x->data[k] = bins->low + (double)k * bins->width;
        x2->data[k] = bins->low + (double)(k + 1) * bins->width;
    }
    Layer *layer = panel_layer(S, panel, MARK_BARS, label);
    layer->n = bins->n;
    layer->x = x;
    layer->x2 = x2;
    layer->y = y;
    layer->colour = COLOUR_DATA;
    return layer;
}

/* ---- Words ---- */

String *summary_text(State *S, const char *format, ...) {
    char text[1024];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (length < 0) length = 0;
    bool cut = (size_t)length >= sizeof text;
    return string_new(S, text, cut ? utf8_whole(text, sizeof text - 1) : (size_t)length);
}

void summary_plus_minus(State *S, double value, double error) {
    const char *sign = value < 0 ? "−" : "";
    bool known = isfinite(error) && error > 0 && isfinite(value);
    int decimals = known ? (int)fmax(0, 1 - floor(log10(error))) : 0;
    if (known && decimals <= 8 && fabs(value) < 1e8 && error < 1e8) {
        text_print(S, "%s%.*f ± %.*f", sign, decimals, fabs(value), decimals, error);
        return;
    }
    text_print(S, "%s", sign);
    text_number(S, fabs(value), 4);
    if (!isfinite(error)) return;
    text_print(S, " ± ");
    text_number(S, error, 2);
}

String *summary_note(State *S, const Summary *s, const char *what, double low, double high) {
    size_t outside = summary_outside(s, low, high);
    if (!s->n) return summary_text(S, "none of the %zu %s is a finite number", s->left_out, what);
    if (outside && s->left_out)
        return summary_text(S, "%zu of %zu %s lie outside; %zu are missing or not finite", outside, s->n, what, s->left_out);
    if (outside) return summary_text(S, "%zu of %zu %s lie outside", outside, s->n, what);
    if (s->left_out) return summary_text(S, "%zu of %zu %s are missing or not finite", s->left_out, s->n + s->left_out, what);
    return NULL;
}

double summary_correlation(size_t n, const double *x, const double *y) {
    double mx = 0, my = 0, xx = 0, yy = 0, xy = 0, pairs = 0;
    for (size_t k = 0; k < n; k++) { /* running means (Welford 1962) */
        if (!isfinite(x[k]) || !isfinite(y[k])) continue;
        double dx = x[k] - mx, dy = y[k] - my;
        pairs++;
        mx += dx / pairs;
        my += dy / pairs;
        xx += dx * (x[k] - mx);
        yy += dy * (y[k] - my);
        xy += dx * (y[k] - my);
    }
    double r = xy / sqrt(xx) / sqrt(yy);
    return xx > 0 && yy > 0 ? fmax(-1, fmin(1, r)) : NAN;
}
