/* Inference: gradients, the ELBO, optimizers and fits. */
#ifndef ELBO_INFERENCE_INFERENCE_H
#define ELBO_INFERENCE_INFERENCE_H

#include "runtime/native.h"
#include "runtime/trace.h"

extern const NativeRow native_gradient[], native_optimizers[], native_svi[];

/* Adds the object types of this room to a new state. */
void inference_open(State *S);

/* Runs f once under a trace with two particles (so that an initial value that depends on a draw shows) and returns the trace
   of it; takes no step of the random stream. */
Trace *inference_probe(State *S, Value f, Trace *replayed, const Value *arguments, unsigned n);
/* Unconstrained values of the trace's params, by name, into the record. Raises an error if one meets another constraint. */
void inference_collect(State *S, const Trace *trace, Record *values, Record *constraints);

/* The ELBO of one step, the mean over the plate "particles": a number on the tape. */
typedef struct ElboCall {
    Value model, guide;
    const Value *arguments;
    unsigned n;
    uint32_t particles;
    String *plate; /* "particles" */
    Value mean;    /* the built-in */
    Trace *model_trace, *guide_trace; /* of the last call; alive only until program code runs again */
} ElboCall;
Value elbo_pathwise(State *S, ElboCall *call);

#endif
