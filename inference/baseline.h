/* Decaying averages of what score-function draws cost, which are taken off the cost of the next step.

   A draw z without a pathwise gradient has the term cost * d log q(z) in the gradient. As the score has mean zero, any number
   that does not depend on this step's draws may be taken off the cost: the mean stays, and the variance falls (Mnih and Gregor,
   Neural Variational Inference and Learning in Belief Networks, ICML 2014, section 2.3; Ranganath, Gerrish and Blei, Black Box
   Variational Inference, AISTATS 2014, section 3.2). Here it is an average over the steps before, one for each site and each
   lane of the plates inside the particles. */
#ifndef ELBO_INFERENCE_BASELINE_H
#define ELBO_INFERENCE_BASELINE_H

#include "runtime/state.h"

/* The baseline of one site. */
typedef struct Baseline {
    String *name;
    const Layout *layout; /* the lanes of the plates inside the particles */
    double *mean;         /* layout->size doubles; 0 before the first step */
    double *next;         /* the same with this step's cost mixed in, until it is committed */
    bool pending;
} Baseline;

/* Those of a fit, which owns them. */
typedef struct Baselines {
    Baseline *sites;
    uint32_t count, capacity;
    uint32_t expected; /* the site after the last one that was asked for: steps draw in the same order */
} Baselines;

/* The baseline of the site over `layout`, made if it is new; begun afresh if the layout is another. Valid until the next call. */
Baseline *baseline_at(State *S, Baselines *baselines, String *name, const Layout *layout);
/* Makes this step's averages those of the next. */
void baselines_commit(Baselines *baselines);
/* Forgets what was not committed: a step that failed. */
void baselines_drop(Baselines *baselines);
/* Copies committed averages into `to`, which must be empty, so that a fit that goes on from another one takes the same steps. */
void baselines_copy(State *S, Baselines *to, const Baselines *from);
void baselines_mark(State *S, const Baselines *baselines);
void baselines_free(State *S, Baselines *baselines);

#endif
