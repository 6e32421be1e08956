/* SPDX-License-Identifier: GPL-3.0-or-later
   How far what takes long has come: told to the host from the first half second on, ten times a second. */
#ifndef ELBO_RUNTIME_PROGRESS_H
#define ELBO_RUNTIME_PROGRESS_H

#include "runtime/state.h"

/* Begins to count the steps of the outermost loop or fit; total 0: nobody knows how many there will be. The name follows printf's
   rules. NULL if nobody looks, or if something that is counted goes on already, of which this is but a part. */
Progress *progress_begin(State *S, ProgressLevel level, uint64_t total, const char *format, ...)
    __attribute__((format(printf, 4, 5), cold));
/* Its name from now on. */
void progress_rename(Progress *p, const char *format, ...) __attribute__((format(printf, 2, 3), cold));
/* Counts a step; whether it is time for progress_is_due. p may be NULL. */
static inline bool progress_step(Progress *p) { return p && RARELY(++p->done >= p->look); }
/* Looks at the clock, and says when to look again: the faster the steps, the more of them. Whether to show it now. */
bool progress_is_due(Progress *p) __attribute__((cold));
/* Shows it; `elbo` and its `noise` may be NaN. */
void progress_show(State *S, Progress *p, double elbo, double noise) __attribute__((cold));
/* It is over, whether or not it came to its end: the host, if it has seen it, hears so. p may be NULL. */
void progress_end(State *S, Progress *p);
/* The set of what is counted now, one bit for each level; and the end of all that is not in it. */
unsigned progress_active(const State *S);
void progress_unwind(State *S, unsigned active);

#endif
