/* SPDX-License-Identifier: GPL-3.0-or-later
   Reading tables: split into cells by libcsv, and kept column by column as numbers where they are numbers. */
#include <csv.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "lexer/number.h"
#include "lexer/utf8.h"
#include "runtime/array.h"
#include "runtime/eval.h"
#include "runtime/read_file.h"
#include "stdlib/files.h"

/* What the first cell that says something has told. */
typedef enum ColumnKind { COLUMN_OPEN, COLUMN_NUMBERS, COLUMN_BOOLEANS, COLUMN_TEXTS } ColumnKind;

typedef struct Column {
    String *name;
    ColumnKind kind;
    bool empty_text;  /* open: one of its cells was "" in quotes */
    bool has_missing; /* booleans */
    double *numbers;  /* numbers and booleans */
    size_t capacity;
    List *texts;      /* open and texts: strings, and `missing` */
} Column;

typedef struct Table {
    State *S;
    const String *path;
    const CsvFormat *format;
    FILE *file;
    struct csv_parser parser;
    bool parsing;        /* the parser owns memory */
    Column *columns;
    uint32_t width, room;
    uint32_t in_row;     /* cells so far */
    size_t rows;         /* without the header */
    bool has_header;
    size_t line, row_line; /* of the file: where it is read, and where the row began */
    bool open, ended;    /* a row goes on behind the end of the line; a row has ended in this piece */
    Value result;
} Table;

enum { BLOCK = 1 << 16, SHOWN = 60 };

/* ---- Cells ---- */

static bool is_blank(const char *text, size_t n) {
    for (size_t k = 0; k < n; k++)
        if (text[k] != ' ' && text[k] != '\t') return false;
    return true;
}

static bool is_word(const char *text, size_t n, const char *word) { return strlen(word) == n && strncasecmp(text, word, n) == 0; }

/* What other programs write where they have no value. */
static bool is_absent(const char *text, size_t n) {
    return is_blank(text, n) || is_word(text, n, "NA") || is_word(text, n, "N/A") || is_word(text, n, "null");
}

static bool read_boolean(const char *text, size_t n, double *x) {
    *x = is_word(text, n, "true");
    return *x != 0 || is_word(text, n, "false");
}

static size_t digits(const char *text, size_t n, size_t at) {
    while (at < n && text[at] >= '0' && text[at] <= '9') at++;
    return at;
}

/* Whether it is [digits][point digits][e[sign]digits], with a digit before the exponent. */
static bool is_number(const char *text, size_t n, char point) {
    size_t whole = digits(text, n, 0), at = whole, seen = whole;
    if (at < n && text[at] == point) {
        at = digits(text, n, at + 1);
        seen += at - whole - 1;
    }
    if (!seen) return false;
    if (at < n && (text[at] == 'e' || text[at] == 'E')) {
        size_t from = at + 1 + (at + 1 < n && (text[at + 1] == '+' || text[at + 1] == '-'));
        at = digits(text, n, from);
        if (at == from) return false;
    }
    return at == n;
}

static bool read_magnitude(const char *text, size_t n, char point, double *x) {
    char copy[NUMBER_MAX_LENGTH];
    if (is_word(text, n, "nan")) return *x = NAN, true;
    if (is_word(text, n, "inf") || is_word(text, n, "infinity")) return *x = INFINITY, true;
    if (n >= sizeof copy || !is_number(text, n, point)) return false;
    memcpy(copy, text, n);
    char *comma = point == '.' ? NULL : memchr(copy, point, n);
    if (comma) *comma = '.';
    return number_read(copy, n, x);
}

static bool read_number(const Table *t, const char *text, size_t n, double *x) {
    while (n && is_blank(text, 1)) text++, n--;
    while (n && is_blank(text + n - 1, 1)) n--;
    bool minus = n && text[0] == '-', sign = minus || (n && text[0] == '+');
    if (!read_magnitude(text + sign, n - sign, t->format->decimal, x)) return false;
    if (minus) *x = -*x;
    return true;
}

static _Noreturn void raise_cell(const Table *t, const Column *c, const char *text, const char *what, const char *advice) {
    error_raise(t->S, "bad-cell", advice, "'%s', line %zu, column '%s': \"%.*s\" is no %s", t->path->text, t->row_line, c->name->text, SHOWN, text, what);
}

static Value text_cell(const Table *t, const char *text, size_t n) {
    for (size_t at = 0; at < n;) {
        Utf8 code = (unsigned char)text[at] < 0x80 ? (Utf8){0, 1, true} : utf8_decode(text + at, n - at);
        if (!code.valid)
            error_raise(t->S, "bad-table", "Convert it: iconv -f latin1 -t utf8, or save it as UTF-8.", "'%s', line %zu is no UTF-8 text", t->path->text,
                        t->row_line);
        at += code.length;
    }
    return value_object(string_new(t->S, text, n));
}

/* ---- Columns ---- */

static void keep_number(const Table *t, Column *c, double x) {
    MEMORY_GROW(t->S, c->numbers, t->rows, c->capacity);
    c->numbers[t->rows] = x;
}

static bool decimal_comma(const Table *t, const char *text, size_t n) {
    size_t sign = n && text[0] == '-', comma = digits(text, n, sign);
    return t->format->decimal == '.' && comma > sign && comma + 1 < n && text[comma] == ',' && digits(text, n, comma + 1) == n;
}

/* All cells above were absent: they are missing. */
static void turn_numeric(const Table *t, Column *c, ColumnKind kind) {
    c->kind = kind;
    c->has_missing = t->rows > 0;
    c->capacity = t->rows + 64;
    c->numbers = memory_new(t->S, c->capacity * sizeof *c->numbers);
    for (size_t k = 0; k < t->rows; k++) c->numbers[k] = missing_number();
    c->texts = NULL;
}

static void decide(const Table *t, Column *c, const char *text, size_t n) {
    double x;
    if (read_number(t, text, n, &x)) turn_numeric(t, c, COLUMN_NUMBERS);
    else if (read_boolean(text, n, &x)) turn_numeric(t, c, COLUMN_BOOLEANS);
    else c->kind = COLUMN_TEXTS;
    if (c->kind == COLUMN_TEXTS && decimal_comma(t, text, n))
        raise_cell(t, c, text, "number with a decimal point", "For decimal commas: read_csv(path, separator = \";\", decimal = \",\").");
}

static void keep_cell(const Table *t, Column *c, const char *text, size_t n, bool empty) {
    double x = missing_number();
    bool absent = empty || is_absent(text, n);
    if (c->kind == COLUMN_OPEN && !absent) decide(t, c, text, n);
    if (c->kind == COLUMN_OPEN && !empty && !n) c->empty_text = true;
    if (c->kind == COLUMN_OPEN || c->kind == COLUMN_TEXTS) {
        list_append(t->S, c->texts, empty ? value_missing() : text_cell(t, text, n));
    } else if (absent) {
        c->has_missing = true;
        keep_number(t, c, x);
    } else {
        if (c->kind == COLUMN_NUMBERS && !read_number(t, text, n, &x))
            raise_cell(t, c, text, "number", "The cells above it are numbers. Leave a cell empty where the value is missing.");
        if (c->kind == COLUMN_BOOLEANS && !read_boolean(text, n, &x))
            raise_cell(t, c, text, "truth value", "The cells above it are true or false. Leave a cell empty where the value is missing.");
        keep_number(t, c, x);
    }
}

static void add_column(Table *t, const char *text, size_t n) {
    State *S = t->S;
    if (is_blank(text, n))
        error_raise(S, "bad-table", "Where a program has numbered the rows: write.csv(…, row.names = FALSE) in R, to_csv(…, index = False) in pandas.",
                    "'%s': column %u has no name in the header", t->path->text, t->in_row + 1);
    String *name = text_cell(t, text, n).as.string;
    for (uint32_t k = 0; k < t->width; k++)
        if (t->columns[k].name == name) error_raise(S, "bad-table", NULL, "'%s' has two columns '%s'", t->path->text, name->text);
    List *texts = list_new(S, 0);
    MEMORY_GROW(S, t->columns, t->width, t->room);
    t->columns[t->width++] = (Column){.name = name, .texts = texts};
}

/* ---- Rows ---- */

static void on_cell(void *cell, size_t length, void *user) {
    Table *t = user;
    const char *text = cell ? cell : "";
    if (!t->has_header) add_column(t, text, length);
    else if (t->in_row < t->width) keep_cell(t, &t->columns[t->in_row], text, length, !cell);
    t->in_row++;
}

static void check_header(const Table *t) {
    const char *name = t->columns[0].name->text;
    char found = strchr(name, ';') ? ';' : strchr(name, '\t') ? '\t' : '\0';
    if (t->width > 1 || !t->format->guess || !found) return;
    error_raise(t->S, "bad-table", error_text(t->S, "Is this meant: read_csv(path, separator = \"%s\")?", found == ';' ? ";" : "\\t"),
                "'%s' has no commas in its header, but %s", t->path->text, found == ';' ? "semicolons" : "tabs");
}

static void on_row(int end, void *user) {
    Table *t = user;
    (void)end;
    if (!t->has_header) {
        check_header(t);
        t->has_header = true;
    } else {
        if (t->in_row != t->width)
            error_raise(t->S, "bad-table", "Text with the separator in it stands in double quotes.", "'%s', line %zu has %u cell%s, and the header has %u",
                        t->path->text, t->row_line, t->in_row, t->in_row == 1 ? "" : "s", t->width);
        t->rows++;
    }
    t->in_row = 0;
    t->ended = true;
}

static _Noreturn void raise_quote(const Table *t) {
    error_raise(t->S, "bad-table", "Texts with quotes in them stand in quotes, and a quote inside is written twice.",
                "'%s', line %zu: a double quote stands in the middle of a text", t->path->text, t->row_line);
}

/* A piece of the file: a line, or a part of one. */
static void read_piece(Table *t, const char *text, size_t n) {
    if (memchr(text, '\0', n))
        error_raise(t->S, "bad-table", "Is it UTF-16? Convert it: iconv -f utf-16 -t utf8.", "'%s', line %zu has a zero byte, which no text has", t->path->text,
                    t->line);
    if (!t->open) t->row_line = t->line;
    t->ended = false;
    if (csv_parse(&t->parser, text, n, on_cell, on_row, t) != n) {
        if (csv_error(&t->parser) == CSV_ENOMEM) error_no_memory(t->S);
        raise_quote(t);
    }
    bool whole = text[n - 1] == '\n';
    if (t->ended) t->open = false;
    else if (!is_blank(text, n - whole)) t->open = true;
    if (whole) t->line++;
}

static void read_block(Table *t, const char *text, size_t n) {
    if (t->line == 1 && !t->has_header && !t->open && n >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) text += 3, n -= 3;
    while (n) {
        const char *end = memchr(text, '\n', n);
        size_t piece = end ? (size_t)(end - text) + 1 : n;
        read_piece(t, text, piece);
        text += piece;
        n -= piece;
    }
}

static void read_rows(Table *t) {
    char block[BLOCK];
    size_t n;
    while ((n = read_file_block(t->S, t->file, block, sizeof block)) > 0) read_block(t, block, n);
    int reason = errno;
    if (reason == EINTR) eval_poll(t->S, t->S->node);
    if (reason) error_raise(t->S, "no-file", NULL, "the file '%s' cannot be read: %s", t->path->text, strerror(reason));
    if (csv_fini(&t->parser, on_cell, on_row, t) != 0)
        error_raise(t->S, "bad-table", NULL, "'%s': the row that begins in line %zu has a double quote that is never closed", t->path->text, t->row_line);
    if (!t->has_header) error_raise(t->S, "bad-table", "The first row names the columns.", "'%s' is empty", t->path->text);
}

/* ---- The table ---- */

static Value column_value(const Table *t, Column *c) {
    if (c->kind == COLUMN_TEXTS || (c->kind == COLUMN_OPEN && c->empty_text)) return value_object(c->texts);
    if (c->kind == COLUMN_OPEN) turn_numeric(t, c, COLUMN_NUMBERS);
    Array *a = array_vector(t->S, t->rows, c->numbers);
    a->boolean = c->kind == COLUMN_BOOLEANS && !c->has_missing;
    memory_free(t->S, c->numbers, c->capacity * sizeof *c->numbers);
    c->numbers = NULL;
    c->capacity = 0;
    return value_array(a, 0);
}

static void read_table(State *S, void *what) {
    Table *t = what;
    if (csv_init(&t->parser, CSV_STRICT | CSV_STRICT_FINI | CSV_APPEND_NULL | CSV_EMPTY_IS_NULL) != 0) error_no_memory(S);
    t->parsing = true;
    csv_set_delim(&t->parser, (unsigned char)t->format->separator);
    read_rows(t);
    Record *record = record_new(S, t->width);
    for (uint32_t k = 0; k < t->width; k++) record_set(S, record, t->columns[k].name, column_value(t, &t->columns[k]));
    t->result = value_object(record);
}

static void free_table(State *S, Table *t) {
    if (t->parsing) csv_free(&t->parser);
    for (uint32_t k = 0; k < t->width; k++) memory_free(S, t->columns[k].numbers, t->columns[k].capacity * sizeof(double));
    memory_free(S, t->columns, t->room * sizeof *t->columns);
    read_file_close(t->file);
}

Value files_read_csv(State *S, const String *path, const CsvFormat *format) {
    Table t = {.S = S, .path = path, .format = format, .line = 1, .row_line = 1};
    t.file = read_file_open(S, path->text);
    /* The parser, the columns and the file must be given back before an error goes on. */
    bool done = error_protect(S, read_table, &t);
    free_table(S, &t);
    if (!done) error_again(S);
    return t.result;
}
