/* What the grammar lets through and is wrong all the same: targets, and lists that name something twice. */
#include <string.h>

#include "parser/build_internal.h"

static bool is_path(const Node *target)
{
    while ((target->kind == NODE_INDEX || target->kind == NODE_FIELD) && !target->grouped)
        target = target->kind == NODE_INDEX ? target->as.index.object : target->as.field.object;
    return target->kind == NODE_NAME && !target->grouped;
}

static bool has_slice(const Node *target)
{
    for (uint32_t i = 0; i < target->as.index.subscripts.count; i++)
        if (target->as.index.subscripts.items[i]->kind == NODE_RANGE)
            return true;
    return false;
}

bool check_assign_target(Parser *parser, const Node *target)
{
    const char *advice = "Left of `=` stands a name, or a part of one: `x`, `x[2]`, `r.mu`.";

    if (is_path(target))
        return true;
    if (target->kind == NODE_BINARY && target->op >= OPERATOR_EQUAL && target->op <= OPERATOR_IN)
        advice = "If this is to compare, `=` is written `==`.";
    else if (target->kind == NODE_BINARY && target->op == OPERATOR_SUBTRACT)
        advice = "A name has letters, digits and underscores: `my_name`.";
    else if (target->kind == NODE_CALL)
        advice = "A function is written `fn f(x) { … }`. Left of `=` stands a name, or a part of one: `x`, `x[2]`.";
    else if (target->kind == NODE_BRACKET)
        advice = "Assign the parts one by one: `a = v[0]`, `b = v[1]`.";
    parser_error(parser, KIND_BAD_TARGET, target->span, advice, "nothing can be assigned to this");
    return false;
}

bool check_site_target(Parser *parser, const Node *target, const char *statement)
{
    bool named = target->kind == NODE_NAME;
    bool element = target->kind == NODE_INDEX && target->as.index.object->kind == NODE_NAME &&
                   !target->as.index.object->grouped;

    if (target->grouped || !(named || element)) {
        parser_error(parser, KIND_BAD_TARGET, target->span,
                     "It is a name, or an element of one: `mu`, `theta[j]`. The function forms take any name as a string: "
                     "`r.mu = sample(\"mu\", Normal(0, 1))`.",
                     "this cannot be the variable of %s", statement);
        return false;
    }
    if (element && has_slice(target)) {
        parser_error(parser, KIND_BAD_TARGET, target->span,
                     "Write a plate or a loop: `for t in 1..T { z[t] ~ … }`.",
                     "a slice cannot be the variable of %s", statement);
        return false;
    }
    return true;
}

bool check_obs_target(Parser *parser, const Node *target)
{
    if (is_path(target))
        return true;
    parser_error(parser, KIND_BAD_TARGET, target->span,
                 "It begins with a name, which names the site: `obs y ~ D`, `obs y[i] ~ D`, `obs d.y[i] ~ D`. The function "
                 "form takes any value: `obs(\"y\", D, value)`.",
                 "this cannot be the data of `obs`");
    return false;
}

void check_argument(Parser *parser, const Vector *list, const Argument *argument)
{
    const Argument *last = list->count > 0 ? vector_at(list, list->count - 1) : NULL;

    if (argument->keyword == NULL && last != NULL && last->keyword != NULL)
        parser_error(parser, KIND_KEYWORD_ORDER, argument->span, "Move it before the keywords, or name it too.",
                     "a positional argument stands after the keyword `%s`",
                     parser_quote(last->keyword->text, last->keyword->length).text);
    for (uint32_t i = 0; argument->keyword != NULL && i < list->count; i++) {
        if (((const Argument *)vector_at(list, i))->keyword != argument->keyword)
            continue;
        parser_error(parser, KIND_DUPLICATE_KEYWORD, argument->span, "Delete one of them.",
                     "the keyword `%s` is given twice",
                     parser_quote(argument->keyword->text, argument->keyword->length).text);
        return;
    }
}

void check_field(Parser *parser, const Vector *list, const Field *field, Span name_span)
{
    for (uint32_t i = 0; i < list->count; i++)
        if (((const Field *)vector_at(list, i))->name == field->name) {
            parser_error(parser, KIND_DUPLICATE_FIELD, name_span, "Delete one of them.",
                         "this record has the field `%s` twice",
                         parser_quote(field->name->text, field->name->length).text);
            return;
        }
}

void check_parameter(Parser *parser, const Vector *list, const Parameter *parameter)
{
    for (uint32_t i = 0; i < list->count; i++)
        if (((const Parameter *)vector_at(list, i))->name == parameter->name) {
            parser_error(parser, KIND_DUPLICATE_PARAMETER, parameter->span, "Give one of them another name.",
                         "the parameter `%s` stands here twice",
                         parser_quote(parameter->name->text, parameter->name->length).text);
            return;
        }
}

static bool is_space(char byte)
{
    return byte == ' ' || byte == '\t';
}

/* `x <- 3` reads as x < -3; with space around the arrow and nobody to use the comparison, assignment is meant. */
void check_statement(Parser *parser, const Node *expression)
{
    const char *text = parser->source->text;
    const Node *right;
    uint32_t minus;

    if (expression->kind != NODE_BINARY || expression->op != OPERATOR_LESS || expression->grouped)
        return;
    right = expression->as.binary.right;
    while (right->kind == NODE_BINARY && !right->grouped)
        right = right->as.binary.left;
    minus = right->span.start;
    if (right->kind != NODE_UNARY || minus < 2 || text[minus] != '-' || text[minus - 1] != '<' ||
        !is_space(text[minus - 2]) || !is_space(text[minus + 1]))
        return;
    parser_error(parser, KIND_FOREIGN_SYNTAX, (Span){ minus - 1, minus + 1 },
                 "An assignment is written `x = 1`. A comparison with a negative number needs a space: `x < -1`.",
                 "`<-` is no operator of Elbo");
}
