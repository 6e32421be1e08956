#include "parser/report.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "lexer/utf8.h"

static void send(Parser *parser, Severity severity, Kind kind, Span span, const char *advice, const char *message)
{
    Diagnostic diagnostic = {
        .severity = severity,
        .kind = kind_name(kind),
        .message = message,
        .advice = advice,
        .source = parser->source,
        .span = span,
    };

    if (parser->options->report != NULL)
        parser->options->report(parser->options->user, &diagnostic);
}

void parser_error(Parser *parser, Kind kind, Span span, const char *advice, const char *format, ...)
{
    char message[400];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    send(parser, SEVERITY_ERROR, kind, span, advice, message);
    if (++parser->errors >= PARSE_MAX_ERRORS)
        parser_stop(parser);
}

void parser_warning(Parser *parser, Kind kind, Span span, const char *advice, const char *format, ...)
{
    char message[400];
    va_list arguments;

    if (parser->warnings++ >= PARSE_MAX_WARNINGS)
        return;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    send(parser, SEVERITY_WARNING, kind, span, advice, message);
}

void parser_stop(Parser *parser)
{
    longjmp(parser->escape, ESCAPE_STOP);
}

uint32_t parser_line(const Parser *parser, uint32_t offset)
{
    return source_position(parser->source, offset).line;
}

Quote parser_quote(const char *text, size_t length)
{
    Quote quote;
    size_t shown = length > 40 ? utf8_whole(text, 37) : length;

    snprintf(quote.text, sizeof quote.text, "%.*s%s", (int)shown, text, shown < length ? "…" : "");
    return quote;
}
