/* Run-time errors: raised anywhere, caught by a protected call, which restores every mark of the state. */
#ifndef ELBO_RUNTIME_ERROR_H
#define ELBO_RUNTIME_ERROR_H

#include <stdbool.h>

#include "lexer/diagnostic.h"
#include "runtime/value.h"

/* Makes the buffer for messages; false: no memory. */
bool error_open(State *S);

/* Those that raise are cold: what leads up to them is kept out of the way of what runs in every step.

   Raises an error at the place of the current tree node (S->node). `kind` is its stable name (see lexer/kinds.def), `advice`
   what to do (NULL: none; it is copied). The message follows printf's rules. */
_Noreturn void error_raise(State *S, const char *kind, const char *advice, const char *format, ...)
    __attribute__((format(printf, 4, 5), cold));
/* The same at another place of the running chunk. */
_Noreturn void error_raise_at(State *S, Span span, const char *kind, const char *advice, const char *format, ...)
    __attribute__((format(printf, 5, 6), cold));
/* Raises out-of-memory without allocating. */
_Noreturn void error_no_memory(State *S) __attribute__((cold));
/* Raises the error in S->error again, after a protected call that had to clean up. */
_Noreturn void error_again(State *S);
/* A formatted text that lives until the next error; for advices. */
const char *error_text(State *S, const char *format, ...) __attribute__((format(printf, 2, 3), cold));

/* A warning at the current place; each (kind, place) is shown once a run. While S->noted is set it is kept there too. */
void warning_report(State *S, const char *kind, const char *advice, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* The same at a place of S->source; shown once for each (kind, node). */
void warning_report_at(State *S, const void *node, Span span, const char *kind, const char *advice, const char *format, ...)
    __attribute__((format(printf, 6, 7)));

/* Hands a diagnostic to the host, as text or JSON; `calls` as in Error, or NULL. A host that wants quiet gets no warnings. */
void error_show(State *S, const Diagnostic *d, const char *calls);

/* Runs function(S, argument) and returns true; when it raises, restores the marks (value stack, handlers, plates, masks,
   random step, tape, frames), leaves the error in S->error and returns false. */
bool error_protect(State *S, void (*function)(State *S, void *argument), void *argument);

#endif
