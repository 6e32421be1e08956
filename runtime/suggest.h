/* "Did you mean": the nearest of some names. */
#ifndef ELBO_RUNTIME_SUGGEST_H
#define ELBO_RUNTIME_SUGGEST_H

#include "runtime/state.h"

/* Keeps the best of the candidates it is offered. */
typedef struct Suggestion {
    const char *wrong;
    const char *best; /* NULL: none is near enough */
    unsigned distance;
} Suggestion;

Suggestion suggest_begin(const char *wrong);
void suggest_offer(Suggestion *s, const char *candidate);
/* The variable (of the current call, the top level or built-in) that is nearest to `name`, or NULL. */
const char *suggest_variable(State *S, const String *name);

#endif
