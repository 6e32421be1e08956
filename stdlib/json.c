/* SPDX-License-Identifier: GPL-3.0-or-later
   Values as JSON: the writer, and the built-ins. */
#include "stdlib/json.h"

#include <math.h>
#include <string.h>

#include "lexer/number.h"
#include "lexer/utf8.h"
#include "runtime/array.h"
#include "runtime/eval.h"
#include "runtime/run.h"
#include "runtime/text.h"
#include "stdlib/write_file.h"

enum { JSON_DEPTH = 1000, INDENT = 2 };

/* Where in the whole value a part stands, for messages. */
typedef struct JsonPlace {
    const struct JsonPlace *outer;
    const String *field; /* NULL: an element */
    size_t index;
} JsonPlace;

typedef struct Writer {
    State *S;
    bool pretty;
    unsigned depth;
} Writer;

static void put(const Writer *w, const char *text) { text_append(w->S, text, strlen(text)); }

/* ---- Errors ---- */

static void print_place(State *S, const JsonPlace *place) {
    if (!place) return;
    print_place(S, place->outer);
    if (!place->field) text_print(S, "[%zu]", place->index);
    else text_print(S, "%s%.60s", place->outer ? "." : "", place->field->text);
}

/* " in 'a.b[3]'"; "" at the top. Places of deep nesting are cut. */
static const char *place_words(State *S, const JsonPlace *place) {
    if (!place) return "";
    size_t start = text_begin(S);
    text_print(S, place->field ? " in the field '" : " in the element '");
    print_place(S, place);
    text_print(S, "'");
    String *words = text_finish(S, start);
    return words->length < 300 ? words->text : " deep inside";
}

static _Noreturn void raise_type(State *S, Value v, const JsonPlace *place) {
    const char *advice = "Numbers, booleans, vectors, matrices, strings, lists, records, `none` and `missing` can be written.";
    if (v.tag == VALUE_FIT) advice = "save(fit, \"fit.json\") keeps a fit; its params alone are fit.params.";
    if (v.tag == VALUE_TRACE) advice = "Write the values that you want of it: {mu: tr[\"mu\"]}.";
    error_raise(S, "wrong-type", advice, "JSON cannot hold a %s%s", value_type_name(v), place_words(S, place));
}

/* ---- Numbers and strings ---- */

static void append_number(State *S, double x) {
    char text[32];
    if (number_is_missing(x)) text_append(S, "null", 4);
    else if (isnan(x)) text_append(S, "\"NaN\"", 5);
    else if (isinf(x)) text_print(S, x > 0 ? "\"Infinity\"" : "\"-Infinity\"");
    else text_append(S, text, number_write(x, text));
}

static void append_escape(State *S, unsigned char byte) {
    static const char values[] = "\"\\\b\f\n\r\t", names[] = "\"\\bfnrt";
    const char *known = byte ? strchr(values, byte) : NULL;
    if (known) text_append(S, (char[]){'\\', names[known - values]}, 2);
    else text_print(S, "\\u%04x", byte);
}

static void append_string(State *S, const String *string) {
    const char *p = string->text, *end = p + string->length;
    text_append(S, "\"", 1);
    while (p < end) {
        const char *plain = p;
        while (p < end && (unsigned char)*p >= 0x20 && *p != '"' && *p != '\\' && *p != 0x7f) p++;
        text_append(S, plain, (size_t)(p - plain));
        if (p < end) append_escape(S, (unsigned char)*p++);
    }
    text_append(S, "\"", 1);
}

/* How many bytes at the beginning are UTF-8. */
static size_t utf8_part(const char *text, size_t length) {
    size_t at = 0;
    while (at < length) {
        Utf8 c = (unsigned char)text[at] < 0x80 ? (Utf8){0, 1, true} : utf8_decode(text + at, length - at);
        if (!c.valid) break;
        at += c.length;
    }
    return at;
}

static void write_string(const Writer *w, const String *string, const JsonPlace *place) {
    size_t at = utf8_part(string->text, string->length);
    if (at < string->length)
        error_raise(w->S, "bad-argument", "Files in another encoding must be converted to UTF-8 first: iconv -f latin1 -t utf8.",
                    "a string%s is no UTF-8 text: byte %zu of it is 0x%02x", place_words(w->S, place), at + 1, (unsigned char)string->text[at]);
    append_string(w->S, string);
}

/* ---- Composed values ---- */

static void new_line(const Writer *w) {
    if (w->pretty) text_print(w->S, "\n%*s", (int)(w->depth * INDENT), "");
}

static void write_value(Writer *w, Value v, const JsonPlace *place);

static void enter(Writer *w) {
    if (++w->depth <= JSON_DEPTH) return;
    error_raise(w->S, "bad-argument", NULL, "lists and records that are nested more than %d deep cannot be written as JSON", JSON_DEPTH);
}

/* The sub-array of dimension `dim` that begins at `at`; returns where it ends. */
static const double *write_dimension(Writer *w, const Array *a, unsigned dim, const double *at) {
    const Layout *l = a->layout;
    if (dim == l->rank) {
        if (a->boolean && !number_is_missing(*at)) put(w, *at != 0 ? "true" : "false");
        else append_number(w->S, *at);
        return at + 1;
    }
    bool rows = dim + 1u < l->rank;
    put(w, "[");
    w->depth++;
    for (size_t k = 0; k < l->dims[dim]; k++) {
        if (k) put(w, rows || !w->pretty ? "," : ", ");
        if (rows) new_line(w);
        at = write_dimension(w, a, dim + 1, at);
    }
    w->depth--;
    if (rows && l->dims[dim]) new_line(w);
    put(w, "]");
    return at;
}

static void write_array(Writer *w, const Array *a, const JsonPlace *place) {
    if (a->layout->n_axes)
        error_raise(w->S, "lanes-differ", "Write it outside of the plate.", "inside of a plate or under particles, a value%s differs between lanes",
                    place_words(w->S, place));
    write_dimension(w, a, 0, a->data);
}

static bool is_plain(Value v) { return v.tag < VALUE_ARRAY; }

static void write_list(Writer *w, const List *list, const JsonPlace *place) {
    bool plain = true;
    for (uint32_t k = 0; k < list->count; k++) plain = plain && is_plain(list->items[k]);
    enter(w);
    put(w, "[");
    for (uint32_t k = 0; k < list->count; k++) {
        JsonPlace inside = {place, NULL, k};
        if (k) put(w, plain && w->pretty ? ", " : ",");
        if (!plain) new_line(w);
        write_value(w, list->items[k], &inside);
    }
    w->depth--;
    if (list->count && !plain) new_line(w);
    put(w, "]");
}

static void write_record(Writer *w, const Record *record, const JsonPlace *place) {
    enter(w);
    put(w, "{");
    for (uint32_t k = 0; k < record->count; k++) {
        JsonPlace inside = {place, record->names[k], 0};
        if (k) put(w, ",");
        new_line(w);
        write_string(w, record->names[k], &inside);
        put(w, w->pretty ? ": " : ":");
        write_value(w, record->values[k], &inside);
    }
    w->depth--;
    if (record->count) new_line(w);
    put(w, "}");
}

static void write_value(Writer *w, Value v, const JsonPlace *place) {
    switch (v.tag) {
        case VALUE_NONE:
        case VALUE_MISSING: put(w, "null"); break;
        case VALUE_BOOLEAN: put(w, v.as.boolean ? "true" : "false"); break;
        case VALUE_NUMBER: append_number(w->S, v.as.number); break;
        case VALUE_STRING: write_string(w, v.as.string, place); break;
        case VALUE_ARRAY: write_array(w, v.as.array, place); break;
        case VALUE_LIST:
            if (v.as.list->slots) write_value(w, value_whole(w->S, v), place);
            else write_list(w, v.as.list, place);
            break;
        case VALUE_RECORD: write_record(w, v.as.record, place); break;
        default: raise_type(w->S, v, place);
    }
}

void json_append(State *S, Value v, bool pretty) {
    Writer w = {S, pretty, 0};
    write_value(&w, v, NULL);
}

String *json_text(State *S, Value v, bool pretty) {
    size_t start = text_begin(S);
    json_append(S, v, pretty);
    return text_finish(S, start);
}

/* ---- The built-ins ---- */

static Value native_read_json(State *S, const Value *a, unsigned n) {
    (void)n;
    if (a[0].tag != VALUE_STRING) native_type_error(S, "read_json", "path", "a string (the file's path)", a[0]);
    String *path = run_relative_path(S, a[0].as.string), *text = run_read_file(S, path->text);
    return json_value(S, path->text, text->text, text->length);
}

static Value native_write_json(State *S, const Value *a, unsigned n) {
    (void)n;
    if (a[1].tag != VALUE_STRING) native_type_error(S, "write_json", "path", "a string (the file's path)", a[1]);
    String *path = run_relative_path(S, a[1].as.string);
    size_t start = text_begin(S);
    json_append(S, a[0], true);
    text_append(S, "\n", 1);
    write_file(S, path->text, text_at(S, start), text_length(S, start));
    text_drop(S, start);
    return value_none();
}

const NativeRow native_json[] = {
    {"read_json", "path", native_read_json, "reads a JSON file: records, lists, vectors, matrices, strings and numbers", true, false},
    {"write_json", "value, path", native_write_json, "writes a value to a JSON file, with exact numbers", true, false},
    {0},
};
