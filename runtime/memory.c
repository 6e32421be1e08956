#include "runtime/memory.h"

#include <string.h>

#include "runtime/error.h"
#include "runtime/state.h"

/* Small blocks are carved from slabs; middling ones are asked for singly and kept when freed; large ones go back at once. */
enum { SMALL_LIMIT = 8 * 1024, KEEP_LIMIT = 4 * 1024 * 1024, SLAB_SIZE = 256 * 1024, ALIGNMENT = 64 };
enum { LARGE_SHIFT = 10, FIRST_LARGE_CLASS = 19 };

typedef struct Slab {
    struct Slab *next;
    size_t size;
} Slab;

/* Four classes to a doubling (from 1024 bytes on), so that at most a quarter of a block is waste. */
static unsigned class_of_large(size_t size, size_t *rounded) {
    unsigned shift = 63 - (unsigned)__builtin_clzll((unsigned long long)(size - 1)); /* 2^shift <= size - 1 */
    size_t quarter = (size_t)1 << (shift - 2);
    size_t steps = (size - 1 - ((size_t)1 << shift)) / quarter + 1;
    *rounded = ((size_t)1 << shift) + steps * quarter;
    return FIRST_LARGE_CLASS + (shift - LARGE_SHIFT) * 4 + (unsigned)(steps - 1);
}

/* Up to 1024 bytes: multiples of 16 up to 64, of 64 behind that, for the alignment. */
static unsigned memory_class(size_t size, size_t *rounded) {
    if (size <= ALIGNMENT) {
        unsigned k = (unsigned)((size + 15) / 16);
        *rounded = k * 16;
        return k - 1;
    }
    if (size > (size_t)1 << LARGE_SHIFT) return class_of_large(size, rounded);
    unsigned k = (unsigned)((size + ALIGNMENT - 1) / ALIGNMENT);
    *rounded = k * ALIGNMENT;
    return 2 + k;
}

static void *memory_host(Memory *m, size_t size) {
    m->requests++;
    return m->allocate(m->user, NULL, 0, size);
}

/* A block from the host, aligned, with the address it came at right before it. */
static void *memory_aligned(Memory *m, size_t size) {
    char *raw = memory_host(m, size + ALIGNMENT + sizeof(void *));
    if (!raw) return NULL;
    char *block = raw + sizeof(void *);
    block += (ALIGNMENT - ((uintptr_t)block & (ALIGNMENT - 1))) & (ALIGNMENT - 1);
    memcpy(block - sizeof(void *), &raw, sizeof(void *));
    return block;
}

static void memory_aligned_free(Memory *m, void *block, size_t size) {
    char *raw;
    memcpy(&raw, (char *)block - sizeof(void *), sizeof(void *));
    m->allocate(m->user, raw, size + ALIGNMENT + sizeof(void *), 0);
}

static bool memory_carve(Memory *m, unsigned class, size_t rounded) {
    char *raw = memory_host(m, SLAB_SIZE);
    if (!raw) return false;
    Slab *slab = (Slab *)raw;
    slab->next = m->slabs;
    slab->size = SLAB_SIZE;
    m->slabs = slab;
    char *block = raw + sizeof(Slab);
    block += (ALIGNMENT - ((uintptr_t)block & (ALIGNMENT - 1))) & (ALIGNMENT - 1);
    FreeBlock **tail = &m->free[class];
    for (; block + rounded <= raw + SLAB_SIZE; block += rounded) {
        *tail = (FreeBlock *)block;
        tail = &(*tail)->next;
        m->pooled += rounded;
    }
    *tail = NULL;
    return true;
}

void *memory_try(State *S, size_t size) {
    Memory *m = &S->memory;
    if (size == 0) size = 1;
    if (size > (size_t)1 << 46) return NULL;
    if (!m->pooling) {
        void *block = memory_host(m, size);
        if (block) m->in_use += size;
        return block;
    }
    if (size > KEEP_LIMIT) {
        void *block = memory_aligned(m, size);
        if (block) m->in_use += size;
        return block;
    }
    size_t rounded;
    unsigned class = memory_class(size, &rounded);
    if (!m->free[class]) {
        if (rounded > SMALL_LIMIT) {
            void *block = memory_aligned(m, rounded);
            if (block) m->in_use += rounded;
            return block;
        }
        if (!memory_carve(m, class, rounded)) return NULL;
    }
    FreeBlock *block = m->free[class];
    m->free[class] = block->next;
    m->pooled -= rounded;
    m->in_use += rounded;
    return block;
}

void *memory_new(State *S, size_t size) {
    void *block = memory_try(S, size);
    if (!block) error_no_memory(S);
    return block;
}

void memory_free(State *S, void *block, size_t size) {
    Memory *m = &S->memory;
    if (!block) return;
    if (size == 0) size = 1;
    if (!m->pooling) {
        m->in_use -= size;
        m->allocate(m->user, block, size, 0);
        return;
    }
    if (size > KEEP_LIMIT) {
        m->in_use -= size;
        memory_aligned_free(m, block, size);
        return;
    }
    size_t rounded;
    unsigned class = memory_class(size, &rounded);
    FreeBlock *free_block = block;
    free_block->next = m->free[class];
    m->free[class] = free_block;
    m->in_use -= rounded;
    m->pooled += rounded;
}

void *memory_resize(State *S, void *block, size_t old_size, size_t size) {
    void *bigger = memory_new(S, size);
    if (block) {
        memcpy(bigger, block, old_size < size ? old_size : size);
        memory_free(S, block, old_size);
    }
    return bigger;
}

void memory_trim(Memory *m) {
    size_t rounded;
    for (size_t size = SMALL_LIMIT + 1; size <= KEEP_LIMIT; size = rounded + 1) {
        unsigned class = memory_class(size, &rounded);
        while (m->free[class]) {
            FreeBlock *block = m->free[class];
            m->free[class] = block->next;
            m->pooled -= rounded;
            memory_aligned_free(m, block, rounded);
        }
    }
}

void memory_close(Memory *m) {
    memory_trim(m);
    while (m->slabs) {
        Slab *slab = m->slabs;
        m->slabs = slab->next;
        m->allocate(m->user, slab, slab->size, 0);
    }
}
