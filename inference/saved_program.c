/* SPDX-License-Identifier: GPL-3.0-or-later
   The text of functions and of what they use. */
#include "inference/saved_program.h"

#include <string.h>

#include "inference/saved_value.h"
#include "parser/print.h"
#include "parser/walk.h"
#include "runtime/native.h"
#include "runtime/message.h"
#include "runtime/text.h"
#include "stdlib/json.h"

enum { SHOWN_VALUE = 200 };

typedef struct Pieces {
    State *S;
    Record *texts;
    const Closure *closure; /* whose text is being walked */
} Pieces;

static void add_piece(Pieces *p, String *name, Value v);

/* ---- Functions ---- */

static void append_text(void *user, const char *text, size_t length) { text_append(user, text, length); }

/* As a statement that defines it, or an expression if it has no name. */
static String *function_text(State *S, const Function *function) {
    static const DefineKind kinds[] = {[FUNCTION_FN] = DEFINE_FN, [FUNCTION_MODEL] = DEFINE_MODEL, [FUNCTION_GUIDE] = DEFINE_GUIDE};
    Node define = {.kind = function->name ? NODE_DEFINE : NODE_FUNCTION}, *item = &define, block = {.kind = NODE_BLOCK};
    if (function->name) {
        define.as.define.kind = function->kind <= FUNCTION_GUIDE ? kinds[function->kind] : DEFINE_FN;
        define.as.define.function = (Function *)function;
    } else {
        define.as.function = (Function *)function;
    }
    if (function->handler) item = (Node *)function->handler;
    block.as.list = (NodeList){&item, 1};
    Function body = {.body = &block};
    Chunk chunk = {.main = &body};
    size_t start = text_begin(S);
    tree_print(&chunk, append_text, S);
    return text_finish(S, start);
}

static void walk_node(void *user, Node *node);

static void walk_function(void *user, Function *function) {
    for (uint32_t k = 0; k < function->n_parameters; k++)
        if (function->parameters[k].initial) walk_node(user, function->parameters[k].initial);
    walk_node(user, function->body);
}

static void walk_node(void *user, Node *node) {
    Pieces *p = user;
    if (node->kind == NODE_NAME && node->as.variable.place == PLACE_GLOBAL) {
        const Global *g = p->closure->chunk->globals[node->as.variable.index];
        if (g->value.tag != VALUE_UNASSIGNED) add_piece(p, g->name, g->value);
    }
    tree_children(node, walk_node, user);
    tree_functions(node, walk_function, user);
}

static void add_uses(Pieces *p, const Closure *closure) {
    const Closure *before = p->closure;
    const Function *f = closure->function;
    p->closure = closure;
    walk_function(p, (Function *)f);
    if (f->handler) tree_functions((Node *)f->handler, walk_function, p);
    p->closure = before;
    for (uint32_t k = 0; k < f->n_captures; k++)
        if (closure->captures[k]) add_piece(p, f->captures[k].name->object, closure->captures[k]->value);
}

/* ---- Values ---- */

static String *value_text(State *S, Value v) {
    size_t start = text_begin(S);
    if (!saved_refused(v)) json_append(S, saved_encode(S, v), false);
    else if (v.tag == VALUE_NATIVE) text_print(S, "built-in %s", v.as.native->name);
    else if (v.tag == VALUE_DISTRIBUTION || v.tag == VALUE_CONSTRAINT) text_value(S, v);
    else text_print(S, "%s", value_type_name(v));
    size_t length = text_length(S, start);
    if (length <= SHOWN_VALUE) return text_finish(S, start);
    String *digest = saved_digest_of(S, text_at(S, start), length);
    text_drop(S, start);
    text_print(S, "%s %s", value_type_name(v), digest->text);
    return text_finish(S, start);
}

/* The name of a part of a value: "f.0". */
static String *part_name(State *S, const String *name, unsigned part) {
    size_t start = text_begin(S);
    text_print(S, "%s.%u", name->text, part);
    return text_finish(S, start);
}

static void add_handler(Pieces *p, String *name, const Handler *handler, Value function) {
    State *S = p->S;
    size_t start = text_begin(S);
    text_print(S, "%s", handler->row->name);
    record_set(S, p->texts, name, value_object(text_finish(S, start)));
    if (function.tag != VALUE_UNASSIGNED) add_piece(p, part_name(S, name, 0), function);
    for (unsigned k = 0; k < HANDLER_ARGUMENTS; k++)
        if (handler->arguments[k].tag != VALUE_UNASSIGNED) add_piece(p, part_name(S, name, k + 1), handler->arguments[k]);
}

static void add_piece(Pieces *p, String *name, Value v) {
    State *S = p->S;
    if (record_find(p->texts, name)) return;
    if (v.tag == VALUE_CLOSURE) {
        record_set(S, p->texts, name, value_object(function_text(S, v.as.closure->function)));
        add_uses(p, v.as.closure);
    } else if (v.tag == VALUE_WRAPPED) {
        const Wrapped *wrapped = (Wrapped *)v.as.object;
        add_handler(p, name, wrapped->handler, wrapped->function);
    } else if (v.tag == VALUE_HANDLER) {
        add_handler(p, name, (Handler *)v.as.object, value_unassigned());
    } else {
        record_set(S, p->texts, name, value_object(value_text(S, v)));
    }
}

/* ---- The doors ---- */

Record *program_pieces(State *S, Value function) {
    Pieces p = {.S = S, .texts = record_new(S, 4)};
    const char *name = callable_name(function);
    add_piece(&p, string_of(S, name ? name : "fn"), function);
    return p.texts;
}

bool program_is(State *S, Value function, const String *digest) {
    return saved_digest(S, value_object(program_pieces(S, function))) == digest;
}

Value program_guide(Value model) {
    while (model.tag == VALUE_WRAPPED) model = ((Wrapped *)model.as.object)->function;
    return model.tag == VALUE_CLOSURE ? model.as.closure->guide : value_unassigned();
}

static bool same(Value a, Value b) { return a.tag == b.tag && value_is_object(a) && a.as.object == b.as.object; }

String *program_name(State *S, Value v) {
    const char *own = callable_name(v);
    if (own && same(program_variable(S, string_of(S, own)), v)) return string_of(S, own);
    for (const Global *g = S->used_globals; g; g = g->next)
        if (same(g->value, v)) return g->name;
    return NULL;
}

Value program_variable(State *S, const String *name) {
    for (const Global *g = S->used_globals; g; g = g->next)
        if (g->name == name) return g->value;
    return value_unassigned();
}
