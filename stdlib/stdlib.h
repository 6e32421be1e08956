/* The tables of built-in functions; stdlib/registry.c lists them. */
#ifndef ELBO_STDLIB_STDLIB_H
#define ELBO_STDLIB_STDLIB_H

#include "runtime/native.h"
#include "runtime/state.h"

extern const NativeRow native_arrays[], native_files[], native_help_table[], native_linear[], native_maths[], native_output[], native_primitives[],
    native_records[], native_reductions[], native_transforms[], native_triangular[];

/* log(softmax(v)): of a vector, or of each row of a matrix. */
Value reductions_log_softmax(State *S, Value v);

#endif
