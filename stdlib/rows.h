/* Work along one dimension of an array: what reductions are made of. "Along" is always the last dimension; the dimensions
   before it and the lanes are repetitions. */
#ifndef ELBO_STDLIB_ROWS_H
#define ELBO_STDLIB_ROWS_H

#include "runtime/operations.h"
#include "runtime/native.h"

static inline bool argument_given(Value v) { return v.tag != VALUE_UNASSIGNED; }

/* v as an array along whose last dimension `function` works: without an axis all of the event as one vector (a number as a
   vector of one); axis 0 of a matrix goes down the rows, 1 along the columns. Raises a type error for what is no number. */
Value rows_of(State *S, const char *function, Value v, Value axis);

/* The layout without the last dimension. */
const Layout *rows_layout(State *S, const Layout *layout);
/* Number of rows, and how long one is. */
size_t rows_count(const Layout *layout);
size_t rows_length(const Layout *layout);

/* Sum along the last dimension, which goes. */
Value rows_sum(State *S, Value v);
/* v repeated n times along a new last dimension. */
Value rows_spread(State *S, Value v, size_t n);
/* The values of v at the places in the table: entry k says where in v's data the element k of the result (over `layout`,
   padding included and ignored) stands. The table may lie anywhere; it is copied if the tape needs it. */
Value rows_gather(State *S, Value v, const Layout *layout, const size_t *table);

/* For each row and lane: fills positions[0 … n_positions) with positions along the row, n its length. */
typedef void RowChoice(const double *row, size_t n, size_t *positions, size_t n_positions, void *context);
/* The elements that `choice` chooses: the last dimension becomes n_chosen long, or goes when n_chosen is 1 and `drop`. */
Value rows_choose(State *S, Value v, size_t n_chosen, bool drop, RowChoice *choice, void *context);
/* The positions themselves, as constant numbers. */
Value rows_positions(State *S, Value v, size_t n_chosen, bool drop, RowChoice *choice, void *context);

/* Whether lane `lane` (an offset within a component) is no padding. */
static inline bool lane_is_real(const Layout *l, size_t lane) {
    return l->n_axes == 0 || lane % l->row < l->axes[l->n_axes - 1]->size;
}

/* Room for n doubles that lasts until the collector runs. */
double *rows_scratch(State *S, size_t n);

#endif
