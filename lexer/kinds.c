#include "lexer/kinds.h"

#include <string.h>

const KindRow kind_rows[KINDS] = {
#define KIND(identifier, name, description) [KIND_##identifier] = { name, description },
#include "lexer/kinds.def"
#undef KIND
};

const char *kind_name(Kind kind)
{
    return kind_rows[kind].name;
}

const KindRow *kind_find(const char *name)
{
    for (size_t i = 0; i < KINDS; i++)
        if (strcmp(kind_rows[i].name, name) == 0)
            return &kind_rows[i];
    return NULL;
}
