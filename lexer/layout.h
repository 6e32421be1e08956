/* From raw tokens to those of the grammar: which newlines end a statement, which words are keywords where they stand,
   which bracket closes which; and, after a syntax error, what to leave out until the grammar can go on. */
#ifndef ELBO_LEXER_LAYOUT_H
#define ELBO_LEXER_LAYOUT_H

#include <stdbool.h>
#include <stdint.h>

#include "lexer/lexer.h"

enum { LAYOUT_MAX_DEPTH = 200, LAYOUT_AHEAD = 3 };

typedef struct Bracket {
    TokenKind kind; /* ROUND_OPEN, SQUARE_OPEN, CURLY_OPEN, or TEXT_START of an interpolation */
    bool block;     /* a CURLY_OPEN that begins a block and not a record: newlines count in it */
    bool handler;   /* the block is a handler's body */
    bool recovered; /* the block was met in recovering: what stands behind it on its line is left out */
    Token head;     /* inside a block: the word (if, for, fn …) whose block has not begun yet; kind END: none */
    Span span;
} Bracket;

typedef struct Layout {
    Lexer lexer;
    Token ahead[LAYOUT_AHEAD]; /* raw tokens read already */
    uint32_t n_ahead;
    Token previous;  /* the last token given out; at first END */
    Bracket open[LAYOUT_MAX_DEPTH + 1]; /* open[0] is the text itself, as a block */
    uint32_t depth;  /* the innermost is open[depth] */
    Bracket unclosed; /* what the last token should have closed first, or found open; kind END: nothing */
    bool stray;      /* the last token closes what nothing opened */
    uint32_t forgiven; /* closing brackets that may still come after a recovery has given up their opening ones */
    bool dropping;   /* leave out the rest of the line */
    bool recovering; /* after a syntax error, until the grammar goes on */
    uint32_t skip_to; /* leave out everything until at most so many brackets are open; LAYOUT_NO_SKIP: nothing */
} Layout;

void layout_open(Layout *layout, const Source *source, const LexerHost *host);

/* The next token of the grammar. */
Token layout_next(Layout *layout);

/* The grammar found a syntax error at the token given out last and will leave out tokens until a NEWLINE, a block, a
   closing `}` or the END; sees to it that these come where a statement ends. */
void layout_recover(Layout *layout);

/* The innermost open bracket that is not a block, or NULL when the innermost open bracket is one. */
const Bracket *layout_innermost(const Layout *layout);

#endif
