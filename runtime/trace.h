/* Traces: every message of a run, in order. */
#ifndef ELBO_RUNTIME_TRACE_H
#define ELBO_RUNTIME_TRACE_H

#include "runtime/gc.h"
#include "runtime/message.h"

/* A site: a message that was settled. Scores are deferred: the site keeps what its log density needs. */
typedef struct Site {
    String *name;
    const Node *node;
    ChunkObject *chunk;  /* the text that node is of */
    union {
        Distribution *distribution; /* sample */
        Constraint *constraint;     /* param; NULL: real */
    };
    Value value;         /* with the lanes that it had where it was made */
    Value scored;        /* what the log density is of, where that is not value: see Message */
    Value scale;
    Array *mask;         /* lanes whose log density counts */
    Array *lanes_on;     /* lane mask where the site ran: the two sides of an `if` share a name */
    int32_t next;        /* the same site on the other side of an `if`; -1: none */
    uint32_t plates_at;  /* its plates are trace->axes[plates_at …], n_plates of them */
    uint8_t kind;        /* MessageKind */
    bool is_observed;
    bool is_auxiliary;   /* see Message */
    bool alternative;    /* is the `next` of another */
    uint8_t own_plates;  /* param: see Message */
    uint8_t n_plates;    /* all plates around, those outside the trace too */
    uint64_t read;       /* what the program had read of draws when the site ran (runtime/tape_score.h); 0: nothing */
} Site;

/* The elements that ran of a plate that a site was in. */
typedef struct TraceSubset {
    uint32_t at;  /* the plate is trace->axes[at] */
    size_t whole; /* of so many elements */
    Value index;  /* see Plate */
} TraceSubset;

typedef struct Trace {
    Object header;
    Site *sites;
    uint32_t count, capacity;
    Axis **axes;        /* identities of the sites' plates; neighbours in one plate share them */
    uint32_t n_axes, axis_capacity;
    TraceSubset *subsets; /* none without subsampling */
    uint32_t n_subsets, subset_capacity;
    int32_t *table;     /* hash table of sites by name, once there are many; -1: free */
    uint32_t table_size;
    uint32_t plates;    /* number of plates around the trace */
    uint32_t latents;   /* number of latent sites that are not auxiliary; alternatives count as one */
    uint32_t replayed, unpaired; /* of the run that trace_run_replayed has made from it: latent messages that had their value from here, and
                           those that had none */
    bool replayed_partly; /* some of them ran in some lanes only */
    Value result;
} Trace;

static inline Axis *const *site_plates(const Trace *trace, const Site *site) { return trace->axes + site->plates_at; }

/* Which elements ran of the site's plate number k; NULL: all. */
const TraceSubset *site_subset(const Trace *trace, const Site *site, uint32_t k);
/* Whether these are the elements that run in the plate now. */
bool site_subset_is(const TraceSubset *subset, const Plate *plate);

/* A site of a trace as a value: tr.sites.mu */
typedef struct SiteValue {
    Object header;
    Trace *trace;
    uint32_t index;
} SiteValue;

Trace *trace_new(State *S);
void trace_record(State *S, Trace *trace, const Message *message);
/* The site of that name (the first alternative), or NULL. */
Site *trace_find(const Trace *trace, const String *name);
/* A site's value with its alternatives merged, with the lanes it had inside. */
Value trace_site_value(State *S, const Trace *trace, const Site *site);
/* The log density of one site (all alternatives), summed over the event and the plates inside the trace. */
Value trace_site_score(State *S, const Trace *trace, const Site *site);
/* The log density of each element of a settled message, masked and scaled, in the lanes of its place. */
Value message_log_prob(State *S, const Message *message);
/* The sum over all sites. Lanes of the plates around the trace stay. */
Value trace_log_prob(State *S, const Trace *trace);
/* The same for a value that is gone when the tape is emptied. */
Value trace_log_prob_passing(State *S, const Trace *trace);
/* Runs f(arguments) under a trace. */
Trace *trace_run(State *S, Value f, const Value *arguments, unsigned n);
/* The same with the latent sites' values taken from `from`. */
Trace *trace_run_replayed(State *S, Value f, Trace *from, const Value *arguments, unsigned n);

/* Whether the same sites ran in the same order, of equal kind, plates, values and distributions, with equal results. */
bool trace_equal(const Trace *a, const Trace *b);

Value trace_field(State *S, Object *object, String *name);
Value trace_index(State *S, Object *object, String *name);
void trace_print(State *S, Object *object);
void site_print(State *S, Object *object);
Value site_field(State *S, Object *object, String *name);
void trace_fields(State *S, Object *object, OfferName *offer, void *user);
void site_field_names(State *S, Object *object, OfferName *offer, void *user);

void trace_mark(State *S, Object *object);
void trace_release(State *S, Object *object);
void site_mark(State *S, Object *object);

/* The built-in handlers, as runtime/handlers/registry.c lists them. */
extern const HandlerRow handler_block, handler_condition, handler_do, handler_lift, handler_mask, handler_params,
    handler_reparam, handler_replay, handler_scale, handler_seed, handler_subsample, handler_substitute, handler_trace,
    handler_uncondition;

#endif
