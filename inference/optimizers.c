/* The registry of optimizers, and how they are made: the settings of a row, those that all have, and those of single params. */
#include "inference/optimizer.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "inference/schedule.h"
#include "runtime/gc.h"
#include "runtime/operations.h"
#include "runtime/suggest.h"
#include "runtime/text.h"

const OptimizerRow *const optimizer_rows[] = {
    &optimizer_adagrad, &optimizer_adam, &optimizer_adamw, &optimizer_clipped_adam, &optimizer_rmsprop, &optimizer_sgd, NULL,
};

/* What all optimizers have besides. A row that has a clip_norm of its own does without the common one. */
static const Hyper clip_value = {"clip_value", HYPER_NUMBER, RANGE_LIMIT, INFINITY, 0};
static const Hyper clip_norm = {"clip_norm", HYPER_NUMBER, RANGE_LIMIT, INFINITY, 0};

static unsigned count(const OptimizerRow *row) {
    unsigned n = 0;
    while (row->settings[n].name) n++;
    return n;
}

static bool has_own(const OptimizerRow *row, const char *name) {
    for (const Hyper *h = row->settings; h->name; h++)
        if (strcmp(h->name, name) == 0) return true;
    return false;
}

void optimizer_clip(size_t n, double *x, double limit) {
    for (size_t k = 0; k < n; k++) x[k] = x[k] > limit ? limit : x[k] < -limit ? -limit : x[k];
}

/* ---- Making one ---- */

static void read_rate(State *S, const char *owner, const Hyper *hyper, Value v, OptimizerGroup *group) {
    if (v.tag == VALUE_NUMBER || v.tag == VALUE_ARRAY) {
        hyper_read(S, owner, hyper, v, group->settings);
        group->lr = value_number(group->settings[0]);
    } else if (rate_is(v)) {
        group->lr = v;
    } else {
        native_type_error(S, owner, hyper->name, "a number, a schedule or a function of the step", v);
    }
}

static void read_group(State *S, const OptimizerRow *row, const Value *arguments, OptimizerGroup *group) {
    unsigned at = 0;
    for (const Hyper *h = row->settings; h->name; at += hyper_places(h), h++) {
        Value v = arguments[h - row->settings];
        hyper_initial(h, group->settings + at);
        if (h->kind == HYPER_RATE) read_rate(S, row->name, h, v.tag == VALUE_UNASSIGNED ? value_number(h->initial) : v, group);
        else if (v.tag != VALUE_UNASSIGNED) hyper_read(S, row->name, h, v, group->settings + at);
    }
    if (row->check) row->check(S, group->settings);
}

static double read_limit(State *S, const OptimizerRow *row, const Hyper *hyper, Value v) {
    double limit = INFINITY;
    if (v.tag != VALUE_UNASSIGNED) hyper_read(S, row->name, hyper, v, &limit);
    return limit;
}

static _Noreturn void raise_unknown_setting(State *S, const OptimizerRow *row, const char *name, const char *param) {
    Suggestion s = suggest_begin(name);
    for (const Hyper *h = row->settings; h->name; h++) suggest_offer(&s, h->name);
    suggest_offer(&s, clip_value.name);
    const char *advice = s.best ? error_text(S, "Did you mean '%s'?", s.best) : NULL;
    if (strcmp(name, clip_norm.name) == 0) advice = "It is the norm of the gradient of all params: write it beside lr, not inside params.";
    error_raise(S, "unknown-argument", advice, "'%s' has no setting '%s' for the param '%s'", row->name, name, param);
}

/* One setting of one param: {z: {lr: 0.01}}. */
static void read_field(State *S, const OptimizerRow *row, const char *name, Value v, OptimizerGroup *group) {
    unsigned at = 0;
    for (const Hyper *h = row->settings; h->name; at += hyper_places(h), h++) {
        if (strcmp(h->name, name) != 0) continue;
        if (h->kind == HYPER_RATE) read_rate(S, row->name, h, v, group);
        else hyper_read(S, row->name, h, v, group->settings + at);
        return;
    }
    if (strcmp(name, clip_value.name) != 0) raise_unknown_setting(S, row, name, group->name->text);
    group->clip_value = read_limit(S, row, &clip_value, v);
}

static void read_params(State *S, Optimizer *optimizer) {
    for (uint32_t k = 1; k < optimizer->n_groups; k++) {
        Value v = optimizer->params->values[k - 1];
        OptimizerGroup *group = &optimizer->groups[k];
        *group = optimizer->groups[0];
        group->name = optimizer->params->names[k - 1];
        if (v.tag != VALUE_RECORD)
            error_raise(S, "wrong-type", error_text(S, "For instance params = {%s: {lr: 0.001}}.", group->name->text),
                        "the settings of the param '%s' are a %s, not a record", group->name->text, value_type_name(v));
        for (uint32_t f = 0; f < v.as.record->count; f++)
            read_field(S, optimizer->row, v.as.record->names[f]->text, v.as.record->values[f], group);
        if (optimizer->row->check) optimizer->row->check(S, group->settings);
    }
}

/* Arguments: those of the row, then clip_value, params and, unless the row has its own, clip_norm. */
static Optimizer *optimizer_new(State *S, const OptimizerRow *row, const Value *arguments) {
    const Value *common = arguments + count(row);
    OptimizerGroup group = {.lr = value_number(0)};
    read_group(S, row, arguments, &group);
    group.clip_value = read_limit(S, row, &clip_value, common[0]);
    double norm = has_own(row, clip_norm.name) ? INFINITY : read_limit(S, row, &clip_norm, common[2]);
    Value params = common[1];
    if (params.tag != VALUE_UNASSIGNED && params.tag != VALUE_RECORD)
        native_type_error(S, row->name, "params", "a record like {sigma: {lr: 0.001}}", params);
    uint32_t n = params.tag == VALUE_RECORD ? params.as.record->count + 1 : 1;
    Optimizer *optimizer = gc_new(S, VALUE_OPTIMIZER, sizeof *optimizer + n * sizeof *optimizer->groups);
    optimizer->row = row;
    optimizer->params = n > 1 ? params.as.record : NULL;
    if (optimizer->params) optimizer->params->header.shared = true;
    optimizer->clip_norm = norm;
    optimizer->n_groups = n;
    optimizer->groups[0] = group;
    read_params(S, optimizer);
    return optimizer;
}

static Value optimizer_make(State *S, const void *row, const Value *arguments, unsigned n) {
    (void)n;
    return value_object(optimizer_new(S, row, arguments));
}

void optimizer_natives(State *S) {
    for (const OptimizerRow *const *row = optimizer_rows; *row; row++) {
        char own[200], signature[300];
        hyper_signature((*row)->settings, own, sizeof own);
        snprintf(signature, sizeof signature, "%s, clip_value?, params?%s", own, has_own(*row, clip_norm.name) ? "" : ", clip_norm?");
        native_add(S, (*row)->name, signature, optimizer_make, *row, "optimizers", (*row)->help);
    }
}

Optimizer *optimizer_argument(State *S, Value v) {
    static const Value none[SIGNATURE_PARAMETERS] = {{0}};
    if (v.tag == VALUE_UNASSIGNED) return optimizer_new(S, &optimizer_adam, none);
    if (v.tag == VALUE_NATIVE && v.as.native->make == optimizer_make) return optimizer_new(S, v.as.native->made, none);
    if (v.tag != VALUE_OPTIMIZER) native_type_error(S, "svi", "optimizer", "an optimizer like Adam(lr = 0.01)", v);
    return (Optimizer *)v.as.object;
}

/* ---- Groups ---- */

bool optimizer_names(const OptimizerGroup *group, const String *name) {
    if (group->name == name) return true;
    size_t n = group->name->length;
    return n < name->length && name->text[n] == '[' && memcmp(name->text, group->name->text, n) == 0;
}

/* A name of its own goes before the name of the family. */
uint32_t optimizer_group(const Optimizer *optimizer, const String *name) {
    uint32_t family = 0;
    for (uint32_t k = 1; k < optimizer->n_groups; k++) {
        if (optimizer->groups[k].name == name) return k;
        if (optimizer_names(&optimizer->groups[k], name)) family = k;
    }
    return family;
}

/* ---- As a value ---- */

void optimizer_mark(State *S, Object *object) {
    const Optimizer *optimizer = (Optimizer *)object;
    gc_mark(S, optimizer->params);
    for (uint32_t k = 0; k < optimizer->n_groups; k++) {
        gc_mark(S, optimizer->groups[k].name);
        gc_mark_value(S, optimizer->groups[k].lr);
    }
}

void optimizer_print(State *S, Object *object) {
    const Optimizer *optimizer = (Optimizer *)object;
    const OptimizerGroup *group = &optimizer->groups[0];
    unsigned at = 0;
    text_print(S, "%s(", optimizer->row->name);
    for (const Hyper *h = optimizer->row->settings; h->name; at += hyper_places(h), h++) {
        if (h->kind == HYPER_RATE && group->lr.tag != VALUE_NUMBER) {
            text_print(S, "%s = ", h->name);
            text_value(S, group->lr);
        } else {
            hyper_print(S, h, group->settings + at, at == 0);
        }
    }
    hyper_print(S, &clip_value, &group->clip_value, false);
    hyper_print(S, &clip_norm, &optimizer->clip_norm, false);
    if (optimizer->params) {
        text_print(S, ", params = ");
        text_value(S, value_object(optimizer->params));
    }
    text_print(S, ")");
}
