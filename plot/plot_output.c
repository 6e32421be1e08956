/* SPDX-License-Identifier: GPL-3.0-or-later
   Where pictures go: printed as text, into a file of the kind that its name's end says, or into a window. */
#include <string.h>
#include <strings.h>

#include "plot/gnuplot.h"
#include "plot/graph.h"
#include "plot/picture_text.h"
#include "plot/plot.h"
#include "runtime/run.h"
#include "runtime/text.h"
#include "stdlib/write_file.h"

static Picture *picture_from(State *S, Value drawn) {
    return drawn.tag == VALUE_GRAPH ? picture_of_graph(S, drawn) : (Picture *)drawn.as.object;
}

static void print_text(State *S, Value drawn) {
    size_t start = text_begin(S);
    text_value(S, drawn);
    text_append(S, "\n", 1);
    text_output(S, start);
}

/* ---- What files hold ---- */

enum { FILE_COLUMNS = 80 };

static String *as_svg(State *S, Value drawn) { return gnuplot_render(S, picture_from(S, drawn), PICTURE_SVG); }
static String *as_png(State *S, Value drawn) { return gnuplot_render(S, picture_from(S, drawn), PICTURE_PNG); }
static String *as_pdf(State *S, Value drawn) { return gnuplot_render(S, picture_from(S, drawn), PICTURE_PDF); }
static String *as_script(State *S, Value drawn) { return gnuplot_script(S, picture_from(S, drawn)); }

static String *as_text(State *S, Value drawn) {
    size_t start = text_begin(S);
    if (drawn.tag == VALUE_GRAPH) graph_text(S, (Graph *)drawn.as.object);
    else picture_text_plain(S, (Picture *)drawn.as.object, FILE_COLUMNS);
    text_append(S, "\n", 1);
    return text_finish(S, start);
}

static String *as_dot(State *S, Value drawn) {
    if (drawn.tag != VALUE_GRAPH)
        error_raise(S, "bad-argument", "plot(graph(model, x), \"model.dot\")", "only graphs of models can be written as .dot");
    return graph_dot(S, (Graph *)drawn.as.object);
}

static const struct FileKind {
    const char *end;
    String *(*content)(State *S, Value drawn);
    bool by_gnuplot;
} kinds[] = {
    {".svg", as_svg, true},     {".png", as_png, true},  {".pdf", as_pdf, true},
    {".gp", as_script, false}, {".txt", as_text, false}, {".dot", as_dot, false},
};

static const struct FileKind *kind_of(State *S, const String *file) {
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        size_t n = strlen(kinds[k].end);
        if (file->length > n && strcasecmp(file->text + file->length - n, kinds[k].end) == 0) return &kinds[k];
    }
    error_raise(S, "bad-argument",
                "A picture's file ends in .svg, .png or .pdf; in .gp for the script of gnuplot, in .txt for text, and of graphs in .dot. A title is "
                "given by name: title = \"…\".",
                "the name '%.60s' does not say what kind of file is wanted", file->text);
}

/* Without gnuplot there is the text form. False: there is none. */
static bool draws(State *S, Value drawn) {
    if (gnuplot_found()) return true;
    print_text(S, drawn);
    warning_report(S, "no-gnuplot", "On Debian and its kin: apt-get install gnuplot-nox (for windows: gnuplot-qt).",
                   "this picture needs gnuplot, which is not installed: here it is as text");
    return false;
}

/* ---- Doors ---- */

void plot_output(State *S, Value drawn, const String *file) {
    if (!file) {
        print_text(S, drawn);
        return;
    }
    const struct FileKind *kind = kind_of(S, file);
    if (kind->by_gnuplot && !draws(S, drawn)) return;
    const String *path = run_relative_path(S, file), *content = kind->content(S, drawn);
    write_file(S, path->text, content->text, content->length);
}

void plot_window(State *S, Value drawn) {
    if (draws(S, drawn)) gnuplot_window(S, picture_from(S, drawn));
}
