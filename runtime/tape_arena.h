/* The tape's memory: handed out front to back, given back all at once, kept for the next step. */
#ifndef ELBO_RUNTIME_TAPE_ARENA_H
#define ELBO_RUNTIME_TAPE_ARENA_H

#include "runtime/tape.h"

/* 64-byte aligned; not initialised. Raises out-of-memory. */
void *tape_arena_allocate(State *S, TapeArena *arena, size_t bytes);
/* Everything handed out is free again; the blocks stay. */
void tape_arena_clear(TapeArena *arena);
/* Gives the blocks back to the allocator. */
void tape_arena_free(State *S, TapeArena *arena);

#endif
