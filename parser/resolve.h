/* Name resolution: fills in what tree.h marks [resolved], and reports what is wrong with names, plates and jumps.
   Three passes over each function: declare.c finds out which variables it has, resolve.c links every use to its
   variable, used.c (over the whole tree, last) finds out whose value is used. */
#ifndef ELBO_PARSER_RESOLVE_H
#define ELBO_PARSER_RESOLVE_H

#include "parser/scope.h"

/* Resolves parser->chunk, which has no errors so far. */
void resolve_chunk(Parser *parser);

/* The function's variables, those of its plates, and what its plates lift. Its parameters are declared already. */
void declare_function(Resolver *resolver, Scope *owner);

/* Sets Node.used everywhere, clears Node.cache, and warns of values that nobody uses. */
void used_chunk(Parser *parser);

/* The INDEX right above the first name of a target or path, or NULL: `x[i]` of `x[i].mu[2]`. */
Node *resolve_first_index(Node *target);
/* The NODE_NAME at the beginning of a target. */
Node *resolve_root(Node *target);

/* How many subscripts of `index` before `position` are no indices of plates around `plate`. */
uint32_t resolve_position(Scope *scope, const Scope *plate, const Node *index, uint32_t position);

#endif
