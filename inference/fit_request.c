/* SPDX-License-Identifier: GPL-3.0-or-later
   elbo_fit: a fit that a host asks for, of what a program has defined. */
#include "inference/fit_request.h"

#include <string.h>

#include "inference/inference.h"
#include "runtime/eval.h"
#include "runtime/native.h"
#include "runtime/operations.h"
#include "runtime/run.h"
#include "runtime/suggest.h"
#include "runtime/text.h"

/* ---- Which model ---- */

static bool is_model(Value v) { return v.tag == VALUE_CLOSURE && v.as.closure->function->kind == FUNCTION_MODEL; }
static bool has_guide(Value v) { return v.as.closure->guide.tag != VALUE_UNASSIGNED; }

typedef struct Models {
    unsigned n, n_guided;
    Value first, guided; /* one of them each */
} Models;

static Models list_models(State *S) {
    Models m = {.n = 0};
    for (const Global *g = S->used_globals; g; g = g->next) {
        if (!is_model(g->value)) continue;
        m.n++;
        m.first = g->value;
        if (!has_guide(g->value)) continue;
        m.n_guided++;
        m.guided = g->value;
    }
    return m;
}

/* In the order of the text: the list of variables has the newest first. */
static const char *model_names(State *S, bool guided) {
    const char *names = "";
    for (const Global *g = S->used_globals; g; g = g->next) {
        if (!is_model(g->value) || (guided && !has_guide(g->value))) continue;
        size_t start = text_begin(S);
        text_print(S, *names ? "%s, %s" : "%s%s", g->name->text, names);
        names = text_finish(S, start)->text;
    }
    return names;
}

static Value named_model(State *S, const char *name) {
    const Global *g = state_global(S, string_of(S, name));
    if (is_model(g->value)) return g->value;
    if (g->value.tag != VALUE_UNASSIGNED)
        error_raise(S, "wrong-type", NULL, "'%s' is a %s, and no model", name, value_type_name(g->value));
    Suggestion s = suggest_begin(name);
    for (const Global *other = S->used_globals; other; other = other->next)
        if (is_model(other->value)) suggest_offer(&s, other->name->text);
    error_raise(S, "unknown-name", s.best ? error_text(S, "Did you mean '%s'?", s.best) : NULL, "the program defines no model '%s'", name);
}

static Value only_model(State *S) {
    Models m = list_models(S);
    if (m.n == 1) return m.first;
    if (m.n_guided == 1) return m.guided;
    if (!m.n)
        error_raise(S, "unknown-name", "Write `model normal(x) { … }`, and beside it `guide normal(x) { … }`.", "the program defines no model");
    error_raise(S, "bad-argument", "Choose one with --model NAME.", "the program defines several models: %s", model_names(S, m.n_guided > 1));
}

/* ---- The call of svi ---- */

enum { MOST_DATA = 64 };

/* svi's arguments, in the order of its signature, the data behind. */
typedef struct SviCall {
    const Native *svi;
    Value arguments[SIGNATURE_PARAMETERS + MOST_DATA];
    unsigned n;
} SviCall;

static void give(State *S, SviCall *call, const char *name, Value v) {
    const Signature *signature = &call->svi->signature;
    stack_push(S, v); /* stays there until the call is over */
    for (uint32_t k = 0; k < signature->n; k++)
        if (strcmp(signature->names[k]->text, name) == 0) call->arguments[k] = v;
}

static void give_count(State *S, SviCall *call, const char *name, uint64_t count) {
    if (count) give(S, call, name, value_number((double)count));
}

/* What an option says in Elbo: its name is the text's, for messages. */
static void give_expression(State *S, SviCall *call, const char *name, const char *text) {
    if (!text) return;
    size_t start = text_begin(S);
    text_print(S, "<--%s>", name);
    String *title = text_finish(S, start);
    stack_push(S, value_object(title));
    Value v = run_expression(S, title->text, text, strlen(text));
    S->node = NULL;
    give(S, call, name, v);
}

static void give_learning_rate(State *S, SviCall *call, double rate) {
    if (rate == 0) return;
    Value lr = value_number(rate);
    give(S, call, "optimizer", call_value(S, state_global(S, string_of(S, "Adam"))->builtin, &lr, 1));
}

static void give_model(State *S, SviCall *call, const elbo_FitRequest *r) {
    Value model = r->model ? named_model(S, r->model) : only_model(S);
    give(S, call, "model", model);
    if (!r->guide && !has_guide(model)) {
        const char *name = model.as.closure->function->name->text;
        error_raise(S, "unknown-name", error_text(S, "Write `guide %s(…) { … }`, or name one with --guide.", name),
                    "the model '%s' has no guide", name);
    }
    FitData data = fit_data_begin(S, model.as.closure->function);
    for (size_t k = 0; k < r->n_data; k++) {
        fit_data_read(S, &data, r->data[k]);
        S->node = NULL;
    }
    unsigned n = fit_data_count(S, &data);
    if (n > MOST_DATA)
        error_raise(S, "too-many-arguments", "Put data into a record: --data NAME=FILE.csv gives the whole table.",
                    "a call takes at most %d arguments", MOST_DATA);
    for (unsigned k = 0; k < n; k++) call->arguments[call->n++] = S->stack[data.base + k];
}

static void give_loaded(State *S, SviCall *call, const elbo_FitRequest *r) {
    Value path = value_object(string_of(S, r->resume));
    stack_push(S, path);
    give(S, call, "model", call_value(S, state_global(S, string_of(S, "load"))->builtin, &path, 1));
    for (size_t k = 0; k < r->n_data; k++)
        error_raise(S, "bad-argument", NULL, "a fit goes on with the data that it began with, and '%.100s' are others", r->data[k]);
}

static Value run_svi(State *S, const elbo_FitRequest *r) {
    SviCall call = {.svi = state_global(S, string_of(S, "svi"))->builtin.as.native};
    for (unsigned k = 0; k < SIGNATURE_PARAMETERS; k++) call.arguments[k] = value_unassigned();
    call.n = call.svi->signature.n;
    if (r->resume) give_loaded(S, &call, r);
    else give_model(S, &call, r);
    give_count(S, &call, "steps", r->steps);
    give_count(S, &call, "particles", r->particles);
    give_count(S, &call, "restarts", r->restarts);
    give_learning_rate(S, &call, r->learning_rate);
    give_expression(S, &call, "optimizer", r->optimizer);
    give_expression(S, &call, "elbo", r->elbo);
    give_expression(S, &call, "guide", r->guide);
    give_expression(S, &call, "subsample", r->subsample);
    S->node = NULL;
    S->source = NULL;
    return native_apply(S, call.svi, call.arguments, call.n, value_unassigned());
}

/* ---- What becomes of the fit ---- */

typedef struct Writing {
    const char *builtin, *file;
    Value fit;
} Writing;

static void write_it(State *S, void *what) {
    const Writing *w = what;
    Value arguments[2] = {w->fit, value_object(string_of(S, w->file))};
    stack_push(S, arguments[1]);
    call_value(S, state_global(S, string_of(S, w->builtin))->builtin, arguments, 2);
    stack_pop(S, 1);
}

/* What one file lacks is no reason to lose the next one. */
static bool write_to(State *S, const char *builtin, Value fit, const char *file) {
    Writing w = {builtin, file, fit};
    if (!file || error_protect(S, write_it, &w)) return true;
    if (S->error.no_memory || strcmp(S->error.diagnostic.kind, "interrupted") == 0) error_again(S);
    error_show(S, &S->error.diagnostic, S->error.calls);
    return false;
}

static void print_fit(State *S, Value fit) {
    size_t start = text_begin(S);
    text_value(S, fit);
    text_append(S, "\n", 1);
    text_output(S, start);
}

typedef struct FitCall {
    const elbo_FitRequest *request;
    bool interrupted; /* the fit */
    bool has_fit, has_files;
} FitCall;

static void fit_request(State *S, void *what) {
    FitCall *call = what;
    const elbo_FitRequest *r = call->request;
    size_t top = S->top;
    S->node = NULL;
    S->source = NULL;
    Value fit = run_svi(S, r);
    S->top = top;
    stack_push(S, fit);
    state_used_global(S, string_of(S, "_"))->value = fit;
    call->has_fit = true;
    call->interrupted = fit.tag == VALUE_FIT && ((const Fit *)fit.as.object)->interrupted;
    if (!S->options.json) print_fit(S, fit);
    bool saved = write_to(S, "save", fit, r->save), drawn = write_to(S, "plot", fit, r->plot);
    call->has_files = write_to(S, "report", fit, r->report) && saved && drawn;
    S->top = top;
}

elbo_Status elbo_fit(elbo_State *S, const elbo_FitRequest *request) {
    FitCall call = {.request = request};
    elbo_Status status = run_protected(S, fit_request, &call);
    if (request->has_fit) *request->has_fit = call.has_fit;
    if (status == ELBO_OK && !call.has_files) return ELBO_RUNTIME_ERROR;
    return status == ELBO_OK && call.interrupted ? ELBO_INTERRUPTED : status;
}
