/* Handlers written in Elbo: handler h(…) { … on sample(site) { … } }.

   h(…) runs the body once; its variables are the state of the instance, in cells that the clauses capture. The instance is a
   Handler of the row `handler_written`, whose arguments say what is to be known of it. A clause runs from where the handler
   stands (HandlerOutside), in the lanes there of which any is on at the message. */
#ifndef ELBO_RUNTIME_WRITTEN_H
#define ELBO_RUNTIME_WRITTEN_H

#include "runtime/gc.h"
#include "runtime/message.h"

/* Arguments of a written handler. */
enum {
    WRITTEN_DEFINITION, /* closure of the body */
    WRITTEN_STATE,      /* record of the body's variables; those that clauses use are cells */
    WRITTEN_CLAUSES,    /* list of closures, in the order of the text */
    WRITTEN_MASK        /* the lanes that were on when it was made; none: all */
};

extern const HandlerRow handler_written;

/* A clause that runs; lives on the C stack. */
typedef struct ClauseCall {
    struct ClauseCall *outer; /* the clause around, which sent the message */
    uint64_t serial;          /* never repeats: what a site's reference knows it by */
    uint32_t depth;           /* clauses around */
    Handler *handler;
    ClauseWhen when;
    Message *message;
    HandlerOutside outside;
    Axis *plates[PLATE_DEPTH]; /* around the message: outside.n_plates of them */
    Array *mask;               /* the lanes that the clause runs in */
    bool gave_value;           /* it has set site.value */
    const Node *node;          /* the message's place in the program */
    const Source *source;
} ClauseCall;

/* The site that a clause is called with. Dead when the clause has ended. */
typedef struct SiteReference {
    Object header;
    String *name;
    uint64_t call;
} SiteReference;

/* The instance whose body has just run in S->frame. */
Value written_new(State *S);
/* The name of the definition. */
const char *written_name(const Handler *handler);
/* The mask under which the state of the handler whose clause runs was made; NULL: all lanes. */
Array *written_state_mask(const State *S);
Value handler_field(State *S, Object *object, String *name);
void handler_fields(State *S, Object *object, OfferName *offer, void *user);
void handler_print(State *S, Object *object);

/* site_reference.c */
Value reference_new(State *S, const ClauseCall *call);
Value reference_field(State *S, Object *object, String *name);
void reference_set(State *S, Value reference, const String *field, Value v);
void reference_mark(State *S, Object *object);
void reference_print(State *S, Object *object);

#endif
