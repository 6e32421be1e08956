/* The update of a whole step. */
#include "inference/update.h"

#include <math.h>
#include <string.h>

const double *update_rates(State *S, const Fit *fit) {
    double *rates = tape_allocate(S, sizeof *rates);
    rates[0] = fit->optimizer->settings[0];
    return rates;
}

/* A param and its state beside the fit: copies, which the optimizer moves. */
typedef struct Draft {
    double *theta, *gradient, *state[OPTIMIZER_STATE];
} Draft;

static double *copy_of(State *S, const double *from, size_t n) {
    double *copy = tape_allocate(S, n * sizeof *copy);
    memcpy(copy, from, n * sizeof *copy);
    return copy;
}

static void draft_begin(State *S, const Fit *fit, const FitParam *p, const double *gradient, Draft *draft) {
    size_t n = p->size;
    draft->theta = copy_of(S, p->theta->data, n);
    for (unsigned k = 0; k < fit->optimizer->row->n_state; k++) draft->state[k] = copy_of(S, p->state[k], n);
    draft->gradient = tape_allocate(S, n * sizeof *draft->gradient);
    for (size_t k = 0; k < n; k++) draft->gradient[k] = gradient ? -gradient[k] : 0;
}

static bool all_finite(const double *x, size_t n) {
    double sum = 0;
    for (size_t k = 0; k < n; k++) sum += x[k] - x[k];
    return sum == 0;
}

static void draft_check(State *S, const Fit *fit, const FitParam *p, const Draft *draft) {
    bool finite = all_finite(draft->theta, p->size);
    for (unsigned k = 0; k < fit->optimizer->row->n_state; k++) finite = finite && all_finite(draft->state[k], p->size);
    if (!finite)
        error_raise(S, "not-a-number", "The gradient is infinite or too large there. Try a smaller lr, or begin elsewhere.",
                    "step %llu would take the param '%s' to where it is no number", (unsigned long long)fit->done, p->name->text);
}

static void draft_commit(const Fit *fit, FitParam *p, const Draft *draft) {
    memcpy(p->theta->data, draft->theta, p->size * sizeof(double));
    for (unsigned k = 0; k < fit->optimizer->row->n_state; k++) memcpy(p->state[k], draft->state[k], p->size * sizeof(double));
}

void update_params(State *S, Fit *fit, const double *const gradients[], const double rates[]) {
    const Optimizer *optimizer = fit->optimizer;
    Draft *drafts = tape_allocate(S, fit->n_params * sizeof *drafts);
    double shared[OPTIMIZER_SHARED];
    optimizer->row->begin(optimizer->settings, rates[0], fit->done + 1, shared);
    for (uint32_t k = 0; k < fit->n_params; k++) {
        FitParam *p = &fit->params[k];
        draft_begin(S, fit, p, gradients[k], &drafts[k]);
        optimizer->row->update(optimizer->settings, shared, p->size, drafts[k].theta, drafts[k].gradient, drafts[k].state);
        draft_check(S, fit, p, &drafts[k]);
    }
    for (uint32_t k = 0; k < fit->n_params; k++) draft_commit(fit, &fit->params[k], &drafts[k]);
}
