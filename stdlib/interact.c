/* SPDX-License-Identifier: GPL-3.0-or-later
   What a session at a prompt asks the library for. */
#include <string.h>
#include <time.h>

#include "elbo.h"
#include "runtime/eval.h"
#include "runtime/gc.h"
#include "runtime/run.h"
#include "runtime/text.h"
#include "stdlib/show.h"

/* ---- Is it complete? ---- */

static void report_nothing(void *user, const Diagnostic *diagnostic) { (void)user, (void)diagnostic; }

bool elbo_is_incomplete(elbo_State *S, const char *text, size_t length) {
    char *copy = memory_try(S, length + 1); /* with the NUL that the scanner wants */
    if (!copy) return false;
    memcpy(copy, text, length);
    copy[length] = '\0';
    Source source = {.name = "", .text = copy, .length = length};
    ParseOptions options = {.allocate = run_parse_allocate, .report = report_nothing, .user = S, .quiet_incomplete = true,
                            .interactive = true};
    Chunk *chunk = NULL;
    ParseStatus status = parse(&source, &options, &chunk);
    if (chunk) chunk_free(chunk);
    memory_free(S, copy, length + 1);
    return status == PARSE_INCOMPLETE;
}

/* ---- Answers ---- */

static void print_from(State *S, size_t start) {
    text_output(S, start);
}

static Span head_of(const Node *node) {
    if (node->kind == NODE_DEFINE) return node->as.define.function->head;
    return node->kind == NODE_HANDLER ? node->as.handler.function->head : (Span){0, 0};
}

/* "model normal(x)", on one line however it was written. */
static void answer_definition(State *S, const Source *source, Span head) {
    size_t start = text_begin(S);
    bool gap = false;
    for (uint32_t k = head.start; k < head.end; k++) {
        char c = source->text[k];
        bool blank = c == ' ' || c == '\t' || c == '\n' || c == '\r';
        if (!blank) {
            if (gap) text_append(S, " ", 1);
            text_append(S, &c, 1);
        }
        gap = blank;
    }
    text_make_visible(S, start, false);
    text_append(S, "\n", 1);
    print_from(S, start);
}

/* Whoever assigns knows the value, and a definition has had its answer. */
static bool is_expression(const Node *node) {
    switch (node->kind) {
        case NODE_ASSIGN:
        case NODE_SAMPLE:
        case NODE_OBS:
        case NODE_PARAM:
        case NODE_DETERMINISTIC:
        case NODE_DEFINE:
        case NODE_HANDLER:
        case NODE_IMPORT: return false;
        default: return true;
    }
}

static void show_answer(State *S, Value v) {
    size_t start = text_begin(S);
    show_value(S, v);
    text_append(S, "\n", 1);
    print_from(S, start);
}

static void keep_answer(State *S, Value v) {
    if (v.tag == VALUE_ARRAY || v.tag == VALUE_LIST || v.tag == VALUE_RECORD) v.as.object->shared = true;
    state_used_global(S, string_of(S, "_"))->value = v;
}

typedef struct InteractRequest {
    const char *name, *text;
    size_t length;
} InteractRequest;

static void interact_request(State *S, void *what) {
    InteractRequest *request = what;
    size_t base = S->top;
    S->node = NULL;
    S->source = NULL;
    Value program = run_program(S, request->name, request->text, request->length);
    const ChunkObject *chunk = program.as.closure->chunk;
    Value v = value_whole(S, value_detached(call_value(S, program, NULL, 0)));
    stack_push(S, v);
    const NodeList *statements = &program.as.closure->function->body->as.list;
    for (uint32_t k = 0; k < statements->count; k++) {
        Span head = head_of(statements->items[k]);
        if (head.end > head.start) answer_definition(S, &chunk->source, head);
    }
    const Node *last = statements->count ? statements->items[statements->count - 1] : NULL;
    if (last && is_expression(last) && v.tag != VALUE_NONE && v.tag != VALUE_UNASSIGNED) {
        keep_answer(S, v);
        S->shown = last->span;
        show_answer(S, v);
    }
    S->top = base;
}

static elbo_Status interact(State *S, InteractRequest *request) {
    S->shown = (Span){0, 0};
    return run_protected(S, interact_request, request);
}

elbo_Status elbo_interact(elbo_State *S, const char *name, const char *text, size_t length) {
    return interact(S, &(InteractRequest){.name = name, .text = text, .length = length});
}

bool elbo_shown(const elbo_State *S, size_t *start, size_t *end) {
    *start = S->shown.start;
    *end = S->shown.end;
    return S->shown.end > S->shown.start;
}

/* ---- Time ---- */

static double seconds_now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void amount(State *S, double x, const char *const units[], double step) {
    unsigned k = 0;
    for (; x >= step && units[k + 1]; k++) x /= step;
    text_number(S, x, 3);
    text_print(S, " %s", units[k]);
}

static void time_request(State *S, void *what) {
    static const char *const bytes[] = {"B", "kB", "MB", "GB", "TB", NULL};
    const double *measured = what;
    size_t start = text_begin(S);
    if (measured[0] < 1) amount(S, measured[0] * 1e6, (const char *const[]){"µs", "ms", NULL}, 1000);
    else text_print(S, "%.2f s", measured[0]);
    if (measured[1] > 0) text_print(S, ", %.0f steps/s", measured[1]);
    text_print(S, ", ");
    amount(S, (double)elbo_memory_in_use(S), bytes, 1000);
    text_print(S, " in use\n");
    print_from(S, start);
}

elbo_Status elbo_time(elbo_State *S, const char *name, const char *text, size_t length) {
    InteractRequest request = {.name = name, .text = text, .length = length};
    double from = seconds_now();
    uint64_t steps = S->steps;
    elbo_Status status = interact(S, &request);
    if (status == ELBO_PARSE_ERROR || status == ELBO_INCOMPLETE) return status;
    double seconds = seconds_now() - from, measured[] = {seconds, (double)(S->steps - steps) / seconds};
    elbo_Status printed = run_protected(S, time_request, measured);
    return status == ELBO_OK ? printed : status;
}

/* ---- Options that may change ---- */

void elbo_set_width(elbo_State *S, unsigned columns) { S->options.width = columns; }
void elbo_set_colours(elbo_State *S, bool colours) { S->options.colours = colours; }
void elbo_set_seed(elbo_State *S, uint64_t seed) { S->random = (RandomState){.seed = seed}; }
