/* One step of stochastic variational inference. */
#include <math.h>
#include <string.h>

#include "inference/diagnose.h"
#include "runtime/operations.h"

static void place_leaves(State *S, SviRun *run) {
    for (uint32_t k = 0; k < run->fit->n_params; k++) {
        FitParam *p = &run->fit->params[k];
        uint64_t leaf = tape_leaf(S, p->layout);
        Value *v = &run->theta->values[k];
        *v = layout_is_scalar(p->layout) ? value_dual(p->theta->data[0], leaf) : value_array(p->theta, leaf);
    }
}

static Value elbo_body(State *S, const void *what) { return ((const SviRun *)what)->call->estimator->row->objective(S, ((const SviRun *)what)->call); }

static void update_params(State *S, SviRun *run) {
    const Optimizer *optimizer = run->fit->optimizer;
    double shared[OPTIMIZER_SHARED];
    optimizer->row->begin(optimizer->settings, run->fit->done + 1, shared);
    for (uint32_t k = 0; k < run->fit->n_params; k++) {
        FitParam *p = &run->fit->params[k];
        const double *gradient = tape_adjoint(S, run->theta->values[k].node);
        if (!gradient) {
            double *zero = tape_allocate(S, p->layout->size * sizeof *zero);
            memset(zero, 0, p->layout->size * sizeof *zero);
            gradient = zero;
        }
        optimizer->row->update(optimizer->settings, shared, p->size, p->theta->data, gradient, p->state);
    }
}

void svi_step(State *S, SviRun *run) {
    entry_begin(S);
    tape_clear(S);
    place_leaves(S, run);
    Value elbo = handler_run_row(S, &handler_params, value_object(run->theta), elbo_body, run);
    if (elbo.tag != VALUE_NUMBER) error_raise(S, "wrong-type", NULL, "the ELBO is a %s, not a number", value_type_name(elbo));
    if (!isfinite(elbo.as.number)) diagnose_not_finite(S, run, -elbo.as.number);
    tape_reverse(S, elbo);
    update_params(S, run);
    fit_record(run->fit, -elbo.as.number);
    entry_end(S);
}
