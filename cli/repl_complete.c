/* SPDX-License-Identifier: GPL-3.0-or-later
   What TAB completes: commands, code, and names of files within strings and behind commands that take one. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <readline/readline.h>

#include "cli/commands.h"
#include "cli/repl_input.h"

static elbo_State *interpreter;
static const char *before = ""; /* what was typed of the statement so far */

void complete_pending(const char *pending) { before = pending; }

/* Candidates as readline wants them: the longest common beginning, then all. */
typedef struct Found {
    char **items; /* items[0] is kept free for the beginning */
    size_t count, capacity;
} Found;

static void add(Found *f, char *text) {
    if (text && f->count + 2 >= f->capacity) {
        size_t capacity = f->capacity ? 2 * f->capacity : 64;
        char **more = realloc(f->items, capacity * sizeof *more);
        if (!more) {
            free(text);
            return;
        }
        f->items = more;
        f->capacity = capacity;
    }
    if (text) f->items[++f->count] = text;
}

static char **finish(Found *f) {
    if (!f->count) {
        free(f->items);
        return NULL;
    }
    size_t common = strlen(f->items[1]);
    for (size_t k = 2; k <= f->count; k++) {
        size_t n = 0;
        while (n < common && f->items[k][n] == f->items[1][n]) n++;
        common = n;
    }
    while (common && ((unsigned char)f->items[1][common] & 0xC0) == 0x80) common--; /* no half characters */
    f->items[0] = strndup(f->items[1], common);
    if (f->count == 1) {
        free(f->items[1]);
        f->count = 0;
    }
    f->items[f->count + 1] = NULL;
    return f->items;
}

/* ---- Commands ---- */

static char **complete_command(const char *word) {
    Found found = {0};
    size_t length = strlen(word);
    for (const SessionCommand *c = session_commands; c->name; c++) {
        char name[32];
        snprintf(name, sizeof name, ":%s", c->name);
        if (strncmp(name, word, length) == 0) add(&found, strdup(name));
    }
    rl_completion_append_character = ' ';
    return finish(&found);
}

static char **complete_setting(const char *word) {
    Found found = {0};
    const char *name;
    for (unsigned k = 0; (name = command_setting(k)); k++)
        if (strncmp(name, word, strlen(word)) == 0) add(&found, strdup(name));
    rl_completion_append_character = ' ';
    return finish(&found);
}

/* ---- Code ---- */

/* Whether the cursor stands within a string. */
static bool in_string(const char *line, int point) {
    bool inside = false;
    for (int k = 0; k < point && line[k]; k++) {
        if (line[k] == '\n') inside = false;
        else if (line[k] == '"') inside = !inside;
        else if (inside && line[k] == '\\' && k + 1 < point) k++;
        else if (!inside && line[k] == '#') return false;
    }
    return inside;
}

/* Candidates replace what begins at `from`; readline replaces what begins at `to`. */
typedef struct Shift {
    Found found;
    const char *line;
    int from, to;
} Shift;

/* The library says where the text begins that a candidate replaces only when it has told all: they are kept as they are first. */
static void take(void *user, const char *text) { add(&((Shift *)user)->found, strdup(text)); }

static char *shifted(const Shift *s, char *text) {
    size_t length = strlen(text);
    if (s->from <= s->to) {
        size_t skip = (size_t)(s->to - s->from);
        memmove(text, text + (skip < length ? skip : length), length - (skip < length ? skip : length) + 1);
        return text;
    }
    size_t more = (size_t)(s->from - s->to);
    char *longer = malloc(more + length + 1);
    if (longer) {
        memcpy(longer, s->line + s->to, more);
        strcpy(longer + more, text);
    }
    free(text);
    return longer;
}

/* The whole statement so far, without a command in front of it. Owned by the caller; *line_at: where the line begins in it, which
   is negative behind a command. */
static char *statement(const char *line, int end, int *line_at) {
    size_t lead = strlen(before), size = lead + (size_t)end + 2;
    char *text = malloc(size);
    if (!text) return NULL;
    if (lead) snprintf(text, size, "%s\n%.*s", before, end, line);
    else snprintf(text, size, "%.*s", end, line);
    *line_at = lead ? (int)lead + 1 : 0;
    if (*text != ':') return text;
    const char *argument;
    command_find(text, &argument);
    *line_at -= (int)(argument - text);
    memmove(text, argument, strlen(argument) + 1);
    return text;
}

static char **complete_code(int start, int end) {
    int line_at;
    char *text = statement(rl_line_buffer, end, &line_at);
    if (!text) return NULL;
    Shift s = {.line = rl_line_buffer, .to = start};
    s.from = (int)elbo_complete(interpreter, text, strlen(text), take, &s) - line_at;
    free(text);
    Found kept = {0};
    for (size_t k = 1; k <= s.found.count; k++) add(&kept, shifted(&s, s.found.items[k]));
    free(s.found.items);
    return finish(&kept);
}

/* ---- readline's door ---- */

static char **complete(const char *word, int start, int end) {
    const char *argument;
    rl_attempted_completion_over = 1;
    if (!*before && rl_line_buffer[0] == ':') {
        if (!strchr(rl_line_buffer, ' ') || start == 0) return complete_command(word);
        const SessionCommand *command = command_find(rl_line_buffer, &argument);
        if (!command || command->takes == ARGUMENT_NONE) return NULL;
        if (command->takes == ARGUMENT_SETTING) return complete_setting(word);
        if (command->takes == ARGUMENT_FILE) {
            rl_attempted_completion_over = 0;
            return NULL;
        }
        if (*word == ':') return complete_command(word);
    }
    rl_completion_append_character = '\0';
    char **found = complete_code(start, end);
    bool inside = in_string(rl_line_buffer, end);
    rl_completion_suppress_quote = inside; /* tr["mu brings its own */
    rl_attempted_completion_over = found || !inside;
    if (inside && !found) {
        rl_completion_append_character = ' ';
        rl_completion_suppress_quote = 0;
    }
    return found;
}

void complete_open(elbo_State *state) {
    interpreter = state;
    rl_basic_word_break_characters = " \t\n\"'`@$><=;|&{}()[],+-*/%^~!#.";
    rl_completer_word_break_characters = (char *)" \t\n\"'`@$><=;|&{}()[],+-*/%^~!#.";
    rl_completer_quote_characters = "\"";
    rl_attempted_completion_function = complete;
}
