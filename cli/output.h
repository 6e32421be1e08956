/* SPDX-License-Identifier: GPL-3.0-or-later
   Where the library's texts go: the program's prints to standard output, reports to standard error, in the order in which they
   come, and neither into the progress bar. */
#ifndef ELBO_CLI_OUTPUT_H
#define ELBO_CLI_OUTPUT_H

#include <stdbool.h>

#include "cli/progress.h"
#include "cli/repl_colour.h"
#include "elbo.h"

typedef struct Output {
    elbo_State *state; /* is interrupted when nobody reads what is printed; NULL until it is there */
    ProgressBar bar;
    ReportColours colours; /* of reports; off at first */
    bool aside;        /* prints go to standard error: standard output is for one text of JSON */
    int failed;        /* errno of the first write to standard output that failed; 0: none */
    bool stopped;      /* the program was stopped for that, and what is reported from then on comes of it */
} Output;

/* The functions of elbo_Options; the user pointer is the Output. */
void output_print(void *user, const char *text, size_t length);
void output_report(void *user, const char *text, size_t length);
/* Writes a text to standard error; control characters in it, which may steer the terminal, become '?'. */
void output_complaint(const char *text);
void output_progress(void *user, const elbo_Progress *progress);

/* Writes out what is left. Says once why the output could not be written, unless nobody wanted it. The exit status: `status`,
   unless nothing else says that the output failed. */
int output_close(Output *output, int status);

#endif
