/* Watching: a step that went wrong is run once more (S->watching), and every expression's value is looked at. */
#ifndef ELBO_RUNTIME_WATCH_H
#define ELBO_RUNTIME_WATCH_H

#include "runtime/state.h"

/* A value that was not finite where it was computed. */
typedef struct WatchFind {
    const Node *node;
    const Source *source;
    uint64_t id;       /* its node on the tape; 0: a constant */
    double value;      /* its first number that is not finite, */
    size_t bad, lanes; /* of so many lanes; 1 of 1 without */
} WatchFind;

/* Who computed a node of the tape. */
typedef struct WatchPlace {
    const Node *node;
    const Source *source;
} WatchPlace;

/* Starts watching an empty tape; stops it, and keeps what was found until the next start. */
void watch_begin(State *S);
void watch_end(State *S);
void watch_free(State *S);
/* The evaluator has found `v` to be the value of `node`. */
void watch_value(State *S, const Node *node, Value v);
/* The expression that computed a node of the watched tape; NULL: none did. */
const WatchPlace *watch_place(const State *S, uint64_t id);
/* The first find that `root`, a value on the tape, may depend on; NULL: there is none. */
const WatchFind *watch_first(State *S, Value root);

#endif
