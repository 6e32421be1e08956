#include "runtime/message.h"

#include "runtime/gc.h"
#include "runtime/onlooker.h"
#include "runtime/operations.h"
#include "runtime/tape_score.h"
#include "runtime/written.h"
#include "runtime/probe.h"

const char *const message_kind_names[MESSAGE_KINDS] = {
    [MESSAGE_SAMPLE] = "sample", [MESSAGE_PARAM] = "param",   [MESSAGE_PLATE] = "plate",
    [MESSAGE_FACTOR] = "factor", [MESSAGE_DETERMINISTIC] = "deterministic",
};

const char *message_kind_text(MessageKind kind, bool is_observed) { return is_observed ? "obs" : message_kind_names[kind]; }

/* ---- The message loop ---- */

/* The default actions: what a primitive does when no handler has settled it. */

/* A choice whose distribution depends on what is differentiated has a share in the gradient, whether its value is used in
   arithmetic or only decides what runs. Without a pathwise derivative its log density carries it. */
static Value default_sample(State *S, const Message *m) {
    Value v = distribution_sample_event(S, m->distribution, random_key(S, m->name), message_event(m));
    if (tape_is_barrier(S, v)) v = score_draw(S, m->name, m->distribution, v);
    if (RARELY(S->probing)) probe_draw(S, v, m->distribution->row);
    return v;
}

Value param_initial(State *S, const Message *m) {
    const Node *node = S->node;
    uint32_t own_from = S->random.own_from;
    S->random.own_from = S->n_plates - m->own_plates;
    S->random.initial++;
    Value v = m->initial(S, m->how);
    S->random.initial--;
    S->random.own_from = own_from;
    param_check(S, m, v);
    S->node = node;
    return v;
}

static Value default_param(State *S, Message *m) {
    Value *known = S->parameters ? record_find(S->parameters, m->name) : NULL;
    if (known) return param_enter(S, m, *known);
    Value v = param_initial(S, m);
    if (RARELY(S->probing)) {
        v = tape_with_leaf(S, v);
        probe_param(S, v, m->name, m->constraint);
    }
    if (S->random.entered) {
        if (!S->parameters) S->parameters = record_new(S, 4);
        record_set(S, S->parameters, m->name, param_leave(S, m, v));
    }
    return v;
}

static void settle(State *S, Message *m) {
    if (m->value.tag != VALUE_UNASSIGNED) return;
    if (m->kind == MESSAGE_SAMPLE) {
        m->value = default_sample(S, m);
        if (m->was_missing) m->scored = value_missing();
    } else if (m->kind == MESSAGE_PARAM) m->value = default_param(S, m);
}

typedef void HandlerHook(State *S, HandlerFrame *frame, Message *m);

/* Frames may move while a handler's code runs. */
static void act_seen(State *S, OnlookerMoment moment, HandlerHook *hook, Message *m) {
    const Message was = *m;
    if (hook) hook(S, &S->handlers[S->n_handlers], m);
    else settle(S, m);
    if (S->onlooker) S->onlooker->look(S, S->onlooker, moment, hook ? &S->handlers[S->n_handlers] : NULL, &was, m);
}

/* A handler's share in a message: that of the frame number S->n_handlers. */
static inline void act(State *S, OnlookerMoment moment, HandlerHook *hook, Message *m) {
    if (!hook) return;
    if (RARELY(S->onlooker)) act_seen(S, moment, hook, m);
    else hook(S, &S->handlers[S->n_handlers], m);
}

static void look(State *S, OnlookerMoment moment, const Message *m) {
    if (RARELY(S->onlooker)) S->onlooker->look(S, S->onlooker, moment, NULL, m, m);
}

void message_send(State *S, Message *m) {
    uint32_t n = S->n_handlers, k = n;
    m->outer = S->messages;
    m->handlers = S->messages && S->messages->handlers > n ? S->messages->handlers : n; /* the frames that are in use */
    S->messages = m;
    look(S, ONLOOKER_SENT, m);
    while (k > S->first_handler && !m->hidden) {
        S->n_handlers = --k; /* what a handler itself sends goes to those outside it */
        act(S, ONLOOKER_BEFORE, S->handlers[k].row->before, m);
    }
    S->n_handlers = n;
    if (RARELY(S->onlooker)) act_seen(S, ONLOOKER_SETTLED, NULL, m);
    else settle(S, m);
    for (; k < n; k++) {
        S->n_handlers = k;
        act(S, ONLOOKER_AFTER, S->handlers[k].row->after, m);
    }
    S->n_handlers = n;
    look(S, ONLOOKER_DONE, m);
    S->messages = m->outer;
}

void messages_mark(State *S) {
    for (Message *m = S->messages; m; m = m->outer) {
        gc_mark(S, m->name);
        gc_mark_value(S, m->value);
        gc_mark(S, m->distribution);
        gc_mark(S, (void *)m->event);
        gc_mark(S, m->constraint);
        gc_mark_value(S, m->scale);
        gc_mark(S, m->mask);
        gc_mark_value(S, m->scored);
    }
}

/* ---- Handlers ---- */

Handler *handler_new(State *S, const HandlerRow *row, const Value *arguments, unsigned n) {
    if (row->check) row->check(S, arguments);
    Handler *handler = gc_new(S, VALUE_HANDLER, sizeof *handler);
    handler->row = row;
    for (unsigned k = 0; k < n && k < HANDLER_ARGUMENTS; k++) handler->arguments[k] = arguments[k];
    return handler;
}

Value wrapped_new(State *S, Handler *handler, Value function) {
    Wrapped *wrapped = gc_new(S, VALUE_WRAPPED, sizeof *wrapped);
    wrapped->handler = handler;
    wrapped->function = function;
    return value_object(wrapped);
}

static HandlerFrame *handler_push(State *S, const HandlerRow *row, Handler *handler, Value state) {
    MEMORY_GROW(S, S->handlers, S->n_handlers, S->handler_capacity);
    HandlerFrame *frame = &S->handlers[S->n_handlers];
    *frame = (HandlerFrame){.row = row, .handler = handler, .plates = S->n_plates, .mask = S->mask, .state = state, .random = S->random, .run = S->run};
    if (row->enter) row->enter(S, frame);
    S->n_handlers++;
    return frame;
}

static Value run_under(State *S, const HandlerRow *row, Handler *handler, Value state, HandlerBody *body, const void *what) {
    const Node *node = S->node;
    handler_push(S, row, handler, state);
    Value v = body(S, what);
    S->node = node;
    HandlerFrame *frame = &S->handlers[S->n_handlers - 1];
    if (row->leave) v = row->leave(S, frame, v);
    S->n_handlers--;
    return v;
}

Value handler_run(State *S, Handler *handler, HandlerBody *body, const void *what) {
    stack_push(S, value_object(handler));
    Value v = run_under(S, handler->row, handler, value_unassigned(), body, what);
    stack_pop(S, 1);
    return v;
}

Value handler_run_row(State *S, const HandlerRow *row, Value state, HandlerBody *body, const void *what) {
    return run_under(S, row, NULL, state, body, what);
}

/* The frames outside are copied to the top of the stack, so that handlers that are entered meanwhile do not overwrite those
   inside, which go on afterwards. */
static void frames_outside_begin(State *S, HandlerOutside *outside) {
    uint32_t first = S->first_handler, n = S->n_handlers, top = S->messages->handlers;
    outside->first_handler = first;
    outside->n_handlers = n;
    for (uint32_t k = first; k < n; k++) {
        uint32_t at = top + k - first;
        MEMORY_GROW(S, S->handlers, at, S->handler_capacity);
        S->handlers[at] = S->handlers[k];
    }
    S->first_handler = top;
    S->n_handlers = top + n - first;
}

static void frames_outside_end(State *S, const HandlerOutside *outside) {
    for (uint32_t k = outside->first_handler; k < outside->n_handlers; k++)
        S->handlers[k] = S->handlers[S->first_handler + k - outside->first_handler];
    S->first_handler = outside->first_handler;
    S->n_handlers = outside->n_handlers;
}

void handler_outside_begin(State *S, const HandlerFrame *frame, HandlerOutside *outside) {
    outside->from = frame->plates;
    outside->n_plates = S->n_plates;
    outside->lanes = S->lanes;
    outside->mask = S->mask;
    outside->top = S->top;
    for (uint32_t k = frame->plates; k < S->n_plates; k++) {
        Plate *plate = &S->plates[k];
        outside->plates[k] = *plate;
        stack_push(S, value_object(plate->identity));
        stack_push(S, value_object(plate->name));
        stack_push(S, value_object((void *)plate->around));
        stack_push(S, value_object((void *)plate->lanes));
        stack_push(S, plate->index);
    }
    stack_push(S, S->mask ? value_object(S->mask) : value_none());
    if (frame->plates < S->n_plates) S->lanes = S->plates[frame->plates].around;
    S->n_plates = frame->plates;
    S->mask = frame->mask;
    frames_outside_begin(S, outside);
}

void handler_outside_end(State *S, const HandlerOutside *outside) {
    for (uint32_t k = outside->from; k < outside->n_plates; k++) S->plates[k] = outside->plates[k];
    S->n_plates = outside->n_plates;
    S->lanes = outside->lanes;
    S->mask = outside->mask;
    S->top = outside->top;
    frames_outside_end(S, outside);
}

Value handler_cross_in(State *S, const HandlerFrame *frame, Value v, uint32_t event_rank) {
    return cross_in_here(S, v, event_rank, frame->plates);
}

const char *handler_frame_name(const HandlerFrame *frame) {
    return frame->row == &handler_written ? written_name(frame->handler) : frame->row->name;
}

void handler_mark(State *S, Object *object) {
    Handler *handler = (Handler *)object;
    for (int k = 0; k < HANDLER_ARGUMENTS; k++) gc_mark_value(S, handler->arguments[k]);
}

void wrapped_mark(State *S, Object *object) {
    gc_mark(S, ((Wrapped *)object)->handler);
    gc_mark_value(S, ((Wrapped *)object)->function);
}

void handler_frame_mark(State *S, HandlerFrame *frame) {
    gc_mark(S, frame->handler);
    gc_mark_value(S, frame->state);
    gc_mark(S, frame->mask);
}

/* ---- Outermost entries ---- */

void entry_begin(State *S) {
    if (S->random.entered++ == 0) S->parameters = NULL;
}

void entry_end(State *S) {
    if (--S->random.entered > 0) return;
    S->random.step++;
    S->parameters = NULL;
}
