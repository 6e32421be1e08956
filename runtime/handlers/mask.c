/* mask(f, m): switches log densities off where m is false. */
#include "runtime/handlers/given.h"
#include "runtime/mask.h"
#include "runtime/operations.h"
#include "runtime/tape_score.h"

static void check(State *S, const Value *arguments) {
    Value m = arguments[0];
    if (m.tag == VALUE_BOOLEAN || (m.tag == VALUE_ARRAY && m.as.array->boolean)) return;
    native_type_error(S, "mask", "m", "a truth value, or a vector of them,", m);
}

static void before(State *S, HandlerFrame *frame, Message *m) {
    if (m->kind != MESSAGE_SAMPLE && m->kind != MESSAGE_FACTOR) return;
    Value on = frame->handler->arguments[0];
    if (tape_in_score_mode(&S->tape)) score_read_lanes(S, on);
    if (on.tag == VALUE_BOOLEAN && on.as.boolean) return;
    m->mask = mask_and(S, m->mask, given_lanes(S, frame, on, "the mask"));
}

const HandlerRow handler_mask = {
    .name = "mask",
    .signature = "m",
    .check = check,
    .before = before,
    .effects = {[EFFECT_LATENT] = "density off", [EFFECT_OBSERVED] = "density off", [EFFECT_FACTOR] = "density off"},
    .help = "mask(f, m): switches log densities off where m is false",
};
