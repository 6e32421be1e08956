/* SPDX-License-Identifier: GPL-3.0-or-later
   elbo fmt: a file in place. */
#include <string.h>

#include "parser/format.h"
#include "runtime/run.h"
#include "runtime/text.h"
#include "stdlib/write_file.h"

typedef struct FormatRequest {
    const char *path;
    bool only_check, changed;
} FormatRequest;

static void report(void *user, const Diagnostic *diagnostic) {
    /* What would be warned of when the program runs is no matter of its layout. */
    if (diagnostic->severity == SEVERITY_ERROR) error_show(user, diagnostic, NULL);
}

/* Kept in the arena of the formatter until all is well: here nothing may be raised. */
typedef struct Formatted {
    State *S;
    char *text;
    size_t length;
    bool no_memory;
} Formatted;

static void keep(void *user, const char *text, size_t length) {
    Formatted *to = user;
    to->text = memory_try(to->S, length + 1);
    to->no_memory = !to->text;
    if (to->no_memory) return;
    memcpy(to->text, text, length);
    to->length = length;
}

static String *formatted(State *S, const char *name, const String *text) {
    Source source = {name, text->text, text->length};
    ParseOptions options = {.allocate = run_parse_allocate, .report = report, .user = S};
    Formatted to = {.S = S};
    S->parse_status = format_text(&source, &options, keep, &to);
    if (S->parse_status == PARSE_NO_MEMORY || to.no_memory) error_no_memory(S);
    if (S->parse_status != PARSE_OK) error_raise(S, "parse-failed", NULL, "'%s' could not be parsed", name);
    size_t start = text_begin(S);
    bool room = text_room(S, to.length);
    if (room) text_append(S, to.text, to.length);
    memory_free(S, to.text, to.length + 1);
    if (!room) error_no_memory(S);
    return text_finish(S, start);
}

static void format_request(State *S, void *what) {
    FormatRequest *request = what;
    bool standard_input = strcmp(request->path, "-") == 0;
    String *text = run_read_file(S, request->path);
    stack_push(S, value_object(text));
    String *result = formatted(S, standard_input ? "<stdin>" : request->path, text);
    stack_push(S, value_object(result));
    request->changed = result != text; /* strings are interned */
    if (standard_input && !request->only_check) S->options.print(S->options.user, result->text, result->length);
    else if (request->changed && !request->only_check) write_file(S, request->path, result->text, result->length);
    stack_pop(S, 2);
}

elbo_Status elbo_format(elbo_State *S, const char *path, bool only_check, bool *changed) {
    FormatRequest request = {path, only_check, false};
    S->node = NULL;
    elbo_Status status = run_protected(S, format_request, &request);
    *changed = request.changed;
    bool unread = status == ELBO_RUNTIME_ERROR && strcmp(S->error.diagnostic.kind, "no-file") == 0;
    return unread ? ELBO_NO_FILE : status;
}
