/* Records and lists. */
#include "runtime/eval.h"
#include "runtime/operations.h"
#include "runtime/text.h"
#include "stdlib/stdlib.h"

static Record *record_argument(State *S, const char *function, Value v) {
    if (v.tag != VALUE_RECORD) native_type_error(S, function, "record", "a record", v);
    return v.as.record;
}

static Value native_names(State *S, const Value *a, unsigned n) {
    (void)n;
    Record *record = record_argument(S, "names", a[0]);
    List *list = list_new(S, record->count);
    for (uint32_t k = 0; k < record->count; k++) list_append(S, list, value_object(record->names[k]));
    return value_object(list);
}

static bool is_sequence(Value v) { return v.tag == VALUE_LIST || (v.tag == VALUE_ARRAY && v.as.array->layout->rank); }

static uint32_t sequence_length(Value v) {
    return v.tag == VALUE_LIST ? v.as.list->count : (uint32_t)v.as.array->layout->dims[0];
}

static Value sequence_element(State *S, Value v, uint32_t k) {
    if (v.tag == VALUE_LIST) return v.as.list->items[k];
    Subscript s = {.kind = SUBSCRIPT_INDEX, .index = value_number(k)};
    return operation_index(S, v, &s, 1);
}

/* With one more element: a vector stays one if that is of its kind, `[]` becomes either. */
static Value native_append(State *S, const Value *a, unsigned n) {
    (void)n;
    if (!is_sequence(a[0])) native_type_error(S, "append", "sequence", "a list or vector", a[0]);
    uint32_t count = sequence_length(a[0]);
    size_t base = S->top;
    for (uint32_t k = 0; k < count; k++) stack_push(S, sequence_element(S, a[0], k));
    stack_push(S, a[1]);
    Value v;
    if (a[0].tag == VALUE_ARRAY) {
        v = value_of_items(S, S->stack + base, count + 1);
    } else {
        List *list = list_new(S, count + 1);
        for (size_t k = base; k < S->top; k++) list_append(S, list, S->stack[k]);
        v = value_object(list);
    }
    S->top = base;
    return v;
}

/* The values of f for each element. */
static Value native_map(State *S, const Value *a, unsigned n) {
    (void)n;
    if (!value_is_callable(a[0])) native_type_error(S, "map", "f", "a function", a[0]);
    if (!is_sequence(a[1])) native_type_error(S, "map", "sequence", "a list or vector", a[1]);
    size_t base = S->top;
    uint32_t count = sequence_length(a[1]);
    for (uint32_t k = 0; k < count; k++) {
        Value element = sequence_element(S, a[1], k);
        stack_push(S, call_value(S, a[0], &element, 1));
    }
    Value v = value_of_items(S, S->stack + base, count);
    S->top = base;
    return v;
}

const NativeRow native_records[] = {
    {"names", "record", native_names, "the names of a record's fields", true, false},
    {"append", "sequence, value", native_append, "the list or vector with one more element", false, false},
    {"map", "f, sequence", native_map, "f's values for each element of a list or vector", false, false},
    {0},
};
