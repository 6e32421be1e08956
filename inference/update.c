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

/* The numbers of all params, and their state, beside the fit: a row each as in the fit's history, which the optimizer moves. */
typedef struct Draft {
    double *theta, *state[OPTIMIZER_STATE]; /* one row behind the other */
    double *gradient;                       /* of the loss */
} Draft;

/* Most params are one number each, for which a call costs more than the copy. */
static inline void copy(double *to, const double *from, size_t n) {
    if (n == 1) to[0] = from[0];
    else memcpy(to, from, n * sizeof *to);
}

static uint32_t group_of(const Fit *fit, const FitParam *p) {
    return fit->optimizer->n_groups > 1 ? optimizer_group(fit->optimizer, p->name) : 0;
}

static void draft_param(const Fit *fit, const FitParam *p, const double *gradient, const Draft *draft) {
    size_t at = p->history_at, n = p->size;
    copy(draft->theta + at, p->theta->data, n);
    for (unsigned s = 0; s < fit->optimizer->row->n_state; s++) copy(draft->state[s] + at, p->state[s], n);
    if (!gradient) memset(draft->gradient + at, 0, n * sizeof *draft->gradient);
    else if (n == 1) draft->gradient[at] = -gradient[0];
    else
        for (size_t k = 0; k < n; k++) draft->gradient[at + k] = -gradient[k];
    double limit = fit->optimizer->groups[group_of(fit, p)].clip_value;
    if (limit < INFINITY) optimizer_clip(n, draft->gradient + at, limit);
}

static Draft draft_begin(State *S, const Fit *fit, const double *const gradients[]) {
    unsigned n_state = fit->optimizer->row->n_state;
    Draft draft;
    draft.theta = tape_allocate(S, fit->numbers * (2 + n_state) * sizeof(double));
    for (unsigned s = 0; s < n_state; s++) draft.state[s] = draft.theta + (1 + s) * fit->numbers;
    draft.gradient = draft.theta + (1 + n_state) * fit->numbers;
    for (uint32_t k = 0; k < fit->n_params; k++) draft_param(fit, &fit->params[k], gradients[k], &draft);
    return draft;
}

static double largest(size_t n, const double *gradient) {
    double most = 0;
    for (size_t k = 0; k < n; k++) most = fmax(most, fabs(gradient[k]));
    return most;
}

/* The sum of the squares, each number divided by `unit` before. */
static double squares(size_t n, const double *gradient, double unit) {
    double sum = 0;
    for (size_t k = 0; k < n; k++) sum += (gradient[k] / unit) * (gradient[k] / unit);
    return sum;
}

/* Scales all gradients down to the L2 norm `limit`, in the order of operations of PyTorch's clip_grad_norm_ (Pascanu, Mikolov and
   Bengio, On the difficulty of training recurrent neural networks, ICML 2013, algorithm 1). */
static void clip_norm(size_t n, double *gradient, double limit) {
    double norm = sqrt(squares(n, gradient, 1));
    if (isinf(norm)) norm = largest(n, gradient) * sqrt(squares(n, gradient, largest(n, gradient)));
    double factor = limit / (norm + 1e-6);
    for (size_t k = 0; factor < 1 && k < n; k++) gradient[k] *= factor;
}

/* Moves n numbers of one group, from number `at` of the rows on. */
static void draft_move(const Fit *fit, const Draft *draft, uint32_t group, double shared[], size_t at, size_t n) {
    const OptimizerRow *row = fit->optimizer->row;
    double *state[OPTIMIZER_STATE];
    for (unsigned s = 0; s < row->n_state; s++) state[s] = draft->state[s] + at;
    row->update(fit->optimizer->groups[group].settings, shared, n, draft->theta + at, draft->gradient + at, state);
}

static void draft_move_all(State *S, const Fit *fit, const Draft *draft, const double rates[]) {
    const Optimizer *optimizer = fit->optimizer;
    uint64_t step = fit->done - fit->optimizer_from + 1;
    double(*shared)[OPTIMIZER_SHARED] = tape_allocate(S, optimizer->n_groups * sizeof *shared);
    for (uint32_t g = 0; g < optimizer->n_groups; g++) optimizer->row->begin(optimizer->groups[g].settings, rates[g], step, shared[g]);
    if (optimizer->n_groups == 1) {
        draft_move(fit, draft, 0, shared[0], 0, fit->numbers);
        return;
    }
    for (uint32_t k = 0; k < fit->n_params; k++) {
        uint32_t group = group_of(fit, &fit->params[k]);
        draft_move(fit, draft, group, shared[group], fit->params[k].history_at, fit->params[k].size);
    }
}

static bool all_finite(const double *x, size_t n) {
    double sum = 0;
    for (size_t k = 0; k < n; k++) sum += x[k] - x[k];
    return sum == 0;
}

/* The first param that would become no number, or have such a state. */
static const FitParam *draft_broken(const Fit *fit, const Draft *draft) {
    unsigned n_state = fit->optimizer->row->n_state;
    if (all_finite(draft->theta, fit->numbers * (1 + n_state))) return NULL;
    for (uint32_t k = 0; k < fit->n_params; k++) {
        const FitParam *p = &fit->params[k];
        for (unsigned row = 0; row <= n_state; row++)
            if (!all_finite(draft->theta + row * fit->numbers + p->history_at, p->size)) return p;
    }
    return NULL;
}

static void draft_commit(const Fit *fit, const Draft *draft) {
    for (uint32_t k = 0; k < fit->n_params; k++) {
        const FitParam *p = &fit->params[k];
        copy(p->theta->data, draft->theta + p->history_at, p->size);
        for (unsigned s = 0; s < fit->optimizer->row->n_state; s++) copy(p->state[s], draft->state[s] + p->history_at, p->size);
    }
}

const FitParam *update_params(State *S, Fit *fit, const double *const gradients[], const double rates[]) {
    Draft draft = draft_begin(S, fit, gradients);
    if (fit->optimizer->clip_norm < INFINITY) clip_norm(fit->numbers, draft.gradient, fit->optimizer->clip_norm);
    draft_move_all(S, fit, &draft, rates);
    const FitParam *broken = draft_broken(fit, &draft);
    if (!broken) draft_commit(fit, &draft);
    return broken;
}

void update_raise(State *S, const Fit *fit, const FitParam *param) {
    error_raise(S, "not-a-number", "The gradient is infinite or too large there. Try a smaller lr, or begin elsewhere.",
                "step %llu would take the param '%s' to where it is no number", (unsigned long long)fit->done, param->name->text);
}
