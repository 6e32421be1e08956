/* SPDX-License-Identifier: GPL-3.0-or-later
   Values as an interactive session shows them: which kind of value is shown how, and how nothing else notices. */
#include "stdlib/show.h"

#include <string.h>

#include "lexer/utf8.h"
#include "runtime/constraint.h"
#include "runtime/eval.h"
#include "runtime/gc.h"
#include "runtime/native.h"
#include "runtime/trace.h"
#include "stdlib/show_parts.h"

enum { WIDTH = 80, WIDTH_LEAST = 20, WIDTH_MOST = 500, STRING_LINES = 10, FIELDS_MOST = 24 };

/* ---- Types that print themselves ---- */

/* Where line `n` begins, from 0. */
static size_t line_start(const char *text, size_t length, size_t n) {
    size_t at = 0;
    while (n-- && at < length) {
        const char *end = memchr(text + at, '\n', length - at);
        at = end ? (size_t)(end - text) + 1 : length;
    }
    return at;
}

static size_t count_lines(const char *text, size_t length) {
    size_t n = 1;
    for (size_t k = 0; k < length; k++) n += text[k] == '\n';
    return n;
}

/* Takes lines out of the middle when there are too many: the last ones say what comes of it all. */
static void shorten(State *S, const Show *show, size_t start) {
    enum { LAST = 4, FIRST = SHOW_LINES - LAST - 1 };
    size_t length = text_length(S, start), lines = count_lines(text_at(S, start), length);
    if (lines <= SHOW_LINES) return;
    size_t from = line_start(text_at(S, start), length, FIRST), to = line_start(text_at(S, start), length, lines - LAST);
    String *tail = string_new(S, text_at(S, start + to), length - to);
    text_drop(S, start + from);
    show_dim(S, show);
    text_print(S, "… ");
    show_count(S, lines - LAST - FIRST);
    text_print(S, " more lines");
    show_plain(S, show);
    show_newline(S);
    text_append(S, tail->text, tail->length);
}

static void show_printed(State *S, const Show *show, Value v) {
    size_t start = text_begin(S);
    text_value(S, v);
    if (v.tag == VALUE_PICTURE || v.tag == VALUE_GRAPH) return; /* they are made for terminals, and know how large they are */
    text_make_visible(S, start, true);
    show_wrapped_text(S, show, start);
    shorten(S, show, start);
}

/* ---- Objects with fields ---- */

typedef struct Fields {
    State *S;
    Record *record;
    Object *object;
} Fields;

static void add_field(void *user, const char *name) {
    Fields *fields = user;
    State *S = fields->S;
    String *key = string_of(S, name);
    if (fields->record->count < FIELDS_MOST) record_set(S, fields->record, key, field_of(S, value_object(fields->object), key));
}

/* A site: everything that can be read of it. */
static void show_fields(State *S, const Show *show, Object *object) {
    const ObjectType *type = gc_object_type(S, object);
    Fields fields = {S, record_new(S, 16), object};
    type->fields(S, object, add_field, &fields);
    show_record(S, show, fields.record);
}

static void show_constraint(State *S, const Show *show, const Constraint *c) {
    size_t start = text_begin(S);
    text_value(S, value_object((void *)c));
    text_make_visible(S, start, false);
    show_dim(S, show);
    text_print(S, "  %s", constraint_words(S, c->row, c->bounds));
    show_plain(S, show);
}

static void show_string(State *S, const Show *show, const String *s) {
    size_t start = text_begin(S), columns = show->width * STRING_LINES;
    text_quoted(S, s);
    text_make_visible(S, start, false);
    if (utf8_columns(text_at(S, start), text_length(S, start)) <= columns) return;
    show_cut(S, start, columns);
    show_newline(S);
    show_dim(S, show);
    text_print(S, "a string of ");
    show_count(S, s->length);
    text_print(S, " bytes");
    show_plain(S, show);
}

static void show_any(State *S, const Show *show, Value v) {
    switch (v.tag) {
        case VALUE_STRING: show_string(S, show, v.as.string); return;
        case VALUE_ARRAY: show_array(S, show, v.as.array); return;
        case VALUE_LIST: show_list(S, show, v.as.list); return;
        case VALUE_RECORD:
            if (show_is_table(v.as.record)) show_table(S, show, v.as.record);
            else show_record(S, show, v.as.record);
            return;
        case VALUE_DISTRIBUTION: show_distribution(S, show, v.as.distribution); return;
        case VALUE_CONSTRAINT: show_constraint(S, show, (Constraint *)v.as.object); return;
        case VALUE_CLOSURE:
        case VALUE_NATIVE:
        case VALUE_WRAPPED: show_callable(S, show, v); return;
        case VALUE_SITE: show_fields(S, show, v.as.object); return;
        default: show_printed(S, show, v); return;
    }
}

/* ---- The door ---- */

typedef struct Request {
    Value v;
    Show show;
} Request;

static void show_request(State *S, void *what) {
    const Request *request = what;
    show_any(S, &request->show, value_whole(S, value_detached(request->v)));
}

static void show_as_printed(State *S, void *what) {
    const Request *request = what;
    show_printed(S, &request->show, request->v);
}

static void report_nothing(void *user, const char *text, size_t length) { (void)user, (void)text, (void)length; }

/* What looking at a value must leave as it is. */
typedef struct Kept {
    RandomState random;
    Error error;
    char *error_text;
    ParseStatus parse_status;
    elbo_Write *report;
    const Node *node;
    bool silent, recording;
    unsigned table_columns;
} Kept;

static Kept keep(State *S, const Show *show) {
    Kept kept = {S->random, S->error, S->error_text, S->parse_status, S->options.report, S->node, S->silent, S->tape.recording, S->table_columns};
    char *fresh = memory_new(S, S->error_text_size);
    memset(fresh, 0, S->error_text_size);
    S->error_text = fresh;
    S->options.report = report_nothing;
    S->node = NULL;
    S->silent = true;
    S->tape.recording = false;
    S->table_columns = (unsigned)show->width;
    return kept;
}

static void restore(State *S, const Kept *kept) {
    memory_free(S, S->error_text, S->error_text_size);
    S->random = kept->random;
    S->error = kept->error;
    S->error_text = kept->error_text;
    S->parse_status = kept->parse_status;
    S->options.report = kept->report;
    S->node = kept->node;
    S->silent = kept->silent;
    S->tape.recording = kept->recording;
    S->table_columns = kept->table_columns;
}

static size_t width_of(const State *S) {
    size_t width = S->options.width ? S->options.width : WIDTH;
    return width < WIDTH_LEAST ? WIDTH_LEAST : width > WIDTH_MOST ? WIDTH_MOST : width;
}

void show_value(State *S, Value v) {
    Request request = {v, {width_of(S), S->options.colours}};
    stack_push(S, v);
    Kept kept = keep(S, &request.show);
    bool shown = error_protect(S, show_request, &request) || error_protect(S, show_as_printed, &request);
    restore(S, &kept);
    if (!shown) text_print(S, "<%s>", value_type_name(v));
    stack_pop(S, 1);
}
