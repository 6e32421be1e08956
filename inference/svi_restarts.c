/* Several fits from several starts, of which the best is kept. */
#include <string.h>

#include "inference/svi.h"
#include "runtime/operations.h"
#include "runtime/progress.h"

typedef struct Attempt {
    const Fit *start;    /* the first, before its steps */
    Fit *fit;            /* of this one: made by it, all but the first */
    uint32_t number;
    uint64_t steps;
    Value callback;
} Attempt;

/* Each start after the first has a stream of its own. */
static RandomState stream_of(RandomState random, uint32_t number) {
    random.seed ^= number * 0x9E3779B97F4A7C15u;
    return random;
}

static void attempt(State *S, void *what) {
    Attempt *a = what;
    S->random = stream_of(S->random, a->number);
    if (a->number) {
        a->fit = fit_copy(S, a->start);
        a->fit->restart = a->number;
        stack_push(S, value_object(a->fit));
        svi_prepare_again(S, a->fit);
    }
    svi_run(S, a->fit, a->steps, a->callback);
}

/* An error that a start itself made, as others need not. */
static bool is_of_start(const State *S, const Fit *fit) {
    return !fit->in_callback && !S->error.no_memory && strcmp(S->error.diagnostic.kind, "interrupted") != 0;
}

static void report_failure(State *S, uint32_t number, unsigned restarts) {
    char message[256];
    strncpy(message, S->error.diagnostic.message, sizeof message - 1);
    message[sizeof message - 1] = '\0';
    warning_report(S, "restart-failed", "The best of the other starts is kept.", "start %u of %u is left out: %s [%s]", number + 1,
                   restarts, message, S->error.diagnostic.kind);
}

typedef struct Best {
    Fit *fit;            /* lies in the slot of the value stack */
    size_t slot;
    double elbo;
} Best;

static double elbo_of(const Fit *fit) {
    double mean, error;
    fit_elbo(fit, &mean, &error);
    return mean;
}

static void keep_better(State *S, Best *best, Fit *fit, double elbo) {
    if (best->fit && !(elbo > best->elbo)) return;
    best->fit = fit;
    best->elbo = elbo;
    S->stack[best->slot] = value_object(fit);
}

Fit *svi_restarts(State *S, const Fit *plan, unsigned restarts, uint64_t steps, Value callback) {
    Best best = {.slot = S->top};
    stack_push(S, value_none());
    Fit *first = fit_copy(S, plan);
    stack_push(S, value_object(first));
    svi_prepare(S, first);
    Fit *start = fit_copy(S, first);
    stack_push(S, value_object(start));
    Array *elbos = array_new(S, layout_vector(S, restarts));
    stack_push(S, value_array(elbos, 0));
    for (unsigned k = 0; k < restarts; k++) elbos->data[k] = missing_number();
    RandomState random = S->random;
    bool stopped = false;
    const char *name = callable_name(plan->model);
    Progress *progress = S->fits ? NULL : progress_begin(S, PROGRESS_FIT, restarts * steps, "fit of %s", name ? name : "a model");
    for (unsigned k = 0; k < restarts && !stopped; k++) {
        Attempt a = {.start = start, .fit = first, .number = k, .steps = steps, .callback = callback};
        if (progress) {
            progress->done = progress->looked_at = k * steps;
            progress->look = progress->done + 1;
            progress_rename(progress, "fit of %s, start %u of %u", name ? name : "a model", k + 1, restarts);
        }
        bool ended = error_protect(S, attempt, &a);
        S->random = random;
        if (ended) {
            S->top = best.slot + 4;
            elbos->data[k] = elbo_of(a.fit);
            keep_better(S, &best, a.fit, elbos->data[k]);
            stopped = a.fit->interrupted;
        } else if (best.fit && svi_user_stopped(S)) {
            stopped = true;
        } else if (!is_of_start(S, a.fit) || (!best.fit && k + 1 == restarts)) {
            error_again(S);
        } else {
            report_failure(S, k, restarts);
        }
    }
    progress_end(S, progress);
    S->random.step += steps;
    best.fit->interrupted = stopped;
    best.fit->restarts = elbos;
    S->top = best.slot + 1;
    return best.fit;
}
