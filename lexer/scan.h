/* What the scanner's rules do (lexer.l calls these and nothing else). `text` is a match, in the scanner's copy. */
#ifndef ELBO_LEXER_SCAN_H
#define ELBO_LEXER_SCAN_H

#include "lexer/lexer.h"

/* Each makes lexer->token from the match and returns its kind. */
TokenKind scan_token(Lexer *lexer, const char *text, size_t length, TokenKind kind);
TokenKind scan_name(Lexer *lexer, const char *text, size_t length);
TokenKind scan_number(Lexer *lexer, const char *text, size_t length);
TokenKind scan_newline(Lexer *lexer, const char *text, size_t length);
TokenKind scan_end(Lexer *lexer);

/* The same for what is wrong: these report as well. */
TokenKind scan_bad_number(Lexer *lexer, const char *text, size_t length);
TokenKind scan_bad_character(Lexer *lexer, const char *text, size_t length);
/* An operator of another language, which is then read as if `kind` stood there. */
TokenKind scan_foreign(Lexer *lexer, const char *text, size_t length, TokenKind kind, const char *advice);
/* A string in single quotes. */
TokenKind scan_quoted(Lexer *lexer, const char *text, size_t length);

/* Strings are read piece by piece. `continues`: the piece stands behind an interpolation. */
void scan_string_begin(Lexer *lexer, const char *text, size_t length, bool continues);
void scan_string_bytes(Lexer *lexer, const char *text, size_t length);
void scan_string_escape(Lexer *lexer, const char *text, size_t length);
TokenKind scan_string_end(Lexer *lexer, const char *text, size_t length);
TokenKind scan_string_interpolation(Lexer *lexer, const char *text, size_t length);
/* The line ends at `text` (NULL: the program does) before the string is closed. */
TokenKind scan_string_unclosed(Lexer *lexer, const char *text);

/* The place of a match. */
Span scan_span(const Lexer *lexer, const char *text, size_t length);
void scan_report(Lexer *lexer, Kind kind, Span span, const char *message, const char *advice);

#endif
