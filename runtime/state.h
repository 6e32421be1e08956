/* The state of one interpreter. Everything that would otherwise be global lives here. */
#ifndef ELBO_RUNTIME_STATE_H
#define ELBO_RUNTIME_STATE_H

#include <setjmp.h>
#include <signal.h>

#include "parser/parse.h"
#include "runtime/array.h"
#include "runtime/error.h"
#include "runtime/memory.h"
#include "runtime/tape.h"

enum { PLATE_DEPTH = LAYOUT_AXES };

/* A plate that is running. Its position in S->plates is its depth. */
typedef struct Plate {
    String *name;
    size_t size;
    Axis *axis;     /* NULL when size is 1: an axis of one lane is no axis */
    Axis *identity; /* also when size is 1: what sites remember */
    size_t whole;   /* how many elements there are; more than size where a random subset of them runs (runtime/subset.h) */
    double scale;   /* product of whole / size, of this plate and those around it */
    size_t start; /* the first lane's coordinate: not 0 when only a part of the plate is walked */
    Value index; /* the plate's index: a number or lanes */
    const Layout *around, *lanes; /* S->lanes outside and inside; kept when the plate ends, for when it is entered again */
} Plate;

/* A variable of the top level: the user's value, or else the built-in one. Its address is stable. */
typedef struct Global {
    struct Global *next; /* in S->used_globals */
    bool used;
    String *name;
    Value value;
    Value builtin;
} Global;

/* A parsed text as an object, with the Globals that its names stand for. */
typedef struct ChunkObject {
    Object header;
    Chunk *chunk;
    Source source;   /* owns both strings */
    size_t name_size;
    Global **globals; /* chunk->n_globals of them */
} ChunkObject;

/* A function of the program. */
struct Closure {
    Object header;
    const Function *function;
    ChunkObject *chunk;
    Value guide;      /* of a model: its guide, or unassigned */
    bool guide_inherited; /* which an earlier model of this name had before */
    Cell *captures[]; /* function->n_captures of them */
};

/* A call of a program's function; lives on the C stack of the call. */
typedef struct Frame {
    struct Frame *previous;
    const Closure *closure;
    const Node *call;      /* the call's node in the caller, NULL when called from C */
    const Source *source;  /* of the caller */
    size_t base;           /* slot k is S->stack[base + k] */
    Array *mask;           /* the lane mask at entry: assignments under it need no merge */
    uint32_t plates;       /* number of plates at entry */
    Array *returned;       /* lanes that have returned already, NULL: none */
    Value result;          /* their values */
    struct PlateScope *scope; /* innermost plate body of this call */
    struct Loop *loop;     /* innermost loop of this call */
} Frame;

/* A plate's body that is running: its slots and the mask they were entered with. */
typedef struct PlateScope {
    struct PlateScope *outer;
    const Node *node;
    Array *mask;
} PlateScope;

/* A loop that is running, and the lanes that have left its body early. */
typedef struct Loop {
    struct Loop *outer;
    Array *entry;     /* the lanes around the loop */
    Array *mask;      /* those of this turn of the body: leaving under it leaves for all of them */
    Array *alive;     /* those that still run the loop */
    Array *broken, *continued; /* those that left earlier; NULL: none */
} Loop;

/* Why a block ended before its last statement. BREAK, CONTINUE and RETURN: in every lane of the loop or call. OFF: no lane
   is on any more. */
typedef enum Signal { SIGNAL_NONE, SIGNAL_BREAK, SIGNAL_CONTINUE, SIGNAL_RETURN, SIGNAL_OFF } Signal;

/* The error that was raised last. Texts live in S->error_text. */
typedef struct Error {
    bool raised;
    bool no_memory;
    Diagnostic diagnostic;
    const char *calls; /* the calls and handlers that were active, a line each */
} Error;

/* A warning that was shown: each (kind, place) is shown once. */
typedef struct Warned {
    const char *kind;
    const Node *node;
} Warned;

typedef struct RandomState {
    uint64_t seed;
    uint64_t step;      /* number of outermost entries since the seed */
    uint32_t entered;   /* nesting of entries */
    uint64_t draws;     /* draw() calls since the seed */
    uint32_t initial;   /* nesting of initial values of params that are being evaluated */
    uint32_t own_from;  /* plates from this one on are the param's own */
} RandomState;

/* What runtime/probe.h keeps. */
typedef struct Probe {
    uint64_t base; /* of the tape when the probe began */
    struct ProbeNode *nodes;
    struct ProbeParam *params;
    struct ProbeDemand *demands;
    uint32_t n_nodes, node_capacity, n_params, param_capacity, n_demands, demand_capacity;
} Probe;

/* What runtime/watch.h keeps. */
typedef struct Watch {
    uint64_t base; /* of the tape */
    struct WatchFind *finds;
    struct WatchPlace *places; /* by node */
    uint32_t n_finds, find_capacity, n_places, place_capacity;
} Watch;

/* What is counted for the host: a loop may have fits inside. */
typedef enum ProgressLevel { PROGRESS_LOOP, PROGRESS_FIT, PROGRESS_LEVELS } ProgressLevel;

/* How far a loop or a fit has come (runtime/progress.h). Times are seconds of a clock of its own. */
typedef struct Progress {
    bool active;
    bool shown;          /* the host has seen it */
    uint64_t done, total;
    uint64_t look;       /* the count at which the clock is read next */
    uint64_t looked_at;  /* that at which it was read last, */
    double looked;       /* and when that was */
    double begun, next;  /* when it began, and when to show it next */
    char what[96];
} Progress;

struct HandlerFrame;
struct Message;

struct elbo_State {
    Memory memory;
    elbo_Options options;

    /* objects */
    Object *objects;
    Object *fixed;        /* the built-ins, which the collector leaves alone */
    size_t gc_threshold;  /* collect when memory.in_use passes it, */
    bool gc_held;         /* unless somebody holds values where the collector does not see them */
    String **strings;     /* hash table of interned strings */
    size_t n_strings, string_capacity;
    Axis **axes;          /* hash tables of interned axes and layouts */
    size_t n_axes, axis_capacity;
    Layout **layouts;
    size_t n_layouts, layout_capacity;
    const Layout *scalar;
    struct { const Layout *a, *b, *join; } joins[16]; /* layout_join's memory; cleared by the collector */

    /* the value stack: roots of what C code holds across running program code */
    Value *stack;
    size_t top, stack_capacity;

    /* program */
    Global **globals;     /* hash table by name */
    Global *used_globals; /* those that a program has named: only they can have a value */
    size_t n_globals, global_capacity;
    Frame *frame;         /* innermost call */
    Signal signal;
    bool probing;         /* params that take their initial values lie on the tape, so that errors can name them */
    Probe probe;
    bool watching;        /* a step that went wrong is run again, and every value is looked at */
    Watch watch;
    bool bad_number;      /* the argument that a distribution refused last was infinite or undefined */
    bool silent;          /* print does nothing: inside of a fit, after the first step */
    bool stepping;        /* svi takes one step, and shows all of it (inference/microscope.h); */
    uint32_t stepped;     /* so many times so far */
    struct Onlooker *onlooker; /* sees every message (runtime/onlooker.h); NULL: nobody */
    const char *stack_origin; /* where the C stack stood when the program was entered */
    uint32_t depth;       /* evaluation depth */
    uint64_t run;         /* number of the run that names of sites are unique in; 0: outside */
    uint64_t last_run;
    const Node *node;     /* what is being evaluated: the place of an error */
    const Source *source; /* its source */

    /* context */
    Plate plates[PLATE_DEPTH];
    uint32_t n_plates;
    const Layout *lanes;  /* rank-0 layout of all plates around */
    Array *mask;          /* the lanes that are on; NULL: all */
    struct HandlerFrame *handlers; /* outermost first; those that see messages are first_handler … n_handlers - 1 */
    uint32_t first_handler, n_handlers, handler_capacity; /* first: not 0 while a handler's own code runs (HandlerOutside) */
    struct Message *messages; /* those that are under way, innermost first */
    struct ClauseCall *clause; /* of a handler written in Elbo: the innermost that runs */
    uint64_t last_clause;
    Record *parameters;   /* of the outermost entry: values of params that no handler gives; NULL: none yet */

    RandomState random;
    Tape tape;

    jmp_buf *protect;     /* innermost protected call */
    Error error;
    char *error_text;
    size_t error_text_size;
    char *text;               /* scratch for texts that are being built (runtime/text.h) */
    size_t text_used, text_size;
    unsigned table_columns;   /* that tables are fitted into, while a session shows a value; 0: they are as wide as they are */
    Warned *warned;
    uint32_t n_warned, warned_capacity;
    List *noted;              /* while a fit runs: every warning, as a record {kind, message, advice, line}; else NULL */
    volatile sig_atomic_t interrupted;
    bool fit_stopped;     /* an interrupt has ended a fit of this run: the next one ends the run */
    uint64_t steps;       /* of all fits, since the state was opened */
    uint32_t fits;        /* that are running: those after the first inside of callbacks */
    Progress progress[PROGRESS_LEVELS];

    Record *formulas;     /* compiled formulas of distributions, by "Family.name" */
    Record *guides;       /* guides by the name of their model */
    Record *imports;      /* files imported already */
    ParseStatus parse_status; /* of the last text that failed to parse */
    Span shown;           /* the expression whose value a session has shown last; empty: none */
    struct Threads *threads; /* those that help (runtime/threads.h); NULL: none were needed so far */
    const struct ObjectType *foreign_types[VALUE_TAGS]; /* object types of the outer rooms (fits, optimizers) */
    uint8_t colour;       /* the collector's colour of live objects */
    Object *gray;
};

/* Whether v's derivative is being recorded. */
static inline bool tape_has(const State *S, Value v) { return v.node >= S->tape.base && v.node != 0 && S->tape.recording; }

/* The value stack. Pushing may move it. */
void stack_grow(State *S, size_t n);
static inline void stack_reserve(State *S, size_t n) {
    if (S->top + n > S->stack_capacity) stack_grow(S, n);
}
static inline void stack_push(State *S, Value v) {
    stack_reserve(S, 1);
    S->stack[S->top++] = v;
}
static inline void stack_pop(State *S, size_t n) { S->top -= n; }

/* The variable of that name, made if it is new. */
Global *state_global(State *S, String *name);
/* The same, or NULL when there is none. */
Global *state_find_global(const State *S, const String *name);
/* The same for a program that may assign it. */
Global *state_used_global(State *S, String *name);

#endif
