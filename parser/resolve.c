#include "parser/resolve.h"

#include "parser/lift.h"
#include "parser/walk.h"

static void resolve_node(void *user, Node *node);
static void resolve_function(Resolver *resolver, Function *function, Clause *clauses, uint32_t n_clauses);

static Quote quote_name(const Name *name)
{
    return parser_quote(name->text, name->length);
}

static void report_element_only(Resolver *resolver, const Binding *binding, Span span)
{
    const Name *plate = binding->scope->plate->as.plate.name;
    const Name *index = binding->scope->plate->as.plate.index.name;

    if (binding->scope->owner != resolver->scope->owner)
        parser_error(resolver->parser, KIND_ELEMENT_ONLY, span,
                     "Give the element a bare name in the plate's body first, and use that inside the function.",
                     "`%s` is one per element of plate `%s`, and a function inside of the plate cannot read it",
                     quote_name(binding->name).text, quote_name(plate).text);
    else
        parser_error(resolver->parser, KIND_ELEMENT_ONLY, span,
                     "Elements are independent of one another. The whole is there when the plate has ended.",
                     "inside plate `%s`, `%s` is one per element and is read only at the plate's index `%s`",
                     quote_name(plate).text, quote_name(binding->name).text, quote_name(index).text);
}

/* A plate's body that reads an outer variable before it assigns a local one of the same name means to change the outer. */
static void check_outer_variable(Resolver *resolver, const Binding *binding, const Node *node)
{
    Scope *home = binding->scope;

    if (home->plate == NULL || binding->is_index || home->owner != resolver->scope->owner ||
        node->span.start >= binding->assigned_end || scope_lookup(resolver, home->parent, binding->name) == NULL)
        return;
    parser_error(resolver->parser, KIND_OUTER_VARIABLE, node->span,
                 "Elements are independent: none sees what another one did. To add up over the elements, keep one value "
                 "for each, `part[i] = …`, and take `sum(part)` after the plate.",
                 "plate `%s` reads `%s` from outside and then assigns it",
                 quote_name(home->plate->as.plate.name).text, quote_name(binding->name).text);
}

/* Links the name `node` that is read or assigned; `index` is the subscription of it, or NULL. */
static void resolve_use(Resolver *resolver, Node *node, Node *index, bool target)
{
    Name *name = node->as.variable.name;
    Binding *binding = scope_lookup(resolver, resolver->scope, name);
    uint32_t bits;

    while (binding != NULL && binding->lifted != NULL) {
        bool here = binding->scope->owner == resolver->scope->owner;

        if (here && index != NULL &&
            lift_matches(resolver->scope, binding->scope, binding->lifted, index, &bits)) {
            index->as.index.lifted = binding->lifted;
            index->as.index.plate_subscripts = bits;
            break;
        }
        if (!binding->lifted->only_drawn) {
            if (resolver->naming) {
                node->as.variable.place = PLACE_NONE;
                return;
            }
            if (!target)
                report_element_only(resolver, binding, index != NULL ? index->span : node->span);
            break;
        }
        binding = scope_lookup(resolver, binding->scope->parent, name);
    }
    if (binding != NULL && binding->lifted == NULL && !target && !resolver->naming)
        check_outer_variable(resolver, binding, node);
    scope_bind(resolver, resolver->scope, &node->as.variable, binding);
}

static void resolve_list(Resolver *resolver, const NodeList *list)
{
    for (uint32_t i = 0; i < list->count; i++)
        resolve_node(resolver, list->items[i]);
}

/* The items of a list that is an argument. */
static void resolve_item(Resolver *resolver, Node *item)
{
    Node *name = item->kind == NODE_INDEX ? item->as.index.object : item;

    if (name->kind != NODE_NAME) {
        resolve_node(resolver, item);
        return;
    }
    resolver->naming = true;
    resolve_use(resolver, name, name == item ? NULL : item, false);
    resolver->naming = false;
    if (item->kind == NODE_INDEX)
        resolve_list(resolver, &item->as.index.subscripts);
}

static void resolve_call(Resolver *resolver, Node *node)
{
    resolve_node(resolver, node->as.call.callee);
    for (uint32_t i = 0; i < node->as.call.count; i++) {
        Node *argument = node->as.call.arguments[i].value;

        if (argument->kind != NODE_BRACKET) {
            resolve_node(resolver, argument);
            continue;
        }
        for (uint32_t k = 0; k < argument->as.list.count; k++)
            resolve_item(resolver, argument->as.list.items[k]);
    }
}

static void resolve_path(Resolver *resolver, Node *node, bool target)
{
    switch ((NodeKind)node->kind) {
    case NODE_NAME:
        resolve_use(resolver, node, NULL, target);
        break;
    case NODE_INDEX:
        if (node->as.index.object->kind == NODE_NAME)
            resolve_use(resolver, node->as.index.object, node, target);
        else
            resolve_path(resolver, node->as.index.object, target);
        resolve_list(resolver, &node->as.index.subscripts);
        break;
    case NODE_FIELD:
        resolve_path(resolver, node->as.field.object, target);
        break;
    default:
        resolve_node(resolver, node);
        break;
    }
}

static void resolve_plate(Resolver *resolver, Node *node)
{
    Scope *around = resolver->scope, *scope;
    bool in_loop = resolver->in_loop, loop_outside = resolver->loop_outside;

    resolve_node(resolver, node->as.plate.over);
    /* Children stand in the order in which the declaring pass met them, which is this one. */
    scope = around->first_child;
    while (scope->plate != node)
        scope = scope->sibling;
    resolver->scope = scope;
    resolver->loop_outside = in_loop || loop_outside;
    resolver->in_loop = false;
    scope_bind(resolver, scope, &node->as.plate.index, scope_find(resolver, scope, node->as.plate.index.name));
    lift_bind(resolver, scope);
    resolve_node(resolver, node->as.plate.body);
    resolver->scope = around;
    resolver->in_loop = in_loop;
    resolver->loop_outside = loop_outside;
}

static void resolve_loop(Resolver *resolver, Node *node)
{
    bool in_loop = resolver->in_loop;

    if (node->kind == NODE_FOR) {
        resolve_node(resolver, node->as.loop.over);
        scope_bind(resolver, resolver->scope, &node->as.loop.variable,
                   scope_lookup(resolver, resolver->scope, node->as.loop.variable.name));
    }
    resolver->in_loop = true;
    if (node->kind == NODE_WHILE)
        resolve_node(resolver, node->as.loop.over);
    resolve_node(resolver, node->as.loop.body);
    resolver->in_loop = in_loop;
}

static void check_return(Resolver *resolver, const Node *node)
{
    FunctionKind kind = resolver->scope->function->kind;

    if (kind == FUNCTION_MAIN || kind == FUNCTION_HANDLER)
        parser_error(resolver->parser, KIND_RETURN_OUTSIDE_FUNCTION, node->span,
                     "It ends a function and gives its value: `fn f(x) { return x + 1 }`.",
                     "`return` stands outside of every function");
    else if (resolver->scope->plate != NULL)
        parser_error(resolver->parser, KIND_CROSSES_PLATE, node->span,
                     "A plate runs for all of its elements. Its value is the body's last expression; return after it.",
                     "`return` cannot leave plate `%s`", quote_name(resolver->scope->plate->as.plate.name).text);
}

static void check_jump(Resolver *resolver, const Node *node)
{
    const char *word = node->kind == NODE_BREAK ? "break" : "continue";

    if (resolver->in_loop)
        return;
    if (resolver->loop_outside)
        parser_error(resolver->parser, KIND_CROSSES_PLATE, node->span,
                     "A plate runs for all of its elements: use `if` inside of it, or put the loop there.",
                     "`%s` cannot leave plate `%s`", word,
                     quote_name(resolver->scope->plate->as.plate.name).text);
    else
        parser_error(resolver->parser, KIND_BREAK_OUTSIDE_LOOP, node->span,
                     "It belongs into the block of a `for` or a `while`.", "`%s` stands outside of every loop", word);
}

static void resolve_node(void *user, Node *node)
{
    Resolver *resolver = user;
    Scope *scope = resolver->scope;

    switch ((NodeKind)node->kind) {
    case NODE_NAME: case NODE_INDEX: case NODE_FIELD:
        resolve_path(resolver, node, false);
        return;
    case NODE_ASSIGN:
        resolve_node(resolver, node->as.assign.value);
        resolve_path(resolver, node->as.assign.target, true);
        return;
    case NODE_SAMPLE: case NODE_DETERMINISTIC:
        resolve_node(resolver, node->as.site.value);
        resolve_path(resolver, node->as.site.target, true);
        return;
    case NODE_PARAM:
        if (node->as.param.constraint != NULL)
            resolve_node(resolver, node->as.param.constraint);
        resolve_node(resolver, node->as.param.initial);
        resolve_path(resolver, node->as.param.target, true);
        return;
    case NODE_FOR: case NODE_WHILE:
        resolve_loop(resolver, node);
        return;
    case NODE_PLATE:
        resolve_plate(resolver, node);
        return;
    case NODE_FUNCTION:
        resolve_function(resolver, node->as.function, NULL, 0);
        return;
    case NODE_DEFINE:
        scope_bind(resolver, scope, &node->as.define.variable,
                   scope_lookup(resolver, scope, node->as.define.variable.name));
        resolve_function(resolver, node->as.define.function, NULL, 0);
        return;
    case NODE_HANDLER:
        scope_bind(resolver, scope, &node->as.handler.variable,
                   scope_lookup(resolver, scope, node->as.handler.variable.name));
        resolve_function(resolver, node->as.handler.function, node->as.handler.clauses, node->as.handler.n_clauses);
        return;
    case NODE_CALL:
        resolve_call(resolver, node);
        return;
    case NODE_RETURN:
        check_return(resolver, node);
        break;
    case NODE_BREAK: case NODE_CONTINUE:
        check_jump(resolver, node);
        return;
    default:
        break;
    }
    tree_children(node, resolve_node, resolver);
}

static void resolve_function(Resolver *resolver, Function *function, Clause *clauses, uint32_t n_clauses)
{
    Scope *around = resolver->scope;
    Scope *scope = scope_new(resolver, around, function, NULL);
    bool in_loop = resolver->in_loop, loop_outside = resolver->loop_outside;

    resolver->scope = scope;
    resolver->in_loop = resolver->loop_outside = false;
    for (uint32_t i = 0; i < function->n_parameters; i++)
        scope_add(resolver, scope, function->parameters[i].name)->assigned_end = 0;
    declare_function(resolver, scope);
    scope_assign_slots(resolver, scope);
    for (uint32_t i = 0; i < function->n_parameters; i++) {
        Parameter *parameter = &function->parameters[i];

        parameter->variable.name = parameter->name;
        scope_bind(resolver, scope, &parameter->variable, scope_find(resolver, scope, parameter->name));
        if (parameter->initial != NULL)
            resolve_node(resolver, parameter->initial);
    }
    resolve_node(resolver, function->body);
    for (uint32_t i = 0; i < n_clauses; i++)
        resolve_function(resolver, clauses[i].function, NULL, 0);
    scope_finish(resolver, scope);
    resolver->scope = around;
    resolver->in_loop = in_loop;
    resolver->loop_outside = loop_outside;
}

void resolve_chunk(Parser *parser)
{
    Resolver resolver = { .parser = parser, .scratch = &parser->scratch };
    Chunk *chunk = parser->chunk;

    resolver.globals = arena_allocate(&parser->scratch, parser->names.count * sizeof(uint32_t));
    resolver.global_names = vector_new(&parser->scratch, sizeof(Name *));
    resolver.global_assigned = vector_new(&parser->scratch, sizeof(bool));
    resolve_function(&resolver, chunk->main, NULL, 0);
    chunk->globals = vector_keep(resolver.global_names, parser->keep);
    chunk->global_assigned = vector_keep(resolver.global_assigned, parser->keep);
    chunk->n_globals = resolver.global_names->count;
}
