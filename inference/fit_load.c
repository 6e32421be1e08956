/* SPDX-License-Identifier: GPL-3.0-or-later
   Fits from what inference/fit_save.c wrote. Nothing in a file is believed: sizes are checked against what is there, settings by
   those who take them. */
#include <math.h>
#include <string.h>

#include "inference/fit_saved.h"
#include "inference/saved_fields.h"
#include "inference/saved_program.h"
#include "inference/saved_value.h"
#include "inference/schedule.h"
#include "runtime/constraint.h"

static const double most_steps = 1.1e12, most_whole = 9007199254740992.0;

/* ---- Settings ---- */

/* The built-in of that name and kind. */
static const Native *find_native(State *S, const String *name, const char *kind) {
    Value v = state_global(S, (String *)name)->builtin;
    if (v.tag != VALUE_NATIVE || strcmp(native_kind(v.as.native), kind) != 0) saved_bad(S, "this Elbo has no '%.60s' among its %s", name->text, kind);
    return v.as.native;
}

/* Calls it with arguments by name. */
static Value make(State *S, const char *kind, const Record *saved, const Record *more) {
    const Native *native = find_native(S, saved_string(S, saved, "name"), kind);
    const Record *given = saved_record(S, saved, "arguments");
    Value arguments[SIGNATURE_PARAMETERS] = {{0}};
    for (uint32_t p = 0; p < given->count + (more ? more->count : 0); p++) {
        const Record *from = p < given->count ? given : more;
        uint32_t at = p < given->count ? p : p - given->count, k = 0;
        while (k < native->signature.n && native->signature.names[k] != from->names[at]) k++;
        if (k == native->signature.n) saved_bad(S, "'%s' has no setting '%.60s'", native->name, from->names[at]->text);
        arguments[k] = from->values[at];
    }
    for (uint32_t k = 0; k < native->signature.n; k++)
        if ((native->signature.required >> k & 1) && arguments[k].tag == VALUE_UNASSIGNED)
            saved_bad(S, "'%s' lacks its setting '%s'", native->name, native->signature.names[k]->text);
    return native_apply(S, native, arguments, native->signature.n, value_unassigned());
}

static Value find_function(State *S, const Record *saved) {
    const String *name = saved_string(S, saved, "name");
    Value f = program_variable(S, name);
    if (f.tag == VALUE_UNASSIGNED) f = state_global(S, (String *)name)->builtin;
    if (!value_is_callable(f))
        error_raise(S, "unknown-name", "Define it before the fit is loaded.", "the fit's settings use the function '%.60s', which is not defined", name->text);
    if (!program_is(S, f, saved_string(S, saved, "digest")))
        warning_report(S, "model-changed", "The fit goes on with it as it is now.", "the function '%.60s' has changed since the fit was saved", name->text);
    return f;
}

static Value decode_setting(State *S, Value v) {
    const Value *schedule = v.tag == VALUE_RECORD ? record_find(v.as.record, string_of(S, "schedule")) : NULL;
    const Value *function = v.tag == VALUE_RECORD ? record_find(v.as.record, string_of(S, "function")) : NULL;
    if (schedule && schedule->tag == VALUE_RECORD) return make(S, "schedules", schedule->as.record, NULL);
    if (function && function->tag == VALUE_RECORD) return find_function(S, function->as.record);
    Value plain;
    if (!saved_decode(S, v, &plain)) saved_bad(S, "a setting of its optimizer has a value that it cannot have");
    return plain;
}

static Optimizer *decode_optimizer(State *S, const Record *saved) {
    Record *arguments = saved_record(S, saved, "arguments"), *more = record_new(S, 1);
    const Value *params = record_find(saved, string_of(S, "params"));
    for (uint32_t k = 0; k < arguments->count; k++) arguments->values[k] = decode_setting(S, arguments->values[k]);
    if (params) {
        if (params->tag != VALUE_RECORD) saved_bad(S, "the settings of its params are no record");
        Record *by_name = record_new(S, params->as.record->count);
        for (uint32_t k = 0; k < params->as.record->count; k++) {
            const Record *one = saved_record(S, params->as.record, params->as.record->names[k]->text);
            Record *settings = record_new(S, one->count);
            for (uint32_t f = 0; f < one->count; f++) record_set(S, settings, one->names[f], decode_setting(S, one->values[f]));
            record_set(S, by_name, params->as.record->names[k], value_object(settings));
        }
        record_set(S, more, string_of(S, "params"), value_object(by_name));
    }
    return (Optimizer *)make(S, "optimizers", saved, more).as.object;
}

static Estimator *decode_estimator(State *S, const Record *saved) {
    const Value *function = record_find(saved, string_of(S, "function"));
    if (!function) return (Estimator *)make(S, "estimators", saved, NULL).as.object;
    if (function->tag != VALUE_RECORD) saved_bad(S, "its estimator is no function");
    return estimator_argument(S, find_function(S, function->as.record));
}

/* ---- Params ---- */

static const Layout *decode_layout(State *S, const Record *saved, uint32_t n_axes, Axis *const axes[], size_t numbers) {
    const Array *shape = saved_vector(S, saved, "shape", SIZE_MAX, false);
    size_t dims[LAYOUT_RANK], rank = shape->layout->components, components = 1;
    if (rank > LAYOUT_RANK) saved_bad(S, "a shape has %zu dimensions", rank);
    for (size_t k = 0; k < rank; k++) {
        if (!(shape->data[k] >= 0 && shape->data[k] <= (double)numbers && shape->data[k] == floor(shape->data[k]))) saved_bad(S, "a shape does not fit its numbers");
        components *= dims[k] = (size_t)shape->data[k];
        if (components > numbers) saved_bad(S, "a shape does not fit its numbers");
    }
    return layout_intern(S, n_axes, axes, (uint32_t)rank, dims);
}

static Constraint *decode_constraint(State *S, const Record *param) {
    if (saved_field(S, param, "constraint").tag == VALUE_NONE) return NULL;
    const Record *saved = saved_record(S, param, "constraint");
    const String *name = saved_string(S, saved, "name");
    const ConstraintRow *row = constraint_find(name->text);
    const List *bounds = saved_records(S, saved, "bounds");
    Value values[2] = {value_unassigned(), value_unassigned()};
    if (!row || row->discrete || bounds->count != row->n_bounds) saved_bad(S, "this Elbo has no such constraint as '%.60s' with %u bounds", name->text, bounds->count);
    for (unsigned k = 0; k < row->n_bounds; k++) {
        values[k] = saved_plain(S, bounds->items[k].as.record, "item");
        if (!value_is_numeric(values[k])) saved_bad(S, "a bound of the constraint '%s' is no number", row->name);
    }
    return constraint_new(S, row, values);
}

static void decode_param(State *S, Fit *fit, FitParam *p, const Record *saved) {
    p->name = saved_string(S, saved, "name");
    p->constraint = decode_constraint(S, saved);
    const Array *theta = saved_vector(S, saved, "theta", SIZE_MAX, false);
    p->size = theta->layout->components;
    p->layout = decode_layout(S, saved, 0, NULL, p->size);
    if (p->layout->components != p->size) saved_bad(S, "the shape of the param '%.60s' does not fit its numbers", p->name->text);
    if (p->constraint && p->constraint->row->rank && !constraint_value_layout(S, p->constraint->row, p->layout))
        saved_bad(S, "the param '%.60s' has a shape that its constraint cannot have", p->name->text);
    p->history_at = fit->numbers;
    fit->numbers += p->size;
    p->theta = array_zero(S, p->layout);
    memcpy(p->theta->data, theta->data, p->size * sizeof(double));
    const List *state = saved_records(S, saved, "state");
    unsigned n_state = fit->optimizer->row->n_state;
    if (state->count != n_state) saved_bad(S, "the optimizer keeps %u states of each param, and '%.60s' has %u", n_state, p->name->text, state->count);
    for (unsigned s = 0; s < n_state; s++) {
        const Array *from = saved_vector(S, state->items[s].as.record, "item", p->size, false);
        p->state[s] = memory_new(S, p->layout->size * sizeof(double));
        memset(p->state[s], 0, p->layout->size * sizeof(double));
        memcpy(p->state[s], from->data, p->size * sizeof(double));
    }
}

static void decode_params(State *S, Fit *fit, const List *params) {
    fit_new_params(S, fit, params->count);
    for (uint32_t k = 0; k < params->count; k++) {
        decode_param(S, fit, &fit->params[k], params->items[k].as.record);
        for (uint32_t before = 0; before < k; before++)
            if (fit->params[before].name == fit->params[k].name) saved_bad(S, "it has two params '%.60s'", fit->params[k].name->text);
    }
}

static void decode_baseline(State *S, Fit *fit, const Record *saved) {
    const List *list = saved_records(S, saved, "axes");
    const Array *mean = saved_vector(S, saved, "mean", SIZE_MAX, true);
    Axis *axes[LAYOUT_AXES];
    size_t lanes = 1, numbers = mean->layout->components;
    double depth = -1;
    if (list->count > LAYOUT_AXES) saved_bad(S, "a baseline has %u axes", list->count);
    for (uint32_t k = 0; k < list->count; k++) {
        const Record *axis = list->items[k].as.record;
        depth = saved_number(S, axis, "depth", depth + 1, PLATE_DEPTH, true);
        double size = saved_number(S, axis, "size", 2, (double)numbers, true);
        axes[k] = axis_intern(S, saved_string(S, axis, "name"), (size_t)size, (uint32_t)depth);
        lanes *= (size_t)size;
        if (lanes > numbers) saved_bad(S, "the axes of a baseline do not fit its numbers");
    }
    const Layout *layout = decode_layout(S, saved, list->count, axes, numbers);
    if (layout->size != numbers) saved_bad(S, "the shape of a baseline does not fit its numbers");
    memcpy(baseline_at(S, &fit->baselines, saved_string(S, saved, "name"), layout)->mean, mean->data, numbers * sizeof(double));
}

static RandomState decode_random(State *S, const Record *saved) {
    return (RandomState){.seed = saved_bits(S, saved, "seed"), .step = saved_bits(S, saved, "step"), .draws = saved_bits(S, saved, "draws")};
}

/* ---- The record of the steps ---- */

static Record *decode_terms(State *S, const Record *r) {
    Value v = saved_plain(S, r, "terms");
    if (v.tag == VALUE_NONE) return NULL;
    if (v.tag != VALUE_RECORD) saved_bad(S, "its terms are no record");
    for (uint32_t k = 0; k < v.as.record->count; k++)
        if (v.as.record->values[k].tag != VALUE_NUMBER) saved_bad(S, "a term of its ELBO is no number");
    return v.as.record;
}

static void decode_warnings(State *S, Fit *fit, const Record *r) {
    Value v = saved_plain(S, r, "warnings");
    if (v.tag != VALUE_LIST) saved_bad(S, "its warnings are no list");
    for (uint32_t k = 0; k < v.as.list->count; k++) {
        Value warning = v.as.list->items[k];
        const Value *kind = warning.tag == VALUE_RECORD ? record_find(warning.as.record, string_of(S, "kind")) : NULL;
        if (!kind || kind->tag != VALUE_STRING) saved_bad(S, "one of its warnings is none");
        list_append(S, fit->warnings, warning);
    }
}

static void decode_steps(State *S, Fit *fit, const Record *r) {
    fit->losses = (Array *)saved_vector(S, r, "losses", fit->done, true);
    double stride = saved_number(S, r, "stride", 1, 1.1e12, true);
    fit->stride = (uint64_t)stride;
    if (fit->stride & (fit->stride - 1)) saved_bad(S, "its stride is no power of two");
    fit->losses_room = fit->done;
    fit->history_room = fit->done / fit->stride;
    if (fit->numbers && fit->history_room > SIZE_MAX / 16 / fit->numbers) saved_bad(S, "its history is too long");
    fit->history = (Array *)saved_vector(S, r, "history", fit->history_room * fit->numbers, false);
    fit->seconds = saved_number(S, r, "seconds", 0, INFINITY, false);
    fit->terms = decode_terms(S, r);
    decode_warnings(S, fit, r);
    fit->interrupted = saved_flag(S, r, "interrupted");
    fit->restart = (uint32_t)saved_number(S, r, "restart", 0, 1 << 20, true);
    if (saved_field(S, r, "restarts").tag != VALUE_NONE) fit->restarts = (Array *)saved_vector(S, r, "restarts", SIZE_MAX, true);
}

/* ---- All of it ---- */

static void decode_data(State *S, Fit *fit, const Record *data) {
    saved_field(S, data, "digests");
    record_set(S, fit->saved, string_of(S, "data"), value_object((Record *)data));
    if (!record_find(data, string_of(S, "arguments"))) return;
    const List *arguments = saved_records(S, data, "arguments");
    if (!arguments->count) return;
    fit->arguments = memory_new(S, arguments->count * sizeof *fit->arguments);
    fit->n_arguments = arguments->count;
    for (uint32_t k = 0; k < arguments->count; k++) fit->arguments[k] = value_none();
    for (uint32_t k = 0; k < arguments->count; k++) fit->arguments[k] = saved_plain(S, arguments->items[k].as.record, "item");
}

static Value decode_subsample(State *S, const Record *r) {
    Value v = saved_plain(S, r, "subsample");
    if (v.tag == VALUE_NONE) return value_unassigned();
    if (v.tag != VALUE_RECORD) saved_bad(S, "its subsample is no record");
    for (uint32_t k = 0; k < v.as.record->count; k++) saved_number(S, v.as.record, v.as.record->names[k]->text, 1, most_steps, true);
    return v;
}

Fit *fit_decode(State *S, const Record *r) {
    Fit *fit = fit_new(S);
    fit->saved = record_new(S, 4);
    record_set(S, fit->saved, string_of(S, "model"), value_object(saved_record(S, r, "model")));
    record_set(S, fit->saved, string_of(S, "guide"), value_object(saved_record(S, r, "guide")));
    decode_data(S, fit, saved_record(S, r, "data"));
    fit->optimizer = decode_optimizer(S, saved_record(S, r, "optimizer"));
    fit->estimator = decode_estimator(S, saved_record(S, r, "estimator"));
    fit->subsample = decode_subsample(S, r);
    if (saved_field(S, r, "seed").tag != VALUE_NONE) fit->seed = value_number(saved_number(S, r, "seed", 0, most_whole, true));
    fit->particles = (uint64_t)saved_number(S, r, "particles", 1, 1 << 30, true);
    fit->average = saved_number(S, r, "average", 0, 1, false);
    fit->done = (uint64_t)saved_number(S, r, "steps", 0, most_steps, true);
    fit->optimizer_from = (uint64_t)saved_number(S, r, "optimizer_from", 0, (double)fit->done, true);
    fit->random = decode_random(S, saved_record(S, r, "random"));
    decode_params(S, fit, saved_records(S, r, "params"));
    const List *baselines = saved_records(S, r, "baselines");
    for (uint32_t k = 0; k < baselines->count; k++) decode_baseline(S, fit, baselines->items[k].as.record);
    decode_steps(S, fit, r);
    return fit;
}
