/* SPDX-License-Identifier: GPL-3.0-or-later
   The built-ins that read and write tables. */
#include "stdlib/files.h"

#include "runtime/run.h"
#include "runtime/text.h"
#include "stdlib/stdlib.h"
#include "stdlib/write_file.h"

static String *path_argument(State *S, const char *function, Value v) {
    if (v.tag != VALUE_STRING) native_type_error(S, function, "path", "a string (the file's path)", v);
    return run_relative_path(S, v.as.string);
}

/* A character of a table's syntax: one byte that is no part of numbers and quotes. `initial` if it was not given. */
static char sign_argument(State *S, const char *function, const char *name, Value v, char initial) {
    if (v.tag == VALUE_UNASSIGNED) return initial;
    const String *s = v.tag == VALUE_STRING ? v.as.string : NULL;
    if (!s) native_type_error(S, function, name, "a string of one character", v);
    bool ends = s->length == 1 && (s->text[0] == '\n' || s->text[0] == '\r' || s->text[0] == '"' || !s->text[0]);
    bool digit = s->length == 1 && s->text[0] >= '0' && s->text[0] <= '9';
    if (s->length != 1 || ends || digit || (unsigned char)s->text[0] >= 0x80)
        error_raise(S, "bad-argument", "For instance \";\" or \"\\t\".", "%s of %s must be one character, no digit and no quote", name, function);
    return s->text[0];
}

static CsvFormat format_arguments(State *S, const char *function, Value separator, Value decimal) {
    CsvFormat format = {.separator = sign_argument(S, function, "separator", separator, ','),
                        .decimal = sign_argument(S, function, "decimal", decimal, '.'),
                        .guess = separator.tag == VALUE_UNASSIGNED};
    if (format.decimal != '.' && format.decimal != ',')
        error_raise(S, "bad-argument", NULL, "decimal of %s must be \".\" or \",\"", function);
    if (format.separator == format.decimal)
        error_raise(S, "bad-argument", "Such tables separate their cells by semicolons: separator = \";\".", "separator and decimal of %s are the same character",
                    function);
    return format;
}

static Value native_read_csv(State *S, const Value *a, unsigned n) {
    (void)n;
    String *path = path_argument(S, "read_csv", a[0]);
    CsvFormat format = format_arguments(S, "read_csv", a[1], a[2]);
    return files_read_csv(S, path, &format);
}

static Value native_write_csv(State *S, const Value *a, unsigned n) {
    (void)n;
    String *path = path_argument(S, "write_csv", a[1]);
    CsvFormat format = format_arguments(S, "write_csv", a[2], value_unassigned());
    size_t start = text_begin(S);
    files_append_csv(S, a[0], &format);
    write_file(S, path->text, text_at(S, start), text_length(S, start));
    text_drop(S, start);
    return value_none();
}

const NativeRow native_files[] = {
    {"read_csv", "path, separator?, decimal?", native_read_csv, "reads a table with a header: a record of columns; empty cells are missing", true, false},
    {"write_csv", "table, path, separator?", native_write_csv, "writes a record of columns, or a matrix, as a table with a header", true, false},
    {0},
};
