/* Strings: their pieces are decoded in place, in the scanner's copy of the text, since no escape is shorter than what
   it stands for. */
#include <stdio.h>
#include <string.h>

#include "lexer/scan.h"
#include "lexer/utf8.h"

void scan_string_begin(Lexer *lexer, const char *text, size_t length, bool continues)
{
    lexer->string_start = scan_span(lexer, text, length).start;
    lexer->piece = lexer->copy + lexer->string_start + length;
    lexer->piece_length = 0;
    lexer->piece_continues = continues;
    lexer->string_begins_line = lexer->line_begins;
    lexer->line_begins = false;
}

static void add_bytes(Lexer *lexer, const char *bytes, size_t length)
{
    memmove(lexer->piece + lexer->piece_length, bytes, length);
    lexer->piece_length += (uint32_t)length;
}

void scan_string_bytes(Lexer *lexer, const char *text, size_t length)
{
    for (size_t i = 0; i < length;) {
        Utf8 found = utf8_decode(text + i, length - i);

        if (!found.valid) {
            char message[64];

            snprintf(message, sizeof message, "the byte 0x%02x in this string is not UTF-8 text", (unsigned)found.code);
            scan_report(lexer, KIND_BAD_UTF8, scan_span(lexer, text + i, 1), message, "Save the file as UTF-8.");
            break;
        }
        i += found.length;
    }
    add_bytes(lexer, text, length);
}

/* \u{…}: a code point. Returns whether it was one. */
static bool add_code_point(Lexer *lexer, const char *text, size_t length)
{
    uint32_t code = 0;
    char bytes[4];

    if (length < 5 || length > 12 || text[length - 1] != '}')
        return false;
    for (size_t i = 3; i < length - 1; i++) {
        uint32_t digit = text[i] <= '9' ? (uint32_t)(text[i] - '0') : (uint32_t)((text[i] | 0x20) - 'a' + 10);

        code = code << 4 | digit;
    }
    if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
        return false;
    add_bytes(lexer, bytes, utf8_encode(code, bytes));
    return true;
}

void scan_string_escape(Lexer *lexer, const char *text, size_t length)
{
    static const char names[] = "nt\\\"{}", values[] = "\n\t\\\"{}";
    const char *known = length == 2 ? memchr(names, text[1], sizeof names - 1) : NULL;

    if (known != NULL) {
        add_bytes(lexer, &values[known - names], 1);
        return;
    }
    if (length > 2 && add_code_point(lexer, text, length))
        return;
    scan_report(lexer, KIND_BAD_STRING, scan_span(lexer, text, length), "this escape means nothing",
                "The escapes are \\n, \\t, \\\\, \\\", \\{ and \\u{3b1}. A lone backslash is written \\\\.");
}

/* The token of a piece that ends with the match. */
static TokenKind end_piece(Lexer *lexer, const char *text, size_t length, TokenKind kind)
{
    scan_token(lexer, text, length, kind);
    lexer->token.span.start = lexer->string_start;
    lexer->token.text = lexer->piece;
    lexer->token.length = lexer->piece_length;
    lexer->token.first = lexer->string_begins_line;
    return kind;
}

TokenKind scan_string_end(Lexer *lexer, const char *text, size_t length)
{
    if (!lexer->piece_continues)
        return end_piece(lexer, text, length, TOKEN_STRING);
    lexer->depth--;
    return end_piece(lexer, text, length, TOKEN_TEXT_END);
}

TokenKind scan_string_interpolation(Lexer *lexer, const char *text, size_t length)
{
    if (lexer->piece_continues)
        return end_piece(lexer, text, length, TOKEN_TEXT_MIDDLE);
    if (lexer->depth == LEXER_MAX_INTERPOLATIONS) {
        scan_report(lexer, KIND_NESTING_TOO_DEEP, scan_span(lexer, text, length),
                    "strings are nested too deeply in one another", "Give the inner ones names.");
        lexer->host.fail(lexer->host.user);
    }
    lexer->open[lexer->depth].start = lexer->string_start;
    lexer->open[lexer->depth].curly = 0;
    lexer->depth++;
    return end_piece(lexer, text, length, TOKEN_TEXT_START);
}

TokenKind scan_string_unclosed(Lexer *lexer, const char *text)
{
    const char *end = text != NULL ? text : lexer->copy + lexer->source->length;
    Span span = { lexer->depth > 0 ? lexer->open[0].start : lexer->string_start, (uint32_t)(end - lexer->copy) };
    bool interpolates = lexer->depth > 0;

    scan_report(lexer, KIND_BAD_STRING, span,
                interpolates ? "this string, or a `{…}` in it, is not closed on its line"
                             : "this string is not closed on its line",
                interpolates ? "A string stands on one line. A `{` that is only a character is written \\{."
                             : "Close it with `\"`; a new line inside of it is written \\n.");
    lexer->depth = 0;
    return end_piece(lexer, end, 0, TOKEN_TEXT_BROKEN);
}
