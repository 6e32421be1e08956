/* SPDX-License-Identifier: GPL-3.0-or-later
   The help texts, from the tables of commands and options. help2man makes the man page of them, and bash's completion asks
   them for the options that there are. */
#include <stdio.h>
#include <string.h>

#include "cli/options.h"

enum { COLUMNS = 79, TEXT_AT = 26 };

/* A text in words, the first line of which begins at column `at`; further ones are indented by `indent`. */
static void put_words(FILE *to, const char *text, size_t at, size_t indent) {
    bool first = true;
    while (*text) {
        size_t n = strcspn(text, " ");
        if (!first && at + 1 + n > COLUMNS) {
            fprintf(to, "\n%*s", (int)indent, "");
            at = indent;
        } else if (!first) {
            fputc(' ', to);
            at++;
        }
        fprintf(to, "%.*s", (int)n, text);
        at += n;
        first = false;
        text += n;
        text += strspn(text, " ");
    }
    fputc('\n', to);
}

static void put_row(FILE *to, const char *left, const char *text) {
    size_t n = strlen(left);
    fputs(left, to);
    if (n + 2 > TEXT_AT) {
        fprintf(to, "\n%*s", TEXT_AT, "");
    } else {
        fprintf(to, "%*s", (int)(TEXT_AT - n), "");
    }
    put_words(to, text, TEXT_AT, TEXT_AT);
}

static void put_option(FILE *to, const OptionRow *row) {
    char left[80];
    char letter[] = "    ";
    if (row->letter) {
        letter[0] = '-';
        letter[1] = row->letter;
        letter[2] = ',';
    }
    snprintf(left, sizeof left, "  %s--%s%s%s", letter, row->name, row->value ? "=" : "", row->value ? row->value : "");
    put_row(to, left, row->help);
}

/* Those that command k takes and `not` does not. */
static void put_options(FILE *to, unsigned k, unsigned not) {
    for (int id = 0; id < OPTIONS; id++) {
        const OptionRow *row = &options_table[id];
        if (row->commands >> k & 1 && !(row->commands & not)) put_option(to, row);
    }
}

/* "Usage: elbo fit FILE", and further ways under it, as help2man reads them. */
static void put_usage(FILE *to, const char *lead, const Command *command) {
    const char *line = command->usage;
    while (*line) {
        size_t n = strcspn(line, "\n");
        fprintf(to, "%s %.*s\n", lead, (int)n, line);
        lead = "  or:  elbo";
        line += n + (line[n] == '\n');
    }
}

/* Those of the commands from `first` on, `end` not included. */
static void put_examples(FILE *to, int first, int end) {
    fprintf(to, "\nExamples:\n");
    for (int k = first; k < end; k++) {
        const char *line = commands[k].examples;
        while (line && *line) {
            size_t n = strcspn(line, "\n");
            fprintf(to, "  $ %.*s\n", (int)n, line);
            line += n + (line[n] == '\n');
        }
    }
}

static const char exit_codes[] =
    "\nExit status:\n"
    "  0    the program ran to its end\n"
    "  1    a run-time error\n"
    "  2    wrong usage\n"
    "  3    the program could not be parsed\n"
    "  4    the file could not be read\n"
    "  5    out of memory\n"
    "  130  interrupted\n"
    "  141  nobody reads the output any more\n";

void options_help(FILE *to) {
    for (int k = 0; k < COMMANDS; k++)
        if (commands[k].usage) put_usage(to, k ? "  or:  elbo" : "Usage: elbo", &commands[k]);
    fprintf(to, "Run a probabilistic program: a model, and a guide that is fitted to it by\n"
           "stochastic variational inference.\n\n");
    fprintf(to, "%s\n\n", commands[COMMAND_RUN].details);
    fprintf(to, "Commands:\n");
    for (int k = 0; k < COMMANDS; k++) {
        char left[32];
        if (!commands[k].usage) continue;
        snprintf(left, sizeof left, "  %s", commands[k].name);
        put_row(to, left, commands[k].summary);
    }
    fprintf(to, "\nOptions:\n");
    put_options(to, COMMAND_RUN, 0);
    for (int k = COMMAND_RUN + 1; k < COMMANDS; k++) {
        bool any = false;
        for (int id = 0; id < OPTIONS; id++) any |= options_table[id].commands >> k & 1 && !(options_table[id].commands & 1u << COMMAND_RUN);
        if (!any) continue;
        fprintf(to, "\nOptions of %s:\n", commands[k].name);
        put_options(to, (unsigned)k, 1u << COMMAND_RUN);
    }
    fputs(exit_codes, to);
    put_examples(to, 0, COMMANDS);
    fprintf(to, "\nThe manual: info elbo\n");
}

void options_help_command(FILE *to, CommandId id) {
    const Command *command = &commands[id];
    if (id == COMMAND_RUN) {
        options_help(to);
        return;
    }
    put_usage(to, "Usage: elbo", command);
    fprintf(to, "%s\n\nOptions:\n", command->details);
    put_options(to, id, 0);
    put_examples(to, id, id + 1);
}
