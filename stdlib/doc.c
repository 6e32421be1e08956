/* SPDX-License-Identifier: GPL-3.0-or-later
   `:doc NAME`: help, and what only a running session knows: where a name was defined and how, and what its value has. */
#include <string.h>

#include "elbo.h"
#include "runtime/eval.h"
#include "runtime/gc.h"
#include "runtime/message.h"
#include "runtime/native.h"
#include "runtime/run.h"
#include "runtime/suggest.h"
#include "runtime/text.h"
#include "runtime/written.h"
#include "stdlib/help.h"

static void doc_source(State *S, const Closure *closure) {
    const Source *source = &closure->chunk->source;
    Span span = closure->function->span;
    Position at = source_position(source, span.start);
    size_t start = text_begin(S);
    text_append(S, source->text + span.start, span.end - span.start);
    text_make_visible(S, start, true);
    text_print(S, "\n\ndefined at %s:%u:%u\n", source->name, at.line, at.column);
}

static void doc_guide(State *S, Value model) {
    Value guide = closure_guide(model);
    if (guide.tag != VALUE_CLOSURE) return;
    const Source *source = &guide.as.closure->chunk->source;
    Position at = source_position(source, guide.as.closure->function->span.start);
    text_print(S, "its guide: %s:%u:%u\n", source->name, at.line, at.column);
}

typedef struct Offered {
    State *S;
    unsigned n;
} Offered;

static void offer(void *user, const char *name) {
    Offered *o = user;
    text_print(o->S, o->n++ ? ", %s" : "%s", name);
}

static void doc_fields(State *S, Value v) {
    const ObjectType *type = value_is_object(v) ? gc_object_type(S, v.as.object) : NULL;
    if (!type || !type->fields) return;
    size_t start = text_begin(S);
    Offered offered = {S, 0};
    type->fields(S, v.as.object, offer, &offered);
    if (!offered.n) {
        text_drop(S, start);
        return;
    }
    String *names = text_finish(S, start);
    text_print(S, "fields\n");
    help_paragraph(S, 2, names->text);
}

/* The closure whose text shows what v is; NULL: there is none. */
static const Closure *definition_of(Value v) {
    if (v.tag == VALUE_CLOSURE) return v.as.closure;
    if (v.tag == VALUE_WRAPPED) return definition_of(((Wrapped *)v.as.object)->function);
    if (v.tag != VALUE_HANDLER) return NULL;
    const Handler *handler = (Handler *)v.as.object;
    return handler->row == &handler_written ? definition_of(handler->arguments[WRITTEN_DEFINITION]) : NULL;
}

static const char *kind_of(Value v, const Closure *closure) {
    if (v.tag != VALUE_CLOSURE) return value_type_name(v);
    return closure->function->kind == FUNCTION_MODEL ? "model" : closure->function->kind == FUNCTION_GUIDE ? "guide" : value_type_name(v);
}

static void doc_variable(State *S, const char *name, Value v) {
    const Closure *closure = definition_of(v);
    text_print(S, "%s: a %s\n", name, kind_of(v, closure));
    if (closure) {
        text_append(S, "\n", 1);
        doc_source(S, closure);
        doc_guide(S, v);
    }
    doc_fields(S, v);
}

static void doc_request(State *S, void *what) {
    const char *name = what;
    S->node = NULL;
    size_t start = text_begin(S);
    const Global *g = state_global(S, string_of(S, name));
    if (g->value.tag != VALUE_UNASSIGNED) {
        doc_variable(S, name, g->value);
    } else if (help_name(S, name)) {
        doc_fields(S, g->builtin);
        text_print(S, "\nThe manual says more: info elbo --index-search='%s'\n", name);
    } else {
        const char *known = suggest_variable(S, string_of(S, name));
        error_raise(S, "unknown-name", known ? error_text(S, "Did you mean '%s'?", known) : ":help lists all names.", "there is no '%s'", name);
    }
    text_output(S, start);
}

elbo_Status elbo_doc(elbo_State *S, const char *name) { return run_protected(S, doc_request, (void *)name); }
