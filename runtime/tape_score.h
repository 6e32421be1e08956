/* Score edges: gradients through draws that have no reparameterised gradient.

   Such a draw, when its parameters are on the tape, becomes a leaf, and log q of its value a node beside it. Before a reverse
   sweep each draw gets its *cost*, a number for each of its lanes: the sum of the terms of the root that may depend on the
   draw. The cost seeds the adjoint of log q, and the sweep goes on as ever: cost * d log q is the score-function estimate
   (Schulman et al., Gradient estimation using stochastic computation graphs, 2015; Foerster et al., DiCE, 2018).

   Terms. The root is followed down through linear operations; where these end stand the terms T with weights w, and
   root = sum of <w, T>. A lane of a draw gets the terms' elements in its own lane, along the axes that are *matched*: those that
   were not lost on any way from the draw to the term. Along all others the term is summed.

   Dependency is read off the tape. Operations that take a stochastic input without a derivative by it add an EDGE_DEPENDS. What
   the program itself reads of a draw (a condition, a bound, a list's index) leaves no values that could carry an edge: it makes a
   node of what was *read so far*, which everything that is noted later may depend on, and a value whose lanes are mixed later
   (it leaves a plate) depends on by an edge. Which terms a draw's lane gets must not hang on that lane's outcome, or the
   estimate is biased; therefore terms are spread over all lanes around, once something was read, for a value may have lanes only
   because the two sides of an `if` both ran.

   All of this happens in score mode only: when the tape has at least one score draw. */
#ifndef ELBO_RUNTIME_TAPE_SCORE_H
#define ELBO_RUNTIME_TAPE_SCORE_H

#include "runtime/distribution.h"
#include "runtime/state.h"

typedef struct ScoreDraw {
    String *name;
    uint32_t value, log_q; /* nodes */
    const Layout *layout;  /* of log q: the draw's lanes */
    const double *on;      /* lanes that have drawn, over layout; NULL: all */
    double *cost;          /* over layout; NULL: zero */
    uint32_t layouts;      /* newest draw so far that is the first of its layout: index + 1 */
    uint32_t earlier;      /* of such a draw: the one before it; 0: none */
} ScoreDraw;

/* The value of a node that is an input of linear operations. */
typedef struct ScoreTerm {
    uint32_t node;
    uint64_t read;      /* what was read when it was noted */
    const double *data; /* NULL: `number` */
    double number;
} ScoreTerm;

/* ---- Draws ---- */

/* The draw v of d, whose node is a barrier, as a score draw in the lanes that are on: with a node of its own. */
Value score_draw(State *S, String *name, Distribution *d, Value v);
/* Whether a score draw has one of these axes, so that terms are to be kept apart along them. */
bool score_has_axes(const State *S, uint32_t n_axes, Axis *const axes[]);

/* ---- What operations tell; all of it in score mode only ---- */

/* Whether v depends on a score draw. */
static inline bool score_is_stochastic(const State *S, Value v) {
    return tape_has(S, v) && S->tape.nodes[v.node - S->tape.base].flags & NODE_STOCHASTIC;
}

/* v as an input of a linear operation whose result has `lanes`: noted, a leaf if it is a constant that may depend on what was
   read, and then with all of these lanes. Its event shape stays. */
Value score_term(State *S, Value v, const Layout *lanes);
/* The same, but a constant is made a leaf whatever was read. */
Value score_term_always(State *S, Value v, const Layout *lanes);
/* Whether a value of that layout has all lanes around, or nothing was read: only then may a linear operation be taken apart. */
bool score_is_whole(const State *S, const Layout *layout);
/* The newest node, which is v's, is linear. */
void score_mark(State *S, Value v, unsigned flags);
/* The node's factors were given by the library, not by the program: they depend on nothing. */
void score_fixed_weight(State *S, Value v);
/* `result` with the node of `derivative`, whose value is another: it is no sum of terms. */
Value score_with_derivative(State *S, Value result, Value derivative);
/* `result`, depending on those of the n values that are stochastic: for operations without a derivative by them. */
Value score_depends(State *S, Value result, const Value *values, unsigned n);
/* `result`, whose newest node took the axes of its n leading event dimensions back, lane for lane, from `crossed`. */
void score_returned(State *S, Value result, Value crossed, Axis *const axes[], uint32_t n);
/* `result`, whose lanes were mixed, depending on all that was read. */
Value score_mixed(State *S, Value result);

/* ---- What the program itself reads ---- */

/* A condition that makes a mask: each lane decides for itself. */
void score_read_lanes(State *S, Value v);
/* One number or truth value for the whole program; of records and lists, of all that is in them. */
void score_read(State *S, Value v);

/* ---- For the sweeps (tape_cost.c) ---- */

/* Computes the cost of each draw that comes before the root, whose own node it returns (a constant may get one). Leaves adjoints
   behind. */
Value score_costs(State *S, Value root);

#endif
