/* trace(f): records every message. */
#include "runtime/trace.h"

static void enter(State *S, HandlerFrame *frame) {
    frame->state = value_object(trace_new(S));
    entry_begin(S);
    if (!S->run) S->run = ++S->last_run;
}

static void after(State *S, HandlerFrame *frame, Message *m) {
    if (m->kind != MESSAGE_PLATE) trace_record(S, (Trace *)frame->state.as.object, m);
}

static Value leave(State *S, HandlerFrame *frame, Value result) {
    Trace *trace = (Trace *)frame->state.as.object;
    trace->result = result;
    entry_end(S);
    S->run = frame->run;
    return frame->state;
}

const HandlerRow handler_trace = {
    .name = "trace",
    .signature = "",
    .enter = enter,
    .after = after,
    .leave = leave,
    .effects = {[EFFECT_LATENT] = "recorded", [EFFECT_OBSERVED] = "recorded", [EFFECT_PARAM] = "recorded",
                [EFFECT_PLATE] = "kept with its sites", [EFFECT_FACTOR] = "recorded",
                [EFFECT_DETERMINISTIC] = "recorded"},
    .help = "trace(f) records every message; trace(f)(x) is the trace",
};
