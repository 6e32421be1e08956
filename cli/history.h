/* SPDX-License-Identifier: GPL-3.0-or-later
   What was typed, in readline's memory and in a file that later sessions read.

   The file has an entry a line; backslashes and the line feeds of an entry are escaped. Entries are appended as they come, under
   a lock, so that sessions that run at the same time lose nothing of one another. */
#ifndef ELBO_CLI_HISTORY_H
#define ELBO_CLI_HISTORY_H

#include <stdbool.h>

typedef struct History {
    char *path;  /* NULL: nothing is kept */
    char *last;  /* the entry before */
    bool failed; /* it was said that the file cannot be kept */
} History;

/* Finds the file ($ELBO_HISTORY, which may be empty for none; $XDG_STATE_HOME/elbo/history; the platform's place in the home
   folder) and reads it. */
void history_open(History *history);
/* Keeps an entry, unless it repeats the one before. What goes wrong is said once in a session. */
void history_add(History *history, const char *text);
void history_close(History *history);

#endif
