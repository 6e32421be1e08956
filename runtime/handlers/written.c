/* Handlers written in Elbo: their clauses, called with the messages that they are for. */
#include "runtime/written.h"

#include <string.h>

#include "runtime/eval.h"
#include "runtime/mask.h"
#include "runtime/text.h"

/* Clauses within clauses: a handler that enters itself for the messages it makes never comes to an end. */
enum { CLAUSES_DEEPEST = 50 };

static const Node *definition_of(const Handler *handler) {
    return handler->arguments[WRITTEN_DEFINITION].as.closure->function->handler;
}

const char *written_name(const Handler *handler) { return definition_of(handler)->as.handler.function->name->text; }

Array *written_state_mask(const State *S) {
    Value mask = S->clause ? S->clause->handler->arguments[WRITTEN_MASK] : value_none();
    return mask.tag == VALUE_ARRAY ? mask.as.array : NULL;
}

/* The lanes around the handler of which any is on inside. The frame's own mask keeps its identity. */
static Array *mask_outside(State *S, const HandlerFrame *frame) {
    if (!S->mask || S->mask == frame->mask) return frame->mask;
    Axis *axes[PLATE_DEPTH];
    uint32_t n = 0;
    for (uint32_t k = frame->plates; k < S->n_plates; k++)
        if (S->plates[k].axis) axes[n++] = S->plates[k].axis;
    Value on = value_array(S->mask, 0);
    if (n) on = operation_sum_lanes(S, on, n, axes);
    Array *mask = mask_and(S, NULL, operation_binary(S, &elementwise_operators[OPERATOR_GREATER], on, value_number(0)));
    return mask_covers(S, mask, frame->mask ? frame->mask : mask_full(S)) ? frame->mask : mask;
}

static _Noreturn void raise_at_clause(State *S, const Handler *handler, const Clause *clause, const char *advice, const char *what,
                                      const Message *m) {
    S->source = handler->arguments[WRITTEN_DEFINITION].as.closure->chunk->chunk->source;
    error_raise_at(S, clause->span, "never-settles", advice, what, written_name(handler), m->name->text);
}

static void check_settles(State *S, const Handler *handler, const Clause *clause, const Message *m) {
    if (m->value.tag != VALUE_UNASSIGNED) return;
    if (m->is_observed)
        raise_at_clause(S, handler, clause, "Set site.value, too; or let site.is_observed be false, and it is drawn.",
                        "the handler '%s' says that '%s' is observed, and gives it no value", m);
    if (clause->when == CLAUSE_AFTER)
        raise_at_clause(S, handler, clause, "A site is settled by then. Set site.value to none in `on`, and it is drawn.",
                        "the handler '%s' takes the value of '%s' away when it is settled", m);
}

static void run_clause(State *S, const Clause *clause, Value closure, Message *m) {
    const HandlerFrame *frame = &S->handlers[S->n_handlers];
    Handler *handler = frame->handler;
    ClauseCall call = {.outer = S->clause, .serial = ++S->last_clause, .depth = S->clause ? S->clause->depth + 1 : 0, .handler = handler,
                       .when = clause->when, .message = m, .node = S->node, .source = S->source};
    if (call.depth >= CLAUSES_DEEPEST)
        raise_at_clause(S, handler, clause, "Do not run the handler on the messages that it makes itself; or give that an end.",
                        "the handler '%s' never settles '%s': its clauses go on making messages for themselves", m);
    for (uint32_t k = 0; k < S->n_plates; k++) call.plates[k] = S->plates[k].identity;
    call.mask = mask_outside(S, frame);
    handler_outside_begin(S, frame, &call.outside);
    S->mask = call.mask;
    S->clause = &call;
    Value site = reference_new(S, &call);
    call_value(S, closure, &site, clause->function->n_parameters ? 1 : 0);
    S->clause = call.outer;
    handler_outside_end(S, &call.outside);
    /* Data may be missing: elements are drawn, and so is the whole. */
    if (m->is_observed && m->was_missing && m->value.tag == VALUE_UNASSIGNED) m->is_observed = false;
    else if (m->is_observed && call.gave_value) message_observe(S, m, m->value);
    check_settles(S, handler, clause, m);
}

static bool is_for(const Clause *clause, MessageKind kind) {
    return strcmp(clause->message->text, message_kind_names[kind]) == 0;
}

static void run_clauses(State *S, Handler *handler, ClauseWhen when, Message *m) {
    const Node *node = definition_of(handler);
    const List *closures = handler->arguments[WRITTEN_CLAUSES].as.list;
    for (uint32_t k = 0; k < node->as.handler.n_clauses; k++) {
        const Clause *clause = &node->as.handler.clauses[k];
        if (clause->when == when && is_for(clause, m->kind)) run_clause(S, clause, closures->items[k], m);
    }
}

static void before(State *S, HandlerFrame *frame, Message *m) { run_clauses(S, frame->handler, CLAUSE_ON, m); }
static void after(State *S, HandlerFrame *frame, Message *m) { run_clauses(S, frame->handler, CLAUSE_AFTER, m); }

/* ---- State ---- */

/* Lanes of plates that have ended become axes. */
static Value value_outside(State *S, Value v) {
    if (value_is_numeric(v)) {
        Axis *around[PLATE_DEPTH];
        for (uint32_t k = 0; k < S->n_plates; k++) around[k] = S->plates[k].identity;
        return value_has_lanes(v) ? cross_in_plates(S, v, LAYOUT_RANK, around, 0, S->n_plates) : v;
    }
    if (v.tag == VALUE_RECORD) {
        Record *record = record_copy(S, v.as.record);
        for (uint32_t k = 0; k < record->count; k++) record->values[k] = value_outside(S, record->values[k]);
        return value_object(record);
    }
    if (v.tag == VALUE_LIST) {
        List *list = list_new(S, v.as.list->count);
        for (uint32_t k = 0; k < v.as.list->count; k++) list_append(S, list, value_outside(S, v.as.list->items[k]));
        return value_object(list);
    }
    return v;
}

/* The lanes of plates that it was used in before are no lanes here. */
static void enter(State *S, HandlerFrame *frame) {
    const Record *state = frame->handler->arguments[WRITTEN_STATE].as.record;
    for (uint32_t k = 0; k < state->count; k++) {
        if (state->values[k].tag != VALUE_CELL) continue;
        Cell *cell = (Cell *)state->values[k].as.object;
        if (value_is_numeric(cell->value) && value_has_lanes(cell->value)) cell->value = value_outside(S, cell->value);
    }
}

/* A variable of the state as its readers see it; unassigned: it has no value yet. */
static Value state_value(State *S, const String *name, Value v) {
    if (v.tag == VALUE_CELL) v = ((Cell *)v.as.object)->value;
    if (v.tag == VALUE_PARTIAL) {
        const Partial *partial = (Partial *)v.as.object;
        if (!mask_covers(S, partial->mask, S->mask ? S->mask : mask_full(S)))
            error_raise(S, "unassigned-lanes", "Give it a value in the handler's body, before the clauses.",
                        "'%s' has no value in some lanes", name->text);
        v = partial->value;
    }
    if (v.tag == VALUE_LIST && v.as.list->slots) v = value_whole(S, v);
    return value_outside(S, v);
}

Value handler_field(State *S, Object *object, String *name) {
    const Handler *handler = (Handler *)object;
    if (handler->row != &handler_written) return value_unassigned();
    const Record *state = handler->arguments[WRITTEN_STATE].as.record;
    const Value *v = record_find(state, name);
    if (v) {
        Value seen = state_value(S, name, *v);
        return seen.tag == VALUE_UNASSIGNED ? value_none() : seen;
    }
    field_raise_unknown(S, value_object(object), name, state->names, state->count);
}

void handler_fields(State *S, Object *object, OfferName *offer, void *user) {
    (void)S;
    const Handler *handler = (Handler *)object;
    if (handler->row != &handler_written) return;
    const Record *state = handler->arguments[WRITTEN_STATE].as.record;
    for (uint32_t k = 0; k < state->count; k++) offer(user, state->names[k]->text);
}

void handler_print(State *S, Object *object) {
    const Handler *handler = (Handler *)object;
    if (handler->row != &handler_written) {
        text_print(S, "<handler %s>", handler->row->name);
        return;
    }
    const Record *state = handler->arguments[WRITTEN_STATE].as.record;
    text_print(S, "<handler %s", written_name(handler));
    const char *between = ": ";
    for (uint32_t k = 0; k < state->count; k++) {
        Value v = state_value(S, state->names[k], state->values[k]);
        if (v.tag == VALUE_UNASSIGNED || value_is_callable(v)) continue;
        text_print(S, "%s%s = ", between, state->names[k]->text);
        if (v.tag == VALUE_STRING) text_print(S, "\"%s\"", v.as.string->text);
        else text_value(S, v);
        between = ", ";
    }
    text_print(S, ">");
}

const HandlerRow handler_written = {
    .name = "handler",
    .signature = "",
    .enter = enter,
    .before = before,
    .after = after,
    .help = "a handler written in Elbo",
};
