/* not-a-number in a gradient: the ELBO is finite and some slope on the way back to a param is not. */
#include <math.h>
#include <string.h>

#include "inference/diagnose.h"
#include "inference/update.h"
#include "runtime/watch.h"

/* Whether n numbers are all finite: what is not makes nan of the sum. */
static bool all_finite(const double *x, size_t n) {
    double sum = 0;
    for (size_t k = 0; k < n; k++) sum += x[k] - x[k];
    return sum == 0;
}

static bool node_is_finite(const TapeNode *node) {
    const Layout *l = node->layout;
    if (!node->adjoint) return true;
    if (layout_is_scalar(l)) return isfinite(*node->adjoint);
    size_t length = l->n_axes ? l->axes[l->n_axes - 1]->size : l->components;
    for (size_t start = 0; start < l->size; start += l->row)
        if (!all_finite(node->adjoint + start, length)) return false;
    return true;
}

/* The node whose adjoint was the first in the sweep that is not finite, as an index; n_nodes: there is none. */
static uint32_t first_bad(const Tape *tape) {
    for (uint32_t k = tape->n_nodes; k-- > 0;)
        if (!node_is_finite(&tape->nodes[k])) return k;
    return tape->n_nodes;
}

static bool edge_is_finite(const Edge *edge, const TapeNode *node) {
    if (edge->kind == EDGE_SCALE) return isfinite(edge->as.factor);
    return edge->kind != EDGE_PARTIAL || all_finite(edge->as.partial, layout_is_scalar(node->layout) ? 1 : node->layout->components);
}

/* The node that handed a bad adjoint to number k: one whose slope is infinite, or else the last that uses it. */
static uint32_t culprit_of(const Tape *tape, uint32_t k) {
    uint32_t user = k;
    for (uint32_t j = tape->n_nodes; j-- > k + 1;) {
        const TapeNode *node = &tape->nodes[j];
        for (uint32_t e = 0; node->adjoint && e < node->n_edges; e++) {
            const Edge *edge = &tape->edges[node->first_edge + e];
            if (edge->source != k) continue;
            if (!edge_is_finite(edge, node)) return j;
            if (user == k) user = j;
        }
    }
    return user;
}

/* The site of the trace that has the node among its value and parameters. */
static const Site *site_with(const Trace *trace, uint64_t id) {
    for (uint32_t k = 0; trace && k < trace->count; k++) {
        const Site *site = &trace->sites[k];
        if (site->kind != MESSAGE_SAMPLE) continue;
        if (site->value.node == id && site->is_observed) return site;
        for (unsigned j = 0; j < site->distribution->row->n_parameters; j++)
            if (site->distribution->parameters[j].node == id) return site;
    }
    return NULL;
}

static _Noreturn void raise_in_site(State *S, const SviRun *run, const Site *site, const char *origin) {
    diagnose_at_site(S, site);
    error_raise(S, "not-a-number", "A scale that has shrunk to 0 and data far outside are the usual causes; try a smaller lr.",
                "the ELBO is finite in step %llu, and the slope of the log density of '%s' is not%s", diagnose_step(run), site->name->text, origin);
}

static _Noreturn void raise_gradient(State *S, SviRun *run) {
    Value elbo = diagnose_again(S, run);
    estimator_sweep(S, run->call, elbo);
    const Tape *tape = &S->tape;
    uint32_t bad = first_bad(tape), user;
    if (bad == tape->n_nodes)
        error_raise(S, "not-a-number", "Try a smaller lr.", "the gradient of the ELBO is not finite in step %llu", diagnose_step(run));
    user = culprit_of(tape, bad);
    char quote[DIAGNOSE_QUOTE], origin[DIAGNOSE_ORIGIN];
    uint64_t id = tape->base + bad;
    diagnose_origin(S, run, id, origin);
    const WatchPlace *place = watch_place(S, tape->base + user);
    const Site *site = site_with(run->call->model_trace, id);
    if (!site) site = site_with(run->call->guide_trace, id);
    if (site && (!place || user == bad)) raise_in_site(S, run, site, origin);
    if (!place) place = watch_place(S, id);
    if (!place)
        error_raise(S, "not-a-number", "Try a smaller lr.", "the gradient of the ELBO is not finite in step %llu%s", diagnose_step(run), origin);
    S->node = place->node;
    S->source = place->source;
    error_raise(S, "not-a-number",
                "The slope of sqrt, log and of powers at 0 is infinite. Keep what stands in it away from 0, for instance by adding a small number.",
                "the ELBO is finite in step %llu, and the slope of %s is not%s", diagnose_step(run),
                diagnose_quote(place->node, place->source, quote), origin);
}

void diagnose_update(State *S, SviRun *run, const FitParam *broken) {
    for (uint32_t k = 0; k < run->fit->n_params; k++) {
        const double *gradient = tape_adjoint(S, run->theta->values[k].node);
        if (gradient && !all_finite(gradient, run->fit->params[k].size)) raise_gradient(S, run);
    }
    update_raise(S, run->fit, broken);
}
