/* print, assert, text and type. */
#include "runtime/mask.h"
#include "runtime/text.h"
#include "stdlib/stdlib.h"

/* Inside of a fit, only the first step prints. */
static Value native_print(State *S, const Value *a, unsigned n) {
    if (S->silent) return value_none();
    size_t start = text_begin(S);
    for (unsigned k = 0; k < n; k++) {
        if (k) text_append(S, " ", 1);
        text_value(S, a[k]);
    }
    text_append(S, "\n", 1);
    text_output(S, start);
    return value_none();
}

static Value native_assert(State *S, const Value *a, unsigned n) {
    (void)n;
    double least = 0, unused;
    if (!value_is_numeric(a[0])) native_type_error(S, "assert", "condition", "true or false", a[0]);
    value_extremes(S, a[0], &least, &unused);
    if (least != 0) return value_none();
    size_t start = text_begin(S);
    if (a[1].tag != VALUE_UNASSIGNED) text_value(S, a[1]);
    String *message = text_finish(S, start);
    error_raise(S, "assertion", NULL, "%s", message->length ? message->text : "the assertion does not hold");
}

static Value native_text(State *S, const Value *a, unsigned n) {
    (void)n;
    size_t start = text_begin(S);
    text_value(S, a[0]);
    return value_object(text_finish(S, start));
}

static Value native_type(State *S, const Value *a, unsigned n) {
    (void)n;
    return value_object(string_of(S, value_type_name(a[0])));
}

const NativeRow native_output[] = {
    {"print", "values...", native_print, "prints the values on a line", false, false},
    {"assert", "condition, message?", native_assert, "raises an error unless the condition holds (in every lane)", true, false},
    {"text", "value", native_text, "a value as the text that print shows", true, false},
    {"type", "value", native_type, "\"number\", \"vector\", \"record\", …", true, false},
    {0},
};
