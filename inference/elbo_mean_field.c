/* TraceMeanField_ELBO: where guide and model draw a site from one family whose divergence KL(q || p) is known, it stands for
   log p - log q of that site; the expectation is the same, without the noise of that draw (Kingma and Welling, Auto-Encoding
   Variational Bayes, ICLR 2014, section 2.3 and appendix B; Ranganath, Gerrish and Blei, Black Box Variational Inference,
   AISTATS 2014, section 3.1, on what is taken out of an expectation).

   The divergence is the expectation over this draw alone, everything that p and q depend on being given. So the model's arguments
   must not depend on the draw, nor on guide sites that depend on it. Program order tells, whatever the dependence runs through:
   all that the model draws before the site must come before it in the guide, too. Otherwise the site is sampled, as in
   Trace_ELBO. */
#include <string.h>

#include "inference/estimator.h"
#include "runtime/eval.h"
#include "runtime/mask.h"
#include "runtime/operations.h"

/* ---- Which sites ---- */

static bool is_latent(const Site *site) {
    return site->kind == MESSAGE_SAMPLE && !site->is_observed && site->scored.tag == VALUE_UNASSIGNED;
}

static bool same_plates(const Trace *p, const Site *at_p, const Trace *q, const Site *at_q) {
    if (at_p->n_plates != at_q->n_plates) return false;
    for (uint32_t k = 0; k < at_p->n_plates; k++)
        if (site_plates(p, at_p)[k] != site_plates(q, at_q)[k]) return false;
    return true;
}

static bool same_scale(Value a, Value b) {
    return a.tag == VALUE_NUMBER && b.tag == VALUE_NUMBER && !a.node && !b.node && a.as.number == b.as.number;
}

static bool same_mask(State *S, Array *a, Array *b) {
    if (a == b) return true;
    return a && b && mask_covers(S, a, b) && mask_covers(S, b, a);
}

/* Whether the model's draw is the guide's, and both count it alike. */
static bool is_pair(State *S, const ElboCall *call, const Site *p, const Site *q) {
    return q && is_latent(p) && is_latent(q) && p->next < 0 && q->next < 0 && p->value.tag == q->value.tag &&
           p->value.node == q->value.node && p->value.as.object == q->value.as.object &&
           same_plates(call->model_trace, p, call->guide_trace, q) && same_scale(p->scale, q->scale) && same_mask(S, p->mask, q->mask);
}

/* The place in the guide's order of a site, the last of its alternatives; -1: it is not there. */
static int64_t place_in_guide(const Trace *guide, const Site *site) {
    int64_t place = -1;
    for (const Site *q = trace_find(guide, site->name); q; q = q->next >= 0 ? &guide->sites[q->next] : NULL)
        if (q - guide->sites > place) place = q - guide->sites;
    return place;
}

/* ---- Terms ---- */

static Value summed_divergence(State *S, const Trace *trace, const Site *p, const Site *q) {
    Value other = value_object(p->distribution);
    if (strcmp(p->distribution->row->name, q->distribution->row->name) != 0) return value_unassigned();
    Value kl = distribution_formula(S, q->distribution, "kl", &other);
    if (kl.tag == VALUE_UNASSIGNED) return kl;
    kl = operation_sum(S, kl);
    if (q->mask) kl = operation_select(S, value_object(q->mask), kl, value_number(0));
    kl = operation_sum_lanes(S, kl, q->n_plates - trace->plates, site_plates(trace, q) + trace->plates);
    if (q->scale.as.number == 1) return kl;
    return operation_binary(S, &elementwise_operators[OPERATOR_MULTIPLY], kl, q->scale);
}

/* The divergence summed over the event and the plates inside the trace; unassigned: there is no formula. It hangs on what had
   been read when the two sites ran, and not on what was read since. */
static Value divergence(State *S, const Trace *trace, const Site *p, const Site *q) {
    uint64_t read = S->tape.read, at_sites = p->read > q->read ? p->read : q->read;
    S->tape.read = at_sites >= S->tape.base ? at_sites : 0;
    Value kl = summed_divergence(S, trace, p, q);
    S->tape.read = read;
    return kl;
}

/* Pushes the log density of the model's sites, and for those with a divergence puts that into the slot of the guide's site. */
static void push_model(State *S, const ElboCall *call, size_t slots) {
    const Trace *model = call->model_trace, *guide = call->guide_trace;
    int64_t latest = -1; /* place in the guide of the sites so far */
    for (uint32_t k = 0; k < model->count; k++) {
        const Site *p = &model->sites[k];
        if (p->alternative || (p->kind != MESSAGE_SAMPLE && p->kind != MESSAGE_FACTOR)) continue;
        const Site *q = trace_find(guide, p->name);
        Value kl = value_unassigned();
        if (is_pair(S, call, p, q) && latest < q - guide->sites) kl = divergence(S, guide, p, q);
        if (kl.tag == VALUE_UNASSIGNED) stack_push(S, trace_site_score(S, model, p));
        else S->stack[slots + (size_t)(q - guide->sites)] = kl;
        int64_t place = is_latent(p) ? place_in_guide(guide, p) : -1;
        if (place > latest) latest = place;
    }
}

/* The log density of the guide's other sites. */
static void fill_guide(State *S, const ElboCall *call, size_t slots) {
    const Trace *guide = call->guide_trace;
    for (uint32_t k = 0; k < guide->count; k++) {
        if (S->stack[slots + k].tag != VALUE_UNASSIGNED) continue;
        Value score = guide->sites[k].alternative ? value_number(0) : trace_site_score(S, guide, &guide->sites[k]);
        S->stack[slots + k] = score;
    }
}

static Value body(State *S, ElboCall *call) {
    estimator_run(S, call);
    size_t base = S->top;
    stack_push(S, value_object(call->guide_trace));
    stack_push(S, value_object(call->model_trace));
    size_t slots = S->top, n = call->guide_trace->count;
    for (size_t k = 0; k < n; k++) stack_push(S, value_unassigned());
    push_model(S, call, slots);
    fill_guide(S, call, slots);
    Value log_p = operation_total(S, S->stack + slots + n, NULL, S->top - slots - n);
    Value off = operation_total(S, S->stack + slots, NULL, n);
    S->top = base;
    return operation_binary(S, &elementwise_operators[OPERATOR_SUBTRACT], log_p, off);
}

static Value objective(State *S, ElboCall *call) { return estimator_mean(S, call, body); }

static const Hyper settings[] = {ESTIMATOR_BASELINE, {0}};

const EstimatorRow estimator_mean_field = {
    .name = "TraceMeanField_ELBO",
    .settings = settings,
    .objective = objective,
    .help = "the ELBO with exact divergences of guide and prior where they are known",
};
