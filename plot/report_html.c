/* SPDX-License-Identifier: GPL-3.0-or-later
   Pieces of report pages: escaped texts, numbered source, pictures, and the page's looks. */
#include <string.h>

#include "elbo.h"
#include "lexer/utf8.h"
#include "plot/gnuplot.h"
#include "plot/picture_text.h"
#include "plot/report_parts.h"
#include "runtime/error.h"
#include "runtime/text.h"

enum { TEXT_COLUMNS = 80 };

/* ---- Texts ---- */

static const char *entity(uint32_t code) {
    switch (code) {
        case '&': return "&amp;";
        case '<': return "&lt;";
        case '>': return "&gt;";
        case '"': return "&quot;";
        case '\'': return "&#39;";
        default: return NULL;
    }
}

/* What HTML has no place for, and signs that turn around the text beside them. */
static bool is_refused(uint32_t code) {
    return code != '\n' && code != '\t' && (utf8_is_control(code) || utf8_is_noncharacter(code));
}

void html_text(State *S, const char *text, size_t length) {
    for (size_t at = 0; at < length;) {
        Utf8 c = utf8_decode(text + at, length - at);
        const char *name = c.valid ? entity(c.code) : NULL;
        if (c.valid && c.code == '\r' && at + 1 < length && text[at + 1] == '\n') name = "";
        if (name) text_append(S, name, strlen(name));
        else if (!c.valid || is_refused(c.code)) text_append(S, "\xEF\xBF\xBD", 3);
        else text_append(S, text + at, c.length);
        at += c.length;
    }
}

void html_escape_from(State *S, size_t start) {
    const String *text = text_finish(S, start);
    html_text(S, text->text, text->length);
}

void html_value(State *S, Value v) {
    size_t start = text_begin(S);
    text_value(S, v);
    html_escape_from(S, start);
}

void html_number(State *S, double x, int digits) {
    size_t start = text_begin(S);
    text_number(S, x, digits);
    html_escape_from(S, start);
}

/* ---- The page ---- */

static const char style[] =
    ":root{color-scheme:light dark;--paper:#fff;--ink:#1f2328;--quiet:#59636e;--line:#d6dbe0;--panel:#f6f8fa;--good:#00704f;--bad:#b34700;--open:#59636e}\n"
    "@media (prefers-color-scheme:dark){:root{--paper:#14171c;--ink:#e4e8ec;--quiet:#9aa5b1;--line:#39414a;--panel:#1d2229;--good:#3fc79a;--bad:#ff9a52;--open:#9aa5b1}}\n"
    "*{box-sizing:border-box}\n"
    "body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 system-ui,-apple-system,'Segoe UI',Roboto,'DejaVu Sans',sans-serif}\n"
    "main{max-width:62rem;margin:0 auto;padding:2.5rem 1.25rem 4rem}\n"
    "h1{font-size:1.9rem;line-height:1.2;margin:0 0 .4rem}h2{font-size:1.2rem;margin:2.4rem 0 .7rem;padding-bottom:.3rem;border-bottom:1px solid var(--line)}\n"
    "h3{font-size:1rem;margin:1.2rem 0 .4rem}.lead{color:var(--quiet);margin:0}p{margin:.4rem 0}\n"
    "code,pre{font-family:ui-monospace,'DejaVu Sans Mono',Menlo,Consolas,monospace;font-size:.86em}\n"
    "pre{background:var(--panel);border:1px solid var(--line);border-radius:6px;padding:.9rem 1rem;overflow-x:auto;line-height:1.45;tab-size:4;margin:.5rem 0}\n"
    "pre .n{color:var(--quiet);user-select:none}\n"
    ".scroll{overflow-x:auto}table{border-collapse:collapse;min-width:50%;font-variant-numeric:tabular-nums}\n"
    "th,td{text-align:left;padding:.35rem .9rem .35rem 0;border-bottom:1px solid var(--line);vertical-align:top}thead th{color:var(--quiet);font-weight:600;font-size:.88em}\n"
    "td.r,th.r{text-align:right}tbody th{font-weight:600}\n"
    ".verdicts{list-style:none;padding:0;margin:.5rem 0}.verdicts li{border-left:4px solid var(--open);background:var(--panel);padding:.55rem .9rem;margin:.5rem 0;border-radius:0 6px 6px 0}\n"
    ".verdicts .good{border-color:var(--good)}.verdicts .bad{border-color:var(--bad)}.good strong{color:var(--good)}.bad strong{color:var(--bad)}.open strong{color:var(--open)}\n"
    "figure{margin:.8rem 0}figure .card{background:#fff;border:1px solid var(--line);border-radius:6px;padding:.5rem;overflow-x:auto;text-align:center}\n"
    "figure svg{max-width:100%;height:auto;display:inline-block}figcaption{color:var(--quiet);font-size:.88em;margin-top:.3rem}\n"
    "footer{margin-top:3rem;color:var(--quiet);font-size:.85em}\n"
    "@media print{:root{--paper:#fff;--ink:#000;--quiet:#444;--line:#bbb;--panel:#f7f7f7;--good:#00704f;--bad:#b34700}main{max-width:none;padding:0}"
    "h2{break-after:avoid}figure,tr,.verdicts li{break-inside:avoid}pre{white-space:pre-wrap}}\n";

void html_begin(State *S, const String *title) {
    text_print(S, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                  "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                  "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n<title>");
    html_text(S, title->text, title->length);
    text_print(S, "</title>\n<style>\n");
    text_append(S, style, sizeof style - 1);
    text_print(S, "</style>\n</head>\n<body>\n<main>\n<h1>");
    html_text(S, title->text, title->length);
    text_print(S, "</h1>\n");
}

void html_end(State *S) { text_print(S, "<footer>Made by Elbo %s.</footer>\n</main>\n</body>\n</html>\n", elbo_version()); }

/* ---- Source ---- */

void html_source(State *S, Value f) {
    const Closure *closure = f.tag == VALUE_CLOSURE ? (Closure *)f.as.object : NULL;
    if (!closure) {
        text_print(S, "<pre><code>");
        html_value(S, f);
        text_print(S, "</code></pre>\n");
        return;
    }
    const Source *source = &closure->chunk->source;
    size_t at = closure->function->span.start, last = closure->function->span.end;
    if (last > source->length) last = source->length;
    while (at > 0 && !source_ends_line(source, at - 1)) at--; /* whole lines */
    uint32_t line = source_position(source, (uint32_t)at).line;
    text_print(S, "<pre><code>");
    for (; at < last; line++) {
        size_t end = at;
        while (end < last && !source_ends_line(source, end)) end++;
        text_print(S, "<span class=\"n\">%4u  </span>", line);
        html_text(S, source->text + at, end - at);
        text_print(S, "\n");
        at = end + 1;
    }
    text_print(S, "</code></pre>\n<p class=\"lead\">");
    html_text(S, source->name, strlen(source->name));
    text_print(S, "</p>\n");
}

/* ---- Pictures ---- */

typedef struct Rendering {
    const Picture *picture;
    String *svg;
} Rendering;

static void render(State *S, void *what) {
    Rendering *r = what;
    r->svg = gnuplot_render(S, r->picture, PICTURE_SVG);
}

/* NULL: there is no gnuplot, or it failed; a warning says so. */
static const String *rendered(State *S, const Picture *picture) {
    Rendering r = {picture, NULL};
    if (error_protect(S, render, &r)) return r.svg;
    const Diagnostic *d = &S->error.diagnostic;
    if (S->error.no_memory || strcmp(d->kind, "interrupted") == 0) error_again(S);
    const String *advice = d->advice ? string_of(S, d->advice) : NULL, *message = string_of(S, d->message);
    warning_report(S, d->kind, advice ? advice->text : NULL, "the pictures of this report are texts: %s", message->text);
    return NULL;
}

void html_picture(State *S, Picture *picture, const char *alternative) {
    stack_push(S, value_object(picture));
    const String *svg = rendered(S, picture);
    text_print(S, "<figure role=\"img\" aria-label=\"");
    html_text(S, alternative, strlen(alternative));
    text_print(S, "\">\n");
    const char *image = svg ? strstr(svg->text, "<svg") : NULL;
    if (image) {
        text_print(S, "<div class=\"card\">");
        text_append(S, image, svg->length - (size_t)(image - svg->text));
        text_print(S, "</div>\n");
    } else {
        text_print(S, "<pre>");
        size_t start = text_begin(S);
        picture_text_plain(S, picture, TEXT_COLUMNS);
        html_escape_from(S, start);
        text_print(S, "</pre>\n");
    }
    text_print(S, "<figcaption>");
    html_text(S, alternative, strlen(alternative));
    text_print(S, "</figcaption>\n</figure>\n");
    stack_pop(S, 1);
}
