/* Whether a guide fits its model: looked at before the first step. */
#ifndef ELBO_INFERENCE_PAIRING_H
#define ELBO_INFERENCE_PAIRING_H

#include "runtime/trace.h"

/* Compares the traces of a model (replayed) and its guide: every latent site of the model must be drawn by the guide, and
   the guide draws nothing else. Raises guide-missing-site or guide-extra-site at the site, and
   warns of guide-samples-observed. */
void pairing_check(State *S, const Trace *model, const Trace *guide);

#endif
