#include "parser/walk.h"

#include <stddef.h>

static void visit_one(Node *child, TreeVisit *visit, void *user)
{
    if (child != NULL)
        visit(user, child);
}

static void visit_list(const NodeList *list, TreeVisit *visit, void *user)
{
    for (uint32_t i = 0; i < list->count; i++)
        visit(user, list->items[i]);
}

void tree_children(Node *node, TreeVisit *visit, void *user)
{
    switch ((NodeKind)node->kind) {
    case NODE_TEXT: case NODE_BRACKET: case NODE_BLOCK:
        visit_list(&node->as.list, visit, user);
        break;
    case NODE_RECORD:
        for (uint32_t i = 0; i < node->as.record.count; i++)
            visit(user, node->as.record.fields[i].value);
        break;
    case NODE_CALL:
        visit(user, node->as.call.callee);
        for (uint32_t i = 0; i < node->as.call.count; i++)
            visit(user, node->as.call.arguments[i].value);
        break;
    case NODE_INDEX:
        visit(user, node->as.index.object);
        visit_list(&node->as.index.subscripts, visit, user);
        break;
    case NODE_FIELD:
        visit(user, node->as.field.object);
        break;
    case NODE_UNARY: case NODE_RETURN:
        visit_one(node->as.unary.operand, visit, user);
        break;
    case NODE_RANGE: case NODE_BINARY: case NODE_AND: case NODE_OR:
        visit(user, node->as.binary.left);
        visit(user, node->as.binary.right);
        break;
    case NODE_IF:
        visit(user, node->as.branch.condition);
        visit(user, node->as.branch.then);
        visit_one(node->as.branch.otherwise, visit, user);
        break;
    case NODE_FOR: case NODE_WHILE:
        visit(user, node->as.loop.over);
        visit(user, node->as.loop.body);
        break;
    case NODE_WITH:
        visit(user, node->as.with.handler);
        visit(user, node->as.with.body);
        break;
    case NODE_PLATE:
        visit(user, node->as.plate.over);
        visit(user, node->as.plate.body);
        break;
    case NODE_ASSIGN:
        visit(user, node->as.assign.target);
        visit(user, node->as.assign.value);
        break;
    case NODE_SAMPLE: case NODE_OBS: case NODE_DETERMINISTIC:
        visit(user, node->as.site.target);
        visit(user, node->as.site.value);
        break;
    case NODE_PARAM:
        visit(user, node->as.param.target);
        visit_one(node->as.param.constraint, visit, user);
        visit(user, node->as.param.initial);
        break;
    case NODE_NUMBER: case NODE_STRING: case NODE_TRUE: case NODE_FALSE: case NODE_NONE: case NODE_MISSING:
    case NODE_NAME: case NODE_FUNCTION: case NODE_DEFINE: case NODE_HANDLER: case NODE_BREAK: case NODE_CONTINUE:
    case NODE_IMPORT: case NODE_KINDS:
        break;
    }
}

void tree_functions(Node *node, TreeVisitFunction *visit, void *user)
{
    switch ((NodeKind)node->kind) {
    case NODE_FUNCTION:
        visit(user, node->as.function);
        break;
    case NODE_DEFINE:
        visit(user, node->as.define.function);
        break;
    case NODE_HANDLER:
        visit(user, node->as.handler.function);
        for (uint32_t i = 0; i < node->as.handler.n_clauses; i++)
            visit(user, node->as.handler.clauses[i].function);
        break;
    default:
        break;
    }
}
