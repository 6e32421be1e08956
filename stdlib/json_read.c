/* SPDX-License-Identifier: GPL-3.0-or-later
   JSON texts as values: parsed by jansson, then turned into values. */
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "runtime/array.h"
#include "runtime/eval.h"
#include "stdlib/json.h"

/* ---- Numbers ---- */

/* The strings that stand for numbers; false: it is another one. */
static bool special_number(const json_t *string, double *x) {
    const char *text = json_string_value(string);
    if (strcmp(text, "NaN") == 0) *x = NAN;
    else if (strcmp(text, "Infinity") == 0) *x = INFINITY;
    else if (strcmp(text, "-Infinity") == 0) *x = -INFINITY;
    else return false;
    return json_string_length(string) == strlen(text);
}

/* An element of an array of numbers. */
static bool element_number(const json_t *json, double *x) {
    if (json_is_number(json)) *x = json_number_value(json);
    else if (json_is_null(json)) *x = missing_number();
    else return json_is_string(json) && special_number(json, x);
    return true;
}

/* ---- Values ---- */

static Value value_of(State *S, const json_t *json, bool element, bool bare);

/* Most arrays are long rows of numbers, which need no value for each. */
static bool vector_of(State *S, const json_t *json, Value *v) {
    size_t n = json_array_size(json);
    double x;
    for (size_t k = 0; k < n; k++)
        if (!element_number(json_array_get(json, k), &x)) return false;
    Array *a = array_new(S, layout_vector(S, n));
    for (size_t k = 0; k < n; k++) element_number(json_array_get(json, k), &a->data[k]);
    *v = value_array(a, 0);
    return true;
}

/* In an array with other strings, "NaN" is one of them. */
static bool has_text(const json_t *json) {
    double x;
    for (size_t k = 0; k < json_array_size(json); k++) {
        const json_t *item = json_array_get(json, k);
        if (json_is_string(item) && !special_number(item, &x)) return true;
    }
    return false;
}

static Value list_of(State *S, const json_t *json) {
    size_t base = S->top, n = json_array_size(json);
    bool bare = has_text(json);
    if (n > UINT32_MAX / 2) error_no_memory(S);
    for (size_t k = 0; k < n; k++) stack_push(S, value_of(S, json_array_get(json, k), true, bare));
    Value v = value_of_items(S, S->stack + base, (uint32_t)n);
    S->top = base;
    return v;
}

static Value array_of(State *S, const json_t *json) {
    Value v;
    return vector_of(S, json, &v) ? v : list_of(S, json);
}

static Value record_of(State *S, json_t *json) {
    Record *record = record_new(S, (uint32_t)json_object_size(json));
    const char *key;
    json_t *item;
    /* Their names are different: JSON_REJECT_DUPLICATES. */
    json_object_foreach(json, key, item) record_append(S, record, string_of(S, key), value_of(S, item, false, false));
    return value_object(record);
}

static Value string_value(State *S, const json_t *json, bool bare) {
    double x;
    if (!bare && special_number(json, &x)) return value_number(x);
    return value_object(string_new(S, json_string_value(json), json_string_length(json)));
}

/* element: it stands in an array; bare: in one of strings. */
static Value value_of(State *S, const json_t *json, bool element, bool bare) {
    switch (json_typeof(json)) {
        case JSON_OBJECT: return record_of(S, (json_t *)json);
        case JSON_ARRAY: return array_of(S, json);
        case JSON_STRING: return string_value(S, json, bare);
        case JSON_INTEGER:
        case JSON_REAL: return value_number(json_number_value(json));
        case JSON_TRUE: return value_boolean(true);
        case JSON_FALSE: return value_boolean(false);
        case JSON_NULL: break;
    }
    return element ? value_missing() : value_none();
}

/* ---- Errors ---- */

/* The parser quotes the text: no control characters, and no half character at the end. */
static void clean(char *text) {
    size_t n = strlen(text);
    for (size_t k = 0; k < n; k++)
        if ((unsigned char)text[k] < 0x20 || text[k] == 0x7f) text[k] = ' ';
    for (size_t k = 0; k < n; k++)
        if ((unsigned char)text[k] >= 0x80) text[k] = '?';
}

static const char *advice_of(const json_error_t *error) {
    switch (json_error_code(error)) {
        case json_error_premature_end_of_input: return "The file ends too early. Was it cut off?";
        case json_error_duplicate_key: return "Each field of a record has a name of its own.";
        case json_error_invalid_utf8: return "JSON is UTF-8 text. Convert the file: iconv -f latin1 -t utf8.";
        case json_error_numeric_overflow: return "It is beyond what a double holds.";
        case json_error_stack_overflow: return "Arrays and objects are nested too deeply.";
        default: break;
    }
    if (strstr(error->text, "'NaN'") || strstr(error->text, "'Infinity'") || strstr(error->text, "'-'") || strstr(error->text, "'-I"))
        return "JSON has no such number. Elbo reads the strings \"NaN\", \"Infinity\" and \"-Infinity\", and null as `missing`.";
    return NULL;
}

static _Noreturn void raise_bad(State *S, const char *name, const char *text, size_t length, json_error_t *error) {
    size_t blank = 0;
    while (blank < length && strchr(" \t\r\n", text[blank]) && text[blank]) blank++;
    if (blank == length) error_raise(S, "bad-file", "A JSON file holds one value.", "the file '%s' is empty", name);
    const char *advice = advice_of(error), *end = strrchr(name, '.');
    if (end && strcmp(end, ".csv") == 0) advice = "read_csv(path) reads tables.";
    clean(error->text);
    error_raise(S, "bad-file", advice, "'%s' is no JSON: line %d, column %d: %.150s", name, error->line, error->column, error->text);
}

/* ---- The door ---- */

typedef struct Conversion {
    const json_t *json;
    Value value;
} Conversion;

static void convert(State *S, void *what) {
    Conversion *c = what;
    c->value = value_of(S, c->json, false, false);
}

Value json_value(State *S, const char *name, const char *text, size_t length) {
    json_error_t error;
    bool mark = length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0;
    if (mark) text += 3, length -= 3;
    json_t *json = json_loadb(text, length, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_DECODE_INT_AS_REAL | JSON_ALLOW_NUL, &error);
    if (!json && json_error_code(&error) == json_error_out_of_memory) error_no_memory(S);
    if (!json) raise_bad(S, name, text, length, &error);
    /* jansson's memory must be freed before an error goes on. */
    Conversion c = {json, value_none()};
    bool done = error_protect(S, convert, &c);
    json_decref(json);
    if (!done) error_again(S);
    return c.value;
}
