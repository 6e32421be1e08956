/* SPDX-License-Identifier: GPL-3.0-or-later
   save and load: files of fits and of plain values, and how a fit that was loaded finds its programs. */
#include <stdio.h>
#include <string.h>

#include "inference/fit_saved.h"
#include "inference/saved_fields.h"
#include "inference/saved_program.h"
#include "inference/saved_value.h"
#include "runtime/operations.h"
#include "runtime/run.h"
#include "runtime/text.h"
#include "stdlib/json.h"
#include "stdlib/sha256.h"
#include "stdlib/write_file.h"

/* ---- Programs ---- */

static const Record *wanted(State *S, const Fit *fit, const char *role) {
    const Value *v = fit->saved ? record_find(fit->saved, string_of(S, role)) : NULL;
    return v ? v->as.record : NULL;
}

static void drop_wanted(State *S, Fit *fit, const char *role) {
    Record *rest = record_new(S, 3);
    for (uint32_t k = 0; k < fit->saved->count; k++)
        if (strcmp(fit->saved->names[k]->text, role) != 0) record_set(S, rest, fit->saved->names[k], fit->saved->values[k]);
    fit->saved = rest->count ? rest : NULL;
}

static const char *wanted_name(State *S, const Record *saved) {
    const Value *v = record_find(saved, string_of(S, "name"));
    return v && v->tag == VALUE_STRING ? v->as.string->text : NULL;
}

const char *fit_model_name(State *S, const Fit *fit) {
    const Record *saved = wanted(S, fit, "model");
    return fit->model.tag == VALUE_UNASSIGNED && saved ? wanted_name(S, saved) : callable_name(fit->model);
}

static Value look_up(State *S, const Fit *fit, const Record *saved) {
    const Value *paired = record_find(saved, string_of(S, "paired"));
    const char *name = wanted_name(S, saved);
    if (paired && paired->tag == VALUE_BOOLEAN && paired->as.boolean) return program_guide(fit->model);
    return name ? program_variable(S, string_of(S, name)) : value_unassigned();
}

/* Which part of the program is another one than it was, in quotes. */
static const char *changed_part(State *S, const Record *saved, Value now) {
    const Value *text = record_find(saved, string_of(S, "text"));
    const Record *pieces = program_pieces(S, now);
    if (!text || text->tag != VALUE_RECORD) return error_text(S, "its text");
    for (uint32_t k = 0; k < text->as.record->count; k++) {
        const Value *v = record_find(pieces, text->as.record->names[k]);
        if (!v || !value_equal(*v, text->as.record->values[k])) return error_text(S, "'%.60s', which it uses,", text->as.record->names[k]->text);
    }
    return error_text(S, "what it uses");
}

static const char *describe(State *S, const Fit *fit, const char *role, const Record *saved, Value now) {
    const char *name = wanted_name(S, saved), *model = fit_model_name(S, fit), *part = changed_part(S, saved, now);
    const char *own = callable_name(now);
    bool itself = own && strlen(part) > strlen(own) + 1 && strncmp(part + 1, own, strlen(own)) == 0 && part[strlen(own) + 1] == '\'';
    String *kept = string_of(S, part);
    const char *shown = name ? name : model ? model : "fn";
    return itself ? error_text(S, "the %s '%.60s' has changed since the fit was saved", role, shown)
                  : error_text(S, "the %s '%.60s' is not what it was when the fit was saved: %s has changed", role, shown, kept->text);
}

static bool is_wanted(State *S, const Record *saved, Value f) {
    const Value *digest = record_find(saved, string_of(S, "digest"));
    return digest && digest->tag == VALUE_STRING && program_is(S, f, digest->as.string);
}

static const char override_advice[] = "To go on with it as it is now: load(path, model = m, guide = g).";

static _Noreturn void raise_undefined(State *S, const Fit *fit, const char *role, const Record *saved) {
    const char *name = wanted_name(S, saved), *model = fit_model_name(S, fit);
    if (!name && strcmp(role, "guide") == 0 && model)
        error_raise(S, "unknown-name", "Define it as it was when the fit was saved: guide m(…) { … }.", "the fit was loaded from a file, and its model '%.60s' has no guide here", model);
    if (!name)
        error_raise(S, "unknown-name", "load(path, model = m, guide = g) says which ones to take.", "the fit was loaded from a file, and its %s had no name", role);
    error_raise(S, "unknown-name", "Define it as it was when the fit was saved, with its guide.", "the fit was loaded from a file, and its %s '%.60s' is not defined here",
                role, name);
}

static bool try_program(State *S, Fit *fit, const char *role, Value *program, bool raises) {
    const Record *saved = wanted(S, fit, role);
    if (!saved) return true;
    Value f = look_up(S, fit, saved);
    if (!value_is_callable(f)) {
        if (raises) raise_undefined(S, fit, role, saved);
        return false;
    }
    if (!is_wanted(S, saved, f)) {
        const char *what = describe(S, fit, role, saved, f);
        if (raises) error_raise(S, "model-changed", override_advice, "%s", what);
        warning_report(S, "model-changed", override_advice, "%s", what);
        return false;
    }
    *program = f;
    drop_wanted(S, fit, role);
    return true;
}

void fit_find_programs(State *S, Fit *fit) {
    if (!fit->saved) return;
    try_program(S, fit, "model", &fit->model, true);
    try_program(S, fit, "guide", &fit->guide, true);
    if (fit->saved) error_raise(S, "missing-argument", "Hand them over: load(path, data…).", "the file of this fit has no data");
}

/* ---- Saving ---- */

static void append_file(State *S, const char *kind, Value content) {
    Record *file = record_new(S, 4);
    char hex[SHA256_TEXT];
    record_set(S, file, string_of(S, "elbo"), value_object(string_of(S, elbo_version())));
    record_set(S, file, string_of(S, "format"), value_number(SAVED_FORMAT));
    record_set(S, file, string_of(S, "kind"), value_object(string_of(S, kind)));
    record_set(S, file, string_of(S, kind), content);
    size_t start = text_begin(S);
    json_append(S, value_object(file), true);
    text_drop(S, S->text_used - 2); /* "\n}" */
    sha256_text(text_at(S, start), text_length(S, start), hex);
    text_print(S, SAVED_DIGEST "%s\"\n}\n", hex);
}

static Value native_save(State *S, const Value *a, unsigned n) {
    (void)n;
    if (a[1].tag != VALUE_STRING) native_type_error(S, "save", "path", "a string (the file's path)", a[1]);
    bool data = a[2].tag == VALUE_UNASSIGNED || value_to_truth(S, a[2], "data");
    const char *refused = a[0].tag == VALUE_FIT ? NULL : saved_refused(a[0]);
    if (refused) error_raise(S, "wrong-type", "Fits can be saved, and values of numbers, booleans, strings, vectors, lists and records.", "`save` cannot keep a %s", refused);
    size_t start = text_begin(S);
    if (a[0].tag == VALUE_FIT) append_file(S, "fit", value_object(fit_encode(S, (Fit *)a[0].as.object, data)));
    else append_file(S, "value", saved_encode(S, a[0]));
    String *path = run_relative_path(S, a[1].as.string);
    write_file(S, path->text, text_at(S, start), text_length(S, start));
    text_drop(S, start);
    return value_none();
}

/* ---- Loading ---- */

typedef struct Load {
    const String *path, *text;
    Value content;
} Load;

static void check_digest(State *S, const String *text) {
    size_t tail = strlen(SAVED_DIGEST) + SHA256_TEXT - 1 + strlen("\"\n}\n");
    char hex[SHA256_TEXT];
    size_t body = text->length > tail ? text->length - tail : 0;
    const char *digest = text->text + body + strlen(SAVED_DIGEST);
    sha256_text(text->text, body, hex);
    if (!body || memcmp(text->text + body, SAVED_DIGEST, strlen(SAVED_DIGEST)) != 0 || memcmp(digest, hex, SHA256_TEXT - 1) != 0 ||
        strcmp(digest + SHA256_TEXT - 1, "\"\n}\n") != 0)
        saved_bad(S, "its digest does not fit: it is not as it was saved");
}

static void load_file(State *S, void *what) {
    Load *load = what;
    Value json = json_value(S, load->path->text, load->text->text, load->text->length);
    const Value *format = json.tag == VALUE_RECORD ? record_find(json.as.record, string_of(S, "format")) : NULL;
    if (!format || format->tag != VALUE_NUMBER || !record_find(json.as.record, string_of(S, "elbo")))
        error_raise(S, "bad-file", "read_json reads any JSON file.", "it was not written by save");
    if (format->as.number > SAVED_FORMAT)
        error_raise(S, "bad-file", "Read it with the Elbo that wrote it, or a newer one.", "its format is %.15g, and Elbo %s reads up to %d", format->as.number,
                    elbo_version(), SAVED_FORMAT);
    check_digest(S, load->text);
    const String *kind = saved_string(S, json.as.record, "kind");
    if (strcmp(kind->text, "value") == 0) load->content = saved_plain(S, json.as.record, "value");
    else if (strcmp(kind->text, "fit") == 0) load->content = value_object(fit_decode(S, saved_record(S, json.as.record, "fit")));
    else saved_bad(S, "it holds a '%.60s', which this Elbo does not know", kind->text);
}

/* Whatever is wrong inside, the file is what it is about. */
static _Noreturn void raise_unreadable(State *S, const Load *load) {
    char message[400], advice[300];
    const Diagnostic *d = &S->error.diagnostic;
    bool plain = strcmp(d->kind, "bad-file") == 0 || strcmp(d->kind, "wrong-type") == 0 || strcmp(d->kind, "bad-argument") == 0 || strcmp(d->kind, "shape-mismatch") == 0;
    if (S->error.no_memory || !plain || strncmp(d->message, "'", 1) == 0) error_again(S);
    snprintf(message, sizeof message, "%s", d->message);
    snprintf(advice, sizeof advice, "%s", d->advice ? d->advice : "");
    bool own = strcmp(d->kind, "bad-file") == 0;
    error_raise(S, "bad-file", own && *advice ? advice : NULL, "'%.200s' cannot be loaded: %s", load->path->text, message);
}

static void take_programs(State *S, Fit *fit, const Value *a) {
    static const char *const roles[] = {"model", "guide"};
    Value *programs[] = {&fit->model, &fit->guide};
    for (unsigned k = 0; k < 2; k++) {
        if (a[1 + k].tag == VALUE_UNASSIGNED) {
            try_program(S, fit, roles[k], programs[k], false);
            continue;
        }
        if (!value_is_callable(a[1 + k])) native_type_error(S, "load", roles[k], "a function", a[1 + k]);
        *programs[k] = a[1 + k];
        drop_wanted(S, fit, roles[k]);
    }
    /* The guide of a model that is given goes with it. */
    Value guide = program_guide(fit->model);
    if (a[1].tag != VALUE_UNASSIGNED && fit->guide.tag == VALUE_UNASSIGNED && value_is_callable(guide)) {
        fit->guide = guide;
        drop_wanted(S, fit, "guide");
    }
}

static void take_data(State *S, Fit *fit, const Record *data, const Value *given, unsigned n) {
    Value digests = saved_field(S, data, "digests");
    uint32_t wants = digests.tag == VALUE_LIST ? digests.as.list->count : 0;
    if (!n) {
        if (!fit->n_arguments && wants) record_set(S, fit->saved ? fit->saved : (fit->saved = record_new(S, 1)), string_of(S, "digests"), digests);
        return;
    }
    const List *now = fit_data_digests(S, given, n).as.list;
    if (n != wants)
        error_raise(S, "bad-argument", "A fit goes on with the data that it began with.", "the fit's model was given %u argument%s, and load %u", wants, wants == 1 ? "" : "s", n);
    for (unsigned k = 0; k < n; k++)
        if (!value_equal(now->items[k], digests.as.list->items[k]))
            error_raise(S, "bad-argument", "A fit goes on with the data that it began with.", "argument %u of the model is another one than when the fit was saved", k + 1);
    if (fit->n_arguments) return;
    fit->arguments = memory_new(S, n * sizeof *fit->arguments);
    memcpy(fit->arguments, given, n * sizeof *fit->arguments);
    fit->n_arguments = n;
}

static Value native_load(State *S, const Value *a, unsigned n) {
    enum { DATA = 3 };
    if (a[0].tag != VALUE_STRING) native_type_error(S, "load", "path", "a string (the file's path)", a[0]);
    Load load = {.path = run_relative_path(S, a[0].as.string)};
    load.text = run_read_file(S, load.path->text);
    if (!error_protect(S, load_file, &load)) raise_unreadable(S, &load);
    bool more = n > DATA || a[1].tag != VALUE_UNASSIGNED || a[2].tag != VALUE_UNASSIGNED;
    if (load.content.tag != VALUE_FIT) {
        if (more) error_raise(S, "bad-argument", NULL, "'%s' holds a %s, which takes no data", load.path->text, value_type_name(load.content));
        return load.content;
    }
    Fit *fit = (Fit *)load.content.as.object;
    const Record *data = saved_record(S, fit->saved, "data");
    drop_wanted(S, fit, "data");
    take_data(S, fit, data, a + DATA, n - DATA);
    take_programs(S, fit, a);
    return load.content;
}

const NativeRow native_saved[] = {
    {"save", "value, path, data?", native_save, "keeps a fit, or a plain value, in a file: all that load needs to go on with the same bits", false, false},
    {"load", "path, data..., model?, guide?", native_load, "reads what save has written; svi(load(path), steps = n) goes on", false, false},
    {0},
};
