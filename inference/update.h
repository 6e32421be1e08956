/* The update of a whole step: from the params' gradients to the params, with all that they share. */
#ifndef ELBO_INFERENCE_UPDATE_H
#define ELBO_INFERENCE_UPDATE_H

#include "inference/fit.h"

/* Raises unknown-param if the fit's optimizer has settings for a param that the fit does not have. */
void update_check(State *S, const Fit *fit);
/* Begins the optimizer's state, which has seen no step then: when a fit begins, or goes on with another kind of optimizer. Checks
   as update_check does. */
void update_start(State *S, Fit *fit);

/* The learning rates of step number fit->done, one for each group of the optimizer, in the tape's memory; may run program
   code. Call it before the step puts anything on the tape. */
const double *update_rates(State *S, const Fit *fit);

/* Moves all params of the fit, and the optimizer's state, along the gradients of the ELBO: gradients[k], of params[k]'s
   layout, NULL where zero. All is computed beside the fit, and committed at once if all of it is finite: then NULL is returned.
   Otherwise nothing of the fit has changed, and it is a param that would become no number. */
const FitParam *update_params(State *S, Fit *fit, const double *const gradients[], const double rates[]);
/* Raises not-a-number for such a param. */
_Noreturn void update_raise(State *S, const Fit *fit, const FitParam *param);

#endif
