/* SPDX-License-Identifier: GPL-3.0-or-later
   Errors and warnings on a terminal: their colours, and lines that are broken at spaces rather than anywhere. */
#ifndef ELBO_CLI_REPL_COLOUR_H
#define ELBO_CLI_REPL_COLOUR_H

#include <stdbool.h>
#include <stddef.h>

enum { COLOUR_LINE = 1024 };

typedef struct ReportColours {
    bool on;
    bool wraps;             /* lines are fitted into the terminal on standard error */
    bool off_until_newline; /* the line is too long to be looked at */
    char line[COLOUR_LINE]; /* what has come of it */
    size_t used;
} ReportColours;

/* Writes a piece of a report to standard error; lines are coloured and broken when they are whole. */
void report_coloured(ReportColours *colours, const char *text, size_t length);

#endif
