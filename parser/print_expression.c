/* Printing expressions. */
#include "lexer/token.h"
#include "parser/print_internal.h"

typedef struct OperatorRow {
    const char *text;
    Level level;
} OperatorRow;

static const OperatorRow operators[OPERATORS] = {
    [OPERATOR_ADD] = { " + ", LEVEL_SUM },
    [OPERATOR_SUBTRACT] = { " - ", LEVEL_SUM },
    [OPERATOR_MULTIPLY] = { " * ", LEVEL_PRODUCT },
    [OPERATOR_DIVIDE] = { " / ", LEVEL_PRODUCT },
    [OPERATOR_FLOOR_DIVIDE] = { " // ", LEVEL_PRODUCT },
    [OPERATOR_REMAINDER] = { " % ", LEVEL_PRODUCT },
    [OPERATOR_MATMUL] = { " @ ", LEVEL_PRODUCT },
    [OPERATOR_POWER] = { " ^ ", LEVEL_POWER },
    [OPERATOR_EQUAL] = { " == ", LEVEL_COMPARE },
    [OPERATOR_NOT_EQUAL] = { " != ", LEVEL_COMPARE },
    [OPERATOR_LESS] = { " < ", LEVEL_COMPARE },
    [OPERATOR_LESS_EQUAL] = { " <= ", LEVEL_COMPARE },
    [OPERATOR_GREATER] = { " > ", LEVEL_COMPARE },
    [OPERATOR_GREATER_EQUAL] = { " >= ", LEVEL_COMPARE },
    [OPERATOR_IN] = { " in ", LEVEL_COMPARE },
    [OPERATOR_NEGATE] = { "-", LEVEL_NEGATE },
    [OPERATOR_NOT] = { "not ", LEVEL_NOT },
};

static Level level_of(const Node *node)
{
    switch ((NodeKind)node->kind) {
    case NODE_OR: return LEVEL_OR;
    case NODE_AND: return LEVEL_AND;
    case NODE_RANGE: return LEVEL_RANGE;
    case NODE_UNARY: case NODE_BINARY: return operators[node->op].level;
    default: return LEVEL_POSTFIX;
    }
}

static void print_two(Printer *printer, const Node *node, Level left, const char *text, Level right)
{
    print_expression(printer, node->as.binary.left, left);
    print_text(printer, text);
    print_expression(printer, node->as.binary.right, right);
}

static void print_binary(Printer *printer, const Node *node)
{
    const OperatorRow *row = &operators[node->op];

    switch (row->level) {
    case LEVEL_POWER: /* to the right; a minus may stand before the exponent */
        print_two(printer, node, LEVEL_POSTFIX, row->text, LEVEL_NEGATE);
        break;
    case LEVEL_COMPARE: /* these do not chain */
        print_two(printer, node, LEVEL_RANGE, row->text, LEVEL_RANGE);
        break;
    default:
        print_two(printer, node, row->level, row->text, (Level)(row->level + 1));
        break;
    }
}

static void print_list(Printer *printer, const NodeList *list)
{
    for (uint32_t i = 0; i < list->count; i++) {
        if (i > 0)
            print_text(printer, ", ");
        print_expression(printer, list->items[i], LEVEL_ANY);
    }
}

static bool is_plain_name(const Name *name)
{
    for (uint32_t i = 0; i < name->length; i++) {
        char c = name->text[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';

        if (!letter && (i == 0 || c < '0' || c > '9'))
            return false;
    }
    return name->length > 0 && token_reserved_word(name->text, name->length) == TOKEN_NAME;
}

static void print_record(Printer *printer, const Node *node)
{
    print_text(printer, "{");
    for (uint32_t i = 0; i < node->as.record.count; i++) {
        const Field *field = &node->as.record.fields[i];

        if (i > 0)
            print_text(printer, ", ");
        if (is_plain_name(field->name))
            print_name(printer, field->name);
        else
            print_string(printer, field->name);
        print_text(printer, ": ");
        print_expression(printer, field->value, LEVEL_ANY);
    }
    print_text(printer, "}");
}

static void print_call(Printer *printer, const Node *node)
{
    print_expression(printer, node->as.call.callee, LEVEL_POSTFIX);
    print_text(printer, "(");
    for (uint32_t i = 0; i < node->as.call.count; i++) {
        const Argument *argument = &node->as.call.arguments[i];

        if (i > 0)
            print_text(printer, ", ");
        if (argument->keyword != NULL) {
            print_name(printer, argument->keyword);
            print_text(printer, " = ");
        }
        print_expression(printer, argument->value, LEVEL_ANY);
    }
    print_text(printer, ")");
}

/* A string stands on one line, and so does what it interpolates. */
static void print_interpolation(Printer *printer, const Node *node)
{
    bool one_line = printer->one_line;

    printer->one_line = true;
    print_text(printer, "\"");
    for (uint32_t i = 0; i < node->as.list.count; i++) {
        const Node *part = node->as.list.items[i];

        if (i % 2 == 0) {
            print_string_piece(printer, part->as.string);
            continue;
        }
        print_text(printer, "{");
        print_expression(printer, part, LEVEL_ANY);
        print_text(printer, "}");
    }
    print_text(printer, "\"");
    printer->one_line = one_line;
}

static void print_field(Printer *printer, const Node *node)
{
    /* The dot after a number would be its own. */
    bool number = node->as.field.object->kind == NODE_NUMBER && !node->as.field.object->grouped;

    print_text(printer, number ? "(" : "");
    print_expression(printer, node->as.field.object, LEVEL_POSTFIX);
    print_text(printer, number ? ")." : ".");
    print_name(printer, node->as.field.name);
}

static void print_bare(Printer *printer, const Node *node)
{
    switch ((NodeKind)node->kind) {
    case NODE_NUMBER: print_number(printer, node->as.number); break;
    case NODE_STRING: print_string(printer, node->as.string); break;
    case NODE_TEXT: print_interpolation(printer, node); break;
    case NODE_TRUE: print_text(printer, "true"); break;
    case NODE_FALSE: print_text(printer, "false"); break;
    case NODE_NONE: print_text(printer, "none"); break;
    case NODE_MISSING: print_text(printer, "missing"); break;
    case NODE_NAME: print_name(printer, node->as.variable.name); break;
    case NODE_BRACKET:
        print_text(printer, "[");
        print_list(printer, &node->as.list);
        print_text(printer, "]");
        break;
    case NODE_RECORD: print_record(printer, node); break;
    case NODE_CALL: print_call(printer, node); break;
    case NODE_INDEX:
        print_expression(printer, node->as.index.object, LEVEL_POSTFIX);
        print_text(printer, "[");
        print_list(printer, &node->as.index.subscripts);
        print_text(printer, "]");
        break;
    case NODE_FIELD: print_field(printer, node); break;
    case NODE_RANGE: print_two(printer, node, LEVEL_SUM, "..", LEVEL_SUM); break;
    case NODE_AND: print_two(printer, node, LEVEL_AND, " and ", LEVEL_NOT); break;
    case NODE_OR: print_two(printer, node, LEVEL_OR, " or ", LEVEL_AND); break;
    case NODE_BINARY: print_binary(printer, node); break;
    case NODE_UNARY:
        print_text(printer, operators[node->op].text);
        print_expression(printer, node->as.unary.operand, operators[node->op].level);
        break;
    default: print_control(printer, node); break;
    }
}

void print_expression(Printer *printer, const Node *node, Level level)
{
    bool parentheses = node->grouped || level_of(node) < level;

    if (parentheses)
        print_text(printer, "(");
    print_bare(printer, node);
    if (parentheses)
        print_text(printer, ")");
}
