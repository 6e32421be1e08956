/* The update of a whole step. */
#include "inference/update.h"

#include <math.h>
#include <string.h>

#include "inference/schedule.h"
#include "runtime/suggest.h"
#include "runtime/text.h"

/* ---- Before the first step ---- */

static _Noreturn void raise_unknown(State *S, const Fit *fit, const String *name) {
    Suggestion s = suggest_begin(name->text);
    size_t text = text_begin(S);
    text_print(S, "The params of this fit are");
    for (uint32_t k = 0; k < fit->n_params; k++) {
        suggest_offer(&s, fit->params[k].name->text);
        text_print(S, "%s '%s'", k ? "," : "", fit->params[k].name->text);
    }
    text_print(S, ".");
    const char *advice = s.best ? error_text(S, "Did you mean '%s'?", s.best) : fit->n_params ? text_finish(S, text)->text : NULL;
    text_drop(S, text);
    error_raise(S, "unknown-param", advice, "the optimizer has settings for '%s', and the fit has no param of that name", name->text);
}

void update_check(State *S, const Fit *fit) {
    const Optimizer *optimizer = fit->optimizer;
    for (uint32_t g = 1; g < optimizer->n_groups; g++) {
        bool known = false;
        for (uint32_t k = 0; k < fit->n_params; k++) known = known || optimizer_names(&optimizer->groups[g], fit->params[k].name);
        if (!known) raise_unknown(S, fit, optimizer->groups[g].name);
    }
}

void update_start(State *S, Fit *fit) {
    const Optimizer *optimizer = fit->optimizer;
    update_check(S, fit);
    for (uint32_t k = 0; k < fit->n_params; k++) {
        FitParam *p = &fit->params[k];
        for (unsigned s = 0; s < optimizer->row->n_state; s++) memset(p->state[s], 0, p->layout->size * sizeof(double));
        if (optimizer->row->start) optimizer->row->start(optimizer->groups[optimizer_group(optimizer, p->name)].settings, p->size, p->state);
    }
}

/* ---- Learning rates ---- */

static bool same_rate(Value a, Value b) { return value_is_object(a) && a.tag == b.tag && a.as.object == b.as.object; }

const double *update_rates(State *S, const Fit *fit) {
    const Optimizer *optimizer = fit->optimizer;
    double *rates = tape_allocate(S, optimizer->n_groups * sizeof *rates);
    for (uint32_t g = 0; g < optimizer->n_groups; g++)
        rates[g] = g && same_rate(optimizer->groups[g].lr, optimizer->groups[0].lr) ? rates[0] : rate_at(S, optimizer->groups[g].lr, fit->done - fit->optimizer_from);
    return rates;
}

/* ---- A step ---- */

/* A param and its state beside the fit: copies, which the optimizer moves. */
typedef struct Draft {
    double *theta, *gradient, *state[OPTIMIZER_STATE]; /* the gradient is that of the loss */
    uint32_t group;
} Draft;

/* Most params are one number each, for which a call costs more than the copy. */
static inline void copy(double *to, const double *from, size_t n) {
    if (n == 1) to[0] = from[0];
    else memcpy(to, from, n * sizeof *to);
}

/* Fills in the draft, in `room`; returns what is left of that. */
static double *draft_begin(const Fit *fit, const FitParam *p, const double *gradient, Draft *draft, double *room) {
    size_t n = p->size;
    draft->theta = room;
    copy(draft->theta, p->theta->data, n);
    for (unsigned k = 0; k < fit->optimizer->row->n_state; k++) {
        draft->state[k] = room += n; /* behind theta: draft_is_finite looks at all of them at once */
        copy(draft->state[k], p->state[k], n);
    }
    draft->gradient = room += n;
    for (size_t k = 0; k < n; k++) draft->gradient[k] = gradient ? -gradient[k] : 0;
    draft->group = optimizer_group(fit->optimizer, p->name);
    double limit = fit->optimizer->groups[draft->group].clip_value;
    if (limit < INFINITY) optimizer_clip(n, draft->gradient, limit);
    return room + n;
}

static double largest(const Fit *fit, const Draft drafts[]) {
    double most = 0;
    for (uint32_t p = 0; p < fit->n_params; p++)
        for (size_t k = 0; k < fit->params[p].size; k++) most = fmax(most, fabs(drafts[p].gradient[k]));
    return most;
}

/* The sum of the squares of all gradients, each divided by `unit`. */
static double squares(const Fit *fit, const Draft drafts[], double unit) {
    double sum = 0;
    for (uint32_t p = 0; p < fit->n_params; p++)
        for (size_t k = 0; k < fit->params[p].size; k++) sum += (drafts[p].gradient[k] / unit) * (drafts[p].gradient[k] / unit);
    return sum;
}

/* Scales all gradients down to the L2 norm clip_norm, in the order of operations of PyTorch's clip_grad_norm_ (Pascanu, Mikolov and
   Bengio, On the difficulty of training recurrent neural networks, ICML 2013, algorithm 1). */
static void clip_norm(const Fit *fit, const Draft drafts[]) {
    double norm = sqrt(squares(fit, drafts, 1));
    if (isinf(norm)) norm = largest(fit, drafts) * sqrt(squares(fit, drafts, largest(fit, drafts)));
    double factor = fit->optimizer->clip_norm / (norm + 1e-6);
    if (factor >= 1) return;
    for (uint32_t p = 0; p < fit->n_params; p++)
        for (size_t k = 0; k < fit->params[p].size; k++) drafts[p].gradient[k] *= factor;
}

static bool draft_is_finite(const Draft *draft, size_t n) {
    double sum = 0;
    for (size_t k = 0; k < n; k++) sum += draft->theta[k] - draft->theta[k];
    return sum == 0;
}

static void draft_commit(const Fit *fit, FitParam *p, const Draft *draft) {
    copy(p->theta->data, draft->theta, p->size);
    for (unsigned k = 0; k < fit->optimizer->row->n_state; k++) copy(p->state[k], draft->state[k], p->size);
}

const FitParam *update_params(State *S, Fit *fit, const double *const gradients[], const double rates[]) {
    const Optimizer *optimizer = fit->optimizer;
    Draft *drafts = tape_allocate(S, fit->n_params * sizeof *drafts);
    double(*shared)[OPTIMIZER_SHARED] = tape_allocate(S, optimizer->n_groups * sizeof *shared);
    double *room = tape_allocate(S, fit->numbers * (2 + optimizer->row->n_state) * sizeof *room);
    for (uint32_t k = 0; k < fit->n_params; k++) room = draft_begin(fit, &fit->params[k], gradients[k], &drafts[k], room);
    if (optimizer->clip_norm < INFINITY) clip_norm(fit, drafts);
    for (uint32_t g = 0; g < optimizer->n_groups; g++)
        optimizer->row->begin(optimizer->groups[g].settings, rates[g], fit->done - fit->optimizer_from + 1, shared[g]);
    for (uint32_t k = 0; k < fit->n_params; k++) {
        const FitParam *p = &fit->params[k];
        const Draft *d = &drafts[k];
        optimizer->row->update(optimizer->groups[d->group].settings, shared[d->group], p->size, d->theta, d->gradient, d->state);
        if (!draft_is_finite(d, p->size * (1 + optimizer->row->n_state))) return p;
    }
    for (uint32_t k = 0; k < fit->n_params; k++) draft_commit(fit, &fit->params[k], &drafts[k]);
    return NULL;
}

void update_raise(State *S, const Fit *fit, const FitParam *param) {
    error_raise(S, "not-a-number", "The gradient is infinite or too large there. Try a smaller lr, or begin elsewhere.",
                "step %llu would take the param '%s' to where it is no number", (unsigned long long)fit->done, param->name->text);
}
