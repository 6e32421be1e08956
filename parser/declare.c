/* Which variables a function has. */
#include "parser/lift.h"
#include "parser/resolve.h"
#include "parser/walk.h"

static void declare_node(void *user, Node *node);

Node *resolve_first_index(Node *target)
{
    while (target->kind == NODE_INDEX || target->kind == NODE_FIELD) {
        Node *object = target->kind == NODE_INDEX ? target->as.index.object : target->as.field.object;

        if (target->kind == NODE_INDEX && object->kind == NODE_NAME)
            return target;
        target = object;
    }
    return NULL;
}

Node *resolve_root(Node *target)
{
    while (target->kind == NODE_INDEX || target->kind == NODE_FIELD)
        target = target->kind == NODE_INDEX ? target->as.index.object : target->as.field.object;
    return target;
}

/* A clause changes the variables of its handler's body; it has only the others itself. */
static bool belongs_to_handler(Resolver *resolver, const Scope *scope, const Name *name)
{
    return scope->plate == NULL && scope->function->kind == FUNCTION_CLAUSE &&
           scope_find(resolver, scope->parent, name) != NULL;
}

static void declare_bare(Resolver *resolver, Scope *scope, Name *name, Span span, uint32_t end)
{
    Node use = { .kind = NODE_NAME, .as.variable.name = name };
    Quote quote = parser_quote(name->text, name->length);
    Binding *binding;

    if (scope_plate_of_index(scope, &use) != NULL) {
        parser_error(resolver->parser, KIND_BAD_TARGET, span, "Choose another name.",
                     "`%s` is the index of a plate and cannot be assigned", quote.text);
        return;
    }
    if (belongs_to_handler(resolver, scope, name))
        return;
    binding = scope_add(resolver, scope, name);
    if (binding->lifted != NULL) {
        parser_error(resolver->parser, KIND_ELEMENT_ONLY, span,
                     "Assign it at the plate's index, or choose another name for what is local to the body.",
                     "`%s` is one per element of this plate (line %u) and cannot be assigned as a whole", quote.text,
                     (unsigned)parser_line(resolver->parser, binding->lifted->span.start));
        return;
    }
    if (end < binding->assigned_end)
        binding->assigned_end = end;
}

static void declare_target(Resolver *resolver, Node *statement, Node *target)
{
    Scope *scope = resolver->scope, *outermost;
    Node *index = resolve_first_index(target);
    Node *root = resolve_root(target);
    Target partial = { scope, statement, target };
    bool wrong = false;

    if (root->kind != NODE_NAME)
        return;
    if (scope->plate == NULL || target->kind == NODE_NAME) {
        declare_bare(resolver, scope, root->as.variable.name, target->span, statement->span.end);
        return;
    }
    outermost = index != NULL ? lift_outermost(resolver, scope, index, &wrong) : NULL;
    if (outermost != NULL) {
        lift_target(resolver, scope, outermost, index, false);
        declare_bare(resolver, outermost->parent, root->as.variable.name, target->span, outermost->plate->span.end);
    } else if (!wrong) {
        vector_push(scope->owner->partials, &partial);
    }
}

static void declare_plate(Resolver *resolver, Node *node)
{
    Scope *around = resolver->scope;

    declare_node(resolver, node->as.plate.over);
    resolver->scope = scope_new(resolver, around, around->function, node);
    scope_add(resolver, resolver->scope, node->as.plate.index.name)->is_index = true;
    declare_node(resolver, node->as.plate.body);
    resolver->scope = around;
}

static void declare_node(void *user, Node *node)
{
    Resolver *resolver = user;
    Scope *scope = resolver->scope;
    Target observed = { scope, node, node->as.site.target };

    switch ((NodeKind)node->kind) {
    case NODE_ASSIGN:
        declare_target(resolver, node, node->as.assign.target);
        break;
    case NODE_SAMPLE: case NODE_DETERMINISTIC:
        declare_target(resolver, node, node->as.site.target);
        break;
    case NODE_PARAM:
        declare_target(resolver, node, node->as.param.target);
        break;
    case NODE_OBS:
        vector_push(scope->owner->observed, &observed);
        break;
    case NODE_FOR:
        declare_bare(resolver, scope, node->as.loop.variable.name, node->as.loop.name_span,
                     node->as.loop.over->span.end);
        break;
    case NODE_DEFINE:
        if (node->as.define.kind != DEFINE_GUIDE)
            declare_bare(resolver, scope, node->as.define.variable.name, node->as.define.name_span, node->span.end);
        break;
    case NODE_HANDLER:
        declare_bare(resolver, scope, node->as.handler.variable.name, node->as.handler.name_span, node->span.end);
        break;
    case NODE_PLATE:
        declare_plate(resolver, node);
        return;
    default:
        break;
    }
    tree_children(node, declare_node, resolver);
}

typedef struct IndexSearch {
    Scope *scope;
    const Node *found;
} IndexSearch;

static void find_plate_index(void *user, Node *node)
{
    IndexSearch *search = user;

    if (scope_plate_of_index(search->scope, node) != NULL)
        search->found = node;
    tree_children(node, find_plate_index, search);
}

/* `x[e] = …` in a plate, where no subscript is the plate's index: allowed only for a variable of the body. */
static void declare_partial(Resolver *resolver, const Target *partial)
{
    Name *name = resolve_root(partial->target)->as.variable.name;
    Binding *binding = scope_find(resolver, partial->scope, name);
    IndexSearch search = { partial->scope, NULL };
    const Name *index = partial->scope->plate->as.plate.index.name;

    if (binding != NULL && binding->lifted == NULL && !binding->is_index)
        return;
    if (resolve_first_index(partial->target) != NULL)
        tree_children(resolve_first_index(partial->target), find_plate_index, &search);
    if (search.found == NULL && (binding == NULL || binding->is_index) &&
        scope_lookup_function(resolver, partial->scope->parent, name) == NULL) {
        declare_bare(resolver, partial->scope, name, partial->target->span, partial->statement->span.end);
        return;
    }
    parser_error(resolver->parser, KIND_PLATE_TARGET, partial->target->span,
                 "The elements of a plate are independent: each assigns its own, at the plate's index and nothing else. "
                 "What runs in order is a `for` loop.",
                 "inside plate `%s`, `%s` can be assigned only at its index `%s`",
                 parser_quote(partial->scope->plate->as.plate.name->text,
                              partial->scope->plate->as.plate.name->length).text,
                 parser_quote(name->text, name->length).text, parser_quote(index->text, index->length).text);
}

/* What obs draws where data are missing goes into its target, if that is a variable of the function. */
static void declare_observed(Resolver *resolver, const Target *observed)
{
    Scope *scope = observed->scope;
    Node *target = observed->target;
    Node *index = target->kind == NODE_INDEX ? resolve_first_index(target) : NULL;
    Name *name = resolve_root(target)->as.variable.name;
    Scope *outermost = NULL;
    Binding *binding;
    bool wrong = false;

    if (target->kind != NODE_NAME && index != target)
        return;
    if (index != NULL)
        outermost = lift_outermost(resolver, scope, index, &wrong);
    binding = scope_lookup_function(resolver, scope, name);
    if (binding == NULL || wrong)
        return;
    if (outermost == NULL || (binding->scope == scope && binding->lifted == NULL)) {
        observed->statement->as.site.assigns = binding->scope == scope && binding->lifted == NULL && !binding->is_index;
        return;
    }
    for (Scope *s = scope; s != outermost->parent; s = s->parent) {
        binding = scope_find(resolver, s, name);
        if (binding != NULL && binding->lifted == NULL)
            return;
    }
    if (scope_lookup_function(resolver, outermost->parent, name) == NULL)
        return;
    observed->statement->as.site.assigns = true;
    lift_target(resolver, scope, outermost, index, true);
}

void declare_function(Resolver *resolver, Scope *owner)
{
    Function *function = owner->function;

    for (uint32_t i = 0; i < function->n_parameters; i++)
        if (function->parameters[i].initial != NULL)
            declare_node(resolver, function->parameters[i].initial);
    declare_node(resolver, function->body);
    for (uint32_t i = 0; i < owner->partials->count; i++)
        declare_partial(resolver, vector_at(owner->partials, i));
    for (uint32_t i = 0; i < owner->observed->count; i++)
        declare_observed(resolver, vector_at(owner->observed, i));
}
