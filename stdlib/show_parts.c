/* SPDX-License-Identifier: GPL-3.0-or-later
   What all ways to show a value need; and any value in one line. */
#include "stdlib/show_parts.h"

#include <stdio.h>
#include <string.h>

#include "lexer/utf8.h"
#include "runtime/gc.h"
#include "runtime/trace.h"

static void escape(State *S, const Show *show, const char *sequence) {
    if (show->colours) text_append(S, sequence, strlen(sequence));
}

void show_bold(State *S, const Show *show) { escape(S, show, "\033[1m"); }
void show_dim(State *S, const Show *show) { escape(S, show, "\033[2m"); }
void show_plain(State *S, const Show *show) { escape(S, show, "\033[0m"); }

void show_spaces(State *S, size_t n) {
    while (n--) text_append(S, " ", 1);
}

void show_newline(State *S) { text_append(S, "\n", 1); }

void show_count(State *S, size_t n) {
    char digits[32];
    int length = snprintf(digits, sizeof digits, "%zu", n);
    for (int k = 0; k < length; k++) {
        if (k && (length - k) % 3 == 0) text_append(S, ",", 1);
        text_append(S, digits + k, 1);
    }
}

void show_cut(State *S, size_t start, size_t columns) {
    size_t length = text_length(S, start);
    if (utf8_columns(text_at(S, start), length) <= columns) return;
    text_drop(S, start + text_cut(text_at(S, start), length, columns ? columns - 1 : 0));
    text_print(S, "…");
}

enum { WRAP_INDENT = 4 };

/* Where to break a line of `length` bytes: the last space that leaves at most `columns`; 0: there is none. */
static size_t break_at(const char *line, size_t length, size_t columns) {
    size_t k = text_cut(line, length, columns);
    if (k == length) return 0;
    while (k && line[k] != ' ') k--;
    return strspn(line, " ") >= k ? 0 : k;
}

void show_wrapped_text(State *S, const Show *show, size_t start) {
    const String *all = string_new(S, text_at(S, start), text_length(S, start));
    text_drop(S, start);
    for (const char *line = all->text, *end = all->text + all->length; line <= end;) {
        const char *stop = memchr(line, '\n', (size_t)(end - line));
        size_t length = (size_t)((stop ? stop : end) - line), columns = show->width, k;
        while ((k = break_at(line, length, columns))) {
            text_append(S, line, k);
            show_newline(S);
            show_spaces(S, WRAP_INDENT);
            line += k + 1;
            length -= k + 1;
            columns = show->width - WRAP_INDENT;
        }
        text_append(S, line, length);
        if (!stop) return;
        show_newline(S);
        line = stop + 1;
    }
}

/* ---- One line ---- */

enum { BRIEF_DEPTH = 6 };

static void brief(State *S, Value v, size_t columns, unsigned depth);

/* Whether the line that began at `start` is full: what else is appended would be cut anyhow. */
static bool is_full(const State *S, size_t start, size_t columns) {
    size_t length = text_length(S, start);
    return length > columns && utf8_columns(text_at(S, start), length) > columns;
}

static void brief_list(State *S, const List *list, size_t columns, unsigned depth) {
    size_t start = text_begin(S);
    text_print(S, "[");
    for (uint32_t k = 0; k < list->count && !is_full(S, start, columns); k++) {
        if (k) text_print(S, ", ");
        brief(S, list->items[k], columns, depth + 1);
    }
    text_print(S, "]");
}

static void brief_record(State *S, const Record *record, size_t columns, unsigned depth) {
    size_t start = text_begin(S);
    text_print(S, "{");
    for (uint32_t k = 0; k < record->count && !is_full(S, start, columns); k++) {
        if (k) text_print(S, ", ");
        text_field_name(S, record->names[k]);
        text_print(S, ": ");
        brief(S, record->values[k], columns, depth + 1);
    }
    text_print(S, "}");
}

/* Without the middle of a long string, which would take time. */
static void brief_string(State *S, String *s, size_t columns) {
    text_quoted(S, s->length > 4 * columns + 16 ? string_new(S, s->text, 4 * columns + 16) : s);
}

/* What prints itself in lines, by its first one; a trace's would be the head of a table. */
static void brief_object(State *S, Value v) {
    size_t start = text_begin(S);
    if (v.tag == VALUE_TRACE) {
        const Trace *trace = (Trace *)v.as.object;
        text_print(S, "<trace of %u site%s>", trace->count, trace->count == 1 ? "" : "s");
        return;
    }
    text_value(S, v);
    const char *end = memchr(text_at(S, start), '\n', text_length(S, start));
    if (end) text_drop(S, start + (size_t)(end - text_at(S, start)));
}

static void brief(State *S, Value v, size_t columns, unsigned depth) {
    if (depth > BRIEF_DEPTH) {
        text_print(S, "…");
        return;
    }
    switch (v.tag) {
        case VALUE_STRING: brief_string(S, v.as.string, columns); return;
        case VALUE_NUMBER: text_number(S, v.as.number, SHOW_DIGITS); return;
        case VALUE_LIST: brief_list(S, v.as.list, columns, depth); return;
        case VALUE_RECORD: brief_record(S, v.as.record, columns, depth); return;
        case VALUE_ARRAY:
            if (v.as.array->layout->rank == 1 && !v.as.array->layout->n_axes) show_elements(S, v.as.array, columns);
            else text_value(S, v);
            return;
        case VALUE_PARTIAL: text_print(S, "…"); return;
        default: brief_object(S, v); return;
    }
}

static void brief_length(State *S, size_t n) {
    text_print(S, "  (");
    show_count(S, n);
    text_print(S, ")");
}

void show_brief(State *S, Value v, size_t columns) {
    size_t start = text_begin(S);
    if (v.tag == VALUE_ARRAY && v.as.array->layout->rank == 1 && !v.as.array->layout->n_axes && columns > 24) {
        /* How long it is says more than two more of its elements. */
        if (!show_elements(S, v.as.array, columns)) {
            text_drop(S, start);
            brief_length(S, v.as.array->layout->dims[0]);
            size_t room = columns - text_length(S, start);
            text_drop(S, start);
            show_elements(S, v.as.array, room);
            brief_length(S, v.as.array->layout->dims[0]);
        }
        return;
    }
    brief(S, v, columns, 0);
    text_make_visible(S, start, false);
    show_cut(S, start, columns);
}
