/* SPDX-License-Identifier: GPL-3.0-or-later
   plot: which picture belongs to what it is given, and where it goes. */
#include "plot/plot.h"

#include <math.h>
#include <string.h>

#include "plot/layers.h"
#include "plot/slope.h"
#include "runtime/operations.h"
#include "runtime/text.h"

/* Arguments by name, behind the settings of panels. */
enum { PLOT_FILE = PANEL_SETTINGS, PLOT_WINDOW, PLOT_TRUTH, PLOT_LABEL, PLOT_COLUMNS, PLOT_NAMED };
#define PLOT_SIGNATURE "what..., " PANEL_SIGNATURE ", file?, window?, truth?, label?, columns?"

/* ---- What is drawn ---- */

static Value of_lines(State *S, const Value *a, unsigned n, const Value *named) {
    Picture *picture = picture_new(S);
    Value none = value_unassigned();
    layers_series(S, "plot", picture_panel(S, picture), MARK_LINE, n == 2 ? a[0] : none, a[n - 1], named[PLOT_LABEL]);
    return value_object(picture);
}

static Value of_curve(State *S, const Value *a, unsigned n, const Value *named) {
    Value arguments[5] = {a[0], n > 1 ? a[1] : value_unassigned(), n > 2 ? a[2] : value_unassigned(), named[PLOT_LABEL], value_unassigned()};
    if (named[PANEL_LOG].tag == VALUE_STRING && strchr(named[PANEL_LOG].as.string->text, 'x')) arguments[4] = value_boolean(true);
    return layers_curve(S, arguments, 5);
}

static Value of_fit(State *S, const Value *a, unsigned n, const Value *named) {
    (void)n;
    return value_object(picture_of_fit(S, a[0], named[PLOT_TRUTH]));
}

static Value of_draws(State *S, const Value *a, unsigned n, const Value *named) {
    (void)n;
    return value_object(picture_of_draws(S, a[0], named[PLOT_TRUTH]));
}

/* Several distributions as one list, which lies on the value stack. */
static Value pushed_list(State *S, const Value *a, unsigned n) {
    Value list = n == 1 ? a[0] : value_object(list_new(S, n));
    for (unsigned k = 0; n > 1 && k < n; k++) list_append(S, list.as.list, a[k]);
    stack_push(S, list);
    return list;
}

static Value of_distributions(State *S, const Value *a, unsigned n, const Value *named) {
    (void)named;
    Picture *picture = picture_of_distribution(S, pushed_list(S, a, n));
    stack_pop(S, 1);
    return value_object(picture);
}

static Value of_data(State *S, const Value *a, unsigned n, const Value *named) {
    (void)named;
    Picture *picture = picture_of_data(S, a[0], pushed_list(S, a + 1, n - 1));
    stack_pop(S, 1);
    return value_object(picture);
}

static Value of_graph(State *S, const Value *a, unsigned n, const Value *named) {
    (void)S;
    (void)n;
    (void)named;
    return a[0];
}

/* Layers share a panel; what has panels of its own keeps them. */
static void join(State *S, Picture *picture, const Picture *part, uint32_t *open) {
    if (part->framed || part->n_panels != 1) {
        picture_append(S, picture, part);
        if (part->title && !picture->title) picture->title = part->title;
        if (part->columns) picture->columns = part->columns;
        return;
    }
    if (*open == UINT32_MAX) {
        picture_panel(S, picture);
        *open = picture->n_panels - 1;
    }
    panel_join(S, &picture->panels[*open], &part->panels[0]);
}

static void join_value(State *S, Picture *picture, Value v, uint32_t *open, bool apart) {
    if (v.tag == VALUE_LIST && !apart) {
        for (uint32_t k = 0; k < v.as.list->count; k++) join_value(S, picture, v.as.list->items[k], open, true);
        return;
    }
    if (v.tag != VALUE_PICTURE)
        error_raise(S, "wrong-type", "plot(line(x, y), points(x, z)) has one panel; plot(panel(…), panel(…)) and plot([a, b]) have several.",
                    "'plot' joins pictures, and this is a %s", value_type_name(v));
    uint32_t own = UINT32_MAX;
    join(S, picture, (Picture *)v.as.object, apart ? &own : open);
}

static Value of_pictures(State *S, const Value *a, unsigned n, const Value *named) {
    (void)named;
    Picture *picture = picture_new(S);
    uint32_t open = UINT32_MAX;
    for (unsigned k = 0; k < n; k++) join_value(S, picture, a[k], &open, false);
    if (!picture->n_panels) error_raise(S, "bad-argument", NULL, "'plot' has nothing to draw: the list is empty");
    for (uint32_t k = 0; k < picture->n_panels; k++) slope_refit(S, &picture->panels[k]); /* others may have made axes logarithmic */
    return value_object(picture);
}

static char letter_of_list(const List *list) {
    if (list->slots) return 'x';
    if (!list->count) return '?';
    return list->items[0].tag == VALUE_PICTURE || list->items[0].tag == VALUE_LIST ? 'l' : list->items[0].tag == VALUE_DISTRIBUTION ? 'd' : '?';
}

/* What an argument may be, as a letter of a form. */
static char letter_of(Value v) {
    switch (v.tag) {
        case VALUE_NUMBER:
        case VALUE_BOOLEAN:
        case VALUE_ARRAY: return 'x';
        case VALUE_DISTRIBUTION: return 'd';
        case VALUE_CLOSURE:
        case VALUE_NATIVE:
        case VALUE_WRAPPED: return 'f';
        case VALUE_PICTURE: return 'p';
        case VALUE_LIST: return letter_of_list(v.as.list);
        case VALUE_RECORD: return 'r';
        case VALUE_FIT: return 't';
        case VALUE_GRAPH: return 'g';
        default: return '?';
    }
}

/* The forms of plot: the letters of its arguments, of which the last may be repeated where `many`. */
static const struct PlotForm {
    const char *letters;
    bool many;
    Value (*draw)(State *S, const Value *a, unsigned n, const Value *named);
} forms[] = {
    {"x", false, of_lines},
    {"xx", false, of_lines},
    {"xd", true, of_data},
    {"d", true, of_distributions},
    {"dxx", false, of_curve},
    {"fxx", false, of_curve},
    {"t", false, of_fit},
    {"r", false, of_draws},
    {"g", false, of_graph},
    {"p", true, of_pictures},
    {"l", true, of_pictures},
    {0},
};

static const char forms_advice[] =
    "The forms are plot(y), plot(x, y), plot(x, distribution), plot(distribution), plot(f, from, to), plot(fit), plot(draws) for a record of "
    "vectors, plot(graph(model)), and plot(line(x, y), points(x, z), …) for layers and panels. A file's name goes last: plot(y, \"y.svg\").";

/* Layers and lists of them may be mixed. */
static bool form_fits(const struct PlotForm *form, const Value *a, unsigned n) {
    size_t length = strlen(form->letters);
    if (form->many ? n < length : n != length) return false;
    for (unsigned k = 0; k < n; k++) {
        char letter = letter_of(a[k]), wanted = form->letters[k < length ? k : length - 1];
        bool pictures = strchr("pl", wanted) && strchr("pl", letter);
        if (letter != wanted && !pictures) return false;
    }
    return true;
}

static Value draw(State *S, const Value *a, unsigned n, const Value *named) {
    for (const struct PlotForm *form = forms; form->letters; form++)
        if (form_fits(form, a, n)) return form->draw(S, a, n, named);
    if (!n) error_raise(S, "missing-argument", forms_advice, "'plot' has nothing to draw");
    size_t start = text_begin(S);
    for (unsigned k = 0; k < n; k++) text_print(S, "%s%s", k == 0 ? "" : k + 1 == n ? " and a " : ", a ", value_type_name(a[k]));
    String *types = text_finish(S, start);
    bool lone = n == 1 && letter_of(a[0]) == 'f';
    error_raise(S, "wrong-type", lone ? "Say between which ends, plot(f, 0, 10), or of a distribution with which parameters, plot(Normal(0, 1))." : forms_advice,
                "'plot' does not draw a %s", types->text);
}

/* A picture with settings: of its only panel, or of all panels. */
static Value with_settings(State *S, Value drawn, const Value *named) {
    Value settings[PANEL_SETTINGS];
    memcpy(settings, named, sizeof settings);
    Picture *picture = drawn.tag == VALUE_GRAPH ? picture_of_graph(S, drawn) : (Picture *)drawn.as.object;
    if (picture->n_panels != 1 || picture->title) {
        String *title = layers_text(S, "plot", "title", settings[PANEL_TITLE]);
        if (title) picture->title = title;
        settings[PANEL_TITLE] = value_unassigned();
    }
    for (uint32_t k = 0; k < picture->n_panels; k++) layers_set_panel(S, "plot", &picture->panels[k], settings);
    if (named[PLOT_COLUMNS].tag != VALUE_UNASSIGNED)
        picture->columns = (uint32_t)value_to_integer(S, named[PLOT_COLUMNS], "the number of columns", 1, 100);
    return value_object(picture);
}

static bool has_settings(const Value *named) {
    for (unsigned k = 0; k < PANEL_SETTINGS; k++)
        if (named[k].tag != VALUE_UNASSIGNED) return true;
    return named[PLOT_COLUMNS].tag != VALUE_UNASSIGNED;
}

static Value native_plot_call(State *S, const Value *a, unsigned n) {
    if (S->silent) return value_none();
    const Value *what = a + PLOT_NAMED;
    unsigned n_what = n - PLOT_NAMED;
    String *file = layers_text(S, "plot", "file", a[PLOT_FILE]);
    if (!file && n_what && what[n_what - 1].tag == VALUE_STRING) file = what[--n_what].as.string;
    Value drawn = draw(S, what, n_what, a);
    stack_push(S, drawn);
    if (has_settings(a)) drawn = with_settings(S, drawn, a);
    if (a[PLOT_WINDOW].tag != VALUE_UNASSIGNED && value_to_truth(S, a[PLOT_WINDOW], "window")) plot_window(S, drawn);
    else plot_output(S, drawn, file);
    stack_pop(S, 1);
    return value_none();
}

const NativeRow native_plot[] = {
    {"plot", PLOT_SIGNATURE, native_plot_call, "draws a fit, draws, data, a distribution, lines, layers or panels: as text, or into a file", false, false},
    {0},
};
