/* Statements that lack a part, and words that are no names. */
#include "parser/syntax_internal.h"

static bool is_statement_word(TokenKind kind)
{
    switch (kind) {
    case TOKEN_OBS: case TOKEN_PARAM: case TOKEN_MODEL: case TOKEN_GUIDE: case TOKEN_HANDLER:
    case TOKEN_DETERMINISTIC: case TOKEN_RETURN: case TOKEN_BREAK: case TOKEN_CONTINUE: case TOKEN_IMPORT:
        return true;
    default:
        return false;
    }
}

/* `param m`, `obs x = D` and the like. */
static bool missing_part(const Syntax *syntax)
{
    const char *advice, *message;

    switch (syntax->parser->first.kind) {
    case TOKEN_PARAM:
        if (!syntax->expected[TOKEN_ASSIGN] || syntax->inside != NULL)
            return false;
        message = "`param` needs `=` and an initial value";
        advice = "Write `param m = 0`, or with a constraint `param s: positive = 1`.";
        break;
    case TOKEN_DETERMINISTIC:
        if (!syntax->expected[TOKEN_ASSIGN] || syntax->inside != NULL)
            return false;
        message = "`deterministic` needs `=` and a value";
        advice = "Write `deterministic s = abs(z)`.";
        break;
    case TOKEN_OBS:
        if (!syntax->expected[TOKEN_TILDE] || syntax->inside != NULL)
            return false;
        message = "`obs` needs `~` and a distribution";
        advice = "Write `obs x ~ Normal(0, 1)`.";
        break;
    default:
        return false;
    }
    parser_error(syntax->parser, KIND_SYNTAX, syntax->found.span, advice, "%s", message);
    return true;
}

static bool missing_block(const Syntax *syntax)
{
    const Token *head = &syntax->parser->layout.open[syntax->depth].head;
    bool quoted;

    if (!syntax->expected[TOKEN_CURLY_OPEN] || syntax->expected[TOKEN_NUMBER] || syntax->inside != NULL ||
        syntax->found.kind == TOKEN_COLON || (syntax->found.kind == TOKEN_ASSIGN && head->kind != TOKEN_FN))
        return false;
    if (head->kind == TOKEN_END && syntax->found.kind == TOKEN_NEWLINE) {
        parser_error(syntax->parser, KIND_SYNTAX, syntax->found.span, "Write the block in curly brackets: `{ … }`.",
                     "expected a block after %s", syntax_show(syntax, &syntax->previous).text);
        return true;
    }
    if (head->kind == TOKEN_END)
        return false;
    parser_error(syntax->parser, KIND_SYNTAX, syntax->found.span,
                 "The block stands in curly brackets, and begins on the same line.",
                 "expected `{` and the block of `%s`, found %s", token_text(head->kind, &quoted),
                 syntax_show(syntax, &syntax->found).text);
    return true;
}

bool syntax_statements(const Syntax *syntax)
{
    bool quoted;
    bool wants_name = syntax->expected[TOKEN_NAME] && !syntax->expected[TOKEN_NUMBER];

    if (wants_name && token_is_word(syntax->found.kind)) {
        parser_error(syntax->parser, KIND_SYNTAX, syntax->found.span, "Choose another name.",
                     "`%s` is a word of the language and cannot be a name", token_text(syntax->found.kind, &quoted));
        return true;
    }
    if (syntax->found.kind == TOKEN_ELSE) {
        parser_error(syntax->parser, KIND_SYNTAX, syntax->found.span,
                     "It follows the `}` of an `if`, on the same line: `if a { … } else { … }`.",
                     "`else` without an `if` before it");
        return true;
    }
    if (syntax->found.kind == TOKEN_FN && token_ends_value(syntax->previous.kind))
        return false;
    if (is_statement_word(syntax->found.kind) && !syntax->expected[syntax->found.kind] && !syntax->found.first) {
        parser_error(syntax->parser, KIND_SYNTAX, syntax->found.span, "Write it on a line of its own.",
                     "`%s` begins a statement and cannot stand inside of one", token_text(syntax->found.kind, &quoted));
        return true;
    }
    if (syntax->previous.kind == TOKEN_FN && syntax->found.kind == TOKEN_NAME) {
        parser_error(syntax->parser, KIND_SYNTAX, syntax->found.span,
                     "Write `f = fn(x) { … }`, or the statement `fn f(x) { … }`.",
                     "a function that is part of an expression has no name");
        return true;
    }
    return missing_part(syntax) || missing_block(syntax);
}
