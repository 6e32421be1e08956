/* block(f, hide = […], expose = […]): hides sites from the handlers outside. */
#include "runtime/handlers/given.h"

enum { HIDE, EXPOSE };

static void check(State *S, const Value *arguments) {
    given_check_names(S, "block", "hide", arguments[HIDE]);
    given_check_names(S, "block", "expose", arguments[EXPOSE]);
    if (arguments[HIDE].tag != VALUE_UNASSIGNED && arguments[EXPOSE].tag != VALUE_UNASSIGNED)
        error_raise(S, "bad-argument", "`hide` hides the sites that it names, `expose` all others: one of them says it all.",
                    "'block' takes `hide` or `expose`, not both");
}

static void before(State *S, HandlerFrame *frame, Message *m) {
    if (m->kind == MESSAGE_PLATE) return;
    const Value *arguments = frame->handler->arguments;
    bool hides = arguments[HIDE].tag != VALUE_UNASSIGNED, exposes = arguments[EXPOSE].tag != VALUE_UNASSIGNED;
    bool named = (hides || exposes) && given_lists(S, frame, arguments[hides ? HIDE : EXPOSE], m);
    m->hidden = hides ? named : !named;
}

static Value leave(State *S, HandlerFrame *frame, Value result) {
    given_warn(S, frame, frame->handler->arguments[HIDE], "sites");
    given_warn(S, frame, frame->handler->arguments[EXPOSE], "sites");
    return result;
}

const HandlerRow handler_block = {
    .name = "block",
    .signature = "hide:names?, expose:names?",
    .check = check,
    .enter = given_enter,
    .before = before,
    .leave = leave,
    .effects = {[EFFECT_LATENT] = "hidden", [EFFECT_OBSERVED] = "hidden", [EFFECT_PARAM] = "hidden",
                [EFFECT_FACTOR] = "hidden", [EFFECT_DETERMINISTIC] = "hidden"},
    .help = "block(f, hide = [mu]): hides sites from the handlers outside; with `expose = [mu]` all but these, else all",
};
