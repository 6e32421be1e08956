/* SPDX-License-Identifier: GPL-3.0-or-later
   Following what depends on what, for the graph of a model: the tape is in score mode (runtime/tape_score.h), every site's
   value is a leaf, and nothing is ever swept.

   Score mode lets what was read count for all that comes behind it, because estimates must not be biased. Here a read counts for
   the statement that did it: for the sites that run in it and for what it assigns. Control that leaves (return, break,
   continue) makes it count for the rest of what was left. */
#ifndef ELBO_RUNTIME_FOLLOW_H
#define ELBO_RUNTIME_FOLLOW_H

#include "runtime/state.h"

typedef enum FollowState {
    FOLLOW_OFF,
    FOLLOW_ON,
    FOLLOW_LOOSE,   /* the program has read of sites: another run may take other ways */
    FOLLOW_STICKING /* and something that depends on it cannot carry an edge (a function): reads count for all behind them */
} FollowState;

/* Starts (ends) following. Raises an error if a gradient is being taken. */
void follow_begin(State *S);
void follow_end(State *S);

/* The value of a site: its numbers, in records and lists too, with a leaf of their own. */
Value follow_leaf(State *S, Value v);

/* Where a statement began. */
typedef struct FollowStatement {
    uint64_t read;
    uint32_t n_nodes;
    Array *mask;
} FollowStatement;

static inline FollowStatement follow_begin_statement(const State *S) {
    return (FollowStatement){S->tape.read, S->tape.n_nodes, S->mask};
}

/* The statement's value, depending on what was read since `read_before`. A site that has just run, and whose value it is, says so
   itself (kind: NodeKind of the statement). */
Value follow_value(State *S, Value v, const FollowStatement *statement, uint64_t read_before, unsigned kind);
/* A value that leaves its function: it depends on all that was read. */
Value follow_returned(State *S, Value v);
void follow_end_statement(State *S, const FollowStatement *statement);

#endif
