/* Syntax errors in the user's terms. */
#ifndef ELBO_PARSER_SYNTAX_H
#define ELBO_PARSER_SYNTAX_H

#include "parser/report.h"

/* The next token for the grammar; keeps what messages look at. */
Token parser_next_token(Parser *parser);

/* parser->found does not fit; `expected` tells for each TokenKind whether it would have. Reports, and starts the
   recovery. */
void syntax_error(Parser *parser, const bool expected[TOKENS]);

#endif
