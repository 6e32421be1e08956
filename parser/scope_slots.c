/* Where variables live: slots, cells and captures. */
#include <string.h>

#include "parser/scope.h"

static bool is_top_level(const Scope *scope)
{
    return scope->plate == NULL && scope->function->kind == FUNCTION_MAIN;
}

static void assign_own_slots(Resolver *resolver, Scope *scope)
{
    Function *function = scope->function;
    uint32_t first = function->n_slots;

    for (uint32_t i = 0; i < scope->bindings->count; i++) {
        Binding *binding = *(Binding **)vector_at(scope->bindings, i);

        if (is_top_level(scope)) {
            binding->slot = scope_global(resolver, binding->name);
            *(bool *)vector_at(resolver->global_assigned, binding->slot) = true;
        } else {
            binding->slot = function->n_slots++;
        }
    }
    if (scope->plate != NULL) {
        scope->plate->as.plate.first_slot = first;
        scope->plate->as.plate.n_slots = function->n_slots - first;
    } else {
        function->n_own = function->n_slots;
    }
    for (Scope *child = scope->first_child; child != NULL; child = child->sibling)
        assign_own_slots(resolver, child);
}

void scope_assign_slots(Resolver *resolver, Scope *owner)
{
    owner->function->n_slots = 0;
    assign_own_slots(resolver, owner);
}

/* The index of `binding` among the captures of `owner`'s function; the functions between capture it too. */
static uint32_t capture(Resolver *resolver, Scope *owner, Binding *binding)
{
    Scope *around = owner->parent->owner;
    Capture made = { .name = binding->name };

    for (uint32_t i = 0; i < owner->captured->count; i++)
        if (*(Binding **)vector_at(owner->captured, i) == binding)
            return i;
    if (binding->scope->owner == around) {
        binding->captured = true;
        made.from_frame = true;
        made.index = binding->slot;
    } else {
        made.index = capture(resolver, around, binding);
    }
    vector_push(owner->captures, &made);
    vector_push(owner->captured, &binding);
    return owner->captures->count - 1;
}

void scope_bind(Resolver *resolver, Scope *scope, Variable *variable, Binding *binding)
{
    Fixup fixup = { variable, binding };

    if (binding == NULL || is_top_level(binding->scope)) {
        variable->place = PLACE_GLOBAL;
        variable->index = scope_global(resolver, variable->name);
    } else if (binding->scope->owner == scope->owner) {
        vector_push(scope->owner->fixups, &fixup);
    } else {
        variable->place = PLACE_CAPTURE;
        variable->index = capture(resolver, scope->owner, binding);
    }
}

/* The slots among the scope's own that hold cells. */
static uint32_t *own_cells(Resolver *resolver, const Scope *scope, uint32_t *count)
{
    Vector *cells = vector_new(resolver->scratch, sizeof(uint32_t));

    if (!is_top_level(scope))
        for (uint32_t i = 0; i < scope->bindings->count; i++) {
            const Binding *binding = *(Binding **)vector_at(scope->bindings, i);

            if (binding->captured)
                vector_push(cells, &binding->slot);
        }
    *count = cells->count;
    return vector_keep(cells, resolver->parser->keep);
}

static void finish_scope(Resolver *resolver, Scope *scope)
{
    Function *function = scope->function;

    if (!is_top_level(scope))
        for (uint32_t i = 0; i < scope->bindings->count; i++) {
            const Binding *binding = *(Binding **)vector_at(scope->bindings, i);

            function->slot_names[binding->slot] = binding->name;
        }
    if (scope->plate != NULL) {
        scope->plate->as.plate.cells = own_cells(resolver, scope, &scope->plate->as.plate.n_cells);
        scope->plate->as.plate.lifted = vector_keep(scope->lifted, resolver->parser->keep);
        scope->plate->as.plate.n_lifted = scope->lifted->count;
    } else {
        function->cells = own_cells(resolver, scope, &function->n_cells);
    }
    for (Scope *child = scope->first_child; child != NULL; child = child->sibling)
        finish_scope(resolver, child);
}

void scope_finish(Resolver *resolver, Scope *owner)
{
    Function *function = owner->function;

    for (uint32_t i = 0; i < owner->fixups->count; i++) {
        Fixup *fixup = vector_at(owner->fixups, i);

        fixup->variable->place = fixup->binding->captured ? PLACE_CELL : PLACE_LOCAL;
        fixup->variable->index = fixup->binding->slot;
    }
    function->parent = owner->parent != NULL ? owner->parent->function : NULL;
    function->slot_names = arena_allocate(resolver->parser->keep, function->n_slots * sizeof(Name *));
    function->captures = vector_keep(owner->captures, resolver->parser->keep);
    function->n_captures = owner->captures->count;
    finish_scope(resolver, owner);
}
