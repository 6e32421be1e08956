#include "lexer/diagnostic.h"

#include <stdio.h>
#include <string.h>

#include "lexer/utf8.h"

enum { SHOWN_COLUMNS = 100, COLUMNS_BEFORE = 60, TAB_COLUMNS = 4 };

static const char ellipsis[] = "…";

typedef struct Output {
    DiagnosticWrite *write;
    void *user;
} Output;

static void put(const Output *output, const char *text)
{
    output->write(output->user, text, strlen(text));
}

static void put_times(const Output *output, const char *text, size_t times)
{
    while (times-- > 0)
        put(output, text);
}

/* A code point as it is shown, and how many columns that takes. */
typedef struct Glyph {
    char text[16];
    size_t length; /* of text */
    size_t columns;
    size_t bytes;  /* of the source */
} Glyph;

static Glyph glyph_of(const char *text, size_t left)
{
    Utf8 found = utf8_decode(text, left);
    Glyph glyph = { .bytes = found.length };

    if (found.code == '\t') {
        glyph.length = glyph.columns = TAB_COLUMNS;
        memset(glyph.text, ' ', TAB_COLUMNS);
    } else if (!found.valid || found.code < 0x20 || found.code == 0x7f) {
        glyph.length = glyph.columns = (size_t)snprintf(glyph.text, sizeof glyph.text, "\\x%02x", (unsigned)found.code);
    } else if (utf8_is_invisible(found.code)) {
        glyph.length = glyph.columns =
            (size_t)snprintf(glyph.text, sizeof glyph.text, "\\u{%x}", (unsigned)found.code);
    } else {
        memcpy(glyph.text, text, found.length);
        glyph.length = found.length;
        glyph.columns = utf8_width(found.code);
    }
    return glyph;
}

static Glyph glyph_at(const Source *source, size_t offset, size_t end)
{
    return glyph_of(source->text + offset, end - offset);
}

/* File names, cells and texts of programs stand in messages; nothing in them may steer the terminal. */
static void put_visible(const Output *output, const char *text, size_t length)
{
    size_t done = 0;

    for (size_t at = 0; at < length;) {
        Glyph glyph = glyph_of(text + at, length - at);
        bool kept = text[at] == '\n' || (glyph.length == glyph.bytes && memcmp(glyph.text, text + at, glyph.bytes) == 0);

        if (!kept) {
            output->write(output->user, text + done, at - done);
            output->write(output->user, glyph.text, glyph.length);
            done = at + glyph.bytes;
        }
        at += glyph.bytes;
    }
    output->write(output->user, text + done, length - done);
}

void diagnostic_text(const char *text, DiagnosticWrite *write, void *user)
{
    Output output = { write, user };

    put_visible(&output, text, strlen(text));
}

static size_t line_start(const Source *source, size_t offset)
{
    while (offset > 0 && !source_ends_line(source, offset - 1))
        offset--;
    return offset;
}

/* Where the line of `offset` ends, without its line feed. */
static size_t line_end(const Source *source, size_t offset)
{
    while (offset < source->length && source->text[offset] != '\n' && source->text[offset] != '\r')
        offset++;
    return offset;
}

/* The code point before `offset` begins here. */
static size_t step_back(const Source *source, size_t start, size_t offset)
{
    size_t furthest = offset - start > 4 ? offset - 4 : start;

    for (size_t i = offset - 1;; i--) {
        if (i + utf8_decode(source->text + i, offset - i).length == offset)
            return i;
        if (i == furthest)
            return offset - 1;
    }
}

/* Where to begin showing the line so that the caret is in view. */
static size_t window_start(const Source *source, size_t start, size_t caret)
{
    size_t columns = 0, offset = caret;

    while (offset > start) {
        size_t before = step_back(source, start, offset);

        columns += glyph_at(source, before, offset).columns;
        if (columns > COLUMNS_BEFORE)
            return offset;
        offset = before;
    }
    return start;
}

/* The source line from `first` on, then the line of carets under [from, to). */
static void put_line(const Output *output, const Source *source, size_t start, size_t end, size_t from, size_t to)
{
    size_t first = end - start > SHOWN_COLUMNS / 2 ? window_start(source, start, from) : start;
    size_t columns = 0, before = 0, under = 0, offset = first;

    if (first > start) {
        put(output, ellipsis);
        columns = before = 1;
    }
    while (offset < end) {
        Glyph glyph = glyph_at(source, offset, end);

        if (columns + glyph.columns > SHOWN_COLUMNS) {
            put(output, ellipsis);
            break;
        }
        output->write(output->user, glyph.text, glyph.length);
        columns += glyph.columns;
        if (offset < from)
            before += glyph.columns;
        else if (offset < to)
            under += glyph.columns;
        offset += glyph.bytes;
    }
    put(output, "\n");
    put(output, "      | ");
    put_times(output, " ", before);
    put_times(output, "^", under > 0 ? under : 1);
    put(output, "\n");
}

static void put_source(const Output *output, const Source *source, Span span, uint32_t line)
{
    size_t from = span.start < source->length ? span.start : source->length;
    size_t start = line_start(source, from);
    size_t end = line_end(source, start);
    size_t to = span.end < end ? span.end : end;
    char number[32];

    if (from > end)
        from = end;
    snprintf(number, sizeof number, "%5u | ", (unsigned)line);
    put(output, number);
    put_line(output, source, start, end, from, to);
}

static void put_advice(const Output *output, const char *advice)
{
    while (*advice != '\0') {
        size_t length = strcspn(advice, "\n");

        put(output, "  ");
        put_visible(output, advice, length);
        put(output, "\n");
        advice += length + (advice[length] == '\n');
    }
}

const char *diagnostic_severity(Severity severity)
{
    static const char *const severities[] = { "note", "warning", "error" };

    return severities[severity];
}

void diagnostic_render(const Diagnostic *diagnostic, DiagnosticWrite *write, void *user)
{
    Output output = { write, user };
    Position position = { 1, 1 };
    char place[32];

    if (diagnostic->source != NULL) {
        position = source_position(diagnostic->source, diagnostic->span.start);
        snprintf(place, sizeof place, ":%u:%u: ", (unsigned)position.line, (unsigned)position.column);
        diagnostic_text(diagnostic->source->name, write, user);
        put(&output, place);
    }
    put(&output, diagnostic_severity(diagnostic->severity));
    put(&output, ": ");
    diagnostic_text(diagnostic->message, write, user);
    if (diagnostic->kind != NULL) {
        put(&output, " [");
        put(&output, diagnostic->kind);
        put(&output, "]");
    }
    put(&output, "\n");
    if (diagnostic->source != NULL)
        put_source(&output, diagnostic->source, diagnostic->span, position.line);
    if (diagnostic->advice != NULL)
        put_advice(&output, diagnostic->advice);
}
