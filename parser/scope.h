/* Scopes while names are resolved. A function is a scope, and so is the body of each plate, whose variables are slots
   of the function's frame all the same. */
#ifndef ELBO_PARSER_SCOPE_H
#define ELBO_PARSER_SCOPE_H

#include "parser/report.h"
#include "parser/vector.h"

typedef struct Scope Scope;

/* A variable of a scope. */
typedef struct Binding {
    Name *name;
    Scope *scope;
    Lifted *lifted;        /* one per element of the scope's plate; else NULL */
    bool is_index;         /* the plate's index */
    bool captured;         /* an inner function uses it */
    uint32_t slot;         /* of the function's frame; at the top level, index of the global */
    uint32_t assigned_end; /* where the text of its first assignment ends */
} Binding;

/* A Variable of the tree whose place is known once all inner functions are. */
typedef struct Fixup {
    Variable *variable;
    Binding *binding;
} Fixup;

struct Scope {
    Scope *parent;       /* the scope around it, perhaps of another function; NULL: the top level */
    Function *function;
    Node *plate;         /* NULL: the scope of the function itself */
    Scope *owner;        /* the function's own scope: itself, but for plates */
    Vector *bindings;    /* of Binding * */
    Vector *lifted;      /* of Lifted *: plates only */
    Scope *first_child, *last_child, *sibling; /* plates directly inside, in the order of the text */
    /* Of a function's own scope: */
    Vector *fixups;      /* of Fixup */
    Vector *captures;    /* of Capture */
    Vector *captured;    /* of Binding *, beside captures */
    Vector *partials;    /* of Target: assignments to a part of a name inside plates, not at their index */
    Vector *observed;    /* of Target: obs statements */
};

/* A target, looked at again once the function's other assignments are known. */
typedef struct Target {
    Scope *scope;
    Node *statement;
    Node *target;
} Target;

typedef struct Resolver {
    Parser *parser;
    Arena *scratch;
    Binding **table;     /* (scope, name) → binding; open addressing */
    uint32_t capacity;
    uint32_t count;
    uint32_t *globals;   /* by Name.index: 1 + index of the global; 0: none */
    Vector *global_names; /* of Name * */
    Vector *global_assigned; /* of bool */
    Scope *scope;        /* where the walk is */
    bool in_loop;        /* of this function and plate */
    bool loop_outside;   /* a loop of this function is around the plate */
    bool naming;         /* a list in an argument: its names may be names of sites (`hide = [theta]`), which only a run knows */
} Resolver;

Scope *scope_new(Resolver *resolver, Scope *parent, Function *function, Node *plate);

/* The scope's own variable of that name, or NULL; scope_add makes it if need be. */
Binding *scope_find(Resolver *resolver, const Scope *scope, const Name *name);
Binding *scope_add(Resolver *resolver, Scope *scope, Name *name);

/* The innermost variable of that name from `scope` outwards; in the same function only, or in all. */
Binding *scope_lookup_function(Resolver *resolver, Scope *scope, const Name *name);
Binding *scope_lookup(Resolver *resolver, Scope *scope, const Name *name);

/* The scope of the plate of this function, from `scope` outwards, whose index has that name; or NULL. */
Scope *scope_plate_of_index(Scope *scope, const Node *subscript);

/* The index of a global. */
uint32_t scope_global(Resolver *resolver, Name *name);

/* Gives slots to all variables of a function: parameters, its own, then plate by plate. */
void scope_assign_slots(Resolver *resolver, Scope *owner);

/* Points `variable` to `binding` (NULL: a global) as seen from the function of `scope`. */
void scope_bind(Resolver *resolver, Scope *scope, Variable *variable, Binding *binding);

/* All uses of the function's variables are known: settles cells and captures. */
void scope_finish(Resolver *resolver, Scope *owner);

#endif
