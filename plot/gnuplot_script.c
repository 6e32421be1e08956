/* SPDX-License-Identifier: GPL-3.0-or-later
   Pictures as gnuplot scripts that hold all they need: data blocks, and texts between single quotes. */
#include <math.h>

#include "plot/gnuplot_parts.h"
#include "runtime/text.h"

/* Pixels. */
enum { HEADING_HIGH = 34, PICTURE_MOST = 12000 };

/* A cell of the grid, by the number of columns. */
static const struct {
    double width, height;
} cells[] = {{640, 420}, {440, 310}, {370, 270}, {310, 240}};

PictureGrid picture_grid(State *S, const Picture *picture) {
    unsigned columns = picture_columns(picture), rows = (picture->n_panels + columns - 1) / columns;
    unsigned size = columns - 1 < sizeof cells / sizeof *cells ? columns - 1 : sizeof cells / sizeof *cells - 1;
    double width = cells[size].width, height = cells[size].height;
    if (columns == 1 && rows > 1) height = 300;
    if (!rows) rows = 1;
    bool bare = picture->n_panels > 0;
    double bare_width = 0, bare_height = 0;
    for (uint32_t k = 0; k < picture->n_panels; k++) {
        bare = bare && picture->panels[k].bare;
        if (!picture->panels[k].bare) continue;
        double w, h;
        panel_bare_size(&picture->panels[k], &w, &h);
        bare_width = fmax(bare_width, w);
        bare_height = fmax(bare_height, h + (picture->panels[k].title ? HEADING_HIGH : 0) + (picture->panels[k].note ? HEADING_HIGH : 0));
    }
    width = bare ? bare_width : fmax(width, bare_width);
    height = bare ? bare_height : fmax(height, bare_height);
    PictureGrid grid = {columns, rows, columns * width, rows * height, 0};
    if (gnuplot_clean(S, picture->title)) grid.heading = HEADING_HIGH;
    grid.height += grid.heading;
    double most = fmax(grid.width, grid.height);
    if (most > PICTURE_MOST) {
        grid.width *= PICTURE_MOST / most;
        grid.height *= PICTURE_MOST / most;
    }
    grid.width = floor(grid.width);
    grid.height = floor(grid.height);
    return grid;
}

void picture_commands(State *S, const Picture *picture, const PictureGrid *grid) {
    text_print(S, "set encoding utf8\nset samples 2\n");
    bool many = picture->n_panels > 1 || grid->heading > 0;
    if (many) {
        text_print(S, "set multiplot layout %u,%u", grid->rows, grid->columns);
        size_t start = text_begin(S);
        text_print(S, " title ");
        if (gnuplot_text(S, picture->title, grid->width - 40, 1, PALETTE_HEADING)) text_print(S, " noenhanced font ',%d' textcolor rgb '#" PALETTE_TEXT "'", PALETTE_HEADING);
        else text_drop(S, start);
        text_print(S, "\n");
    }
    double width = grid->width / grid->columns, height = (grid->height - grid->heading) / grid->rows;
    for (uint32_t k = 0; k < picture->n_panels; k++) panel_script(S, &picture->panels[k], k + 1, width, height);
    if (!picture->n_panels) panel_script(S, &(Panel){.x_low = NAN, .x_high = NAN, .y_low = NAN, .y_high = NAN}, 1, width, height);
    if (many) text_print(S, "unset multiplot\n");
}

String *gnuplot_script(State *S, const Picture *picture) {
    PictureGrid grid = picture_grid(S, picture);
    size_t start = text_begin(S);
    text_print(S, "# A picture by Elbo, for gnuplot 5.2 or later. All its data are in here.\n"
                  "# In a window:  gnuplot -p FILE\n"
                  "# As a file:    gnuplot -e \"set terminal svg; set output 'picture.svg'\" FILE\n"
                  "reset\n");
    static const char *const windows[] = {"qt", "wxt", "x11"};
    for (unsigned k = 0; k < sizeof windows / sizeof *windows; k++)
        text_print(S, "if (GPVAL_TERM eq '%s') set terminal %s size %.0f,%.0f\n", windows[k], windows[k], grid.width, grid.height);
    picture_commands(S, picture, &grid);
    return text_finish(S, start);
}
