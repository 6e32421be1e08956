/* SPDX-License-Identifier: GPL-3.0-or-later
   Pictures of fits: minus the ELBO and every param, by step. */
#include <math.h>
#include <string.h>

#include "inference/fit.h"
#include "plot/plot.h"
#include "plot/summary.h"
#include "runtime/error.h"
#include "runtime/suggest.h"
#include "runtime/text.h"

enum {
    PARAM_PANELS = 15,  /* of so many params, the ones with a truth first */
    ELEMENT_LINES = 8,  /* a param of more numbers is shown by quantiles of them */
    LINE_POINTS = 600,  /* of a line by step */
    RAW_PIECES = 400,   /* of the raw loss: each is shown by its least and its largest */
    NAMES_LISTED = 8
};

/* ---- The loss ---- */

/* Means over the steps around, `window` of them. */
static void draw_mean(State *S, Panel *panel, const Fit *fit) {
    size_t n = fit->done, window = n / 40 + 1, points = n < LINE_POINTS ? n : LINE_POINTS;
    const double *loss = fit->losses->data;
    Array *x = array_new(S, layout_vector(S, points)), *y = array_new(S, x->layout);
    for (size_t k = 0; k < points; k++) {
        size_t at = points > 1 ? k * (n - 1) / (points - 1) : 0;
        size_t from = at > window / 2 ? at - window / 2 : 0, to = at + window / 2 < n ? at + window / 2 + 1 : n;
        double mean = 0;
        for (size_t j = from; j < to; j++) mean += (loss[j] - mean) / (double)(j - from + 1);
        x->data[k] = (double)(at + 1);
        y->data[k] = mean;
    }
    Layer *layer = panel_layer(S, panel, points > 1 ? MARK_LINE : MARK_POINTS, NULL);
    layer->n = points;
    layer->x = x;
    layer->y = y;
}

/* All steps, or the least and the largest of each piece of them. */
static void draw_raw(State *S, Panel *panel, const Fit *fit) {
    size_t n = fit->done, pieces = n > 2 * RAW_PIECES ? RAW_PIECES : 0, points = pieces ? 2 * pieces : n;
    const double *loss = fit->losses->data;
    Array *x = array_new(S, layout_vector(S, points)), *y = array_new(S, x->layout);
    for (size_t k = 0; k < points && !pieces; k++) x->data[k] = (double)(k + 1), y->data[k] = loss[k];
    for (size_t p = 0; p < pieces; p++) {
        size_t from = p * n / pieces, to = (p + 1) * n / pieces, least = from, most = from;
        for (size_t j = from; j < to; j++) {
            if (loss[j] < loss[least]) least = j;
            if (loss[j] > loss[most]) most = j;
        }
        size_t first = least < most ? least : most, second = least < most ? most : least;
        x->data[2 * p] = (double)(first + 1), y->data[2 * p] = loss[first];
        x->data[2 * p + 1] = (double)(second + 1), y->data[2 * p + 1] = loss[second];
    }
    Layer *layer = panel_layer(S, panel, MARK_LINE, NULL);
    layer->colour = COLOUR_DATA;
    layer->faint = true;
    layer->n = points;
    layer->x = x;
    layer->y = y;
}

/* The first steps' losses may be many times what comes later, which they must not flatten: the range is that of the last half of
   the steps, with as much room above as that takes, unless all fits into a few times that anyway. */
static void cut_loss(State *S, Panel *panel, const Fit *fit) {
    size_t n = fit->done;
    if (n < 20) return;
    Summary late = summary_of(S, n - n / 2, fit->losses->data + n / 2), all = summary_of(S, n, fit->losses->data);
    if (late.n < 10) return;
    double low = summary_quantile(&late, 0.002), high = summary_quantile(&late, 0.998), span = fmax(high - low, 1e-12 * fabs(high));
    double bottom = fmax(all.x[0], low - span) - 0.1 * span, top = high + 2 * span;
    if (all.x[all.n - 1] <= high + 6 * span && all.x[0] >= low - 6 * span) return;
    size_t outside = summary_outside(&all, bottom, top);
    if (!outside) return;
    panel->y_low = bottom;
    panel->y_high = top;
    size_t start = text_begin(S);
    text_print(S, "%zu steps lie outside", outside);
    if (all.x[all.n - 1] > top) text_print(S, fabs(all.x[all.n - 1]) < 1e6 ? ", up to %.0f" : ", up to %.3g", all.x[all.n - 1]);
    if (all.x[0] < bottom) text_print(S, fabs(all.x[0]) < 1e6 ? ", down to %.0f" : ", down to %.3g", all.x[0]);
    panel->note = text_finish(S, start);
}

static void add_note(State *S, Panel *panel, String *more) {
    panel->note = panel->note ? summary_text(S, "%s; %s", panel->note->text, more->text) : more;
}

static String *loss_title(State *S, const Fit *fit) {
    double mean, error;
    fit_elbo(fit, &mean, &error);
    size_t start = text_begin(S);
    const char *bound = fit->estimator->row->bound;
    text_print(S, "minus the %s", bound ? bound : "ELBO");
    if (fit->done) {
        text_print(S, ": ");
        text_number(S, -mean, 8);
    }
    if (!isnan(error)) {
        text_print(S, " ± ");
        text_number(S, error, 2);
    }
    return text_finish(S, start);
}

static void draw_loss(State *S, Picture *picture, const Fit *fit) {
    Panel *panel = picture_panel(S, picture);
    panel->title = loss_title(S, fit);
    panel->x_label = string_of(S, "step");
    if (fit->done) {
        if (fit->done > 1) draw_raw(S, panel, fit);
        draw_mean(S, panel, fit);
        cut_loss(S, panel, fit);
    }
    else add_note(S, panel, string_of(S, "no step was taken yet"));
    if (fit->interrupted) add_note(S, panel, string_of(S, "stopped by the user"));
    if (fit_averaged(fit)) add_note(S, panel, summary_text(S, "params: means of the last %llu steps", (unsigned long long)fit_averaged(fit)));
    if (fit->restarts)
        add_note(S, panel, summary_text(S, "the best of %zu starts", fit->restarts->layout->components));
    if (fit->optimizer_from && fit->optimizer_from < fit->done) {
        double at = (double)fit->optimizer_from;
        panel_points(S, panel, MARK_RULE_X, NULL, 1, &at, NULL)->colour = COLOUR_DATA;
        add_note(S, panel, summary_text(S, "another optimizer from step %.0f on", at));
    }
}

/* ---- Params ---- */

/* The values by step: `rows` of them after `stride` steps each, `size` numbers a row. */
typedef struct Path {
    const double *x;
    size_t rows, size;
    uint64_t stride;
} Path;

static Path path_of(State *S, const Fit *fit, const FitParam *p) {
    Value history = fit_history(S, fit, p);
    size_t rows = fit->done / fit->stride;
    const Array *array = history.as.array;
    return (Path){array->data, rows, rows ? array->layout->components / rows : 0, fit->stride};
}

/* What some row is shown by: an element of it, or a quantile of its elements. */
typedef struct View {
    size_t element;
    double quantile; /* NaN: the element */
} View;

static double view_at(State *S, const Path *path, size_t row, View view) {
    const double *x = path->x + row * path->size;
    if (isnan(view.quantile)) return x[view.element];
    Summary s = summary_of(S, path->size, x);
    return summary_quantile(&s, view.quantile);
}

static Array *path_steps(State *S, const Path *path) {
    size_t points = path->rows < LINE_POINTS ? path->rows : LINE_POINTS;
    Array *x = array_new(S, layout_vector(S, points));
    for (size_t k = 0; k < points; k++)
        x->data[k] = (double)((points > 1 ? k * (path->rows - 1) / (points - 1) : 0) + 1) * (double)path->stride;
    return x;
}

static Array *path_values(State *S, const Path *path, const Array *steps, View view) {
    Array *y = array_new(S, steps->layout);
    for (size_t k = 0; k < steps->layout->components; k++)
        y->data[k] = view_at(S, path, (size_t)(steps->data[k] / (double)path->stride + 0.5) - 1, view);
    return y;
}

static Layer *draw_path(State *S, Panel *panel, const Path *path, View view, String *label) {
    Array *x = path_steps(S, path), *y = path_values(S, path, x, view);
    Layer *layer = panel_layer(S, panel, path->rows > 1 ? MARK_LINE : MARK_POINTS, NULL);
    layer->n = x->layout->components;
    layer->x = x;
    layer->y = y;
    layer->label = label;
    return layer;
}

static void draw_quantiles(State *S, Panel *panel, const Path *path) {
    Array *x = path_steps(S, path), *low = path_values(S, path, x, (View){0, 0.05}), *high = path_values(S, path, x, (View){0, 0.95});
    Layer *band = panel_layer(S, panel, MARK_BAND, NULL);
    band->n = x->layout->components;
    band->x = x;
    band->y = low;
    band->y2 = high;
    draw_path(S, panel, path, (View){0, 0.5}, NULL)->colour = COLOUR_SAME;
    add_note(S, panel, summary_text(S, "median and 90 %% of %zu elements", path->size));
}

/* "[3]: 1.25", "[0, 2]: 1.25" */
static String *element_label(State *S, const Layout *l, size_t element, double value) {
    size_t start = text_begin(S), left = l->components;
    text_print(S, "[");
    for (unsigned k = 0; k < l->rank; k++) {
        left /= l->dims[k];
        text_print(S, k ? ", %zu" : "%zu", element / left % l->dims[k]);
    }
    text_print(S, "]: ");
    text_number(S, value, 4);
    return text_finish(S, start);
}

/* Where the params are means over the last part of the steps: from there on, at the mean. */
static void draw_average(State *S, Panel *panel, const Fit *fit, double value) {
    double x[] = {(double)(fit->done - fit_averaged(fit)), (double)fit->done}, y[] = {value, value};
    panel_points(S, panel, MARK_LINE, NULL, 2, x, y);
}

static void draw_param(State *S, Picture *picture, const Fit *fit, const FitParam *p, const Value *truth) {
    Panel *panel = picture_panel(S, picture);
    Path path = path_of(S, fit, p);
    Value value = fit_param_value(S, fit, p);
    const Layout *l = value_layout(S, value);
    double scratch[LANE_BLOCK], truth_scratch[LANE_BLOCK];
    const double *final = value_data(value, scratch), *target = truth ? value_data(*truth, truth_scratch) : NULL;
    size_t start = text_begin(S);
    text_print(S, "%s", p->name->text);
    if (l->rank == 0) {
        text_print(S, ": ");
        text_number(S, final[0], 4);
    }
    panel->title = text_finish(S, start);
    panel->x_label = string_of(S, "step");
    if (!path.rows) add_note(S, panel, string_of(S, fit->done ? "no step was kept" : "no step was taken yet"));
    bool few = l->components <= ELEMENT_LINES;
    for (size_t k = 0; k < l->components && few && path.rows; k++)
        draw_path(S, panel, &path, (View){k, NAN}, l->rank ? element_label(S, l, k, final[k]) : NULL);
    if (!few && path.rows) draw_quantiles(S, panel, &path);
    if (few && l->rank == 0 && fit_averaged(fit)) draw_average(S, panel, fit, final[0]);
    else if (fit_averaged(fit)) {
        double at = (double)(fit->done - fit_averaged(fit));
        panel_points(S, panel, MARK_RULE_X, NULL, 1, &at, NULL)->colour = COLOUR_DATA;
    }
    if (target && few) panel_points(S, panel, MARK_RULE_Y, "truth", l->components, NULL, target)->colour = COLOUR_REFERENCE;
    if (!target || few) return;
    double squares = 0;
    for (size_t k = 0; k < l->components; k++) squares += (final[k] - target[k]) * (final[k] - target[k]) / (double)l->components;
    add_note(S, panel, summary_text(S, "RMS distance to the truth %.2g", sqrt(squares)));
}

/* ---- Truth ---- */

static _Noreturn void raise_unknown(State *S, const Fit *fit, const String *name) {
    Suggestion s = suggest_begin(name->text);
    for (uint32_t k = 0; k < fit->n_params; k++) suggest_offer(&s, fit->params[k].name->text);
    const char *advice = s.best ? error_text(S, "Did you mean '%s'?", s.best) : "Its params are the names of fit.params.";
    error_raise(S, "unknown-param", advice, "'truth' has a value for '%s', and the fit has no param of that name", name->text);
}

static const FitParam *param_named(const Fit *fit, const String *name) {
    for (uint32_t k = 0; k < fit->n_params; k++)
        if (fit->params[k].name == name) return &fit->params[k];
    return NULL;
}

static void check_truth(State *S, const Fit *fit, Value truth) {
    if (truth.tag == VALUE_UNASSIGNED) return;
    if (truth.tag != VALUE_RECORD)
        error_raise(S, "wrong-type", "For instance truth = {mu_mean: 42}.", "'plot' takes a record of values by the names of params for 'truth', not a %s",
                    value_type_name(truth));
    for (uint32_t k = 0; k < truth.as.record->count; k++) {
        String *name = truth.as.record->names[k];
        Value v = truth.as.record->values[k];
        const FitParam *p = param_named(fit, name);
        if (!p) raise_unknown(S, fit, name);
        if (!value_is_numeric(v) || value_has_lanes(v)) native_type_error(S, "plot", name->text, "a number, vector or matrix as truth", v);
        const Layout *want = value_layout(S, fit_param_value(S, fit, p)), *got = value_layout(S, v);
        if (layout_same_event(want, got)) continue;
        error_raise(S, "shape-mismatch", NULL, "the truth of '%s' is a %s with %zu elements, and the param is a %s with %zu", name->text,
                    value_type_name(v), got->components, value_type_name(fit_param_value(S, fit, p)), want->components);
    }
}

static const Value *truth_of(Value truth, const String *name) {
    return truth.tag == VALUE_RECORD ? record_find(truth.as.record, name) : NULL;
}

/* ---- The picture ---- */

/* The names of the params without a panel. */
static String *left_out(State *S, const Fit *fit, const bool shown[]) {
    size_t start = text_begin(S);
    uint32_t n = 0;
    for (uint32_t k = 0; k < fit->n_params; k++) n += !shown[k];
    text_print(S, "%u of %u params are not shown: ", n, fit->n_params);
    uint32_t listed = 0;
    for (uint32_t k = 0; k < fit->n_params && listed < NAMES_LISTED; k++)
        if (!shown[k]) text_print(S, listed++ ? ", %s" : "%s", fit->params[k].name->text);
    if (n > listed) text_print(S, " and %u more", n - listed);
    text_print(S, "; those with a truth come first");
    return text_finish(S, start);
}

Picture *picture_of_fit(State *S, Value v, Value truth) {
    const Fit *fit = (Fit *)v.as.object;
    check_truth(S, fit, truth);
    Picture *picture = picture_new(S);
    const char *name = callable_name(fit->model);
    picture->title = summary_text(S, "fit of %s", name ? name : "a model");
    draw_loss(S, picture, fit);
    if (fit->n_params <= PARAM_PANELS) {
        for (uint32_t k = 0; k < fit->n_params; k++) draw_param(S, picture, fit, &fit->params[k], truth_of(truth, fit->params[k].name));
        return picture;
    }
    bool *shown = (bool *)array_zero(S, layout_vector(S, fit->n_params))->data;
    uint32_t room = PARAM_PANELS;
    for (int with_truth = 1; with_truth >= 0; with_truth--)
        for (uint32_t k = 0; k < fit->n_params && room; k++)
            if (!shown[k] && (!with_truth || truth_of(truth, fit->params[k].name))) shown[k] = true, room--;
    for (uint32_t k = 0; k < fit->n_params; k++)
        if (shown[k]) draw_param(S, picture, fit, &fit->params[k], truth_of(truth, fit->params[k].name));
    add_note(S, &picture->panels[0], left_out(S, fit, shown));
    return picture;
}
