/* replay(f, tr): latent sites take their values from the trace. */
#include "runtime/handlers/given.h"

static void check(State *S, const Value *arguments) {
    if (arguments[0].tag != VALUE_TRACE)
        error_raise(S, "wrong-type", "Record one first: tr = trace(f)(x).", "'replay' takes a trace, not a %s", value_type_name(arguments[0]));
}

/* Guide and model of a fit are to have the same latent sites: what speaks against it is counted as they run. */
static void count_pairs(const State *S, Trace *from, const Message *m) {
    if (m->value.tag == VALUE_UNASSIGNED) {
        from->unpaired += !m->was_missing;
        return;
    }
    from->replayed++;
    if (S->mask) from->replayed_partly = true;
}

static void before(State *S, HandlerFrame *frame, Message *m) {
    if (m->kind != MESSAGE_SAMPLE || m->is_observed || m->value.tag != VALUE_UNASSIGNED) return;
    Trace *trace = (Trace *)(frame->handler ? frame->handler->arguments[0].as.object : frame->state.as.object);
    m->value = given_replayed(S, frame, trace, m, true);
    if (!frame->handler) count_pairs(S, trace, m);
}

const HandlerRow handler_replay = {
    .name = "replay",
    .signature = "trace",
    .check = check,
    .before = before,
    .effects = {[EFFECT_LATENT] = "value of the trace"},
    .help = "replay(f, tr): latent sites take their values from the trace tr",
};
