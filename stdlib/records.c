/* Records and lists. */
#include "runtime/gc.h"
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

static Value native_append(State *S, const Value *a, unsigned n) {
    (void)n;
    if (a[0].tag != VALUE_LIST) native_type_error(S, "append", "list", "a list", a[0]);
    List *list = list_new(S, a[0].as.list->count + 1);
    for (uint32_t k = 0; k < a[0].as.list->count; k++) list_append(S, list, a[0].as.list->items[k]);
    list_append(S, list, a[1]);
    return value_object(list);
}

/* The values of f for each element of a list or vector. */
static Value native_map(State *S, const Value *a, unsigned n) {
    (void)n;
    if (!value_is_callable(a[0])) native_type_error(S, "map", "f", "a function", a[0]);
    if (a[1].tag != VALUE_LIST) native_type_error(S, "map", "list", "a list", a[1]);
    size_t base = S->top;
    for (uint32_t k = 0; k < a[1].as.list->count; k++) stack_push(S, call_value(S, a[0], &a[1].as.list->items[k], 1));
    List *list = list_new(S, a[1].as.list->count);
    for (size_t k = base; k < S->top; k++) list_append(S, list, S->stack[k]);
    S->top = base;
    return value_object(list);
}

const NativeRow native_records[] = {
    {"names", "record", native_names, "the names of a record's fields", true, false},
    {"append", "list, value", native_append, "the list with one more value", false, false},
    {"map", "f, list", native_map, "the list of f's values for each element of a list", false, false},
    {0},
};
