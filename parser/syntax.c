#include "parser/syntax.h"

#include <stdio.h>
#include <string.h>

#include "parser/syntax_internal.h"

static bool begins_statement(const Parser *parser)
{
    TokenKind kind = parser->found.kind;

    return kind == TOKEN_END || kind == TOKEN_NEWLINE ||
           (kind == TOKEN_CURLY_OPEN && layout_innermost(&parser->layout) == NULL);
}

Token parser_next_token(Parser *parser)
{
    bool begins = begins_statement(parser);
    Token token = layout_next(&parser->layout);

    parser->previous = parser->found;
    parser->found = token;
    if (begins) {
        parser->first = token;
        parser->n_names_seen = 0;
        parser->assigned = false;
        parser->slashes.kind = TOKEN_END;
    }
    if (parser->previous.kind == TOKEN_ASSIGN && layout_innermost(&parser->layout) == NULL)
        parser->assigned = true;
    if (token.kind == TOKEN_FLOOR_SLASH)
        parser->slashes = token;
    if (token.kind == TOKEN_NAME)
        parser->names_seen[parser->n_names_seen++ % PARSER_RECENT_NAMES] = token;
    return token;
}

Quote syntax_show(const Syntax *syntax, const Token *token)
{
    Quote shown;
    bool quoted;
    const char *text = token_text(token->kind, &quoted);

    (void)syntax;
    if (token->kind == TOKEN_NEWLINE && token->text[0] == ';')
        snprintf(shown.text, sizeof shown.text, "`;`");
    else if (token->kind == TOKEN_NAME || token->kind == TOKEN_NUMBER)
        snprintf(shown.text, sizeof shown.text, "`%.60s`", parser_quote(token->text, token->length).text);
    else
        snprintf(shown.text, sizeof shown.text, quoted ? "`%s`" : "%s", text);
    return shown;
}

bool syntax_is_word(const Token *token, const char *text)
{
    return token->kind == TOKEN_NAME && token->length == strlen(text) && memcmp(token->text, text, token->length) == 0;
}

/* What may follow a value in a bracket. (The grammar's own tables do not know whether a value stands in one.) */
static void list_in_bracket(const Bracket *inside, char *out, size_t size)
{
    switch (inside->kind) {
    case TOKEN_ROUND_OPEN: snprintf(out, size, "`,` or `)`"); break;
    case TOKEN_SQUARE_OPEN: snprintf(out, size, "`,` or `]`"); break;
    default: snprintf(out, size, inside->kind == TOKEN_TEXT_START ? "`}`" : "`,` or `}`"); break;
    }
}

/* What may follow, as far as it fits into a few words. */
static void list_expected(const Syntax *syntax, char *out, size_t size)
{
    static const TokenKind closers[] = { TOKEN_CURLY_OPEN, TOKEN_ROUND_CLOSE, TOKEN_SQUARE_CLOSE, TOKEN_CURLY_CLOSE,
                                         TOKEN_COMMA,      TOKEN_COLON,       TOKEN_ASSIGN,       TOKEN_TILDE,
                                         TOKEN_IN,         TOKEN_ROUND_OPEN,  TOKEN_NAME,         TOKEN_STRING,
                                         TOKEN_TEXT_END };
    uint32_t count = 0;
    size_t used = 0;

    out[0] = '\0';
    if (syntax->expected[TOKEN_NUMBER]) {
        snprintf(out, size, "a value");
        return;
    }
    if (syntax->inside != NULL && token_ends_value(syntax->previous.kind) && syntax->expected[TOKEN_DOT]) {
        list_in_bracket(syntax->inside, out, size);
        return;
    }
    if (syntax->expected[TOKEN_NEWLINE]) {
        snprintf(out, size, "the end of the statement");
        return;
    }
    for (size_t i = 0; i < sizeof closers / sizeof closers[0] && count < 3; i++) {
        bool quoted;
        const char *text = token_text(closers[i], &quoted);

        /* A call or a subscript may follow every value: that is no news. */
        if (!syntax->expected[closers[i]] || (closers[i] == TOKEN_ROUND_OPEN && token_ends_value(syntax->previous.kind) &&
                                              syntax->expected[TOKEN_DOT]))
            continue;
        used += (size_t)snprintf(out + used, size - used, quoted ? "%s`%s`" : "%s%s", count > 0 ? " or " : "", text);
        count++;
    }
}

void syntax_general(const Syntax *syntax)
{
    char expected[120];
    const char *advice = NULL;
    Quote found = syntax_show(syntax, &syntax->found);
    Quote previous = syntax_show(syntax, &syntax->previous);

    list_expected(syntax, expected, sizeof expected);
    if (syntax->expected[TOKEN_NEWLINE] && syntax->inside == NULL && token_ends_value(syntax->previous.kind))
        advice = "A statement stands on a line of its own; two on one line are divided by `;`.";
    if (expected[0] == '\0')
        parser_error(syntax->parser, KIND_SYNTAX, syntax->found.span, advice, "%s cannot stand here", found.text);
    else if (syntax->previous.kind == TOKEN_NEWLINE || syntax->previous.kind == TOKEN_END)
        parser_error(syntax->parser, KIND_SYNTAX, syntax->found.span, advice,
                     "a statement cannot begin with %s", found.text);
    else
        parser_error(syntax->parser, KIND_SYNTAX, syntax->found.span, advice, "expected %s after %s, found %s",
                     expected, previous.text, found.text);
}

static bool opens_bracket(TokenKind kind)
{
    return kind == TOKEN_ROUND_OPEN || kind == TOKEN_SQUARE_OPEN || kind == TOKEN_CURLY_OPEN || kind == TOKEN_TEXT_START;
}

void syntax_error(Parser *parser, const bool expected[TOKENS])
{
    Syntax syntax = { parser, expected, parser->found, parser->previous, parser->layout.depth, NULL };

    bool reported = parser->found.kind == TOKEN_BAD || parser->found.reported || parser->previous.reported;

    if (opens_bracket(parser->found.kind) && syntax.depth > 0)
        syntax.depth--;
    if (!parser->layout.open[syntax.depth].block)
        syntax.inside = &parser->layout.open[syntax.depth];
    if (!reported && !syntax_brackets(&syntax) && !syntax_words(&syntax) &&
        !syntax_statements(&syntax) && !syntax_signs(&syntax))
        syntax_general(&syntax);
    layout_recover(&parser->layout);
}
