/* Broadcasting and its transpose on a stretch of a layout's memory, for loops that never hold the whole of it.

   `narrow` broadcasts to `wide`: its axes are among wide's, and its event shape is wide's or a number's. A stretch is the
   `n` doubles from `offset` on, both multiples of 8; it may cover several rows or a part of one. */
#ifndef ELBO_RUNTIME_SPREAD_H
#define ELBO_RUNTIME_SPREAD_H

#include "runtime/layout.h"

enum { SPREAD_BLOCK = 1024 };

/* The length of the stretch from `offset` on that a loop over `wide` takes next: whole rows, or a block of a row where sums
   have theirs (kernel_sum). At most SPREAD_BLOCK. */
size_t spread_stretch(const Layout *wide, size_t offset);
/* out[i] = narrow's element for wide's element offset + i. */
void spread_fill(const Layout *narrow, const double *data, const Layout *wide, size_t offset, size_t n,
                 double *restrict out);
/* The transpose: adds x[i], over wide, to narrow's elements. Padding is left out of sums. */
void spread_sum(const Layout *narrow, double *sum, const Layout *wide, size_t offset, size_t n, const double *restrict x);

/* Stretches by number, for threads that take some each. How many there are, and where one begins. */
size_t spread_stretches(const Layout *wide);
size_t spread_offset(const Layout *wide, size_t stretch);
/* Whether narrow moves along wide's rows. */
bool spread_has_row(const Layout *narrow, const Layout *wide);
/* spread_sum in two steps, for a narrow that does not: each stretch puts the sums of its rows or of its part of one at places of
   its own among the spread_parts(wide) doubles of `parts`, and when all are there they are added in the order of spread_sum. */
size_t spread_parts(const Layout *wide);
void spread_sum_parts(const Layout *wide, size_t stretch, size_t n, const double *x, double *parts);
void spread_add_parts(const Layout *narrow, double *sum, const Layout *wide, const double *parts);

#endif
