/* A fit that is running: what the files svi*.c share. */
#ifndef ELBO_INFERENCE_SVI_H
#define ELBO_INFERENCE_SVI_H

#include "inference/estimator.h"
#include "inference/fit.h"

/* What stays the same from step to step. */
typedef struct SviRun {
    Fit *fit;
    ElboCall *call;
    Record *theta;       /* the params' values, with this step's leaves */
    Handler *subsample;  /* around guide and model; NULL: none */
    Value callback;      /* unassigned: none */
    uint64_t until;      /* the steps that the fit is to have */
    bool silent;         /* S->silent around it */
    Progress *progress;  /* NULL: nobody looks */
} SviRun;

/* Runs guide and model once, on all the data, compares them (diagnose.h), and gives the fit its params. */
void svi_prepare(State *S, Fit *fit);
/* Runs them again, in the stream of another start: params whose initial values are draws take the new ones, the others move
   by standard normal draws on the unconstrained scale. The fit must be a copy of one that svi_prepare has filled. */
void svi_prepare_again(State *S, Fit *fit);
/* The ELBO of the next step, a number on the tape, which must be empty. */
Value svi_estimate(State *S, SviRun *run);
/* One step: estimate, sweep, update. The tape must be recording. Nothing of the fit changes before all of it is computed. */
void svi_step(State *S, SviRun *run);

/* Takes steps, in the stream S->random, until there are `until`, or the callback or the user ends it (fit->interrupted); the
   stream then stands where the next step begins, and fit->random too. An error leaves the fit as its last whole step left it. */
void svi_run(State *S, Fit *fit, uint64_t until, Value callback);
/* After a failed protected call: whether it failed because the user stopped a fit, which ends the fit and not the program; of
   fits inside of callbacks the outermost. True once in a run of the program: the next interrupt is an error. */
bool svi_user_stopped(State *S);
/* Says that the fit was stopped. */
void svi_report_stopped(State *S, const Fit *fit, uint64_t until);

/* Makes `restarts` fits from `plan`, which has no params yet, and returns the one whose ELBO over its last tenth is the
   greatest, with the ELBOs of all. The first is the fit as it is written; the others begin elsewhere (svi_prepare_again), in
   streams of their own. One that fails by an error is left out with a warning; if all do, raises the last one's error. Lies on
   the value stack when this returns. */
Fit *svi_restarts(State *S, const Fit *plan, unsigned restarts, uint64_t steps, Value callback);

#endif
