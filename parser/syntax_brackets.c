/* Brackets that are not closed, or not opened; the end of the text. */
#include "parser/syntax_internal.h"

#include "lexer/layout_brackets.h"

static TokenKind closing(TokenKind opening)
{
    switch (opening) {
    case TOKEN_ROUND_OPEN: return TOKEN_ROUND_CLOSE;
    case TOKEN_SQUARE_OPEN: return TOKEN_SQUARE_CLOSE;
    default: return TOKEN_CURLY_CLOSE;
    }
}

/* The place right behind the last token: where something is missing. */
static Span behind(const Syntax *syntax)
{
    const Span *span = &syntax->previous.span;
    uint32_t place = syntax->previous.kind == TOKEN_NEWLINE ? span->start : span->end;

    return (Span){ place, place };
}

static void report_unclosed(const Syntax *syntax, const Bracket *bracket, Span span, const char *advice)
{
    bool quoted;
    const char *open = bracket->kind == TOKEN_TEXT_START ? "{" : token_text(bracket->kind, &quoted);
    const char *close = token_text(closing(bracket->kind), &quoted);

    parser_error(syntax->parser, KIND_UNCLOSED_BRACKET, span, advice, "expected `%s` to close the `%s` of line %u", close,
                 open, (unsigned)parser_line(syntax->parser, bracket->span.start));
}

static bool at_end(const Syntax *syntax)
{
    Parser *parser = syntax->parser;
    const Bracket *unclosed = &parser->layout.unclosed;
    bool open = unclosed->kind != TOKEN_END;

    if (!open && !token_continues(syntax->previous.kind))
        return false;
    parser->incomplete = parser->errors == 0;
    if (parser->incomplete && parser->options->quiet_incomplete) {
        parser->errors++;
        parser_stop(parser);
    }
    if (open)
        report_unclosed(syntax, unclosed, behind(syntax), NULL);
    else
        parser_error(parser, KIND_SYNTAX, behind(syntax), NULL, "the text ends after %s, where a %s should follow",
                     syntax_show(syntax, &syntax->previous).text, syntax->previous.kind == TOKEN_DOT ? "name" : "value");
    parser_stop(parser);
}

static bool is_closer(TokenKind kind)
{
    return kind == TOKEN_ROUND_CLOSE || kind == TOKEN_SQUARE_CLOSE || kind == TOKEN_CURLY_CLOSE;
}

bool syntax_brackets(const Syntax *syntax)
{
    Parser *parser = syntax->parser;
    const Bracket *unclosed = &parser->layout.unclosed;
    bool first = syntax->found.first || syntax->found.kind == TOKEN_NEWLINE;
    bool quoted;

    if (syntax->found.kind == TOKEN_END)
        return at_end(syntax);
    if (parser->layout.stray && unclosed->kind == TOKEN_END) {
        parser->unbalanced = true;
        parser_error(parser, KIND_UNOPENED_BRACKET, syntax->found.span, "Delete it, or open the bracket that it closes.",
                     "this `%s` closes nothing", token_text(syntax->found.kind, &quoted));
        return true;
    }
    if (unclosed->kind != TOKEN_END && (parser->layout.stray ? !unclosed->block : true)) {
        bool pairs = is_closer(syntax->found.kind);

        report_unclosed(syntax, unclosed, pairs && !syntax->found.first ? syntax->found.span : behind(syntax), NULL);
        return true;
    }
    if (parser->layout.stray) {
        parser_error(parser, KIND_UNOPENED_BRACKET, syntax->found.span, "Delete it, or open the bracket that it closes.",
                     "this `%s` closes nothing in the block of line %u", token_text(syntax->found.kind, &quoted),
                     (unsigned)parser_line(parser, unclosed->span.start));
        return true;
    }
    if (syntax->inside != NULL && syntax->found.kind == TOKEN_NEWLINE && syntax->found.text[0] == ';') {
        parser_error(parser, KIND_SYNTAX, syntax->found.span,
                     syntax->inside->kind == TOKEN_SQUARE_OPEN ? "A matrix is written `[[1, 2], [3, 4]]`." : NULL,
                     "`;` cannot stand inside the `%s` of line %u", token_text(syntax->inside->kind, &quoted),
                     (unsigned)parser_line(parser, syntax->inside->span.start));
        return true;
    }
    if (syntax->inside != NULL && first && token_ends_value(syntax->previous.kind)) {
        report_unclosed(syntax, syntax->inside, behind(syntax), "If it goes on with the next line, a `,` is missing.");
        return true;
    }
    if (syntax->found.kind == TOKEN_CURLY_OPEN && syntax->inside != NULL && token_ends_value(syntax->previous.kind) &&
        !layout_looks_like_record(&parser->layout, &syntax->found)) {
        report_unclosed(syntax, syntax->inside, behind(syntax), NULL);
        return true;
    }
    return false;
}
