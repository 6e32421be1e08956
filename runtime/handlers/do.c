/* do(f, values): an intervention. The site is no random choice any more: its value is fixed, and it leaves the density (Pearl:
   Causality, 2009, section 3.2). */
#include "runtime/handlers/given.h"

static void check(State *S, const Value *arguments) { given_check(S, "do", arguments[0]); }

static void before(State *S, HandlerFrame *frame, Message *m) {
    if (m->kind == MESSAGE_PLATE) return;
    if (m->kind != MESSAGE_SAMPLE) {
        given_note(S, frame, m, NULL);
        return;
    }
    Value values = frame->handler->arguments[0];
    if (!given_names(S, frame, values, m)) return;
    if (m->is_observed)
        error_raise(S, "do-observed", "An intervention sets what the model would have drawn. To change data give the model other data; to look at an unobserved world wrap it in `uncondition` first.",
                    "'do' would fix the site '%s', which is observed", m->name->text);
    if (m->value.tag != VALUE_UNASSIGNED) return;
    Value v = given_sample(S, frame, values, m);
    if (v.tag == VALUE_UNASSIGNED || v.tag == VALUE_MISSING) return;
    m->kind = MESSAGE_DETERMINISTIC;
    m->distribution = NULL;
    m->scored = value_unassigned();
    m->value = v;
}

static Value leave(State *S, HandlerFrame *frame, Value result) {
    given_warn(S, frame, frame->handler->arguments[0], "latent sites");
    return result;
}

const HandlerRow handler_do = {
    .name = "do",
    .signature = "values",
    .check = check,
    .enter = given_enter,
    .before = before,
    .leave = leave,
    .effects = {[EFFECT_LATENT] = "fixed, out of the density", [EFFECT_OBSERVED] = "an error, if named"},
    .help = "do(f, {mu: 42}): intervention: the value is fixed and the site leaves the density",
};
