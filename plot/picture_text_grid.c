/* SPDX-License-Identifier: GPL-3.0-or-later
   A grid of characters: texts of programs are put into columns here, and made harmless. */
#include <string.h>

#include "lexer/utf8.h"
#include "plot/picture_text_parts.h"
#include "runtime/text.h"

static const char ellipsis[] = "…", replacement[] = "\xEF\xBF\xBD";

void *picture_text_scratch(State *S, size_t size) {
    Array *block = array_zero(S, layout_vector(S, size / sizeof(double) + 1));
    return block->data;
}

TextGrid grid_new(State *S, unsigned columns, unsigned rows) {
    return (TextGrid){columns, rows, picture_text_scratch(S, (size_t)columns * rows * sizeof(GridCell))};
}

/* A character as it is shown. */
typedef struct Shown {
    const char *text;
    size_t length; /* 0: nothing is shown */
    unsigned columns;
    size_t bytes;  /* of the source */
} Shown;

static Shown shown_at(const char *text, size_t left) {
    Utf8 found = utf8_decode(text, left);
    if (found.code == '\n' || found.code == '\t' || found.code == '\r') return (Shown){" ", 1, 1, 1};
    if (!found.valid || utf8_is_invisible(found.code))
        return (Shown){replacement, 3, 1, found.length};
    return (Shown){text, found.length, utf8_width(found.code), found.length};
}

unsigned grid_width(const char *text, size_t length) {
    unsigned width = 0;
    for (size_t k = 0; k < length && width < 1u << 30;) {
        Shown shown = shown_at(text + k, length - k);
        width += shown.columns;
        k += shown.bytes;
    }
    return width;
}

static GridCell *cell_at(TextGrid *grid, unsigned row, unsigned column) {
    return row < grid->rows && column < grid->columns ? &grid->cells[(size_t)row * grid->columns + column] : NULL;
}

static void put_one(TextGrid *grid, unsigned row, unsigned column, const char *text, size_t length, unsigned columns, Ink ink) {
    GridCell *cell = cell_at(grid, row, column);
    if (!cell || (columns == 2 && column + 1 >= grid->columns)) return;
    *cell = (GridCell){.length = (uint8_t)length, .ink = (uint8_t)ink};
    memcpy(cell->text, text, length);
    if (columns == 2) cell[1] = (GridCell){.covered = true};
}

/* What combines goes on top of the character before it, as long as there is room. */
static void combine(TextGrid *grid, unsigned row, unsigned column, const char *text, size_t length) {
    GridCell *cell = column ? cell_at(grid, row, column - 1) : NULL;
    if (cell && cell->covered && column > 1) cell--;
    if (!cell || !cell->length || cell->length + length > GRID_CELL) return;
    memcpy(cell->text + cell->length, text, length);
    cell->length = (uint8_t)(cell->length + length);
}

unsigned grid_put(TextGrid *grid, unsigned row, unsigned column, unsigned width, const char *text, size_t length, Ink ink) {
    bool cut = grid_width(text, length) > width;
    unsigned room = cut ? width - (width > 0) : width, used = 0;
    for (size_t k = 0; k < length;) {
        Shown shown = shown_at(text + k, length - k);
        if (used + shown.columns > room || (shown.columns == 0 && used == 0 && cut && room == 0)) break;
        if (shown.columns) put_one(grid, row, column + used, shown.text, shown.length, shown.columns, ink);
        else combine(grid, row, column + used, shown.text, shown.length);
        used += shown.columns;
        k += shown.bytes;
    }
    if (cut && width) put_one(grid, row, column + used++, ellipsis, sizeof ellipsis - 1, 1, ink);
    return used;
}

void grid_put_centred(TextGrid *grid, unsigned row, unsigned column, unsigned width, const String *text, Ink ink) {
    unsigned own = grid_width(text->text, text->length);
    grid_put(grid, row, column + (own < width ? (width - own) / 2 : 0), width, text->text, text->length, ink);
}

size_t grid_line(const char *text, size_t length, unsigned width) {
    size_t k = 0, space = 0;
    for (unsigned used = 0; k < length;) {
        Shown shown = shown_at(text + k, length - k);
        if (used + shown.columns > width) return space ? space : k ? k : shown.bytes;
        used += shown.columns;
        k += shown.bytes;
        if (shown.text[0] == ' ') space = k;
    }
    return length;
}

/* ---- Printing ---- */

/* The colours of plot/palette.h, as the nearest ones of terminals with 256. */
static const char *const ink_codes[INKS] = {
    [INK_PLAIN] = "0",
    [INK_SERIES] = "38;5;32", "38;5;166", "38;5;36", "38;5;175", "38;5;178", "38;5;74",
    [INK_DATA] = "38;5;245",
    [INK_REFERENCE] = "0",
    [INK_TITLE] = "1",
};

static void change_ink(State *S, Ink *now, Ink ink) {
    if (*now == ink) return;
    if (*now != INK_PLAIN && ink != INK_PLAIN) text_print(S, "\033[0;%sm", ink_codes[ink]);
    else text_print(S, "\033[%sm", ink_codes[ink]);
    *now = ink;
}

static void print_row(State *S, const GridCell *cells, unsigned columns, bool colours) {
    while (columns && !cells[columns - 1].covered && (!cells[columns - 1].length || strncmp(cells[columns - 1].text, " ", cells[columns - 1].length) == 0))
        columns--;
    Ink now = INK_PLAIN;
    for (unsigned k = 0; k < columns; k++) {
        if (cells[k].covered) continue;
        if (cells[k].length) {
            if (colours) change_ink(S, &now, cells[k].ink);
            text_append(S, cells[k].text, cells[k].length);
        } else
            text_append(S, " ", 1);
    }
    change_ink(S, &now, INK_PLAIN);
}

void grid_print(State *S, const TextGrid *grid, bool colours) {
    for (unsigned row = 0; row < grid->rows; row++) {
        if (row) text_append(S, "\n", 1);
        print_row(S, grid->cells + (size_t)row * grid->columns, grid->columns, colours);
    }
}
