/* Triangular systems, one for each lane. */
#ifndef ELBO_RUNTIME_KERNELS_TRIANGULAR_H
#define ELBO_RUNTIME_KERNELS_TRIANGULAR_H

#include <stdbool.h>
#include <stddef.h>

/* Solves L x = x, or L^T x = x if `transposed`, in place, for n lanes (a multiple of 8) behind each other. Element i of x stands
   at x + i * x_step; element (i, j) of L at l + (i * order + j) * l_step, and of L only the lower triangle is read. An L that does
   not move has one number for all lanes. By the zero rule a right side of exact zeros has exact zeros as its solution, whatever L
   is. */
void kernel_solve_triangular(size_t n, double *x, size_t x_step, const double *l, size_t l_step, bool l_moves, size_t order,
                             bool transposed);

#endif
