/* "Did you mean": the nearest of some names. */
#ifndef ELBO_RUNTIME_SUGGEST_H
#define ELBO_RUNTIME_SUGGEST_H

#include "runtime/state.h"

/* Keeps the best of the candidates it is offered. */
typedef struct Suggestion {
    const char *wrong;
    const char *best; /* NULL: none is near enough */
    unsigned distance;
    const char *synonyms; /* what else it may mean, the likeliest first, in words; NULL: nothing is known */
    size_t rank;          /* where `best` is among them */
} Suggestion;

Suggestion suggest_begin(const char *wrong);
/* Of arguments of a built-in function or distribution, or the latter's fields: other languages' names for them count as near. */
Suggestion suggest_begin_argument(const char *function, const char *wrong);
void suggest_offer(Suggestion *s, const char *candidate);
/* The variable (of the current call, the top level or built-in) that is nearest to `name`, or what is written here for a
   distribution of that name elsewhere, or NULL. */
const char *suggest_variable(State *S, const String *name);

#endif
