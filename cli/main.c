/* SPDX-License-Identifier: GPL-3.0-or-later
   The program: reads the command line, opens an interpreter, runs a command. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli/cli.h"
#include "config.h"

const Command commands[COMMANDS] = {
    [COMMAND_RUN] = {
        .name = "run", .least = 0, .passes_on = true, .run = run_command,
        .usage = "[OPTION]... [FILE [ARGUMENT]...]\n[OPTION]... -e CODE [ARGUMENT]...",
        .summary = "runs a program; it need not be named",
        .details = "FILE is a script (usually *.ppl); - stands for standard input. The program\n"
                   "finds its ARGUMENTs as strings in the list `args`. Without FILE and CODE,\n"
                   "statements are read from a prompt. (A script that has the name of a command\n"
                   "runs as ./help.)",
        .examples = "elbo examples/normal.ppl\nelbo -e 'Normal(0, 1).cdf(1.96)'",
    },
    [COMMAND_FIT] = {
        .name = "fit", .least = 1, .most = 1, .run = fit_command,
        .usage = "fit [OPTION]... FILE",
        .summary = "fits the guide that a script defines to its model",
        .details = "Runs the script FILE, fits the guide that it defines to its model, and prints\n"
                   "the fit. An EXPRESSION is written in Elbo, and may use what the script defines.",
        .examples = "elbo fit model.ppl --data x=normal.csv --steps 20_000 --particles 100",
    },
    [COMMAND_FMT] = {
        .name = "fmt", .least = 1, .most = -1, .run = fmt_command,
        .usage = "fmt [--check] FILE...",
        .summary = "brings the layout of programs into one form",
        .details = "Rewrites each FILE in place, with its comments; what it says stays the same.\n"
                   "- stands for standard input, and the result goes to standard output.",
        .examples = "elbo fmt --check examples/*.ppl",
    },
    [COMMAND_HELP] = {
        .name = "help", .least = 0, .most = 1, .run = help_command,
        .usage = "help [NAME]",
        .summary = "says what a built-in, a distribution, a statement or a command is",
        .details = "Without NAME, lists all names that programs can use.",
        .examples = "elbo help Gamma",
    },
};

static elbo_State *running; /* for the signal handler only */

static void on_interrupt(int signal_number) {
    (void)signal_number;
    if (running) elbo_interrupt(running);
}

int cli_exit_status(elbo_Status status) {
    switch (status) {
        case ELBO_OK: return EXIT_SUCCESS;
        case ELBO_PARSE_ERROR:
        case ELBO_INCOMPLETE: return EXIT_PARSE;
        case ELBO_NO_FILE: return EXIT_FILE;
        case ELBO_NO_MEMORY: return EXIT_MEMORY;
        case ELBO_INTERRUPTED: return EXIT_INTERRUPT;
        case ELBO_RUNTIME_ERROR: break;
    }
    return EXIT_RUNTIME;
}

int cli_usage_error(Cli *cli, const char *message, const char *advice) {
    static const char general[] = "Try 'elbo --help'.";
    char both[512];
    snprintf(both, sizeof both, "%s%s%s", advice, *advice ? "\n" : "", general);
    if (!options_has(&cli->options, OPTION_JSON)) {
        fputs("elbo: ", stderr);
        output_complaint(message);
        fprintf(stderr, "\n%s\n", both);
        return EXIT_USAGE;
    }
    elbo_State *state = elbo_open(&(elbo_Options){.report = output_report, .user = &cli->output, .json = true});
    if (state) elbo_report(state, "usage", message, both);
    elbo_close(state);
    return EXIT_USAGE;
}

/* ---- The program ---- */

unsigned cli_threads(unsigned long long n) {
    if (n) return (unsigned)n;
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    return processors > 0 ? (unsigned)processors : 1;
}

/* The texts are short: who prints them in one piece learns why they cannot be written. */
int cli_print_help(Cli *cli, CommandId command) {
    char *text = NULL;
    size_t length = 0;
    FILE *to = open_memstream(&text, &length);
    if (!to) return EXIT_MEMORY;
    options_help_command(to, command);
    bool good = fclose(to) == 0;
    if (good) output_print(&cli->output, text, length);
    free(text);
    return good ? EXIT_SUCCESS : EXIT_MEMORY;
}

/* Help and version need no interpreter. Returns -1 to go on, else the exit status. */
static int answer_at_once(Cli *cli) {
    const Options *o = &cli->options;
    cli->output.aside = false;
    if (options_has(o, OPTION_HELP)) return cli_print_help(cli, o->command);
    cli->output.aside = options_has(o, OPTION_JSON);
    if (!options_has(o, OPTION_VERSION)) return -1;
    printf("elbo (%s) %s\n", PACKAGE_NAME, elbo_version());
    return EXIT_SUCCESS;
}

static int run_with_state(Cli *cli) {
    const Options *o = &cli->options;
    cli->state = elbo_open(&(elbo_Options){.print = output_print, .report = output_report,
                                           .progress = cli->output.bar.on ? output_progress : NULL,
                                           .user = &cli->output, .seed = o->counts[OPTION_SEED], .threads = options_has(o, OPTION_THREADS) ? cli_threads(o->counts[OPTION_THREADS]) : 0,
                                           .json = options_has(o, OPTION_JSON), .quiet = options_has(o, OPTION_QUIET)});
    if (!cli->state) {
        fputs("elbo: there is not enough memory\n", stderr);
        return EXIT_MEMORY;
    }
    running = cli->output.state = cli->state;
    signal(SIGINT, on_interrupt);
    int status = commands[o->command].run(cli);
    running = cli->output.state = NULL;
    elbo_close(cli->state);
    return status;
}

int main(int argc, char **argv) {
    Cli cli = {0};
    signal(SIGPIPE, SIG_IGN); /* a write that fails says so */
    bool good = options_read(&cli.options, argc, argv);
    cli.output.colours.wraps = isatty(STDERR_FILENO) && !options_has(&cli.options, OPTION_JSON);
    cli.output.bar = progress_bar_open(options_has(&cli.options, OPTION_QUIET));
    int status = good ? answer_at_once(&cli) : cli_usage_error(&cli, cli.options.wrong, cli.options.advice);
    if (status < 0) status = run_with_state(&cli);
    status = output_close(&cli.output, status);
    options_free(&cli.options);
    return status;
}
