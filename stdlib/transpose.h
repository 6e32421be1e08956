/* Rearranging matrices. */
#ifndef ELBO_STDLIB_TRANSPOSE_H
#define ELBO_STDLIB_TRANSPOSE_H

#include "runtime/operations.h"

/* Rows become columns. v must be a matrix. */
Value operation_transpose(State *S, Value v);
/* A vector as the diagonal of a matrix; the diagonal of a matrix as a vector. */
Value operation_diagonal(State *S, Value v);

#endif
