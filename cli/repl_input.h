/* SPDX-License-Identifier: GPL-3.0-or-later
   Reading lines at a terminal by GNU readline, and the signals of a session.

   readline and signals know one terminal a process, so this is the one place that has static variables. Handlers of signals only
   set a flag or write to a pipe; a line is read by waiting for both the terminal and that pipe. */
#ifndef ELBO_CLI_REPL_INPUT_H
#define ELBO_CLI_REPL_INPUT_H

#include <stdbool.h>

#include "elbo.h"

typedef enum InputEnd { INPUT_LINE, INPUT_INTERRUPTED, INPUT_END } InputEnd;

/* Prepares readline and takes over the signals, until input_close. */
void input_open(elbo_State *state);
void input_close(void);
/* Whether anybody sees the prompt: standard input and one of the outputs are a terminal. */
bool input_is_terminal(void);

/* Reads a line into *line, which the caller frees. `pending` is what was typed of the statement so far ("": nothing), for
   indentation and completion. INTERRUPTED: Ctrl-C, and the line is gone. */
InputEnd input_line(const char *prompt, const char *pending, char **line);

/* Between these two Ctrl-C stops what the interpreter runs. */
void input_run_begin(void);
void input_run_end(void);
/* Columns of the terminal; 0: it is none. */
unsigned input_columns(void);

/* repl_complete.c: makes TAB complete, for lines behind `pending`. */
void complete_open(elbo_State *state);
void complete_pending(const char *pending);

/* repl_keys.c: the keys that know of code. */
void keys_open(void);
/* Spaces that a line behind `pending` begins with. */
unsigned keys_indentation(const char *pending);

#endif
