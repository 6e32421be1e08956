/* SPDX-License-Identifier: GPL-3.0-or-later
   Calls: binding arguments, and running what is called. */
#include <string.h>

#include "runtime/eval.h"
#include "runtime/gc.h"
#include "runtime/message.h"
#include "runtime/suggest.h"
#include "runtime/text.h"
#include "runtime/written.h"

/* ---- Calling functions of the program ---- */

static const char *closure_name(const Closure *closure) {
    return closure->function->name ? closure->function->name->text : "this function";
}

static void make_cells(State *S, const Function *function, size_t base) {
    for (uint32_t k = 0; k < function->n_cells; k++) {
        Cell *cell = gc_new(S, VALUE_CELL, sizeof *cell);
        cell->value = S->stack[base + function->cells[k]];
        S->stack[base + function->cells[k]] = value_object(cell);
    }
}

static void store_default(State *S, const Function *function, uint32_t k, Value v) {
    const Variable *variable = &function->parameters[k].variable;
    *variable_slot(S, variable) = v;
}

/* Parameters that no argument was given for. */
static void fill_defaults(State *S, const Closure *closure, uint64_t given) {
    const Function *f = closure->function;
    for (uint32_t k = 0; k < f->n_parameters; k++) {
        if (given >> k & 1) continue;
        if (f->parameters[k].initial) {
            store_default(S, f, k, eval(S, f->parameters[k].initial));
        } else if (f->kind == FUNCTION_MODEL || f->kind == FUNCTION_GUIDE) {
            store_default(S, f, k, value_missing());
        } else {
            const Node *call = S->frame->call;
            S->frame = S->frame->previous;
            if (call) S->node = call;
            error_raise(S, "missing-argument", NULL, "'%s' needs the argument '%s'", closure_name(closure), f->parameters[k].name->text);
        }
    }
}

static bool is_model(const Closure *closure) {
    return closure->function->kind == FUNCTION_MODEL || closure->function->kind == FUNCTION_GUIDE;
}

static Value frame_result(State *S, Frame *frame, Value last) {
    if (S->signal == SIGNAL_RETURN) return frame->result;
    if (!frame->returned) return last;
    if (S->signal == SIGNAL_OFF) return frame->result;
    return value_merge(S, frame->returned, frame->result, last, "the value of the call");
}

/* Arguments lie in the slots from `base` on; bit k of `given`: parameter k has one. Pops the slots. */
static Value run_closure(State *S, const Closure *closure, size_t base, uint64_t given, const Node *call) {
    Frame frame = {.previous = S->frame, .closure = closure, .call = call, .source = S->source, .base = base,
                   .mask = S->mask, .plates = S->n_plates, .result = value_unassigned()};
    const Node *node = S->node;
    uint64_t run = S->run;
    bool entry = is_model(closure);
    S->frame = &frame;
    S->source = closure->chunk->chunk->source;
    S->depth++;
    if (entry) {
        entry_begin(S);
        if (!S->run) S->run = ++S->last_run;
    }
    if (closure->function->n_cells) make_cells(S, closure->function, base);
    fill_defaults(S, closure, given);
    Value v = eval_block(S, closure->function->body);
    v = frame_result(S, &frame, v);
    if (closure->function->kind == FUNCTION_HANDLER) v = written_new(S);
    if (entry) entry_end(S);
    S->signal = SIGNAL_NONE;
    S->mask = frame.mask;
    S->run = run;
    S->depth--;
    S->frame = frame.previous;
    S->source = frame.source;
    S->node = node;
    S->top = base;
    return v;
}

/* ---- Binding arguments ----

   Arguments lie on the value stack from `base` on, in the order of the call; `names` are the call's Arguments (for keywords
   and places), NULL when called from C. */

enum { CALL_PARAMETERS = 64, CALL_ARGUMENTS = 256 };

static Span argument_span(const State *S, const Argument *names, uint32_t k) {
    return names ? names[k].span : S->node ? S->node->span : (Span){0, 0};
}

static _Noreturn void raise_unknown(State *S, const Argument *argument, const char *function, const char *nearest) {
    error_raise_at(S, argument->span, "unknown-argument", nearest ? error_text(S, "Did you mean '%s'?", nearest) : NULL,
                   "'%s' has no argument '%s'", function, argument->keyword->text);
}

static _Noreturn void raise_too_many(State *S, Span span, const char *advice, const char *function, uint32_t takes, uint32_t got) {
    error_raise_at(S, span, "too-many-arguments", advice, "'%s' takes %u argument%s, and got %u", function, takes,
                   takes == 1 ? "" : "s", got);
}

static _Noreturn void raise_twice(State *S, Span span, const char *function, const char *name) {
    error_raise_at(S, span, "duplicate-argument", NULL, "'%s' gets the argument '%s' twice", function, name);
}

static uint32_t parameter_named(State *S, const Closure *closure, const Argument *argument) {
    const Function *f = closure->function;
    Suggestion s = suggest_begin(argument->keyword->text);
    for (uint32_t k = 0; k < f->n_parameters; k++) {
        if (f->parameters[k].name->object == argument->keyword->object) return k;
        suggest_offer(&s, f->parameters[k].name->text);
    }
    raise_unknown(S, argument, closure_name(closure), s.best);
}

static uint32_t signature_find(State *S, const Native *native, const Argument *argument) {
    const Signature *signature = &native->signature;
    Suggestion s = suggest_begin_argument(native->name, argument->keyword->text);
    for (uint32_t k = 0; k < signature->n; k++) {
        if (signature->names[k] == argument->keyword->object) return k;
        suggest_offer(&s, signature->names[k]->text);
    }
    raise_unknown(S, argument, native->name, s.best);
}

static uint32_t count_positional(const Argument *names, uint32_t n) {
    uint32_t count = 0;
    while (count < n && !(names && names[count].keyword)) count++;
    return count;
}

/* Keyword arguments, taken off the stack: they may belong anywhere among the slots. */
typedef struct Keywords {
    uint32_t n;
    Value values[CALL_PARAMETERS];
    uint8_t at[CALL_PARAMETERS];
} Keywords;

static uint64_t take_keywords(State *S, const Closure *closure, size_t base, uint32_t positional, uint32_t n, const Argument *names,
                              Keywords *keywords) {
    uint64_t given = ((uint64_t)1 << positional) - 1;
    for (uint32_t k = positional; k < n; k++) {
        uint32_t at = parameter_named(S, closure, &names[k]);
        if (given >> at & 1) raise_twice(S, names[k].span, closure_name(closure), closure->function->parameters[at].name->text);
        given |= (uint64_t)1 << at;
        keywords->values[keywords->n] = S->stack[base + k];
        keywords->at[keywords->n++] = (uint8_t)at;
    }
    return given;
}

/* Turns the arguments into the call's slots; returns which parameters have one. */
static uint64_t bind_closure(State *S, const Closure *closure, size_t base, uint32_t n, const Argument *names) {
    const Function *f = closure->function;
    uint32_t positional = count_positional(names, n);
    if (f->n_parameters >= CALL_PARAMETERS)
        error_raise(S, "too-many-arguments", "Put the values into a record.", "a function takes at most %d arguments", CALL_PARAMETERS - 1);
    if (positional > f->n_parameters)
        raise_too_many(S, argument_span(S, names, f->n_parameters), NULL, closure_name(closure), f->n_parameters, positional);
    uint64_t given = ((uint64_t)1 << positional) - 1;
    Keywords keywords;
    keywords.n = 0;
    if (positional < n) given = take_keywords(S, closure, base, positional, n, names, &keywords);
    S->top = base + positional;
    stack_reserve(S, f->n_slots + 1);
    for (uint32_t k = positional; k < f->n_slots; k++) S->stack[base + k] = value_unassigned();
    S->top = base + f->n_slots;
    for (uint32_t k = 0; k < keywords.n; k++) S->stack[base + keywords.at[k]] = keywords.values[k];
    return given;
}

static Value apply_closure(State *S, const Closure *closure, size_t base, uint32_t n, const Argument *names, const Node *call) {
    uint64_t given = bind_closure(S, closure, base, n, names);
    return run_closure(S, closure, base, given, call);
}

/* "exponential_decay(initial, rate)", without what is given by name only. */
static const char *call_shape(State *S, const Native *native) {
    size_t start = text_begin(S);
    text_print(S, "%s(", native->name);
    for (uint32_t k = 0; k < native->signature.positional; k++) text_print(S, "%s%s", k ? ", " : "", native->signature.names[k]->text);
    text_print(S, ")");
    return text_finish(S, start)->text;
}

/* Puts the arguments into the order of the signature, in `out`, the further ones behind; returns how many there are. */
static uint32_t bind_native(State *S, const Native *native, size_t base, uint32_t n, const Argument *names, Value *out) {
    const Signature *signature = &native->signature;
    uint32_t positional = count_positional(names, n), rest = 0;
    if (positional > signature->positional && !signature->rest)
        raise_too_many(S, argument_span(S, names, signature->positional), call_shape(S, native), native->name, signature->positional, positional);
    for (uint32_t k = 0; k < signature->n; k++) out[k] = value_unassigned();
    for (uint32_t k = 0; k < positional; k++) {
        if (k < signature->positional) out[k] = S->stack[base + k];
        else out[signature->n + rest++] = S->stack[base + k];
    }
    for (uint32_t k = positional; k < n; k++) {
        uint32_t at = signature_find(S, native, &names[k]);
        if (out[at].tag != VALUE_UNASSIGNED) raise_twice(S, names[k].span, native->name, signature->names[at]->text);
        out[at] = S->stack[base + k];
    }
    if (positional == n && !(signature->required >> n)) return signature->n + rest;
    for (uint32_t k = 0; k < signature->n; k++)
        if ((signature->required >> k & 1) && out[k].tag == VALUE_UNASSIGNED)
            error_raise(S, "missing-argument", NULL, "'%s' needs the argument '%s'", native->name, signature->names[k]->text);
    return signature->n + rest;
}

static Value apply_native(State *S, const Native *native, size_t base, uint32_t n, const Argument *names) {
    Value function = value_unassigned();
    if (native->handler && n && value_is_callable(S->stack[base]) && !(names && names[0].keyword)) {
        function = S->stack[base++];
        n--;
        if (names) names++;
    }
    if (n > CALL_ARGUMENTS)
        error_raise(S, "too-many-arguments", "Put the values into a vector or list.", "a call takes at most %d arguments", CALL_ARGUMENTS);
    Value arguments[CALL_ARGUMENTS + SIGNATURE_PARAMETERS];
    uint32_t count = bind_native(S, native, base, n, names, arguments);
    return native_apply(S, native, arguments, count, function);
}

/* Objects that can be called though they are no functions: schedules. false: this one cannot. */
static bool apply_object(State *S, Value callee, size_t base, uint32_t n, const Argument *names, Value *result) {
    const ObjectType *type = value_is_object(callee) ? gc_object_type(S, callee.as.object) : NULL;
    if (!type || !type->call) return false;
    uint32_t positional = count_positional(names, n);
    if (positional < n) raise_unknown(S, &names[positional], value_type_name(callee), NULL);
    *result = type->call(S, callee.as.object, S->stack + base, n);
    return true;
}

/* ---- Calls ---- */

typedef struct WrappedCall {
    Value function;
    size_t base;
    uint32_t n;
    const Argument *names;
    const Node *node;
} WrappedCall;

static Value apply(State *S, Value callee, size_t base, uint32_t n, const Argument *names, const Node *call);

/* Whether a call without its first argument would give every parameter that has no default. */
static bool rest_suffices(const Closure *closure, uint32_t n, const Argument *names) {
    const Function *f = closure->function;
    uint32_t positional = count_positional(names, n);
    for (uint32_t k = positional ? positional - 1 : 0; k < f->n_parameters; k++) {
        bool given = f->parameters[k].initial != NULL;
        for (uint32_t i = positional; i < n && !given; i++) given = names[i].keyword->object == f->parameters[k].name->object;
        if (!given) return false;
    }
    return true;
}

/* A handler that the program defines: a function as first argument is what it wraps, if the others suffice for the parameters. */
static Value apply_definition(State *S, const Closure *closure, size_t base, uint32_t n, const Argument *names, const Node *call) {
    bool wraps = n && !(names && names[0].keyword) && value_is_callable(S->stack[base]) && rest_suffices(closure, n, names);
    if (!wraps) return apply_closure(S, closure, base, n, names, call);
    Value function = S->stack[base];
    Value handler = apply_closure(S, closure, base + 1, n - 1, names ? names + 1 : NULL, call);
    return wrapped_new(S, (Handler *)handler.as.object, function);
}

/* a(f), where a is a handler already. */
static Value apply_handler_to(State *S, Value handler, size_t base, uint32_t n, const Argument *names) {
    if (n != 1 || (names && names[0].keyword) || !value_is_callable(S->stack[base]))
        error_raise(S, "wrong-type", "Wrap a function: `h(f)(x)`. Or run a block under it: `with h { f(x) }`.",
                    "a handler that is made already is called with one thing: the function that it wraps");
    return wrapped_new(S, (Handler *)handler.as.object, S->stack[base]);
}

static Value apply_wrapped_body(State *S, const void *what) {
    const WrappedCall *call = what;
    return apply(S, call->function, call->base, call->n, call->names, call->node);
}

/* Calls with n arguments on the stack from `base` on, which must be its top. Pops them. */
static Value apply(State *S, Value callee, size_t base, uint32_t n, const Argument *names, const Node *call) {
    Value v;
    switch (callee.tag) {
        case VALUE_CLOSURE:
            if (callee.as.closure->function->kind != FUNCTION_HANDLER) return apply_closure(S, callee.as.closure, base, n, names, call);
            v = apply_definition(S, callee.as.closure, base, n, names, call);
            break;
        case VALUE_HANDLER: v = apply_handler_to(S, callee, base, n, names); break;
        case VALUE_NATIVE: v = apply_native(S, callee.as.native, base, n, names); break;
        case VALUE_WRAPPED: {
            const Wrapped *wrapped = (Wrapped *)callee.as.object;
            WrappedCall what = {wrapped->function, base, n, names, call};
            v = handler_run(S, wrapped->handler, apply_wrapped_body, &what);
            break;
        }
        default:
            if (apply_object(S, callee, base, n, names, &v)) break;
            error_raise(S, "not-a-function", callee.tag == VALUE_DISTRIBUTION ? "Draw from a distribution with `~`." : NULL,
                        "a %s cannot be called", value_type_name(callee));
    }
    S->top = base;
    return v;
}

Value call_value(State *S, Value callee, const Value *arguments, unsigned n) {
    stack_reserve(S, n + 1);
    stack_push(S, callee);
    size_t base = S->top;
    for (unsigned k = 0; k < n; k++) stack_push(S, arguments[k]);
    Value v = apply(S, callee, base, n, NULL, S->node);
    stack_pop(S, 1);
    return v;
}

/* Whether argument k of the call, whose earlier ones lie on the stack from `base` on, is for a list of names of sites. */
static bool takes_site_names(const State *S, Value callee, size_t base, const Argument *arguments, uint32_t k) {
    if (callee.tag != VALUE_NATIVE || !callee.as.native->signature.site_names) return false;
    const Signature *signature = &callee.as.native->signature;
    if (arguments[k].value->kind != NODE_BRACKET) return false;
    if (!arguments[k].keyword && callee.as.native->handler && k && value_is_callable(S->stack[base])) k--;
    else
        for (uint32_t i = 0; arguments[k].keyword && i < signature->n; i++)
            if (signature->names[i] == arguments[k].keyword->object) return signature->site_names >> i & 1;
    return signature->site_names >> k & 1;
}

static Value eval_argument(State *S, Value callee, const Node *node) {
    const NativeRow *row = callee.tag == VALUE_NATIVE ? callee.as.native->row : NULL;
    if (row && row->borrows && node->kind == NODE_NAME) return variable_read(S, node, &node->as.variable, !row->raw);
    return eval(S, node);
}

/* The Kullback-Leibler divergence from d to another distribution. */
static Value call_kl(State *S, Distribution *d, Value other) {
    if (other.tag != VALUE_DISTRIBUTION) native_type_error(S, "kl", "other", "a distribution", other);
    Value v = distribution_formula(S, d, "kl", &other);
    if (v.tag == VALUE_UNASSIGNED)
        error_raise(S, "unknown-field", "It is known within some families. Average d.log_prob(x) - other.log_prob(x) over draws x of d instead.",
                    "the divergence kl from %s to %s has no formula here", d->row->name, other.as.distribution->row->name);
    return v;
}

/* d.log_prob(x), d.cdf(x), d.quantile(p), d.kl(other) */
static Value call_method(State *S, const Node *node, Distribution *d, const char *name) {
    size_t base = S->top;
    stack_push(S, value_object(d));
    if (node->as.call.count != 1 || node->as.call.arguments[0].keyword) {
        S->node = node;
        error_raise(S, "missing-argument", NULL, "'%s' takes one argument", name);
    }
    Value x = eval(S, node->as.call.arguments[0].value);
    stack_push(S, x);
    S->node = node;
    Value v = strcmp(name, "log_prob") == 0 ? distribution_log_prob(S, d, x)
              : strcmp(name, "kl") == 0     ? call_kl(S, d, x)
                                            : distribution_formula(S, d, name, &x);
    if (v.tag == VALUE_UNASSIGNED) error_raise(S, "unknown-field", NULL, "%s has no known %s", d->row->name, name);
    S->top = base;
    return v;
}

static Value eval_callee(State *S, const Node *callee, Value *self) {
    *self = value_unassigned();
    if (callee->kind != NODE_FIELD || !is_method_name(callee->as.field.name->text)) return eval(S, callee);
    Value object = eval(S, callee->as.field.object);
    S->node = callee;
    if (object.tag == VALUE_DISTRIBUTION) {
        *self = object;
        return value_none();
    }
    return field_of(S, object, callee->as.field.name->object);
}

Value eval_call(State *S, const Node *node) {
    Value self, callee = eval_callee(S, node->as.call.callee, &self);
    if (self.tag == VALUE_DISTRIBUTION) return call_method(S, node, self.as.distribution, node->as.call.callee->as.field.name->text);
    stack_push(S, callee);
    size_t base = S->top;
    uint32_t n = node->as.call.count;
    for (uint32_t k = 0; k < n; k++) {
        const Node *argument = node->as.call.arguments[k].value;
        bool names = takes_site_names(S, callee, base, node->as.call.arguments, k);
        stack_push(S, names ? eval_site_names(S, argument) : eval_argument(S, callee, argument));
    }
    S->node = node;
    Value v = apply(S, callee, base, n, node->as.call.arguments, node);
    stack_pop(S, 1);
    return v;
}
