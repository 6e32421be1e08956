/* replay(f, tr): latent sites take their values from the trace. */
#include "runtime/mask.h"
#include "runtime/trace.h"

static void check(State *S, const Value *arguments) {
    if (arguments[0].tag != VALUE_TRACE)
        error_raise(S, "wrong-type", "Record one first: tr = trace(f)(x).", "'replay' takes a trace, not a %s", value_type_name(arguments[0]));
}

static Trace *trace_of(const HandlerFrame *frame) {
    return (Trace *)(frame->handler ? frame->handler->arguments[0].as.object : frame->state.as.object);
}

static bool same_plates(State *S, const HandlerFrame *frame, const Trace *trace, const Site *site) {
    if (trace->plates != frame->plates || site->n_plates != S->n_plates) return false;
    for (uint32_t k = frame->plates; k < S->n_plates; k++)
        if (site_plates(trace, site)[k] != S->plates[k].identity) return false;
    return true;
}

/* The value as it stands at the site where it is wanted: it left its plates, and enters these. */
static Value value_here(State *S, const HandlerFrame *frame, const Trace *trace, const Site *site, const Distribution *d) {
    Value v = trace_site_value(S, trace, site);
    if (same_plates(S, frame, trace, site)) return v;
    Axis *to[PLATE_DEPTH];
    for (uint32_t k = 0; k < S->n_plates; k++) to[k] = S->plates[k].identity;
    return cross_in_plates(S, v, d->layout->rank, to, frame->plates, S->n_plates);
}

static void check_shape(State *S, const Message *m, Value v) {
    const Layout *wanted = m->distribution->layout;
    if (value_is_numeric(v) && layout_same_event(value_layout(S, v), wanted)) return;
    error_raise(S, "site-shape", "The site must have the same shape in both programs.",
                "the replayed value of '%s' is a %s of another shape than the site's distribution", m->name->text, value_type_name(v));
}

static void check_lanes(State *S, const Site *site) {
    if (!site->lanes_on || site->lanes_on == S->mask || site->next >= 0) return;
    if (mask_covers(S, site->lanes_on, S->mask ? S->mask : mask_full(S))) return;
    error_raise(S, "site-lanes", "Draw the site in every lane, or run it under the same condition.",
                "the trace has the site '%s' in some lanes only, and it is wanted in others", site->name->text);
}

static void before(State *S, HandlerFrame *frame, Message *m) {
    if (m->kind != MESSAGE_SAMPLE || m->is_observed || m->value.tag != VALUE_UNASSIGNED) return;
    const Trace *trace = trace_of(frame);
    const Site *site = trace_find(trace, m->name);
    if (!site || site->kind != MESSAGE_SAMPLE || site->is_observed) return;
    check_lanes(S, site);
    m->value = value_here(S, frame, trace, site, m->distribution);
    check_shape(S, m, m->value);
}

const HandlerRow handler_replay = {
    .name = "replay",
    .signature = "trace",
    .check = check,
    .before = before,
    .help = "replay(f, tr): latent sites take their values from the trace tr",
};
