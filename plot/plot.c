/* SPDX-License-Identifier: GPL-3.0-or-later
   plot: which picture belongs to what it is given, and where it goes. */
#include "plot/plot.h"

#include <math.h>
#include <string.h>

#include "plot/axis.h"
#include "plot/layers.h"
#include "plot/picture_text.h"
#include "runtime/operations.h"
#include "runtime/text.h"

/* Arguments by name, behind the settings of panels. */
enum { PLOT_FILE = PANEL_SETTINGS, PLOT_WINDOW, PLOT_TRUTH, PLOT_LABEL, PLOT_COLUMNS, PLOT_NAMED };
#define PLOT_SIGNATURE "what..., " PANEL_SIGNATURE ", file?, window?, truth?, label?, columns?"

/* ---- Where it goes ---- */

static void print_text(State *S, Picture *picture) {
    size_t start = text_begin(S);
    picture_text(S, picture, 0);
    text_append(S, "\n", 1);
    S->options.print(S->options.user, text_at(S, start), text_length(S, start));
    text_drop(S, start);
}

void plot_output(State *S, Value drawn, const String *file) {
    Picture *picture = (Picture *)drawn.as.object;
    (void)file;
    print_text(S, picture);
}

/* ---- What is drawn ---- */

static Picture *of_pictures(State *S, const Value *a, unsigned n, const Value *named);

static Picture *of_lines(State *S, const Value *a, unsigned n, const Value *named) {
    Picture *picture = picture_new(S);
    Value none = value_unassigned();
    layers_series(S, "plot", picture_panel(S, picture), MARK_LINE, n == 2 ? a[0] : none, a[n - 1], named[PLOT_LABEL]);
    return picture;
}

static Picture *of_curve(State *S, const Value *a, unsigned n, const Value *named) {
    Value arguments[5] = {a[0], n > 1 ? a[1] : value_unassigned(), n > 2 ? a[2] : value_unassigned(), named[PLOT_LABEL], value_unassigned()};
    if (named[PANEL_LOG].tag == VALUE_STRING && strchr(named[PANEL_LOG].as.string->text, 'x')) arguments[4] = value_boolean(true);
    return (Picture *)layers_curve(S, arguments, 5).as.object;
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

static Picture *of_pictures(State *S, const Value *a, unsigned n, const Value *named) {
    (void)named;
    Picture *picture = picture_new(S);
    uint32_t open = UINT32_MAX;
    for (unsigned k = 0; k < n; k++) join_value(S, picture, a[k], &open, false);
    if (!picture->n_panels) error_raise(S, "bad-argument", NULL, "'plot' has nothing to draw: the list is empty");
    return picture;
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
        case VALUE_LIST: return v.as.list->count && v.as.list->items[0].tag == VALUE_PICTURE ? 'l' : v.as.list->slots ? 'x' : '?';
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
    Picture *(*draw)(State *S, const Value *a, unsigned n, const Value *named);
} forms[] = {
    {"x", false, of_lines},
    {"xx", false, of_lines},
    {"fxx", false, of_curve},
    {"dxx", false, of_curve},
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

static Picture *draw(State *S, const Value *a, unsigned n, const Value *named) {
    for (const struct PlotForm *form = forms; form->letters; form++)
        if (form_fits(form, a, n)) return form->draw(S, a, n, named);
    if (!n) error_raise(S, "missing-argument", forms_advice, "'plot' has nothing to draw");
    size_t start = text_begin(S);
    for (unsigned k = 0; k < n; k++) text_print(S, "%s%s", k == 0 ? "" : k + 1 == n ? " and a " : ", a ", value_type_name(a[k]));
    String *types = text_finish(S, start);
    error_raise(S, "wrong-type", forms_advice, "'plot' does not draw a %s", types->text);
}

/* Settings for the picture: of its only panel, or of all panels. */
static void set_picture(State *S, Picture *picture, const Value *named) {
    Value settings[PANEL_SETTINGS];
    memcpy(settings, named, sizeof settings);
    if (picture->n_panels > 1) {
        String *title = layers_text(S, "plot", "title", settings[PANEL_TITLE]);
        if (title) picture->title = title;
        settings[PANEL_TITLE] = value_unassigned();
    }
    for (uint32_t k = 0; k < picture->n_panels; k++) layers_set_panel(S, "plot", &picture->panels[k], settings);
    if (named[PLOT_COLUMNS].tag != VALUE_UNASSIGNED)
        picture->columns = (uint32_t)value_to_integer(S, named[PLOT_COLUMNS], "the number of columns", 1, 100);
    for (uint32_t k = 0; k < picture->n_panels; k++) plot_axis_check(S, &picture->panels[k]);
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
    Picture *picture = draw(S, what, n_what, a);
    if (has_settings(a)) set_picture(S, picture, a);
    stack_push(S, value_object(picture));
    plot_output(S, value_object(picture), file);
    stack_pop(S, 1);
    return value_none();
}

const NativeRow native_plot[] = {
    {"plot", PLOT_SIGNATURE, native_plot_call, "draws a fit, draws, data, a distribution, lines, layers or panels: as text, or into a file", false, false},
    {0},
};
