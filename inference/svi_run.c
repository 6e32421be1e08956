/* The loop of a fit: steps, callbacks, and the user's interrupt. */
#include <string.h>
#include <time.h>

#include "inference/diagnose.h"
#include "inference/microscope.h"
#include "runtime/eval.h"
#include "runtime/gc.h"
#include "runtime/operations.h"
#include "runtime/progress.h"

/* ---- Callbacks ---- */

/* What a callback draws comes from a stream of its own, which moves with the steps. */
static RandomState callback_stream(const RandomState *fit) {
    RandomState random = *fit;
    random.seed ^= 0x63616C6C6261636Bu;
    random.step <<= 20;
    random.draws = 0;
    return random;
}

/* Shows the fit to the callback; whether it wants to stop. It may do whatever a program may do between two fits: print, run
   models, take gradients, fit. */
static bool callback_stops(State *S, SviRun *run) {
    List *noted = S->noted;
    Value arguments[2] = {value_number((double)run->fit->done), value_unassigned()};
    tape_end(S);
    S->random = callback_stream(&run->fit->random);
    S->silent = run->silent;
    S->noted = NULL;
    arguments[1] = value_object(fit_copy(S, run->fit));
    stack_push(S, arguments[1]);
    run->fit->in_callback = true;
    Value v = call_value(S, run->callback, arguments, 2);
    run->fit->in_callback = false;
    stack_pop(S, 1);
    S->noted = noted;
    S->silent = true;
    S->random = run->fit->random;
    tape_begin(S);
    return v.tag == VALUE_BOOLEAN && v.as.boolean;
}

/* ---- The user's interrupt ---- */

bool svi_user_stopped(State *S) {
    if (S->error.no_memory || strcmp(S->error.diagnostic.kind, "interrupted") != 0 || S->fit_stopped || S->fits) return false;
    S->fit_stopped = true;
    S->error.raised = false;
    return true;
}

void svi_report_stopped(State *S, const Fit *fit, uint64_t until) {
    unsigned long long done = fit->done, left = until - fit->done;
    unsigned starts = fit->restarts ? (unsigned)fit->restarts->layout->components : 1;
    if (starts > 1 && !left) {
        warning_report(S, "fit-stopped", "The best of the starts until then is kept. A second interrupt stops the program.",
                       "the user stopped the fit before all of its %u starts were done", starts);
        return;
    }
    const char *advice = left ? error_text(S, "The fit goes on with svi(fit, steps = %llu). A second interrupt stops the program.", left)
                              : "A second interrupt stops the program.";
    warning_report(S, "fit-stopped", advice, "the fit was stopped by the user after %llu of %llu steps", done, (unsigned long long)until);
}

/* ---- Steps ---- */

static double seconds_now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* ---- Progress ---- */

enum { RECENT_STEPS = 1000 };

/* The ELBO is that of late: of the last tenth of the steps, but not of too many. */
static __attribute__((cold, noinline)) void show_progress(State *S, const SviRun *run) {
    if (!progress_is_due(run->progress)) return;
    const Fit *fit = run->fit;
    uint64_t steps = fit->done / 10 ? fit->done / 10 : fit->done;
    double elbo, noise;
    fit_elbo_over(fit, steps < RECENT_STEPS ? steps : RECENT_STEPS, &elbo, &noise);
    progress_show(S, run->progress, elbo, noise);
}

/* Begins to count, if this is the outermost fit. Several starts are counted together, by svi_restarts. */
static bool begin_progress(State *S, SviRun *run) {
    if (!S->options.progress || S->fits) return false;
    Progress *fits = &S->progress[PROGRESS_FIT];
    const Progress *loop = &S->progress[PROGRESS_LOOP];
    if (fits->active) {
        run->progress = fits;
        return false;
    }
    const char *name = callable_name(run->fit->model);
    run->progress = progress_begin(S, PROGRESS_FIT, run->until - run->fit->done, "fit of %s", name ? name : "a model");
    if (run->progress && loop->active && loop->total)
        progress_rename(run->progress, "fit of %s, %llu of %llu", name ? name : "a model", (unsigned long long)loop->done + 1,
                        (unsigned long long)loop->total);
    return run->progress != NULL;
}

static void run_steps(State *S, void *what) {
    SviRun *run = what;
    Fit *fit = run->fit;
    const Node *node = S->node;
    const Source *source = S->source;
    S->noted = fit->warnings;
    if (fit->done || fit->restart) S->silent = true;
    tape_begin(S);
    while (fit->done < run->until) {
        if (RARELY(S->stepping)) microscope_step(S, run);
        else svi_step(S, run);
        fit->random = S->random;
        diagnose_progress(S, run);
        S->silent = true;
        if (progress_step(run->progress)) show_progress(S, run);
        if (S->interrupted) eval_poll(S, node);
        if (run->callback.tag == VALUE_UNASSIGNED) continue;
        S->node = node;
        S->source = source;
        if (callback_stops(S, run)) break;
    }
    tape_end(S);
}

static Value theta_record(State *S, const Fit *fit) {
    Record *theta = record_new(S, fit->n_params);
    for (uint32_t k = 0; k < fit->n_params; k++) record_set(S, theta, fit->params[k].name, value_number(0));
    return value_object(theta);
}

static Handler *subsample_handler(State *S, const Fit *fit) {
    if (fit->subsample.tag == VALUE_UNASSIGNED) return NULL;
    return handler_new(S, &handler_subsample, &fit->subsample, 1);
}

void svi_run(State *S, Fit *fit, uint64_t until, Value callback) {
    Value theta = theta_record(S, fit);
    stack_push(S, theta);
    Handler *subsample = subsample_handler(S, fit);
    stack_push(S, subsample ? value_object(subsample) : value_none());
    ElboCall call = {.estimator = fit->estimator, .model = fit->model, .guide = fit->guide, .arguments = fit->arguments,
                     .n = fit->n_arguments, .particles = (uint32_t)fit->particles, .baselines = &fit->baselines,
                     .plate = string_of(S, "particles"), .mean = state_global(S, string_of(S, "mean"))->builtin};
    SviRun run = {.fit = fit, .call = &call, .theta = theta.as.record, .subsample = subsample, .callback = callback,
                  .until = until, .silent = S->silent};
    List *noted = S->noted;
    if (S->stepping && run.until > fit->done) run.until = fit->done + 1;
    double begun = seconds_now();
    fit->random = S->random;
    fit->interrupted = false;
    fit_reserve(S, fit, until);
    bool counts = begin_progress(S, &run);
    S->fits++;
    bool ended = error_protect(S, run_steps, &run);
    S->fits--;
    if (counts) progress_end(S, run.progress);
    fit->seconds += seconds_now() - begun;
    S->random = fit->random;
    S->silent = run.silent;
    S->noted = noted;
    if (!ended) {
        baselines_drop(&fit->baselines);
        if (!svi_user_stopped(S)) {
            diagnose_failed(S, &run);
            error_again(S);
        }
        fit->interrupted = true;
        fit->in_callback = false;
    }
    stack_pop(S, 2);
}
