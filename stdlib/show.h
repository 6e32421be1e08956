/* SPDX-License-Identifier: GPL-3.0-or-later
   Values as an interactive session shows them: at length, but never longer than a screen. */
#ifndef ELBO_STDLIB_SHOW_H
#define ELBO_STDLIB_SHOW_H

#include "runtime/value.h"

/* Appends the value to the text that is being built (runtime/text.h), fitted to S->options.width columns (0: 80), without a
   newline at its end. A distribution's moments run program code, so `v` must lie on the value stack or be reachable; an error
   there leaves out what it would have said, and neither the random stream nor the state's last error change. Raises nothing
   but out-of-memory. */
void show_value(State *S, Value v);

#endif
