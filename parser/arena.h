/* Memory that is freed all at once. */
#ifndef ELBO_PARSER_ARENA_H
#define ELBO_PARSER_ARENA_H

#include <setjmp.h>
#include <stddef.h>

#include "parser/parse.h"

typedef struct ArenaBlock ArenaBlock;

/* `escape` is where allocation jumps to (with the value 1) when there is no memory, so that nobody has to look at
   results: whatever is half built lies in arenas too. */
typedef struct Arena {
    ParseAllocate *allocate;
    void *user;
    jmp_buf *escape;
    ArenaBlock *blocks;
    char *next;
    size_t left;
} Arena;

void arena_open(Arena *arena, ParseAllocate *allocate, void *user, jmp_buf *escape);

/* `size` zeroed bytes, aligned for anything. Never NULL. */
void *arena_allocate(Arena *arena, size_t size);

/* Frees everything. The Arena itself may lie in its own memory. */
void arena_free(Arena *arena);

#endif
