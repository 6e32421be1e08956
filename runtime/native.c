#include "runtime/native.h"

#include <stdlib.h>
#include <string.h>

#include "runtime/distribution.h"
#include "runtime/gc.h"
#include "runtime/message.h"
#include "runtime/operations.h"
#include "runtime/tape_score.h"

/* One parameter of a signature text: its name, with `:names`, `?` or `...` behind it; returns where the next one begins. */
static const char *signature_next(State *S, Signature *signature, const char *p) {
    while (*p == ' ' || *p == ',') p++;
    if (!*p) return p;
    if (*p == '|') {
        signature->positional = signature->n;
        signature->named = true;
        return p + 1;
    }
    size_t length = strcspn(p, ":?., ");
    const char *end = p + length;
    if (strncmp(end, "...", 3) == 0) {
        signature->rest = true;
        signature->positional = signature->n;
        return end + 3;
    }
    signature->names[signature->n] = string_new(S, p, length);
    if (strncmp(end, ":names", 6) == 0) {
        signature->site_names |= 1u << signature->n;
        end += 6;
    }
    if (*end != '?') signature->required |= 1u << signature->n;
    signature->n++;
    return *end == '?' ? end + 1 : end;
}

Native *native_new(State *S, const char *name, const char *signature) {
    Native *native = gc_new(S, VALUE_NATIVE, sizeof *native);
    native->name = name;
    for (const char *p = signature; *p;) p = signature_next(S, &native->signature, p);
    if (!native->signature.rest && !native->signature.named) native->signature.positional = native->signature.n;
    return native;
}

bool value_is_callable(Value v) { return v.tag == VALUE_CLOSURE || v.tag == VALUE_NATIVE || v.tag == VALUE_WRAPPED; }

const char *callable_name(Value v) {
    while (v.tag == VALUE_WRAPPED) v = ((Wrapped *)v.as.object)->function;
    if (v.tag == VALUE_NATIVE) return v.as.native->name;
    if (v.tag == VALUE_CLOSURE && v.as.closure->function->name) return v.as.closure->function->name->text;
    return NULL;
}

void native_type_error(State *S, const char *function, const char *argument, const char *expected, Value got) {
    error_raise(S, "wrong-type", NULL, "'%s' takes %s for '%s', not a %s", function, expected, argument, value_type_name(got));
}

static Value apply_elementwise(State *S, const Elementwise *row, const Value *arguments);

/* Functions of records go field by field, as arithmetic does. */
static Value apply_to_fields(State *S, const Elementwise *row, const Record *record) {
    Record *result = record_copy(S, record);
    for (uint32_t k = 0; k < record->count; k++) result->values[k] = apply_elementwise(S, row, &record->values[k]);
    return value_object(result);
}

static Value apply_elementwise(State *S, const Elementwise *row, const Value *arguments) {
    if (row->arity == 1 && arguments[0].tag == VALUE_RECORD) return apply_to_fields(S, row, arguments[0].as.record);
    bool missing = false;
    for (unsigned k = 0; k < row->arity; k++) {
        missing |= arguments[k].tag == VALUE_MISSING;
        if (arguments[k].tag != VALUE_MISSING && !value_is_numeric(arguments[k]))
            error_raise(S, "wrong-type", NULL, "'%s' takes numbers, vectors and matrices, not a %s", row->name,
                        value_type_name(arguments[k]));
    }
    return missing ? value_missing() : operation_elementwise(S, row, arguments);
}

const char *native_help(const Native *native) {
    if (native->row) return native->row->help;
    if (native->elementwise) return native->elementwise->help;
    if (native->distribution) return native->distribution->help;
    if (native->handler) return native->handler->help;
    return native->constraint ? native->constraint->help : native->help;
}

const char *native_kind(const Native *native) {
    if (native->distribution) return "distributions";
    if (native->handler) return "handlers";
    if (native->constraint) return "constraints";
    return native->kind ? native->kind : "functions";
}

static Value apply_handler(State *S, const HandlerRow *row, const Value *arguments, unsigned n, Value function) {
    Handler *handler = handler_new(S, row, arguments, n);
    return function.tag == VALUE_UNASSIGNED ? value_object(handler) : wrapped_new(S, handler, function);
}

/* What of a value does not hang on its numbers. */
static bool gives_shape_only(const char *name) {
    static const char *const names[] = {"len", "shape", "rows", "cols", "type", "names"};
    for (size_t k = 0; k < sizeof names / sizeof *names; k++)
        if (strcmp(name, names[k]) == 0) return true;
    return false;
}

static bool holds_draws(State *S, Value v) {
    bool any = score_is_stochastic(S, v);
    for (uint32_t k = 0; v.tag == VALUE_LIST && k < v.as.list->count && !any; k++) any = holds_draws(S, v.as.list->items[k]);
    for (uint32_t k = 0; v.tag == VALUE_RECORD && k < v.as.record->count && !any; k++) any = holds_draws(S, v.as.record->values[k]);
    return any;
}

/* In score mode: a result that is not on the tape hangs on the draws among the arguments. */
static Value trace_draws(State *S, const Native *native, const Value *arguments, unsigned n, Value result) {
    if (result.tag == VALUE_NONE || holds_draws(S, result) || gives_shape_only(native->name)) return result;
    for (unsigned k = 0; k < n; k++) {
        if (!holds_draws(S, arguments[k])) continue;
        if (value_is_numeric(arguments[k]) && value_is_numeric(result)) result = score_depends(S, result, &arguments[k], 1);
        else score_read(S, arguments[k]);
    }
    return result;
}

static Value apply_row(State *S, const Native *native, const Value *arguments, unsigned n) {
    Value result = native->row->function(S, arguments, n);
    return tape_in_score_mode(&S->tape) ? trace_draws(S, native, arguments, n, result) : result;
}

Value native_apply(State *S, const Native *native, const Value *arguments, unsigned n, Value function) {
    if (native->row) return apply_row(S, native, arguments, n);
    if (native->make) return native->make(S, native->made, arguments, n);
    if (native->distribution) return distribution_call(S, native->distribution, arguments);
    if (native->elementwise) return apply_elementwise(S, native->elementwise, arguments);
    if (native->handler) return apply_handler(S, native->handler, arguments, n, function);
    return value_object(constraint_new(S, native->constraint, arguments));
}
