/* SPDX-License-Identifier: GPL-3.0-or-later
   elbo fmt: the layout of programs. */
#include <stdio.h>
#include <stdlib.h>

#include "cli/cli.h"

/* All files are seen to; the first thing that goes wrong is the exit status. */
int fmt_command(Cli *cli) {
    const Options *o = &cli->options;
    bool only_check = options_has(o, OPTION_CHECK);
    int status = EXIT_SUCCESS;
    for (size_t k = 0; k < o->n_arguments; k++) {
        bool changed;
        int this_one = cli_exit_status(elbo_format(cli->state, o->arguments[k], only_check, &changed));
        if (only_check && changed && this_one == EXIT_SUCCESS) {
            fputs("elbo: '", stderr);
            output_complaint(o->arguments[k]);
            fputs("' is not formatted\n", stderr);
            this_one = EXIT_RUNTIME;
        }
        if (status == EXIT_SUCCESS) status = this_one;
    }
    return status;
}
