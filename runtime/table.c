#include "runtime/table.h"

#include <string.h>

Table table_begin(State *S, const TableColumn *columns, unsigned n_columns) {
    Table table = {columns, n_columns, text_begin(S), 0};
    for (unsigned k = 0; k < n_columns; k++) {
        table_cell(S, &table);
        text_print(S, "%s", columns[k].title);
    }
    return table;
}

void table_cell(State *S, Table *table) {
    if (table->cells++) text_append(S, "", 1);
}

/* Bytes of the first `columns` code points. */
static size_t cut(const char *text, size_t columns) {
    size_t k = 0;
    for (size_t seen = 0; text[k]; k++)
        if (((unsigned char)text[k] & 0xC0) != 0x80 && seen++ == columns) break;
    return k;
}

static size_t cell_width(const char *cell) {
    size_t width = text_width(cell, strlen(cell));
    return width > TABLE_CELL ? TABLE_CELL : width;
}

static void spaces(State *S, size_t n) {
    while (n--) text_append(S, " ", 1);
}

static void lay_cell(State *S, const char *cell, size_t width, bool right, bool last) {
    size_t own = cell_width(cell);
    bool long_ = text_width(cell, strlen(cell)) > TABLE_CELL;
    if (right) spaces(S, width - own);
    text_append(S, cell, long_ ? cut(cell, TABLE_CELL - 1) : strlen(cell));
    if (long_) text_print(S, "…");
    if (!right && !last) spaces(S, width - own);
}

/* Works on a copy, because the text may move while it grows. */
static void lay_out(State *S, const Table *table, const char *cells) {
    size_t width[TABLE_COLUMNS] = {0};
    const char *cell = cells;
    for (size_t k = 0; k < table->cells; k++, cell += strlen(cell) + 1) {
        size_t w = cell_width(cell);
        if (w > width[k % table->n_columns]) width[k % table->n_columns] = w;
    }
    cell = cells;
    for (size_t k = 0; k < table->cells; k++, cell += strlen(cell) + 1) {
        unsigned c = (unsigned)(k % table->n_columns);
        if (k) text_print(S, c ? "  " : "\n");
        lay_cell(S, cell, width[c], table->columns[c].right, c + 1 == table->n_columns);
    }
}

void table_end(State *S, Table *table) {
    text_append(S, "", 1);
    size_t length = text_length(S, table->start);
    char *cells = memory_new(S, length);
    memcpy(cells, text_at(S, table->start), length);
    text_drop(S, table->start);
    /* Room first: laying out must not fail while `cells` is ours. */
    size_t most = (table->cells / table->n_columns + 1) * table->n_columns * (4 * TABLE_CELL + 4);
    if (!text_room(S, most)) {
        memory_free(S, cells, length);
        error_no_memory(S);
    }
    lay_out(S, table, cells);
    memory_free(S, cells, length);
}
