/* The store of a fit: its params, what the optimizer keeps of them, and the record of the steps. */
#include "inference/fit.h"

#include <string.h>

#include "runtime/gc.h"
#include "runtime/operations.h"

Fit *fit_new(State *S) {
    List *warnings = list_new(S, 0);
    Fit *fit = gc_new(S, VALUE_FIT, sizeof *fit);
    fit->model = fit->guide = fit->subsample = fit->seed = value_unassigned();
    fit->warnings = warnings;
    fit->stride = 1;
    return fit;
}

/* ---- Params ---- */

static double *zeros(State *S, size_t n) {
    double *x = memory_new(S, n * sizeof *x);
    memset(x, 0, n * sizeof *x);
    return x;
}

void fit_new_params(State *S, Fit *fit, uint32_t n) {
    FitParam *params = memory_new(S, (n ? n : 1) * sizeof *params);
    memset(params, 0, (n ? n : 1) * sizeof *params);
    fit->params = params;
    fit->n_params = n;
}

static void set_param(State *S, Fit *fit, FitParam *p, Value v) {
    p->layout = value_layout(S, v);
    p->size = p->layout->components;
    p->history_at = fit->numbers;
    p->theta = array_new(S, p->layout);
    double scratch[LANE_BLOCK];
    memcpy(p->theta->data, value_data(v, scratch), p->layout->size * sizeof(double));
    fit->numbers += p->size;
}

void fit_set_params(State *S, Fit *fit, const Record *values, const Record *constraints) {
    fit_new_params(S, fit, values->count);
    for (uint32_t k = 0; k < values->count; k++) {
        FitParam *p = &fit->params[k];
        p->name = values->names[k];
        p->constraint = constraints->values[k].tag == VALUE_CONSTRAINT ? (Constraint *)constraints->values[k].as.object : NULL;
        set_param(S, fit, p, values->values[k]);
    }
    fit_reset_optimizer(S, fit);
}

static void free_state(State *S, FitParam *p) {
    for (unsigned s = 0; s < OPTIMIZER_STATE; s++) {
        if (p->state[s]) memory_free(S, p->state[s], p->layout->size * sizeof(double));
        p->state[s] = NULL;
    }
}

void fit_reset_optimizer(State *S, Fit *fit) {
    fit->optimizer_from = fit->done;
    for (uint32_t k = 0; k < fit->n_params; k++) {
        free_state(S, &fit->params[k]);
        for (unsigned s = 0; s < fit->optimizer->row->n_state; s++) fit->params[k].state[s] = zeros(S, fit->params[k].layout->size);
    }
}

/* ---- Copies ---- */

static void copy_param(State *S, FitParam *to, const FitParam *from) {
    size_t bytes = from->layout->size * sizeof(double);
    to->name = from->name;
    to->constraint = from->constraint;
    to->layout = from->layout;
    to->size = from->size;
    to->history_at = from->history_at;
    to->theta = array_new(S, from->layout);
    memcpy(to->theta->data, from->theta->data, bytes);
    for (unsigned s = 0; s < OPTIMIZER_STATE; s++)
        if (from->state[s]) memcpy(to->state[s] = memory_new(S, bytes), from->state[s], bytes);
}

Fit *fit_copy(State *S, const Fit *from) {
    Fit *fit = fit_new(S);
    List *warnings = fit->warnings;
    Object header = fit->header;
    *fit = *from;
    fit->header = header;
    fit->warnings = warnings;
    /* What the copy owns is not its own yet. */
    fit->arguments = NULL;
    fit->n_arguments = 0;
    fit->params = NULL;
    fit->n_params = 0;
    fit->baselines = (Baselines){0};
    fit->losses_room = from->done;
    fit->history_room = from->done / from->stride;
    for (uint32_t k = 0; k < from->warnings->count; k++) list_append(S, warnings, from->warnings->items[k]);
    if (from->n_arguments) {
        fit->arguments = memory_new(S, from->n_arguments * sizeof *fit->arguments);
        memcpy(fit->arguments, from->arguments, from->n_arguments * sizeof *fit->arguments);
        fit->n_arguments = from->n_arguments;
    }
    baselines_copy(S, &fit->baselines, &from->baselines);
    if (!from->params) return fit;
    fit_new_params(S, fit, from->n_params);
    for (uint32_t k = 0; k < from->n_params; k++) copy_param(S, &fit->params[k], &from->params[k]);
    return fit;
}

/* ---- The record of the steps ---- */

static Array *longer(State *S, const Array *from, size_t used, size_t room) {
    Array *array = array_new(S, layout_vector(S, room));
    array->header.shared = true;
    if (used) memcpy(array->data, from->data, used * sizeof(double));
    return array;
}

/* The most rows that a history has: it depends on the params alone, so that a fit that goes on thins its history where an
   uninterrupted one does. */
static uint64_t history_rows(const Fit *fit) {
    uint64_t rows = HISTORY_NUMBERS / (fit->numbers ? fit->numbers : 1);
    return rows < HISTORY_ROWS ? HISTORY_ROWS : rows;
}

/* Not all at once: who asks for very many steps means to stop the fit before. */
static void reserve_losses(State *S, Fit *fit, uint64_t steps) {
    enum { AHEAD = 1 << 17 };
    uint64_t most = fit->done + (fit->done > AHEAD ? fit->done : AHEAD);
    if (steps > most) steps = most;
    if (fit->losses && fit->losses_room >= steps) return;
    fit->losses = longer(S, fit->losses, fit->done, steps);
    fit->losses_room = steps;
}

void fit_reserve(State *S, Fit *fit, uint64_t steps) {
    reserve_losses(S, fit, steps);
    uint64_t rows = steps / fit->stride, most = history_rows(fit);
    if (rows > most) rows = most;
    if (!fit->history || fit->history_room < rows) {
        fit->history = longer(S, fit->history, fit->done / fit->stride * fit->numbers, rows * fit->numbers);
        fit->history_room = rows;
    }
}

/* A history of its own: a copy of the fit may share this one. */
static void thin_history(State *S, Fit *fit) {
    uint64_t rows = fit->history_room / 2;
    size_t n = fit->numbers;
    Array *thin = array_new(S, fit->history->layout);
    thin->header.shared = true;
    for (uint64_t r = 0; r < rows; r++) memcpy(thin->data + r * n, fit->history->data + (2 * r + 1) * n, n * sizeof(double));
    fit->history = thin;
    fit->stride *= 2;
}

void fit_reserve_step(State *S, Fit *fit) {
    if (fit->done == fit->losses_room) reserve_losses(S, fit, UINT64_MAX);
    if ((fit->done + 1) / fit->stride <= fit->history_room) return;
    if (fit->history_room < history_rows(fit)) fit_reserve(S, fit, fit->done + 1);
    else thin_history(S, fit);
}

void fit_record(Fit *fit, double loss) {
    fit->losses->data[fit->done++] = loss;
    if (fit->done % fit->stride) return;
    double *row = fit->history->data + (fit->done / fit->stride - 1) * fit->numbers;
    for (uint32_t k = 0; k < fit->n_params; k++)
        memcpy(row + fit->params[k].history_at, fit->params[k].theta->data, fit->params[k].size * sizeof *row);
}

/* ---- One param more ---- */

/* Makes room in the history for the last param, thinned to the rows that it now may have. */
static void widen_history(State *S, Fit *fit) {
    const FitParam *p = &fit->params[fit->n_params - 1];
    uint64_t rows = fit->done / fit->stride, most = history_rows(fit), every = 1;
    while (rows / every > most) every *= 2;
    uint64_t kept = rows / every, room = fit->history_room < most ? fit->history_room : most;
    Array *wide = array_new(S, layout_vector(S, room * fit->numbers));
    wide->header.shared = true;
    for (uint64_t r = 0; r < kept; r++) {
        double *row = wide->data + r * fit->numbers;
        memcpy(row, fit->history->data + ((r + 1) * every - 1) * p->history_at, p->history_at * sizeof *row);
        memcpy(row + p->history_at, p->theta->data, p->size * sizeof *row);
    }
    fit->history = wide;
    fit->history_room = room;
    fit->stride *= every;
}

void fit_add_param(State *S, Fit *fit, String *name, Constraint *constraint, Value initial) {
    FitParam *old = fit->params;
    uint32_t n = fit->n_params;
    fit_new_params(S, fit, n + 1);
    memcpy(fit->params, old, n * sizeof *old);
    memory_free(S, old, (n ? n : 1) * sizeof *old);
    FitParam *p = &fit->params[n];
    p->name = name;
    p->constraint = constraint;
    set_param(S, fit, p, initial);
    for (unsigned s = 0; s < fit->optimizer->row->n_state; s++) p->state[s] = zeros(S, p->layout->size);
    if (fit->history) widen_history(S, fit);
}

/* ---- For the collector ---- */

void fit_mark(State *S, Object *object) {
    Fit *fit = (Fit *)object;
    gc_mark_value(S, fit->model);
    gc_mark_value(S, fit->guide);
    gc_mark_value(S, fit->subsample);
    for (unsigned k = 0; k < fit->n_arguments; k++) gc_mark_value(S, fit->arguments[k]);
    gc_mark(S, fit->optimizer);
    gc_mark(S, fit->estimator);
    baselines_mark(S, &fit->baselines);
    gc_mark(S, fit->warnings);
    gc_mark(S, fit->terms);
    gc_mark(S, fit->losses);
    gc_mark(S, fit->history);
    gc_mark(S, fit->restarts);
    gc_mark(S, fit->saved);
    for (uint32_t k = 0; k < fit->n_params; k++) {
        gc_mark(S, fit->params[k].name);
        gc_mark(S, fit->params[k].constraint);
        gc_mark(S, (void *)fit->params[k].layout);
        gc_mark(S, fit->params[k].theta);
    }
}

void fit_release(State *S, Object *object) {
    Fit *fit = (Fit *)object;
    baselines_free(S, &fit->baselines);
    for (uint32_t k = 0; k < fit->n_params; k++) free_state(S, &fit->params[k]);
    memory_free(S, fit->params, (fit->n_params ? fit->n_params : 1) * sizeof *fit->params);
    memory_free(S, fit->arguments, fit->n_arguments * sizeof *fit->arguments);
}
