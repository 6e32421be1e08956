/* SPDX-License-Identifier: GPL-3.0-or-later
   Sessions: statements are read, run and answered, one after the other. */
#include "cli/repl.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/repl_input.h"

/* ---- Running ---- */

void repl_complain(Session *session, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fflush(stdout);
    fputs("elbo: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    session->status = ELBO_RUNTIME_ERROR;
}

void repl_set_colours(Session *session, bool colours) {
    session->colours = colours;
    session->cli->output.colours.on = colours;
    elbo_set_colours(session->cli->state, colours);
}

static void keep(Session *session, char *text, size_t start, size_t end) {
    if (text && session->n_kept == session->kept_capacity) {
        size_t capacity = session->kept_capacity ? 2 * session->kept_capacity : 64;
        Kept *more = realloc(session->kept, capacity * sizeof *more);
        if (more) {
            session->kept = more;
            session->kept_capacity = capacity;
        }
    }
    if (text && session->n_kept < session->kept_capacity) session->kept[session->n_kept++] = (Kept){text, start, end};
    else free(text);
}

void repl_run_begin(Session *session, char name[REPL_NAME]) {
    unsigned columns = session->width ? session->width : session->terminal ? input_columns() : 0;
    elbo_set_width(session->cli->state, columns);
    if (name) session->number++;
    if (name && session->terminal) snprintf(name, REPL_NAME, "<repl:%u>", session->number);
    else if (name) snprintf(name, REPL_NAME, "<stdin:%lu>", session->line);
    if (session->terminal) input_run_begin();
}

void repl_run_end(Session *session) {
    Output *output = &session->cli->output;
    if (session->terminal) input_run_end();
    fflush(stderr);
    errno = 0;
    if (!output->failed && fflush(stdout) != 0) output->failed = errno ? errno : EIO;
    if (!output->failed) return;
    output->stopped = true;
    session->leaving = true;
}

void repl_run_text(Session *session, RunText *run, const char *text, bool keeps) {
    char name[REPL_NAME];
    size_t start = 0, end = 0;
    repl_run_begin(session, name);
    session->status = run(session->cli->state, name, text, strlen(text));
    repl_run_end(session);
    if (!keeps || session->status != ELBO_OK) return;
    elbo_shown(session->cli->state, &start, &end);
    keep(session, strdup(text), start, end);
}

/* An import of the file, wherever the script is going to stand; NULL: no memory. */
static char *import_of(const char *path) {
    char *whole = realpath(path, NULL);
    if (!whole) return NULL;
    char *text = malloc(2 * strlen(whole) + sizeof "import \"\""), *to = text;
    if (text) {
        to = stpcpy(to, "import \"");
        for (const char *c = whole; *c; c++) {
            if (strchr("\"\\{}", *c)) *to++ = '\\';
            *to++ = *c;
        }
        strcpy(to, "\"");
    }
    free(whole);
    return text;
}

void repl_run_file(Session *session, const char *path) {
    repl_run_begin(session, NULL);
    session->status = cli_run_file(session->cli, path);
    repl_run_end(session);
    if (session->status == ELBO_OK) keep(session, import_of(path), 0, 0);
}

/* ---- Statements ---- */

static bool is_blank(const char *text) { return text[strspn(text, " \t\r\n")] == '\0'; }

static bool is_word_alone(const char *text, const char *word) {
    text += strspn(text, " \t");
    size_t n = strlen(word);
    if (strncmp(text, word, n) != 0) return false;
    if (strncmp(text + n, "()", 2) == 0) n += 2;
    return is_blank(text + n);
}

static bool is_incomplete(Session *session, const char *text) {
    if (*text == ':') {
        const SessionCommand *command = command_find(text, &text);
        if (!command || command->takes != ARGUMENT_CODE) return false;
    }
    return elbo_is_incomplete(session->cli->state, text, strlen(text));
}

static void trim(char *text) {
    for (size_t n = strlen(text); n && strchr(" \t\r\n", text[n - 1]); n--) text[n - 1] = '\0';
}

static void run_statement(Session *session, char *text) {
    if (*text == ':') {
        trim(text);
        command_run(session, text);
    } else if (session->terminal && (is_word_alone(text, "exit") || is_word_alone(text, "quit"))) {
        repl_complain(session, "to leave, type :quit or press Ctrl-D");
    } else if (!is_blank(text)) {
        repl_run_text(session, session->timing ? elbo_time : elbo_interact, text, true);
    }
}

/* text + line feed + line; both are freed. NULL: no memory. */
static char *joined(char *text, char *line) {
    size_t size = strlen(text) + strlen(line) + 2;
    char *both = malloc(size);
    if (both) snprintf(both, size, "%s\n%s", text, line);
    free(text);
    free(line);
    return both;
}

/* ---- At a terminal ---- */

static const char *prompt(const Session *session, bool goes_on) {
    if (!session->colours) return goes_on ? "  ...> " : "elbo> ";
    return goes_on ? "\001\033[32m\002  ...> \001\033[0m\002" : "\001\033[1;32m\002elbo> \001\033[0m\002";
}

/* Reads lines until they make a statement; NULL: none was typed, or it was dropped. */
static char *read_statement(Session *session) {
    char *text = NULL, *line;
    for (;;) {
        InputEnd end = input_line(prompt(session, text != NULL), text ? text : "", &line);
        if (end == INPUT_LINE) {
            text = text ? joined(text, line) : line;
            if (!text) return NULL;
            if (!is_incomplete(session, text)) return text;
            continue;
        }
        if (end == INPUT_END) {
            if (text) repl_complain(session, "what was typed is not complete, and is dropped");
            else session->leaving = true;
        }
        free(text);
        return NULL;
    }
}

static void talk(Session *session) {
    setvbuf(stderr, NULL, _IOLBF, BUFSIZ); /* what is typed meanwhile is echoed between lines */
    history_open(&session->history);
    input_open(session->cli->state);
    repl_set_colours(session, repl_colours_are_fine());
    if (isatty(STDOUT_FILENO) && !options_has(&session->cli->options, OPTION_QUIET))
        printf("Elbo %s: :help says what can be done here, :quit or Ctrl-D leaves.\n", elbo_version());
    repl_run_end(session);
    while (!session->leaving) {
        char *text = read_statement(session);
        if (!text) continue;
        trim(text); /* what was pasted mostly ends in an empty line */
        if (*text) history_add(&session->history, text);
        run_statement(session, text);
        free(text);
    }
    input_close();
    history_close(&session->history);
}

/* ---- From a file or a pipe ---- */

/* Ctrl-C while nothing runs ends the program. */
static bool next_line(char **line, size_t *size) {
    void (*before)(int) = signal(SIGINT, SIG_DFL);
    bool has_more = getline(line, size, stdin) >= 0;
    signal(SIGINT, before);
    return has_more;
}

/* The first statement that fails ends it, as it ends a script. */
static void follow(Session *session) {
    char *line = NULL, *text = NULL;
    size_t size = 0;
    unsigned long number = 0;
    while (!session->leaving && session->status == ELBO_OK && next_line(&line, &size)) {
        number++;
        line[strcspn(line, "\n")] = '\0';
        if (!text) session->line = number;
        char *copy = strdup(line);
        text = text && copy ? joined(text, copy) : copy;
        if (!text || is_incomplete(session, text)) continue;
        run_statement(session, text);
        free(text);
        text = NULL;
    }
    if (text && session->status == ELBO_OK) run_statement(session, text); /* it says that it is incomplete */
    free(text);
    free(line);
}

/* ---- Beginning and end ---- */

int repl_run(Cli *cli, const char *file) {
    Session session = {.cli = cli, .terminal = input_is_terminal(), .seed = cli->options.counts[OPTION_SEED]};
    if (file) keep(&session, import_of(file), 0, 0);
    if (session.terminal) talk(&session);
    else follow(&session);
    for (size_t k = 0; k < session.n_kept; k++) free(session.kept[k].text);
    free(session.kept);
    free(session.file);
    return session.terminal ? EXIT_SUCCESS : cli_exit_status(session.status);
}
