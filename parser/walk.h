/* The children of a node. */
#ifndef ELBO_PARSER_WALK_H
#define ELBO_PARSER_WALK_H

#include "parser/tree.h"

typedef void TreeVisit(void *user, Node *child);
typedef void TreeVisitFunction(void *user, Function *function);

/* Calls `visit` for each child that is evaluated in the same function as `node`, in the order of the text. */
void tree_children(Node *node, TreeVisit *visit, void *user);

/* Calls `visit` for each function that `node` itself makes: of a handler first its body's, then its clauses'. */
void tree_functions(Node *node, TreeVisitFunction *visit, void *user);

#endif
