/* scale(f, k): multiplies log densities. */
#include "runtime/handlers/given.h"
#include "runtime/mask.h"
#include "runtime/operations.h"

static void check(State *S, const Value *arguments) {
    Value k = arguments[0];
    if (!value_is_numeric(k)) native_type_error(S, "scale", "k", "a number", k);
    double least, largest;
    value_extremes(S, k, &least, &largest);
    /* Neither what is negative nor NaN nor infinite is a weight. */
    if (!(least >= 0 && largest < __builtin_inf()))
        error_raise(S, "bad-argument", NULL, "'scale' takes a finite number that is not negative, and k is %.10g here", least >= 0 ? largest : least);
}

static void before(State *S, HandlerFrame *frame, Message *m) {
    if (m->kind != MESSAGE_SAMPLE && m->kind != MESSAGE_FACTOR) return;
    Value k = given_lanes(S, frame, frame->handler->arguments[0], "the scale");
    m->scale = operation_binary(S, &elementwise_operators[OPERATOR_MULTIPLY], m->scale, k);
}

const HandlerRow handler_scale = {
    .name = "scale",
    .signature = "k",
    .check = check,
    .before = before,
    .effects = {[EFFECT_LATENT] = "density times k", [EFFECT_OBSERVED] = "density times k",
                [EFFECT_FACTOR] = "density times k"},
    .help = "scale(f, k): multiplies log densities by k",
};
