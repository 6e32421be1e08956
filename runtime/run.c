#include "runtime/run.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/eval.h"
#include "runtime/gc.h"
#include "runtime/read_file.h"
#include "runtime/text.h"

void *run_parse_allocate(void *user, void *block, size_t old_size, size_t new_size) {
    State *S = user;
    if (new_size == 0) {
        memory_free(S, block, old_size);
        return NULL;
    }
    void *bigger = memory_try(S, new_size);
    if (bigger && block) {
        memcpy(bigger, block, old_size < new_size ? old_size : new_size);
        memory_free(S, block, old_size);
    }
    return bigger;
}

static void parse_report(void *user, const Diagnostic *diagnostic) {
    State *S = user;
    error_show(S, diagnostic, NULL);
}

static char *copy_text(State *S, const char *text, size_t length) {
    char *copy = memory_new(S, length + 1);
    memcpy(copy, text, length);
    copy[length] = '\0';
    return copy;
}

static void link_chunk(State *S, ChunkObject *object) {
    Chunk *chunk = object->chunk;
    for (uint32_t k = 0; k < chunk->n_names; k++) chunk->names[k]->object = string_new(S, chunk->names[k]->text, chunk->names[k]->length);
    for (uint32_t k = 0; k < chunk->n_globals; k++) object->globals[k] = state_used_global(S, chunk->globals[k]->object);
}

/* The chunk lies on the value stack when this returns. */
static ChunkObject *load(State *S, const char *name, const char *text, size_t length, RunMode mode) {
    ChunkObject *object = gc_new(S, VALUE_CHUNK, sizeof *object);
    stack_push(S, value_object(object));
    object->source.text = copy_text(S, text, length);
    object->source.length = length;
    object->name_size = strlen(name) + 1;
    object->source.name = memory_new(S, object->name_size);
    memcpy((char *)object->source.name, name, object->name_size);
    ParseOptions options = {.allocate = run_parse_allocate, .report = parse_report, .user = S, .quiet_incomplete = false,
                            .interactive = mode == RUN_INTERACTIVE, .valued = mode == RUN_VALUED};
    Chunk *chunk = NULL;
    S->parse_status = parse(&object->source, &options, &chunk);
    if (S->parse_status == PARSE_NO_MEMORY) error_no_memory(S);
    if (S->parse_status != PARSE_OK) error_raise(S, "parse-failed", NULL, "'%s' could not be parsed", name);
    object->globals = memory_try(S, (chunk->n_globals ? chunk->n_globals : 1) * sizeof *object->globals);
    if (!object->globals) {
        chunk_free(chunk);
        error_no_memory(S);
    }
    object->chunk = chunk;
    memset(object->globals, 0, chunk->n_globals * sizeof *object->globals);
    link_chunk(S, object);
    return object;
}

static Value closure_of(State *S, ChunkObject *chunk) {
    Closure *closure = gc_new(S, VALUE_CLOSURE, sizeof *closure);
    closure->function = chunk->chunk->main;
    closure->chunk = chunk;
    closure->guide = value_unassigned();
    return value_object(closure);
}

/* A chunk is entered from the top, whatever runs around it. */
static Value run_chunk(State *S, ChunkObject *chunk) { return call_value(S, closure_of(S, chunk), NULL, 0); }

Value run_program(State *S, const char *name, const char *text, size_t length) {
    Value program = closure_of(S, load(S, name, text, length, true));
    S->stack[S->top - 1] = program;
    return program;
}

/* Whoever assigns knows the value. */
static bool ends_in_assignment(const Chunk *chunk) {
    const NodeList *statements = &chunk->main->body->as.list;
    if (!statements->count) return false;
    switch (statements->items[statements->count - 1]->kind) {
        case NODE_ASSIGN:
        case NODE_SAMPLE:
        case NODE_OBS:
        case NODE_PARAM:
        case NODE_DETERMINISTIC: return true;
        default: return false;
    }
}

Value run_text(State *S, const char *name, const char *text, size_t length, RunMode mode) {
    size_t base = S->top;
    ChunkObject *chunk = load(S, name, text, length, mode);
    Value v = run_chunk(S, chunk);
    if (mode != RUN_SCRIPT && ends_in_assignment(chunk->chunk)) v = value_none();
    S->top = base;
    return v;
}

Value run_expression(State *S, const char *name, const char *text, size_t length) {
    return run_text(S, name, text, length, RUN_INTERACTIVE);
}

/* ---- Files ---- */

enum { TEXT_MOST = 1 << 30 }; /* devices have no end */

/* Appends what the file holds; returns 0, or why it cannot be read (errno). */
static int append_file(State *S, FILE *file, size_t start) {
    char block[65536];
    size_t n;
    while ((n = read_file_block(S, file, block, sizeof block)) > 0) {
        if (text_length(S, start) + n > TEXT_MOST) return EFBIG;
        if (!text_room(S, n)) return ENOMEM;
        text_append(S, block, n);
    }
    return errno;
}

String *run_read_file(State *S, const char *path) {
    FILE *file = read_file_open(S, path);
    size_t start = text_begin(S);
    int reason = append_file(S, file, start);
    read_file_close(file);
    if (!reason) return text_finish(S, start);
    text_drop(S, start);
    if (reason == ENOMEM) error_no_memory(S);
    if (reason == EINTR) eval_poll(S, S->node);
    error_raise(S, "no-file", NULL, "the file '%s' cannot be read: %s", path, strerror(reason));
}

/* A path in an import or read_csv is relative to the file it stands in. */
String *run_relative_path(State *S, const String *name) {
    const char *path = name->text;
    if (strlen(path) != name->length) error_raise(S, "bad-argument", NULL, "the file's name '%s\\u{0}…' has a zero byte in it", path);
    const char *from = S->source ? S->source->name : "";
    const char *slash = strrchr(from, '/');
    if (path[0] == '/' || !slash) return string_of(S, path);
    size_t start = text_begin(S);
    text_append(S, from, (size_t)(slash - from) + 1);
    text_append(S, path, strlen(path));
    return text_finish(S, start);
}

/* A file may be spelt in several ways, and is imported once. */
static String *import_key(State *S, String *path) {
    char resolved[PATH_MAX];
    return realpath(path->text, resolved) ? string_of(S, resolved) : path;
}

Value eval_import(State *S, const Node *node) {
    S->node = node;
    String *path = run_relative_path(S, string_new(S, node->as.string->text, node->as.string->length)), *key = import_key(S, path);
    if (record_find(S->imports, key)) return value_none();
    String *text = run_read_file(S, path->text);
    record_set(S, S->imports, key, value_boolean(true));
    stack_push(S, value_object(text));
    run_text(S, path->text, text->text, text->length, RUN_SCRIPT);
    stack_pop(S, 1);
    return value_none();
}

/* ---- The public doors ---- */

typedef struct RunRequest {
    const char *name, *text;
    size_t length;
    bool prints; /* the last value */
} RunRequest;

static void run_request(State *S, void *what) {
    const RunRequest *request = what;
    Value v = run_text(S, request->name, request->text, request->length,
                       request->prints ? RUN_INTERACTIVE : S->options.json ? RUN_VALUED : RUN_SCRIPT);
    if (S->options.json) state_used_global(S, string_of(S, "_"))->value = value_whole(S, v);
    if (S->options.json || !request->prints || v.tag == VALUE_NONE) return;
    size_t start = text_begin(S);
    text_value(S, v);
    text_append(S, "\n", 1);
    text_output(S, start);
}

static void report_error(State *S) {
    const Error *e = &S->error;
    if (strcmp(e->diagnostic.kind, "parse-failed") == 0 && S->parse_status != PARSE_OK) return;
    error_show(S, &e->diagnostic, e->calls);
}

static elbo_Status status_of(const State *S) {
    if (S->error.no_memory) return ELBO_NO_MEMORY;
    const char *kind = S->error.diagnostic.kind;
    if (strcmp(kind, "parse-failed") == 0) return S->parse_status == PARSE_INCOMPLETE ? ELBO_INCOMPLETE : ELBO_PARSE_ERROR;
    return strcmp(kind, "interrupted") == 0 ? ELBO_INTERRUPTED : ELBO_RUNTIME_ERROR;
}

elbo_Status run_protected(State *S, void (*function)(State *S, void *argument), void *argument) {
    char here;
    S->stack_origin = &here;
    S->n_warned = 0;
    S->parse_status = PARSE_OK;
    S->interrupted = 0;
    S->fit_stopped = false;
    if (error_protect(S, function, argument)) return ELBO_OK;
    report_error(S);
    return status_of(S);
}

static void report_request(State *S, void *what) { error_show(S, what, NULL); }

void elbo_report(elbo_State *S, const char *kind, const char *message, const char *advice) {
    Diagnostic d = {.severity = SEVERITY_ERROR, .kind = kind, .message = message, .advice = advice};
    error_protect(S, report_request, &d);
}

elbo_Status elbo_run(elbo_State *S, const char *name, const char *text, size_t length) {
    RunRequest request = {name, text, length, false};
    return run_protected(S, run_request, &request);
}

elbo_Status elbo_evaluate(elbo_State *S, const char *name, const char *text, size_t length) {
    RunRequest request = {name, text, length, true};
    return run_protected(S, run_request, &request);
}

typedef struct FileRequest {
    const char *path;
    String *text;
} FileRequest;

static void read_request(State *S, void *what) {
    FileRequest *request = what;
    S->node = NULL;
    request->text = run_read_file(S, request->path);
    stack_push(S, value_object(request->text));
    /* A file that it imports may import it back. */
    record_set(S, S->imports, string_of(S, request->path), value_boolean(true));
}

elbo_Status elbo_run_file(elbo_State *S, const char *path) {
    FileRequest file = {path, NULL};
    size_t top = S->top;
    S->interrupted = 0;
    if (!error_protect(S, read_request, &file)) {
        report_error(S);
        elbo_Status status = status_of(S);
        return status == ELBO_RUNTIME_ERROR ? ELBO_NO_FILE : status;
    }
    elbo_Status status = elbo_run(S, strcmp(path, "-") == 0 ? "<stdin>" : path, file.text->text, file.text->length);
    S->top = top;
    return status;
}

/* ---- Variables ---- */

static Value *global_value(State *S, const char *variable) {
    for (size_t k = 0; k < S->global_capacity; k++) {
        Global *g = S->globals[k];
        if (g && strcmp(g->name->text, variable) == 0) return &g->value;
    }
    return NULL;
}

bool elbo_get_number(elbo_State *S, const char *variable, double *out) {
    const Value *v = global_value(S, variable);
    if (!v || (v->tag != VALUE_NUMBER && v->tag != VALUE_BOOLEAN)) return false;
    *out = v->tag == VALUE_NUMBER ? v->as.number : v->as.boolean;
    return true;
}

static void whole_request(State *S, void *what) {
    Value *v = what;
    *v = value_whole(S, *v);
}

long elbo_get_vector(elbo_State *S, const char *variable, double *out, size_t capacity) {
    Value *v = global_value(S, variable);
    if (v && !error_protect(S, whole_request, v)) return -1;
    if (!v || v->tag != VALUE_ARRAY || v->as.array->layout->rank != 1 || v->as.array->layout->n_axes) return -1;
    size_t n = v->as.array->layout->dims[0];
    for (size_t k = 0; k < n && k < capacity; k++) out[k] = v->as.array->data[k];
    return (long)n;
}

typedef struct SetRequest {
    const char *variable;
    const double *elements;
    size_t n;
    bool number;
} SetRequest;

static void set_request(State *S, void *what) {
    const SetRequest *r = what;
    Value v = r->number ? value_number(*r->elements) : value_array(array_vector(S, r->n, r->elements), 0);
    stack_push(S, v);
    Global *g = state_used_global(S, string_of(S, r->variable));
    g->value = v;
    stack_pop(S, 1);
}

bool elbo_set_number(elbo_State *S, const char *variable, double value) {
    SetRequest request = {variable, &value, 1, true};
    return error_protect(S, set_request, &request);
}

bool elbo_set_vector(elbo_State *S, const char *variable, const double *elements, size_t n) {
    SetRequest request = {variable, elements, n, false};
    return error_protect(S, set_request, &request);
}

typedef struct StringsRequest {
    const char *variable;
    const char *const *strings;
    size_t n;
} StringsRequest;

static void strings_request(State *S, void *what) {
    const StringsRequest *r = what;
    List *list = list_new(S, (uint32_t)r->n);
    for (size_t k = 0; k < r->n; k++) list_append(S, list, value_object(string_of(S, r->strings[k])));
    state_used_global(S, string_of(S, r->variable))->value = value_object(list);
}

bool elbo_set_strings(elbo_State *S, const char *variable, const char *const *strings, size_t n) {
    StringsRequest request = {variable, strings, n};
    return error_protect(S, strings_request, &request);
}
