/* Whether two trees say the same. */
#include <string.h>

#include "parser/print.h"

static bool equal_names(const Name *a, const Name *b)
{
    if (a == NULL || b == NULL)
        return a == b;
    return a->length == b->length && memcmp(a->text, b->text, a->length) == 0;
}

static bool equal_or_none(const Node *a, const Node *b)
{
    return a == NULL || b == NULL ? a == b : tree_equal(a, b);
}

static bool equal_lists(const NodeList *a, const NodeList *b)
{
    if (a->count != b->count)
        return false;
    for (uint32_t i = 0; i < a->count; i++)
        if (!tree_equal(a->items[i], b->items[i]))
            return false;
    return true;
}

static bool equal_records(const Node *a, const Node *b)
{
    if (a->as.record.count != b->as.record.count)
        return false;
    for (uint32_t i = 0; i < a->as.record.count; i++)
        if (!equal_names(a->as.record.fields[i].name, b->as.record.fields[i].name) ||
            !tree_equal(a->as.record.fields[i].value, b->as.record.fields[i].value))
            return false;
    return true;
}

static bool equal_calls(const Node *a, const Node *b)
{
    if (a->as.call.count != b->as.call.count || !tree_equal(a->as.call.callee, b->as.call.callee))
        return false;
    for (uint32_t i = 0; i < a->as.call.count; i++)
        if (!equal_names(a->as.call.arguments[i].keyword, b->as.call.arguments[i].keyword) ||
            !tree_equal(a->as.call.arguments[i].value, b->as.call.arguments[i].value))
            return false;
    return true;
}

static bool equal_handlers(const Node *a, const Node *b)
{
    if (a->as.handler.n_clauses != b->as.handler.n_clauses ||
        !tree_equal_functions(a->as.handler.function, b->as.handler.function))
        return false;
    for (uint32_t i = 0; i < a->as.handler.n_clauses; i++) {
        const Clause *one = &a->as.handler.clauses[i], *other = &b->as.handler.clauses[i];

        if (one->when != other->when || !equal_names(one->message, other->message) ||
            !tree_equal_functions(one->function, other->function))
            return false;
    }
    return true;
}

bool tree_equal_functions(const Function *a, const Function *b)
{
    if (a->kind != b->kind || !equal_names(a->name, b->name) || a->n_parameters != b->n_parameters)
        return false;
    for (uint32_t i = 0; i < a->n_parameters; i++)
        if (!equal_names(a->parameters[i].name, b->parameters[i].name) ||
            !equal_or_none(a->parameters[i].initial, b->parameters[i].initial))
            return false;
    return tree_equal(a->body, b->body);
}

static bool equal_control(const Node *a, const Node *b)
{
    switch ((NodeKind)a->kind) {
    case NODE_IF:
        return tree_equal(a->as.branch.condition, b->as.branch.condition) &&
               tree_equal(a->as.branch.then, b->as.branch.then) &&
               equal_or_none(a->as.branch.otherwise, b->as.branch.otherwise);
    case NODE_FOR: case NODE_WHILE:
        return equal_names(a->as.loop.variable.name, b->as.loop.variable.name) &&
               tree_equal(a->as.loop.over, b->as.loop.over) && tree_equal(a->as.loop.body, b->as.loop.body);
    case NODE_WITH:
        return tree_equal(a->as.with.handler, b->as.with.handler) && tree_equal(a->as.with.body, b->as.with.body);
    case NODE_PLATE:
        return equal_names(a->as.plate.name, b->as.plate.name) &&
               equal_names(a->as.plate.index.name, b->as.plate.index.name) &&
               tree_equal(a->as.plate.over, b->as.plate.over) && tree_equal(a->as.plate.body, b->as.plate.body);
    case NODE_ASSIGN:
        return tree_equal(a->as.assign.target, b->as.assign.target) &&
               tree_equal(a->as.assign.value, b->as.assign.value);
    case NODE_SAMPLE: case NODE_OBS: case NODE_DETERMINISTIC:
        return tree_equal(a->as.site.target, b->as.site.target) && tree_equal(a->as.site.value, b->as.site.value);
    case NODE_PARAM:
        return tree_equal(a->as.param.target, b->as.param.target) &&
               equal_or_none(a->as.param.constraint, b->as.param.constraint) &&
               tree_equal(a->as.param.initial, b->as.param.initial);
    case NODE_DEFINE:
        return a->as.define.kind == b->as.define.kind &&
               tree_equal_functions(a->as.define.function, b->as.define.function);
    case NODE_HANDLER:
        return equal_handlers(a, b);
    case NODE_RETURN:
        return equal_or_none(a->as.unary.operand, b->as.unary.operand);
    case NODE_IMPORT:
        return equal_names(a->as.string, b->as.string);
    default:
        return true;
    }
}

bool tree_equal(const Node *a, const Node *b)
{
    if (a->kind != b->kind || a->op != b->op)
        return false;
    switch ((NodeKind)a->kind) {
    case NODE_NUMBER:
        return a->as.number == b->as.number;
    case NODE_STRING:
        return equal_names(a->as.string, b->as.string);
    case NODE_NAME:
        return equal_names(a->as.variable.name, b->as.variable.name);
    case NODE_TEXT: case NODE_BRACKET: case NODE_BLOCK:
        return equal_lists(&a->as.list, &b->as.list);
    case NODE_RECORD:
        return equal_records(a, b);
    case NODE_FUNCTION:
        return tree_equal_functions(a->as.function, b->as.function);
    case NODE_CALL:
        return equal_calls(a, b);
    case NODE_INDEX:
        return tree_equal(a->as.index.object, b->as.index.object) &&
               equal_lists(&a->as.index.subscripts, &b->as.index.subscripts);
    case NODE_FIELD:
        return equal_names(a->as.field.name, b->as.field.name) && tree_equal(a->as.field.object, b->as.field.object);
    case NODE_UNARY:
        return tree_equal(a->as.unary.operand, b->as.unary.operand);
    case NODE_RANGE: case NODE_BINARY: case NODE_AND: case NODE_OR:
        return tree_equal(a->as.binary.left, b->as.binary.left) && tree_equal(a->as.binary.right, b->as.binary.right);
    default:
        return equal_control(a, b);
    }
}
