/* Which lanes are on, as seen from a narrower or wider layout; for checks. */
#ifndef ELBO_RUNTIME_LANES_ON_H
#define ELBO_RUNTIME_LANES_ON_H

#include "runtime/layout.h"

/* Over `layout`: not 0 where any lane that belongs to the entry is on. NULL: all are on. */
const double *lanes_on(State *S, const Layout *layout);

#endif
