/* From text to a resolved tree. */
#ifndef ELBO_PARSER_PARSE_H
#define ELBO_PARSER_PARSE_H

#include "lexer/diagnostic.h"
#include "parser/tree.h"

/* Where all memory of a parse comes from: returns NULL when there is none (never exits). size 0 frees. */
typedef void *ParseAllocate(void *user, void *block, size_t old_size, size_t new_size);

/* Receives each error and warning; its texts live only during the call. */
typedef void ParseReport(void *user, const Diagnostic *diagnostic);

typedef enum ParseStatus {
    PARSE_OK,
    PARSE_ERRORS,     /* one to ten errors were reported */
    PARSE_INCOMPLETE, /* the text is fine as far as it goes but ends early (open bracket, open block, trailing operator);
                         reported as an error as well unless `quiet_incomplete` */
    PARSE_NO_MEMORY
} ParseStatus;

typedef struct ParseOptions {
    ParseAllocate *allocate;
    ParseReport *report;
    void *user;
    bool quiet_incomplete; /* for the REPL */
    bool interactive;      /* a bare expression at top level is no unused value, */
    bool valued;           /* or only the last one is none: somebody wants it */
} ParseOptions;

/* Parses and resolves `source` (which must outlive the chunk). On PARSE_OK stores the chunk in *out, else NULL. */
ParseStatus parse(const Source *source, const ParseOptions *options, Chunk **out);
void chunk_free(Chunk *chunk);

#endif
