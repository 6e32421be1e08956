/* SPDX-License-Identifier: GPL-3.0-or-later
   Fields of what was read from a saved file. */
#include "inference/saved_fields.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "inference/saved_value.h"
#include "runtime/error.h"

void saved_bad(State *S, const char *format, ...) {
    char message[300];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    error_raise(S, "bad-file", "It was damaged, or changed by hand. Save the fit again.", "%s", message);
}

Value saved_field(State *S, const Record *record, const char *name) {
    const Value *v = record_find(record, string_of(S, name));
    if (!v) saved_bad(S, "its field '%s' is not there", name);
    return *v;
}

static _Noreturn void raise_wrong(State *S, const char *name) { saved_bad(S, "its field '%s' has a value that it cannot have", name); }

Record *saved_record(State *S, const Record *record, const char *name) {
    Value v = saved_field(S, record, name);
    if (v.tag != VALUE_RECORD) raise_wrong(S, name);
    return v.as.record;
}

const List *saved_records(State *S, const Record *record, const char *name) {
    Value v = saved_field(S, record, name);
    if (v.tag == VALUE_ARRAY && v.as.array->layout->components == 0) return list_new(S, 0);
    if (v.tag != VALUE_LIST) raise_wrong(S, name);
    for (uint32_t k = 0; k < v.as.list->count; k++)
        if (v.as.list->items[k].tag != VALUE_RECORD) raise_wrong(S, name);
    return v.as.list;
}

String *saved_string(State *S, const Record *record, const char *name) {
    Value v = saved_field(S, record, name);
    if (v.tag != VALUE_STRING) raise_wrong(S, name);
    return v.as.string;
}

bool saved_flag(State *S, const Record *record, const char *name) {
    Value v = saved_field(S, record, name);
    if (v.tag != VALUE_BOOLEAN) raise_wrong(S, name);
    return v.as.boolean;
}

double saved_number(State *S, const Record *record, const char *name, double low, double high, bool whole) {
    Value v = saved_field(S, record, name);
    double x = v.tag == VALUE_NUMBER ? v.as.number : NAN;
    if (!(x >= low && x <= high) || (whole && x != floor(x))) raise_wrong(S, name);
    return x;
}

uint64_t saved_bits(State *S, const Record *record, const char *name) {
    const String *text = saved_string(S, record, name);
    char *end;
    errno = 0;
    unsigned long long x = strtoull(text->text, &end, 10);
    if (!text->length || strspn(text->text, "0123456789") != text->length || *end || errno) raise_wrong(S, name);
    return x;
}

const Array *saved_vector(State *S, const Record *record, const char *name, size_t n, bool special) {
    Value v = saved_field(S, record, name);
    if (v.tag != VALUE_ARRAY || v.as.array->layout->rank != 1 || v.as.array->boolean) raise_wrong(S, name);
    Array *a = v.as.array;
    size_t length = a->layout->components;
    if (n != SIZE_MAX && length != n) saved_bad(S, "its field '%s' has %zu numbers and not %zu", name, length, n);
    for (size_t k = 0; k < length && !special; k++)
        if (!isfinite(a->data[k])) raise_wrong(S, name);
    a->header.shared = true;
    return a;
}

Value saved_plain(State *S, const Record *record, const char *name) {
    Value v;
    if (!saved_decode(S, saved_field(S, record, name), &v)) raise_wrong(S, name);
    return v;
}
