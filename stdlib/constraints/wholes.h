/* What constraints of whole vectors and matrices are made of: taped operations along components, over any lanes. */
#ifndef ELBO_STDLIB_CONSTRAINTS_WHOLES_H
#define ELBO_STDLIB_CONSTRAINTS_WHOLES_H

#include <stdio.h>

#include "parser/tree.h"
#include "runtime/constraint.h"
#include "runtime/operations.h"

/* How far sums may be from what they must be, and a unit norm from 1: that of PyTorch's and NumPyro's constraints. */
#define WHOLES_TOLERANCE 1e-6

static inline Value wholes_apply(State *S, const char *function, Value x) { return operation_unary(S, elementwise_find(function), x); }
static inline Value wholes_operate(State *S, Operator which, Value a, Value b) {
    return operation_binary(S, &elementwise_operators[which], a, b);
}
static inline Value wholes_add(State *S, Value a, Value b) { return wholes_operate(S, OPERATOR_ADD, a, b); }
static inline Value wholes_subtract(State *S, Value a, Value b) { return wholes_operate(S, OPERATOR_SUBTRACT, a, b); }
static inline Value wholes_multiply(State *S, Value a, Value b) { return wholes_operate(S, OPERATOR_MULTIPLY, a, b); }
static inline Value wholes_divide(State *S, Value a, Value b) { return wholes_operate(S, OPERATOR_DIVIDE, a, b); }

extern const ConstraintRow constraint_real_vector, constraint_ordered, constraint_simplex, constraint_lower_cholesky;

/* The length of a vector, or of the rows of a matrix. */
size_t wholes_length(State *S, Value v);

/* Components of one or two values with the same lanes in a new order: component k of the result, of the event shape given, is
   number place[k] of a's components followed by b's, or 0 where place[k] is WHOLES_ZERO. b may be none. */
enum { WHOLES_ZERO = -1 };
Value wholes_arrange(State *S, Value a, Value b, uint32_t rank, const size_t dims[], const ptrdiff_t place[]);
/* The components from `from` on, n of them, of a vector; a vector followed by another; a vector backwards. */
Value wholes_slice(State *S, Value v, size_t from, size_t n);
Value wholes_join(State *S, Value a, Value b);
Value wholes_reverse(State *S, Value v);
/* A table of places, gone when the collector runs. */
ptrdiff_t *wholes_places(State *S, size_t n);

/* Running sums along the last dimension of a vector or matrix. `rising`: each is made larger than the one before, by the last
   digit, where adding has not done so. */
Value wholes_running(State *S, Value v, bool rising);

/* exp of what a map computes, kept between the smallest normal and the largest number, as `positive` does. */
Value wholes_exp(State *S, Value v);

/* The places of the lower triangle of an n x n matrix in a vector of its rows, without or with the diagonal. */
static inline size_t wholes_triangle(size_t n) { return n * (n - 1) / 2; }
static inline size_t wholes_full_triangle(size_t n) { return n * (n + 1) / 2; }

#endif
