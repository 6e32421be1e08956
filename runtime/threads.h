/* SPDX-License-Identifier: GPL-3.0-or-later
   Threads that share the loops over large arrays.

   Work is a number of units, cut into ranges. A range writes to places of its own, and what it writes does not depend on where
   ranges begin; sums are left as parts, which the caller joins in order. So results do not depend on the number of threads, and
   one thread alone runs the same code. A range is a pure loop: it does not touch the state, raises no error, asks for no
   memory and starts no work of its own.

   Threads are started by the first work that is large enough, sleep in between with all signals blocked, and end with the
   state. Where none can be started the caller does everything by itself. */
#ifndef ELBO_RUNTIME_THREADS_H
#define ELBO_RUNTIME_THREADS_H

#include "runtime/state.h"

/* Elements of a range, and how many make it worth while to wake a thread (which takes some 10 microseconds), where one
   takes a nanosecond or so. */
enum { THREADS_RANGE = 8192, THREADS_PAY = 32768 };

typedef void ThreadsRange(void *context, size_t first, size_t last);

/* Whether `elements` are so many that threads should share them. */
static inline bool threads_pay(const State *S, size_t elements) {
    return RARELY(S->options.threads > 1) && elements >= THREADS_PAY;
}

/* Runs `range` over the units 0 … n - 1, `grain` or fewer at a time, and returns when all are done. */
void threads_run(State *S, size_t n, size_t grain, ThreadsRange *range, void *context);
/* The grain for units of so many elements. */
static inline size_t threads_grain(size_t elements) { return elements < THREADS_RANGE ? THREADS_RANGE / (elements + !elements) : 1; }
/* Ends the threads, if there are any. The next work starts new ones. */
void threads_close(State *S);

#endif
