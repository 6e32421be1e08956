/* Lists that grow while the grammar reads them. */
#ifndef ELBO_PARSER_VECTOR_H
#define ELBO_PARSER_VECTOR_H

#include <stddef.h>
#include <stdint.h>

#include "parser/arena.h"

typedef struct Vector {
    Arena *arena;
    char *items;
    uint32_t count;
    uint32_t capacity;
    size_t size; /* of an item */
} Vector;

Vector *vector_new(Arena *arena, size_t size);
Vector *vector_push(Vector *vector, const void *item);
void *vector_at(const Vector *vector, uint32_t position);
/* A copy of the items in `arena`; NULL if there are none. A NULL vector has none. */
void *vector_keep(const Vector *vector, Arena *arena);

#endif
