/* Definitions of handlers, and their instances. */
#include <string.h>

#include "runtime/eval.h"
#include "runtime/suggest.h"
#include "runtime/written.h"

static _Noreturn void raise_unknown_message(State *S, const Clause *clause) {
    const char *word = clause->message->text;
    Suggestion s = suggest_begin(word);
    for (uint32_t k = 0; k < MESSAGE_KINDS; k++) suggest_offer(&s, message_kind_names[k]);
    const char *advice = strcmp(word, "obs") == 0 ? "Data are sample messages: write `on sample(site) { if site.is_observed { … } }`."
                         : s.best                 ? error_text(S, "Did you mean '%s'?", s.best)
                                                  : "The messages are sample, param, plate, factor and deterministic.";
    error_raise_at(S, clause->span, "unknown-message", advice, "no primitive sends a message '%s'", word);
}

static void check_clause(State *S, const Clause *clause) {
    bool known = false;
    for (uint32_t k = 0; k < MESSAGE_KINDS; k++) known |= strcmp(clause->message->text, message_kind_names[k]) == 0;
    if (!known) raise_unknown_message(S, clause);
    uint32_t n = clause->function->n_parameters;
    if (n > 1)
        error_raise_at(S, clause->span, "too-many-arguments", "Write `on sample(site) { … }`.", "a clause is called with one thing, the site, and this one takes %u", n);
}

Value eval_handler(State *S, const Node *node) {
    S->node = node;
    for (uint32_t k = 0; k < node->as.handler.n_clauses; k++) check_clause(S, &node->as.handler.clauses[k]);
    Value closure = eval_function(S, node, node->as.handler.function);
    stack_push(S, closure);
    variable_store(S, &node->as.handler.variable, closure);
    stack_pop(S, 1);
    return value_none();
}

Value written_new(State *S) {
    const Function *function = S->frame->closure->function;
    const Node *node = function->handler;
    Record *state = record_new(S, function->n_own);
    for (uint32_t k = 0; k < function->n_own; k++)
        record_set(S, state, function->slot_names[k]->object, S->stack[S->frame->base + k]);
    List *clauses = list_new(S, node->as.handler.n_clauses);
    for (uint32_t k = 0; k < node->as.handler.n_clauses; k++)
        list_append(S, clauses, eval_function(S, node, node->as.handler.clauses[k].function));
    Value arguments[HANDLER_ARGUMENTS] = {
        [WRITTEN_DEFINITION] = {.tag = VALUE_CLOSURE, .as.object = (Object *)S->frame->closure},
        [WRITTEN_STATE] = value_object(state),
        [WRITTEN_CLAUSES] = value_object(clauses),
        [WRITTEN_MASK] = S->frame->mask ? value_array(S->frame->mask, 0) : value_none(),
    };
    return value_object(handler_new(S, &handler_written, arguments, HANDLER_ARGUMENTS));
}
