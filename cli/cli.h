/* SPDX-License-Identifier: GPL-3.0-or-later
   What the commands of the program share. */
#ifndef ELBO_CLI_CLI_H
#define ELBO_CLI_CLI_H

#include "cli/options.h"
#include "cli/output.h"
#include "elbo.h"

typedef struct Cli {
    Options options;
    Output output;
    elbo_State *state;
} Cli;

int cli_exit_status(elbo_Status status);
/* Says what is wrong with the command line, as text or as JSON; EXIT_USAGE. */
int cli_usage_error(Cli *cli, const char *message, const char *advice);
/* Runs a script; where there is none, says what may be meant. */
elbo_Status cli_run_file(Cli *cli, const char *path);

/* Prints what the program, or a fit, has left in the variable `_` as JSON, to standard output. */
elbo_Status cli_print_json(Cli *cli);

/* Prints the help on a command; the exit status. */
/* How many threads `n` stands for: 0 for one for each processor. */
unsigned cli_threads(unsigned long long n);
int cli_print_help(Cli *cli, CommandId command);

/* The commands; each returns the exit status. */
int run_command(Cli *cli);
int fit_command(Cli *cli);
int fmt_command(Cli *cli);
int help_command(Cli *cli);

#endif
