/* SPDX-License-Identifier: GPL-3.0-or-later
   Pictures as text. */
#include "plot/picture_text.h"

#include <math.h>

#include "plot/picture_text_parts.h"
#include "runtime/text.h"

enum { NARROWEST = 24, WIDEST = 400, USUAL = 80, TWO_ABREAST = 120, BETWEEN = 4 };

/* How many rows the canvas of a panel has. */
static unsigned canvas_rows(const Picture *picture, unsigned width) {
    unsigned least = 6, most = picture->n_panels > 1 ? 12 : 20, rows = picture->n_panels > 1 ? width / 6 : width / 5;
    return rows < least ? least : rows > most ? most : rows;
}

static bool is_empty(const Panel *panel) { return panel->bare && !panel->n_shapes && !panel->n_layers && !panel->title; }

/* The next panel that has something to show; n_panels: none. */
static uint32_t next_panel(const Picture *picture, uint32_t from) {
    while (from < picture->n_panels && is_empty(&picture->panels[from])) from++;
    return from;
}

/* Draws panels side by side, from the given one on; which one comes next. */
static uint32_t draw_abreast(State *S, const Picture *picture, uint32_t next, unsigned width, unsigned abreast, bool colours) {
    unsigned own = (width - BETWEEN * (abreast - 1)) / abreast, height = 0, n = 0;
    TextPanel layouts[2];
    for (; n < abreast && next < picture->n_panels; next = next_panel(picture, next + 1)) {
        layouts[n] = text_panel_layout(S, &picture->panels[next], own, canvas_rows(picture, own));
        if (layouts[n].height > height) height = layouts[n].height;
        n++;
    }
    TextGrid grid = grid_new(S, width, height);
    for (unsigned k = 0; k < n; k++) text_panel_draw(S, &layouts[k], &grid, 0, k * (own + BETWEEN));
    grid_print(S, &grid, colours);
    return next;
}

static void print_picture(State *S, const Picture *picture, unsigned width, bool colours) {
    if (!width) width = S->options.width ? S->options.width : USUAL;
    width = width < NARROWEST ? NARROWEST : width > WIDEST ? WIDEST : width;
    for (uint32_t k = 0; k < picture->n_panels; k++) plot_axis_check(S, &picture->panels[k]);
    unsigned abreast = width >= TWO_ABREAST && picture_columns(picture) > 1 ? 2 : 1;
    if (picture->title) {
        TextGrid grid = grid_new(S, width, 1);
        grid_put_centred(&grid, 0, 0, width, picture->title, INK_TITLE);
        grid_print(S, &grid, colours);
        text_append(S, "\n\n", picture->n_panels ? 2 : 0);
    }
    for (uint32_t k = next_panel(picture, 0), first = k; k < picture->n_panels;) {
        if (k != first) text_append(S, "\n\n", 2);
        k = draw_abreast(S, picture, k, width, abreast, colours);
    }
}

void picture_text(State *S, const Picture *picture, unsigned width) { print_picture(S, picture, width, S->options.colours); }
void picture_text_plain(State *S, const Picture *picture, unsigned width) { print_picture(S, picture, width, false); }
