#include "parser/lift.h"

#include "parser/resolve.h"

uint32_t resolve_position(Scope *scope, const Scope *plate, const Node *index, uint32_t position)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < position; i++) {
        const Scope *other = scope_plate_of_index(scope, index->as.index.subscripts.items[i]);
        bool around = false;

        for (const Scope *s = plate->parent; s->plate != NULL; s = s->parent)
            if (s == other)
                around = true;
        if (!around)
            count++;
    }
    return count;
}

/* The subscript that is the index of the plate of `home`; the count of subscripts: none. */
static uint32_t find_subscript(Scope *scope, const Scope *home, const Node *index)
{
    const NodeList *subscripts = &index->as.index.subscripts;
    uint32_t i = 0;

    while (i < subscripts->count && scope_plate_of_index(scope, subscripts->items[i]) != home)
        i++;
    return i;
}

static bool has_index(Scope *scope, const Scope *home, const Node *index)
{
    return find_subscript(scope, home, index) < index->as.index.subscripts.count;
}

Scope *lift_outermost(Resolver *resolver, Scope *scope, const Node *index, bool *wrong)
{
    const Scope *missing = NULL;
    Scope *outermost = NULL;

    *wrong = false;
    for (Scope *s = scope; s->plate != NULL; s = s->parent) {
        if (!has_index(scope, s, index)) {
            if (missing == NULL)
                missing = s;
            continue;
        }
        if (missing != NULL) {
            const Name *name = missing->plate->as.plate.index.name;

            *wrong = true;
            parser_error(resolver->parser, KIND_MISSING_PLATE_INDEX, index->span,
                         "Every plate between has its elements: add the index as a subscript too.",
                         "this stands inside plate `%s` as well, but lacks its index `%s`",
                         parser_quote(missing->plate->as.plate.name->text, missing->plate->as.plate.name->length).text,
                         parser_quote(name->text, name->length).text);
            return NULL;
        }
        outermost = s;
    }
    return outermost;
}

/* The Lifted of the variable in one plate: made if need be; NULL if the body has a variable of that name otherwise. */
static Lifted *lift_in(Resolver *resolver, Scope *scope, Scope *plate, const Node *index, bool only_drawn)
{
    Name *name = index->as.index.object->as.variable.name;
    uint32_t position = resolve_position(scope, plate, index, find_subscript(scope, plate, index));
    Binding *binding = scope_find(resolver, plate, name);
    Lifted *lifted;

    if (binding != NULL && (binding->lifted == NULL || binding->lifted->position != position)) {
        parser_error(resolver->parser, KIND_ELEMENT_ONLY, index->span,
                     "Inside a plate a name is either one per element, always subscripted by the index in the same "
                     "place, or bare and local to the body.",
                     "`%s` is used in two ways in plate `%s`", parser_quote(name->text, name->length).text,
                     parser_quote(plate->plate->as.plate.name->text, plate->plate->as.plate.name->length).text);
        return NULL;
    }
    if (binding != NULL) {
        binding->lifted->only_drawn = binding->lifted->only_drawn && only_drawn;
        return binding->lifted;
    }
    lifted = arena_allocate(resolver->parser->keep, sizeof *lifted);
    *lifted = (Lifted){ .name = name, .position = position, .only_drawn = only_drawn, .span = index->span };
    scope_add(resolver, plate, name)->lifted = lifted;
    vector_push(plate->lifted, &lifted);
    return lifted;
}

void lift_target(Resolver *resolver, Scope *scope, Scope *outermost, const Node *index, bool only_drawn)
{
    Lifted *inner = NULL;

    for (Scope *plate = scope;; plate = plate->parent) {
        Lifted *lifted = lift_in(resolver, scope, plate, index, only_drawn);

        if (lifted == NULL)
            return;
        if (inner != NULL)
            inner->parent = lifted;
        inner = lifted;
        if (plate == outermost)
            return;
    }
}

bool lift_matches(Scope *scope, Scope *home, const Lifted *lifted, const Node *index, uint32_t *bits)
{
    *bits = 0;
    for (; lifted != NULL; lifted = lifted->parent, home = home->parent) {
        uint32_t i = find_subscript(scope, home, index);

        if (i >= index->as.index.subscripts.count || i >= 32 ||
            resolve_position(scope, home, index, i) != lifted->position)
            return false;
        *bits |= (uint32_t)1 << i;
    }
    return true;
}

void lift_bind(Resolver *resolver, Scope *plate)
{
    for (uint32_t i = 0; i < plate->lifted->count; i++) {
        Lifted *lifted = *(Lifted **)vector_at(plate->lifted, i);

        lifted->inner.name = lifted->outer.name = lifted->name;
        scope_bind(resolver, plate, &lifted->inner, scope_find(resolver, plate, lifted->name));
        scope_bind(resolver, plate, &lifted->outer, scope_lookup(resolver, plate->parent, lifted->name));
    }
}
