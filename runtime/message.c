#include "runtime/message.h"

#include "runtime/gc.h"
#include "runtime/operations.h"

/* ---- The message loop ---- */

/* The default actions: what a primitive does when no handler has settled it. */

/* A latent choice whose distribution depends on what is differentiated has a share in the gradient, whether its value is used
   in arithmetic or only decides what runs: without a pathwise derivative that share would be lost. */
static Value default_sample(State *S, const Message *m) {
    Value v = distribution_sample(S, m->distribution, random_key(S, m->name), 0);
    if (!m->was_missing && tape_is_barrier(S, v))
        error_raise(S, "no-gradient", "Sum it out by hand, or give its distribution fixed parameters; draws of Normal, LogNormal, Gamma, Beta and others have one.",
                    "the draw of '%s' from %s has no reparameterised gradient, and its parameters are being differentiated",
                    m->name->text, m->distribution->row->name);
    return v;
}

static Value default_param(State *S, Message *m) {
    Value *known = S->parameters ? record_find(S->parameters, m->name) : NULL;
    if (known) return param_enter(S, m, *known);
    const Node *node = S->node;
    uint32_t own_from = S->random.own_from;
    S->random.own_from = S->n_plates - m->own_plates;
    S->random.initial++;
    Value v = m->initial(S, m->how);
    S->random.initial--;
    S->random.own_from = own_from;
    param_check(S, m, v);
    S->node = node;
    if (S->probing) v = tape_with_leaf(S, v);
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

Message message_new(State *S, MessageKind kind, String *name) {
    return (Message){.kind = kind, .name = name, .value = value_unassigned(), .scored = value_unassigned(), .scale = value_number(1), .mask = S->mask};
}

void message_send(State *S, Message *m) {
    uint32_t n = S->n_handlers, k = n;
    m->outer = S->messages;
    S->messages = m;
    while (k > 0 && !m->hidden) {
        S->n_handlers = --k; /* what a handler itself sends goes to those outside it */
        if (S->handlers[k].row->before) S->handlers[k].row->before(S, &S->handlers[k], m);
    }
    S->n_handlers = n;
    settle(S, m);
    for (; k < n; k++) {
        S->n_handlers = k;
        if (S->handlers[k].row->after) S->handlers[k].row->after(S, &S->handlers[k], m);
    }
    S->n_handlers = n;
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

static HandlerFrame *handler_push(State *S, const HandlerRow *row, Handler *handler, Value state) {
    MEMORY_GROW(S, S->handlers, S->n_handlers, S->handler_capacity);
    HandlerFrame *frame = &S->handlers[S->n_handlers];
    *frame = (HandlerFrame){.row = row, .handler = handler, .plates = S->n_plates, .mask = S->mask, .state = state, .random = S->random, .run = S->run};
    if (row->enter) row->enter(S, frame);
    S->n_handlers++;
    return frame;
}

static Value run_under(State *S, const HandlerRow *row, Handler *handler, Value state, HandlerBody *body, const void *what) {
    handler_push(S, row, handler, state);
    Value v = body(S, what);
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

const char *handler_frame_name(const HandlerFrame *frame) { return frame->row->name; }

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
