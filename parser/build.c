#include "parser/build.h"

#include "parser/build_internal.h"

Node *build_node(Parser *parser, NodeKind kind, Span span)
{
    Node *node = arena_allocate(parser->keep, sizeof *node);

    node->kind = (uint8_t)kind;
    node->span = span;
    node->cache = 1;
    return node;
}

void build_adopt(Parser *parser, Node *node, const Node *child)
{
    if (child == NULL || child->cache < node->cache)
        return;
    node->cache = child->cache + 1;
    if (node->cache > TREE_MAX_DEPTH) {
        parser_error(parser, KIND_NESTING_TOO_DEEP, node->span, "Break it into parts, and give them names.",
                     "this expression is too deep");
        parser_stop(parser);
    }
}

NodeList build_keep_list(Parser *parser, Node *node, const Vector *list)
{
    NodeList kept = { vector_keep(list, parser->keep), list != NULL ? list->count : 0 };

    for (uint32_t i = 0; i < kept.count; i++)
        build_adopt(parser, node, kept.items[i]);
    return kept;
}

Name *build_get_name(Parser *parser, const Token *token)
{
    return names_get(&parser->names, token->text, token->length);
}

Vector *build_list(Parser *parser, Vector *list, Node *node)
{
    if (list == NULL)
        list = vector_new(&parser->scratch, sizeof(Node *));
    return node != NULL ? vector_push(list, &node) : list;
}

Node *build_number(Parser *parser, Span span, const Token *token)
{
    Node *node = build_node(parser, NODE_NUMBER, span);

    node->as.number = token->number;
    return node;
}

Node *build_string(Parser *parser, Span span, const Token *token)
{
    Node *node = build_node(parser, NODE_STRING, span);

    node->as.string = build_get_name(parser, token);
    return node;
}

Node *build_text(Parser *parser, Span span, Vector *parts)
{
    Node *node = build_node(parser, NODE_TEXT, span);

    node->as.list = build_keep_list(parser, node, parts);
    return node;
}

Node *build_simple(Parser *parser, Span span, NodeKind kind)
{
    return build_node(parser, kind, span);
}

Node *build_name(Parser *parser, Span span, const Token *token)
{
    Node *node = build_node(parser, NODE_NAME, span);

    node->as.variable.name = build_get_name(parser, token);
    return node;
}

Node *build_bracket(Parser *parser, Span span, Vector *items)
{
    Node *node = build_node(parser, NODE_BRACKET, span);

    node->as.list = build_keep_list(parser, node, items);
    return node;
}

Node *build_grouped(Span span, Node *node)
{
    node->span = span;
    node->grouped = true;
    return node;
}

Vector *build_field_entry(Parser *parser, Vector *list, Span span, const Token *name, Span name_span, Node *value)
{
    Field field = { build_get_name(parser, name), value, span };

    if (list == NULL)
        list = vector_new(&parser->scratch, sizeof(Field));
    check_field(parser, list, &field, name_span);
    return vector_push(list, &field);
}

Node *build_record(Parser *parser, Span span, Vector *fields)
{
    Node *node = build_node(parser, NODE_RECORD, span);

    node->as.record.fields = vector_keep(fields, parser->keep);
    node->as.record.count = fields != NULL ? fields->count : 0;
    for (uint32_t i = 0; i < node->as.record.count; i++)
        build_adopt(parser, node, node->as.record.fields[i].value);
    return node;
}

Vector *build_argument(Parser *parser, Vector *list, Span span, Node *left, Node *right)
{
    Argument argument = { NULL, right != NULL ? right : left, span };

    if (list == NULL)
        list = vector_new(&parser->scratch, sizeof(Argument));
    if (right != NULL && left->kind == NODE_NAME && !left->grouped)
        argument.keyword = left->as.variable.name;
    else if (right != NULL)
        parser_error(parser, KIND_BAD_KEYWORD, left->span, "A keyword is a plain name. Comparing is written `==`.",
                     "this cannot be the keyword of an argument");
    check_argument(parser, list, &argument);
    return vector_push(list, &argument);
}

Node *build_call(Parser *parser, Span span, Node *callee, Vector *arguments)
{
    Node *node = build_node(parser, NODE_CALL, span);

    node->as.call.callee = callee;
    node->as.call.arguments = vector_keep(arguments, parser->keep);
    node->as.call.count = arguments != NULL ? arguments->count : 0;
    build_adopt(parser, node, callee);
    for (uint32_t i = 0; i < node->as.call.count; i++)
        build_adopt(parser, node, node->as.call.arguments[i].value);
    return node;
}

Node *build_index(Parser *parser, Span span, Node *object, Vector *subscripts)
{
    Node *node = build_node(parser, NODE_INDEX, span);

    node->as.index.object = object;
    build_adopt(parser, node, object);
    node->as.index.subscripts = build_keep_list(parser, node, subscripts);
    return node;
}

Node *build_field(Parser *parser, Span span, Node *object, const Token *name)
{
    Node *node = build_node(parser, NODE_FIELD, span);

    node->as.field.object = object;
    node->as.field.name = build_get_name(parser, name);
    build_adopt(parser, node, object);
    return node;
}

Node *build_unary(Parser *parser, Span span, Operator op, Node *operand)
{
    Node *node = build_node(parser, NODE_UNARY, span);

    node->op = (uint8_t)op;
    node->as.unary.operand = operand;
    build_adopt(parser, node, operand);
    return node;
}

static Node *build_two(Parser *parser, NodeKind kind, Span span, Node *left, Node *right)
{
    Node *node = build_node(parser, kind, span);

    node->as.binary.left = left;
    node->as.binary.right = right;
    build_adopt(parser, node, left);
    build_adopt(parser, node, right);
    return node;
}

Node *build_binary(Parser *parser, Span span, Operator op, Node *left, Node *right)
{
    Node *node = build_two(parser, NODE_BINARY, span, left, right);

    node->op = (uint8_t)op;
    return node;
}

Node *build_compare(Parser *parser, Span span, Operator op, Node *left, Node *right)
{
    if (left->kind == NODE_BINARY && !left->grouped && left->op >= OPERATOR_EQUAL && left->op <= OPERATOR_IN)
        parser_error(parser, KIND_CHAINED_OPERATOR, span, "Write `a < b and b < c`.", "comparisons do not chain");
    return build_binary(parser, span, op, left, right);
}

Node *build_pair(Parser *parser, Span span, NodeKind kind, Node *left, Node *right)
{
    if (kind == NODE_RANGE && left->kind == NODE_RANGE && !left->grouped)
        parser_error(parser, KIND_CHAINED_OPERATOR, span, "A range is written `first..end`.", "ranges do not chain");
    return build_two(parser, kind, span, left, right);
}
