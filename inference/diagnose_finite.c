/* not-a-number: the first value that was not finite, or the site whose log density is not. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "inference/diagnose.h"
#include "runtime/mask.h"
#include "runtime/operations.h"
#include "runtime/probe.h"
#include "runtime/watch.h"

unsigned long long diagnose_step(const SviRun *run) { return (unsigned long long)run->fit->done + 1; }

Value diagnose_again(State *S, SviRun *run) {
    bool silent = S->silent;
    S->silent = true;
    S->parameters = NULL;
    tape_clear(S);
    watch_begin(S);
    Value elbo = svi_estimate(S, run);
    watch_end(S);
    S->silent = silent;
    return elbo;
}

/* ---- Texts ---- */

const char *diagnose_quote(const Node *node, const Source *source, char text[DIAGNOSE_QUOTE]) {
    Span span = node->span;
    size_t n = span.end - span.start;
    bool plain = n + 3 <= DIAGNOSE_QUOTE && n <= 60;
    for (size_t k = 0; plain && k < n; k++) plain = source->text[span.start + k] != '\n' && source->text[span.start + k] != '\r';
    if (plain) snprintf(text, DIAGNOSE_QUOTE, "`%.*s`", (int)n, source->text + span.start);
    else snprintf(text, DIAGNOSE_QUOTE, "this");
    return text;
}

const Site *diagnose_param_site(const SviRun *run, const String *name) {
    const Trace *traces[] = {run->call->guide_trace, run->call->model_trace};
    for (int k = 0; k < 2; k++) {
        const Site *site = traces[k] ? trace_find(traces[k], name) : NULL;
        if (site && site->kind == MESSAGE_PARAM) return site;
    }
    return NULL;
}

/* The param's value in this step, which may differ from what the fit reports (an average). */
static void describe_param(State *S, const SviRun *run, uint32_t k, char *text, size_t size) {
    const FitParam *p = &run->fit->params[k];
    const Site *site = diagnose_param_site(run, p->name);
    Value v = param_to_value(S, p->constraint, value_detached(run->theta->values[k]));
    char value[40] = "", line[40] = "";
    if (v.tag == VALUE_NUMBER) snprintf(value, sizeof value, " = %.6g", v.as.number);
    if (site) snprintf(line, sizeof line, " (line %u)", diagnose_line(site));
    snprintf(text, size, "'%s'%s%s", p->name->text, value, line);
}

enum { ORIGINS = 4 }; /* are named; of the others the number */

/* Adds number k of n to "; it comes from the params 'a', 'b' and 'c'". */
static void add_origin(char text[DIAGNOSE_ORIGIN], uint32_t k, uint32_t n, const char *one) {
    const char *joint = k == 0 ? (n == 1 ? "; it comes from the param " : "; it comes from the params ") : k + 1 == n ? " and " : ", ";
    size_t at = strlen(text);
    snprintf(text + at, DIAGNOSE_ORIGIN - at, "%s%s", joint, one);
    at = strlen(text);
    if (k + 1 == ORIGINS && n > ORIGINS) snprintf(text + at, DIAGNOSE_ORIGIN - at, " and %u others", n - ORIGINS);
}

void diagnose_origin(State *S, const SviRun *run, uint64_t id, char text[DIAGNOSE_ORIGIN]) {
    text[0] = '\0';
    if (id < S->tape.base) return;
    const bool *reached = tape_ancestors(S, value_dual(0, id));
    uint32_t behind[ORIGINS], n = 0;
    for (uint32_t k = 0; k < run->fit->n_params; k++) {
        if (!reached[run->theta->values[k].node - S->tape.base]) continue;
        if (n < ORIGINS) behind[n] = k;
        n++;
    }
    for (uint32_t k = 0; k < n && k < ORIGINS; k++) {
        char one[160];
        describe_param(S, run, behind[k], one, sizeof one);
        add_origin(text, k, n, one);
    }
}

/* The same of the params of the probe. */
static void probe_origin(State *S, uint64_t id, char text[DIAGNOSE_ORIGIN]) {
    text[0] = '\0';
    if (id < S->tape.base) return;
    const Probe *probe = &S->probe;
    const bool *reached = tape_ancestors(S, value_dual(0, id));
    uint32_t behind[ORIGINS], n = 0;
    for (uint32_t k = 0; k < probe->n_params; k++) {
        if (!reached[probe->params[k].node - S->tape.base]) continue;
        if (n < ORIGINS) behind[n] = k;
        n++;
    }
    for (uint32_t k = 0; k < n && k < ORIGINS; k++) {
        const ProbeParam *p = &probe->params[behind[k]];
        char one[160], line[40] = "";
        if (p->place && p->chunk) snprintf(line, sizeof line, " (line %u)", source_position(&p->chunk->source, p->place->span.start).line);
        snprintf(one, sizeof one, "'%s'%s", p->name->text, line);
        add_origin(text, k, n, one);
    }
}

/* ---- What was found ---- */

static const char data_advice[] =
    "It stands so in the data: correct it, leave it out, or put `missing` in its place if it is observed and not known.";

/* What makes a function or an operator give what is not finite. */
static const struct {
    const char *name, *advice;
} habits[] = {
    {"log", "A logarithm needs a number greater than 0."},
    {"log1p", "log1p needs a number greater than -1."},
    {"sqrt", "A square root needs a number that is not negative."},
    {"exp", "exp grows past every number at about 709. A smaller lr keeps its argument from getting there."},
    {"logit", "logit needs a number between 0 and 1, and not 0 or 1 itself."},
    {"/", "Is that a division by 0?"},
    {"^", "A power of a negative number exists for whole exponents only, and a power may grow past every number."},
    {"@", "One of the products, or their sum, is past every number."},
};

static const char *name_of(const Node *node) {
    if (node->kind == NODE_CALL && node->as.call.callee->kind == NODE_NAME) return node->as.call.callee->as.variable.name->text;
    if (node->kind == NODE_BINARY && node->op == OPERATOR_DIVIDE) return "/";
    if (node->kind == NODE_BINARY && node->op == OPERATOR_POWER) return "^";
    if (node->kind == NODE_BINARY && node->op == OPERATOR_MATMUL) return "@";
    return "";
}

/* `first`: no step has been taken that could be to blame. */
static const char *usual_causes(bool first) {
    return first ? "No step has been taken yet, so the initial values, or the data, have led there. Scales near 0 and very large\n"
                   "numbers are the usual causes."
                 : "A scale that has shrunk to 0, a logarithm of 0 and steps that are too long are the usual causes; try a smaller lr.";
}

static const char *habit_of(const WatchFind *find, bool first) {
    const Node *node = find->node;
    for (size_t k = 0; k < sizeof habits / sizeof *habits; k++)
        if (strcmp(habits[k].name, name_of(node)) == 0) return habits[k].advice;
    if (node->kind == NODE_INDEX && !find->id) return data_advice;
    return usual_causes(first);
}

static const char *amount_of(double x) { return isnan(x) ? "not a number" : x > 0 ? "inf" : "-inf"; }

/* `run` is NULL before the first step; `then`: what became of the step. */
static _Noreturn void raise_found(State *S, const SviRun *run, const WatchFind *find, const char *then) {
    char quote[DIAGNOSE_QUOTE], origin[DIAGNOSE_ORIGIN] = "", where[60] = "", when[60] = "before the first step";
    if (find->id && run) diagnose_origin(S, run, find->id, origin);
    else if (find->id) probe_origin(S, find->id, origin);
    if (run) snprintf(when, sizeof when, "in step %llu", diagnose_step(run));
    if (find->lanes > 1 && find->bad < find->lanes) snprintf(where, sizeof where, " in %zu of %zu lanes", find->bad, find->lanes);
    S->node = find->node;
    S->source = find->source;
    error_raise(S, "not-a-number", habit_of(find, !run || run->fit->done == 0), "%s is %s%s %s%s%s",
                diagnose_quote(find->node, find->source, quote), isnan(find->value) ? "nan" : amount_of(find->value), where, when, then, origin);
}

/* The first site whose log density is not finite in some lane; NULL: there is none, or no trace. */
static const Site *site_not_finite(State *S, const Trace *trace) {
    for (uint32_t k = 0; trace && k < trace->count; k++) {
        const Site *site = &trace->sites[k];
        if (site->alternative || (site->kind != MESSAGE_SAMPLE && site->kind != MESSAGE_FACTOR)) continue;
        Value finite = operation_unary(S, elementwise_find("is_finite"), value_detached(trace_site_score(S, trace, site)));
        double least, unused;
        value_extremes(S, finite, &least, &unused);
        if (least == 0) return site;
    }
    return NULL;
}

/* Whether all that is there, and not missing, is. */
static bool is_finite(State *S, Value v) {
    double scratch[LANE_BLOCK];
    const Layout *l = value_layout(S, v);
    const double *x = value_data(v, scratch);
    size_t length = l->n_axes ? l->axes[l->n_axes - 1]->size : l->components;
    for (size_t start = 0; start < l->size; start += l->row)
        for (size_t i = 0; i < length; i++)
            if (!isfinite(x[start + i]) && !number_is_missing(x[start + i])) return false;
    return true;
}

static _Noreturn void raise_site(State *S, const SviRun *run, const Site *site, double elbo) {
    bool first = run->fit->done == 0;
    const char *advice = usual_causes(first);
    diagnose_at_site(S, site);
    const char *family = site->kind == MESSAGE_SAMPLE ? site->distribution->row->name : "factor";
    bool everywhere = site->kind == MESSAGE_SAMPLE && site->distribution->row->support && strcmp(site->distribution->row->support, "real") == 0;
    if (site->is_observed && !is_finite(S, site->value))
        advice = data_advice;
    else if (everywhere && first && !isnan(elbo))
        advice = error_text(S, "It lies so far out that %s gives it the density 0. Begin with initial values that are nearer to the data.", family);
    else if (everywhere && !isnan(elbo))
        advice = error_text(S, "It lies so far out that %s gives it the density 0. Steps that are too long are the usual cause; try a smaller lr.", family);
    else if (!site->is_observed && !isnan(elbo) && site->kind == MESSAGE_SAMPLE)
        advice = error_text(S, "Some particles lie outside of the support of %s. Let the guide draw '%s' from a family with the same support.",
                            family, site->name->text);
    else if (site->is_observed && !isnan(elbo))
        advice = error_text(S, "Some of the data lie outside of the support of %s.", family);
    error_raise(S, "not-a-number", advice, "the log density of '%s' makes the ELBO %s in step %llu", site->name->text, amount_of(elbo),
                diagnose_step(run));
}

void diagnose_not_finite(State *S, SviRun *run, double elbo) {
    Value again = diagnose_again(S, run);
    const WatchFind *find = watch_first(S, again);
    if (find) raise_found(S, run, find, error_text(S, ", and makes the ELBO %s", amount_of(elbo)));
    const Site *site = site_not_finite(S, run->call->model_trace);
    if (!site) site = site_not_finite(S, run->call->guide_trace);
    if (site) raise_site(S, run, site, elbo);
    error_raise(S, "not-a-number", "A scale that has shrunk to 0 and steps that are too long are the usual causes; try a smaller lr.",
                "the ELBO is %s in step %llu", amount_of(elbo), diagnose_step(run));
}

/* ---- Steps that end in an error ---- */

static void fail_again(State *S, void *run) { diagnose_again(S, run); }

/* The first of what was found behind the last. */
static const WatchFind *cause_found(State *S) {
    const WatchFind *last = &S->watch.finds[S->watch.n_finds - 1];
    const WatchFind *first = last->id ? watch_first(S, value_dual(0, last->id)) : last;
    return first ? first : last;
}

static void find_cause(State *S, void *what) {
    SviRun *run = what;
    S->random = run->fit->random;
    entry_begin(S);
    tape_begin(S);
    bool ended = error_protect(S, fail_again, run);
    if (ended || S->watch.n_finds == 0) error_again(S);
    run->call->guide_trace = run->call->model_trace = NULL;
    raise_found(S, run, cause_found(S), "");
}

/* Whether a distribution was given a number that is not finite. */
static bool is_refusal(const State *S) { return !S->error.no_memory && strcmp(S->error.diagnostic.kind, "bad-argument") == 0 && S->bad_number; }

void diagnose_probe_failed(State *S) {
    if (is_refusal(S) && S->watch.n_finds) raise_found(S, NULL, cause_found(S), "");
}

void diagnose_failed(State *S, SviRun *run) {
    if (!is_refusal(S)) return;
    error_protect(S, find_cause, run);
}
