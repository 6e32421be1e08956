/* Broadcasting between layouts, and its transpose, summing.

   `narrow` broadcasts to `wide`: its axes are among wide's, and its event shape is wide's or a number's. */
#ifndef ELBO_RUNTIME_BROADCAST_H
#define ELBO_RUNTIME_BROADCAST_H

#include "runtime/layout.h"
#include "runtime/tape.h"

enum { WALK_OPERANDS = 6, WALK_LOOPS = LAYOUT_AXES + 1 };

/* Rows of a layout, with the place of each operand in them. Neighbouring rows that lie behind each other in all operands are
   walked as one. */
typedef struct Walk {
    unsigned n_operands, n_loops;
    size_t row;                        /* doubles in a row, a multiple of 8 */
    bool inner[WALK_OPERANDS];         /* whether the operand moves along the row (stride 1) or is one number (stride 0) */
    size_t count[WALK_LOOPS];          /* loops around the row, outermost first */
    size_t stride[WALK_LOOPS][WALK_OPERANDS];
    size_t at[WALK_LOOPS];
    size_t offset[WALK_OPERANDS];      /* of the current row */
} Walk;

/* Starts a walk of `wide`; operands are narrow's that broadcast to it. false: there is no row at all. */
bool walk_begin(Walk *walk, const Layout *wide, unsigned n_operands, const Layout *const operands[]);
/* Goes to the next row; false: that was the last. */
bool walk_next(Walk *walk);

/* The rows of a walk in parts of WALK_PART doubles or fewer, for threads that take some each: how many parts there are; and the
   walk goes to a part, of which it returns the length and stores in *start where in the row it begins. */
enum { WALK_PART = 4096 };
size_t walk_parts(const Walk *walk);
size_t walk_part(Walk *walk, size_t part, size_t *start);

/* What an edge multiplies by: kind SCALE, PARTIAL (over wide) or SELECT (over wide). */
typedef struct Weight {
    EdgeKind kind;
    double factor;
    const double *partial;
} Weight;

/* y (over wide) += weight .* x (over narrow), by the zero rule. A number may be one double without padding. */
void broadcast_add(const Layout *wide, double *y, const Layout *narrow, const double *x, Weight weight);
/* The transpose: x (over narrow) += the sums of weight .* y (over wide). Each sum has the order of kernel_sum, the innermost
   axis first; for one lane of narrow it does not depend on the others. */
void broadcast_sum(const Layout *narrow, double *x, const Layout *wide, const double *y, Weight weight);
/* The same, shared among threads if they are large. */
void broadcast_add_shared(State *S, const Layout *wide, double *y, const Layout *narrow, const double *x, Weight weight);
void broadcast_sum_shared(State *S, const Layout *narrow, double *x, const Layout *wide, const double *y, Weight weight);

#endif
