/* The tape of dual numbers: nodes, and edges that are linear maps.

   While a tape records (tape_begin … tape_end), an operation computes its value and its local partial derivatives in one
   pass and appends a node: the layout of the value, and for each input that lies on the tape an edge with the linear map
   from the input's tangent to the output's. What follows is linear algebra that knows no operation by name: the reverse
   sweep applies the transposed maps backwards, the forward sweep the maps forwards (Krawiec et al., POPL 2022; Smeding and
   Vákár, POPL 2023).

   The zero rule: an adjoint (or tangent) that is exactly zero contributes exactly zero, whatever the partial is. */
#ifndef ELBO_RUNTIME_TAPE_H
#define ELBO_RUNTIME_TAPE_H

#include "runtime/layout.h"

typedef struct LinearMap LinearMap;

/* A structured linear map between two layouts. `forward` adds map(in) to out; `backward` adds the transposed map of out to
   in. Lives in the tape's arena (tape_allocate). Where in or out is a number, it is one double without padding. */
struct LinearMap {
    void (*forward)(const LinearMap *map, const double *in, double *out);
    void (*backward)(const LinearMap *map, const double *out, double *in);
};

typedef enum EdgeKind {
    EDGE_SCALE,   /* out = factor * in, broadcast from in's layout to out's */
    EDGE_PARTIAL, /* out = partial .* in; partial has out's layout */
    EDGE_SELECT,  /* out = in where partial is not 0, exactly 0 elsewhere; partial has out's layout */
    EDGE_MAP,     /* a LinearMap */
    EDGE_DEPENDS  /* out depends on in, but has no derivative by it: nothing moves along it in a sweep */
} EdgeKind;

typedef struct Edge {
    uint32_t source; /* index of the input's node on this tape */
    EdgeKind kind;
    union {
        double factor;
        const double *partial;
        const LinearMap *map;
    } as;
} Edge;

/* What score edges (runtime/tape_score.h) need to know of a node. */
enum {
    NODE_STOCHASTIC = 1, /* depends on a score draw; inherited along every edge */
    NODE_LINEAR = 2,     /* a linear operation whose inputs are noted as terms */
    NODE_WEIGHTED = 4,   /* linear, but with factors that may depend on what its EDGE_DEPENDS leads to */
    NODE_NOTED = 8,      /* its value is known to the costs */
    NODE_CROSSED = 16,   /* its leading event axis is the axis that its input has and it lacks, lane for lane */
    NODE_RETURNED = 32,  /* took such axes back, lane for lane: what it depends on is not its first edge, but one beside */
    NODE_READ = 64       /* what the program itself has read: no value, so no lanes of its own */
};

typedef struct TapeNode {
    const Layout *layout;
    double *adjoint; /* during a sweep; NULL: exactly zero everywhere */
    double single;   /* what adjoint points to if the layout is a number's */
    uint32_t first_edge, n_edges;
    uint8_t flags;
    const void *place;   /* the tree node that computed it */
    const char *barrier; /* not NULL: a gradient that arrives here would be wrong; why (e.g. a draw without a
                            reparameterised gradient) */
} TapeNode;

/* Blocks of memory that are handed out front to back and kept for the next time. */
typedef struct TapeArena {
    struct TapeBlock *blocks, *block; /* all blocks, the current one */
    size_t used;                      /* bytes used of the current block */
} TapeArena;

struct ScoreDraw;
struct ScoreTerm;

/* Called in a reverse sweep for each score draw before its cost, a number for each lane of the layout, seeds log q; may subtract
   anything that does not depend on this draw. */
typedef void TapeBaseline(State *S, void *what, String *name, const Layout *layout, double *cost);

typedef struct Tape {
    bool recording;
    uint64_t base;    /* id of nodes[0]; smaller ids are of emptied tapes */
    TapeNode *nodes;
    uint32_t n_nodes, node_capacity;
    Edge *edges;
    uint32_t n_edges, edge_capacity;
    TapeArena arena;    /* partials and maps; emptied with the tape */
    TapeArena adjoints; /* of the last sweep */
    Object **kept;    /* objects whose data edges point into: roots of the collector */
    uint32_t n_kept, kept_capacity;

    /* score edges: runtime/tape_score.h */
    struct ScoreDraw *draws;
    uint32_t n_draws, draw_capacity;
    struct ScoreTerm *terms;
    uint32_t n_terms, term_capacity;
    uint64_t read;          /* newest node of what the program itself has read of draws; 0: nothing */
    uint64_t costed;        /* the root that the draws' costs are of */
    bool by_dependency;     /* only terms that may depend on a draw count for it, else all: right as long as no site is drawn twice
                               with the same noise; off at tape_begin */
    uint8_t following;      /* FollowState of runtime/follow.h; FOLLOW_OFF at tape_begin and tape_end */
    TapeBaseline *baseline; /* NULL at tape_begin */
    void *baseline_what;
} Tape;

/* Empties the tape and starts (stops) recording. Raises an error if it records already: a grad within a grad. */
void tape_begin(State *S);
void tape_end(State *S);
/* Empties the tape while recording goes on: the next step. */
void tape_clear(State *S);
void tape_free(State *S);

/* Memory that lives until the tape is emptied; 64-byte aligned. */
void *tape_allocate(State *S, size_t bytes);
/* Keeps `object` alive until the tape is emptied; if an edge points into an array's data, mark it shared as well. */
void tape_keep(State *S, void *object);

/* Appends a node and returns its id; the edges that follow belong to it. */
uint64_t tape_node(State *S, const Layout *layout);
/* A leaf: a node without edges. */
uint64_t tape_leaf(State *S, const Layout *layout);
/* A leaf at which a gradient would be wrong; `why` (a string constant) becomes the error's message. */
uint64_t tape_barrier(State *S, const Layout *layout, const char *why);
/* The same number or array with a leaf of its own. */
Value tape_with_leaf(State *S, Value v);
/* Whether v's own node is a barrier. */
bool tape_is_barrier(const State *S, Value v);
/* Appends an edge to the newest node. Each does nothing when `source` is not on the tape. */
void tape_edge_scale(State *S, Value source, double factor);
void tape_edge_partial(State *S, Value source, const double *partial);
void tape_edge_select(State *S, Value source, const double *mask);
void tape_edge_map(State *S, Value source, const LinearMap *map);
void tape_edge_depends(State *S, Value source);
/* Appends the edges of `source`'s own node, instead of one edge to it with factor 1. false, and nothing is done: it has none,
   many, another layout, or is a barrier. */
bool tape_copy_edges(State *S, Value source, const Layout *layout);

/* Whether the tape has score draws: operations then note what their costs need (tape_score.h). */
static inline bool tape_in_score_mode(const Tape *tape) { return RARELY(tape->n_draws != 0); }

/* Which nodes `root` depends on, itself included, by their index on the tape; in the tape's memory. */
const bool *tape_ancestors(State *S, Value root);

/* Reverse sweep from a number, with the score edges of the draws before it: afterwards tape_adjoint(leaf) is d(root)/d(leaf),
   NULL where zero; of a number it is one double, otherwise it has the leaf's layout. Valid until the tape grows, is swept again
   or emptied. */
void tape_reverse(State *S, Value root);
const double *tape_adjoint(const State *S, uint64_t node);
/* Forward sweep: pushes `direction` (of the leaf's layout) from one leaf; returns the tangent of `root`, a number. */
double tape_forward(State *S, uint64_t leaf, const double *direction, Value root);

#endif
