/* The allocator gate: the one door through which the interpreter gets memory from its host. */
#ifndef ELBO_RUNTIME_MEMORY_H
#define ELBO_RUNTIME_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "elbo.h"

typedef struct elbo_State State;

enum { MEMORY_CLASSES = 72 };

typedef struct FreeBlock {
    struct FreeBlock *next;
} FreeBlock;

/* Freed blocks are kept by size class and given out again, so that a loop in its steady state asks the host for nothing.
   Without pooling (sanitizers, fault injection) every request goes to the host. */
typedef struct Memory {
    elbo_Allocate *allocate;
    void *user;
    bool pooling;
    FreeBlock *free[MEMORY_CLASSES];
    struct Slab *slabs; /* where small blocks are carved from */
    size_t in_use;      /* bytes given out */
    size_t pooled;      /* bytes lying in `free` */
    uint64_t requests;  /* calls of the host's allocator so far */
} Memory;

/* A block of `size` bytes, aligned to 64 from 64 bytes on and to 16 below. Raises out-of-memory; never returns NULL. */
void *memory_new(State *S, size_t size);
/* The same, but NULL when there is no memory. */
void *memory_try(State *S, size_t size);
/* `size` must be what the block was asked with. NULL is fine. */
void memory_free(State *S, void *block, size_t size);
/* A block of `size` bytes with the first min(old_size, size) bytes of `block`, which is freed. Raises out-of-memory, in
   which case `block` is as it was. */
void *memory_resize(State *S, void *block, size_t old_size, size_t size);
/* Gives pooled blocks back to the host, all but small ones. */
void memory_trim(Memory *memory);
/* Gives everything back that lies in pools: when the state closes. */
void memory_close(Memory *memory);

/* Makes room for one more item in a growing array `p` of `count` items with `capacity`. */
#define MEMORY_GROW(S, p, count, capacity)                                                                              \
    ((count) < (capacity) ? (void)0                                                                                     \
                          : (void)((p) = memory_resize((S), (p), (capacity) * sizeof *(p),                              \
                                                       ((capacity) ? 2 * (size_t)(capacity) : 8) * sizeof *(p)),        \
                                   (capacity) = (capacity) ? 2 * (capacity) : 8))

#endif
