#include "lexer/scan.h"

#include <stdio.h>
#include <string.h>

#include "lexer/number.h"
#include "lexer/utf8.h"

Span scan_span(const Lexer *lexer, const char *text, size_t length)
{
    uint32_t start = (uint32_t)(text - lexer->copy);

    return (Span){ start, start + (uint32_t)length };
}

void scan_report(Lexer *lexer, Kind kind, Span span, const char *message, const char *advice)
{
    lexer->reported = true;
    if (!lexer->muted)
        lexer->host.report(lexer->host.user, kind, span, message, advice);
}

TokenKind scan_token(Lexer *lexer, const char *text, size_t length, TokenKind kind)
{
    Span span = scan_span(lexer, text, length);

    lexer->token = (Token){
        .kind = kind,
        .span = span,
        .text = lexer->source->text + span.start,
        .length = (uint32_t)length,
        .first = lexer->line_begins,
    };
    lexer->line_begins = false;
    return kind;
}

TokenKind scan_newline(Lexer *lexer, const char *text, size_t length)
{
    scan_token(lexer, text, length, TOKEN_NEWLINE);
    lexer->line_begins = true;
    return TOKEN_NEWLINE;
}

TokenKind scan_end(Lexer *lexer)
{
    return scan_token(lexer, lexer->copy + lexer->source->length, 0, TOKEN_END);
}

TokenKind scan_number(Lexer *lexer, const char *text, size_t length)
{
    scan_token(lexer, text, length, TOKEN_NUMBER);
    if (!number_read(text, length, &lexer->token.number)) {
        lexer->token.number = 1;
        scan_report(lexer, KIND_BAD_NUMBER, lexer->token.span,
                    length > NUMBER_MAX_LENGTH ? "this number has too many digits" : "this number is too large",
                    "Numbers have about 16 digits, and the largest is about 1.8e308: write `1e100`.");
    }
    return TOKEN_NUMBER;
}

static const char *bad_number_advice(const char *text, size_t length, bool after_dot)
{
    if (text[0] == '.' && after_dot)
        return "A range has two dots: `0..n`.";
    if (text[0] == '.')
        return "Write a digit before the dot: `0.5`.";
    if (text[length - 1] == '.')
        return "Write a digit after the dot: `1.0`. A range is written `0..n`.";
    if (length > 1 && text[0] == '0' && memchr("xXbBoO", text[1], 6) != NULL)
        return "Numbers are decimal: `255`, `1e-3`, `10_000`.";
    if (memchr(text, '_', length) != NULL)
        return "An underscore stands between two digits: `10_000`.";
    if (text[length - 1] == 'e' || text[length - 1] == 'E')
        return "Write the exponent after the `e`: `1e-3`.";
    return "A name begins with a letter; a product is written `2 * x`.";
}

TokenKind scan_bad_number(Lexer *lexer, const char *text, size_t length)
{
    char message[96];
    int shown = length > 40 ? (int)utf8_whole(text, 40) : (int)length;

    scan_token(lexer, text, length, TOKEN_NUMBER);
    lexer->token.number = 1;
    snprintf(message, sizeof message, "`%.*s%s` is not a number", shown, text, shown < (int)length ? "…" : "");
    scan_report(lexer, KIND_BAD_NUMBER, lexer->token.span, message,
                bad_number_advice(text, length, text > lexer->copy && text[-1] == '.'));
    return TOKEN_NUMBER;
}

TokenKind scan_foreign(Lexer *lexer, const char *text, size_t length, TokenKind kind, const char *advice)
{
    char message[64];

    scan_token(lexer, text, length, kind);
    snprintf(message, sizeof message, "`%.*s` is no operator of Elbo", length > 8 ? 2 : (int)length, text);
    scan_report(lexer, KIND_FOREIGN_SYNTAX, lexer->token.span, message, advice);
    return kind;
}

TokenKind scan_quoted(Lexer *lexer, const char *text, size_t length)
{
    scan_token(lexer, text, length, TOKEN_STRING);
    scan_report(lexer, KIND_FOREIGN_SYNTAX, lexer->token.span, "a string does not stand in single quotes",
                "Write it in double quotes: \"text\".");
    lexer->token.text++;
    lexer->token.length = length > 1 && text[length - 1] == '\'' ? (uint32_t)length - 2 : (uint32_t)length - 1;
    return TOKEN_STRING;
}
