/* SPDX-License-Identifier: GPL-3.0-or-later
   Pictures of data and of distributions: histograms, densities, masses. */
#include <math.h>
#include <string.h>

#include "plot/layers.h"
#include "plot/plot.h"
#include "plot/summary.h"
#include "runtime/distribution.h"
#include "runtime/error.h"
#include "runtime/eval.h"
#include "runtime/text.h"

enum { CURVE_POINTS = 401, TAIL_POINTS = 60, MOST_COUNTS = 200, DRAWS = 4000, MOST_DISTRIBUTIONS = 12 };

/* ---- Which distributions ---- */

/* Some distributions of numbers. */
typedef struct Shown {
    Distribution *d[MOST_DISTRIBUTIONS];
    double low[MOST_DISTRIBUTIONS], high[MOST_DISTRIBUTIONS]; /* where nearly all draws lie */
    size_t n;
} Shown;

static void take_one(State *S, Shown *shown, Value v) {
    if (v.tag != VALUE_DISTRIBUTION) native_type_error(S, "plot", "distribution", "a distribution, or a list of them", v);
    Distribution *d = v.as.distribution;
    if (d->layout->n_axes)
        error_raise(S, "lanes-differ", "Draw outside of the plate.", "the parameters of %s differ between the elements of a plate", d->row->name);
    if (d->joint || d->layout->rank)
        error_raise(S, "wrong-type", "Plot draws of it instead: plot({x: draw(d, 1000)}).",
                    "'plot' shows distributions of numbers, and draws of this %s are %s", d->row->name,
                    d->layout->rank == 1 ? "vectors" : d->layout->rank ? "matrices" : "no numbers");
    if (shown->n == MOST_DISTRIBUTIONS)
        error_raise(S, "too-many-arguments", NULL, "'plot' shows at most %d distributions in one panel", MOST_DISTRIBUTIONS);
    shown->d[shown->n++] = d;
}

static void take(State *S, Shown *shown, Value v) {
    shown->n = 0;
    if (v.tag != VALUE_LIST || !v.as.list->count) take_one(S, shown, v);
    else
        for (uint32_t k = 0; k < v.as.list->count; k++) take_one(S, shown, v.as.list->items[k]);
}

/* ---- Where they are drawn ---- */

static double quantile_of(State *S, Distribution *d, double p) {
    Value at = value_number(p), q = distribution_answer(S, d, "quantile", &at);
    if (q.tag == VALUE_BOOLEAN) return q.as.boolean;
    return q.tag == VALUE_NUMBER ? q.as.number : NAN;
}

/* Of families without known quantiles: the range of some draws, which move no other stream. */
static void range_of_draws(State *S, Distribution *d, double *low, double *high) {
    Value draws = value_detached(distribution_sample(S, d, random_key(S, string_of(S, "plot")), DRAWS));
    if (value_has_lanes(draws)) error_raise(S, "lanes-differ", NULL, "'plot' draws one picture: call it outside of plates");
    double scratch[LANE_BLOCK];
    Summary s = summary_of(S, value_layout(S, draws)->components, value_data(draws, scratch));
    if (!s.n) error_raise(S, "bad-argument", NULL, "draws of %s are not finite", d->row->name);
    summary_range(&s, low, high);
}

/* Between small quantiles, or, of heavy tails, as far from the quartiles as a few times their distance. */
static void find_range(State *S, Distribution *d, double *low, double *high) {
    *low = quantile_of(S, d, 0.001);
    *high = quantile_of(S, d, 0.999);
    if (!isfinite(*low) || !isfinite(*high)) {
        range_of_draws(S, d, low, high);
        return;
    }
    double first = quantile_of(S, d, 0.25), third = quantile_of(S, d, 0.75), reach = 5 * (third - first);
    if (!(reach > 0) || d->discrete) return;
    *low = fmax(*low, first - reach);
    *high = fmin(*high, third + reach);
}

/* Curves show a little of what lies beyond, edges among it. */
static void widen(const Distribution *d, double *low, double *high) {
    double room = *low < *high ? 0.06 * (*high - *low) : fmax(fabs(*low) * 0.1, 1e-3);
    if (d->discrete) return;
    *low -= room;
    *high += room;
}

static void find_ranges(State *S, Shown *shown) {
    for (size_t k = 0; k < shown->n; k++) {
        find_range(S, shown->d[k], &shown->low[k], &shown->high[k]);
        widen(shown->d[k], &shown->low[k], &shown->high[k]);
    }
}

static bool all_discrete(const Shown *shown) {
    for (size_t k = 0; k < shown->n; k++)
        if (!shown->d[k]->discrete) return false;
    return true;
}

/* ---- Curves ---- */

static Array *density_of(State *S, Distribution *d, Array *x) {
    Value log_density = value_detached(distribution_log_prob(S, d, value_array(x, 0)));
    double scratch[LANE_BLOCK];
    const double *from = value_data(log_density, scratch);
    bool single = value_layout(S, log_density)->components == 1;
    Array *y = array_new(S, layout_vector(S, x->layout->components));
    for (size_t k = 0; k < x->layout->components; k++) {
        y->data[k] = exp(from[single ? 0 : k]);
        if (isnan(from[single ? 0 : k]) || isinf(y->data[k])) y->data[k] = NAN;
    }
    return y;
}

static String *name_of(State *S, Distribution *d) {
    size_t start = text_begin(S);
    text_value(S, value_object(d));
    return text_finish(S, start);
}

/* Where a density grows without bound at some point, the height is cut to what stands beside. */
static void cut_pole(Panel *panel, const double *y) {
    enum { BESIDE = 6 };
    size_t peak = 0;
    double beside = 0;
    for (size_t k = 1; k < CURVE_POINTS; k++)
        if (y[k] > y[peak] || isnan(y[peak])) peak = k;
    for (size_t k = 0; k < CURVE_POINTS; k++)
        if ((k > peak + BESIDE || k + BESIDE < peak) && y[k] > beside) beside = y[k];
    if (!(beside > 0) || y[peak] < 4 * beside) return;
    panel->y_high = fmax(isnan(panel->y_high) ? 0 : panel->y_high, 1.5 * beside);
    panel->y_low = 0;
}

/* n points behind the first `used` ones. */
static size_t add_points(Array *x, size_t used, size_t n, double low, double high) {
    for (size_t k = 0; k < n; k++) {
        double t = (double)k / (double)(n - 1);
        x->data[used + k] = low * (1 - t) + high * t;
    }
    return used + n;
}

/* Over [from, to], with most points where its draws lie. */
static void draw_curve(State *S, Panel *panel, Distribution *d, double low, double high, double from, double to) {
    bool left = from < low, right = to > high;
    Array *x = array_new(S, layout_vector(S, CURVE_POINTS + (left ? TAIL_POINTS : 0) + (right ? TAIL_POINTS : 0)));
    size_t n = left ? add_points(x, 0, TAIL_POINTS, from, low) : 0;
    n = add_points(x, n, CURVE_POINTS, low, high);
    if (right) n = add_points(x, n, TAIL_POINTS, high, to);
    Array *y = density_of(S, d, x);
    String *name = name_of(S, d);
    Layer *layer = panel_layer(S, panel, MARK_LINE, NULL);
    layer->n = n;
    layer->x = x;
    layer->y = y;
    layer->label = name;
    cut_pole(panel, y->data + (left ? TAIL_POINTS : 0));
}

/* Masses of the counts from low to high, or of some of them where there are many. */
static void draw_masses(State *S, Panel *panel, Distribution *d, double low, double high, bool alone) {
    low = floor(low);
    high = ceil(high);
    double each = fmax(1, ceil((high - low + 1) / MOST_COUNTS));
    size_t n = (size_t)((high - low) / each) + 1;
    Array *x = array_new(S, layout_vector(S, n));
    for (size_t k = 0; k < n; k++) x->data[k] = low + (double)k * each;
    Array *y = density_of(S, d, x);
    String *name = name_of(S, d);
    if (alone) {
        Array *from = array_new(S, x->layout), *to = array_new(S, x->layout);
        for (size_t k = 0; k < n; k++) from->data[k] = x->data[k] - 0.4 * each, to->data[k] = x->data[k] + 0.4 * each;
        Layer *bars = panel_layer(S, panel, MARK_BARS, NULL);
        bars->n = n;
        bars->x = from;
        bars->x2 = to;
        bars->y = y;
        bars->label = name;
        return;
    }
    Layer *line = panel_layer(S, panel, MARK_LINE, NULL);
    line->faint = true;
    line->n = n;
    line->x = x;
    line->y = y;
    Layer *points = panel_layer(S, panel, MARK_POINTS, NULL);
    points->colour = COLOUR_SAME;
    points->n = n;
    points->x = x;
    points->y = y;
    points->label = name;
}

/* ---- Pictures ---- */

Picture *picture_of_distribution(State *S, Value distribution) {
    Shown shown;
    take(S, &shown, distribution);
    find_ranges(S, &shown);
    Picture *picture = picture_new(S);
    Panel *panel = picture_panel(S, picture);
    bool masses = all_discrete(&shown);
    double from = INFINITY, to = -INFINITY;
    for (size_t k = 0; k < shown.n; k++) from = fmin(from, shown.low[k]), to = fmax(to, shown.high[k]);
    panel->x_label = string_of(S, "x");
    panel->y_label = string_of(S, masses ? "probability" : "density");
    for (size_t k = 0; k < shown.n; k++) {
        if (shown.d[k]->discrete) draw_masses(S, panel, shown.d[k], shown.low[k], shown.high[k], shown.n == 1);
        else draw_curve(S, panel, shown.d[k], shown.low[k], shown.high[k], from, to);
    }
    return picture;
}

/* The distributions reach as far as the data, and as far as they would alone, unless that made the data a spike. */
static void draw_over(State *S, Panel *panel, const Shown *shown, const Bins *bins) {
    double low = bins->low, high = bins->low + (double)bins->n * bins->width, span = high - low, half = bins->width / 2;
    for (size_t k = 0; k < shown->n; k++) {
        double from = fmax(fmin(shown->low[k], low), low - span), to = fmin(fmax(shown->high[k], high), high + span);
        double own_low = fmax(shown->low[k], from), own_high = fmin(shown->high[k], to);
        if (shown->d[k]->discrete) draw_masses(S, panel, shown->d[k], from == low ? low + half : from, to == high ? high - half : to, false);
        else if (own_low < own_high) draw_curve(S, panel, shown->d[k], own_low, own_high, from, to);
        else draw_curve(S, panel, shown->d[k], from, to, from, to);
    }
}

Picture *picture_of_data(State *S, Value data, Value distribution) {
    Shown shown = {.n = 0};
    if (distribution.tag != VALUE_UNASSIGNED) take(S, &shown, distribution);
    find_ranges(S, &shown);
    Array *x = layers_vector(S, "plot", "x", data);
    Summary s = summary_of(S, x->layout->components, x->data);
    Picture *picture = picture_new(S);
    Panel *panel = picture_panel(S, picture);
    panel->x_label = string_of(S, "x");
    if (!s.n)
        error_raise(S, "bad-argument", NULL, "'plot' takes data, and %s", s.left_out ? "none of these numbers is finite" : "there are none");
    double low, high;
    summary_range(&s, &low, &high);
    Bins bins = summary_bins(&s, low, high);
    bool shares = s.whole && bins.width == 1 && (!shown.n || all_discrete(&shown));
    panel->y_label = string_of(S, shares ? "share" : "density");
    summary_bars(S, panel, "data", &s, &bins, shares);
    panel->note = summary_note(S, &s, "numbers", low, high);
    draw_over(S, panel, &shown, &bins);
    return picture;
}
