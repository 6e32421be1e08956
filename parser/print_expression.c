/* Printing expressions. */
#include "lexer/token.h"
#include "parser/format_internal.h"

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
    print_sign(printer, text, node->as.binary.left->span.end, node->as.binary.right);
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

static void print_list(Printer *printer, const char *open, const NodeList *list, uint32_t from, const char *close, uint32_t end)
{
    Items items;

    print_open(printer, &items, open, from);
    for (uint32_t i = 0; i < list->count; i++) {
        print_item(printer, &items, list->items[i]->span, list->items[i], 0);
        print_expression(printer, list->items[i], LEVEL_ANY);
    }
    print_close(printer, &items, close, end);
}

/* Where the text of what stands inside of the node's own parentheses ends. */
static uint32_t inner_end(const Printer *printer, const Node *node)
{
    uint32_t end = node->span.end;

    if (printer->format == NULL || !node->grouped)
        return end;
    for (end--; end > node->span.start;) {
        char c = printer->format->source->text[--end];

        if (c == ')' || c == ']' || c == '}')
            break;
    }
    return end + 1;
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
    Items items;

    print_open(printer, &items, "{", node->span.start);
    for (uint32_t i = 0; i < node->as.record.count; i++) {
        const Field *field = &node->as.record.fields[i];

        print_item(printer, &items, field->span, field->value, field->name->length + 2);
        if (is_plain_name(field->name))
            print_name(printer, field->name);
        else
            print_string(printer, field->name);
        print_text(printer, ": ");
        print_expression(printer, field->value, LEVEL_ANY);
    }
    print_close(printer, &items, "}", inner_end(printer, node));
}

static void print_call(Printer *printer, const Node *node)
{
    Items items;

    print_expression(printer, node->as.call.callee, LEVEL_POSTFIX);
    print_open(printer, &items, "(", node->as.call.callee->span.end);
    for (uint32_t i = 0; i < node->as.call.count; i++) {
        const Argument *argument = &node->as.call.arguments[i];

        print_item(printer, &items, argument->span, argument->value, argument->keyword != NULL ? argument->keyword->length + 3 : 0);
        if (argument->keyword != NULL) {
            print_name(printer, argument->keyword);
            print_text(printer, " = ");
        }
        print_expression(printer, argument->value, LEVEL_ANY);
    }
    print_close(printer, &items, ")", inner_end(printer, node));
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* As it was written, where that is known. */
static bool print_literal(Printer *printer, const Node *node)
{
    const Formatter *f = printer->format;
    bool literal = node->kind == NODE_NUMBER || node->kind == NODE_STRING || node->kind == NODE_TEXT;
    Span span = node->span;

    if (f == NULL || !literal)
        return false;
    if (node->grouped) { /* the parentheses around it are printed anew */
        span.start++;
        span.end = span.end - 1;
        while (is_space(f->source->text[span.start]) || f->source->text[span.start] == '(')
            span.start++;
        while (is_space(f->source->text[span.end - 1]) || f->source->text[span.end - 1] == ')')
            span.end--;
    }
    printer->write(printer->user, f->source->text + span.start, span.end - span.start);
    return true;
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
    if (print_literal(printer, node))
        return;
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
        print_list(printer, "[", &node->as.list, node->span.start, "]", inner_end(printer, node));
        break;
    case NODE_RECORD: print_record(printer, node); break;
    case NODE_CALL: print_call(printer, node); break;
    case NODE_INDEX:
        print_expression(printer, node->as.index.object, LEVEL_POSTFIX);
        print_list(printer, "[", &node->as.index.subscripts, node->as.index.object->span.end, "]", inner_end(printer, node));
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
    Items items;

    if (!node->grouped && level_of(node) >= level) {
        print_bare(printer, node);
        return;
    }
    print_open(printer, &items, "(", node->span.start);
    print_item(printer, &items, (Span){ node->span.start + 1, node->span.end }, NULL, 0);
    print_bare(printer, node);
    print_close(printer, &items, ")", node->span.end);
}
