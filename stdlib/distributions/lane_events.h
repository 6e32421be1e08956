/* Families whose draws are one whole (a vector, a matrix), computed lane by lane: inputs and outputs of kernels that see the
   components of an event as runs of neighbouring lanes, and what puts their partials on the tape. */
#ifndef ELBO_STDLIB_DISTRIBUTIONS_LANE_EVENTS_H
#define ELBO_STDLIB_DISTRIBUTIONS_LANE_EVENTS_H

#include "runtime/operations.h"
#include "runtime/random.h"

enum { LANE_CHUNK = 256 };

/* The layout's lanes, without the event. */
const Layout *lanes_only(State *S, const Layout *layout);
/* The lanes of both; raises the shape error that names the family. */
const Layout *lanes_joined(State *S, const char *family, const Layout *a, const Layout *b);

/* A value whose components are read over the lanes of `to`. Points into itself: must not be copied. */
typedef struct LaneInput {
    const Layout *lanes, *to;
    const double *data;
    size_t stride, components;
    double number[LANE_BLOCK], *room;
    const double **at; /* after lane_input_at: the components over the chunk */
} LaneInput;

void lane_input_begin(State *S, LaneInput *input, Value v, const Layout *to);
/* Lets at[c] point to component c over the n lanes (a multiple of 8, at most LANE_CHUNK) from `offset` on. */
void lane_input_at(LaneInput *input, size_t offset, size_t n);

/* An array whose components are written chunk by chunk. */
typedef struct LaneOutput {
    Array *array;
    double *data; /* array's, or on the tape */
    const Layout *layout;
    double *room, **at; /* after lane_output_at: where to write the components of the chunk */
} LaneOutput;

/* `data` NULL: a new array of that layout. */
void lane_output_begin(State *S, LaneOutput *output, const Layout *layout, double *data);
void lane_output_at(LaneOutput *output, size_t offset, size_t n);
/* After each chunk. */
void lane_output_done(LaneOutput *output);

/* Partial derivatives of one component of a result by one of an input, over the result's lanes. */
typedef struct LaneTerm {
    size_t in, out; /* components */
    const double *partial;
} LaneTerm;

/* Appends an edge to the newest node, of layout `out`: the sum over the terms, which are copied; the partials must live as long
   as the tape. Does nothing if `source` is not on the tape. */
void lane_edge(State *S, Value source, const Layout *out, const LaneTerm *terms, size_t n);
/* The same for a result of rank 0: partial has the result's lanes and the source's event. */
void lane_edge_to_number(State *S, Value source, const Layout *out, const double *partial);

/* Another key, for further draws of one site. */
RandomKey lane_key(RandomKey key, uint32_t number);

/* exp(v - log(sum(exp(v)))) of a vector, kept above 0: at least the smallest normal number. */
Value lane_softmax(State *S, Value v);

#endif
