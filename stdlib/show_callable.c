/* SPDX-License-Identifier: GPL-3.0-or-later
   Functions as an interactive session shows them: what they are, how they are called, where they stand. */
#include <string.h>

#include "parser/tree.h"
#include "runtime/eval.h"
#include "runtime/message.h"
#include "runtime/native.h"
#include "runtime/written.h"
#include "stdlib/help.h"
#include "stdlib/show_parts.h"

static const char *kind_of(const Function *f) {
    switch (f->kind) {
        case FUNCTION_MODEL: return "model";
        case FUNCTION_GUIDE: return "guide";
        case FUNCTION_HANDLER: return "handler";
        default: return "function";
    }
}

static void show_closure(State *S, const Show *show, Value v) {
    const Closure *closure = v.as.closure;
    const Function *f = closure->function;
    size_t start = text_begin(S);
    text_print(S, "%s %s(", kind_of(f), f->name ? f->name->text : "fn");
    for (uint32_t k = 0; k < f->n_parameters; k++)
        text_print(S, "%s%s%s", k ? ", " : "", f->parameters[k].name->text, f->parameters[k].initial ? " = …" : "");
    text_print(S, ")");
    if (f->kind == FUNCTION_MODEL) text_print(S, closure_guide(v).tag == VALUE_UNASSIGNED ? ", without a guide" : ", with its guide");
    text_make_visible(S, start, false);
    if (!closure->chunk || closure->chunk->source.name[0] == '<') return;
    show_newline(S);
    show_dim(S, show);
    size_t place = text_begin(S);
    text_print(S, "%s:%u", closure->chunk->source.name, source_position(&closure->chunk->source, f->span.start).line);
    text_make_visible(S, place, false);
    show_plain(S, show);
}

/* "functions" of one. */
static void singular(State *S, const char *kind) {
    size_t length = strlen(kind);
    text_append(S, kind, length && kind[length - 1] == 's' ? length - 1 : length);
}

static void show_native(State *S, const Show *show, const Native *native) {
    const Signature *s = &native->signature;
    uint32_t n = native->distribution ? native->distribution->n_parameters : s->n;
    size_t start = text_begin(S);
    singular(S, native_kind(native));
    text_print(S, " %s(", native->name);
    const char *between = "";
    for (uint32_t k = 0; k < n; k++, between = ", ") {
        if (s->rest && k == s->positional) {
            text_print(S, "%s…", between);
            between = ", ";
        }
        text_print(S, "%s%s%s", between, s->names[k]->text, native->distribution || s->required >> k & 1 ? "" : "?");
    }
    if (s->rest && s->positional >= n) text_print(S, "%s…", between);
    text_print(S, ")");
    show_wrapped_text(S, show, start);
    if (!native_help(native)) return;
    show_newline(S);
    show_dim(S, show);
    start = text_begin(S);
    help_paragraph(S, 2, native_help(native));
    while (text_length(S, start) && text_at(S, start)[text_length(S, start) - 1] == '\n') S->text_used--;
    show_wrapped_text(S, show, start);
    show_plain(S, show);
}

void show_callable(State *S, const Show *show, Value f) {
    if (f.tag == VALUE_NATIVE) show_native(S, show, f.as.native);
    else if (f.tag == VALUE_CLOSURE) show_closure(S, show, f);
    for (unsigned depth = 0; f.tag == VALUE_WRAPPED; depth++) {
        const Wrapped *wrapped = (Wrapped *)f.as.object;
        if (depth) text_print(S, ", ");
        text_print(S, "%s", wrapped->handler->row == &handler_written ? written_name(wrapped->handler) : wrapped->handler->row->name);
        f = wrapped->function;
        if (f.tag == VALUE_WRAPPED) continue;
        text_print(S, " around ");
        show_callable(S, show, f);
        return;
    }
}
