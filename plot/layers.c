/* SPDX-License-Identifier: GPL-3.0-or-later
   Built-ins that make layers and panels: each returns a picture of one panel. */
#include "plot/layers.h"

#include <math.h>
#include <string.h>

#include "plot/axis.h"
#include "plot/plot.h"
#include "plot/slope.h"
#include "runtime/eval.h"

/* ---- Reading arguments ---- */

static Array *numbers(State *S, const char *function, const char *argument, const char *expected, Value v, unsigned rank) {
    v = value_whole(S, v);
    if (v.tag == VALUE_MISSING) v = value_number(missing_number());
    if (!value_is_numeric(v)) native_type_error(S, function, argument, expected, v);
    if (value_has_lanes(v))
        error_raise(S, "lanes-differ", "Draw outside of the plate: there its value is a vector with an element for each lane.",
                    "'%s' draws one picture, and '%s' differs between the elements of a plate", function, argument);
    double scratch[LANE_BLOCK];
    const double *data = value_data(v, scratch);
    const Layout *l = value_layout(S, v);
    if (l->rank > rank)
        error_raise(S, "shape-mismatch", "A row or a column of a matrix is X[i] or X[0.., j].", "'%s' takes %s for '%s', not a %s", function,
                    expected, argument, value_type_name(v));
    if (l->rank == 0) return array_vector(S, 1, data);
    Array *copy = array_new(S, l);
    memcpy(copy->data, data, l->components * sizeof *data);
    return copy;
}

Array *layers_vector(State *S, const char *function, const char *argument, Value v) {
    if (v.tag == VALUE_LIST && !v.as.list->slots && v.as.list->count && v.as.list->items[0].tag == VALUE_STRING)
        error_raise(S, "wrong-type", "Count texts, and draw the counts: names = unique(x), bars(names, for s in names { sum(x == s) }).",
                    "'%s' takes a vector of numbers for '%s', not a list of strings", function, argument);
    return numbers(S, function, argument, "a vector of numbers", v, 1);
}

Array *layers_vector_of(State *S, const char *function, const char *argument, Value v, size_t n) {
    Array *array = layers_vector(S, function, argument, v);
    size_t length = array->layout->components;
    if (length == n) return array;
    if (value_whole(S, v).tag == VALUE_ARRAY)
        error_raise(S, "shape-mismatch", NULL, "'%s' takes one element of '%s' for each point: it has %zu, and there are %zu points", function,
                    argument, length, n);
    Array *spread = array_new(S, layout_vector(S, n)); /* a number holds for all points */
    for (size_t k = 0; k < n; k++) spread->data[k] = array->data[0];
    return spread;
}

String *layers_text(State *S, const char *function, const char *argument, Value v) {
    if (v.tag == VALUE_UNASSIGNED || v.tag == VALUE_NONE) return NULL;
    if (v.tag != VALUE_STRING) native_type_error(S, function, argument, "a string", v);
    return v.as.string;
}

double layers_number(State *S, const char *function, const char *argument, Value v, double otherwise) {
    if (v.tag == VALUE_UNASSIGNED) return otherwise;
    if (v.tag != VALUE_NUMBER) native_type_error(S, function, argument, "a number", v);
    return v.as.number;
}

/* ---- Panels ---- */

static void set_log(State *S, const char *function, Panel *panel, Value v) {
    String *log = layers_text(S, function, "log", v);
    if (!log) return;
    size_t axes = strspn(log->text, "xy");
    if (axes != log->length || axes > 2 || !axes)
        error_raise(S, "bad-argument", "log = \"x\", log = \"y\" or log = \"xy\"", "'%s' does not know the logarithmic axes '%.20s'", function, log->text);
    panel->log_x = strchr(log->text, 'x') != NULL;
    panel->log_y = strchr(log->text, 'y') != NULL;
}

/* [low, high]; `missing` leaves an end as far as the layers reach. */
static void set_range(State *S, const char *function, const char *argument, Value v, bool log, double *low, double *high) {
    if (v.tag == VALUE_UNASSIGNED) return;
    Array *range = layers_vector(S, function, argument, v);
    double a = range->data[0], b = range->layout->components == 2 ? range->data[1] : NAN;
    if (range->layout->components != 2 || a >= b || isinf(a) || isinf(b))
        error_raise(S, "bad-argument", error_text(S, "%s = [0, 10]; `missing` for an end that the layers decide", argument),
                    "'%s' takes two numbers, the lower one first, for '%s'", function, argument);
    if (log && (a <= 0 || b <= 0))
        error_raise(S, "bad-argument", "Begin the range above zero.", "the range '%s' of '%s' is not positive, and the axis is logarithmic", argument,
                    function);
    *low = a;
    *high = b;
}

void layers_set_panel(State *S, const char *function, Panel *panel, const Value settings[PANEL_SETTINGS]) {
    static const struct {
        const char *name;
        size_t at;
    } texts[] = {
        [PANEL_TITLE] = {"title", offsetof(Panel, title)},
        [PANEL_X_LABEL] = {"x_label", offsetof(Panel, x_label)},
        [PANEL_Y_LABEL] = {"y_label", offsetof(Panel, y_label)},
        [PANEL_NOTE] = {"note", offsetof(Panel, note)},
    };
    for (size_t k = 0; k < sizeof texts / sizeof *texts; k++) {
        String *text = layers_text(S, function, texts[k].name, settings[k]);
        if (text) memcpy((char *)panel + texts[k].at, &text, sizeof text);
    }
    set_log(S, function, panel, settings[PANEL_LOG]);
    set_range(S, function, "x_range", settings[PANEL_X_RANGE], panel->log_x, &panel->x_low, &panel->x_high);
    set_range(S, function, "y_range", settings[PANEL_Y_RANGE], panel->log_y, &panel->y_low, &panel->y_high);
    slope_refit(S, panel);
}

/* ---- Lines and points ---- */

static Array *row_of(State *S, const Array *y, size_t row, size_t n) { return array_vector(S, n, y->data + row * n); }

static Array *positions(State *S, size_t n) {
    Array *x = array_new(S, layout_vector(S, n));
    for (size_t k = 0; k < n; k++) x->data[k] = (double)k;
    return x;
}

/* So many rows are a cloud, in which nobody looks for a single one. */
enum { CLOUD = 8 };

static String *row_label(State *S, const char *function, Value label, size_t row, size_t rows) {
    if (label.tag != VALUE_LIST) return row ? NULL : layers_text(S, function, "label", label);
    if (label.as.list->count != rows)
        error_raise(S, "shape-mismatch", NULL, "'%s' has %u labels for %zu rows", function, label.as.list->count, rows);
    return layers_text(S, function, "label", label.as.list->items[row]);
}

void layers_series(State *S, const char *function, Panel *panel, MarkKind mark, Value x, Value y, Value label) {
    Array *all = numbers(S, function, "y", "a vector of numbers, or a matrix with a row for each line,", y, 2);
    bool matrix = all->layout->rank == 2;
    size_t rows = matrix ? all->layout->dims[0] : 1, n = matrix ? all->layout->dims[1] : all->layout->components;
    Array *xs = x.tag == VALUE_UNASSIGNED ? positions(S, n) : layers_vector(S, function, "x", x);
    if (xs->layout->components != n)
        error_raise(S, "shape-mismatch", matrix ? "Each row of a matrix is a line of its own." : NULL,
                    "'%s' takes as many elements of 'x' as of %s: there are %zu and %zu", function, matrix ? "each row of 'y'" : "'y'",
                    xs->layout->components, n);
    for (size_t row = 0; row < rows; row++) {
        String *name = row_label(S, function, label, row, rows);
        Layer *layer = panel_layer(S, panel, mark, NULL);
        layer->label = name;
        layer->n = n;
        layer->x = xs;
        layer->faint = rows > CLOUD && label.tag != VALUE_LIST;
        if (layer->faint && row) layer->colour = COLOUR_SAME;
        layer->y = matrix ? row_of(S, all, row, n) : all;
    }
}

static Value series(State *S, const char *function, MarkKind mark, const Value *a) {
    Picture *picture = picture_new(S);
    bool alone = a[1].tag == VALUE_UNASSIGNED;
    layers_series(S, function, picture_panel(S, picture), mark, alone ? a[1] : a[0], alone ? a[0] : a[1], a[2]);
    return value_object(picture);
}

static Value native_line(State *S, const Value *a, unsigned n) {
    (void)n;
    return series(S, "line", MARK_LINE, a);
}

static Value native_points(State *S, const Value *a, unsigned n) {
    (void)n;
    return series(S, "points", MARK_POINTS, a);
}

/* ---- Layers of three vectors, bars, rules ---- */

static Layer *new_layer(State *S, Picture **picture, const char *function, MarkKind mark, Value label) {
    String *name = layers_text(S, function, "label", label);
    *picture = picture_new(S);
    Layer *layer = panel_layer(S, picture_panel(S, *picture), mark, NULL);
    layer->label = name;
    return layer;
}

static Value native_band(State *S, const Value *a, unsigned n) {
    (void)n;
    Picture *picture;
    Layer *layer = new_layer(S, &picture, "band", MARK_BAND, a[3]);
    layer->x = layers_vector(S, "band", "x", a[0]);
    layer->n = layer->x->layout->components;
    layer->y = layers_vector_of(S, "band", "low", a[1], layer->n);
    layer->y2 = layers_vector_of(S, "band", "high", a[2], layer->n);
    return value_object(picture);
}

static Value native_errors(State *S, const Value *a, unsigned n) {
    (void)n;
    Picture *picture;
    Layer *layer = new_layer(S, &picture, "errors", MARK_ERRORS, a[3]);
    layer->x = layers_vector(S, "errors", "x", a[0]);
    layer->n = layer->x->layout->components;
    layer->y = layers_vector_of(S, "errors", "y", a[1], layer->n);
    layer->y2 = layers_vector_of(S, "errors", "spread", a[2], layer->n);
    for (size_t k = 0; k < layer->n; k++)
        if (layer->y2->data[k] < 0)
            error_raise(S, "bad-argument", "It is the length of the bar to either side.", "'errors' takes no negative 'spread'");
    return value_object(picture);
}

static String **names_of(State *S, const List *list) {
    for (uint32_t k = 0; k < list->count; k++)
        if (list->items[k].tag != VALUE_STRING) native_type_error(S, "bars", "x", "a vector of numbers, or a list of names,", list->items[k]);
    String **names = memory_new(S, list->count * sizeof *names);
    for (uint32_t k = 0; k < list->count; k++) names[k] = list->items[k].as.string;
    return names;
}

/* The least distance of neighbours: what bars may take. */
static double least_gap(const double *x, size_t n) {
    double least = INFINITY;
    for (size_t k = 1; k < n; k++) {
        double gap = fabs(x[k] - x[k - 1]);
        if (gap > 0 && gap < least) least = gap;
    }
    return isfinite(least) ? least : 1;
}

static Value native_bars(State *S, const Value *a, unsigned n) {
    (void)n;
    bool alone = a[1].tag == VALUE_UNASSIGNED;
    Value x = alone ? a[1] : value_whole(S, a[0]);
    Picture *picture;
    Layer *layer = new_layer(S, &picture, "bars", MARK_BARS, a[2]);
    layer->y = layers_vector(S, "bars", alone ? "x" : "y", alone ? a[0] : a[1]);
    layer->n = layer->y->layout->components;
    bool named = x.tag == VALUE_LIST && x.as.list->count;
    Array *at = alone || named ? positions(S, layer->n) : layers_vector_of(S, "bars", "x", x, layer->n);
    if (named && x.as.list->count != layer->n)
        error_raise(S, "shape-mismatch", NULL, "'bars' has %u names for %zu bars", x.as.list->count, layer->n);
    double half = 0.4 * least_gap(at->data, layer->n);
    layer->x = array_new(S, at->layout);
    layer->x2 = array_new(S, at->layout);
    for (size_t k = 0; k < layer->n; k++) {
        layer->x->data[k] = at->data[k] - half;
        layer->x2->data[k] = at->data[k] + half;
    }
    if (named) {
        picture->panels[0].x_names = names_of(S, x.as.list);
        picture->panels[0].n_x_names = x.as.list->count;
    }
    return value_object(picture);
}

static Value native_rule(State *S, const Value *a, unsigned n) {
    (void)n;
    bool x = a[0].tag != VALUE_UNASSIGNED, y = a[1].tag != VALUE_UNASSIGNED;
    if (x == y) error_raise(S, "bad-argument", "rule(x = 42) is upright, rule(y = 0) is level.", "'rule' takes 'x' or 'y'");
    Picture *picture;
    Layer *layer = new_layer(S, &picture, "rule", x ? MARK_RULE_X : MARK_RULE_Y, a[2]);
    layer->colour = COLOUR_REFERENCE;
    Array *at = layers_vector(S, "rule", x ? "x" : "y", x ? a[0] : a[1]);
    if (x) layer->x = at;
    else layer->y = at;
    layer->n = at->layout->components;
    return value_object(picture);
}

/* ---- Panels ---- */

static Value native_panel(State *S, const Value *a, unsigned n) {
    Picture *picture = picture_new(S);
    Panel *panel = picture_panel(S, picture);
    for (unsigned k = PANEL_SETTINGS; k < n; k++) {
        if (a[k].tag != VALUE_PICTURE) native_type_error(S, "panel", "layers", "layers, such as line(x, y),", a[k]);
        const Picture *part = (Picture *)a[k].as.object;
        if (part->n_panels != 1 || part->framed)
            error_raise(S, "bad-argument", "Give panels to plot, side by side: plot(panel(…), panel(…)).", "'panel' takes layers, and this is a picture of %s",
                        part->n_panels == 1 ? "a whole panel" : "several panels");
        panel_join(S, panel, &part->panels[0]);
    }
    layers_set_panel(S, "panel", panel, a);
    picture->framed = true;
    plot_axis_check(S, panel);
    return value_object(picture);
}

const NativeRow native_layers[] = {
    {"line", "x, y?, label?", native_line, "a line through the points (x, y), to plot; a matrix y is a line for each row", false, false},
    {"points", "x, y?, label?", native_points, "points at (x, y), to plot", false, false},
    {"band", "x, low, high, label?", native_band, "the area between low and high over x, to plot", false, false},
    {"errors", "x, y, spread, label?", native_errors, "points at (x, y) with bars from y - spread to y + spread, to plot", false, false},
    {"bars", "x, y?, label?", native_bars, "bars of height y at x, numbers or names, to plot", false, false},
    {"histogram", "x, bins?, label?, density?", layers_histogram, "how often the elements of x fall into bins, to plot", false, false},
    {"curve", "f, from?, to?, label?, log?", layers_curve, "a function, or a distribution's density, between from and to, to plot", false, false},
    {"rule", "x?, y?, label?", native_rule, "upright lines at x or level lines at y through a whole panel, to plot", false, false},
    {"panel", "layers..., " PANEL_SIGNATURE, native_panel, "layers in a panel of their own, with title and axes, to plot", false, false},
    {0},
};
