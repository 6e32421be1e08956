/* params(f, theta): params take these unconstrained values. */
#include "runtime/trace.h"

static void check(State *S, const Value *arguments) {
    if (arguments[0].tag != VALUE_RECORD)
        error_raise(S, "wrong-type", "For instance initial(guide, x).", "'params' takes a record of unconstrained values, not a %s",
                    value_type_name(arguments[0]));
}

static void before(State *S, HandlerFrame *frame, Message *m) {
    if (m->kind != MESSAGE_PARAM || m->value.tag != VALUE_UNASSIGNED) return;
    Value theta = frame->handler ? frame->handler->arguments[0] : frame->state;
    const Value *u = record_find(theta.as.record, m->name);
    if (u) m->value = param_to_value(S, m->constraint, param_enter(S, m, *u));
}

const HandlerRow handler_params = {
    .name = "params",
    .signature = "theta",
    .check = check,
    .before = before,
    .effects = {[EFFECT_PARAM] = "value given, unconstrained"},
    .help = "params(f, theta): params take these unconstrained values",
};
