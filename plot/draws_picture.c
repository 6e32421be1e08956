/* SPDX-License-Identifier: GPL-3.0-or-later
   Pictures of named draws: what each is like, and how they hang together. */
#include <math.h>
#include <string.h>

#include "plot/density.h"
#include "plot/plot.h"
#include "runtime/error.h"
#include "runtime/eval.h"
#include "runtime/memory.h"
#include "runtime/suggest.h"
#include "runtime/text.h"

enum {
    PAIRED = 5,          /* up to so many series are shown in pairs */
    MOST_PANELS = 24,
    CLOUD_POINTS = 1000, /* of a scatter plot */
    FEW_VALUES = 40      /* whole numbers of so small a range are shown as bars */
};

/* One number of each draw. */
typedef struct Series {
    String *name;
    const double *x; /* of all draws, in their order */
    Summary summary;
    double truth;    /* NaN: none */
    bool boolean;
} Series;

typedef struct Draws {
    size_t n;        /* draws */
    size_t n_series, in_all;
    Series series[MOST_PANELS];
} Draws;

/* ---- Reading the record ---- */

static Value field_value(State *S, const String *name, Value v) {
    v = value_whole(S, v);
    bool array = v.tag == VALUE_ARRAY && value_layout(S, v)->rank > 0;
    if (!array)
        error_raise(S, "wrong-type", "A picture of draws is made of vectors with an element for each draw, or matrices with a row for each.",
                    "'plot' takes a vector of draws for '%s', not a %s", name->text, value_type_name(v));
    if (value_has_lanes(v)) error_raise(S, "lanes-differ", "Draw outside of the plate.", "the draws of '%s' differ between the elements of a plate", name->text);
    return v;
}

/* theta, theta[2], theta[0, 1] */
static String *series_name(State *S, const String *name, const Layout *l, size_t element) {
    if (l->rank == 1) return (String *)name;
    size_t start = text_begin(S), left = l->components / l->dims[0];
    text_print(S, "%s[", name->text);
    for (unsigned k = 1; k < l->rank; k++) {
        left /= l->dims[k];
        text_print(S, k > 1 ? ", %zu" : "%zu", element / left % l->dims[k]);
    }
    text_print(S, "]");
    return text_finish(S, start);
}

static void add_series(State *S, Draws *draws, const String *name, Value v, const Value *truth) {
    const Layout *l = value_layout(S, v);
    size_t elements = l->dims[0] ? l->components / l->dims[0] : 0;
    double scratch[LANE_BLOCK];
    const double *target = truth ? value_data(*truth, scratch) : NULL;
    draws->in_all += elements;
    for (size_t k = 0; k < elements && draws->n_series < MOST_PANELS; k++) {
        double *x = array_new(S, layout_vector(S, draws->n))->data;
        for (size_t i = 0; i < draws->n; i++) x[i] = v.as.array->data[i * elements + k];
        draws->series[draws->n_series++] =
            (Series){series_name(S, name, l, k), x, summary_of(S, draws->n, x), target ? target[k] : NAN, v.as.array->boolean};
    }
}

static void check_truth(State *S, const Record *record, Value truth) {
    if (truth.tag == VALUE_UNASSIGNED) return;
    if (truth.tag != VALUE_RECORD)
        error_raise(S, "wrong-type", "For instance truth = {mu: 42}.", "'plot' takes a record of values by the names of draws for 'truth', not a %s",
                    value_type_name(truth));
    for (uint32_t k = 0; k < truth.as.record->count; k++) {
        String *name = truth.as.record->names[k];
        Value v = truth.as.record->values[k];
        const Value *of = record_find(record, name);
        if (!of) {
            Suggestion s = suggest_begin(name->text);
            for (uint32_t j = 0; j < record->count; j++) suggest_offer(&s, record->names[j]->text);
            error_raise(S, "unknown-field", s.best ? error_text(S, "Did you mean '%s'?", s.best) : NULL,
                        "'truth' has a value for '%s', and there are no draws of that name", name->text);
        }
        if (!value_is_numeric(v) || value_has_lanes(v)) native_type_error(S, "plot", name->text, "a number, vector or matrix as truth", v);
        const Layout *l = value_layout(S, field_value(S, name, *of));
        size_t elements = l->dims[0] ? l->components / l->dims[0] : 0;
        if (elements && value_layout(S, v)->components != elements)
            error_raise(S, "shape-mismatch", NULL, "the truth of '%s' has %zu elements, and each draw has %zu", name->text,
                        value_layout(S, v)->components, elements);
    }
}

static void read_draws(State *S, Draws *draws, const Record *record, Value truth) {
    if (!record->count) error_raise(S, "bad-argument", "For instance plot({mu: draws_of_mu}).", "'plot' takes draws, and the record has no fields");
    check_truth(S, record, truth);
    for (uint32_t k = 0; k < record->count; k++) {
        Value v = field_value(S, record->names[k], record->values[k]);
        size_t n = value_layout(S, v)->dims[0];
        if (k == 0) draws->n = n;
        if (n != draws->n)
            error_raise(S, "shape-mismatch", "Plot them one by one.", "there are %zu draws of '%s', but %zu of '%s'", draws->n, record->names[0]->text, n,
                        record->names[k]->text);
        if (!n) error_raise(S, "bad-argument", NULL, "there are no draws of '%s'", record->names[k]->text);
        const Value *target = truth.tag == VALUE_RECORD ? record_find(truth.as.record, record->names[k]) : NULL;
        add_series(S, draws, record->names[k], v, target);
    }
}

/* ---- One by one ---- */

static bool is_counted(const Series *s) { return s->summary.whole && s->summary.n && s->summary.x[s->summary.n - 1] - s->summary.x[0] <= FEW_VALUES; }

static String *marginal_title(State *S, const Series *s) {
    size_t start = text_begin(S);
    text_print(S, "%s", s->name->text);
    if (s->summary.n) {
        text_print(S, ": ");
        summary_plus_minus(S, s->summary.mean, s->summary.sd);
    }
    return text_finish(S, start);
}

/* The part of the line above [low, high] as an area. */
static void shade(State *S, Panel *panel, const Layer *line, double low, double high) {
    size_t n = 0;
    Array *x = array_new(S, line->x->layout);
    Array *y = array_zero(S, line->x->layout), *y2 = array_new(S, line->x->layout);
    for (size_t k = 0; k < line->n; k++) {
        if (line->x->data[k] < low || line->x->data[k] > high) continue;
        x->data[n] = line->x->data[k];
        y2->data[n++] = line->y->data[k];
    }
    Layer *band = panel_layer(S, panel, MARK_BAND, "95 %");
    band->n = n;
    band->x = array_vector(S, n, x->data);
    band->y = array_vector(S, n, y->data);
    band->y2 = array_vector(S, n, y2->data);
    band->colour = COLOUR_SAME;
}

/* Bars of "false" and "true" in place of 0 and 1. */
static void name_truths(State *S, Panel *panel) {
    String *names[] = {string_of(S, "false"), string_of(S, "true")};
    panel->x_names = memory_new(S, sizeof names);
    memcpy(panel->x_names, names, sizeof names);
    panel->n_x_names = sizeof names / sizeof *names;
}

static void draw_marginal(State *S, Picture *picture, const Series *s) {
    Panel *panel = picture_panel(S, picture);
    panel->title = marginal_title(S, s);
    panel->x_label = s->name;
    if (!s->summary.n) {
        panel->note = summary_note(S, &s->summary, "draws", 0, 0);
        return;
    }
    double low, high;
    summary_range(&s->summary, &low, &high);
    bool counted = is_counted(s);
    Layer *line = counted ? NULL : density_line(S, panel, NULL, &s->summary, 0, density_edges(&s->summary));
    if (line) {
        Layer copy = *line;
        shade(S, panel, &copy, summary_quantile(&s->summary, 0.025), summary_quantile(&s->summary, 0.975));
    }
    else {
        Bins bins = summary_bins(&s->summary, low, high);
        summary_bars(S, panel, NULL, &s->summary, &bins, true)->colour = COLOUR_NEXT;
        if (s->boolean) name_truths(S, panel);
    }
    panel_points(S, panel, MARK_RULE_X, "mean", 1, &s->summary.mean, NULL)->colour = line ? COLOUR_SAME : COLOUR_NEXT;
    if (!isnan(s->truth)) panel_points(S, panel, MARK_RULE_X, "truth", 1, &s->truth, NULL)->colour = COLOUR_REFERENCE;
    panel->note = summary_note(S, &s->summary, "draws", low, high);
}

/* ---- In pairs ---- */

static String *correlation_title(State *S, double r) {
    return isnan(r) ? string_of(S, "no correlation: one is constant") : summary_text(S, "correlation %s%.2f", r <= -0.005 ? "−" : "", fabs(r));
}

static void set_range(const Summary *s, double *low, double *high) {
    if (!s->n) return;
    double from, to;
    summary_range(s, &from, &to);
    double room = from < to ? 0.04 * (to - from) : fmax(fabs(from) * 0.05, 0.5);
    *low = from - room;
    *high = to + room;
}

static void draw_pair(State *S, Picture *picture, const Draws *draws, const Series *a, const Series *b) {
    Panel *panel = picture_panel(S, picture);
    panel->title = correlation_title(S, summary_correlation(draws->n, a->x, b->x));
    panel->x_label = a->name;
    panel->y_label = b->name;
    size_t each = (draws->n + CLOUD_POINTS - 1) / CLOUD_POINTS, n = 0;
    Array *x = array_new(S, layout_vector(S, draws->n / each + 1)), *y = array_new(S, x->layout);
    for (size_t k = 0; k < draws->n; k += each) {
        if (!isfinite(a->x[k]) || !isfinite(b->x[k])) continue;
        x->data[n] = a->x[k];
        y->data[n++] = b->x[k];
    }
    panel_points(S, panel, MARK_POINTS, NULL, n, x->data, y->data)->faint = n > 200;
    set_range(&a->summary, &panel->x_low, &panel->x_high);
    set_range(&b->summary, &panel->y_low, &panel->y_high);
    if (each > 1 && a == draws->series && b == a + 1) panel->note = summary_text(S, "each %zu%s of %zu draws", each, each == 2 ? "nd" : each == 3 ? "rd" : "th", draws->n);
    if (!isnan(a->truth)) panel_points(S, panel, MARK_RULE_X, NULL, 1, &a->truth, NULL)->colour = COLOUR_REFERENCE;
    if (isnan(b->truth)) return;
    Layer *rule = panel_points(S, panel, MARK_RULE_Y, NULL, 1, NULL, &b->truth);
    rule->colour = COLOUR_REFERENCE;
}

/* Marginals on the diagonal, pairs below it, nothing above. */
static void draw_grid(State *S, Picture *picture, const Draws *draws) {
    picture->columns = (uint32_t)draws->n_series;
    for (size_t row = 0; row < draws->n_series; row++)
        for (size_t column = 0; column < draws->n_series; column++) {
            if (column == row) draw_marginal(S, picture, &draws->series[row]);
            else if (column < row) draw_pair(S, picture, draws, &draws->series[column], &draws->series[row]);
            else picture_panel(S, picture)->bare = true;
        }
}

Picture *picture_of_draws(State *S, Value v, Value truth) {
    Draws draws = {.n = 0};
    read_draws(S, &draws, v.as.record, truth);
    Picture *picture = picture_new(S);
    if (draws.n_series <= PAIRED && draws.in_all == draws.n_series && draws.n_series > 1) {
        draw_grid(S, picture, &draws);
        return picture;
    }
    for (size_t k = 0; k < draws.n_series; k++) draw_marginal(S, picture, &draws.series[k]);
    if (draws.in_all > draws.n_series) {
        Panel *last = &picture->panels[picture->n_panels - 1];
        String *note = summary_text(S, "%zu of %zu series are not shown: plot fewer names at once", draws.in_all - draws.n_series, draws.in_all);
        last->note = last->note ? summary_text(S, "%s; %s", last->note->text, note->text) : note;
    }
    return picture;
}
