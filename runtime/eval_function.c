/* SPDX-License-Identifier: GPL-3.0-or-later
   Functions, models, guides and handlers that a program defines: closures, and which guide belongs to which model. */
#include "runtime/eval.h"
#include "runtime/gc.h"
#include "runtime/guide_kept.h"
#include "runtime/message.h"

static Closure *closure_new(State *S, const Function *function) {
    Closure *closure = gc_new(S, VALUE_CLOSURE, sizeof *closure + function->n_captures * sizeof(Cell *));
    closure->function = function;
    closure->chunk = S->frame->closure->chunk;
    closure->guide = value_unassigned();
    for (uint32_t k = 0; k < function->n_captures; k++) {
        const Capture *c = &function->captures[k];
        closure->captures[k] = c->from_frame ? (Cell *)S->stack[S->frame->base + c->index].as.object
                                             : S->frame->closure->captures[c->index];
    }
    return closure;
}

Value eval_function(State *S, const Node *node, const Function *function) {
    (void)node;
    return value_object(closure_new(S, function));
}

/* A guide belongs to the model of its name, whichever of the two comes first. */
static void define_guide(State *S, const Node *node, Closure *guide) {
    const Variable *variable = &node->as.define.variable;
    Value *slot = variable_slot(S, variable);
    if (slot->tag == VALUE_CLOSURE) {
        ((Closure *)slot->as.object)->guide = value_object(guide);
        ((Closure *)slot->as.object)->guide_inherited = false;
    }
    if (variable->place == PLACE_GLOBAL) record_set(S, S->guides, variable->name->object, value_object(guide));
}

static bool value_identical(Value a, Value b) { return a.tag == b.tag && a.as.object == b.as.object; }

Value eval_define(State *S, const Node *node) {
    Closure *closure = closure_new(S, node->as.define.function);
    if (node->as.define.kind == DEFINE_GUIDE) {
        define_guide(S, node, closure);
        return value_none();
    }
    const Variable *variable = &node->as.define.variable;
    if (node->as.define.kind == DEFINE_MODEL && variable->place == PLACE_GLOBAL) {
        const Value *guide = record_find(S->guides, variable->name->object);
        if (guide) closure->guide = *guide;
        closure->guide_inherited = guide && value_identical(closure_guide(*variable_slot(S, variable)), *guide);
    }
    stack_push(S, value_object(closure));
    if (closure->guide_inherited && closure->guide.tag == VALUE_CLOSURE) guide_kept_check(S, node, closure, closure->guide.as.closure);
    variable_store(S, variable, value_object(closure));
    stack_pop(S, 1);
    return value_none();
}

Value closure_guide(Value f) {
    while (f.tag == VALUE_WRAPPED) f = ((Wrapped *)f.as.object)->function;
    return f.tag == VALUE_CLOSURE ? f.as.closure->guide : value_unassigned();
}
