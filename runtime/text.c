#include "runtime/text.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/gc.h"
#include "runtime/message.h"

bool text_room(State *S, size_t n) {
    if (S->text_used + n + 1 <= S->text_size) return true;
    size_t size = S->text_size ? S->text_size : 256;
    while (size < S->text_used + n + 1) size *= 2;
    char *text = memory_try(S, size);
    if (!text) return false;
    if (S->text_used) memcpy(text, S->text, S->text_used);
    memory_free(S, S->text, S->text_size);
    S->text = text;
    S->text_size = size;
    return true;
}

static void text_reserve(State *S, size_t n) {
    if (!text_room(S, n)) error_no_memory(S);
}

void text_append(State *S, const char *text, size_t length) {
    text_reserve(S, length);
    memcpy(S->text + S->text_used, text, length);
    S->text_used += length;
    S->text[S->text_used] = '\0';
}

void text_print(State *S, const char *format, ...) {
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int n = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (n > 0) {
        text_reserve(S, (size_t)n);
        vsnprintf(S->text + S->text_used, (size_t)n + 1, format, again);
        S->text_used += (size_t)n;
    }
    va_end(again);
}

String *text_finish(State *S, size_t start) {
    String *string = string_new(S, S->text ? S->text + start : "", S->text_used - start);
    S->text_used = start;
    return string;
}

void text_output(State *S, size_t start) {
    S->options.print(S->options.user, text_at(S, start), text_length(S, start));
    text_drop(S, start);
}

enum { LONE_DIGITS = 15, ELEMENT_DIGITS = 6 };

void text_number(State *S, double x, int digits) {
    if (number_is_missing(x)) {
        text_print(S, "missing");
        return;
    }
    if (isnan(x) || isinf(x)) {
        text_print(S, isnan(x) ? "nan" : x < 0 ? "-inf" : "inf");
        return;
    }
    if (x == floor(x) && fabs(x) < 1e15) {
        text_print(S, "%.0f", x == 0 ? 0.0 : x);
        return;
    }
    if (digits < ELEMENT_DIGITS && fabs(x) < 1e6) {
        double unit = pow(10, floor(log10(fabs(x))) + 1 - digits);
        if (unit > 1) { /* 1.3e+02 is harder to read than 130 */
            text_print(S, "%.0f", round(x / unit) * unit);
            return;
        }
    }
    text_print(S, "%.*g", digits, x);
}

enum { SHOWN = 20, SHOWN_EDGE = 5 };

static void text_element(State *S, const Array *a, double x, int digits) {
    if (a->boolean && !isnan(x)) text_print(S, x ? "true" : "false");
    else text_number(S, x, digits);
}

/* A vector, or one row of a matrix: `n` elements from `data`; long ones show their edges. */
static void text_row(State *S, const Array *a, const double *data, size_t stride, size_t n) {
    text_print(S, "[");
    for (size_t k = 0; k < n; k++) {
        if (k) text_print(S, ", ");
        if (n > SHOWN && k == SHOWN_EDGE) {
            text_print(S, "…");
            k = n - SHOWN_EDGE - 1;
            continue;
        }
        text_element(S, a, data[k * stride], ELEMENT_DIGITS);
    }
    text_print(S, "]");
}

static void text_block(State *S, const Array *a, unsigned dim, const double *data) {
    const Layout *l = a->layout;
    if (dim + 1 == l->rank) {
        text_row(S, a, data, l->stride, l->dims[dim]);
        return;
    }
    size_t inner = 1;
    for (unsigned k = dim + 1; k < l->rank; k++) inner *= l->dims[k];
    text_print(S, "[");
    for (size_t k = 0; k < l->dims[dim]; k++) {
        if (k) text_print(S, ", ");
        if (l->dims[dim] > SHOWN && k == SHOWN_EDGE) {
            text_print(S, "…");
            k = l->dims[dim] - SHOWN_EDGE - 1;
            continue;
        }
        text_block(S, a, dim + 1, data + k * inner * l->stride);
    }
    text_print(S, "]");
}

/* What lanes hold is shown by mean and spread. Lanes that are off, or not finite, are left out. */
static void text_lanes(State *S, const Array *a, size_t component) {
    const Layout *l = a->layout;
    size_t n = 0, length = l->axes[l->n_axes - 1]->size;
    double mean = 0, m2 = 0;
    for (size_t r = 0; r < l->rows; r++)
        for (size_t k = 0; k < length; k++) {
            double x = a->data[component * l->stride + r * l->row + k];
            if (!isfinite(x)) continue;
            double d = x - mean;
            mean += d / (double)++n;
            m2 += d * (x - mean);
        }
    if (a->boolean) {
        text_print(S, "%.0f %% true", 100 * mean);
        return;
    }
    if (!n) {
        text_print(S, "nan");
        return;
    }
    text_number(S, mean, 4);
    text_print(S, " ± ");
    text_number(S, n > 1 ? sqrt(m2 / (double)(n - 1)) : 0, 2);
}

static void text_array(State *S, const Array *a) {
    const Layout *l = a->layout;
    if (!l->n_axes) {
        if (l->rank) text_block(S, a, 0, a->data);
        else text_element(S, a, a->data[0], LONE_DIGITS);
        return;
    }
    if (l->rank) text_print(S, "[");
    for (size_t c = 0; c < l->components; c++) {
        if (c) text_print(S, ", ");
        if (l->components > SHOWN && c == SHOWN_EDGE) {
            text_print(S, "…");
            break;
        }
        text_lanes(S, a, c);
    }
    if (l->rank) text_print(S, "]");
    text_print(S, " (%zu lanes)", l->lanes);
}

void text_quoted(State *S, const String *s) {
    size_t start = text_begin(S);
    text_print(S, "\"");
    for (size_t k = 0; k < s->length; k++) {
        char c = s->text[k];
        if (c == '"' || c == '\\' || c == '{' || c == '}') text_print(S, "\\%c", c);
        else if (c == '\n') text_print(S, "\\n");
        else if (c == '\t') text_print(S, "\\t");
        else text_append(S, &c, 1);
    }
    text_print(S, "\"");
    text_make_visible(S, start, false);
}

static void text_inner(State *S, Value v, unsigned depth);

static void text_list(State *S, const List *list, unsigned depth) {
    text_print(S, "[");
    for (uint32_t k = 0; k < list->count; k++) {
        if (k) text_print(S, ", ");
        if (list->count > SHOWN && k == SHOWN_EDGE) {
            text_print(S, "…");
            k = list->count - SHOWN_EDGE - 1;
            continue;
        }
        text_inner(S, list->items[k], depth + 1);
    }
    text_print(S, "]");
}

static bool is_plain_name(const String *s) {
    for (size_t k = 0; k < s->length; k++) {
        unsigned char c = (unsigned char)s->text[k];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c >= 0x80;
        if (!letter && !(k && c >= '0' && c <= '9')) return false;
    }
    return s->length > 0;
}

void text_field_name(State *S, const String *name) {
    if (is_plain_name(name)) text_print(S, "%s", name->text);
    else text_quoted(S, name);
}

static void text_record(State *S, const Record *record, unsigned depth) {
    text_print(S, "{");
    for (uint32_t k = 0; k < record->count; k++) {
        if (k) text_print(S, ", ");
        text_field_name(S, record->names[k]);
        text_print(S, ": ");
        text_inner(S, record->values[k], depth + 1);
    }
    text_print(S, "}");
}

void text_distribution(State *S, const struct DistributionRow *row, const Value *parameters) {
    text_print(S, "%s(", row->name);
    bool named = false;
    const DistributionRow *first = distribution_find(row->name); /* whose parameters need no names */
    for (unsigned k = 0; k < (row->composed ? row->composed->n_shown : row->n_parameters); k++) {
        if (parameters[k].tag == VALUE_UNASSIGNED) {
            named = true; /* what follows is given by name */
            continue;
        }
        if (k) text_print(S, ", ");
        named = named || (first && first != row && strcmp(first->parameters[k].name, row->parameters[k].name) != 0);
        if (named) text_print(S, "%s = ", row->parameters[k].name);
        text_brief(S, parameters[k]);
    }
    text_print(S, ")");
}

static void text_constraint(State *S, const Constraint *c) {
    text_print(S, "%s", c->row->name);
    for (unsigned k = 0; k < c->row->n_bounds; k++) {
        text_print(S, k ? ", " : "(");
        text_inner(S, c->bounds[k], 1);
    }
    if (c->row->n_bounds) text_print(S, ")");
}

/* Functions by kind and name; types that print themselves do. */
static void text_object(State *S, Value v) {
    const ObjectType *type = gc_object_type(S, v.as.object);
    if (type->print) {
        type->print(S, v.as.object);
        return;
    }
    const char *name = callable_name(v);
    text_print(S, name ? "<%s %s>" : "<%s>", value_type_name(v), name);
}

enum { DEEPEST = 50 };

static void text_inner(State *S, Value v, unsigned depth) {
    if (depth > DEEPEST) {
        text_print(S, "…");
        return;
    }
    switch (v.tag) {
        case VALUE_NONE: text_print(S, "none"); return;
        case VALUE_MISSING: text_print(S, "missing"); return;
        case VALUE_BOOLEAN: text_print(S, v.as.boolean ? "true" : "false"); return;
        case VALUE_NUMBER: text_number(S, v.as.number, LONE_DIGITS); return;
        case VALUE_STRING:
            if (depth) text_quoted(S, v.as.string);
            else text_append(S, v.as.string->text, v.as.string->length);
            return;
        case VALUE_ARRAY: text_array(S, v.as.array); return;
        case VALUE_LIST: text_list(S, v.as.list, depth); return;
        case VALUE_RECORD: text_record(S, v.as.record, depth); return;
        case VALUE_DISTRIBUTION: text_distribution(S, v.as.distribution->row, v.as.distribution->parameters); return;
        case VALUE_CONSTRAINT: text_constraint(S, (Constraint *)v.as.object); return;
        default: text_object(S, v); return;
    }
}

void text_value(State *S, Value v) { text_inner(S, v, 0); }

void text_brief(State *S, Value v) {
    const Array *a = v.tag == VALUE_ARRAY ? v.as.array : NULL;
    if (v.tag == VALUE_NUMBER) text_number(S, v.as.number, ELEMENT_DIGITS);
    else if (a && !a->layout->rank && !a->layout->n_axes) text_element(S, a, a->data[0], ELEMENT_DIGITS);
    else text_value(S, v);
}
