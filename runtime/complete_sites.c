/* SPDX-License-Identifier: GPL-3.0-or-later
   Names of sites where a call wants them: condition(normal, {mu: 42}), block(normal, hide = [mu]). */
#include <string.h>

#include "parser/walk.h"
#include "runtime/complete.h"
#include "runtime/eval.h"
#include "runtime/message.h"

/* ---- What a function's text says of its sites ---- */

enum { SITES_DEEPEST = 400 };

typedef struct Walk {
    OfferName *offer;
    void *user;
    unsigned depth;
} Walk;

static void visit(void *user, Node *node);

static void visit_function(void *user, Function *function) { visit(user, function->body); }

/* sample("mu", …) */
static void visit_call(const Walk *walk, const Node *node) {
    static const char *const primitives[] = {"sample", "obs", "param", "plate", "factor", "deterministic"};
    const Node *callee = node->as.call.callee;
    if (callee->kind != NODE_NAME || !node->as.call.count || node->as.call.arguments[0].value->kind != NODE_STRING) return;
    for (size_t k = 0; k < sizeof primitives / sizeof *primitives; k++)
        if (strcmp(callee->as.variable.name->text, primitives[k]) == 0) walk->offer(walk->user, node->as.call.arguments[0].value->as.string->text);
}

static void visit(void *user, Node *node) {
    Walk *walk = user;
    if (walk->depth == SITES_DEEPEST) return;
    walk->depth++;
    switch (node->kind) {
        case NODE_SAMPLE:
        case NODE_OBS:
        case NODE_DETERMINISTIC: walk->offer(walk->user, node->as.site.name->text); break;
        case NODE_PARAM: walk->offer(walk->user, node->as.param.name->text); break;
        case NODE_PLATE: walk->offer(walk->user, node->as.plate.name->text); break;
        case NODE_CALL: visit_call(walk, node); break;
        default: break;
    }
    tree_children(node, visit, walk);
    tree_functions(node, visit_function, walk);
    walk->depth--;
}

/* Those of a model or guide, the params of a fit. */
static void offer_names_of(State *S, Value v, OfferName *offer, void *user) {
    while (v.tag == VALUE_WRAPPED) v = ((Wrapped *)v.as.object)->function;
    if (v.tag == VALUE_CLOSURE) {
        Walk walk = {offer, user, 0};
        visit(&walk, v.as.closure->function->body);
    } else if (v.tag == VALUE_FIT) {
        complete_fields(S, field_of(S, v, string_of(S, "params")), offer, user);
    }
}

/* ---- Where they are wanted ---- */

/* A bracket that is an argument, at the place where a key or a name may begin in it. */
static bool is_argument(const CompleteText *t, size_t bracket) {
    if (bracket == t->n || !bracket || t->tokens[bracket].kind == TOKEN_ROUND_OPEN) return false;
    TokenKind before = t->tokens[bracket - 1].kind, previous = t->tokens[t->before - 1].kind;
    bool key = t->before - 1 == bracket || previous == TOKEN_COMMA;
    return key && (before == TOKEN_COMMA || before == TOKEN_ASSIGN);
}

void complete_sites(State *S, const CompleteText *t, OfferName *offer, void *user) {
    size_t bracket = t->before ? complete_innermost(t, t->before, 0) : t->n;
    if (!is_argument(t, bracket)) return;
    size_t open = complete_innermost(t, bracket, 0), comma = open + 1;
    if (open == t->n || !open || t->tokens[open].kind != TOKEN_ROUND_OPEN) return;
    if (t->tokens[bracket].kind == TOKEN_SQUARE_OPEN) {
        Value callee = complete_path(S, t, open);
        if (callee.tag != VALUE_NATIVE || !callee.as.native->signature.site_names) return;
    }
    while (comma < bracket && t->tokens[comma].kind != TOKEN_COMMA) comma++;
    if (comma < bracket) offer_names_of(S, complete_path(S, t, comma), offer, user);
}
