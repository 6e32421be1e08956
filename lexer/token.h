/* Tokens: what the scanner makes of the characters and the grammar reads. */
#ifndef ELBO_LEXER_TOKEN_H
#define ELBO_LEXER_TOKEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lexer/source.h"

/* One enumerator for each row of tokens.def. */
typedef enum TokenKind {
#define TOKEN(identifier, text, flags) TOKEN_##identifier,
#include "lexer/tokens.def"
#undef TOKEN
    TOKENS
} TokenKind;

typedef struct Token {
    TokenKind kind;
    Span span;
    const char *text; /* NAME: as written; STRING and TEXT_…: the decoded piece; not NUL-terminated */
    uint32_t length;
    double number;
    bool first;    /* nothing but space stands before it on its line */
    bool reported; /* an error in it has been reported */
} Token;

/* How messages show a kind: `(`, or: a number. `quoted` tells whether it wants quotes around it. */
const char *token_text(TokenKind kind, bool *quoted);

/* A value may end with it: what follows is an operator, or the statement's end. */
bool token_ends_value(TokenKind kind);
/* A newline after it does not end the statement. */
bool token_continues(TokenKind kind);
/* No statement begins with it, since it wants something on its left. */
bool token_is_binary(TokenKind kind);
bool token_is_word(TokenKind kind);

/* The kind of a reserved word, or of a statement word (obs, param, … on, after), else TOKEN_NAME. */
TokenKind token_reserved_word(const char *text, size_t length);
TokenKind token_statement_word(const char *text, size_t length);

#endif
