/* What sweep.c and tape_cost.c share. */
#ifndef ELBO_RUNTIME_TAPE_PARTS_H
#define ELBO_RUNTIME_TAPE_PARTS_H

#include "runtime/state.h"

/* All adjoints are zero again. */
void tape_forget_adjoints(Tape *tape);
/* The place of a node's adjoint, zero at first. */
double *tape_adjoint_place(State *S, TapeNode *node);
/* Hands the node's adjoint, which is there, on to its inputs. */
void tape_reverse_node(State *S, const TapeNode *node);

#endif
