/* SPDX-License-Identifier: GPL-3.0-or-later
   The progress bar: one line on a terminal's standard error, which is taken away again. */
#ifndef ELBO_CLI_PROGRESS_H
#define ELBO_CLI_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "elbo.h"

typedef struct ProgressBar {
    bool on;      /* somebody can see it */
    bool shown;   /* it stands on the terminal now */
    uint64_t done; /* at the last look, and when that was: for the rate */
    double seconds, rate;
} ProgressBar;

/* No bar if `quiet`, or if standard error is no terminal, or one that cannot erase (TERM=dumb). */
ProgressBar progress_bar_open(bool quiet);
void progress_bar_show(ProgressBar *bar, const elbo_Progress *progress);
/* Takes it away, if it is there. */
void progress_bar_clear(ProgressBar *bar);

/* The line for a terminal of `columns` columns, at `rate` a second; returns its length in bytes. It takes fewer columns than
   there are. */
size_t progress_line(char *line, size_t size, const elbo_Progress *progress, double rate, unsigned columns);

#endif
