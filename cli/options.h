/* SPDX-License-Identifier: GPL-3.0-or-later
   The command line: one table of commands and one of options. Parsing and help read them; the man page and bash's completion
   read the help. */
#ifndef ELBO_CLI_OPTIONS_H
#define ELBO_CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct Cli;

/* Exit codes: who calls elbo from a script can tell what went wrong. */
enum {
    EXIT_RUNTIME = 1,
    EXIT_USAGE = 2,
    EXIT_PARSE = 3,
    EXIT_FILE = 4,
    EXIT_MEMORY = 5,
    EXIT_INTERRUPT = 130,
    EXIT_PIPE = 141 /* as the shell shows a program that SIGPIPE has ended */
};

typedef enum CommandId { COMMAND_RUN, COMMAND_FIT, COMMAND_FMT, COMMAND_HELP, COMMANDS } CommandId;

typedef struct Command {
    const char *name;
    const char *usage;   /* what stands behind the name; several lines: several ways. NULL: the command is not shown */
    const char *summary; /* one line */
    const char *details; /* paragraphs, broken by line feeds */
    const char *examples; /* a line each */
    unsigned least, most; /* arguments */
    bool passes_on;      /* what stands behind the first argument belongs to the program */
    int (*run)(struct Cli *cli); /* the exit status */
} Command;

/* By CommandId. */
extern const Command commands[COMMANDS];

typedef enum OptionId {
    OPTION_CHECK,
    OPTION_DATA,
    OPTION_ELBO,
    OPTION_EVAL,
    OPTION_GUIDE,
    OPTION_HELP,
    OPTION_INTERACTIVE,
    OPTION_JSON,
    OPTION_LR,
    OPTION_MODEL,
    OPTION_OPTIMIZER,
    OPTION_PARTICLES,
    OPTION_PLOT,
    OPTION_QUIET,
    OPTION_REPORT,
    OPTION_RESTARTS,
    OPTION_RESUME,
    OPTION_SAVE,
    OPTION_SEED,
    OPTION_STEPS,
    OPTION_SUBSAMPLE,
    OPTION_THREADS,
    OPTION_VERSION,
    OPTIONS
} OptionId;

/* What an option's value must be. */
typedef enum OptionKind { TAKES_NOTHING, TAKES_TEXT, TAKES_COUNT /* a whole number from 1 on */, TAKES_WHOLE /* from 0 on */ } OptionKind;

typedef struct OptionRow {
    const char *name;
    char letter;          /* 0: none */
    OptionKind kind;
    const char *value;    /* what its value is called; what ends in FILE is completed as a file's name */
    unsigned commands;    /* bit k: command k takes it */
    bool many;            /* may be given several times */
    const char *help;
} OptionRow;

/* By OptionId. */
extern const OptionRow options_table[OPTIONS];

typedef struct Options {
    CommandId command;
    bool named;                   /* the command was named */
    const char *texts[OPTIONS];   /* as given; NULL: not given */
    unsigned long long counts[OPTIONS];
    const char **data;            /* all of --data; owned */
    size_t n_data;
    char **arguments;             /* those left over; owned, the texts are argv's */
    size_t n_arguments;
    char wrong[256];              /* what is wrong, in a sentence; "": nothing */
    char advice[256];             /* what to do, or "" */
} Options;

static inline bool options_has(const Options *options, OptionId id) { return options->texts[id] != NULL; }

/* Reads the command line. false: it is wrong, and options->wrong says why (--json may have been seen anyway). */
bool options_read(Options *options, int argc, char **argv);
void options_free(Options *options);
/* How many threads may be asked for. */
enum { MOST_THREADS = 1024 };
/* A whole number as Elbo writes them: 20_000. false: it is none. */
bool options_number(const char *text, unsigned long long *out);

/* Writes the help on the whole program, or on one command. */
void options_help(FILE *to);
void options_help_command(FILE *to, CommandId command);

#endif
