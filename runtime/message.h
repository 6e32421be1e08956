/* Messages and handlers: the effect system.

   A primitive does nothing by itself. It sends a message to the stack of handlers, innermost first; then its default action
   runs if no handler has settled it; then the handlers see the result, outermost first. What a handler's own code sends goes
   to the handlers outside it. */
#ifndef ELBO_RUNTIME_MESSAGE_H
#define ELBO_RUNTIME_MESSAGE_H

#include "runtime/distribution.h"
#include "runtime/native.h"
#include "runtime/state.h"

typedef enum MessageKind {
    MESSAGE_SAMPLE,        /* a latent choice, or data (is_observed) */
    MESSAGE_PARAM,
    MESSAGE_PLATE,
    MESSAGE_FACTOR,
    MESSAGE_DETERMINISTIC,
    MESSAGE_KINDS
} MessageKind;

/* The words of clauses (`on sample`), by kind. */
extern const char *const message_kind_names[MESSAGE_KINDS];
/* What tables and `site.kind` say: the same, but "obs" for data. */
const char *message_kind_text(MessageKind kind, bool is_observed);

/* A param's initial value, evaluated only if nobody else gives one. */
typedef Value ParamInitial(State *S, const void *how);

typedef struct Message {
    struct Message *outer;      /* the message that was under way when this one was sent; roots of the collector */
    MessageKind kind;
    String *name;
    Value value;                /* VALUE_UNASSIGNED until settled. Param: the constrained value. Plate: its size */
    Distribution *distribution; /* sample */
    const Layout *event;        /* sample: one draw's shape where it is not the distribution's own (data of any shape that are
                                   drawn after all); NULL: it is */
    Constraint *constraint;     /* param; NULL: real */
    ParamInitial *initial;      /* param */
    const void *how;            /* handed to `initial` */
    uint32_t own_plates;        /* param: it is one per element of that many innermost plates */
    Value scale;                /* multiplies the log density: a number, 1 at first */
    Array *mask;                /* lanes whose log density counts; NULL: all */
    bool is_observed;
    bool was_missing;           /* data that are missing as a whole: latent, and drawn from its own distribution unless a handler
                                   gives a value, in which case it adds nothing to the log density */
    Value scored;               /* where it differs from value: data with missing elements, which add nothing; or `missing` */
    bool is_auxiliary;          /* a guide's draw that the model need not have */
    bool hidden;                /* handlers further out do not see it */
    uint32_t handlers;          /* number of frames of the handler stack that are in use while it is under way */
} Message;

typedef struct Handler Handler;

/* A handler that is on the stack. */
typedef struct HandlerFrame {
    const struct HandlerRow *row;
    Handler *handler;
    uint32_t plates;       /* number of plates around it: values that cross it gain or lose the others */
    Array *mask;           /* the lanes that were on where it was entered; NULL: all */
    Value state;           /* the row's own: e.g. the trace that is being recorded */
    RandomState random;    /* the row's own: what seed restores */
    uint64_t run;          /* S->run before */
} HandlerFrame;

enum { HANDLER_ARGUMENTS = 4 };

/* The kinds of messages as the manual's table of handlers tells them apart. */
typedef enum HandlerEffect {
    EFFECT_LATENT,   /* a sample message, latent */
    EFFECT_OBSERVED, /* a sample message that is observed */
    EFFECT_PARAM,
    EFFECT_PLATE,
    EFFECT_FACTOR,
    EFFECT_DETERMINISTIC,
    EFFECTS
} HandlerEffect;

/* A row of the registry of handlers (runtime/handlers/registry.c): one file each. Any function may be NULL. */
typedef struct HandlerRow {
    const char *name;
    const char *signature;  /* of the arguments behind the function; see NativeRow */
    void (*check)(State *S, const Value *arguments);  /* the arguments, when the handler is made */
    void (*enter)(State *S, HandlerFrame *frame);
    void (*before)(State *S, HandlerFrame *frame, Message *message); /* may settle or change it */
    void (*after)(State *S, HandlerFrame *frame, Message *message);  /* it is settled */
    Value (*leave)(State *S, HandlerFrame *frame, Value result);     /* what the call or block gives */
    const char *effects[EFFECTS]; /* what it does to each kind of message, in a few words; NULL: nothing */
    const char *help;
} HandlerRow;

/* A handler with its arguments: condition({mu: 42}). */
struct Handler {
    Object header;
    const HandlerRow *row;
    Value arguments[HANDLER_ARGUMENTS];
};

/* A function under a handler: condition(f, {mu: 42}). Keeps the guide of a model. */
typedef struct Wrapped {
    Object header;
    Handler *handler;
    Value function;
} Wrapped;

extern const HandlerRow *const handler_rows[]; /* ended by NULL */

/* A handler with these n arguments, which its row checks. */
Handler *handler_new(State *S, const HandlerRow *row, const Value *arguments, unsigned n);
/* The function under the handler. */
Value wrapped_new(State *S, Handler *handler, Value function);
/* Runs body(S, what) under the handler and returns what it gives. */
typedef Value HandlerBody(State *S, const void *what);
Value handler_run(State *S, Handler *handler, HandlerBody *body, const void *what);
/* The same for a row alone, from C; `state` is its frame's state at first. */
Value handler_run_row(State *S, const HandlerRow *row, Value state, HandlerBody *body, const void *what);
/* What errors call the handler. */
const char *handler_frame_name(const HandlerFrame *frame);

/* What a handler itself does may stand where the handler was entered: outside of the plates inside of it, in the lanes that
   were on there. Between begin and end the plates, lanes and mask are those of the frame, and the handlers those outside it.
   A handler's before and after may run program code only there. It may move the frames: `frame` is
   S->handlers[S->n_handlers] after the end. Values that come in cross out of the plates inside first (cross_out_plates),
   and what goes back crosses in. */
typedef struct HandlerOutside {
    Plate plates[PLATE_DEPTH]; /* those inside, from `from` on */
    uint32_t from, n_plates, first_handler, n_handlers;
    const Layout *lanes;
    Array *mask;
    size_t top;
} HandlerOutside;
void handler_outside_begin(State *S, const HandlerFrame *frame, HandlerOutside *outside);
void handler_outside_end(State *S, const HandlerOutside *outside);
/* A value from where the handler stands, for the place of the message (event_rank as in cross_in_plates). Called with the
   message's plates around, that is outside of begin … end. */
Value handler_cross_in(State *S, const HandlerFrame *frame, Value v, uint32_t event_rank);

/* A param's value for its place: `outside` as seen from outside of its own plates, which become lanes. And back. */
Value param_enter(State *S, const Message *message, Value outside);
Value param_leave(State *S, const Message *message, Value inside);
/* The param's initial value, evaluated and checked. Runs program code. */
Value param_initial(State *S, const Message *message);
/* The unconstrained value of a constrained one, and back. constraint NULL: real. */
Value param_to_free(State *S, Constraint *constraint, Value v);
Value param_to_value(State *S, Constraint *constraint, Value v);
/* Raises an error unless the param's value lies in its constraint, and is no random draw. */
void param_check(State *S, const Message *message, Value v);

/* One draw's shape. */
static inline const Layout *message_event(const Message *m) { return m->event ? m->event : m->distribution->layout; }
/* Makes a sample message one that observes `value`: `missing` as a whole it stays latent; missing elements are drawn. Raises
   wrong-type for what is no number. */
void message_observe(State *S, Message *m, Value value);
/* A message that nobody has settled, sent from here: scale 1, the mask of the lanes that are on. */
static inline Message message_new(State *S, MessageKind kind, String *name) {
    double scale = S->n_plates ? S->plates[S->n_plates - 1].scale : 1;
    return (Message){.kind = kind, .name = name, .value = value_unassigned(), .scored = value_unassigned(),
                     .scale = value_number(scale), .mask = S->mask};
}
/* Sends the message through the stack; afterwards message->value is settled. */
void message_send(State *S, Message *message);
void messages_mark(State *S);

/* The primitives. Their values are those that the program sees. */
Value primitive_sample(State *S, String *name, Distribution *d);
/* The same for a guide's draw that the model need not have: sample(name, d, aux = true). */
Value primitive_sample_auxiliary(State *S, String *name, Distribution *d);
Value primitive_observe(State *S, String *name, Distribution *d, Value value);
Value primitive_param(State *S, String *name, Constraint *constraint, uint32_t own_plates, ParamInitial *initial, const void *how);
Value primitive_deterministic(State *S, String *name, Value value);
Value primitive_factor(State *S, String *name, Value log_weight);

/* Plates. plate_enter pushes a plate of `whole` elements, or of fewer, if a handler says so, and returns its index value;
   plate_leave pops it. */
Value plate_enter(State *S, String *name, size_t whole);
/* The same without asking anyone: for work of the runtime's own over a lane axis of `size`. */
Plate *plate_begin(State *S, String *name, size_t size);
void plate_leave(State *S);
/* plate("name", over, fn(i) { … }) */
Value plate_call(State *S, String *name, Value over, Value body);
/* 0, 1, 2, … over the axis. */
Value axis_index(State *S, Axis *axis);
/* Restores S->lanes after S->n_plates was changed. */
void plate_update_lanes(State *S);

/* Values that leave the plates from number `depth` on gain their axes as leading axes, outermost first; `plates` are the
   identities of all plates around the value. Distributions, records and lists cross by their parts. */
Value cross_out_plates(State *S, Value v, Axis *const plates[], uint32_t depth, uint32_t n_plates);
/* The same for a distribution of which a parameter has such an axis; else it stays as it is. */
Value cross_out_distribution(State *S, Distribution *d, Axis *const plates[], uint32_t depth, uint32_t n_plates);
/* The other way: a value from outside (which may carry lanes of other plates, `from`) for a site whose plates are `to`;
   event_rank is the rank of one element: further leading axes become lanes, and what has none goes to all lanes. */
Value cross_in_plates(State *S, Value v, uint32_t event_rank, Axis *const to[], uint32_t depth, uint32_t n_plates);

/* The same for the plates that are running, those from `depth` on; where a subset runs, all elements may be given too. */
Value cross_in_here(State *S, Value v, uint32_t event_rank, uint32_t depth);

/* Outermost entries: they number the steps of the random streams and hold the params that nobody else gives. */
void entry_begin(State *S);
void entry_end(State *S);

void handler_mark(State *S, Object *object);
void wrapped_mark(State *S, Object *object);
void handler_frame_mark(State *S, HandlerFrame *frame);

#endif
