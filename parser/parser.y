/* The grammar. Its actions call the constructors of build.h and do nothing else. */
%code requires {
#include "parser/build.h"
#include "parser/syntax.h"
}

%define api.pure full
%define api.prefix {grammar_}
%define api.token.prefix {T_}
%define api.location.type {Span}
%define parse.error custom
/* A wrong token is seen where it stands, before any reduction that depends on it: messages know what was expected there.
   A closed block is reduced at once, so that recovery never opens it again. */
%define lr.default-reduction consistent
%locations
%expect 0
%param {Parser *parser}

%union {
    Token token;
    Node *node;
    Vector *list;
    Function *function;
    struct { Vector *statements, *clauses; } body;
}

%code {
#define YYMALLOC(size) arena_allocate(&parser->scratch, size)
#define YYFREE(block) ((void)(block))
#define YYLLOC_DEFAULT(current, rhs, n)                        \
    do {                                                       \
        (current).start = (n) > 0 ? YYRHSLOC(rhs, 1).start : YYRHSLOC(rhs, 0).end; \
        (current).end = YYRHSLOC(rhs, n).end;                  \
    } while (0)

static int grammar_lex(GRAMMAR_STYPE *value, Span *span, Parser *parser);
static void grammar_error(const Span *span, Parser *parser, const char *message);
static Span head(Span first, Span last);
}

%token <token> NUMBER STRING TEXT_START TEXT_MIDDLE TEXT_END NAME
%token FN IF ELSE FOR IN WHILE BREAK CONTINUE RETURN WITH AND OR NOT TRUE FALSE NONE MISSING IMPORT
%token OBS PARAM PLATE MODEL GUIDE HANDLER DETERMINISTIC ON AFTER
%token ROUND_OPEN "(" ROUND_CLOSE ")" SQUARE_OPEN "[" SQUARE_CLOSE "]" CURLY_OPEN "{" CURLY_CLOSE "}"
%token COMMA "," COLON ":" DOT "." ASSIGN "=" TILDE "~" RANGE ".." PLUS "+" MINUS "-" STAR "*" SLASH "/"
%token FLOOR_SLASH "//" PERCENT "%" AT "@" CARET "^"
%token EQUAL "==" NOT_EQUAL "!=" LESS "<" LESS_EQUAL "<=" GREATER ">" GREATER_EQUAL ">="
%token END 0 NEWLINE BAD TEXT_BROKEN

%left OR
%left AND
%precedence NOT
%left "+" "-"
%left "*" "/" "//" "%" "@"
%precedence NEGATE
%right "^"

%type <list> statements separated items parameters parameter_list arguments argument_list text_parts
%type <list> fields field_list
%type <node> statement expression comparison range sum postfix primary text if block
%type <body> handler_items handler_separated
%type <function> anonymous clause

%%

program:
    statements                      { build_main(parser, @$, $1); }
    ;

statements:
    statement                       { $$ = build_list(parser, NULL, $1); }
  | separated statement             { $$ = build_list(parser, $1, $2); }
    ;

separated:
    statements NEWLINE              { $$ = $1; yyerrok; }
    ;

statement:
    %empty                          { $$ = NULL; }
  | expression                      { $$ = build_statement(parser, $1); }
  | expression "=" expression       { $$ = build_assign(parser, @$, $1, $3); }
  | expression "~" expression       { $$ = build_sample(parser, @$, $1, $3); }
  | OBS postfix "~" expression      { $$ = build_obs(parser, @$, $2, $4); }
  | PARAM postfix "=" expression    { $$ = build_param(parser, @$, $2, NULL, $4); }
  | PARAM postfix ":" expression "=" expression
                                    { $$ = build_param(parser, @$, $2, $4, $6); }
  | DETERMINISTIC postfix "=" expression
                                    { $$ = build_deterministic(parser, @$, $2, $4); }
  | FN NAME "(" parameters ")" block
        { $$ = build_define(parser, @$, DEFINE_FN, @2,
                            build_function(parser, @$, head(@1, @5), FUNCTION_FN, &$2, $4, $6)); }
  | MODEL NAME "(" parameters ")" block
        { $$ = build_define(parser, @$, DEFINE_MODEL, @2,
                            build_function(parser, @$, head(@1, @5), FUNCTION_MODEL, &$2, $4, $6)); }
  | GUIDE NAME "(" parameters ")" block
        { $$ = build_define(parser, @$, DEFINE_GUIDE, @2,
                            build_function(parser, @$, head(@1, @5), FUNCTION_GUIDE, &$2, $4, $6)); }
  | HANDLER NAME "(" parameters ")" "{" handler_items "}"
        { $$ = build_handler(parser, @$, @2,
                             build_function(parser, @$, head(@1, @5), FUNCTION_HANDLER, &$2, $4,
                                            build_block(parser, head(@6, @8), $7.statements)),
                             $7.clauses); yyerrok; }
  | RETURN                          { $$ = build_return(parser, @$, NULL); }
  | RETURN expression               { $$ = build_return(parser, @$, $2); }
  | BREAK                           { $$ = build_simple(parser, @$, NODE_BREAK); }
  | CONTINUE                        { $$ = build_simple(parser, @$, NODE_CONTINUE); }
  | IMPORT STRING                   { $$ = build_import(parser, @$, &$2); }
  | error                           { $$ = NULL; }
  | error block                     { $$ = NULL; }
    ;

handler_items:
    statement                       { $$.statements = build_list(parser, NULL, $1); $$.clauses = NULL; }
  | handler_separated statement     { $$ = $1; $$.statements = build_list(parser, $1.statements, $2); }
  | ON NAME clause
        { $$.statements = NULL; $$.clauses = build_clause(parser, NULL, @$, CLAUSE_ON, &$2, $3); }
  | AFTER NAME clause
        { $$.statements = NULL; $$.clauses = build_clause(parser, NULL, @$, CLAUSE_AFTER, &$2, $3); }
  | handler_separated ON NAME clause
        { $$ = $1; $$.clauses = build_clause(parser, $1.clauses, head(@2, @4), CLAUSE_ON, &$3, $4); }
  | handler_separated AFTER NAME clause
        { $$ = $1; $$.clauses = build_clause(parser, $1.clauses, head(@2, @4), CLAUSE_AFTER, &$3, $4); }
    ;

handler_separated:
    handler_items NEWLINE           { $$ = $1; yyerrok; }
    ;

clause:
    "(" parameters ")" block
        { $$ = build_function(parser, @$, head(@1, @3), FUNCTION_CLAUSE, NULL, $2, $4); }
    ;

block:
    "{" statements "}"              { $$ = build_block(parser, @$, $2); yyerrok; }
    ;

parameters:
    %empty                          { $$ = NULL; }
  | parameter_list
  | parameter_list ","
    ;

parameter_list:
    NAME                            { $$ = build_parameter(parser, NULL, @$, &$1, NULL); }
  | NAME "=" expression             { $$ = build_parameter(parser, NULL, @$, &$1, $3); }
  | parameter_list "," NAME         { $$ = build_parameter(parser, $1, @3, &$3, NULL); }
  | parameter_list "," NAME "=" expression
                                    { $$ = build_parameter(parser, $1, head(@3, @5), &$3, $5); }
    ;

expression:
    comparison
  | expression OR expression        { $$ = build_pair(parser, @$, NODE_OR, $1, $3); }
  | expression AND expression       { $$ = build_pair(parser, @$, NODE_AND, $1, $3); }
  | NOT expression                  { $$ = build_unary(parser, @$, OPERATOR_NOT, $2); }
    ;

comparison:
    range
  | comparison "==" range           { $$ = build_compare(parser, @$, OPERATOR_EQUAL, $1, $3); }
  | comparison "!=" range           { $$ = build_compare(parser, @$, OPERATOR_NOT_EQUAL, $1, $3); }
  | comparison "<" range            { $$ = build_compare(parser, @$, OPERATOR_LESS, $1, $3); }
  | comparison "<=" range           { $$ = build_compare(parser, @$, OPERATOR_LESS_EQUAL, $1, $3); }
  | comparison ">" range            { $$ = build_compare(parser, @$, OPERATOR_GREATER, $1, $3); }
  | comparison ">=" range           { $$ = build_compare(parser, @$, OPERATOR_GREATER_EQUAL, $1, $3); }
  | comparison IN range             { $$ = build_compare(parser, @$, OPERATOR_IN, $1, $3); }
    ;

range:
    sum
  | range ".." sum                  { $$ = build_pair(parser, @$, NODE_RANGE, $1, $3); }
    ;

sum:
    postfix
  | sum "+" sum                     { $$ = build_binary(parser, @$, OPERATOR_ADD, $1, $3); }
  | sum "-" sum                     { $$ = build_binary(parser, @$, OPERATOR_SUBTRACT, $1, $3); }
  | sum "*" sum                     { $$ = build_binary(parser, @$, OPERATOR_MULTIPLY, $1, $3); }
  | sum "/" sum                     { $$ = build_binary(parser, @$, OPERATOR_DIVIDE, $1, $3); }
  | sum "//" sum                    { $$ = build_binary(parser, @$, OPERATOR_FLOOR_DIVIDE, $1, $3); }
  | sum "%" sum                     { $$ = build_binary(parser, @$, OPERATOR_REMAINDER, $1, $3); }
  | sum "@" sum                     { $$ = build_binary(parser, @$, OPERATOR_MATMUL, $1, $3); }
  | sum "^" sum                     { $$ = build_binary(parser, @$, OPERATOR_POWER, $1, $3); }
  | "-" sum %prec NEGATE            { $$ = build_unary(parser, @$, OPERATOR_NEGATE, $2); }
    ;

postfix:
    primary
  | postfix "(" arguments ")"       { $$ = build_call(parser, @$, $1, $3); }
  | postfix "[" items "]"           { $$ = build_index(parser, @$, $1, $3); }
  | postfix "." NAME                { $$ = build_field(parser, @$, $1, &$3); }
    ;

arguments:
    %empty                          { $$ = NULL; }
  | argument_list
  | argument_list ","
    ;

argument_list:
    expression                      { $$ = build_argument(parser, NULL, @$, $1, NULL); }
  | expression "=" expression       { $$ = build_argument(parser, NULL, @$, $1, $3); }
  | argument_list "," expression    { $$ = build_argument(parser, $1, @3, $3, NULL); }
  | argument_list "," expression "=" expression
                                    { $$ = build_argument(parser, $1, head(@3, @5), $3, $5); }
    ;

items:
    expression                      { $$ = build_list(parser, NULL, $1); }
  | items "," expression            { $$ = build_list(parser, $1, $3); }
    ;

primary:
    NUMBER                          { $$ = build_number(parser, @$, &$1); }
  | text
  | TRUE                            { $$ = build_simple(parser, @$, NODE_TRUE); }
  | FALSE                           { $$ = build_simple(parser, @$, NODE_FALSE); }
  | NONE                            { $$ = build_simple(parser, @$, NODE_NONE); }
  | MISSING                         { $$ = build_simple(parser, @$, NODE_MISSING); }
  | NAME                            { $$ = build_name(parser, @$, &$1); }
  | "(" expression ")"              { $$ = build_grouped(@$, $2); }
  | "[" "]"                         { $$ = build_bracket(parser, @$, NULL); }
  | "[" items "]"                   { $$ = build_bracket(parser, @$, $2); }
  | "[" items "," "]"               { $$ = build_bracket(parser, @$, $2); }
  | "{" fields "}"                  { $$ = build_record(parser, @$, $2); }
  | anonymous                       { $$ = build_lambda(parser, @$, $1); }
  | if
  | FOR NAME IN expression block    { $$ = build_for(parser, @$, &$2, @2, $4, $5); }
  | WHILE expression block          { $$ = build_while(parser, @$, $2, $3); }
  | WITH expression block           { $$ = build_with(parser, @$, $2, $3); }
  | PLATE NAME "(" NAME IN expression ")" block
                                    { $$ = build_plate(parser, @$, &$2, &$4, @4, $6, $8); }
    ;

if:
    IF expression block             { $$ = build_if(parser, @$, $2, $3, NULL); }
  | IF expression block ELSE block  { $$ = build_if(parser, @$, $2, $3, $5); }
  | IF expression block ELSE if     { $$ = build_if(parser, @$, $2, $3, $5); }
    ;

anonymous:
    FN "(" parameters ")" block
        { $$ = build_function(parser, @$, head(@1, @4), FUNCTION_FN, NULL, $3, $5); }
    ;

text:
    STRING                          { $$ = build_string(parser, @$, &$1); }
  | text_parts TEXT_END
        { $$ = build_text(parser, @$, build_list(parser, $1, build_string(parser, @2, &$2))); }
    ;

text_parts:
    TEXT_START expression
        { $$ = build_list(parser, build_list(parser, NULL, build_string(parser, @1, &$1)), $2); }
  | text_parts TEXT_MIDDLE expression
        { $$ = build_list(parser, build_list(parser, $1, build_string(parser, @2, &$2)), $3); }
    ;

fields:
    %empty                          { $$ = NULL; }
  | field_list
  | field_list ","
    ;

field_list:
    NAME ":" expression             { $$ = build_field_entry(parser, NULL, @$, &$1, @1, $3); }
  | STRING ":" expression           { $$ = build_field_entry(parser, NULL, @$, &$1, @1, $3); }
  | field_list "," NAME ":" expression
                                    { $$ = build_field_entry(parser, $1, head(@3, @5), &$3, @3, $5); }
  | field_list "," STRING ":" expression
                                    { $$ = build_field_entry(parser, $1, head(@3, @5), &$3, @3, $5); }
    ;

%%

/* The place from the first to the last of some parts. */
static Span head(Span first, Span last)
{
    return (Span){ first.start, last.end };
}

static const int token_codes[TOKENS] = {
#define TOKEN(identifier, text, flags) [TOKEN_##identifier] = T_##identifier,
#include "lexer/tokens.def"
#undef TOKEN
};

static int grammar_lex(GRAMMAR_STYPE *value, Span *span, Parser *parser)
{
    value->token = parser_next_token(parser);
    *span = value->token.span;
    return token_codes[value->token.kind];
}

static int yyreport_syntax_error(const yypcontext_t *context, Parser *parser)
{
    yysymbol_kind_t symbols[YYNTOKENS];
    bool expected[TOKENS] = { false };
    int n = yypcontext_expected_tokens(context, symbols, YYNTOKENS);

    for (int i = 0; i < n; i++)
        for (int kind = 0; kind < TOKENS; kind++)
            if (YYTRANSLATE(token_codes[kind]) == symbols[i])
                expected[kind] = true;
    syntax_error(parser, expected);
    return 0;
}

/* Bison's stack is full (no other error comes here). */
static void grammar_error(const Span *span, Parser *parser, const char *message)
{
    (void)message;
    parser_error(parser, KIND_NESTING_TOO_DEEP, *span, "Give the inner parts names.",
                 "operators or blocks are nested too deeply");
}

void grammar_run(Parser *parser)
{
    grammar_parse(parser);
}
