/* One step of stochastic variational inference. */
#include <math.h>

#include "inference/diagnose.h"
#include "inference/update.h"
#include "runtime/operations.h"

static void place_leaves(State *S, SviRun *run) {
    for (uint32_t k = 0; k < run->fit->n_params; k++) {
        FitParam *p = &run->fit->params[k];
        uint64_t leaf = tape_leaf(S, p->layout);
        Value *v = &run->theta->values[k];
        *v = layout_is_scalar(p->layout) ? value_dual(p->theta->data[0], leaf) : value_array(p->theta, leaf);
    }
}

static Value elbo_body(State *S, const void *what) {
    const SviRun *run = what;
    return run->call->estimator->row->objective(S, run->call);
}

static Value subsampled_body(State *S, const void *what) {
    return handler_run(S, ((const SviRun *)what)->subsample, elbo_body, what);
}

static const double *const *params_gradients(State *S, const SviRun *run) {
    const double **gradients = tape_allocate(S, (run->fit->n_params + 1) * sizeof *gradients);
    for (uint32_t k = 0; k < run->fit->n_params; k++) gradients[k] = tape_adjoint(S, run->theta->values[k].node);
    return gradients;
}

Value svi_estimate(State *S, SviRun *run) {
    place_leaves(S, run);
    Value elbo = handler_run_row(S, &handler_params, value_object(run->theta), run->subsample ? subsampled_body : elbo_body, run);
    if (elbo.tag != VALUE_NUMBER) error_raise(S, "wrong-type", NULL, "the ELBO is a %s, not a number", value_type_name(elbo));
    return elbo;
}

/* ---- Params that stand in a branch which nobody took before ---- */

static bool adopt_from(State *S, SviRun *run, const Trace *trace) {
    bool any = false;
    for (uint32_t k = 0; trace && k < trace->count; k++) {
        const Site *site = &trace->sites[k];
        const Value *initial = site->kind == MESSAGE_PARAM ? record_find(S->parameters, site->name) : NULL;
        if (!initial || record_find(run->theta, site->name)) continue;
        Fit *fit = run->fit;
        fit_add_param(S, fit, site->name, site->constraint, value_detached(param_to_free(S, site->constraint, *initial)));
        FitParam *p = &fit->params[fit->n_params - 1];
        const OptimizerRow *row = fit->optimizer->row;
        if (row->start) row->start(fit->optimizer->groups[optimizer_group(fit->optimizer, p->name)].settings, p->size, p->state);
        record_set(S, run->theta, p->name, value_number(0));
        any = true;
    }
    return any;
}

/* Params that took their initial values in this step, as the fit did not have them, are its own from now on. */
static bool adopt_params(State *S, SviRun *run) {
    bool guide = adopt_from(S, run, run->call->guide_trace);
    return adopt_from(S, run, run->call->model_trace) || guide;
}

void svi_step(State *S, SviRun *run) {
    const double *rates;
    Value elbo;
    entry_begin(S);
    tape_clear(S);
    const RandomState random = S->random;
    for (;;) {
        rates = update_rates(S, run->fit);
        elbo = svi_estimate(S, run);
        if (!S->parameters || !adopt_params(S, run)) break;
        S->random = random;
        S->parameters = NULL;
        baselines_drop(&run->fit->baselines);
        tape_clear(S);
    }
    if (!isfinite(elbo.as.number)) diagnose_not_finite(S, run, elbo.as.number);
    estimator_sweep(S, run->call, elbo);
    fit_reserve_step(S, run->fit);
    const FitParam *broken = update_params(S, run->fit, params_gradients(S, run), rates);
    if (broken) diagnose_update(S, run, broken);
    baselines_commit(&run->fit->baselines);
    fit_record(run->fit, -elbo.as.number);
    S->steps++;
    entry_end(S);
}
