/* Where a bad number came from: the param behind it, read off the tape. */
#ifndef ELBO_RUNTIME_PROVENANCE_H
#define ELBO_RUNTIME_PROVENANCE_H

#include "runtime/trace.h"

enum { PROVENANCE_TEXT = 400 };

/* What is known of a value that must satisfy a constraint and does not. Both texts are empty if that is nothing. */
typedef struct Provenance {
    char origin[PROVENANCE_TEXT]; /* "; it comes from param 'sigma' (line 4), which is unconstrained" */
    char advice[PROVENANCE_TEXT]; /* "Write `param sigma: positive = 1`." */
} Provenance;

/* Looks among the params that the traces under way have met for one that v depends on, those without a constraint first.
   `wanted` is the name of the constraint that would help. */
Provenance provenance_find(State *S, Value v, const char *wanted);

/* The advice to write a param's statement with the constraint `wanted` in it; an empty text where that would not do. */
void provenance_suggest(const Node *param, const Source *source, const char *wanted, char text[PROVENANCE_TEXT]);

#endif
