/* SPDX-License-Identifier: GPL-3.0-or-later
   Distributions as an interactive session shows them: the density as a row of blocks, its range, mean and standard deviation. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "lexer/utf8.h"
#include "runtime/distribution.h"
#include "runtime/eval.h"
#include "runtime/operations.h"
#include "stdlib/show_parts.h"

enum { CELLS = 20, MASSES = 1536, MASSES_UNKNOWN = 20, MASSES_FEW = 12, LEVELS = 8 };

/* ---- Questions, of which any may have no answer ---- */

typedef struct Ask {
    Distribution *d;
    const char *name;   /* NULL: the log density */
    const Value *extra;
    Value answer;
} Ask;

static void ask(State *S, void *what) {
    Ask *a = what;
    a->answer = a->name ? distribution_answer(S, a->d, a->name, a->extra) : distribution_log_prob(S, a->d, *a->extra);
}

static Value answer_of(State *S, Distribution *d, const char *name, const Value *extra) {
    Ask a = {d, name, extra, value_unassigned()};
    return error_protect(S, ask, &a) ? a.answer : value_unassigned();
}

/* NaN when it is not known. */
static double number_of(State *S, Distribution *d, const char *name, const Value *extra) {
    Value v = answer_of(S, d, name, extra);
    return v.tag == VALUE_NUMBER ? v.as.number : v.tag == VALUE_BOOLEAN ? (double)v.as.boolean : NAN;
}

static double quantile(State *S, Distribution *d, double q) {
    Value p = value_number(q);
    return number_of(S, d, "quantile", &p);
}

/* ---- Where most of it lies ---- */

typedef struct Range {
    double low, high;
} Range;

static Range ends_of(State *S, Distribution *d) {
    Range ends = {-INFINITY, INFINITY};
    Value support = answer_of(S, d, "support", NULL);
    if (support.tag != VALUE_CONSTRAINT) return ends;
    const Constraint *c = (Constraint *)support.as.object;
    Value v[2];
    constraint_ends(c->row, c->bounds, v);
    if (v[0].tag == VALUE_NUMBER) ends.low = v[0].as.number;
    if (v[1].tag == VALUE_NUMBER) ends.high = v[1].as.number;
    return ends;
}

/* Nearly all of it, but of heavy tails no more than the middle half asks for. Without quantiles, by mean and deviation. */
static Range middle_of(State *S, Distribution *d, double mean, double sd) {
    double low = quantile(S, d, 0.002), high = quantile(S, d, 0.998), a = quantile(S, d, 0.25), b = quantile(S, d, 0.75);
    double spread = 2.5 * (b - a);
    if (!isfinite(low) || !isfinite(high)) return (Range){mean - 3 * sd, mean + 3 * sd};
    if (spread > 0 && !d->discrete) return (Range){fmax(low, a - spread), fmin(high, b + spread)};
    return (Range){low, high};
}

static Range range_of(State *S, Distribution *d, double mean, double sd) {
    Range ends = ends_of(S, d), r = middle_of(S, d, mean, sd);
    if (isnan(r.low) || isnan(r.high)) r = ends;
    if (d->discrete && isfinite(r.low) && !isfinite(r.high)) r.high = r.low + MASSES_UNKNOWN;
    double width = r.high - r.low;
    if (r.low < ends.low || (isfinite(ends.low) && r.low - ends.low < 0.15 * width)) r.low = ends.low;
    if (r.high > ends.high || (isfinite(ends.high) && ends.high - r.high < 0.15 * width)) r.high = ends.high;
    if (d->discrete && ends.high - ends.low < MASSES_FEW) r = ends; /* all of them, however rare */
    if (d->discrete) r = (Range){ceil(r.low - 0.5), floor(r.high + 0.5)};
    return r;
}

/* ---- Blocks ---- */

/* The log densities at n places; false: they are not known. */
static bool log_densities(State *S, Distribution *d, Array *x, double *out) {
    size_t n = x->layout->dims[0];
    Value at = value_array(x, 0), v = answer_of(S, d, NULL, &at);
    if (v.tag != VALUE_ARRAY || v.as.array->layout->n_axes || v.as.array->layout->components != n) return false;
    memcpy(out, v.as.array->data, n * sizeof *out);
    return true;
}

/* The log density in the middle of each cell. */
static unsigned density_cells(State *S, Distribution *d, Range r, double heights[CELLS]) {
    Array *x = array_new(S, layout_vector(S, CELLS));
    for (unsigned k = 0; k < CELLS; k++) x->data[k] = r.low + (r.high - r.low) * ((k + 0.5) / CELLS);
    return log_densities(S, d, x, heights) ? CELLS : 0;
}

/* The logarithm of the probability of each cell's whole numbers; wide cells are read in their middles. */
static unsigned mass_cells(State *S, Distribution *d, Range r, double heights[CELLS]) {
    double n = r.high - r.low + 1;
    if (n > MASSES) {
        Array *x = array_new(S, layout_vector(S, CELLS));
        for (unsigned k = 0; k < CELLS; k++) x->data[k] = floor(r.low + n * ((k + 0.5) / CELLS));
        return log_densities(S, d, x, heights) ? CELLS : 0;
    }
    size_t count = (size_t)n, each = (count + CELLS - 1) / CELLS, cells = (count + each - 1) / each;
    Array *x = array_new(S, layout_vector(S, count));
    double masses[MASSES], most = -INFINITY;
    for (size_t k = 0; k < count; k++) x->data[k] = r.low + (double)k;
    if (!log_densities(S, d, x, masses)) return 0;
    for (size_t k = 0; k < count; k++) most = fmax(most, masses[k]);
    for (size_t c = 0; c < cells; c++) {
        double sum = 0;
        for (size_t k = c * each; k < (c + 1) * each && k < count; k++) sum += exp(masses[k] - most);
        heights[c] = log(sum);
    }
    return (unsigned)cells;
}

/* Cells with logarithms of heights as blocks; an infinite density is as high as the highest that is not. False: there is
   nothing to see. */
static bool show_blocks(State *S, const double *heights, unsigned n) {
    static const char *const blocks[LEVELS] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    double most = -INFINITY;
    for (unsigned k = 0; k < n; k++)
        if (isfinite(heights[k])) most = fmax(most, heights[k]);
    if (!isfinite(most)) return false;
    for (unsigned k = 0; k < n; k++) {
        double height = heights[k] == INFINITY ? 1 : exp(heights[k] - most);
        unsigned level = height >= 1 ? LEVELS - 1 : (unsigned)(height * LEVELS);
        text_print(S, "%s", isnan(heights[k]) || heights[k] == -INFINITY ? " " : blocks[level]);
    }
    return true;
}

/* With as many digits as it takes to tell the ends apart. */
static void show_range(State *S, Range r) {
    char low[40], high[40];
    int digits = 3;
    for (; digits < 17; digits++) {
        snprintf(low, sizeof low, "%.*g", digits, r.low);
        snprintf(high, sizeof high, "%.*g", digits, r.high);
        if (r.low == r.high || strcmp(low, high) != 0) break;
    }
    text_print(S, "  ");
    text_number(S, r.low, digits);
    text_print(S, " … ");
    text_number(S, r.high, digits);
}

/* "▂█▆▃▂▁▁▁  0.1 … 7", or nothing. */
static void show_density(State *S, Distribution *d, double mean, double sd) {
    double heights[CELLS];
    size_t start = text_begin(S);
    Range r = range_of(S, d, mean, sd);
    if (!isfinite(r.high - r.low) || r.high < r.low || (r.high == r.low && !d->discrete)) return;
    if (d->discrete && !(r.high + 1 > r.high)) return; /* whole numbers are farther apart there */
    unsigned n = d->discrete ? mass_cells(S, d, r, heights) : density_cells(S, d, r, heights);
    if (!n || !show_blocks(S, heights, n)) {
        text_drop(S, start);
        return;
    }
    show_range(S, r);
}

/* "mean 1.65, sd 2.16": what is known of it. */
static void show_moments(State *S, double mean, double sd, bool known) {
    if (isnan(mean)) {
        if (known) text_print(S, "no mean");
        return;
    }
    text_print(S, "mean ");
    text_number(S, mean, SHOW_SUMMARY);
    if (isnan(sd)) return;
    text_print(S, ", sd ");
    text_number(S, sd, SHOW_SUMMARY);
}

/* ---- All of it ---- */

/* Draws that are no single numbers: their shape. */
static void show_event(State *S, const Show *show, const Distribution *d) {
    const Layout *l = d->layout;
    if (!l->rank) return;
    show_newline(S);
    show_dim(S, show);
    text_print(S, "draws are %s of ", l->rank == 1 ? "vectors" : l->rank == 2 ? "matrices" : "arrays");
    for (unsigned k = 0; k < l->rank; k++) {
        if (k) text_print(S, " × ");
        show_count(S, l->dims[k]);
    }
    show_plain(S, show);
}

/* Puts the piece behind what is on the line if it fits, else on a line of its own; *used is how much of the line is taken. */
static void lay_piece(State *S, const Show *show, const String *piece, size_t *used) {
    size_t width = utf8_columns(piece->text, piece->length);
    if (!width) return;
    if (*used + 2 + width > show->width) {
        show_newline(S);
        *used = 0;
    }
    show_spaces(S, 2);
    text_append(S, piece->text, piece->length);
    *used += 2 + width;
}

void show_distribution(State *S, const Show *show, Distribution *d) {
    size_t start = text_begin(S);
    text_value(S, value_object(d));
    text_make_visible(S, start, false);
    show_cut(S, start, 3 * show->width);
    if (d->layout->n_axes || d->layout->rank || d->joint || distribution_is_fixed(d->row)) {
        show_event(S, show, d);
        return;
    }
    size_t used = utf8_columns(text_at(S, start), text_length(S, start)) % show->width, piece = text_begin(S);
    Value mean_known = answer_of(S, d, "mean", NULL);
    double mean = number_of(S, d, "mean", NULL), sd = number_of(S, d, "stddev", NULL);
    show_density(S, d, mean, sd);
    String *density = text_finish(S, piece);
    show_moments(S, mean, sd, mean_known.tag == VALUE_NUMBER);
    String *moments = text_finish(S, piece);
    lay_piece(S, show, density, &used);
    lay_piece(S, show, moments, &used);
}
