/* The parts of syntax.c; each function returns whether it has reported the error. */
#ifndef ELBO_PARSER_SYNTAX_INTERNAL_H
#define ELBO_PARSER_SYNTAX_INTERNAL_H

#include "parser/report.h"

typedef struct Syntax {
    Parser *parser;
    const bool *expected; /* by TokenKind */
    Token found;
    Token previous;
    uint32_t depth;        /* of open brackets around `found` */
    const Bracket *inside; /* the innermost of them if it is no block, else NULL */
} Syntax;

/* Brackets that are not closed, or not opened; the end of the text. */
bool syntax_brackets(const Syntax *syntax);
/* Words of other languages, and misspelt ones. */
bool syntax_words(const Syntax *syntax);
/* Operators and signs where they cannot stand. */
bool syntax_signs(const Syntax *syntax);
/* Statements that lack a part. */
bool syntax_statements(const Syntax *syntax);
/* Whatever else: what was expected, and what is there. */
void syntax_general(const Syntax *syntax);

/* A token as messages show it. */
Quote syntax_show(const Syntax *syntax, const Token *token);

/* Whether `token` is the word `text`. */
bool syntax_is_word(const Token *token, const char *text);

#endif
