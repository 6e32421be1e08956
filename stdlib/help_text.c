/* SPDX-License-Identifier: GPL-3.0-or-later
   Laying out help: paragraphs and labels. */
#include <string.h>

#include "lexer/utf8.h"
#include "stdlib/help.h"

enum { COLUMNS = 79 };

/* Words from column `column` on; further lines are indented. */
static void words(State *S, size_t column, unsigned indent, const char *text) {
    bool first = true;
    while (*text == ' ') text++;
    while (*text) {
        size_t length = strcspn(text, " \n"), width = utf8_columns(text, length);
        if (!first && column + 1 + width > COLUMNS) {
            text_print(S, "\n%*s", (int)indent, "");
            column = indent;
            first = true;
        }
        text_print(S, first ? "%.*s" : " %.*s", (int)length, text);
        column += width + !first;
        first = false;
        for (text += length; *text == ' '; text++) continue;
        if (*text == '\n') {
            text++;
            text_print(S, "\n%*s", (int)indent, "");
            column = indent;
            first = true;
        }
    }
    text_append(S, "\n", 1);
}

void help_paragraph(State *S, unsigned indent, const char *text) {
    text_print(S, "%*s", (int)indent, "");
    words(S, indent, indent, text);
}

void help_entry(State *S, unsigned width, const char *label, const char *text) {
    size_t used = utf8_columns(label, strlen(label));
    text_print(S, "  %s", label);
    if (used + 1 > width) text_print(S, "\n  %*s", (int)width, "");
    else text_print(S, "%*s", (int)(width - used), "");
    words(S, width + 2, width + 2, text);
}
