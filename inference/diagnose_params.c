/* unconstrained-scale: a param without a constraint reaches what must be positive, or between 0 and 1. */
#include <stdio.h>

#include "inference/diagnose.h"
#include "runtime/probe.h"
#include "runtime/provenance.h"

static bool is_reported(const ProbeParam *const reported[], uint32_t n, const ProbeParam *param) {
    for (uint32_t k = 0; k < n; k++)
        if (reported[k]->name == param->name) return true;
    return false;
}

/* Whether guide and model disagree about the constraint, which is an error of its own. */
static bool is_constrained_elsewhere(const State *S, const ProbeParam *param) {
    for (uint32_t k = 0; k < S->probe.n_params; k++)
        if (S->probe.params[k].name == param->name && S->probe.params[k].constraint) return true;
    return false;
}

static void advise(char *advice, size_t size, const ProbeParam *param, const ProbeDemand *demand, bool direct) {
    const ConstraintRow *wanted = constraint_rows[demand->constraint];
    bool unit = demand->constraint == CONSTRAINT_UNIT_INTERVAL;
    const char *danger = unit || wanted->rank ? "out of that" : "below 0", *name = param->name->text;
    char statement[PROVENANCE_TEXT];
    provenance_suggest(param->place, param->chunk ? &param->chunk->source : NULL, wanted->name, statement);
    if (!*statement) snprintf(statement, sizeof statement, "Give it the constraint `%s`.", wanted->name);
    if (direct) snprintf(advice, size, "A step of the optimizer may take it %s. %s", danger, statement);
    else
        snprintf(advice, size, "A step of the optimizer may take it %s. %s\nOr compute with `%s(%s)`, which is %s whatever '%s' is.", danger,
                 statement, unit ? "sigmoid" : "exp", name, wanted->description, name);
}

static void report(State *S, const ProbeParam *param, const ProbeDemand *demand) {
    const Node *place = param->place;
    bool direct = param->node == demand->node;
    unsigned line = demand->place && demand->source ? source_position(demand->source, demand->place->span.start).line : 0;
    char advice[3 * PROVENANCE_TEXT];
    advise(advice, sizeof advice, param, demand, direct);
    if (param->chunk) S->source = &param->chunk->source;
    Span span = !place ? (Span){0, 0} : place->kind == NODE_PARAM ? place->as.param.target->span : place->span;
    warning_report_at(S, place, span, "unconstrained-scale", advice,
                      direct ? "the param '%s' is unconstrained, and as %s of %s (line %u) it must be %s"
                             : "the param '%s' is unconstrained, and %s of %s (line %u), which is computed from it, must be %s",
                      param->name->text, demand->parameter, demand->family, line, constraint_rows[demand->constraint]->description);
}

void diagnose_params(State *S) {
    const Node *node = S->node;
    const Source *source = S->source;
    Probe *probe = &S->probe;
    const ProbeParam **reported = tape_allocate(S, (probe->n_demands + 1) * sizeof *reported);
    uint32_t n = 0;
    for (uint32_t k = 0; k < probe->n_demands; k++) {
        const ProbeDemand *demand = &probe->demands[k];
        const ProbeParam *param = probe_culprit(S, demand);
        if (!param || is_reported(reported, n, param) || is_constrained_elsewhere(S, param)) continue;
        reported[n++] = param;
        report(S, param, demand);
    }
    S->node = node;
    S->source = source;
}
