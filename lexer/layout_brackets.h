/* The bracket stack of the layout; only layout*.c use this. */
#ifndef ELBO_LEXER_LAYOUT_BRACKETS_H
#define ELBO_LEXER_LAYOUT_BRACKETS_H

#include "lexer/layout.h"

#define LAYOUT_NO_SKIP UINT32_MAX

/* Raw tokens: the next one, and a look ahead. */
Token layout_fetch(Layout *layout);
const Token *layout_peek(Layout *layout, uint32_t position);

void layout_push(Layout *layout, const Token *token);

/* A closing bracket, the next piece or the end of an interpolated string. Notes what it leaves unclosed, or that it
   is stray; returns false if it is stray and forgiven. */
bool layout_pop(Layout *layout, const Token *token);

/* Gives up the strings that are open, with all that is open in them. */
void layout_pop_strings(Layout *layout);

/* Gives up the brackets inside the innermost block. */
void layout_forgive(Layout *layout);

/* Whether the text behind a `{` is that of a record: nothing, or a name or string and a colon. */
bool layout_looks_like_record(const Layout *layout, const Token *token);

#endif
