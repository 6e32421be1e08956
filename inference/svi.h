/* A fit that is running: what the files svi*.c share. */
#ifndef ELBO_INFERENCE_SVI_H
#define ELBO_INFERENCE_SVI_H

#include "inference/estimator.h"
#include "inference/fit.h"

/* What stays the same from step to step. */
typedef struct SviRun {
    Fit *fit;
    ElboCall *call;
    Record *theta;   /* the params' values, with this step's leaves */
} SviRun;

/* Runs guide and model once, compares them (diagnose.h), and gives the fit its params. */
void svi_prepare(State *S, Fit *fit, const Value *arguments, unsigned n);
/* One step: estimate, sweep, update. The tape must be recording. Nothing of the fit changes before all of it is computed. */
void svi_step(State *S, SviRun *run);

#endif
