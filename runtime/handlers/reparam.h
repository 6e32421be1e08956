/* How `reparam` rewrites a site: LocScale(), Transform(), Auto(). */
#ifndef ELBO_RUNTIME_HANDLERS_REPARAM_H
#define ELBO_RUNTIME_HANDLERS_REPARAM_H

#include "runtime/trace.h"

/* A rewriting: sends another site instead of the message's, and settles that as a function of its draw. A row of the table
   in reparam.c. */
typedef struct ReparamRow {
    const char *name;
    const char *signature;
    bool (*fits)(const Distribution *d); /* NULL: all do, and it leaves alone what it cannot rewrite */
    /* false: nothing was done. */
    bool (*apply)(State *S, Value argument, Message *message);
    const char *wants; /* of a distribution, in words */
    const char *help;
} ReparamRow;

extern const ReparamRow reparam_rows[]; /* ended by a row without a name */

/* A rewriting with its argument: LocScale(0.5). */
typedef struct Reparam {
    Object header;
    const ReparamRow *row;
    Value argument;
} Reparam;

/* Adds the functions that make them to a new state. */
void reparam_natives(State *S);
void reparam_mark(State *S, Object *object);
void reparam_print(State *S, Object *object);

#endif
