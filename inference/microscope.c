/* SPDX-License-Identifier: GPL-3.0-or-later
   One step of svi under the microscope, and the session's commands that look at one run. */
#include "inference/microscope.h"

#include <math.h>
#include <string.h>

#include "inference/update.h"
#include "lexer/utf8.h"
#include "runtime/operations.h"
#include "runtime/run.h"
#include "runtime/text.h"
#include "stdlib/show.h"
#include "stdlib/show_parts.h"

/* ---- Gradients ---- */

static void collect_gradient(State *S, const SviRun *run, Array *to) {
    memset(to->data, 0, to->layout->size * sizeof *to->data);
    for (uint32_t k = 0; k < run->fit->n_params; k++) {
        const FitParam *p = &run->fit->params[k];
        const double *adjoint = tape_adjoint(S, run->theta->values[k].node);
        if (adjoint) memcpy(to->data + p->history_at, adjoint, p->size * sizeof *adjoint);
    }
}

/* The ELBO and its gradient in the stream as it stands, which moves on. Changes nothing of the fit. */
static double gradient_here(State *S, SviRun *run, Array *gradient) {
    entry_begin(S);
    tape_clear(S);
    Value elbo = svi_estimate(S, run);
    estimator_sweep(S, run->call, elbo);
    baselines_drop(&run->fit->baselines);
    collect_gradient(S, run, gradient);
    entry_end(S);
    return elbo.as.number;
}

/* Running mean and sum of squared distances from it (Welford, Technometrics 4, 1962). */
static void note(double x, unsigned n, double *mean, double *m2) {
    double d = x - *mean;
    *mean += d / n;
    *m2 += d * (x - *mean);
}

/* Other draws than those of the fit's steps: a stream of its own. */
static void measure_noise(State *S, SviRun *run, Microscope *m) {
    const RandomState random = S->random;
    size_t numbers = run->fit->numbers;
    Array *gradient = array_zero(S, m->noise->layout), *mean = array_zero(S, m->noise->layout);
    stack_push(S, value_array(gradient, 0));
    stack_push(S, value_array(mean, 0));
    memset(m->noise->data, 0, numbers * sizeof *m->noise->data);
    double elbo_mean = 0, elbo_m2 = 0;
    S->random.seed ^= 0x6D6963726F73636Fu;
    for (unsigned r = 1; r <= MICROSCOPE_REPEATS; r++) {
        note(gradient_here(S, run, gradient), r, &elbo_mean, &elbo_m2);
        for (size_t k = 0; k < numbers; k++) note(gradient->data[k], r, &mean->data[k], &m->noise->data[k]);
    }
    for (size_t k = 0; k < numbers; k++) m->noise->data[k] = sqrt(m->noise->data[k] / (MICROSCOPE_REPEATS - 1));
    m->elbo_noise = sqrt(elbo_m2 / (MICROSCOPE_REPEATS - 1));
    stack_pop(S, 2);
    S->random = random;
}

/* Draws are a function of seed and step: what is seen here is what the step itself does next. */
static void look_at_step(State *S, SviRun *run, Microscope *m) {
    const RandomState random = S->random;
    MessageLog log;
    message_log_begin(&log, m->messages);
    struct Onlooker *before = S->onlooker;
    run->call->guide_trace = run->call->model_trace = NULL;
    entry_begin(S);
    tape_clear(S);
    S->onlooker = &log.onlooker;
    Value elbo = svi_estimate(S, run);
    S->onlooker = before;
    m->elbo = elbo.as.number;
    m->guide = run->call->guide_trace;
    m->model = run->call->model_trace;
    stack_push(S, m->guide ? value_object(m->guide) : value_none());
    stack_push(S, m->model ? value_object(m->model) : value_none());
    estimator_sweep(S, run->call, elbo);
    baselines_drop(&run->fit->baselines);
    collect_gradient(S, run, m->gradient);
    entry_end(S);
    S->random = random;
}

/* ---- The page ---- */

/* A line, broken before arrows where it gets longer than the terminal is wide. */
static void print_chain(State *S, const char *line) {
    enum { HANGING = 8 };
    size_t width = S->options.width ? S->options.width : 80, used = 0;
    while (*line) {
        const char *end = strstr(line + 1, MESSAGE_LOG_ARROW);
        size_t length = end ? (size_t)(end - line) : strlen(line), columns = utf8_columns(line, length);
        if (used && used + columns > width) {
            text_print(S, "\n%*s", HANGING, "");
            used = HANGING;
        }
        text_append(S, line, length);
        used += columns;
        line += length;
    }
    text_print(S, "\n");
}

static void print_messages(State *S, const Microscope *m) {
    text_print(S, "Messages, and what each handler does with them, the innermost first:\n\n");
    for (uint32_t k = 0; k < m->messages->count; k++) print_chain(S, m->messages->items[k].as.string->text);
}

static void print_elbo(State *S, const SviRun *run, const Microscope *m) {
    const char *bound = run->fit->estimator->row->bound;
    text_print(S, "\n\n%s ", bound ? bound : m->guide ? "ELBO = log p - log q =" : "ELBO");
    text_number(S, m->elbo, 8);
    text_print(S, "; other draws give it a standard deviation of ");
    text_number(S, m->elbo_noise, 2);
    text_print(S, "\n\n");
}

static void print_page(State *S, const SviRun *run, const Microscope *m) {
    const Fit *fit = run->fit;
    const char *name = callable_name(fit->model);
    size_t start = text_begin(S);
    const Show show = {.width = S->options.width ? S->options.width : 80};
    const unsigned table_columns = S->table_columns;
    text_print(S, "Step %llu of the fit of %s, %llu particle%s, ", (unsigned long long)fit->done, name ? name : "a model",
               (unsigned long long)fit->particles, fit->particles == 1 ? "" : "s");
    optimizer_print(S, &fit->optimizer->header);
    text_print(S, "\n\n");
    print_messages(S, m);
    text_print(S, "\n");
    S->table_columns = (unsigned)show.width;
    if (m->guide) microscope_sites(S, run, m);
    print_elbo(S, run, m);
    microscope_params(S, run, m);
    S->table_columns = table_columns;
    text_print(S, "\n");
    show_wrapped_text(S, &show, start);
    text_output(S, start);
}

void microscope_step(State *S, SviRun *run) {
    size_t base = S->top;
    Fit *fit = run->fit;
    const Layout *numbers = layout_vector(S, fit->numbers);
    Microscope m = {.gradient = array_zero(S, numbers), .noise = array_zero(S, numbers), .before = array_zero(S, numbers), .messages = list_new(S, 16)};
    stack_push(S, value_array(m.gradient, 0));
    stack_push(S, value_array(m.noise, 0));
    stack_push(S, value_array(m.before, 0));
    stack_push(S, value_object(m.messages));
    bool silent = S->silent;
    S->silent = true;
    List *noted = S->noted;
    S->noted = NULL;
    measure_noise(S, run, &m);
    look_at_step(S, run, &m);
    S->silent = silent;
    S->noted = noted;
    for (uint32_t k = 0; k < fit->n_params; k++)
        memcpy(m.before->data + fit->params[k].history_at, fit->params[k].theta->data, fit->params[k].size * sizeof(double));
    svi_step(S, run);
    print_page(S, run, &m);
    S->stepped++;
    S->top = base;
}

/* ---- Commands ---- */

typedef struct LookRequest {
    const char *name, *text;
    size_t length;
} LookRequest;

static void keep_last(State *S, Value v) {
    if (v.tag != VALUE_NONE && v.tag != VALUE_UNASSIGNED) state_used_global(S, string_of(S, "_"))->value = v;
}

static void step_request(State *S, void *what) {
    const LookRequest *r = what;
    uint32_t before = S->stepped;
    S->stepping = true;
    Value v = run_text(S, r->name, r->text, r->length, RUN_INTERACTIVE);
    S->stepping = false;
    stack_push(S, v);
    if (S->stepped == before)
        error_raise(S, "bad-argument", "Write :step svi(model, data), or :step svi(fit) for the next step of a fit.", "nothing here calls `svi`");
    keep_last(S, v);
    stack_pop(S, 1);
}

elbo_Status elbo_step(elbo_State *S, const char *name, const char *text, size_t length) {
    LookRequest request = {name, text, length};
    const unsigned table_columns = S->table_columns;
    elbo_Status status = run_protected(S, step_request, &request);
    S->table_columns = table_columns; /* also where there was no memory for a table */
    return status;
}

static void sites_request(State *S, void *what) {
    const LookRequest *r = what;
    Value program = run_program(S, r->name, r->text, r->length);
    Trace *trace = trace_run(S, program, NULL, 0);
    stack_push(S, value_object(trace));
    if (!trace->count) error_raise(S, "bad-argument", "Write :sites model(data).", "nothing here has a site");
    size_t start = text_begin(S);
    show_value(S, value_object(trace));
    text_print(S, "\n");
    text_output(S, start);
    keep_last(S, value_object(trace));
    stack_pop(S, 2);
}

elbo_Status elbo_sites(elbo_State *S, const char *name, const char *text, size_t length) {
    LookRequest request = {name, text, length};
    return run_protected(S, sites_request, &request);
}
