/* The look at guide and model before the first step. */
#include <string.h>

#include "inference/diagnose.h"
#include "runtime/probe.h"
#include "runtime/watch.h"

void diagnose_at_site(State *S, const Site *site) {
    S->node = site->node;
    if (site->chunk) S->source = &site->chunk->source;
}

Span diagnose_site_span(const Site *site) {
    if (!site->node) return (Span){0, 0};
    return site->node->kind == NODE_SAMPLE ? site->node->as.site.target->span : site->node->span;
}

unsigned diagnose_line(const Site *site) {
    return site->node && site->chunk ? source_position(&site->chunk->source, site->node->span.start).line : 0;
}

/* ---- Running them ---- */

typedef struct Attempt {
    Value function;
    Trace *replayed, *trace;
    const Value *arguments;
    unsigned n;
} Attempt;

static void attempt(State *S, void *what) {
    Attempt *a = what;
    a->trace = inference_probe(S, a->function, a->replayed, a->arguments, a->n);
}

/* False: it raised an error that a diagnosis may explain. */
static bool attempt_run(State *S, Attempt *a) {
    a->trace = NULL;
    if (error_protect(S, attempt, a)) return true;
    if (S->error.no_memory || strcmp(S->error.diagnostic.kind, "interrupted") == 0) error_again(S);
    return false;
}

/* Runs once more what has failed, watched: the first number that was not finite tells more than where it was refused. */
static Trace *run_watched(State *S, Attempt *a) {
    watch_begin(S);
    bool ended = attempt_run(S, a);
    watch_end(S);
    if (ended) return a->trace;
    diagnose_probe_failed(S);
    error_again(S);
}

Trace *diagnose_guide(State *S, const Fit *fit, const Value *arguments, unsigned n) {
    probe_clear(S);
    Attempt guide = {.function = fit->guide, .arguments = arguments, .n = n}, model = guide;
    if (attempt_run(S, &guide)) return guide.trace;
    model.function = fit->model;
    if (attempt_run(S, &model)) diagnose_programs(S, fit, model.trace, NULL);
    diagnose_params(S);
    return run_watched(S, &guide);
}

/* Draws of its own show what the model's sites are, where those of the guide stop it. */
static void compare_apart(State *S, const Fit *fit, Trace *guide, Attempt *alone) {
    stack_push(S, value_object(alone->trace));
    diagnose_programs(S, fit, alone->trace, guide);
    diagnose_observed(S, alone->trace, guide);
    diagnose_params(S);
    diagnose_supports(S, alone->trace, guide);
    diagnose_shapes(S, alone->trace, guide);
    stack_pop(S, 1);
}

Trace *diagnose_model(State *S, const Fit *fit, Trace *guide, const Value *arguments, unsigned n) {
    Attempt replayed = {.function = fit->model, .replayed = guide, .arguments = arguments, .n = n}, alone = replayed;
    alone.replayed = NULL;
    if (attempt_run(S, &replayed)) return replayed.trace;
    if (attempt_run(S, &alone)) compare_apart(S, fit, guide, &alone);
    else diagnose_params(S);
    return run_watched(S, &replayed);
}

void diagnose_start(State *S, const Fit *fit, const Trace *model, const Trace *guide) {
    const Node *node = S->node;
    const Source *source = S->source;
    diagnose_programs(S, fit, model, guide);
    diagnose_observed(S, model, guide);
    diagnose_params(S);
    diagnose_pairing_of(S, fit, model, guide);
    diagnose_supports(S, model, guide);
    diagnose_shapes(S, model, guide);
    S->node = node;
    S->source = source;
}
