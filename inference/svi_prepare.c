/* What happens before the first step. */
#include <string.h>

#include "inference/diagnose.h"
#include "inference/update.h"
#include "runtime/operations.h"
#include "runtime/random.h"
#include "runtime/suggest.h"

/* The traces of the guide and of the model replayed from it, two particles each, and their params. They lie on the value stack
   when this returns, and the tape records, with the params on it. */
typedef struct SviProbe {
    Record *values, *constraints;
    Trace *guide, *model;
} SviProbe;

enum { PROBE_SLOTS = 4 };

static SviProbe svi_probe(State *S, const Fit *fit) {
    SviProbe probe = {.values = record_new(S, 8), .constraints = record_new(S, 8)};
    stack_push(S, value_object(probe.values));
    stack_push(S, value_object(probe.constraints));
    bool silent = S->silent;
    S->silent = S->probing = true;
    tape_begin(S);
    probe.guide = diagnose_guide(S, fit, fit->arguments, fit->n_arguments);
    stack_push(S, value_object(probe.guide));
    inference_collect(S, probe.guide, probe.values, probe.constraints);
    probe.model = diagnose_model(S, fit, probe.guide, fit->arguments, fit->n_arguments);
    stack_push(S, value_object(probe.model));
    S->silent = silent;
    S->probing = false;
    return probe;
}

static void probe_end(State *S, const SviProbe *probe) {
    tape_end(S);
    inference_collect(S, probe->model, probe->values, probe->constraints);
}

/* ---- Subsampling ---- */

static bool has_plate(const Trace *trace, const String *name, Suggestion *s) {
    for (uint32_t k = 0; k < trace->n_axes; k++) {
        if (trace->axes[k]->depth < trace->plates) continue; /* the particles */
        if (trace->axes[k]->name == name) return true;
        suggest_offer(s, trace->axes[k]->name->text);
    }
    return false;
}

static void check_subsample(State *S, const Fit *fit, const SviProbe *probe) {
    if (fit->subsample.tag == VALUE_UNASSIGNED) return;
    const Record *sizes = fit->subsample.as.record;
    for (uint32_t k = 0; k < sizes->count; k++) {
        Suggestion s = suggest_begin(sizes->names[k]->text);
        if (has_plate(probe->model, sizes->names[k], &s) || has_plate(probe->guide, sizes->names[k], &s)) continue;
        error_raise(S, "unknown-plate", s.best ? error_text(S, "Did you mean '%s'?", s.best) : "Name a plate of the model.",
                    "neither the model nor the guide has a plate '%s' to subsample", sizes->names[k]->text);
    }
}

/* ---- Fits ---- */

void svi_prepare(State *S, Fit *fit) {
    List *noted = S->noted;
    const Node *node = S->node;
    const Source *source = S->source;
    S->noted = fit->warnings;
    SviProbe probe = svi_probe(S, fit);
    diagnose_start(S, fit, probe.model, probe.guide);
    S->node = node;
    S->source = source;
    check_subsample(S, fit, &probe);
    probe_end(S, &probe);
    fit_set_params(S, fit, probe.values, probe.constraints);
    update_start(S, fit);
    S->noted = noted;
    stack_pop(S, PROBE_SLOTS);
}

static void jitter(State *S, FitParam *p) {
    Array *normal = array_new(S, p->layout);
    random_normal(S, random_key_numbered(S, p->name, 1), p->layout, 0, normal->data);
    for (size_t k = 0; k < p->size; k++) p->theta->data[k] += normal->data[k];
}

/* A value that another stream gives another value is a draw. */
static void begin_elsewhere(State *S, FitParam *p, const Value *again) {
    double scratch[LANE_BLOCK];
    if (again && value_is_numeric(*again) && value_layout(S, *again) == p->layout) {
        const double *data = value_data(*again, scratch);
        if (memcmp(data, p->theta->data, p->size * sizeof *data) != 0) {
            memcpy(p->theta->data, data, p->size * sizeof *data);
            return;
        }
    }
    jitter(S, p);
}

void svi_prepare_again(State *S, Fit *fit) {
    SviProbe probe = svi_probe(S, fit);
    probe_end(S, &probe);
    for (uint32_t k = 0; k < fit->n_params; k++)
        begin_elsewhere(S, &fit->params[k], record_find(probe.values, fit->params[k].name));
    stack_pop(S, PROBE_SLOTS);
}
