/* substitute(f, values): latent sites and params take values; the sites stay latent. */
#include "runtime/handlers/given.h"

static void check(State *S, const Value *arguments) { given_check(S, "substitute", arguments[0]); }

static void before(State *S, HandlerFrame *frame, Message *m) {
    Value values = frame->handler->arguments[0], v;
    switch (m->kind) {
        case MESSAGE_PLATE: return;
        case MESSAGE_SAMPLE:
            if (!given_names(S, frame, values, m) || m->value.tag != VALUE_UNASSIGNED) return;
            v = given_sample(S, frame, values, m);
            break;
        case MESSAGE_PARAM: v = given_param(S, frame, values, m); break;
        default: given_note(S, frame, m, NULL); return;
    }
    if (m->value.tag == VALUE_UNASSIGNED && v.tag != VALUE_MISSING) m->value = v;
}

static Value leave(State *S, HandlerFrame *frame, Value result) {
    given_warn(S, frame, frame->handler->arguments[0], "latent sites and params");
    return result;
}

const HandlerRow handler_substitute = {
    .name = "substitute",
    .signature = "values",
    .check = check,
    .enter = given_enter,
    .before = before,
    .leave = leave,
    .effects = {[EFFECT_LATENT] = "value given, still latent", [EFFECT_PARAM] = "value given"},
    .help = "substitute(f, {mu: 42}): latent sites take these values and stay latent; params take them too",
};
