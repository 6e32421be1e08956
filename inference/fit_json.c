/* SPDX-License-Identifier: GPL-3.0-or-later
   Results for other programs: a fit, or any other value, as JSON. */
#include "elbo.h"
#include "inference/fit.h"
#include "runtime/eval.h"
#include "runtime/operations.h"
#include "runtime/run.h"
#include "runtime/text.h"
#include "stdlib/json.h"

static void add(State *S, Record *to, const char *name, Value v) { record_set(S, to, string_of(S, name), v); }

static void add_text(State *S, Record *to, const char *name, Value v) {
    size_t start = text_begin(S);
    text_value(S, v);
    add(S, to, name, value_object(text_finish(S, start)));
}

/* What was given to the model, by the names of its parameters: counts of elements only, since the data are the caller's. */
static Value data_sizes(State *S, const Fit *fit) {
    Record *record = record_new(S, fit->n_arguments);
    const Function *f = fit->model.tag == VALUE_CLOSURE ? fit->model.as.closure->function : NULL;
    for (unsigned k = 0; f && k < fit->n_arguments && k < f->n_parameters; k++) {
        Value v = fit->arguments[k];
        bool array = v.tag == VALUE_ARRAY && v.as.array->layout->rank;
        double n = array ? (double)v.as.array->layout->dims[0] : v.tag == VALUE_LIST ? v.as.list->count : 1;
        record_set(S, record, string_of(S, f->parameters[k].name->text), value_number(n));
    }
    return value_object(record);
}

/* A fit as a record of what it has found. */
static Value fit_json(State *S, Fit *fit) {
    static const char *const as_they_are[] = {"params", "steps", "particles", "seed", "seconds", "interrupted", "warnings"};
    Record *record = record_new(S, 16);
    double elbo, error;
    const char *name = callable_name(fit->model);
    fit_elbo(fit, &elbo, &error);
    add(S, record, "model", name ? value_object(string_of(S, name)) : value_none());
    add(S, record, "elbo", value_number(elbo));
    add(S, record, "elbo_error", value_number(error));
    for (unsigned k = 0; k < sizeof as_they_are / sizeof *as_they_are; k++) {
        String *field = string_of(S, as_they_are[k]);
        record_set(S, record, field, fit_field(S, &fit->header, field));
    }
    add_text(S, record, "optimizer", value_object(fit->optimizer));
    add_text(S, record, "estimator", value_object(fit->estimator));
    add(S, record, "data", data_sizes(S, fit));
    return value_object(record);
}

static void print_request(State *S, void *what) {
    S->node = NULL;
    const Global *g = state_global(S, string_of(S, what));
    Value v = value_whole(S, g->value);
    if (v.tag == VALUE_UNASSIGNED) v = value_none();
    if (v.tag == VALUE_FIT) v = fit_json(S, (Fit *)v.as.object);
    stack_push(S, v);
    size_t start = text_begin(S);
    json_append(S, v, false);
    text_append(S, "\n", 1);
    text_output(S, start);
    stack_pop(S, 1);
}

elbo_Status elbo_print_json(elbo_State *S, const char *variable) { return run_protected(S, print_request, (void *)variable); }
