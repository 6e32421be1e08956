/* not-a-number: which site made the ELBO infinite or undefined. */
#include <math.h>

#include "inference/diagnose.h"
#include "runtime/mask.h"
#include "runtime/operations.h"

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

void diagnose_not_finite(State *S, const SviRun *run, double loss) {
    const char *advice = "A scale that reaches 0, a logarithm of 0 or steps that are too long are the usual causes; try a smaller lr.";
    unsigned long long step = (unsigned long long)run->fit->done;
    const char *amount = isnan(loss) ? "not a number" : loss < 0 ? "inf" : "-inf";
    const Site *site = site_not_finite(S, run->call->model_trace);
    if (!site) site = site_not_finite(S, run->call->guide_trace);
    if (!site) error_raise(S, "not-a-number", advice, "the ELBO is %s at step %llu", amount, step);
    S->node = site->node;
    S->source = &site->chunk->source;
    const char *family = site->kind == MESSAGE_SAMPLE ? site->distribution->row->name : "factor";
    if (!site->is_observed && !isnan(loss) && site->kind == MESSAGE_SAMPLE)
        advice = error_text(S, "Some particles lie outside of the support of %s. Let the guide draw '%s' from a family with the same support.",
                            family, site->name->text);
    else if (site->is_observed && !isnan(loss))
        advice = error_text(S, "Some of the data lie outside of the support of %s.", family);
    error_raise(S, "not-a-number", advice, "the log density of '%s' makes the ELBO %s at step %llu", site->name->text, amount, step);
}

