/* SPDX-License-Identifier: GPL-3.0-or-later
   elbo help [NAME]: a command of the program, or a name of the language. */
#include <string.h>

#include "cli/cli.h"

int help_command(Cli *cli) {
    const Options *o = &cli->options;
    const char *name = o->n_arguments ? o->arguments[0] : NULL;
    for (CommandId k = 0; name && k < COMMANDS; k++)
        if (strcmp(commands[k].name, name) == 0) return cli_print_help(cli, k);
    return cli_exit_status(elbo_help(cli->state, name));
}
