/* Trees as text for tests: (operator operand …), with the places of names if they are wanted. */
#ifndef ELBO_TESTS_DESCRIBE_H
#define ELBO_TESTS_DESCRIBE_H

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "parser/walk.h"

typedef struct Description {
    char text[8000];
    size_t used;
    bool places;
} Description;

static inline void describe_node(Description *d, const Node *node);

__attribute__((format(printf, 2, 3))) static inline void describe_put(Description *d, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    int n = vsnprintf(d->text + d->used, sizeof d->text - d->used, format, arguments);
    va_end(arguments);
    d->used += (size_t)n < sizeof d->text - d->used ? (size_t)n : sizeof d->text - d->used - 1;
}

/* mu, or with its place mu.L2: G global, L local, C cell, K captured. */
static inline void describe_variable(Description *d, const Variable *v) {
    describe_put(d, "%s", v->name->text);
    if (d->places && v->place == PLACE_GLOBAL) describe_put(d, ".G");
    else if (d->places) describe_put(d, ".%c%u", "GLCK"[v->place], (unsigned)v->index);
}

static inline void describe_list(Description *d, const char *head, const NodeList *list) {
    describe_put(d, "(%s", head);
    for (uint32_t i = 0; i < list->count; i++) {
        describe_put(d, " ");
        describe_node(d, list->items[i]);
    }
    describe_put(d, ")");
}

static inline void describe_two(Description *d, const char *head, const Node *a, const Node *b) {
    describe_put(d, "(%s ", head);
    describe_node(d, a);
    describe_put(d, " ");
    describe_node(d, b);
    describe_put(d, ")");
}

static inline void describe_function(Description *d, const char *head, const Function *f) {
    describe_put(d, "(%s (", head);
    for (uint32_t i = 0; i < f->n_parameters; i++) {
        describe_put(d, i ? " " : "");
        if (d->places) describe_variable(d, &f->parameters[i].variable);
        else describe_put(d, "%s", f->parameters[i].name->text);
        if (f->parameters[i].initial) {
            describe_put(d, "=");
            describe_node(d, f->parameters[i].initial);
        }
    }
    describe_put(d, ") ");
    describe_node(d, f->body);
    describe_put(d, ")");
}

static inline void describe_plate(Description *d, const Node *n) {
    describe_put(d, "(plate %s ", n->as.plate.name->text);
    describe_variable(d, &n->as.plate.index);
    describe_put(d, " ");
    describe_node(d, n->as.plate.over);
    for (uint32_t i = 0; d->places && i < n->as.plate.n_lifted; i++) {
        const Lifted *l = n->as.plate.lifted[i];
        describe_put(d, " <");
        describe_variable(d, &l->inner);
        describe_put(d, " to ");
        describe_variable(d, &l->outer);
        describe_put(d, " at %u%s%s>", (unsigned)l->position, l->parent ? " up" : "", l->only_drawn ? " drawn" : "");
    }
    describe_put(d, " ");
    describe_node(d, n->as.plate.body);
    describe_put(d, ")");
}

static inline void describe_statement(Description *d, const Node *n) {
    static const char *const defines[] = {"fn", "model", "guide"};
    char head[64];
    switch ((NodeKind)n->kind) {
    case NODE_BLOCK: describe_list(d, "do", &n->as.list); break;
    case NODE_IF:
        describe_put(d, "(if ");
        describe_node(d, n->as.branch.condition);
        describe_put(d, " ");
        describe_node(d, n->as.branch.then);
        if (n->as.branch.otherwise) {
            describe_put(d, " ");
            describe_node(d, n->as.branch.otherwise);
        }
        describe_put(d, ")");
        break;
    case NODE_FOR:
        describe_put(d, "(for ");
        describe_variable(d, &n->as.loop.variable);
        describe_put(d, " ");
        describe_node(d, n->as.loop.over);
        describe_put(d, " ");
        describe_node(d, n->as.loop.body);
        describe_put(d, ")");
        break;
    case NODE_WHILE: describe_two(d, "while", n->as.loop.over, n->as.loop.body); break;
    case NODE_WITH: describe_two(d, "with", n->as.with.handler, n->as.with.body); break;
    case NODE_PLATE: describe_plate(d, n); break;
    case NODE_ASSIGN: describe_two(d, "=", n->as.assign.target, n->as.assign.value); break;
    case NODE_SAMPLE: describe_two(d, "~", n->as.site.target, n->as.site.value); break;
    case NODE_OBS:
        snprintf(head, sizeof head, "obs%s%s", d->places ? " " : "", !d->places ? "" : n->as.site.assigns ? "yes" : "no");
        describe_two(d, head, n->as.site.target, n->as.site.value);
        break;
    case NODE_DETERMINISTIC: describe_two(d, "det", n->as.site.target, n->as.site.value); break;
    case NODE_PARAM:
        describe_put(d, "(param ");
        describe_node(d, n->as.param.target);
        if (n->as.param.constraint) {
            describe_put(d, ": ");
            describe_node(d, n->as.param.constraint);
        }
        describe_put(d, " ");
        describe_node(d, n->as.param.initial);
        describe_put(d, ")");
        break;
    case NODE_DEFINE:
        describe_put(d, "(%s ", defines[n->as.define.kind]);
        describe_variable(d, &n->as.define.variable);
        describe_put(d, " ");
        describe_function(d, "fn", n->as.define.function);
        describe_put(d, ")");
        break;
    case NODE_HANDLER:
        describe_put(d, "(handler ");
        describe_variable(d, &n->as.handler.variable);
        describe_put(d, " ");
        describe_function(d, "fn", n->as.handler.function);
        for (uint32_t i = 0; i < n->as.handler.n_clauses; i++) {
            const Clause *clause = &n->as.handler.clauses[i];
            snprintf(head, sizeof head, "%s %s", clause->when == CLAUSE_ON ? "on" : "after", clause->message->text);
            describe_put(d, " ");
            describe_function(d, head, clause->function);
        }
        describe_put(d, ")");
        break;
    case NODE_RETURN:
        describe_put(d, "(return");
        if (n->as.unary.operand) {
            describe_put(d, " ");
            describe_node(d, n->as.unary.operand);
        }
        describe_put(d, ")");
        break;
    case NODE_BREAK: describe_put(d, "(break)"); break;
    case NODE_CONTINUE: describe_put(d, "(continue)"); break;
    case NODE_IMPORT: describe_put(d, "(import \"%s\")", n->as.string->text); break;
    default: describe_put(d, "(? %d)", n->kind); break;
    }
}

static inline void describe_node(Description *d, const Node *n) {
    static const char *const names[OPERATORS] = {"+", "-", "*", "/", "//", "%", "@", "^", "==", "!=",
                                                 "<", "<=", ">", ">=", "in", "-", "not"};
    switch ((NodeKind)n->kind) {
    case NODE_NUMBER: describe_put(d, "%.17g", n->as.number); break;
    case NODE_STRING: describe_put(d, "\"%s\"", n->as.string->text); break;
    case NODE_TEXT: describe_list(d, "text", &n->as.list); break;
    case NODE_TRUE: describe_put(d, "true"); break;
    case NODE_FALSE: describe_put(d, "false"); break;
    case NODE_NONE: describe_put(d, "none"); break;
    case NODE_MISSING: describe_put(d, "missing"); break;
    case NODE_NAME: describe_variable(d, &n->as.variable); break;
    case NODE_BRACKET: describe_list(d, "list", &n->as.list); break;
    case NODE_RECORD:
        describe_put(d, "(record");
        for (uint32_t i = 0; i < n->as.record.count; i++) {
            describe_put(d, " %s:", n->as.record.fields[i].name->text);
            describe_node(d, n->as.record.fields[i].value);
        }
        describe_put(d, ")");
        break;
    case NODE_FUNCTION: describe_function(d, "fn", n->as.function); break;
    case NODE_CALL:
        describe_put(d, "(call ");
        describe_node(d, n->as.call.callee);
        for (uint32_t i = 0; i < n->as.call.count; i++) {
            describe_put(d, " ");
            if (n->as.call.arguments[i].keyword) describe_put(d, "%s=", n->as.call.arguments[i].keyword->text);
            describe_node(d, n->as.call.arguments[i].value);
        }
        describe_put(d, ")");
        break;
    case NODE_INDEX:
        describe_put(d, d->places && n->as.index.lifted ? "(elem/%x " : "(index ", (unsigned)n->as.index.plate_subscripts);
        describe_node(d, n->as.index.object);
        for (uint32_t i = 0; i < n->as.index.subscripts.count; i++) {
            describe_put(d, " ");
            describe_node(d, n->as.index.subscripts.items[i]);
        }
        describe_put(d, ")");
        break;
    case NODE_FIELD:
        describe_put(d, "(. ");
        describe_node(d, n->as.field.object);
        describe_put(d, " %s)", n->as.field.name->text);
        break;
    case NODE_RANGE: describe_two(d, "..", n->as.binary.left, n->as.binary.right); break;
    case NODE_AND: describe_two(d, "and", n->as.binary.left, n->as.binary.right); break;
    case NODE_OR: describe_two(d, "or", n->as.binary.left, n->as.binary.right); break;
    case NODE_BINARY: describe_two(d, names[n->op], n->as.binary.left, n->as.binary.right); break;
    case NODE_UNARY:
        describe_put(d, "(%s ", names[n->op]);
        describe_node(d, n->as.unary.operand);
        describe_put(d, ")");
        break;
    default: describe_statement(d, n); break;
    }
}

/* The statements of a chunk, one after the other. */
static inline const char *describe_chunk(Description *d, const Chunk *chunk, bool places) {
    d->used = 0;
    d->text[0] = '\0';
    d->places = places;
    for (uint32_t i = 0; i < chunk->main->body->as.list.count; i++) {
        if (i) describe_put(d, " ");
        describe_node(d, chunk->main->body->as.list.items[i]);
    }
    return d->text;
}

#endif
