/* SPDX-License-Identifier: GPL-3.0-or-later
   Sessions: statements are read, run and answered, one after the other. */
#ifndef ELBO_CLI_REPL_H
#define ELBO_CLI_REPL_H

#include "cli/cli.h"
#include "cli/history.h"

/* Something that succeeded, for :save. */
typedef struct Kept {
    char *text;        /* owned */
    size_t start, end; /* the expression whose value was shown; start == end: none was */
} Kept;

typedef struct Session {
    Cli *cli;
    bool terminal;     /* somebody types; else statements come from a file or a pipe */
    bool colours, timing;
    unsigned width;    /* set by hand; 0: the terminal's */
    unsigned long long seed;
    unsigned number;   /* of statements so far */
    unsigned long line; /* without a terminal: where the statement begins */
    elbo_Status status; /* how the last one ended */
    bool leaving;
    bool forced;       /* the command that runs was called with a `!` */
    char *file;        /* that :save has written last; it may do so again */
    Kept *kept;
    size_t n_kept, kept_capacity;
    History history;
} Session;

/* A session on standard input; the exit status. `file`: the script that ran before it, or NULL. */
int repl_run(Cli *cli, const char *file);

typedef elbo_Status RunText(elbo_State *state, const char *name, const char *text, size_t length);
/* Runs a text of the session by one of the library's doors, so that Ctrl-C stops it; keeps it if `keep` and it succeeds. */
void repl_run_text(Session *session, RunText *run, const char *text, bool keep);
/* What stands around everything that runs program code: Ctrl-C stops it, it knows how wide the terminal is, and when nobody reads
   what it prints the session ends. Writes what the text is called: "<repl:3>", or "<stdin:LINE>" where nobody types; name NULL: it
   has a name of its own. */
enum { REPL_NAME = 40 };
void repl_run_begin(Session *session, char name[REPL_NAME]);
void repl_run_end(Session *session);
/* The same for a file. */
void repl_run_file(Session *session, const char *path);
/* Says that a command cannot do what it was asked for: a line on standard error. */
void repl_complain(Session *session, const char *format, ...) __attribute__((format(printf, 2, 3)));
void repl_set_colours(Session *session, bool colours);

/* Whether texts on standard output may have colours: it is a terminal that can show them, and NO_COLOR (no-color.org) is not set. */
bool repl_colours_are_fine(void);

#endif
