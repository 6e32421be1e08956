/* Constructors of control, functions and statements. */
#include "parser/build.h"
#include "parser/build_internal.h"

Node *build_block(Parser *parser, Span span, Vector *statements)
{
    Node *node = build_node(parser, NODE_BLOCK, span);

    node->as.list = build_keep_list(parser, node, statements);
    return node;
}

Node *build_if(Parser *parser, Span span, Node *condition, Node *then, Node *otherwise)
{
    Node *node = build_node(parser, NODE_IF, span);

    node->as.branch.condition = condition;
    node->as.branch.then = then;
    node->as.branch.otherwise = otherwise;
    build_adopt(parser, node, condition);
    build_adopt(parser, node, then);
    build_adopt(parser, node, otherwise);
    return node;
}

static Node *build_loop(Parser *parser, NodeKind kind, Span span, Node *over, Node *body)
{
    Node *node = build_node(parser, kind, span);

    node->as.loop.over = over;
    node->as.loop.body = body;
    build_adopt(parser, node, over);
    build_adopt(parser, node, body);
    return node;
}

Node *build_for(Parser *parser, Span span, const Token *name, Span name_span, Node *over, Node *body)
{
    Node *node = build_loop(parser, NODE_FOR, span, over, body);

    node->as.loop.variable.name = build_get_name(parser, name);
    node->as.loop.name_span = name_span;
    return node;
}

Node *build_while(Parser *parser, Span span, Node *condition, Node *body)
{
    return build_loop(parser, NODE_WHILE, span, condition, body);
}

Node *build_with(Parser *parser, Span span, Node *handler, Node *body)
{
    Node *node = build_node(parser, NODE_WITH, span);

    node->as.with.handler = handler;
    node->as.with.body = body;
    build_adopt(parser, node, handler);
    build_adopt(parser, node, body);
    return node;
}

Node *build_plate(Parser *parser, Span span, const Token *name, const Token *index, Span index_span, Node *over,
                  Node *body)
{
    Node *node = build_node(parser, NODE_PLATE, span);

    node->as.plate.name = build_get_name(parser, name);
    node->as.plate.index.name = build_get_name(parser, index);
    node->as.plate.index_span = index_span;
    node->as.plate.over = over;
    node->as.plate.body = body;
    build_adopt(parser, node, over);
    build_adopt(parser, node, body);
    return node;
}

Vector *build_parameter(Parser *parser, Vector *list, Span span, const Token *name, Node *initial)
{
    Parameter parameter = { .name = build_get_name(parser, name), .initial = initial, .span = span };

    if (list == NULL)
        list = vector_new(&parser->scratch, sizeof(Parameter));
    check_parameter(parser, list, &parameter);
    return vector_push(list, &parameter);
}

Function *build_function(Parser *parser, Span span, Span head, FunctionKind kind, const Token *name, Vector *parameters,
                         Node *body)
{
    Function *function = arena_allocate(parser->keep, sizeof *function);

    function->kind = kind;
    function->name = name != NULL ? build_get_name(parser, name) : NULL;
    function->parameters = vector_keep(parameters, parser->keep);
    function->n_parameters = parameters != NULL ? parameters->count : 0;
    function->body = body;
    function->span = span;
    function->head = head;
    return function;
}

/* The depth of a function is that of its body and defaults. */
static void adopt_function(Parser *parser, Node *node, const Function *function)
{
    build_adopt(parser, node, function->body);
    for (uint32_t i = 0; i < function->n_parameters; i++)
        build_adopt(parser, node, function->parameters[i].initial);
}

Node *build_lambda(Parser *parser, Span span, Function *function)
{
    Node *node = build_node(parser, NODE_FUNCTION, span);

    node->as.function = function;
    adopt_function(parser, node, function);
    return node;
}

Node *build_define(Parser *parser, Span span, DefineKind kind, Span name_span, Function *function)
{
    Node *node = build_node(parser, NODE_DEFINE, span);

    node->as.define.kind = kind;
    node->as.define.variable.name = function->name;
    node->as.define.function = function;
    node->as.define.name_span = name_span;
    adopt_function(parser, node, function);
    return node;
}

Vector *build_clause(Parser *parser, Vector *list, Span span, ClauseWhen when, const Token *message, Function *function)
{
    Clause clause = { when, build_get_name(parser, message), function, span };

    function->name = clause.message;
    if (list == NULL)
        list = vector_new(&parser->scratch, sizeof(Clause));
    return vector_push(list, &clause);
}

Node *build_handler(Parser *parser, Span span, Span name_span, Function *function, Vector *clauses)
{
    Node *node = build_node(parser, NODE_HANDLER, span);

    node->as.handler.variable.name = function->name;
    node->as.handler.function = function;
    function->handler = node;
    node->as.handler.clauses = vector_keep(clauses, parser->keep);
    node->as.handler.n_clauses = clauses != NULL ? clauses->count : 0;
    node->as.handler.name_span = name_span;
    adopt_function(parser, node, function);
    for (uint32_t i = 0; i < node->as.handler.n_clauses; i++)
        adopt_function(parser, node, node->as.handler.clauses[i].function);
    return node;
}

Node *build_statement(Parser *parser, Node *expression)
{
    check_statement(parser, expression);
    return expression;
}

Node *build_assign(Parser *parser, Span span, Node *target, Node *value)
{
    Node *node = build_node(parser, NODE_ASSIGN, span);

    check_assign_target(parser, target);
    node->as.assign.target = target;
    node->as.assign.value = value;
    build_adopt(parser, node, target);
    build_adopt(parser, node, value);
    return node;
}

/* The first name of a path, or its last: that of a field. */
static Name *path_name(const Node *target, bool last)
{
    while (target->kind == NODE_INDEX || target->kind == NODE_FIELD) {
        if (target->kind == NODE_FIELD && last)
            return target->as.field.name;
        target = target->kind == NODE_FIELD ? target->as.field.object : target->as.index.object;
    }
    return target->kind == NODE_NAME ? target->as.variable.name : NULL;
}

static Node *build_site(Parser *parser, NodeKind kind, Span span, Node *target, Node *value)
{
    Node *node = build_node(parser, kind, span);

    node->as.site.target = target;
    node->as.site.value = value;
    node->as.site.name = path_name(target, kind == NODE_OBS);
    build_adopt(parser, node, target);
    build_adopt(parser, node, value);
    return node;
}

Node *build_sample(Parser *parser, Span span, Node *target, Node *distribution)
{
    check_site_target(parser, target, "a draw");
    return build_site(parser, NODE_SAMPLE, span, target, distribution);
}

Node *build_obs(Parser *parser, Span span, Node *target, Node *distribution)
{
    check_obs_target(parser, target);
    return build_site(parser, NODE_OBS, span, target, distribution);
}

Node *build_deterministic(Parser *parser, Span span, Node *target, Node *value)
{
    check_site_target(parser, target, "`deterministic`");
    return build_site(parser, NODE_DETERMINISTIC, span, target, value);
}

Node *build_param(Parser *parser, Span span, Node *target, Node *constraint, Node *initial)
{
    Node *node = build_node(parser, NODE_PARAM, span);

    check_site_target(parser, target, "`param`");
    node->as.param.target = target;
    node->as.param.constraint = constraint;
    node->as.param.initial = initial;
    node->as.param.name = path_name(target, false);
    build_adopt(parser, node, target);
    build_adopt(parser, node, constraint);
    build_adopt(parser, node, initial);
    return node;
}

Node *build_return(Parser *parser, Span span, Node *value)
{
    Node *node = build_node(parser, NODE_RETURN, span);

    node->as.unary.operand = value;
    build_adopt(parser, node, value);
    return node;
}

Node *build_import(Parser *parser, Span span, const Token *file)
{
    Node *node = build_node(parser, NODE_IMPORT, span);

    node->as.string = build_get_name(parser, file);
    return node;
}

void build_main(Parser *parser, Span span, Vector *statements)
{
    Node *body = build_block(parser, span, statements);

    parser->chunk->main = build_function(parser, span, span, FUNCTION_MAIN, NULL, NULL, body);
}
