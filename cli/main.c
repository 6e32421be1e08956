/* The program: elbo FILE [ARGS], elbo -e CODE. */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "elbo.h"

/* Exit codes: who calls elbo from a script can tell what went wrong. */
enum { EXIT_RUNTIME = 1, EXIT_USAGE = 2, EXIT_PARSE = 3, EXIT_FILE = 4, EXIT_MEMORY = 5, EXIT_INTERRUPT = 130 };

static const char help_text[] =
    "Usage: elbo [OPTION]... FILE [ARGUMENT]...\n"
    "       elbo [OPTION]... -e CODE [ARGUMENT]...\n"
    "       elbo help [NAME]\n"
    "Run a probabilistic program: a model, and a guide that is fitted to it by\n"
    "stochastic variational inference.\n"
    "\n"
    "FILE is a script (usually *.ppl); - stands for standard input. The program finds\n"
    "its ARGUMENTs as strings in the list `args`. `elbo help` lists what programs can\n"
    "call, and `elbo help NAME` says more of one of them. (A script that is called\n"
    "help runs as ./help.)\n"
    "\n"
    "  -e, --eval=CODE  run CODE instead of a file and print the value of its last\n"
    "                   expression\n"
    "      --seed=N     seed of the random numbers, a whole number (default 0); equal\n"
    "                   seeds give equal results\n"
    "  -h, --help       show this help and exit\n"
    "      --version    show the version and exit\n"
    "\n"
    "Exit status:\n"
    "  0    the program ran to its end\n"
    "  1    a run-time error\n"
    "  2    wrong usage\n"
    "  3    the program could not be parsed\n"
    "  4    the file could not be read\n"
    "  5    out of memory\n"
    "  130  interrupted\n"
    "\n"
    "Examples:\n"
    "  elbo examples/normal.ppl\n"
    "  elbo -e 'Normal(0, 1).cdf(1.96)'\n"
    "  elbo help Gamma\n"
    "\n"
    "The manual: info elbo\n";

typedef struct Command {
    const char *code; /* of -e, or NULL */
    const char *file;
    char **arguments;
    int n_arguments;
    bool help;         /* on the name that the one argument is, or on all */
    unsigned long long seed;
} Command;

static elbo_State *running; /* for the signal handler only */

static void on_interrupt(int signal_number) {
    (void)signal_number;
    if (running) elbo_interrupt(running);
}

static int usage_error(const char *format, const char *what) {
    fprintf(stderr, "elbo: ");
    fprintf(stderr, format, what);
    fprintf(stderr, "\nTry 'elbo --help'.\n");
    return EXIT_USAGE;
}

static bool read_seed(const char *text, unsigned long long *seed) {
    char *end;
    errno = 0;
    *seed = strtoull(text, &end, 10);
    return *text && *text != '-' && !*end && !errno;
}

/* Returns -1 to go on, else the exit status. */
static int read_command(int argc, char **argv, Command *command) {
    enum { OPTION_SEED = 256, OPTION_VERSION };
    static const struct option options[] = {
        {"eval", required_argument, NULL, 'e'},
        {"help", no_argument, NULL, 'h'},
        {"seed", required_argument, NULL, OPTION_SEED},
        {"version", no_argument, NULL, OPTION_VERSION},
        {NULL, 0, NULL, 0},
    };
    int option;
    opterr = 0;
    while ((option = getopt_long(argc, argv, "+:e:h", options, NULL)) != -1) {
        switch (option) {
            case 'e': command->code = optarg; break;
            case 'h': fputs(help_text, stdout); return EXIT_SUCCESS;
            case OPTION_VERSION: printf("elbo (%s) %s\n", PACKAGE_NAME, elbo_version()); return EXIT_SUCCESS;
            case OPTION_SEED:
                if (!read_seed(optarg, &command->seed)) return usage_error("--seed takes a whole number, not '%s'", optarg);
                break;
            case ':': return usage_error("'%s' needs an argument", argv[optind - 1]);
            default: return usage_error("there is no option '%s'", argv[optind - 1]);
        }
    }
    if (!command->code) {
        if (optind == argc) return usage_error("%s", "there is nothing to run: name a file, or give code with -e");
        command->file = argv[optind++];
        command->help = strcmp(command->file, "help") == 0;
        if (command->help && argc - optind > 1) return usage_error("%s", "help takes one name");
    }
    command->arguments = argv + optind;
    command->n_arguments = argc - optind;
    return -1;
}

static int exit_status(elbo_Status status) {
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

static elbo_Status run_command(elbo_State *state, const Command *command) {
    if (command->help) return elbo_help(state, command->n_arguments ? command->arguments[0] : NULL);
    if (!elbo_set_strings(state, "args", (const char *const *)command->arguments, (size_t)command->n_arguments)) return ELBO_NO_MEMORY;
    if (command->code) return elbo_evaluate(state, "<code>", command->code, strlen(command->code));
    return elbo_run_file(state, command->file);
}

int main(int argc, char **argv) {
    Command command = {0};
    int status = read_command(argc, argv, &command);
    if (status >= 0) return status;
    elbo_State *state = elbo_open(&(elbo_Options){.seed = command.seed});
    if (!state) {
        fputs("elbo: there is not enough memory\n", stderr);
        return EXIT_MEMORY;
    }
    running = state;
    signal(SIGINT, on_interrupt);
    elbo_Status result = run_command(state, &command);
    running = NULL;
    elbo_close(state);
    if (fflush(stdout) != 0 || ferror(stdout)) {
        if (errno != EPIPE) fprintf(stderr, "elbo: the output could not be written: %s\n", strerror(errno));
        return result == ELBO_OK ? EXIT_RUNTIME : exit_status(result);
    }
    return exit_status(result);
}
