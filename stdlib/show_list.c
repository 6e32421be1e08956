/* SPDX-License-Identifier: GPL-3.0-or-later
   Lists, records and tables as an interactive session shows them. */
#include <string.h>

#include "lexer/utf8.h"
#include "runtime/table.h"
#include "stdlib/show_parts.h"

enum { ITEMS = SHOW_LINES - 6, ROWS = 10, NAME_MOST = 24 };

static void remark_more(State *S, const Show *show, size_t n, const char *what) {
    show_newline(S);
    show_dim(S, show);
    text_print(S, "… ");
    show_count(S, n);
    text_print(S, " more%s", what);
    show_plain(S, show);
}

/* The whole in one line; false, and nothing is appended, when it takes more. */
static bool fits_one_line(State *S, const Show *show, Value v) {
    size_t start = text_begin(S);
    show_brief(S, v, show->width + 1);
    if (utf8_columns(text_at(S, start), text_length(S, start)) <= show->width) return true;
    text_drop(S, start);
    return false;
}

static unsigned digits_of(size_t n) {
    unsigned digits = 1;
    for (; n >= 10; n /= 10) digits++;
    return digits;
}

void show_list(State *S, const Show *show, const List *list) {
    if (list->count <= ITEMS && fits_one_line(S, show, value_object((void *)list))) return;
    /* One more that is left out takes as much room as the line that says so. */
    uint32_t shown = list->count <= ITEMS + 1 ? list->count : ITEMS;
    unsigned digits = digits_of(shown ? shown - 1 : 0);
    show_dim(S, show);
    text_print(S, "list of ");
    show_count(S, list->count);
    show_plain(S, show);
    for (uint32_t k = 0; k < shown; k++) {
        show_newline(S);
        show_dim(S, show);
        text_print(S, "%*u  ", (int)digits, k);
        show_plain(S, show);
        show_brief(S, list->items[k], show->width - digits - 2);
    }
    if (shown < list->count) remark_more(S, show, list->count - shown, "");
}

/* ---- Records ---- */

static size_t name_width(State *S, const String *name) {
    size_t start = text_begin(S);
    text_field_name(S, name);
    text_make_visible(S, start, false);
    size_t width = utf8_columns(text_at(S, start), text_length(S, start));
    text_drop(S, start);
    return width < NAME_MOST ? width : NAME_MOST;
}

static void show_name(State *S, const String *name) {
    size_t start = text_begin(S);
    text_field_name(S, name);
    text_make_visible(S, start, false);
    show_cut(S, start, NAME_MOST);
}

void show_record(State *S, const Show *show, const Record *record) {
    if (record->count <= 4 && fits_one_line(S, show, value_object((void *)record))) return;
    uint32_t shown = record->count <= ITEMS + 1 ? record->count : ITEMS;
    size_t widest = 0;
    for (uint32_t k = 0; k < shown; k++) {
        size_t width = name_width(S, record->names[k]);
        if (width > widest) widest = width;
    }
    for (uint32_t k = 0; k < shown; k++) {
        if (k) show_newline(S);
        show_bold(S, show);
        show_name(S, record->names[k]);
        show_plain(S, show);
        text_print(S, ": ");
        show_spaces(S, widest - name_width(S, record->names[k]));
        show_brief(S, record->values[k], show->width > widest + 10 ? show->width - widest - 2 : 8);
    }
    if (shown < record->count) remark_more(S, show, record->count - shown, " fields");
}

/* ---- Tables ---- */

/* How many rows a column has; -1: it is none. */
static long column_length(Value v) {
    if (v.tag == VALUE_LIST && !v.as.list->slots) return v.as.list->count;
    if (v.tag != VALUE_ARRAY || v.as.array->layout->rank != 1 || v.as.array->layout->n_axes) return -1;
    return (long)v.as.array->layout->dims[0];
}

bool show_is_table(const Record *record) {
    if (!record->count) return false;
    long n = column_length(record->values[0]);
    for (uint32_t k = 1; k < record->count; k++)
        if (column_length(record->values[k]) != n) return false;
    return n >= 2;
}

static size_t missing_in(Value column) {
    size_t n = 0;
    if (column.tag == VALUE_ARRAY)
        for (size_t k = 0; k < column.as.array->layout->dims[0]; k++) n += number_is_missing(column.as.array->data[k]);
    else
        for (uint32_t k = 0; k < column.as.list->count; k++) n += column.as.list->items[k].tag == VALUE_MISSING;
    return n;
}

/* What the cells are, missing ones aside. */
static const char *column_type(Value column) {
    if (column.tag == VALUE_ARRAY) return column.as.array->boolean ? "boolean" : "number";
    const char *type = NULL;
    for (uint32_t k = 0; k < column.as.list->count; k++) {
        Value v = column.as.list->items[k];
        if (v.tag == VALUE_MISSING) continue;
        if (!type) type = value_type_name(v);
        else if (strcmp(type, value_type_name(v)) != 0) return "mixed";
    }
    return type ? type : "missing";
}

static Value cell_of(Value column, size_t row) {
    if (column.tag == VALUE_LIST) return column.as.list->items[row];
    const Array *a = column.as.array;
    if (a->boolean && a->data[row] == a->data[row]) return value_boolean(a->data[row] != 0);
    return value_number(a->data[row]);
}

/* Strings are bare: the row below the names says what they are. */
static void show_cell(State *S, Value v) {
    if (v.tag != VALUE_STRING) {
        show_brief(S, v, TABLE_CELL + 1);
        return;
    }
    size_t start = text_begin(S), most = 4 * TABLE_CELL;
    text_append(S, v.as.string->text, v.as.string->length < most ? v.as.string->length : most);
    text_make_visible(S, start, false);
}

/* How wide a column is, its head included. */
static size_t column_width(State *S, const Record *record, uint32_t column, size_t rows) {
    size_t width = name_width(S, record->names[column]), type = strlen(column_type(record->values[column]));
    if (type > width) width = type;
    for (size_t r = 0; r < rows; r++) {
        size_t start = text_begin(S);
        show_cell(S, cell_of(record->values[column], r));
        size_t w = utf8_columns(text_at(S, start), text_length(S, start));
        text_drop(S, start);
        if (w > width) width = w;
    }
    return width < TABLE_CELL ? width : TABLE_CELL;
}

/* How many columns fit beside the rows' numbers; at least one. */
static uint32_t columns_that_fit(State *S, const Show *show, const Record *record, size_t rows) {
    size_t used = digits_of(rows);
    uint32_t c = 0;
    for (; c < record->count && c + 1 < TABLE_COLUMNS; c++) {
        used += 2 + column_width(S, record, c, rows);
        if (used > show->width) break;
    }
    return c ? c : 1;
}

static void bold_first_line(State *S, const Show *show, size_t start) {
    if (!show->colours) return;
    const char *text = text_at(S, start), *end = memchr(text, '\n', text_length(S, start));
    String *rest = string_new(S, end, text_length(S, start) - (size_t)(end - text)), *line = string_new(S, text, (size_t)(end - text));
    text_drop(S, start);
    show_bold(S, show);
    text_append(S, line->text, line->length);
    show_plain(S, show);
    text_append(S, rest->text, rest->length);
}

static void show_grid(State *S, const Show *show, const Record *record, uint32_t shown, size_t rows) {
    size_t start = text_begin(S);
    TableColumn columns[TABLE_COLUMNS] = {{"", true}};
    for (uint32_t c = 0; c < shown; c++) {
        const char *type = column_type(record->values[c]);
        columns[c + 1] = (TableColumn){"", strcmp(type, "number") == 0 || strcmp(type, "boolean") == 0};
    }
    /* The heads are cells as well, because names of columns are data. */
    Table table = {columns, shown + 1, start, start, 0};
    table_cell(S, &table);
    for (uint32_t c = 0; c < shown; c++) {
        table_cell(S, &table);
        show_name(S, record->names[c]);
    }
    table_cell(S, &table);
    for (uint32_t c = 0; c < shown; c++) {
        table_cell(S, &table);
        text_print(S, "%s", column_type(record->values[c]));
    }
    for (size_t r = 0; r < rows; r++) {
        table_cell(S, &table);
        text_print(S, "%zu", r);
        for (uint32_t c = 0; c < shown; c++) {
            table_cell(S, &table);
            show_cell(S, cell_of(record->values[c], r));
        }
    }
    table_end(S, &table);
    bold_first_line(S, show, start);
}

/* "and 3 more columns: a, b, c" */
static void remark_columns(State *S, const Show *show, const Record *record, uint32_t shown) {
    show_newline(S);
    size_t start = text_begin(S);
    text_print(S, "and %u more column%s: ", record->count - shown, record->count - shown == 1 ? "" : "s");
    for (uint32_t c = shown; c < record->count && text_length(S, start) <= 4 * show->width; c++) {
        if (c > shown) text_print(S, ", ");
        show_name(S, record->names[c]);
    }
    show_cut(S, start, show->width);
}

void show_table(State *S, const Show *show, const Record *record) {
    size_t n = (size_t)column_length(record->values[0]), rows = n <= ROWS + 2 ? n : ROWS, missing = 0;
    uint32_t shown = columns_that_fit(S, show, record, rows);
    for (uint32_t c = 0; c < record->count; c++) missing += missing_in(record->values[c]);
    show_grid(S, show, record, shown, rows);
    show_newline(S);
    show_dim(S, show);
    if (rows < n) text_print(S, "… ");
    show_count(S, n);
    text_print(S, " rows");
    if (missing) {
        text_print(S, ", ");
        show_count(S, missing);
        text_print(S, " missing");
    }
    if (shown < record->count) remark_columns(S, show, record, shown);
    show_plain(S, show);
}
