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

void svi_step(State *S, SviRun *run) {
    entry_begin(S);
    tape_clear(S);
    const double *rates = update_rates(S, run->fit);
    Value elbo = svi_estimate(S, run);
    if (!isfinite(elbo.as.number)) diagnose_not_finite(S, run, elbo.as.number);
    estimator_sweep(S, run->call, elbo);
    fit_reserve_step(S, run->fit);
    const FitParam *broken = update_params(S, run->fit, params_gradients(S, run), rates);
    if (broken) diagnose_update(S, run, broken);
    baselines_commit(&run->fit->baselines);
    fit_record(run->fit, -elbo.as.number);
    entry_end(S);
}
