/* Small dense matrices, row by row: the algorithms of linear algebra for one lane. */
#ifndef ELBO_STDLIB_DENSE_H
#define ELBO_STDLIB_DENSE_H

#include <stdbool.h>
#include <stddef.h>

/* LU factors in place with partial pivoting (Golub and Van Loan, Matrix Computations, 3.4); order[i] is the row that came to
   place i; scale is room for n doubles. Returns the sign of the permutation, or 0 if the matrix is singular to working
   precision (a pivot is nothing beside its row). */
int dense_factor(double *a, size_t n, size_t *order, double *scale);
/* Solves with the factors: x = A^-1 b for one right side. */
void dense_solve(const double *lu, size_t n, const size_t *order, const double *b, double *x);
/* The lower triangle L with L L' = a, zeros above; false if a is not positive definite. Reads the lower triangle. */
bool dense_cholesky(const double *a, size_t n, double *l);
/* inverse = l^-1 for a lower triangle. */
void dense_invert_lower(const double *l, size_t n, double *inverse);

#endif
