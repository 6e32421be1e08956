#include "runtime/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "runtime/message.h"
#include "runtime/progress.h"
#include "runtime/state.h"

/* One buffer, made when the state opens, so that raising an error never allocates: message, advice, calls. */
enum { TEXT_MESSAGE = 2048, TEXT_ADVICE = 2048, TEXT_CALLS = 2048, TEXT_SCRATCH = 2048 };
enum { AT_ADVICE = TEXT_MESSAGE, AT_CALLS = AT_ADVICE + TEXT_ADVICE, AT_SCRATCH = AT_CALLS + TEXT_CALLS };
enum { CALLS_SHOWN = 6 };

bool error_open(State *S) {
    S->error_text_size = AT_SCRATCH + TEXT_SCRATCH;
    S->error_text = memory_try(S, S->error_text_size);
    return S->error_text != NULL;
}

/* vsnprintf without the sign of a NaN, which says nothing: on some machines 0 / 0 has one, on others not. */
static void format_text(char *text, size_t size, const char *format, va_list arguments) {
    vsnprintf(text, size, format, arguments);
    for (char *at = text; (at = strstr(at, "-nan")); at++)
        if (at == text || at[-1] == ' ') memmove(at, at + 1, strlen(at));
}

const char *error_text(State *S, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    format_text(S->error_text + AT_SCRATCH, TEXT_SCRATCH, format, arguments);
    va_end(arguments);
    return S->error_text + AT_SCRATCH;
}

static size_t append(char *text, size_t at, size_t size, const char *format, ...) {
    if (at >= size) return at;
    va_list arguments;
    va_start(arguments, format);
    int n = vsnprintf(text + at, size - at, format, arguments);
    va_end(arguments);
    return n < 0 ? at : at + (size_t)n;
}

static const char *function_kind(const Function *function) {
    switch (function->kind) {
        case FUNCTION_MODEL: return "model";
        case FUNCTION_GUIDE: return "guide";
        case FUNCTION_HANDLER: return "handler";
        default: return "function";
    }
}

static void describe_handlers(State *S, char *text, size_t at) {
    if (S->n_handlers == S->first_handler) return;
    at = append(text, at, TEXT_CALLS, "  under");
    unsigned shown = 0;
    for (uint32_t k = S->n_handlers; k-- > S->first_handler && shown <= CALLS_SHOWN; shown++)
        at = append(text, at, TEXT_CALLS, " %s", shown < CALLS_SHOWN ? handler_frame_name(&S->handlers[k]) : "…");
    append(text, at, TEXT_CALLS, "\n");
}

/* The calls and handlers that are active, innermost first. */
static void describe_calls(State *S) {
    char *text = S->error_text + AT_CALLS;
    size_t at = 0;
    unsigned shown = 0;
    text[0] = '\0';
    for (Frame *f = S->frame; f && f->closure; f = f->previous) {
        const Function *function = f->closure->function;
        if (function->kind == FUNCTION_MAIN) break;
        /* Of a recursion only the innermost call is shown. */
        if (f->previous && f->previous->call == f->call && f->previous->closure->function == function && f->call) continue;
        if (shown++ == CALLS_SHOWN) {
            at = append(text, at, TEXT_CALLS, "  …\n");
            break;
        }
        if (function->kind == FUNCTION_CLAUSE)
            at = append(text, at, TEXT_CALLS, "  in the clause '%s' of handler '%s'", function->name->text, function->parent->name->text);
        else
            at = append(text, at, TEXT_CALLS, "  in %s '%s'", function_kind(function), function->name ? function->name->text : "fn");
        if (f->call && f->source) {
            Position p = source_position(f->source, f->call->span.start);
            at = append(text, at, TEXT_CALLS, ", called at %s:%u:%u", f->source->name, p.line, p.column);
        }
        at = append(text, at, TEXT_CALLS, "\n");
    }
    describe_handlers(S, text, at);
}

static void fill(State *S, Span span, const char *kind, const char *advice, const char *format, va_list arguments) {
    Diagnostic *d = &S->error.diagnostic;
    /* The advice may lie in the scratch text, the arguments too: format the message first, into its own place. */
    format_text(S->error_text, TEXT_MESSAGE, format, arguments);
    *d = (Diagnostic){.severity = SEVERITY_ERROR, .kind = kind, .message = S->error_text, .source = S->source, .span = span};
    if (advice) {
        snprintf(S->error_text + AT_ADVICE, TEXT_ADVICE, "%s", advice);
        d->advice = S->error_text + AT_ADVICE;
    }
    describe_calls(S);
    S->error.raised = true;
    S->error.no_memory = false;
    S->error.calls = S->error_text + AT_CALLS;
}

static _Noreturn void error_jump(State *S) { longjmp(*S->protect, 1); }

void error_raise(State *S, const char *kind, const char *advice, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fill(S, S->node ? S->node->span : (Span){0, 0}, kind, advice, format, arguments);
    va_end(arguments);
    if (!S->node) S->error.diagnostic.source = NULL;
    error_jump(S);
}

void error_raise_at(State *S, Span span, const char *kind, const char *advice, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fill(S, span, kind, advice, format, arguments);
    va_end(arguments);
    error_jump(S);
}

void error_no_memory(State *S) {
    S->error = (Error){.raised = true, .no_memory = true, .calls = ""};
    S->error.diagnostic = (Diagnostic){
        .severity = SEVERITY_ERROR,
        .kind = "out-of-memory",
        .message = "there is not enough memory",
        .advice = "Use fewer particles or less data, or subsample.",
        .source = S->node ? S->source : NULL,
        .span = S->node ? S->node->span : (Span){0, 0},
    };
    error_jump(S);
}

void error_again(State *S) { error_jump(S); }

void error_show(State *S, const Diagnostic *d, const char *calls) {
    if (S->options.quiet && d->severity != SEVERITY_ERROR) return;
    if (S->options.json) {
        diagnostic_json(d, calls, S->options.report, S->options.user);
        return;
    }
    diagnostic_render(d, S->options.report, S->options.user);
    if (calls) diagnostic_text(calls, S->options.report, S->options.user);
}

static bool warned_before(State *S, const char *kind, const Node *node) {
    Warned *w = S->warned;
    for (uint32_t k = 0; k < S->n_warned; k++)
        if (w[k].kind == kind && w[k].node == node) return true;
    MEMORY_GROW(S, S->warned, S->n_warned, S->warned_capacity);
    S->warned[S->n_warned++] = (Warned){kind, node};
    return false;
}

static bool is_noted(const List *noted, Value kind, Value message, double line) {
    for (uint32_t k = 0; k < noted->count; k++) {
        const Record *other = noted->items[k].as.record;
        if (value_equal(other->values[0], kind) && value_equal(other->values[1], message) && other->values[3].as.number == line) return true;
    }
    return false;
}

/* Keeps a warning for whoever asked: shown before or not, but each once. */
static void note_warning(State *S, Span span, const char *kind, const char *advice, const char *text) {
    Value name = value_object(string_of(S, kind)), message = value_object(string_of(S, text));
    double line = S->source && span.end ? source_position(S->source, span.start).line : 0;
    if (is_noted(S->noted, name, message, line)) return;
    Record *record = record_new(S, 4);
    record_set(S, record, string_of(S, "kind"), name);
    record_set(S, record, string_of(S, "message"), message);
    record_set(S, record, string_of(S, "advice"), advice ? value_object(string_of(S, advice)) : value_none());
    record_set(S, record, string_of(S, "line"), value_number(line));
    list_append(S, S->noted, value_object(record));
}

static void warn(State *S, const Node *node, Span span, const char *kind, const char *advice, const char *format, va_list arguments) {
    bool shown = warned_before(S, kind, node);
    if (shown && !S->noted) return;
    char message[TEXT_MESSAGE];
    format_text(message, sizeof message, format, arguments);
    if (S->noted) note_warning(S, span, kind, advice, message);
    if (shown) return;
    Diagnostic d = {.severity = SEVERITY_WARNING, .kind = kind, .message = message, .advice = advice,
                    .source = node ? S->source : NULL, .span = span};
    error_show(S, &d, NULL);
}

void warning_report(State *S, const char *kind, const char *advice, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    warn(S, S->node, S->node ? S->node->span : (Span){0, 0}, kind, advice, format, arguments);
    va_end(arguments);
}

void warning_report_at(State *S, const void *node, Span span, const char *kind, const char *advice, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    warn(S, node, span, kind, advice, format, arguments);
    va_end(arguments);
}

/* Every mark of the state that running program code moves. */
typedef struct Marks {
    jmp_buf *protect;
    size_t top;
    Frame *frame;
    uint32_t depth, n_plates, n_handlers, first_handler;
    uint64_t run;
    const Node *node;
    const Source *source;
    const Layout *lanes;
    Array *mask;
    Record *parameters;
    RandomState random;
    struct Message *messages;
    struct ClauseCall *clause;
    size_t text_used;
    Signal signal;
    bool recording, silent, probing, watching, stepping;
    struct Onlooker *onlooker;
    List *noted;
    bool gc_held;
    unsigned progress;
} Marks;

static Marks marks_take(const State *S) {
    return (Marks){S->protect, S->top, S->frame, S->depth, S->n_plates, S->n_handlers, S->first_handler, S->run, S->node, S->source,
                   S->lanes, S->mask, S->parameters, S->random, S->messages, S->clause, S->text_used, S->signal, S->tape.recording, S->silent, S->probing, S->watching, S->stepping,
                   S->onlooker, S->noted, S->gc_held, progress_active(S)};
}

static void marks_restore(State *S, const Marks *m) {
    S->protect = m->protect;
    S->top = m->top;
    S->frame = m->frame;
    S->depth = m->depth;
    S->n_plates = m->n_plates;
    S->n_handlers = m->n_handlers;
    S->first_handler = m->first_handler;
    S->run = m->run;
    S->node = m->node;
    S->source = m->source;
    S->lanes = m->lanes;
    S->mask = m->mask;
    S->parameters = m->parameters;
    S->random = m->random;
    S->messages = m->messages;
    S->clause = m->clause;
    S->text_used = m->text_used;
    S->signal = m->signal;
    S->silent = m->silent;
    S->probing = m->probing;
    S->watching = m->watching;
    S->stepping = m->stepping;
    S->onlooker = m->onlooker;
    S->noted = m->noted;
    S->gc_held = m->gc_held;
    progress_unwind(S, m->progress);
    if (S->tape.recording && !m->recording) tape_end(S);
}

bool error_protect(State *S, void (*function)(State *S, void *argument), void *argument) {
    jmp_buf here;
    const Marks marks = marks_take(S);
    S->protect = &here;
    if (setjmp(here)) {
        marks_restore(S, &marks);
        return false;
    }
    function(S, argument);
    S->protect = marks.protect;
    return true;
}
