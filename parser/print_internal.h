/* What the parts of the printer share; only print*.c use this. */
#ifndef ELBO_PARSER_PRINT_INTERNAL_H
#define ELBO_PARSER_PRINT_INTERNAL_H

#include "parser/print.h"

typedef struct Printer {
    DiagnosticWrite *write;
    void *user;
    unsigned margin; /* columns that lines are indented by */
    bool one_line;   /* statements of blocks are divided by `;` */
    unsigned hang;   /* the column at which a line goes on that is broken; 0: somewhat to the right of the margin */
    struct Formatter *format; /* knows the text that the tree comes from; NULL: the canonical form */
} Printer;

enum { PRINT_INDENT = 4 };

/* Items between brackets, divided by commas. */
typedef struct Items {
    uint32_t count;
    uint32_t at;     /* the place in the source behind what was printed last */
    unsigned margin, hang; /* of the printer outside */
    bool open;       /* the first item stands on a line of its own */
} Items;

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

/* The opening bracket, which stands somewhere behind `from`; then each item, of which the first `prefix` columns are no part of
   `value` (NULL: it has no more); then the closing bracket, which ends at `end`. */
void print_open(Printer *printer, Items *items, const char *open, uint32_t from);
void print_item(Printer *printer, Items *items, Span span, const Node *value, size_t prefix);
void print_close(Printer *printer, Items *items, const char *close, uint32_t end);
/* The sign of a statement or an operator, and a space or a line's end behind it: it stands between `from` and `right`. */
void print_sign(Printer *printer, const char *sign, uint32_t from, const Node *right);

/* In parentheses where it was written so, or where it would not hold together as tightly as `level`. */
void print_expression(Printer *printer, const Node *node, Level level);
void print_statement(Printer *printer, const Node *node);
/* Control, blocks, functions and statements: whatever is no plain expression. */
void print_control(Printer *printer, const Node *node);
void print_parameters(Printer *printer, const Function *function);
void print_block(Printer *printer, const Node *block);
/* The same with a handler's clauses. */
void print_body(Printer *printer, const Node *block, const Clause *clauses, uint32_t n_clauses);
void print_clause(Printer *printer, const Clause *clause);

#endif
