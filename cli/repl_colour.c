/* SPDX-License-Identifier: GPL-3.0-or-later
   Errors and warnings on a terminal: their colours, and lines that are broken at spaces rather than anywhere. */
#include "cli/repl_colour.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
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

static void put_coloured(const char *line) {
    if (put_severity(line, "error: ", "31") || put_severity(line, "warning: ", "33") || put_caret(line)) return;
    fputs(line, stderr);
}

/* ---- Lines that are too long ---- */

/* "    3 | param sigma = 1", and what stands below it. */
static bool is_source(const char *line) {
    line += strspn(line, " ");
    line += strspn(line, "0123456789");
    line += strspn(line, " ");
    return *line == '|';
}

/* Columns that the character takes which begins with this byte of UTF-8: those of East Asia begin with 0xE1 … take two. */
static unsigned columns_at(unsigned char c) { return (c & 0xC0) == 0x80 ? 0 : c >= 0xE3 ? 2 : 1; }

/* The last space of a line that leaves at most so many columns before it, if there is one outside of `code` and not too far to the
   left; NULL: the line is short enough, or there is nowhere to break it. */
static char *space_to_break(char *line, unsigned columns) {
    char *space = NULL, *outside = NULL;
    unsigned used = (unsigned)strspn(line, " "), outside_used = 0;
    bool code = false;
    for (char *c = line + used; *c && *c != '\n'; c++) {
        if (*c == '`') code = !code;
        if (*c == ' ' && used <= columns) {
            space = c;
            if (!code) outside = c, outside_used = used;
        }
        used += columns_at((unsigned char)*c);
        if (used > columns) return outside && outside_used > columns / 2 ? outside : space;
    }
    return NULL;
}

static unsigned terminal_columns(void) {
    struct winsize size;
    return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

/* What goes on stands below what it goes on from; below a heading it is indented. */
static void put_line(const ReportColours *c, char *line) {
    enum { LEAST = 20, HANGING = 4 };
    unsigned columns = c->wraps && !is_source(line) ? terminal_columns() : 0, indent = (unsigned)strspn(line, " ");
    char *space = columns >= LEAST ? space_to_break(line, columns) : NULL;
    if (space) *space = '\n';
    char next = space ? space[1] : '\0';
    if (space) space[1] = '\0';
    if (c->on) put_coloured(line);
    else fputs(line, stderr);
    if (!indent) indent = HANGING;
    while (space) {
        char *rest = space + 1;
        *rest = next;
        space = space_to_break(rest, columns - indent);
        if (space) *space = '\n', next = space[1], space[1] = '\0';
        fprintf(stderr, "%*s%s", (int)indent, "", rest);
    }
}

void report_coloured(ReportColours *c, const char *text, size_t length) {
    for (size_t k = 0; k < length; k++) {
        bool ends = text[k] == '\n';
        c->line[c->used++] = text[k];
        if (!ends && c->used + 1 < COLOUR_LINE && text[k]) continue;
        c->line[c->used] = '\0';
        if (ends && !c->off_until_newline) put_line(c, c->line);
        else fwrite(c->line, 1, c->used, stderr);
        c->off_until_newline = !ends;
        c->used = 0;
    }
}
