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

#endif
