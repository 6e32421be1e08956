/* SPDX-License-Identifier: GPL-3.0-or-later
   Plain values in saved files. */
#include "inference/saved_value.h"

#include <math.h>
#include <string.h>

#include "runtime/array.h"
#include "runtime/eval.h"
#include "runtime/text.h"
#include "stdlib/json.h"
#include "stdlib/sha256.h"

enum { SAVED_DEPTH = 400 };

static const char *refused_at(Value v, int depth) {
    const char *why = NULL;
    if (depth > SAVED_DEPTH) return "deeply nested list";
    switch (v.tag) {
        case VALUE_NONE:
        case VALUE_MISSING:
        case VALUE_BOOLEAN:
        case VALUE_NUMBER:
        case VALUE_STRING: return NULL;
        case VALUE_ARRAY: return v.as.array->layout->n_axes ? "value that differs between lanes" : NULL;
        case VALUE_LIST:
            for (uint32_t k = 0; k < v.as.list->count && !why; k++) why = refused_at(v.as.list->items[k], depth + 1);
            return why;
        case VALUE_RECORD:
            for (uint32_t k = 0; k < v.as.record->count && !why; k++) why = refused_at(v.as.record->values[k], depth + 1);
            return why;
        default: return value_type_name(v);
    }
}

const char *saved_refused(Value v) { return refused_at(v, 0); }

/* ---- Encoding ---- */

static Value tagged(State *S, const char *tag, Value v) {
    Record *record = record_new(S, 1);
    record_set(S, record, string_of(S, tag), v);
    return value_object(record);
}

static bool is_special(const String *s) {
    return strcmp(s->text, "NaN") == 0 || strcmp(s->text, "Infinity") == 0 || strcmp(s->text, "-Infinity") == 0;
}

/* Vectors are arrays of JSON as they are; what else an array may be is said. */
static Value encode_array(State *S, Array *a) {
    const Layout *l = a->layout;
    Array *numbers = array_vector(S, l->components, a->data), *shape = array_new(S, layout_vector(S, l->rank));
    if (l->rank == 1 && !a->boolean) return value_array(numbers, 0);
    for (unsigned k = 0; k < l->rank; k++) shape->data[k] = (double)l->dims[k];
    Record *record = record_new(S, 3);
    record_set(S, record, string_of(S, "array"), value_array(numbers, 0));
    record_set(S, record, string_of(S, "shape"), value_array(shape, 0));
    if (a->boolean) record_set(S, record, string_of(S, "boolean"), value_boolean(true));
    return value_object(record);
}

static Value encode_list(State *S, const List *list) {
    List *items = list_new(S, list->count);
    for (uint32_t k = 0; k < list->count; k++) list_append(S, items, tagged(S, "item", saved_encode(S, list->items[k])));
    return tagged(S, "list", value_object(items));
}

static Value encode_record(State *S, const Record *from) {
    Record *record = record_new(S, from->count);
    for (uint32_t k = 0; k < from->count; k++) record_set(S, record, from->names[k], saved_encode(S, from->values[k]));
    return tagged(S, "record", value_object(record));
}

Value saved_encode(State *S, Value v) {
    switch (v.tag) {
        case VALUE_MISSING: return tagged(S, "missing", value_boolean(true));
        case VALUE_NUMBER: return number_is_missing(v.as.number) ? tagged(S, "missing", value_boolean(false)) : value_number(v.as.number);
        case VALUE_STRING: return is_special(v.as.string) ? tagged(S, "string", tagged(S, v.as.string->text, value_none())) : v;
        case VALUE_ARRAY: return encode_array(S, v.as.array);
        case VALUE_LIST: return v.as.list->slots ? saved_encode(S, value_whole(S, v)) : encode_list(S, v.as.list);
        case VALUE_RECORD: return encode_record(S, v.as.record);
        default: return v;
    }
}

/* ---- Decoding ---- */

static Value *field(State *S, const Record *record, const char *name) { return record_find(record, string_of(S, name)); }

static bool is_vector(const Value *v) { return v && v->tag == VALUE_ARRAY && v->as.array->layout->rank == 1 && !v->as.array->boolean; }

static bool decode_array(State *S, const Record *record, Value *v) {
    const Value *numbers = field(S, record, "array"), *shape = field(S, record, "shape"), *boolean = field(S, record, "boolean");
    size_t dims[LAYOUT_RANK], components = 1;
    if (!is_vector(numbers) || !is_vector(shape)) return false;
    size_t rank = shape->as.array->layout->components, n = numbers->as.array->layout->components;
    if (rank > LAYOUT_RANK) return false;
    for (size_t k = 0; k < rank; k++) {
        double d = shape->as.array->data[k];
        if (!(d >= 0 && d <= (double)n + 1e6 && d == floor(d)) || components > (size_t)1 << 32) return false;
        components *= dims[k] = (size_t)d;
    }
    if (components != n) return false;
    Array *a = array_new(S, layout_intern(S, 0, NULL, (uint32_t)rank, dims));
    memcpy(a->data, numbers->as.array->data, n * sizeof(double));
    a->boolean = boolean && boolean->tag == VALUE_BOOLEAN && boolean->as.boolean;
    for (size_t k = 0; k < n && a->boolean; k++)
        if (a->data[k] != 0 && a->data[k] != 1) return false;
    a->header.shared = true;
    *v = value_array(a, 0);
    return true;
}

static bool decode_list(State *S, Value json, Value *v) {
    if (json.tag == VALUE_ARRAY && json.as.array->layout->components == 0) {
        *v = value_object(list_new(S, 0));
        return true;
    }
    if (json.tag != VALUE_LIST) return false;
    List *list = list_new(S, json.as.list->count);
    for (uint32_t k = 0; k < json.as.list->count; k++) {
        Value item = json.as.list->items[k], *inner = item.tag == VALUE_RECORD ? field(S, item.as.record, "item") : NULL;
        if (!inner || !saved_decode(S, *inner, &item)) return false;
        list_append(S, list, item);
    }
    list->header.shared = true;
    *v = value_object(list);
    return true;
}

static bool decode_record(State *S, const Record *from, Value *v) {
    Record *record = record_new(S, from->count);
    for (uint32_t k = 0; k < from->count; k++) {
        Value item;
        if (!saved_decode(S, from->values[k], &item)) return false;
        record_set(S, record, from->names[k], item);
    }
    record->header.shared = true;
    *v = value_object(record);
    return true;
}

static bool decode_tagged(State *S, const Record *record, Value *v) {
    if (!record->count) return false;
    const char *tag = record->names[0]->text;
    Value inner = record->values[0];
    if (strcmp(tag, "array") == 0) return decode_array(S, record, v);
    if (record->count != 1) return false;
    if (strcmp(tag, "list") == 0) return decode_list(S, inner, v);
    if (strcmp(tag, "record") == 0 && inner.tag == VALUE_RECORD) return decode_record(S, inner.as.record, v);
    if (strcmp(tag, "string") == 0 && inner.tag == VALUE_RECORD && inner.as.record->count == 1) {
        *v = value_object(inner.as.record->names[0]);
        return true;
    }
    if (strcmp(tag, "missing") != 0 || inner.tag != VALUE_BOOLEAN) return false;
    *v = inner.as.boolean ? value_missing() : value_number(missing_number());
    return true;
}

bool saved_decode(State *S, Value json, Value *v) {
    *v = json;
    if (json.tag == VALUE_RECORD) return decode_tagged(S, json.as.record, v);
    if (json.tag == VALUE_ARRAY) {
        json.as.array->header.shared = true;
        return is_vector(&json);
    }
    return json.tag == VALUE_NONE || json.tag == VALUE_BOOLEAN || json.tag == VALUE_NUMBER || json.tag == VALUE_STRING;
}

/* ---- Digests ---- */

String *saved_digest_of(State *S, const char *text, size_t length) {
    char hex[SHA256_TEXT];
    sha256_text(text, length, hex);
    return string_of(S, hex);
}

String *saved_digest(State *S, Value v) {
    size_t start = text_begin(S);
    json_append(S, saved_encode(S, v), false);
    String *digest = saved_digest_of(S, text_at(S, start), text_length(S, start));
    text_drop(S, start);
    return digest;
}
