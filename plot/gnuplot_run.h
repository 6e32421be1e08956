/* SPDX-License-Identifier: GPL-3.0-or-later
   Starting gnuplot: the only place of the library that starts a program. */
#ifndef ELBO_PLOT_GNUPLOT_RUN_H
#define ELBO_PLOT_GNUPLOT_RUN_H

#include "runtime/state.h"

enum { GNUPLOT_MESSAGES = 2048, GNUPLOT_PATH = 4096 };

typedef struct GnuplotRun {
    const char *script; /* what it reads */
    size_t length;
    bool window;        /* it is to leave a window behind, and writes no picture */
    double seconds;     /* how long it may take */
    size_t most;        /* bytes of a picture */
    /* how it ended */
    enum { GNUPLOT_DONE, GNUPLOT_NOT_STARTED, GNUPLOT_FAILED, GNUPLOT_TOO_LONG, GNUPLOT_TOO_MUCH, GNUPLOT_INTERRUPTED, GNUPLOT_NO_MEMORY } end;
    int reason;         /* errno of NOT_STARTED; what FAILED exited with (minus the signal that ended it) */
    char messages[GNUPLOT_MESSAGES]; /* what it wrote to its standard error, as text */
} GnuplotRun;

/* The first `gnuplot` in a folder of PATH that is given from the root on: what lies in the current folder is never run.
   false: there is none. */
bool gnuplot_find(char path[GNUPLOT_PATH]);
/* Runs the program at `path`, without a shell, and appends what it writes to the text that is being built (nothing unless it is
   DONE). Waits for its end in every case, and never raises. An interrupt of the user ends it. */
void gnuplot_run(State *S, const char *path, GnuplotRun *run);

#endif
