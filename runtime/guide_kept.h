/* SPDX-License-Identifier: GPL-3.0-or-later
   A model that is defined anew keeps the guide that its name had before. */
#ifndef ELBO_RUNTIME_GUIDE_KEPT_H
#define ELBO_RUNTIME_GUIDE_KEPT_H

#include "runtime/state.h"

/* Warns (guide-stale) where the texts of model and guide tell that the two do not belong together any more: by their sites and by how
   many arguments they take. `node` defines the model; if its text goes on to define a guide too, nothing is said. */
void guide_kept_check(State *S, const Node *node, const Closure *model, const Closure *guide);

#endif
