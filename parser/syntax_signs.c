/* Operators and signs where they cannot stand. */
#include "parser/syntax_internal.h"

static bool report(const Syntax *syntax, const char *advice, const char *message)
{
    parser_error(syntax->parser, KIND_SYNTAX, syntax->found.span, advice, "%s", message);
    return true;
}

static bool assign_sign(const Syntax *syntax)
{
    if ((syntax->expected[TOKEN_IN] && !syntax->expected[TOKEN_PLUS]) || syntax->expected[TOKEN_NAME])
        return false;
    if (syntax->inside != NULL && syntax->inside->kind == TOKEN_CURLY_OPEN)
        return report(syntax, "Write `{mu: 42}`.", "a field of a record is written with `:`");
    if (syntax->parser->assigned && syntax->inside == NULL)
        return report(syntax, "Write two statements; comparing is written `==`.", "only one `=` stands in a statement");
    return report(syntax, "To compare, write `==`. An assignment is a statement of its own.",
                  "`=` assigns, and nothing can be assigned here");
}

static bool colon_sign(const Syntax *syntax)
{
    if (syntax->inside != NULL && syntax->inside->kind == TOKEN_TEXT_START)
        return report(syntax, "A `{` that is only a character is written \\{. For digits, use `round(x, 2)`.",
                      "a string shows plain values, without a format");
    if (syntax->inside != NULL && syntax->inside->kind == TOKEN_SQUARE_OPEN)
        return report(syntax, "A slice is written `x[a..b]`.", "`:` cannot stand inside `[`");
    switch (syntax->parser->first.kind) {
    case TOKEN_IF: case TOKEN_FOR: case TOKEN_WHILE: case TOKEN_WITH: case TOKEN_FN: case TOKEN_PLATE:
    case TOKEN_MODEL: case TOKEN_GUIDE: case TOKEN_HANDLER:
        return report(syntax, "Write `if a { … }`, with the `{` on the same line.", "a block stands in curly brackets");
    default:
        return report(syntax, "It stands in records, `{mu: 42}`, and in parameters, `param s: positive = 1`.",
                      "`:` cannot stand here");
    }
}

static bool not_word(const Syntax *syntax)
{
    if (token_ends_value(syntax->previous.kind))
        return report(syntax, "Write `not (a in b)`.", "`not` stands before what it negates");
    return report(syntax, "Put round brackets around it: `(not a)`.", "`not` binds less tightly than the operator before");
}

static bool range_sign(const Syntax *syntax)
{
    return report(syntax, "The first element has index 0, the end is `len(x)`: `x[0..3]`, `x[3..len(x)]`.",
                  "a range has a beginning and an end");
}

/* `{` where a value is wanted is a record: the user may have meant a block. */
static bool meant_block(const Syntax *syntax)
{
    const Parser *parser = syntax->parser;
    bool inside = syntax->inside != NULL && syntax->inside->kind == TOKEN_CURLY_OPEN;
    const Token *head = &parser->layout.open[syntax->depth - (inside ? 1 : 0)].head;
    uint32_t i = head->span.end;
    bool quoted;

    if (inside && parser->first.kind == TOKEN_CURLY_OPEN && parser->first.span.start == syntax->inside->span.start) {
        parser_error(syntax->parser, KIND_SYNTAX, syntax->inside->span,
                     "A block belongs to `if`, `for`, `while`, `with`, `plate` or a function. A record is written "
                     "`{mu: 42}`.",
                     "a block cannot stand by itself");
        return true;
    }
    while (parser->source->text[i] == ' ')
        i++;
    if (head->kind == TOKEN_END || parser->source->text[i] != '{' || i >= syntax->found.span.start ||
        syntax->previous.kind == TOKEN_COMMA)
        return false;
    parser_error(syntax->parser, KIND_SYNTAX, (Span){ i, i + 1 }, "Write `if a { … }`, `with condition(data) { … }`.",
                 "something is missing between `%s` and its block", token_text(head->kind, &quoted));
    return true;
}

bool syntax_signs(const Syntax *syntax)
{
    TokenKind previous = syntax->previous.kind;
    bool wants_value = syntax->expected[TOKEN_NUMBER];

    if (!wants_value && meant_block(syntax))
        return true;
    if (previous == TOKEN_RANGE && wants_value && syntax->found.kind != TOKEN_NOT)
        return range_sign(syntax);
    switch (syntax->found.kind) {
    case TOKEN_ASSIGN:
        return !wants_value && assign_sign(syntax);
    case TOKEN_COLON:
        return colon_sign(syntax);
    case TOKEN_NOT:
        return not_word(syntax);
    case TOKEN_RANGE:
        return wants_value && range_sign(syntax);
    case TOKEN_PLUS:
        return wants_value && report(syntax, "Leave it out.", "there is no `+` before a value");
    case TOKEN_COMMA:
        return !wants_value && token_ends_value(previous) && syntax->expected[TOKEN_ROUND_CLOSE] && syntax->inside != NULL &&
               syntax->inside->kind == TOKEN_ROUND_OPEN &&
               report(syntax, "Write `[a, b]`.", "a list stands in square brackets");
    case TOKEN_CURLY_OPEN:
        return !wants_value && syntax->expected[TOKEN_NEWLINE] &&
               report(syntax, "A block belongs to `if`, `for`, `while`, `with`, `plate` or a function. Is a word misspelt?",
                      "a block cannot stand here");
    case TOKEN_TILDE:
        return !wants_value && report(syntax, "Left of it stands a variable, in a statement of its own: `mu ~ Normal(0, 1)`. "
                                              "Within an expression, write `sample(\"mu\", Normal(0, 1))`.",
                                      "`~` cannot stand here");
    case TOKEN_TEXT_MIDDLE: case TOKEN_TEXT_END:
        return wants_value && (previous == TOKEN_TEXT_START || previous == TOKEN_TEXT_MIDDLE) &&
               report(syntax, "A `{` that is only a character is written \\{.", "there is nothing between `{` and `}`");
    default:
        return false;
    }
}
