/* SPDX-License-Identifier: GPL-3.0-or-later
   One panel as gnuplot commands: its data, axes, texts, key, and how each layer is drawn. */
#include <math.h>

#include "plot/gnuplot_parts.h"
#include "runtime/text.h"

/* Pixels around the plot: lines of texts, and how much of names on the x axis is shown. */
enum { TEXT_LINE = 17, TICKS_HIGH = 24, SIDES = 40, NAME_MOST = 150, NAME_GAP = 10, NAME_STEP = 16 };

/* ---- How layers look ---- */

/* The colours of a panel's series so far. */
typedef struct Series {
    unsigned n;
    const char *colour;
    bool reference;
} Series;

static void next_series(Series *s, Colour colour) {
    static const char *const colours[PALETTE_SERIES] = PALETTE_COLOURS;
    if (colour == COLOUR_SAME && s->colour) return;
    s->reference = colour == COLOUR_REFERENCE;
    if (colour == COLOUR_DATA) s->colour = PALETTE_DATA;
    else if (colour == COLOUR_REFERENCE) s->colour = PALETTE_REFERENCE;
    else s->colour = colours[s->n++ % PALETTE_SERIES];
}

static void line_style(State *S, const Series *s, const Layer *l, double width) {
    unsigned round = s->n ? (s->n - 1) / PALETTE_SERIES : 0;
    unsigned dash = s->reference ? 2 : l->mark == MARK_LINE && round ? 2 + (round - 1) % 4 : 1;
    text_print(S, " lc rgb '#%s%s' lw %g dt %u", l->faint ? PALETTE_FAINT : "", s->colour, l->faint ? PALETTE_THIN : width, dash);
}

static void point_style(State *S, const Series *s, const Layer *l) {
    double size = l->n <= 40 ? 0.65 : l->n <= 400 ? 0.5 : 0.35;
    const char *see_through = l->faint ? PALETTE_FAINT : l->n > 200 ? PALETTE_CROWD : "";
    text_print(S, " pt 7 ps %g lc rgb '#%s%s'", l->faint ? size * 0.7 : size, see_through, s->colour);
}

/* Whether it has two points in a row: one alone is no line. */
static bool has_line(const PanelView *v, const Layer *l) {
    bool before = false;
    for (size_t k = 0; k < l->n; k++) {
        bool here = scale_takes(&v->x, l->x->data[k]) && scale_takes(&v->y, l->y->data[k]);
        if (here && before) return true;
        before = here;
    }
    return false;
}

static void layer_style(State *S, const PanelView *v, const Series *s, const Layer *l) {
    switch (l->mark) {
        case MARK_LINE:
            if (!has_line(v, l)) {
                text_print(S, " using 1:2 with points");
                point_style(S, s, l);
                return;
            }
            text_print(S, " using 1:2 with lines");
            line_style(S, s, l, PALETTE_LINE);
            return;
        case MARK_BARS:
            text_print(S, " using 1:2:3:4:5:6 with boxxyerror lc rgb '#%s%s' lw 0.8 fillstyle solid 1 ", l->faint ? PALETTE_FAINT : PALETTE_BARS, s->colour);
            if ((double)l->n * 4 < v->plot_width) text_print(S, "border lc rgb '#" PALETTE_PAPER "'");
            else text_print(S, "noborder");
            return;
        case MARK_BAND:
            text_print(S, " using 1:2:3 with filledcurves lc rgb '#%s%s' fillstyle solid 1 noborder", PALETTE_AREA, s->colour);
            return;
        case MARK_ERRORS:
            text_print(S, " using 1:2:3 with yerrorbars lw 1.3");
            point_style(S, s, l);
            return;
        case MARK_RULE_X:
        case MARK_RULE_Y:
            text_print(S, " using 1:2:3:4 with vectors nohead");
            line_style(S, s, l, 1.4);
            return;
        default:
            text_print(S, " using 1:2 with points");
            point_style(S, s, l);
            return;
    }
}

static void range(State *S, const Scale *s) {
    text_append(S, " [", 2);
    gnuplot_number(S, s->low);
    text_append(S, ":", 1);
    gnuplot_number(S, s->high);
    text_append(S, "]", 1);
}

/* Something is always plotted, else nothing is drawn at all. */
static void plot_command(State *S, const PanelView *v) {
    Series series = {0};
    text_print(S, "plot");
    range(S, &v->x);
    range(S, &v->y);
    text_print(S, " NaN notitle");
    for (uint32_t k = 0; k < v->panel->n_layers; k++) {
        const Layer *l = &v->panel->layers[k];
        next_series(&series, l->colour);
        if (!layer_is_drawn(v, l)) continue;
        text_print(S, ", \\\n  $panel%u_%u", v->index, k + 1);
        layer_style(S, v, &series, l);
        text_print(S, " ");
        size_t start = text_begin(S);
        text_print(S, "title ");
        if (!layer_in_key(v, l) || !gnuplot_text(S, l->label, panel_key_text_width(v), 1, PALETTE_LETTERS)) {
            text_drop(S, start);
            text_print(S, "notitle");
        } else text_print(S, " noenhanced");
    }
    text_print(S, "\n");
}

/* ---- Axes and texts ---- */

static void text_or_none(State *S, const char *what, const String *text, double width, unsigned lines, double letters, const char *colour) {
    size_t start = text_begin(S);
    text_print(S, "set %s ", what);
    if (gnuplot_text(S, text, width, lines, letters)) text_print(S, " noenhanced font ',%g' textcolor rgb '#%s'\n", letters, colour);
    else {
        text_drop(S, start);
        text_print(S, "unset %s\n", what);
    }
}

/* The note stands below the axis' label; `key` below both, at a distance. */
static void x_label(State *S, const Panel *panel, double width, bool key) {
    size_t start = text_begin(S);
    text_print(S, "set xlabel ");
    unsigned lines = gnuplot_text(S, panel->x_label, width, 2, PALETTE_LETTERS);
    size_t between = text_begin(S);
    if (lines) text_print(S, ".\"\\n\".");
    if (gnuplot_text(S, panel->note, width, 3, PALETTE_LETTERS)) lines++;
    else text_drop(S, between);
    if (lines && key) text_print(S, ".\"\\n\"");
    if (lines) text_print(S, " noenhanced offset 0,0.4 font ',%d' textcolor rgb '#" PALETTE_QUIET "'\n", PALETTE_LETTERS);
    else {
        text_drop(S, start);
        text_print(S, "unset xlabel\n");
    }
}

/* Slanted names reach below the axis and to the left: gnuplot would leave room to the right. Margins are in widths of letters. */
static void slanted_margins(State *S, const PanelView *v, double widest, double numbers) {
    double left = fmax(numbers + (v->panel->y_label ? TEXT_LINE + 6 : 0) + 16, 0.82 * widest - scale_at(&v->x, 0) * v->plot_width + 6);
    double letter = 0.6 * PALETTE_LETTERS;
    text_print(S, "set lmargin %.1f\nset rmargin 3\n", fmin(left, 0.4 * v->width) / letter);
}

/* Names on the x axis: level if there is room, else slanted; only so many as can be told apart. */
static void name_ticks(State *S, const PanelView *v, double numbers) {
    const Panel *panel = v->panel;
    double widest = 0, shown = fmax(1, fmin(panel->n_x_names, v->x.high - v->x.low)), step = v->plot_width / shown;
    uint32_t every = (uint32_t)fmax(1, ceil(NAME_STEP / step));
    for (uint32_t k = 0; k < panel->n_x_names; k += every) {
        const String *name = gnuplot_clean(S, panel->x_names[k]);
        if (name) widest = fmax(widest, gnuplot_text_width(name->text, name->length, PALETTE_LETTERS));
    }
    bool slanted = widest + NAME_GAP > step * every;
    bool first = true;
    text_print(S, "set xtics (");
    for (uint32_t k = 0; k < panel->n_x_names; k += every) {
        if (k < v->x.low || k > v->x.high) continue;
        if (!first) text_print(S, ", ");
        gnuplot_tick_text(S, panel->x_names[k], NAME_MOST);
        text_print(S, " %u", k);
        first = false;
    }
    if (first) text_print(S, "'' 0");
    text_print(S, ")%s\n", slanted ? " rotate by 35 right" : "");
    if (slanted) slanted_margins(S, v, fmin(widest, NAME_MOST), numbers);
}

static unsigned text_lines(const String *text, double width, double letters, unsigned most) {
    if (!text || !text->length) return 0;
    double lines = ceil(gnuplot_text_width(text->text, text->length, letters) / fmax(width, 1));
    return (unsigned)fmin(fmax(lines, 1), most);
}

static void axes(State *S, PanelView *v) {
    const Panel *p = v->panel;
    double wide = v->width - SIDES;
    unsigned lines = text_lines(p->title, wide, PALETTE_TITLE, 2) + text_lines(p->x_label, wide, PALETTE_LETTERS, 2) +
                     text_lines(p->note, wide, PALETTE_LETTERS, 3);
    v->plot_height = fmax(40, v->height - TICKS_HIGH - SIDES / 2 - lines * TEXT_LINE);
    text_print(S, "unset logscale\n");
    if (v->x.log) text_print(S, "set logscale x 10\n");
    if (v->y.log) text_print(S, "set logscale y 10\n");
    text_print(S, "set border 3 lw 1 lc rgb '#" PALETTE_AXIS "'\nset grid xtics ytics back lt 1 lw 0.8 lc rgb '#" PALETTE_GRID "'\n"
                  "set tics nomirror out scale 0.5,0.25 noenhanced norotate autojustify textcolor rgb '#" PALETTE_QUIET "'\nset xtics nomirror\nset ytics nomirror\nset size noratio\nset lmargin -1\nset rmargin -1\n");
    double numbers = scale_ticks(S, &v->y, 'y', v->plot_height);
    v->plot_width = fmax(60, v->width - SIDES - numbers - (p->y_label ? TEXT_LINE + 6 : 0));
    if (p->n_x_names && !v->x.log) name_ticks(S, v, numbers);
    else scale_ticks(S, &v->x, 'x', v->plot_width);
    text_or_none(S, "title", p->title, v->plot_width, 2, PALETTE_TITLE, PALETTE_TEXT);
    x_label(S, p, v->plot_width, panel_key(S, v));
    text_or_none(S, "ylabel", p->y_label, v->plot_height, 2, PALETTE_LETTERS, PALETTE_QUIET);
}

/* A panel of shapes alone: equal units, nothing around it. */
static double bare(State *S, PanelView *v) {
    double wanted_width, wanted_height, across = v->x.high - v->x.low, up = v->y.high - v->y.low;
    panel_bare_size(v->panel, &wanted_width, &wanted_height);
    text_print(S, "unset border\nunset tics\nunset grid\nunset key\nunset logscale\nunset xlabel\nunset ylabel\nset size ratio -1\n");
    text_or_none(S, "title", v->panel->title, v->width - SIDES, 2, PALETTE_TITLE, PALETTE_TEXT);
    if (v->panel->note) text_or_none(S, "xlabel", v->panel->note, v->width - SIDES, 2, PALETTE_LETTERS, PALETTE_QUIET);
    return fmin(v->width / across, v->height / up);
}

void panel_script(State *S, const Panel *panel, unsigned index, double width, double height) {
    PanelView v = {.panel = panel, .index = index, .width = width, .height = height, .plot_width = width, .plot_height = height};
    v.empty = !panel_scales(panel, &v.x, &v.y);
    text_print(S, "\n# Panel %u\nunset label\nunset arrow\nunset object\n", index);
    double scale = 0, letters = PALETTE_LETTERS;
    if (panel->bare) {
        scale = bare(S, &v);
        double wanted = panel_letters_scale(panel);
        if (wanted > scale) letters = fmax(5, letters * scale / wanted);
    } else axes(S, &v);
    panel_shapes(S, panel, scale, letters);
    if (v.empty && !panel->bare) text_print(S, "set label 'no data' at graph 0.5,0.5 center noenhanced textcolor rgb '#" PALETTE_QUIET "'\n");
    for (uint32_t k = 0; k < panel->n_layers; k++)
        if (layer_is_drawn(&v, &panel->layers[k])) layer_data(S, &v, k);
    plot_command(S, &v);
}
