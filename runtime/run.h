/* Running texts and files. */
#ifndef ELBO_RUNTIME_RUN_H
#define ELBO_RUNTIME_RUN_H

#include "elbo.h"
#include "runtime/state.h"

/* Parses the text and runs it; the last statement's value. Raises a parse error as an error of kind "parse-failed" after its
   errors have been reported. */
typedef enum RunMode {
    RUN_SCRIPT,
    RUN_INTERACTIVE, /* expressions alone are no mistakes */
    RUN_VALUED       /* the last one is none: somebody wants its value */
} RunMode;
Value run_text(State *S, const char *name, const char *text, size_t length, RunMode mode);
/* The same for a text that is one expression, or ends in one. */
Value run_expression(State *S, const char *name, const char *text, size_t length);
/* A text as a function without parameters, to be called in whatever way: under a trace, say. It lies on the value stack when this
   returns. Raises as run_text does. */
Value run_program(State *S, const char *name, const char *text, size_t length);
/* What a parse takes its memory with (parser/parse.h); `user` is the state. */
void *run_parse_allocate(void *user, void *block, size_t old_size, size_t new_size);
/* The whole of a file as a string; raises "no-file" with the reason. */
String *run_read_file(State *S, const char *path);
/* What the host calls: runs function(S, argument) and reports its error, if it raises one. */
elbo_Status run_protected(State *S, void (*function)(State *S, void *argument), void *argument);
/* A path that a program names, relative to the file it stands in. */
String *run_relative_path(State *S, const String *path);

#endif
