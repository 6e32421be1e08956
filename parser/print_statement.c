/* Printing control, functions and statements. */
#include <stddef.h>

#include "parser/format_internal.h"

static void new_line(Printer *printer)
{
    print_text(printer, "\n");
    for (unsigned i = 0; i < printer->margin; i++)
        print_text(printer, " ");
}

/* What divides the statements of a block, begins it and ends it. */
static void print_break(Printer *printer, bool first, bool last)
{
    if (!printer->one_line)
        new_line(printer);
    else
        print_text(printer, first || last ? " " : "; ");
}

void print_clause(Printer *printer, const Clause *clause)
{
    print_text(printer, clause->when == CLAUSE_ON ? "on " : "after ");
    print_name(printer, clause->message);
    print_parameters(printer, clause->function);
    print_text(printer, " ");
    print_block(printer, clause->function->body);
}

/* The block of a handler has its clauses behind the statements. */
void print_body(Printer *printer, const Node *block, const Clause *clauses, uint32_t n_clauses)
{
    const NodeList *statements = &block->as.list;

    bool says = printer->format != NULL && format_next_comment(printer->format, block->span.end) != NULL;

    if (statements->count + n_clauses == 0 && !says) {
        print_text(printer, "{ }");
        return;
    }
    if (printer->format != NULL && !printer->one_line && !format_fits(printer, block, clauses, n_clauses)) {
        print_text(printer, "{");
        printer->margin += PRINT_INDENT;
        format_statements(printer, statements, clauses, n_clauses, block->span.start + 1, block->span.end - 1);
        printer->margin -= PRINT_INDENT;
        format_new_line(printer, printer->margin);
        print_text(printer, "}");
        return;
    }
    print_text(printer, "{");
    bool one_line = printer->one_line;
    printer->one_line = one_line || printer->format != NULL;
    printer->margin += PRINT_INDENT;
    for (uint32_t i = 0; i < statements->count; i++) {
        print_break(printer, i == 0, false);
        print_statement(printer, statements->items[i]);
    }
    for (uint32_t i = 0; i < n_clauses; i++) {
        print_break(printer, i + statements->count == 0, false);
        print_clause(printer, &clauses[i]);
    }
    printer->margin -= PRINT_INDENT;
    print_break(printer, false, true);
    printer->one_line = one_line;
    print_text(printer, "}");
}

void print_block(Printer *printer, const Node *block)
{
    print_body(printer, block, NULL, 0);
}

void print_parameters(Printer *printer, const Function *function)
{
    Items items;

    print_open(printer, &items, "(", function->head.start);
    for (uint32_t i = 0; i < function->n_parameters; i++) {
        const Parameter *parameter = &function->parameters[i];

        print_item(printer, &items, parameter->span, parameter->initial, parameter->name->length + (parameter->initial != NULL ? 3 : 0));
        print_name(printer, parameter->name);
        if (parameter->initial != NULL) {
            print_text(printer, " = ");
            print_expression(printer, parameter->initial, LEVEL_ANY);
        }
    }
    print_close(printer, &items, ")", function->head.end);
}

static void print_head(Printer *printer, const char *word, const Node *expression, const Node *body)
{
    print_text(printer, word);
    print_expression(printer, expression, LEVEL_ANY);
    print_text(printer, " ");
    print_block(printer, body);
}

static void print_if(Printer *printer, const Node *node)
{
    for (;;) {
        print_head(printer, "if ", node->as.branch.condition, node->as.branch.then);
        if (node->as.branch.otherwise == NULL)
            return;
        print_text(printer, " else ");
        node = node->as.branch.otherwise;
        if (node->kind != NODE_IF)
            break;
    }
    print_block(printer, node);
}

static void print_plate(Printer *printer, const Node *node)
{
    print_text(printer, "plate ");
    print_name(printer, node->as.plate.name);
    print_text(printer, "(");
    print_name(printer, node->as.plate.index.name);
    print_text(printer, " in ");
    print_expression(printer, node->as.plate.over, LEVEL_ANY);
    print_text(printer, ") ");
    print_block(printer, node->as.plate.body);
}

static void print_function(Printer *printer, const char *word, const Function *function)
{
    print_text(printer, word);
    if (function->name != NULL) {
        print_text(printer, " ");
        print_name(printer, function->name);
    }
    print_parameters(printer, function);
    print_text(printer, " ");
    print_block(printer, function->body);
}

static void print_handler(Printer *printer, const Node *node)
{
    const Function *function = node->as.handler.function;

    print_text(printer, "handler ");
    print_name(printer, function->name);
    print_parameters(printer, function);
    print_text(printer, " ");
    print_body(printer, function->body, node->as.handler.clauses, node->as.handler.n_clauses);
}

static void print_pair(Printer *printer, const char *word, const Node *target, const char *sign, const Node *value)
{
    print_text(printer, word);
    print_expression(printer, target, LEVEL_ANY);
    print_sign(printer, sign, target->span.end, value);
    print_expression(printer, value, LEVEL_ANY);
}

static void print_param(Printer *printer, const Node *node)
{
    const Node *constraint = node->as.param.constraint;

    print_text(printer, "param ");
    print_expression(printer, node->as.param.target, LEVEL_ANY);
    if (constraint != NULL) {
        print_text(printer, ": ");
        print_expression(printer, constraint, LEVEL_ANY);
    }
    print_sign(printer, " = ", (constraint != NULL ? constraint : node->as.param.target)->span.end, node->as.param.initial);
    print_expression(printer, node->as.param.initial, LEVEL_ANY);
}

static void print_return(Printer *printer, const Node *node)
{
    print_text(printer, node->as.unary.operand != NULL ? "return " : "return");
    if (node->as.unary.operand != NULL)
        print_expression(printer, node->as.unary.operand, LEVEL_ANY);
}

void print_control(Printer *printer, const Node *node)
{
    static const char *const words[] = { [DEFINE_FN] = "fn", [DEFINE_MODEL] = "model", [DEFINE_GUIDE] = "guide" };

    switch ((NodeKind)node->kind) {
    case NODE_FUNCTION: print_function(printer, "fn", node->as.function); break;
    case NODE_BLOCK: print_block(printer, node); break;
    case NODE_IF: print_if(printer, node); break;
    case NODE_FOR:
        print_text(printer, "for ");
        print_name(printer, node->as.loop.variable.name);
        print_head(printer, " in ", node->as.loop.over, node->as.loop.body);
        break;
    case NODE_WHILE: print_head(printer, "while ", node->as.loop.over, node->as.loop.body); break;
    case NODE_WITH: print_head(printer, "with ", node->as.with.handler, node->as.with.body); break;
    case NODE_PLATE: print_plate(printer, node); break;
    case NODE_ASSIGN: print_pair(printer, "", node->as.assign.target, " = ", node->as.assign.value); break;
    case NODE_SAMPLE: print_pair(printer, "", node->as.site.target, " ~ ", node->as.site.value); break;
    case NODE_OBS: print_pair(printer, "obs ", node->as.site.target, " ~ ", node->as.site.value); break;
    case NODE_DETERMINISTIC:
        print_pair(printer, "deterministic ", node->as.site.target, " = ", node->as.site.value);
        break;
    case NODE_PARAM: print_param(printer, node); break;
    case NODE_DEFINE: print_function(printer, words[node->as.define.kind], node->as.define.function); break;
    case NODE_HANDLER: print_handler(printer, node); break;
    case NODE_RETURN: print_return(printer, node); break;
    case NODE_BREAK: print_text(printer, "break"); break;
    case NODE_CONTINUE: print_text(printer, "continue"); break;
    case NODE_IMPORT:
        print_text(printer, "import ");
        print_string(printer, node->as.string);
        break;
    default: break;
    }
}

void print_statement(Printer *printer, const Node *node)
{
    print_expression(printer, node, LEVEL_ANY);
}
