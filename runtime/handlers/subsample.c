/* subsample(f, {data: 256}): a plate runs over a random subset, and its log densities are rescaled. */
#include "runtime/handlers/given.h"
#include "runtime/operations.h"
#include "runtime/suggest.h"

static const double largest = 1L << 53;

static void check(State *S, const Value *arguments) {
    Value sizes = arguments[0];
    if (sizes.tag != VALUE_RECORD)
        error_raise(S, "wrong-type", "For instance subsample(f, {data: 256}).", "'subsample' takes a record of sizes by the names of plates, not a %s",
                    value_type_name(sizes));
    for (uint32_t k = 0; k < sizes.as.record->count; k++)
        value_to_integer(S, sizes.as.record->values[k], "the size of a subset", 1, (long)largest);
}

static void before(State *S, HandlerFrame *frame, Message *m) {
    if (m->kind != MESSAGE_PLATE) return;
    const Value *size = record_find(frame->handler->arguments[0].as.record, m->name);
    given_note(S, frame, m, size ? m->name : NULL);
    if (!size) return;
    double n = (double)value_to_integer(S, *size, "the size of a subset", 1, (long)largest);
    if (n < m->value.as.number) m->value = value_number(n);
}

static Value leave(State *S, HandlerFrame *frame, Value result) {
    const Record *sizes = frame->handler->arguments[0].as.record, *met = frame->state.as.record;
    for (uint32_t k = 0; k < sizes->count; k++) {
        if (record_find(met, sizes->names[k])) continue;
        Suggestion s = suggest_begin(sizes->names[k]->text);
        for (uint32_t i = 0; i < met->count; i++) suggest_offer(&s, met->names[i]->text);
        error_raise(S, "unknown-plate", s.best ? error_text(S, "Did you mean '%s'?", s.best) : "Name a plate that the run enters.",
                    "'subsample' names the plate '%s', and the run had no plate of that name", sizes->names[k]->text);
    }
    return result;
}

const HandlerRow handler_subsample = {
    .name = "subsample",
    .signature = "sizes",
    .check = check,
    .enter = given_enter,
    .before = before,
    .leave = leave,
    .effects = {[EFFECT_LATENT] = "density times n / m", [EFFECT_OBSERVED] = "density times n / m",
                [EFFECT_PARAM] = "one per element: those of the subset", [EFFECT_PLATE] = "a random subset",
                [EFFECT_FACTOR] = "density times n / m"},
    .help = "subsample(f, {data: 256}): runs a plate over a random subset, rescaled",
};
