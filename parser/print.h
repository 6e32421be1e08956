/* From a tree back to text, in one canonical form: four spaces of indentation, parentheses as they were written and
   where they are needed. The text parses to an equal tree. */
#ifndef ELBO_PARSER_PRINT_H
#define ELBO_PARSER_PRINT_H

#include "lexer/diagnostic.h"
#include "parser/tree.h"

/* A whole chunk, each statement on its lines. Comments and empty lines are not kept. */
void tree_print(const Chunk *chunk, DiagnosticWrite *write, void *user);

/* One node, on one line. */
void tree_print_node(const Node *node, DiagnosticWrite *write, void *user);

/* Whether two trees (of the same or of different chunks) say the same; places, parentheses and what resolution added do
   not count. */
bool tree_equal(const Node *a, const Node *b);
bool tree_equal_functions(const Function *a, const Function *b);

#endif
