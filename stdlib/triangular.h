/* Triangular matrices as values: differentiable, with lanes in either operand. */
#ifndef ELBO_STDLIB_TRIANGULAR_H
#define ELBO_STDLIB_TRIANGULAR_H

#include "runtime/operations.h"

/* The x with L x = b, or with L^T x = b if `transposed`. l is a square matrix of which only the lower triangle is read; b a vector
   or a matrix with as many rows (shape errors otherwise). A zero on the diagonal gives infinite or NaN elements; no error. */
Value triangular_solve(State *S, Value l, Value b, bool transposed);
/* The lower triangle of a matrix, with its diagonal; zeros above. */
Value triangular_lower(State *S, Value m);
/* L^-1, whole. */
Value triangular_inverse(State *S, Value l);
/* The sum of the logarithms of the diagonal: log |det L|. */
Value triangular_log_det(State *S, Value l);

/* The lower triangle L with L L^T = m, of a square matrix; `what` is what errors call it ("covariance of MultivariateNormal"): error
   not-positive-definite, in lanes that are on. */
Value linear_cholesky(State *S, Value m, const char *what);

#endif
