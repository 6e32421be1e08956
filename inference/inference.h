/* Inference: gradients, the ELBO, optimizers and fits. */
#ifndef ELBO_INFERENCE_INFERENCE_H
#define ELBO_INFERENCE_INFERENCE_H

#include "runtime/native.h"
#include "runtime/trace.h"

/* Rows of built-ins: grad and initial; svi. */
extern const NativeRow native_gradient[], native_svi[];

/* Adds the object types of this room to a new state. */
void inference_open(State *S);

/* Runs f once under a trace with two particles (so that an initial value that depends on a draw shows) and returns the trace
   of it; takes no step of the random stream. */
Trace *inference_probe(State *S, Value f, Trace *replayed, const Value *arguments, unsigned n);
/* Unconstrained values of the trace's params, by name, into the record. Raises an error if one meets another constraint. */
void inference_collect(State *S, const Trace *trace, Record *values, Record *constraints);

#endif
