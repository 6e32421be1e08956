/* Trace_ELBO: draw from the guide, replay the model, and differentiate log p - log q through the draws (Kingma and Welling,
   Auto-Encoding Variational Bayes, ICLR 2014). A draw without a pathwise gradient has a score edge on the tape; its cost is
   narrowed by plates (Ranganath, Gerrish and Blei, Black Box Variational Inference, AISTATS 2014, section 3.1).

   TraceGraph_ELBO narrows it by dependency instead: the cost holds only what was computed from the draw (Schulman, Heess, Weber
   and Abbeel, Gradient Estimation Using Stochastic Computation Graphs, NeurIPS 2015, theorem 1). */
#include "inference/estimator.h"
#include "runtime/operations.h"

enum { STICKING_THE_LANDING };

/* ---- Sticking the landing ---- */

static void detach_param(State *S, HandlerFrame *frame, Message *m) {
    (void)S, (void)frame;
    if (m->kind == MESSAGE_PARAM) m->value = value_detached(m->value);
}

static const HandlerRow handler_detached = {.name = "detached", .signature = "", .after = detach_param};

static Value replayed_guide(State *S, const void *what) {
    const ElboCall *call = what;
    return value_object(trace_run_replayed(S, call->guide, call->guide_trace, call->arguments, call->n));
}

/* A point mass, also one that is transformed, is no density. */
static void find_mass(Distribution *d, void *found) {
    if (distribution_is_fixed(d->row)) *(bool *)found = true;
    distribution_each_inner(d, find_mass, found);
}

static bool is_density(Distribution *d) {
    bool mass = false;
    find_mass(d, &mass);
    return !mass;
}

/* Whether the derivative of the site's log density by its params has mean zero: that of a density has. */
static bool has_mean_zero(const Site *site) { return site->kind == MESSAGE_SAMPLE && is_density(site->distribution); }

/* The sum over the guide's sites; `held` is the same run with its params held constant. */
static Value landed_log_q(State *S, const Trace *guide, const Trace *held) {
    size_t base = S->top;
    for (uint32_t k = 0; k < guide->count; k++) {
        const Site *site = &guide->sites[k];
        if (site->alternative || site->kind == MESSAGE_PARAM || site->kind == MESSAGE_DETERMINISTIC) continue;
        const Site *other = has_mean_zero(site) ? trace_find(held, site->name) : NULL;
        stack_push(S, other ? trace_site_score(S, held, other) : trace_site_score(S, guide, site));
    }
    Value total = operation_total(S, S->stack + base, NULL, S->top - base);
    S->top = base;
    return total;
}

/* log q of the draws, where q's params are held constant and the draws are not. What is left out of the gradient has mean zero;
   where q is the posterior, what remains is zero for each draw (Roeder, Wu and Duvenaud, Sticking the Landing, NeurIPS 2017,
   section 3). Running the guide once more keeps how its later sites depend on the earlier draws. */
static Value landed_ratio(State *S, ElboCall *call) {
    estimator_run(S, call);
    size_t base = S->top;
    bool silent = S->silent;
    stack_push(S, value_object(call->guide_trace));
    stack_push(S, value_object(call->model_trace));
    S->silent = true;
    Value guide = handler_run_row(S, &handler_detached, value_unassigned(), replayed_guide, call);
    S->silent = silent;
    Value log_p = trace_log_prob_passing(S, call->model_trace);
    Value log_q = landed_log_q(S, call->guide_trace, (Trace *)guide.as.object);
    S->top = base;
    return operation_binary(S, &elementwise_operators[OPERATOR_SUBTRACT], log_p, log_q);
}

/* ---- The estimators ---- */

static Value objective(State *S, ElboCall *call) {
    bool lands = call->estimator->settings[STICKING_THE_LANDING] != 0;
    return estimator_mean(S, call, lands ? landed_ratio : estimator_log_ratio);
}

static const Hyper settings[] = {{"sticking_the_landing", HYPER_FLAG, RANGE_REAL, 0, 0}, ESTIMATOR_BASELINE, {0}};

const EstimatorRow estimator_trace = {
    .name = "Trace_ELBO",
    .settings = settings,
    .objective = objective,
    .help = "the ELBO, log p - log q: pathwise gradients, and score terms, narrowed by plates, for other draws",
};
const EstimatorRow estimator_trace_graph = {
    .name = "TraceGraph_ELBO",
    .settings = settings,
    .objective = objective,
    .by_dependency = true,
    .help = "the same, with score terms that count only what depends on the draw",
};
