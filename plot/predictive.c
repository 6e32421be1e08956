/* SPDX-License-Identifier: GPL-3.0-or-later
   Predictive checks: data beside data that the model makes. And the table of what pictures programs make of numbers. */
#include <math.h>
#include <string.h>

#include "plot/density.h"
#include "plot/layers.h"
#include "plot/plot.h"
#include "plot/slope.h"
#include "runtime/error.h"
#include "runtime/eval.h"

enum {
    LINES = 40,        /* replicated data sets that are drawn */
    LINE_POINTS = 160,
    FEW_VALUES = 60    /* whole numbers of so small a range are shown by shares */
};

/* ---- Reading ---- */

typedef struct Check {
    Summary y;
    const double *replicated; /* `sets` rows of n */
    size_t n, sets;
    bool counts;
    double low, high;         /* of y and of what is drawn of the replicated data */
} Check;

static void read_check(State *S, Check *c, const Value *a) {
    Array *y = layers_vector(S, "predictive_check", "y", a[0]);
    Value r = value_whole(S, a[1]);
    if (!value_is_numeric(r) || value_has_lanes(r) || value_layout(S, r)->rank != 2)
        native_type_error(S, "predictive_check", "replicated", "a matrix with a replicated data set in each row", r);
    const Layout *l = value_layout(S, r);
    c->n = y->layout->components;
    c->sets = l->dims[0];
    if (l->dims[1] != c->n)
        error_raise(S, "shape-mismatch", l->dims[0] == c->n ? "Each data set is a row: transpose(replicated) has them so." : NULL,
                    "'predictive_check' takes replicated data sets as long as y, which has %zu elements, but they have %zu", c->n, l->dims[1]);
    if (!c->sets) error_raise(S, "bad-argument", NULL, "'predictive_check' takes at least one replicated data set");
    c->replicated = r.as.array->data;
    c->y = summary_of(S, c->n, y->data);
    if (!c->y.n) error_raise(S, "bad-argument", NULL, "'predictive_check' takes data, and there is no finite number in y");
}

/* Every so manieth set is drawn. */
static size_t step_of(const Check *c) { return (c->sets + LINES - 1) / LINES; }

static void find_range(State *S, Check *c) {
    size_t step = step_of(c), n = 0;
    double *all = array_new(S, layout_vector(S, c->n * (c->sets / step + 1)))->data;
    for (size_t k = 0; k < c->sets; k += step, n++) memcpy(all + n * c->n, c->replicated + k * c->n, c->n * sizeof *all);
    Summary s = summary_of(S, n * c->n, all);
    double low = 0, high = 0;
    summary_range(&c->y, &c->low, &c->high);
    if (s.n) summary_range(&s, &low, &high);
    if (s.n) c->low = fmin(c->low, low), c->high = fmax(c->high, high);
    c->counts = c->y.whole && s.whole && c->high - c->low <= FEW_VALUES;
}

/* ---- The distribution ---- */

static void draw_density(State *S, Panel *panel, const Check *c, const Summary *s, bool replicated, const char *label) {
    double bandwidth = density_bandwidth(s);
    if (!(bandwidth > 0)) return;
    DensityEdges edges = density_edges(&c->y);
    if (edges.low > -INFINITY && s->x[0] < 0) edges = (DensityEdges){-INFINITY, INFINITY};
    else if (edges.high < INFINITY && s->x[s->n - 1] > 1) edges.high = INFINITY;
    double x[LINE_POINTS], y[LINE_POINTS], room = 0.08 * (c->high - c->low);
    double low = fmax(c->low - room, edges.low), high = fmin(c->high + room, edges.high);
    for (size_t k = 0; k < LINE_POINTS; k++) x[k] = low + (high - low) * (double)k / (LINE_POINTS - 1);
    density_at(S, s, bandwidth, edges, LINE_POINTS, x, y);
    Layer *layer = panel_points(S, panel, MARK_LINE, label, LINE_POINTS, x, y);
    layer->faint = replicated;
    layer->colour = replicated ? COLOUR_NEXT : COLOUR_REFERENCE;
}

/* The shares of y over the band that holds 90 % of the replicated ones at each count. */
static void draw_shares(State *S, Panel *panel, const Check *c) {
    Bins bins = {(size_t)(c->high - c->low) + 1, c->low - 0.5, 1};
    double x[FEW_VALUES + 1], share[FEW_VALUES + 1], low[FEW_VALUES + 1], high[FEW_VALUES + 1], median[FEW_VALUES + 1];
    Array *all = array_new(S, layout_vector(S, bins.n * c->sets));
    size_t sets = 0;
    for (size_t j = 0; j < c->sets; j++) {
        Summary s = summary_of(S, c->n, c->replicated + j * c->n);
        summary_heights(&s, &bins, true, share);
        for (size_t k = 0; k < bins.n && s.n; k++) all->data[k * c->sets + sets] = share[k];
        sets += s.n > 0;
    }
    for (size_t k = 0; k < bins.n; k++) {
        Summary s = summary_of(S, sets, all->data + k * c->sets);
        x[k] = c->low + (double)k;
        low[k] = summary_quantile(&s, 0.05);
        high[k] = summary_quantile(&s, 0.95);
        median[k] = summary_quantile(&s, 0.5);
    }
    panel_points(S, panel, MARK_BAND, "90 % of the replicated", bins.n, x, low)->y2 = array_vector(S, bins.n, high);
    panel_points(S, panel, MARK_LINE, "their median", bins.n, x, median)->colour = COLOUR_SAME;
    summary_heights(&c->y, &bins, true, share);
    panel_points(S, panel, MARK_POINTS, "y", bins.n, x, share)->colour = COLOUR_REFERENCE;
}

static size_t draw_densities(State *S, Panel *panel, const Check *c) {
    size_t step = step_of(c), drawn = 0;
    for (size_t k = 0; k < c->sets; k += step) {
        Summary s = summary_of(S, c->n, c->replicated + k * c->n);
        if (!s.n) continue;
        draw_density(S, panel, c, &s, true, drawn ? NULL : "replicated");
        if (drawn++ && panel->n_layers) panel->layers[panel->n_layers - 1].colour = COLOUR_SAME;
    }
    draw_density(S, panel, c, &c->y, false, "y");
    return drawn;
}

static void draw_distribution(State *S, Picture *picture, const Check *c) {
    Panel *panel = picture_panel(S, picture);
    panel->title = string_of(S, c->counts ? "shares of each count" : "density");
    size_t drawn = c->sets;
    if (c->counts) draw_shares(S, panel, c);
    else drawn = draw_densities(S, panel, c);
    panel->note = summary_note(S, &c->y, "data", c->low, c->high);
    if (drawn < c->sets && !panel->note) panel->note = summary_text(S, "%zu of %zu replicated data sets are drawn", drawn, c->sets);
}

/* ---- Test statistics ---- */

static double mean_of(const Summary *s) { return s->mean; }
static double sd_of(const Summary *s) { return s->sd; }
static double min_of(const Summary *s) { return s->x[0]; }
static double max_of(const Summary *s) { return s->x[s->n - 1]; }

static const struct {
    const char *name;
    double (*of)(const Summary *s);
} statistics[] = {{"mean", mean_of}, {"sd", sd_of}, {"min", min_of}, {"max", max_of}};

/* The replicated data sets' statistic beside that of y, and how often it is at least as large (a posterior predictive p-value:
   Gelman, Meng and Stern, Statistica Sinica 6, 1996). */
static void draw_statistic(State *S, Picture *picture, const Check *c, size_t which, const Array *all) {
    double of_y = statistics[which].of(&c->y);
    Summary s = summary_of(S, c->sets, all->data);
    size_t above = 0;
    for (size_t k = 0; k < s.n; k++) above += s.x[k] >= of_y - 1e-12 * fabs(of_y); /* sums of the same numbers may be rounded apart */
    Panel *panel = picture_panel(S, picture);
    panel->title = summary_text(S, "%s: %.*f %% are at least y's", statistics[which].name, s.n < 1000 ? 0 : 1,
                                s.n ? 100 * (double)above / (double)s.n : 0);
    if (s.n) {
        double low, high;
        summary_range(&s, &low, &high);
        Bins bins = summary_bins(&s, low, high);
        summary_bars(S, panel, "replicated", &s, &bins, true)->colour = COLOUR_NEXT;
        panel->note = summary_note(S, &s, "replicated data sets", low, high);
    }
    panel_points(S, panel, MARK_RULE_X, "y", 1, &of_y, NULL)->colour = COLOUR_REFERENCE;
}

static Value predictive_check(State *S, const Value *a, unsigned n) {
    (void)n;
    enum { STATISTICS = sizeof statistics / sizeof *statistics };
    Check c = {.n = 0};
    read_check(S, &c, a);
    find_range(S, &c);
    Picture *picture = picture_new(S);
    picture->title = string_of(S, "predictive check");
    draw_distribution(S, picture, &c);
    Array *of[STATISTICS];
    for (size_t k = 0; k < STATISTICS; k++) of[k] = array_new(S, layout_vector(S, c.sets));
    for (size_t j = 0; j < c.sets; j++) {
        Summary s = summary_of(S, c.n, c.replicated + j * c.n);
        for (size_t k = 0; k < STATISTICS; k++) of[k]->data[j] = s.n ? statistics[k].of(&s) : NAN;
    }
    for (size_t k = 0; k < STATISTICS; k++) draw_statistic(S, picture, &c, k, of[k]);
    picture->framed = true;
    return value_object(picture);
}

const NativeRow native_pictures[] = {
    {"density", "x, bandwidth?, label?, low?, high?", density_native, "a line through the kernel density of data", true, false},
    {"slope", "x, y, log?, label?", slope_native, "points and the line of least squares through them, or through their logarithms", true, false},
    {"predictive_check", "y, replicated", predictive_check, "data beside data sets that a model made: their distribution, mean, sd, min and max",
     true, false},
    {0},
};
