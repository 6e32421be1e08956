/* SPDX-License-Identifier: GPL-3.0-or-later
   Texts on terminals: how wide they are, and what of them must not reach one as it is. */
#include <string.h>

#include "lexer/utf8.h"
#include "runtime/text.h"

static bool is_harmless(Utf8 c) { return c.valid && !utf8_is_control(c.code); }

static void append_visible(State *S, Utf8 c) {
    if (!c.valid) text_print(S, "\\x%02x", (unsigned)c.code & 0xff);
    else if (c.code == '\n') text_append(S, "\\n", 2);
    else if (c.code == '\t') text_append(S, "\\t", 2);
    else text_print(S, "\\u{%x}", (unsigned)c.code);
}

/* The visible text is built behind the other one, and then takes its place. */
void text_make_visible(State *S, size_t start, bool lines) {
    size_t length = text_length(S, start), done = 0;
    bool changed = false;
    for (size_t k = 0; k < length;) {
        const char *at = text_at(S, start + k);
        Utf8 c = utf8_decode(at, length - k);
        if (is_harmless(c) || (lines && c.code == '\n')) {
            k += c.length;
            continue;
        }
        if (!text_room(S, k - done + 16)) error_no_memory(S);
        text_append(S, text_at(S, start + done), k - done);
        append_visible(S, c);
        k += c.length;
        done = k;
        changed = true;
    }
    if (!changed) return;
    if (!text_room(S, length - done)) error_no_memory(S);
    text_append(S, text_at(S, start + done), length - done);
    size_t visible = text_length(S, start) - length;
    memmove(S->text + start, S->text + start + length, visible);
    S->text_used = start + visible;
    S->text[S->text_used] = '\0';
}

size_t text_cut(const char *text, size_t length, size_t columns) {
    size_t k = 0;
    for (size_t width = 0; k < length;) {
        Utf8 c = utf8_decode(text + k, length - k);
        width += c.valid ? utf8_width(c.code) : 1;
        if (width > columns) break;
        k += c.length;
    }
    return k;
}
