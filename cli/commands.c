/* SPDX-License-Identifier: GPL-3.0-or-later
   The table of commands, and finding one. */
#include "cli/commands.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/repl_input.h"

enum { COMMANDS_MOST = 32, NAME = 32 };

static void command_help(Session *session, const char *argument);

static elbo_Status run_doc(elbo_State *state, const char *name, const char *text, size_t length) {
    (void)name, (void)length;
    return elbo_doc(state, text);
}

static elbo_Status run_help(elbo_State *state, const char *name, const char *text, size_t length) {
    (void)name, (void)length;
    return elbo_help(state, text);
}

static elbo_Status run_params(elbo_State *state, const char *name, const char *text, size_t length) {
    (void)name, (void)text, (void)length;
    return elbo_params(state);
}

static void command_doc(Session *s, const char *argument) { repl_run_text(s, run_doc, argument, false); }
static void command_params(Session *s, const char *argument) { repl_run_text(s, run_params, argument, false); }
static void command_sites(Session *s, const char *argument) { repl_run_text(s, elbo_sites, argument, false); }
static void command_step(Session *s, const char *argument) { repl_run_text(s, elbo_step, argument, false); }
static void command_time(Session *s, const char *argument) { repl_run_text(s, elbo_time, argument, true); }

/* Whether a word ends as files do: in a dot and letters. */
static bool has_end(const char *word) {
    const char *dot = strrchr(word, '.'), *c = dot ? dot + 1 : "";
    if (!*c) return false;
    while (isalnum((unsigned char)*c)) c++;
    return !*c;
}

/* Where the name of a file begins that stands behind the code, in quotes or with an end; NULL: there is none. Two expressions never
   stand beside each other in one statement, so a word behind a complete one is no code. */
static const char *file_behind(Session *session, const char *code) {
    size_t n = strlen(code), at = n;
    bool quoted = n && code[n - 1] == '"';
    if (quoted) at--;
    while (at && (quoted ? code[at - 1] != '"' : !isspace((unsigned char)code[at - 1]))) at--;
    if (quoted && at) at--;
    if (!quoted && !has_end(code + at)) return NULL;
    size_t end = at;
    while (end && (code[end - 1] == ' ' || code[end - 1] == '\t')) end--;
    bool is_behind = end && end < at && !strchr(";\n", code[end - 1]);
    return is_behind && !elbo_is_incomplete(session->cli->state, code, at) ? code + at : NULL;
}

static void command_graph(Session *session, const char *argument) {
    char name[REPL_NAME];
    const char *behind = file_behind(session, argument);
    size_t length = behind ? (size_t)(behind - argument) : strlen(argument);
    bool quoted = behind && *behind == '"';
    char *file = behind ? strndup(behind + quoted, strlen(behind) - 2 * quoted) : NULL;
    repl_run_begin(session, name);
    session->status = elbo_graph(session->cli->state, name, argument, length, file);
    repl_run_end(session);
    free(file);
}

static void command_load(Session *s, const char *argument) { repl_run_file(s, argument); }

static void command_quit(Session *s, const char *argument) {
    (void)argument;
    s->leaving = true;
}

const SessionCommand session_commands[] = {
    {"help", "[TOPIC]", ARGUMENT_NAME, false, command_help, "lists the commands, or says what TOPIC is",
     "TOPIC is a function, a distribution, a handler, a statement word, a variable, or a command with its colon."},
    {"doc", "NAME", ARGUMENT_NAME, true, command_doc, "says all that is known of a name: help, the text that defines it, its fields", NULL},
    {"sites", "EXPR", ARGUMENT_CODE, true, command_sites, "runs EXPR, such as model(x), and shows its trace as a table", NULL},
    {"step", "EXPR", ARGUMENT_CODE, true, command_step, "takes one step of EXPR, such as svi(model, x), and shows all of it", NULL},
    {"graph", "EXPR [FILE]", ARGUMENT_CODE, true, command_graph, "shows the graph of what EXPR runs, or draws it into FILE",
     "FILE ends in .svg, .png, .pdf, .dot or .txt. Put it in quotes if it has spaces."},
    {"params", "", ARGUMENT_NONE, false, command_params, "shows the params of all fits that variables hold", NULL},
    {"time", "EXPR", ARGUMENT_CODE, true, command_time, "runs EXPR and says how long that took",
     "Of a fit it says the steps in a second, too. `:set time on` does so for everything that is run."},
    {"load", "FILE", ARGUMENT_FILE, true, command_load, "runs a script in this session", NULL},
    {"save", "FILE", ARGUMENT_FILE, true, command_save, "saves what was typed and has succeeded as a script",
     "A file that is there already is not touched, unless this session has saved to it before: :save! FILE replaces it. Values that "
     "were shown are printed by the script; files that were loaded are imported."},
    {"set", "[NAME VALUE]", ARGUMENT_SETTING, false, command_set, "shows the settings, or changes one",
     "seed N: the random stream begins anew. width N: columns that values may take, or auto. colour on, off. time on, off."},
    {"quit", "", ARGUMENT_NONE, false, command_quit, "leaves; so does Ctrl-D", NULL},
    {0},
};

/* ---- Finding ---- */

/* Copies the word behind the colon; returns where the argument begins. */
static const char *split(const char *line, char name[NAME]) {
    size_t n = 0;
    for (line++; *line && !isspace((unsigned char)*line); line++) {
        if (n + 1 < NAME) name[n++] = *line;
        if (*line == '!') {
            line++;
            break;
        }
    }
    name[n] = '\0';
    if (n && name[n - 1] == '!') name[n - 1] = '\0';
    while (isspace((unsigned char)*line)) line++;
    return line;
}

/* How many commands begin with the name, or 1 if it is one's whole name; the first of them in *found. */
static unsigned matches(const char *name, const SessionCommand **found) {
    unsigned n = 0;
    size_t length = strlen(name);
    *found = NULL;
    for (const SessionCommand *c = session_commands; c->name && length; c++) {
        if (strncmp(c->name, name, length) != 0) continue;
        if (!n || !c->name[length]) *found = c;
        if (!c->name[length]) return 1;
        n++;
    }
    return n;
}

const SessionCommand *command_find(const char *line, const char **argument) {
    char name[NAME];
    const SessionCommand *found;
    *argument = split(line, name);
    return matches(name, &found) == 1 ? found : NULL;
}

static void complain_ambiguous(Session *session, const char *name) {
    char all[512] = "";
    for (const SessionCommand *c = session_commands; c->name; c++) {
        if (strncmp(c->name, name, strlen(name)) != 0) continue;
        if (*all) strcat(all, ", ");
        strcat(all, ":");
        strcat(all, c->name);
    }
    repl_complain(session, "':%s' may be %s", name, all);
}

static void complain_unknown(Session *session, const char *name) {
    const char *names[COMMANDS_MOST];
    size_t n = 0;
    for (; session_commands[n].name && n < COMMANDS_MOST; n++) names[n] = session_commands[n].name;
    const char *nearest = elbo_nearest(name, names, n);
    if (nearest) repl_complain(session, "there is no command ':%s'. Did you mean ':%s'?", name, nearest);
    else repl_complain(session, "there is no command ':%s'. :help lists all commands.", name);
}

void command_run(Session *session, const char *line) {
    char name[NAME];
    const char *argument = split(line, name);
    const SessionCommand *command;
    unsigned n = matches(name, &command);
    bool forced = argument > line && line[1 + strlen(name)] == '!';
    if (forced && n == 1 && strcmp(command->name, "save") != 0) n = 0;
    if (n > 1) complain_ambiguous(session, name);
    else if (!n) complain_unknown(session, name);
    else if (command->needs && !*argument) repl_complain(session, ":%s needs more: :%s %s", command->name, command->name, command->form);
    else if (command->takes == ARGUMENT_NONE && *argument) repl_complain(session, ":%s stands alone", command->name);
    else {
        session->forced = forced;
        command->run(session, argument);
        session->forced = false;
    }
}

/* ---- Help ---- */

enum { FORM = 22, NARROW = 50, MOST_COLUMNS = 100 };

static void print_text(Session *session, const char *text) { output_print(&session->cli->output, text, strlen(text)); }

static unsigned columns_of(const Session *session) {
    unsigned columns = session->width ? session->width : session->terminal ? input_columns() : 0;
    return !columns ? 80 : columns < MOST_COLUMNS ? columns : MOST_COLUMNS;
}

/* Words, the first in column `at`, which fit into the terminal; further lines are indented. Ends the line. */
static void print_words(Session *session, unsigned at, unsigned indent, const char *text) {
    char line[256];
    unsigned columns = columns_of(session);
    for (bool first = true; *text; first = false) {
        unsigned length = (unsigned)strcspn(text, " ");
        bool breaks = !first && at + 1 + length > columns;
        snprintf(line, sizeof line, "%s%*s%.*s", breaks ? "\n" : "", breaks ? (int)indent : !first, "", (int)length, text);
        print_text(session, line);
        at = (breaks ? indent : at + !first) + length;
        text += length;
        text += strspn(text, " ");
    }
    print_text(session, "\n");
}

static void print_row(Session *session, const SessionCommand *command) {
    char form[64], row[96];
    bool narrow = columns_of(session) < NARROW;
    unsigned indent = narrow ? 6 : FORM;
    snprintf(form, sizeof form, ":%s %s", command->name, command->form);
    if (narrow) snprintf(row, sizeof row, "  %s\n      ", form);
    else snprintf(row, sizeof row, "  %-19s ", form);
    print_text(session, row);
    print_words(session, indent, indent, command->help);
}

static void list_commands(Session *session) {
    print_words(session, 0, 0, "Whatever is typed is run, and its value is shown; `_` is the last one. A statement goes on over several "
                               "lines until it is complete. Ctrl-C stops what runs (a fit keeps what it has) or drops what was typed. "
                               "TAB completes names, fields, arguments and files.");
    print_text(session, "\n");
    for (const SessionCommand *c = session_commands; c->name; c++) print_row(session, c);
    print_text(session, "\n");
    print_words(session, 0, 0, "Commands may be shortened (:q). `:help NAME` says what a function, a distribution, a handler or a "
                               "statement word is, and help() lists them all; `:help :set` says more of a command. The manual: info elbo");
}

static void command_help(Session *session, const char *argument) {
    const char *rest;
    if (!*argument) {
        list_commands(session);
        return;
    }
    const SessionCommand *command = *argument == ':' ? command_find(argument, &rest) : NULL;
    if (!command && *argument == ':') {
        char name[NAME];
        split(argument, name);
        complain_unknown(session, name);
    } else if (!command) {
        repl_run_text(session, run_help, argument, false);
    } else {
        print_row(session, command);
        if (command->details) {
            print_text(session, "  ");
            print_words(session, 2, 2, command->details);
        }
    }
}
