/* Errors and warnings as values: what is wrong, where, and what to do. */
#ifndef ELBO_LEXER_DIAGNOSTIC_H
#define ELBO_LEXER_DIAGNOSTIC_H

#include <stdbool.h>
#include <stddef.h>

#include "lexer/source.h"

typedef enum Severity { SEVERITY_NOTE, SEVERITY_WARNING, SEVERITY_ERROR } Severity;

/* `kind` is the stable name shown in brackets, a string constant. Texts belong to whoever made the diagnostic. */
typedef struct Diagnostic {
    Severity severity;
    const char *kind;
    const char *message; /* one sentence, in the user's terms, without a full stop */
    const char *advice;  /* what to do, may be NULL; may have several lines */
    const Source *source; /* NULL: no place is known */
    Span span;
} Diagnostic;

/* Receives rendered text, piece by piece. */
typedef void DiagnosticWrite(void *user, const char *text, size_t length);

/* Writes the diagnostic as the manual's chapter Errors shows: `name:line:column: error: message [kind]`, the source line with
   a caret under the place, the advice indented by two. Long lines are cut around the caret; control bytes are made
   visible; tabs and wide text keep the caret under the place. */
void diagnostic_render(const Diagnostic *diagnostic, DiagnosticWrite *write, void *user);

/* Writes a text of one or more lines as messages are written: control bytes, what is no UTF-8, and marks that are invisible or turn
   the direction of a line, are made visible. */
void diagnostic_text(const char *text, DiagnosticWrite *write, void *user);

/* Writes it as a JSON object on a line: severity, kind, message, advice (a string or null); if a place is known file, line,
   column, end_line, end_column (behind the last character); and `calls` (NULL: none), a line each, as a list. */
void diagnostic_json(const Diagnostic *diagnostic, const char *calls, DiagnosticWrite *write, void *user);

/* "error", "warning", "note". */
const char *diagnostic_severity(Severity severity);

#endif
