/* The kinds of errors and warnings: each has a stable name, shown in brackets and explained by `elbo explain`. */
#ifndef ELBO_LEXER_KINDS_H
#define ELBO_LEXER_KINDS_H

#include <stddef.h>

/* One enumerator for each row of kinds.def. */
typedef enum Kind {
#define KIND(identifier, name, description) KIND_##identifier,
#include "lexer/kinds.def"
#undef KIND
    KINDS
} Kind;

typedef struct KindRow {
    const char *name;
    const char *description; /* one line */
} KindRow;

extern const KindRow kind_rows[KINDS];

/* The stable name, a string constant. */
const char *kind_name(Kind kind);

/* The row of that name, or NULL. */
const KindRow *kind_find(const char *name);

#endif
