/* SPDX-License-Identifier: GPL-3.0-or-later
   Colours of errors and warnings on a terminal. */
#include "cli/repl_colour.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/repl.h"

bool repl_colours_are_fine(void) {
    const char *no = getenv("NO_COLOR"), *term = getenv("TERM");
    return isatty(STDOUT_FILENO) && !(no && *no) && term && *term && strcmp(term, "dumb") != 0;
}

/* The word in bold and in colour, and the rest of the line as it is. */
static bool put_severity(const char *line, const char *word, const char *colour) {
    const char *at = strstr(line, word);
    if (!at || (at > line && at[-1] != ' ')) return false;
    fprintf(stderr, "%.*s\033[1;%sm%s\033[0m%s", (int)(at - line), line, colour, word, at + strlen(word));
    return true;
}

/* "      |   ^^^" */
static bool put_caret(const char *line) {
    size_t blank = strspn(line, " "), bar = line[blank] == '|' ? blank + 1 : 0;
    size_t at = bar + strspn(line + bar, " "), carets = strspn(line + at, "^");
    if (!bar || !carets || line[at + carets] != '\n') return false;
    fprintf(stderr, "%.*s\033[31m%.*s\033[0m\n", (int)at, line, (int)carets, line + at);
    return true;
}

static void put_line(const char *line) {
    if (put_severity(line, "error: ", "31") || put_severity(line, "warning: ", "33") || put_caret(line)) return;
    fputs(line, stderr);
}

void report_coloured(ReportColours *c, const char *text, size_t length) {
    for (size_t k = 0; k < length; k++) {
        bool ends = text[k] == '\n';
        c->line[c->used++] = text[k];
        if (!ends && c->used + 1 < COLOUR_LINE && text[k]) continue;
        c->line[c->used] = '\0';
        if (ends && !c->off_until_newline) put_line(c->line);
        else fwrite(c->line, 1, c->used, stderr);
        c->off_until_newline = !ends;
        c->used = 0;
    }
}
