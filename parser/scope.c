#include "parser/scope.h"

#include <string.h>

enum { SCOPE_FIRST_CAPACITY = 64 };

Scope *scope_new(Resolver *resolver, Scope *parent, Function *function, Node *plate)
{
    Scope *scope = arena_allocate(resolver->scratch, sizeof *scope);

    *scope = (Scope){ .parent = parent, .function = function, .plate = plate };
    scope->bindings = vector_new(resolver->scratch, sizeof(Binding *));
    scope->lifted = vector_new(resolver->scratch, sizeof(Lifted *));
    scope->owner = plate != NULL ? parent->owner : scope;
    if (plate != NULL) {
        if (parent->last_child != NULL)
            parent->last_child->sibling = scope;
        else
            parent->first_child = scope;
        parent->last_child = scope;
        return scope;
    }
    scope->fixups = vector_new(resolver->scratch, sizeof(Fixup));
    scope->captures = vector_new(resolver->scratch, sizeof(Capture));
    scope->captured = vector_new(resolver->scratch, sizeof(Binding *));
    scope->partials = vector_new(resolver->scratch, sizeof(Target));
    scope->observed = vector_new(resolver->scratch, sizeof(Target));
    return scope;
}

static Binding **find_place(Resolver *resolver, const Scope *scope, const Name *name)
{
    uint32_t mask = resolver->capacity - 1;
    uint32_t i = ((uint32_t)((uintptr_t)scope >> 4) * 31u + name->index * 2654435761u) & mask;

    while (resolver->table[i] != NULL && (resolver->table[i]->scope != scope || resolver->table[i]->name != name))
        i = (i + 1) & mask;
    return &resolver->table[i];
}

Binding *scope_find(Resolver *resolver, const Scope *scope, const Name *name)
{
    return resolver->capacity == 0 ? NULL : *find_place(resolver, scope, name);
}

static void grow(Resolver *resolver)
{
    Binding **old = resolver->table;
    uint32_t old_capacity = resolver->capacity;

    resolver->capacity = old_capacity == 0 ? SCOPE_FIRST_CAPACITY : 2 * old_capacity;
    resolver->table = arena_allocate(resolver->scratch, resolver->capacity * sizeof(Binding *));
    for (uint32_t i = 0; i < old_capacity; i++)
        if (old[i] != NULL)
            *find_place(resolver, old[i]->scope, old[i]->name) = old[i];
}

Binding *scope_add(Resolver *resolver, Scope *scope, Name *name)
{
    Binding *binding = scope_find(resolver, scope, name);

    if (binding != NULL)
        return binding;
    if (2 * (resolver->count + 1) > resolver->capacity)
        grow(resolver);
    binding = arena_allocate(resolver->scratch, sizeof *binding);
    *binding = (Binding){ .name = name, .scope = scope, .assigned_end = UINT32_MAX };
    *find_place(resolver, scope, name) = binding;
    resolver->count++;
    vector_push(scope->bindings, &binding);
    return binding;
}

Binding *scope_lookup(Resolver *resolver, Scope *scope, const Name *name)
{
    Binding *binding = NULL;

    for (; scope != NULL && binding == NULL; scope = scope->parent)
        binding = scope_find(resolver, scope, name);
    return binding;
}

Binding *scope_lookup_function(Resolver *resolver, Scope *scope, const Name *name)
{
    Scope *end = scope->owner->parent;
    Binding *binding = NULL;

    for (; scope != end && binding == NULL; scope = scope->parent)
        binding = scope_find(resolver, scope, name);
    return binding;
}

Scope *scope_plate_of_index(Scope *scope, const Node *subscript)
{
    if (subscript->kind != NODE_NAME)
        return NULL;
    for (; scope->plate != NULL; scope = scope->parent)
        if (scope->plate->as.plate.index.name == subscript->as.variable.name)
            return scope;
    return NULL;
}

uint32_t scope_global(Resolver *resolver, Name *name)
{
    bool assigned = false;

    if (resolver->globals[name->index] == 0) {
        vector_push(resolver->global_names, &name);
        vector_push(resolver->global_assigned, &assigned);
        resolver->globals[name->index] = resolver->global_names->count;
    }
    return resolver->globals[name->index] - 1;
}
