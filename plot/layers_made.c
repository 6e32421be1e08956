/* SPDX-License-Identifier: GPL-3.0-or-later
   Layers that are computed: histograms of data, curves of functions and densities. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "plot/layers.h"
#include "plot/summary.h"
#include "runtime/eval.h"
#include "runtime/message.h"
#include "runtime/operations.h"

static Layer *only_layer(State *S, Picture **picture, MarkKind mark, String *label) {
    *picture = picture_new(S);
    Layer *layer = panel_layer(S, picture_panel(S, *picture), mark, NULL);
    layer->label = label;
    return layer;
}

/* ---- Histograms ---- */

enum { MOST_BINS = 10000 };

Value layers_histogram(State *S, const Value *a, unsigned n) {
    (void)n;
    Array *x = layers_vector(S, "histogram", "x", a[0]);
    Summary s = summary_of(S, x->layout->components, x->data);
    if (!s.n) error_raise(S, "bad-argument", NULL, "'histogram' takes data, and there is no finite number among them");
    long wanted = a[1].tag == VALUE_UNASSIGNED ? 0 : value_to_integer(S, a[1], "the number of bins", 1, MOST_BINS);
    bool density = a[3].tag != VALUE_UNASSIGNED && value_to_truth(S, a[3], "density");
    double low = s.x[0], high = s.x[s.n - 1];
    if (!isfinite(high - low)) error_raise(S, "bad-argument", "Divide them first.", "the numbers are too far apart for a histogram");
    Bins bins = summary_bins(&s, low, high);
    if (wanted && high > low) bins = (Bins){(size_t)wanted, low, (high - low) / (double)wanted};
    String *label = layers_text(S, "histogram", "label", a[2]);
    Picture *picture = picture_new(S);
    Layer *layer = summary_bars(S, picture_panel(S, picture), NULL, &s, &bins, false);
    layer->colour = COLOUR_NEXT;
    layer->label = label;
    for (size_t k = 0; k < layer->n && !density; k++) layer->y->data[k] = rint(layer->y->data[k] * (double)s.n * bins.width);
    return value_object(picture);
}

/* ---- Curves ---- */

enum { CURVE_POINTS = 401, MOST_MASSES = 400 };

/* A quantile, or what stands for it so many standard deviations from the mean. */
static double edge_of(State *S, Distribution *d, double p, double deviations) {
    Value at = value_number(p), q = distribution_answer(S, d, "quantile", &at);
    if (q.tag == VALUE_NUMBER && isfinite(q.as.number)) return q.as.number;
    Value mean = distribution_answer(S, d, "mean", NULL), spread = distribution_answer(S, d, "stddev", NULL);
    if (mean.tag == VALUE_NUMBER && spread.tag == VALUE_NUMBER && isfinite(spread.as.number))
        return mean.as.number + deviations * spread.as.number;
    error_raise(S, "missing-argument", "curve(d, 0, 10) says where it begins and ends.", "no quantiles of %s are known", d->row->name);
}

/* n points from low to high, at equal distances or equal ratios. */
static Array *grid(State *S, size_t n, double low, double high, bool log) {
    Array *x = array_new(S, layout_vector(S, n));
    for (size_t k = 0; k < n; k++) {
        double t = (double)k / (double)(n - 1);
        x->data[k] = k + 1 == n ? high : log ? low * pow(high / low, t) : low * (1 - t) + high * t;
    }
    return x;
}

static void check_ends(State *S, double low, double high, bool log) {
    if (!isfinite(low) || !isfinite(high) || !(low < high))
        error_raise(S, "bad-argument", "curve(f, 0, 10)", "'curve' takes two finite numbers, the lower one first, for 'from' and 'to'");
    if (log && low <= 0)
        error_raise(S, "bad-argument", "Begin above zero, or leave out `log = true`.", "'curve' cannot space points logarithmically from %g on", low);
}

static Value density_curve(State *S, Distribution *d, const Value *a, bool log) {
    if (d->joint || d->layout->rank || d->layout->n_axes)
        error_raise(S, "wrong-type", "Draw one element's distribution.", "'curve' takes a distribution of numbers");
    double low = a[1].tag == VALUE_UNASSIGNED ? edge_of(S, d, 0.001, -4) : layers_number(S, "curve", "from", a[1], 0);
    double high = a[2].tag == VALUE_UNASSIGNED ? edge_of(S, d, 0.999, 4) : layers_number(S, "curve", "to", a[2], 0);
    if (d->discrete && low == high) low--, high++;
    check_ends(S, low, high, log);
    low = d->discrete ? ceil(low) : low;
    bool masses = d->discrete && high - low < MOST_MASSES && floor(high) > low;
    Array *x = masses ? grid(S, (size_t)(floor(high) - low) + 1, low, floor(high), false) : grid(S, CURVE_POINTS, low, high, log);
    for (size_t k = 0; d->discrete && k < x->layout->components; k++) x->data[k] = rint(x->data[k]);
    stack_push(S, value_object(x));
    Value y = value_detached(distribution_log_prob(S, d, value_array(x, 0)));
    stack_pop(S, 1);
    Array *density = layers_vector_of(S, "curve", "f", y, x->layout->components);
    for (size_t k = 0; k < x->layout->components; k++) density->data[k] = exp(density->data[k]);
    Picture *picture;
    Layer *layer = only_layer(S, &picture, masses ? MARK_POINTS : MARK_LINE, layers_text(S, "curve", "label", a[3]));
    layer->n = x->layout->components;
    layer->x = x;
    layer->y = density;
    return value_object(picture);
}

/* f runs for all points at once, as in a plate. */
static Value function_curve(State *S, const Value *a, bool log) {
    if (a[1].tag == VALUE_UNASSIGNED || a[2].tag == VALUE_UNASSIGNED)
        error_raise(S, "missing-argument", "curve(f, 0, 10)", "'curve' of a function wants to know where it begins and ends");
    double low = layers_number(S, "curve", "from", a[1], 0), high = layers_number(S, "curve", "to", a[2], 0);
    check_ends(S, low, high, log);
    Array *x = grid(S, CURVE_POINTS, low, high, log);
    stack_push(S, value_object(x));
    Value y = value_detached(plate_call(S, string_of(S, "curve"), value_array(x, 0), a[0]));
    stack_pop(S, 1);
    if (!value_is_numeric(y) || value_layout(S, y)->rank > 1)
        error_raise(S, "wrong-type", "curve(fn(x) { x ^ 2 }, 0, 10)", "'curve' takes a function of a number that returns a number");
    Picture *picture;
    Layer *layer = only_layer(S, &picture, MARK_LINE, layers_text(S, "curve", "label", a[3]));
    layer->n = CURVE_POINTS;
    layer->x = x;
    layer->y = layers_vector_of(S, "curve", "f", y, CURVE_POINTS);
    return value_object(picture);
}

Value layers_curve(State *S, const Value *a, unsigned n) {
    (void)n;
    bool log = a[4].tag != VALUE_UNASSIGNED && value_to_truth(S, a[4], "log");
    if (a[0].tag == VALUE_DISTRIBUTION) return density_curve(S, (Distribution *)a[0].as.object, a, log);
    if (!value_is_callable(a[0])) native_type_error(S, "curve", "f", "a function or a distribution", a[0]);
    return function_curve(S, a, log);
}
