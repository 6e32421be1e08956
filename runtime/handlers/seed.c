/* seed(f, n): fixes the random stream. */
#include "runtime/operations.h"
#include "runtime/trace.h"

static void check(State *S, const Value *arguments) {
    value_to_integer(S, arguments[0], "the seed", 0, (1L << 53) - 1);
}

static void enter(State *S, HandlerFrame *frame) {
    S->random.seed = (uint64_t)value_to_integer(S, frame->handler->arguments[0], "the seed", 0, (1L << 53) - 1);
    S->random.step = 0;
    S->random.draws = 0;
}

static Value leave(State *S, HandlerFrame *frame, Value result) {
    S->random = frame->random;
    return result;
}

const HandlerRow handler_seed = {
    .name = "seed",
    .signature = "n",
    .check = check,
    .enter = enter,
    .leave = leave,
    .effects = {[EFFECT_LATENT] = "random stream fixed", [EFFECT_PLATE] = "random subset fixed"},
    .help = "seed(f, n) fixes the random stream: equal seed and step give equal draws",
};
