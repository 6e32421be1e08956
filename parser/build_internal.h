/* What the constructors share; only build*.c and check.c use this. */
#ifndef ELBO_PARSER_BUILD_INTERNAL_H
#define ELBO_PARSER_BUILD_INTERNAL_H

#include "parser/build.h"

Node *build_node(Parser *parser, NodeKind kind, Span span);

/* `node` gets `child` (may be NULL) below it: keeps count of the depth, in node->cache until resolution. */
void build_adopt(Parser *parser, Node *node, const Node *child);

NodeList build_keep_list(Parser *parser, Node *node, const Vector *list);
Name *build_get_name(Parser *parser, const Token *token);

/* Checks of targets: true if `target` can be one, else reports. */
bool check_assign_target(Parser *parser, const Node *target);
bool check_site_target(Parser *parser, const Node *target, const char *statement);
bool check_obs_target(Parser *parser, const Node *target);

/* Checks of lists against their new entry; they report. */
void check_argument(Parser *parser, const Vector *list, const Argument *argument);
void check_field(Parser *parser, const Vector *list, const Field *field, Span name_span);
void check_parameter(Parser *parser, const Vector *list, const Parameter *parameter);

/* What an expression statement looks like in another language: reports. */
void check_statement(Parser *parser, const Node *expression);

#endif
