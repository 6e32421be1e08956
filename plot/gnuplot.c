/* SPDX-License-Identifier: GPL-3.0-or-later
   Pictures through gnuplot: what it is told beside the script, and what is said when it fails. */
#include "plot/gnuplot.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plot/gnuplot_parts.h"
#include "plot/gnuplot_run.h"
#include "runtime/error.h"
#include "runtime/text.h"

#define GNUPLOT_SECONDS 60
enum { GNUPLOT_PICTURE_MOST = 256 * 1024 * 1024, POINTS_AN_INCH = 72, PIXELS_AN_INCH = 96, PREFIX = 24, NO_WINDOW = 3 };

bool gnuplot_found(void) {
    char path[GNUPLOT_PATH];
    return gnuplot_find(path);
}

/* ---- Terminals ---- */

static void terminal(State *S, PictureFormat format, const PictureGrid *g) {
    switch (format) {
        case PICTURE_SVG:
            text_print(S, "set terminal svg size %.0f,%.0f fixed noenhanced font '" PALETTE_FONT ",%d' background '#" PALETTE_PAPER "' name 'p'\n",
                       g->width, g->height, PALETTE_LETTERS);
            return;
        case PICTURE_PNG: {
            /* Twice as many pixels, for good screens and for paper; fewer where a picture is huge. */
            int fine = g->width * g->height > 2e7 ? 1 : 2;
            text_print(S, "if (strstrt(GPVAL_TERMINALS, 'pngcairo')) set terminal pngcairo size %.0f,%.0f noenhanced font '" PALETTE_FONT ",%d' fontscale %g linewidth %d pointscale %d\n",
                       fine * g->width, fine * g->height, PALETTE_LETTERS, fine * 0.75, fine, fine);
            text_print(S, "if (!strstrt(GPVAL_TERMINALS, 'pngcairo')) set terminal png size %.0f,%.0f noenhanced\n", g->width, g->height);
            return;
        }
        case PICTURE_PDF:
            text_print(S, "set terminal pdfcairo size %.4fin,%.4fin noenhanced font '" PALETTE_FONT ",%d' fontscale %.4f linewidth 1.5 pointscale 0.75\n",
                       g->width / PIXELS_AN_INCH, g->height / PIXELS_AN_INCH, PALETTE_LETTERS, 0.75 * POINTS_AN_INCH / PIXELS_AN_INCH);
            return;
    }
}

/* The first kind of window that this gnuplot can open. */
static void window_terminal(State *S, const PictureGrid *g) {
    static const char *const kinds[] = {"qt", "wxt", "x11"};
    text_print(S, "elbo_window = 0\n");
    for (unsigned k = 0; k < sizeof kinds / sizeof *kinds; k++)
        text_print(S, "if (!elbo_window && strstrt(GPVAL_TERMINALS.' ', ' %s ')) { set terminal %s size %.0f,%.0f noenhanced persist; elbo_window = 1 }\n", kinds[k],
                   kinds[k], g->width, g->height);
    text_print(S, "if (!elbo_window) exit status %d\n", NO_WINDOW);
}

/* ---- When it fails ---- */

/* The last line of what gnuplot said that says anything. */
static const char *last_message(char *messages) {
    char *best = NULL, *save = NULL;
    for (char *line = strtok_r(messages, "\r\n", &save); line; line = strtok_r(NULL, "\r\n", &save)) {
        for (char *c = line; *c; c++)
            if ((unsigned char)*c < 0x20 || *c == 0x7F) *c = ' ';
        if (line[strspn(line, " ^")]) best = line + strspn(line, " ");
    }
    return best ? best : "it says nothing";
}

static _Noreturn void no_gnuplot(State *S) {
    error_raise(S, "no-gnuplot", "Pictures are drawn by gnuplot. On Debian and its kin: apt-get install gnuplot-nox (for windows: gnuplot-qt).",
                "there is no gnuplot on this machine");
}

static _Noreturn void failed(State *S, GnuplotRun *run) {
    switch (run->end) {
        case GNUPLOT_NO_MEMORY: error_no_memory(S);
        case GNUPLOT_INTERRUPTED:
            S->interrupted = 0;
            error_raise(S, "interrupted", NULL, "interrupted");
        case GNUPLOT_NOT_STARTED: error_raise(S, "gnuplot-failed", NULL, "gnuplot cannot be started: %s", strerror(run->reason));
        case GNUPLOT_TOO_LONG: error_raise(S, "gnuplot-failed", "Draw less in one picture.", "gnuplot was still drawing after %g seconds", run->seconds);
        case GNUPLOT_TOO_MUCH: error_raise(S, "gnuplot-failed", "Draw less in one picture.", "gnuplot's picture has over %zu bytes", run->most);
        default: error_raise(S, "gnuplot-failed", "Is its version 5.2 or later? `gnuplot --version' tells.", "gnuplot failed: %.300s", last_message(run->messages));
    }
}

/* Whether the bytes begin and end as a picture of that format does. */
static bool is_whole(const String *bytes, PictureFormat format) {
    static const struct {
        const char *head, *tail;
        size_t head_length, tail_length;
    } ends[] = {[PICTURE_SVG] = {"<?xml", "</svg>", 5, 6}, [PICTURE_PNG] = {"\x89PNG\r\n\x1A\n", "IEND", 8, 4}, [PICTURE_PDF] = {"%PDF-", "%%EOF", 5, 5}};
    size_t n = bytes->length, look = n < 64 ? n : 64;
    if (n < ends[format].head_length || memcmp(bytes->text, ends[format].head, ends[format].head_length) != 0) return false;
    for (size_t k = ends[format].tail_length; k <= look; k++)
        if (memcmp(bytes->text + n - k, ends[format].tail, ends[format].tail_length) == 0) return true;
    return false;
}

/* ---- Drawing ---- */

static uint64_t digest(const String *text) {
    uint64_t h = 0xCBF29CE484222325u;
    for (size_t k = 0; k < text->length; k++) h = (h ^ (unsigned char)text->text[k]) * 0x100000001B3u;
    return h;
}

static void must_be_found(State *S, char path[GNUPLOT_PATH]) {
    if (!gnuplot_find(path)) no_gnuplot(S);
}

String *gnuplot_render(State *S, const Picture *picture, PictureFormat format) {
    char path[GNUPLOT_PATH], prefix[PREFIX];
    must_be_found(S, path);
    PictureGrid grid = picture_grid(S, picture);
    size_t start = text_begin(S);
    terminal(S, format, &grid);
    picture_commands(S, picture, &grid);
    const String *script = text_finish(S, start);
    GnuplotRun run = {.script = script->text, .length = script->length, .seconds = GNUPLOT_SECONDS, .most = GNUPLOT_PICTURE_MOST};
    start = text_begin(S);
    gnuplot_run(S, path, &run);
    if (run.end != GNUPLOT_DONE) failed(S, &run);
    String *bytes = text_finish(S, start);
    if (!is_whole(bytes, format)) {
        run.end = GNUPLOT_FAILED;
        failed(S, &run);
    }
    if (format != PICTURE_SVG) return bytes;
    snprintf(prefix, sizeof prefix, "p%08" PRIx64 "-", digest(script) & 0xFFFFFFFF);
    return gnuplot_svg(S, bytes, prefix, picture->title || !picture->n_panels ? picture->title : picture->panels[0].title);
}

static bool has_display(void) {
    static const char *const names[] = {"DISPLAY", "WAYLAND_DISPLAY"};
    for (unsigned k = 0; k < sizeof names / sizeof *names; k++) {
        const char *value = getenv(names[k]);
        if (value && *value) return true;
    }
    return false;
}

void gnuplot_window(State *S, const Picture *picture) {
    char path[GNUPLOT_PATH];
    must_be_found(S, path);
    const char *advice = "Give a file instead: plot(…, \"picture.svg\").";
    if (!has_display()) error_raise(S, "no-window", advice, "there is no screen to open a window on (neither DISPLAY nor WAYLAND_DISPLAY is set)");
    PictureGrid grid = picture_grid(S, picture);
    size_t start = text_begin(S);
    window_terminal(S, &grid);
    picture_commands(S, picture, &grid);
    const String *script = text_finish(S, start);
    GnuplotRun run = {.script = script->text, .length = script->length, .window = true, .seconds = GNUPLOT_SECONDS, .most = GNUPLOT_PICTURE_MOST};
    gnuplot_run(S, path, &run);
    if (run.end == GNUPLOT_FAILED && run.reason == NO_WINDOW)
        error_raise(S, "no-window", "Install gnuplot-qt or gnuplot-x11, or give a file: plot(…, \"picture.svg\").", "this gnuplot cannot open windows");
    if (run.end != GNUPLOT_DONE) failed(S, &run);
}
