/* Symmetric positive definite matrices, one for each lane: kernels over at most LANE_CHUNK lanes (a multiple of 8), whose element (i, j)
   is the run m[i * order + j]. */
#ifndef ELBO_STDLIB_DISTRIBUTIONS_LANE_MATRIX_H
#define ELBO_STDLIB_DISTRIBUTIONS_LANE_MATRIX_H

#include <stdbool.h>
#include <stddef.h>

/* The lower triangle L with L L' = m, zeros above, and the logarithm of the determinant of m. broken[i] becomes 1 where m is not
   symmetric (elements differ by more than 1e-8 of the largest), not positive definite or not finite, else 0; L is of no use there. */
void lane_cholesky(size_t n, size_t order, double *const lower[], double *logdet, double *broken, const double *const m[]);
/* broken[i] becomes 1 where `lower` is no lower triangle with zeros above and a positive, finite diagonal; else 0. */
void lane_check_lower(size_t n, size_t order, double *broken, const double *const lower[]);
/* log det of L L'. */
void lane_logdet_lower(size_t n, size_t order, double *out, const double *const lower[]);
/* out = L^-1, zeros above. */
void lane_invert_lower(size_t n, size_t order, double *const out[], const double *const lower[]);
/* out = a' a for a lower triangle: with a = L^-1 the inverse of L L'. */
void lane_square_transposed(size_t n, size_t order, double *const out[], const double *const a[]);
/* out = a b a for symmetric a and b; room is as large as out. */
void lane_sandwich(size_t n, size_t order, double *const out[], const double *const a[], const double *const b[], double *const room[]);

#endif
