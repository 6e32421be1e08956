#include "parser/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <string.h>

enum { ARENA_BLOCK = 32768 };

struct ArenaBlock {
    ArenaBlock *next;
    size_t size; /* of the whole block */
    alignas(max_align_t) char bytes[];
};

void arena_open(Arena *arena, ParseAllocate *allocate, void *user, jmp_buf *escape)
{
    *arena = (Arena){ .allocate = allocate, .user = user, .escape = escape };
}

static ArenaBlock *add_block(Arena *arena, size_t bytes)
{
    size_t size = sizeof(ArenaBlock) + bytes;
    ArenaBlock *block = bytes > SIZE_MAX / 2 ? NULL : arena->allocate(arena->user, NULL, 0, size);

    if (block == NULL)
        longjmp(*arena->escape, 1);
    block->next = arena->blocks;
    block->size = size;
    arena->blocks = block;
    return block;
}

void *arena_allocate(Arena *arena, size_t size)
{
    size_t wanted = size == 0 ? alignof(max_align_t) : (size + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
    char *result;

    if (wanted < size)
        longjmp(*arena->escape, 1);
    if (wanted > ARENA_BLOCK / 4) {
        result = add_block(arena, wanted)->bytes;
        memset(result, 0, size);
        return result;
    }
    if (wanted > arena->left) {
        arena->next = add_block(arena, ARENA_BLOCK)->bytes;
        arena->left = ARENA_BLOCK;
    }
    result = arena->next;
    arena->next += wanted;
    arena->left -= wanted;
    memset(result, 0, size);
    return result;
}

void arena_free(Arena *arena)
{
    ParseAllocate *allocate = arena->allocate;
    void *user = arena->user;
    ArenaBlock *block = arena->blocks;

    while (block != NULL) {
        ArenaBlock *next = block->next;

        allocate(user, block, block->size, 0);
        block = next;
    }
}
