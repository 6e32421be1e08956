/* The ends of lines; only layout*.c use this. */
#ifndef ELBO_LEXER_LAYOUT_LINES_H
#define ELBO_LEXER_LAYOUT_LINES_H

#include "lexer/layout.h"

/* Whether a raw newline ends a statement. Where it should not stand, but what is meant is clear, it is reported and
   does not count. */
bool layout_newline_counts(Layout *layout, const Token *newline);

/* A line comment of another language, which begins with `token`: reported, and left out. */
void layout_skip_comment(Layout *layout, const Token *token);

#endif
