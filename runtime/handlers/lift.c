/* lift(f, {m: D}): params become latent samples. The sample is one for all that runs inside: it is drawn where the handler
   stands, and a param that is met again has the same value. */
#include "runtime/eval.h"
#include "runtime/handlers/given.h"
#include "runtime/mask.h"
#include "runtime/operations.h"
#include "runtime/shape.h"

static void check(State *S, const Value *arguments) {
    Value priors = arguments[0];
    if (priors.tag != VALUE_RECORD)
        error_raise(S, "wrong-type", "For instance lift(f, {m: Normal(0, 1)}).", "'lift' takes a record of distributions by the names of params, not a %s",
                    value_type_name(priors));
    for (uint32_t k = 0; k < priors.as.record->count; k++)
        if (priors.as.record->values[k].tag != VALUE_DISTRIBUTION)
            error_raise(S, "wrong-type", "Give it a prior: Normal(0, 1).", "'lift' gets a %s as the distribution of '%s'",
                        value_type_name(priors.as.record->values[k]), priors.as.record->names[k]->text);
}

/* The state is a record of two: which names were met, and the values drawn so far. */
static void enter(State *S, HandlerFrame *frame) {
    given_enter(S, frame);
    record_set(S, frame->state.as.record, string_of(S, ""), value_object(record_new(S, 4)));
}

static Record *drawn(State *S, const HandlerFrame *frame) {
    return record_find(frame->state.as.record, string_of(S, ""))->as.record;
}

/* Numbers of every size and sign; a distribution that may draw one of them which the constraint refuses does not fit. */
static const double probes[] = {-1e6, -37.3, -1.7, -0.37, -1e-5, 1e-5, 0.37, 0.73, 1.7, 5.3, 37.3, 1e6};
static const double whole_probes[] = {-7, -1, 0, 1, 2, 11, 1000};

static bool holds(State *S, const Constraint *c, double x) {
    Value inside = value_detached(constraint_contains(S, c->row, c->bounds, value_number(x)));
    double least, largest;
    value_extremes(S, inside, &least, &largest);
    return least != 0;
}

static _Noreturn void raise_support(State *S, const Message *m, const Distribution *d) {
    error_raise(S, "support-mismatch", "Choose a distribution with that support.", "'lift' draws the param '%s' from %s, and it must be %s",
                m->name->text, d->row->name, constraint_words(S, m->constraint->row, m->constraint->bounds));
}

static void check_support(State *S, const Message *m, Distribution *d) {
    if (!m->constraint) return;
    Value support = distribution_formula(S, d, "support", NULL);
    if (support.tag != VALUE_CONSTRAINT) return;
    const Constraint *c = (Constraint *)support.as.object;
    if (m->constraint->row->rank && !constraint_is_within(c->row, m->constraint->row))
        raise_support(S, m, d);
    const double *xs = d->discrete ? whole_probes : probes;
    size_t n = d->discrete ? sizeof whole_probes / sizeof *whole_probes : sizeof probes / sizeof *probes;
    for (size_t k = 0; k < n; k++)
        if (holds(S, c, xs[k]) && !holds(S, m->constraint, xs[k]))
            raise_support(S, m, d);
}

/* The shape of the param as seen from outside of its own plates is that of its initial value. */
static const Layout *shape_outside(State *S, const Message *m, const Distribution *d) {
    Value v = param_leave(S, m, param_initial(S, m));
    const Layout *l = value_layout(S, v), *event = layout_intern(S, 0, NULL, l->rank, l->dims);
    if (layout_same_event(event, d->layout)) return NULL;
    if (d->layout->rank == 0) return event;
    char param[SHAPE_TEXT], draw[SHAPE_TEXT];
    error_raise(S, "shape-mismatch", NULL, "the param '%s' is a %s, and one draw of the %s that 'lift' gives it is a %s", m->name->text,
                shape_text(event, param), d->row->name, shape_text(d->layout, draw));
}

static Value draw_outside(State *S, HandlerFrame *frame, const Message *m, Distribution *d) {
    HandlerFrame here = {.plates = S->n_plates, .mask = S->mask};
    HandlerOutside outside;
    handler_outside_begin(S, &here, &outside);
    check_support(S, m, d);
    const Layout *event = shape_outside(S, m, d);
    handler_outside_end(S, &outside);
    frame = &S->handlers[S->n_handlers];
    handler_outside_begin(S, frame, &outside);
    Message sample = message_new(S, MESSAGE_SAMPLE, m->name);
    sample.distribution = d;
    sample.event = event;
    message_send(S, &sample);
    handler_outside_end(S, &outside);
    return sample.value;
}

static void before(State *S, HandlerFrame *frame, Message *m) {
    if (m->kind == MESSAGE_PLATE) return;
    String *used;
    const Value *prior = m->kind == MESSAGE_PARAM ? given_find(S, frame->handler->arguments[0].as.record, m->name, &used) : NULL;
    given_note(S, frame, m, prior ? used : NULL);
    if (!prior || m->value.tag != VALUE_UNASSIGNED) return;
    const Value *known = record_find(drawn(S, frame), m->name);
    Value v = known ? *known : draw_outside(S, frame, m, prior->as.distribution);
    if (!known) record_set(S, drawn(S, &S->handlers[S->n_handlers]), m->name, v);
    m->value = param_enter(S, m, v);
    /* For the handlers outside there is a sample, and no param. */
    m->hidden = true;
}

static Value leave(State *S, HandlerFrame *frame, Value result) {
    given_warn(S, frame, frame->handler->arguments[0], "params");
    return result;
}

const HandlerRow handler_lift = {
    .name = "lift",
    .signature = "priors",
    .check = check,
    .enter = enter,
    .before = before,
    .leave = leave,
    .effects = {[EFFECT_PARAM] = "a latent sample"},
    .help = "lift(f, {m: Normal(0, 1)}): params become latent samples",
};
