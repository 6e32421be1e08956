/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "runtime/tape_arena.h"

#include <stdint.h>

#include "runtime/memory.h"

enum { BLOCK_HEAD = 64, FIRST_BLOCK = 64 * 1024, ALIGNMENT = 64 };

typedef struct TapeBlock {
    struct TapeBlock *next;
    size_t size; /* bytes behind the head, alignment included */
} TapeBlock;

static char *block_data(const TapeBlock *block) {
    uintptr_t start = (uintptr_t)block + BLOCK_HEAD;
    return (char *)((start + (ALIGNMENT - 1)) & ~(uintptr_t)(ALIGNMENT - 1));
}

/* Goes on to the next block that can hold `bytes`, putting a new one in when there is none. */
static void next_block(State *S, TapeArena *arena, size_t bytes) {
    TapeBlock **link = arena->block ? &arena->block->next : &arena->blocks;
    while (*link && (*link)->size < bytes + ALIGNMENT) link = &(*link)->next;
    if (!*link) {
        size_t size = arena->block ? 2 * arena->block->size : FIRST_BLOCK;
        while (size < bytes + ALIGNMENT) size *= 2;
        TapeBlock *block = memory_new(S, BLOCK_HEAD + size);
        block->next = NULL;
        block->size = size;
        *link = block;
    }
    arena->block = *link;
    arena->used = 0;
}

void *tape_arena_allocate(State *S, TapeArena *arena, size_t bytes) {
    bytes = (bytes + (ALIGNMENT - 1)) & ~(size_t)(ALIGNMENT - 1);
    if (!arena->block || arena->used + bytes + ALIGNMENT > arena->block->size) next_block(S, arena, bytes);
    char *memory = block_data(arena->block) + arena->used;
    arena->used += bytes;
    return memory;
}

void tape_arena_clear(TapeArena *arena) {
    arena->block = arena->blocks;
    arena->used = 0;
}

void tape_arena_free(State *S, TapeArena *arena) {
    for (TapeBlock *block = arena->blocks, *next; block; block = next) {
        next = block->next;
        memory_free(S, block, BLOCK_HEAD + block->size);
    }
    *arena = (TapeArena){NULL, NULL, 0};
}
