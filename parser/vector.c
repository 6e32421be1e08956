#include "parser/vector.h"

#include <string.h>

Vector *vector_new(Arena *arena, size_t size)
{
    Vector *vector = arena_allocate(arena, sizeof *vector);

    *vector = (Vector){ .arena = arena, .size = size };
    return vector;
}

Vector *vector_push(Vector *vector, const void *item)
{
    if (vector->count == vector->capacity) {
        uint32_t capacity = vector->capacity == 0 ? 4 : vector->capacity * 2;
        char *items = arena_allocate(vector->arena, capacity * vector->size);

        if (vector->count > 0)
            memcpy(items, vector->items, vector->count * vector->size);
        vector->items = items;
        vector->capacity = capacity;
    }
    memcpy(vector->items + vector->count++ * vector->size, item, vector->size);
    return vector;
}

void *vector_at(const Vector *vector, uint32_t position)
{
    return vector->items + position * vector->size;
}

void *vector_keep(const Vector *vector, Arena *arena)
{
    void *items;

    if (vector == NULL || vector->count == 0)
        return NULL;
    items = arena_allocate(arena, vector->count * vector->size);
    memcpy(items, vector->items, vector->count * vector->size);
    return items;
}
