#include "runtime/value.h"

#include <math.h>
#include <string.h>

#include "runtime/array.h"
#include "runtime/constraint.h"
#include "runtime/gc.h"
#include "runtime/trace.h"
#include "runtime/transform.h"

static const char *const tag_names[VALUE_TAGS] = {
    [VALUE_UNASSIGNED] = "nothing",
    [VALUE_NONE] = "none",
    [VALUE_MISSING] = "missing",
    [VALUE_BOOLEAN] = "boolean",
    [VALUE_NUMBER] = "number",
    [VALUE_STRING] = "string",
    [VALUE_ARRAY] = "array",
    [VALUE_LIST] = "list",
    [VALUE_RECORD] = "record",
    [VALUE_CLOSURE] = "function",
    [VALUE_NATIVE] = "function",
    [VALUE_DISTRIBUTION] = "distribution",
    [VALUE_CONSTRAINT] = "constraint",
    [VALUE_TRACE] = "trace",
    [VALUE_SITE] = "site",
    [VALUE_FIT] = "fit",
    [VALUE_HANDLER] = "handler",
    [VALUE_WRAPPED] = "function",
    [VALUE_OPTIMIZER] = "optimizer",
    [VALUE_SCHEDULE] = "schedule",
    [VALUE_ESTIMATOR] = "estimator",
    [VALUE_MESSAGE] = "site",
    [VALUE_REPARAM] = "reparameterisation",
    [VALUE_TRANSFORM] = "transform",
    [VALUE_PICTURE] = "picture",
    [VALUE_GRAPH] = "graph",
    [VALUE_CELL] = "cell",
    [VALUE_PARTIAL] = "partly assigned value",
    [VALUE_AXIS] = "axis",
    [VALUE_LAYOUT] = "layout",
    [VALUE_CHUNK] = "program",
};

const char *value_type_name(Value v) {
    if (v.tag == VALUE_ARRAY) {
        const Array *a = v.as.array;
        switch (a->layout->rank) {
            case 0: return a->boolean ? "boolean" : "number";
            case 1: return "vector";
            case 2: return "matrix";
            default: return "array";
        }
    }
    if (v.tag == VALUE_LIST && v.as.list->slots) return "vector";
    return tag_names[v.tag];
}

static bool list_equal(const List *a, const List *b) {
    if (a->count != b->count) return false;
    for (uint32_t k = 0; k < a->count; k++)
        if (!value_equal(a->items[k], b->items[k])) return false;
    return true;
}

static bool record_equal(const Record *a, const Record *b) {
    if (a->count != b->count) return false;
    for (uint32_t k = 0; k < a->count; k++) {
        const Value *other = record_find(b, a->names[k]);
        if (!other || !value_equal(a->values[k], *other)) return false;
    }
    return true;
}

bool distribution_equal(const Distribution *a, const Distribution *b) {
    bool equal = a->row == b->row;
    for (unsigned k = 0; equal && k < a->row->n_parameters; k++) equal = value_equal(a->parameters[k], b->parameters[k]);
    return equal;
}

static bool array_equal(const Array *a, const Array *b) {
    if (a->layout != b->layout) return false;
    const Layout *l = a->layout;
    size_t row = l->n_axes ? l->axes[l->n_axes - 1]->size : l->components;
    size_t rows = l->n_axes ? l->components * l->rows : 1;
    for (size_t r = 0; r < rows; r++)
        for (size_t k = 0; k < row; k++)
            if (a->data[r * l->row + k] != b->data[r * l->row + k]) return false;
    return true;
}

static bool transform_equal(const Transform *a, const Transform *b) {
    return a->row == b->row && a->inverted == b->inverted && a->slope == b->slope && a->check == b->check &&
           value_equal(a->arguments[0], b->arguments[0]) && value_equal(a->arguments[1], b->arguments[1]);
}

static bool constraint_equal(const Constraint *a, const Constraint *b) {
    bool equal = a->row == b->row;
    for (unsigned k = 0; equal && k < a->row->n_bounds; k++) equal = value_equal(a->bounds[k], b->bounds[k]);
    return equal;
}

bool value_equal(Value a, Value b) {
    if (a.tag == VALUE_BOOLEAN && b.tag == VALUE_NUMBER) a = value_number(a.as.boolean);
    if (b.tag == VALUE_BOOLEAN && a.tag == VALUE_NUMBER) b = value_number(b.as.boolean);
    if (a.tag != b.tag) return false;
    switch (a.tag) {
        case VALUE_NONE:
        case VALUE_MISSING: return true;
        case VALUE_BOOLEAN: return a.as.boolean == b.as.boolean;
        case VALUE_NUMBER: return a.as.number == b.as.number;
        case VALUE_ARRAY: return array_equal(a.as.array, b.as.array);
        case VALUE_LIST: return list_equal(a.as.list, b.as.list);
        case VALUE_RECORD: return record_equal(a.as.record, b.as.record);
        case VALUE_DISTRIBUTION: return distribution_equal(a.as.distribution, b.as.distribution);
        case VALUE_TRANSFORM: return transform_equal((Transform *)a.as.object, (Transform *)b.as.object);
        case VALUE_CONSTRAINT: return constraint_equal((Constraint *)a.as.object, (Constraint *)b.as.object);
        case VALUE_TRACE: return trace_equal((Trace *)a.as.object, (Trace *)b.as.object);
        default: return a.as.object == b.as.object;
    }
}

/* 64-bit FNV-1a, then a finalizer (Murmur3's) so that all bits are good. */
static uint64_t string_hash(const char *text, size_t length) {
    uint64_t h = 0xcbf29ce484222325u;
    for (size_t k = 0; k < length; k++) h = (h ^ (unsigned char)text[k]) * 0x100000001b3u;
    h = (h ^ (h >> 33)) * 0xff51afd7ed558ccdu;
    h = (h ^ (h >> 33)) * 0xc4ceb9fe1a85ec53u;
    return h ^ (h >> 33);
}

static void strings_grow(State *S) {
    size_t capacity = S->string_capacity ? 2 * S->string_capacity : 512;
    String **table = memory_new(S, capacity * sizeof *table);
    memset(table, 0, capacity * sizeof *table);
    for (size_t k = 0; k < S->string_capacity; k++) {
        for (String *s = S->strings[k], *next; s; s = next) {
            next = s->chain;
            s->chain = table[s->hash & (capacity - 1)];
            table[s->hash & (capacity - 1)] = s;
        }
    }
    memory_free(S, S->strings, S->string_capacity * sizeof *table);
    S->strings = table;
    S->string_capacity = capacity;
}

String *string_new(State *S, const char *text, size_t length) {
    uint64_t hash = string_hash(text, length);
    if (S->n_strings >= S->string_capacity) strings_grow(S);
    String **bucket = &S->strings[hash & (S->string_capacity - 1)];
    for (String *s = *bucket; s; s = s->chain)
        if (s->hash == hash && s->length == length && memcmp(s->text, text, length) == 0) return s;
    String *s = gc_new(S, VALUE_STRING, sizeof *s + length + 1);
    s->hash = hash;
    s->length = length;
    memcpy(s->text, text, length);
    s->text[length] = '\0';
    s->chain = *bucket;
    *bucket = s;
    S->n_strings++;
    return s;
}

String *string_of(State *S, const char *text) { return string_new(S, text, strlen(text)); }

List *list_new(State *S, uint32_t capacity) {
    List *list = gc_new(S, VALUE_LIST, sizeof *list);
    if (capacity) {
        list->items = memory_new(S, capacity * sizeof *list->items);
        list->capacity = capacity;
    }
    return list;
}

void list_append(State *S, List *list, Value v) {
    MEMORY_GROW(S, list->items, list->count, list->capacity);
    list->items[list->count++] = v;
}

Record *record_new(State *S, uint32_t capacity) {
    Record *record = gc_new(S, VALUE_RECORD, sizeof *record);
    if (capacity) {
        record->names = memory_new(S, capacity * sizeof *record->names);
        record->values = memory_try(S, capacity * sizeof *record->values);
        if (!record->values) {
            memory_free(S, record->names, capacity * sizeof *record->names);
            record->names = NULL;
            error_no_memory(S);
        }
        record->capacity = capacity;
    }
    return record;
}

Value *record_find(const Record *record, const String *name) {
    for (uint32_t k = 0; k < record->count; k++)
        if (record->names[k] == name) return &record->values[k];
    return NULL;
}

static void record_grow(State *S, Record *record) {
    uint32_t capacity = record->capacity ? 2 * record->capacity : 8;
    String **names = memory_new(S, capacity * sizeof *names);
    Value *values = memory_try(S, capacity * sizeof *values);
    if (!values) {
        memory_free(S, names, capacity * sizeof *names);
        error_no_memory(S);
    }
    if (record->count) {
        memcpy(names, record->names, record->count * sizeof *names);
        memcpy(values, record->values, record->count * sizeof *values);
    }
    memory_free(S, record->names, record->capacity * sizeof *names);
    memory_free(S, record->values, record->capacity * sizeof *values);
    record->names = names;
    record->values = values;
    record->capacity = capacity;
}

void record_set(State *S, Record *record, String *name, Value v) {
    Value *slot = record_find(record, name);
    if (slot) *slot = v;
    else record_append(S, record, name, v);
}

void record_append(State *S, Record *record, String *name, Value v) {
    if (record->count == record->capacity) record_grow(S, record);
    record->names[record->count] = name;
    record->values[record->count++] = v;
}

Record *record_copy(State *S, const Record *record) {
    Record *copy = record_new(S, record->count ? record->count : 4);
    for (uint32_t k = 0; k < record->count; k++) {
        copy->names[k] = record->names[k];
        copy->values[k] = record->values[k];
    }
    copy->count = record->count;
    return copy;
}

/* As R's NA: a quiet NaN whose low word no operation makes by itself. */
static const uint64_t MISSING_BITS = 0x7ff80000000007a2u;

double missing_number(void) {
    double x;
    memcpy(&x, &MISSING_BITS, sizeof x);
    return x;
}

bool number_is_missing(double x) {
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return (bits & 0x7fffffffffffffffu) == MISSING_BITS;
}
