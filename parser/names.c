#include "parser/names.h"

#include <string.h>

enum { NAMES_FIRST_CAPACITY = 64 };

void names_open(Names *names, Arena *keep, Arena *scratch)
{
    *names = (Names){ .keep = keep, .scratch = scratch, .capacity = NAMES_FIRST_CAPACITY };
    names->table = arena_allocate(scratch, names->capacity * sizeof(Name *));
    names->all = arena_allocate(scratch, names->capacity / 2 * sizeof(Name *));
}

static uint32_t hash(const char *text, size_t length)
{
    uint32_t h = 2166136261u; /* FNV-1a */

    for (size_t i = 0; i < length; i++)
        h = (h ^ (unsigned char)text[i]) * 16777619u;
    return h;
}

static Name **find(Names *names, const char *text, size_t length)
{
    uint32_t mask = names->capacity - 1;
    uint32_t i = hash(text, length) & mask;

    while (names->table[i] != NULL &&
           (names->table[i]->length != length || (length > 0 && memcmp(names->table[i]->text, text, length) != 0)))
        i = (i + 1) & mask;
    return &names->table[i];
}

static void grow(Names *names)
{
    Name **all = names->all;

    names->capacity *= 2;
    names->table = arena_allocate(names->scratch, names->capacity * sizeof(Name *));
    names->all = arena_allocate(names->scratch, names->capacity / 2 * sizeof(Name *));
    memcpy(names->all, all, names->count * sizeof(Name *));
    for (uint32_t i = 0; i < names->count; i++)
        *find(names, all[i]->text, all[i]->length) = all[i];
}

Name *names_get(Names *names, const char *text, size_t length)
{
    Name **place = find(names, text, length);
    Name *name;
    char *copy;

    if (*place != NULL)
        return *place;
    if (names->count == names->capacity / 2) {
        grow(names);
        place = find(names, text, length);
    }
    name = arena_allocate(names->keep, sizeof *name);
    copy = arena_allocate(names->keep, length + 1);
    if (length > 0)
        memcpy(copy, text, length);
    *name = (Name){ .text = copy, .length = (uint32_t)length, .index = names->count };
    names->all[names->count++] = name;
    *place = name;
    return name;
}
