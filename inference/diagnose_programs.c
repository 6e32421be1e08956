/* What a model and a guide are without: latents, data, params. */
#include "inference/diagnose.h"

/* What was met in a run. */
typedef struct Inventory {
    unsigned latents, observed, missing, imputed, factors, params;
} Inventory;

/* A latent that stands in the program as `obs y ~ …`: its place is the target. */
static bool is_written_obs(const Site *site) {
    return site->node && (site->node->kind == NODE_NAME || site->node->kind == NODE_INDEX || site->node->kind == NODE_FIELD);
}

/* Data that are missing as a whole are unknown like a latent, if a guide draws them. */
static void count(const Trace *trace, const Trace *guide, Inventory *found) {
    for (uint32_t k = 0; trace && k < trace->count; k++) {
        const Site *site = &trace->sites[k];
        if (site->kind == MESSAGE_PARAM) found->params++;
        else if (site->kind == MESSAGE_FACTOR) found->factors++;
        else if (site->kind != MESSAGE_SAMPLE) continue;
        else if (site->is_observed) found->observed++;
        else if (is_written_obs(site) && guide && trace_find(guide, site->name)) found->imputed++;
        else if (site->scored.tag == VALUE_MISSING) found->missing++;
        else if (!site->is_auxiliary) found->latents++;
    }
}

static const Closure *closure_of(Value f) {
    while (f.tag == VALUE_WRAPPED) f = ((Wrapped *)f.as.object)->function;
    return f.tag == VALUE_CLOSURE ? f.as.closure : NULL;
}

/* Where the function begins: `model m(x)`. */
typedef struct Head {
    const Node *key;
    Span span;
    const char *name;
} Head;

static Head at_head(State *S, Value f, const char *otherwise) {
    const Closure *closure = closure_of(f);
    if (!closure) return (Head){S->node, S->node ? S->node->span : (Span){0, 0}, otherwise};
    S->source = &closure->chunk->source;
    const Function *function = closure->function;
    return (Head){function->body, function->head, function->name ? function->name->text : otherwise};
}

static void report_no_latents(State *S, Value model, const Inventory *found) {
    Head head = at_head(S, model, "this model");
    const char *what = found->params ? "As it is, the fit only moves the params to where the data are most likely: maximum likelihood."
                                     : "As it is, nothing is learned from the data.";
    warning_report_at(S, head.key, head.span, "no-latents",
                      error_text(S, "A latent variable is what is unknown and has a prior: write `mu ~ Normal(0, 10)` for what you want to learn,\n"
                                    "and let the data depend on it. %s", what),
                      "the model '%s' has no latent variable, so there is nothing to infer", head.name);
}

static void report_no_observations(State *S, Value model, const Inventory *found) {
    Head head = at_head(S, model, "this model");
    warning_report_at(S, head.key, head.span, "no-observations",
                      found->missing ? "Pass the data to `svi`, behind the model: svi(model, data)."
                                     : "Data come in by `obs x[i] ~ …`; what is written `x ~ …` is drawn, not compared with anything.",
                      found->missing ? "all data of the model '%s' are missing, so the guide learns the prior"
                                     : "the model '%s' observes no data, so the guide learns the prior",
                      head.name);
}

static void report_no_params(State *S, Value guide) {
    Head head = at_head(S, guide, "this guide");
    warning_report_at(S, head.key, head.span, "guide-without-params",
                      "Give it numbers that the fit can move, for instance\n"
                      "    param m = 0\n    param s: positive = 1\n    mu ~ Normal(m, s)",
                      "the guide '%s' has no params, so there is nothing that a step could change", head.name);
}

/* `guide m(x) { }` for a model with params asks for maximum likelihood. */
static bool is_empty(Value guide) {
    const Closure *closure = closure_of(guide);
    return closure && closure->function->body->as.list.count == 0;
}

void diagnose_programs(State *S, const Fit *fit, const Trace *model, const Trace *guide) {
    const Node *node = S->node;
    const Source *source = S->source;
    Inventory found = {0}, drawn = {0};
    count(model, guide, &found);
    count(guide, NULL, &drawn);
    bool likelihood = found.params && is_empty(fit->guide);
    if (model && !found.latents && !found.missing && !found.imputed && !likelihood) report_no_latents(S, fit->model, &found);
    S->source = source;
    if (model && !found.observed && !found.factors && !found.imputed) report_no_observations(S, fit->model, &found);
    S->source = source;
    if (model && guide && found.latents && !found.params && !drawn.params) report_no_params(S, fit->guide);
    S->node = node;
    S->source = source;
}
