/* SPDX-License-Identifier: GPL-3.0-or-later
   What stands behind a dot, and what arguments a call takes: from the values and rows that answer. */
#include <stdio.h>
#include <string.h>

#include "parser/tree.h"
#include "runtime/complete.h"
#include "runtime/distribution.h"
#include "runtime/eval.h"
#include "runtime/message.h"

/* ---- Fields ---- */

void complete_family(const DistributionRow *row, OfferName *offer, void *user) {
    char name[64];
    for (unsigned k = 0; k < row->n_parameters; k++) offer(user, row->parameters[k].name);
    for (const DistributionQuestion *q = distribution_questions; q->name; q++) {
        if (!distribution_answers(row, q->name)) continue;
        int length = snprintf(name, sizeof name, q->argument ? "%s(" : "%s", q->name);
        if (length > 0 && (size_t)length < sizeof name) offer(user, name);
    }
}

void complete_fields(State *S, Value v, OfferName *offer, void *user) {
    if (v.tag == VALUE_RECORD) {
        for (uint32_t k = 0; k < v.as.record->count; k++) offer(user, v.as.record->names[k]->text);
    } else if (v.tag == VALUE_DISTRIBUTION) {
        complete_family(v.as.distribution->row, offer, user);
    } else if (value_is_callable(v)) {
        if (closure_guide(v).tag != VALUE_UNASSIGNED) offer(user, "guide");
    } else if (value_is_object(v)) {
        const ObjectType *type = gc_object_type(S, v.as.object);
        if (type->fields) type->fields(S, v.as.object, offer, user);
    }
}

/* ---- Arguments ---- */

void complete_arguments(Value callee, size_t positional, OfferName *offer, void *user) {
    while (callee.tag == VALUE_WRAPPED) callee = ((Wrapped *)callee.as.object)->function;
    if (callee.tag == VALUE_NATIVE) {
        const Signature *s = &callee.as.native->signature;
        if (callee.as.native->handler && positional) positional--; /* the function that it wraps */
        for (uint32_t k = 0; k < s->n; k++)
            if (k >= positional || k >= s->positional) offer(user, s->names[k]->text);
    } else if (callee.tag == VALUE_CLOSURE) {
        const Function *f = callee.as.closure->function;
        for (uint32_t k = (uint32_t)positional; k < f->n_parameters; k++) offer(user, f->parameters[k].name->text);
    }
}

/* ---- Paths ---- */

static Value variable_named(State *S, const char *name, size_t length) {
    const Global *g = state_find_global(S, string_new(S, name, length));
    if (!g) return value_unassigned();
    return g->value.tag != VALUE_UNASSIGNED ? g->value : g->builtin;
}

/* A field without anything computed by a program: a distribution's moments are not known here. */
static Value field_named(State *S, Value v, String *name) {
    if (v.tag == VALUE_RECORD) {
        const Value *field = record_find(v.as.record, name);
        return field ? *field : value_unassigned();
    }
    if (v.tag == VALUE_DISTRIBUTION) {
        Distribution *d = v.as.distribution;
        for (unsigned k = 0; k < d->row->n_parameters; k++)
            if (strcmp(d->row->parameters[k].name, name->text) == 0) return distribution_parameter(S, d, k);
        return value_unassigned();
    }
    if (value_is_callable(v)) return strcmp(name->text, "guide") == 0 ? closure_guide(v) : value_unassigned();
    if (!value_is_object(v)) return value_unassigned();
    const ObjectType *type = gc_object_type(S, v.as.object);
    return type->field ? type->field(S, v.as.object, name) : value_unassigned();
}

static Value item_at(State *S, Value v, const Token *index) {
    size_t length = index->span.end - index->span.start;
    if (index->kind == TOKEN_NUMBER) {
        if (v.tag != VALUE_LIST || v.as.list->slots || !(index->number >= 0 && index->number < v.as.list->count)) return value_unassigned();
        return v.as.list->items[(uint32_t)index->number];
    }
    if (index->kind != TOKEN_STRING || length < 2 || memchr(index->text, '\\', length)) return value_unassigned();
    String *name = string_new(S, index->text + 1, length - 2);
    const ObjectType *type = value_is_object(v) ? gc_object_type(S, v.as.object) : NULL;
    return type && type->index ? type->index(S, v.as.object, name) : field_named(S, v, name);
}

/* Where the path begins whose last token stands before `end`; end: there is none. */
static size_t path_start(const CompleteText *text, size_t end) {
    for (size_t k = end; k > 0;) {
        const Token *last = &text->tokens[k - 1];
        if (last->kind == TOKEN_SQUARE_CLOSE && k >= 4 && text->tokens[k - 3].kind == TOKEN_SQUARE_OPEN) {
            k -= 3;
            continue;
        }
        if (last->kind != TOKEN_NAME && !token_is_word(last->kind)) return end;
        if (k < 2 || text->tokens[k - 2].kind != TOKEN_DOT) return last->kind == TOKEN_NAME ? k - 1 : end;
        k -= 2;
    }
    return end;
}

Value complete_path(State *S, const CompleteText *text, size_t end) {
    size_t k = path_start(text, end);
    if (k == end) return value_unassigned();
    const Token *t = &text->tokens[k];
    Value v = variable_named(S, t->text, t->span.end - t->span.start);
    for (k++; k < end && v.tag != VALUE_UNASSIGNED;) {
        t = &text->tokens[k + 1];
        if (text->tokens[k].kind == TOKEN_DOT) {
            v = field_named(S, v, string_new(S, t->text, t->span.end - t->span.start));
            k += 2;
        } else {
            v = item_at(S, v, t);
            k += 3;
        }
    }
    return v;
}

/* ---- Names in brackets ---- */

size_t complete_index_start(const CompleteText *text) {
    if (text->n < 2 || text->tokens[text->n - 1].kind != TOKEN_SQUARE_OPEN) return 0;
    size_t quote = text->tokens[text->n - 1].span.end;
    while (quote < text->point && text->text[quote] == ' ') quote++;
    if (quote == text->point || text->text[quote] != '"') return 0;
    for (size_t k = quote + 1; k < text->point; k++)
        if (strchr("\"\\{\n", text->text[k])) return 0;
    return quote + 1;
}

void complete_index(State *S, const CompleteText *text, OfferName *offer, void *user) {
    Value v = complete_path(S, text, text->n - 1);
    if (v.tag == VALUE_TRACE) v = field_named(S, v, string_of(S, "sites"));
    if (v.tag == VALUE_RECORD) complete_fields(S, v, offer, user);
}
