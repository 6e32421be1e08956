#include "runtime/eval.h"
#include "runtime/gc.h"
#include "runtime/suggest.h"
#include "runtime/written.h"

Value *variable_slot(State *S, const Variable *variable) {
    switch (variable->place) {
        case PLACE_GLOBAL: return &S->frame->closure->chunk->globals[variable->index]->value;
        case PLACE_LOCAL: return &S->stack[S->frame->base + variable->index];
        case PLACE_CELL: {
            Value v = S->stack[S->frame->base + variable->index];
            return &((Cell *)v.as.object)->value;
        }
        case PLACE_CAPTURE: return &S->frame->closure->captures[variable->index]->value;
        case PLACE_NONE: return NULL;
    }
    return NULL;
}

static _Noreturn void raise_unassigned(State *S, const Node *node, const Variable *variable) {
    S->node = node;
    const char *name = variable->name->text;
    if (variable->place != PLACE_GLOBAL)
        error_raise(S, "unassigned", "A variable that is assigned anywhere in a function belongs to that function; assign it before it is read.",
                    "'%s' has no value yet", name);
    const char *nearest = suggest_variable(S, variable->name->object);
    error_raise(S, "unknown-name", nearest ? error_text(S, "Did you mean '%s'?", nearest) : NULL, "there is no variable '%s'", name);
}

/* What the parser reports elsewhere; in a list the name might have been that of a site. */
static _Noreturn void raise_element(State *S, const Node *node, const Variable *variable) {
    S->node = node;
    error_raise(S, "element-only", "Elements are independent of one another. The whole is there when the plate has ended.",
                "inside its plate, `%s` is one per element and is read only at the plate's index", variable->name->text);
}

bool list_has_partial(const List *list) {
    for (uint32_t k = 0; k < list->count; k++)
        if (list->items[k].tag == VALUE_PARTIAL) return true;
    return false;
}

/* A list under construction becomes the array that it stands for, for good if every lane has all of it. */
static Value make_whole(State *S, Value *slot, Value v) {
    Value whole = value_whole(S, v);
    if (list_has_partial(v.as.list) || v.as.list->rest_missing) return whole;
    if (slot->tag == VALUE_PARTIAL) ((Partial *)slot->as.object)->value = whole;
    else *slot = whole;
    return whole;
}

static Value read_partial(State *S, const Node *node, const Variable *variable, const Partial *partial) {
    if (mask_covers(S, partial->mask, S->mask ? S->mask : mask_full(S))) return partial->value;
    S->node = node;
    error_raise(S, "unassigned-lanes", "It was assigned on one side of an `if` (or in a loop) only; give it a value before.",
                "'%s' has no value in some lanes", variable->name->text);
}

Value variable_read(State *S, const Node *node, const Variable *variable, bool whole) {
    Value *slot = variable_slot(S, variable);
    if (!slot) raise_element(S, node, variable);
    Value v = *slot;
    if (v.tag == VALUE_UNASSIGNED && variable->place == PLACE_GLOBAL)
        v = S->frame->closure->chunk->globals[variable->index]->builtin;
    if (v.tag == VALUE_UNASSIGNED) raise_unassigned(S, node, variable);
    if (v.tag == VALUE_PARTIAL) v = read_partial(S, node, variable, (Partial *)v.as.object);
    if (whole && v.tag == VALUE_LIST && v.as.list->slots) {
        S->node = node;
        v = make_whole(S, slot, v);
    }
    return v;
}

/* The mask under which the variable's scope was entered: assignments under it reach every lane that the scope has. */
static Array *scope_mask(State *S, const Variable *variable) {
    if (variable->place == PLACE_GLOBAL) return NULL;
    if (variable->place == PLACE_CAPTURE) return written_state_mask(S); /* only clauses assign captured variables: the state */
    for (PlateScope *scope = S->frame->scope; scope; scope = scope->outer) {
        uint32_t first = scope->node->as.plate.first_slot;
        if (variable->index >= first && variable->index < first + scope->node->as.plate.n_slots) return scope->mask;
    }
    return S->frame->mask;
}

Value partial_new(State *S, Value v, Array *mask) {
    Partial *partial = gc_new(S, VALUE_PARTIAL, sizeof *partial);
    partial->value = v;
    partial->mask = mask;
    return value_object(partial);
}

Array *variable_mask(State *S, const Variable *variable) {
    if (!S->mask) return NULL;
    Value slot = *variable_slot(S, variable);
    if (slot.tag == VALUE_UNASSIGNED) return NULL;
    if (slot.tag == VALUE_PARTIAL) return mask_covers(S, S->mask, ((Partial *)slot.as.object)->mask) ? NULL : S->mask;
    return scope_mask(S, variable) == S->mask ? NULL : S->mask;
}

/* The value for the lanes that have it: whole as they see it. */
static Value partial_whole(State *S, const Partial *partial) {
    Array *here = S->mask;
    S->mask = partial->mask;
    Value v = value_whole(S, partial->value);
    S->mask = here;
    return v;
}

static Value store_masked(State *S, const Variable *variable, Array *base, Value old, Value v) {
    if (old.tag == VALUE_LIST && old.as.list->slots) old = value_whole(S, old);
    if (v.tag == VALUE_LIST && v.as.list->slots) v = value_whole(S, v);
    if (old.tag == VALUE_UNASSIGNED) return partial_new(S, v, S->mask);
    const char *what = variable->name->text;
    if (old.tag != VALUE_PARTIAL) return value_merge(S, S->mask, v, old, what);
    Partial *partial = (Partial *)old.as.object;
    Array *mask = mask_or(S, partial->mask, S->mask);
    /* Where no lane keeps the old value, the new one may be anything. */
    Value merged = mask_covers(S, S->mask, partial->mask) ? v : value_merge(S, S->mask, v, partial_whole(S, partial), what);
    return mask_covers(S, mask, base ? base : mask_full(S)) ? merged : partial_new(S, merged, mask);
}

void variable_store(State *S, const Variable *variable, Value v) {
    if (S->mask) {
        Array *base = scope_mask(S, variable);
        if (base != S->mask) v = store_masked(S, variable, base, *variable_slot(S, variable), v);
    }
    *variable_slot(S, variable) = v;
}

void variable_store_whole(State *S, const Variable *variable, Value v) {
    Value *slot = variable_slot(S, variable);
    if (slot->tag == VALUE_PARTIAL) {
        Array *mask = ((Partial *)slot->as.object)->mask, *here = S->mask ? S->mask : mask_full(S), *base = scope_mask(S, variable);
        if (!mask_covers(S, mask, here)) mask = mask_or(S, mask, here);
        *slot = mask_covers(S, mask, base ? base : mask_full(S)) ? v : partial_new(S, v, mask);
    } else if (S->mask && slot->tag == VALUE_UNASSIGNED) {
        variable_store(S, variable, v);
    } else {
        *slot = v;
    }
}
