/* The scanner: from characters to raw tokens, one at a time. What newlines and statement words mean is for layout.h. */
#ifndef ELBO_LEXER_LEXER_H
#define ELBO_LEXER_LEXER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lexer/kinds.h"
#include "lexer/source.h"
#include "lexer/token.h"

enum {
    LEXER_MAX_INTERPOLATIONS = 32, /* strings within strings */
    LEXER_MAX_LENGTH = 0x7ffffff0  /* bytes of text: flex counts in int */
};

/* What the scanner needs from whoever runs it. */
typedef struct LexerHost {
    /* Memory that the host frees all at once, later. Never returns NULL: without memory it leaves by its own way. */
    void *(*allocate)(void *user, size_t size);
    /* An error; `message` and `advice` (may be NULL) live only during the call. */
    void (*report)(void *user, Kind kind, Span span, const char *message, const char *advice);
    /* Leaves for good: the scanner cannot go on. Never returns. */
    void (*fail)(void *user);
    void *user;
} LexerHost;

typedef struct Lexer {
    const Source *source;
    LexerHost host;
    void *scanner;       /* flex's own state */
    char *copy;          /* of the text: flex writes into it, and decoded strings are kept in it */
    bool line_begins;    /* no token yet on this line */
    bool muted;          /* errors are not reported: something is being skipped */
    bool reported;       /* the token being read has an error */
    uint32_t string_start; /* of the string being read: its opening quote or the `}` before this piece */
    char *piece;         /* its decoded bytes, in `copy` behind what flex has still to read */
    uint32_t piece_length;
    bool string_begins_line;
    bool piece_continues; /* an interpolation stands before it */
    uint32_t depth;      /* interpolations that are open */
    struct { uint32_t start, curly; } open[LEXER_MAX_INTERPOLATIONS]; /* their strings, and the curly brackets inside */
    Token token;         /* the token being made */
} Lexer;

/* Starts on a text of at most LEXER_MAX_LENGTH bytes. */
void lexer_open(Lexer *lexer, const Source *source, const LexerHost *host);

/* The next token; TOKEN_END again and again at the end. Newlines come as TOKEN_NEWLINE, and `;` does too. */
Token lexer_next(Lexer *lexer);

#endif
