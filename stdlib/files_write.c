/* SPDX-License-Identifier: GPL-3.0-or-later
   Writing tables. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "lexer/number.h"
#include "runtime/array.h"
#include "runtime/eval.h"
#include "runtime/text.h"
#include "stdlib/files.h"

typedef struct Sheet {
    State *S;
    const CsvFormat *format;
    size_t rows;
    bool alone; /* one column: where a line without any cell would be no row */
} Sheet;

/* ---- Cells ---- */

static bool wants_quotes(const Sheet *s, const String *text) {
    static const char signs[] = "\"\r\n";
    const char *t = text->text, *end = t + text->length - 1;
    if (!text->length || *t == ' ' || *t == '\t' || *end == ' ' || *end == '\t' || (unsigned char)*t == 0xEF) return true;
    return strchr(t, s->format->separator) || strpbrk(t, signs);
}

static void put_text(const Sheet *s, const String *text, const String *column) {
    State *S = s->S;
    if (strlen(text->text) != text->length)
        error_raise(S, "bad-argument", NULL, "a text in the column '%.60s' has a zero byte, which no table can hold", column->text);
    if (!wants_quotes(s, text)) {
        text_append(S, text->text, text->length);
        return;
    }
    text_append(S, "\"", 1);
    for (const char *p = text->text; *p;) {
        size_t plain = strcspn(p, "\"");
        text_append(S, p, plain);
        p += plain;
        if (*p) text_append(S, "\"\"", 2), p++;
    }
    text_append(S, "\"", 1);
}

static void put_number(const Sheet *s, double x) {
    char text[32];
    if (number_is_missing(x)) text_append(s->S, "NA", s->alone ? 2 : 0);
    else if (isnan(x)) text_append(s->S, "NaN", 3);
    else if (isinf(x)) text_print(s->S, x > 0 ? "inf" : "-inf");
    else text_append(s->S, text, number_write(x, text));
}

static void put_item(const Sheet *s, Value v, const String *column, size_t row) {
    State *S = s->S;
    switch (v.tag) {
        case VALUE_STRING: put_text(s, v.as.string, column); return;
        case VALUE_NUMBER: put_number(s, v.as.number); return;
        case VALUE_BOOLEAN: text_print(S, v.as.boolean ? "true" : "false"); return;
        case VALUE_MISSING:
        case VALUE_NONE:
            if (s->alone)
                error_raise(S, "bad-argument", "Give the table a second column, or the text another value.",
                            "element %zu of the column '%.60s' is missing, and a line without any cell would be no row", row, column->text);
            return;
        default: error_raise(S, "wrong-type", "A cell is a number, true, false, a string or missing.", "element %zu of the column '%.60s' is a %s", row, column->text, value_type_name(v));
    }
}

static void put_cell(const Sheet *s, Value column, const String *name, size_t row) {
    if (column.tag == VALUE_LIST) {
        put_item(s, column.as.list->items[row], name, row);
        return;
    }
    const Array *a = column.as.array;
    double x = a->data[row];
    if (a->boolean && !number_is_missing(x)) text_print(s->S, x != 0 ? "true" : "false");
    else put_number(s, x);
}

/* ---- Records ---- */

static size_t column_length(State *S, Value v, const String *name) {
    const char *advice = "A column is a vector or a list of strings.";
    if (v.tag == VALUE_LIST) return v.as.list->count;
    if (v.tag != VALUE_ARRAY || v.as.array->layout->rank != 1)
        error_raise(S, "wrong-type", v.tag == VALUE_ARRAY && v.as.array->layout->rank ? "Write each column of a matrix as a field of its own, or the matrix alone." : advice,
                    "the column '%.60s' is a %s", name->text, value_type_name(v));
    if (v.as.array->layout->n_axes)
        error_raise(S, "lanes-differ", "Write it outside of the plate.", "inside of a plate or under particles, the column '%.60s' differs between lanes", name->text);
    return v.as.array->layout->dims[0];
}

static void check_columns(Sheet *s, const Record *record, Value *columns) {
    State *S = s->S;
    if (!record->count) error_raise(S, "bad-argument", "For instance {x: [1, 2], y: [3, 4]}.", "a table needs a column");
    s->alone = record->count == 1;
    for (uint32_t k = 0; k < record->count; k++) {
        const String *name = record->names[k];
        if (strspn(name->text, " \t") == name->length) error_raise(S, "bad-argument", NULL, "column %u of the table has no name", k + 1);
        columns[k] = value_whole(S, record->values[k]);
        size_t rows = column_length(S, columns[k], name);
        if (!k) s->rows = rows;
        if (rows != s->rows)
            error_raise(S, "shape-mismatch", "All columns of a table are of one length.", "the column '%.60s' has %zu element%s, and '%.60s' has %zu",
                        name->text, rows, rows == 1 ? "" : "s", record->names[0]->text, s->rows);
    }
}

/* The columns lie on the value stack while they are written. */
static void append_record(Sheet *s, const Record *record) {
    State *S = s->S;
    size_t base = S->top;
    stack_reserve(S, record->count + 1);
    for (uint32_t k = 0; k < record->count; k++) stack_push(S, value_none());
    check_columns(s, record, S->stack + base);
    for (uint32_t k = 0; k < record->count; k++) {
        if (k) text_append(S, &s->format->separator, 1);
        put_text(s, record->names[k], record->names[k]);
    }
    text_append(S, "\n", 1);
    for (size_t row = 0; row < s->rows; row++) {
        for (uint32_t k = 0; k < record->count; k++) {
            if (k) text_append(S, &s->format->separator, 1);
            put_cell(s, S->stack[base + k], record->names[k], row);
        }
        text_append(S, "\n", 1);
    }
    S->top = base;
}

/* ---- Matrices ---- */

static void append_matrix(Sheet *s, const Array *m) {
    size_t rows = m->layout->dims[0], columns = m->layout->dims[1];
    if (m->layout->n_axes)
        error_raise(s->S, "lanes-differ", "Write it outside of the plate.", "inside of a plate or under particles, the matrix differs between lanes");
    if (!columns) error_raise(s->S, "bad-argument", NULL, "a table needs a column");
    s->alone = columns == 1;
    for (size_t c = 0; c < columns; c++) {
        if (c) text_append(s->S, &s->format->separator, 1);
        text_print(s->S, "x%zu", c);
    }
    text_append(s->S, "\n", 1);
    for (size_t r = 0; r < rows; r++) {
        for (size_t c = 0; c < columns; c++) {
            if (c) text_append(s->S, &s->format->separator, 1);
            double x = m->data[r * columns + c];
            if (m->boolean && !number_is_missing(x)) text_print(s->S, x != 0 ? "true" : "false");
            else put_number(s, x);
        }
        text_append(s->S, "\n", 1);
    }
}

void files_append_csv(State *S, Value table, const CsvFormat *format) {
    Sheet s = {.S = S, .format = format};
    table = value_whole(S, table);
    if (table.tag == VALUE_RECORD) {
        append_record(&s, table.as.record);
    } else if (table.tag == VALUE_ARRAY && table.as.array->layout->rank == 2) {
        append_matrix(&s, table.as.array);
    } else {
        bool vector = table.tag == VALUE_ARRAY && table.as.array->layout->rank == 1;
        error_raise(S, "wrong-type", vector ? "Name the column: {x: v}." : NULL, "`write_csv` takes a record of columns or a matrix, not a %s", value_type_name(table));
    }
}
