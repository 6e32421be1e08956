/* SPDX-License-Identifier: GPL-3.0-or-later
   Texts in gnuplot scripts. A text of the user's stands only between single quotes, and has neither quotes nor control characters
   there: gnuplot then reads no escapes, no backquotes, no macros and no end of a command. Its quotes are "\047" between the
   pieces; doubling them would not do, as gnuplot takes '' at a string's begin, or twice, for its end. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "lexer/utf8.h"
#include "plot/gnuplot_parts.h"
#include "runtime/text.h"

enum { CLEAN_BYTES = 4096 }; /* no picture has room for more */

static bool is_space(uint32_t code) {
    return code <= 0x20 || (code >= 0x7F && code <= 0xA0) || code == 0x2028 || code == 0x2029;
}

/* What XML forbids, and signs that turn around the text beside them. */
static bool is_replaced(uint32_t code) { return utf8_is_noncharacter(code) || utf8_is_control(code); }

String *gnuplot_clean(State *S, const String *text) {
    if (!text) return NULL;
    size_t start = text_begin(S), end = start;
    for (size_t at = 0; at < text->length && at < CLEAN_BYTES;) {
        Utf8 c = utf8_decode(text->text + at, text->length - at);
        if (c.valid && is_space(c.code)) {
            if (text_length(S, start)) text_append(S, " ", 1);
        } else {
            if (!c.valid || is_replaced(c.code)) text_append(S, "\xEF\xBF\xBD", 3);
            else text_append(S, text->text + at, c.length);
            end = S->text_used;
        }
        at += c.length;
    }
    S->text_used = end;
    if (end != start) return text_finish(S, start);
    text_drop(S, start);
    return NULL;
}

/* Widths of sans-serif letters by their size, on the safe side (DejaVu is wider than most). */
static double letter_width(uint32_t code) {
    if (code >= 0x80) return 0.5 * utf8_width(code) + (utf8_width(code) == 1 ? 0.14 : 0);
    if (code && strchr("iljI.,:;|!' ()[]ft-", (int)code)) return 0.4;
    if (code && strchr("mwMW@%", (int)code)) return 1.0;
    if (code >= 'A' && code <= 'Z') return 0.75;
    return 0.64;
}

static double code_width(const char *text, size_t left, uint32_t *length) {
    Utf8 c = utf8_decode(text, left);
    *length = c.length;
    return letter_width(c.valid ? c.code : 0xFFFD);
}

double gnuplot_text_width(const char *text, size_t length, double letters) {
    double width = 0;
    uint32_t step;
    for (size_t at = 0; at < length; at += step) width += code_width(text + at, length - at, &step);
    return width * letters;
}

/* How many bytes of the text fit: all of it, or up to the last space in its second half, or as many letters as there is room for. */
static size_t fitting(const char *text, size_t length, double width, double letters, bool at_space) {
    double used = 0;
    size_t at = 0, space = 0;
    uint32_t step;
    for (; at < length; at += step) {
        used += letters * code_width(text + at, length - at, &step);
        if (used > width) break;
        if (text[at] == ' ') space = at;
    }
    if (at >= length) return length;
    return at_space && space > at / 2 ? space : at;
}

static void append_quoted(State *S, const char *text, size_t length, bool tick) {
    for (size_t k = 0; k < length; k++) {
        if (text[k] == '\'') text_print(S, "'.\"\\047\".'");
        else if (tick && text[k] == '%') text_append(S, "%%", 2);
        else text_append(S, text + k, 1);
    }
}

static unsigned append_lines(State *S, const String *text, double width, unsigned lines, double letters, bool tick) {
    const String *clean = gnuplot_clean(S, text);
    if (!clean || !lines) return 0;
    const char *at = clean->text;
    size_t left = clean->length;
    unsigned line = 0;
    if (width < 2 * letters) width = 2 * letters;
    for (; left && line < lines; line++) {
        bool last = line + 1 == lines;
        size_t n = fitting(at, left, width, letters, !last);
        bool cut = last && n < left;
        if (cut) n = fitting(at, left, width - letters, letters, false);
        text_print(S, line ? ".\"\\n\".'" : "'");
        append_quoted(S, at, n, tick);
        if (cut) text_print(S, "…");
        text_append(S, "'", 1);
        at += n;
        left -= n;
        while (left && *at == ' ') at++, left--;
    }
    return line;
}

unsigned gnuplot_text(State *S, const String *text, double width, unsigned lines, double letters) {
    return append_lines(S, text, width, lines, letters, false);
}

void gnuplot_tick_text(State *S, const String *text, double width) {
    if (!append_lines(S, text, width, 1, PALETTE_LETTERS, true)) text_append(S, "''", 2);
}

void gnuplot_number(State *S, double x) {
    char number[40];
    if (!isfinite(x)) {
        text_append(S, "NaN", 3);
        return;
    }
    snprintf(number, sizeof number, "%.12g", x);
    char *comma = strchr(number, ',');
    if (comma) *comma = '.';
    text_append(S, number, strlen(number));
}
