/* SPDX-License-Identifier: GPL-3.0-or-later
   The commands of a session, which begin with a colon: one table, from which dispatch, help and completion are read. */
#ifndef ELBO_CLI_COMMANDS_H
#define ELBO_CLI_COMMANDS_H

#include "cli/repl.h"

typedef enum CommandArgument { ARGUMENT_NONE, ARGUMENT_NAME, ARGUMENT_CODE, ARGUMENT_FILE, ARGUMENT_SETTING } CommandArgument;

typedef struct SessionCommand {
    const char *name;      /* without the colon */
    const char *form;      /* of the argument: "EXPR [FILE]" */
    CommandArgument takes; /* what completes it; CODE may go over several lines */
    bool needs;            /* an argument must be given */
    void (*run)(Session *session, const char *argument);
    const char *help;      /* one line */
    const char *details;   /* for :help :NAME; NULL: the line says it all */
} SessionCommand;

/* Ended by a row without a name. */
extern const SessionCommand session_commands[];

/* Runs a line that begins with a colon. */
void command_run(Session *session, const char *line);
/* The command that the line calls, and where its argument begins; NULL: none or several. */
const SessionCommand *command_find(const char *line, const char **argument);

/* commands_save.c */
void command_save(Session *session, const char *argument);
/* commands_set.c */
void command_set(Session *session, const char *argument);
/* The name of the k-th setting; NULL: there are no more. */
const char *command_setting(unsigned k);

#endif
