/* The names and string constants of a chunk: equal text, equal pointer. */
#ifndef ELBO_PARSER_NAMES_H
#define ELBO_PARSER_NAMES_H

#include <stdint.h>

#include "parser/arena.h"
#include "parser/tree.h"

typedef struct Names {
    Arena *keep;    /* for the names themselves */
    Arena *scratch; /* for the table */
    Name **table;   /* open addressing; a power of two */
    uint32_t capacity;
    Name **all;     /* in order of their index */
    uint32_t count;
} Names;

void names_open(Names *names, Arena *keep, Arena *scratch);
Name *names_get(Names *names, const char *text, size_t length);

#endif
