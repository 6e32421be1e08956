/* Whose value is used. */
#include "parser/resolve.h"
#include "parser/walk.h"

typedef struct UsedPass {
    Parser *parser;
    bool top_level;
} UsedPass;

static void mark(UsedPass *pass, Node *node, bool used);

static void mark_used(void *user, Node *node)
{
    mark(user, node, true);
}

/* Who types a loop wants what it does, not the list of its bodies' values, which may be endless. */
static void forget_last_loop(Node *block)
{
    Node *last = block->as.list.count > 0 ? block->as.list.items[block->as.list.count - 1] : NULL;

    if (last != NULL && (last->kind == NODE_FOR || last->kind == NODE_WHILE))
        last->used = false;
}

static void mark_function(void *user, Function *function)
{
    UsedPass *pass = user;
    bool top_level = pass->top_level;
    bool used = function->kind != FUNCTION_HANDLER && function->kind != FUNCTION_CLAUSE;

    if (function->kind == FUNCTION_MAIN)
        used = pass->parser->options->interactive || pass->parser->options->valued;
    pass->top_level = function->kind == FUNCTION_MAIN;
    for (uint32_t i = 0; i < function->n_parameters; i++)
        if (function->parameters[i].initial != NULL)
            mark(pass, function->parameters[i].initial, true);
    mark(pass, function->body, used);
    if (function->kind == FUNCTION_MAIN)
        forget_last_loop(function->body);
    pass->top_level = top_level;
}

static bool is_statement(const Node *node)
{
    return node->kind >= NODE_BLOCK;
}

static void find_effect(void *user, Node *node)
{
    bool *found = user;

    if (node->kind == NODE_CALL || is_statement(node))
        *found = true;
    else if (!*found)
        tree_children(node, find_effect, found);
}

static void warn_unused(UsedPass *pass, const Node *node)
{
    const char *advice = "Give it a name, print it, or delete the line.";

    if (node->kind == NODE_UNARY && node->op == OPERATOR_NEGATE)
        advice = "A line that begins with `-` does not go on with the line above: move the `-` to the end of that line.";
    else if (node->kind == NODE_BINARY && node->op == OPERATOR_EQUAL)
        advice = "An assignment is written with one `=`.";
    else if (node->kind == NODE_STRING)
        advice = "A comment begins with `#`.";
    parser_warning(pass->parser, KIND_UNUSED_VALUE, node->span, advice, "this value is not used");
}

static void mark_block(UsedPass *pass, Node *block, bool used)
{
    for (uint32_t i = 0; i < block->as.list.count; i++) {
        Node *statement = block->as.list.items[i];
        bool statement_used = used && i + 1 == block->as.list.count;
        bool effect = false;

        mark(pass, statement, statement_used);
        find_effect(&effect, statement);
        if (!statement_used && !effect && !(pass->top_level && pass->parser->options->interactive))
            warn_unused(pass, statement);
    }
}

static void mark(UsedPass *pass, Node *node, bool used)
{
    bool top_level = pass->top_level;

    node->used = used;
    node->cache = 0;
    switch ((NodeKind)node->kind) {
    case NODE_BLOCK:
        mark_block(pass, node, used);
        return;
    case NODE_IF:
        pass->top_level = false;
        mark(pass, node->as.branch.condition, true);
        mark(pass, node->as.branch.then, used);
        if (node->as.branch.otherwise != NULL)
            mark(pass, node->as.branch.otherwise, used);
        break;
    case NODE_FOR: case NODE_WHILE:
        pass->top_level = false;
        mark(pass, node->as.loop.over, true);
        mark(pass, node->as.loop.body, used);
        break;
    case NODE_WITH:
        pass->top_level = false;
        mark(pass, node->as.with.handler, true);
        mark(pass, node->as.with.body, used);
        break;
    case NODE_PLATE:
        pass->top_level = false;
        mark(pass, node->as.plate.over, true);
        mark(pass, node->as.plate.body, used);
        break;
    default:
        tree_children(node, mark_used, pass);
        tree_functions(node, mark_function, pass);
        break;
    }
    pass->top_level = top_level;
}

void used_chunk(Parser *parser)
{
    UsedPass pass = { parser, true };

    mark_function(&pass, parser->chunk->main);
}
