/* The state of one parse, and how its parts report errors. */
#ifndef ELBO_PARSER_REPORT_H
#define ELBO_PARSER_REPORT_H

#include <setjmp.h>
#include <stdbool.h>
#include <stdint.h>

#include "lexer/kinds.h"
#include "lexer/layout.h"
#include "parser/arena.h"
#include "parser/names.h"
#include "parser/parse.h"
#include "parser/tree.h"

enum {
    PARSE_MAX_ERRORS = 10,
    PARSE_MAX_WARNINGS = 10,
    TREE_MAX_DEPTH = 1000, /* nodes above one another, so that recursion over a tree stays within the C stack */
    PARSER_RECENT_NAMES = 8
};

/* What the parser leaves by when it cannot go on. */
typedef enum Escape { ESCAPE_NO_MEMORY = 1, ESCAPE_STOP = 2 } Escape;

typedef struct Parser {
    const Source *source;
    const ParseOptions *options;
    Arena *keep;     /* the chunk's memory */
    Arena scratch;   /* lives as long as the parse */
    jmp_buf escape;
    Names names;
    Layout layout;
    Chunk *chunk;
    uint32_t errors;
    uint32_t warnings;
    bool incomplete; /* the one error is that the text ends early */
    /* What error messages look at: the tokens of the statement so far. */
    Token found;    /* given to the grammar last */
    Token previous; /* before it */
    Token first;    /* of the statement */
    Token names_seen[PARSER_RECENT_NAMES]; /* its last names: a ring */
    uint32_t n_names_seen;
    Token slashes;   /* its last `//`, or kind END */
    bool assigned;   /* the statement has had its `=` */
    bool unbalanced; /* brackets do not pair: what follows may stand in the wrong block */
} Parser;

/* Reports an error; after the tenth the parse stops. `advice` may be NULL. */
void parser_error(Parser *parser, Kind kind, Span span, const char *advice, const char *format, ...)
    __attribute__((format(printf, 5, 6)));
void parser_warning(Parser *parser, Kind kind, Span span, const char *advice, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/* Leaves the parse; never returns. */
void parser_stop(Parser *parser) __attribute__((noreturn));

/* The line of a place, for messages. */
uint32_t parser_line(const Parser *parser, uint32_t offset);

/* Text of the program as messages quote it: short and without half characters. */
typedef struct Quote {
    char text[64];
} Quote;
Quote parser_quote(const char *text, size_t length);

/* Runs the grammar, which makes parser->chunk->main, of what it can read. */
void grammar_run(Parser *parser);

#endif
