/* condition(f, data): sites become observed. */
#include "runtime/handlers/given.h"

static void check(State *S, const Value *arguments) { given_check(S, "condition", arguments[0]); }

static void before(State *S, HandlerFrame *frame, Message *m) {
    if (m->kind == MESSAGE_PLATE) return;
    Value data = frame->handler->arguments[0];
    if (m->kind != MESSAGE_SAMPLE) {
        given_note(S, frame, m, NULL);
        return;
    }
    if (!given_names(S, frame, data, m) || m->value.tag != VALUE_UNASSIGNED) return;
    Value v = given_sample(S, frame, data, m);
    if (v.tag != VALUE_UNASSIGNED) message_observe(S, m, v);
}

static Value leave(State *S, HandlerFrame *frame, Value result) {
    given_warn(S, frame, frame->handler->arguments[0], "sample sites");
    return result;
}

const HandlerRow handler_condition = {
    .name = "condition",
    .signature = "data",
    .check = check,
    .enter = given_enter,
    .before = before,
    .leave = leave,
    .effects = {[EFFECT_LATENT] = "observed at the value"},
    .help = "condition(f, {mu: 42}): sites become observed at these values",
};
