/* What can be wrong with a fit, found before the first step and on the way. */
#ifndef ELBO_INFERENCE_DIAGNOSE_H
#define ELBO_INFERENCE_DIAGNOSE_H

#include "inference/svi.h"

/* Compares the traces of a guide and of the model replayed from it, both of the probe (two particles, params on the tape, which
   is still recording). Reports warnings; raises what makes a fit meaningless. */
void diagnose_start(State *S, const Fit *fit, const Trace *model, const Trace *guide);
/* Raises not-a-number for a step whose ELBO is not finite. */
_Noreturn void diagnose_not_finite(State *S, const SviRun *run, double loss);

#endif
