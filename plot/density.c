/* SPDX-License-Identifier: GPL-3.0-or-later
   Kernel densities: the bandwidth, the sum of kernels, the line. */
#include "plot/density.h"

#include <math.h>
#include <string.h>

#include "plot/layers.h"
#include "runtime/error.h"

enum {
    LINE_POINTS = 256,
    EXACT_NUMBERS = 10000,  /* up to so many are summed one by one */
    CELLS_IN_BANDWIDTH = 32,
    MOST_CELLS = 1 << 17
};

/* A kernel is left out where it is below exp(-KERNEL_REACH^2 / 2), 3e-18 of its height. */
static const double KERNEL_REACH = 9;

double density_bandwidth(const Summary *s) {
    double spread = s->sd, quartiles = (summary_quantile(s, 0.75) - summary_quantile(s, 0.25)) / 1.34;
    if (quartiles > 0 && quartiles < spread) spread = quartiles;
    return s->n > 1 ? 0.9 * spread * pow((double)s->n, -0.2) : 0;
}

/* ---- The sum ---- */

/* Numbers with weights, ascending, whose kernels are summed. */
typedef struct Cells {
    size_t n;
    const double *x, *weight; /* weight NULL: 1 each */
} Cells;

/* Each number is shared out between the two cells beside it, so that the mean stays what it was. */
static Cells bin(State *S, const Summary *s, double bandwidth) {
    Cells exact = {s->n, s->x, NULL};
    double span = s->x[s->n - 1] - s->x[0], cells = ceil(span / bandwidth * CELLS_IN_BANDWIDTH) + 1;
    if (s->n <= EXACT_NUMBERS || !(cells < MOST_CELLS) || cells < 2) return exact;
    size_t n = (size_t)cells;
    const Layout *l = layout_vector(S, n);
    double *x = array_new(S, l)->data, *weight = array_zero(S, l)->data, width = span / (cells - 1);
    for (size_t k = 0; k < n; k++) x[k] = s->x[0] + (double)k * width;
    for (size_t k = 0; k < s->n; k++) {
        double at = (s->x[k] - s->x[0]) / width;
        size_t left = (size_t)at < n - 1 ? (size_t)at : n - 2;
        weight[left + 1] += at - (double)left;
        weight[left] += (double)(left + 1) - at;
    }
    return (Cells){n, x, weight};
}

/* The first number that is not below x. */
static size_t first_from(const Cells *cells, double x) {
    size_t low = 0, high = cells->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (cells->x[middle] < x) low = middle + 1;
        else high = middle;
    }
    return low;
}

static double kernels_at(const Cells *cells, double bandwidth, double x) {
    double sum = 0, end = x + KERNEL_REACH * bandwidth;
    for (size_t k = first_from(cells, x - KERNEL_REACH * bandwidth); k < cells->n && cells->x[k] <= end; k++) {
        double z = (x - cells->x[k]) / bandwidth, kernel = exp(-0.5 * z * z);
        sum += cells->weight ? cells->weight[k] * kernel : kernel;
    }
    return sum;
}

void density_at(State *S, const Summary *s, double bandwidth, DensityEdges edges, size_t n_points, const double *points, double *out) {
    Cells cells = bin(S, s, bandwidth);
    double unit = (double)s->n * bandwidth * sqrt(2 * M_PI);
    for (size_t k = 0; k < n_points; k++) {
        double sum = kernels_at(&cells, bandwidth, points[k]);
        if (isfinite(edges.low)) sum += kernels_at(&cells, bandwidth, 2 * edges.low - points[k]);
        if (isfinite(edges.high)) sum += kernels_at(&cells, bandwidth, 2 * edges.high - points[k]);
        out[k] = points[k] < edges.low || points[k] > edges.high ? 0 : sum / unit;
    }
}

/* ---- The line ---- */

DensityEdges density_edges(const Summary *s) {
    bool positive = s->n && s->x[0] >= 0;
    return (DensityEdges){positive ? 0 : -INFINITY, positive && s->x[s->n - 1] <= 1 ? 1 : INFINITY};
}

Layer *density_line(State *S, Panel *panel, const char *label, const Summary *s, double bandwidth, DensityEdges edges) {
    if (!(bandwidth > 0)) bandwidth = density_bandwidth(s);
    if (!(bandwidth > 0) || !isfinite(bandwidth)) return NULL;
    double low, high;
    summary_range(s, &low, &high);
    low = fmax(low - 3 * bandwidth, edges.low);
    high = fmin(high + 3 * bandwidth, edges.high);
    const Layout *l = layout_vector(S, LINE_POINTS);
    Array *x = array_new(S, l), *y = array_new(S, l);
    for (size_t k = 0; k < LINE_POINTS; k++) {
        double t = (double)k / (LINE_POINTS - 1);
        x->data[k] = low * (1 - t) + high * t;
    }
    density_at(S, s, bandwidth, edges, LINE_POINTS, x->data, y->data);
    Layer *layer = panel_layer(S, panel, MARK_LINE, label);
    layer->n = LINE_POINTS;
    layer->x = x;
    layer->y = y;
    return layer;
}

Value density_native(State *S, const Value *a, unsigned n) {
    (void)n;
    Array *x = layers_vector(S, "density", "x", a[0]);
    double bandwidth = layers_number(S, "density", "bandwidth", a[1], 0);
    String *label = layers_text(S, "density", "label", a[2]);
    DensityEdges edges = {layers_number(S, "density", "low", a[3], -INFINITY), layers_number(S, "density", "high", a[4], INFINITY)};
    if (a[1].tag != VALUE_UNASSIGNED && (!(bandwidth > 0) || !isfinite(bandwidth)))
        error_raise(S, "bad-argument", NULL, "the bandwidth of 'density' must be greater than 0 and finite, but it is %g", bandwidth);
    Summary s = summary_of(S, x->layout->components, x->data);
    if (!s.n) error_raise(S, "bad-argument", NULL, "'density' takes data, and there is no finite number among them");
    if (s.x[0] < edges.low || s.x[s.n - 1] > edges.high || isnan(edges.low) || isnan(edges.high))
        error_raise(S, "bad-argument", "'low' and 'high' are edges that no number can pass.", "%.10g lies beyond the edge of the density",
                    s.x[0] < edges.low ? s.x[0] : s.x[s.n - 1]);
    Picture *picture = picture_new(S);
    Layer *layer = density_line(S, picture_panel(S, picture), NULL, &s, bandwidth, edges);
    if (!layer)
        error_raise(S, "bad-argument", "Give a bandwidth, as density(x, 0.1), or draw a histogram.",
                    "all numbers of 'density' are equal, which tells nothing of a bandwidth");
    layer->label = label;
    picture->panels[0].y_label = string_of(S, "density");
    picture->panels[0].note = summary_note(S, &s, "numbers", layer->x->data[0], layer->x->data[LINE_POINTS - 1]);
    return value_object(picture);
}
