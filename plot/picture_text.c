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

/* Panels that stand side by side. */
static void draw_abreast(State *S, const Picture *picture, uint32_t first, uint32_t n, unsigned width, unsigned abreast) {
    unsigned own = (width - BETWEEN * (abreast - 1)) / abreast, height = 0;
    TextPanel layouts[2];
    for (uint32_t k = 0; k < n; k++) {
        layouts[k] = text_panel_layout(S, &picture->panels[first + k], own, canvas_rows(picture, own));
        if (layouts[k].height > height) height = layouts[k].height;
    }
    TextGrid grid = grid_new(S, width, height);
    for (uint32_t k = 0; k < n; k++) text_panel_draw(S, &layouts[k], &grid, 0, k * (own + BETWEEN));
    grid_print(S, &grid);
}

void picture_text(State *S, const Picture *picture, unsigned width) {
    if (!width) width = S->options.width ? S->options.width : USUAL;
    width = width < NARROWEST ? NARROWEST : width > WIDEST ? WIDEST : width;
    for (uint32_t k = 0; k < picture->n_panels; k++) plot_axis_check(S, &picture->panels[k]);
    unsigned abreast = width >= TWO_ABREAST && picture_columns(picture) > 1 ? 2 : 1;
    if (picture->title) {
        TextGrid grid = grid_new(S, width, 1);
        grid_put_centred(&grid, 0, 0, width, picture->title, INK_TITLE);
        grid_print(S, &grid);
        text_append(S, "\n\n", picture->n_panels ? 2 : 0);
    }
    for (uint32_t k = 0; k < picture->n_panels; k += abreast) {
        if (k) text_append(S, "\n\n", 2);
        draw_abreast(S, picture, k, picture->n_panels - k < abreast ? picture->n_panels - k : abreast, width, abreast);
    }
}
