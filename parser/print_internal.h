/* What the parts of the printer share; only print*.c use this. */
#ifndef ELBO_PARSER_PRINT_INTERNAL_H
#define ELBO_PARSER_PRINT_INTERNAL_H

#include "parser/print.h"

typedef struct Printer {
    DiagnosticWrite *write;
    void *user;
    unsigned indent;
    bool one_line; /* statements of blocks are divided by `;` */
} Printer;

/* How tightly a node holds together, the loosest first; the levels of the grammar. */
typedef enum Level {
    LEVEL_ANY, LEVEL_OR, LEVEL_AND, LEVEL_NOT, LEVEL_COMPARE, LEVEL_RANGE, LEVEL_SUM, LEVEL_PRODUCT, LEVEL_NEGATE,
    LEVEL_POWER, LEVEL_POSTFIX
} Level;

void print_text(const Printer *printer, const char *text);
void print_name(const Printer *printer, const Name *name);
void print_number(const Printer *printer, double number);
/* In quotes, with escapes. */
void print_string(const Printer *printer, const Name *string);
/* The inside of a string. */
void print_string_piece(const Printer *printer, const Name *string);

/* In parentheses where it was written so, or where it would not hold together as tightly as `level`. */
void print_expression(Printer *printer, const Node *node, Level level);
void print_statement(Printer *printer, const Node *node);
/* Control, blocks, functions and statements: whatever is no plain expression. */
void print_control(Printer *printer, const Node *node);
void print_parameters(Printer *printer, const Function *function);
void print_block(Printer *printer, const Node *block);

#endif
