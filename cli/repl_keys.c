/* SPDX-License-Identifier: GPL-3.0-or-later
   Keys that know of code: indentation, closing braces, and moving among the lines of one entry. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include <readline/readline.h>

#include "cli/repl_input.h"

enum { STEP = 4, DEEPEST = 20 };

/* Behind a string that begins at `c`. Interpolated code with strings of its own is rare enough to be indented wrongly. */
static const char *skip_string(const char *c) {
    for (c++; *c && *c != '"' && *c != '\n'; c++)
        if (*c == '\\' && c[1]) c++;
    return *c ? c + 1 : c;
}

unsigned keys_indentation(const char *pending) {
    unsigned depth = 0;
    for (const char *c = pending; *c;) {
        if (*c == '"') {
            c = skip_string(c);
            continue;
        }
        if (*c == '#') {
            c += strcspn(c, "\n");
            continue;
        }
        if (strchr("({[", *c)) depth++;
        else if (strchr(")}]", *c) && depth) depth--;
        c++;
    }
    return STEP * (depth < DEEPEST ? depth : DEEPEST);
}

/* Whether only spaces stand before the cursor. */
static bool at_indentation(void) {
    for (int k = 0; k < rl_point; k++)
        if (rl_line_buffer[k] != ' ') return false;
    return true;
}

/* A brace that stands first goes one step to the left. */
static int close_brace(int count, int key) {
    if (rl_point >= STEP && rl_point == rl_end && at_indentation()) {
        rl_delete_text(rl_point - STEP, rl_point);
        rl_point -= STEP;
    }
    return rl_insert(count, key);
}

/* Code is indented where there is nothing to complete. */
static int indent_or_complete(int count, int key) {
    if (rl_last_func == indent_or_complete) rl_last_func = rl_complete; /* the second time it lists what there is */
    if (!rl_end || !at_indentation()) return rl_complete(count, key);
    rl_insert_text("    ");
    return 0;
}

static int line_before(int at) {
    while (at > 0 && rl_line_buffer[at - 1] != '\n') at--;
    return at;
}

/* Up and down stay within an entry of several lines as long as they can. */
static int move_up(int count, int key) {
    int start = line_before(rl_point);
    if (!start) return rl_get_previous_history(count, key);
    int above = line_before(start - 1), column = rl_point - start;
    rl_point = above + column < start ? above + column : start - 1;
    return 0;
}

static int move_down(int count, int key) {
    int start = line_before(rl_point), end = rl_point;
    while (end < rl_end && rl_line_buffer[end] != '\n') end++;
    if (end == rl_end) return rl_get_next_history(count, key);
    int below = end + 1, last = below, column = rl_point - start;
    while (last < rl_end && rl_line_buffer[last] != '\n') last++;
    rl_point = below + column < last ? below + column : last;
    return 0;
}

/* The ends of the line within an entry; from there, those of the entry. */
static int go_to_start(int count, int key) {
    int start = line_before(rl_point);
    if (start == rl_point) return rl_beg_of_line(count, key);
    rl_point = start;
    return 0;
}

static int go_to_end(int count, int key) {
    int end = rl_point;
    while (end < rl_end && rl_line_buffer[end] != '\n') end++;
    if (end == rl_point) return rl_end_of_line(count, key);
    rl_point = end;
    return 0;
}

/* Bound before readline reads ~/.inputrc, which has the last word. */
void keys_open(void) {
    static const struct {
        const char *name, *keys;
        rl_command_func_t *function;
    } rows[] = {
        {"elbo-complete", "\t", indent_or_complete}, {"elbo-close-brace", "}", close_brace}, {"elbo-up", "\033[A", move_up},
        {"elbo-up", "\033OA", move_up},              {"elbo-down", "\033[B", move_down},     {"elbo-down", "\033OB", move_down},
        {"elbo-start", "\\C-a", go_to_start},         {"elbo-end", "\\C-e", go_to_end},
        {"elbo-start", "\033[H", go_to_start},         {"elbo-end", "\033[F", go_to_end},
        {"elbo-start", "\033OH", go_to_start},         {"elbo-end", "\033OF", go_to_end},
    };
    Keymap maps[] = {rl_get_keymap_by_name("emacs-standard"), rl_get_keymap_by_name("vi-insert")};
    for (unsigned k = 0; k < sizeof rows / sizeof *rows; k++) {
        rl_add_defun(rows[k].name, rows[k].function, -1);
        for (unsigned m = 0; m < sizeof maps / sizeof *maps; m++)
            if (maps[m]) rl_bind_keyseq_in_map(rows[k].keys, rows[k].function, maps[m]);
    }
}
