/* SPDX-License-Identifier: GPL-3.0-or-later
   SVG as gnuplot writes it, made fit to stand in a page beside others: ids of its own, a name that says what it shows. */
#include <string.h>

#include "plot/gnuplot_parts.h"
#include "runtime/text.h"

static bool begins(const char *at, const char *end, const char *word) {
    size_t n = strlen(word);
    return (size_t)(end - at) >= n && memcmp(at, word, n) == 0;
}

/* If an id, or a reference to one, begins at `at` inside of a tag: how many bytes stand before its name. */
static size_t before_name(const char *at, const char *end) {
    static const char *const words[] = {" id='", " id=\"", "href='#", "href=\"#", "url(#"};
    for (unsigned k = 0; k < sizeof words / sizeof *words; k++)
        if (begins(at, end, words[k])) return strlen(words[k]);
    return 0;
}

static void append_escaped(State *S, const String *text) {
    const String *clean = gnuplot_clean(S, text);
    for (size_t k = 0; clean && k < clean->length; k++) {
        char c = clean->text[k];
        if (c == '&') text_print(S, "&amp;");
        else if (c == '<') text_print(S, "&lt;");
        else if (c == '>') text_print(S, "&gt;");
        else text_append(S, &c, 1);
    }
}

/* gnuplot escapes `<` in texts, so every one that there is begins a tag. It leaves `>` as it is, which makes "]]>" no XML. */
String *gnuplot_svg(State *S, const String *svg, const char *prefix, const String *title) {
    const char *at = svg->text, *end = at + svg->length;
    size_t start = text_begin(S);
    bool in_tag = false, named = false;
    while (at < end) {
        const char *title_end = !named && begins(at, end, "<title>") ? strstr(at, "</title>") : NULL;
        if (title_end) {
            named = true;
            text_print(S, "<title>");
            append_escaped(S, title);
            at = title_end;
            continue;
        }
        size_t n = in_tag ? before_name(at, end) : 0;
        if (n) {
            text_append(S, at, n);
            text_print(S, "%s", prefix);
            at += n;
            continue;
        }
        if (*at == '>' && !in_tag) {
            text_print(S, "&gt;");
            at++;
            continue;
        }
        if (*at == '<') in_tag = true;
        else if (*at == '>') in_tag = false;
        const char *next = at + 1;
        while (next < end && *next != '<' && *next != '>' && !(in_tag && strchr(" hu", *next))) next++;
        text_append(S, at, (size_t)(next - at));
        at = next;
    }
    return text_finish(S, start);
}
