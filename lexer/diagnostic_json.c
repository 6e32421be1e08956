/* SPDX-License-Identifier: GPL-3.0-or-later
   Diagnostics as JSON, for programs that run programs. */
#include <stdio.h>
#include <string.h>

#include "lexer/diagnostic.h"
#include "lexer/utf8.h"

typedef struct Output {
    DiagnosticWrite *write;
    void *user;
} Output;

static void put(const Output *output, const char *text)
{
    output->write(output->user, text, strlen(text));
}

/* Quotes a text. Bytes that are no UTF-8 become U+FFFD: JSON has no others. */
static void put_string(const Output *output, const char *text, size_t length)
{
    char escape[16];

    put(output, "\"");
    for (size_t at = 0; at < length;) {
        Utf8 found = utf8_decode(text + at, length - at);

        if (!found.valid) {
            put(output, "\xEF\xBF\xBD");
        } else if (found.code == '"' || found.code == '\\') {
            snprintf(escape, sizeof escape, "\\%c", (int)found.code);
            put(output, escape);
        } else if (found.code == '\n') {
            put(output, "\\n");
        } else if (found.code < 0x20 || found.code == 0x7f || (found.code >= 0x80 && found.code < 0xa0) ||
                   found.code == 0x2028 || found.code == 0x2029) {
            snprintf(escape, sizeof escape, "\\u%04x", (unsigned)found.code);
            put(output, escape);
        } else {
            output->write(output->user, text + at, found.length);
        }
        at += found.length;
    }
    put(output, "\"");
}

static void put_field(const Output *output, const char *name, const char *text)
{
    put(output, "\"");
    put(output, name);
    put(output, "\": ");
    if (text != NULL)
        put_string(output, text, strlen(text));
    else
        put(output, "null");
}

static void put_place(const Output *output, const Diagnostic *diagnostic)
{
    Position from = source_position(diagnostic->source, diagnostic->span.start);
    Position to = source_position(diagnostic->source, diagnostic->span.end);
    char numbers[128];

    put(output, ", ");
    put_field(output, "file", diagnostic->source->name);
    snprintf(numbers, sizeof numbers, ", \"line\": %u, \"column\": %u, \"end_line\": %u, \"end_column\": %u",
             (unsigned)from.line, (unsigned)from.column, (unsigned)to.line, (unsigned)to.column);
    put(output, numbers);
}

/* The lines of a text as a list, without what they are indented by. */
static void put_lines(const Output *output, const char *text)
{
    bool first = true;

    put(output, ", \"calls\": [");
    while (*text != '\0') {
        size_t length = strcspn(text, "\n");
        size_t indent = strspn(text, " ");

        if (!first)
            put(output, ", ");
        put_string(output, text + indent, length - indent);
        first = false;
        text += length + (text[length] == '\n');
    }
    put(output, "]");
}

void diagnostic_json(const Diagnostic *diagnostic, const char *calls, DiagnosticWrite *write, void *user)
{
    Output output = { write, user };

    put(&output, "{");
    put_field(&output, "severity", diagnostic_severity(diagnostic->severity));
    put(&output, ", ");
    put_field(&output, "kind", diagnostic->kind);
    put(&output, ", ");
    put_field(&output, "message", diagnostic->message);
    put(&output, ", ");
    put_field(&output, "advice", diagnostic->advice);
    if (diagnostic->source != NULL)
        put_place(&output, diagnostic);
    if (calls != NULL && *calls != '\0')
        put_lines(&output, calls);
    put(&output, "}\n");
}
