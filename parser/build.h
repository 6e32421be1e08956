/* Constructors of the tree: the grammar calls these and does nothing else. Each takes the place of the whole, then its
   parts. Lists come as Vectors of Node *, Argument, Field, Parameter or Clause. */
#ifndef ELBO_PARSER_BUILD_H
#define ELBO_PARSER_BUILD_H

#include "parser/report.h"
#include "parser/vector.h"

/* Lists */
Vector *build_list(Parser *parser, Vector *list, Node *node); /* list NULL: a new one; node NULL: nothing to add */
Vector *build_argument(Parser *parser, Vector *list, Span span, Node *left, Node *right); /* right NULL: positional */
Vector *build_field_entry(Parser *parser, Vector *list, Span span, const Token *name, Span name_span, Node *value);
Vector *build_parameter(Parser *parser, Vector *list, Span span, const Token *name, Node *initial);
Vector *build_clause(Parser *parser, Vector *list, Span span, ClauseWhen when, const Token *message, Function *function);

/* Values */
Node *build_number(Parser *parser, Span span, const Token *token);
Node *build_string(Parser *parser, Span span, const Token *token);
Node *build_text(Parser *parser, Span span, Vector *parts);
Node *build_simple(Parser *parser, Span span, NodeKind kind); /* true false none missing break continue */
Node *build_name(Parser *parser, Span span, const Token *token);
Node *build_bracket(Parser *parser, Span span, Vector *items);
Node *build_record(Parser *parser, Span span, Vector *fields);
Node *build_grouped(Span span, Node *node);

/* Access and operators */
Node *build_call(Parser *parser, Span span, Node *callee, Vector *arguments);
Node *build_index(Parser *parser, Span span, Node *object, Vector *subscripts);
Node *build_field(Parser *parser, Span span, Node *object, const Token *name);
Node *build_unary(Parser *parser, Span span, Operator op, Node *operand);
Node *build_binary(Parser *parser, Span span, Operator op, Node *left, Node *right);
Node *build_compare(Parser *parser, Span span, Operator op, Node *left, Node *right);
Node *build_pair(Parser *parser, Span span, NodeKind kind, Node *left, Node *right); /* and, or, a..b */

/* Control */
Node *build_block(Parser *parser, Span span, Vector *statements);
Node *build_if(Parser *parser, Span span, Node *condition, Node *then, Node *otherwise);
Node *build_for(Parser *parser, Span span, const Token *name, Span name_span, Node *over, Node *body);
Node *build_while(Parser *parser, Span span, Node *condition, Node *body);
Node *build_with(Parser *parser, Span span, Node *handler, Node *body);
Node *build_plate(Parser *parser, Span span, const Token *name, const Token *index, Span index_span, Node *over,
                  Node *body);

/* Functions */
Function *build_function(Parser *parser, Span span, Span head, FunctionKind kind, const Token *name, Vector *parameters,
                         Node *body);
Node *build_lambda(Parser *parser, Span span, Function *function);
Node *build_define(Parser *parser, Span span, DefineKind kind, Span name_span, Function *function);
Node *build_handler(Parser *parser, Span span, Span name_span, Function *function, Vector *clauses);

/* Statements */
Node *build_statement(Parser *parser, Node *expression);
Node *build_assign(Parser *parser, Span span, Node *target, Node *value);
Node *build_sample(Parser *parser, Span span, Node *target, Node *distribution);
Node *build_obs(Parser *parser, Span span, Node *target, Node *distribution);
Node *build_deterministic(Parser *parser, Span span, Node *target, Node *value);
Node *build_param(Parser *parser, Span span, Node *target, Node *constraint, Node *initial);
Node *build_return(Parser *parser, Span span, Node *value); /* value may be NULL */
Node *build_import(Parser *parser, Span span, const Token *file);

/* The whole */
void build_main(Parser *parser, Span span, Vector *statements);

#endif
