/* SPDX-License-Identifier: GPL-3.0-or-later
   Data for a model's parameters as a command line names them: x=FILE.csv, x=FILE.csv:COLUMN, x=FILE.json, x=EXPRESSION, FILE. */
#include <ctype.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "inference/fit_request.h"
#include "runtime/eval.h"
#include "runtime/native.h"
#include "runtime/operations.h"
#include "runtime/run.h"
#include "runtime/suggest.h"
#include "runtime/text.h"

FitData fit_data_begin(State *S, const Function *model) {
    FitData data = {model, S->top};
    for (uint32_t k = 0; k < model->n_parameters; k++) stack_push(S, value_unassigned());
    return data;
}

static const char *parameter(const FitData *data, uint32_t k) { return data->model->parameters[k].name->text; }
static const char *model_name(const FitData *data) { return data->model->name ? data->model->name->text : "model"; }

static void append_name(State *S, bool first, bool last, const char *name) {
    text_print(S, "%s'%s'", first ? "" : last ? " and " : ", ", name);
}

/* "x", 'y' and 'z': those of the model's parameters; `lacking`: only those that have neither value nor default. */
static const char *parameter_names(State *S, const FitData *data, bool lacking) {
    uint32_t wanted = 0, shown = 0;
    size_t start = text_begin(S);
    for (unsigned pass = 0; pass < 2; pass++)
        for (uint32_t k = 0; k < data->model->n_parameters; k++) {
            bool has = S->stack[data->base + k].tag != VALUE_UNASSIGNED || data->model->parameters[k].initial;
            if (lacking && has) continue;
            if (!pass) wanted++;
            else append_name(S, shown == 0, shown + 1 == wanted, parameter(data, k)), shown++;
        }
    return text_finish(S, start)->text;
}

static uint32_t find_parameter(const FitData *data, const char *name, size_t length) {
    for (uint32_t k = 0; k < data->model->n_parameters; k++)
        if (strlen(parameter(data, k)) == length && memcmp(parameter(data, k), name, length) == 0) return k;
    return data->model->n_parameters;
}

static void set(State *S, const FitData *data, uint32_t k, Value v) {
    Value *at = &S->stack[data->base + k];
    if (at->tag != VALUE_UNASSIGNED)
        error_raise(S, "duplicate-argument", NULL, "the data of the parameter '%s' are given twice", parameter(data, k));
    *at = v;
}

/* ---- Files ---- */

typedef enum FileKind { FILE_NONE, FILE_CSV, FILE_JSON } FileKind;

/* What the file of `length` bytes at `path` is by its ending. */
static FileKind file_kind(const char *path, size_t length) {
    if (length > 4 && strncasecmp(path + length - 4, ".csv", 4) == 0) return FILE_CSV;
    if (length > 5 && strncasecmp(path + length - 5, ".json", 5) == 0) return FILE_JSON;
    return FILE_NONE;
}

static Value call_builtin(State *S, const char *name, Value argument) {
    stack_push(S, argument);
    Value v = call_value(S, state_global(S, string_of(S, name))->builtin, &argument, 1);
    stack_pop(S, 1);
    return v;
}

static Value read_file(State *S, FileKind kind, const char *path, size_t length) {
    return call_builtin(S, kind == FILE_CSV ? "read_csv" : "read_json", value_object(string_new(S, path, length)));
}

static Value column(State *S, Value table, const char *path, const char *name) {
    const Value *v = table.tag == VALUE_RECORD ? record_find(table.as.record, string_of(S, name)) : NULL;
    if (v) return *v;
    Suggestion s = suggest_begin(name);
    for (uint32_t k = 0; table.tag == VALUE_RECORD && k < table.as.record->count; k++) suggest_offer(&s, table.as.record->names[k]->text);
    error_raise(S, "unknown-field", s.best ? error_text(S, "Did you mean '%s'?", s.best) : NULL, "'%s' has no column '%s'", path, name);
}

/* x=FILE.csv: the column of the parameter's name, or the only one, or the table. */
static Value column_for(State *S, Value table, const char *name) {
    if (table.tag != VALUE_RECORD) return table;
    const Value *v = record_find(table.as.record, string_of(S, name));
    if (v) return *v;
    return table.as.record->count == 1 ? table.as.record->values[0] : table;
}

/* ---- NAME=… ---- */

/* The colon of FILE.csv:COLUMN, or NULL. */
static const char *column_colon(const char *text) {
    for (const char *colon = text; (colon = strchr(colon, ':')); colon++)
        if (file_kind(text, (size_t)(colon - text))) return colon;
    return NULL;
}

static Value read_value(State *S, const FitData *data, uint32_t k, const char *text) {
    size_t length = strlen(text);
    FileKind kind = file_kind(text, length);
    if (kind == FILE_CSV) return column_for(S, read_file(S, kind, text, length), parameter(data, k));
    if (kind == FILE_JSON) return read_file(S, kind, text, length);
    const char *colon = column_colon(text);
    if (colon) {
        size_t n = (size_t)(colon - text);
        return column(S, read_file(S, file_kind(text, n), text, n), string_new(S, text, n)->text, colon + 1);
    }
    const char *advice = "Write NAME=FILE.csv, NAME=FILE.csv:COLUMN, NAME=FILE.json, or a value: NAME=3.5.";
    if (!length) error_raise(S, "bad-argument", advice, "the data of the parameter '%s' are left empty", parameter(data, k));
    if (strpbrk(text, "./") && access(text, F_OK) == 0)
        error_raise(S, "bad-argument", advice, "'%s' is a file whose name ends neither in .csv nor in .json", text);
    return value_whole(S, run_expression(S, "<data>", text, length));
}

static void read_named(State *S, const FitData *data, const char *text, size_t name_length) {
    uint32_t k = find_parameter(data, text, name_length);
    if (k == data->model->n_parameters) {
        String *name = string_new(S, text, name_length);
        Suggestion s = suggest_begin(name->text);
        for (uint32_t i = 0; i < data->model->n_parameters; i++) suggest_offer(&s, parameter(data, i));
        const char *advice = !data->model->n_parameters ? "It takes no data: its text has them."
                             : s.best ? error_text(S, "Did you mean '%s'?", s.best)
                                      : error_text(S, "It has %s.", parameter_names(S, data, false));
        error_raise(S, "unknown-argument", advice, "the model '%s' has no parameter '%s'", model_name(data), name->text);
    }
    set(S, data, k, read_value(S, data, k, text + name_length + 1));
}

/* ---- FILE ---- */

static void read_unnamed(State *S, const FitData *data, const char *path) {
    FileKind kind = file_kind(path, strlen(path));
    if (!kind)
        error_raise(S, "bad-argument", "Write NAME=FILE.csv, NAME=FILE.csv:COLUMN, NAME=FILE.json, or a value: NAME=3.5.",
                    "the data '%s' are no file that ends in .csv or .json", path);
    Value table = read_file(S, kind, path, strlen(path));
    bool any = false;
    stack_push(S, table);
    for (uint32_t k = 0; table.tag == VALUE_RECORD && k < data->model->n_parameters; k++) {
        const Value *v = record_find(table.as.record, string_of(S, parameter(data, k)));
        if (!v) continue;
        set(S, data, k, *v);
        any = true;
    }
    stack_pop(S, 1);
    if (any) return;
    if (!data->model->n_parameters)
        error_raise(S, "too-many-arguments", "It takes no data: its text has them.", "the model '%s' has no parameters", model_name(data));
    error_raise(S, "unknown-field", error_text(S, "Say which is which: %s=%s:COLUMN.", parameter(data, 0), path),
                "'%s' has no column %s, which the model '%s' takes", path, parameter_names(S, data, false), model_name(data));
}

static bool is_name_character(char c) { return isalnum((unsigned char)c) || c == '_' || (unsigned char)c >= 0x80; }

void fit_data_read(State *S, const FitData *data, const char *text) {
    size_t n = 0;
    while (is_name_character(text[n])) n++;
    if (n && text[n] == '=') read_named(S, data, text, n);
    else read_unnamed(S, data, text);
}

unsigned fit_data_count(State *S, const FitData *data) {
    uint32_t n = data->model->n_parameters, last = 0;
    bool lacking = false;
    for (uint32_t k = 0; k < n; k++) {
        if (S->stack[data->base + k].tag != VALUE_UNASSIGNED) last = k + 1;
        else if (!data->model->parameters[k].initial) lacking = true;
    }
    /* What is passed on goes by place. */
    for (uint32_t k = 0; k < last && !lacking; k++)
        if (S->stack[data->base + k].tag == VALUE_UNASSIGNED)
            error_raise(S, "missing-argument", error_text(S, "Give it too, with --data %s=VALUE.", parameter(data, k)),
                        "the parameter '%s' of the model '%s' is left out, and others behind it are given", parameter(data, k), model_name(data));
    if (lacking) {
        const char *names = parameter_names(S, data, true);
        error_raise(S, "missing-argument", "Give them with --data NAME=FILE.csv, NAME=FILE.json or NAME=VALUE.",
                    "the model '%s' needs data for %s", model_name(data), names);
    }
    return last;
}
