/* What constraints of matrices have in common. */
#ifndef ELBO_STDLIB_CONSTRAINTS_MATRICES_H
#define ELBO_STDLIB_CONSTRAINTS_MATRICES_H

#include "stdlib/constraints/wholes.h"

/* How far elements may be from those across the diagonal, beside the largest one. */
#define MATRICES_SYMMETRY 1e-8

extern const ConstraintRow constraint_cov_matrix, constraint_corr_matrix;

Value matrices_identity(State *S, size_t n);
/* L with L L^T = value, NaN in lanes where the value is no member of the row's set. */
Value matrices_cholesky(State *S, const ConstraintRow *row, Value value);

/* The checks of ConstraintRow.member; x has room for n x n numbers behind it. */
bool matrices_is_lower(const double *x, size_t n, char why[CONSTRAINT_WHY]);
bool matrices_is_positive_definite(double *x, size_t n, char why[CONSTRAINT_WHY]);

#endif
