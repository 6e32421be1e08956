/* SPDX-License-Identifier: GPL-3.0-or-later
   Tables of text. */
#include "runtime/table.h"

#include <string.h>

#include "lexer/utf8.h"

Table table_begin(State *S, const TableColumn *columns, unsigned n_columns) {
    Table table = {columns, n_columns, text_begin(S), 0, 0};
    for (unsigned k = 0; k < n_columns; k++) {
        table_cell(S, &table);
        text_print(S, "%s", columns[k].title);
    }
    return table;
}

static void end_cell(State *S, const Table *table) {
    text_make_visible(S, table->cell, false);
    text_append(S, "", 1);
}

void table_cell(State *S, Table *table) {
    if (table->cells++) end_cell(S, table);
    table->cell = text_begin(S);
}

static void spaces(State *S, size_t n) {
    while (n--) text_append(S, " ", 1);
}

static void lay_cell(State *S, const char *cell, size_t width, bool right, bool last) {
    size_t length = strlen(cell), own = utf8_columns(cell, length);
    bool cut = own > width;
    if (cut) {
        length = text_cut(cell, length, width - 1);
        own = utf8_columns(cell, length) + 1;
    }
    if (right) spaces(S, width - own);
    text_append(S, cell, length);
    if (cut) text_print(S, "…");
    if (!right && !last) spaces(S, width - own);
}

/* ---- Fitting a table into the columns that there are ---- */

enum { CELL_WIDE = 16, CELL_LEAST = 6, BETWEEN = 2 };

static size_t whole_width(const size_t width[], const bool dropped[], unsigned n) {
    size_t sum = 0, shown = 0;
    for (unsigned c = 0; c < n; c++) {
        if (dropped[c]) continue;
        sum += width[c];
        shown++;
    }
    return sum + (shown ? BETWEEN * (shown - 1) : 0);
}

/* The widest column above `least`, of all or only of those with texts but the names at the left; n_columns: there is none. */
static unsigned widest(const Table *table, const size_t width[], const bool dropped[], size_t least, bool numbers) {
    unsigned best = table->n_columns;
    for (unsigned c = 0; c < table->n_columns; c++) {
        if (dropped[c] || width[c] <= least || ((!c || table->columns[c].right) && !numbers)) continue;
        if (best == table->n_columns || width[c] > width[best]) best = c;
    }
    return best;
}

/* Leaves out columns with nothing in them, cuts what is wide, then texts, then everything, and leaves out the last columns at
   last. */
static void fit(const State *S, const Table *table, size_t width[], const bool filled[], bool dropped[]) {
    unsigned n = table->n_columns;
    if (!S->table_columns) return;
    for (unsigned c = 1; c < n && whole_width(width, dropped, n) > S->table_columns; c++) dropped[c] = !filled[c];
    static const struct {
        size_t least;
        bool numbers;
    } rounds[] = {{CELL_WIDE, true}, {CELL_LEAST, false}, {CELL_LEAST, true}};
    for (size_t k = 0; k < sizeof rounds / sizeof *rounds; k++)
        while (whole_width(width, dropped, n) > S->table_columns) {
            unsigned c = widest(table, width, dropped, rounds[k].least, rounds[k].numbers);
            if (c == n) break;
            width[c]--;
        }
    for (unsigned c = n; c-- > 1 && whole_width(width, dropped, n) > S->table_columns;) dropped[c] = true;
}

/* Works on a copy, because the text may move while it grows. */
static void lay_out(State *S, const Table *table, const char *cells) {
    size_t width[TABLE_COLUMNS] = {0};
    bool filled[TABLE_COLUMNS] = {false}, dropped[TABLE_COLUMNS] = {false};
    const char *cell = cells;
    unsigned last = 0;
    for (size_t k = 0; k < table->cells; k++, cell += strlen(cell) + 1) {
        unsigned c = (unsigned)(k % table->n_columns);
        size_t w = utf8_columns(cell, strlen(cell));
        if (w > TABLE_CELL) w = TABLE_CELL;
        if (w > width[c]) width[c] = w;
        if (k >= table->n_columns && w) filled[c] = true;
    }
    fit(S, table, width, filled, dropped);
    for (unsigned c = 0; c < table->n_columns; c++)
        if (!dropped[c]) last = c;
    cell = cells;
    for (size_t k = 0; k < table->cells; k++, cell += strlen(cell) + 1) {
        unsigned c = (unsigned)(k % table->n_columns);
        if (dropped[c]) continue;
        if (k) text_print(S, c ? "  " : "\n");
        lay_cell(S, cell, width[c], table->columns[c].right, c == last);
    }
}

void table_end(State *S, Table *table) {
    end_cell(S, table);
    size_t length = text_length(S, table->start);
    char *cells = memory_new(S, length);
    memcpy(cells, text_at(S, table->start), length);
    text_drop(S, table->start);
    /* Room first: laying out must not fail while `cells` is ours. A column may take no bytes or many. */
    size_t most = (table->cells / table->n_columns + 1) * table->n_columns * (TABLE_CELL + 8) + length;
    if (!text_room(S, most)) {
        memory_free(S, cells, length);
        error_no_memory(S);
    }
    lay_out(S, table, cells);
    memory_free(S, cells, length);
}
