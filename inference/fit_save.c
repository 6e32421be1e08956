/* SPDX-License-Identifier: GPL-3.0-or-later
   Fits as records that JSON holds. inference/fit_load.c reads them back; what is added here is added there. */
#include <math.h>
#include <string.h>

#include "inference/fit_saved.h"
#include "inference/saved_program.h"
#include "inference/saved_value.h"
#include "inference/schedule.h"
#include "runtime/eval.h"
#include "runtime/text.h"

static void add(State *S, Record *to, const char *name, Value v) { record_set(S, to, string_of(S, name), v); }

static void add_number(State *S, Record *to, const char *name, double x) { add(S, to, name, value_number(x)); }

static void add_text(State *S, Record *to, const char *name, const char *text) { add(S, to, name, value_object(string_of(S, text))); }

static void add_numbers(State *S, Record *to, const char *name, const double *x, size_t n) {
    add(S, to, name, value_array(array_vector(S, n, x), 0));
}

/* Whole numbers of 64 bits, which doubles do not hold. */
static void add_bits(State *S, Record *to, const char *name, uint64_t x) {
    size_t start = text_begin(S);
    text_print(S, "%llu", (unsigned long long)x);
    add(S, to, name, value_object(text_finish(S, start)));
}

static void add_dims(State *S, Record *to, const Layout *l) {
    Array *shape = array_new(S, layout_vector(S, l->rank));
    for (unsigned k = 0; k < l->rank; k++) shape->data[k] = (double)l->dims[k];
    add(S, to, "shape", value_array(shape, 0));
}

/* ---- Functions ---- */

static Record *encode_function(State *S, Value f, String *name) {
    Record *record = record_new(S, 3), *pieces = program_pieces(S, f);
    add(S, record, "name", name ? value_object(name) : value_none());
    add(S, record, "digest", value_object(saved_digest(S, value_object(pieces))));
    add(S, record, "text", value_object(pieces));
    return record;
}

/* A fit that was loaded may not have met its programs yet. */
static Value encode_program(State *S, const Fit *fit, const char *role, Value f) {
    const Value *kept = fit->saved ? record_find(fit->saved, string_of(S, role)) : NULL;
    if (kept && f.tag == VALUE_UNASSIGNED) return *kept;
    String *name = program_name(S, f);
    if (!name && f.tag == VALUE_CLOSURE && callable_name(f)) name = string_of(S, callable_name(f)); /* since then defined anew */
    Record *record = encode_function(S, f, name);
    Value own = program_guide(fit->model);
    bool paired = strcmp(role, "guide") == 0 && own.tag == VALUE_CLOSURE && f.tag == VALUE_CLOSURE && own.as.object == f.as.object;
    if (paired) add(S, record, "paired", value_boolean(true));
    return value_object(record);
}

/* ---- Settings ---- */

static Value encode_settings(State *S, const char *name, const Hyper *table, const double settings[]) {
    Record *record = record_new(S, 2), *arguments = record_new(S, 4);
    unsigned at = 0;
    for (const Hyper *h = table; h->name; at += hyper_places(h), h++) {
        if (h->kind == HYPER_PAIR) add_numbers(S, arguments, h->name, settings + at, 2);
        else if (h->kind == HYPER_FLAG) add(S, arguments, h->name, value_boolean(settings[at] != 0));
        else add(S, arguments, h->name, isnan(settings[at]) ? value_none() : value_number(settings[at]));
    }
    add_text(S, record, "name", name);
    add(S, record, "arguments", value_object(arguments));
    return value_object(record);
}

/* A setting as it was given: a number, a pair, a flag, a schedule or a function. */
static Value encode_setting(State *S, Value v) {
    Record *record = record_new(S, 1);
    if (v.tag == VALUE_SCHEDULE) {
        const Schedule *schedule = (Schedule *)v.as.object;
        add(S, record, "schedule", encode_settings(S, schedule->row->name, schedule->row->settings, schedule->settings));
    } else if (value_is_callable(v)) {
        String *name = program_name(S, v);
        if (!name && v.tag == VALUE_NATIVE) name = string_of(S, v.as.native->name);
        if (!name)
            error_raise(S, "bad-argument", "Give the function a name: fn rate(t) { … }, lr = rate.",
                        "the learning rate is a function without a name, which load could not find again");
        add(S, record, "function", value_object(encode_function(S, v, name)));
    } else {
        return saved_encode(S, v);
    }
    return value_object(record);
}

static Value encode_param_settings(State *S, const Record *params) {
    Record *record = record_new(S, params->count);
    for (uint32_t k = 0; k < params->count; k++) {
        const Record *given = params->values[k].as.record;
        Record *settings = record_new(S, given->count);
        for (uint32_t f = 0; f < given->count; f++) record_set(S, settings, given->names[f], encode_setting(S, given->values[f]));
        record_set(S, record, params->names[k], value_object(settings));
    }
    return value_object(record);
}

static Value encode_optimizer(State *S, const Optimizer *optimizer) {
    const OptimizerGroup *all = &optimizer->groups[0];
    Value v = encode_settings(S, optimizer->row->name, optimizer->row->settings, all->settings);
    Record *arguments = record_find(v.as.record, string_of(S, "arguments"))->as.record;
    add(S, arguments, optimizer->row->settings[0].name, encode_setting(S, all->lr));
    if (!isinf(all->clip_value)) add_number(S, arguments, "clip_value", all->clip_value);
    if (!isinf(optimizer->clip_norm)) add_number(S, arguments, "clip_norm", optimizer->clip_norm);
    if (optimizer->params) add(S, v.as.record, "params", encode_param_settings(S, optimizer->params));
    return v;
}

static Value encode_estimator(State *S, const Estimator *estimator) {
    if (estimator->row != &estimator_own) return encode_settings(S, estimator->row->name, estimator->row->settings, estimator->settings);
    Record *record = record_new(S, 1);
    String *name = program_name(S, estimator->function);
    if (!name)
        error_raise(S, "bad-argument", "Give the function a name: fn my_elbo(model, guide, …) { … }.",
                    "the estimator is a function without a name, which load could not find again");
    add(S, record, "function", value_object(encode_function(S, estimator->function, name)));
    return value_object(record);
}

/* ---- Data ---- */

/* The digest of an argument, whatever it is. */
static String *argument_digest(State *S, Value v) {
    return saved_digest(S, saved_refused(v) ? value_object(program_pieces(S, v)) : v);
}

Value fit_data_digests(State *S, const Value *arguments, unsigned n) {
    List *digests = list_new(S, n);
    for (unsigned k = 0; k < n; k++) list_append(S, digests, value_object(argument_digest(S, arguments[k])));
    return value_object(digests);
}

static Value encode_data(State *S, const Fit *fit, bool with) {
    Record *record = record_new(S, 2);
    const Value *kept = fit->saved ? record_find(fit->saved, string_of(S, "digests")) : NULL;
    List *arguments = list_new(S, fit->n_arguments);
    add(S, record, "digests", kept ? *kept : fit_data_digests(S, fit->arguments, fit->n_arguments));
    for (unsigned k = 0; k < fit->n_arguments && with; k++) {
        const char *refused = saved_refused(fit->arguments[k]);
        if (refused)
            error_raise(S, "wrong-type", "save(fit, path, data = false) leaves the arguments out; load(path, …) takes them.",
                        "argument %u of the fit's model holds a %s, which no file can hold", k + 1, refused);
        Record *item = record_new(S, 1);
        add(S, item, "item", saved_encode(S, fit->arguments[k]));
        list_append(S, arguments, value_object(item));
    }
    if (with && !kept) add(S, record, "arguments", value_object(arguments));
    return value_object(record);
}

/* ---- Where it stands ---- */

static Value encode_constraint(State *S, const Constraint *constraint) {
    if (!constraint) return value_none();
    Record *record = record_new(S, 2);
    List *bounds = list_new(S, 2);
    add_text(S, record, "name", constraint->row->name);
    for (unsigned k = 0; k < constraint->row->n_bounds; k++) {
        Record *item = record_new(S, 1);
        add(S, item, "item", saved_encode(S, constraint->bounds[k]));
        list_append(S, bounds, value_object(item));
    }
    add(S, record, "bounds", value_object(bounds));
    return value_object(record);
}

static Value encode_param(State *S, const Fit *fit, const FitParam *p) {
    Record *record = record_new(S, 5);
    List *state = list_new(S, OPTIMIZER_STATE);
    add(S, record, "name", value_object(p->name));
    add(S, record, "constraint", encode_constraint(S, p->constraint));
    add_dims(S, record, p->layout);
    add_numbers(S, record, "theta", p->theta->data, p->size);
    for (unsigned s = 0; s < fit->optimizer->row->n_state; s++) {
        Record *item = record_new(S, 1);
        add_numbers(S, item, "item", p->state[s], p->size);
        list_append(S, state, value_object(item));
    }
    add(S, record, "state", value_object(state));
    return value_object(record);
}

static Value encode_baseline(State *S, const Baseline *b) {
    Record *record = record_new(S, 4);
    List *axes = list_new(S, b->layout->n_axes);
    for (unsigned k = 0; k < b->layout->n_axes; k++) {
        const Axis *axis = b->layout->axes[k];
        Record *item = record_new(S, 3);
        add(S, item, "name", value_object(axis->name));
        add_number(S, item, "size", (double)axis->size);
        add_number(S, item, "depth", axis->depth);
        list_append(S, axes, value_object(item));
    }
    add(S, record, "name", value_object(b->name));
    add(S, record, "axes", value_object(axes));
    add_dims(S, record, b->layout);
    add_numbers(S, record, "mean", b->mean, b->layout->size);
    return value_object(record);
}

static Value encode_random(State *S, const RandomState *random) {
    Record *record = record_new(S, 3);
    add_bits(S, record, "seed", random->seed);
    add_bits(S, record, "step", random->step);
    add_bits(S, record, "draws", random->draws);
    return value_object(record);
}

static void add_store(State *S, Record *to, const Fit *fit) {
    List *params = list_new(S, fit->n_params), *baselines = list_new(S, fit->baselines.count);
    for (uint32_t k = 0; k < fit->n_params; k++) list_append(S, params, encode_param(S, fit, &fit->params[k]));
    for (uint32_t k = 0; k < fit->baselines.count; k++)
        if (fit->baselines.sites[k].mean) list_append(S, baselines, encode_baseline(S, &fit->baselines.sites[k]));
    add(S, to, "params", value_object(params));
    add(S, to, "baselines", value_object(baselines));
    add(S, to, "random", encode_random(S, &fit->random));
}

static void add_record(State *S, Record *to, const Fit *fit) {
    add_numbers(S, to, "losses", fit->losses ? fit->losses->data : NULL, fit->losses ? fit->done : 0);
    add_number(S, to, "stride", (double)fit->stride);
    add_numbers(S, to, "history", fit->history ? fit->history->data : NULL, fit->history ? fit->done / fit->stride * fit->numbers : 0);
    add_number(S, to, "seconds", fit->seconds);
    add(S, to, "terms", fit->terms ? saved_encode(S, value_object(fit->terms)) : value_none());
    add(S, to, "warnings", saved_encode(S, value_object(fit->warnings)));
    add(S, to, "interrupted", value_boolean(fit->interrupted));
    add_number(S, to, "restart", fit->restart);
    add(S, to, "restarts", fit->restarts ? value_array(fit->restarts, 0) : value_none());
}

Record *fit_encode(State *S, const Fit *fit, bool data) {
    Record *r = record_new(S, 32);
    add(S, r, "model", encode_program(S, fit, "model", fit->model));
    add(S, r, "guide", encode_program(S, fit, "guide", fit->guide));
    add(S, r, "data", encode_data(S, fit, data));
    add(S, r, "optimizer", encode_optimizer(S, fit->optimizer));
    add(S, r, "estimator", encode_estimator(S, fit->estimator));
    add(S, r, "subsample", fit->subsample.tag == VALUE_RECORD ? saved_encode(S, fit->subsample) : value_none());
    add(S, r, "seed", fit->seed.tag == VALUE_NUMBER ? fit->seed : value_none());
    add_number(S, r, "particles", (double)fit->particles);
    add_number(S, r, "average", fit->average);
    add_number(S, r, "steps", (double)fit->done);
    add_number(S, r, "optimizer_from", (double)fit->optimizer_from);
    add_store(S, r, fit);
    add_record(S, r, fit);
    return r;
}
