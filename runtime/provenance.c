#include "runtime/provenance.h"

#include <stdio.h>
#include <string.h>

static const Site *param_in(State *S, const Trace *trace, const bool *reached, const Site *best) {
    for (uint32_t k = 0; k < trace->count; k++) {
        const Site *site = &trace->sites[k];
        if (site->kind != MESSAGE_PARAM || !tape_has(S, site->value) || !reached[site->value.node - S->tape.base]) continue;
        if (!best || (best->constraint && !site->constraint)) best = site;
    }
    return best;
}

static const Site *param_behind(State *S, Value v) {
    const bool *reached = tape_ancestors(S, v);
    const Site *best = NULL;
    for (uint32_t k = S->n_handlers; k-- > S->first_handler;) {
        const HandlerFrame *frame = &S->handlers[k];
        if (frame->row == &handler_trace) best = param_in(S, (Trace *)frame->state.as.object, reached, best);
        /* A replayed value comes from the params of the trace that is replayed. */
        if (frame->row == &handler_replay && !frame->handler) best = param_in(S, (Trace *)frame->state.as.object, reached, best);
    }
    return best;
}

/* The statement as it should stand: the param's own text with the constraint in it. */
void provenance_suggest(const Node *param, const Source *source, const char *wanted, char out[PROVENANCE_TEXT]) {
    out[0] = '\0';
    if (!param || !source || param->kind != NODE_PARAM) return;
    const Node *initial = param->as.param.initial, *target = param->as.param.target;
    const char *text = source->text;
    /* A number that would break the constraint at once, and what begins with a minus, is replaced. */
    bool unit = strcmp(wanted, "unit_interval") == 0;
    bool keeps = initial->kind != NODE_UNARY;
    if (initial->kind == NODE_NUMBER) keeps = initial->as.number > 0 && (!unit || initial->as.number < 1);
    const char *otherwise = unit ? "0.5" : "1";
    snprintf(out, PROVENANCE_TEXT, "Write `param %.*s: %s = %.*s`.", (int)(target->span.end - target->span.start),
             text + target->span.start, wanted, keeps ? (int)(initial->span.end - initial->span.start) : (int)strlen(otherwise),
             keeps ? text + initial->span.start : otherwise);
}

Provenance provenance_find(State *S, Value v, const char *wanted) {
    Provenance p = {"", ""};
    if (!tape_has(S, v)) return p;
    const Site *site = param_behind(S, v);
    if (!site) return p;
    unsigned line = site->node ? source_position(&site->chunk->source, site->node->span.start).line : 0;
    snprintf(p.origin, sizeof p.origin, "; it comes from param '%s' (line %u)%s", site->name->text, line,
             site->constraint || strcmp(wanted, "real") == 0 ? "" : ", which is unconstrained");
    if (!site->constraint && strcmp(wanted, "real") != 0) provenance_suggest(site->node, &site->chunk->source, wanted, p.advice);
    return p;
}
