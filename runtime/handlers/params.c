/* params(f, theta): params take these unconstrained values. */
#include "runtime/handlers/given.h"
#include "runtime/suggest.h"

static void check(State *S, const Value *arguments) {
    if (arguments[0].tag != VALUE_RECORD)
        error_raise(S, "wrong-type", "For instance initial(guide, x).", "'params' takes a record of unconstrained values, not a %s",
                    value_type_name(arguments[0]));
}

/* svi's own frame has no handler, and its names are right. */
static void enter(State *S, HandlerFrame *frame) {
    if (frame->handler) given_enter(S, frame);
}

static void before(State *S, HandlerFrame *frame, Message *m) {
    if (m->kind != MESSAGE_PARAM || m->value.tag != VALUE_UNASSIGNED) return;
    Value theta = frame->handler ? frame->handler->arguments[0] : frame->state;
    const Value *u = record_find(theta.as.record, m->name);
    if (frame->handler) given_note(S, frame, m, u ? m->name : NULL);
    if (u) m->value = param_to_value(S, m->constraint, param_enter(S, m, *u));
}

/* A run need not have all the params of theta: it may be the model's alone, or skip some. But a value that nobody took, beside a
   param of nearly that name that has none, is misspelt. */
static Value leave(State *S, HandlerFrame *frame, Value result) {
    if (!frame->handler) return result;
    const Record *theta = frame->handler->arguments[0].as.record, *met = frame->state.as.record;
    for (uint32_t k = 0; k < theta->count; k++) {
        const String *name = theta->names[k];
        if (record_find(met, name)) continue;
        Suggestion s = suggest_begin(name->text);
        for (uint32_t i = 0; i < met->count; i++)
            if (met->values[i].tag == VALUE_NUMBER) suggest_offer(&s, met->names[i]->text);
        if (s.best)
            warning_report(S, "unknown-param", error_text(S, "Did you mean '%s'?", s.best),
                           "'params' has a value for '%s', and no param of that name was met, but '%s', for which it has none", name->text, s.best);
    }
    return result;
}

const HandlerRow handler_params = {
    .name = "params",
    .signature = "theta",
    .check = check,
    .enter = enter,
    .before = before,
    .leave = leave,
    .effects = {[EFFECT_PARAM] = "value given, unconstrained"},
    .help = "params(f, theta): params take these unconstrained values",
};
