/* read_csv, by libcsv. */
#include <csv.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/gc.h"
#include "runtime/run.h"
#include "stdlib/stdlib.h"

/* Cells of a table in reading order, as strings in a list; `width` cells a row. */
typedef struct CsvTable {
    State *S;
    struct csv_parser *parser;
    List *cells;
    uint32_t width;   /* of the header */
    uint32_t in_row;  /* cells so far */
    uint32_t row;     /* line of the table, the header is 1 */
    uint32_t ragged;  /* the first row of another width, 0: none */
    uint32_t ragged_width;
    const char *text;
    size_t length;
    int failed;
} CsvTable;

static void on_cell(void *cell, size_t length, void *user) {
    CsvTable *table = user;
    list_append(table->S, table->cells, value_object(string_new(table->S, cell ? cell : "", length)));
    table->in_row++;
}

static void on_row(int end, void *user) {
    (void)end;
    CsvTable *table = user;
    table->row++;
    if (table->row == 1) table->width = table->in_row;
    if (table->in_row != table->width && !table->ragged) {
        table->ragged = table->row;
        table->ragged_width = table->in_row;
    }
    table->in_row = 0;
}

static void parse_cells(State *S, void *what) {
    (void)S;
    CsvTable *table = what;
    struct csv_parser *parser = table->parser;
    if (csv_parse(parser, table->text, table->length, on_cell, on_row, table) != table->length ||
        csv_fini(parser, on_cell, on_row, table) != 0)
        table->failed = csv_error(parser);
}

static double cell_number(const String *cell, bool *ok) {
    char *end;
    double x = strtod(cell->text, &end);
    while (*end == ' ' || *end == '\t') end++;
    *ok = end != cell->text && *end == '\0' && strlen(cell->text) == cell->length;
    return x;
}

static bool is_blank(const String *cell) { return strspn(cell->text, " \t") == cell->length; }

static const String *cell_at(const CsvTable *table, uint32_t row, uint32_t column) {
    return table->cells->items[(size_t)row * table->width + column].as.string;
}

static bool column_is_numeric(const CsvTable *table, uint32_t column) {
    for (uint32_t row = 1; row < table->row; row++) {
        const String *cell = cell_at(table, row, column);
        bool ok;
        if (is_blank(cell)) continue;
        cell_number(cell, &ok);
        return ok;
    }
    return true;
}

static Value numeric_column(State *S, const CsvTable *table, uint32_t column, const char *path) {
    Array *a = array_new(S, layout_vector(S, table->row - 1));
    for (uint32_t row = 1; row < table->row; row++) {
        const String *cell = cell_at(table, row, column);
        bool ok = true;
        a->data[row - 1] = is_blank(cell) ? missing_number() : cell_number(cell, &ok);
        if (!ok)
            error_raise(S, "bad-cell", "The cells above it are numbers. Leave a cell empty where the value is missing.",
                        "'%s', row %u, column '%s': \"%.60s\" is no number", path, row + 1, cell_at(table, 0, column)->text, cell->text);
    }
    return value_array(a, 0);
}

static Value text_column(State *S, const CsvTable *table, uint32_t column) {
    List *list = list_new(S, table->row);
    for (uint32_t row = 1; row < table->row; row++) {
        const String *cell = cell_at(table, row, column);
        list_append(S, list, cell->length ? value_object((void *)cell) : value_missing());
    }
    return value_object(list);
}

static String *column_name(State *S, const CsvTable *table, uint32_t column, const char *path) {
    const String *cell = cell_at(table, 0, column);
    const char *text = cell->text;
    while (*text == ' ') text++;
    if (!*text) error_raise(S, "bad-table", NULL, "'%s': column %u has no name in the header", path, column + 1);
    size_t n = strlen(text);
    while (n && text[n - 1] == ' ') n--;
    return string_new(S, text, n);
}

static Value columns_of(State *S, const CsvTable *table, const char *path) {
    Record *record = record_new(S, table->width);
    for (uint32_t c = 0; c < table->width; c++) {
        String *name = column_name(S, table, c, path);
        if (record_find(record, name)) error_raise(S, "bad-table", NULL, "'%s' has two columns '%s'", path, name->text);
        record_set(S, record, name, column_is_numeric(table, c) ? numeric_column(S, table, c, path) : text_column(S, table, c));
    }
    return value_object(record);
}

static void check_table(State *S, const CsvTable *table, const char *path) {
    if (table->failed)
        error_raise(S, "bad-table", "Is a quote left open?", "'%s' is no CSV near row %u: %s", path, table->row + 1, csv_strerror(table->failed));
    if (table->row == 0) error_raise(S, "bad-table", "The first row names the columns.", "'%s' is empty", path);
    if (table->ragged)
        error_raise(S, "bad-table", NULL, "'%s', row %u has %u cell%s, and the header has %u", path, table->ragged, table->ragged_width,
                    table->ragged_width == 1 ? "" : "s", table->width);
}

static const char *skip_mark(const String *text, size_t *length) {
    bool mark = text->length >= 3 && memcmp(text->text, "\xEF\xBB\xBF", 3) == 0;
    *length = text->length - (mark ? 3 : 0);
    return text->text + (mark ? 3 : 0);
}

static Value native_read_csv(State *S, const Value *a, unsigned n) {
    (void)n;
    if (a[0].tag != VALUE_STRING) native_type_error(S, "read_csv", "path", "a string (the file's path)", a[0]);
    String *path = run_relative_path(S, a[0].as.string->text);
    String *text = run_read_file(S, path->text);
    struct csv_parser parser;
    if (csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI | CSV_APPEND_NULL) != 0) error_no_memory(S);
    CsvTable table = {.S = S, .cells = list_new(S, 64), .parser = &parser};
    table.text = skip_mark(text, &table.length);
    /* libcsv keeps a buffer of its own: it must be freed before an error goes on. */
    bool done = error_protect(S, parse_cells, &table);
    csv_free(&parser);
    if (!done) error_again(S);
    check_table(S, &table, path->text);
    return columns_of(S, &table, path->text);
}

const NativeRow native_files[] = {
    {"read_csv", "path", native_read_csv, "reads a table with a header: a record of columns; empty cells are missing", true, false},
    {0},
};
