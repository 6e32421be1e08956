/* What is kept while svi looks at a program before the first step (S->probing): where numbers on the tape can lie, which of them
   are params and draws, and what distributions demand of them. */
#ifndef ELBO_RUNTIME_PROBE_H
#define ELBO_RUNTIME_PROBE_H

#include "runtime/distribution.h"
#include "runtime/range.h"
#include "runtime/state.h"

typedef enum ProbeOrigin {
    PROBE_UNKNOWN,  /* its range follows from its edges */
    PROBE_COMPUTED, /* by an elementwise function: its range is known */
    PROBE_PARAM,
    PROBE_DRAW
} ProbeOrigin;

/* What is known of a node of the tape. */
typedef struct ProbeNode {
    Range range;
    uint8_t origin;
    bool sum; /* of numbers that are not negative */
} ProbeNode;

/* A param that took its initial value. */
typedef struct ProbeParam {
    uint64_t node;
    String *name;
    Constraint *constraint; /* NULL: real */
    const Node *place;
    ChunkObject *chunk;
} ProbeParam;

/* A distribution's parameter that lies on the tape and must lie in a constraint. It did. */
typedef struct ProbeDemand {
    uint64_t node;
    ConstraintIndex constraint;
    const char *parameter, *family;
    const Node *place;
    const Source *source;
} ProbeDemand;

/* Forgets everything: a new probe. */
void probe_clear(State *S);
void probe_free(State *S);
void probe_mark(State *S);

/* Called by whoever makes a value while S->probing. */
void probe_elementwise(State *S, uint64_t node, const Elementwise *row, const Value *arguments);
void probe_param(State *S, Value v, String *name, Constraint *constraint);
void probe_draw(State *S, Value v, const DistributionRow *row);
void probe_demand(State *S, Value v, const DistributionRow *row, const DistributionParameter *parameter);

/* The same for what a composed family was given: vectors and matrices of which its name says what they must be as wholes. */
void probe_wholes(State *S, const Value *given, const DistributionRow *row);

/* The range of a value. */
Range probe_range(State *S, Value v);
/* The first param without a constraint through which the demand may be broken, by deterministic arithmetic alone; NULL: none. */
const ProbeParam *probe_culprit(State *S, const ProbeDemand *demand);

#endif
